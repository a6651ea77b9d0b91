"""Those who do nothing."""

from collections.abc import Sequence

from sim.model.decisions import Decision, View
from sim.policies.policy import Policy, first_legal


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
