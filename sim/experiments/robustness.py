"""What to choose when the future is not known: how each setting of a lever does across futures.

For each setting: the mean, the worst tenth, the share of runs that are good enough, and, where every future was played
with every setting, regret: how much worse it was than the best setting for that very future.

Sources: Lempert, Groves, Popper and Bankes, Manag. Sci. 52, 2006 (regret, satisficing); Herman et al., J. Water Resour.
Plan. Manag. 141, 2015, and McPhail et al., Earth's Future 6, 2018 (families of robustness measures); Savage, JASA 46,
1951 (minimax regret).
"""

from dataclasses import dataclass

import numpy as np

from sim.experiments.estimate import NOTHING, QUANTILES, Estimate, difference, mean, share
from sim.experiments.phrases import measure as described
from sim.experiments.sample import futures_of, levels_of, means_by

WORST = 0.1
RESAMPLES = 200
FUTURES_SHOWN = 5
ONE_IN_TEN = 0.9


@dataclass(frozen=True)
class Setting:
    """How one setting of a lever does across futures.

    Parameters
    ----------
    words : str
    quantiles : tuple, of the runs, at 5, 25, 50, 75 and 95 per cent
    mean : Estimate
    worst : Estimate, the edge of the worst tenth of the runs
    good : Estimate, share of runs that are good enough
    runs : int
    regret, most_regret : Estimate or None, regret that nine futures in ten stay under, and the largest
    best_in : Estimate or None, share of futures in which no setting does better
    """

    words: str
    quantiles: tuple
    mean: Estimate
    worst: Estimate
    good: Estimate
    runs: int
    regret: Estimate | None = None
    most_regret: Estimate | None = None
    best_in: Estimate | None = None


@dataclass(frozen=True)
class Future:
    """What a lever is worth in one kind of future: the better setting's mean less the worse one's."""

    words: str
    gain: Estimate
    factor: str = ""


@dataclass(frozen=True)
class Robustness:
    """A lever across futures.

    Parameters
    ----------
    lever, label, measure : str
    settings : tuple of Setting
    good_enough : float, the line for what is good enough
    is_crossed : bool, every future was played with every setting
    best, other : int, places of the settings that do best and worst on average
    gain : Estimate, the best setting's mean less the other's, turned so that more is better
    futures : tuple of Future, where the gain is smallest and largest
    """

    lever: str
    label: str
    measure: str
    settings: tuple
    good_enough: float
    is_crossed: bool
    best: int
    other: int
    gain: Estimate
    futures: tuple = ()

    @property
    def turning(self):
        """The kinds of future in which the other setting is clearly the better one."""
        return tuple(future for future in self.futures if future.gain.high < 0)


def regret(table, better="higher"):
    """How much worse each setting is than the best one for the same future.

    Parameters
    ----------
    table : array (futures, settings)
    better : "higher" or "lower"

    Returns
    -------
    array (futures, settings), from 0; nan where a future lacks a value

    >>> regret([[3, 1], [0, 5]]).tolist()
    [[0.0, 2.0], [5.0, 0.0]]
    """
    table = np.asarray(table, dtype=float)
    table = table if better == "higher" else -table
    return table.max(axis=1, keepdims=True) - table


def robustness(sample, name, levers=None, limit=None, seed=1):
    """Every lever across futures, by one measure.

    Parameters
    ----------
    sample : Sample
    name : str, measure; levers : names of factors, or None for all levers; limit : float, good enough, or None for the
        median of all runs; seed : int

    Returns
    -------
    list of Robustness, the lever that matters most first
    """
    chosen = levers or [factor.name for factor in sample.factors if factor.kind == "lever"]
    found = [of_lever(sample, name, lever, limit, seed) for lever in chosen]
    return sorted(filter(None, found), key=lambda one: -_size(one.gain))


def of_lever(sample, name, lever, limit=None, seed=1):
    """One lever across futures; None where it has one setting, or the measure never applies."""
    factor, at = sample.factor(lever)
    levels = levels_of(factor, sample.x[:, at])
    futures = futures_of(sample.x, sample.factors)
    values = sample.values(name)
    groups = [np.where(level.has[sample.point], values, np.nan) for level in levels]
    known = [place for place, group in enumerate(groups) if np.isfinite(group).any()]
    if len(known) < 2:
        return None
    levels, groups = [levels[place] for place in known], [groups[place] for place in known]
    limit = float(np.nanmedian(values)) if limit is None else limit
    table = crossed(sample.of_points(name), futures, [level.has for level in levels])
    settings = _settings(sample, name, [level.words for level in levels], groups, limit, table, seed)
    best, other = _ends(settings, name, factor.choices is None)

    def gain_where(has):
        one, less = (np.where(has, groups[place], np.nan) for place in (best, other))
        found = difference(one, less, sample.future, sample.replication)
        return found if _sign(name) > 0 else Estimate(-found.value, -found.high, -found.low)

    return Robustness(
        lever, factor.label, name, tuple(settings), limit, table is not None, best, other, gain_where(True),
        _kinds_of_future(sample, gain_where, at),
    )  # fmt: skip


def of_cooperation(sample, name, limit=None, seed=1):
    """The portfolio of cooperation as a lever: every run was played without it too, with the same draws."""
    if not sample.baseline_measures or name not in sample.baseline_measures:
        return None
    groups = [sample.values(name), sample.values(name, baseline=True)]
    if not all(np.isfinite(group).any() for group in groups):
        return None
    limit = float(np.nanmedian(np.concatenate(groups))) if limit is None else limit
    table = np.column_stack([means_by(group, sample.point, len(sample.x)) for group in groups])
    settings = _settings(sample, name, ("with the cooperation", "without"), groups, limit, table, seed)
    best, other = _ends(settings, name)
    gap = (groups[best] - groups[other]) * _sign(name)
    gain = mean(gap, sample.future, sample.replication)
    futures = _kinds_of_future(sample, lambda has: mean(np.where(has, gap, np.nan), sample.future, sample.replication))
    return Robustness("cooperation", "the cooperation", name, tuple(settings), limit, True, best, other, gain, futures)


def crossed(y, futures, levels):
    """A measure as a table (futures, settings) where every future was played with every setting; else None.

    Parameters
    ----------
    y : array (points,)
    futures : int array (points,)
    levels : list of bool arrays (points,)
    """
    count = int(futures.max()) + 1
    table = np.full((count, len(levels)), np.nan)
    for place, has in enumerate(levels):
        if len(np.unique(futures[has])) != count:
            return None
        table[:, place] = np.bincount(futures[has], weights=y[has]) / np.bincount(futures[has])
    return table


def _settings(sample, name, words, groups, limit, table, seed):
    return [
        _setting(sample, name, said, group, limit, table, place, seed)
        for place, (said, group) in enumerate(zip(words, groups, strict=True))
    ]


def _setting(sample, name, words, group, limit, table, place, seed):
    known = np.isfinite(group)
    future, draws = sample.future[known], sample.replication[known]
    good = group[known] >= limit if _sign(name) > 0 else group[known] <= limit
    part = WORST if _sign(name) > 0 else 1 - WORST
    base = (
        words,
        tuple(np.quantile(group[known], QUANTILES).tolist()),
        mean(group, sample.future, sample.replication),
        quantile(group[known], future, part, seed),
        share(good, future, draws),
        int(known.sum()),
    )
    if table is None:
        return Setting(*base)
    return Setting(*base, *regrets(table, place, _better(name), seed))


def regrets(table, place, better, seed=1):
    """Of one setting: the regret that nine futures in ten stay under, the largest, and how often it is best.

    Intervals are from resampled futures; what was not drawn may be worse than the largest.

    >>> low, most, best = regrets(np.array([[3.0, 1.0], [0.0, 5.0], [2.0, 2.0]]), 0, "higher")
    >>> most.value, round(best.value, 2)
    (5.0, 0.67)
    """
    missed = regret(table, better)
    missed = missed[np.isfinite(missed).all(axis=1)]
    if not len(missed):
        return NOTHING, NOTHING, NOTHING
    mine = missed[:, place]
    draws = (
        mine[np.random.default_rng([seed, 7]).integers(0, len(mine), (RESAMPLES, len(mine)))]
        if len(mine) <= 20_000
        else mine[None]
    )
    tenth = _bootstrapped(float(np.quantile(mine, ONE_IN_TEN)), np.quantile(draws, ONE_IN_TEN, axis=1))
    most = _bootstrapped(float(mine.max()), draws.max(axis=1))
    place_of = np.arange(len(mine))
    return tenth, most, share(mine <= 1e-12, place_of, place_of)


def _bootstrapped(value, draws):
    low, high = np.quantile(draws, (0.025, 0.975))
    return Estimate(value, float(min(low, value)), float(max(high, value)))


def quantile(values, future, part, seed=1):
    """A quantile over runs, with an interval from resampled futures.

    >>> estimate = quantile(np.arange(100.0), np.arange(100), 0.5)
    >>> estimate.value, estimate.low < 49.5 < estimate.high
    (49.5, True)
    """
    _, place = np.unique(future, return_inverse=True)
    count, order = int(place.max()) + 1, np.argsort(values)
    ranked, owner = values[order], place[order]
    rng, draws = np.random.default_rng([seed, 8]), []
    for _ in range(RESAMPLES if len(values) <= 50_000 else RESAMPLES // 4):
        weight = np.cumsum(np.bincount(rng.integers(0, count, count), minlength=count)[owner])
        draws.append(ranked[min(np.searchsorted(weight, part * weight[-1]), len(ranked) - 1)])
    return _bootstrapped(float(np.quantile(values, part)), draws)


def _ends(settings, name, is_range=False):
    """Places of the settings that do best and worst; of a range, its ends alone, since the middle is best by chance."""
    places = [0, len(settings) - 1] if is_range else range(len(settings))
    order = sorted(places, key=lambda place: settings[place].mean.value * _sign(name))
    return order[-1], order[0]


def _kinds_of_future(sample, gain_where, lever=None):
    """The lowest and the highest part of the uncertainties on which a gain depends most, the smallest gain first.

    gain_where : callable (bool array (runs,)) -> Estimate; lever : place of the factor that is chosen, or None
    """
    futures = []
    for at, factor in enumerate(sample.factors):
        levels = levels_of(factor, sample.x[:, at]) if factor.kind == "uncertainty" and at != lever else ()
        if len(levels) > 1:
            ends = levels[0], levels[-1]
            gains = [gain_where(level.has[sample.point]) for level in ends]
            pairs = zip(ends, gains, strict=True)
            futures.append([Future(f"{factor.label} {level.words}", gain, factor.name) for level, gain in pairs])
    known = [pair for pair in futures if np.isfinite(_apart(pair))]
    kept = [one.factor for one, _ in sorted(known, key=_apart, reverse=True)[:FUTURES_SHOWN]]
    return tuple(sorted((one for pair in known for one in pair if one.factor in kept), key=lambda one: one.gain.value))


def _apart(futures):
    return float(np.ptp([future.gain.value for future in futures]))


def _sign(name):
    return -1 if _better(name) == "lower" else 1


def _better(name):
    return described(name).better or "higher"


def _size(gain):
    half = (gain.high - gain.low) / 2
    return abs(gain.value) / half if np.isfinite(half) and half > 0 else 0.0
