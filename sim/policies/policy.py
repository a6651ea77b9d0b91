"""What a seat is asked and what it answers: the one interface for policies, people and scripts.

The engine never waits and never cares who answers. Where a choice falls due it puts a `Question`, which carries what is
legal and what the model's own rule would do; whoever sits there answers with ids of options; the answer becomes an
`Action`, which is data. An exercise is (scenario, seed, actions).
"""

import copy
import json
from dataclasses import asdict, dataclass

FROM_OUTSIDE = ("person", "scripted")  # names of policies that pass on what somebody chose: nobody can ask them what if
KINDS = {
    "format": "in which format to call a consultation over an act, or `wait`",
    "position": "the strongest text it wants: a rung of the ladder",
    "silence": "whether to `accept` a text or to `break` silence",
    "responses": "which responses to an act to join now, any number",
    "project": "whether to `support` or to `block` a cooperation project",
    "move": "what an adversary does next",
}


@dataclass(frozen=True)
class Option:
    """One thing a seat may choose.

    id : what an action names; label : in words; cost : political capital, or None; acts_day : first day on which it can
    be felt, counted from the start, or None; note : what else the seat should know.

    Of a response also what everybody knows about it. confidence_min : lowest confidence at which states have used it,
    None when it accuses nobody; rung : lowest text that covers it; covered : whether such a text stands, adopted where
    the seat sits; company : share, by capability, of the seat's peers seen to have joined, 0 to 1, in the club that has
    gone furthest.
    """

    id: str
    label: str
    cost: float | None = None
    acts_day: int | None = None
    note: str = ""
    confidence_min: float | None = None
    rung: str | None = None
    covered: bool = False
    company: float = 0.0


@dataclass(frozen=True)
class Question:
    """A choice that is open now to one seat.

    kind : one of `KINDS`; turn : 1-based; actor : code; subject : the act, table or project it is about;
    text : the question in words; options : what is legal; many : whether several may be chosen;
    default : ids that the model's own rule would choose; rung : where a text under silence stands on the ladder, else
    None.
    """

    kind: str
    turn: int
    actor: str
    subject: str
    text: str
    options: tuple
    many: bool
    default: tuple
    rung: str | None = None


@dataclass(frozen=True)
class Action:
    """An answer, as data: who chose what, about what, and when."""

    turn: int
    actor: str
    kind: str
    subject: str
    choice: tuple

    def to_json(self):
        """One line of an actions file.

        >>> Action(1, "JPN", "silence", "attack/g7_leaders#1", ("accept",)).to_json()
        '{"turn": 1, "actor": "JPN", "kind": "silence", "subject": "attack/g7_leaders#1", "choice": ["accept"]}'
        """
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line):
        """The action a line of an actions file says."""
        return cls(**{**(data := json.loads(line)), "choice": tuple(data["choice"])})


class Policy:
    """How a seat chooses. Subclass it and answer `choose`; whatever you do not want to decide, leave to the default."""

    name = "policy"
    memory = False  # whether it remembers earlier turns
    draws = False  # whether it draws at random

    def __repr__(self):
        return f"{type(self).__name__}()"

    def choose(self, view, question):
        """The ids chosen among `question.options`.

        Parameters
        ----------
        view : dict, what this seat can see: see `sim.world.view`
        question : Question

        Returns
        -------
        sequence of str, ids of options; one, unless `question.many`
        """
        return question.default

    def unattended(self):
        """The policy that goes on in its place when we look ahead, where nobody can be asked.

        Itself; one that remembers, with a memory of its own. None where somebody outside chooses: the model's own rule.
        """
        if self.name in FROM_OUTSIDE:
            return None
        return copy.deepcopy(self) if self.memory else self


def legal_answer(question, answer):
    """An answer checked against what is legal: the ids, as a tuple in the order of the options.

    Raises
    ------
    ValueError
        with advice, when an id is not among the options or one was asked and several were given

    >>> q = Question("silence", 1, "JPN", "s", "?", (Option("accept", "a"), Option("break", "b")), False, ("accept",))
    >>> legal_answer(q, ["break"])
    ('break',)
    """
    answer = [answer] if isinstance(answer, str) else list(answer)
    allowed = [option.id for option in question.options]
    unknown = [item for item in answer if item not in allowed]
    where = f"{question.actor}, turn {question.turn}, {question.kind} on {question.subject}"
    if unknown:
        raise ValueError(
            f"{where}: {', '.join(map(str, unknown))} is not legal now. Allowed: {', '.join(allowed) or 'nothing'}."
        )
    if not question.many and len(answer) != 1:
        raise ValueError(f"{where}: choose exactly one of {', '.join(allowed)}, not {len(answer)}.")
    return tuple(item for item in allowed if item in answer)
