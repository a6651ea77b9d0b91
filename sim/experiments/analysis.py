"""What a sweep means: everything that `oceans analyse` finds, gathered for each measure.

    analysis = analyse(load_result("results/sweep"), ["harm"])
    analysis.of("harm").discovery.box.rule

Here is the order of the questions: how the measure comes out, what drives it, where it fails, what to choose, how far
to trust it. Each is answered in its own file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations

import numpy as np

from sim.experiments.discovery import Discovery, discover
from sim.experiments.estimate import (
    LEVEL,
    NOTHING,
    ONE_DRAW,
    QUANTILES,
    TOLERANCE,
    Convergence,
    Estimate,
    convergence,
    mean,
)
from sim.experiments.phrases import measure as described
from sim.experiments.robustness import Robustness, of_cooperation, robustness
from sim.experiments.sample import Sample, futures_of, means_by, sample_of
from sim.experiments.sensitivity import SHARES, Sensitivity, has_forests, sensitivity
from sim.model.events import plain
from sim.phrases import capital
from sim.scenario import Loaded

DRAW_GROUPS = 20  # the most that shared draws are left out in, one after another
NARROW = 0.1  # half-width that is good enough for a share of the variance, or of the runs under a rule
MEASURES = 4  # how many are looked at unless they are named
FEW_REPLICATIONS = 8  # below which intervals are wide for want of draws


@dataclass(frozen=True)
class Spread:
    """How a measure comes out: quantiles at `QUANTILES`, and the mean with its interval."""

    words: str  # over which runs
    quantiles: tuple[float, ...]
    mean: Estimate
    runs: int
    share: float  # of them to which the measure applies
    is_constant: bool = False  # the same in all


@dataclass(frozen=True)
class Settled:
    """Whether there are enough runs for one claim: how wide its interval is, against what would be narrow enough."""

    measure: str
    what: str  # the claim
    half: float  # half-width of the interval, nan where there is none
    good: float

    @property
    def is_known(self):
        """Whether there is anything to settle."""
        return bool(np.isfinite(self.half) and self.good > 0)

    @property
    def is_enough(self):
        """Whether the interval is narrow enough."""
        return bool(self.half <= self.good)

    @property
    def times(self):
        """How many times as many runs would make it so."""
        return max(2.0, np.ceil((self.half / self.good) ** 2)) if self.is_known else np.nan


@dataclass(frozen=True)
class Finding:
    """All about one measure."""

    measure: str
    spread: Spread
    baseline: Spread | None
    sensitivity: Sensitivity
    discovery: Discovery
    cooperation: Robustness | None
    levers: tuple
    convergence: Convergence

    @property
    def settled(self):
        """Which claims there are enough runs for: a `Settled` each for the mean, shares, the rule and the choices."""
        low, *_, high = self.spread.quantiles
        good, found = TOLERANCE * (high - low), self.sensitivity
        shares = [_half(one.estimate) for one in found.by() if one.method in SHARES]
        gains = [_half(one.gain) for one in (self.cooperation, *self.levers) if one and not one.is_better()]
        rule = _half(self.discovery.box.density) if self.discovery.is_headline else np.nan
        return (
            Settled(self.measure, "means", _half(self.spread.mean), good),
            Settled(self.measure, "shares of variance", max(shares, default=np.nan), NARROW),
            Settled(self.measure, "rules", rule, NARROW),
            Settled(self.measure, "choices", max(gains, default=0.0 if self.levers else np.nan), good),
        )


def _half(estimate):
    return (estimate.high - estimate.low) / 2


@dataclass(frozen=True)
class TradeOff:
    """How two measures go together over the futures: Spearman's rank correlation, with its interval."""

    one: str
    other: str
    correlation: Estimate
    x: np.ndarray = field(repr=False, compare=False)  # (points,), the mean of one at each point
    y: np.ndarray = field(repr=False, compare=False)  # and of the other

    @property
    def helps(self):
        """Whether they improve together (+1), one at the expense of the other (-1), or neither (0)."""
        if not self.correlation.is_clear():
            return 0
        turned = [1 if described(name).better != "lower" else -1 for name in (self.one, self.other)]
        return int(np.sign(self.correlation.value)) * turned[0] * turned[1]


@dataclass(frozen=True)
class Analysis:
    """A sweep's findings."""

    sample: Sample = field(repr=False)
    findings: tuple[Finding, ...] = ()  # in the order of the measures
    trade_offs: tuple[TradeOff, ...] = ()  # the strongest conflicts first
    remarks: tuple[str, ...] = ()  # what a reader must know about all of it

    def of(self, name):
        """The finding about one measure."""
        return next(finding for finding in self.findings if finding.measure == name)

    def to_dict(self):
        """Everything as plain data; nan is null."""
        sample = self.sample
        return {
            "scenario_name": sample.scenario_name, "title": sample.title, "seed": sample.seed, "runs": sample.runs,
            "points": len(sample.x), "replications": sample.replications, "failed": sample.failed,
            "factors": [_plain(factor) for factor in sample.factors],
            "measures": {finding.measure: _plain(finding) for finding in self.findings},
            "trade_offs": [{k: v for k, v in _plain(one).items() if k not in "xy"} for one in self.trade_offs],
            "remarks": list(self.remarks),
        }  # fmt: skip


def analyse(
    result, measures: Sequence[str] | None = None, limits: Mapping[str, float] | None = None, seed: int = 1,
    loaded: Loaded | None = None, progress: Callable[[str], object] | None = None,
) -> Analysis:  # fmt: skip
    """What a sweep means; InputError for measures that the sweep does not hold.

    Parameters
    ----------
    result : sim.experiments.Result
    measures : in the order of interest; default: the scenario's own measures that vary most, at most four
    limits : of a measure the value beyond which it is failure
    seed : for resampling
    loaded : the scenario that was swept; default: the one the result names
    progress : told what is looked at now
    """
    loaded = loaded if loaded is not None else result.folder.scenario()
    sample = sample_of(result, loaded)
    sample.check(measures or ())
    names = list(dict.fromkeys(measures or ())) or _measures_to_look_at(sample, loaded)
    findings = []
    for name in names:
        if progress:
            progress(name)
        findings.append(_finding(sample, name, (limits or {}).get(name), seed))
    pairs = [_trade_off(sample, one, other) for one, other in combinations(names, 2)]
    pairs = [pair for pair in pairs if pair.correlation.is_known]
    pairs.sort(key=lambda pair: (pair.helps, -abs(pair.correlation.value)))
    return Analysis(sample, tuple(findings), tuple(pairs), tuple(_remarks(sample)))


def _measures_to_look_at(sample, loaded):
    """The measures that the scenario is judged by, if they vary here; at most so many."""
    wanted = [name for name in loaded.scenario.measures or () if name in sample.measures] or list(sample.measures)
    moving = [name for name in wanted if described(name).better and _varies(sample.values(name))]
    return (moving or [name for name in wanted if _varies(sample.values(name))] or wanted[:1])[:MEASURES]


def _varies(values):
    known = values[np.isfinite(values)]
    return known.size >= 0.5 * values.size and np.ptp(known) > 0


def _finding(sample, name, limit, seed):
    baseline = None
    if sample.baseline_measures and name in sample.baseline_measures:
        baseline = spread(sample, sample.values(name, baseline=True), "without the cooperation")
    return Finding(
        name, spread(sample, sample.values(name), "all runs"), baseline, sensitivity(sample, name, seed),
        discover(sample, name, limit, seed), of_cooperation(sample, name, limit, seed),
        tuple(robustness(sample, name, limit, seed)), convergence(sample, name, seed),
    )  # fmt: skip


def spread(sample, values, words):
    """How a measure comes out over some runs."""
    known = np.isfinite(values)
    quantiles = np.quantile(values[known], QUANTILES) if known.any() else [np.nan] * len(QUANTILES)
    return Spread(
        words, tuple(float(one) for one in quantiles), mean(values, sample.future, sample.replication),
        int(known.sum()), float(known.mean()) if known.size else 0.0,
        bool(known.sum() > 1 and np.ptp(values[known]) == 0),
    )  # fmt: skip


def _trade_off(sample, one, other):
    from scipy.stats import spearmanr

    x, y = sample.of_points(one), sample.of_points(other)
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < 10 or np.ptp(x[both]) == 0 or np.ptp(y[both]) == 0:
        return TradeOff(one, other, NOTHING, x[both], y[both])
    futures = len(np.unique(futures_of(sample.x, sample.factors)[both]))
    value = float(spearmanr(x[both], y[both]).statistic)
    spread = (1 + value**2 / 2) / max(futures - 3, 1)  # Bonett and Wright 2000, on Fisher's scale
    half = np.hypot(1.96 * np.sqrt(spread), _reach_of_draws(sample, one, other, both))
    turned = _by_fisher(value)
    found = Estimate(value, float(np.tanh(turned - half)), float(np.tanh(turned + half)))
    return TradeOff(one, other, found, x[both], y[both])


def _by_fisher(correlation):
    return np.arctanh(np.clip(correlation, -0.999999, 0.999999))


def _reach_of_draws(sample, one, other, both):
    """How far draws that all futures share may move a rank correlation: nan of one draw, 0 where none are shared."""
    from scipy.stats import spearmanr, t

    if sample.is_one_draw:
        return np.nan
    if not sample.shares_draws:
        return 0.0
    group = sample.replication % DRAW_GROUPS
    left = []
    for gone in np.unique(group):
        x, y = (np.where(group == gone, np.nan, sample.values(name)) for name in (one, other))
        x, y = (means_by(values, sample.point, len(sample.x))[both] for values in (x, y))
        known = np.isfinite(x) & np.isfinite(y)
        varies = known.any() and np.ptp(x[known]) > 0 and np.ptp(y[known]) > 0
        left.append(_by_fisher(spearmanr(x[known], y[known]).statistic) if varies else np.nan)
    count = len(left)
    return float(t.ppf(0.5 + LEVEL / 2, count - 1) * np.sqrt((count - 1) * np.var(left)))


def _remarks(sample):
    if sample.missing:
        yield (
            f"This is a part of the sweep: {len(sample.x):,} of {len(sample.x) + sample.missing:,} points have been "
            "played."
        )
    if sample.failed:
        yield f"{sample.failed:,} runs could not be played and are left out."
    if sample.is_one_draw:
        yield f"{capital(ONE_DRAW.replace(' it ', ' any of this '))}, and no interval is given. --reps 10 would tell."
    elif sample.replications < FEW_REPLICATIONS and sample.shares_draws:
        yield (
            f"All futures share the same {sample.replications} draws of chance, so intervals are wide. "
            "More replications (--reps) would narrow them."
        )
    if not has_forests():
        yield "Feature scores and the second opinion on rules are missing: pip install 'two-oceans[analysis]'."


def _plain(value):
    """The parts of a finding by name, and theirs, as plain data."""
    return plain(asdict(value))
