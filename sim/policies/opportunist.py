"""An adversary that uses discord."""

from collections.abc import Sequence

from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal


class Opportunist(Policy):
    """While no common text stands on an incident of its own it hits another victim or courts a member; else it waits.

    A seat that is no adversary's follows the model's default.

    In the literature: wedge strategies [Crawford2011], and salami tactics [Schelling1966].
    Memory: none. Draws: no.

    [Crawford2011] Crawford, Preventing enemy coalitions, International Security 35(4): 155-189.
    [Schelling1966] Schelling, Arms and influence, Yale University Press.
    """

    name = "opportunist"
    plays = ("adversary",)
    decides = ("move",)
    sees = ("incidents", "texts")

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """`widen`, or `divide`, while others do not speak together; else `persist`."""
        if decision.kind != "move":
            return decision.default
        answered = {text["incident"] for text in view["texts"]}
        mine = {incident for incident, known in view["incidents"].items() if known.get("is_mine")}
        over = mine & {decision.subject} or mine  # this campaign, or all of them where it decides at large
        if over - answered:
            return first_legal(decision, "widen", "divide", "persist")
        return first_legal(decision, "persist")
