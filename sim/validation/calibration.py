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

from dataclasses import dataclass, field, replace

import numpy as np

from sim.processes import pool
from sim.scenario import load_library
from sim.scenario.schema import Library
from sim.validation.cases import told
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
CHECKED = 2  # cases that are left out the long way too, to check the quick one


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
    checked : dict of case id -> how far `without` is from what the long way gives, in standard deviations at most;
        empty where all went the long way
    """

    prior: Prior
    mean: np.ndarray
    covariance: np.ndarray
    without: dict
    log_likelihood: float
    steps: tuple
    checked: dict = field(default_factory=dict)


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


def calibrate(
    cases, library=None, names=None, runs=RUNS, workers=2, folds=True, progress=None, quick=False, slope_runs=None
):
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
    quick : bool, each case is left out by one step from where all cases led, with the slopes found there; the two cases
        that moved it furthest are left out the long way as well, and `Estimates.checked` says how far off it was
    slope_runs : int, of each case for slopes; None: as many as `runs`

    Returns
    -------
    Estimates
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
        covariance = np.linalg.inv(information(local, local.keys()) / spread + np.diag(prior.sd**-2.0))
        without, checked = {}, {}
        if folds and quick:
            without = folds_in_one_step(local, prior, search.theta)
            checked = _checked(simulated, prior, start, without, search.theta, covariance, tell)
        elif folds:
            without = _folds(simulated, prior, start, simulated.names, tell)
    fit = log_likelihood(local, local.keys())
    return Estimates(prior, search.theta, covariance, without, fit, tuple(steps), checked)


# ------------------------------------------------------------------------------------------------ slopes and steps


@dataclass(frozen=True)
class Local:
    """A case near some coefficients.

    Parameters
    ----------
    done : array (n,), what the record says: 1 or 0 of a known cell, between them of one that has a tag alone
    p : array (n,), the model's probability
    slopes : array (k, n), of the log-odds of p
    kind : array (n,), which kind of act
    weight : array (n,), what each cell counts; None: one
    """

    done: np.ndarray
    p: np.ndarray
    slopes: np.ndarray
    kind: np.ndarray
    weight: np.ndarray | None = None

    def at(self, p):
        """The same case with other probabilities, and the slopes as they were."""
        return replace(self, p=p)

    @property
    def counts(self):
        """What each cell counts: (n,)."""
        return np.ones(len(self.p)) if self.weight is None else self.weight

    @property
    def variance(self):
        """Of each cell, were it drawn once: (n,)."""
        return self.p * (1 - self.p)

    @property
    def score(self):
        """Slope of the log-likelihood: (k,)."""
        return self.slopes @ (self.counts * (self.done - self.p))

    @property
    def information(self):
        return (self.slopes * self.counts * self.variance) @ self.slopes.T

    @property
    def log_likelihood(self):
        """Expected log-likelihood of what the record says; of known cells, the usual one."""
        each = self.done * np.log(self.p) + (1 - self.done) * np.log1p(-self.p)
        return float(self.counts @ each)


def log_likelihood(local, names):
    return sum(local[name].log_likelihood for name in names)


def information(local, names):
    return sum(local[name].information for name in names)


def dispersion(local):
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
    """A search for the most probable coefficients given some cases, uphill from where it starts.

    Its slopes stay as they were found when it last looked; with the steps it takes it is told new probabilities.

    Parameters
    ----------
    prior : Prior
    local : dict of case -> Local, at `theta`
    theta : array (k,), where it starts; None: at the mean of what was believed before
    """

    def __init__(self, prior, local, theta=None):
        self.prior, self.theta = prior, (prior.mean if theta is None else theta).copy()
        self.look_again(local)

    def look_again(self, local):
        """Take new slopes, found where the search stands."""
        self.local, self.is_done = local, False
        self.value = log_likelihood(local, local) - self.prior.penalty(self.theta)

    def tries(self):
        """The coefficients to look at next: some lengths of one step of Fisher scoring, no longer than is safe."""
        prior = self.prior
        curvature = information(self.local, self.local) + np.diag(prior.sd**-2.0)
        slope = sum(case.score for case in self.local.values()) - (self.theta - prior.mean) / prior.sd**2
        longest = LONGEST_STEP * prior.sd
        direction = np.clip(np.linalg.solve(curvature, slope), -longest, longest)
        return [prior.inside(self.theta + part * direction) for part in SHORTER]

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


# ------------------------------------------------------------------------------------------------ without each case


def _folds(simulated, prior, start, names, tell):
    """The estimate without each of some cases, all of them side by side.

    Each starts from what was believed before, with the slopes found there, so that nothing on the way to it has seen
    the case that is left out; where it stands still it takes new slopes, its own, and goes on.
    """
    folds = {name: Search(prior, _others(start, name)) for name in names}
    _go_on(simulated, folds, tell)
    for number, (name, fold) in enumerate(folds.items(), 1):
        fold.look_again(simulated.around(prior, fold.theta, tuple(fold.local)))
        tell(f"leaving one out: new slopes without {name}, {number} of {len(folds)}")
    _go_on(simulated, folds, tell)
    return {name: fold.theta for name, fold in folds.items()}


def folds_in_one_step(local, prior, theta):
    """The estimate without each case, by one step from where all cases led: its own pull is taken out [RadMaleki2020].

    Parameters
    ----------
    local : dict of case id -> Local, at `theta`, with the slopes there
    prior : Prior
    theta : array (k,), the most probable values given all cases

    Returns
    -------
    dict of case id -> array (k,)
    """
    whole = information(local, local) + np.diag(prior.sd**-2.0)
    longest = LONGEST_STEP * prior.sd
    steps = {name: np.linalg.solve(whole - case.information, -case.score) for name, case in local.items()}
    return {name: prior.inside(theta + np.clip(step, -longest, longest)) for name, step in steps.items()}


def _checked(simulated, prior, start, without, theta, covariance, tell):
    """How far the quick way is from the long one, for the cases that moved the estimate furthest."""
    sd = np.sqrt(np.diag(covariance))
    moved = {name: float(np.abs((found - theta) / sd).max()) for name, found in without.items()}
    furthest = sorted(moved, key=moved.get, reverse=True)[:CHECKED]
    exact = _folds(simulated, prior, start, furthest, tell)
    off = {name: float(np.abs((without[name] - exact[name]) / sd).max()) for name in furthest}
    for name, far in off.items():
        tell(f"without {name}, the quick way is at most {far:.2f} standard deviations from the long way")
    return off


def _others(local, name):
    return {other: case for other, case in local.items() if other != name}


def _go_on(simulated, folds, tell):
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

    def __init__(self, cases, library, runs, workers, slope_runs=None):
        self.cases = {case.id: case for case in cases.cases}
        self.names = tuple(self.cases)
        self.runs, self.slope_runs = runs, min(slope_runs or runs, runs)
        self.wanted = {name: _wanted(case, library.codebook) for name, case in self.cases.items()}
        self._pool = pool(workers, _take_library, (library,))

    def __enter__(self):
        self.processes = self._pool.__enter__()
        return self

    def __exit__(self, *how):
        return self._pool.__exit__(*how)

    def at(self, points, names, runs=None):
        """Probabilities of the cells at some points: dict of case -> array (points, n)."""
        jobs = {
            name: self.processes.submit(_chances, self.cases[name], self.wanted[name], points, runs or self.runs)
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
        points = [prior.point(point) for point in points]
        found = self.at(points, names or self.names, self.slope_runs)
        here = found if self.slope_runs == self.runs else self.at(points[:1], names or self.names)
        local = {}
        for name, p in found.items():
            kind, _, done, weight = zip(*self.wanted[name], strict=True) if self.wanted[name] else ((),) * 4
            slopes = (_log_odds(p[1:]) - _log_odds(p[0])) / step[:, None]
            local[name] = Local(np.array(done), here[name][0], slopes, np.array(kind), np.array(weight))
        return local


def _log_odds(p):
    return np.log(p) - np.log1p(-p)


def _wanted(case, codebook):
    """The cells of a case of which the record says something: (place of the kind, actor, what it says, its weight)."""
    others = {key: cell for key, cell in case.cells.items() if cell.value is not None or key[0] not in case.victims}
    said = {(actor, kind): told(cell, kind, codebook) for (actor, kind), cell in others.items()}
    return [(KINDS.index(kind), actor, *words) for (actor, kind), words in said.items() if words]


_REPLAYS: dict[str, Replay] = {}
_LIBRARY: list[Library] = []


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
    return chances[:, kinds, [actors.index(actor) for _, actor, *_ in wanted]]
