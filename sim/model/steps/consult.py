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
from dataclasses import dataclass
from itertools import count

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
from sim.rules.quantize import quantize, select_runs
from sim.rules.tempo import NEVER, days_drawn
from sim.scenario.calendar import whole


def open_consult(world):
    """What each seat may want, and where it may call: list of (run, Decision)."""
    twin, picks = foreseen(world)
    return positions_open(twin, [*picks]) + [entry for h in picks for entry in calls_open(world, h, picks[h])]


def foreseen(world):
    """The world as it stands once all have settled what they want, and where the model's own rule would call then.

    Nobody who decides where to call has heard what others answer: all are asked together.

    Returns
    -------
    World, a twin of this one; and dict of incident to what `calls` gives
    """
    twin = world.twin()
    return twin, {h: calls(twin, h, NOBODY) for h in settle_positions(twin)}


def close_consult(world, answers):
    """Consult on every incident that has begun."""
    own = foreseen(world)[1] if answers.by_run else {}
    lasting = settle_positions(world)
    apply_positions(world, answers)
    for h in lasting:
        calls(world, h, answers, own.get(h))
        exchange(world, h, lasting[h])
    leak(world)


def settle_positions(world):
    """Every actor settles what it wants over each incident that has begun.

    Returns
    -------
    dict of incident to array (kinds, R, A), what `lasting_utility` gives for it in this turn
    """
    begun = np.flatnonzero(world.inputs.incident_begins <= world.turn)
    return {h: take_positions(world, h) for h in begun}


def exchange(world, h, lasting):
    """Weigh the responses to incident `h`, and let members hear what the others intend."""
    world.base_utilities[h] = lasting + utility_of_calls(world, h)
    exchange_intentions(world, h)
    if world.recorder:
        world.recorder.keep_terms(h, terms(world, h))


def leak(world):
    """What lies on the tables may come out: the sooner, the more sit there. The matter is better known then."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    sitting = inputs.consultation_members.sum(axis=-1)[:, None] * (state.consultation_state == OPEN)
    heard = np.array([sitting[part].sum(axis=0) for part in inputs.consultation_slices]).reshape(-1, world.runs)
    chance = 1 - (1 - per_run.leak_per_member) ** heard
    leaks = world.draws.uniform("leak", world.turn, inputs.incidents).T < chance
    state.publicness = quantize(np.minimum(state.publicness + per_run.leak_publicness * leaks, 1))
    if world.recorder:
        world.recorder.leaked(world, np.flatnonzero(leaks[:, 0]), heard[:, 0])


# ------------------------------------------------------------------------------------------------- calls


@dataclass(frozen=True)
class Outlook:
    """What the tables of an incident look like to whoever may call in this turn. T tables of the incident, R runs.

    N are the runs in which something can be called; the others are not looked at.
    """

    runs: np.ndarray  # (N,) their places
    coverage: np.ndarray  # (T, N) how much of the stake sits there
    reputation: np.ndarray  # (T, N)
    days: np.ndarray  # (T, N) until a text is usually there
    veto: np.ndarray  # (T, N) probability that somebody blocks
    victim_inside: np.ndarray  # (T, N) bool
    worth_a_call: np.ndarray  # (T, R) bool, but for what has been called there already
    hurry: np.ndarray  # (R,) factor on days
    tempo: np.ndarray  # (T, R) factor on days

    def of(self, coefficient):
        """A coefficient of behaviour, (1,) or (R,), in the runs that are looked at: (1,) or (N,)."""
        return select_runs(coefficient, self.runs)


def look_at_consultations(world, h):
    """The outlook of the consultations of incident `h`, before anybody has called in this turn."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    part = inputs.consultation_slices[h]
    worth = worth_a_call(world, h)
    runs = np.flatnonzero((worth & is_free(world, h)).any(axis=0))
    hurry, tempo = urgency(world)[h], tempo_of_partnership(world, part)
    standing = per_run.call_ip4_standing * effect(world, "ip4_standing")[h]
    standing = inputs.consultation_is_ip4[part][:, None] * standing[runs]
    return Outlook(
        runs,
        coverage=coverage(world, h)[:, runs],
        reputation=np.clip(inputs.consultation_reputation[part] + standing, 0, 1),
        days=inputs.consultation_typical[part] * hurry[runs] * tempo[:, runs],
        veto=p_veto(world, h, runs),
        victim_inside=any_member(inputs.consultation_members[part], state.severity[h, runs] > 0),
        worth_a_call=worth,
        hurry=hurry,
        tempo=tempo,
    )


def any_member(members, marked):
    """Whether any member of each consultation is marked: (T, R), of members (T, A) and marks (R, A)."""
    return members.astype(float) @ marked.T.astype(float) > 0


def calls(world, h, answers, own=None):
    """The consultations called over incident `h` in this turn: by the model's own rule, and by seats as they answer.

    Parameters
    ----------
    own : what this gave in `foreseen`, where seats have answered; None: the model's own rule picks as it goes

    Returns
    -------
    list of (chance, run, caller's place, consultation), in the order they were called
    """
    outlook = look_at_consultations(world, h)
    chances = int(world.inputs.params.calls.flat[0])
    wanted = {
        (run, world.inputs.index[code]): [_consultation(world, h, form) for form in choice]
        for run, code, incident, choice in answers.all("call")
        if incident == world.inputs.incidents[h]
    }
    made = []
    for k in range(chances):
        made += call(world, h, k, outlook, wanted, own)
    return made + call_besides(world, h, chances, outlook, wanted)


def _consultation(world, h, form):
    return (
        world.inputs.consultations.index((world.inputs.incidents[h], form)) - world.inputs.consultation_slices[h].start
    )


def call(world, h, k, outlook, wanted, own):
    """One chance in the turn to open a consultation over incident `h`: who calls, and where.

    Parameters
    ----------
    wanted : dict of (run, place) to list of places, what seats have chosen; a seat that has answered calls nowhere
        else, and what is opened is taken off its list
    own : as in `calls`
    """
    inputs, state = world.inputs, world.state
    part = inputs.consultation_slices[h]
    if part.start == part.stop:
        return []
    looked_at, chances = weigh_formats(world, h, outlook)
    draw = world.draws.uniform(f"call {k}", world.turn, (inputs.incidents[h],), rows=outlook.runs)[:, 0]
    at_stake = state.stake[h, outlook.runs].max(axis=-1) >= outlook.of(inputs.params_per_run.call_stake_min)
    picked = np.full(world.runs, -1)
    picked[outlook.runs] = np.where(at_stake, pick(chances, draw) - 1, -1)
    if own is not None:
        picked = np.full(world.runs, -1)
        for _, run, _, consultation in (made for made in own if made[0] == k):
            picked[run] = consultation
    if wanted:
        asking = callers(world, h, k, np.arange(world.runs))
        picked = np.array([_as_wanted(wanted.get((run, asking[run])), first) for run, first in enumerate(picked)])
    rows = np.flatnonzero(picked >= 0)
    if not rows.size:
        return []
    asking = callers(world, h, k, rows)
    caller = member_calling(world, h, rows, part.start + picked[rows], asking)
    open_consultations(world, h, k, outlook, rows, picked[rows], caller)
    if world.recorder and rows[0] == 0:
        world.recorder.consultation_called(world, h, part.start + picked[0], caller[0], looked_at, chances)
    return list(zip([k] * rows.size, rows, asking, picked[rows], strict=True))


def weigh_formats(world, h, outlook):
    """The terms of the choice among the formats of incident `h`, and the probability of calling nobody and of each."""
    utility, looked_at = utilities(world, h, outlook)
    utility = np.where((outlook.worth_a_call & is_free(world, h))[:, outlook.runs], utility, -np.inf)
    precision = outlook.of(world.inputs.params_per_run.call_precision)
    return looked_at, choice_probabilities(np.concatenate([wait_utility(world, h, outlook), utility]), precision)


def _as_wanted(wanted, own):
    """Where a seat calls in a chance that is its own: the model's own pick where it wants that too."""
    if wanted is None:
        return own
    if own in wanted:
        wanted.remove(own)
        return own
    return -1


def call_besides(world, h, chances, outlook, wanted):
    """What seats call beyond the model's own picks: each in turn, unless somebody has called there by now."""
    made = []
    part, next_of = world.inputs.consultation_slices[h], defaultdict(lambda: count(chances))
    for run, place, consultation in (
        (run, place, consultation)
        for (run, place), consultations in sorted(wanted.items())
        for consultation in consultations
    ):
        k = next(next_of[run])
        if not (outlook.worth_a_call & is_free(world, h))[consultation, run]:
            continue
        looked_at, likely = weigh_formats(world, h, outlook)
        rows, picked = np.array([run]), np.array([consultation])
        caller = member_calling(world, h, rows, part.start + picked, np.array([place]))
        open_consultations(world, h, k, outlook, rows, picked, caller)
        made.append((k, run, place, consultation))
        if world.recorder and run == 0:
            world.recorder.consultation_called(world, h, part.start + consultation, caller[0], looked_at, likely)
    return made


def callers(world, h, k, rows):
    """Who asks for the meeting: the hit by their harm, now and then a friend with a high stake. (K,) places."""
    inputs, stake = world.inputs, world.state.stake[h, rows]
    friendship = select_runs(inputs.params.call_friend, rows)
    weight = np.where(world.state.severity[h, rows] > 0, stake, friendship * np.square(stake)) * inputs.is_state
    draw = world.draws.uniform(f"caller {k}", world.turn, (inputs.incidents[h],), inputs.actors, rows=rows)[0]
    return first_of(quantize(weight), draw)


def member_calling(world, h, rows, consultations, caller):
    """Who asks in a format the caller does not sit in: the member with the highest stake."""
    inputs = world.inputs
    outside = np.flatnonzero(~inputs.consultation_members[consultations, caller])
    lots = world.draws.uniform("member calling", world.turn, inputs.actors, rows=rows[outside])
    friend = largest(world.state.stake[h, rows[outside]] * inputs.consultation_members[consultations[outside]], lots)
    caller = caller.copy()
    caller[outside] = friend
    return caller


def utilities(world, h, outlook):
    """What the caller sees in each format: (T of the incident, N), and the terms for the record."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    part, of = inputs.consultation_slices[h], outlook.of
    doubled = inputs.consultation_duplicates[part, part] @ is_active(state.consultation_state[part][:, outlook.runs])
    besides = effect_anywhere(world, "duplication")[outlook.runs]
    doubled = np.minimum(doubled + inputs.consultation_is_ip4[part][:, None] * besides, 1)
    utility, looked_at = format_utility(
        inputs.consultation_mandate[part],
        outlook.coverage,
        outlook.days,
        outlook.veto,
        doubled,
        outlook.reputation,
        mandate_weight=of(per_run.call_mandate),
        coverage_weight=of(per_run.call_coverage),
        days_weight=of(per_run.call_days),
        veto_weight=of(per_run.call_veto),
        duplication_weight=of(per_run.call_duplication),
        reputation_weight=of(per_run.call_reputation),
    )
    spoken = state.consultation_called[part][:, outlook.runs] < NEVER
    again = of(per_run.call_again) * spoken + inputs.consultation_reluctance[part]
    return utility + of(per_run.call_victim) * outlook.victim_inside - again, looked_at


def is_active(consultation_state):
    """1 where a consultation is open or has adopted its text, else 0."""
    return ((consultation_state == OPEN) | (consultation_state == ADOPTED)).astype(float)


def coverage(world, h, of=True):
    """How much of the stake in incident `h`, weighed by capability, sits at each consultation: (T, R).

    Parameters
    ----------
    of : array (R, A) of bool, of whose stake
    """
    inputs, state = world.inputs, world.state
    needed = quantize(state.stake[h] * (inputs.params.weight_floor + inputs.capability))
    members = inputs.consultation_members[inputs.consultation_slices[h]].astype(float)
    return ((needed * of) @ members.T).T / np.maximum(needed.sum(axis=-1), 1e-9)


def tempo_of_partnership(world, part):
    """Factor on the days of formats where NATO meets the four: cooperation makes them faster."""
    faster = np.clip(1 + effect_anywhere(world, "decision_days"), 0.3, 2)
    return np.where(world.inputs.consultation_is_ip4[part][:, None], faster, np.ones(world.runs))


def p_veto(world, h, runs):
    """How likely a text at the mean position is blocked, as the caller sees it: by the most reluctant member.

    Parameters
    ----------
    runs : array (N,) of int, places of runs

    Returns
    -------
    array (T of the incident, N); 0 where no single member can block
    """
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    panels, panel_of = inputs.silent_panels[h]
    position, cares = (np.ascontiguousarray(of_all[runs].T) for of_all in (state.position[h], salience(world, h)))
    weight = quantize(select_runs(inputs.capability, runs).T * cares)
    mean = (panels @ quantize(weight * position)) / np.maximum(panels @ weight, 1e-9)
    reluctance = np.zeros_like(mean)
    for k, sits in enumerate(panels > 0):
        reluctance[k] = (np.maximum(mean[k] - position[sits], 0) * cares[sits]).max(axis=0)
    hazard, steepness, days = (
        select_runs(of_all, runs)
        for of_all in (per_run.silence_hazard, per_run.silence_steepness, per_run.silence_days)
    )
    veto = quantize(p_break_silence(reluctance, 0.0, 1.0, hazard, steepness, 0.0, days))
    return np.concatenate([veto, np.zeros((1, runs.size))])[panel_of]


def legal_consultations(world, h):
    """Which consultations can be opened now: (T of the incident, R) bool."""
    return is_free(world, h) & worth_a_call(world, h)


def is_free(world, h):
    """Where nobody sits, nor has sat too short a while ago, over incident `h`: (T of the incident, R) bool."""
    inputs, state = world.inputs, world.state
    part = inputs.consultation_slices[h]
    again = world.day - state.consultation_called[part] >= inputs.params_per_run.call_again_days
    return (state.consultation_state[part] != OPEN) & ((state.consultation_called[part] >= NEVER) | again)


def worth_a_call(world, h):
    """Where a consultation has something to speak about: (T of the incident, R) bool.

    The matter is grave enough for it, and somebody concerned at the table; once a text stands, only where matters have
    moved since or where those sit who have much of the stake and whom no text covers. Where a format gathers to name a
    culprit, somebody concerned has to be sure of it.
    """
    inputs, state = world.inputs, world.state
    part = inputs.consultation_slices[h]
    members = inputs.consultation_members[part]
    hit = any_member(members, state.severity[h] > 0)
    grave = (severity_now(world, h) >= inputs.consultation_threshold[part]) & (
        hit | ~inputs.consultation_members_only[part]
    )
    concerned = state.stake[h] >= inputs.params.call_stake_min
    is_sure = world.confidence()[h] >= inputs.naming_asks[h]
    ready = any_member(members, concerned & is_sure) | ~inputs.consultation_accuses[part]
    reaches_others = coverage(world, h, state.covered[h] == 0) >= inputs.params_per_run.call_uncovered
    return grave & ready & any_member(members, concerned) & (matters_moved(world, h) | reaches_others)


def matters_moved(world, h):
    """Whether facts or evidence have moved since the last text on incident `h`: (R,) bool."""
    state, per_run = world.state, world.inputs.params_per_run
    graver = severity_now(world, h) >= state.told_severity[h] + per_run.renew_step
    surer = confidence_now(world, h) >= state.told_confidence[h] + per_run.renew_confidence
    return graver | surer


def wait_utility(world, h, outlook):
    """What speaks for calling nobody: more with each consultation open, less with the stake: (1, N)."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    busy = (state.consultation_state[inputs.consultation_slices[h]][:, outlook.runs] == OPEN).sum(axis=0)
    urgency_of_call = outlook.of(per_run.call_stake) * state.stake[h, outlook.runs].max(axis=-1)
    return (outlook.of(per_run.call_wait) + outlook.of(per_run.call_wait_open) * busy - urgency_of_call)[None]


def calls_open(world, h, picks):
    """Where each seat may call a consultation over incident `h`: list of (run, Decision).

    Parameters
    ----------
    picks : what `calls` gives where the model's own rule calls for everybody
    """
    inputs = world.inputs
    part, legal = inputs.consultation_slices[h], legal_consultations(world, h)
    may_call = (world.state.stake[h] > 0) & inputs.is_state & legal.any(axis=0)[:, None]
    most = int(inputs.params.calls.flat[0])
    opened = []
    for run, place, code in seats_to_ask(world, "call", may_call):
        options = places_to_call(world, h, run, place, np.flatnonzero(legal[:, run]))
        own = tuple(inputs.consultations[part.start + t][1] for _, r, who, t in picks if (r, who) == (run, place))
        decision = Decision("call", world.turn, code, inputs.incidents[h], options, own, least=0, most=most)
        opened.append((run, decision))
    return opened


def places_to_call(world, h, run, place, consultations):
    """Formats as options: what a call costs, from when a text can be there, and who would have to be asked to call."""
    inputs = world.inputs
    t = inputs.consultation_slices[h].start + consultations
    friends = member_calling(world, h, np.full(t.size, run), t, np.full(t.size, place))
    cost = round(float(inputs.params.consult_cost.flat[0]), 3)
    days = inputs.calendar.down(world.day + inputs.consultation_min[t, 0])
    return tuple(
        Option(inputs.consultations[k][1], cost, whole(day), via=None if friend == place else inputs.actors[friend])
        for k, day, friend in zip(t, days, friends, strict=True)
    )


def open_consultations(world, h, k, outlook, rows, picked, caller):
    """Open the consultations picked: set when they will end, and book the cost and the overlap."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    part = inputs.consultation_slices[h]
    consultations = part.start + picked
    draw = world.draws.normal_at(f"days {k}", world.turn, inputs.consultation_names, consultations, rows)
    days = days_drawn(
        inputs.consultation_min[consultations, 0],
        inputs.consultation_typical[consultations, 0],
        inputs.consultation_max[consultations, 0],
        draw,
    )
    beside = inputs.consultation_duplicates[consultations, part] * is_active(state.consultation_state[part])[:, rows].T
    state.duplication[rows] += np.minimum(beside.sum(axis=-1), 1)
    state.called[rows] += 1
    state.called_best[rows] += inputs.best_placed[consultations]
    at_this_pace = days * outlook.hurry[rows] * outlook.tempo[picked, rows]
    takes = inputs.calendar.nearest(np.maximum(at_this_pace, inputs.consultation_min[consultations, 0]))
    state.consultation_due[consultations, rows] = inputs.calendar.nearest(world.day + takes)
    state.consultation_state[consultations, rows] = OPEN
    state.consultation_called[consultations, rows] = world.day
    first = state.first_consultation[h, rows]
    state.first_consultation[h, rows] = np.where(first < 0, consultations, first)
    is_victim = state.severity[h, rows, caller] > 0
    state.asked[h, rows] = np.maximum(state.asked[h, rows], is_victim)
    price = quantize(per_run.consult_cost + np.zeros(world.runs))[rows]
    state.capital[rows, caller] -= price
    state.spent[rows, caller] += price
