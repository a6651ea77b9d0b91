"""Respond: every actor joins the responses it is willing, allowed and able to join.

An actor joins when its probability of joining passes a threshold that was drawn once for the run. So the chance of ever
joining is the highest probability it reaches, however short the turns, and a doubter that has said no is not asked to
throw the dice again each week.
"""

import numpy as np

from sim.model.decisions import Decision, Option
from sim.model.inputs import responses_of
from sim.model.steps.joining import join
from sim.model.steps.stops import seats_to_ask
from sim.model.steps.willingness import peer_term, text_term


def choose_responses(world):
    """What every state joins by the model's own rule, over all incidents together: (O, R, A) bool."""
    inputs, state = world.inputs, world.state
    chosen = np.zeros_like(state.joined)
    left = state.capital
    for h in np.flatnonzero(inputs.incident_begins <= world.turn):
        part = inputs.option_slices[h]
        peer, text = peer_term(world, h), text_term(world, h)
        utility = world.base_utilities[h] + peer
        utility += text
        wants = wanted(world, h, utility)
        chosen[part], left = affordable(world, h, wants, left)
        if world.watch:
            world.watch.weighed(world, h, utility, wants)
        if world.recorder:
            world.recorder.keep_terms(h, {"peer": peer[:, 0], "text": text[:, 0]}, utility[:, 0])
    return chosen


def join_responses(world, chosen):
    """Join what was chosen."""
    new = join(world, *np.unravel_index(np.flatnonzero(chosen), chosen.shape))
    if world.recorder:
        world.recorder.responses_decided(world, new)


def open_to(world, h):
    """Which responses to an incident each may still join now: (options of the incident, R, A)."""
    return legal(world, h) & ~world.state.joined[world.inputs.option_slices[h]]


def legal(world, h):
    """Which responses to an incident are legal for whom now, joined or not: (options of the incident, R, A)."""
    part = world.inputs.option_slices[h]
    return world.inputs.allowed[part][:, None, :] & world.inputs.is_state & lead_condition_met(world, part)


def lead_condition_met(world, part):
    """Which responses may be joined, because they follow no other or a victim or its body has led: (O, R, 1)."""
    inputs, state = world.inputs, world.state
    waits_for = inputs.option_follows[part]
    free = np.ones((len(waits_for), world.runs, 1), dtype=bool)
    for k in np.flatnonzero(waits_for >= 0):
        hit = state.severity[inputs.option_incident[part.start + k]] > 0
        of_body = [(hit & members).any(axis=-1) for members in inputs.body_members]
        leads = hit.copy()
        for body, concerned in zip(inputs.bodies, of_body, strict=True):
            leads[:, inputs.index[body]] |= concerned
        free[k] = (state.joined[waits_for[k]] & leads).any(axis=-1, keepdims=True)
    return free


def wanted(world, h, utility):
    """Which of them each is willing to join: where the utility passes what the drawn threshold asks for."""
    inputs = world.inputs
    return open_to(world, h) & (inputs.params.precision * utility >= world.state.threshold[inputs.option_slices[h]])


def affordable(world, h, wanted, left):
    """What of it the capital left pays for, the cheapest first; and what is left then."""
    taken = np.zeros_like(wanted)
    for k, price in enumerate(world.inputs.price[world.inputs.option_slices[h]]):
        taken[k] = wanted[k] & (left >= price)
        left = left - taken[k] * price
    return taken, left


def responses_open(world, chosen):
    """Which responses to each incident each seat may join now: list of (run, Decision).

    Parameters
    ----------
    chosen : array (O, R, A) of bool, what the model's own rule joins
    """
    inputs, capital = world.inputs, world.state.capital
    opened = []
    for h in np.flatnonzero(inputs.incident_begins <= world.turn):
        part = inputs.option_slices[h]
        within_means = open_to(world, h) & (inputs.price[part] <= capital)
        for run, place, code in seats_to_ask(world, within_means.any(axis=0)):
            here = part.start + np.flatnonzero(within_means[:, run, place])
            peers = peers_seen(inputs, place, world.state.effect_day[here, run] <= world.day)
            options = tuple(describe(world, run, place, o, seen) for o, seen in zip(here, peers, strict=True))
            own = tuple(inputs.options[o][1] for o in here if chosen[o, run, place])
            budget = float(capital[run, place])
            about = inputs.incidents[h]
            opened.append(
                (run, Decision("responses", world.turn, code, about, options, own, least=0, most=None, budget=budget))
            )
    return opened


def apply_responses(world, chosen, answers):
    """Put the answers of seats in place of the model's choice, the cheapest first, as far as the capital goes."""
    inputs = world.inputs
    left = world.state.capital.copy()
    for run, code, incident, choice in answers.all("responses"):
        place = inputs.index[code]
        part = inputs.option_slices[inputs.incidents.index(incident)]
        chosen[part, run, place] = False
        for o in range(part.start, part.stop):
            price = inputs.price[o, min(run, inputs.price.shape[1] - 1), 0]
            if inputs.options[o][1] in choice and price <= left[run, place]:
                chosen[o, run, place] = True
                left[run, place] -= price


def describe(world, run, place, o, peers):
    """An option as a seat sees it: what it costs, when it can be felt, what it asks for, and who is seen to join."""
    inputs, state = world.inputs, world.state
    key = inputs.options[o][1]
    response = responses_of(inputs.loaded)[key]
    text = state.covered[inputs.option_incident[o], run, place]
    return Option(
        key,
        cost=float(inputs.price[o].flat[0]),
        acts_day=int(world.day + inputs.days // 2 + inputs.lead_min[o, 0, 0]),
        confidence_min=response.attribution_min if response.accuses else None,
        rung=response.rung,
        covered=bool(text > 0 and text >= inputs.rung[o, 0, 0]),
        peer_participation=float(peers),
    )


def peers_seen(inputs, place, seen):
    """Share, by capability, of an actor's peers that are seen to have joined, in the club that has gone furthest.

    Parameters
    ----------
    place : int, of the actor; seen : array (options, A) of bool

    Returns
    -------
    array (options,), 0 to 1
    """
    weight = inputs.peer_group[(inputs.peer_group[:, place] > 0)].copy()
    weight[:, place] = 0
    weight = weight[weight.any(axis=1)]
    shares = (seen @ weight.T) / weight.sum(axis=1)
    return shares.max(axis=1, initial=0.0)
