"""Those who move when a body has spoken."""

from collections.abc import Sequence

from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, paid_for


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
