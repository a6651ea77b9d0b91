"""The injects of an exercise in the order of their release, and how each of them stands."""

from dataclasses import dataclass, replace

ARMED, HELD, RELEASED, SKIPPED = "armed", "held", "released", "skipped"


@dataclass(frozen=True)
class Planned:
    """One inject of the plan.

    turn : int, in which it is due, and once it is released, in which that was; inject : the scenario's `Inject`;
    recipients : tuple of codes; status : `armed` waits for its turn, `held` for control, `released`, `skipped`
    """

    turn: int
    inject: object
    recipients: tuple
    status: str = ARMED

    def becomes(self, status, turn=None):
        """The same inject as it stands now."""
        return replace(self, status=status, turn=self.turn if turn is None else turn)


def plan_of(inputs):
    """The plan before the first turn: what is kept in reserve waits for control."""
    return [Planned(turn, inject, recipients, first_status(inject)) for turn, inject, recipients in inputs.msel]


def first_status(inject):
    """How an inject stands as long as control says nothing: a contingency is never released by itself."""
    return HELD if inject.kind == "contingency" else ARMED


def as_played(plan):
    """A plan that releases by itself, at the start of a turn, what was released in that turn, and nothing else."""
    return [planned.becomes(ARMED if planned.status == RELEASED else HELD) for planned in plan]
