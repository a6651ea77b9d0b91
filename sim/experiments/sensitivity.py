"""What drives a measure: sensitivity indices, each with its interval, by the method that the design allows.

    Sobol    Saltelli's arrangement: share of the variance a factor causes alone (first), and with others (total)
    Morris   trajectories: mean absolute effect of a step (mu_star)
    given    any other design: first order, delta (how much the whole distribution moves), PAWN (how far at its widest)

The design is known by its structure, not by its name. Sobol and Morris indices are SALib's; feature scores are
scikit-learn's. What a measure's mean is in the low and in the high third of a factor goes with them, since an index has
no direction.

Measures are averaged over the replications of a point first, so that what is explained is what the factors can explain.
"""

import contextlib
import io
import warnings
from dataclasses import dataclass, field

import numpy as np

from sim.errors import OceansError
from sim.experiments.estimate import NOTHING, Estimate, difference, mean
from sim.experiments.sample import levels_of

MOST_POINTS = 4096  # for delta, PAWN and feature scores: more take long and tell no more
RESAMPLES = 200
SLICES = 10
COARSE = 5  # slices for shares of the variance in small designs: few, so that chance has little to go by
FOREST = 50
FORESTS = 10
FEWEST = 32
METHODS = {
    "total": "Sobol index, total: share of the variance that a factor causes, alone and together with others",
    "first": "Sobol index, first order: share of the variance that a factor causes alone",
    "mu_star": "Morris: mean absolute effect of moving a factor over its whole range",
    "delta": "delta: how much of the whole distribution moves when the factor is known, 0 to 1",
    "pawn": "PAWN: how far the distribution moves at its widest when the factor is known, 0 to 1",
    "feature": "feature score: share of an extremely randomised forest's predictive work that the factor does",
}


@dataclass(frozen=True)
class Index:
    """How much one factor counts by one method.

    noise : what a factor without any influence would reach by chance (95 %), or nan where the method has no such bias
    """

    factor: str
    method: str
    estimate: Estimate
    noise: float = np.nan

    @property
    def is_real(self):
        """Whether it counts for more than chance would give."""
        floor = self.noise if np.isfinite(self.noise) else 0.0
        return bool(self.estimate.low > floor)


@dataclass(frozen=True)
class Swing:
    """What a measure's mean is where a factor is low and where it is high (or at each of its choices).

    is_clear : the change holds when all factors are looked at together (Bonferroni)
    """

    factor: str
    words: tuple
    means: tuple
    change: Estimate
    is_clear: bool = False


@dataclass(frozen=True)
class Sensitivity:
    """What drives one measure.

    Parameters
    ----------
    measure : str
    design : "sobol", "morris" or "given"
    method : str, the method that the chart shows
    indices : tuple of Index, of all methods
    swings : tuple of Swing
    mean : Estimate
    chance : Estimate, share of the variance between runs that chance makes, not the factors; unknown without
        replications
    points : int, design points used; dropped : int, left out since the measure did not apply there
    remarks : tuple of str, what a reader must know
    """

    measure: str
    design: str
    method: str
    indices: tuple
    swings: tuple
    mean: Estimate
    chance: Estimate
    points: int
    dropped: int = 0
    remarks: tuple = field(default=())

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


def sensitivity(sample, measure, seed=1, forests=True):
    """What drives a measure over a sweep.

    Parameters
    ----------
    sample : Sample
    measure : str
    seed : int, for resampling
    forests : bool, feature scores too, when scikit-learn is there

    Returns
    -------
    Sensitivity
    """
    y = sample.of_points(measure)
    used = moving(sample)
    design = design_of(sample.x[:, used]) if used.size else "given"
    remarks = []
    indices, count = [], int(np.isfinite(y).sum())
    if used.size and count >= FEWEST and np.nanmax(y) > np.nanmin(y):
        indices, design, count = _indices(sample, y, used, design, seed, remarks)
        if forests and has_forests():
            indices += feature_scores(sample, y, used, seed)
    elif count < FEWEST:
        remarks.append(f"{count} design points with a value are too few for indices; {FEWEST} are the least")
    else:
        remarks.append("the measure is the same everywhere")
    method = {"sobol": "total", "morris": "mu_star"}.get(design, "first")
    dropped = len(y) - count
    if dropped:
        remarks.append(f"{dropped:,} of {len(y):,} design points are left out: there the measure never applies")
    values = sample.values(measure)
    return Sensitivity(
        measure, design, method, tuple(indices), tuple(_swing(sample, values, at, len(used)) for at in used),
        mean(values, sample.future, sample.replication), chance_of(values, sample.point, seed), count, dropped,
        tuple(remarks),
    )  # fmt: skip


def moving(sample):
    """Places of the factors that take more than one value."""
    return np.array([at for at in range(sample.x.shape[1]) if np.ptp(sample.x[:, at]) > 0], dtype=int)


def _indices(sample, y, used, design, seed, remarks):
    x = sample.x[:, used]
    names = [sample.factors[at].name for at in used]
    if design == "sobol":
        whole = _whole_blocks(y, block_of(x))
        if whole.sum() >= FEWEST * block_of(x):
            return sobol_indices(names, y[whole], block_of(x), seed), "sobol", int(whole.sum())
        remarks.append("too few whole blocks of the Sobol design have a value, so indices for any design are used")
    if design == "morris":
        whole = _whole_blocks(y, x.shape[1] + 1)
        if whole.sum() >= 4 * (x.shape[1] + 1):
            return morris_indices(sample, used, y, whole, seed), "morris", int(whole.sum())
        remarks.append(
            "too few whole trajectories of the Morris design have a value, so indices for any design are used"
        )
    known = np.isfinite(y)
    if known.sum() > MOST_POINTS:
        remarks.append(f"indices from {MOST_POINTS:,} points drawn at random of {int(known.sum()):,}")
    return given_indices(sample, y, used, seed), "given", int(known.sum())


def _whole_blocks(y, size):
    """Which points lie in blocks of so many that all have a value."""
    whole = np.isfinite(y[: len(y) // size * size]).reshape(-1, size).all(axis=1)
    return np.concatenate([np.repeat(whole, size), np.zeros(len(y) % size, bool)])


# ------------------------------------------------------------------------------------------------------- designs


def design_of(x):
    """The arrangement of a design, by its structure.

    Parameters
    ----------
    x : array (points, factors)

    Returns
    -------
    "sobol" (Saltelli's arrangement), "morris" (one factor a step), or "given"

    >>> a, b = np.array([0.1, 0.2]), np.array([0.8, 0.9])
    >>> design_of(np.array([a, [0.8, 0.2], [0.1, 0.9], b] * 2))
    'sobol'
    >>> design_of(np.random.default_rng(1).random((8, 2)))
    'given'
    """
    if block_of(x):
        return "sobol"
    size = x.shape[1] + 1
    if x.shape[1] < 2 or len(x) < 2 * size or len(x) % size:
        return "given"
    steps = (np.diff(x.reshape(-1, size, x.shape[1]), axis=1) != 0).astype(int)
    one_at_a_time = (steps.sum(axis=2) == 1).all() and (steps.sum(axis=1) == 1).all()
    return "morris" if one_at_a_time else "given"


def block_of(x):
    """Points in a block of Saltelli's arrangement: factors + 2, or twice the factors + 2; 0 if it is none."""
    count = x.shape[1]
    for size in (2 * count + 2, count + 2):
        if count >= 2 and len(x) >= 2 * size and len(x) % size == 0 and _is_crossed(x.reshape(-1, size, count)):
            return size
    return 0


def _is_crossed(blocks):
    """Whether each block holds a point a, then a with each factor as in b, perhaps b with each as in a, and last b."""
    count = blocks.shape[2]
    a, b = blocks[:, 0], blocks[:, -1]
    sides = ((a, b), (b, a)) if blocks.shape[1] == 2 * count + 2 else ((a, b),)
    wanted = (np.where(turned, there, here) for here, there in sides for turned in np.eye(count, dtype=bool))
    return all(np.array_equal(blocks[:, 1 + at], points) for at, points in enumerate(wanted))


# ------------------------------------------------------------------------------------------------------- indices


def sobol_indices(names, y, block, seed=1, resamples=RESAMPLES):
    """Sobol indices of first and total order. Source: Saltelli et al., Comput. Phys. Commun. 181, 2010; SALib.

    Parameters
    ----------
    names : list of str, the factors
    y : array (blocks * block,), the measure in Saltelli's order
    block : int, points in a block

    Returns
    -------
    list of Index
    """
    from SALib.analyze import sobol

    second = block == 2 * len(names) + 2
    with _quietly():
        found = sobol.analyze(
            _unit_cube(names),
            np.asarray(y),
            calc_second_order=second,
            num_resamples=resamples,
            seed=seed,
            print_to_console=False,
        )
    return [
        _index(name, method, found[key][at], found[f"{key}_conf"][at])
        for method, key in (("total", "ST"), ("first", "S1"))
        for at, name in enumerate(names)
    ]


def morris_indices(sample, used, y, whole, seed=1, resamples=RESAMPLES):
    """Morris' mean absolute elementary effects. Source: Campolongo et al., Environ. Model. Softw. 22, 2007; SALib."""
    from SALib.analyze import morris

    names = [sample.factors[at].name for at in used]
    x = _unit(sample, used)[whole]
    levels = max(len(np.unique(x[:, at])) for at in range(x.shape[1]))
    with _quietly():
        found = morris.analyze(
            _unit_cube(names), x, y[whole], num_resamples=resamples, num_levels=max(levels, 2), scaled=False, seed=seed
        )
    return [_index(name, "mu_star", found["mu_star"][at], found["mu_star_conf"][at]) for at, name in enumerate(names)]


def _unit_cube(names):
    """A problem as SALib has it: every factor from 0 to 1."""
    return {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}


def given_indices(sample, y, used, seed=1, resamples=RESAMPLES):
    """First-order Sobol, delta and PAWN indices for any design, adjusted for chance.

    Sources: Borgonovo, Reliab. Eng. Syst. Saf. 92, 2007 (delta); Pianosi and Wagener, Environ. Model. Softw. 67, 2015
    (PAWN). The estimators are ours, over slices of equal frequency: SALib 1.6 has PAWN without intervals, and its delta
    takes minutes for a factor. Delta and PAWN never come out at zero; what they give for a factor drawn at random is
    taken off, and the rest stretched to end at 1 again.
    """
    x, y = _drawn(_spread_choices(sample, used, seed), y, seed)
    rng = np.random.default_rng([seed, 3])
    found = by_slices(x, y)
    again = [by_slices(x[at], y[at]) for at in rng.integers(0, len(y), (resamples, len(y)))]
    idle = by_slices(rng.random((len(y), resamples)), y)
    indices = []
    for method, values in found.items():
        chance = 0.0 if method == "first" else idle[method].mean()
        half = 1.96 * np.std([one[method] for one in again], axis=0) / (1 - chance)
        floor = np.nan if method == "first" else float((np.quantile(idle[method], 0.95) - chance) / (1 - chance))
        for at, value in enumerate(np.maximum((values - chance) / (1 - chance), 0)):
            indices.append(_index(sample.factors[used[at]].name, method, value, half[at], floor))
    return indices


def by_slices(x, y):
    """Delta, PAWN and first-order indices of each column, from slices of equal frequency.

    Parameters
    ----------
    x : array (points, factors), without ties
    y : array (points,)

    Returns
    -------
    dict of "delta", "pawn" and "first" to array (factors,)
    """
    slices = SLICES if len(y) < 1000 else 2 * SLICES
    _, rank = np.unique(y, return_inverse=True)
    whole = np.bincount(rank) / len(y)
    bins = np.minimum(((np.cumsum(whole) - whole / 2) * slices).astype(int), slices - 1)
    whole_bins = np.bincount(bins, weights=whole, minlength=slices)
    edges = np.linspace(0, len(y), slices + 1).astype(int)
    found = {method: np.empty(x.shape[1]) for method in ("delta", "pawn", "first")}
    for factor, order in enumerate(np.argsort(x, axis=0, kind="stable").T):
        of_slice = np.empty(len(y), int)
        of_slice[order] = np.searchsorted(edges, np.arange(len(y)), side="right") - 1
        sizes = np.diff(edges)[:, None]
        within = np.bincount(of_slice * slices + bins[rank], minlength=slices * slices).reshape(slices, slices) / sizes
        found["delta"][factor] = 0.5 * (np.abs(within - whole_bins).sum(axis=1) * sizes[:, 0]).sum() / len(y)
        found["pawn"][factor] = _pawn(of_slice, rank, whole, slices, sizes)
        found["first"][factor] = _explained(of_slice * (COARSE if len(y) < 1000 else slices) // slices, y)
    return found


def _pawn(of_slice, rank, whole, slices, sizes):
    """Median over slices of the Kolmogorov-Smirnov distance from the whole."""
    counts = np.bincount(of_slice * len(whole) + rank, minlength=slices * len(whole)).reshape(slices, -1)
    return np.median(np.abs(np.cumsum(counts, axis=1) / sizes - np.cumsum(whole)).max(axis=1))


def _explained(of_slice, y):
    """Share of the variance between slices, adjusted for how many there are."""
    sizes = np.bincount(of_slice)
    means = np.bincount(of_slice, weights=y) / sizes
    left = ((y - means[of_slice]) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    return 1 - left * (len(y) - 1) / (len(y) - len(sizes))


def has_forests():
    """Whether scikit-learn is there."""
    import importlib.util

    return importlib.util.find_spec("sklearn") is not None


def need_forests(what):
    """OceansError with advice when scikit-learn is missing."""
    if not has_forests():
        raise OceansError(f"{what} needs scikit-learn: pip install 'two-oceans[analysis]'.")


def feature_scores(sample, y, used, seed=1):
    """Feature scores of extremely randomised trees, with intervals over resampled points.

    Source: Geurts, Ernst and Wehenkel, Mach. Learn. 63, 2006; for scenario discovery: Jaxa-Rozen and Kwakkel, Environ.
    Model. Softw. 107, 2018; scikit-learn.
    """
    need_forests("Feature scores")
    from sklearn.ensemble import ExtraTreesRegressor

    x, y = _drawn(sample.x[:, used], y, seed, MOST_POINTS // 2)
    rng = np.random.default_rng([seed, 4])
    scores, idle = [], []
    for number in range(FORESTS):
        at = rng.integers(0, len(y), len(y))
        forest = ExtraTreesRegressor(
            FOREST, min_samples_leaf=max(1, len(y) // 200), max_features=max(1, x.shape[1] // 3), random_state=number
        )
        scores.append(forest.fit(x[at], y[at]).feature_importances_)
        idle.append(forest.fit(x[at], rng.permutation(y[at])).feature_importances_)
    centre, half = np.mean(scores, axis=0), 1.96 * np.std(scores, axis=0)
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


def _drawn(x, y, seed, most=MOST_POINTS):
    """The points with a value, no more than so many, drawn at random."""
    at = np.flatnonzero(np.isfinite(y))
    if len(at) > most:
        at = np.sort(np.random.default_rng([seed, 0]).choice(at, most, replace=False))
    return x[at], y[at]


@contextlib.contextmanager
def _quietly():
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def chance_of(values, point, seed=1, resamples=RESAMPLES):
    """Share of the variance between runs that lies within points, where only the draws differ (one-way ANOVA).

    Parameters
    ----------
    values : array (runs,); point : int array (runs,), the point of each; points with one run tell nothing

    Returns
    -------
    Estimate; unknown where hardly any point has two runs

    >>> rng = np.random.default_rng(1)
    >>> point = np.repeat(np.arange(500), 2)
    >>> chance = chance_of(rng.normal(size=500)[point] + rng.normal(size=1000), point)
    >>> chance.low < 0.5 < chance.high
    True
    """
    known = np.isfinite(values)
    _, place, counts = np.unique(point[known], return_inverse=True, return_counts=True)
    several = counts[place] > 1
    if len(np.unique(place[several])) < FEWEST:
        return NOTHING
    values = values[known][several]
    _, place, counts = np.unique(place[several], return_inverse=True, return_counts=True)
    sums, squares = np.bincount(place, weights=values), np.bincount(place, weights=values**2)
    within, free = squares - sums**2 / counts, counts - 1

    def part(at):
        total, number = sums[at].sum(), counts[at].sum()
        spread = squares[at].sum() / number - (total / number) ** 2
        return min(1.0, within[at].sum() / free[at].sum() / spread) if spread > 0 else np.nan

    rng = np.random.default_rng([seed, 11])
    draws = [part(rng.integers(0, len(counts), len(counts))) for _ in range(resamples)]
    low, high = np.quantile(draws, (0.025, 0.975))
    return Estimate(float(part(slice(None))), float(low), float(high))


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
    return Swing(factor.name, words, tuple(means[place] for place in order), change, _is_clear(change, tests))


def _is_clear(change, tests):
    """Whether a change holds when so many are looked at together."""
    from scipy.special import ndtri

    half = (change.high - change.low) / 2
    return bool(np.isfinite(half) and abs(change.value) > half * ndtri(1 - 0.025 / tests) / ndtri(0.975) > 0)
