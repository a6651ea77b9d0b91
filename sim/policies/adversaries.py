"""How adversaries choose; a seat that is no adversary's follows the model's default."""

from collections.abc import Sequence

from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal, seen_against


class TitForTat(Policy):
    """Goes on as before while nobody moves, and strikes harder in every turn after something new was done against it.

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


class Deterred(Policy):
    """Calls its campaign off once enough others are seen to act against it; until then it does what the model expects.

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


class Opportunist(Policy):
    """While no common text stands on an incident of its own it hits another victim or courts a member; else it waits.

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
