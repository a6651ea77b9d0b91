"""What the files of a run's folder may say, and parts that other manifests have too."""

from typing import Annotated, Any, Literal

from pydantic import Field

from sim.record.reading import Kept
from sim.scenario.wording import DIGEST_PATTERN, FILE_NAME_PATTERN

LARGEST_COUNT = 10**10
Digest = Annotated[str, Field(pattern=DIGEST_PATTERN)]
FileName = Annotated[str, Field(pattern=FILE_NAME_PATTERN, max_length=120)]
Line = Annotated[str, Field(pattern=r"^[^\n\r]*$", max_length=1000)]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Many = Annotated[int, Field(ge=1, le=LARGEST_COUNT)]
Seed = Annotated[int, Field(ge=0)]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Measures = dict[str, float | Literal["inf", "-inf", "nan"] | None]


class ScenarioFacts(Kept):
    """Which scenario was played; its name becomes part of a folder's."""

    name: FileName
    title: str
    digest: Digest


class RunManifest(Kept):
    """What `oceans run` and `oceans replay` keep of how they played.

    `files` has a digest of each file beside it; there is none in folders written before there were digests.
    """

    scenario: ScenarioFacts
    seed: Seed
    runs: Many
    seats: list[Line] = []
    policies: dict[Line, Line] = {}
    actions: list[str] = []
    releases: list[Line] = []
    is_finished: bool | None = None
    seconds: float | None = None
    run: Count | None = None
    replayed: dict[str, Any] | None = None
    proof: str | None = None
    command: list[str]
    started: Line
    versions: dict[Line, Line]
    platform: Line
    files: dict[FileName, Digest] | None = None


class EventFacts(Kept):
    """One event, as `Event.to_dict` has it; what its payload may say stands in `EVENT_KINDS`."""

    seq: Count
    turn: Count
    day: int
    date: Day
    phase: str
    kind: str
    actor: str | None
    incident: str | None
    payload: dict[str, Any]


class PrincipleFacts(Kept):
    """How a run did by one principle."""

    key: str
    statement: str
    score: float | None
    evidence: str


class RecordFacts(Kept):
    """A record, as `Record.to_dict` has it."""

    format: Literal[2]
    scenario_name: str
    title: str
    digest: str
    seed: Seed
    run: Count
    start: Day
    turns: Many
    days_per_turn: Many
    measures: Measures
    baseline_measures: Measures | None
    scorecard: list[PrincipleFacts]
    events: list[EventFacts]
