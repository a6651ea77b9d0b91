"""The injects of an exercise in the order of their release, and how each of them stands."""

from dataclasses import dataclass, replace

import numpy as np

from sim.scenario.schema import Inject

ARMED, HELD, WITHHELD, RELEASED, SKIPPED = "armed", "held", "withheld", "released", "skipped"


@dataclass(frozen=True)
class Planned:
    """One inject of the plan.

    turn : int, in which it is due, and once it is released, in which that was; inject : the scenario's `Inject`;
    recipients : tuple of codes; status : `armed` waits for its turn, `held` for control, `withheld` since its condition
    did not hold in its turn, `released` (of a batch: in some run at least), `skipped`; by_control : whether control
    released it, whatever its condition says
    """

    turn: int
    inject: Inject
    recipients: tuple
    status: str = ARMED
    by_control: bool = False

    def becomes(self, status, turn=None, by_control=None):
        """The same inject as it stands now."""
        turn = self.turn if turn is None else turn
        return replace(self, status=status, turn=turn, by_control=self.by_control if by_control is None else by_control)

    def to_those(self, codes):
        """The same inject to those of its recipients alone who are there to receive it."""
        reached = tuple(code for code in self.recipients if code in codes)
        return self if reached == self.recipients else replace(self, recipients=reached)

    @property
    def condition(self):
        """What has to hold in its turn, or None where nothing has to."""
        return None if self.by_control else self.inject.when


def plan_of(inputs):
    """The plan before the first turn: what is kept in reserve waits for control."""
    return [Planned(turn, inject, recipients, first_status(inject)) for turn, inject, recipients in inputs.msel]


def ask_as_planned(world):
    """Let a world know of the questions that control has put into its plan, or changed there."""
    before, state = len(world.inputs.questions), world.state
    world.inputs = world.inputs.asking(world.plan).in_turn(max(world.turn, 1))
    unanswered = np.full((len(world.inputs.questions) - before, *state.chosen.shape[1:]), -1)
    state.chosen = np.concatenate([state.chosen, unanswered])


def first_status(inject):
    """How an inject stands as long as control says nothing: a contingency is never released by itself."""
    return HELD if inject.kind == "contingency" or (inject.when and inject.when.control) else ARMED


def as_played(plan):
    """A plan that releases by itself, at the start of a turn, what was released in that turn, and nothing else.

    A condition is asked again: what it depends on may have gone otherwise.
    """
    return [planned.becomes(ARMED if planned.status in (RELEASED, WITHHELD) else HELD) for planned in plan]


def was_released(world, place, run):
    """Whether the inject at a place of the plan is out in a run; one that control wrote has no place in `released`."""
    of_scenario = world.state.released
    return world.plan[place].status == RELEASED and (place >= len(of_scenario) or bool(of_scenario[place, run]))
