"""Those who want to hit back."""

from collections.abc import Sequence

from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal, paid_for, sure_enough


class Hawk(Policy):
    """Joins every response as soon as it is sure enough and can pay, wants measures, and never breaks silence.

    In the literature: the hard-liner [Snyder1977]; Hawk of the hawk-dove game [MaynardSmith1973].
    Memory: none. Draws: no.

    [Snyder1977] Snyder & Diesing, Conflict among nations, Princeton University Press.
    [MaynardSmith1973] Maynard Smith & Price, The logic of animal conflict, Nature 246: 15-18.
    """

    name = "hawk"
    decides = ("responses", "position", "silence", "move")
    sees = ("capital", "incidents")

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """What a hawk answers; where it has no say of its own, the model's default."""
        match decision.kind:
            case "responses":
                return paid_for(view, [option for option in decision.options if sure_enough(view, decision, option)])
            case "position":
                return first_legal(decision, "measures")
            case "silence":
                return first_legal(decision, "accept")
            case "move":
                return first_legal(decision, "escalate", "persist")
        return decision.default
