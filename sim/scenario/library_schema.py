"""What the library may say: the figures that every exercise shares, each with its source (`scenarios/library/*.yaml`).

The kinds of value that a scenario uses too are here as well. A field's description is what a facilitator sees, so it
says what the field means, its unit and its range.
"""

import datetime
import re
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sim.catalogue.responses import RESPONSE_KINDS, RUNGS


def _as_written(day):
    """A date in text is year-month-day and nothing else: a bare number is not a count of seconds."""
    if isinstance(day, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day.strip()):
        raise ValueError("expected a date such as 2026-03-01")
    return day


CODE_PATTERN, NAME_PATTERN = r"^([A-Z]{3}|NATO|EU)$", r"^[a-z][a-z0-9_]*$"
ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$"
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)
Date = Annotated[datetime.date, BeforeValidator(_as_written), Field(ge=FIRST_DAY, le=LAST_DAY)]
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
Share = Annotated[float, Field(ge=0, le=1)]
CalendarDays = Annotated[float, Field(ge=0, le=36600)]
Code = Annotated[str, Field(pattern=CODE_PATTERN, description="ISO 3166 alpha-3 code, or NATO, or EU")]
Name = Annotated[str, Field(pattern=NAME_PATTERN, description="lower case letters, digits and underscores")]
Id = Annotated[str, Field(pattern=ID_PATTERN)]  # of a past case: also the name of a file
Text = Annotated[str, Field(pattern=r"\S")]  # not empty, not only spaces
SOMETHING = 0.05  # USD billion: the smallest economy there is has little more, and others are measured by it
YARDSTICK = "USA"  # every economy and every defence budget is measured by its own
MEASURED_BY = ("gdp_usd_bn", "defence_usd_bn")


class Entry(BaseModel):
    """Something written in YAML: frozen once read, and closed, since an ignored key is worse than an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    for_example: ClassVar[str] = ""  # how one is written, for whoever has written something else


class Of(NamedTuple):
    """In which section of the library a name is found, or the code of a state."""

    section: str


CodedName = Annotated[Name, Of("codebook")]
CoefficientName = Annotated[Name, Of("behaviour")]
DomainName = Annotated[Name, Of("domains")]
FormatName = Annotated[Name, Of("formats")]
GroupName = Annotated[Name, Of("groups")]
ProjectName = Annotated[Name, Of("cooperation")]
ResponseName = Annotated[Name, Of("responses")]
SourceName = Annotated[Name, Of("sources")]
StateCode = Annotated[Code, Of("states")]


class Between(NamedTuple):
    """Between what a figure makes sense, whoever sets it: the library, a scenario, or a sweep."""

    low: float
    high: float


class Source(Entry):
    """Where a figure comes from."""

    title: Text
    publisher: str | None = None
    date: str | None = Field(None, description="date or year of publication")
    address: str | None = Field(None, description="where it can be read")
    note: str | None = None


class Figure(Entry):
    """One number with its source. A judgement says so (`source: judgement`) and carries a range and a reason."""

    value: float
    year: Year | None = None
    source: Name
    at: str | None = Field(None, description="table, page or series in the source")
    range: tuple[float, float] | None = Field(None, description="lowest and highest defensible value")
    why: str | None = None
    approx: bool = Field(False, description="rounded, or from general knowledge: check before publishing")


ShareFigure = Annotated[Figure, Between(0, 1)]  # or a probability
Percent = Annotated[Figure, Between(0, 100)]
MoneyFigure = Annotated[Figure, Between(0, 1e6)]
MonthsFigure = Annotated[Figure, Between(0, 1200)]
DaysFigure = Annotated[Figure, Between(1, 3660)]


class Membership(Entry):
    """From when, and until when, a state belongs to a group."""

    since: Date | None = Field(None, description="first day; empty: as long as the group exists")
    until: Date | None = Field(None, description="last day; empty: still a member")


class Group(Entry):
    """States that belong together: an alliance, a union, a club, an intelligence community."""

    name: Text
    source: SourceName
    approx: bool = False
    tie: CoefficientName | None = Field(
        None, description="behaviour parameter: how far a member's trouble is the others' own"
    )
    sharing: CoefficientName | None = Field(
        None, description="behaviour parameter: how much of their evidence members share"
    )
    is_club: bool = Field(False, description="its members look to one another before they act")
    names_culprits: bool = Field(
        False, description="its members are used to saying who did it: they name more readily, by habit_naming"
    )
    is_the_four: bool = Field(
        False, description="NATO's partners: its projects of cooperation need them, and bring NATO's evidence to them"
    )
    members: dict[StateCode, Membership]


class Body(Entry):
    """An organisation that acts: a group with its own instruments and no will beyond its members'."""

    name: Text
    adjective: Text
    group: GroupName
    theatre: Theatre
    budget_eur_m: MoneyFigure | None = Field(None, description="yearly common budget, EUR million")
    speaks_alone: bool = Field(False, description="whether its head may speak for it without its members' assent")
    source: SourceName


class Exposure(Entry):
    """How much of a state's economy hangs on trade with another."""

    trade_pct_gdp: Annotated[Figure, Between(0, 1000)] | None = Field(
        None, description="goods trade with the other, percent of own GDP"
    )
    export_share_pct: Percent | None = Field(None, description="share of own goods exports that go there, percent")
    import_share_pct: Percent | None = Field(None, description="share of own goods imports from there, percent")
    energy: ShareFigure | None = Field(None, description="dependence on its energy, 0 none to 1 all")


class CoercionEpisode(Entry):
    """A time the state was the target of economic coercion."""

    by: StateCode
    start: Year
    end: Year | None = None
    instrument: Text
    trigger: Text
    outcome: Text
    source: SourceName
    approx: bool = False


class State(Entry):
    """A state's figures. An empty figure is unknown and the model falls back as `sim/ODD.md` says, never silently."""

    name: Text
    also: list[Text] = Field([], description="other names and codes that people write for it")
    adjective: Text
    role: Role
    theatre: Theatre
    population_m: Annotated[Figure, Between(0, 1e4)] | None = Field(None, description="population, millions")
    qmv_population_share_pct: Percent | None = Field(None, description="share of the EU's population, percent")
    gdp_usd_bn: Annotated[Figure, Between(SOMETHING, 1e6)] | None = Field(
        None, description="gross domestic product, current USD, billions"
    )
    defence_usd_bn: MoneyFigure | None = Field(None, description="defence expenditure, current USD, billions")
    gci: Percent | None = Field(None, description="ITU Global Cybersecurity Index 2020, 0 to 100")
    ncpi_rank: Annotated[Figure, Between(1, 30)] | None = Field(
        None, description="Belfer National Cyber Power Index 2022, 1 strongest of 30"
    )
    cyber_incidents: Annotated[Figure, Between(0, 1e6)] | None = Field(
        None, description="publicly reported incidents 2015-2023"
    )
    ideal_point: dict[Year, Annotated[Figure, Between(-10, 10)]] | None = Field(
        None, description="UN General Assembly ideal point by year"
    )
    es11_1: Literal["yes", "no", "abstain", "absent"] | None = Field(None, description="vote on UNGA ES-11/1, 2022")
    government_effectiveness: Annotated[Figure, Between(-5, 5)] | None = Field(
        None, description="WGI estimate, about -2.5 to +2.5"
    )
    unfavourable: dict[StateCode, Percent] = Field({}, description="adults with an unfavourable view of it, percent")
    exposure: dict[StateCode, Exposure] = Field({}, description="by adversary")
    borders: list[StateCode] = Field(
        [], description="adversaries across a land border, or that claim the whole of its land"
    )
    coast: bool = Field(True, description="whether it lies on a sea")
    no_relations_with: list[StateCode] = Field([], description="adversaries with which it has no diplomatic relations")
    trade_fell_in: Year | None = Field(
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
    date: str | None = None
    trigger: str | None = None
    output: str | None = None
    lag_days: Annotated[int, Field(ge=-36600, le=36600)] | None = None
    result: str | None = None
    approx: bool = False


class Format(Entry):
    """Where actors consult and decide."""

    name: Text
    short: Text = Field(description="what a chart or a story calls it")
    kind: Literal[
        "alliance", "partnership", "inter_organisation", "union", "club", "intelligence", "coalition",
        "multinational_body", "adjudication", "global", "bilateral", "sovereign"
    ]  # fmt: skip
    body: Literal["NATO", "EU"] | None = Field(None, description="the body whose decision it is, if any")
    members: list[str] = Field(description="codes, or group:<name>, or any (every state)")
    voters: list[str] | None = Field(None, description="who decides, when not all members")
    since: Date | None = None
    mandate: dict[Issue, Annotated[int, Field(ge=0, le=4)]] = Field(
        description="0 none, 1 exchange, 2 coordinate, 3 decide politically, 4 bind"
    )
    reputation: dict[Issue, ShareFigure] = Field({}, description="how well placed it is for an issue, 0 to 1")
    rule: Rule
    days: Days = Field(description="calendar days from trigger to its characteristic output, silence included")
    threshold: ShareFigure | None = Field(None, description="severity below which nobody calls it, 0 to 1")
    reluctance: Annotated[Figure, Between(0, 100)] | None = Field(
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
    outputs: list[ResponseName] = Field(description="responses it can decide")
    duplicates: list[FormatName] = Field([], description="formats that do the same work")
    tempo: str | None = Field(None, description="what moves it toward its shortest or longest time")
    base_rate: str | None = None
    note: str | None = None
    precedents: list[Precedent] = []
    sources: list[SourceName]
    approx: bool = False

    @staticmethod
    def otherwise(name):
        """What is said to somebody who writes a field that a format does not have."""
        return "`days` counts them: from the trigger to the output." if name == "silence_hours" else ""


class Escalation(Entry):
    """How a response sits on the published conflict scale."""

    cameo: str | None = Field(None, description="nearest CAMEO event code")
    goldstein: Annotated[float, Field(ge=-10, le=10)] = Field(description="-10 most conflictual to +10 cooperative")
    risk: Annotated[float, Field(ge=0, le=5)] = Field(description="0 none to 5 severe")
    note: str | None = None


class Response(Entry):
    """Something an actor can do about an incident."""

    name: Text
    phrase: Text = Field(description="as a verb phrase: 'publicly names the culprit'")
    category: Literal[
        "baseline", "diplomatic", "attribution", "legal", "sanctions", "trade", "resilience", "operational",
        "cooperation", "information", "military"
    ]  # fmt: skip
    kind: KindOfResponse | None = Field(
        None,
        description="the kind of response, on which an actor decides before it picks an instrument; left out: as "
        "`coded_as` says, or cooperation",
    )
    coded_as: CodedName | None = Field(
        None,
        description="the kind of act under which the historical cases count it, and as which the model treats it: a "
        "name of codebook.responses",
    )
    rung: Rung = Field(description="the lowest text that covers it")
    users: list[Literal["state", "EU", "NATO", "G7", "coalition", "partner"]]
    venues: Annotated[list[FormatName], Field(min_length=1)] | None = Field(
        None,
        description="for a response of one's own: formats whose members alone may use it, beside those of formats that "
        "have it among their outputs; empty: whoever the users are",
    )
    decided_in: list[FormatName] = Field(
        [], description="formats that can decide it, beside those that have it among their outputs"
    )
    issues: list[Issue]
    competence: dict[Literal["nato", "eu", "state"], str] = {}
    legal_basis: str | None = None
    attribution_min: Share = Field(description="lowest confidence at which states have used it")
    lead_days: Days = Field(description="calendar days from the incident to the first visible effect")
    cost: Annotated[float, Field(ge=0, le=5)] = Field(description="1 staff time to 5 macro-economic or military")
    cost_order: str | None = Field(None, description="order of magnitude in money")
    pressure: Annotated[float, Field(ge=0, le=5)] = Field(description="material pressure on the adversary")
    signal: Annotated[float, Field(ge=0, le=5)] = Field(description="political signal")
    resilience: Annotated[float, Field(ge=0, le=5)] = Field(description="benefit to the victim in any case")
    escalation: Escalation
    habit: Annotated[Figure, Between(-100, 100)] | None = Field(
        None, description="how much more, or less, usual it is than others of its kind"
    )
    accuses: bool = Field(False, description="it says who did it, so it needs evidence")
    is_signed: bool = Field(
        False, description="a joint statement: members of a consultation join it with the text to which they agree"
    )
    is_inaction: bool = Field(False, description="it is no response: stories pass over it and charts do not count it")
    usual: CoefficientName | None = Field(None, description="behaviour parameter: the same, for all who may use it")
    since: Date | None = Field(
        None, description="first day on which there was such a thing: past cases that became known earlier do without"
    )
    instrument: GroupName | None = Field(
        None, description="group whose members have the law or the means for it by then"
    )
    takes: list[Means] = Field(
        [],
        description="what an actor must have for it: a coast, forces, relations with the suspect, a cyber service, or "
        "harm of its own",
    )
    follows: ResponseName | None = Field(None, description="response that a victim, or its body, must have taken first")
    rests_on_collection: bool = Field(False, description="rests on evidence of one's own that few services gather")
    effectiveness: str | None = None
    base_rate: str | None = None
    constraints: list[str] = []
    precedents: list[Precedent] = []
    sources: list[SourceName]
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
    amount: Annotated[Figure, Between(-1, 1)]
    issue: Issue | None = None


class Position(Entry):
    """A public position on a project, -2 strongly against to +2 strongly for."""

    value: Annotated[float, Field(ge=-2, le=2)]
    source: SourceName


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
    spends_on: Issue | None = Field(None, description="issue that its money is for: measures of spending count it")
    cost_eur_m: MoneyFigure = Field(description="EUR million a year, all participants together")
    first_output_months: MonthsFigure
    full_months: MonthsFigure
    p_fail: ShareFigure = Field(description="probability that it is agreed and yet never delivers")
    benefit: dict[str, Annotated[float, Field(ge=0, le=5)]] = {}
    risk: dict[str, Annotated[float, Field(ge=0, le=5)]] = {}
    formats: list[FormatName] = Field(description="formats that must agree to start it")
    veto_risk: ShareFigure = Field(description="probability that at least one ally blocks within a year")
    positions: dict[StateCode, Position] = {}
    depends_on: list[ProjectName] = []
    duplicates: list[FormatName] = Field([], description="formats that do the same work")
    effects: list[Effect] = []
    status: list[Precedent] = []
    maturity: Annotated[int, Field(ge=0, le=4)] = Field(0, description="0 idea to 4 institutionalised, end of 2024")
    sources: list[SourceName]
    approx: bool = False


class Domain(Entry):
    """What a coefficient can be at all, whoever sets it."""

    limits: tuple[float, float] = Field(description="lowest and highest value with which the model means anything")
    why: Text


class Parameter(Entry):
    """A coefficient of the model: value, range, and where it comes from."""

    value: float
    range: tuple[float, float]
    domain: DomainName = Field(description="what kind of number it is: a name of `domains`, which gives its limits")
    prior: tuple[float, float] | None = Field(
        None, description="of a coefficient that is estimated from past cases: mean and standard deviation before them"
    )
    unit: str = "dimensionless"
    source: Name
    at: str | None = None
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
    incident_days: DaysFigure | None = Field(
        None, description="days that the incident itself lasts; empty: as long as the case"
    )
    difficulty: ShareFigure = Field(
        description="how hard it is to tell who does such a thing, 0 plain to 1 hopeless, whoever is named in the end"
    )
    without: list[ResponseName] = Field([], description="responses to the issue that make no sense here")
    also: list[Name] = Field([], description="other words for it that a case file may use")
    why: Text


class Unattributed(Entry):
    """Whom it looked like in a case that nobody has been named for, which is told to nobody."""

    atlantic: StateCode = Field(description="whom it looks like when the victim is in the Atlantic, or anywhere else")
    pacific: StateCode = Field(description="whom it looks like when the victim is in the Pacific")


class Codebook(Entry):
    """How historical cases are coded, and read as exercises."""

    source: SourceName
    responses: dict[Name, CodedResponse] = Field(description="kinds of act that are coded, in the order of the files")
    kinds: dict[Name, CaseKind] = Field(description="kinds of case")
    difficulty: dict[Literal["none", "low", "medium", "high"], ShareFigure] = Field(
        description="how hard it is to tell who did it, by how sure those who spoke said they were"
    )
    window_days: DaysFigure = Field(description="responses count for so many days after the decision")
    episode_after_days: Annotated[Figure, Between(0, 3660)] = Field(
        description="responses to coercion count for so many days after its end"
    )
    longest_days: DaysFigure = Field(description="no case is played for longer")
    turn_days: Annotated[Figure, Between(1, 366)] = Field(description="length of a turn")
    also_hit: ShareFigure = Field(
        description="severity for those who were hit but are not the primary target, as a share"
    )
    unattributed: Unattributed
    soft: dict[Literal["presumed-absent", "hint-0", "hint-1"], ShareFigure] = Field(
        {}, description="chance that it was done, by the tag of a cell without a value: for estimates, never for scores"
    )
    unrecorded: dict[Name, ShareFigure] = Field(
        {},
        description="the chance that a kind of act was done of which nothing at all is recorded; other kinds: nothing",
    )
    weights: dict[Literal["low", "soft", "unrecorded"], ShareFigure] = Field(
        description="what a cell of low confidence, or with a tag in place of a value, weighs in estimates; others: 1"
    )


class Estimates(Entry):
    """What past cases say about the coefficients of behaviour, together: written by `oceans calibrate`."""

    cases: str = Field("", description="which cases, and the first digits of their digest")
    coefficients: list[CoefficientName] = Field(
        [], description="those that were estimated, in the order of the numbers below"
    )
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
    since: Year | None = Field(None, description="incidents from this year on")
    until: Year | None = Field(None, description="incidents up to this year")
    statistic: Literal["median", "low", "high", "spread", "mean"] = Field(
        "median",
        description="which figure over seeds and incidents: the median, the 10 % or 90 % quantile, the distance "
        "between these two, or the mean",
    )
    low: Amount = Field(description="what the record says at least")
    high: Amount | None = Field(None, description="and at most; empty: as much as there may be")
    tolerance: Amount = Field(0, description="how far beyond is still a fit")
    source: SourceName
    why: Text = Field(description="how the record says so; for a judgement, the reason for it")


class Volumes(Entry):
    """How much happens at all: what the play is counted for, and the record beside it."""

    coded: list[StateCode] = Field(
        description="states whose answers past cases code: third parties are counted among them"
    )
    at_sea: list[ResponseName] = Field(description="responses that need a coast")
    with_embassies: list[ResponseName] = Field(description="responses that need diplomatic relations")
    summons: list[ResponseName] = Field(description="responses that count as summoning an ambassador")
    talks: list[ResponseName] = Field(description="responses that count as talking to the adversary")
    article_4: FormatName = Field(description="the format of Article 4 of the Washington Treaty")
    article_5: FormatName = Field(description="and that of Article 5")
    ministers: FormatName = Field(description="the format in which ministers of NATO meet those of the four")
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
    codebook: Codebook | None = Field(None, description="how historical cases are coded, and read as exercises")
    estimates: Estimates = Field(
        Estimates.model_validate({}), description="what past cases say about the coefficients of behaviour"
    )
    volumes: Volumes | None = Field(None, description="how much happens at all, by the record")


NOT_PLAYED = {  # facts for readers: whoever gave one another value would find that nothing changes
    (Body, "budget_eur_m"), (Escalation, "cameo"), (Escalation, "goldstein"), (Exposure, "import_share_pct"),
    (Project, "is_moonshot"), (Project, "maturity"), (State, "cyber_incidents"), (State, "es11_1"),
    (State, "government_effectiveness"), (State, "population_m"),
}  # fmt: skip
