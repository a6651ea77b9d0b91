"""How many runs are enough: a mean and its interval as more and more futures are counted in."""

from dataclasses import dataclass

import numpy as np

from sim.experiments.estimate import mean, variance

STEPS = 24
FEWEST = 8
TOLERANCE = 0.05  # of the range that holds nine runs in ten


@dataclass(frozen=True)
class Convergence:
    """A measure's mean as futures are added, in an order drawn at random.

    Parameters
    ----------
    measure : str
    futures : tuple of int, how many were counted in
    means : tuple of Estimate
    tolerance : float, half-width that is good enough: a twentieth of the range that holds nine runs in ten
    enough : int or None, futures from which the interval stays that narrow
    needed : int, futures that would do (what was enough, or an estimate of it)
    chance : float, share of the mean's error that comes from draws shared by all futures, 0 to 1
    replications : int
    """

    measure: str
    futures: tuple
    means: tuple
    tolerance: float
    enough: int | None
    needed: int | None
    chance: float
    replications: int

    @property
    def sentence(self):
        """The finding in plain words."""
        if not self.futures:
            return "too few futures have a value to say how many would be enough"
        half = (self.means[-1].high - self.means[-1].low) / 2
        if self.enough:
            said = f"{self.enough:,} of the {self.futures[-1]:,} futures"
            return f"{said} were enough to know the mean to a twentieth of the range of the runs"
        if self.chance > 0.5 and self.replications > 1:
            more = max(self.replications + 1, int(np.ceil(self.replications * (half / self.tolerance) ** 2)))
            shared = f"too few replications: all futures share the draws of {self.replications}"
            return f"{shared}, and about {more:,} (--reps) would do"
        if self.needed:
            return f"not yet enough: about {self.needed:,} futures would do, {self.futures[-1]:,} were played"
        return "too little varies to say how many futures would be enough"


def convergence(sample, name, seed=1, tolerance=TOLERANCE):
    """How a measure's mean settles.

    Parameters
    ----------
    sample : Sample
    name : str, measure
    seed : int, for the order in which futures are counted in
    tolerance : float, good enough, as a share of the range that holds nine runs in ten

    Returns
    -------
    Convergence
    """
    values = sample.values(name)
    known = np.isfinite(values)
    present = np.unique(sample.future[known])
    if len(present) < 2 * FEWEST:
        return Convergence(name, (), (), np.nan, None, None, 0.0, sample.replications)
    rank = np.full(sample.future.max() + 1, len(sample.x))
    rank[present] = np.random.default_rng([seed, 9]).permutation(len(present))
    counts = np.unique(np.geomspace(FEWEST, len(present), STEPS).round().astype(int))
    turn = np.where(known, rank[sample.future], len(sample.x))
    means = [
        mean(values[turn < count], sample.future[turn < count], sample.replication[turn < count]) for count in counts
    ]
    low, high = np.quantile(values[known], (0.05, 0.95))
    good = tolerance * float(high - low)
    halves = np.array([(estimate.high - estimate.low) / 2 for estimate in means])
    enough = _enough(counts, halves, good)
    needed = enough or (
        int(np.ceil(counts[-1] * (halves[-1] / good) ** 2)) if good > 0 and np.isfinite(halves[-1]) else None
    )
    return Convergence(
        name, tuple(int(count) for count in counts), tuple(means), good, enough, needed,
        _share_of_chance(values[known], sample.future[known], sample.replication[known]), sample.replications,
    )  # fmt: skip


def _enough(counts, halves, good):
    narrow = halves <= good
    if not narrow[-1]:
        return None
    wide = np.flatnonzero(~narrow)
    return int(counts[wide[-1] + 1 if wide.size else 0])


def _share_of_chance(values, future, replication):
    influence = (values - values.mean()) / len(values)
    everywhere = variance(influence, future, replication)
    futures_alone = variance(influence, future, np.arange(len(values)))
    return float(max(0.0, 1 - futures_alone / everywhere)) if everywhere > 0 else 0.0
