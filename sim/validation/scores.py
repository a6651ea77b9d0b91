"""How good a forecast was: Brier and log score, the area under the ROC curve, calibration, each with its interval.

Everything here works on arrays with one entry per cell, that is, per actor, kind of act and case: `done`, 1 where the
actor did it and 0 where not; `p`, the forecast probability that it would; `case`, an int that says to which case the
cell belongs. A forecast outside [0, 1] is a RangeError, and a score of no cells is nan. What allies do about one and
the same act hangs together, so the intervals come from resampling whole cases, never single cells, and forecasts are
compared on the same resamples. Source: [Field2007].

The draws are those of `sim.draws`: the same seed gives the same intervals. With some 30 cases the intervals are rough,
and rather too narrow than too wide [Cameron2008].

[Field2007] Field and Welsh, Bootstrapping clustered data, JRSS B 69, 2007.
[Cameron2008] Cameron, Gelbach and Miller, Bootstrap-based improvements for inference with clustered errors,
Review of Economics and Statistics 90, 2008.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sim.draws import Draws
from sim.errors import RangeError
from sim.experiments.estimate import wilson
from sim.validation.cases import Cells
from sim.validation.schema import KINDS

DRAWS = 1000
FLOOR = 1e-4  # no forecast counts as surer than this leaves
FEWEST_CELLS = 10
LEVEL = 0.95
MEASURES = ("brier", "log", "auc")
IN_CYBER = ", cyber"  # of a scope
COUNTS = ("n", "cases", "events")
Statistic = Callable[[np.ndarray], np.ndarray]  # how often each case is drawn, (draws, cases), in; (draws,) out
Forecasts = Mapping[str, np.ndarray]  # by name, the probability of each cell


# ---------------------------------------------------------------------------------------------------- scores


def brier(done: ArrayLike, p: ArrayLike) -> float:
    """Mean squared distance of forecast and outcome: 0 perfect, 0.25 for always one half, 1 always wrong.

    This is the score of one of two outcomes, half the sum over both. Source: Brier, Monthly Weather Review 78, 1950.

    >>> round(brier([1, 0], [0.8, 0.4]), 3)
    0.1
    """
    done, p = _checked(done, p)
    return _mean((p - done) ** 2)


def log_score(done: ArrayLike, p: ArrayLike) -> float:
    """Mean negative log likelihood, in nats: 0 perfect, 0.693 for always one half.

    A forecast is first brought into [`FLOOR`, 1 - `FLOOR`], so that a single "never" that did happen costs 9.2 rather
    than everything; a forecast of 0 that comes true costs 0.0001. Source: Good, JRSS B 14, 1952.

    >>> round(log_score([1, 0], [0.8, 0.4]), 3), round(log_score([1], [0.0]), 3)
    (0.367, 9.21)
    """
    done, p = _checked(done, p)
    return _mean(_log_by_cell(done, p))


def auc(done: ArrayLike, p: ArrayLike) -> float:
    """How often what was done had the higher forecast than what was not: 1 always, 0.5 by chance; ties count half.

    The area under the ROC curve, which is the Mann-Whitney statistic; nan where all was done, or nothing. Source:
    Hanley and McNeil, Radiology 143, 1982.

    >>> auc([1, 1, 0, 0], [0.9, 0.4, 0.4, 0.1])
    0.875
    """
    from scipy.stats import rankdata

    done, p = _checked(done, p)
    events, others = int(done.sum()), int((1 - done).sum())
    if not events or not others:
        return float("nan")
    ranks = rankdata(p)[done == 1].sum()
    return float((ranks - events * (events + 1) / 2) / (events * others))


def skill(score: Any, reference: Any) -> Any:
    """The share of a reference's score that a forecast saves: 1 all, 0 none, below 0 it is worse.

    Source: Murphy, Journal of Applied Meteorology 12, 1973; for scores of which less is better.

    >>> skill(0.1, 0.2)
    0.5
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        saved = 1 - np.asarray(score, dtype=float) / np.asarray(reference, dtype=float)
    saved = np.where(np.isfinite(saved), saved, np.nan)
    return saved if saved.ndim else float(saved)


# ---------------------------------------------------------------------------------------------------- resampling


def resamples(cases: int, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """How often each case is in each resample, (draws, cases): as many as there are cases, drawn with replacement.

    >>> resamples(4, draws=2).sum(axis=1).tolist()
    [4, 4]
    """
    if not cases:
        return np.zeros((draws, 0), dtype=int)
    places = Draws(seed, range(draws)).uniform("resample", 0, tuple(range(cases)))
    drawn = (places * cases).astype(int) + cases * np.arange(draws)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * cases).reshape(draws, cases)


def interval(resampled: np.ndarray) -> tuple[float, float]:
    """The percentile interval of a statistic over resamples of whole cases. Source: [Field2007].

    A resample in which it is nan, such as an AUC without an event, is left out; nan where no resample is left.

    >>> case = np.array([0, 0, 1, 1, 2, 2])
    >>> low, high = interval(mean_by_case([1, 1, 0, 0, 1, 0], case)(resamples(3)))
    >>> 0 <= low < 0.5 < high <= 1
    True
    """
    known = resampled[np.isfinite(resampled)]
    if not known.size:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def mean_by_case(values: ArrayLike, case: ArrayLike, here: Any = slice(None)) -> Statistic:
    """The mean of some values (n,) over the cells of resampled cases, all or those `here`; nan where there is none.

    >>> mean_by_case([1.0, 2.0, 6.0], [0, 0, 1])(np.array([[1, 1], [2, 0], [0, 2]])).tolist()
    [3.0, 1.5, 6.0]
    """
    names, at = np.unique(case, return_inverse=True)
    sums = np.bincount(at[here], weights=np.asarray(values, dtype=float)[here], minlength=len(names))
    sizes = np.bincount(at[here], minlength=len(names))
    return lambda counts: _ratio(counts @ sums, counts @ sizes)


def auc_by_case(done: ArrayLike, p: ArrayLike, case: ArrayLike) -> Statistic:
    """The AUC over the cells of resampled cases; nan where all was done, or nothing.

    Wins of events over others are counted once for each pair of cases; a resample weighs them.

    >>> auc_by_case([1, 0, 1, 0], [0.9, 0.1, 0.2, 0.3], [0, 0, 1, 1])(np.array([[1, 1], [2, 0], [0, 2]])).tolist()
    [0.75, 1.0, 0.0]
    """
    done, p = _checked(done, p)
    names, at = np.unique(case, return_inverse=True)
    members = np.equal.outer(np.arange(len(names)), at).astype(float)
    events, others = members[:, done == 1], members[:, done == 0]
    wins = np.greater.outer(p[done == 1], p[done == 0]) + 0.5 * np.equal.outer(p[done == 1], p[done == 0])
    wins = events @ wins @ others.T
    pairs = np.outer(events.sum(axis=1), others.sum(axis=1))

    def resampled(counts: np.ndarray) -> np.ndarray:
        counts = np.asarray(counts, dtype=float)
        return _ratio(((counts @ wins) * counts).sum(axis=1), ((counts @ pairs) * counts).sum(axis=1))

    return resampled


# ---------------------------------------------------------------------------------------------------- calibration


@dataclass(frozen=True)
class Fifth:
    """What came of the forecasts between two probabilities.

    It is reliable if the interval of its gap holds 0. That is None where there are too few data to say: fewer than ten
    cells, or one case only. Where all cells came out alike resampling sees no chance at all, and it is asked instead
    whether Wilson's interval holds the mean forecast.
    """

    low: float  # belongs to it
    high: float  # belongs to the next, save 1
    n: int  # how many cells lie there
    cases: int  # and of how many cases
    mean_p: float  # the mean forecast, nan without cells
    rate: float  # the share that was done
    rate_low: float  # Wilson's interval of the rate, as if cells were independent
    rate_high: float
    gap_low: float  # interval of rate less mean forecast from resampling whole cases
    gap_high: float
    is_reliable: bool | None


def calibration(done: ArrayLike, p: ArrayLike, case: ArrayLike | None = None) -> list[Fifth]:
    """Whether what was called likely happened that often, in fixed fifths: [0, 0.2), [0.2, 0.4) ... [0.8, 1].

    They come from low to high, those without forecasts too; without `case` every cell is a case of its own.

    >>> fifths = calibration([0, 1, 1], [0.1, 0.5, 1.0])
    >>> [(fifth.n, fifth.is_reliable) for fifth in fifths]
    [(1, None), (0, None), (1, None), (0, None), (1, None)]
    """
    done, p = _checked(done, p)
    case = np.arange(done.size) if case is None else np.asarray(case)
    edges = np.arange(6) / 5
    group = np.searchsorted(edges[1:-1], p, side="right")
    counts = resamples(len(np.unique(case)))
    return [_fifth(edges[at], edges[at + 1], done, p, case, group == at, counts) for at in range(5)]


def calibration_of(cells: Cells, p: np.ndarray) -> dict[str, list[Fifth]]:
    """The calibration of one forecast (n,) for each kind of act of which anything is known, and for all of them."""
    scopes = {kind: cells.kind == kind for kind in KINDS if (cells.kind == kind).any()}
    scopes["all"] = np.ones(len(cells), dtype=bool)
    return {name: calibration(cells.done[here], p[here], cells.case[here]) for name, here in scopes.items()}


def _fifth(
    low: float, high: float, done: np.ndarray, p: np.ndarray, case: np.ndarray, here: np.ndarray, counts: np.ndarray
) -> Fifth:
    n, cases = int(here.sum()), len(np.unique(case[here]))
    if not n:
        nan = float("nan")
        return Fifth(float(low), float(high), 0, 0, nan, nan, nan, nan, nan, nan, None)
    mean_p, rate = float(p[here].mean()), float(done[here].mean())
    likely = wilson(rate, n)
    gap = interval(mean_by_case(done - p, case, here)(counts))
    is_alike = rate in (0, 1)
    holds = likely.low <= mean_p <= likely.high if is_alike else gap[0] <= 0 <= gap[1]
    is_reliable = bool(holds) if n >= FEWEST_CELLS and cases > 1 else None
    return Fifth(float(low), float(high), n, cases, mean_p, rate, likely.low, likely.high, *gap, is_reliable)


# ---------------------------------------------------------------------------------------------------- tables


def scopes_of(cells: Cells) -> dict[str, np.ndarray]:
    """The sets of cells that are scored together, as masks (n,); those without cells are left out.

    Each kind of act in order of appearance, "all", then each kind of act in cyber cases alone: "<kind of act>, cyber".
    """
    kinds = list(dict.fromkeys(cells.kind.tolist()))
    scopes = {kind: cells.kind == kind for kind in kinds} | {"all": np.ones(len(cells.kind), dtype=bool)}
    scopes |= {f"{kind}{IN_CYBER}": (cells.kind == kind) & (cells.case_kind == "cyber") for kind in kinds}
    return {name: mask for name, mask in scopes.items() if mask.any()}


def scored(
    cells: Cells, forecasts: Forecasts, ours: str, in_cyber: Forecasts | None = None, draws: int = DRAWS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The scores of forecasts, scope by scope, and how much better or worse one is than each of the others.

    `in_cyber` has forecasts that take the place of these in the scopes of cyber cases alone. The same cases are drawn
    for every forecast of a scope.

    Returns
    -------
    scores : a row per scope and forecast; columns scope, forecast, n, cases, events and, for brier, log and auc, the
        score with `_low` and `_high`, the ends of its interval
    differences : a row per scope and other forecast; columns scope, forecast, against, n, cases, events and, each with
        `_low` and `_high`: brier, log, auc, ours less theirs (for brier and log below 0 is better, for auc above), and
        skill, the share of their Brier score that ours saves
    """
    if ours not in forecasts:
        raise RangeError(f"no forecast named '{ours}'. Forecasts: {', '.join(forecasts)}.")
    scores, differences = [], []
    for scope, mask in scopes_of(cells).items():
        given = {**forecasts, **(in_cyber or {})} if scope.endswith(IN_CYBER) else forecasts
        head, found = _measured(cells.where(mask), {name: np.asarray(p)[mask] for name, p in given.items()}, draws)
        head = {"scope": scope, **head}
        scores += [{**head, "forecast": name, **_with_intervals(measured)} for name, measured in found.items()]
        differences += [
            {**head, "forecast": ours, "against": name, **_with_intervals(_compared(found[ours], theirs))}
            for name, theirs in found.items()
            if name != ours
        ]
    return (
        pd.DataFrame(scores, columns=["scope", "forecast", *COUNTS, *_columns(MEASURES)]),
        pd.DataFrame(differences, columns=["scope", "forecast", "against", *COUNTS, *_columns((*MEASURES, "skill"))]),
    )


def _columns(measures: Iterable[str]) -> list[str]:
    return [f"{measure}{end}" for measure in measures for end in ("", "_low", "_high")]


def _measured(cells: Cells, forecasts: Forecasts, draws: int) -> tuple[dict, dict[str, dict[str, np.ndarray]]]:
    """How much there is, and of every forecast Brier, log and AUC, all on the same resamples.

    Each is (1 + draws,): of every case once, which is the score itself, and of the resamples.
    """
    case = cells.case
    counts = resamples(len(np.unique(case)), draws)
    head = {"n": len(cells), "cases": counts.shape[1], "events": int(cells.done.sum())}
    counts = np.vstack([np.ones((1, counts.shape[1]), dtype=int), counts])
    found = {}
    for name, given in forecasts.items():
        done, p = _checked(cells.done, given)
        found[name] = {
            "brier": mean_by_case((p - done) ** 2, case)(counts),
            "log": mean_by_case(_log_by_cell(done, p), case)(counts),
            "auc": auc_by_case(done, p, case)(counts),
        }
    return head, found


def _compared(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    gaps = {key: ours[key] - theirs[key] for key in MEASURES}
    return gaps | {"skill": skill(ours["brier"], theirs["brier"])}


def _with_intervals(measured: dict[str, np.ndarray]) -> dict[str, float]:
    """Columns from scores and their resamples."""
    row: dict[str, float] = {}
    for key, values in measured.items():
        low, high = interval(values[1:])
        row |= {key: float(values[0]), f"{key}_low": low, f"{key}_high": high}
    return row


# ---------------------------------------------------------------------------------------------------- arithmetic


def _checked(done: ArrayLike, p: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    done, p = np.asarray(done, dtype=float), np.asarray(p, dtype=float)
    if done.shape != p.shape or done.ndim != 1:
        raise RangeError(f"outcomes and forecasts must be as many; got the shapes {done.shape} and {p.shape}.")
    if not np.isin(done, (0, 1)).all():
        raise RangeError("an outcome must be 0 or 1; leave out cells that are not known.")
    if not ((p >= 0) & (p <= 1)).all():
        raise RangeError(f"a forecast must lie in [0, 1]; got {p[~((p >= 0) & (p <= 1))][0]:g}.")
    return done, p


def _log_by_cell(done: np.ndarray, p: np.ndarray) -> np.ndarray:
    p = np.clip(p, FLOOR, 1 - FLOOR)
    return -np.log(np.where(done == 1, p, 1 - p))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _ratio(above: np.ndarray, below: ArrayLike) -> np.ndarray:
    below = np.asarray(below, dtype=float)
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)
