"""One thing that varies: where its path leads, and which values it takes.

A factor leads by a path to one value of the scenario or the library. Its values are drawn from a share of its
probability: 0 is the lowest value, 1 the highest, so that one design serves ranges and choices alike.
"""

from dataclasses import dataclass

import numpy as np

DISTRIBUTIONS = ("uniform", "triangular", "normal")
ESTIMATED = "estimated"  # drawn together with others, as past cases tell them
LEVELS = 3  # of a range in a grid
SMALLEST = 1e-9  # a share nearer to 0 or 1 would be infinitely far from the middle of a normal
EDGE = 2.0  # standard deviations between the middle of a normal factor and the ends of its range


@dataclass(frozen=True)
class Factor:
    """One thing that varies, or is held at a value of its own.

    Parameters
    ----------
    name : str, as in the scenario; for one added by its path, the path
    path : str
    kind : "uncertainty", "lever" or "set" (held at `choices[0]`)
    low, high : ends of the range, or None
    choices : tuple of values, or None
    distribution : "uniform"; "triangular", with its peak at the value as written, or in the middle where that lies
        outside; "normal", whose range is the middle plus and minus two standard deviations, with nothing outside;
        "estimated", drawn together with the other factors that are
    peak : float, of a triangular factor; the most probable value of an estimated one
    sd : float, of an estimated factor
    mix : tuple of float, of an estimated factor: how much of each estimated factor's own draw it takes, of those before
        it and at last its own, so that their values hang together as the estimates do
    levels : int, how many values of a range a grid takes
    is_whole : bool, only whole numbers fit

    >>> proof = Factor("proof", "incidents.grid.difficulty", "uncertainty", low=0.2, high=0.6)
    >>> proof.values(np.array([0.0, 0.25, 1.0]))
    array([0.2, 0.3, 0.6])
    >>> Factor("turn", "turns.count", "lever", low=1, high=3, is_whole=True).values(np.array([0, 0.5, 1]))
    array([1, 2, 3])
    """

    name: str
    path: str
    kind: str
    low: float | None = None
    high: float | None = None
    choices: tuple | None = None
    distribution: str = "uniform"
    peak: float | None = None
    levels: int = LEVELS
    is_whole: bool = False
    sd: float | None = None
    mix: tuple | None = None

    @property
    def dtype(self) -> str:
        """The type of its column in the table of points."""
        if self.choices is None:
            return "<i8" if self.is_whole else "<f8"
        kinds = {type(choice) for choice in self.choices}
        if kinds == {bool}:
            return "?"
        if kinds == {int}:
            return "<i8"
        return "<f8" if kinds <= {int, float} else f"<U{max(len(str(choice)) for choice in self.choices)}"

    def values(self, shares: np.ndarray) -> np.ndarray:
        """The values at some shares of probability, each from 0 to 1; of an estimated factor its own draw, unmixed."""
        shares = np.asarray(shares, dtype=float)
        if self.distribution == ESTIMATED:
            from scipy.special import ndtri

            return ndtri(np.clip(shares, SMALLEST, 1 - SMALLEST))
        if self.choices is not None:
            places = np.minimum((shares * len(self.choices)).astype(np.int64), len(self.choices) - 1)
            return np.array(self.choices, dtype=self.dtype)[places]
        if self.is_whole:
            count = int(self.high - self.low) + 1
            return int(self.low) + np.minimum((shares * count).astype(np.int64), count - 1)
        return np.clip(self._quantiles(shares), self.low, self.high)

    def _quantiles(self, shares):
        width = self.high - self.low
        if self.distribution == "triangular":
            return _triangular(shares, self.low, self.high, self.peak)
        if self.distribution == "normal":
            from scipy.special import ndtr, ndtri

            inside = ndtr(-EDGE) + shares * (ndtr(EDGE) - ndtr(-EDGE))
            return self.low + width * (0.5 + ndtri(inside) / (2 * EDGE))
        return self.low + shares * width

    def grid(self) -> np.ndarray:
        """Its values in a grid: all choices, or levels evenly over the range."""
        if self.choices is not None:
            return np.array(self.choices, dtype=self.dtype)
        levels = np.linspace(self.low, self.high, self.levels)
        return np.unique(np.rint(levels).astype(np.int64)) if self.is_whole else levels

    def to_dict(self) -> dict:
        """As the manifest holds it."""
        return {name: value for name, value in vars(self).items() if value is not None}

    @classmethod
    def from_dict(cls, data: dict) -> "Factor":
        """What `to_dict` described."""
        lists = {name: tuple(data[name]) for name in ("choices", "mix") if name in data}
        return cls(**{**data, **lists})


def estimated(library, centre=None):
    """The coefficients that past cases tell, as factors that are drawn together.

    Parameters
    ----------
    library : Library, with its estimates
    centre : dict of coefficient -> value, most probable in place of the estimate

    Returns
    -------
    list of Factor, in the order of the estimates
    """
    estimates, centre = library.estimates, centre or {}
    size = len(estimates.coefficients)
    below = np.array([[*row, *[0.0] * (size - len(row))] for row in estimates.correlation]).reshape(size, size)
    mix = np.linalg.cholesky(below + below.T + np.eye(size))
    rows = zip(estimates.coefficients, estimates.mean, estimates.sd, mix, strict=True)
    return [
        Factor(
            f"behaviour.{name}", f"behaviour.{name}", "uncertainty", *library.behaviour[name].range, None, ESTIMATED,
            float(centre.get(name, mean)), sd=sd, mix=tuple(weights[: k + 1].tolist()),
        )
        for k, (name, mean, sd, weights) in enumerate(rows)
    ]  # fmt: skip


def mixed(factors, draws):
    """The values of estimated factors from their own draws: they hang together as the estimates do, within the ranges.

    Parameters
    ----------
    factors : sequence of Factor, all estimated, in the order of their estimates
    draws : sequence of array (n,), standard normal numbers, one for each

    Returns
    -------
    list of array (n,)

    >>> two = [Factor("a", "a", "uncertainty", -9, 9, None, "estimated", 1.0, sd=2.0, mix=(1.0,)),
    ...        Factor("b", "b", "uncertainty", -9, 9, None, "estimated", 0.0, sd=1.0, mix=(0.6, 0.8))]
    >>> [values.round(1).tolist() for values in mixed(two, [np.array([1.0, 0.0]), np.array([0.0, 1.0])])]
    [[3.0, 1.0], [0.6, 0.8]]
    """
    return [
        np.clip(
            factor.peak + factor.sd * sum(w * own for w, own in zip(factor.mix, draws, strict=False)),
            factor.low,
            factor.high,
        )
        for factor in factors
    ]


def _triangular(shares, low, high, peak):
    width, before = high - low, peak - low
    rising = low + np.sqrt(shares * width * before)
    falling = high - np.sqrt((1 - shares) * width * (high - peak))
    return np.where(shares * width < before, rising, falling)
