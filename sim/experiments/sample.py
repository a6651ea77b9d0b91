"""What analysis reads of a sweep: the factors as numbers, which run belongs to which point, and the measures.

A choice stands by its place in the list of choices. Runs that failed are left out; how many is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.errors import Diagnostic, InputError, did_you_mean
from sim.experiments.blocks import PLAYED
from sim.experiments.estimate import are_shared
from sim.experiments.phrases import label_of, unit_of_factor, value_in_words, why_of
from sim.letters import is_number
from sim.scenario import Loaded

MOST_READ = 4  # columns kept in memory
FEW_VALUES, PARTS = 5, 3  # of a number: values that are told one by one; else into how many parts its range is cut


@dataclass(frozen=True)
class Factor:
    """Something that varies over a sweep."""

    name: str
    path: str
    kind: str
    low: float  # limits of the values; for choices 0 and the last place
    high: float
    choices: tuple[str, ...] | None  # None where it is a number
    label: str
    why: str = ""
    unit: str = ""

    @property
    def span(self):
        """Width of the range."""
        return self.high - self.low

    @property
    def is_ordered(self):
        """Whether its values go from low to high: numbers, and choices that are numbers."""
        return self.choices is None or all(is_number(choice) for choice in self.choices)

    def said(self, value):
        """A value in words."""
        return str(self.choices[int(value)]).replace("_", " ") if self.choices else value_in_words(value, self.span)


@dataclass(frozen=True)
class Sample:
    """A sweep as arrays."""

    scenario_name: str
    title: str
    seed: int
    factors: tuple[Factor, ...]
    x: np.ndarray  # (points, factors) of float
    point: np.ndarray  # (runs,) of int, numbered from 0 on
    replication: np.ndarray  # likewise
    future: np.ndarray  # (runs,): of runs alike in all uncertainties, or of one block of points that share values
    measures: Mapping[str, np.ndarray]  # (runs,) each
    baseline_measures: Mapping[str, np.ndarray] | None = None
    failed: int = 0  # runs that could not be played
    missing: int = 0  # points left out, since not all runs of them, or of what they belong to, are there yet
    kept: np.ndarray | None = field(default=None, repr=False)  # places of the runs that were played; None: of all
    _read: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def runs(self):
        """How many runs were played."""
        return len(self.point)

    @property
    def replications(self):
        """How many replications there are."""
        return len(np.unique(self.replication))

    @property
    def is_one_draw(self):
        """Whether all runs share one draw, so that chance cannot be told."""
        return self.runs > 1 and self.replications == 1

    @property
    def shares_draws(self):
        """Whether futures share their draws, replication by replication; else each has its own."""
        return are_shared(self.future, self.replication)

    def factor(self, name):
        """The factor of this name, and its place."""
        at = next(at for at, factor in enumerate(self.factors) if factor.name == name)
        return self.factors[at], at

    def values(self, name, baseline=False):
        """A measure, run by run; nan where it does not apply."""
        if (name, baseline) not in self._read:
            values = np.asarray((self.baseline_measures if baseline else self.measures)[name], dtype=float)
            while len(self._read) >= MOST_READ:
                self._read.pop(next(iter(self._read)))
            self._read[name, baseline] = values if self.kept is None else values[self.kept]
        return self._read[name, baseline]

    def of_points(self, name):
        """A measure's mean at each design point over the runs to which it applies; nan where there is none."""
        return means_by(self.values(name), self.point, len(self.x))

    def table(self, name, baseline=False):
        """A measure as an array (points, replications), nan where it does not apply; draws of its own in any order."""
        values = self.values(name, baseline)
        if self.shares_draws:
            _, column = np.unique(self.replication, return_inverse=True)
        else:
            order = np.argsort(self.point, kind="stable")
            column = np.empty(self.runs, int)
            first = np.searchsorted(self.point[order], self.point[order])
            column[order] = np.arange(self.runs) - first
        found = np.full((len(self.x), int(column.max(initial=0)) + 1), np.nan)
        found[self.point, column] = values
        return found

    @property
    def future_of_points(self):
        """int array (points,), which future each point is of."""
        found = np.zeros(len(self.x), int)
        found[self.point] = self.future
        return found

    def check(self, names):
        """InputError for measures that the sweep does not hold."""
        unknown = [name for name in names if name not in self.measures]
        if unknown:
            said = [f"--measure {name}: no such measure. {did_you_mean(name, self.measures)}" for name in unknown]
            raise InputError([Diagnostic("", 0, 0, message) for message in said])


def sample_of(result, loaded: Loaded) -> Sample:
    """The result of a sweep of a scenario as a sample."""
    points, runs = result.design.points, result.runs
    varying = [factor for factor in result.design.factors if factor.kind != "set"]
    factors = tuple(_factor(factor, loaded) for factor in varying)
    columns = [_numbers(points[factor.name], factor.choices) for factor in factors]
    x = np.column_stack(columns) if columns else np.zeros((len(points), 0))
    point, replication = np.asarray(runs["point"]), np.asarray(runs["replication"])
    whole = np.ones(len(points), bool) if getattr(result, "is_whole", True) else _whole_points(point, result.design)
    played = np.asarray(runs["status"]) == PLAYED
    failed = int((~played & whole[point]).sum())
    played &= whole[point]
    kept = None if played.all() else np.flatnonzero(played)
    x, point = x[whole], (np.cumsum(whole) - 1)[point[played]]
    replication = np.unique(replication[played], return_inverse=True)[1]  # a sweep numbers them far apart
    return Sample(
        loaded.name, loaded.scenario.title, result.design.seed, factors, x, point, replication,
        _alike(x, factors)[point], result.measures, result.baseline_measures or None, failed, int((~whole).sum()), kept,
    )  # fmt: skip


def _whole_points(point, design):
    """Which points of a part of a sweep are there with all their runs, and so are all that they belong together with.

    Settings of one future belong together, and so do the points of one block of Saltelli's or Morris' design.
    """
    count = len(design.varying)
    together = {"saltelli": count + 2, "morris": count + 1}.get(design.method, design.settings)
    counts = np.bincount(point, minlength=len(design.points))
    return np.repeat((counts.reshape(-1, together) == design.replications).all(axis=1), together)


def _factor(factor, loaded):
    words, kind = (label_of(factor, loaded), why_of(factor, loaded), unit_of_factor(factor)), factor.kind
    choices = factor.choices
    if choices is not None:
        return Factor(
            factor.name, factor.path, kind, 0.0, float(max(len(choices) - 1, 1)), tuple(map(_text, choices)), *words
        )
    return Factor(factor.name, factor.path, kind, float(factor.low), float(factor.high), None, *words)


def _numbers(column, choices):
    if choices is None:
        return np.asarray(column, dtype=float)
    places = {_text(choice): place for place, choice in enumerate(choices)}
    found, inverse = np.unique(np.asarray([_text(value) for value in column.tolist()]), return_inverse=True)
    return np.array([float(places[value]) for value in found.tolist()])[inverse]


def _text(value):
    """A choice as text: 2 and 2.0 and '2' are the same.

    >>> _text(2.0), _text("2"), _text(True)
    ('2', '2', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _alike(x, factors):
    """Which points do not vary independently: those of one future, or of one block of Saltelli's or Morris' design."""
    columns = x[:, np.ptp(x, axis=0) > 0] if len(x) else x
    size = block_of(columns) or (columns.shape[1] + 1 if design_of(columns) == "morris" else 0)
    return np.arange(len(x)) // size if size else futures_of(x, factors)


def futures_of(x, factors):
    """Which future each point is of: points alike in all uncertainties are of one."""
    unknown = [at for at, factor in enumerate(factors) if factor.kind == "uncertainty"]
    if not unknown:
        return np.zeros(len(x), int)
    if len(unknown) == len(factors):
        return np.arange(len(x))
    return np.unique(x[:, unknown], axis=0, return_inverse=True)[1].reshape(-1)


def means_by(values, group, count):
    """Mean of what is known in each group; nan where nothing is.

    >>> means_by(np.array([1.0, 3.0, np.nan]), np.array([0, 0, 1]), 2)
    array([ 2., nan])
    """
    known = np.isfinite(values)
    sums = np.bincount(group[known], weights=values[known], minlength=count)
    counts = np.bincount(group[known], minlength=count)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


class Level(NamedTuple):
    """A setting of a factor, in words, and which points have it: (points,) of bool."""

    words: str
    has: np.ndarray


def levels_of(factor: Factor, x: np.ndarray) -> list[Level]:
    """The settings of a factor that are compared: each choice, each of a few values, or the thirds of a range.

    `x` (points,) has its values.
    """
    distinct = np.unique(x)
    if factor.choices or len(distinct) <= FEW_VALUES:
        return [Level(factor.said(value), x == value) for value in distinct]
    edges = np.linspace(factor.low, factor.high, PARTS + 1)
    place = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, PARTS - 1)
    unit = f" {factor.unit}" if factor.unit else ""
    words = [f"{factor.said(low)} to {factor.said(high)}{unit}" for low, high in pairwise(edges)]
    return [Level(words[at], place == at) for at in range(PARTS) if (place == at).any()]


# ------------------------------------------------------------------------------------------ designs, by their structure


def design_of(x: np.ndarray) -> str:
    """The arrangement of a design (points, factors): "sobol" (Saltelli's), "morris" (one factor a step), or "given".

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
