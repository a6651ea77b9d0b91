"""The moves of an adversary, one class each: what it is called and said, when it is legal, and what it does.

To add one: a class here with its place in `MOVES`, and its five coefficients in behaviour.yaml.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.rules.choice import first_of
from sim.rules.quantize import quantize, select_runs

World = Any  # a batch of runs; the room that knows what it is comes later
EVERY_RUN = slice(None)
MOST_INTENSE = 1.5
MOST_COURTED = 0.5  # exposure that courting and squeezing have added: beyond it nobody is worth another visit
FELT = ("move", "gain", "pressed", "risk", "opened")  # what an adversary feels about each: coefficients by this name


@dataclass(frozen=True)
class Campaign:
    """What an adversary decides on: one of its incidents, or what it does at large while none of them goes on.

    by : place of the adversary; incident : place of the incident, or None
    """

    by: int
    incident: int | None = None

    def goes_on(self, world: World) -> np.ndarray:
        """In which runs it is under way: (R,) bool. Only then can it be stopped, or more of it be done."""
        if self.incident is None:
            return np.zeros(world.runs, dtype=bool)
        return world.state.intensity[self.incident] > 0

    def is_open(self, world: World) -> np.ndarray:
        """In which runs there is something to decide, for an adversary that takes part now: (R,) bool."""
        inputs = world.inputs
        is_here = inputs.takes_part[world.turn - 1, inputs.index[inputs.adversaries[self.by]]]
        return is_here & (self.goes_on(world) if self.incident is not None else ~goes_on(world, self.by))

    def named(self, inputs: Any) -> str:
        """Its name in decisions and as an address of draws: the incident's id, or `next`."""
        return AT_LARGE if self.incident is None else inputs.incidents[self.incident]


AT_LARGE = "next"


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

    def legal(self, world: World, campaign: Campaign) -> np.ndarray:
        """In which runs it can be done now: (R,) bool."""
        return np.ones(world.runs, dtype=bool)

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> np.ndarray | None:
        """Do it in some runs; returns the place of whom it is aimed at, (rows,), or None."""
        return None


class Persist(Move):
    """Goes on as before."""

    name, label = "persist", "go on as before"


class Stop(Move):
    """Calls the campaign off."""

    name, label, short = "stop", "call the campaign off", "{who} stops"

    def legal(self, world: World, campaign: Campaign) -> np.ndarray:
        return campaign.goes_on(world)

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> None:
        state = world.state
        ended = np.zeros_like(state.stopped)
        ended[campaign.incident, rows] = True
        state.stopped |= ended
        state.intensity = np.where(ended, 0.0, state.intensity)
        if world.recorder:
            world.recorder.incidents_stopped(world, np.flatnonzero(ended[:, 0]))


class Escalate(Move):
    """Strikes harder."""

    name, label, short = "escalate", "strike harder", "{who} escalates"
    is_hostile = True

    def legal(self, world: World, campaign: Campaign) -> np.ndarray:
        if campaign.incident is None:
            return campaign.goes_on(world)
        return campaign.goes_on(world) & (world.state.intensity[campaign.incident] < MOST_INTENSE)

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> None:
        this = np.zeros_like(world.state.stopped)
        this[campaign.incident] = True
        raise_intensity(world, this, rows, world.inputs.params_per_run.escalate_step)


class Widen(Move):
    """Goes after another victim."""

    name, label, short = "widen", "go after another victim", "{who} widens it to {target}"
    seen = "{target} is drawn in as well"
    is_hostile = True

    def legal(self, world: World, campaign: Campaign) -> np.ndarray:
        if campaign.incident is None:
            return campaign.goes_on(world)
        return campaign.goes_on(world) & next_victims(world, campaign).any(axis=-1)

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> np.ndarray | None:
        inputs, severity = world.inputs, world.state.severity[campaign.incident]
        draw = world.draws.uniform("next victim", world.turn, (campaign.named(inputs),), inputs.actors, rows=rows)[0]
        target = first_of(next_victims(world, campaign, rows).astype(float), draw)
        worst = severity[rows].max(axis=-1)
        severity[rows, target] = quantize(select_runs(inputs.params_per_run.widen_share, rows) * worst)
        return target


class OpenOtherOcean(Move):
    """Raises the pressure in the other ocean: what another adversary is doing there grows too."""

    name, label, short = "open_other_ocean", "raise the pressure in the other ocean", "{who} opens the other ocean"
    seen = "{who} stirs in the other ocean"
    is_hostile = True

    def legal(self, world: World, campaign: Campaign) -> np.ndarray:
        return others_act(world, campaign.by)

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> None:
        state, step = world.state, world.inputs.params_per_run.open_step
        state.linkage[rows] = quantize(np.clip(state.linkage[rows] + select_runs(step, rows), 0, 1))
        of_others = (world.inputs.incident_by != campaign.by)[:, None] & (state.intensity > 0)
        raise_intensity(world, of_others, rows, step)


class Divide(Move):
    """Courts or squeezes a member, drawn among those that depend on it, doubt and weigh something."""

    name, label, short = "divide", "court or squeeze a member", "{who} works on {target}"
    seen = "{who} courts and squeezes {target}"

    def legal(self, world: World, campaign: Campaign) -> np.ndarray:
        inputs = world.inputs
        has_begun = (inputs.incident_begins[inputs.incident_by == campaign.by] <= world.turn).any()
        return np.logical_and(has_begun, (worth_courting(world, campaign) > 0).any(axis=-1))

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> np.ndarray | None:
        inputs, state, d, per_run = world.inputs, world.state, campaign.by, world.inputs.params_per_run
        draw = world.draws.uniform(
            "divide", world.turn, (f"{inputs.adversaries[d]}/{campaign.named(inputs)}",), inputs.actors, rows=rows
        )[0]
        worth = worth_courting(world, campaign, rows)
        target = first_of(worth, draw)
        some = worth.any(axis=-1)  # another campaign of the same turn may have visited the last of them
        step = select_runs(per_run.divide_step, rows) * some
        sway = select_runs(per_run.divide_sway, rows) * world.exposed(d)[rows, target] * some
        state.added_exposure[d, rows, target] = quantize(state.added_exposure[d, rows, target] + step)
        state.sway[d, rows, target] = quantize(np.minimum(state.sway[d, rows, target] + sway, 1))
        return np.where(some, target, -1)


class ExploitNarrative(Move):
    """Feeds the story of a closed bloc; less of it sticks where others act in the open, and where guests sit in."""

    name, label = "exploit_narrative", "feed the story of a bloc, an 'Asian NATO'"
    seen = "{who} spreads its story about those who stand together"
    short = "{who} tells its own story of the cooperation"

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> None:
        state = world.state
        sticks = ((1 - world.transparency()) * (1 - world.openness()) + np.zeros(world.runs))[rows]
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
    """In which runs adversary `d` has something under way: (R,) bool."""
    return np.logical_or.reduce(own_incidents(world, d))


def others_act(world: World, d: int) -> np.ndarray:
    """In which runs another adversary has something under way: (R,) bool."""
    others = [goes_on(world, e) for e in range(len(world.inputs.adversaries)) if e != d]
    return np.logical_or.reduce(others) if others else np.zeros(world.runs, dtype=bool)


def next_victims(world: World, campaign: Campaign, rows: np.ndarray | slice = EVERY_RUN) -> np.ndarray:
    """Who could be the next victim of a campaign, in some runs: (rows, A) bool."""
    h = campaign.incident
    return world.inputs.next_victims[h] & (world.state.severity[h, rows] == 0)


def worth_courting(world: World, campaign: Campaign, rows: np.ndarray | slice = EVERY_RUN) -> np.ndarray:
    """How much courting or squeezing each member promises, in some runs: (rows, A), 0 where there is nothing in it.

    It grows with exposure, with doubt about the incident, and with the member's weight. Nobody courts an adversary, a
    friend that needs no courting, or its own victim; nor a state that belongs to nothing that could speak.
    """
    inputs, state, d, per_run = world.inputs, world.state, campaign.by, world.inputs.params_per_run
    own = inputs.incident_by == d
    hit = (state.severity[own][:, rows] > 0).any(axis=0)
    over = own & (inputs.incident_begins <= world.turn) if campaign.incident is None else [campaign.incident]
    doubt = 1 - world.confidence()[over][:, rows].max(axis=0, initial=0)
    may = inputs.can_be_courted & (select_runs(inputs.stance[d], rows) >= 0) & ~hit
    may &= state.added_exposure[d, rows] < MOST_COURTED
    doubtful = 1 + select_runs(per_run.divide_doubt, rows)[:, None] * doubt
    return quantize(may * world.exposed(d)[rows] * (0.3 + select_runs(inputs.capability, rows)) * doubtful)


def raise_intensity(world: World, where: np.ndarray, rows: np.ndarray, step: np.ndarray) -> None:
    """Raise the intensity of incidents marked in `where`, (H, R), by a step in some runs, as far as it can go."""
    intensity = world.state.intensity[:, rows]
    raised = np.minimum(intensity + select_runs(step, rows), MOST_INTENSE)
    world.state.intensity[:, rows] = quantize(np.where(where[:, rows], raised, intensity))
