"""Where it fails: rules over the factors that hold most of the runs that went wrong.

PRIM peels a box, a slice at a time, towards the failures and keeps its whole trajectory, so that whoever reads chooses
between a rule that holds nearly all failures and one that is nearly pure. CART is the second opinion: a small tree.

PRIM is our own, in arrays: the EMA Workbench's takes seconds to import and brings five further libraries. A test
compares the two.

Sources: Friedman and Fisher, Bump hunting in high-dimensional data, Stat. Comput. 9, 1999; Bryant and Lempert, Thinking
inside the box, Technol. Forecast. Soc. Change 77, 2010 (coverage, density, quasi-p values, resampling); Breiman et al.,
Classification and Regression Trees, 1984.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from sim.errors import did_you_mean, refusal
from sim.experiments.estimate import NOTHING, Estimate, share
from sim.experiments.phrases import choices_left, condition, softly, value_in_words
from sim.experiments.phrases import measure as described
from sim.experiments.sample import Sample
from sim.experiments.sensitivity import has_forests, moving, need_forests
from sim.letters import is_number
from sim.phrases import goes_unsaid, listed, percent

PEEL = 0.05  # share of the box that one peel may take
SMALLEST = 0.05  # share of all runs below which a box is not peeled further
MOST_RUNS = 20_000
WORST = 0.25  # the worst quarter of the runs is called failure unless a limit is named
QUASI_P = 0.05
AGAIN = 10  # resamples for how often a condition comes back
LEAVES = 8
FEWEST = 20  # failures, and successes, without which there is nothing to learn


@dataclass(frozen=True)
class Limit:
    """One condition of a box: a range, or the choices that are left."""

    factor: str
    low: float
    high: float
    choices: tuple | None
    words: str
    quasi_p: float = np.nan
    comes_back: float = np.nan


@dataclass(frozen=True)
class Box:
    """A rule over the factors, and how good it is."""

    limits: tuple[Limit, ...]
    coverage: Estimate  # share of all failures that lie in the box
    density: Estimate  # share of the box's runs that fail
    mass: float  # share of all runs that lie in it

    @property
    def rule(self):
        """The box in words."""
        return listed([limit.words for limit in self.limits], longest=20) or "no condition at all"


@dataclass(frozen=True)
class Discovery:
    """Where a measure fails."""

    measure: str
    failure: str  # what counts as failure, in words
    base: Estimate  # share of all runs that fail
    trajectory: tuple[Box, ...] = ()  # as it was peeled; empty when there was nothing to learn
    chosen: int = 0  # which box of the trajectory the rule is taken from
    leaves: tuple[Box, ...] = ()  # CART's, the densest first; empty without scikit-learn
    runs: int = 0  # how many were looked at
    is_checked: bool = False  # coverage and density are from futures in which the rule was not found (one in three)
    remarks: tuple[str, ...] = ()

    @property
    def box(self):
        """The box that is recommended, or None."""
        return self.trajectory[self.chosen] if self.trajectory else None

    @property
    def is_telling(self):
        """Whether the rule says more than the share of failures everywhere."""
        return bool(self.box and self.box.limits and self.box.density.low > self.base.high)

    @property
    def is_headline(self):
        """Whether the rule says more than that in futures in which it was not found."""
        return self.is_checked and self.is_telling


def _failing(sample: Sample, name: str, limit: float | None = None) -> tuple[np.ndarray, str, np.ndarray]:
    """Which runs fail by a measure, in words, and which runs count: arrays (runs,) of bool.

    It is failure beyond the limit; default: the worst quarter of the runs.
    """
    values, about = sample.values(name), described(name)
    known = np.isfinite(values)
    if not known.any():
        return known, f"{softly(about.label)} unknown", known
    down = about.better == "higher"
    is_strict = limit is not None
    if limit is None:
        limit = float(np.quantile(values[known], WORST if down else 1 - WORST))
    fails = values <= limit if down else values >= limit
    if is_strict or fails[known].mean() > 0.5:  # a crowd at the limit itself
        is_strict, fails = True, values < limit if down else values > limit
    side, said = "below" if down else "above", value_in_words(limit, float(np.ptp(values[known])))
    unit = "" if goes_unsaid(about.unit) else f" {about.unit}"
    how = f"{side} {said}{unit}" if is_strict else f"at {said}{unit} or {side}"
    which = "worst" if about.better else "highest" if not down else "lowest"
    return known & fails, f"{softly(about.label)} {how} (the {which} {percent(fails[known].mean())} of runs)", known


def discover(sample: Sample, name: str, limit: float | None = None, seed: int = 1, trees: bool = True) -> Discovery:
    """The rule under which a measure fails, as `_failing` has it; CART's (`trees`) too, when scikit-learn is there."""
    fails, failure, known = _failing(sample, name, limit)
    base = share(fails[known], sample.future[known], sample.replication[known]) if known.any() else NOTHING
    used = moving(sample)
    few = min(int(fails.sum()), int((known & ~fails).sum()))
    if few < FEWEST or not used.size:
        said = (
            f"{few} runs on one side are too few for a rule; {FEWEST} are the least"
            if used.size
            else "nothing was varied in this sweep, so no rule"
        )
        return Discovery(name, failure, base, runs=int(known.sum()), remarks=(said,))
    at, remarks = np.flatnonzero(known), []
    if len(at) > MOST_RUNS:
        remarks.append(f"looked for in {MOST_RUNS:,} runs drawn at random of {len(at):,}")
        at = np.sort(np.random.default_rng([seed, 5]).choice(at, MOST_RUNS, replace=False))
    found_in, checked_in = _halves(sample, at, fails, seed)
    if checked_in is None:
        remarks.append("too few futures to check the rule on others than those it was found in")
    table = _table_of(sample, used, fails, found_in)
    judge = table if checked_in is None else _table_of(sample, used, fails, checked_in)
    path, chosen = table.peeled()
    trajectory = [judge.boxed(limits) for limits in path]
    trajectory[chosen] = table.tested(trajectory[chosen], path[chosen], seed)
    leaves = [judge.boxed(limits) for limits in _cart(table, seed)] if trees and has_forests() else []
    leaves = sorted((box for box in leaves if box.density.value > base.value), key=lambda box: -box.density.value)
    return Discovery(
        name, failure, base, tuple(trajectory), chosen, tuple(leaves), len(at), checked_in is not None, tuple(remarks)
    )


def _halves(sample, at, fails, seed):
    """Runs to find a rule in, and runs of other futures to check it on; all and None where there are too few."""
    futures = np.unique(sample.future[at])
    drawn = np.random.default_rng([seed, 10]).permutation(len(futures))
    for_finding = np.isin(sample.future[at], futures[drawn[: -(-2 * len(futures) // 3)]])
    found_in, checked_in = at[for_finding], at[~for_finding]
    few = min(int(fails[checked_in].sum()), int((~fails[checked_in]).sum()))
    return (found_in, checked_in) if few >= FEWEST and len(futures) >= 3 * FEWEST else (at, None)


@dataclass(frozen=True)
class _Table:
    """The runs that a rule is looked for in: x (runs, factors) and, one for each run, the rest."""

    factors: list
    x: np.ndarray
    fails: np.ndarray
    future: np.ndarray
    replication: np.ndarray

    @property
    def is_choice(self):
        """Which columns have no order."""
        return np.array([factor.choices is not None and not factor.is_ordered for factor in self.factors])

    def inside(self, limits):
        """Which runs lie in a box given by limits: dict of column to (low, high) or frozenset of places."""
        within = np.ones(len(self.x), bool)
        for column, limit in limits.items():
            within &= _within(self.x[:, column], limit)
        return within

    def boxed(self, limits):
        """The box with its coverage, density and words."""
        within = self.inside(limits)
        coverage = share(within[self.fails], self.future[self.fails], self.replication[self.fails])
        density = share(self.fails[within], self.future[within], self.replication[within])
        told = tuple(self._limit(column, limit) for column, limit in sorted(limits.items()))
        return Box(told, coverage, density, float(within.mean()))

    def _limit(self, column, limit):
        factor = self.factors[column]
        if factor.choices is not None:
            places = sorted(limit) if isinstance(limit, frozenset) else [
                place for place in range(len(factor.choices)) if limit[0] <= place <= limit[1]
            ]  # fmt: skip
            allowed = tuple(factor.choices[place] for place in places)
            return Limit(factor.name, float(places[0]), float(places[-1]), allowed, choices_left(factor, allowed))
        low, high = max(limit[0], factor.low), min(limit[1], factor.high)
        return Limit(factor.name, float(low), float(high), None, condition(factor, low, high))

    def peeled(self):
        """The peeling trajectory and the place of the best box, whose every condition holds.

        A factor whose condition could be chance (quasi-p above five per cent, allowing for how many factors there are)
        is left out, the weakest first, and the peeling begins again without it.
        """
        columns = np.arange(self.x.shape[1])
        while True:
            peels = peel(self.x[:, columns], self.fails, self.is_choice[columns])
            path = [{int(columns[place]): limit for place, limit in limits.items()} for limits in peels]
            chosen = _choose([self.boxed(limits) for limits in path])
            chances = {column: self._quasi_p(path[chosen], column) for column in path[chosen]}
            weak = {column for column, chance in chances.items() if chance > QUASI_P / self.x.shape[1]}
            if not weak:
                return path, chosen
            gone = {column for column in weak if chances[column] > 0.5} or {max(weak, key=chances.get)}
            columns = np.array([column for column in columns if column not in gone], dtype=int)
            if not columns.size:
                return [{}], 0

    def tested(self, box, limits, seed):
        """The box with each condition's quasi-p value, and how often it comes back in other draws of the runs."""
        names = [factor.name for factor in self.factors]
        counts, rng = dict.fromkeys(limits, 0), np.random.default_rng([seed, 6])
        for _ in range(AGAIN if limits else 0):
            at = rng.choice(len(self.x), len(self.x) // 2, replace=False)
            part = _Table(self.factors, self.x[at], self.fails[at], self.future[at], self.replication[at])
            path = peel(part.x, part.fails, self.is_choice)
            again = path[_choose([part.boxed(other) for other in path])]
            for column in counts:
                counts[column] += column in again
        columns = [names.index(limit.factor) for limit in box.limits]
        told = (
            replace(limit, quasi_p=self._quasi_p(limits, column), comes_back=counts[column] / AGAIN)
            for column, limit in zip(columns, box.limits, strict=True)
        )
        return replace(box, limits=tuple(told))

    def _quasi_p(self, limits, column):
        """Chance of so dense a box if this condition did nothing. Source: Bryant and Lempert 2010, binomial."""
        from scipy.stats import binom

        baseline = self.inside({other: limit for other, limit in limits.items() if other != column})
        within = self.inside(limits)
        return float(binom.sf(self.fails[within].sum() - 1, within.sum(), self.fails[baseline].mean()))


def _table_of(sample, used, fails, at):
    """Some runs of a sample, with the factors that move."""
    factors = [sample.factors[place] for place in used]
    return _Table(factors, sample.x[:, used][sample.point[at]], fails[at], sample.future[at], sample.replication[at])


def _within(values, limit):
    if isinstance(limit, frozenset):
        return np.isin(values, list(limit))
    return (values >= limit[0]) & (values <= limit[1])


# -------------------------------------------------------------------------------------------------------- peeling


def peel(x: np.ndarray, fails: np.ndarray, is_choice: np.ndarray | None = None) -> list[dict]:
    """PRIM's peeling trajectory, with the last box pasted.

    Each peel takes off the slice that leaves the box densest for what it gives up (Friedman and Fisher's lenient
    criterion: gain in density per run removed); ordered factors lose a tail, others a choice. A limit lies half-way
    between the last run inside and the first outside.

    Parameters
    ----------
    x : array (runs, factors)
    fails : bool array (runs,)
    is_choice : bool array (factors,), columns without an order

    Returns
    -------
    column -> (low, high) or frozenset of places; the first is empty, the whole

    >>> rng = np.random.default_rng(1)
    >>> x = rng.random((2000, 3))
    >>> path = peel(x, (x[:, 0] > 0.6) & (x[:, 1] < 0.5))
    >>> [round(float(path[-1][0][0]), 1), round(float(path[-1][1][1]), 1), 2 in path[-1]]
    [0.6, 0.5, False]
    """
    is_choice = np.zeros(x.shape[1], bool) if is_choice is None else is_choice
    within = np.arange(len(x))
    limits: dict = {}
    path = [limits]
    while True:
        density = fails[within].mean()
        if density == 1:
            return path
        best = _best_peel(x, fails, within, is_choice, density)
        if best is None or len(best[1]) < max(SMALLEST * len(x), 2):
            return path
        column, kept, limit = best
        if isinstance(limit, frozenset):
            limits = {**limits, column: limit}
        else:
            low, high = limits.get(column, (-np.inf, np.inf))
            limits = {**limits, column: (max(low, limit[0]), min(high, limit[1]))}
        within = kept
        path.append(limits)


def _best_peel(x, fails, within, is_choice, density):
    best, most = None, 0.0
    for column in range(x.shape[1]):
        for keep, limit in _peels(x[within, column], is_choice[column]):
            removed = len(within) - keep.sum()
            if not 0 < removed < len(within):
                continue
            gain = (fails[within][keep].mean() - density) / removed
            if gain > most:
                best, most = (column, within[keep], limit), gain
    return best


def _peels(values, is_choice):
    """The ways to peel one factor: (which to keep, the new limit)."""
    distinct = np.unique(values)
    if len(distinct) < 2:
        return
    if is_choice:
        for gone in distinct:
            yield values != gone, frozenset(int(place) for place in distinct if place != gone)
        return
    low, high = np.quantile(values, PEEL), np.quantile(values, 1 - PEEL)
    above, below = values > low, values < high
    if (values >= low).all() or len(distinct) <= 12:  # ties at the end: they go together
        above = values > distinct[0]
    if (values <= high).all() or len(distinct) <= 12:
        below = values < distinct[-1]
    if above.any():
        yield above, ((values[above].min() + values[~above].max()) / 2, np.inf)
    if below.any():
        yield below, (-np.inf, (values[below].max() + values[~below].min()) / 2)


def _choose(trajectory):
    """Which box to recommend: the one whose coverage exceeds its mass most, of the shortest rule.

    Coverage less mass is weighted relative accuracy, but for a constant: what the rule finds beyond what a blind draw
    of as many runs would. Among boxes within five per cent of the best, the one with the fewest conditions. Source:
    Lavrac, Flach and Zupan, Rule evaluation measures, ILP 1999.
    """
    lift = [box.coverage.value - box.mass for box in trajectory]
    good = [at for at, value in enumerate(lift) if value >= 0.95 * max(lift)]
    return min(good, key=lambda at: (len(trajectory[at].limits), -lift[at]))


# ------------------------------------------------------------------------------------------------------------ CART


def _cart(table, seed=1):
    """The leaves of a small classification tree, each as limits by column, as `peel` has them."""
    need_forests("CART")
    from sklearn.tree import DecisionTreeClassifier

    columns = [(column, place) for column in range(table.x.shape[1]) for place in _dummies(table, column)]
    x = np.column_stack([table.x[:, c] if place is None else table.x[:, c] == place for c, place in columns])
    tree = DecisionTreeClassifier(
        max_leaf_nodes=LEAVES, min_samples_leaf=max(2, int(SMALLEST * len(x))), random_state=seed
    )
    tree.fit(x, table.fails)
    return list(_leaves(tree.tree_, 0, {}, columns, table))


def _dummies(table, column):
    return range(len(table.factors[column].choices)) if table.is_choice[column] else (None,)


def _leaves(tree, node, limits, columns, table):
    if tree.children_left[node] < 0:
        yield limits
        return
    column, place = columns[tree.feature[node]]
    edge = float(tree.threshold[node])
    if place is None:
        low, high = limits.get(column, (-np.inf, np.inf))
        left, right = (low, min(high, edge)), (max(low, edge), high)
    else:
        every = limits.get(column, frozenset(range(len(table.factors[column].choices))))
        left, right = every - {place}, frozenset({place}) & every
    yield from _leaves(tree, tree.children_left[node], {**limits, column: left}, columns, table)
    yield from _leaves(tree, tree.children_right[node], {**limits, column: right}, columns, table)


def parse_limit(given: str, measures: Iterable[str]) -> tuple[str, float]:
    """A limit as it is given at the terminal, NAME=VALUE; InputError with advice when it is not one.

    >>> parse_limit("harm=5", {"harm": 0})
    ('harm', 5.0)
    """
    name, _, value = given.partition("=")
    if name not in measures:
        raise refusal(f"--limit {given}: no such measure. {did_you_mean(name, measures)}")
    if not is_number(value) or not np.isfinite(float(value)):
        raise refusal(f"--limit {given}: write it as MEASURE=VALUE, for instance harm=5.")
    return name, float(value)
