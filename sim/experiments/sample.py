"""What analysis reads of a sweep: the factors as numbers, which run belongs to which point, and the measures.

A choice stands by its place in the list of choices. Runs that failed are left out; how many is said.
"""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from sim.errors import Diagnostic, InputError, did_you_mean
from sim.experiments.blocks import PLAYED
from sim.experiments.phrases import label_of, unit_of_factor, value_in_words, why_of
from sim.letters import is_number

MOST_READ = 4  # columns kept in memory


@dataclass(frozen=True)
class Factor:
    """Something that varies over a sweep.

    low, high : float, limits of the values (for choices: 0 and the last place)
    choices : tuple of text, or None where it is a number
    """

    name: str
    path: str
    kind: str
    low: float
    high: float
    choices: tuple | None
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
    """A sweep as arrays.

    Parameters
    ----------
    scenario_name, title : str
    seed : int
    factors : tuple of Factor
    x : float array (points, factors)
    point, replication : int arrays (runs,)
    future : int array (runs,), runs alike in all uncertainties
    measures, baseline_measures : mapping of name to array (runs,); the latter may be None
    failed : int, runs that could not be played
    """

    scenario_name: str
    title: str
    seed: int
    factors: tuple
    x: np.ndarray
    point: np.ndarray
    replication: np.ndarray
    future: np.ndarray
    measures: dict
    baseline_measures: dict | None = None
    failed: int = 0
    kept: np.ndarray | None = field(default=None, repr=False)
    _read: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def runs(self):
        """How many runs were played."""
        return len(self.point)

    @property
    def replications(self):
        """How many replications there are."""
        return len(np.unique(self.replication))

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

    def check(self, names):
        """InputError for measures that the sweep does not hold."""
        unknown = [name for name in names if name not in self.measures]
        if unknown:
            said = [f"--measure {name}: no such measure. {did_you_mean(name, self.measures)}" for name in unknown]
            raise InputError([Diagnostic("", 0, 0, message) for message in said])


def sample_of(result, loaded):
    """A sweep's result as a sample.

    Parameters
    ----------
    result : sim.experiments.Result
    loaded : sim.scenario.Loaded, the scenario that was swept

    Returns
    -------
    Sample
    """
    points, runs = result.design.points, result.runs
    varying = [factor for factor in result.design.factors if factor.kind != "set"]
    factors = tuple(_factor(factor, loaded) for factor in varying)
    columns = [_numbers(points[factor.name], factor.choices) for factor in factors]
    x = np.column_stack(columns) if columns else np.zeros((len(points), 0))
    played = np.asarray(runs["status"]) == PLAYED
    kept = None if played.all() else np.flatnonzero(played)
    point, replication = (np.asarray(runs[name])[played] for name in ("point", "replication"))
    return Sample(
        loaded.name, loaded.scenario.title, result.design.seed, factors, x, point, replication,
        futures_of(x, factors)[point], result.measures, result.baseline_measures or None, int((~played).sum()), kept,
    )  # fmt: skip


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


def levels_of(factor, x, parts=3):
    """The settings of a factor that are compared: each choice, or the low, middle and high third of a number.

    Parameters
    ----------
    factor : Factor
    x : array (points,), its values
    parts : int, into how many equal parts a range is cut

    Returns
    -------
    list of SimpleNamespace(words, has: bool array (points,))
    """
    if factor.choices:
        found = [(choice, x == place) for place, choice in enumerate(factor.choices)]
        return [SimpleNamespace(words=str(choice).replace("_", " "), has=has) for choice, has in found if has.any()]
    distinct = np.unique(x)
    if len(distinct) <= 5:
        return [SimpleNamespace(words=factor.said(value), has=x == value) for value in distinct]
    edges = np.linspace(factor.low, factor.high, parts + 1)
    place = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, parts - 1)
    unit = f" {factor.unit}" if factor.unit else ""
    words = [f"{factor.said(low)} to {factor.said(high)}{unit}" for low, high in zip(edges, edges[1:], strict=False)]
    return [SimpleNamespace(words=words[at], has=place == at) for at in range(parts) if (place == at).any()]
