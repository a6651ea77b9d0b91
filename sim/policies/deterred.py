"""An adversary that can be stopped."""

from collections.abc import Sequence

from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal, seen_against


class Deterred(Policy):
    """Calls its campaign off once enough others are seen to act against it; until then it does what the model expects.

    A seat that is no adversary's follows the model's default.

    In the literature: deterrence by a coalition's numbers [Schelling1966] [Morrow1994].
    Memory: none. Draws: no.

    [Schelling1966] Schelling, Arms and influence, Yale University Press.
    [Morrow1994] Morrow, Alliances, credibility, and peacetime costs, Journal of Conflict Resolution 38(2): 270-297.

    Parameters
    ----------
    actors : int, how many have to be seen
    """

    name = "deterred"
    plays = ("adversary",)
    decides = ("move",)
    sees = ("incidents", "seen_responses")

    def __init__(self, actors: int = 5) -> None:
        self.actors = actors

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """`stop` once deterred, or `persist` where nothing is left to stop; else the model's default."""
        if decision.kind != "move":
            return decision.default
        against = {actor for _, _, actor in seen_against(view)}
        return first_legal(decision, "stop", "persist") if len(against) >= self.actors else decision.default
