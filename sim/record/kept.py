"""What the manifest of a run may say, and parts that other manifests have too."""

from typing import Annotated, Any

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
