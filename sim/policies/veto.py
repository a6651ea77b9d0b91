"""Those who can stop a text, and do."""

from collections.abc import Sequence

from sim.catalogue.ladder import RUNGS
from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal


class Veto(Policy):
    """Breaks silence on every text above a rung, whoever is hurt; for the rest it does what the model expects.

    In the literature: a veto player with a fixed winset [Tsebelis2002].
    Memory: none. Draws: no.

    [Tsebelis2002] Tsebelis, Veto players: how political institutions work, Princeton University Press.

    Parameters
    ----------
    above : str, the strongest rung it lets pass: silence, concern, solidarity, naming or measures
    """

    name = "veto"
    plays = ("member",)
    decides = ("silence", "position")
    sees = ()

    def __init__(self, above: str = "concern") -> None:
        self.above = above

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """`break` on a text that is too strong, `accept` on another; elsewhere the model's default."""
        match decision.kind:
            case "silence":
                too_strong = RUNGS.index(decision.rung) > RUNGS.index(self.above)
                return first_legal(decision, "break" if too_strong else "accept")
            case "position" if RUNGS.index(decision.default[0]) > RUNGS.index(self.above):
                return first_legal(decision, self.above)
        return decision.default
