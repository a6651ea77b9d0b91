"""Answers written down before: a replay, a script somebody wrote, or one answer that is tried out."""

import copy

from sim.policies.policy import Policy
from sim.policies.standard import Standard


class Scripted(Policy):
    """Says what is written in a list of actions; where nothing is written, another policy answers.

    In the literature: an open-loop strategy. Memory and draws: those of the other policy.

    Parameters
    ----------
    actions : sequence of Action, of one actor
    strict : bool, whether an answer that is not legal is refused; if not, it counts as not written
    otherwise : Policy, or None for the model's default. It is asked every time, so that one who remembers has seen
        everything, except where it is a person, who is not asked what the script already says.
    """

    name = "scripted"

    def __init__(self, actions, strict=True, otherwise=None):
        self.answers = {(action.turn, action.kind, action.subject): action.choice for action in actions}
        self.strict = strict
        self.otherwise = otherwise or Standard()
        self.memory, self.draws = self.otherwise.memory, self.otherwise.draws

    def choose(self, view, question):
        """The answer that is written, or the other policy's."""
        answer = self.answers.get((question.turn, question.kind, question.subject))
        written = answer is not None and (self.strict or set(answer) <= {option.id for option in question.options})
        if written and self.otherwise.name == "person":
            return answer
        own = self.otherwise.choose(view, question)
        return answer if written else own

    def unattended(self):
        """The same script; with other luck an answer may no longer be legal, and then counts as not written."""
        twin = copy.copy(self)
        twin.strict, twin.otherwise = False, self.otherwise.unattended() or Standard()
        twin.memory = twin.otherwise.memory
        return twin


class Once(Policy):
    """Answers one kind of question in one turn as it is told, and leaves all others to another policy: a what-if.

    In the literature: a one-shot deviation [Blackwell1965]. Memory and draws: those of the other policy.

    [Blackwell1965] Blackwell, Discounted dynamic programming, Annals of Mathematical Statistics 36(1): 226-235.

    Parameters
    ----------
    turn : int; kind : str; choice : sequence of ids; subject : str, or None for every subject in that turn
    otherwise : Policy
    """

    name = "once"

    def __init__(self, turn, kind, choice, subject, otherwise):
        self.turn, self.kind, self.choice, self.subject, self.otherwise = turn, kind, choice, subject, otherwise
        self.memory, self.draws = otherwise.memory, otherwise.draws
        self.was_asked = False

    def choose(self, view, question):
        """The answer that is tried out, or the other policy's."""
        own = self.otherwise.choose(view, question)
        if (question.turn, question.kind) != (self.turn, self.kind) or self.subject not in (None, question.subject):
            return own
        self.was_asked = True
        return self.choice

    def unattended(self):
        """The same what-if, with nobody to be asked."""
        twin = copy.copy(self)
        twin.otherwise = self.otherwise.unattended() or Standard()
        twin.memory = twin.otherwise.memory
        return twin
