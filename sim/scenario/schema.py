"""What a scenario may say (`scenarios/<name>.yaml`): the one definition of every field.

The classes below are the schema. The reader checks YAML against them, `oceans schema` prints them as JSON Schema so
that an editor can complete and explain each field, and the engine receives them, frozen. What the library may say, from
which a scenario may have formats and responses of its own, is in `library_schema`.
"""

import datetime
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, ClassVar, Literal, Optional, Union

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from sim import own_code
from sim.catalogue.moves import NAMES as MOVES
from sim.scenario.calendar import CLOCK_TIME, MOMENT, Calendar, calendar_of, moment_in, moment_of, stretch_of, time_in
from sim.scenario.library_schema import (
    CODE_PATTERN,
    FIRST_DAY,
    LAST_DAY,
    Code,
    Date,
    Entry,
    Format,
    Issue,
    Name,
    Response,
    Role,
    Rung,
    Share,
    Text,
    Theatre,
)


def _written(read: Callable) -> BeforeValidator:
    """A text as `read` understands it, and nothing else: a bare number is no count of seconds."""

    def validate(given):
        if isinstance(given, str) and (given := read(given)) is None:
            raise ValueError("this is not how it is written")  # `expected`, in `wording`, says how
        return given

    return BeforeValidator(validate)


def _within_limits(moment):
    day = moment.date() if isinstance(moment, datetime.datetime) else moment
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"days go from {FIRST_DAY} to {LAST_DAY}")
    return moment


POLICY_PATTERN = rf"^([a-z][a-z0-9_]*|{own_code.FORM})$"
MARK_PATTERN, MOST_MARKS = r"^[^\s,;|/]{1,12}$", 10
Moment = Annotated[
    Union[datetime.date, datetime.datetime],
    _written(moment_in),
    AfterValidator(_within_limits),
    WithJsonSchema({"type": "string", "pattern": f"^{MOMENT}$"}),
]
ClockTime = Annotated[
    datetime.time, _written(time_in), WithJsonSchema({"type": "string", "pattern": f"^{CLOCK_TIME}$"})
]
Channel = Literal["brief", "cable", "email", "phone", "call", "chat", "in_person", "media", "social", "radio"]
STATELESS = {
    "accident": "an accident", "storm": "a storm", "insider": "an insider", "criminals": "criminals", "nobody": "nobody"
}  # fmt: skip
CULPRIT_PATTERN = CODE_PATTERN.replace(")$", f"|{'|'.join(STATELESS)})$")
Culprit = Annotated[str, Field(pattern=CULPRIT_PATTERN)]
MOST_TURNS = 60
_calendar = lru_cache(maxsize=64)(calendar_of)  # a scenario is asked for its own many times
LONGEST_TURN = {"hours": 240, "days": 366, "months": 120, "years": 10}
Mark = Annotated[str, Field(pattern=MARK_PATTERN)]
HSEEP = {
    "P": "performed without challenges", "S": "performed with some challenges", "M": "performed with major challenges",
    "U": "unable to be performed",
}  # fmt: skip
MERGED_BY = {
    "incidents": "id",
    "injects": "id",
    "objectives": "id",
    "cooperation": "project",
}  # where one extends another


class Turns(Entry):
    """How many turns, and how long each is in exercise time: in one unit, which is hours, days, months or years."""

    count: Annotated[int, Field(ge=1, le=MOST_TURNS)]
    hours: Optional[Annotated[int, Field(ge=1, le=LONGEST_TURN["hours"])]] = None
    days: Optional[Annotated[int, Field(ge=1, le=LONGEST_TURN["days"])]] = None
    months: Optional[Annotated[int, Field(ge=1, le=LONGEST_TURN["months"])]] = Field(
        None, description="months of the calendar"
    )
    years: Optional[Annotated[int, Field(ge=1, le=LONGEST_TURN["years"])]] = Field(
        None, description="years of the calendar"
    )

    @staticmethod
    def otherwise(name: str) -> str:
        """What is said to somebody who writes a unit that turns do not have."""
        said = {
            "week": "A week is `days: 7`.",
            "minute": "An hour is the shortest turn.",
            "quarter": "It is `months: 3`.",
        }
        return said.get(name.removesuffix("s"), "")


class SomeTurns(Turns):
    """Some turns of one length, among others of another."""

    count: Annotated[int, Field(ge=1, le=MOST_TURNS)] = 1


Schedule = Annotated[
    Union[
        Annotated[Turns, Tag("one")],
        Annotated[list[SomeTurns], Field(min_length=1, max_length=MOST_TURNS), Tag("several")],
    ],
    Discriminator(lambda turns: "several" if isinstance(turns, list) else "one"),
]


class ActorOverride(Entry):
    """What differs, in this scenario, from the library's figures for one actor."""

    name: Optional[Text] = Field(None, description="needed for an actor that the library does not know")
    adjective: Optional[Text] = None
    theatre: Optional[Theatre] = None
    role: Optional[Role] = Field(None, description="left out: what `member_of` makes of it, or as in the library")
    member_of: list[Name] = Field(
        [],
        description="groups of the library that it belongs to here from the first day on, such as nato or eu: it sits "
        "and votes wherever their members do",
    )
    eu_population_pct: Optional[Annotated[float, Field(ge=0, le=100)]] = Field(
        None, description="of a member of the EU: its share of the Union's population, percent, in a qualified majority"
    )
    economy: Optional[Share] = Field(None, description="economic weight, 0 to 1 (1: the largest economy)")
    cyber: Optional[Share] = Field(None, description="cyber capability, 0 to 1")
    military: Optional[Share] = None
    exposure: dict[Code, Share] = Field({}, description="to each adversary: 0 none, 1 could not do without it")
    stance: dict[Code, Annotated[float, Field(ge=-1, le=1)]] = Field(
        {}, description="toward each adversary: -1 friendly, 0 neutral, 1 sees it as the main threat"
    )
    capital: Optional[Annotated[float, Field(ge=0, le=5)]] = Field(None, description="political capital at the start")
    policy: Optional[Annotated[str, Field(pattern=POLICY_PATTERN)]] = Field(
        None, description="how it chooses: a policy's name, or module:Class for one of your own; default: standard"
    )
    from_turn: Optional[Annotated[int, Field(ge=1, le=MOST_TURNS)]] = Field(
        None, description="the first turn in which it takes part; empty: from the beginning"
    )
    until_turn: Optional[Annotated[int, Field(ge=1, le=MOST_TURNS)]] = Field(
        None, description="the last turn in which it takes part; empty: to the end"
    )
    brief: Optional[Text] = Field(None, description="what the person in this seat should know and want")
    sealed: bool = Field(
        False,
        description="in the room, where several people hold this seat: nobody sees the views of the others, not even "
        "whoever speaks for the seat, until the seat has answered",
    )


class OwnGroup(Entry):
    """Actors that an exercise takes together: a cell, or those who are briefed together."""

    name: Text
    members: list[Code] = Field(min_length=1)


class Tie(Entry):
    """How far two states count each other's trouble as their own, where the library's formats do not say."""

    between: tuple[Code, Code]
    strength: Share
    why: Optional[str] = None


class Demand(Entry):
    """What a coercer wants."""

    text: Text
    major: bool = Field(False, description="giving in would cost the victim dearly, so it holds out longer")


class Incident(Entry):
    """An incident and its hidden truth."""

    id: Name
    name: Text
    issue: Issue
    by: Culprit = Field(
        description="who really did it: an adversary; or accident, storm, insider, criminals or nobody, where no state "
        "did. Hidden from every seat until the debrief"
    )
    cause: Optional[Text] = Field(None, description="where no state did it: what it was, told in the debrief")
    suspect: Optional[Code] = Field(None, description="whom it looks like; default: by; needed where no state did it")
    victims: dict[Code, Share] = Field(description="severity for each victim: 0.1 symbolic to 1 mass casualties")
    turn: Annotated[int, Field(ge=1)] = Field(1, description="turn in which it begins")
    turns: Optional[Annotated[int, Field(ge=1, le=MOST_TURNS)]] = Field(
        None, description="how long it lasts; empty: until it stops"
    )
    difficulty: Share = Field(description="how hard it is to tell who did it: 0 plain, 1 hopeless")
    publicness: Share = Field(description="how openly it is known at first")
    is_physical: bool = Field(False, description="people or things were hurt, not only data, trade or opinion")
    hurts_people: bool = Field(False, description="people were hurt, not only things")
    demand: Optional[Demand] = Field(None, description="for coercion: what would make it stop")
    may_widen_to: list[Code] = Field([], description="who could be next")
    note: Optional[str] = Field(None, description="for control only")


class InjectEffect(Entry):
    """What an inject changes when it is released."""

    for_example: ClassVar[str] = "{on: tension, by: 0.05}"
    on: Literal[
        "publicness", "evidence", "severity", "tension", "linkage", "transparency", "standing", "narrative",
        "exposure", "capital", "difficulty"
    ]  # fmt: skip
    incident: Optional[Name] = Field(None, description="for publicness, evidence, severity, difficulty")
    actor: Optional[Code] = Field(
        None,
        description="for exposure, capital, and evidence that only one actor gets; left out in a question's option, "
        "exposure and capital are those of whoever chose it",
    )
    adversary: Optional[Code] = Field(None, description="for exposure")
    by: Annotated[float, Field(ge=-20, le=20)] = Field(
        description="how much is added; evidence: log-odds that the suspect did it, so a trail leading away is negative"
    )


class TextReached(Entry):
    """A text that has been adopted on an incident."""

    incident: Name
    rung: Rung = Field(description="the lowest rung that counts: silence stands for any text at all")


class ActDone(Entry):
    """Something that somebody has done."""

    by: Optional[Code] = Field(
        None,
        description="who: a state or a body that has joined a response, or an adversary that has moved; empty: any",
    )
    response: Optional[Union[Name, Annotated[list[Name], Field(min_length=1)]]] = Field(
        None, description="id of the response, or a list of which one is enough; without it any counts"
    )
    move: Optional[Name] = Field(None, description=f"an adversary's: {', '.join(MOVES)}")
    incident: Optional[Name] = Field(None, description="for a response: the incident it answers; without it any counts")

    @property
    def responses(self) -> tuple[str, ...]:
        """The responses of which one is enough; empty: any."""
        return (self.response,) if isinstance(self.response, str) else tuple(self.response or ())


class AnswerGiven(Entry):
    """An answer to a question that an inject has put."""

    inject: Name
    option: Name
    by: Optional[Code] = Field(None, description="who answered; empty: anybody")


class StateOfPlay(Entry):
    """How the exercise stands: all that is named here together."""

    going: list[Name] = Field([], description="incidents that go on")
    stopped: list[Name] = Field([], description="incidents that have begun and are over, for whatever reason")
    text: Optional[TextReached] = Field(None, description="a text that has been adopted")
    act: Optional[ActDone] = Field(None, description="something that somebody has done")
    answer: Optional[AnswerGiven] = Field(None, description="an answer that somebody has given to a question")
    tension_above: Optional[Share] = Field(None, description="tension is higher than this")
    any: Annotated[list["StateOfPlay"], Field(min_length=1)] = Field(
        [], description="at least one of these holds, each with fields like those here"
    )


class When(StateOfPlay):
    """On what condition an inject is released in its turn; where it does not hold, control may still release it."""

    for_example: ClassVar[str] = "{answer: {inject: ransom_note, option: pay}}"
    unless: Optional[StateOfPlay] = Field(None, description="nothing of what is named here may be so")
    control: bool = Field(False, description="yes: only when control releases it, whatever else is said here")


class QuestionOption(Entry):
    """One way to answer a question."""

    for_example: ClassVar[str] = "{id: pay, name: Pays the ransom}"
    id: Name
    name: Text = Field(description="what whoever chooses it does, as it is told: Pays the ransom")
    weight: Annotated[float, Field(ge=0, le=1000)] = Field(
        1, description="how likely the model is to choose it beside the others: 0.3 beside 0.7 is three times in ten"
    )
    effects: list[InjectEffect] = Field([], description="what changes for each who chooses it")


class Question(Entry):
    """A decision of the exercise's own, put to those who are to make it. Each answers for itself, once."""

    text: Text
    to: Optional[Annotated[list[str], Field(min_length=1)]] = Field(
        None,
        description="who decides: codes or group:<name>, among those the inject goes to; empty: all states of them",
    )
    options: list[QuestionOption] = Field(min_length=2)
    turns: Annotated[int, Field(ge=1, le=MOST_TURNS)] = Field(
        1, description="turns in which it may be answered; 1: only in the turn in which the inject is released"
    )
    otherwise: Optional[Name] = Field(
        None,
        description="the option that counts when time is up and no answer was given; empty: the model chooses then",
    )


class Deadline(Entry):
    """What follows at the end of a turn unless something has been done by then."""

    turn: Optional[Annotated[int, Field(ge=1)]] = Field(None, description="turn at whose end it is judged")
    date: Optional[Moment] = Field(
        None, description="instead of turn: the day, or the day and its clock; judged at the end of its turn"
    )
    time: Optional[ClockTime] = Field(None, description="beside turn or date: the time of day, by the clock")
    unless: StateOfPlay = Field(description="the deadline is kept if anything that is named here is so by then")
    text: Text = Field(description="what happens otherwise: those who receive the inject are told so from the start")
    effects: list[InjectEffect] = Field([], description="what changes then")


class Attachment(Entry):
    """What comes with an inject: a file that lies beside the scenario, or words."""

    for_example: ClassVar[str] = "{title: The note, file: note.pdf}"
    title: Text
    file: Optional[Text] = Field(
        None, description="the file's path from the scenario's folder, up to 10 MB; it is copied into each run's folder"
    )
    text: Optional[Text] = Field(None, description="instead of file: the words themselves")


class Inject(Entry):
    """One planned event put to named recipients. All of them, in order, are the MSEL."""

    id: Name
    title: Text
    turn: Optional[Annotated[int, Field(ge=1)]] = Field(None, description="turn in which it is released")
    date: Optional[Moment] = Field(None, description="instead of turn: the day, or the day and its clock")
    time: Optional[ClockTime] = Field(
        None,
        description="beside turn or date: the time of day, by the clock; alone in an exercise of one day. Within a "
        "turn, injects are released in order of time",
    )
    when: Optional[When] = Field(
        None, description="a condition on the state of play in its turn; where it does not hold, it is not released"
    )
    storyline: Optional[str] = Field(None, description="injects of one storyline belong together: for the run sheet")
    kind: Literal["inject", "information", "facilitation", "contingency"] = Field(
        "inject",
        description="contingency: held back until control releases it. The others are released in their turn and "
        "differ on control's run sheet alone: information (nothing is expected of anybody), facilitation (helps the "
        "talk along)",
    )
    sender: Text = Field(description="who is speaking, in the exercise's words")
    to: list[str] = Field(min_length=1, description="codes, group:<name>, control or all")
    channel: Channel
    text: Text
    expects: Optional[str] = Field(None, description="what a good answer would be: for the run sheet")
    objectives: list[Name] = Field([], description="ids of the objectives that it serves: for the run sheet")
    attachments: list[Attachment] = Field([], description="files or words that come with it")
    effects: list[InjectEffect] = []
    question: Optional[Question] = Field(None, description="a decision that it puts to those who receive it")
    deadline: Optional[Deadline] = Field(None, description="what follows unless something is done in time")
    control_notes: Optional[str] = Field(None, description="for control only: for the run sheet")
    columns: dict[Text, Text] = Field(
        {}, description="further columns of the run sheet, such as those of another tool: for control only"
    )


class Objective(Entry):
    """What the exercise is for."""

    id: Name
    text: Text


class Discussion(Entry):
    """A question to talk about: at the end, or at the end of a turn. One for the end may stand as plain text."""

    text: Text
    turn: Optional[Annotated[int, Field(ge=1)]] = Field(
        None, description="turn at whose end it is asked; empty: at the end of the exercise"
    )
    to: Annotated[list[str], Field(min_length=1)] = Field(
        ["all"], description="whom it is for: codes, group:<name>, control or all"
    )

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given):
        return {"text": given} if isinstance(given, str) else given

    @model_serializer(mode="wrap")
    def _as_written(self, plain):
        said = plain(self)
        return self.text if self.turn is None and self.to == ["all"] else said

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema, handler):
        """The schema for editors: plain text, or its fields."""
        return {"anyOf": [{"type": "string"}, handler(core_schema)]}


class CooperationStart(Entry):
    """A project in this scenario's portfolio."""

    project: Name
    months_before: Annotated[float, Field(ge=0, le=1200)] = Field(
        0, description="months it has already run when the exercise begins; 0 with `turn`: to be decided then"
    )
    turn: Optional[Annotated[int, Field(ge=1)]] = Field(None, description="turn in which it is put to a decision")


class Uncertainty(Entry):
    """Something nobody knows: a path in this file or the library, and what it may be."""

    path: Text
    range: Optional[tuple[float, float]] = None
    choices: Optional[list[str]] = None
    distribution: Literal["uniform", "triangular", "normal"] = "uniform"
    why: Text


class Lever(Entry):
    """Something we choose."""

    path: Text
    choices: Optional[list[str]] = None
    range: Optional[tuple[float, float]] = None
    why: Text


class Scenario(Entry):
    """One exercise."""

    title: Text
    summary: Text
    extends: Optional[str] = Field(None, description="another scenario: this one says only what differs")
    marking: str = Field("EXERCISE EXERCISE EXERCISE", description="printed on every page")
    start: Moment = Field(description="first day of turn 1, or the day and the time at which it begins")
    turns: Schedule = Field(
        description="how many turns and how long each is, such as {count: 8, hours: 3}; or a list of such entries, "
        "one after the other, where turns differ in length"
    )
    participants: list[str] = Field(min_length=1, description="codes, group:<name>, NATO or EU (each with its members)")
    bodies_as: Literal["members", "one"] = Field("members", description="one: NATO and the EU act as single actors")
    actors: dict[Code, ActorOverride] = {}
    groups: dict[Name, OwnGroup] = Field(
        {}, description="groups of its own, named as `group:<name>` wherever groups of the library are"
    )
    ties: list[Tie] = []
    incidents: list[Incident] = Field(description="what happens; `[]` for an exercise of injects and questions alone")
    injects: list[Inject] = []
    formats: Optional[list[Name]] = Field(None, description="formats on the table; empty: all that fit the incidents")
    responses: Optional[list[Name]] = Field(
        None, description="responses on the table; empty: all that fit the incidents"
    )
    own_formats: dict[Name, Format] = {}
    own_responses: dict[Name, Response] = {}
    cooperation: list[CooperationStart] = []
    cooperation_budget_eur_m: Optional[Annotated[float, Field(ge=0, le=1_000_000)]] = Field(
        None, description="EUR million a year for the portfolio"
    )
    behaviour: dict[Name, float] = Field({}, description="coefficients of the model that differ here")
    figures: dict[str, Annotated[Union[float, str], Field(union_mode="left_to_right")]] = Field(
        {}, description="figures of the library that differ here, by path: states.JPN.exposure.CHN.trade_pct_gdp: 12"
    )
    capability: Literal["gdp", "defence", "gdp_cyber", "equal"] = "gdp_cyber"
    linkage: Share = Field(0.5, description="how far the other ocean counts as one's own")
    adversary_tie: Share = Field(0.5, description="how far one adversary's crisis is the other's chance")
    norm_date: Optional[Date] = Field(None, description="date whose practice of naming holds; empty: start")
    objectives: list[Objective] = []
    ratings: dict[Mark, Text] = Field(
        HSEEP, description="in what objectives are rated, best first: each mark with what it means"
    )
    questions: list[Discussion] = Field(
        [], description="for discussion, at the end or at the end of a turn: sentences, or {text, turn, to}"
    )
    uncertainties: dict[Name, Uncertainty] = {}
    levers: dict[Name, Lever] = {}
    measures: Optional[list[Name]] = Field(None, description="what we judge by; empty: all")
    sources: list[Text] = Field([], description="what the scenario's story rests on")

    @property
    def first_day(self) -> datetime.date:
        """The first day of turn 1, whatever the clock."""
        return self.start.date() if isinstance(self.start, datetime.datetime) else self.start

    @property
    def policies(self) -> dict[str, str]:
        """The policies it names, by code, where they are not the model's own rule."""
        return {code: own.policy for code, own in self.actors.items() if own.policy not in (None, "standard")}

    @property
    def calendar(self) -> Calendar:
        """When each turn begins and ends."""
        turns = self.turns if isinstance(self.turns, list) else [self.turns]
        return _calendar(self.start, tuple(map(stretch_of, turns)))

    def moment_of(self, inject: Union[Inject, Deadline]) -> Optional[datetime.date]:
        """When an inject comes or a deadline ends, as far as it says: a day, or the clock; None: its turn is all."""
        return moment_of(self.calendar, inject.turn, inject.date, inject.time)


# ---------------------------------------------------------------------------------------------------------- for editors


def json_schema() -> dict:
    """The schema of a scenario as JSON Schema (2020-12), so that an editor can complete, explain and check fields.

    A scenario that extends another may leave anything out, set anything to null and remove entries; it has its own,
    looser half of the schema.

    >>> json_schema()["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    schema = Scenario.model_json_schema(ref_template="#/$defs/{model}")
    definitions = schema.pop("$defs")
    for name in ("Uncertainty", "Lever"):  # choices are text here and whatever the path asks for later
        definitions[name]["properties"]["choices"]["anyOf"][0]["items"] = {"type": ["string", "number", "boolean"]}
    definitions["Scenario"] = schema
    loose = {f"{name}OfAnExtension": _loose(part) for name, part in definitions.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Two Oceans scenario",
        "description": "One exercise. To use this in an editor with yaml-language-server, write it to a file with "
        "`oceans schema > scenario.schema.json` and begin the scenario with "
        "`# yaml-language-server: $schema=./scenario.schema.json`.",
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/ScenarioOfAnExtension"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": {**definitions, **loose},
    }


def _loose(definition: dict) -> dict:
    """A definition with nothing required, null allowed everywhere, and `remove` where entries can be removed."""
    loose = _renamed(definition)
    loose.pop("required", None)
    properties = loose.get("properties", {})
    for field, part in properties.items():
        spoken = {key: part[key] for key in ("title", "description") if key in part}
        properties[field] = {"anyOf": [part, {"type": "null"}], **spoken}
    if set(MERGED_BY.values()) & set(properties):
        properties["remove"] = {"type": "boolean", "description": "yes: take this entry of the extended scenario away"}
    return loose


def _renamed(part):
    """A copy of a definition that refers to the looser ones."""
    if isinstance(part, dict):
        return {key: f"{value}OfAnExtension" if key == "$ref" else _renamed(value) for key, value in part.items()}
    return [_renamed(item) for item in part] if isinstance(part, list) else part
