"""Arms beside one another with the same draws: what changes when one thing changes.

Run r of every arm draws the same numbers at the same addresses, so the difference of a pair is the doing of the arms,
not of chance.

Intervals hold at 95 % over the pairs, heavy tails allowed for (`estimate.paired`). `is_clear` asks more: that the
difference holds when all measures are looked at together (Holm), since of thirty measures one or two would seem to
differ by chance alone.

An arm is a scenario, a scenario with some values changed, or a scenario with other policies in the seats.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine import Measures, Opening, play, play_points
from sim.errors import Diagnostic, InputError, refusal
from sim.experiments.estimate import MATTERS, Estimate, holm, p_value, paired
from sim.experiments.factors import entry_of
from sim.experiments.phrases import label_of
from sim.experiments.phrases import measure as described
from sim.phrases import count
from sim.policies.seating import Assigned
from sim.record.record import scorecard
from sim.record.store import SESSION
from sim.scenario import Loaded, load, varied
from sim.session import read_session

SCORED = 1000  # runs that the scorecard is made from
VARIATION = re.compile(r"^(?P<scenario>.*?):(?P<changes>[^:/]*=.*)$")


@dataclass(frozen=True)
class Arm:
    """One side of a comparison."""

    name: str  # as it was asked for
    label: str  # in words
    loaded: Loaded  # with the changes made
    changes: dict = field(default_factory=dict)  # path to value
    policies: dict = field(default_factory=dict)  # code to name
    opening: Opening | None = None  # what people chose in an exercise that is played again with other draws


@dataclass(frozen=True)
class Difference:
    """One measure, or one principle, in one arm against the first."""

    name: str
    label: str
    unit: str
    better: str | None  # "higher", "lower" or None
    arm: int  # which arm is compared with arm 0
    base: float  # mean of arm 0 over the pairs
    value: float  # and of this arm
    change: Estimate  # mean of the paired differences
    pairs: int  # runs to which the measure applies in both
    only_base: int  # in arm 0 alone
    only_arm: int  # in this one alone
    p_better: float  # share of pairs in which this arm is the better one (or higher, where neither is better)
    p_same: float  # share of pairs without a difference
    size: float = np.nan  # the change as a share of the range that holds nine runs in ten, of both arms together
    is_clear: bool = False  # the difference holds when all measures are looked at together

    @property
    def is_slight(self):
        """Whether the difference is less than a twentieth of the range of the runs."""
        return bool(abs(self.size) < MATTERS)

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
        if self.p_same == 1:
            return "the same in all runs"
        if not self.direction:
            return "no clear difference"
        return f"slightly {self.direction}" if self.is_slight else self.direction


@dataclass(frozen=True)
class Comparison:
    """Arms with common random numbers."""

    arms: tuple[Arm, ...]  # the first is what the others are compared with
    seed: int
    runs: int
    measures: tuple[Measures, ...] = field(repr=False)  # of each arm, name to array (runs,)
    differences: tuple[Difference, ...] = ()  # of measures
    principles: tuple[Difference, ...] = ()  # of the scorecard's scores

    def of(self, arm=1):
        """The differences of one arm, in the catalogue's order."""
        return [one for one in self.differences if one.arm == arm]

    def principles_of(self, arm=1):
        """The principles' differences of one arm."""
        return [one for one in self.principles if one.arm == arm]

    def sentence(self, arm=1):
        """The finding in words."""
        found, label, base = self.of(arm), self.arms[arm].label, self.arms[0].label
        if all(one.p_same == 1 for one in found if one.pairs):
            return f"{label}: every run comes out as with {base}"
        if not any(one.is_clear for one in found):
            return f"no clear difference between {label} and {base} in {self.runs:,} runs"
        about = [one for one in found if one.better]
        better, worse = (sum(one.verdict == word for one in about) for word in ("better", "worse"))
        slight = sum(one.is_clear and one.is_slight for one in about)
        said = f"{label}: {count(better, 'measure')} better and {_bare(worse)} worse than {base}"
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
    return count(number, "measure").split(" ")[0].replace("no", "none")


def compare(
    arms: Sequence,
    seed: int = 1,
    runs: int = 400,
    progress: Callable[[int], Any] | None = None,
    workers: int = 1,
) -> Comparison:
    """Play arms with common random numbers and compare each with the first.

    Parameters
    ----------
    arms : of `Arm`, or of what `arms_of` reads: "cyber_incident", "cyber_incident:linkage=0.8"
    progress : told how many runs are done
    workers : processes on this machine

    >>> found = compare(["smallest", "smallest:linkage=0.9"], runs=4)
    >>> len(found.arms), found.of(1)[0].pairs
    (2, 4)
    """
    arms = tuple(arms if all(isinstance(arm, Arm) for arm in arms) else arms_of(arms))
    if len(arms) < 2:
        raise refusal("there is nothing to compare with: name a second arm.")
    played = [_played(arm, seed, runs, progress, workers) for arm in arms]
    return compared(arms, seed, runs, [(one.measures, one.baseline_measures) for one in played])


def _played(arm, seed, runs, progress, workers):
    """What comes of the runs of an arm: has `measures` and `baseline_measures`."""
    if arm.opening is None:
        return play(arm.loaded, seed, runs, policies=arm.policies or None, progress=progress, workers=workers).outcomes
    played = play_points(arm.loaded, [{}] * runs, range(runs), seed, opening=arm.opening)
    if progress:
        progress(runs)
    return played


def compared(
    arms: Sequence[Arm], seed: int, runs: int, played: Sequence[tuple[Measures, Measures | None]]
) -> Comparison:
    """The comparison of arms that have been played: of each the measures, and those without the cooperation or None."""
    differences, principles = [], []
    (base, _), cards = played[0], [scores(*one) for one in played]
    for arm in range(1, len(arms)):
        mine = played[arm][0]
        found = [(described(name), base[name], mine[name]) for name in base if name in mine]
        differences += _marked((one.name, one.label, one.unit, one.better, arm, *pair) for one, *pair in found)
        principles += _marked(
            (key, statement, "score, 0 to 1", "higher", arm, before, cards[arm][key][1])
            for key, (statement, before) in cards[0].items()
        )
    measures = tuple(one for one, _ in played)
    return Comparison(tuple(arms), seed, runs, measures, tuple(differences), tuple(principles))


def _marked(rows):
    """The difference of each row, with the mark of those that hold when all are looked at together."""
    rows = list(rows)
    hold = holm([p_value(mine, base) for *_, base, mine in rows])
    return [_difference(*row, is_clear=bool(clear)) for row, clear in zip(rows, hold, strict=True)]


def _difference(name, label, unit, better, arm, base, mine, is_clear):
    base, mine = np.asarray(base, dtype=float), np.asarray(mine, dtype=float)
    here, there = np.isfinite(base), np.isfinite(mine)
    both = here & there
    gap = mine[both] - base[both]
    rises = gap > 0 if better != "lower" else gap < 0
    change = paired(mine, base)
    return Difference(
        name, label, unit, better, arm, _mean(base[both]), _mean(mine[both]), change,
        int(both.sum()), int((here & ~there).sum()), int((there & ~here).sum()), _mean(rises), _mean(gap == 0),
        _size(change.value, np.concatenate([base[both], mine[both]])), is_clear,
    )  # fmt: skip


def _size(change, values):
    if not len(values):
        return np.nan
    span = float(np.ptp(np.quantile(values, (0.05, 0.95)))) or float(np.ptp(values))
    return change / span if span else np.nan


def _mean(values):
    return float(np.mean(values)) if len(values) else np.nan


def scores(measures: Measures, baseline: Measures | None) -> dict[str, tuple[str, np.ndarray]]:
    """The scorecard of every run, of so many: key to (statement, scores (runs,); nan where a run says nothing).

    `baseline` is of the same runs without the cooperation.
    """

    def of_run(table, run):
        return {name: float(values[run]) for name, values in table.items()} if table else None

    runs = range(min(len(next(iter(measures.values()))), SCORED))
    cards = [scorecard(of_run(measures, run), of_run(baseline, run)) for run in runs]
    scored = np.array([[one.score for one in card] for card in cards], dtype=float)  # None becomes nan
    return {one.key: (one.statement, scored[:, at]) for at, one in enumerate(cards[0])}


# ------------------------------------------------------------------------------------------ from what was named to arms


def arms_of(given: Sequence[str], policies: Sequence[str] = ()) -> list[Arm]:
    """Arms from what was named; InputError with everything wrong with them at once.

    A single scenario that declares cooperation is not compared with itself: name what to change.

    Parameters
    ----------
    given : "A" (a shipped scenario, a file, or the folder of an exercise that people played, whose
        choices are made again wherever they are open; alone, it is compared with the model's own),
        "A:path=value,path=value" (the same with other values; a lever's or an uncertainty's name does for its path),
        ":path=value" (the first scenario again)
    policies : "CODE=NAME" or "CODE=NAME,CODE=NAME": each is one more arm, the first scenario with these

    >>> [arm.label for arm in arms_of(["smallest", ":linkage=0.9"])]
    ['smallest as written', 'concern for the other ocean at 0.9']
    """
    faults: list[Diagnostic] = []
    arms: list[Arm] = []
    loaded, openings = {}, {}
    for words in given:
        scenario, changes = _split(words)
        scenario = scenario or _split(given[0])[0]
        try:
            if scenario not in loaded and (Path(scenario) / SESSION).exists():
                loaded[scenario], session = read_session(Path(scenario))
                openings[scenario] = replace(session.opening(session.turn), seed=None)
            elif scenario not in loaded:
                loaded[scenario] = load(scenario)
            arms.append(_arm(words, loaded[scenario], changes, openings.get(scenario)))
        except InputError as error:
            faults += error.faults
    if not faults:
        first = loaded[_split(given[0])[0]]
        if policies and len(arms) == 1 or not arms:
            arms = arms or [Arm(first.name, as_written(first), first)]
        elif len(arms) == 1 and openings:
            arms = [Arm(first.name, as_written(first), first), *arms]
        for words in policies:
            arms += _seated(words, first, arms[0].changes, faults)
        if len(arms) < 2 and not faults:
            faults.append(Diagnostic("", 0, 0, _nothing_to_compare(given[0], first)))
    if faults:
        raise InputError(faults)
    return _distinct(arms)


def as_written(loaded):
    """A scenario without changes, in words."""
    return f"{loaded.name.replace('_', ' ')} as written"


def _split(words):
    found = VARIATION.match(words)
    if not found:
        return words, {}
    pairs = (pair.partition("=") for pair in found["changes"].split(","))
    return found["scenario"], {name.strip(): value.strip() for name, _, value in pairs}


def _arm(words, loaded, changes, opening):
    played = f"{loaded.name.replace('_', ' ')} as people played it in {Path(_split(words)[0]).name}" if opening else ""
    if not changes:
        return Arm(words, played or as_written(loaded), loaded, opening=opening)
    named = {(entry[2].path if (entry := entry_of(name, loaded)) else name): value for name, value in changes.items()}
    try:
        changed = varied(loaded, named)
    except InputError as error:
        raise InputError([Diagnostic("", 0, 0, f"{words}: {fault.message}") for fault in error.faults]) from None
    label = " with ".join(filter(None, [played, _label(loaded, named)]))
    return Arm(words, label, changed, named, opening=opening)


def _label(loaded, changes):
    said = []
    for path, value in changes.items():
        name, *_ = entry_of(path, loaded) or (path,)
        label = label_of(SimpleNamespace(name=name, path=path), loaded)
        said.append(f"{label} at {str(value).replace('_', ' ')}")
    return " and ".join(said)


def _seated(words, loaded, changes, faults):
    assigned = Assigned(words.split(","), loaded)
    faults += [Diagnostic("", 0, 0, fault) for fault in assigned.faults]
    if faults:
        return []
    said = [given.strip().split("=") for given in words.split(",")]
    label = " and ".join(f"{who} plays {name.replace('_', ' ')}" for who, name in said)
    changed = varied(loaded, changes) if changes else loaded
    return [Arm(f"--policy {words}", label, changed, changes, assigned.by_code)]


def _nothing_to_compare(words, loaded):
    lever, entry = next(iter(loaded.scenario.levers.items()), ("linkage", None))
    value = "0.8"
    if entry is not None:
        value = entry.choices[-1] if entry.choices else f"{entry.range[1]:g}"
    return (
        f"{words} alone has nothing to be compared with. Name a second scenario, a value to change "
        f"({words} :{lever}={value}), or a policy (--policy CODE=NAME)."
    )


def _distinct(arms):
    """Arms that differ in something; advice where two are the same."""
    seen = {}
    for arm in arms:
        key = (arm.loaded.digest, tuple(sorted(arm.policies.items())), repr(arm.opening))
        if key in seen:
            said = f"{arm.name}: this is the same exercise as {seen[key]}, so nothing would differ. Change a value."
            raise refusal(said)
        seen[key] = arm.name
    return arms
