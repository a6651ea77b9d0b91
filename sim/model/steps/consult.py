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
from dataclasses import dataclass, fields
from itertools import chain, count
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
from sim.rules.quantize import quantize, select_runs
from sim.rules.tempo import NEVER, days_drawn
from sim.scenario.calendar import whole

FEW_RUNS = 128  # up to which several incidents at once take less time than one by one


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
    lasting = {}
    for incidents in at_once(world.begun, world.runs):
        lasting |= take_positions(world, incidents)
    return lasting


def at_once(incidents, runs):
    """Incidents in groups that are worked out at once: one alone where runs are many, as its tables are large then."""
    many = max(FEW_RUNS // runs, 1)
    return [incidents[first : first + many] for first in range(0, len(incidents), many)]


def exchange(world, lasting, left):
    """Weigh the responses to each incident that has begun, and let members hear what the others intend.

    Parameters
    ----------
    lasting : dict of incident to array (kinds, R, A), the part of their willingness that calls do not move
    left : array (H, R, A), the capital left once calls over an incident and those before it are paid
    """
    for h in lasting:
        world.base_utilities[h] = lasting[h] + utility_of_calls(world, h, left[h])
    for incidents in at_once([*lasting], world.runs):
        exchange_intentions(world, incidents)
    if world.recorder:
        for h in lasting:
            world.recorder.keep_terms(h, terms(world, h, left[h]))


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


class Calls(NamedTuple):
    """The consultations called in one chance of a turn: C of them, one over an incident in a run at most."""

    chance: int
    incidents: np.ndarray  # (C,) of int, places
    runs: np.ndarray  # (C,) likewise
    forms: np.ndarray  # (C,) among the consultations of its incident
    seats: np.ndarray  # (C,) whose wish it is
    callers: np.ndarray  # (C,) who asks for it: a member
    weighed: dict  # incident -> what each format had for and against it in the first run, and how likely it was


@dataclass(frozen=True)
class Outlook:
    """What consultations look like to whoever may call in this turn. H incidents, T consultations, N runs.

    The runs are those in which something can be called; the others are not looked at.
    """

    runs: np.ndarray  # (N,) their places
    coverage: np.ndarray  # (T, N) how much of the stake sits there
    reputation: np.ndarray  # (T, N)
    days: np.ndarray  # (T, N) until a text is usually there
    veto: np.ndarray  # (T, N) probability that somebody blocks
    victim_inside: np.ndarray  # (T, N) bool
    worth_a_call: np.ndarray  # (T, N) bool, but for what has been called there already
    most_at_stake: np.ndarray  # (H, N) for anybody
    hurry: np.ndarray  # (H, N) factor on days
    tempo: np.ndarray  # (T, N) factor on days

    def of(self, coefficient):
        """A coefficient of behaviour, (1,) or (R,), in the runs that are looked at: (1,) or (N,)."""
        return select_runs(coefficient, self.runs)

    def at(self, places):
        """The outlook in some of its runs alone."""
        return Outlook(*(getattr(self, item.name)[..., places] for item in fields(self)))


def look_at_consultations(world):
    """The outlook of the consultations, before anybody has called in this turn; None where nothing can be called."""
    inputs, state, per_run = world.inputs, world.state, world.inputs.params_per_run
    worth = worth_a_call(world)
    runs = (worth & is_free(world)).any(axis=0).nonzero()[0]
    if not runs.size:
        return None
    over, is_ip4 = inputs.consultation_incident, inputs.consultation_is_ip4[:, None]
    hurry = urgency(world)[:, runs]
    tempo = np.where(is_ip4, tempo_of_partnership(world)[runs], 1.0)
    standing = is_ip4 * (per_run.call_ip4_standing * effect(world, "ip4_standing"))[over][:, runs]
    return Outlook(
        runs,
        coverage=coverage(world)[:, runs],
        reputation=np.clip(select_runs(inputs.consultation_reputation.T, runs).T + standing, 0, 1),
        days=inputs.consultation_typical * hurry[over] * tempo,
        veto=p_veto(world, runs),
        victim_inside=any_member(inputs, state.severity > 0)[:, runs],
        worth_a_call=worth[:, runs],
        most_at_stake=state.stake[:, runs].max(axis=-1),
        hurry=hurry,
        tempo=tempo,
    )


def any_member(inputs, marked):
    """Whether any member of each consultation is marked: (T, R), of marks (H, R, A)."""
    return sum_of_members(inputs, marked.astype(float)) > 0


def sum_of_members(inputs, of_actors):
    """What the members of each consultation have together, exact on the grid: (T, R), of a table (H, R, A)."""
    members = inputs.consultation_members.astype(float)
    sums = np.empty((len(members), of_actors.shape[1]))
    for part, of_one in zip(inputs.consultation_slices, of_actors, strict=True):
        np.matmul(members[part], of_one.T, out=sums[part])
    return sums


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
    likely, made, n = weigh_formats(world, outlook)[1], [], ()
    for k in range(chances):
        if len(n):
            n = np.unique(n)
            likely[..., n] = weigh_formats(world, outlook.at(n))[1]
        h, n, picked, seats = call(world, k, outlook, likely, wanted, own)
        if h.size:
            made.append(open_consultations(world, k, outlook, h, n, picked, seats))
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
    likely : array (1 + F, H, N), the probability of calling nobody, and each format of the incident
    wanted : dict of (incident, run, place) to list of formats' places, what seats have chosen; a seat that has answered
        calls nowhere else, and what is opened is taken off its list
    own : as in `calls`

    Returns
    -------
    arrays (C,) of int: incidents over which somebody calls, in which of the outlook's runs, which format, and the place
    of whose wish it is
    """
    inputs, runs = world.inputs, outlook.runs
    if own is None:
        draw = world.draws.uniform(f"call {k}", world.turn, inputs.incidents)[runs].T
        at_stake = outlook.most_at_stake >= outlook.of(inputs.params_per_run.call_stake_min)
        picked = np.where(at_stake, pick(likely, draw) - 1, -1)
    else:
        chosen = [zip(one.incidents, one.runs, one.forms, strict=True) for one in own if one.chance == k]
        first = {(h, run): form for h, run, form in chain(*chosen)}
        picked = np.array([[first.get((h, run), -1) for run in runs] for h in range(len(inputs.incidents))])
    if wanted:
        h, n = np.indices(picked.shape).reshape(2, -1)
        seats = zip(h, runs[n], callers(world, h, k, runs[n]), strict=True)
        own_choice = [_as_wanted(wanted.get(seat), first) for seat, first in zip(seats, picked.flat, strict=True)]
        picked = np.array(own_choice).reshape(picked.shape)
    h, n = (picked >= 0).nonzero()
    return h, n, picked[h, n], callers(world, h, k, runs[n]) if h.size else h


def weigh_formats(world, outlook):
    """The terms of the choice among the formats, and the probability of calling nobody and each: (1 + F, H, N)."""
    utility, looked_at = utilities(world, outlook)
    nowhere = np.full((1, outlook.runs.size), -np.inf)  # an incident that has fewer formats than others
    utility = np.concatenate([np.where(can_be_called(world, outlook), utility, -np.inf), nowhere])
    choice = np.concatenate([wait_utility(world, outlook)[None], utility[world.inputs.formats]])
    return looked_at, choice_probabilities(choice, outlook.of(world.inputs.params_per_run.call_precision))


def can_be_called(world, outlook):
    """Where a consultation can be called now: (T, N) bool."""
    return outlook.worth_a_call & is_free(world, outlook.runs)


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
        n = (outlook.runs == run).nonzero()[0]
        for form in formats:
            k, consultation = next(next_of[h, run]), world.inputs.formats[form, h]
            if can_be_called(world, outlook.at(n))[consultation].any():
                made.append(open_consultations(world, k, outlook, *np.array([[h], n, [form], [place]])))
    return made


def callers(world, h, k, rows):
    """Who asks for the meeting: the hit by their harm, now and then a friend with a high stake. (K,) places.

    Parameters
    ----------
    h, rows : int or arrays (K,) of int, the incident and the run; k : int, which chance in the turn it is
    """
    inputs, stake = world.inputs, world.state.stake[h, rows]
    friendship = select_runs(inputs.params.call_friend, rows)
    weight = np.where(world.state.severity[h, rows] > 0, stake, friendship * np.square(stake)) * inputs.is_state
    draw = world.draws.uniform_at(f"caller {k}", world.turn, inputs.incidents, inputs.actors, h, rows)
    return first_of(quantize(weight), draw)


def member_calling(world, h, rows, consultations, caller):
    """Who asks in a format the caller does not sit in: the member with the highest stake. All arrays (K,) of int."""
    inputs = world.inputs
    outside = (~inputs.consultation_members[consultations, caller]).nonzero()[0]
    h, rows, consultations, caller = h[outside], rows[outside], consultations[outside], caller.copy()
    lots = world.draws.uniform("member calling", world.turn, inputs.actors, rows=rows)
    caller[outside] = largest(world.state.stake[h, rows] * inputs.consultation_members[consultations], lots)
    return caller


def utilities(world, outlook):
    """What the caller sees in each format: (T, N), and the terms for the record."""
    inputs, state, per_run, of = world.inputs, world.state, world.inputs.params_per_run, outlook.of
    besides = inputs.consultation_is_ip4[:, None] * effect_anywhere(world, "duplication")[outlook.runs]
    utility, looked_at = format_utility(
        inputs.consultation_mandate,
        outlook.coverage,
        outlook.days,
        outlook.veto,
        np.minimum(doubled(world, outlook.runs) + besides, 1),
        outlook.reputation,
        mandate_weight=of(per_run.call_mandate),
        coverage_weight=of(per_run.call_coverage),
        days_weight=of(per_run.call_days),
        veto_weight=of(per_run.call_veto),
        duplication_weight=of(per_run.call_duplication),
        reputation_weight=of(per_run.call_reputation),
    )
    spoken = state.consultation_called[:, outlook.runs] < NEVER
    again = of(per_run.call_again) * spoken + inputs.consultation_reluctance
    return utility + of(per_run.call_victim) * outlook.victim_inside - again, looked_at


def doubled(world, runs=slice(None)):
    """How many that are open, or have adopted their text, do the work of each consultation: (T, R), or some runs."""
    now = world.state.consultation_state[:, runs]
    return world.inputs.consultation_duplicates @ ((now == OPEN) | (now == ADOPTED)).astype(float)


def coverage(world, of=True):
    """How much of the stake in its incident, weighed by capability, sits at each consultation: (T, R).

    Parameters
    ----------
    of : array (H, R, A) of bool, of whose stake
    """
    inputs = world.inputs
    needed = quantize(world.state.stake * (inputs.params.weight_floor + inputs.capability))
    whole = np.maximum(needed.sum(axis=-1), 1e-9)
    return sum_of_members(inputs, needed * of) / whole[inputs.consultation_incident]


def tempo_of_partnership(world):
    """Factor on the days of formats where NATO meets the four: cooperation makes them faster. (R,)."""
    return np.clip(1 + effect_anywhere(world, "decision_days"), 0.3, 2)


def p_veto(world, runs):
    """How likely a text at the mean position is blocked, as the caller sees it: by the most reluctant member.

    Parameters
    ----------
    runs : array (N,) of int, their places

    Returns
    -------
    array (T, N); 0 where no single member can block
    """
    inputs, per_run = world.inputs, world.inputs.params_per_run
    panels, panel_of = inputs.silent_panels
    tables = world.state.position, salience(world)
    position, cares = (np.ascontiguousarray(np.moveaxis(table[:, runs], -1, 0)) for table in tables)
    weight = quantize(select_runs(inputs.capability, runs).T[:, None] * cares)
    weighed, weight = (panels @ table.reshape(len(table), -1) for table in (quantize(weight * position), weight))
    mean = (weighed / np.maximum(weight, 1e-9)).reshape(len(panels), *position.shape[1:])
    reluctance = np.zeros((len(panels) + 1, *position.shape[1:]))
    for k, sits in enumerate(panels > 0):
        reluctance[k] = np.maximum.reduce((mean[k] - position[sits]) * cares[sits], axis=0, initial=0)
    hazard, steepness, days = (
        select_runs(of_all, runs)
        for of_all in (per_run.silence_hazard, per_run.silence_steepness, per_run.silence_days)
    )
    veto = quantize(p_break_silence(reluctance, 0.0, 1.0, hazard, steepness, 0.0, days))
    veto[-1] = 0
    return veto[panel_of, inputs.consultation_incident]


def legal_consultations(world):
    """Which consultations can be opened now: (T, R) bool."""
    return is_free(world) & worth_a_call(world)


def is_free(world, runs=slice(None)):
    """Where nobody sits, nor has sat too short a while ago: (T, R) bool, or in some runs alone."""
    now, called = (table[:, runs] for table in (world.state.consultation_state, world.state.consultation_called))
    again = world.day - called >= select_runs(world.inputs.params_per_run.call_again_days, runs)
    return (now != OPEN) & ((called >= NEVER) | again)


def worth_a_call(world):
    """Where a consultation has something to speak about: (T, R) bool.

    Its incident has begun and is grave enough for it, and somebody concerned is at the table; once a text stands, only
    where matters have moved since or where those sit who have much of the stake and whom no text covers. Where a format
    gathers to name a culprit, somebody concerned has to be sure of it.
    """
    inputs, state, of = world.inputs, world.state, world.inputs.consultation_incident
    hit = any_member(inputs, state.severity > 0)
    grave = (severity_now(world)[of] >= inputs.consultation_threshold) & (hit | ~inputs.consultation_members_only)
    concerned = state.stake >= inputs.params.call_stake_min
    is_sure = concerned.copy()
    for h, asks in enumerate(inputs.naming_asks):
        is_sure[h] &= world.confidence()[h] >= asks
    ready = any_member(inputs, is_sure) | ~inputs.consultation_accuses
    reaches_others = coverage(world, state.covered == 0) >= inputs.params_per_run.call_uncovered
    has_cause = matters_moved(world)[of] | reaches_others
    return world.has_begun[of, None] & grave & ready & any_member(inputs, concerned) & has_cause


def matters_moved(world):
    """Whether facts or evidence have moved since the last text on each incident: (H, R) bool."""
    state, per_run = world.state, world.inputs.params_per_run
    graver = severity_now(world) >= state.told_severity + per_run.renew_step
    surer = confidence_now(world) >= state.told_confidence + per_run.renew_confidence
    return graver | surer


def wait_utility(world, outlook):
    """What speaks for calling nobody: more with each consultation open, less with the stake: (H, N)."""
    inputs, per_run, of = world.inputs, world.inputs.params_per_run, outlook.of
    is_open = world.state.consultation_state[:, outlook.runs] == OPEN
    busy = np.array([is_open[part].sum(axis=0) for part in inputs.consultation_slices])
    urgency_of_call = of(per_run.call_stake) * outlook.most_at_stake
    return of(per_run.call_wait) + of(per_run.call_wait_open) * busy - urgency_of_call


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
    cost = round(float(inputs.params.consult_cost.flat[0]), 3)
    days = inputs.calendar.down(world.day + inputs.consultation_min[t, 0])
    return tuple(
        Option(inputs.consultations[k][1], cost, whole(day), via=None if friend == place else inputs.actors[friend])
        for k, day, friend in zip(t, days, friends, strict=True)
    )


def open_consultations(world, k, outlook, h, n, picked, seats):
    """Open the consultations picked: set when they will end, and book the overlap.

    Parameters
    ----------
    h, n, picked, seats : arrays (C,) of int, as `call` gives them

    Returns
    -------
    Calls
    """
    inputs, state = world.inputs, world.state
    r, t = outlook.runs[n], inputs.formats[picked, h]
    caller = member_calling(world, h, r, t, seats)
    told = zip(h[r == 0], n[r == 0], strict=True) if world.recorder else ()
    weighed = {over: as_weighed(world, over, outlook.at([place])) for over, place in told}
    least = inputs.consultation_min[t, 0]
    draw = world.draws.normal_at(f"days {k}", world.turn, inputs.consultation_names, t, r)
    days = days_drawn(least, inputs.consultation_typical[t, 0], inputs.consultation_max[t, 0], draw)
    for total, more in (
        (state.duplication, np.minimum(doubled(world)[t, r], 1)),
        (state.called, 1),
        (state.called_best, inputs.best_placed[t]),
    ):
        np.add.at(total, r, more)  # a run may have calls over several incidents
    takes = inputs.calendar.nearest(np.maximum(days * outlook.hurry[h, n] * outlook.tempo[t, n], least))
    state.consultation_due[t, r] = inputs.calendar.nearest(world.day + takes)
    state.consultation_state[t, r] = OPEN
    state.consultation_called[t, r] = world.day
    first = state.first_consultation[h, r]
    state.first_consultation[h, r] = np.where(first < 0, t, first)
    state.asked[h, r] = np.maximum(state.asked[h, r], state.severity[h, r, caller] > 0)
    return Calls(k, h, r, picked, seats, caller, weighed)


def as_weighed(world, h, outlook):
    """The terms of the choice among the formats of incident `h`, and the probabilities, for the record."""
    part = world.inputs.consultation_slices[h]
    looked_at, likely = weigh_formats(world, outlook)
    return {name: term[part] for name, term in looked_at.items()}, likely[: 1 + part.stop - part.start, h]


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
    np.cumsum(paid, axis=0, out=paid)
    left = state.capital - paid
    state.capital, state.spent = left[-1].copy(), state.spent + paid[-1]
    return left
