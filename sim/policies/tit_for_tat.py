"""An adversary that gives back what it gets."""

from collections.abc import Sequence

from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal, seen_against


class TitForTat(Policy):
    """Goes on as before while nobody moves, and strikes harder in every turn after something new was done against it.

    A seat that is no adversary's follows the model's default.

    In the literature: tit for tat, never the first to escalate [Axelrod1984]; a spiral when both play it [Osgood1962].
    Memory: what it saw when it last moved. Draws: no.

    [Axelrod1984] Axelrod, The evolution of cooperation, Basic Books.
    [Osgood1962] Osgood, An alternative to war or surrender, University of Illinois Press.
    """

    name = "tit_for_tat"
    plays = ("adversary",)
    memory = True
    decides = ("move",)
    sees = ("incidents", "seen_responses")

    def __init__(self) -> None:
        self.turn = 0
        self.seen: set[tuple[str, str, str]] = set()
        self.pressed = False

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """`escalate` when pressed since the last move, else `persist`."""
        if decision.kind != "move":
            return decision.default
        if decision.turn != self.turn:  # every campaign of a turn gets the same answer to the same sight
            now = seen_against(view)
            self.pressed, self.seen, self.turn = now > self.seen, now, decision.turn
        return first_legal(decision, "escalate", "persist") if self.pressed else first_legal(decision, "persist")
