"""The unit of work: a block of runs, played on any machine with the same bits.

A run that raises becomes a row that says where and why; the rest of its block go on.
"""

import threading
from dataclasses import dataclass, field

import numpy as np

from sim.experiments import shards

PIECE = 512  # runs handed to the engine at once
SMALLEST, SMALL, LARGEST = 256, 2048, 16384
MANY = 32768  # runs from which blocks have their full size
LONGEST_REASON = 300


@dataclass(frozen=True)
class Study:
    """All that a worker needs to play any block of a sweep.

    Parameters
    ----------
    document : dict, the scenario with what the sweep holds fixed
    name : str
    seed : int
    baseline : bool, play each run a second time without the cooperation portfolio
    plan : str, digest of the whole plan
    code : str, digest of the program, which a worker elsewhere must agree with
    measures : tuple of str
    library : Library, when it is not the one that ships
    play : callable like `sim.engine.play_points`, in its place; for tests
    """

    document: dict
    name: str
    seed: int
    baseline: bool
    plan: str
    code: str
    measures: tuple[str, ...]
    library: object = field(default=None, repr=False)
    play: object = None


@dataclass(frozen=True)
class Task:
    """A block of a study with its points.

    Parameters
    ----------
    number : int, of the block; first : int, index of its first run
    points : structured array, the points that its runs are at, each once
    point_of : array (runs,) of int, which of them each run is at
    replications : array (runs,) of int
    paths : tuple of (name, path), of the columns of `points`
    """

    number: int
    first: int
    points: np.ndarray
    point_of: np.ndarray
    replications: np.ndarray
    paths: tuple

    def __len__(self):
        return len(self.replications)


def block_size(runs: int) -> int:
    """How many runs a block has: fewer in a small sweep, so that they spread over workers and progress shows.

    >>> block_size(1_000), block_size(100_000), block_size(1_000_000), block_size(100_000_000)
    (256, 2048, 4096, 16384)
    """
    if runs < MANY:
        return min(max(_power_of_two(runs / 16), SMALLEST), SMALL)
    return min(max(_power_of_two(runs / 256), SMALL), LARGEST)


def _power_of_two(count):
    return 1 << int(np.ceil(np.log2(max(count, 1))))


def task_of(design, number: int, size: int) -> Task:
    """A block of a design, with no more of its points than it needs."""
    first = number * size
    points, replications = design.runs_of(np.arange(first, min(first + size, design.runs)))
    rows = np.array(design.points[points[0] : points[-1] + 1])
    paths = tuple((factor.name, factor.path) for factor in design.varying)
    return Task(number, first, rows, points - points[0], replications, paths)


def run_block(study: Study, task: Task, play=None) -> bytes:
    """Plays a block; the bytes of its shard.

    Parameters
    ----------
    study : Study
    task : Task
    play : callable (points, replications) -> Played; default: the engine

    Returns
    -------
    bytes, see `sim.experiments.shards`
    """
    with _ONE_AT_A_TIME:
        play = play or player(study)
        columns = _Columns(len(task), study)
        points = values_of(task)
        for first in range(0, len(task), PIECE):
            _play_piece(columns, play, points, task, range(first, min(first + PIECE, len(task))))
    return shards.packed(study.plan, task.number, task.first, columns.table, columns.failures)


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
            played = play([points[task.point_of[run]] for run in runs], task.replications[runs.start : runs.stop])
        except Exception as error:
            if len(runs) == 1:
                columns.note(runs.start, *_stage_and_reason(error))
                continue
            waiting += [part for part in reversed(_parts(runs, error)) if part]
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


class _Columns:
    """What comes of the runs of a block, column by column."""

    def __init__(self, runs, study):
        self.failures, self.study = [], study
        names = [*study.measures, *(shards.BASELINE + name for name in study.measures if study.baseline)]
        self.table = {"digest": np.zeros(runs, dtype="<u8")}
        self.table |= {name: np.full(runs, np.nan, dtype="<f8") for name in names}
        self.table["status"] = np.full(runs, shards.FAILED, dtype="i1")

    def keep(self, runs, played):
        """Keeps what was played."""
        rows = slice(runs.start, runs.stop)
        self.table["digest"][rows] = played.digest
        self.table["status"][rows] = shards.PLAYED
        for name, values in played.measures.items():
            if name in self.table:
                self.table[name][rows] = values
        for name, values in (played.baseline_measures or {}).items():
            if shards.BASELINE + name in self.table:
                self.table[shards.BASELINE + name][rows] = values

    def note(self, run, stage, reason):
        """Notes a run that failed."""
        self.failures.append((run, stage, reason))


def player(study: Study):
    """The engine at work on a study, arranged once in each process."""
    if study.play is not None:
        return lambda points, replications: study.play(study, points, replications)
    if study.plan not in _PLAYERS:
        _PLAYERS.clear()
        _PLAYERS[study.plan] = _player(study)
    return _PLAYERS[study.plan]


_PLAYERS: dict = {}


def _player(study):
    from sim.engine import Points, play_points
    from sim.scenario import from_document

    scenario = Points(from_document(study.document, study.name, library=study.library))
    return lambda points, replications: play_points(scenario, points, replications, study.seed, study.baseline)
