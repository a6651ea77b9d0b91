"""A back-test as tables and as plain data: each cell with its forecasts, calibration, and where the model was wrong.

Everything here reads a `Backtest` and plays nothing.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.validation.backtest import MODEL, Backtest
from sim.validation.scores import Fifth, calibration_of

__all__ = [
    "COLUMNS",
    "Miss",
    "as_plain",
    "calibration_table",
    "cells_table",
    "fifths_of",
    "misses_of",
    "verdict",
    "where_it_was_done",
]

BETTER, WORSE, UNCLEAR = "better", "worse", "cannot be told"
HALF = 0.5
FEWEST_CASES = 5
NOTHING = 0.0005  # a difference that no table shows is none
COLUMNS = {
    MODEL: "model",
    "overall rate": "overall_rate",
    "actor's own rate": "own_rate",
    "logistic": "logistic",
    "strong logistic": "strong_logistic",
    "nobody": "nobody",
}


# ---------------------------------------------------------------------------------------------------- cells


def cells_table(backtest: Backtest) -> pd.DataFrame:
    """Every cell that was scored, with what each forecast said of it.

    Parameters
    ----------
    backtest : Backtest

    Returns
    -------
    DataFrame, a row per cell in the order of the file: case, case_kind, actor, kind, done (0 or 1), confidence, then
    the probability that each forecast gave: model, overall_rate, own_rate, logistic,
    strong_logistic, nobody
    """
    cells = backtest.cells
    table = {
        "case": [cells.case_ids[at] for at in cells.case],
        "case_kind": cells.case_kind,
        "actor": cells.actor,
        "kind": cells.kind,
        "done": cells.done.astype(int),
        "confidence": cells.confidence,
    }
    return pd.DataFrame(table | {COLUMNS.get(name, name): p for name, p in backtest.forecasts.items()})


# ---------------------------------------------------------------------------------------------------- calibration


def fifths_of(fifths: Iterable[Fifth]) -> tuple[int, int]:
    """How many fifths have enough cells to be judged, and how many of these hold up.

    Parameters
    ----------
    fifths : list of Fifth

    Returns
    -------
    (int, int), those that hold up and those that were judged

    >>> from sim.validation.scores import calibration
    >>> fifths_of(calibration([0] * 10, [0.1] * 10))
    (1, 1)
    """
    judged = [fifth.is_reliable for fifth in fifths if fifth.is_reliable is not None]
    return sum(judged), len(judged)


def calibration_table(backtest: Backtest) -> pd.DataFrame:
    """The calibration of every forecast but "nobody", as rows.

    Returns
    -------
    DataFrame: scope, forecast, then the fields of `sim.validation.scores.Fifth`
    """
    rows = [
        {"scope": scope, "forecast": name, **asdict(fifth)}
        for name in backtest.forecasts
        if name != "nobody"
        for scope, fifths in calibration_of(backtest.cells, backtest.forecasts[name]).items()
        for fifth in fifths
    ]
    return pd.DataFrame(rows)


# ---------------------------------------------------------------------------------------------------- what it comes to


def verdict(low: float, high: float, less_is_better: bool = True, cases: int | None = None) -> str:
    """Whether a difference is clear, by its interval: "better", "worse" or "cannot be told".

    Parameters
    ----------
    low, high : float, ends of the interval
    less_is_better : bool
    cases : int, of how many cases it is; with fewer than five, resampling whole cases says nothing, so neither does it

    >>> verdict(-0.03, -0.01), verdict(-0.03, 0.01), verdict(0.2, 0.4, less_is_better=False)
    ('better', 'cannot be told', 'better')
    >>> verdict(-0.03, -0.01, cases=2)
    'cannot be told'
    """
    if (cases is not None and cases < FEWEST_CASES) or max(abs(low), abs(high)) < NOTHING:
        return UNCLEAR
    if high < 0:
        return BETTER if less_is_better else WORSE
    if low > 0:
        return WORSE if less_is_better else BETTER
    return UNCLEAR


@dataclass(frozen=True)
class Miss:
    """Cells of one case and kind of act in which the model was wrong the same way.

    Parameters
    ----------
    case, kind : str
    done : bool, what these actors did
    actors : tuple of (code, the model's probability, confidence of the record), the worst first
    loss : float, what they add to the sum of squared errors
    """

    case: str
    kind: str
    done: bool
    actors: tuple
    loss: float


def misses_of(backtest: Backtest, most: int = 10, limit: float = HALF) -> list[Miss]:
    """Where the model was most wrong: cells on the wrong side of a probability, by case and kind of act.

    Parameters
    ----------
    backtest : Backtest
    most : int, how many groups of cells
    limit : float, probability above which an act was expected

    Returns
    -------
    list of Miss, the costliest first
    """
    table = cells_table(backtest)
    wrong = table[(table.model > limit) != (table.done == 1)]
    groups = wrong.assign(off=(wrong.model - wrong.done).abs()).groupby(["case", "kind", "done"], sort=False)
    found = [Miss(case, kind, bool(done), *_missed(rows)) for (case, kind, done), rows in groups]
    return sorted(found, key=lambda miss: -miss.loss)[:most]


def _missed(rows: pd.DataFrame) -> tuple[tuple, float]:
    rows = rows.sort_values("off", ascending=False, kind="stable")
    return tuple(zip(rows.actor, rows.model, rows.confidence, strict=True)), float((rows.off**2).sum())


def where_it_was_done(backtest: Backtest, kind: str) -> list[tuple[str, int]]:
    """How many actors did a kind of act in each case, the most first; cases in which nobody is known to are left out.

    Returns
    -------
    list of (case id, int)
    """
    cells = backtest.cells
    here = (cells.kind == kind) & (cells.done == 1)
    counts = np.bincount(cells.case[here], minlength=len(cells.case_ids))
    order = np.argsort(-counts, kind="stable")
    return [(cells.case_ids[at], int(counts[at])) for at in order if counts[at]]


# ---------------------------------------------------------------------------------------------------- plain data


def as_plain(backtest: Backtest) -> dict:
    """All of a back-test as lists, dicts, numbers and text; what is not known is None.

    Returns
    -------
    dict: cases, digest, runs, seed, options, estimated, then lists of rows: scores, differences, calibration, cells,
    acts, lags, first_answers, outcomes
    """
    return {
        "cases": backtest.cases.title,
        "digest": backtest.cases.digest,
        "runs": backtest.runs,
        "seed": backtest.seed,
        "options": backtest.options,
        "estimated": backtest.estimated,
        **{name: _rows(table) for name, table in tables_of(backtest).items()},
    }


def tables_of(backtest: Backtest) -> dict[str, pd.DataFrame]:
    """Every table of a back-test by its name, which is also that of its file."""
    return {
        "scores": backtest.scores,
        "differences": backtest.differences,
        "calibration": calibration_table(backtest),
        "cells": cells_table(backtest),
        "acts": backtest.acts,
        "lags": backtest.lags,
        "first_answers": backtest.first_answers,
        "outcomes": backtest.outcomes,
    }


def _rows(table: pd.DataFrame) -> list[dict]:
    return [{key: _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not np.isfinite(value) else value
