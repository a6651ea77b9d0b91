"""Decisions as data: what a seat may choose now, and what it chose.

A step that waits for seats opens with decisions and closes with answers (`sim.model.steps`). Neither holds a word of
English and neither knows who decides: a policy, a person at a terminal or in a room, a file of answers. An exercise is
(scenario, seed, inputs), and answers are most of its inputs.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from typing import Any

Address = tuple[int, str, str, str | None]  # what an answer answers: the turn, the actor, the kind and the subject
View = dict[str, Any]  # what a seat can see, plain data: see `sim.model.view`
Choice = str | Sequence[str]  # the id of an option, or several
KINDS = {
    "position": "the strongest text it wants over an incident: a rung of the ladder",
    "call": "in which formats to call a consultation over an incident, or in none",
    "silence": "whether to `accept` a text or to `break` silence",
    "share": "with whom to share its evidence on an incident, any number",
    "project": "whether to `support` or to `block` a cooperation project",
    "cooperation": "which projects to `propose:` for the next turn, and which to `end:`, any number",
    "question": "an option of a question that an inject puts, or nothing: no answer now",
    "responses": "which responses to an incident to join now, any number",
    "move": "what an adversary does next in one of its campaigns, or at large while it has none",
}


@dataclass(frozen=True)
class Option:
    """One thing a seat may choose; of a response also what everybody knows about it."""

    id: str  # what an answer names
    cost: float | None = None  # political capital
    acts_day: int | None = None  # first day on which it can be felt, counted from the start
    via: str | None = None  # of a format in which the seat does not sit, the member it would ask to call
    confidence_min: float | None = None  # lowest at which states have used it; None when it accuses nobody
    rung: str | None = None  # lowest text that covers it
    covered: bool = False  # whether such a text stands, adopted where the seat sits
    peer_participation: float = 0.0  # share, by capability, of its peers seen to have joined: in the club gone furthest


@dataclass(frozen=True)
class Decision:
    """A choice that is open now to one seat.

    >>> accept_or_break = (Option("accept"), Option("break"))
    >>> one = Decision("silence", 2, "JPN", "grid/g7_leaders#1", accept_or_break, ("accept",), rung="naming", text=0.6)
    >>> one.id
    '2/JPN/silence/grid/g7_leaders#1'
    """

    kind: str  # one of `KINDS`
    turn: int  # 1-based
    actor: str  # code
    subject: str  # the incident, consultation, project or inject it is about
    options: tuple[Option, ...]  # what is legal
    default: tuple[str, ...]  # ids that the model's own rule would choose
    least: int = 1  # how many may be chosen
    most: int | None = 1  # None: any number
    rung: str | None = None  # where a text under silence stands on the ladder, in a word
    text: float | None = None  # the same from 0 to 1
    budget: float | None = None  # political capital that all responses of the seat's sheet may cost together
    otherwise: str | None = None  # of a question, what counts for want of an answer; None where the model then chooses
    asked: Any = None  # of a question that control has written or changed, the `Question`

    @property
    def address(self) -> Address:
        """What an answer to it answers: the turn, the actor, the kind and the subject."""
        return self.turn, self.actor, self.kind, self.subject

    @property
    def id(self) -> str:
        """Its name, the same in every branch of an exercise."""
        return f"{self.turn}/{self.actor}/{self.kind}/{self.subject}"

    @property
    def many(self) -> bool:
        """Whether several options may be chosen, or none."""
        return (self.least, self.most) != (1, 1)

    @cached_property
    def digest(self) -> str:
        """Eight letters and digits that stand for what is open: an answer given to other options does not fit."""
        offered = tuple((option.id, option.cost, option.via) for option in self.options)
        return _digest_of(self.id, offered, self.least, self.most, self.rung, self.text)


@lru_cache(maxsize=1 << 12)
def _digest_of(*what: Any) -> str:  # many runs of a batch open the same
    return hashlib.blake2b(json.dumps(what).encode(), digest_size=4).hexdigest()


@dataclass(frozen=True)
class Answer:
    """What a seat chose: who, about what, when, and out of which options."""

    turn: int
    actor: str
    kind: str
    subject: str | None
    choice: tuple[str, ...]  # ids of options
    options: str = ""  # the decision's digest; "" for an answer that somebody wrote without having been asked

    def to_json(self) -> str:
        """One line of a file of answers.

        >>> Answer(1, "JPN", "silence", "attack/g7_leaders#1", ("accept",)).to_json()
        '{"turn": 1, "actor": "JPN", "kind": "silence", "subject": "attack/g7_leaders#1", "choice": ["accept"]}'
        """
        plain = asdict(self)
        if not self.options:
            del plain["options"]
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Answer":
        """The answer that a line of such a file says."""
        return cls(**{**(data := json.loads(line)), "choice": tuple(data["choice"])})

    @property
    def address(self) -> Address:
        """What it answers: the turn, the actor, the kind and the subject."""
        return self.turn, self.actor, self.kind, self.subject


def answer_to(decision: Decision, choice: Choice) -> Answer:
    """An answer to a decision; ValueError with advice when an id is not legal, or too few or too many were given.

    >>> decision = Decision("silence", 1, "JPN", "s", (Option("accept"), Option("break")), ("accept",))
    >>> answer_to(decision, "break").choice
    ('break',)
    """
    return Answer(
        decision.turn, decision.actor, decision.kind, decision.subject, legal_choice(decision, choice), decision.digest
    )


def legal_choice(decision: Decision, choice: Choice) -> tuple[str, ...]:
    """A choice checked against what is legal: the ids, in the order of the options; ValueError with advice."""
    choice = [choice] if isinstance(choice, str) else list(choice)
    allowed = [option.id for option in decision.options]
    unknown = [item for item in choice if item not in allowed]
    where = f"{decision.actor}, turn {decision.turn}, {decision.kind} on {decision.subject}"
    if unknown:
        raise ValueError(
            f"{where}: {', '.join(map(str, unknown))} is not legal now. Allowed: {', '.join(allowed) or 'nothing'}."
        )
    chosen = tuple(item for item in allowed if item in choice)
    if not decision.many and len(choice) != 1:
        raise ValueError(f"{where}: choose exactly one of {', '.join(allowed)}, not {len(choice)}.")
    if decision.most is not None and len(chosen) > decision.most:
        raise ValueError(f"{where}: choose at most {decision.most} of {', '.join(allowed)}, not {len(chosen)}.")
    return chosen


@dataclass
class Answers:
    """What seats have answered at one stop, by run of the batch: what a step closes with.

    >>> answers = Answers()
    >>> answers.add(0, Answer(1, "JPN", "move", "next", ("stop",)))
    >>> answers.of(0, "JPN", "move", "next"), answers.of(0, "JPN", "silence", "x")
    (('stop',), None)
    """

    by_run: dict[int, dict[tuple[str, str, str | None], tuple[str, ...]]] = field(default_factory=dict)

    def add(self, run: int, answer: Answer) -> None:
        """Take note of an answer in a run."""
        self.by_run.setdefault(run, {})[answer.actor, answer.kind, answer.subject] = answer.choice

    def of(self, run: int, actor: str, kind: str, subject: str) -> tuple[str, ...] | None:
        """The ids chosen, or None where nothing was answered and the model's own rule decides."""
        return self.by_run.get(run, {}).get((actor, kind, subject))

    def all(self, kind: str) -> list[tuple[int, str, str | None, tuple[str, ...]]]:
        """Every answer of a kind: (run, actor, subject, choice)."""
        return [
            (run, actor, subject, choice)
            for run, here in self.by_run.items()
            for (actor, known, subject), choice in here.items()
            if known == kind
        ]
