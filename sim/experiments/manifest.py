"""What the manifest of a sweep's folder may say, and that its parts agree."""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field

from sim.experiments.blocks import NOT_MEASURES
from sim.experiments.design import METHODS, MOST_POINTS
from sim.experiments.factors import DISTRIBUTIONS, ESTIMATED
from sim.experiments.keep import AXES, COLUMNS
from sim.experiments.own import NAME
from sim.record.reading import Kept
from sim.record.store import Count, Digest, FileName, Line, Many, ScenarioFacts, Seed, signed

FORMAT = 3
MOST_BLOCKS = 10**7
PLAN = (
    "format", "scenario", "code", "versions", "design", "points", "baseline", "measures", "own", "kept", "until",
    "blocks",
)  # fmt: skip
Choice = bool | int | float | str


class FactorFacts(Kept):
    """One thing that varies or is held, as `Factor.to_dict` has it."""

    name: Line
    path: Line
    kind: Literal["uncertainty", "lever", "set"]
    low: int | float | None = None
    high: int | float | None = None
    choices: Annotated[list[Choice] | None, Field(min_length=1)] = None
    distribution: Literal[(*DISTRIBUTIONS, ESTIMATED)]  # type: ignore[valid-type]
    peak: float | None = None
    levels: Many
    is_whole: bool
    sd: float | None = None
    mix: list[float] | None = None


class DesignFacts(Kept):
    """The design without its points, as `Design.to_dict` has it."""

    method: Literal[(*METHODS, "file", "table")]  # type: ignore[valid-type]
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    replications: Many
    futures: Many
    crn: bool
    levers: Literal["sampled", "crossed"] | int
    seed: Seed
    factors: list[FactorFacts]


class OwnPolicyFacts(Kept):
    """A policy of one's own: how it is named, where it came from, and the digest of its source."""

    name: Line
    from_: Annotated[Line, Field(alias="from")]
    source: Digest


class OwnMeasureFacts(OwnPolicyFacts):
    """A measure of one's own likewise, and what it is called."""

    label: Line
    unit: Line
    better: Literal["higher", "lower"] | None
    description: str


class OwnFacts(Kept):
    """What a sweep has of one's own, as `sim.experiments.own` has it."""

    measures: list[OwnMeasureFacts]
    policies: list[OwnPolicyFacts]


class KeptFacts(Kept):
    """What is kept of each run beside its measures, and the labels along each axis."""

    names: list[Literal[tuple(COLUMNS)]]  # type: ignore[valid-type]
    axes: dict[Literal[AXES], list[int] | list[Line]]  # type: ignore[valid-type]


class BlocksFacts(Kept):
    """How the runs are cut into blocks."""

    size: Many
    count: Annotated[int, Field(ge=1, le=MOST_BLOCKS)]
    runs: Many


class ShardFacts(Kept):
    """A block that has been played, and the check of its file."""

    block: Count
    runs: Many
    failed: Count
    check: Digest
    bytes: Many


class OpeningFacts(Kept):
    """The exercise with people from which the runs go on: the lines of its session, and the last turn that is given."""

    session: Annotated[list[str], Field(min_length=1)]
    turn: Count


class SweepManifest(Kept):
    """The plan of a sweep, and at the end what was played."""

    format: Literal[3]
    scenario: ScenarioFacts
    code: Digest
    versions: dict[Line, Line]
    design: DesignFacts
    points: Digest
    baseline: bool
    measures: Annotated[list[Annotated[str, Field(pattern=NAME)]], Field(min_length=1)]
    own: OwnFacts
    kept: KeptFacts
    until: list[Line]
    blocks: BlocksFacts
    plan: Digest
    opening: OpeningFacts | None = None
    shard: Annotated[list[Many] | None, Field(min_length=2, max_length=2)] = None
    files: dict[FileName, Digest] | None = None
    finished: bool
    failed: Count | None = None
    shards: list[ShardFacts] | None = None
    digest: Digest


def plan_digest(manifest: dict) -> str:
    """The digest of all that decides the bytes of a sweep's runs."""
    plan = {name: manifest[name] for name in (*PLAN, *(["opening"] if manifest.get("opening") else []))}
    return hashlib.blake2b(json.dumps(plan, sort_keys=True).encode(), digest_size=16).hexdigest()


def order_of(manifest: dict) -> list[int]:
    """The blocks of a folder in the order in which they are played: of a grid or a written design, from all over it."""
    number, of = manifest.get("shard") or (1, 1)
    count = manifest["blocks"]["count"]
    numbers, bits = range(number - 1, count, of), count.bit_length()
    if manifest["design"]["method"] not in ("grid", "file", "table"):
        return list(numbers)
    return sorted(numbers, key=lambda number: f"{number:0{bits}b}"[::-1])


def disagreements(manifest: dict):
    """What a manifest says that cannot all be true, in words, one after the other.

    Parameters
    ----------
    manifest : dict that fits `SweepManifest`
    """
    design, blocks = manifest["design"], manifest["blocks"]
    if signed(manifest)["digest"] != manifest["digest"]:
        yield "its bytes are not those that were written"
    if plan_digest(manifest) != manifest["plan"]:
        yield "the plan is not the one that was written"
    if design["points"] * design["replications"] != blocks["runs"] or design["points"] % design["futures"]:
        yield f"{design['points']:,} points, {design['replications']:,} times each, are not {blocks['runs']:,} runs"
    if -(-blocks["runs"] // blocks["size"]) != blocks["count"]:
        yield f"{blocks['runs']:,} runs are not {blocks['count']:,} blocks of {blocks['size']:,}"
    named = [*NOT_MEASURES, *manifest["measures"]]
    if len(set(named)) < len(named):
        yield "a measure's name is taken"
    if not {one["name"] for one in manifest["own"]["measures"]} <= {*manifest["measures"]}:
        yield "a measure of one's own is not among the measures"
    if {axis for name in manifest["kept"]["names"] for axis in COLUMNS[name].axes} != {*manifest["kept"]["axes"]}:
        yield "what is kept has other axes"
    yield from _of_factors(design["factors"])
    yield from _of_what_was_played(manifest)


def _of_factors(factors):
    names = [factor["name"] for factor in factors if factor["kind"] != "set"]
    if not names or len(set(names)) < len(names) or "" in names:
        yield "what varies has no names of its own"
    for factor in factors:
        low, high, choices = (factor.get(name) for name in ("low", "high", "choices"))
        if choices is None and (factor["kind"] == "set" or low is None or high is None or low > high):
            yield f"'{factor['name'][:40]}' has neither choices nor a range from low to high"


def _of_what_was_played(manifest):
    number, of = manifest.get("shard") or (1, 1)
    shards = manifest.get("shards")
    if number > of:
        yield f"there is no shard {number}/{of}"
    elif manifest["finished"] != (shards is not None):
        yield "it does not say which blocks were played" if manifest["finished"] else "it is finished and is not"
    elif shards is not None and not _are_planned([shard["block"] for shard in shards], manifest):
        yield "the blocks that were played are not those of the plan"
    elif shards is not None and sum(shard["failed"] for shard in shards) != manifest.get("failed"):
        yield "the failed runs do not add up"


def _are_planned(blocks, manifest):
    """Whether blocks are all that were planned; the first of them, where a sweep may end when it has told enough."""
    order = order_of(manifest)
    return blocks == sorted(order[: len(blocks)]) and (len(blocks) == len(order) or bool(blocks and manifest["until"]))
