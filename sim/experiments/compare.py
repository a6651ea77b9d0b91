"""Arms beside one another with the same draws: what changes when one thing changes.

Run r of every arm draws the same numbers at the same addresses, so the difference of a pair is the doing of the arms,
not of chance.

Intervals are Student's t at 95 % over the pairs. `is_clear` asks more: that the difference holds when all measures are
looked at together (Holm), since of thirty measures one or two would seem to differ by chance alone.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from sim.errors import refusal
from sim.experiments.arms import Arm, arms_of
from sim.experiments.estimate import NOTHING, Estimate, holm, p_value, paired
from sim.experiments.phrases import measure as described
from sim.record.scorecard import scorecard

SLIGHT = 0.05  # of the range that holds nine runs in ten
SCORED = 1000  # runs that the scorecard is made from


@dataclass(frozen=True)
class Difference:
    """One measure, or one principle, in one arm against the first.

    Parameters
    ----------
    name, label, unit : str; better : "higher", "lower" or None
    arm : int, which arm is compared with arm 0
    base, value : float, mean of arm 0 and of this arm over the pairs
    change : Estimate, mean of the paired differences
    pairs : int, runs to which the measure applies in both; only_base, only_arm : int, in one of the two alone
    p_better : float, share of pairs in which this arm is the better one (or higher, where neither is better)
    p_same : float, share of pairs without a difference
    size : float, the change as a share of the range that holds nine runs in ten, of both arms together
    is_clear : bool, the difference holds when all measures are looked at together
    """

    name: str
    label: str
    unit: str
    better: str | None
    arm: int
    base: float
    value: float
    change: Estimate
    pairs: int
    only_base: int
    only_arm: int
    p_better: float
    p_same: float
    size: float = np.nan
    is_clear: bool = False

    @property
    def is_slight(self):
        """Whether the difference is less than a twentieth of the range of the runs."""
        return bool(abs(self.size) < SLIGHT)

    @property
    def direction(self):
        """'better', 'worse', 'higher' or 'lower' when the difference is clear; else nothing."""
        if not self.is_clear:
            return ""
        rises = self.change.value > 0
        if self.better is None:
            return "higher" if rises else "lower"
        return "better" if rises == (self.better == "higher") else "worse"

    @property
    def verdict(self):
        """The direction in words, 'slightly' where the difference is small against the range of the runs."""
        if not self.direction:
            return "no clear difference"
        return f"slightly {self.direction}" if self.is_slight else self.direction


@dataclass(frozen=True)
class Comparison:
    """Arms with common random numbers.

    Parameters
    ----------
    arms : tuple of Arm, the first is what the others are compared with
    seed, runs : int
    measures : dict of arm's place to dict of name to array (runs,)
    differences : tuple of Difference, measures; principles : tuple of Difference, of the scorecard's scores
    """

    arms: tuple
    seed: int
    runs: int
    measures: tuple = field(repr=False)
    differences: tuple = ()
    principles: tuple = ()

    def of(self, arm=1):
        """The differences of one arm, in the catalogue's order."""
        return [one for one in self.differences if one.arm == arm]

    def principles_of(self, arm=1):
        """The principles' differences of one arm."""
        return [one for one in self.principles if one.arm == arm]

    def sentence(self, arm=1):
        """The finding in words."""
        about = [one for one in self.of(arm) if one.better]
        better, worse = (sum(one.verdict == word for one in about) for word in ("better", "worse"))
        moved = sum(one.is_clear for one in self.of(arm))
        label = self.arms[arm].label
        if all(one.p_same == 1 for one in self.of(arm) if one.pairs):
            return f"{label}: every run comes out as with {self.arms[0].label}"
        if not moved:
            return f"no clear difference between {label} and {self.arms[0].label} in {self.runs:,} runs"
        slight = sum(one.is_clear and one.is_slight for one in about)
        said = f"{label}: {_counted(better)} better and {_bare(worse)} worse than {self.arms[0].label}"
        return f"{said}; {_bare(slight)} more by a little" if slight else said

    def rows(self):
        """The table as plain rows, for CSV and JSON."""
        for kind, found in (("measure", self.differences), ("principle", self.principles)):
            for one in found:
                yield {
                    "kind": kind, "arm": self.arms[one.arm].name, "compared_with": self.arms[0].name, "name": one.name,
                    "unit": one.unit, "better": one.better or "", "mean_compared_with": one.base, "mean": one.value,
                    "difference": one.change.value, "low": one.change.low, "high": one.change.high, "pairs": one.pairs,
                    "only_in_compared_with": one.only_base, "only_in_arm": one.only_arm,
                    "share_of_pairs_better_or_higher": one.p_better, "share_of_pairs_same": one.p_same,
                    "size": one.size, "is_clear": one.is_clear,
                }  # fmt: skip


def _bare(number):
    return _counted(number).split(" ")[0].replace("no", "none")


def _counted(number):
    from sim.phrases import count

    return count(number, "measure")


def compare(arms, seed=1, runs=400, progress=None):
    """Play arms with common random numbers and compare each with the first.

    Parameters
    ----------
    arms : sequence of Arm, or of what `arms_of` reads: "cyber_incident", "cyber_incident:linkage=0.8"
    seed, runs : int
    progress : callable (runs done), or None

    Returns
    -------
    Comparison

    >>> found = compare(["smallest", "smallest:linkage=0.9"], runs=4)
    >>> len(found.arms), found.of(1)[0].pairs
    (2, 4)
    """
    from sim.engine import play

    arms = tuple(arms if all(isinstance(arm, Arm) for arm in arms) else arms_of(arms))
    if len(arms) < 2:
        raise refusal("there is nothing to compare with: name a second arm.")
    played = [
        play(arm.loaded, seed, runs=runs, policies=arm.policies or None, progress=progress).outcomes for arm in arms
    ]
    return compared(arms, seed, runs, [(one.measures, one.baseline_measures) for one in played])


def compared(arms, seed, runs, played):
    """The comparison of arms that have been played.

    Parameters
    ----------
    arms : sequence of Arm
    seed, runs : int
    played : for each arm (measures, measures without the cooperation or None): dict of name to array (runs,)

    Returns
    -------
    Comparison
    """
    differences, principles = [], []
    cards = [scores(*one) for one in played]
    for arm in range(1, len(arms)):
        base, mine = played[0][0], played[arm][0]
        found = [_difference(name, arm, base[name], mine[name]) for name in base if name in mine]
        differences += _marked(found, base, mine)
        judged = [_principle(key, arm, cards) for key in cards[0]]
        principles += _marked(judged, {k: v[1] for k, v in cards[0].items()}, {k: v[1] for k, v in cards[arm].items()})
    return Comparison(
        tuple(arms), seed, runs, tuple(one for one, _ in played), tuple(differences), tuple(principles)
    )  # fmt: skip


def _difference(name, arm, base, mine):
    about = described(name)
    return _paired(name, about.label, about.unit, about.better, arm, base, mine)


def _principle(key, arm, cards):
    statement, base = cards[0][key]
    return _paired(key, statement, "score, 0 to 1", "higher", arm, base, cards[arm][key][1])


def _paired(name, label, unit, better, arm, base, mine):
    base, mine = np.asarray(base, dtype=float), np.asarray(mine, dtype=float)
    here, there = np.isfinite(base), np.isfinite(mine)
    both = here & there
    gap = mine[both] - base[both]
    rises = gap > 0 if better != "lower" else gap < 0
    change = paired(mine, base) if both.any() else NOTHING
    return Difference(
        name, label, unit, better, arm, _mean(base[both]), _mean(mine[both]), change,
        int(both.sum()), int((here & ~there).sum()), int((there & ~here).sum()), _mean(rises), _mean(gap == 0),
        _size(change.value, base[both], mine[both]) if both.any() else np.nan,
    )  # fmt: skip


def _size(change, base, mine):
    values = np.concatenate([base[np.isfinite(base)], mine[np.isfinite(mine)]])
    span = float(np.ptp(np.quantile(values, (0.05, 0.95)))) or float(np.ptp(values))
    return change / span if span else np.nan


def _mean(values):
    return float(np.mean(values)) if len(values) else np.nan


def _marked(found, base, mine):
    """Differences with the mark of those that hold when all are looked at together."""
    hold = holm([p_value(mine[one.name], base[one.name]) for one in found])
    return [replace(one, is_clear=bool(clear)) for one, clear in zip(found, hold, strict=True)]


def scores(measures, baseline, most=SCORED):
    """The scorecard of every run: dict of key to (statement, array of scores; nan where a run says nothing).

    Parameters
    ----------
    measures, baseline : dict of name to array (runs,); the latter, of the same runs without the cooperation, or None
    most : int, how many runs are scored
    """
    runs = min(len(next(iter(measures.values()))), most)
    cards = [
        scorecard(
            {name: float(values[run]) for name, values in measures.items()},
            {name: float(values[run]) for name, values in baseline.items()} if baseline else None,
        )
        for run in range(runs)
    ]
    return {
        principle.key: (
            principle.statement,
            np.array([np.nan if card[at].score is None else card[at].score for card in cards], dtype=float),
        )
        for at, principle in enumerate(cards[0])
    }
