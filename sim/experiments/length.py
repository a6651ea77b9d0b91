"""How long a sweep is: what it would cost, before it begins, and when it has told enough to end before its last block.

The end is decided on the blocks in the order in which they are planned, after the first, the second, the third, the
fourth, the sixth, the eighth, the twelfth and so on, whoever has played how many by then: so the same sweep ends after
the same block, with the same bytes, on however many processes. An interval that is looked at again and again until it
is narrow holds a little less often than it says.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.errors import did_you_mean, refusal
from sim.experiments.blocks import Study, player, task_of, values_of
from sim.experiments.estimate import mean
from sim.experiments.folder import SweepFolder
from sim.experiments.result import Result
from sim.experiments.sample import sample_of
from sim.letters import is_number
from sim.scenario import Loaded

FIRST_TIMED, TIMED = 16, 256  # runs at first and at most
LONG_ENOUGH = 2.0  # seconds of processor time that tell the rate
FEW = 5_000  # runs below which a sweep begins without being timed
MOST_HOURS, MOST_MEGABYTES = 1.0, 1000.0  # beyond which a sweep asks first
ENOUGH = "enough"


@dataclass(frozen=True)
class Cost:
    """What a sweep would cost."""

    points: int
    runs: int
    left: int  # runs that are still to be played
    timed: int  # runs that were timed
    megabytes: float  # of all runs on disk
    seconds: float  # of processor time for one run
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


def cost_of(folder: SweepFolder, study: Study, left: int, workers: int) -> Cost:
    """What a sweep would cost with so many runs left to play, from runs of its middle block, which are timed."""
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


# ----------------------------------------------------------------------------------------------------------- conditions


@dataclass(frozen=True)
class Until:
    """A condition: half an interval of a measure's mean is narrow enough; without a measure: enough runs for all."""

    measure: str | None = None
    half: float = 0.0

    def __str__(self):
        return f"{self.measure} ±{self.half:g}" if self.measure else ENOUGH

    def holds(self, part, loaded) -> bool:
        """Whether it holds in a part of a sweep."""
        if self.measure is None:
            from sim.experiments.analysis import analyse

            settled = [one for found in analyse(part, loaded=loaded).findings for one in found.settled if one.is_known]
            return bool(settled) and all(one.is_enough for one in settled)
        sample = sample_of(part, loaded)
        found = mean(sample.values(self.measure), sample.future, sample.replication)
        return bool((found.high - found.low) / 2 <= self.half)


def until_of(words, measures) -> tuple[Until, ...]:
    """Conditions on a sweep's measures as somebody writes them, "harm ±0.05" or "enough"; InputError with advice.

    >>> [str(one) for one in until_of(["harm +-0.05", "enough"], ["harm"])]
    ['harm ±0.05', 'enough']
    """
    return tuple(_condition(text.strip(), measures) for text in ([words] if isinstance(words, str) else words or ()))


def _condition(text, measures):
    if text == ENOUGH:
        return Until()
    name, _, half = (part.strip() for part in re.sub(r"\+/?-", "±", text).partition("±"))
    if not is_number(half) or not float(half) > 0:
        raise refusal(f"--until {text}: write 'harm ±0.05', half an interval that is narrow enough, or 'enough'.")
    if name not in measures:
        raise refusal(f"--until {text}: there is no measure '{name}'. {did_you_mean(name, measures)}")
    return Until(name, float(half))


# ------------------------------------------------------------------------------------------------------- when they hold


class Watch:
    """Sees to the end of a sweep that has conditions: after how many blocks of its order all of them hold.

    It is told which blocks are there, and then of each that is played.
    """

    def __init__(self, folder: SweepFolder, loaded: Loaded, there: Iterable[int]) -> None:
        self.folder, self.loaded, self.there = folder, loaded, set(there)
        self.conditions = until_of(folder.manifest["until"], folder.manifest["measures"])
        self.order, self.looked = folder.order(), 0
        self.reached: int | None = None
        self._look()

    @property
    def enough(self) -> list[int] | None:
        """The blocks after which all conditions hold; None as long as they do not."""
        return self.order[: self.reached] if self.reached else None

    def add(self, number) -> bool:
        """Notes a block that was played; whether the sweep has told enough."""
        self.there.add(number)
        self._look()
        return self.reached is not None

    def _look(self):
        while self.reached is None and self.looked < len(self.order) and self.order[self.looked] in self.there:
            self.looked += 1
            if is_checkpoint(self.looked) and self.conditions and self._holds(self.order[: self.looked]):
                self.reached = self.looked

    def _holds(self, numbers):
        part = Result(self.folder, numbers)
        return all(condition.holds(part, self.loaded) for condition in self.conditions)


def is_checkpoint(blocks: int) -> bool:
    """Whether one looks after so many blocks: at powers of two, and once between.

    >>> [number for number in range(1, 33) if is_checkpoint(number)]
    [1, 2, 3, 4, 6, 8, 12, 16, 24, 32]
    """
    power = blocks // 3 if blocks % 3 == 0 else blocks
    return power & (power - 1) == 0
