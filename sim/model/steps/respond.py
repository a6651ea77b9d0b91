"""Respond: every actor attends to an incident or takes note, joins kinds of response, and picks an instrument for each.

1. attend       whoever does not attend does nothing by its own choice
2. kinds        an attending actor joins a kind when its probability passes a threshold that was drawn once for the run
3. instruments  one of those of the kind that are open to it; another only when matters have become graver

So the chance of ever joining is the highest probability it reaches, however short the turns, and a doubter that has
said no is not asked to throw the dice again each week.
"""

from functools import cache
from itertools import groupby
from operator import itemgetter

import numpy as np

from sim.model.decisions import Decision, Option
from sim.model.inputs import responses_of
from sim.model.steps.joining import acts_in_time, join
from sim.model.steps.stops import seats_to_ask
from sim.model.steps.willingness import attention, joined_any, peer_participation_at, peer_term, text_term
from sim.rules.choice import first_of_each
from sim.rules.quantize import of_runs, select_runs
from sim.scenario.calendar import whole

TALKS, PRESSURE = ("talks",), ("measures", "military")  # kinds of response that are alternatives


def choose_responses(world):
    """What every state joins by the model's own rule, over all incidents together: options, runs and actors (N,)."""
    picked = instruments(world, kinds_wanted(world), open_to(world))
    if world.watch or world.recorder:
        tell_what_was_weighed(world, picked)
    pays = affordable(world, *picked)
    return tuple(places[pays] for places in picked)


def tell_what_was_weighed(world, picked):
    """Say how willing everybody is to join each kind of response, whether or not it could join, and what each picks."""
    utilities = {}
    for h in world.begun:
        peer, text = peer_term(world, h), text_term(world, h)
        utilities[h] = world.base_utilities[h] + peer + text
        if world.recorder:
            world.recorder.keep_terms(h, {"peer": peer[:, 0], "text": text[:, 0]}, utilities[h][:, 0])
    if world.watch:
        world.watch.weighed(world, utilities, picked)


def join_responses(world, chosen):
    """Join what was chosen, and remember how grave each saw it then."""
    inputs, state = world.inputs, world.state
    o, r, a = chosen
    new = join(world, o, r, a)
    state.acted_on[inputs.option_kind[o], r, a] = state.perceived[inputs.option_incident[o], r, a]
    if world.recorder:
        world.recorder.responses_decided(world, new)


def kinds_wanted(world):
    """Which kinds of response each wants to take up now, and has the capital for the cheapest of.

    Alternatives stand aside for one another before anybody looks at the price.

    Returns
    -------
    array (N,) of int, ascending, places in a table (K, R, A) laid out flat
    """
    inputs, state = world.inputs, world.state
    can_pay = state.capital >= inputs.kind_price
    asked = can_pay.copy()
    asked[are_among(inputs, TALKS + PRESSURE)] = True
    wanted = [wanted_over(world, h, asked) for h in world.begun]
    if not wanted:
        return np.zeros(0, dtype=int)
    places, utility = (np.concatenate(of_all) for of_all in zip(*wanted, strict=True))
    return places[can_pay.reshape(-1)[places] & ~set_aside(world, places, utility)]


def wanted_over(world, h, asked):
    """The kinds of response to an incident that each is willing to take up now, and how willing it is.

    Company is looked at only by those whom it could move, or who may have to weigh one kind against another.

    Parameters
    ----------
    asked : array (K, R, A) of bool, who need be asked about which

    Returns
    -------
    places : array (N,) of int, in a table (K, R, A) laid out flat
    utility : array (N,), of the kinds that are no alternatives at least so much
    """
    inputs, state, params = world.inputs, world.state, world.inputs.params
    part, attends = inputs.kind_slices[h], attention(world, h)
    base, text, threshold = world.base_utilities[h], text_term(world, h), state.threshold[part]
    at_most = base + params.b_peer * (inputs.most_company - 0.5)
    at_most += text
    at_most *= params.precision
    could = (at_most >= threshold) & asked[part]
    could &= inputs.is_state & (attends >= state.attends_from[h])
    could &= state.acted_on[part] <= state.perceived[h] - params.renew_step
    places = could.reshape(-1).nonzero()[0]
    base, text, threshold = (table.reshape(-1)[places] for table in (base, text, threshold))
    kinds, people = np.divmod(places, attends.size)
    runs = people // attends.shape[-1]
    b_peer, precision = (select_runs(of_run, runs)[..., 0] for of_run in (params.b_peer, params.precision))

    def utility(peers):
        return base + b_peer * (peers - 0.5) + text

    company, weighs = np.zeros(places.size), are_among(inputs, TALKS + PRESSURE)[part][kinds]
    looks = (weighs | (precision * utility(company) < threshold)).nonzero()[0]
    company[looks] = peer_participation_at(world, h, places[looks], attends)
    willing = utility(company)
    wants = (precision * willing >= threshold).nonzero()[0]
    return part.start * attends.size + places[wants], willing[wants]


def set_aside(world, places, utility):
    """Talks and pressure are alternatives: which of the kinds wanted give way to the other. (N,) bool.

    Whoever has begun with one goes on with it; of two that are new, the one it is more willing to.

    Parameters
    ----------
    places, utility : arrays (N,), as `wanted_over` gives them
    """
    inputs, state = world.inputs, world.state
    kinds, person = np.divmod(places, state.capital.size)
    at = inputs.kind_incident[kinds] * state.capital.size + person
    talk, press = are_among(inputs, TALKS), are_among(inputs, PRESSURE)
    talks, presses = talk[kinds], press[kinds]
    rather = best_of(state, at[talks], utility[talks]) >= best_of(state, at[presses], utility[presses])
    talked, pressed = has_begun_with(world, talk), has_begun_with(world, press)
    aside = np.zeros(kinds.size, dtype=bool)
    aside[talks] = (pressed | ~rather)[at[talks]]
    aside[presses] = (talked | rather & ~pressed)[at[presses]]
    return aside


def are_among(inputs, names):
    """Which kinds of response have one of these names: (K,) bool."""
    return np.array([name in names for _, name in inputs.kinds], dtype=bool)


def best_of(state, at, utility):
    """The highest of these utilities at each place of a table (H, R, A) laid out flat; minus infinity without any."""
    best = np.full(state.perceived.size, -np.inf)
    np.maximum.at(best, at, utility)
    return best


def has_begun_with(world, kinds):
    """Who has joined a response of some kinds, (K,) bool, to each incident: a table (H, R, A) laid out flat."""
    inputs = world.inputs
    options = kinds[inputs.option_kind].nonzero()[0].tolist()
    return joined_any(world, options, inputs.option_incident, len(inputs.incidents)).reshape(-1)


def instruments(world, wants, can):
    """The instrument with which each takes up each kind it wants, drawn once for the run.

    One of the kind that is open to it and would act before the exercise ends; what would not is for another exercise.

    Parameters
    ----------
    wants : array (N,) of int, ascending, places in a table (K, R, A) laid out flat; can : array (O, R, A) of bool

    Returns
    -------
    options, runs, actors : arrays (N,) of int
    """
    inputs, everybody = world.inputs, world.state.capital.size
    kinds, people = np.divmod(wants, everybody)
    o, race = options_of(inputs, kinds)
    is_open = can.reshape(-1)[o * everybody + people[race]].nonzero()[0]
    o, race = o[is_open], race[is_open]
    r, a = (of_person[race] for of_person in np.divmod(people, can.shape[-1]))
    in_time = acts_in_time(world, o, r, a).nonzero()[0]
    o, race, r, a = (of_each[in_time] for of_each in (o, race, r, a))
    usual = np.exp(inputs.params.precision * (inputs.own_habit + inputs.how_usual))
    appeal = np.broadcast_to(usual, can.shape)[o, r, a]
    draw = world.nature.uniform_of("instrument", 0, inputs.option_names, inputs.actors, o, r, a)
    best = first_of_each(race, appeal, draw)
    return o[best], r[best], a[best]


def options_of(inputs, kinds):
    """All options of some kinds, (N,) ascending: the options in their order, and for each a place in `kinds`."""
    first, end = (np.searchsorted(kinds, inputs.option_kind, side) for side in ("left", "right"))
    options = np.repeat(np.arange(first.size), end - first)
    return options, np.arange(options.size) + (end - np.cumsum(end - first))[options]


def open_to(world):
    """Which responses each may still join now: (O, R, A) bool."""
    return legal(world) & ~world.state.joined


def legal(world):
    """Which responses are open to whom now, joined or not: (O, R, A) bool.

    It may by law and competence, it has what the response takes, a response that it follows has been taken, and for
    whatever accuses it is as sure as that asks for.
    """
    inputs = world.inputs
    may = np.repeat((inputs.allowed_in(world.turn) & inputs.is_state)[:, None], world.runs, axis=1)
    for part, severity, sure in zip(inputs.option_slices, world.state.severity, world.confidence(), strict=True):
        following = part.start + (inputs.option_follows[part] >= 0).nonzero()[0]
        if following.size:
            may[following] &= lead_condition_met(world, following, severity > 0)
        accusing = part.start + inputs.accuses[part, 0, 0].nonzero()[0]
        may[accusing] &= sure >= inputs.attribution_min[accusing]
    return may


def lead_condition_met(world, following, hit):
    """Where a victim or its body has led with what each of these responses follows: (N, R, 1) bool."""
    led = world.state.joined[world.inputs.option_follows[following]] & leads(world.inputs, hit)
    return led.any(axis=-1, keepdims=True)


def leads(inputs, hit):
    """Whose lead others follow over an incident, a victim or a body of victims, where `hit` are its victims: (R, A)."""
    leading = hit.copy()
    for body, members in zip(inputs.bodies, inputs.body_members, strict=True):
        leading[:, inputs.index[body]] |= (hit & members).any(axis=-1)
    return leading


def affordable(world, options, runs, actors):
    """Which of the responses picked each can pay for, incident by incident and the cheapest first: (N,) bool.

    Whose capital pays for all that it picked need not be asked one by one.

    Parameters
    ----------
    options, runs, actors : arrays (N,) of int, in the order of the options
    """
    inputs, left = world.inputs, world.state.capital.reshape(-1).copy()
    price, who = of_runs(inputs.price, options, runs), runs * len(inputs.actors) + actors
    pays = (np.bincount(who, price, left.size) <= left)[who]
    short = (~pays).nonzero()[0]
    for o in dict.fromkeys(options[short].tolist()):
        these = short[options[short] == o]
        its, whose = price[these], who[these]
        pays[these] = its <= left[whose]
        left[whose] -= its * pays[these]
    return pays


def responses_open(world, chosen):
    """Which responses to each incident each seat may join now: list of (run, Decision).

    Parameters
    ----------
    chosen : arrays (N,) of int, options, runs and actors: what the model's own rule joins
    """
    inputs, capital, opened = world.inputs, world.state.capital, []
    own, may_pay = marked(world, chosen), open_to(world) & (inputs.price <= capital)
    for h in world.begun:
        part, about = inputs.option_slices[h], inputs.incidents[h]
        alike = [cache(described(world, o)) for o in range(part.start, part.stop)]
        asked = seats_to_ask(world, "responses", may_pay[part].any(axis=0))
        for (place, code), of_seat in groupby(asked, key=itemgetter(1, 2)):
            runs = [run for run, *_ in of_seat]
            columns = may_pay[part, runs, place].T, own[part, runs, place].T, *seen_by(world, h, place, runs)
            for run, *each in zip(runs, *(column.tolist() for column in columns), strict=True):
                offers = [
                    (is_own, alike[k](*seen))
                    for k, (is_open, is_own, *seen) in enumerate(zip(*each, strict=True))
                    if is_open
                ]
                options = tuple(option for _, option in offers)
                default = tuple(option.id for is_own, option in offers if is_own)
                what = "responses", world.turn, code, about, options, default
                opened.append((run, Decision(*what, least=0, most=None, budget=float(capital[run, place]))))
    return opened


def apply_responses(world, chosen, answers):
    """What is chosen once seats have answered: what they join, the cheapest first, as far as the capital goes."""
    if not answers.by_run:
        return chosen
    inputs, left, is_chosen = world.inputs, world.state.capital.copy(), marked(world, chosen)
    for run, code, incident, choice in answers.all("responses"):
        place = inputs.index[code]
        part = inputs.option_slices[inputs.incidents.index(incident)]
        is_chosen[part, run, place] = False
        for o in range(part.start, part.stop):
            if inputs.options[o][1] in choice and (price := of_runs(inputs.price, o, run)) <= left[run, place]:
                is_chosen[o, run, place] = True
                left[run, place] -= price
    return is_chosen.nonzero()


def marked(world, chosen):
    """What is chosen, as a table: (O, R, A) bool."""
    is_chosen = np.zeros_like(world.state.joined)
    is_chosen[chosen] = True
    return is_chosen


def described(world, o):
    """An option as every seat sees it, its day and its rung: an Option, once called with what `seen_by` gives."""
    inputs, key = world.inputs, world.inputs.options[o][1]
    day = whole(inputs.calendar.down(inputs.calendar.halfway(world.turn) + inputs.lead_min[o, 0, 0]))
    rung = responses_of(inputs.loaded)[key].rung
    return lambda cost, least, covered, peers: Option(key, cost, day, None, least, rung, covered, peers)


def seen_by(world, h, place, runs):
    """What one seat sees of the options over an incident in some runs: arrays (N, options) of what each costs, how sure
    states have been that used it, whether a text covers it, and who is seen to have joined.
    """
    inputs, state, part = world.inputs, world.state, world.inputs.option_slices[h]
    price, least = (select_runs(of_each[part, :, 0].T, runs) for of_each in (inputs.price, inputs.attribution_min))
    text = state.covered[h, runs, place][:, None]
    covered = (text > 0) & (text >= inputs.rung[part, 0, 0])
    asked = np.where(inputs.accuses[part, 0, 0] > 0, least, None)
    peers = peers_seen(inputs, runs, place, state.effect_day[part, runs] <= world.day)
    return [np.broadcast_to(column, covered.shape) for column in (price, asked, covered, peers)]


def peers_seen(inputs, runs, place, seen):
    """Share, by capability, of an actor's peers that are seen to have joined, in the club that has gone furthest.

    Parameters
    ----------
    runs : list of int; place : int, of the actor; seen : array (options, N, A) of bool, in these runs

    Returns
    -------
    array (N, options), 0 to 1
    """
    groups = select_runs(inputs.peer_group.transpose(1, 0, 2), runs)
    weight = groups[:, (groups[..., place] > 0).any(axis=0)]
    weight[..., place] = 0
    weight = weight[:, weight.any(axis=(0, 2))]
    shares = seen.transpose(1, 0, 2).astype(float) @ weight.transpose(0, 2, 1)  # exact on the grid
    return (shares / weight.sum(axis=-1)[:, None]).max(axis=-1, initial=0.0)
