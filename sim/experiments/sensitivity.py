"""What drives a measure: sensitivity indices, each with its interval, by the method that the design allows.

    Sobol    Saltelli's arrangement: share of the variance a factor causes alone (first), and with others (total)
    Morris   trajectories: mean absolute effect of a step (mu_star)
    given    any other design: first order, delta (how much the whole distribution moves), PAWN (how far at its widest)

The design is known by its structure, not by its name. What a measure's mean is in the low and in the high third of a
factor goes with the indices, since an index has no direction.

Shares of variance come in two kinds: of all variance between runs, chance included (`first_all`, `total_all`), and of
what the factors can explain (`first`, `total`), out of which the variance within points is taken; that needs two
replications. Points vary, and so do replications: every interval is of both, by what each run contributes to the error
(`Moment`), or by resampling both (delta, PAWN, feature scores). SALib's, which know of points alone, are too narrow.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from sim.errors import OceansError
from sim.experiments.estimate import NOTHING, Estimate, Moment, difference, mean, moment, parts_of_variance, product
from sim.experiments.sample import Sample, block_of, design_of, levels_of

MOST_POINTS = 4096  # for delta, PAWN and feature scores: more take long and tell no more
RESAMPLES = 200
SLICES = 10
WAVES = 8  # in which the mean follows a factor, first order; fewer in small designs
FOREST = 50
FORESTS = 10
FEWEST = 32
METHODS = {
    "total": "Sobol index, total: share of what the factors explain that one causes, alone and together with others",
    "first": "Sobol index, first order: share of what the factors explain that one causes alone",
    "total_all": "Sobol index, total, as a share of all variance between runs, chance included",
    "first_all": "Sobol index, first order, as a share of all variance between runs, chance included",
    "mu_star": "Morris: mean absolute effect of moving a factor over its whole range",
    "delta": "delta: how much of the whole distribution moves when the factor is known, 0 to 1",
    "pawn": "PAWN: how far the distribution moves at its widest when the factor is known, 0 to 1",
    "feature": "feature score: share of an extremely randomised forest's predictive work that the factor does",
}
MAIN = {"sobol": ("total", "total_all"), "morris": ("mu_star",), "given": ("first", "first_all")}
SHARES = ("total", "first", "total_all", "first_all")
OWN_DRAWS_ONCE = "each point has one draw of its own, which Sobol' indices would take for what factors do: --reps 2"
NOT_APART = "chance cannot be told apart from what factors do: --reps 2"


@dataclass(frozen=True)
class Index:
    """How much one factor counts by one method."""

    factor: str
    method: str
    estimate: Estimate
    noise: float = np.nan  # what a factor without influence would reach by chance (95 %); nan: there is no such bias

    @property
    def is_real(self):
        """Whether it counts for more than chance would give."""
        floor = self.noise if np.isfinite(self.noise) else 0.0
        return bool(self.estimate.low > floor)


@dataclass(frozen=True)
class Swing:
    """What a measure's mean is where a factor is low and where it is high (or at each of its choices)."""

    factor: str
    words: tuple[str, ...]
    means: tuple[Estimate, ...]
    change: Estimate
    is_clear: bool = False  # the change holds when all factors are looked at together (Bonferroni)


@dataclass(frozen=True)
class Sensitivity:
    """What drives one measure."""

    measure: str
    design: str  # "sobol", "morris" or "given"
    method: str  # the method that the chart shows
    indices: tuple[Index, ...]  # of all methods
    swings: tuple[Swing, ...]
    mean: Estimate
    chance: Estimate  # share of the variance between runs that chance makes; unknown without replications
    points: int  # design points used
    dropped: int = 0  # and left out, since the measure did not apply there
    remarks: tuple[str, ...] = ()  # what a reader must know

    def by(self, method=None):
        """The indices of one method, the largest first."""
        found = [index for index in self.indices if index.method == (method or self.method)]
        return sorted(found, key=lambda index: (-index.estimate.value, index.factor))

    @property
    def methods(self):
        """The methods there are, the main one first."""
        return tuple(dict.fromkeys([self.method, *(index.method for index in self.indices)]))

    def is_real(self, factor):
        """Whether a factor counts for more than chance would give, by the main method or by its swing."""
        index = next(one for one in self.by() if one.factor == factor)
        return index.is_real or self.swing(factor).is_clear

    def ranked(self):
        """The indices of the main method: those of factors that count first, the largest first."""
        return sorted(self.by(), key=lambda index: (not self.is_real(index.factor), -index.estimate.value))

    def swing(self, factor):
        """The swing of one factor."""
        return next(swing for swing in self.swings if swing.factor == factor)


def sensitivity(sample: Sample, measure: str, seed: int = 1, forests: bool = True) -> Sensitivity:
    """What drives a measure over a sweep; feature scores (`forests`) too, when scikit-learn is there."""
    y, used = sample.table(measure), moving(sample)
    design = design_of(sample.x[:, used]) if used.size else "given"
    remarks: list[str] = []
    indices, count = [], int(np.isfinite(y).any(axis=1).sum())
    if used.size and count >= FEWEST and np.nanmax(y) > np.nanmin(y):
        indices, design, count = _indices(sample, y, used, design, seed, remarks)
        if forests and has_forests():
            indices += _feature_scores(sample, y, used, seed)
        if y.shape[1] == 1:
            remarks.append(NOT_APART)
    elif count < FEWEST:
        remarks.append(f"{count} design points with a value are too few for indices; {FEWEST} are the least")
    else:
        remarks.append("the measure is the same in all runs")
    dropped = len(y) - count
    if dropped:
        remarks.append(f"{dropped:,} of {len(y):,} design points are left out: there the measure never applies")
    values, there = sample.values(measure), {index.method for index in indices}
    return Sensitivity(
        measure, design, next((method for method in MAIN[design] if method in there), MAIN[design][0]), tuple(indices),
        tuple(_swing(sample, values, at, len(used)) for at in used), mean(values, sample.future, sample.replication),
        chance_of(sample, measure), count, dropped, tuple(remarks),
    )  # fmt: skip


def moving(sample):
    """Places of the factors that take more than one value."""
    return np.array([at for at in range(sample.x.shape[1]) if np.ptp(sample.x[:, at]) > 0], dtype=int)


def _indices(sample, y, used, design, seed, remarks):
    x, names = sample.x[:, used], [sample.factors[at].name for at in used]
    count = block_of(x) if design == "sobol" else x.shape[1] + 1
    whole = _whole_blocks(y, count)
    blocks = int(whole.sum()) // count
    if design == "sobol" and y.shape[1] == 1 and not sample.shares_draws:
        remarks.append(OWN_DRAWS_ONCE)
    elif design == "sobol" and blocks >= FEWEST:
        return _sobol_indices(names, y[whole], count, sample.shares_draws), "sobol", int(whole.sum())
    elif design == "morris" and blocks >= FEWEST // 8:
        return _morris_indices(names, _unit(sample, used)[whole], y[whole], sample.shares_draws), "morris", whole.sum()
    elif design != "given":
        remarks.append(f"too few whole blocks of the {design.capitalize()} design have a value for its own indices")
    known = int(np.isfinite(y).any(axis=1).sum())
    if known > MOST_POINTS:
        remarks.append(f"indices from {MOST_POINTS:,} points drawn at random of {known:,}")
    return _given_indices(sample, y, used, seed), "given", known


def _whole_blocks(y, size):
    """Which points lie in blocks of so many that all have a value."""
    known = np.isfinite(y).any(axis=1)
    whole = known[: len(y) // size * size].reshape(-1, size).all(axis=1)
    return np.concatenate([np.repeat(whole, size), np.zeros(len(y) % size, bool)])


# ------------------------------------------------------------------------------------------------------- indices


def _sobol_indices(names: list[str], y: np.ndarray, block: int, shares_draws: bool) -> list[Index]:
    """Sobol indices of first and total order. Source: Saltelli et al., Comput. Phys. Commun. 181, 2010, table 2.

    Parameters
    ----------
    names : the factors
    y : array (blocks * block, replications), the measure in Saltelli's order; nan where it does not apply
    block : points in a block
    shares_draws : a replication is the same draw at all points
    """
    y = y.reshape(-1, block, y.shape[1])
    a, b = y[:, 0], y[:, -1] - np.nanmean(y[:, [0, -1]])
    whole = parts_of_variance(y[:, [0, -1]], shares_draws)
    found = []
    for at, name in enumerate(names):
        step = y[:, 1 + at] - a
        found += _shares(name, "total", moment(product(step, step) / 2), whole, shares_draws)
        found += _shares(name, "first", moment(product(b, step)), whole, shares_draws)
    return found


def _shares(name, method, part, whole, shares_draws, group=None):
    """A factor's part of the variance, as a share of what the factors explain and of all variance between runs."""
    factors, chance = whole
    totals = {method: factors, f"{method}_all": chance and factors + chance}
    if chance is None and not shares_draws:  # then the variance between points is of factors and chance
        totals = {f"{method}_all": factors}
    for kind, total in totals.items():
        if total and (chance is None or total.estimate(shares_draws, group).low > 0 or not np.any(total.influence)):
            yield Index(name, kind, (part / total).estimate(shares_draws, group))


def _morris_indices(names: list[str], x: np.ndarray, y: np.ndarray, shares_draws: bool) -> list[Index]:
    """Morris' mean absolute elementary effects. Source: Campolongo et al., Environ. Model. Softw. 22, 2007.

    The sign of an effect is taken from the other replications, so that chance alone makes none. Where chance in a
    single effect is as large as the effect, it comes out too small. As `_sobol_indices`, with x, an array (trajectories
    * (factors + 1), factors), each factor from 0 to 1.
    """
    size = len(names) + 1
    steps = np.diff(x.reshape(-1, size, len(names)), axis=1)
    which, moved = np.abs(steps).argmax(axis=2), steps.sum(axis=2)
    effects = np.diff(y.reshape(-1, size, y.shape[1]), axis=1) / moved[:, :, None]
    found = []
    for at, name in enumerate(names):
        mine = effects[which == at]  # each trajectory moves each factor once
        others = np.nansum(mine, axis=1, keepdims=True) - np.nan_to_num(mine) if y.shape[1] > 1 else mine
        found.append(Index(name, "mu_star", moment(np.sign(others) * mine, degree=1).estimate(shares_draws)))
    return found


def _given_indices(sample, y, used, seed=1):
    """First-order Sobol, delta and PAWN indices for any design, adjusted for chance.

    Sources: Borgonovo, Reliab. Eng. Syst. Saf. 92, 2007 (delta); Pianosi and Wagener, Environ. Model. Softw. 67, 2015
    (PAWN). The estimators are ours: SALib 1.6 has PAWN without intervals, and its delta takes minutes for a factor.
    Delta and PAWN never come out at zero; what they give for a factor drawn at random is taken off, and the rest
    stretched to end at 1 again.
    """
    at = _drawn(y, seed)
    x, y = _spread_choices(sample, used, seed)[at], y[at]
    rng = np.random.default_rng([seed, 3])
    group = np.unique(sample.future_of_points[at], return_inverse=True)[1]
    whole = parts_of_variance(y[:, None], sample.shares_draws)
    indices = []
    for factor in used:
        part = _first_order(sample.x[at, factor], y)
        indices += _shares(sample.factors[factor].name, "first", part, whole, sample.shares_draws, group)
    found, reach = by_slices(x, _means(y)), _reach_of_resamples(sample.shares_draws, y.shape[1])
    draws = (_resampled(y, sample.shares_draws, rng) for _ in range(RESAMPLES))
    again = [by_slices(x[at], values) for at, values in draws]
    idle = by_slices(rng.random((len(y), RESAMPLES)), _means(y))
    for method, values in found.items():
        chance = idle[method].mean()
        half = reach * np.std([one[method] for one in again], axis=0) / (1 - chance)
        floor = float((np.quantile(idle[method], 0.95) - chance) / (1 - chance))
        for at, value in enumerate(np.maximum((values - chance) / (1 - chance), 0)):
            indices.append(_index(sample.factors[used[at]].name, method, value, half[at], floor))
    return indices


def _first_order(x, y):
    """The variance of what points come to on average, as one factor alone explains it; a `Moment`.

    The mean follows the factor (points,) in waves (cosines over its ranks), or freely where it takes few values.
    Adjusted for how many of these there are; y is (points, replications).
    """
    means = _means(y) - _means(y).mean()
    terms = _terms(x)
    fitted = terms @ np.linalg.lstsq(terms, means, rcond=None)[0]
    free = len(means) - np.linalg.matrix_rank(terms)
    value = float(np.mean(means**2) - np.mean((means - fitted) ** 2) * (len(means) - 1) / max(free, 1))
    known = np.isfinite(y)
    count = known.sum(axis=1, keepdims=True)
    of_points = 2 * means * fitted - fitted**2
    of_draws = 2 * fitted[:, None] * np.where(known, y - _means(y)[:, None], 0)
    influence = ((of_points - of_points.mean())[:, None] + of_draws) / (len(means) * count)
    return Moment(value, np.where(known, influence, 0))


def _terms(x):
    """What a mean is fitted by: a column for each value where there are few, else waves over the ranks."""
    waves = int(np.clip(len(x) // 16, 2, WAVES))
    distinct, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    if len(distinct) <= waves + 1:
        return np.eye(len(distinct))[place]
    middle = (np.cumsum(counts) - counts / 2) / len(x)
    return np.cos(np.pi * np.arange(waves + 1) * middle[place][:, None])


def _means(y):
    return np.nanmean(y, axis=1)


def _resampled(y, shares_draws, rng):
    """Points drawn again, and what they come to over replications drawn again where these are shared."""
    at = rng.integers(0, len(y), len(y))
    if not shares_draws or y.shape[1] == 1:
        return at, _means(y)[at]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of points to which the measure does not apply in any of these
        values = _means(y[:, rng.integers(0, y.shape[1], y.shape[1])])[at]
    known = np.isfinite(values)
    return at[known], values[known]


def _reach_of_resamples(shares_draws, replications):
    """How many standard deviations of resamples an interval reaches; nan where all share one draw."""
    from scipy.stats import t

    if not shares_draws:
        return 1.96
    if replications == 1:
        return np.nan
    return t.ppf(0.975, replications - 1) * np.sqrt(replications / (replications - 1))


def by_slices(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Delta and PAWN indices, (factors,) each, from slices of equal frequency of x (points, factors), without ties."""
    slices = SLICES if len(y) < 1000 else 2 * SLICES
    _, rank = np.unique(y, return_inverse=True)
    whole = np.bincount(rank) / len(y)
    bins = np.minimum(((np.cumsum(whole) - whole / 2) * slices).astype(int), slices - 1)
    whole_bins = np.bincount(bins, weights=whole, minlength=slices)
    edges = np.linspace(0, len(y), slices + 1).astype(int)
    found = {method: np.empty(x.shape[1]) for method in ("delta", "pawn")}
    for factor, order in enumerate(np.argsort(x, axis=0, kind="stable").T):
        of_slice = np.empty(len(y), int)
        of_slice[order] = np.searchsorted(edges, np.arange(len(y)), side="right") - 1
        sizes = np.diff(edges)[:, None]
        within = np.bincount(of_slice * slices + bins[rank], minlength=slices * slices).reshape(slices, slices) / sizes
        found["delta"][factor] = 0.5 * (np.abs(within - whole_bins).sum(axis=1) * sizes[:, 0]).sum() / len(y)
        found["pawn"][factor] = _pawn(of_slice, rank, whole, slices, sizes)
    return found


def _pawn(of_slice, rank, whole, slices, sizes):
    """Median over slices of the Kolmogorov-Smirnov distance from the whole."""
    counts = np.bincount(of_slice * len(whole) + rank, minlength=slices * len(whole)).reshape(slices, -1)
    return np.median(np.abs(np.cumsum(counts, axis=1) / sizes - np.cumsum(whole)).max(axis=1))


def has_forests():
    """Whether scikit-learn is there."""
    import importlib.util

    return importlib.util.find_spec("sklearn") is not None


def need_forests(what):
    """OceansError with advice when scikit-learn is missing."""
    if not has_forests():
        raise OceansError(f"{what} needs scikit-learn: pip install 'two-oceans[analysis]'.")


def _feature_scores(sample, y, used, seed=1):
    """Feature scores of extremely randomised trees, with intervals over resampled points and replications.

    Source: Geurts, Ernst and Wehenkel, Mach. Learn. 63, 2006; for scenario discovery: Jaxa-Rozen and Kwakkel, Environ.
    Model. Softw. 107, 2018; scikit-learn.
    """
    need_forests("Feature scores")
    from sklearn.ensemble import ExtraTreesRegressor

    at = _drawn(y, seed, MOST_POINTS // 2)
    x, y = sample.x[at][:, used], y[at]
    rng, reach = np.random.default_rng([seed, 4]), _reach_of_resamples(sample.shares_draws, y.shape[1])
    scores, idle = [], []
    for number in range(FORESTS):
        at, values = _resampled(y, sample.shares_draws, rng)
        forest = ExtraTreesRegressor(
            FOREST, min_samples_leaf=max(1, len(y) // 200), max_features=max(1, x.shape[1] // 3), random_state=number
        )
        scores.append(forest.fit(x[at], values).feature_importances_)
        idle.append(forest.fit(x[at], rng.permutation(values)).feature_importances_)
    centre, half = np.mean(scores, axis=0), reach * np.std(scores, axis=0)
    floor = float(np.quantile(idle, 0.95))
    return [
        _index(sample.factors[at].name, "feature", value, reach, floor)
        for at, value, reach in zip(used, centre, half, strict=True)
    ]


def _index(name, method, value, half, noise=np.nan):
    return Index(name, method, Estimate(float(value), float(value - half), float(value + half)), noise)


def _unit(sample, used):
    """Factors on a scale from 0 to 1."""
    low = np.array([sample.factors[at].low for at in used])
    span = np.array([max(sample.factors[at].span, 1e-12) for at in used])
    return (sample.x[:, used] - low) / span


def _spread_choices(sample, used, seed):
    """Factors as numbers without ties: a choice is spread over its own stretch, so that slices hold whole choices."""
    x = sample.x[:, used].copy()
    rng = np.random.default_rng([seed, 1])
    for column in range(x.shape[1]):
        distinct, place = np.unique(x[:, column], return_inverse=True)
        if len(distinct) < len(x) / 2:
            x[:, column] = place + rng.random(len(x))
    return x


def _drawn(y, seed, most=MOST_POINTS):
    """Places of the points with a value, no more than so many, drawn at random."""
    at = np.flatnonzero(np.isfinite(y).any(axis=1))
    if len(at) > most:
        at = np.sort(np.random.default_rng([seed, 0]).choice(at, most, replace=False))
    return at


def chance_of(sample: Sample, measure: str) -> Estimate:
    """Share of the variance between runs that lies within points, where only the draws differ.

    Unknown where hardly any point has two runs.
    """
    y = sample.table(measure)
    if (np.isfinite(y).sum(axis=1) > 1).sum() < FEWEST:
        return NOTHING
    factors, chance = parts_of_variance(y[:, None], sample.shares_draws)
    if chance is None or factors.value + chance.value <= 0:
        return NOTHING
    found = (chance / (factors + chance)).share(sample.shares_draws, sample.future_of_points)
    return Estimate(*np.minimum([found.value, found.low, found.high], 1.0).tolist())


# -------------------------------------------------------------------------------------------------------- swings


def _swing(sample, values, at, tests):
    """What a measure's mean is where a factor is low and where it is high, and the change between them."""
    factor = sample.factors[at]
    levels = levels_of(factor, sample.x[:, at])
    groups = [np.where(level.has[sample.point], values, np.nan) for level in levels]
    means = tuple(mean(group, sample.future, sample.replication) for group in groups)
    known = [place for place, estimate in enumerate(means) if estimate.is_known]
    if factor.choices and not factor.is_ordered:  # from the lowest outcome to the highest
        known = sorted(known, key=lambda place: means[place].value)
    ends = (known[0], known[-1]) if known else (0, 0)
    change = difference(groups[ends[1]], groups[ends[0]], sample.future, sample.replication)
    order = [ends[0], *(place for place in range(len(levels)) if place not in ends), ends[1]] if known else []
    order = list(dict.fromkeys(order))
    words = tuple(levels[place].words for place in order)
    return Swing(factor.name, words, tuple(means[place] for place in order), change, change.is_clear(among=tests))
