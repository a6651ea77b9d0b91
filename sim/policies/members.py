"""How members choose; `plays` says which of these make a difference in an adversary's seat, too."""

from collections.abc import Sequence

from sim.catalogue.responses import RUNGS
from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal, paid_for, sure_enough

BEYOND = ("naming", "measures")
ROUNDING = 1e-5  # prices lie on a grid of about a millionth


class Standard(Policy):
    """Does what the model expects of such an actor: willing with its stake, its certainty and the company it has.

    In the literature: quantal response [McKelvey1995] to thresholds that differ from actor to actor [Granovetter1978].
    Memory: none. Draws: no; the draws are the run's own.

    [McKelvey1995] McKelvey & Palfrey, Quantal response equilibria for normal form games, Games and Economic Behavior
        10(1): 6-38.
    [Granovetter1978] Granovetter, Threshold models of collective behavior, American Journal of Sociology 83(6).
    """

    name = "standard"
    sees = ()


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


class FollowText(Policy):
    """Joins what a text covers that was adopted where it sits, and nothing else.

    In the literature: collective legitimation; a state that acts under a mandate [Claude1966] [Voeten2005].
    Memory: none. Draws: no.

    [Claude1966] Claude, Collective legitimization as a political function of the United Nations, Int. Organization
        20(3): 367-379.
    [Voeten2005] Voeten, The political origins of the UN Security Council's ability to legitimize the use of force, Int.
        Organization 59(3): 527-557.
    """

    name = "follow_text"
    plays = ("member",)
    decides = ("responses",)
    sees = ("capital",)

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """The covered responses that it can pay for; elsewhere the model's default."""
        if decision.kind == "responses":
            return paid_for(view, [option for option in decision.options if option.covered])
        return decision.default


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


class Silent(Policy):
    """Does nothing and lets everything pass: joins no response, calls no meeting, answers no question, blocks nothing.

    What it would like a text to say is known to the others all the same, and counts in the chair's proposal. An
    adversary that is silent goes on as before.

    In the literature: abstention, neither voice nor exit [Hirschman1970].
    Memory: none. Draws: no.

    [Hirschman1970] Hirschman, Exit, voice, and loyalty, Harvard University Press.
    """

    name = "silent"
    decides = ("responses", "call", "question", "silence", "project", "move")
    sees = ()

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """Nothing, where that is possible; else what changes least."""
        if decision.kind in ("responses", "call", "question"):
            return ()
        return first_legal(decision, "accept", "support", "persist")


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
