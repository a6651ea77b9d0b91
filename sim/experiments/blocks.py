"""The unit of work: a block of runs, played on any machine with the same bits, and the one file that is kept of it.

A run that raises becomes a row that says where and why; the rest of its block go on. What is kept, `000042.npy`, is a
shard: one structured record in numpy's own format, column after column, so that a measure of a million runs is read
without touching the others:

    shard = numpy.load("shards/000042.npy")[0]
    shard["harm"]               # float64, one for each run of the block; `baseline.harm` in the arm without cooperation
    shard["digest"]             # uint64: replaying a run must give the same
    shard["status"]             # 0 played, 1 failed; `failures` is JSON: [[run of the block, stage, reason], ...]

It knows the plan that it belongs to, its number, and a check of its bytes. It holds no time and no name of a machine:
a block has the same bytes wherever and whenever it is played.
"""

import functools
import hashlib
import io
import json
import operator
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Diagnostic, InputError
from sim.experiments.keep import Kept
from sim.record.reading import read_array

BASELINE = "baseline."
PLAYED, FAILED = 0, 1
NOT_PLAYED = -1  # among whole numbers, what stands for a run that failed
ABOUT = (("plan", "S32"), ("check", "S32"), ("block", "<i8"), ("first", "<i8"), ("runs", "<i8"), ("failed", "<i8"))
NOT_MEASURES = {*(name for name, _ in ABOUT), "digest", "status", "failures"}
PIECE = 512  # runs handed to the engine at once
SMALLEST, LARGEST = 256, 16384
LONGEST_REASON = 300


@dataclass(frozen=True)
class Study:
    """All that a worker needs to play any block of a sweep."""

    document: dict  # the scenario with what the sweep holds fixed
    name: str
    seed: int
    baseline: bool  # play each run a second time without the cooperation portfolio
    plan: str  # digest of the whole plan
    code: str  # digest of the program, which a worker elsewhere must agree with
    measures: tuple[str, ...]
    library: Any = field(default=None, repr=False)  # Library, when it is not the one that ships
    play: Callable | None = None  # like `sim.engine.play_points`, in its place; for tests
    own: Any = None  # Own, measures and policies of one's own
    kept: Kept = Kept()  # what is kept of each run beside its measures
    opening: Any = field(default=None, repr=False)  # of an exercise with people from whose moment all runs go on


@dataclass(frozen=True)
class Task:
    """A block of a study with its points."""

    number: int
    first: int  # index of its first run
    points: np.ndarray  # structured, the points that its runs are at, each once
    point_of: np.ndarray  # (runs,) of int, which of them each run is at
    replications: np.ndarray  # (runs,) of int
    paths: tuple[tuple[str, str], ...]  # name and path of the columns of `points`
    known: tuple[np.ndarray, dict] | None = None  # which of its runs were played before; column by column what came

    def __len__(self):
        return len(self.replications)


def block_size(runs: int) -> int:
    """How many runs a block has: so few that workers end together and progress shows, and yet a whole piece.

    >>> block_size(1_000), block_size(100_000), block_size(1_000_000), block_size(100_000_000)
    (256, 512, 4096, 16384)
    """
    return min(max(_power_of_two(max(min(runs / 16, PIECE), runs / 256)), SMALLEST), LARGEST)


def _power_of_two(count):
    return 1 << int(np.ceil(np.log2(max(count, 1))))


def task_of(design, number: int, size: int, known=None) -> Task:
    """A block of a design, with no more of its points than it needs; `known` as a Task has it."""
    first = number * size
    points, replications = design.runs_of(np.arange(first, min(first + size, design.runs)))
    rows = np.array(design.points[points[0] : points[-1] + 1])
    paths = tuple((factor.name, factor.path) for factor in design.varying)
    return Task(number, first, rows, points - points[0], replications, paths, known)


def run_block(study: Study, task: Task, play: Callable | None = None) -> bytes:
    """Plays a block, by the engine or a callable (points, replications) -> Played; the bytes of its shard."""
    with _ONE_AT_A_TIME:
        play = play or player(study)
        columns = _Columns(len(task), study)
        points, left = values_of(task), np.arange(len(task))
        if task.known:
            columns.know(*task.known)
            left = np.delete(left, task.known[0])
        for first in range(0, len(left), PIECE):
            _play_piece(columns, play, points, task, left[first : first + PIECE])
    return packed(study.plan, task.number, task.first, columns.table, columns.failures)


_ONE_AT_A_TIME = threading.Lock()  # in a process: a Dask worker may have several threads


def values_of(task: Task) -> list[dict]:
    """Path to value of each point of a block."""
    columns = [task.points[name].tolist() for name, _ in task.paths]
    paths = [path for _, path in task.paths]
    return [dict(zip(paths, row, strict=True)) for row in zip(*columns, strict=True)] or [{}] * len(task.points)


def _play_piece(columns, play, points, task, runs):
    """Plays some runs; where that fails, each half, down to the run that fails."""
    waiting = [runs]
    while waiting:
        runs = waiting.pop()
        try:
            played = play([points[at] for at in task.point_of[runs]], task.replications[runs])
        except Exception as error:
            if len(runs) == 1:
                columns.note(int(runs[0]), *_stage_and_reason(error))
                continue
            waiting += [part for part in reversed(_parts(runs, error)) if len(part)]
        else:
            columns.keep(runs, played)


def _parts(runs, error):
    """The runs around the one that is to blame, where the error says which; else two halves."""
    blamed = getattr(error, "index", None)
    if isinstance(blamed, int) and 0 <= blamed < len(runs):
        return runs[:blamed], runs[blamed : blamed + 1], runs[blamed + 1 :]
    middle = len(runs) // 2
    return runs[:middle], runs[middle:]


def _stage_and_reason(error):
    stage = str(getattr(error, "stage", "play"))
    reason = str(getattr(error, "reason", f"{type(error).__name__}: {error}"))
    return stage, " ".join(reason.split())[:LONGEST_REASON]


def columns_of(measures, kept, baseline) -> list[tuple[str, str, tuple[int, ...]]]:
    """Name, type and shape (without the runs) of all that a block holds of its runs, arm after arm."""
    arm = [*((name, "<f8", ()) for name in measures), *kept.columns]
    return arm + [(BASELINE + name, dtype, shape) for name, dtype, shape in arm if baseline]


class _Columns:
    """What comes of the runs of a block, column by column."""

    def __init__(self, runs, study):
        self.failures, self.study = [], study
        self.table = {"digest": np.zeros(runs, dtype="<u8")}
        for name, dtype, shape in columns_of(study.measures, study.kept, study.baseline):
            missing = np.nan if dtype == "<f8" else NOT_PLAYED
            self.table[name] = np.full((runs, *shape), missing, dtype=dtype)
        self.table["status"] = np.full(runs, FAILED, dtype="i1")

    def keep(self, runs, played):
        """Keeps what was played."""
        self.table["digest"][runs] = played.digest
        self.table["status"][runs] = PLAYED
        for arm, measures in (("", played.measures), (BASELINE, played.baseline_measures or {})):
            for name in measures:
                if arm + name in self.table:
                    self.table[arm + name][runs] = measures[name]

    def know(self, runs, table):
        """Takes over what came of some runs that were played before."""
        for name, values in table.items():
            self.table[name][runs] = values

    def note(self, run, stage, reason):
        """Notes a run that failed."""
        self.failures.append((run, stage, reason))


def player(study: Study):
    """The engine at work on a study, arranged once in each process."""
    if study.play is not None:
        return functools.partial(study.play, study)
    if study.plan not in _PLAYERS:
        from sim.engine import Points, play_points
        from sim.scenario import from_document

        own = study.own.at_hand() if study.own else None
        scenario = Points(from_document(study.document, study.name, library=study.library))
        _PLAYERS.clear()
        _PLAYERS[study.plan] = functools.partial(
            play_points, scenario, seed=study.seed, baseline=study.baseline, measures=own, keep=study.kept.readers(),
            opening=study.opening,
        )  # fmt: skip
    return _PLAYERS[study.plan]


_PLAYERS: dict = {}


# ------------------------------------------------------------------------------------------------------------ its file


class Damaged(InputError):
    """A shard that is not what was written, or not there."""

    def __init__(self, path, message):
        super().__init__([Diagnostic(str(path), 0, 0, message)])


def shard_name(number: int) -> str:
    """The file of a block.

    >>> shard_name(42)
    '000042.npy'
    """
    return f"{number:06}.npy"


def packed(plan: str, number: int, first: int, table: dict, failures: list) -> bytes:
    """The bytes of a shard: of the plan its digest, of the block its number and first run, the columns, what failed.

    A failure is (run of the block, stage, reason).
    """
    said = json.dumps(sorted(failures), ensure_ascii=True, separators=(",", ":")).encode() if failures else b""
    runs = len(table["status"])
    dtype = [*ABOUT, *((name, values.dtype, values.shape) for name, values in table.items())]
    record = np.zeros(1, dtype=[*dtype, ("failures", f"S{len(said)}")] if said else dtype)
    about = {"plan": plan.encode(), "block": number, "first": first, "runs": runs, "failed": len(failures)}
    for name, value in (about | table).items():
        record[name][0] = value
    if said:
        record["failures"][0] = said
    file = io.BytesIO()
    np.lib.format.write_array(file, record, allow_pickle=False)
    data = bytearray(file.getvalue())
    at = _place_of_check(record.dtype, len(data) - record.nbytes)
    data[at] = _check_of(data, at)
    return bytes(data)


def _place_of_check(dtype, head):
    """Where in a file the check stands, after a head of so many bytes."""
    start = head + dtype.fields["check"][1]
    return slice(start, start + dtype["check"].itemsize)


def _check_of(data, at):
    """A digest of a file's bytes, but for the place where the digest stands."""
    data = memoryview(data)
    digest = hashlib.blake2b(data[: at.start], digest_size=16)
    digest.update(data[at.stop :])
    return digest.hexdigest().encode()


def read_shard(path: Path, plan=None, number=None, first=None, runs=None, whole=False, columns=None, check=None):
    """A shard (1,), mapped into memory: nothing is read before it is asked for; Damaged when it is not what it must be.

    Parameters
    ----------
    plan, number, first, runs, check : what it must be, or None
    whole : read all of it and compare with its check
    columns : name, type and shape of what it holds of its runs, in both arms (see `columns_of`), or None
    """
    try:
        record = read_array(path)
    except InputError as error:
        raise Damaged(path, error.faults[0].message) from error
    if record.shape != (1,) or record.dtype.names is None or not _has_form(record.dtype, columns):
        raise Damaged(path, "this is not a shard, or not one of this sweep.")
    wanted = {"plan": plan and plan.encode(), "block": number, "first": first, "runs": runs}
    wrong = [name for name, value in wanted.items() if value is not None and record[name][0] != value]
    if "plan" in wrong:
        raise Damaged(path, "this shard is of another sweep, or damaged.")
    if wrong:
        raise Damaged(path, "damaged, or not the block that it is named after.")
    if check is not None and check.encode() != record["check"][0]:
        raise Damaged(path, "this is not the block that was played: it has another check.")
    if whole:
        _check_bytes(path, record)
    return record


def _has_form(dtype, columns):
    """Whether a shard has the columns, of the types and in the order, that `packed` gives it."""
    runs = dtype["status"].shape if "status" in dtype.names else ()
    failures = [("failures", dtype["failures"])] if "failures" in dtype.names and dtype["failures"].kind == "S" else []
    if columns is None:
        columns = [(name, "<f8", ()) for name in dtype.names if name not in NOT_MEASURES]
    held = [(name, kind, (*runs, *shape)) for name, kind, shape in columns]
    table = [("digest", "<u8", runs), *held, ("status", "i1", runs)]
    return len(runs) == 1 and dtype == np.dtype([*ABOUT, *table, *failures])


def _check_bytes(path, record):
    """That every byte of a shard is as it was written, and that what it says of its runs is true."""
    if _check_of(np.memmap(path, mode="r"), _place_of_check(record.dtype, record.offset)) != record["check"][0]:
        raise Damaged(path, "damaged, its bytes are not those that were written.")
    status, failures = record["status"][0], failures_of(record, path)
    failed = int(record["first"][0]) + np.flatnonzero(status == FAILED)
    if sorted(run for run, *_ in failures) != failed.tolist() or record["failed"][0] != len(failed):
        raise Damaged(path, "damaged, its failed runs do not add up.")


def failures_of(record, path="shard") -> list[tuple[int, str, str]]:
    """The failed runs of a shard: index in the whole sweep, stage, reason; Damaged when they cannot be read."""
    if "failures" not in record.dtype.names:
        return []
    first = int(record["first"][0])
    try:
        rows = json.loads(record["failures"][0])
        return [(first + operator.index(run), "" + stage, "" + reason) for run, stage, reason in rows]
    except (ValueError, TypeError, RecursionError):
        raise Damaged(path, "damaged, its failed runs cannot be read.") from None
