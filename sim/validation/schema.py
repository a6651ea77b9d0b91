"""What a file of historical cases may say: who was hit, by whom, how hard, and what each actor did about it.

The classes below are the schema of `scenarios/history/*.yaml`, as `sim.scenario.schema` is that of a scenario. Only
what is used, and how sure it is, is described; remarks beside it are allowed, and `sim.validation.cases` says which.
"""

import datetime
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from sim.scenario.library_schema import Entry, Id, Share, Text

KINDS = (
    "statement_of_concern",
    "public_attribution",
    "sanctions_or_expulsions",
    "material_support",
    "legal_trade_action",
)
UNATTRIBUTED = "UNATTRIBUTED"
UNTAGGED = "untagged"
Sure = Literal["high", "medium", "low"]
SURE = get_args(Sure)
EVIDENCE = ("documented", "dataset", "general", "absence")  # each with how sure it is: documented-high
UNKNOWN = ("null", "via-EU", "presumed-absent", "hint-1", "hint-0")  # tags of cells without a value
# ISO 3166-1 alpha-3 as of 2024, and XKX for Kosovo, which the standard leaves to its users: a past case may have hit a
# state that the library has no figures of, but not one that does not exist.
COUNTRIES = frozenset(
    """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH
    BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB
    CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO
    GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN
    IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA
    MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER
    NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU
    RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA
    TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT
    WLF WSM XKX YEM ZAF ZMB ZWE
    """.split()
)


def first_day(written: Any) -> Any:
    """A date as the text of a day: `2012-04` and `2012` mean their first day.

    >>> first_day("2012-04")
    '2012-04-01'
    """
    if not isinstance(written, str) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", written.strip()):
        return written
    if not re.fullmatch(r"\d{4}(-\d{2})?", written.strip()):
        raise ValueError("expected a date such as 2026-03-01")
    return f"{written.strip()}-01-01"[:10]


def _number(written: Any) -> Any:
    """A whole number written as text, as the number that it is."""
    return int(written) if isinstance(written, str) and written.strip() in ("0", "1") else written


Day = Annotated[datetime.date, BeforeValidator(first_day)]
Done = Annotated[Literal[0, 1], BeforeValidator(_number)]
Conceded = Annotated[Literal[0, 1, "partial"], BeforeValidator(_number)]
Months = Annotated[float, Field(ge=0, le=1200)]
Days = Annotated[float, Field(ge=-36525, le=36525)]
IdealPoint = Annotated[float, Field(ge=-10, le=10)]
AssemblyYear = Annotated[int, Field(ge=1946, le=2100)]


def group_name(written: str) -> str:
    """How the library would write a group of states.

    >>> group_name("Five Eyes"), group_name("NATO")
    ('five_eyes', 'nato')
    """
    return written.strip().lower().replace(" ", "_").replace("-", "_")


@dataclass(frozen=True)
class Cell:
    """What one actor did of one kind in one case.

    >>> Cell(0, "absence-medium").confidence, Cell(None, "null").confidence
    ('medium', None)
    """

    value: int | None  # 1 it did, 0 it did not, None not known or not its to do
    evidence: str  # where that is from, and how sure it is: "documented-high", "absence-medium", "via-EU", "hint-1"

    @property
    def confidence(self) -> str | None:
        """How sure it is, "high", "medium" or "low"; None when nobody says."""
        last = self.evidence.rsplit("-", 1)[-1].lower()
        return last if last in SURE else None


class CaseEntry(Entry):
    """An entry of a file of cases."""

    @classmethod
    def otherwise(cls, name: str) -> str:
        """Advice on a field that this entry does not have.

        >>> Case.otherwise("publicness"), Case.otherwise("public_attribution")
        ("It belongs in 'attribution_context'.", "It belongs in an actor's line.")
        """
        if name in KINDS or name in Row.model_fields and name != "confidence":
            return "It belongs in an actor's line."
        home = next((part for part, entry in parts_of(Case).items() if name in entry.model_fields), None)
        if home is not None or name in Case.model_fields:
            return f"It belongs in {repr(home) if home else 'a case'}."
        return "A remark is explained under 'meta: codebook:', by its name."


def parts_of(model: type[Entry]) -> dict[str, type[Entry]]:
    """The fields of an entry that are entries themselves.

    >>> list(parts_of(CaseFile))
    ['meta']
    """
    annotations = {name: field.annotation for name, field in model.model_fields.items()}
    return {name: kind for name, kind in annotations.items() if isinstance(kind, type) and issubclass(kind, Entry)}


class Row(CaseEntry):
    """What one actor did in one case; a kind that is left out or null is not known."""

    statement_of_concern: Done | None = None
    public_attribution: Done | None = None
    sanctions_or_expulsions: Done | None = None
    material_support: Done | None = None
    legal_trade_action: Done | None = None
    confidence: Sure | None = Field(None, description="of the row as a whole, where a cell has no tag of its own")
    evidence: list[str | None] | None = Field(None, description="a tag for each kind, in the order of the kinds")
    is_target: bool = Field(False, description="it is one of those that were hit")

    def cell(self, kind: str) -> Cell:
        """What it did of one kind."""
        if self.evidence is None:
            return Cell(getattr(self, kind), f"{UNTAGGED}-{self.confidence}" if self.confidence else UNTAGGED)
        return Cell(getattr(self, kind), self.evidence[KINDS.index(kind)] or "null")


class Severity(CaseEntry):
    """How bad it was, 0 to 1."""

    value: Share
    confidence: Sure | None = None


class AttributionContext(CaseEntry):
    """How openly it was known at the time of the decision, and how sure those who spoke were of who did it."""

    publicness: Share
    certainty_at_time: Literal["none", "low", "medium", "high"] = "none"
    confidence: Sure | None = None


class CaseExposure(CaseEntry):
    """Which share of what was hit hung on the adversary."""

    share_hit_or_dependence: Share | None = None
    confidence: Sure | None = None


class Outcome(CaseEntry):
    """How it ended: whether the target gave in (None: nothing was demanded), and how long pressure lasted."""

    target_conceded: Conceded | None = None
    coercion_months: Months | None = None
    confidence: Sure | None = None


class CollectiveResponse(CaseEntry):
    """The first answer that was given together, or by the one that led."""

    type: Literal["collective", "lead_state_only", "none"] | None = None
    days_from_start: Days | None = None
    days_from_disclosure: Days | None = None
    confidence: Sure | None = None


class Case(CaseEntry):
    """One past crisis."""

    id: Id
    name: Text
    kind: Text = Field(description="a kind of case of the library's codebook")
    start_date: Day
    disclosure_date: Day | None = Field(None, description="when it became known; left out: at the start")
    decision_date: Day | None = Field(None, description="when it was first answered; left out: when it became known")
    targets: list[Text] = Field(min_length=1)
    primary_targets: list[Text] = Field([], description="those that were meant; left out: all targets")
    target_groups: list[Text] = []
    adversary: Text
    severity: Severity
    attribution_context: AttributionContext
    exposure: CaseExposure = CaseExposure()
    collective_response: CollectiveResponse = CollectiveResponse()
    outcome: Outcome = Outcome()
    actors_confidence: Sure | None = None
    actors: dict[str, Row | None]

    @property
    def victims(self) -> frozenset[str]:
        """The primary targets: what they do is no answer to somebody else's trouble."""
        flagged = (code for code, row in self.actors.items() if row is not None and row.is_target)
        return frozenset([*(self.primary_targets or self.targets), *flagged])

    @property
    def cells(self) -> dict[tuple[str, str], Cell]:
        """What each actor did of each kind, by (actor, kind), in the order of the file; unknown cells too."""
        rows = {code: row or Row.model_validate({}) for code, row in self.actors.items()}
        return {(code, kind): row.cell(kind) for code, row in rows.items() for kind in KINDS}


class Episode(CaseEntry):
    """A coercion of which only the outcome is known."""

    id: Id
    target: Text = Field(description="a code, or several: EU/USA/AUS")
    adversary: Text
    start: Day
    measure: str | None = None
    months: Months | None = None
    target_conceded: Conceded | None = None
    confidence: Sure | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The codes of those that were coerced."""
        return tuple(part.strip() for part in self.target.split("/") if part.strip())


class Covariates(CaseEntry):
    """Figures of an actor that the file itself gives; None where it does not."""

    body: bool = Field(False, description="it is an organisation and not a state")
    five_eyes: bool | None = None
    nato: bool | None = None
    eu: bool | None = None
    ip4: bool | None = None
    ideal_point: dict[AssemblyYear, IdealPoint] = Field(
        {}, description="UN General Assembly ideal point by year: unga_ideal_2020"
    )
    export_share_china_pct_approx: Annotated[float, Field(ge=0, le=100)] | None = None


class Meta(CaseEntry):
    """What the file says of itself."""

    title: str | None = None
    fields: list[str] = Field(list(KINDS), description="the kinds of act, in the order of the evidence")
    codebook: dict[str, str | None] = {}


class CaseFile(CaseEntry):
    """A file of historical cases."""

    meta: Meta = Meta.model_validate({})
    actor_covariates: dict[str, Covariates] = {}
    cases: list[Case] = Field(min_length=1)
    auxiliary_outcome_only_cases: list[Episode] = []
