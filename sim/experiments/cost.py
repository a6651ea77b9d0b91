"""What a sweep would cost: its points, runs, megabytes and hours, from one block whose runs are played and timed."""

import time
from dataclasses import dataclass

import numpy as np

from sim.experiments.blocks import player, task_of, values_of

FIRST_TIMED, TIMED = 16, 256  # runs at first and at most
LONG_ENOUGH = 2.0  # seconds of processor time that tell the rate
FEW = 5_000  # runs below which a sweep begins without being timed
MOST_HOURS, MOST_MEGABYTES = 1.0, 1000.0  # beyond which a sweep asks first


@dataclass(frozen=True)
class Cost:
    """What a sweep would cost.

    Parameters
    ----------
    points, runs : int; left : int, runs that are still to be played; timed : int, runs that were timed
    megabytes : float, of all runs on disk
    seconds : float, of processor time for one run; workers : int
    """

    points: int
    runs: int
    left: int
    timed: int
    megabytes: float
    seconds: float
    workers: int

    @property
    def hours(self) -> float:
        """Hours that it takes, if each worker has a processor of its own."""
        return self.seconds * self.left / self.workers / 3600

    @property
    def is_large(self) -> bool:
        """Whether it takes so long, or so much room, that somebody should be asked first."""
        return self.hours > MOST_HOURS or self.megabytes > MOST_MEGABYTES

    def to_dict(self) -> dict:
        """As plain data."""
        return {**vars(self), "hours": self.hours}

    def __str__(self):
        """In words.

        >>> print(Cost(1024, 10240, 10240, 256, 3.0, 0.01, 2))
        1,024 points, 10,240 runs, all to be played. About 3 MB and 51 s on 2 processes (100 runs a second on each).
        """
        left = "all to be played" if self.left == self.runs else f"{self.left:,} still to be played"
        long = f"{self.hours:,.1f} h" if self.hours >= 1 else f"{self.hours * 60:.0f} min"
        if self.hours < 0.05:
            long = f"{max(self.hours * 3600, 1):.0f} s"
        rate, each = f"{1 / self.seconds:,.0f} runs a second", " on each" if self.workers > 1 else ""
        return (
            f"{self.points:,} points, {self.runs:,} runs, {left}. About {max(self.megabytes, 1):,.0f} MB and {long} on "
            f"{self.workers} process{'es' * (self.workers > 1)} ({rate}{each})."
        )


def cost_of(folder, study, left, workers) -> Cost:
    """What a sweep would cost, from runs of its middle block that are played and timed.

    Parameters
    ----------
    folder : SweepFolder
    study : Study
    left : int, runs still to be played
    workers : int
    """
    task, play = task_of(folder.design, folder.manifest["blocks"]["count"] // 2, folder.size), player(study)
    points, timed = values_of(task), min(FIRST_TIMED, len(task))
    seconds = _timed(play, points, task, timed)
    while seconds < LONG_ENOUGH and timed < min(TIMED, len(task)):
        timed = min(TIMED, len(task))
        seconds = _timed(play, points, task, timed)
    bytes_of_run = sum(np.dtype(kind).itemsize * int(np.prod(shape)) for _, kind, shape in folder.all_columns)
    megabytes = (bytes_of_run * folder.runs + folder.design.points.nbytes) / 1e6
    return Cost(len(folder.design.points), folder.runs, left, timed, megabytes, max(seconds, 1e-9) / timed, workers)


def _timed(play, points, task, runs):
    """Seconds of processor time that the first runs of a block take."""
    values = [points[at] for at in task.point_of[:runs]]
    play(values[:1], task.replications[:1])  # what is arranged once is no part of it
    began = time.process_time()
    play(values, task.replications[:runs])
    return time.process_time() - began
