"""Estimates of the coefficients of behaviour from past cases.

The estimate is the most probable set of coefficients given what the record says and what was believed before: the
likelihood of each cell is that of its simulated probability (of one that has a tag in place of a value, the expected
one: half a yes and half a no weighs as half of each), with common random numbers for all coefficients (maximum
simulated likelihood with a prior [GourierouxMonfort1996]). Steps are by Fisher scoring, with slopes from the
simulation; where it ends, the information matrix gives the uncertainty (Laplace's approximation). Each case is then
left out in turn, and the rest estimated again from the prior on.

[RadMaleki2020] Rad and Maleki, A scalable estimate of the out-of-sample prediction error via approximate leave-one-out
cross-validation, Journal of the Royal Statistical Society B 82(4).
[GourierouxMonfort1996] Gourieroux and Monfort, Simulation-Based Econometric Methods, Oxford University Press 1996.
"""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import yaml
from numpy.typing import ArrayLike

from sim.errors import RangeError, did_you_mean
from sim.processes import pool
from sim.scenario import load_library
from sim.scenario.library_schema import Codebook, Library
from sim.validation.cases import Cases, codebook_of, told
from sim.validation.replay import Replay
from sim.validation.schema import KINDS, Case

RUNS = 16
STEP = 0.5  # of a prior's standard deviation, for slopes
LONGEST_STEP = 1.5  # of a prior's standard deviation, in one go
SHORTER = (1.0, 0.6, 0.3, 0.1)
GAIN = 0.05  # of the log posterior: less is no gain
CERTAIN = 0.004  # no cell is forecast with more certainty than this leaves
MOST_STEPS = 8
FOLD_STEPS = 8
CHECKED = 2  # cases that are left out the long way too, to check the quick one
DIGITS = 4  # of a value in a file
DIGITS_OF_CORRELATION = 3  # after the point
WIDE = 118
HEAD = "# What past cases say of the coefficients of behaviour. Written by `oceans calibrate`; do not edit by hand.\n"
LINE = re.compile(r"^(?P<before>\s+(?P<name>\w+):\s*\{\s*value:\s*)(?P<value>[^,}\s]+)(?P<after>.*)$")
RANGE = re.compile(r"\brange:\s*\[\s*([^,\]]+?)\s*,\s*([^,\]]+?)\s*\]")

Point = dict[str, float]  # coefficient -> value
Tell = Callable[[str], Any]


@dataclass(frozen=True)
class Prior:
    """What was believed before the cases were looked at: names (k,), means, standard deviations and bounds (k,)."""

    names: tuple[str, ...]
    mean: np.ndarray
    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def penalty(self, theta: np.ndarray) -> float:
        return 0.5 * np.sum(((theta - self.mean) / self.sd) ** 2)

    def inside(self, theta: np.ndarray) -> np.ndarray:
        return np.clip(theta, self.low, self.high)

    def point(self, theta: np.ndarray) -> dict[str, float]:
        return dict(zip(self.names, np.asarray(theta, dtype=float), strict=True))


@dataclass(frozen=True)
class Estimates:
    """What the cases say about the coefficients."""

    prior: Prior
    mean: np.ndarray  # (k,), the most probable values
    covariance: np.ndarray  # (k, k)
    without: dict[str, np.ndarray]  # by the id of the case that is left out, (k,)
    log_likelihood: float
    steps: tuple[float, ...]  # the log posterior after each step
    # how far `without` is from the long way, in standard deviations at most; empty: all went it
    checked: dict[str, float] = field(default_factory=dict)


def prior_of(library: Library, names: Sequence[str] | None = None) -> Prior:
    """What the library says was believed before of some coefficients; None: of all that have a `prior`."""
    known = library.behaviour
    names = tuple(names or (name for name, parameter in known.items() if parameter.prior))
    means, sds = np.array([known[name].prior for name in names]).T
    low, high = np.array([known[name].range for name in names]).T
    return Prior(names, means, sds, low, high)


def calibrate(
    cases: Cases,
    library: Library | None = None,
    names: Sequence[str] | None = None,
    runs: int = RUNS,
    workers: int = 2,
    folds: bool = True,
    progress: Callable[[str], Any] | None = None,
    quick: bool = False,
    slope_runs: int | None = None,
) -> Estimates:
    """Estimate coefficients from cases.

    Parameters
    ----------
    names : which coefficients; None: all that have a prior
    runs : of each case at each set of coefficients
    workers : processes
    folds : estimate again without each case
    progress : called with words, told what is done
    quick : each case is left out by one step from where all cases led, with the slopes found there; the two cases
        that moved it furthest are left out the long way as well, and `Estimates.checked` says how far off it was
    slope_runs : of each case for slopes; None: as many as `runs`
    """
    library = library or load_library()
    prior = prior_of(library, names)
    tell = progress or (lambda words: None)
    with Simulated(cases, library, runs, workers, slope_runs) as simulated:
        search, steps = Search(prior, simulated.around(prior, prior.mean)), []
        start = search.local
        for _ in range(MOST_STEPS):
            tries = search.tries()
            search.take(tries, simulated.at([prior.point(one) for one in tries], simulated.names))
            steps.append(search.value)
            tell(f"step {len(steps)}: log posterior {search.value:.1f}")
            if search.is_done:
                break
            search.look_again(simulated.around(prior, search.theta))
        local = search.local
        spread = dispersion(local)
        covariance = np.linalg.inv(information(local) / spread + np.diag(prior.sd**-2.0))
        without, checked = {}, {}
        if folds and quick:
            without = _folds_in_one_step(local, prior, search.theta)
            checked = _checked(simulated, prior, start, without, search.theta, covariance, tell)
        elif folds:
            without = _folds(simulated, prior, start, simulated.names, tell)
    fit = log_likelihood(local)
    return Estimates(prior, search.theta, covariance, without, fit, tuple(steps), checked)


# ------------------------------------------------------------------------------------------------ slopes and steps


@dataclass(frozen=True)
class Local:
    """A case near some coefficients."""

    done: np.ndarray  # (n,), what the record says: 1 or 0 of a known cell, between them of one that has a tag alone
    p: np.ndarray  # (n,), the model's probability
    slopes: np.ndarray  # (k, n), of the log-odds of p
    kind: np.ndarray  # (n,), which kind of act
    weight: np.ndarray | None = None  # (n,), what each cell counts; None: one

    def at(self, p: np.ndarray) -> "Local":
        """The same case with other probabilities, and the slopes as they were."""
        return replace(self, p=p)

    @property
    def counts(self) -> np.ndarray:
        """What each cell counts: (n,)."""
        return np.ones(len(self.p)) if self.weight is None else self.weight

    @property
    def variance(self) -> np.ndarray:
        """Of each cell, were it drawn once: (n,)."""
        return self.p * (1 - self.p)

    @property
    def score(self) -> np.ndarray:
        """Slope of the log-likelihood: (k,)."""
        return self.slopes @ (self.counts * (self.done - self.p))

    @property
    def information(self) -> np.ndarray:
        return (self.slopes * self.counts * self.variance) @ self.slopes.T

    @property
    def log_likelihood(self) -> float:
        """Expected log-likelihood of what the record says; of known cells, the usual one."""
        each = self.done * np.log(self.p) + (1 - self.done) * np.log1p(-self.p)
        return float(self.counts @ each)


def log_likelihood(local: dict[str, Local]) -> float:
    return sum(case.log_likelihood for case in local.values())


def information(local: dict[str, Local]) -> np.ndarray:
    return sum((case.information for case in local.values()), np.zeros(()))


def dispersion(local: dict[str, Local]) -> float:
    """How much more the cases scatter than independent cells would: at least 1.

    What allies do about one act hangs together, so a case of twenty cells says less than twenty independent ones. The
    squared sum of the residuals of a case and kind, over its variance were the cells independent, averaged. Known cells
    alone count: a tag is nobody's throw of the dice.
    """
    ratios = []
    for case in local.values():
        for kind in np.unique(case.kind):
            here = (case.kind == kind) & np.isin(case.done, (0, 1))
            variance = case.variance[here].sum()
            if variance > 0.5:
                ratios.append((case.done[here] - case.p[here]).sum() ** 2 / variance)
    return max(1.0, float(np.mean(ratios))) if ratios else 1.0


class Search:
    """A search for the most probable coefficients given some cases, uphill from `theta`, or from what was believed
    before.

    Its slopes, those of the `local` cases, stay as they were found when it last looked; with the steps it takes it is
    told new probabilities.
    """

    def __init__(self, prior: Prior, local: dict[str, Local], theta: np.ndarray | None = None) -> None:
        self.prior, self.theta = prior, (prior.mean if theta is None else theta).copy()
        self.look_again(local)

    def look_again(self, local: dict[str, Local]) -> None:
        """Take new slopes, found where the search stands."""
        self.local, self.is_done = local, False
        self.value = log_likelihood(local) - self.prior.penalty(self.theta)

    def tries(self) -> list[np.ndarray]:
        """The coefficients to look at next: some lengths of one step of Fisher scoring, no longer than is safe."""
        prior = self.prior
        curvature = information(self.local) + np.diag(prior.sd**-2.0)
        slope = sum(case.score for case in self.local.values()) - (self.theta - prior.mean) / prior.sd**2
        longest = LONGEST_STEP * prior.sd
        direction = np.clip(np.linalg.solve(curvature, slope), -longest, longest)
        return [prior.inside(self.theta + part * direction) for part in SHORTER]

    def take(self, tried: Sequence[np.ndarray], found: dict[str, np.ndarray]) -> None:
        """Go to the best of them, if it is better; `found` is a dict of case -> array (tries, n)."""
        values = [
            sum(case.at(found[name][k]).log_likelihood for name, case in self.local.items()) - self.prior.penalty(one)
            for k, one in enumerate(tried)
        ]
        best = int(np.argmax(values))
        self.is_done = values[best] < self.value + GAIN
        if values[best] > self.value:
            self.theta, self.value = tried[best], values[best]
            self.local = {name: case.at(found[name][best]) for name, case in self.local.items()}


# ------------------------------------------------------------------------------------------------ without each case


def _folds(
    simulated: "Simulated", prior: Prior, start: dict[str, Local], names: Iterable[str], tell: Tell
) -> dict[str, np.ndarray]:
    """The estimate without each of some cases, all of them side by side.

    Each starts from what was believed before, with the slopes found there, so that nothing on the way to it has seen
    the case that is left out; where it stands still it takes new slopes, its own, and goes on.
    """
    folds = {name: Search(prior, {key: case for key, case in start.items() if key != name}) for name in names}
    _go_on(simulated, folds, tell)
    for number, (name, fold) in enumerate(folds.items(), 1):
        fold.look_again(simulated.around(prior, fold.theta, tuple(fold.local)))
        tell(f"leaving one out: new slopes without {name}, {number} of {len(folds)}")
    _go_on(simulated, folds, tell)
    return {name: fold.theta for name, fold in folds.items()}


def _folds_in_one_step(local: dict[str, Local], prior: Prior, theta: np.ndarray) -> dict[str, np.ndarray]:
    """The estimate without each case, by one step from where all cases led: its own pull is taken out [RadMaleki2020].

    `local` stands at `theta` (k,), the most probable values given all cases, with the slopes there.
    """
    whole = information(local) + np.diag(prior.sd**-2.0)
    longest = LONGEST_STEP * prior.sd
    steps = {name: np.linalg.solve(whole - case.information, -case.score) for name, case in local.items()}
    return {name: prior.inside(theta + np.clip(step, -longest, longest)) for name, step in steps.items()}


def _checked(
    simulated: "Simulated",
    prior: Prior,
    start: dict[str, Local],
    without: dict[str, np.ndarray],
    theta: np.ndarray,
    covariance: np.ndarray,
    tell: Tell,
) -> dict[str, float]:
    """How far the quick way is from the long one, for the cases that moved the estimate furthest."""
    sd = np.sqrt(np.diag(covariance))
    moved = {name: float(np.abs((found - theta) / sd).max()) for name, found in without.items()}
    furthest = sorted(moved, key=lambda name: moved[name], reverse=True)[:CHECKED]
    exact = _folds(simulated, prior, start, furthest, tell)
    off = {name: float(np.abs((without[name] - exact[name]) / sd).max()) for name in furthest}
    for name, far in off.items():
        tell(f"without {name}, the quick way is at most {far:.2f} standard deviations from the long way")
    return off


def _go_on(simulated: "Simulated", folds: dict[str, Search], tell: Tell) -> None:
    """Go on with all folds side by side until each stands still."""
    for number in range(1, FOLD_STEPS + 1):
        going = {name: fold for name, fold in folds.items() if not fold.is_done}
        if not going:
            break
        tries = {name: fold.tries() for name, fold in going.items()}
        found = simulated.at_several(
            {name: [fold.prior.point(one) for one in tries[name]] for name, fold in going.items()}
        )
        for name, fold in going.items():
            fold.take(tries[name], found[name])
        tell(f"leaving one out: step {number} of at most {FOLD_STEPS}, {len(going)} of {len(folds)} still moving")


# ------------------------------------------------------------------------------------------------ simulation


class Simulated:
    """Probabilities, at any coefficients, of the cells of each case of which the record says something.

    They come from a pool of processes; slopes may be taken over fewer runs than probabilities.
    """

    def __init__(self, cases: Cases, library: Library, runs: int, workers: int, slope_runs: int | None = None) -> None:
        self.cases = {case.id: case for case in cases.cases}
        self.names = tuple(self.cases)
        self.runs, self.slope_runs = runs, min(slope_runs or runs, runs)
        self.wanted = {name: _wanted(case, codebook_of(library)) for name, case in self.cases.items()}
        self._pool = pool(workers, _take_library, (library,))

    def __enter__(self) -> "Simulated":
        self.processes = self._pool.__enter__()
        return self

    def __exit__(self, *how: Any) -> bool | None:
        return self._pool.__exit__(*how)

    def at(self, points: Sequence[Point], names: Iterable[str], runs: int | None = None) -> dict[str, np.ndarray]:
        """Probabilities of the cells at some points: dict of case -> array (points, n)."""
        jobs = {
            name: self.processes.submit(_chances, self.cases[name], self.wanted[name], points, runs or self.runs)
            for name in names
        }
        return {name: np.clip(job.result(), CERTAIN, 1 - CERTAIN) for name, job in jobs.items()}

    def at_several(self, points: dict[str, list[Point]]) -> dict[str, dict[str, np.ndarray]]:
        """The same for several searches at once, a fold going by the case that it leaves out: by fold, then by case."""
        wanted = {case: [fold for fold in points if fold != case] for case in self.names}
        jobs = {
            case: self.processes.submit(
                _chances, self.cases[case], self.wanted[case], [p for fold in folds for p in points[fold]], self.runs
            )
            for case, folds in wanted.items()
            if folds
        }
        found: dict[str, dict[str, np.ndarray]] = {fold: {} for fold in points}
        for case, job in jobs.items():
            rows = iter(np.clip(job.result(), CERTAIN, 1 - CERTAIN))
            for fold in wanted[case]:
                found[fold][case] = np.array([next(rows) for _ in points[fold]])
        return found

    def around(self, prior: Prior, theta: np.ndarray, names: Iterable[str] | None = None) -> dict[str, Local]:
        """Each case, or some, at some coefficients, with the slopes there: dict of case -> Local."""
        step = STEP * prior.sd * np.where(theta + STEP * prior.sd <= prior.high, 1.0, -1.0)
        points = [prior.point(point) for point in (theta, *(theta + step * one for one in np.eye(len(theta))))]
        found = self.at(points, names or self.names, self.slope_runs)
        here = found if self.slope_runs == self.runs else self.at(points[:1], names or self.names)
        local = {}
        for name, p in found.items():
            kind, _, done, weight = zip(*self.wanted[name], strict=True) if self.wanted[name] else ((),) * 4
            slopes = (_log_odds(p[1:]) - _log_odds(p[0])) / step[:, None]
            local[name] = Local(np.array(done), here[name][0], slopes, np.array(kind), np.array(weight))
        return local


def _log_odds(p: np.ndarray) -> np.ndarray:
    return np.log(p) - np.log1p(-p)


def _wanted(case: Case, codebook: Codebook) -> list[tuple[int, str, float, float]]:
    """The cells of a case of which the record says something: (place of the kind, actor, what it says, its weight)."""
    others = {key: cell for key, cell in case.cells.items() if cell.value is not None or key[0] not in case.victims}
    said = {(actor, kind): told(cell, kind, codebook) for (actor, kind), cell in others.items()}
    return [(KINDS.index(kind), actor, *words) for (actor, kind), words in said.items() if words]


_REPLAYS: dict[str, Replay] = {}
_LIBRARY: list[Library] = []


def _take_library(library: Library) -> None:
    """In a process of the pool: the library that cases are played with."""
    _LIBRARY[:] = [library]


def _chances(
    case: Case, wanted: Sequence[tuple[int, str, float, float]], points: Sequence[Point], runs: int
) -> np.ndarray:
    """In a process of the pool: the probabilities of the wanted cells of one case, (points, n)."""
    if case.id not in _REPLAYS:
        _REPLAYS[case.id] = Replay(case, *_LIBRARY)
    replay = _REPLAYS[case.id]
    chances, actors = replay.chances(points, runs)
    kinds = [kind for kind, *_ in wanted]
    return chances[:, kinds, [actors.index(actor) for _, actor, *_ in wanted]]


# ------------------------------------------------------------------------------------------------ as files


def as_yaml(estimates: Estimates, cases: Cases, made: Mapping[str, Any] | None = None) -> str:
    """The section `estimates` of the library, `scenarios/library/estimates.yaml`, with how they were made in words.

    Numbers have four digits that count, correlations three after the point.

    >>> from types import SimpleNamespace
    >>> prior = SimpleNamespace(names=("b_stake", "b_ask"))
    >>> found = SimpleNamespace(prior=prior, mean=[1.23456, 0.2], covariance=[[0.04, 0.01], [0.01, 0.01]], without={})
    >>> print(as_yaml(found, SimpleNamespace(path=SimpleNamespace(stem="mine"), digest="0f" * 32), {"runs": 4}))
    # What past cases say of the coefficients of behaviour. Written by `oceans calibrate`; do not edit by hand.
    <BLANKLINE>
    estimates:
      cases: "mine, 0f0f0f0f0f0f"
      coefficients: [b_stake, b_ask]
      mean: [1.235, 0.2]
      sd: [0.2, 0.1]
      correlation:
        - []
        - [0.5]
      made:
        runs: "4"
    <BLANKLINE>
    """
    sd, correlation = correlations_of(estimates.covariance)
    lines = [HEAD, "estimates:", f"  cases: {_quoted(f'{cases.path.stem}, {cases.digest[:12]}')}"]
    lines += _list("  coefficients: ", estimates.prior.names)
    lines += _list("  mean: ", map(rounded, estimates.mean))
    lines += _list("  sd: ", map(rounded, sd))
    lines.append("  correlation:")
    for row in range(len(sd)):
        lines += _list("    - ", [_short(value) for value in correlation[row, :row]])
    if estimates.without:
        lines.append("  without:")
        for case, values in estimates.without.items():
            lines += _list(f"    {_key(case)}: ", map(rounded, values))
    if made:
        lines.append("  made:")
        lines += [f"    {_key(name)}: {_quoted(str(value))}" for name, value in made.items()]
    return "\n".join(lines) + "\n"


def correlations_of(covariance: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Standard deviations (k,) and correlations (k, k) of a covariance.

    >>> sd, correlation = correlations_of([[4.0, 1.0], [1.0, 1.0]])
    >>> sd.tolist(), correlation[1, 0].item()
    ([2.0, 1.0], 0.5)
    """
    covariance = np.asarray(covariance, dtype=float)
    sd = np.sqrt(np.diag(covariance))
    return sd, np.clip(covariance / np.outer(sd, sd), -1, 1)


def behaviour_with(text: str, values: Mapping[str, float]) -> str:
    """`scenarios/library/behaviour.yaml` with other values; all the rest, remarks and spaces too, stays to the letter.

    A value outside its coefficient's `range` is brought to its end; RangeError when a coefficient is not in the text.

    >>> behaviour_with("  b_ask: {value: 0.15, range: [0.0, 0.3], why: x}  # to be asked", {"b_ask": 0.123456})
    '  b_ask: {value: 0.1235, range: [0.0, 0.3], why: x}  # to be asked'
    """
    left = dict(values)
    lines = [_line_with(line, left) for line in text.splitlines(keepends=True)]
    if left:
        name = next(iter(left))
        known = [match["name"] for match in map(LINE.match, text.splitlines()) if match]
        raise RangeError(f"there is no line for the coefficient '{name}'. {did_you_mean(name, known)}")
    return "".join(lines)


def _line_with(line: str, left: dict[str, float]) -> str:
    """A line with its new value, which is then taken from those that are left."""
    ending = line[len(line.rstrip("\r\n")) :]
    found = LINE.match(line.removesuffix(ending))
    if not found or found["name"] not in left:
        return line
    value = rounded(left.pop(found["name"]))
    limits = RANGE.search(found["after"])
    if limits:
        low, high = limits.groups()
        value = low if float(value) < float(low) else high if float(value) > float(high) else value
    return f"{found['before']}{value}{found['after']}{ending}"


def rounded(value: float) -> str:
    """A number with four digits that count, and never with an exponent.

    >>> rounded(1.23456), rounded(0.000123456), rounded(-12345.6), rounded(6.0)
    ('1.235', '0.0001235', '-12350.0', '6.0')
    """
    return np.format_float_positional(float(f"{float(value):.{DIGITS}g}"), trim="0")


def _short(value: float) -> str:
    return np.format_float_positional(round(float(value), DIGITS_OF_CORRELATION) + 0.0, trim="0")


def _list(start: str, words: Iterable[str]) -> list[str]:
    """A list that begins on the line of its name and goes on below, indented."""
    return textwrap.wrap(
        f"{start}[{', '.join(words)}]", WIDE, subsequent_indent=" " * (len(start) - len(start.lstrip()) + 2),
        break_long_words=False, break_on_hyphens=False, drop_whitespace=True,
    )  # fmt: skip


def _key(words: str) -> str:
    return words if re.fullmatch(r"[A-Za-z][\w -]*\w", words) else _quoted(words)


def _quoted(words: str) -> str:
    return yaml.safe_dump(words, default_style='"', allow_unicode=True, width=float("inf")).strip()
