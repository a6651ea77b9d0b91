"""Estimates and their intervals, over runs that are not independent; and how many runs are enough for a mean.

Runs may share their future (the uncertainties) and their draws (the replication number): `future` and `replication`,
int arrays (runs,), say which. Both are allowed for: the variance is the two-way cluster-robust one, futures and draws.
Source: [Cameron2011], equation 2.11. Where all futures share one draw, chance is known from that draw alone: there is a
number, and no interval.

Of a table of points by replications, means, variances and their ratios come with what each run adds to their error:

    table = sample.table("harm")                       # (points, replications)
    factors, chance = parts_of_variance(table[:, None], sample.shares_draws)
    (chance / (factors + chance)).estimate(sample.shares_draws).value

Squares and products are of different replications of a point, so that chance adds nothing to them on average.

[Cameron2011] Cameron, Gelbach and Miller, Robust inference with multiway clustering, JBES 29, 2011.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, stdtr, stdtrit  # `scipy.stats` takes longer to come than a run to play

LEVEL = 0.95
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)  # of runs, as they are shown
STEPS = 24
FEWEST = 8
TOLERANCE = 0.05  # of the range that holds nine runs in ten
RARE = 0.1  # share of pairs that differ, below which their mean is no bell curve
MATTERS = 0.05  # of that range: what is less is not worth a headline, however sure it is
ONE_DRAW = "one draw of chance: how far chance moves it is unknown"


@dataclass(frozen=True)
class Estimate:
    """A number and the interval around it, at 95 % confidence; nan where nothing is known."""

    value: float
    low: float
    high: float

    @property
    def is_known(self):
        """Whether there is a number at all."""
        return bool(np.isfinite(self.value))

    def is_clear(self, of=0.0, among=1):
        """Whether the whole interval lies on one side of a number, when so many are looked at together (Bonferroni).

        >>> Estimate(1.0, 0.5, 1.5).is_clear(), Estimate(1.0, -0.5, 2.5).is_clear()
        (True, False)
        >>> Estimate(1.0, 0.1, 1.9).is_clear(among=10)
        False
        """
        from scipy.special import ndtri

        wider = ndtri(1 - (1 - LEVEL) / 2 / among) / ndtri(0.5 + LEVEL / 2)
        low, high = (self.value + wider * (end - self.value) for end in (self.low, self.high))
        return bool(low > of or high < of)


NOTHING = Estimate(np.nan, np.nan, np.nan)


def mean(values: ArrayLike, future: ArrayLike, replication: ArrayLike) -> Estimate:
    """The mean of what is known of some values (runs,), with its interval; nan where they do not apply.

    >>> estimate = mean(np.array([1.0, 3.0, 2.0, np.nan]), np.arange(4), np.arange(4))
    >>> estimate.value, estimate.low < 1 < 3 < estimate.high
    (2.0, True)
    """
    values = np.asarray(values, dtype=float)
    known = np.isfinite(values)
    if not known.any():
        return NOTHING
    centre = values[known].mean()
    influence = (values[known] - centre) / known.sum()
    return around(centre, influence, np.asarray(future)[known], np.asarray(replication)[known])


def difference(one: np.ndarray, other: np.ndarray, future: ArrayLike, replication: ArrayLike) -> Estimate:
    """Mean of one group of runs less the mean of another: (runs,) each, the values of a group and nan elsewhere."""
    here, there = np.isfinite(one), np.isfinite(other)
    if not (here.any() and there.any()):
        return NOTHING
    future, replication, influence = np.asarray(future), np.asarray(replication), np.zeros(len(one))
    for side, has, values in ((1, here, one), (-1, there, other)):
        groups = _count(future[has]) if _count(future) > 1 else _count(replication[has])
        wider = np.sqrt(groups / (groups - 1)) if groups > 1 else np.nan  # of one future, or draw, nothing is known
        influence[has] += side * wider * (values[has] - values[has].mean()) / has.sum()
    either = here | there
    gap = one[here].mean() - other[there].mean()
    return around(gap, influence[either], future[either], replication[either])


def share(is_so: ArrayLike, future: ArrayLike, replication: ArrayLike) -> Estimate:
    """The share of runs in which something is so, (runs,) of bool; Wilson's interval, for as many as they are worth.

    >>> share(np.array([True] * 8 + [False] * 2), np.arange(10), np.arange(10)).value
    0.8
    """
    is_so = np.asarray(is_so, dtype=float)
    if not is_so.size:
        return NOTHING
    part = is_so.mean()
    z, fewest = _reach(future, replication)
    if not np.isfinite(z):
        return Estimate(float(part), np.nan, np.nan)
    spread = variance((is_so - part) / is_so.size, future, replication)
    worth = part * (1 - part) / spread if spread > 0 else fewest
    return wilson(part, min(worth, is_so.size), z)


def wilson(part: float, count: float, z: float | None = None) -> Estimate:
    """Wilson's score interval of a share; z is how many standard errors it reaches. Source: Wilson, JASA 22, 1927.

    >>> estimate = wilson(0.5, 100)
    >>> round(estimate.low, 3), round(estimate.high, 3)
    (0.404, 0.596)
    """
    from scipy.special import ndtri

    z = ndtri(0.5 + LEVEL / 2) if z is None else z
    middle = (part + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * np.sqrt(part * (1 - part) / count + z * z / (4 * count * count))
    return Estimate(float(part), float(max(0, middle - half)), float(min(1, middle + half)))


def around(centre: float, influence: np.ndarray, future: ArrayLike, replication: ArrayLike) -> Estimate:
    """The interval around an estimate, from what each run contributes to its error, (runs,), which adds up to zero."""
    reach, _ = _reach(future, replication)
    half = reach * np.sqrt(variance(influence, future, replication))
    return Estimate(float(centre), float(centre - half), float(centre + half))


def _reach(future, replication):
    """How many standard errors an interval reaches (Student's t), and for how many groups; nan of one draw or future.

    Futures that share their draws are known from as few draws as there are, however many futures were played.
    """
    futures, draws = _count(future), _count(replication)
    fewest = draws if futures == 1 else min(futures, draws)
    return (float(stdtrit(fewest - 1, 0.5 + LEVEL / 2)) if fewest > 1 else np.nan), fewest


def variance(influence, future, replication):
    """Variance of an estimate whose runs share futures and draws. Source: [Cameron2011]."""
    by_future, by_draws = _squares(influence, future), _squares(influence, replication)
    return max(by_future + by_draws - _squares(influence, _both(future, replication)), by_future)


def _both(future, draws):
    """A group for each pair of future and draws; where one lies within the other, the finer of the two does."""
    future, draws = np.asarray(future), np.asarray(draws)
    for coarse, fine in ((future, draws), (draws, future)):
        owner = np.zeros(fine.max() + 1, dtype=coarse.dtype)
        owner[fine] = coarse
        if (owner[fine] == coarse).all():
            return fine
    return np.unique(future.astype(np.int64) * (int(draws.max()) + 1) + draws, return_inverse=True)[1]


def are_shared(future: ArrayLike, draws: ArrayLike) -> bool:
    """Whether futures share their draws; else each has its own.

    >>> are_shared(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])), are_shared(np.arange(3), np.arange(3))
    (True, False)
    """
    _, draw = np.unique(draws, return_inverse=True)
    owner = np.zeros(len(draw), np.asarray(future).dtype)
    owner[draw] = future
    return bool((owner[draw] != future).any())


def _count(group):
    return int((np.bincount(group) > 0).sum())


def _squares(influence, group):
    sums, count = np.bincount(group, weights=influence), _count(group)
    return float((sums**2).sum()) * (count / (count - 1) if count > 1 else 0.0)


def paired(one: ArrayLike, other: ArrayLike) -> Estimate:
    """Mean difference of runs that share their draws, pair by pair, with an interval that allows for heavy tails.

    The wider of Student's t and Hall's, which takes skewness out. Where nine pairs in ten do not differ, how often
    they do counts, and how far on average. Sources: Hall, J. R. Statist. Soc. B 54, 1992; Zou and Donner, Stat. Med.
    27, 2008. A pair counts when the measure applies to both; there is no interval where no pair differs, or of fewer
    than two.

    >>> paired(np.array([2.0, 3.0, 4.0]), np.array([1.0, 2.0, 2.0])).value.round(3)
    np.float64(1.333)
    """
    gap = _gaps(one, other)
    if gap.size < 2 or not gap.any():
        return Estimate(float(gap.mean()), np.nan, np.nan) if gap.size else NOTHING
    if _is_rare(gap):
        return _of_rare(gap)
    spread, reach = gap.std(ddof=1) / np.sqrt(gap.size), stdtrit(gap.size - 1, 0.5 + LEVEL / 2)
    ends = [-_without_skewness(gap, side * reach) for side in (-1, 1)]
    low, high = min(-reach, *ends) * spread, max(reach, *ends) * spread
    return Estimate(gap.mean(), float(gap.mean() + low), float(gap.mean() + high))


def _gaps(one, other):
    gap = np.asarray(one, dtype=float) - np.asarray(other, dtype=float)
    return gap[np.isfinite(gap)]


def _is_rare(gap):
    return (gap != 0).mean() < RARE


def _without_skewness(gap, reach):
    """How many standard errors an end lies off where Student's t says so many, for the skewness of a sample."""
    spread = gap.std()
    skewness = ((gap - gap.mean()) ** 3).mean() / spread**3 if spread else 0.0
    if abs(skewness) < 1e-6:
        return reach
    third, root = skewness / 3, np.sqrt(gap.size)
    return (np.cbrt(1 + 3 * third * (reach / root - skewness / (6 * gap.size))) - 1) / third * root


def _of_rare(gap):
    """The mean of what is mostly nought: shares of pairs that rise and that fall, times how far they do on average."""
    size = np.abs(gap[gap != 0])
    far = size.mean() + (1.96 * size.std(ddof=1) / np.sqrt(size.size) if size.size > 1 else size.mean())
    rise, fall = (wilson((side * gap > 0).mean(), gap.size) for side in (1, -1))
    up, down = (gap[gap > 0].sum() / gap.size, -gap[gap < 0].sum() / gap.size)
    value = float(gap.mean())
    below = np.hypot(max(up - rise.low * size.mean(), 0), max(fall.high * far - down, 0))
    above = np.hypot(max(rise.high * far - up, 0), max(down - fall.low * size.mean(), 0))
    return Estimate(value, float(value - below), float(value + above))


def p_value(one: ArrayLike, other: ArrayLike) -> float:
    """Two-sided p of the paired t test, or of the sign test where nine pairs in ten do not differ.

    1 where no pair differs, or there are fewer than two.

    >>> p_value(np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    1.0
    """
    gap = _gaps(one, other)
    if gap.size < 2 or not gap.any():
        return 1.0
    if _is_rare(gap):
        fewer = min((gap > 0).sum(), (gap < 0).sum())
        return min(1.0, float(2 * bdtr(fewer, (gap != 0).sum(), 0.5)))
    spread = gap.std(ddof=1)
    return 0.0 if spread == 0 else float(2 * stdtr(gap.size - 1, -abs(gap.mean()) / (spread / np.sqrt(gap.size))))


def holm(chances: Sequence[float], alpha: float = 1 - LEVEL) -> list[bool]:
    """Which of several tests hold when all are looked at together. Source: Holm, Scand. J. Statist. 6, 1979.

    >>> holm([0.001, 0.04, 0.03])
    [True, False, False]
    """
    order, hold = np.argsort(chances), [False] * len(chances)
    for rank, at in enumerate(order):
        if chances[at] > alpha / (len(chances) - rank):
            break
        hold[at] = True
    return hold


@dataclass(frozen=True)
class Convergence:
    """A measure's mean as futures are added, in an order drawn at random."""

    measure: str
    futures: tuple[int, ...]  # how many were counted in
    means: tuple[Estimate, ...]
    tolerance: float  # half-width that is good enough: a twentieth of the range that holds nine runs in ten
    enough: int | None  # futures from which the interval stays that narrow
    needed: int | None  # futures that would do: what was enough, or an estimate of it
    chance: float  # share of the mean's error that comes from draws shared by all futures, 0 to 1
    replications: int

    @property
    def sentence(self):
        """The finding in plain words."""
        if not self.futures:
            return "too few futures have a value to say how many would be enough"
        if self.replications == 1:
            return (
                f"{ONE_DRAW}, so how many runs would be enough is unknown too; play each point more often (--reps 10)"
            )
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


def convergence(sample, name: str, seed: int = 1) -> Convergence:
    """How a measure's mean settles over a sample; the seed is for the order in which futures are counted in."""
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
    good = TOLERANCE * float(high - low)
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


# --------------------------------------------------------------------------------------------------- moments of a table


@dataclass(frozen=True)
class Moment:
    """A number, and what each run contributes to its error."""

    value: float
    influence: np.ndarray  # (rows, replications), a row for each point, or block of points, that varies alone

    def __add__(self, other: "Moment") -> "Moment":
        return Moment(self.value + other.value, self.influence + other.influence)

    def __truediv__(self, other: "Moment") -> "Moment":
        share = self.value / other.value if other.value else np.nan
        return Moment(share, (self.influence - share * other.influence) / (other.value or np.nan))

    def estimate(self, shares_draws: bool, group: np.ndarray | None = None) -> Estimate:
        """The number with its interval.

        Parameters
        ----------
        shares_draws : bool, a replication is the same draw in all rows; else each row has draws of its own
        group : int array (rows,), rows that vary together; default: none do
        """
        rows, count = self.influence.shape
        row = np.arange(rows) if group is None else group
        draw = np.tile(np.arange(count), rows) if shares_draws else np.arange(rows * count)
        if not np.isfinite(self.value):
            return NOTHING
        return around(self.value, self.influence.ravel(), np.repeat(row, count), draw)

    def share(self, shares_draws: bool, group: np.ndarray | None = None) -> Estimate:
        """The number with its interval where it is a share from 0 to 1; the interval stays within."""
        from scipy.special import expit, logit

        found = self.estimate(shares_draws, group)
        if not 0 < found.value < 1:
            return found
        half = (found.high - found.value) / (found.value * (1 - found.value))
        return Estimate(found.value, *(float(expit(logit(found.value) + side * half)) for side in (-1, 1)))


def moment(cells: np.ndarray, degree: int = 2) -> Moment:
    """The mean over rows of the mean over what is known in each: cells (rows, replications), nan where nothing is said.

    `degree` is 2 where a cell is of two replications (squares, products), else 1.

    >>> moment(np.array([[1.0, 3.0], [4.0, np.nan]]), degree=1).value
    3.0
    """
    known = np.isfinite(cells)
    count = known.sum(axis=1, keepdims=True)
    rows = max(int((count > 0).sum()), 1)
    means = np.where(known, cells, 0).sum(axis=1, keepdims=True) / np.maximum(count, 1)
    value = float(means.sum() / rows)
    deviations = means - value + degree * (np.where(known, cells, 0) - means)
    return Moment(value, np.where(known, deviations / (rows * np.maximum(count, 1)), 0.0))


def product(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Products of what two points come to over their draws: each cell its share in the pairs of different replications.

    Both are (..., replications); of one replication, it is the product as it is, chance and all.

    >>> product(np.array([1.0, 3.0]), np.array([1.0, 3.0])).mean()
    np.float64(3.0)
    """
    both = np.isfinite(one) & np.isfinite(other)
    if one.shape[-1] == 1:
        return one * other
    one, other = np.where(both, one, 0), np.where(both, other, 0)
    rest = both.sum(axis=-1, keepdims=True) - 1
    found = one * (other.sum(axis=-1, keepdims=True) - other) + other * (one.sum(axis=-1, keepdims=True) - one)
    return np.where(both & (rest > 0), found / (2 * np.maximum(rest, 1)), np.nan)


def parts_of_variance(table: np.ndarray, shares_draws: bool) -> tuple[Moment, Moment | None]:
    """The variance between points that the factors make, and that within points, which chance makes.

    The table is (rows, points of a row, replications); of one replication the first holds both, and there is no second.
    """
    known = np.isfinite(table)
    count = known.sum(axis=(0, 1) if shares_draws else None)
    centre = np.where(known, table, 0).sum(axis=(0, 1) if shares_draws else None) / np.maximum(count, 1)
    points = max(int(known.any(axis=2).sum()), 2)
    centred = table - centre
    factors = moment(product(centred, centred).mean(axis=1) * points / (points - 1))
    if table.shape[2] == 1:
        return factors, None
    times = known.sum(axis=2, keepdims=True)
    means = np.where(known, table, 0).sum(axis=2, keepdims=True) / np.maximum(times, 1)
    within = np.where(times > 1, (table - means) ** 2 * times / np.maximum(times - 1, 1), np.nan)
    return factors, moment(within.mean(axis=1), degree=1)
