"""Estimates of the coefficients of behaviour from past cases.

The estimate is the most probable set of coefficients given the cells that are known and what was believed before: the
likelihood of each cell is that of its simulated probability, with common random numbers for all coefficients (maximum
simulated likelihood with a prior [GourierouxMonfort1996]). Steps are by Fisher scoring, with slopes from the
simulation; where it ends, the information matrix gives the uncertainty (Laplace's approximation). Each case is then
left out in turn, and the rest estimated again from the prior on.

[GourierouxMonfort1996] Gourieroux and Monfort, Simulation-Based Econometric Methods, Oxford University Press 1996.
"""

from dataclasses import dataclass

import numpy as np

from sim.processes import pool
from sim.scenario import load_library
from sim.validation.replay import Replay
from sim.validation.schema import KINDS

__all__ = ["Estimates", "Prior", "calibrate", "prior_of"]

RUNS = 16
STEP = 0.5  # of a prior's standard deviation, for slopes
LONGEST_STEP = 1.5  # of a prior's standard deviation, in one go
SHORTER = (1.0, 0.6, 0.3, 0.1)
GAIN = 0.05  # of the log posterior: less is no gain
CERTAIN = 0.004  # no cell is forecast with more certainty than this leaves
MOST_STEPS = 8
FOLD_STEPS = 8


@dataclass(frozen=True)
class Prior:
    """What was believed before the cases were looked at: names (k,), means, standard deviations and bounds (k,)."""

    names: tuple
    mean: np.ndarray
    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def penalty(self, theta):
        return 0.5 * np.sum(((theta - self.mean) / self.sd) ** 2)

    def inside(self, theta):
        return np.clip(theta, self.low, self.high)

    def point(self, theta):
        return dict(zip(self.names, np.asarray(theta, dtype=float), strict=True))


@dataclass(frozen=True)
class Estimates:
    """What the cases say about the coefficients.

    Parameters
    ----------
    prior : Prior
    mean : array (k,), the most probable values
    covariance : array (k, k)
    without : dict of case id -> array (k,), the same with one case left out
    log_likelihood : float
    steps : tuple of float, the log posterior after each step
    """

    prior: Prior
    mean: np.ndarray
    covariance: np.ndarray
    without: dict
    log_likelihood: float
    steps: tuple


def prior_of(library, names=None):
    """What the library says was believed before: coefficients that have a `prior`.

    Parameters
    ----------
    library : Library
    names : sequence of str, which of them; None: all that have one

    Returns
    -------
    Prior
    """
    known = library.behaviour
    names = tuple(names or (name for name, parameter in known.items() if parameter.prior))
    means, sds = np.array([known[name].prior for name in names]).T
    low, high = np.array([known[name].range for name in names]).T
    return Prior(names, means, sds, low, high)


def calibrate(cases, library=None, names=None, runs=RUNS, workers=2, folds=True, progress=None):
    """Estimate coefficients from cases.

    Parameters
    ----------
    cases : Cases, from `sim.validation.cases.read_cases`
    library : Library; None: the one that ships
    names : sequence of str, which coefficients; None: all that have a prior
    runs : int, of each case at each set of coefficients
    workers : int, processes
    folds : bool, estimate again without each case
    progress : callable (words), told what is done

    Returns
    -------
    Estimates
    """
    library = library or load_library()
    prior = prior_of(library, names)
    tell = progress or (lambda words: None)
    with Simulated(cases, library, runs, workers) as simulated:
        theta, steps = prior.mean.copy(), []
        for _ in range(MOST_STEPS):
            local = simulated.around(prior, theta)
            direction = _direction(local, prior, theta, simulated.names)
            theta, value, gain = _best_step(simulated, prior, theta, direction, simulated.names, local)
            steps.append(value)
            tell(f"step {len(steps)}: log posterior {value:.1f}")
            if gain < GAIN:
                break
        spread = dispersion(local)
        covariance = np.linalg.inv(information(local, local.keys()) / spread + np.diag(prior.sd**-2.0))
        without = _folds(simulated, prior, tell) if folds else {}
    return Estimates(prior, theta, covariance, without, log_likelihood(local, local.keys()), tuple(steps))


# ------------------------------------------------------------------------------------------------ slopes and steps


@dataclass(frozen=True)
class Local:
    """A case near some coefficients: outcomes (n,), probabilities (n,), slopes of their log-odds (k, n), kinds (n,)."""

    done: np.ndarray
    p: np.ndarray
    slopes: np.ndarray
    kind: np.ndarray

    def at(self, p):
        """The same case with other probabilities, and the slopes as they were."""
        return Local(self.done, p, self.slopes, self.kind)

    @property
    def weight(self):
        return self.p * (1 - self.p)

    @property
    def score(self):
        """Slope of the log-likelihood: (k,)."""
        return self.slopes @ (self.done - self.p)

    @property
    def information(self):
        return (self.slopes * self.weight) @ self.slopes.T

    @property
    def log_likelihood(self):
        return float(np.sum(np.log(np.where(self.done > 0, self.p, 1 - self.p))))


def log_likelihood(local, names):
    return sum(local[name].log_likelihood for name in names)


def information(local, names):
    return sum(local[name].information for name in names)


def dispersion(local):
    """How much more the cases scatter than independent cells would: at least 1.

    What allies do about one act hangs together, so a case of twenty cells says less than twenty independent ones. The
    squared sum of the residuals of a case and kind, over its variance were the cells independent, averaged.
    """
    ratios = []
    for case in local.values():
        for kind in np.unique(case.kind):
            here = case.kind == kind
            variance = case.weight[here].sum()
            if variance > 0.5:
                ratios.append((case.done[here] - case.p[here]).sum() ** 2 / variance)
    return max(1.0, float(np.mean(ratios))) if ratios else 1.0


def _direction(local, prior, theta, names):
    """Where to go: the step of Fisher scoring, no longer than is safe."""
    curvature = information(local, names) + np.diag(prior.sd**-2.0)
    slope = sum(local[name].score for name in names) - (theta - prior.mean) / prior.sd**2
    step = np.linalg.solve(curvature, slope)
    return np.clip(step, -LONGEST_STEP * prior.sd, LONGEST_STEP * prior.sd)


def _best_step(simulated, prior, theta, direction, names, local):
    """The best of some lengths of a step: coefficients, their log posterior, and what was gained."""
    tries = [prior.inside(theta + part * direction) for part in SHORTER]
    found = simulated.at([prior.point(one) for one in tries], names)
    now = log_likelihood(local, names) - prior.penalty(theta)
    values = [
        sum(local[name].at(found[name][k]).log_likelihood for name in names) - prior.penalty(one)
        for k, one in enumerate(tries)
    ]
    best = int(np.argmax(values))
    if values[best] <= now:
        return theta, now, 0.0
    return tries[best], values[best], values[best] - now


def _folds(simulated, prior, tell):
    """The estimate without each case, all of them side by side.

    Each starts from what was believed before, with the slopes found there, so that nothing on the way to it has seen
    the case that is left out; where it stands still it takes new slopes, its own, and goes on.
    """
    start = simulated.around(prior, prior.mean)
    folds = {name: Fold(prior, {other: start[other] for other in start if other != name}) for name in start}
    _search(simulated, folds, tell)
    for number, (name, fold) in enumerate(folds.items(), 1):
        fold.look_again(simulated.around(prior, fold.theta, tuple(fold.local)))
        tell(f"leaving one out: new slopes without {name}, {number} of {len(folds)}")
    _search(simulated, folds, tell)
    return {name: fold.theta for name, fold in folds.items()}


def _search(simulated, folds, tell):
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


class Fold:
    """The search for an estimate from some cases, with slopes that stay as they were where it last looked."""

    def __init__(self, prior, local):
        self.prior, self.theta = prior, prior.mean.copy()
        self.look_again(local)

    def look_again(self, local):
        """Take new slopes, found where the search stands."""
        self.local, self.is_done = local, False
        self.value = log_likelihood(local, local) - self.prior.penalty(self.theta)

    def tries(self):
        """The coefficients to look at next."""
        direction = _direction(self.local, self.prior, self.theta, self.local)
        return [self.prior.inside(self.theta + part * direction) for part in SHORTER]

    def take(self, tried, found):
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


# ------------------------------------------------------------------------------------------------ simulation


class Simulated:
    """Probabilities of the known cells of each case at any coefficients, from a pool of processes."""

    def __init__(self, cases, library, runs, workers):
        self.cases = {case.id: case for case in cases.cases}
        self.names = tuple(self.cases)
        self.runs = runs
        self.wanted = {name: _wanted(case) for name, case in self.cases.items()}
        self._pool = pool(workers, _take_library, (library,))

    def __enter__(self):
        self.processes = self._pool.__enter__()
        return self

    def __exit__(self, *how):
        return self._pool.__exit__(*how)

    def at(self, points, names):
        """Probabilities of the known cells at some points: dict of case -> array (points, n)."""
        jobs = {
            name: self.processes.submit(_chances, self.cases[name], self.wanted[name], points, self.runs)
            for name in names
        }
        return {name: np.clip(job.result(), CERTAIN, 1 - CERTAIN) for name, job in jobs.items()}

    def at_several(self, points):
        """The same for several searches at once: dict of fold -> dict of case -> array (points, n), itself left out.

        Parameters
        ----------
        points : dict of fold -> points, a fold going by the case that it leaves out
        """
        wanted = {case: [fold for fold in points if fold != case] for case in self.names}
        jobs = {
            case: self.processes.submit(
                _chances, self.cases[case], self.wanted[case], [p for fold in folds for p in points[fold]], self.runs
            )
            for case, folds in wanted.items()
            if folds
        }
        found = {fold: {} for fold in points}
        for case, job in jobs.items():
            rows = iter(np.clip(job.result(), CERTAIN, 1 - CERTAIN))
            for fold in wanted[case]:
                found[fold][case] = np.array([next(rows) for _ in points[fold]])
        return found

    def around(self, prior, theta, names=None):
        """Each case, or some, at some coefficients, with the slopes there: dict of case -> Local."""
        step = STEP * prior.sd * np.where(theta + STEP * prior.sd <= prior.high, 1.0, -1.0)
        points = [theta, *(theta + step * one for one in np.eye(len(theta)))]
        found = self.at([prior.point(point) for point in points], names or self.names)
        return {
            name: Local(
                np.array([value for *_, value in self.wanted[name]], dtype=float),
                p[0],
                (_log_odds(p[1:]) - _log_odds(p[0])) / step[:, None],
                np.array([kind for kind, *_ in self.wanted[name]]),
            )
            for name, p in found.items()
        }


def _log_odds(p):
    return np.log(p) - np.log1p(-p)


def _wanted(case):
    """The known cells of a case: (place of the kind, actor, outcome)."""
    return [
        (KINDS.index(kind), actor, cell.value) for (actor, kind), cell in case.cells.items() if cell.value is not None
    ]


_REPLAYS = {}
_LIBRARY = []


def _take_library(library):
    """In a process of the pool: the library that cases are played with."""
    _LIBRARY[:] = [library]


def _chances(case, wanted, points, runs):
    """In a process of the pool: the probabilities of the wanted cells of one case, (points, n)."""
    if case.id not in _REPLAYS:
        _REPLAYS[case.id] = Replay(case, *_LIBRARY)
    replay = _REPLAYS[case.id]
    chances, actors = replay.chances(points, runs)
    kinds = [kind for kind, *_ in wanted]
    return chances[:, kinds, [actors.index(actor) for _, actor, _ in wanted]]
