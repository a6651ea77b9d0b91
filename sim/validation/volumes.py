"""How much happens at all: what is counted over many runs, and the record beside it.

    found = tally("cyber_incident", scenario_runs(load("cyber_incident"), seeds=60))
    [(row.key, row.figure, row.fits) for row in set_beside(found, load_library().volumes)]

`sim.validation.counts` says how each thing is counted, `sim.validation.counts` what cannot be.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.engine import play
from sim.scenario import Loaded, from_document
from sim.scenario.library_schema import Library, Volume, Volumes
from sim.validation.backtest import coefficients_for
from sim.validation.counts import ABSURD, COUNTS, NOT_AT_ALL, Count, Run, once_in
from sim.validation.replay import document_of
from sim.validation.schema import Case

CASES = "past_cases"
COUNTED = (*COUNTS, *ABSURD)
LOW, HIGH = 0.1, 0.9


# ---------------------------------------------------------------------------------------------------- many runs


def scenario_runs(loaded: Loaded, seeds: int, first: int = 1, known: Mapping | None = None) -> Iterator[Run]:
    """The runs of a scenario with seeds one after another: `oceans run SCENARIO --seed N` tells each of them."""
    for seed in range(first, first + seeds):
        yield Run(play(loaded, seed, trace=True, baseline=False).records[0], loaded, known)


def case_runs(case: Case, library: Library, seeds: int, first: int = 1) -> Iterator[Run]:
    """The runs of a past case, played with the coefficients as they are estimated without it."""
    document = {**document_of(case, library), "behaviour": coefficients_for(case.id, library)[0]}
    yield from scenario_runs(from_document(document, name=case.id, library=library), seeds, first, known_of(case))


def known_of(case: Case) -> dict[str, frozenset[str]]:
    """For each kind of act the codes of which the record knows whether they did it."""
    known = defaultdict(set)
    for (code, kind), cell in case.cells.items():
        if cell.value is not None:
            known[kind].add(code)
    return {kind: frozenset(codes) for kind, codes in known.items()}


def recorded(case: Case, kind: str, library: Library) -> tuple[int, int]:
    """How many third parties did a kind of act in a past case, and of how many it is known."""
    cells = [
        cell.value
        for (code, coded), cell in case.cells.items()
        if coded == kind and cell.value is not None and code not in case.victims and code not in library.bodies
    ]
    return sum(cells), len(cells)


@dataclass
class Tally:
    """What was counted over some runs.

    name : str, of the scenario, or `CASES` for past cases taken together; runs : int
    counts : each thing that is counted, of each run or incident
    absurd : sentences on what cannot be; formats : how often each was called; incidents : int, how many there were
    """

    name: str
    runs: int = 0
    incidents: int = 0
    counts: dict[str, list[Count]] = field(default_factory=lambda: {key: [] for key in COUNTED})
    absurd: dict[str, list[str]] = field(default_factory=lambda: {key: [] for key in ABSURD})
    formats: Counter = field(default_factory=Counter)

    def add(self, run: Run) -> None:
        """Count one run more."""
        self.runs += 1
        self.incidents += len(run.incidents)
        for key, count in COUNTS.items():
            self.counts[key] += count(run)
        for key, tell in ABSURD.items():
            told = list(tell(run))
            self.absurd[key] += told
            self.counts[key].append(once_in(run, len(told)))
        called = run.record.of_kind("consultation_called")
        self.formats.update(run.names.format(event.payload["format"]) for event in called)


def tally(name: str, runs: Iterable[Run]) -> Tally:
    """Everything that is counted, over runs that are looked at one by one."""
    found = Tally(name)
    for run in runs:
        found.add(run)
    return found


def together(name: str, tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one, such as those of past cases."""
    whole = Tally(name)
    for part in tallies:
        whole.runs += part.runs
        whole.incidents += part.incidents
        whole.formats.update(part.formats)
        for key, found in part.counts.items():
            whole.counts[key] += found
        for key, told in part.absurd.items():
            whole.absurd[key] += told
    return whole


# ---------------------------------------------------------------------------------------------------- beside the record


@dataclass(frozen=True)
class SetBeside:
    """A row of the record with what was counted.

    key : str; row : Volume
    low, median, high, mean : float, over runs and incidents; infinite where the thing does not happen in so many
    spread : float, from `low` to `high` of each incident by itself, in the middle of the incidents. Past cases are
        taken together, since each has one incident and the record's spread is that of cases, too
    """

    key: str
    row: Volume
    low: float
    median: float
    high: float
    mean: float
    spread: float

    @property
    def figure(self) -> float:
        """What is held against the record."""
        return float(getattr(self, self.row.statistic))

    @property
    def fits(self) -> bool:
        """Whether that lies within what the record says, or no further beyond than is allowed."""
        high = NOT_AT_ALL if self.row.high is None else self.row.high + self.row.tolerance
        return self.row.low - self.row.tolerance <= self.figure <= high

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """Median, from 10 to 90 %, what is held against the record, the record, and whether it fits, in words."""
        row = self.row
        allowed = f" (± {row.tolerance:g})" if row.tolerance else ""
        record = f"{row.low:g}" if row.low == row.high else f"{row.low:g} to {row.high}"
        record = f"{row.low:g} or more" if row.high is None else record.removesuffix(".0")
        return (
            _shown(self.median),
            f"{_shown(self.low)} to {_shown(self.high)}",
            f"{STATISTICS[row.statistic]} {_shown(self.figure)}",
            record + allowed,
            "yes" if self.fits else "no",
        )


STATISTICS = {"median": "median", "low": "10 %", "high": "90 %", "spread": "spread", "mean": "mean"}


def _shown(figure: float) -> str:
    """A figure with as many digits as it bears.

    >>> _shown(0.126), _shown(129.4), _shown(float("inf"))
    ('0.13', '129', 'never')
    """
    return "never" if np.isinf(figure) else f"{figure:.0f}" if figure >= 10 else f"{figure:.2g}"


def set_beside(found: Tally, volumes: Volumes) -> list[SetBeside]:
    """The rows that hold for what was counted, each with its figures, in the order of the library."""
    rows = {
        key: [count for count in found.counts[row.counts] if _belongs(row, count)]
        for key, row in volumes.rows.items()
        if not row.scenarios or found.name in row.scenarios
    }
    return [_set_beside(key, volumes.rows[key], counts) for key, counts in rows.items() if counts]


def _set_beside(key: str, row: Volume, counts: list[Count]) -> SetBeside:
    by_incident = defaultdict(list)
    for count in counts:
        by_incident[count.incident].append(count.value)
    low, median, high = _quantiles([count.value for count in counts])
    spreads = [last - first if last > first else 0.0 for first, _, last in map(_quantiles, by_incident.values())]
    mean = sum(count.value for count in counts) / len(counts)
    return SetBeside(key, row, low, median, high, mean, _quantiles(spreads)[1])


def _quantiles(values: list[float]) -> list[float]:
    """The 10 %, 50 % and 90 % quantiles, each a value that occurs: some are infinite."""
    return [float(value) for value in np.quantile(values, (LOW, 0.5, HIGH), method="nearest")]


def _belongs(row: Volume, count: Count) -> bool:
    first, last = row.since or 0, row.until or datetime.MAXYEAR
    return (not row.of or count.issue in row.of) and first <= count.year <= last
