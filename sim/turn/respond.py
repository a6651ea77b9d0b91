"""Phase 4: every actor joins the responses it is willing, allowed and able to join.

An actor joins when its probability of joining passes a threshold that was drawn once for the run. So the chance of ever
joining is the highest probability it reaches, however short the turns, and a doubter that has said no is not asked to
throw the dice again each week.
"""

import numpy as np

from sim.policies.policy import Option
from sim.turn.asking import put, seated
from sim.turn.joining import join
from sim.turn.willingness import company_term, text_term
from sim.world.setting import responses_of


def respond(world):
    """Let every state decide on every response to every act that has begun."""
    setting, state = world.setting, world.state
    chosen = np.zeros_like(state.joined)
    left = state.capital
    for h in np.flatnonzero(setting.act_begins <= world.turn):
        part = setting.option_slices[h]
        peer, text = company_term(world, h), text_term(world, h)
        utility = world.inclined[h] + peer
        utility += text
        wants = wanted(world, h, utility)
        chosen[part], left = affordable(world, h, wants, left)
        if world.watch:
            world.watch.weighed(world, h, utility, wants)
        if world.witness:
            world.witness.keep_terms(h, {"peer": peer[:, 0], "text": text[:, 0]}, utility[:, 0])
    ask_seats(world, chosen)
    new = join(world, *np.unravel_index(np.flatnonzero(chosen), chosen.shape))
    if world.witness:
        world.witness.responses_decided(world, new)


def open_to(world, h):
    """Which responses to an act each may still join now: (options of the act, R, A)."""
    return legal(world, h) & ~world.state.joined[world.setting.option_slices[h]]


def legal(world, h):
    """Which responses to an act are legal for whom now, joined or not: (options of the act, R, A)."""
    part = world.setting.option_slices[h]
    return world.setting.allowed[part][:, None, :] & world.setting.is_state & led(world, part)


def led(world, part):
    """Which responses may be joined, because they follow no other or a victim or its body has led: (O, R, 1)."""
    setting, state = world.setting, world.state
    waits_for = setting.option_follows[part]
    free = np.ones((len(waits_for), world.runs, 1), dtype=bool)
    for k in np.flatnonzero(waits_for >= 0):
        hit = state.severity[setting.option_act[part.start + k]] > 0
        of_body = [(hit & members).any(axis=-1) for members in setting.body_members]
        leads = hit.copy()
        for body, concerned in zip(setting.bodies, of_body, strict=True):
            leads[:, setting.index[body]] |= concerned
        free[k] = (state.joined[waits_for[k]] & leads).any(axis=-1, keepdims=True)
    return free


def wanted(world, h, utility):
    """Which of them each is willing to join: where the utility passes what the drawn threshold asks for."""
    setting = world.setting
    return open_to(world, h) & (setting.beh.precision * utility >= world.state.threshold[setting.option_slices[h]])


def affordable(world, h, wanted, left):
    """What of it the capital left pays for, the cheapest first; and what is left then."""
    taken = np.zeros_like(wanted)
    for k, price in enumerate(world.setting.price[world.setting.option_slices[h]]):
        taken[k] = wanted[k] & (left >= price)
        left = left - taken[k] * price
    return taken, left


def ask_seats(world, chosen):
    """Put each act's legal responses to the people and policies in seats, and take their answers instead."""
    setting = world.setting
    if not world.seats:
        return
    left = world.state.capital.copy()
    for h in np.flatnonzero(setting.act_begins <= world.turn):
        part = setting.option_slices[h]
        legal = open_to(world, h) & (setting.price[part] <= left)
        for run, place, code in seated(world, legal.any(axis=0)):
            here = [part.start + k for k in np.flatnonzero(legal[:, run, place])]
            answer = put(
                world,
                run,
                code,
                "responses",
                setting.acts[h],
                f"Which responses to '{setting.loaded.scenario.acts[h].name}' do you join now?",
                [describe(world, run, place, o) for o in here],
                [setting.options[o][1] for o in here if chosen[o, run, place]],
                many=True,
            )
            chosen[part, run, place] = False
            for o in here:  # the cheapest first, as far as the capital goes
                price = float(setting.price[o].flat[min(run, setting.price[o].size - 1)])
                if setting.options[o][1] in answer and price <= left[run, place]:
                    chosen[o, run, place] = True
                    left[run, place] -= price


def describe(world, run, place, o):
    """An option in a seat's words: what it costs, when it can be felt, what it asks for, and who is seen to join."""
    setting, state = world.setting, world.state
    key = setting.options[o][1]
    response = responses_of(setting.loaded)[key]
    text = state.covered[setting.option_act[o], run, place]
    return Option(
        key,
        response.name,
        cost=round(float(setting.price[o].flat[0]), 3),
        acts_day=int(world.day + setting.days // 2 + setting.lead_min[o, 0, 0]),
        note=f"usually asks for {response.attribution_min:.0%} confidence" if response.accuses else "",
        confidence_min=response.attribution_min if response.accuses else None,
        rung=response.rung,
        covered=bool(text > 0 and text >= setting.rung[o, 0, 0]),
        company=peers_seen(setting, place, state.effect_day[o, run] <= world.day),
    )


def peers_seen(setting, place, seen):
    """Share, by capability, of an actor's peers that are seen to have joined, in the club that has gone furthest.

    Parameters
    ----------
    place : int, of the actor; seen : array (A,) of bool
    """
    others = np.arange(len(setting.actors)) != place
    shares = [club[seen & others].sum() / club[others].sum() for club in setting.club if 0 < club[place] < club.sum()]
    return float(max(shares, default=0.0))
