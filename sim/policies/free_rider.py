"""Those who let others pay."""

from collections.abc import Sequence

from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal

ROUNDING = 1e-5  # prices lie on a grid of about a millionth


class FreeRider(Policy):
    """Lets every text pass, calls no meeting, and joins only what costs next to nothing: words.

    In the literature: the free rider of an alliance, who gains from what others provide [Olson1966].
    Memory: none. Draws: no.

    [Olson1966] Olson & Zeckhauser, An economic theory of alliances, Review of Economics and Statistics 48(3): 266-279.

    Parameters
    ----------
    most : float, political capital it is ready to spend on one response; 0.05 is a response of cost 1, staff time
    """

    name = "free_rider"
    plays = ("member",)
    decides = ("responses", "call", "silence", "project")
    sees = ()

    def __init__(self, most: float = 0.05) -> None:
        self.most = most

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """What a free rider answers; where it has no say of its own, the model's default."""
        match decision.kind:
            case "responses":
                cheap = {option.id for option in decision.options if (option.cost or 0.0) <= self.most + ROUNDING}
                return [option for option in decision.default if option in cheap]
            case "call":
                return ()
            case "silence" | "project":
                return first_legal(decision, "accept", "support")
        return decision.default
