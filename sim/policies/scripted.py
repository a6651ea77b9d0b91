"""Answers written down before: by a person, by somebody who tries out what another choice would have brought."""

import copy
from collections.abc import Iterable

from sim.model.decisions import Answer, Decision


class Script:
    """Answers by what they answer: the turn, the actor, the kind and the subject.

    In the literature: an open-loop strategy; with one answer, a one-shot deviation [Blackwell1965].

    [Blackwell1965] Blackwell, Discounted dynamic programming, Annals of Mathematical Statistics 36(1): 226-235.

    Parameters
    ----------
    answers : sequence of Answer; a subject None stands for every such decision of that turn
    strict : bool, whether an answer that is not legal is given all the same, and refused; if not, it counts as not
        written

    >>> from sim.model.decisions import Answer, Decision, Option
    >>> script = Script([Answer(1, "RUS", "move", "next", ("stop",))])
    >>> script.take(Decision("move", 1, "RUS", "next", (Option("persist"), Option("stop")), ("persist",)))
    ('stop',)
    >>> script.unasked
    []
    """

    def __init__(self, answers: Iterable[Answer], strict: bool = True) -> None:
        self.answers = {answer.address: answer for answer in answers}
        self.strict = strict
        self.asked: set[tuple] = set()

    @property
    def actors(self) -> list[str]:
        """Whose answers there are."""
        return sorted({actor for _, actor, _, _ in self.answers})

    @property
    def unasked(self) -> list[Answer]:
        """Answers that no decision has called for."""
        return [answer for address, answer in self.answers.items() if address not in self.asked]

    def also(self, answers: Iterable[Answer]) -> "Script":
        """The same script with more answers in it, none of them asked for yet."""
        more = self.fresh()
        more.answers = self.answers | {answer.address: answer for answer in answers}
        return more

    def fresh(self) -> "Script":
        """The same script for a branch or a look ahead: what is asked there has not been asked here."""
        fresh = copy.copy(self)
        fresh.asked = set(self.asked)
        return fresh

    def take(self, decision: Decision) -> tuple[str, ...] | None:
        """The ids that are written for a decision, or None."""
        for address in (decision.address, (*decision.address[:3], None)):
            if address in self.answers:
                self.asked.add(address)
                choice = self.answers[address].choice
                is_legal = set(choice) <= {option.id for option in decision.options}
                return choice if self.strict or is_legal else None
        return None
