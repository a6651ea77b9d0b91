"""How a seat chooses, the one interface for policies: it is asked a `Decision` and answers with ids of its options."""

import copy
from collections.abc import Sequence
from typing import Self

from sim.model.decisions import Decision, View


class Policy:
    """How a seat chooses. Subclass it and answer `choose`; whatever you do not want to decide, leave to the default."""

    name = "policy"
    memory = False  # whether it remembers earlier turns
    draws = False  # whether it draws at random
    plays: tuple[str, ...] = ("member", "adversary")  # from whose seats it chooses otherwise than the model's own rule

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """The ids chosen among `decision.options`.

        Parameters
        ----------
        view : dict, what this seat can see: see `sim.model.view`
        decision : Decision

        Returns
        -------
        sequence of str, ids of options; one, unless `decision.many`
        """
        return decision.default

    def fresh(self) -> Self:
        """The policy for another run, or for a look ahead: itself, or a twin with a memory of its own."""
        return copy.deepcopy(self) if self.memory else self
