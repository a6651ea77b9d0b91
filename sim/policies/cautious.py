"""Those who wait for others."""

from collections.abc import Sequence

from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal

BEYOND = ("naming", "measures")


class Cautious(Policy):
    """Joins only what a text covers or most of its peers do; breaks silence on texts beyond solidarity.

    In the literature: the hedger [Kuik2008]; a high threshold in a crowd [Granovetter1978].
    Memory: none. Draws: no.

    [Kuik2008] Kuik, The essence of hedging, Contemporary Southeast Asia 30(2): 159-185.
    [Granovetter1978] Granovetter, Threshold models of collective behavior, American Journal of Sociology 83(6).

    Parameters
    ----------
    most : float, share of its peers, by capability, that has to be seen first; 0 to 1
    """

    name = "cautious"
    decides = ("responses", "position", "silence", "move")
    sees = ()

    def __init__(self, most: float = 0.5) -> None:
        self.most = most

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """What the cautious answer; where they have no say of their own, the model's default."""
        match decision.kind:
            case "responses":
                safe = {
                    option.id for option in decision.options if option.covered or option.peer_participation > self.most
                }
                return [option for option in decision.default if option in safe]
            case "position" if decision.default[0] in BEYOND:
                return first_legal(decision, "solidarity")
            case "silence":
                return first_legal(decision, "break" if decision.rung in BEYOND else "accept")
            case "move":
                return first_legal(decision, "persist")
        return decision.default
