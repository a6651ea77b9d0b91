"""Answers written down before: a replay, or a script somebody wrote."""

from sim.policies.policy import Policy


class Scripted(Policy):
    """Says what is written in a list of actions, and keeps the model's default where nothing is written.

    In the literature: an open-loop strategy. Memory: the script. Draws: no.

    Parameters
    ----------
    actions : sequence of Action, of one actor
    strict : bool, whether an answer that is not legal is refused; if not, the default is kept
    """

    name = "scripted"
    memory = True

    def __init__(self, actions, strict=True):
        self._answers = {(action.turn, action.kind, action.subject): action.choice for action in actions}
        self._strict = strict

    def choose(self, view, question):
        answer = self._answers.get((question.turn, question.kind, question.subject))
        if answer is None:
            return question.default
        legal = {option.id for option in question.options}
        if self._strict or set(answer) <= legal:
            return answer
        return question.default
