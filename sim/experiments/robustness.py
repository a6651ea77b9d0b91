"""What to choose when the future is not known: how each setting of a lever does across futures.

For each setting: the mean, the worst tenth, the share of runs that are good enough, and, where every future was played
with every setting, regret: how much worse it was than the best setting for that very future.

Sources: Lempert, Groves, Popper and Bankes, Manag. Sci. 52, 2006 (regret, satisficing); Herman et al., J. Water Resour.
Plan. Manag. 141, 2015, and McPhail et al., Earth's Future 6, 2018 (families of robustness measures); Savage, JASA 46,
1951 (minimax regret).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.experiments.estimate import NOTHING, QUANTILES, Estimate, are_shared, difference, mean, share
from sim.experiments.phrases import measure as described
from sim.experiments.sample import Sample, futures_of, levels_of

WORST = 0.1
RESAMPLES = 200
MOST_RESAMPLED = 20_000
FUTURES_SHOWN = 5
ONE_IN_TEN = 0.9


@dataclass(frozen=True)
class Setting:
    """How one setting of a lever does across futures."""

    words: str
    quantiles: tuple[float, ...]  # of the runs, at `QUANTILES`
    mean: Estimate
    worst: Estimate  # the edge of the worst tenth of the runs
    good: Estimate  # share of runs that are good enough
    runs: int
    regret: Estimate | None = None  # that nine futures in ten stay under
    most_regret: Estimate | None = None  # the largest
    best_in: Estimate | None = None  # share of futures in which no setting does better


@dataclass(frozen=True)
class Future:
    """What a lever is worth in one kind of future: the better setting's mean less the worse one's."""

    words: str
    gain: Estimate
    factor: str = ""


@dataclass(frozen=True)
class Robustness:
    """A lever across futures."""

    lever: str
    label: str
    measure: str
    settings: tuple[Setting, ...]
    good_enough: float  # the line for what is good enough
    is_crossed: bool  # every future was played with every setting
    best: int  # places of the settings that do best on average, in the futures they are chosen on,
    other: int  # and worst
    # the best setting's mean less the other's, turned so that more is better; from other futures where there were
    # several settings to choose from
    gain: Estimate
    futures: tuple[Future, ...] = ()  # where the gain is smallest and largest
    ties: tuple[int, ...] = ()  # places of the settings that cannot be told from the best
    kinds: int = 1  # kinds of future that were looked at to find `futures`

    def is_better(self, among=1):
        """Whether the setting that was chosen is clearly the better one, when so many choices are looked at."""
        return self.gain.value > 0 and self.gain.is_clear(among=among)

    @property
    def turning(self):
        """The kinds of future in which the other setting is clearly the better one, of all that were looked at."""
        lost = (future for future in self.futures if future.gain.value < 0)
        return tuple(future for future in lost if future.gain.is_clear(among=max(self.kinds, 1)))


def regret(table: ArrayLike, better: str = "higher") -> np.ndarray:
    """How much worse each setting is than the best one for the same future, "higher" or "lower" being better.

    The table and what comes of it are (futures, settings), the latter from 0; nan where a future lacks a value.

    >>> regret([[3, 1], [0, 5]]).tolist()
    [[0.0, 2.0], [5.0, 0.0]]
    """
    table = np.asarray(table, dtype=float)
    table = table if better == "higher" else -table
    return table.max(axis=1, keepdims=True) - table


def robustness(sample: Sample, name: str, limit: float | None = None, seed: int = 1) -> list[Robustness]:
    """Every lever across futures by one measure, the lever that matters most first.

    `limit` is what is good enough; None: the median of all runs.
    """
    levers = [factor.name for factor in sample.factors if factor.kind == "lever"]
    found = [of_lever(sample, name, lever, limit, seed) for lever in levers]
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
    table = _crossed(sample.table(name), futures, [level.has for level in levels])
    settings = _settings(sample, name, [level.words for level in levels], groups, limit, table, seed)
    is_range = factor.choices is None
    choosing, telling = (True, True) if is_range or len(groups) == 2 else split(sample, seed)
    best, other = _ends([np.nanmean(np.where(choosing, group, np.nan)) for group in groups], name, is_range)

    def gain_over(place, has=True):
        one, less = (np.where(has & telling, groups[at], np.nan) for at in (best, place))
        found = difference(one, less, sample.future, sample.replication)
        return found if _sign(name) > 0 else Estimate(-found.value, -found.high, -found.low)

    rest = [place for place in range(len(groups)) if place != best and not is_range]
    ties = tuple(place for place in rest if not gain_over(place).is_clear(among=len(rest)))
    futures, kinds = _kinds_of_future(sample, lambda has: gain_over(other, has), at)
    return Robustness(
        lever, factor.label, name, tuple(settings), limit, table is not None, best, other, gain_over(other),
        futures, ties, kinds,
    )  # fmt: skip


def split(sample, seed=1):
    """The runs on which settings are chosen, and those from which it is told what the choice gains.

    Half of the futures choose. Where these share their draws, so does a third of the draws, since a setting may owe its
    place to them. Where there is too little of either, nothing is left to tell by. Both are (runs,) of bool.
    """
    rng = np.random.default_rng([seed, 12])
    futures, draws = np.unique(sample.future), np.unique(sample.replication)
    choosing, telling = np.ones(sample.runs, bool), np.ones(sample.runs, bool)
    parted = [(sample.future, futures, 1 / 2)] if len(futures) > 1 else []
    parted += [(sample.replication, draws, 1 / 3)] if sample.shares_draws or len(futures) == 1 else []
    for group, names, share_of in parted:
        first = np.isin(group, rng.permutation(names)[: round(len(names) * share_of)])
        choosing, telling = choosing & first, telling & ~first
    return (choosing, telling) if choosing.any() else (~choosing, choosing)


def of_cooperation(sample, name, limit=None, seed=1):
    """The portfolio of cooperation as a lever: every run was played without it too, with the same draws."""
    if not sample.baseline_measures or name not in sample.baseline_measures:
        return None
    groups = [sample.values(name), sample.values(name, baseline=True)]
    if not all(np.isfinite(group).any() for group in groups):
        return None
    limit = float(np.nanmedian(np.concatenate(groups))) if limit is None else limit
    table = np.stack([sample.table(name), sample.table(name, baseline=True)], axis=1)
    settings = _settings(sample, name, ("with the cooperation", "without"), groups, limit, table, seed)
    best, other = _ends([one.mean.value for one in settings], name)
    gap = (groups[best] - groups[other]) * _sign(name)
    gain = mean(gap, sample.future, sample.replication)
    futures, kinds = _kinds_of_future(
        sample, lambda has: mean(np.where(has, gap, np.nan), sample.future, sample.replication)
    )
    return Robustness(
        "cooperation", "the cooperation", name, tuple(settings), limit, True, best, other, gain, futures, (), kinds
    )


def _crossed(y, futures, levels):
    """A measure (points, replications) as a table (futures, settings, replications); None where not all were crossed.

    `futures`, (points,) of int, and each of `levels`, (points,) of bool, say which points belong together.
    """
    count = int(futures.max()) + 1
    table = np.zeros((count, len(levels), y.shape[1]))
    for place, has in enumerate(levels):
        if len(np.unique(futures[has])) != count:
            return None
        np.add.at(table[:, place], futures[has], y[has])
        table[:, place] /= np.bincount(futures[has])[:, None]
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
        quantile(group[known], future, draws, part, seed),
        share(good, future, draws),
        int(known.sum()),
    )
    if table is None:
        return Setting(*base)
    return Setting(*base, *regrets(table, place, _better(name), seed, sample.shares_draws))


def regrets(table, place, better, seed=1, shares_draws=False):
    """Of one setting: the regret that nine futures in ten stay under, the largest, and how often it is best.

    Intervals are from futures drawn again, and draws where futures share them; what was not drawn may be worse than the
    largest. `table` is as `_crossed` gives it, `place` that of the setting.

    >>> low, most, best = regrets(np.array([[3.0, 1.0], [0.0, 5.0], [2.0, 2.0]])[:, :, None], 0, "higher")
    >>> most.value, round(best.value, 2)
    (5.0, 0.67)
    """
    mine = _missed(table, place, better)
    if not len(mine):
        return NOTHING, NOTHING, NOTHING
    values = _of_regret(mine)
    if shares_draws and table.shape[2] == 1:
        return tuple(Estimate(float(value), np.nan, np.nan) for value in values)
    rng, draws = np.random.default_rng([seed, 7]), [values]
    for _ in range(RESAMPLES if len(table) <= MOST_RESAMPLED else 0):
        again = table[:, :, rng.integers(0, table.shape[2], table.shape[2])] if shares_draws else table
        missed = _missed(again, place, better) if shares_draws else mine
        if len(missed):
            draws.append(_of_regret(missed[rng.integers(0, len(missed), len(missed))]))
    tenth, most, best = (
        _bootstrapped(float(value), drawn) for value, drawn in zip(values, np.transpose(draws), strict=True)
    )
    return tenth, most, best if shares_draws else share(mine <= 1e-12, np.arange(len(mine)), np.arange(len(mine)))


def _missed(table, place, better):
    """How much worse a setting is than the best, future by future, where all settings have a value."""
    known = np.isfinite(table)
    count = known.sum(axis=2)
    means = np.where(count > 0, np.where(known, table, 0).sum(axis=2) / np.maximum(count, 1), np.nan)
    missed = regret(means, better)
    return missed[np.isfinite(missed).all(axis=1), place]


def _of_regret(missed):
    return np.quantile(missed, ONE_IN_TEN), missed.max(), (missed <= 1e-12).mean()


def _bootstrapped(value, draws):
    low, high = np.quantile(draws, (0.025, 0.975))
    return Estimate(value, float(min(low, value)), float(max(high, value)))


def quantile(values, future, replication, part, seed=1):
    """A quantile over runs, with an interval from futures drawn again, and draws where futures share them.

    >>> estimate = quantile(np.arange(100.0), np.arange(100), np.arange(100), 0.5)
    >>> estimate.value, estimate.low < 49.5 < estimate.high
    (49.5, True)
    """
    value, order = float(np.quantile(values, part)), np.argsort(values)
    groups = [future, replication] if are_shared(future, replication) else [future]
    places = [np.unique(group, return_inverse=True)[1][order] for group in groups]
    counts = [int(place.max()) + 1 for place in places]
    if min(counts) == 1 and len(values) > 1:
        return Estimate(value, np.nan, np.nan)
    ranked, rng, draws = values[order], np.random.default_rng([seed, 8]), []
    for _ in range(RESAMPLES if len(values) <= 50_000 else RESAMPLES // 4):
        times = (np.bincount(rng.integers(0, n, n), minlength=n)[at] for n, at in zip(counts, places, strict=True))
        weight = np.cumsum(math.prod(times))
        draws.append(ranked[min(np.searchsorted(weight, part * weight[-1]), len(ranked) - 1)])
    return _bootstrapped(value, draws)


def _ends(means, name, is_range=False):
    """Places of the settings that do best and worst; of a range, its ends alone, since the middle is best by chance."""
    places = [0, len(means) - 1] if is_range else [at for at, value in enumerate(means) if np.isfinite(value)]
    order = sorted(places, key=lambda place: means[place] * _sign(name))
    return order[-1], order[0]


def _kinds_of_future(sample, gain_where, lever=None):
    """The lowest and the highest part of the uncertainties on which a gain depends most, the smallest gain first.

    With how many such parts were looked at.

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
    shown = (one for pair in known for one in pair if one.factor in kept)
    return tuple(sorted(shown, key=lambda one: one.gain.value)), 2 * len(known)


def _apart(futures):
    return float(np.ptp([future.gain.value for future in futures]))


def _sign(name):
    return -1 if _better(name) == "lower" else 1


def _better(name):
    return described(name).better or "higher"


def _size(gain):
    half = (gain.high - gain.low) / 2
    return abs(gain.value) / half if np.isfinite(half) and half > 0 else 0.0
