"""Means, variances and their ratios over a table of points by replications, with what each run adds to their error.

    table = sample.table("harm")                       # (points, replications)
    factors, chance = parts_of_variance(table[:, None], sample.shares_draws)
    (chance / (factors + chance)).estimate(sample.shares_draws).value

Squares and products are of different replications of a point, so that chance adds nothing to them on average. Intervals
are those of `estimate.around`: points vary, and so do replications.
"""

from dataclasses import dataclass

import numpy as np

from sim.experiments.estimate import Estimate, around


@dataclass(frozen=True)
class Moment:
    """A number, and what each run contributes to its error.

    value : float; influence : array (rows, replications), a row for each point, or block of points, that varies alone
    """

    value: float
    influence: np.ndarray

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
            return Estimate(np.nan, np.nan, np.nan)
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
    """The mean over rows of the mean over what is known in each.

    Parameters
    ----------
    cells : array (rows, replications), nan where a run says nothing
    degree : 2 where a cell is of two replications (squares, products), else 1

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

    one, other : arrays (..., replications); of one replication, the product as it is, chance and all

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

    Parameters
    ----------
    table : array (rows, points of a row, replications)
    shares_draws : bool

    Returns
    -------
    (Moment, Moment or None); of one replication the first holds both, and there is no second
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
