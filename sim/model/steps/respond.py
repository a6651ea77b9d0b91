"""Respond: every actor attends to an incident or takes note, joins kinds of response, and picks an instrument for each.

1. attend       whoever does not attend does nothing by its own choice
2. kinds        an attending actor joins a kind when its probability passes a threshold that was drawn once for the run
3. instruments  one of those of the kind that are open to it; another only when matters have become graver

So the chance of ever joining is the highest probability it reaches, however short the turns, and a doubter that has
said no is not asked to throw the dice again each week.
"""

from dataclasses import replace

import numpy as np

from sim.model.decisions import Decision, Option
from sim.model.inputs import responses_of
from sim.model.steps.joining import acts_from, join
from sim.model.steps.stops import seats_to_ask
from sim.model.steps.willingness import attention, has_joined, peer_participation_at, peer_term, text_term
from sim.rules.choice import first_of_each
from sim.rules.quantize import select_runs
from sim.scenario.calendar import whole


def choose_responses(world):
    """What every state joins by the model's own rule, over all incidents together: (O, R, A) bool."""
    inputs, state = world.inputs, world.state
    chosen = np.zeros_like(state.joined)
    left = state.capital
    for h in np.flatnonzero(inputs.incident_begins <= world.turn):
        part = inputs.option_slices[h]
        can_pay = left >= inputs.kind_price[inputs.kind_slices[h]]
        picked = instruments(world, h, kinds_wanted(world, h, can_pay), open_to(world, h))
        chosen[part], left = affordable(world, h, picked, left)
        if world.watch or world.recorder:
            tell_what_was_weighed(world, h)
    return chosen


def tell_what_was_weighed(world, h):
    """Say how willing everybody is to join each kind of response to incident `h`, whether or not it could join."""
    peer, text = peer_term(world, h), text_term(world, h)
    utility = world.base_utilities[h] + peer + text
    if world.watch:
        can = open_to(world, h)
        world.watch.weighed(world, h, utility, can, instruments(world, h, kinds_wanted(world, h), can))
    if world.recorder:
        world.recorder.keep_terms(h, {"peer": peer[:, 0], "text": text[:, 0]}, utility[:, 0])


def join_responses(world, chosen):
    """Join what was chosen, and remember how grave each saw it then."""
    inputs, state = world.inputs, world.state
    o, r, a = np.unravel_index(np.flatnonzero(chosen), chosen.shape)
    new = join(world, o, r, a)
    state.acted_on[inputs.option_kind[o], r, a] = state.perceived[inputs.option_incident[o], r, a]
    if world.recorder:
        world.recorder.responses_decided(world, new)


def kinds_wanted(world, h, can_pay=True):
    """Which kinds of response each wants to take up now: (kinds of the incident, R, A) bool.

    Company is looked at only by those whom it could move.

    Parameters
    ----------
    can_pay : array (kinds of the incident, R, A) of bool, who has the capital for the cheapest of each kind: who has
        not is left out, but for alternatives, which stand aside for one another before anybody looks at the price
    """
    state, params = world.state, world.inputs.params
    part = world.inputs.kind_slices[h]
    attends = attention(world, h) >= state.attends_from[h]
    is_news = state.perceived[h] >= state.acted_on[part] + params.renew_step
    base, text, threshold = world.base_utilities[h], text_term(world, h), state.threshold[part]
    in_company = params.precision * (base + (world.inputs.most_company - 0.5) * np.abs(params.b_peer) + text)
    could = attends & is_news & (can_pay | is_alternative(world, h)) & (in_company >= threshold)
    places = np.flatnonzero(could)
    runs = places // could.shape[-1] % world.runs
    company = select_runs(params.b_peer, runs)[..., 0] * (peer_participation_at(world, h, places) - 0.5)
    weighed = base.ravel()[places] + company + text.ravel()[places]
    utility, wants = np.full(could.shape, -np.inf), np.zeros(could.shape, dtype=bool)
    utility.ravel()[places] = weighed
    wants.ravel()[places] = select_runs(params.precision, runs)[..., 0] * weighed >= threshold.ravel()[places]
    return wants & can_pay & ~set_aside(world, h, utility, wants)


def set_aside(world, h, utility, wants):
    """Talks and pressure are alternatives: which of the kinds wanted give way to the other. (kinds, R, A) bool.

    Whoever has begun with one goes on with it; of two that are new, the one it is more willing to.
    """
    names = [kind for _, kind in world.inputs.kinds[world.inputs.kind_slices[h]]]
    aside = np.zeros_like(wants)
    pressing = [names.index(kind) for kind in PRESSURE if kind in names]
    if "talks" not in names or not pressing:
        return aside
    talks = names.index("talks")
    done = has_joined(world, h)
    presses = done[pressing].any(axis=0)
    rather_talks = utility[talks] >= np.where(wants[pressing], utility[pressing], -np.inf).max(axis=0)
    aside[talks] = presses | ~rather_talks
    aside[pressing] = (wants[talks] & rather_talks & ~presses) | done[talks]
    return aside


PRESSURE = ("measures", "military")


def is_alternative(world, h):
    """Which kinds of response to an incident may give way to another: (kinds, 1, 1) bool."""
    names = [kind for _, kind in world.inputs.kinds[world.inputs.kind_slices[h]]]
    return np.isin(names, ("talks", *PRESSURE))[:, None, None]


def instruments(world, h, wants, can):
    """The instrument with which each takes up each kind it wants, drawn once for the run: (options, R, A) bool.

    One of the kind that is open to it and would act before the exercise ends; what would not is for another exercise.

    Parameters
    ----------
    wants : array (kinds of the incident, R, A) of bool; can : array (options of the incident, R, A) of bool
    """
    inputs = world.inputs
    part = inputs.option_slices[h]
    kind_of = inputs.option_kind[part] - inputs.kind_slices[h].start
    o, r, a = np.unravel_index(np.flatnonzero(wants[kind_of] & can), can.shape)
    in_time = acts_in_time(world, part.start + o, r, a)
    o, r, a = o[in_time], r[in_time], a[in_time]
    usual = inputs.own_habit[part] + inputs.how_usual[part]
    appeal = np.broadcast_to(np.exp(inputs.params.precision * usual), can.shape)[o, r, a]
    draw = world.nature.uniform_of("instrument", 0, inputs.option_names, inputs.actors, part.start + o, r, a)
    best = first_of_each(np.ravel_multi_index((kind_of[o], r, a), wants.shape), appeal, draw)
    picked = np.zeros_like(can)
    picked[o[best], r[best], a[best]] = True
    return picked


def acts_in_time(world, options, runs, actors):
    """Whether a response would be felt before the exercise ends: bool, like the arguments."""
    inputs = world.inputs
    in_time = inputs.calendar.halfway(world.turn) + inputs.lead_min[options, 0, 0] <= inputs.calendar.length
    in_time[in_time] = acts_from(world, options[in_time], runs[in_time], actors[in_time]) <= inputs.calendar.length
    return in_time


def open_to(world, h):
    """Which responses to an incident each may still join now: (options of the incident, R, A)."""
    return legal(world, h) & ~world.state.joined[world.inputs.option_slices[h]]


def legal(world, h):
    """Which responses to an incident are open to whom now, joined or not: (options of the incident, R, A).

    It may by law and competence, it has what the response takes, a response that it follows has been taken, and for
    whatever accuses it is as sure as that asks for.
    """
    inputs = world.inputs
    part = inputs.option_slices[h]
    may = inputs.allowed_in(world.turn)[part][:, None, :] & inputs.is_state & lead_condition_met(world, part)
    return may & sure_enough(world, h)


def sure_enough(world, h):
    """For which responses to an incident each is sure enough of the culprit: (options of the incident, R, A) bool."""
    inputs, part = world.inputs, world.inputs.option_slices[h]
    enough = np.ones(world.state.joined[part].shape, dtype=bool)
    accusing = np.flatnonzero(inputs.accuses[part, 0, 0])
    enough[accusing] = world.confidence()[h] >= inputs.attribution_min[part][accusing]
    return enough


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
        alike = {o: described(world, o) for o in range(part.start, part.stop)}
        for run, place, code in seats_to_ask(world, "responses", within_means.any(axis=0)):
            here = part.start + np.flatnonzero(within_means[:, run, place])
            peers = peers_seen(inputs, run, place, world.state.effect_day[here, run] <= world.day)
            options = tuple(_as_seen(world, run, place, o, alike[o], seen) for o, seen in zip(here, peers, strict=True))
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
            price = _price(inputs, o, run)
            if inputs.options[o][1] in choice and price <= left[run, place]:
                chosen[o, run, place] = True
                left[run, place] -= price


def described(world, o):
    """An option as every seat sees it: when it can be felt, and what it asks for."""
    inputs, key = world.inputs, world.inputs.options[o][1]
    response = responses_of(inputs.loaded)[key]
    return Option(
        key,
        acts_day=whole(inputs.calendar.down(inputs.calendar.halfway(world.turn) + inputs.lead_min[o, 0, 0])),
        confidence_min=response.attribution_min if response.accuses else None,
        rung=response.rung,
    )


def _as_seen(world, run, place, o, option, peers):
    """The option as one seat sees it: what it costs, whether a text covers it, and who is seen to join."""
    text = world.state.covered[world.inputs.option_incident[o], run, place]
    covered = bool(text > 0 and text >= world.inputs.rung[o, 0, 0])
    return replace(option, cost=_price(world.inputs, o, run), covered=covered, peer_participation=float(peers))


def _price(inputs, o, run):
    return float(inputs.price[o, min(run, inputs.price.shape[1] - 1), 0])


def peers_seen(inputs, run, place, seen):
    """Share, by capability, of an actor's peers that are seen to have joined, in the club that has gone furthest.

    Parameters
    ----------
    run, place : int, of the actor; seen : array (options, A) of bool

    Returns
    -------
    array (options,), 0 to 1
    """
    groups = inputs.peer_group[:, min(run, inputs.peer_group.shape[1] - 1)]
    weight = groups[groups[:, place] > 0]
    weight[:, place] = 0
    weight = weight[weight.any(axis=1)]
    shares = (seen @ weight.T) / weight.sum(axis=1)
    return shares.max(axis=1, initial=0.0)
