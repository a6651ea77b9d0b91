"""The moves of an adversary, one class each: what it is called and said, when it is legal, and what it does.

To add one: a class here with its place in `MOVES`, and its five coefficients in behaviour.yaml.
"""

from typing import Any

import numpy as np

from sim.rules.choice import first_of, largest
from sim.rules.quantize import quantize, select_runs

World = Any  # a batch of runs; the room that knows what it is comes later
MOST_INTENSE = 1.5
FELT = ("move", "gain", "pressed", "risk", "opened")  # what an adversary feels about each: coefficients by this name


class Move:
    """One thing an adversary may do next.

    name : what answers, records and coefficients call it (`gain_stop`)
    label : in the words of whoever may choose it
    seen : as others see it, of `who` and `target`; None where it shows in what follows and is told there
    short : the same for a chart
    is_hostile : whether it raises tension
    """

    name = label = short = ""
    seen: str | None = None
    is_hostile = False

    def legal(self, world: World, d: int) -> np.ndarray:
        """In which runs adversary `d` can do it now: (R,) bool."""
        return np.ones(world.runs, dtype=bool)

    def carry_out(self, world: World, d: int, rows: np.ndarray) -> np.ndarray | None:
        """Do it in some runs; returns the place of whom it is aimed at, (rows,), or None."""
        return None


class Persist(Move):
    """Goes on as before."""

    name, label = "persist", "go on as before"


class Stop(Move):
    """Calls the campaign off."""

    name, label, short = "stop", "call the campaign off", "{who} stops"

    def legal(self, world: World, d: int) -> np.ndarray:
        return goes_on(world, d)

    def carry_out(self, world: World, d: int, rows: np.ndarray) -> None:
        state = world.state
        ended = np.zeros_like(state.stopped)
        ended[:, rows] = own_incidents(world, d)[:, rows]
        state.stopped |= ended
        state.intensity = np.where(ended, 0.0, state.intensity)
        if world.recorder:
            world.recorder.incidents_stopped(world, np.flatnonzero(ended[:, 0]))


class Escalate(Move):
    """Strikes harder."""

    name, label, short = "escalate", "strike harder", "{who} escalates"
    is_hostile = True

    def legal(self, world: World, d: int) -> np.ndarray:
        hardest = (world.state.intensity * own_incidents(world, d)).max(axis=0)
        return goes_on(world, d) & (hardest < MOST_INTENSE)

    def carry_out(self, world: World, d: int, rows: np.ndarray) -> None:
        raise_intensity(world, own_incidents(world, d), rows, world.inputs.params_per_run.escalate_step)


class Widen(Move):
    """Goes after another victim."""

    name, label, short = "widen", "go after another victim", "{who} widens it to {target}"
    seen = "{target} is drawn in as well"
    is_hostile = True

    def legal(self, world: World, d: int) -> np.ndarray:
        return goes_on(world, d) & next_victims(world, d).any(axis=-1)

    def carry_out(self, world: World, d: int, rows: np.ndarray) -> np.ndarray | None:
        inputs, state = world.inputs, world.state
        draw = world.draws.uniform("next victim", world.turn, (inputs.adversaries[d],), inputs.actors, rows=rows)[0]
        target = first_of(next_victims(world, d)[rows].astype(float), draw)
        share = select_runs(inputs.params_per_run.widen_share, rows)
        for h in np.flatnonzero(inputs.incident_by == d):
            hit = (
                own_incidents(world, d)[h, rows]
                & inputs.next_victims[h, target]
                & (state.severity[h, rows, target] == 0)
            )
            worst = state.severity[h, rows].max(axis=-1)
            state.severity[h, rows, target] = quantize(np.where(hit, share * worst, state.severity[h, rows, target]))
        return target


class OpenOtherOcean(Move):
    """Raises the pressure in the other ocean: what another adversary is doing there grows too."""

    name, label, short = "open_other_ocean", "raise the pressure in the other ocean", "{who} opens the other ocean"
    seen = "{who} stirs in the other ocean"
    is_hostile = True

    def legal(self, world: World, d: int) -> np.ndarray:
        return others_act(world, d)

    def carry_out(self, world: World, d: int, rows: np.ndarray) -> None:
        state, step = world.state, world.inputs.params_per_run.open_step
        state.linkage[rows] = quantize(np.clip(state.linkage[rows] + select_runs(step, rows), 0, 1))
        of_others = (world.inputs.incident_by != d)[:, None] & (state.intensity > 0)
        raise_intensity(world, of_others, rows, step)


class Divide(Move):
    """Courts or squeezes the member that depends most on it and weighs most."""

    name, label, short = "divide", "court or squeeze the most exposed member", "{who} works on {target}"
    seen = "{who} courts and squeezes {target}"

    def legal(self, world: World, d: int) -> np.ndarray:
        inputs = world.inputs
        return goes_on(world, d) | bool((inputs.incident_begins[inputs.incident_by == d] <= world.turn).any())

    def carry_out(self, world: World, d: int, rows: np.ndarray) -> np.ndarray | None:
        inputs, state = world.inputs, world.state
        worth = world.exposed(d)[rows] * (0.3 + inputs.capability) * inputs.is_state
        worth = worth * (state.added_exposure[d][rows] < 0.5)
        target = largest(quantize(worth), world.draws.uniform("divide", world.turn, inputs.actors, rows=rows))
        step = select_runs(inputs.params_per_run.divide_step, rows)
        state.added_exposure[d, rows, target] = quantize(state.added_exposure[d, rows, target] + step)
        return target


class ExploitNarrative(Move):
    """Feeds the story of a bloc; the more openly the others act, the less of it sticks."""

    name, label = "exploit_narrative", "feed the story of a bloc, an 'Asian NATO'"
    seen = "{who} spreads its story about those who stand together"
    short = "{who} tells its own story of the cooperation"

    def carry_out(self, world: World, d: int, rows: np.ndarray) -> None:
        state = world.state
        sticks = 1 - np.broadcast_to(world.transparency(), (world.runs,))[rows]
        step = select_runs(world.inputs.params_per_run.narrative_step, rows) * sticks
        state.narrative[rows] = quantize(np.clip(state.narrative[rows] + step, 0, 1))
        state.standing[rows] = quantize(np.clip(state.standing[rows] - step / 2, 0, 1))


MOVES = (Persist(), Stop(), Escalate(), Widen(), OpenOtherOcean(), Divide(), ExploitNarrative())
NAMES = tuple(move.name for move in MOVES)
BY_NAME = {move.name: move for move in MOVES}


# ---------------------------------------------------------------------------------------------------- what they ask


def own_incidents(world: World, d: int) -> np.ndarray:
    """Incidents of adversary `d` that go on: (H, R) bool."""
    return (world.inputs.incident_by == d)[:, None] & (world.state.intensity > 0)


def goes_on(world: World, d: int) -> np.ndarray:
    """In which runs adversary `d` has something under way: (R,) bool. Only then can it stop it or do more of it."""
    return np.logical_or.reduce(own_incidents(world, d))


def others_act(world: World, d: int) -> np.ndarray:
    """In which runs another adversary has something under way: (R,) bool."""
    others = [goes_on(world, e) for e in range(len(world.inputs.adversaries)) if e != d]
    return np.logical_or.reduce(others) if others else np.zeros(world.runs, dtype=bool)


def next_victims(world: World, d: int) -> np.ndarray:
    """Who could be the next victim of adversary `d`: (R, A) bool."""
    inputs, state = world.inputs, world.state
    open_now = own_incidents(world, d)[..., None] & inputs.next_victims[:, None, :] & (state.severity == 0)
    return open_now.any(axis=0)


def raise_intensity(world: World, where: np.ndarray, rows: np.ndarray, step: np.ndarray) -> None:
    """Raise the intensity of incidents marked in `where`, (H, R), by a step in some runs, as far as it can go."""
    intensity = world.state.intensity[:, rows]
    raised = np.minimum(intensity + select_runs(step, rows), MOST_INTENSE)
    world.state.intensity[:, rows] = quantize(np.where(where[:, rows], raised, intensity))
