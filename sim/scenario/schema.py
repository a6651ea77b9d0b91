"""What a scenario and the library may say: the one definition of every field.

The classes below are the schema. The reader checks YAML against them, `oceans schema` prints them as JSON Schema so
that an editor can complete and explain each field, and the engine receives them, frozen. A field's description is what
a facilitator sees, so it says what the field means, its unit and its range.

Two documents are described here:

- `Scenario`, one exercise (`scenarios/<name>.yaml`);
- `Library`, the figures every exercise shares (`scenarios/library/*.yaml`), each with its source.
"""

import datetime
import re
from functools import lru_cache
from typing import Annotated, ClassVar, Literal, Optional, Union

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from sim import own_code
from sim.catalogue.moves import NAMES as MOVES
from sim.catalogue.responses import RESPONSE_KINDS, RUNGS
from sim.scenario.calendar import CLOCK_TIME, MOMENT, Calendar, calendar_of, moment_in, moment_of, stretch_of, time_in


def _as_written(day):
    """A date in text is year-month-day and nothing else: a bare number is not a count of seconds."""
    if isinstance(day, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day.strip()):
        raise ValueError("expected a date such as 2026-03-01")
    return day


def _moment(written):
    """A date in text, with a clock or without."""
    if not isinstance(written, str):
        return written
    found = moment_in(written)
    if found is None:
        raise ValueError("expected a date such as 2026-03-01, or with a clock, 2026-03-01 09:30")
    return found


def _clock_time(written):
    """A time of day in text: hours and minutes, and not a count of seconds."""
    if not isinstance(written, str):
        return written
    found = time_in(written)
    if found is None:
        raise ValueError("expected a time of day such as 09:30")
    return found


def _within_limits(moment):
    day = moment.date() if isinstance(moment, datetime.datetime) else moment
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"days go from {FIRST_DAY} to {LAST_DAY}")
    return moment


CODE_PATTERN, NAME_PATTERN = r"^([A-Z]{3}|NATO|EU)$", r"^[a-z][a-z0-9_]*$"
POLICY_PATTERN = rf"^([a-z][a-z0-9_]*|{own_code.FORM})$"
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$"
MARK_PATTERN, MOST_MARKS = r"^[^\s,;|/]{1,12}$", 10
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)
Date = Annotated[datetime.date, BeforeValidator(_as_written), Field(ge=FIRST_DAY, le=LAST_DAY)]
Moment = Annotated[
    Union[datetime.date, datetime.datetime],
    BeforeValidator(_moment),
    AfterValidator(_within_limits),
    WithJsonSchema({"type": "string", "pattern": f"^{MOMENT}$"}),
]
ClockTime = Annotated[
    datetime.time, BeforeValidator(_clock_time), WithJsonSchema({"type": "string", "pattern": f"^{CLOCK_TIME}$"})
]
Year = Annotated[int, Field(ge=FIRST_DAY.year, le=LAST_DAY.year)]
Issue = Literal["cyber", "fimi", "coercion", "edt", "space", "infra", "military", "consult", "learn"]
Rung = Literal[RUNGS]  # type: ignore[valid-type]
Means = Literal["coast", "forces", "relations", "cyber_service", "harm"]
KindOfResponse = Literal[*RESPONSE_KINDS]  # type: ignore[valid-type]
Rule = Literal[
    "consensus", "unanimity", "qmv", "coalition", "adjudication", "bilateral", "sovereign", "membership_board"
]
Role = Literal["ally", "eu_member", "partner", "other", "adversary"]
Theatre = Literal["atlantic", "pacific", "both", "elsewhere"]
Channel = Literal["brief", "cable", "email", "phone", "call", "chat", "in_person", "media", "social", "radio"]
Share = Annotated[float, Field(ge=0, le=1)]
Months = Annotated[float, Field(ge=0, le=1200)]  # up to a hundred years, as with all that lasts
CalendarDays = Annotated[float, Field(ge=0, le=36600)]
Code = Annotated[str, Field(pattern=CODE_PATTERN, description="ISO 3166 alpha-3 code, or NATO, or EU")]
STATELESS = {
    "accident": "an accident", "storm": "a storm", "insider": "an insider", "criminals": "criminals", "nobody": "nobody"
}  # fmt: skip
CULPRIT_PATTERN = CODE_PATTERN.replace(")$", f"|{'|'.join(STATELESS)})$")
Culprit = Annotated[str, Field(pattern=CULPRIT_PATTERN)]
MOST_TURNS = 60
_calendar = lru_cache(maxsize=64)(calendar_of)  # a scenario is asked for its own many times
LONGEST_TURN = {"hours": 240, "days": 366, "months": 120, "years": 10}
Name = Annotated[str, Field(pattern=NAME_PATTERN, description="lower case letters, digits and underscores")]
Id = Annotated[str, Field(pattern=ID_PATTERN)]  # of a past case: also the name of a file
Text = Annotated[str, Field(pattern=r"\S")]  # not empty, not only spaces
Mark = Annotated[str, Field(pattern=MARK_PATTERN)]
HSEEP = {
    "P": "performed without challenges", "S": "performed with some challenges", "M": "performed with major challenges",
    "U": "unable to be performed",
}  # fmt: skip


class Entry(BaseModel):
    """Something written in YAML: frozen once read, and closed, since an ignored key is worse than an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    for_example: ClassVar[str] = ""  # how one is written, for whoever has written something else


# ---------------------------------------------------------------------------------------------------- library


class Source(Entry):
    """Where a figure comes from."""

    title: Text
    publisher: Optional[str] = None
    date: Optional[str] = Field(None, description="date or year of publication")
    address: Optional[str] = Field(None, description="where it can be read")
    note: Optional[str] = None


class Figure(Entry):
    """One number with its source. A judgement says so (`source: judgement`) and carries a range and a reason."""

    value: float
    year: Optional[Year] = None
    source: Name
    at: Optional[str] = Field(None, description="table, page or series in the source")
    range: Optional[tuple[float, float]] = Field(None, description="lowest and highest defensible value")
    why: Optional[str] = None
    approx: bool = Field(False, description="rounded, or from general knowledge: check before publishing")


class Membership(Entry):
    """From when, and until when, a state belongs to a group."""

    since: Optional[Date] = Field(None, description="first day; empty: as long as the group exists")
    until: Optional[Date] = Field(None, description="last day; empty: still a member")


class Group(Entry):
    """States that belong together: an alliance, a union, a club, an intelligence community."""

    name: Text
    source: Name
    approx: bool = False
    tie: Optional[Name] = Field(None, description="behaviour parameter: how far a member's trouble is the others' own")
    sharing: Optional[Name] = Field(None, description="behaviour parameter: how much of their evidence members share")
    is_club: bool = Field(False, description="its members look to one another before they act")
    names_culprits: bool = Field(
        False, description="its members are used to saying who did it: they name more readily, by habit_naming"
    )
    is_the_four: bool = Field(
        False, description="NATO's partners: its projects of cooperation need them, and bring NATO's evidence to them"
    )
    members: dict[Code, Membership]


class Body(Entry):
    """An organisation that acts: a group with its own instruments and no will beyond its members'."""

    name: Text
    adjective: Text
    group: Name
    theatre: Theatre
    budget_eur_m: Optional[Figure] = Field(None, description="yearly common budget, EUR million")
    speaks_alone: bool = Field(False, description="whether its head may speak for it without its members' assent")
    source: Name


class Exposure(Entry):
    """How much of a state's economy hangs on trade with another."""

    trade_pct_gdp: Optional[Figure] = Field(None, description="goods trade with the other, percent of own GDP")
    export_share_pct: Optional[Figure] = Field(None, description="share of own goods exports that go there, percent")
    import_share_pct: Optional[Figure] = Field(None, description="share of own goods imports from there, percent")
    energy: Optional[Figure] = Field(None, description="dependence on its energy, 0 none to 1 all")


class CoercionEpisode(Entry):
    """A time the state was the target of economic coercion."""

    by: Code
    start: Year
    end: Optional[Year] = None
    instrument: Text
    trigger: Text
    outcome: Text
    source: Name
    approx: bool = False


class State(Entry):
    """A state's figures. An empty figure is unknown and the model falls back as `sim/ODD.md` says, never silently."""

    name: Text
    also: list[Text] = Field([], description="other names and codes that people write for it")
    adjective: Text
    role: Role
    theatre: Theatre
    population_m: Optional[Figure] = Field(None, description="population, millions")
    qmv_population_share_pct: Optional[Figure] = Field(None, description="share of the EU's population, percent")
    gdp_usd_bn: Optional[Figure] = Field(None, description="gross domestic product, current USD, billions")
    defence_usd_bn: Optional[Figure] = Field(None, description="defence expenditure, current USD, billions")
    gci: Optional[Figure] = Field(None, description="ITU Global Cybersecurity Index 2020, 0 to 100")
    ncpi_rank: Optional[Figure] = Field(None, description="Belfer National Cyber Power Index 2022, 1 strongest of 30")
    cyber_incidents: Optional[Figure] = Field(None, description="publicly reported incidents 2015-2023")
    ideal_point: Optional[dict[Year, Figure]] = Field(None, description="UN General Assembly ideal point by year")
    es11_1: Optional[Literal["yes", "no", "abstain", "absent"]] = Field(None, description="vote on UNGA ES-11/1, 2022")
    government_effectiveness: Optional[Figure] = Field(None, description="WGI estimate, about -2.5 to +2.5")
    unfavourable: dict[Code, Figure] = Field({}, description="adults with an unfavourable view of it, percent")
    exposure: dict[Code, Exposure] = Field({}, description="by adversary")
    borders: list[Code] = Field([], description="adversaries across a land border, or that claim the whole of its land")
    coast: bool = Field(True, description="whether it lies on a sea")
    no_relations_with: list[Code] = Field([], description="adversaries with which it has no diplomatic relations")
    trade_fell_in: Optional[Year] = Field(
        None, description="from this year on, of trade with it only the share trade_rus_since_2022 is left"
    )
    episodes: list[CoercionEpisode] = []


class Days(Entry):
    """Calendar days, read as about the 5, 50 and 95 % quantiles."""

    min: CalendarDays
    typical: CalendarDays
    max: CalendarDays


class Precedent(Entry):
    """Something that really happened."""

    event: Text
    date: Optional[str] = None
    trigger: Optional[str] = None
    output: Optional[str] = None
    lag_days: Optional[Annotated[int, Field(ge=-36600, le=36600)]] = None
    result: Optional[str] = None
    approx: bool = False


class Format(Entry):
    """Where actors consult and decide."""

    name: Text
    short: Text = Field(description="what a chart or a story calls it")
    kind: Literal[
        "alliance",
        "partnership",
        "inter_organisation",
        "union",
        "club",
        "intelligence",
        "coalition",
        "multinational_body",
        "adjudication",
        "global",
        "bilateral",
        "sovereign",
    ]
    body: Optional[Literal["NATO", "EU"]] = Field(None, description="the body whose decision it is, if any")
    members: list[str] = Field(description="codes, or group:<name>, or any (every state)")
    voters: Optional[list[str]] = Field(None, description="who decides, when not all members")
    since: Optional[Date] = None
    mandate: dict[Issue, Annotated[int, Field(ge=0, le=4)]] = Field(
        description="0 none, 1 exchange, 2 coordinate, 3 decide politically, 4 bind"
    )
    reputation: dict[Issue, Figure] = Field({}, description="how well placed it is for an issue, 0 to 1")
    rule: Rule
    days: Days = Field(description="calendar days from trigger to its characteristic output, silence included")
    threshold: Optional[Figure] = Field(None, description="severity below which nobody calls it, 0 to 1")
    reluctance: Optional[Figure] = Field(
        None, description="what speaks against calling it over a single incident, in utility: for what is called rarely"
    )
    ready_for: list[Issue] = Field([], description="issues over which there is no such reluctance")
    names_culprit: bool = Field(
        False, description="gathers to name a culprit, so somebody concerned must be sure of it"
    )
    quorum: Annotated[int, Field(ge=2, le=50)] = Field(2, description="members whom a coalition needs to speak")
    members_only: bool = Field(False, description="called only over incidents that hit a member")
    for_the_four: bool = Field(
        False,
        description="NATO meets its four partners here: what projects of cooperation do for such meetings holds for "
        "it, and third parties notice that they meet",
    )
    outputs: list[Name] = Field(description="responses it can decide")
    duplicates: list[Name] = Field([], description="formats that do the same work")
    tempo: Optional[str] = Field(None, description="what moves it toward its shortest or longest time")
    base_rate: Optional[str] = None
    note: Optional[str] = None
    precedents: list[Precedent] = []
    sources: list[Name]
    approx: bool = False

    @staticmethod
    def otherwise(name):
        """What is said to somebody who writes a field that a format does not have."""
        return "`days` counts them: from the trigger to the output." if name == "silence_hours" else ""


class Escalation(Entry):
    """How a response sits on the published conflict scale."""

    cameo: Optional[str] = Field(None, description="nearest CAMEO event code")
    goldstein: Annotated[float, Field(ge=-10, le=10)] = Field(description="-10 most conflictual to +10 cooperative")
    risk: Annotated[float, Field(ge=0, le=5)] = Field(description="0 none to 5 severe")
    note: Optional[str] = None


class Response(Entry):
    """Something an actor can do about an incident."""

    name: Text
    phrase: Text = Field(description="as a verb phrase: 'publicly names the culprit'")
    category: Literal[
        "baseline",
        "diplomatic",
        "attribution",
        "legal",
        "sanctions",
        "trade",
        "resilience",
        "operational",
        "cooperation",
        "information",
        "military",
    ]
    kind: Optional[KindOfResponse] = Field(
        None,
        description="the kind of response, on which an actor decides before it picks an instrument; left out: as "
        "`coded_as` says, or cooperation",
    )
    coded_as: Optional[Name] = Field(
        None,
        description="the kind of act under which the historical cases count it, and as which the model treats it: a "
        "name of codebook.responses",
    )
    rung: Rung = Field(description="the lowest text that covers it")
    users: list[Literal["state", "EU", "NATO", "G7", "coalition", "partner"]]
    venues: Optional[Annotated[list[Name], Field(min_length=1)]] = Field(
        None,
        description="for a response of one's own: formats whose members alone may use it, beside those of formats that "
        "have it among their outputs; empty: whoever the users are",
    )
    decided_in: list[Name] = Field(
        [], description="formats that can decide it, beside those that have it among their outputs"
    )
    issues: list[Issue]
    competence: dict[Literal["nato", "eu", "state"], str] = {}
    legal_basis: Optional[str] = None
    attribution_min: Share = Field(description="lowest confidence at which states have used it")
    lead_days: Days = Field(description="calendar days from the incident to the first visible effect")
    cost: Annotated[float, Field(ge=0, le=5)] = Field(description="1 staff time to 5 macro-economic or military")
    cost_order: Optional[str] = Field(None, description="order of magnitude in money")
    pressure: Annotated[float, Field(ge=0, le=5)] = Field(description="material pressure on the adversary")
    signal: Annotated[float, Field(ge=0, le=5)] = Field(description="political signal")
    resilience: Annotated[float, Field(ge=0, le=5)] = Field(description="benefit to the victim in any case")
    escalation: Escalation
    habit: Optional[Figure] = Field(None, description="how much more, or less, usual it is than others of its kind")
    accuses: bool = Field(False, description="it says who did it, so it needs evidence")
    is_signed: bool = Field(
        False, description="a joint statement: members of a consultation join it with the text to which they agree"
    )
    is_inaction: bool = Field(False, description="it is no response: stories pass over it and charts do not count it")
    usual: Optional[Name] = Field(None, description="behaviour parameter: the same, for all who may use it")
    since: Optional[Date] = Field(
        None, description="first day on which there was such a thing: past cases that became known earlier do without"
    )
    instrument: Optional[Name] = Field(None, description="group whose members have the law or the means for it by then")
    takes: list[Means] = Field(
        [],
        description="what an actor must have for it: a coast, forces, relations with the suspect, a cyber service, or "
        "harm of its own",
    )
    follows: Optional[Name] = Field(None, description="response that a victim, or its body, must have taken first")
    rests_on_collection: bool = Field(False, description="rests on evidence of one's own that few services gather")
    effectiveness: Optional[str] = None
    base_rate: Optional[str] = None
    constraints: list[str] = []
    precedents: list[Precedent] = []
    sources: list[Name]
    approx: bool = False


class Effect(Entry):
    """What a cooperation project changes in the model once it delivers in full."""

    on: Literal[
        "sharing",  # weight of evidence shared between NATO and the four partners
        "discriminability",  # how well members tell a culprit from a false flag
        "decision_days",  # factor on days to decide where NATO meets the four
        "resilience",  # share of harm that members no longer suffer
        "ip4_standing",  # how well placed the NATO-IP4 formats are
        "perceived_threat",  # what third parties read into it
        "core_load",  # load on NATO's core mission
        "transparency",
        "openness",
        "duplication",
        "standing",
        "linkage",  # how far the other ocean counts as one's own
        "coercion_relief",
        "stake_technology",
    ]
    amount: Figure
    issue: Optional[Issue] = None


class Position(Entry):
    """A public position on a project, -2 strongly against to +2 strongly for."""

    value: Annotated[float, Field(ge=-2, le=2)]
    source: Name


class Project(Entry):
    """A cooperation project between NATO and its four partners."""

    name: Text
    short: Text
    article_role: Literal["named_area", "named_item", "limited_by_article", "principle"]
    components: list[str] = []
    is_moonshot: bool = False
    is_guardrail: bool = Field(
        False,
        description="it reassures allies: while it runs, others' veto risk is multiplied by the coefficient "
        "project_guardrail",
    )
    spends_on: Optional[Issue] = Field(None, description="issue that its money is for: measures of spending count it")
    cost_eur_m: Figure = Field(description="EUR million a year, all participants together")
    first_output_months: Figure
    full_months: Figure
    p_fail: Figure = Field(description="probability that it is agreed and yet never delivers")
    benefit: dict[str, Annotated[float, Field(ge=0, le=5)]] = {}
    risk: dict[str, Annotated[float, Field(ge=0, le=5)]] = {}
    formats: list[Name] = Field(description="formats that must agree to start it")
    veto_risk: Figure = Field(description="probability that at least one ally blocks within a year")
    positions: dict[Code, Position] = {}
    depends_on: list[Name] = []
    duplicates: list[Name] = Field([], description="formats that do the same work")
    effects: list[Effect] = []
    status: list[Precedent] = []
    maturity: Annotated[int, Field(ge=0, le=4)] = Field(0, description="0 idea to 4 institutionalised, end of 2024")
    sources: list[Name]
    approx: bool = False


class Domain(Entry):
    """What a coefficient can be at all, whoever sets it."""

    limits: tuple[float, float] = Field(description="lowest and highest value with which the model means anything")
    why: Text


class Parameter(Entry):
    """A coefficient of the model: value, range, and where it comes from."""

    value: float
    range: tuple[float, float]
    domain: Name = Field(description="what kind of number it is: a name of `domains`, which gives its limits")
    prior: Optional[tuple[float, float]] = Field(
        None, description="of a coefficient that is estimated from past cases: mean and standard deviation before them"
    )
    unit: str = "dimensionless"
    source: Name
    at: Optional[str] = None
    why: Text


class CodedResponse(Entry):
    """A kind of act under which the historical cases count what somebody did."""

    name: Text
    short: Text = Field(description="what a table or a chart calls it")
    counts: Text = Field(description="what counts as one")


class CaseKind(Entry):
    """A kind of historical case, and what it is as an exercise."""

    name: Text
    issue: Issue
    is_physical: bool = Field(False, description="people or things were hurt, not only data, trade or opinion")
    hurts_people: bool = Field(False, description="people were hurt, not only things")
    has_demand: bool = Field(False, description="it was done to make somebody give in")
    overt_when_sure: bool = Field(
        False, description="done for all to see: nobody doubts it where those who spoke were sure, and all knew of it"
    )
    after: Literal["window", "episode"] = Field(
        "window", description="until when responses count: a window after the decision, or the whole episode and after"
    )
    incident_days: Optional[Figure] = Field(
        None, description="days that the incident itself lasts; empty: as long as the case"
    )
    difficulty: Figure = Field(
        description="how hard it is to tell who does such a thing, 0 plain to 1 hopeless, whoever is named in the end"
    )
    without: list[Name] = Field([], description="responses to the issue that make no sense here")
    also: list[Name] = Field([], description="other words for it that a case file may use")
    why: Text


class Unattributed(Entry):
    """Whom it looked like in a case that nobody has been named for, which is told to nobody."""

    atlantic: Code = Field(description="whom it looks like when the victim is in the Atlantic, or anywhere else")
    pacific: Code = Field(description="whom it looks like when the victim is in the Pacific")


class Codebook(Entry):
    """How historical cases are coded, and read as exercises."""

    source: Name
    responses: dict[Name, CodedResponse] = Field(description="kinds of act that are coded, in the order of the files")
    kinds: dict[Name, CaseKind] = Field(description="kinds of case")
    difficulty: dict[Literal["none", "low", "medium", "high"], Figure] = Field(
        description="how hard it is to tell who did it, by how sure those who spoke said they were"
    )
    window_days: Figure = Field(description="responses count for so many days after the decision")
    episode_after_days: Figure = Field(description="responses to coercion count for so many days after its end")
    longest_days: Figure = Field(description="no case is played for longer")
    turn_days: Figure = Field(description="length of a turn")
    also_hit: Figure = Field(description="severity for those who were hit but are not the primary target, as a share")
    unattributed: Unattributed
    soft: dict[Literal["presumed-absent", "hint-0", "hint-1"], Figure] = Field(
        {}, description="chance that it was done, by the tag of a cell without a value: for estimates, never for scores"
    )
    unrecorded: dict[Name, Figure] = Field(
        {},
        description="the chance that a kind of act was done of which nothing at all is recorded; other kinds: nothing",
    )
    weights: dict[Literal["low", "soft", "unrecorded"], Figure] = Field(
        description="what a cell of low confidence, or with a tag in place of a value, weighs in estimates; others: 1"
    )


class Estimates(Entry):
    """What past cases say about the coefficients of behaviour, together: written by `oceans calibrate`."""

    cases: str = Field("", description="which cases, and the first digits of their digest")
    coefficients: list[Name] = Field([], description="those that were estimated, in the order of the numbers below")
    mean: list[float] = Field([], description="the most probable values")
    sd: list[Annotated[float, Field(gt=0, le=200)]] = Field([], description="standard deviations")
    correlation: list[list[Annotated[float, Field(ge=-1, le=1)]]] = Field(
        [], description="a row for each: its correlations with those before it"
    )
    without: dict[str, list[float]] = Field({}, description="the values found without a case, by the case's id")
    made: dict[str, str] = Field({}, description="how: runs of each case, dispersion, log-likelihood, version")


Amount = Annotated[float, Field(ge=0, le=1_000_000)]
Counted = Literal[
    "responses", "responses_to_one", "answers", "instruments", "name", "sanction", "legal_step", "summon",
    "consultations", "article_4", "article_5", "ministers", "texts", "weaker_texts", "days_to_joint_answer",
    "strongest_text", "strongest_day", "stopped", "sails_without_coast", "deals_without_relations", "accuses_in_doubt",
    "wants_to_accuse_in_doubt", "called_without_mandate", "felt_after_the_end", "works_on_its_own",
    "article_5_for_others", "stopped_after_its_end", "accuses_itself", "talks_and_presses",
]  # fmt: skip


class Volume(Entry):
    """How much of something happens: what the record says of it, and how far the play may be from that."""

    words: Text = Field(description="what is counted, in plain words")
    counts: Counted = Field(description="what is counted, by the name of the function that counts it")
    of: list[Issue] = Field([], description="incidents about these issues; empty: all")
    scenarios: list[Name] = Field([], description="scenarios it holds for; empty: all that have such an incident")
    since: Optional[Year] = Field(None, description="incidents from this year on")
    until: Optional[Year] = Field(None, description="incidents up to this year")
    statistic: Literal["median", "low", "high", "spread", "mean"] = Field(
        "median",
        description="which figure over seeds and incidents: the median, the 10 % or 90 % quantile, the distance "
        "between these two, or the mean",
    )
    low: Amount = Field(description="what the record says at least")
    high: Optional[Amount] = Field(None, description="and at most; empty: as much as there may be")
    tolerance: Amount = Field(0, description="how far beyond is still a fit")
    source: Name
    why: Text = Field(description="how the record says so; for a judgement, the reason for it")


class Volumes(Entry):
    """How much happens at all: what the play is counted for, and the record beside it."""

    coded: list[Code] = Field(description="states whose answers past cases code: third parties are counted among them")
    at_sea: list[Name] = Field(description="responses that need a coast")
    with_embassies: list[Name] = Field(description="responses that need diplomatic relations")
    summons: list[Name] = Field(description="responses that count as summoning an ambassador")
    talks: list[Name] = Field(description="responses that count as talking to the adversary")
    article_4: Name = Field(description="the format of Article 4 of the Washington Treaty")
    article_5: Name = Field(description="and that of Article 5")
    ministers: Name = Field(description="the format in which ministers of NATO meet those of the four")
    rows: dict[Name, Volume]


class Library(Entry):
    """All figures, by key."""

    states: dict[Code, State]
    groups: dict[Name, Group]
    bodies: dict[Code, Body]
    formats: dict[Name, Format]
    responses: dict[Name, Response]
    cooperation: dict[Name, Project]
    behaviour: dict[Name, Parameter]
    sources: dict[Name, Source]
    domains: dict[Name, Domain] = Field({}, description="what coefficients of behaviour can be at all")
    codebook: Optional[Codebook] = Field(None, description="how historical cases are coded, and read as exercises")
    estimates: Estimates = Field(
        Estimates.model_validate({}), description="what past cases say about the coefficients of behaviour"
    )
    volumes: Optional[Volumes] = Field(None, description="how much happens at all, by the record")


# ---------------------------------------------------------------------------------------------------- scenario


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


def _alike_or_not(turns):
    return "several" if isinstance(turns, list) else "one"


Schedule = Annotated[
    Union[
        Annotated[Turns, Tag("one")],
        Annotated[list[SomeTurns], Field(min_length=1, max_length=MOST_TURNS), Tag("several")],
    ],
    Discriminator(_alike_or_not),
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
        "publicness",
        "evidence",
        "severity",
        "tension",
        "linkage",
        "transparency",
        "standing",
        "narrative",
        "exposure",
        "capital",
        "difficulty",
    ]
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
    months_before: Months = Field(
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
