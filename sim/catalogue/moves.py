"""The moves of an adversary, one class each: what it is called and said, when it is legal, and what it does.

To add one: a class here with its place in `MOVES`, and its five coefficients in behaviour.yaml.
"""

from collections.abc import Iterable
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

    def named(self, inputs: Any) -> str:
        """Its name in decisions and as an address of draws: the incident's id, or `next`."""
        return AT_LARGE if self.incident is None else inputs.incidents[self.incident]


AT_LARGE = "next"


class Campaigns:
    """Several of them at once, C of them, for adversaries and incidents numbered as in `ModelInputs`.

    each : the campaigns; by : (C,) int, their adversaries; incident : (C,) int, -1 for one at large
    """

    def __init__(self, each: Iterable[Campaign]) -> None:
        self.each = tuple(each)
        self.by = np.array([one.by for one in self.each], dtype=int)
        self.incident = np.array([-1 if one.incident is None else one.incident for one in self.each], dtype=int)

    @property
    def is_at_large(self) -> np.ndarray:
        """Which of them are what an adversary does at large: (C, 1) bool."""
        return self.incident[:, None] < 0

    def of(self, values: np.ndarray) -> np.ndarray:
        """What each has of some quantity of incidents, (H, R): (C, R), nothing at large."""
        return np.concatenate([values, np.zeros_like(values, shape=(1, values.shape[1]))])[self.incident]

    def go_on(self, world: World) -> np.ndarray:
        """In which runs each is under way: (C, R) bool. Only then can it be stopped, or more of it be done."""
        return self.of(world.state.intensity > 0)

    def are_open(self, world: World) -> np.ndarray:
        """In which runs there is something to decide, for an adversary that takes part now: (C, R) bool."""
        inputs = world.inputs
        is_here = inputs.takes_part[world.turn - 1, [inputs.index[code] for code in inputs.adversaries]]
        has_time = np.where(self.is_at_large, ~under_way(world)[self.by], self.go_on(world))
        return is_here[self.by, None] & has_time


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

    def legal(self, world: World, campaigns: Campaigns) -> np.ndarray:
        """In which runs it can be done now in each campaign: (C, R) bool."""
        return np.ones((len(campaigns.each), world.runs), dtype=bool)

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> np.ndarray | None:
        """Do it in some runs; returns the place of whom it is aimed at, (rows,), or None."""
        return None


class Persist(Move):
    """Goes on as before."""

    name, label = "persist", "go on as before"


class Stop(Move):
    """Calls the campaign off."""

    name, label, short = "stop", "call the campaign off", "{who} stops"

    def legal(self, world: World, campaigns: Campaigns) -> np.ndarray:
        return campaigns.go_on(world)

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> None:
        state, h = world.state, campaign.incident
        state.stopped[h, rows] = True
        state.intensity[h, rows] = 0.0
        if world.recorder and 0 in rows:
            world.recorder.incidents_stopped(world, [h])


class Escalate(Move):
    """Strikes harder."""

    name, label, short = "escalate", "strike harder", "{who} escalates"
    is_hostile = True

    def legal(self, world: World, campaigns: Campaigns) -> np.ndarray:
        return campaigns.go_on(world) & (campaigns.of(world.state.intensity) < MOST_INTENSE)

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> None:
        this = np.full(rows.size, campaign.incident)
        raise_intensity(world, this, rows, world.inputs.params_per_run.escalate_step)


class Widen(Move):
    """Goes after another victim."""

    name, label, short = "widen", "go after another victim", "{who} widens it to {target}"
    seen = "{target} is drawn in as well"
    is_hostile = True

    def legal(self, world: World, campaigns: Campaigns) -> np.ndarray:
        is_left = world.inputs.next_victims[:, None] & (world.state.severity == 0)
        return campaigns.go_on(world) & campaigns.of(is_left.any(axis=-1))

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> np.ndarray | None:
        inputs, severity = world.inputs, world.state.severity[campaign.incident]
        draw = world.draws.uniform("next victim", world.turn, (campaign.named(inputs),), inputs.actors, rows=rows)[0]
        is_left = inputs.next_victims[campaign.incident] & (severity[rows] == 0)
        target = first_of(is_left.astype(float), draw)
        worst = severity[rows].max(axis=-1)
        severity[rows, target] = quantize(select_runs(inputs.params_per_run.widen_share, rows) * worst)
        return target


class OpenOtherOcean(Move):
    """Raises the pressure in the other ocean: what another adversary is doing there grows too."""

    name, label, short = "open_other_ocean", "raise the pressure in the other ocean", "{who} opens the other ocean"
    seen = "{who} stirs in the other ocean"
    is_hostile = True

    def legal(self, world: World, campaigns: Campaigns) -> np.ndarray:
        acts = under_way(world)
        return (acts.sum(axis=0) > acts)[campaigns.by]

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> None:
        state, step = world.state, world.inputs.params_per_run.open_step
        state.linkage[rows] = quantize(np.clip(state.linkage[rows] + select_runs(step, rows), 0, 1))
        of_others = (world.inputs.incident_by != campaign.by)[:, None] & (state.intensity[:, rows] > 0)
        h, r = of_others.nonzero()
        raise_intensity(world, h, rows[r], step)


class Divide(Move):
    """Courts or squeezes a member, drawn among those that depend on it, doubt and weigh something."""

    name, label, short = "divide", "court or squeeze a member", "{who} works on {target}"
    seen = "{who} courts and squeezes {target}"

    def legal(self, world: World, campaigns: Campaigns) -> np.ndarray:
        with_begun = {*campaigns.by.tolist()}.intersection(world.inputs.incident_by[world.has_begun].tolist())
        has_whom = {d: (appeal_of_courting(world, d) > 0).any(axis=-1) for d in with_begun}
        nobody = np.zeros(world.runs, dtype=bool)
        return np.array([has_whom.get(d, nobody) for d in campaigns.by.tolist()])

    def carry_out(self, world: World, campaign: Campaign, rows: np.ndarray) -> np.ndarray | None:
        inputs, state, d, per_run = world.inputs, world.state, campaign.by, world.inputs.params_per_run
        draw = world.draws.uniform(
            "divide", world.turn, (f"{inputs.adversaries[d]}/{campaign.named(inputs)}",), inputs.actors, rows=rows
        )[0]
        worth = worth_courting(world, campaign, appeal_of_courting(world, d, rows), rows)
        target = first_of(worth, draw)
        some = worth.any(axis=-1)  # another campaign of the same turn may have visited the last of them
        step = select_runs(per_run.divide_step, rows) * some
        sway = select_runs(per_run.divide_sway, rows) * world.exposed(d, rows)[np.arange(rows.size), target] * some
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


def under_way(world: World) -> np.ndarray:
    """In which runs each adversary has something under way: (D, R) bool."""
    is_own = np.arange(len(world.inputs.adversaries))[:, None] == world.inputs.incident_by
    return is_own @ (world.state.intensity > 0)


def worth_courting(
    world: World, campaign: Campaign, appeal: np.ndarray, rows: np.ndarray | slice = EVERY_RUN
) -> np.ndarray:
    """How much courting or squeezing each member promises, in some runs: (rows, A), 0 where there is nothing in it.

    It grows with doubt about the incident, and with `appeal`, what `appeal_of_courting` gives for its adversary.
    """
    inputs = world.inputs
    if campaign.incident is None:
        over = (inputs.incident_by == campaign.by) & world.has_begun
        sure = world.confidence()[over][:, rows].max(axis=0, initial=0)
    else:
        sure = world.confidence()[campaign.incident, rows]
    return quantize(appeal * (1 + select_runs(inputs.params_per_run.divide_doubt, rows)[:, None] * (1 - sure)))


def appeal_of_courting(world: World, d: int, rows: np.ndarray | slice = EVERY_RUN) -> np.ndarray:
    """What draws adversary `d` to each member, whatever the doubt: its exposure and its weight: (rows, A).

    Nobody courts an adversary, a friend that needs no courting, or its own victim; nor a state that belongs to nothing
    that could speak.
    """
    inputs, state = world.inputs, world.state
    hit = np.logical_or.reduce([state.severity[h, rows] > 0 for h in (inputs.incident_by == d).nonzero()[0]])
    may = inputs.can_be_courted & (select_runs(inputs.stance[d], rows) >= 0) & ~hit
    may &= state.added_exposure[d, rows] < MOST_COURTED
    return may * world.exposed(d, rows) * (0.3 + select_runs(inputs.capability, rows))


def raise_intensity(world: World, incidents: np.ndarray, rows: np.ndarray, step: np.ndarray) -> None:
    """Raise the intensity of incidents in some runs, both (N,), by a step, as far as it can go."""
    intensity = world.state.intensity
    raised = np.minimum(intensity[incidents, rows] + select_runs(step, rows), MOST_INTENSE)
    intensity[incidents, rows] = quantize(raised)
