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


def plan_of(setting):
    """The plan before the first turn: what is kept in reserve waits for control."""
    return [Planned(turn, inject, recipients) for turn, inject, recipients in setting.msel]
