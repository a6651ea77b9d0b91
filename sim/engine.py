"""The engine: plays a batch of runs of one scenario from the first turn to the last.

One implementation serves all: a single run told as a story, an exercise with people in seats (a batch of one), and many
runs at once. A run comes out the same to the last bit whichever batch it is in.
"""

from dataclasses import dataclass, replace

import numpy as np

from sim.draws import Draws
from sim.record.measures import measured, scorecard
from sim.record.record import Outcomes, Record
from sim.turn import play_turn
from sim.turn.witness import Witness
from sim.world.setting import arrange
from sim.world.state import NEVER, World, first_state

BATCH = 256


@dataclass(frozen=True)
class Result:
    """What a play gives: outcomes of all runs, and the records of those that were traced."""

    outcomes: Outcomes
    records: tuple
    actions: tuple = ()


def begin(setting, seed, runs, seats=None, witness=None):
    """A world before its first turn.

    Parameters
    ----------
    setting : Setting, from `sim.world.setting.arrange`
    seed : int
    runs : sequence of int, replication numbers
    seats : dict of code to policy, or None
    witness : Witness or None

    Returns
    -------
    World
    """
    draws = Draws(seed, runs)
    return World(setting, first_state(setting, draws), draws, seats=dict(seats or {}), witness=witness)


def play(loaded, seed, runs=1, first_run=0, trace=False, policies=None, progress=None, on_turn=None, without=True, batch=BATCH):
    """Play runs of a scenario.

    Parameters
    ----------
    loaded : Loaded, from `sim.scenario.load`
    seed : int
    runs : int, how many; first_run : int, number of the first
    trace : bool, keep the record of every run; each is then played alone
    policies : dict of code to Policy, who sits in which seat; others follow the model's own rule
    progress : callable (runs done), called after each batch, or None
    on_turn : callable (turn, events of the turn), for a traced run, or None
    without : bool, play each run a second time without the cooperation portfolio, with the same luck
    batch : int, runs played at once; changes no bit of the result

    Returns
    -------
    Result

    >>> from sim.scenario import load
    >>> play(load("smallest"), seed=1, runs=3).outcomes.measures["peak_tension"].shape
    (3,)
    """
    setting = arrange(loaded)
    bare = arrange(without_cooperation(loaded)) if without and loaded.scenario.cooperation else None
    numbers = range(first_run, first_run + runs)
    size = 1 if trace or policies else batch
    parts, records, actions = [], [], []
    for start in range(0, runs, size):
        block = numbers[start : start + size]
        world = begin(setting, seed, block, policies, Witness() if trace else None)
        play_out(world, on_turn)
        part = [outcome_of(world), None]
        if bare is not None:
            other = begin(bare, seed, block, replayed(world.actions))
            play_out(other)
            part[1] = outcome_of(other)
        parts.append(part)
        if trace:
            records.append(record_of(world, loaded, seed, block[0], *part))
        actions += world.actions
        if progress:
            progress(len(block))
    return Result(_gathered(loaded, setting, seed, runs, first_run, parts), tuple(records), tuple(actions))


def play_out(world, on_turn=None):
    """Play a world to its last turn."""
    told = 0
    while world.turn < world.setting.turns:
        play_turn(world)
        if on_turn and world.witness:
            on_turn(world.turn, world.witness.events[told:])
            told = len(world.witness.events)


def ahead(world, runs, seed):
    """What could still come: many continuations of row 0 of a world, with new luck from the next turn on.

    What each actor is like (its thresholds and tempo) stays; evidence, texts and moves are drawn anew.

    Parameters
    ----------
    world : World, between two turns; runs : int; seed : int

    Returns
    -------
    dict of measure to array (runs,)
    """
    future = world.ahead(runs, Draws(seed, range(runs)))
    play_out(future)
    return measured(future)


def without_cooperation(loaded):
    """The same scenario with an empty portfolio, the arm against which cooperation is judged."""
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"cooperation": []}))


def replayed(actions):
    """Seats that answer as before, where the same question is put again."""
    from sim.policies.scripted import Scripted

    codes = {action.actor for action in actions}
    return {code: Scripted([a for a in actions if a.actor == code], strict=False) for code in codes}


def outcome_of(world):
    """All that is kept of a batch that has been played out."""
    setting, state = world.setting, world.state
    return {
        "measures": measured(world),
        "series": {name: np.array(values) for name, values in world.series.items()},
        "joined": state.joined.sum(axis=1),
        "first_table": state.first_table,
    }


def record_of(world, loaded, seed, run, kept, kept_without):
    """The record of a traced batch of one."""
    measures = {name: float(values[0]) for name, values in kept["measures"].items()}
    without = {name: float(values[0]) for name, values in kept_without["measures"].items()} if kept_without else None
    scenario = loaded.scenario
    return Record(
        loaded.name, scenario.title, loaded.digest, seed, run, scenario.start.isoformat(), scenario.turns.count,
        scenario.turns.days, tuple(world.witness.events), measures, without, scorecard(measures, without),
    )


def _gathered(loaded, setting, seed, runs, first_run, parts):
    own = [part for part, _ in parts]
    bare = [part for _, part in parts if part is not None]
    joined = sum(part["joined"] for part in own) / runs
    first = np.concatenate([part["first_table"] for part in own], axis=1)
    return Outcomes(
        loaded.name, loaded.scenario.title, loaded.digest, seed, runs,
        measures=_joined([part["measures"] for part in own]),
        measures_without=_joined([part["measures"] for part in bare]) if bare else None,
        series={name: np.concatenate([part["series"][name] for part in own], axis=1) for name in own[0]["series"]},
        joined=_joined_shares(setting, joined),
        formats=_format_shares(setting, first),
        first_run=first_run,
    )


def _joined(tables):
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def _joined_shares(setting, joined):
    shares = {act: {} for act in setting.acts}
    for o, (act, response) in enumerate(setting.options):
        shares[act][response] = {code: float(joined[o, k]) for k, code in enumerate(setting.actors) if joined[o, k] > 0}
    return shares


def _format_shares(setting, first):
    shares = {act: {} for act in setting.acts}
    for t, (act, form) in enumerate(setting.tables):
        share = float((first[setting.table_act[t]] == t).mean())
        if share > 0:
            shares[act][form] = share
    return shares
