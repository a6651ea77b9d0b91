"""What can happen: the event, and the dictionary that explains each kind of it.

A run is the list of its events, in order, and nothing else is stored about what happened: the story, the charts and
the report all read events. `EVENT_KINDS` says for every kind who acts, what its payload holds, and each field's type,
unit and range. The data dictionary beside every run is written from it, and the tests hold every event against it.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, get_args

from sim.catalogue.moves import NAMES as MOVE_NAMES
from sim.catalogue.responses import RUNGS, TERMS
from sim.scenario.calendar import whole
from sim.scenario.schema import Channel

PHASES = ("inject", "assess", "consult", "respond", "adversary", "settle")
INJECT_KINDS = ("inject", "information", "facilitation", "contingency")
DIRECTIONS = ("release", "hold", "skip", "edit", "write", "set", "seat", "proceed", "adjudicate")


@dataclass(frozen=True)
class Event:
    """One thing that happened in a run.

    Parameters
    ----------
    seq : int, position in the run, from 0
    turn : int, from 1; 0 is what happened before the first turn
    day : number, days since the exercise began; a whole one unless the clock is told
    date : str, the same day as an ISO date, with its clock where that is told
    phase : one of `PHASES`
    kind : a key of `EVENT_KINDS`
    actor : code of who did it, or None
    incident : id of the incident it is about, or None
    payload : dict, what else there is to know; plain JSON, as `EVENT_KINDS` says for the kind. Arrays become lists,
        and a number that is not finite becomes None: what is not known is null.

    >>> event = Event(3, 1, 2, "2025-03-04", "settle", "victim_concedes", "EST", "grid", {})
    >>> Event.from_json(event.to_json()) == event
    True
    """

    seq: int
    turn: int
    day: float
    date: str
    phase: str
    kind: str
    actor: str | None = None
    incident: str | None = None
    payload: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        for name in ("seq", "turn"):
            object.__setattr__(self, name, int(getattr(self, name)))
        object.__setattr__(self, "day", whole(self.day))
        object.__setattr__(self, "payload", plain(self.payload))

    def to_dict(self):
        """The event as plain data, its fields in their documented order."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data):
        """The event that `to_dict` described."""
        return cls(**data)

    def to_json(self):
        """One line of JSON; floats keep every digit."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text):
        """The event that `to_json` wrote."""
        return cls.from_dict(json.loads(text))


def plain(value):
    """Plain JSON data for a value: numpy scalars become numbers, arrays and tuples lists, not-finite numbers None.

    The name of a file may hold bytes that are no text: in their place stands a question mark.

    >>> plain({"share": float("nan"), "codes": ("EST", "LVA"), "file": "caf\\udce9"})
    {'share': None, 'codes': ['EST', 'LVA'], 'file': 'caf?'}
    """
    if isinstance(value, float):  # most are numbers and texts, so these come first
        return float(value) if math.isfinite(value) else None
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode("utf-8")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):  # a numpy scalar or array, without importing numpy to find out
        return plain(value.tolist())
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"an event's payload is plain data; {type(value).__name__} is not: {value!r}")


# ----------------------------------------------------------------------------------------------------- the dictionary


@dataclass(frozen=True)
class Field:
    """One field of a payload: what it means, its type, unit and range.

    `type` is text, code, list of codes, list of text, integer, number, or `table of <type> by <key>`; `optional` means
    that it may be null.
    """

    name: str
    meaning: str
    type: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    optional: bool = False
    choices: tuple[str, ...] = ()
    terms: tuple["Field", ...] = ()

    @property
    def range(self):
        """The range in words, empty when there is none.

        >>> share("text", "where it stands").range
        '0 to 1'
        """
        if self.choices:
            return ", ".join(self.choices)
        if self.low is None and self.high is None:
            return ""
        if self.high is None:
            return f"from {self.low:g}"
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class EventKind:
    """What a kind of event means, when it happens, who acts, and what its payload holds.

    `phase` is where it happens, `other_phase` where it may happen too; `incident` says that it is about an incident,
    None that it may be.
    """

    description: str
    phase: str
    actor: str = ""
    incident: bool | None = False
    fields: tuple[Field, ...] = ()
    other_phase: str = ""


def happening(description, phase, *fields, **rest):
    """A kind of event with these fields."""
    return EventKind(description, phase, fields=fields, **rest)


# Kinds of field, each given its name, what it means, and what else is to be said of it.
text = partial(Field, type="text")
texts = partial(Field, type="list of text")
code = partial(Field, type="code")
codes = partial(Field, type="list of codes")
share = partial(Field, type="number", unit="dimensionless", low=0, high=1)


def integer(name, meaning, unit="", low=0, high=None, **rest):
    """A field with a whole number."""
    return Field(name, meaning, "integer", unit, low, high, **rest)


def number(name, meaning, unit="dimensionless", low=None, high=None, **rest):
    """A field with a number of any size."""
    return Field(name, meaning, "number", unit, low, high, **rest)


def shares(name, meaning, by):
    """A table of numbers from 0 to 1."""
    return Field(name, meaning, f"table of number by {by}", "dimensionless", 0, 1)


def table(name, meaning, of, by, unit="dimensionless", low=None, high=None):
    """A table of numbers."""
    return Field(name, meaning, f"table of {of} by {by}", unit, low, high)


def terms(name, meaning, *parts, by=None):
    """Signed contributions to a decision, by name; or one such set for each option."""
    return Field(name, meaning, f"table of terms by {by}" if by else "terms", "dimensionless", terms=parts)


FORMAT_TERMS = (
    number("mandate", "what the format may decide on this issue"),
    number("reputation", "how well placed it is for this issue"),
    number("coverage", "share of those needed who sit at its table"),
    number("days", "how slow it is (negative)"),
    number("veto", "how easily a member can stop it (negative)"),
    number("duplication", "whether another format already does this (negative)"),
    number("utility", "the sum that decides"),
    share("probability", "probability that the caller chose it"),
)

RESPONSE_TERMS = tuple(number(term.name, term.meaning) for term in TERMS.values())

MOVE_TERMS = (
    number("gain", "what the incident still brings"),
    number("pressure", "what the responses cost it (negative)"),
    number("risk", "what it risks at the present tension (negative)"),
    number("opening", "what the others' disunity, slowness or opacity offers"),
    number("utility", "the sum that decides"),
    share("probability", "probability that the adversary chose it"),
)

FORMAT = text("format", "key of the format, as in the library")
TEXT = share("text", "how strong the text is: 0 silence to 1 measures")
RUNG = text("rung", "the rung of the ladder the text stands on", choices=RUNGS)

EVENT_KINDS: dict[str, EventKind] = {
    "actor_joins": happening("An actor takes part from now on.", "inject", actor="who joins"),
    "actor_leaves": happening("An actor takes part no longer; what it has done stands.", "inject", actor="who leaves"),
    "inject_withheld": happening(
        "A planned event is not released in its turn, since its condition does not hold.",
        "inject",
        text("inject", "id of the inject in the scenario"),
        text("title", "its heading"),
        texts("because", "the parts of its condition that do not hold"),
    ),
    "inject_released": happening(
        "A planned event reaches those it is meant for.",
        "inject",
        text("inject", "id of the inject in the scenario"),
        text("title", "its heading"),
        text("sender", "who is speaking, in the exercise's words"),
        texts("to", "who receives it: codes, 'all' or 'control'"),
        text("channel", "how it arrives", choices=get_args(Channel)),
        text("text", "what it says"),
        text("kind", "what it is for", choices=INJECT_KINDS),
        text("storyline", "the storyline it belongs to", optional=True),
        texts("objectives", "ids of the objectives it serves"),
        text("expects", "what a good answer would be, for control", optional=True),
        text("control_notes", "what control alone should know", optional=True),
    ),
    "question_put": happening(
        "An inject puts a question to those who are to decide it.",
        "inject",
        text("inject", "id of the inject"),
        text("question", "what it asks"),
        codes("to", "who decides, each for itself"),
        texts("options", "what may be chosen, in words"),
        integer("until", "the last turn in which it may be answered", "turn", low=1),
    ),
    "question_answered": happening(
        "An actor decides a question that an inject has put to it.",
        "respond",
        text("inject", "id of the inject that puts it"),
        text("question", "what it asks"),
        text("option", "id of the option chosen"),
        text("answer", "the option in words"),
        text("given", "no: the time was up, and it counts for want of an answer", choices=("yes", "no")),
        actor="who decides",
    ),
    "deadline_set": happening(
        "An inject sets a deadline.",
        "inject",
        text("inject", "id of the inject"),
        text("date", "the last day, as an ISO date"),
        text("otherwise", "what is to happen if the deadline passes"),
    ),
    "deadline_ends": happening(
        "A deadline ends, kept or passed.",
        "settle",
        text("inject", "id of the inject that set it"),
        text("title", "its heading"),
        text("outcome", "whether what it asked for was done in time", choices=("kept", "passed")),
        text("text", "what happens now that it has passed", optional=True),
        texts("because", "what kept it: the parts of its condition that were so"),
    ),
    "control_directs": happening(
        "Control changes what was planned, a quantity, or who sits in a seat.",
        "inject",
        text("direction", "what control did", choices=DIRECTIONS),
        text("target", "the inject, the quantity or the seat"),
        text("value", "what it became, as JSON"),
        text("reason", "why"),
    ),
    "incident_begins": happening(
        "An incident begins. Who did it is not said.",
        "inject",
        text("name", "what the incident is called"),
        text("issue", "what it is about, as in the scenario"),
        shares("victims", "how hard it hits each victim: 0.1 symbolic, 1 mass casualties", by="victim"),
        code("suspect", "whom it looks like"),
        incident=True,
    ),
    "assessment": happening(
        "What every state now believes about an incident, and how much it cares. Once a turn for each that matters.",
        "assess",
        shares("confidence", "probability each state gives to the suspect having done it", by="actor"),
        shares("stake", "how far each state counts it as its own trouble", by="actor"),
        incident=True,
    ),
    "consultation_called": happening(
        "A state takes an incident to a format.",
        "consult",
        FORMAT,
        codes("members", "who sits at the table"),
        number("due_day", "when its text is due", "days since the exercise began", 0),
        share("probability", "probability that the caller chose this format"),
        terms("terms", "why this one: every format open to the caller", *FORMAT_TERMS, by="format"),
        actor="the caller",
        incident=True,
    ),
    "text_proposed": happening(
        "The chair puts a text to the table.",
        "consult",
        FORMAT,
        integer("round", "first, second, ... draft", low=1),
        TEXT,
        RUNG,
        shares("positions", "the text each member wants", by="actor"),
        shares("salience", "how much each member cares", by="actor"),
        incident=True,
    ),
    "silence_broken": happening(
        "Members object, and the text moves toward them.",
        "consult",
        FORMAT,
        integer("round", "in which round of silence", low=1),
        codes("by", "who broke silence"),
        share("text_before", "how strong the text was"),
        share("text_after", "how strong it is now"),
        text("rung_before", "the rung it stood on", choices=RUNGS),
        text("rung_after", "the rung it stands on now", choices=RUNGS),
        incident=True,
    ),
    "text_adopted": happening(
        "A format adopts a text.",
        "consult",
        FORMAT,
        TEXT,
        RUNG,
        codes("supporters", "who stands behind it"),
        share("capability_share", "share of all participants' capability that stands behind it"),
        number("days_since_incident", "days from the incident's beginning", "days", 0),
        incident=True,
    ),
    "text_failed": happening(
        "A format ends without a text.", "consult", FORMAT, text("why", "what stopped it"), incident=True
    ),
    "consultation_leaks": happening(
        "What is on the table over an incident comes out.",
        "consult",
        integer("seats", "seats at the tables that were open over it", "seats"),
        incident=True,
    ),
    "project_decided": happening(
        "A cooperation project is agreed or blocked.",
        "consult",
        text("project", "key of the project, as in the library"),
        text("outcome", "what was decided", choices=("agreed", "blocked")),
        codes("by", "who blocked it; empty when agreed"),
    ),
    "project_proposed": happening(
        "A project is proposed for the next turn.",
        "consult",
        text("project", "key of the project"),
        actor="who proposes it",
    ),
    "project_ended": happening(
        "A running project is ended, since somebody who has a say no longer agrees to it.",
        "consult",
        text("project", "key of the project"),
        actor="who ended it",
    ),
    "evidence_shared": happening(
        "A state hands its evidence on an incident to others.",
        "respond",
        codes("to", "who receives it"),
        actor="whose evidence it is",
        incident=True,
    ),
    "project_delivers": happening(
        "A cooperation project begins to deliver, or delivers more.",
        "settle",
        text("project", "key of the project"),
        share("share", "share of its full effect now in place"),
    ),
    "project_fails": happening(
        "A cooperation project that was agreed will not deliver.",
        "settle",
        text("project", "key of the project"),
        share("share", "share of its full effect that is in place"),
    ),
    "response_decided": happening(
        "An actor decides on a response. It acts on its effect day.",
        "respond",
        text("response", "key of the response, as in the library"),
        share("probability", "probability that it would"),
        number("effect_day", "when it takes effect", "days since the exercise began", 0),
        terms("terms", "why: what each reason added; empty for a body", *RESPONSE_TERMS),
        text("covered_by", "the format whose text it joined or decided through", optional=True),
        actor="who responds: a state, or a body",
        incident=True,
        other_phase="consult",
    ),
    "response_acts": happening(
        "A response decided earlier takes effect and is seen.",
        "settle",
        text("response", "key of the response"),
        actor="whose response",
        incident=True,
    ),
    "adversary_move": happening(
        "An adversary decides what next in a campaign, or at large while none of its own goes on.",
        "adversary",
        text("move", "what it does", choices=MOVE_NAMES),
        code("target", "whom it turns to, for widen and divide", optional=True),
        share("probability", "probability that it would"),
        terms("terms", "why: every move that was open", *MOVE_TERMS, by="move"),
        actor="the adversary",
        incident=None,
    ),
    "adversary_retaliates": happening(
        "An adversary under pressure pays a state back for what it did.",
        "settle",
        code("target", "whom it pays back"),
        actor="the adversary",
    ),
    "victim_concedes": happening("A victim gives in to what is demanded.", "settle", actor="the victim", incident=True),
    "incident_stops": happening("An incident ends.", "settle", incident=True),
    "turn_ends": happening(
        "How things stand at the end of the turn.",
        "settle",
        share("tension", "tension between the actors and the adversaries"),
        share("perceived_threat", "how threatening cooperation looks to third parties"),
        share("standing", "how well the partners are regarded"),
        share("transparency", "how openly they act"),
        share("readiness", "readiness for NATO's core mission"),
        share("linkage", "how far the other ocean counts as one's own"),
        share("overreach", "how far NATO is seen acting beyond its core mission"),
        shares("pressure", "pressure each adversary feels", by="adversary"),
        table("harm", "harm being done now, summed over victims", "number", "incident", low=0),
        table("cumulative_harm", "harm so far", "number", "incident", "severity-months", low=0),
        table("capital", "political capital left; below 0: bound by a text to more than it had", "number", "actor"),
        shares("strongest_text", "the strongest text adopted so far", by="incident"),
        table("joiners", "how many states have responded so far", "integer", "incident", low=0),
    ),
}
