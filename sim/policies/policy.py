"""How a seat chooses, the one interface for policies: it is asked a `Decision` and answers with ids of its options.

With it stand the script, which answers what was written down before, and what policies read out of what they see.
"""

import copy
from collections.abc import Iterable, Sequence
from typing import Self

from sim.model.decisions import KINDS, Answer, Decision, Option, View


class Policy:
    """How a seat chooses. Subclass it and answer `choose`; whatever you do not want to decide, leave to the default."""

    name = "policy"
    memory = False  # whether it remembers earlier turns
    draws = False  # whether it draws at random
    plays: tuple[str, ...] = ("member", "adversary")  # from whose seats it chooses otherwise than the model's own rule
    decides: tuple[str, ...] = tuple(KINDS)  # of which kinds of decision; of the others it keeps the default, unasked
    sees: tuple[str, ...] | None = None  # what it reads of a view, beside actor, turn and day; None: all there is

    def __init_subclass__(cls) -> None:
        """A class that chooses in its own way decides and sees all, unless it says otherwise itself."""
        if "choose" in vars(cls):
            cls.decides = vars(cls).get("decides", Policy.decides)
            cls.sees = vars(cls).get("sees", Policy.sees)

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

    def of(self, run: int) -> "Policy | None":
        """Who sits there in a run of the batch: the same in all."""
        return self


class ByRun(Policy):
    """Whoever sits in one seat in each run of a batch; None where the model's own rule plays."""

    def __init__(self, policies: Iterable[Policy | None]) -> None:
        self.policies = list(policies)
        self.memory = any(policy is not None and policy.memory for policy in self.policies)

    def fresh(self) -> "ByRun":
        """The same, each with a memory of its own."""
        return ByRun(policy and policy.fresh() for policy in self.policies)

    def of(self, run: int) -> Policy | None:
        """Who sits there in a run of the batch."""
        return self.policies[run]


# -------------------------------------------------------------------------------------------- what was written down


class Script:
    """Answers written down before, by what they answer: the turn, the actor, the kind and the subject.

    A person wrote them, or somebody who tries out what another choice would have brought.

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

    def of(self, run: int) -> "Script":
        """The script of a run of the batch: the same for all."""
        return self

    def take(self, decision: Decision) -> tuple[str, ...] | None:
        """The ids that are written for a decision, or None."""
        for address in (decision.address, (*decision.address[:3], None)):
            if address in self.answers:
                self.asked.add(address)
                choice = self.answers[address].choice
                is_legal = set(choice) <= {option.id for option in decision.options}
                return choice if self.strict or is_legal else None
        return None


class AsWritten(Policy):
    """Answers of this seat that were written down before, as far as they are legal; else as the model's own rule."""

    sees = ()

    def __init__(self, answers: Iterable[Answer]) -> None:
        self.script = Script(answers, strict=False)
        self.decides = tuple({kind for _, _, kind, _ in self.script.answers})

    def choose(self, view: View, decision: Decision) -> Sequence[str]:
        """What is written; where nothing is, the model's default."""
        written = self.script.take(decision)
        return decision.default if written is None else written


class Scripts:
    """A script for each run of a batch, in place of one for all; `actors` are those whose answers are in any."""

    def __init__(self, scripts: Iterable[Script]) -> None:
        self.scripts = list(scripts)
        self.actors = sorted({actor for script in self.scripts for actor in script.actors})

    def of(self, run: int) -> Script:
        """The script of a run of the batch."""
        return self.scripts[run]


# -------------------------------------------------------------------------- what is read out of a view and a decision


def sure_enough(view: View, decision: Decision, option: Option) -> bool:
    """Whether the seat is as sure as states have been that used a response; one that accuses nobody needs no evidence.

    >>> from sim.model.decisions import Decision, Option
    >>> naming = Option("attribution", confidence_min=0.7)
    >>> decision = Decision("responses", 1, "EST", "grid", (naming,), (), least=0, most=None)
    >>> sure_enough({"incidents": {"grid": {"confidence": 0.8}}}, decision, naming)
    True
    >>> sure_enough({"incidents": {"grid": {"confidence": 0.6}}}, decision, naming)
    False
    """
    sure = view["incidents"][decision.subject].get("confidence", 0.0)
    return option.confidence_min is None or sure >= option.confidence_min


def paid_for(view: View, options: Iterable[Option]) -> list[str]:
    """The ids of some options that the seat's political capital pays for, the cheapest first.

    >>> from sim.model.decisions import Option
    >>> paid_for({"capital": 0.2}, [Option("sanctions", 0.2), Option("statement", 0.05)])
    ['statement']
    """
    left, paid = view["capital"], []
    for option in sorted(options, key=lambda option: option.cost or 0.0):
        if (option.cost or 0.0) <= left:
            left -= option.cost or 0.0
            paid.append(option.id)
    return paid


def seen_against(view: View) -> set[tuple[str, str, str]]:
    """What an adversary sees done about the incidents it is suspected of: a set of (incident, response, actor).

    >>> seen_against({"actor": "RUS", "incidents": {"grid": {"suspect": "RUS"}},
    ...     "seen_responses": [{"incident": "grid", "response": "sanctions", "by": ["EST"]}]})
    {('grid', 'sanctions', 'EST')}
    """
    suspected = {incident for incident, known in view["incidents"].items() if known["suspect"] == view["actor"]}
    return {
        (seen["incident"], seen["response"], actor)
        for seen in view["seen_responses"]
        if seen["incident"] in suspected
        for actor in seen["by"]
    }


def first_legal(decision: Decision, *wanted: str) -> tuple[str, ...]:
    """The first of some ids that is legal now; when none is, the model's default.

    >>> from sim.model.decisions import Decision, Option
    >>> legal = (Option("persist"), Option("stop"))
    >>> decision = Decision("move", 1, "RUS", "next", legal, ("persist",))
    >>> first_legal(decision, "escalate", "stop")
    ('stop',)
    """
    legal = {option.id for option in decision.options}
    return next(((option,) for option in wanted if option in legal), tuple(decision.default))
