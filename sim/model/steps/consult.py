"""Consult: seats say what they want and call consultations where they are best placed; intentions are exchanged.

Opens with two kinds of decision, all incidents together: the strongest text a seat wants, and where it calls. A seat
may call in its own formats, or ask a member of another to call. The model's own rule has a few chances a turn and an
incident to call; in each, a caller is drawn and picks a format.

1. positions      each actor settles what text it wants and how much it cares
2. calls          whoever is hit asks for a meeting where it is best placed
3. intentions     members hear from one another who would join what
4. leaks          what lies on the tables may come out
"""

from collections import defaultdict
from itertools import chain, count, pairwise
from typing import NamedTuple

import numpy as np

from sim.model.decisions import Decision, Option
from sim.model.state import ADOPTED, OPEN, effect, effect_anywhere
from sim.model.steps.assess import confidence_now, severity_now
from sim.model.steps.joining import urgency
from sim.model.steps.positions import apply_positions, positions_open, salience, take_positions
from sim.model.steps.stops import NOBODY, seats_to_ask
from sim.model.steps.willingness import exchange_intentions, terms, utility_of_calls
from sim.rules.choice import choice_probabilities, first_of, largest, pick
from sim.rules.consultation import format_utility, p_break_silence
from sim.rules.quantize import highest, of_runs, quantize, select_runs
from sim.rules.tempo import NEVER, days_drawn
from sim.scenario.calendar import whole

FEW_RUNS = 128  # up to which several incidents at once take less time than one by one: large tables leave the cache


def open_consult(world):
    """What each seat may want, and where it may call: list of (run, Decision)."""
    twin, begun, picks = foreseen(world)
    legal = legal_consultations(world)
    return positions_open(twin, begun) + [entry for h in begun for entry in calls_open(world, h, legal, picks)]


def foreseen(world):
    """The world as it stands once all have settled what they want, and where the model's own rule would call then.

    Nobody who decides where to call has heard what others answer: all are asked together.

    Returns
    -------
    World, a twin of this one; list of the incidents that have begun; and what `calls` gives
    """
    twin = world.twin()
    begun = [*settle_positions(twin)]
    return twin, begun, calls(twin, NOBODY)


def close_consult(world, answers):
    """Consult on every incident that has begun."""
    own = foreseen(world)[-1] if answers.by_run else None
    lasting = settle_positions(world)
    apply_positions(world, answers)
    left = pay(world, calls(world, answers, own))
    exchange(world, lasting, left)
    leak(world)


def settle_positions(world):
    """Every actor settles what it wants over each incident that has begun.

    Returns
    -------
    dict of incident to array (kinds, R, A), what `lasting_utility` gives for it in this turn
    """
    lasting, begun = {}, world.begun
    many = max(FEW_RUNS // world.runs, 1)
    for first in range(0, len(begun), many):
        lasting |= take_positions(world, begun[first : first + many])
    return lasting


def exchange(world, lasting, left):
    """Weigh the responses to each incident that has begun, and let members hear what the others intend.

    Parameters
    ----------
    lasting : dict of incident to array (kinds, R, A), the part of their willingness that calls do not move
    left : array (H, R, A), the capital left once calls over an incident and those before it are paid
    """
    for h in lasting:
        world.base_utilities[h] = lasting[h] + utility_of_calls(world, h, left[h])
    if lasting:
        exchange_intentions(world, [*lasting])
    if world.recorder:
        for h in lasting:
            world.recorder.keep_terms(h, terms(world, h, left[h]))


def leak(world):
    """What lies on the tables may come out: the sooner, the more sit there. The matter is better known then."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    sitting = inputs.consultation_members.sum(axis=-1)[:, None] * (state.consultation_state == OPEN)
    heard = over_each(inputs, sitting)
    chance = 1 - (1 - per_run.leak_per_member) ** heard
    leaks = world.draws.uniform("leak", world.turn, inputs.incidents).T < chance
    state.publicness = quantize(np.minimum(state.publicness + per_run.leak_publicness * leaks, 1))
    if world.recorder:
        world.recorder.leaked(world, np.flatnonzero(leaks[:, 0]), heard[:, 0])


# ------------------------------------------------------------------------------------------------- calls


class Calls(NamedTuple):
    """The consultations called in one chance of a turn: C of them, one over an incident in a run at most."""

    chance: int
    incidents: np.ndarray  # (C,) of int, places
    runs: np.ndarray  # (C,) likewise
    forms: np.ndarray  # (C,) among the consultations of its incident
    seats: np.ndarray  # (C,) whose wish it is
    callers: np.ndarray  # (C,) who asks for it: a member
    weighed: dict  # incident -> what each format had for and against it in the first run, and how likely it was


class Outlook(NamedTuple):
    """What calling looks like in this turn, kept up as consultations are called. H incidents, T consultations, R runs.

    Something can be called in K pairs of an incident and a run; nowhere else is anything picked.
    """

    incidents: np.ndarray  # (K,) of int, places
    runs: np.ndarray  # (K,) likewise
    terms: dict  # name -> (T, R), what speaks for and against each consultation
    utility: np.ndarray  # (T + 1, R), of calling it; -inf where it cannot be called and, last, where there is none
    wait: np.ndarray  # (H, R), of calling nobody
    doubled: np.ndarray  # (T, R) bool, whether another does its work
    pace: np.ndarray  # (T, R), factor on days


def look_at_consultations(world):
    """The outlook before anybody has called in this turn; None where nothing can be called."""
    inputs, per_run, of = world.inputs, world.inputs.params_per_run, world.inputs.consultation_incident
    sits = seated(world)
    legal = is_free(world) & worth_a_call(world, sits)
    h, r = (over_each(inputs, legal) > 0).nonzero()
    if not h.size:
        return None
    is_ip4, pace = inputs.consultation_is_ip4[:, None], urgency(world)[of]
    pace[is_ip4[:, 0]] *= tempo_of_partnership(world)
    standing = is_ip4 * (per_run.call_ip4_standing * effect(world, "ip4_standing"))[of]
    has_doubles = doubled(world)
    utility, terms = format_utility(
        inputs.consultation_mandate,
        sits.coverage,
        inputs.consultation_typical * pace,
        p_veto(world, h, r),
        np.minimum(has_doubles + is_ip4 * effect_anywhere(world, "duplication"), 1),
        np.clip(inputs.consultation_reputation + standing, 0, 1),
        mandate_weight=per_run.call_mandate,
        coverage_weight=per_run.call_coverage,
        days_weight=per_run.call_days,
        veto_weight=per_run.call_veto,
        duplication_weight=per_run.call_duplication,
        reputation_weight=per_run.call_reputation,
    )
    again = per_run.call_again * (world.state.consultation_called < NEVER) + inputs.consultation_reluctance
    utility += per_run.call_victim * sits.victims - again
    nowhere = np.full((1, world.runs), -np.inf)  # an incident that has fewer formats than others
    utility = np.concatenate([np.where(legal, utility, -np.inf), nowhere])
    return Outlook(h, r, terms, utility, wait_utility(world), has_doubles, pace)


def over_each(inputs, table):
    """The sum over the consultations on each incident: (H, R), of a table (T, R)."""
    return np.array([table[part].sum(axis=0) for part in inputs.consultation_slices]).reshape(-1, table.shape[1])


class Seated(NamedTuple):
    """Who sits at each consultation: arrays (T, R), nobody before its incident begins."""

    victims: np.ndarray  # bool, whether any sits there
    concerned: np.ndarray  # bool, whether anybody has enough at stake to call
    sure: np.ndarray  # bool, whether anybody concerned is sure enough of the culprit to name it
    left_out: np.ndarray  # bool, whether those whom no text covers have much of the stake
    coverage: np.ndarray  # how much of the stake, weighed by capability, sits there


def seated(world):
    """Who sits at each consultation, and with how much at stake."""
    inputs, state, params = world.inputs, world.state, world.inputs.params
    size = state.consultation_state.shape
    sits = Seated(*np.zeros((4, *size), dtype=bool), np.zeros(size))
    for h in world.begun:
        part, concerned = inputs.consultation_slices[h], state.stake[h] >= params.call_stake_min
        sure = concerned & (world.confidence()[h] >= inputs.naming_asks[h])
        needed = quantize(state.stake[h] * (params.weight_floor + inputs.capability))
        whole = np.maximum(needed.sum(axis=-1), 1e-9)
        of_actors = np.array([state.severity[h] > 0, concerned, sure, needed, needed * (state.covered[h] == 0)])
        sums = inputs.consultation_members[part].astype(float) @ of_actors.transpose(0, 2, 1)  # exact on the grid
        sits.victims[part], sits.concerned[part], sits.sure[part] = sums[:3] > 0
        sits.coverage[part] = sums[3] / whole
        sits.left_out[part] = sums[4] / whole >= inputs.params_per_run.call_uncovered
    return sits


def calls(world, answers, own=None):
    """The consultations called in this turn: by the model's own rule, and by seats as they answer.

    What is called over one incident leaves what is called over another as it is, so that each chance is one for all.

    Parameters
    ----------
    own : what this gave in `foreseen`, where seats have answered; None: the model's own rule picks as it goes

    Returns
    -------
    list of Calls
    """
    inputs, outlook = world.inputs, look_at_consultations(world)
    if outlook is None:
        return []
    wanted = {
        (inputs.incidents.index(incident), run, inputs.index[code]): [_place(inputs, incident, form) for form in choice]
        for run, code, incident, choice in answers.all("call")
    }
    chances = int(inputs.params.calls.flat[0])
    likely, made, called = weigh_formats(world, outlook), [], ()
    for k in range(chances):
        if len(called):
            likely[:, called] = weigh_formats(world, outlook, called)
        called, picked, seats = call(world, k, outlook, likely, wanted, own)
        if called.size:
            made.append(open_consultations(world, k, outlook, called, picked, seats))
    made += call_besides(world, chances, outlook, wanted)
    if world.recorder:
        tell_calls(world, made)
    return made


def tell_calls(world, made):
    """Tell what was called in the first run, incident by incident."""
    first = [
        (h, one.chance, form, caller, one.weighed[h])
        for one in made
        for h, run, form, caller in zip(one.incidents, one.runs, one.forms, one.callers, strict=True)
        if run == 0
    ]
    for h, _, form, caller, weighed in sorted(first, key=lambda one: one[:2]):
        world.recorder.consultation_called(world, h, world.inputs.formats[form, h], caller, *weighed)


def _place(inputs, incident, form):
    """The place of a consultation among those over an incident."""
    part = inputs.consultation_slices[inputs.incidents.index(incident)]
    return inputs.consultations.index((incident, form)) - part.start


def call(world, k, outlook, likely, wanted, own):
    """One chance in the turn to call a consultation over each incident: who calls, and where.

    Parameters
    ----------
    likely : array (1 + F, K), the probability of calling nobody, and each format of the incident
    wanted : dict of (incident, run, place) to list of formats' places, what seats have chosen; a seat that has answered
        calls nowhere else, and what is opened is taken off its list
    own : as in `calls`

    Returns
    -------
    arrays (C,) of int: in which of the outlook's pairs somebody calls, which format, and the place of whose wish it is
    """
    inputs, h, r = world.inputs, outlook.incidents, outlook.runs
    if own is None:
        picked = pick(likely, world.draws.uniform(f"call {k}", world.turn, inputs.incidents)[r, h]) - 1
    else:
        chosen = [zip(one.incidents, one.runs, one.forms, strict=True) for one in own if one.chance == k]
        first = {(over, run): form for over, run, form in chain(*chosen)}
        picked = np.array([first.get(pair, -1) for pair in zip(h, r, strict=True)])
    if wanted:
        seats = zip(h, r, callers(world, h, k, r), strict=True)
        picked = np.array([_as_wanted(wanted.get(seat), one) for seat, one in zip(seats, picked, strict=True)])
    called = (picked >= 0).nonzero()[0]
    return called, picked[called], callers(world, h[called], k, r[called]) if called.size else called


def weigh_formats(world, outlook, pairs=slice(None)):
    """The probability of calling nobody and of calling each format: (1 + F, K), or for some of the pairs alone."""
    inputs, h, r = world.inputs, outlook.incidents[pairs], outlook.runs[pairs]
    choice = np.concatenate([outlook.wait[None, h, r], outlook.utility[inputs.formats[:, h], r]])
    return choice_probabilities(choice, select_runs(inputs.params_per_run.call_precision, r))


def _as_wanted(wanted, own):
    """Where a seat calls in a chance that is its own: the model's own pick where it wants that too."""
    if wanted is None:
        return own
    if own in wanted:
        wanted.remove(own)
        return own
    return -1


def call_besides(world, chances, outlook, wanted):
    """What seats call beyond the model's own picks: each in turn, unless somebody has called there by now."""
    made, next_of = [], defaultdict(lambda: count(chances))
    for (h, run, place), formats in sorted(wanted.items()):
        pair = ((outlook.incidents == h) & (outlook.runs == run)).nonzero()[0]
        for form in formats:
            k, consultation = next(next_of[h, run]), world.inputs.formats[form, h]
            if outlook.utility[consultation, run] > -np.inf:
                made.append(open_consultations(world, k, outlook, pair, *np.array([[form], [place]])))
    return made


def callers(world, h, k, rows):
    """Who asks for the meeting: the hit by their harm, now and then a friend with a high stake. (K,) places.

    Parameters
    ----------
    h, rows : int or arrays (K,) of int, the incident and the run; k : int, which chance in the turn it is
    """
    inputs, stake = world.inputs, world.state.stake[h, rows]
    friendship = select_runs(inputs.params.call_friend, rows)
    weight = friendship * np.square(stake)
    hit = world.state.severity[h, rows] > 0
    weight[hit] = stake[hit]
    draw = world.draws.uniform_at(f"caller {k}", world.turn, inputs.incidents, inputs.actors, h, rows)
    return first_of(quantize(weight * inputs.is_state), draw)


def member_calling(world, h, rows, consultations, caller):
    """Who asks in a format the caller does not sit in: the member with the highest stake. All arrays (K,) of int."""
    inputs = world.inputs
    outside = (~inputs.consultation_members[consultations, caller]).nonzero()[0]
    h, rows, consultations, caller = h[outside], rows[outside], consultations[outside], caller.copy()
    lots = world.draws.uniform("member calling", world.turn, inputs.actors, rows=rows)
    caller[outside] = largest(world.state.stake[h, rows] * inputs.consultation_members[consultations], lots)
    return caller


def doubled(world):
    """Whether another that is open, or has adopted its text, does the work of each consultation: (T, R) bool."""
    inputs, now = world.inputs, world.state.consultation_state
    at_work, others = ((now == OPEN) | (now == ADOPTED)).astype(float), np.empty(now.shape)
    for part in inputs.consultation_slices:  # those over one incident leave those over another as they are
        np.matmul(inputs.consultation_duplicates[part, part], at_work[part], out=others[part])
    return others > 0


def tempo_of_partnership(world):
    """Factor on the days of formats where NATO meets the four: cooperation makes them faster. (R,)."""
    return np.clip(1 + effect_anywhere(world, "decision_days"), 0.3, 2)


def p_veto(world, h, r):
    """How likely a text at the mean position is blocked, as the caller sees it: by the most reluctant member.

    Parameters
    ----------
    h, r : arrays (K,) of int, the incidents and runs that are looked at

    Returns
    -------
    array (T, R); 0 elsewhere, and where no single member can block
    """
    inputs, per_run = world.inputs, world.inputs.params_per_run
    panels, panel_of = inputs.silent_panels
    position, cares = (np.ascontiguousarray(table.T) for table in (world.state.position[h, r], salience(world, h, r)))
    weight = quantize(select_runs(inputs.capability, r).T * cares)
    mean = panels @ quantize(weight * position) / np.maximum(panels @ weight, 1e-9)
    wants, reluctance = cares * position, np.zeros(mean.shape)
    for most, text, sits in zip(reluctance, mean, panels > 0, strict=True):
        beyond = cares[sits]
        beyond *= text
        beyond -= wants[sits]
        np.maximum.reduce(beyond, axis=0, initial=0, out=most)
    hazard, steepness, days = (
        select_runs(of_all, r) for of_all in (per_run.silence_hazard, per_run.silence_steepness, per_run.silence_days)
    )
    veto = np.zeros((len(panels) + 1, *world.state.stake.shape[:2]))
    veto[:-1, h, r] = quantize(p_break_silence(reluctance, 0.0, 1.0, hazard, steepness, 0.0, days))
    return veto[panel_of, inputs.consultation_incident]


def legal_consultations(world):
    """Which consultations can be opened now: (T, R) bool."""
    return is_free(world) & worth_a_call(world, seated(world))


def is_free(world):
    """Where nobody sits, nor has sat too short a while ago: (T, R) bool."""
    now, called = world.state.consultation_state, world.state.consultation_called
    again = world.day - called >= world.inputs.params_per_run.call_again_days
    return (now != OPEN) & ((called >= NEVER) | again)


def worth_a_call(world, sits):
    """Where a consultation has something to speak about: (T, R) bool.

    Its incident is grave enough for it, and somebody concerned is at the table; once a text stands, only where matters
    have moved since or where those sit who have much of the stake and whom no text covers. Where a format gathers to
    name a culprit, somebody concerned has to be sure of it.
    """
    inputs, of = world.inputs, world.inputs.consultation_incident
    concerns = sits.concerned & (sits.victims | ~inputs.consultation_members_only)
    severity = severity_now(world)
    grave = severity[of] >= inputs.consultation_threshold
    ready = sits.sure | ~inputs.consultation_accuses
    has_cause = matters_moved(world, severity)[of] | sits.left_out
    return grave & ready & concerns & has_cause


def matters_moved(world, severity):
    """Whether facts or evidence have moved since the last text on each incident: (H, R) bool."""
    state, per_run = world.state, world.inputs.params_per_run
    moved = severity >= state.told_severity + per_run.renew_step
    still = (~moved).nonzero()
    surer = state.told_confidence + per_run.renew_confidence
    moved[still] = confidence_now(world, still) >= surer[still]
    return moved


def wait_utility(world):
    """What speaks for calling nobody: more with each consultation open, less with the stake: (H, R)."""
    per_run, busy = world.inputs.params_per_run, over_each(world.inputs, world.state.consultation_state == OPEN)
    return per_run.call_wait + per_run.call_wait_open * busy - per_run.call_stake * highest(world.state.stake)


def calls_open(world, h, legal, picks):
    """Where each seat may call a consultation over incident `h`: list of (run, Decision).

    Parameters
    ----------
    legal : array (T, R) of bool, what can be called; picks : list of Calls, where the model's own rule calls for all
    """
    inputs = world.inputs
    part = inputs.consultation_slices[h]
    legal = legal[part]
    may_call = (world.state.stake[h] > 0) & inputs.is_state & legal.any(axis=0)[:, None]
    most = int(inputs.params.calls.flat[0])
    opened = []
    for run, place, code in seats_to_ask(world, "call", may_call):
        options = places_to_call(world, h, run, place, part.start + np.flatnonzero(legal[:, run]))
        mine = [one.forms[(one.incidents == h) & (one.runs == run) & (one.seats == place)] for one in picks]
        own = tuple(inputs.consultations[inputs.formats[form, h]][1] for form in chain(*mine))
        decision = Decision("call", world.turn, code, inputs.incidents[h], options, own, least=0, most=most)
        opened.append((run, decision))
    return opened


def places_to_call(world, h, run, place, t):
    """Formats as options: what a call costs, from when a text can be there, and who would have to be asked to call."""
    inputs = world.inputs
    friends = member_calling(world, *(np.full(t.size, at) for at in (h, run)), t, np.full(t.size, place))
    cost = round(float(select_runs(inputs.params_per_run.consult_cost, [run])[0]), 3)
    days = inputs.calendar.down(world.day + of_runs(inputs.consultation_min[..., None], t, run))
    return tuple(
        Option(inputs.consultations[k][1], cost, whole(day), via=None if friend == place else inputs.actors[friend])
        for k, day, friend in zip(t, days, friends, strict=True)
    )


def open_consultations(world, k, outlook, pairs, picked, seats):
    """Open the consultations picked: set when they will end, and book the overlap.

    Parameters
    ----------
    pairs, picked, seats : arrays (C,) of int, as `call` gives them

    Returns
    -------
    Calls
    """
    inputs, state = world.inputs, world.state
    h, r = outlook.incidents[pairs], outlook.runs[pairs]
    t = inputs.formats[picked, h]
    caller = member_calling(world, h, r, t, seats)
    told = pairs[r == 0] if world.recorder else ()
    weighed = {outlook.incidents[pair]: as_weighed(world, outlook, pair) for pair in told}
    least, usual, most = (
        of_runs(days[..., None], t, r)
        for days in (inputs.consultation_min, inputs.consultation_typical, inputs.consultation_max)
    )
    draw = world.draws.normal_at(f"days {k}", world.turn, inputs.consultation_names, t, r)
    days = days_drawn(least, usual, most, draw)
    for total, more in (
        (state.duplication, outlook.doubled[t, r]),
        (state.called, None),
        (state.called_best, of_runs(inputs.best_placed[..., None], t, r)),
    ):
        total += np.bincount(r, more, world.runs)  # a run may have calls over several incidents
    takes = inputs.calendar.nearest(np.maximum(days * outlook.pace[t, r], least))
    state.consultation_due[t, r] = inputs.calendar.nearest(world.day + takes)
    state.consultation_state[t, r] = OPEN
    state.consultation_called[t, r] = world.day
    first = state.first_consultation[h, r]
    state.first_consultation[h, r] = np.where(first < 0, t, first)
    state.asked[h, r] = np.maximum(state.asked[h, r], state.severity[h, r, caller] > 0)
    keep_up(world, outlook, h, r, t)
    return Calls(k, h, r, picked, seats, caller, weighed)


def keep_up(world, outlook, h, r, t):
    """Enter in the outlook that these are open now: they cannot be called again, and do the work of others.

    Parameters
    ----------
    h, r, t : arrays (C,) of int, incidents, runs and consultations
    """
    per_run = world.inputs.params_per_run
    outlook.wait[h, r] += select_runs(per_run.call_wait_open, r)
    outlook.utility[t, r] = -np.inf
    of, others = (world.inputs.consultation_duplicates[t] > 0).nonzero()
    doubles, weight = (others, r[of]), select_runs(per_run.call_duplication, r[of])
    outlook.doubled[doubles] = True
    outlook.utility[doubles] -= weight + outlook.terms["duplication"][doubles]
    outlook.terms["duplication"][doubles] = -weight


def as_weighed(world, outlook, pair):
    """The terms of the choice among the formats in a pair of the first run, and the probabilities, for the record."""
    part = world.inputs.consultation_slices[outlook.incidents[pair]]
    likely = weigh_formats(world, outlook, [pair])[: 1 + part.stop - part.start]
    return {name: term[part, :1].copy() for name, term in outlook.terms.items()}, likely


def pay(world, made):
    """Let those who have called pay for it.

    Parameters
    ----------
    made : list of Calls

    Returns
    -------
    array (H, R, A), the capital that is left once calls over each incident and those before it are paid
    """
    state, price = world.state, quantize(world.inputs.params_per_run.consult_cost)
    if not made:
        return np.broadcast_to(state.capital, state.stake.shape)
    paid = np.zeros(state.stake.shape)
    for one in made:
        np.add.at(paid, (one.incidents, one.runs, one.callers), select_runs(price, one.runs))
    for before, after in pairwise(paid):
        after += before
    left = state.capital - paid
    state.capital, state.spent = left[-1].copy(), state.spent + paid[-1]
    return left
