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
        utility = world.inclined[h] + peer + text
        chosen[part], left = affordable(world, h, wanted(world, h, utility), left)
        if world.witness:
            world.witness.keep_terms(h, {"peer": peer[:, 0], "text": text[:, 0]}, utility[:, 0])
    ask_seats(world, chosen)
    new = join(world, *np.nonzero(chosen))
    if world.witness:
        world.witness.responses_decided(world, new)


def open_to(world, h):
    """Which responses to an act are legal for whom now: (options of the act, R, A)."""
    setting, state = world.setting, world.state
    part = setting.option_slices[h]
    return setting.allowed[part][:, None, :] & setting.is_state & ~state.joined[part]


def wanted(world, h, utility):
    """Which of them each is willing to join: where the utility passes what the drawn threshold asks for."""
    setting = world.setting
    return open_to(world, h) & (setting.beh.precision * utility >= world.state.threshold[setting.option_slices[h]])


def affordable(world, h, wanted, left):
    """What of it the capital left pays for, the cheapest first; and what is left then: (options of the act, R, A), (R, A)."""
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
    for h in np.flatnonzero(setting.act_begins <= world.turn):
        legal = open_to(world, h)
        part = setting.option_slices[h]
        for run, place, code in seated(world, legal.any(axis=0)):
            ids = [setting.options[o][1] for o in range(part.start, part.stop)]
            here = [k for k in range(len(ids)) if legal[k, run, place]]
            default = [ids[k] for k in here if chosen[part][k, run, place]]
            name = setting.loaded.scenario.acts[h].name
            answer = put(
                world, run, code, "responses", setting.acts[h], f"Which responses to '{name}' do you join now?",
                [describe(world, part.start + k) for k in here], default, many=True,
            )
            for k in here:
                chosen[part.start + k, run, place] = ids[k] in answer


def describe(world, o):
    """An option in a seat's words: what it is, what it costs, when it can be felt."""
    setting = world.setting
    key = setting.options[o][1]
    response = responses_of(setting.loaded)[key]
    price = float(setting.price[o, 0, 0])
    day = int(world.day + setting.days // 2 + setting.lead_min[o, 0, 0])
    note = f"usually asks for {response.attribution_min:.0%} confidence" if response.accuses else ""
    return Option(key, response.name, round(price, 3), day, note)
