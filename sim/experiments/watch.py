"""Whether a sweep has told enough to end before its last block.

It is decided on the blocks in the order in which they are planned, after the first, the second, the third, the fourth,
the sixth, the eighth, the twelfth and so on, whoever has played how many by then: so the same sweep ends after the same
block, with the same bytes, on however many processes. An interval that is looked at again and again until it is narrow
holds a little less often than it says.
"""

from sim.experiments.result import Result


class Watch:
    """Sees to the end of a sweep that has conditions: after how many blocks of its order all of them hold.

    Parameters
    ----------
    folder : SweepFolder
    loaded : Loaded
    there : set of int, blocks that are there
    """

    def __init__(self, folder, loaded, there):
        self.folder, self.loaded, self.there = folder, loaded, set(there)
        self.order, self.looked, self.reached = folder.order(), 0, None
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
            if is_checkpoint(self.looked) and self.folder.until and self._holds(self.order[: self.looked]):
                self.reached = self.looked

    def _holds(self, numbers):
        part = Result(self.folder, numbers)
        return all(condition.holds(part, self.loaded) for condition in self.folder.until)


def is_checkpoint(blocks: int) -> bool:
    """Whether one looks after so many blocks: at powers of two, and once between.

    >>> [number for number in range(1, 33) if is_checkpoint(number)]
    [1, 2, 3, 4, 6, 8, 12, 16, 24, 32]
    """
    power = blocks // 3 if blocks % 3 == 0 else blocks
    return power & (power - 1) == 0
