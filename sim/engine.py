"""The engine: plays a batch of runs of one scenario from the first turn to the last.

One implementation serves all: a single run told as a story, an exercise with people in seats (a batch of one), and many
runs at once. A run comes out the same to the last bit whichever batch it is in.
"""

import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.catalogue.measures import measured
from sim.draws import Draws
from sim.model.decisions import Answer, Decision
from sim.model.events import Event
from sim.model.inputs import ModelInputs, build_inputs
from sim.model.msel import as_played, ask_as_planned, plan_of
from sim.model.state import State, World
from sim.model.steps import STEPS, begin_turn, is_over, play_turn
from sim.model.steps.control import Direction, carry_out
from sim.model.varying import Varied
from sim.one_thread import one_blas_thread
from sim.policies.members import Standard
from sim.policies.policy import ByRun, Script
from sim.policies.seating import PolicyLike, fresh, policies_of, seats_of_runs, seats_that_override
from sim.record.record import Outcomes, Record, scorecard
from sim.record.recorder import EventRecorder
from sim.scenario import Loaded
from sim.scenario.calendar import in_iso, lengths_of

BATCH = 512
EACH_THREAD = 256  # continuations at least: arrays of fewer leave too little for threads to do side by side
SHARES = 4  # of the runs for each process, so that progress shows
Measures = dict[str, np.ndarray]  # each measure of each run
Kept = dict[str, Any]  # what is kept of a batch: see `outcome_of`
Part = tuple[Kept, Kept | None]  # the same of both arms
OnTurn = Callable[[int, Sequence[Event]], object]


@dataclass(frozen=True)
class Result:
    """What a play gives: outcomes of all runs, the records of those that were traced, and what seats answered."""

    outcomes: Outcomes
    records: tuple[Record, ...]
    answers: tuple[Answer, ...] = ()


def initial_world(
    inputs: ModelInputs,
    seed: int,
    runs: Sequence[int],
    seats: Mapping[str, Any] | None = None,
    recorder: EventRecorder | None = None,
    script: Script | None = None,
) -> World:
    """A world before its first turn.

    Parameters
    ----------
    inputs : ModelInputs, from `sim.model.inputs.build_inputs`
    seed : int
    runs : sequence of int, replication numbers
    seats : dict of code to policy, or None
    recorder : EventRecorder or None
    script : Script, of answers that were written down before, or None

    Returns
    -------
    World
    """
    draws = Draws(seed, runs)
    state = State.first(inputs, draws)
    plan, seats = plan_of(inputs), dict(seats or {})
    return World(inputs, state, draws, draws, plan=plan, seats=seats, script=script, recorder=recorder)


def play(
    loaded: Loaded,
    seed: int,
    runs: int = 1,
    first_run: int = 0,
    trace: bool = False,
    policies: Mapping[str, PolicyLike] | None = None,
    progress: Callable[[int], object] | None = None,
    on_turn: OnTurn | None = None,
    baseline: bool = True,
    batch: int = BATCH,
    workers: int = 1,
) -> Result:
    """Play runs of a scenario.

    Parameters
    ----------
    loaded : Loaded, from `sim.scenario.load`
    seed : int
    runs : int, how many; first_run : int, number of the first
    trace : bool, keep the record of every run; each is then played alone
    policies : dict of code to Policy, or to its class or name: who chooses for whom, in place of what the scenario
        says; others follow the model's own rule
    progress : callable (runs done), called after each batch, or None
    on_turn : callable (turn, events of the turn), for a traced run, or None
    baseline : bool, play each run a second time without the cooperation portfolio, with the same draws
    batch : int, runs played at once; changes no bit of the result
    workers : int, processes on this machine, unless runs are traced; they change no bit either

    Returns
    -------
    Result

    >>> from sim.scenario import load
    >>> play(load("smallest"), seed=1, runs=3).outcomes.measures["peak_tension"].shape
    (3,)
    """
    numbers, inputs = range(first_run, first_run + runs), build_inputs(loaded)
    if workers > 1 and runs > 1 and not trace:
        played = _in_processes(loaded, seed, numbers, policies, baseline, batch, workers)
    else:
        played = _batches(loaded, inputs, seed, numbers, policies, baseline, batch, trace, on_turn)
    parts, records, answers = [], [], []
    for count, part, record, answered in played:
        parts.append(part)
        records += [record] if record else []
        answers += answered
        if progress:
            progress(count)
    return Result(gathered(loaded, inputs, seed, runs, first_run, parts), tuple(records), tuple(answers))


def _batches(
    loaded: Loaded,
    inputs: ModelInputs,
    seed: int,
    numbers: range,
    policies: Mapping[str, PolicyLike] | None,
    baseline: bool,
    batch: int,
    trace: bool = False,
    on_turn: OnTurn | None = None,
) -> Iterator[tuple[int, Part, Record | None, list[Answer]]]:
    """Batch after batch: how many runs, what is kept of them, their record if they are traced, what seats answered."""
    other_arm = baseline_inputs(loaded) if baseline else None
    seats = policies_of(inputs, policies)
    size = 1 if trace else batch
    for start in range(0, len(numbers), size):
        block = numbers[start : start + size]
        world = initial_world(inputs, seed, block, fresh(seats, len(block)), EventRecorder() if trace else None)
        play_out(world, on_turn)
        part = outcome_of(world), baseline_outcome(other_arm, world)
        answers = [answer for row in range(len(block)) for _, answer in world.decided.get(row, ())]
        yield len(block), part, record_of(world, loaded, seed, block[0], *part) if trace else None, answers


def _in_processes(
    loaded: Loaded,
    seed: int,
    numbers: range,
    policies: Mapping[str, PolicyLike] | None,
    baseline: bool,
    batch: int,
    workers: int,
) -> Iterator[tuple[int, Part, Record | None, list[Answer]]]:
    """The same in several processes, in the same order."""
    import cloudpickle

    from sim.processes import pool

    given = cloudpickle.dumps((loaded, policies))
    size = max(-(-len(numbers) // (SHARES * workers)), 1)
    with pool(workers) as processes:
        shares = [numbers[first : first + size] for first in range(0, len(numbers), size)]
        at_work = [processes.submit(_share, given, seed, share, baseline, batch) for share in shares]
        for future in at_work:
            yield from future.result()


def _share(given: bytes, seed: int, numbers: range, baseline: bool, batch: int) -> list:
    loaded, policies = pickle.loads(given)
    return list(_batches(loaded, build_inputs(loaded), seed, numbers, policies, baseline, batch))


@dataclass(frozen=True)
class Played:
    """What came of the runs of `play_points`: measures as arrays with one entry a run, and a digest of each run."""

    measures: Measures
    baseline_measures: Measures | None
    digest: np.ndarray


@dataclass(frozen=True)
class Opening:
    """How an exercise with people went up to the end of a turn: what was decided and directed, and by which draws.

    Parameters
    ----------
    turn : int, the last that is given; seed, run : int, of the exercise; seed None: each run has draws of its own from
        the first turn on, and only what was decided and directed is given
    answers : tuple of Answer, of every seat that was asked
    directed : tuple of (turn, step, Direction), in order, with the step that was next when control directed it
    policies : dict of code to policy, of who chooses from then on
    """

    turn: int
    seed: int | None
    run: int
    answers: tuple[Answer, ...] = ()
    directed: tuple[tuple[int, int, Direction], ...] = ()
    policies: Mapping[str, PolicyLike] = field(default_factory=dict)

    def world(
        self, inputs: ModelInputs, seed: int, runs: Sequence[int], policies: Sequence[Mapping[str, PolicyLike]]
    ) -> World:
        """Where so many runs, each with its policies, stand at that moment: with draws of their own from then on.

        Where other inputs ask something else, or allow less, an answer that does not fit is left out.
        """
        script, policies = Script(self.answers, strict=False), [{**of_run, **self.policies} for of_run in policies]
        asked = {code: Standard() for code in script.actors} | seats_of_runs(inputs, policies)
        seats = {code: asked[code] for code in inputs.actors if code in asked}
        own = (seed, runs) if self.seed is None else (self.seed, [self.run] * len(runs))
        world = initial_world(inputs, *own, seats, script=script)
        waiting = list(self.directed)
        for turn in range(self.turn + 1):
            if turn:
                begin_turn(world)
            for step in range(len(STEPS) + 1 if turn else 1):
                while waiting and waiting[0][:2] == (turn, step):
                    carry_out(world, waiting.pop(0)[2])
                if turn and step < len(STEPS):
                    STEPS[step].play(world)
        world.draws, world.script, world.seats = Draws(seed, runs), None, seats_of_runs(inputs, policies)
        world.decided = {}
        return world


def play_points(
    loaded: "Loaded | Points",
    points: Sequence[Mapping[str, Any]],
    replications: Sequence[int] | np.ndarray,
    seed: int,
    baseline: bool = True,
    batch: int = BATCH,
    measures: Mapping[str, Callable] | None = None,
    keep: Mapping[str, Callable] | None = None,
    opening: Opening | None = None,
) -> Played:
    """Play one run of each of many design points, with common random numbers: seed and replication alone decide them.

    Parameters
    ----------
    loaded : Loaded, or Points made of it before, which saves arranging the same variations again
    points : sequence of dict path -> value, one for each run; {} plays the scenario as written
    replications : sequence of int, one for each run
    seed : int
    baseline : bool, play each run a second time without the cooperation portfolio
    batch : int, runs played at once; changes no bit of the result
    measures : dict of name to callable (world) -> array (R,), measures of one's own beside the catalogue's; or None
    keep : dict of name to callable (world) -> array (R, ...), what else is kept of each run, among measures; or None
    opening : Opening, of an exercise from whose moment all runs go on; or None

    Returns
    -------
    Played

    Raises
    ------
    PointError
        for a design point whose values do not fit the scenario

    >>> from sim.scenario import load
    >>> played = play_points(load("smallest"), [{}, {"behaviour.b_peer": 0.5}], [0, 0], seed=1)
    >>> played.measures["harm"].shape
    (2,)
    """
    points_of = loaded if isinstance(loaded, Points) else Points(loaded)
    arms = [points_of.whole, points_of.baseline] if baseline and points_of.baseline else [points_of.whole]
    gathered: list[Measures] = [{} for _ in arms]
    digest = np.zeros(len(points), dtype=np.uint64)
    numbers = np.asarray(replications)
    for first in range(0, len(points), batch):
        decided: dict[int, list[tuple[Decision, Answer]]] = {}
        for arm, kept in zip(arms, gathered, strict=True):
            for inputs, places, policies in arm.batches(points[first : first + batch], first):
                here = first + places
                if opening:
                    world = opening.world(inputs, seed, numbers[here], policies)
                elif kept is gathered[0]:
                    world = initial_world(inputs, seed, numbers[here], seats_of_runs(inputs, policies))
                else:
                    seats = seats_that_override(decided.get(place, ()) for place in places)
                    world = initial_world(inputs, seed, numbers[here], seats)
                world.series = {} if keep else None  # else nobody charts it
                play_out(world)
                if kept is gathered[0]:
                    decided |= {places[row]: entries for row, entries in world.decided.items()}
                    digest[here] = world.state.digest()
                more = {name: read(world) for name, read in (keep or {}).items()}
                for name, values in (measured(world, measures) | more).items():
                    kept.setdefault(name, np.full((len(points), *values.shape[1:]), np.nan))[here] = values
    return Played(gathered[0], gathered[1] if len(arms) > 1 else None, digest)


class Points:
    """A scenario ready to be played at many design points, with and without its cooperation portfolio."""

    def __init__(self, loaded: Loaded) -> None:
        self.whole = Varied(loaded)
        self.baseline = Varied(loaded, without_cooperation) if loaded.scenario.cooperation else None


def play_out(world: World, on_turn: OnTurn | None = None) -> None:
    """Play a world to its last turn."""
    told = 0
    while not is_over(world):
        play_turn(world)
        if on_turn and world.recorder:
            on_turn(world.turn, world.recorder.events[told:])
            told = len(world.recorder.events)


def simulate_forward(world: World, runs: int, seed: int) -> Measures:
    """What could still come: many continuations of row 0 of a world, with new draws from the next turn on.

    What each actor is like (its thresholds and tempo) stays; evidence, texts and moves are drawn anew. Policies go on
    in their seats; people are not asked, and the model's own rule plays on for them.

    Parameters
    ----------
    world : World, between two turns or where one waits for seats; runs : int; seed : int

    Returns
    -------
    dict of measure to array (runs,)
    """
    return simulate_several(world, runs, seed)[0]


def simulate_several(world: World, runs: int, seed: int) -> list[Measures]:
    """What could still come of several ways that a run has gone, each a row of a world, with the same draws: run k of
    one beside run k of another.

    Parameters and what is returned are as in `simulate_forward`, a dict for each row.
    """
    threads = 1 if fresh(world.seats) else min(os.cpu_count() or 1, max(runs * world.runs // EACH_THREAD, 1))
    size = -(-runs // threads)
    shares = [range(first, min(first + size, runs)) for first in range(0, runs, size)]
    with one_blas_thread(), ThreadPoolExecutor(threads) as pool_of_threads:
        played = [*pool_of_threads.map(lambda of_share: _go_on(world, of_share, seed), shares)]
    return [_joined(parts) for parts in zip(*played, strict=True)]


def _go_on(world: World, replications: range, seed: int) -> list[Measures]:
    """What comes of each row of a world in these replications."""
    runs = len(replications)
    rows = [row for row in range(world.runs) for _ in replications]
    ahead = world.ahead(Draws(seed, [*replications] * world.runs), rows)
    ahead.seats = {code: ByRun(map(seat.of, rows)).fresh() for code, seat in fresh(world.seats).items()}
    play_out(ahead)
    of_all = measured(ahead)
    return [{name: values[k * runs : (k + 1) * runs] for name, values in of_all.items()} for k in range(world.runs)]


def baseline_inputs(loaded: Loaded) -> ModelInputs | None:
    """The inputs without the cooperation portfolio; None when there is none to leave out."""
    return build_inputs(without_cooperation(loaded)) if loaded.scenario.cooperation else None


def without_cooperation(loaded: Loaded) -> Loaded:
    """The same scenario with an empty portfolio, the arm against which cooperation is judged."""
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"cooperation": []}))


def baseline_outcome(baseline: ModelInputs | None, world: World) -> Kept | None:
    """What came of the same runs without cooperation: same draws, injects and answers of seats; or None."""
    if baseline is None:
        return None
    seats = seats_that_override(world.decided.get(row, ()) for row in range(world.runs))
    other = initial_world(baseline, world.draws.seed, world.draws.runs, seats)
    other.plan = as_played(world.plan)
    ask_as_planned(other)
    play_out(other)
    return outcome_of(other)


def outcome_of(world: World) -> Kept:
    """All that is kept of a batch that has been played out."""
    state = world.state
    return {
        "measures": measured(world),
        "series": {name: np.array(values) for name, values in (world.series or {}).items()},
        "joined": state.joined.sum(axis=1),
        "first_table": state.first_consultation,
        "chosen": state.chosen,
    }


def record_of(world: World, loaded: Loaded, seed: int, run: int, kept: Kept, kept_baseline: Kept | None) -> Record:
    """The record of a traced batch of one."""
    measures = {name: float(values[0]) for name, values in kept["measures"].items()}
    baseline = {name: float(values[0]) for name, values in kept_baseline["measures"].items()} if kept_baseline else None
    so_far = unfinished_record(world, loaded, seed, run)
    return replace(so_far, measures=measures, baseline_measures=baseline, scorecard=scorecard(measures, baseline))


def unfinished_record(world: World, loaded: Loaded, seed: int, run: int) -> Record:
    """The record of a traced batch of one that is still being played: what happened so far."""
    scenario = loaded.scenario
    return Record(
        loaded.name,
        scenario.title,
        loaded.digest,
        seed,
        run,
        in_iso(scenario.calendar.start),
        scenario.calendar.turns,
        lengths_of(scenario.calendar.edges),
        tuple(world.recorder.events),
    )


def gathered(
    loaded: Loaded,
    inputs: ModelInputs,
    seed: int,
    runs: int,
    first_run: int,
    parts: Sequence[Part],
) -> Outcomes:
    """What came of runs, put together from what came of each batch."""
    own = [part for part, _ in parts]
    baseline = [part for _, part in parts if part is not None]
    joined = sum(part["joined"] for part in own) / runs
    first = np.concatenate([part["first_table"] for part in own], axis=1)
    return Outcomes(
        loaded.name,
        loaded.scenario.title,
        loaded.digest,
        seed,
        runs,
        measures=_joined([part["measures"] for part in own]),
        baseline_measures=_joined([part["measures"] for part in baseline]) if baseline else None,
        series={name: np.concatenate([part["series"][name] for part in own], axis=1) for name in own[0]["series"]},
        joined=_joined_shares(inputs, joined),
        formats=_format_shares(inputs, first),
        answers=_answer_shares(inputs, np.concatenate([part["chosen"] for part in own], axis=1)),
        first_run=first_run,
    )


def _joined(parts: Sequence[Measures]) -> Measures:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _joined_shares(inputs: ModelInputs, joined: np.ndarray) -> dict[str, dict[str, dict[str, float]]]:
    shares: dict[str, dict] = {incident: {} for incident in inputs.incidents}
    for (incident, response), of_actors in zip(inputs.options, joined.tolist(), strict=True):
        by_actor = zip(inputs.actors, of_actors, strict=True)
        shares[incident][response] = {code: share for code, share in by_actor if share > 0}
    return shares


def _format_shares(inputs: ModelInputs, first: np.ndarray) -> dict[str, dict[str, float]]:
    shares: dict[str, dict] = {incident: {} for incident in inputs.incidents}
    places = np.arange(len(inputs.consultations))
    opened = (first[inputs.consultation_incident] == places[:, None]).mean(axis=-1)
    for (incident, form), share in zip(inputs.consultations, opened.tolist(), strict=True):
        if share > 0:
            shares[incident][form] = share
    return shares


def _answer_shares(inputs: ModelInputs, chosen: np.ndarray) -> dict[str, dict[str, dict[str, float]]]:
    shares: dict[str, dict] = {}
    for q, inject in enumerate(inputs.msel[place][1] for place in inputs.questions):
        decides = np.flatnonzero(inputs.question_to[q])
        codes, answers = [inputs.actors[k] for k in decides], chosen[q][:, decides]
        shares[inject.id] = {
            option.id: dict(zip(codes, (answers == at).mean(axis=0).tolist(), strict=True))
            for at, option in enumerate(inject.question.options)
        }
    return shares
