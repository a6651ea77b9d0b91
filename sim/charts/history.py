"""The cast of charts for a back-test, in the order in which they are best looked at."""

from sim.charts import conceding, lags, matrix, reliability, scoring
from sim.charts.past import Past
from sim.charts.saving import save
from sim.history.schema import KINDS

__all__ = ["draw_backtest", "pages_of"]

FIRST = ("public_attribution", "sanctions_or_expulsions")
OTHERS = tuple(kind for kind in KINDS if kind not in FIRST)


def pages_of(past):
    """Every chart of a back-test as a page, one after another.

    Parameters
    ----------
    past : sim.charts.past.Past

    Yields
    ------
    (str, Page), what it shows ("scores", "reliability", "matrix-...", "lags", "conceding") and the chart
    """
    yield "scores", scoring.compose(past)
    yield "reliability", reliability.compose(past)
    for kind in (*FIRST, *OTHERS):
        if kind in FIRST or (past.backtest.cells.kind == kind).any():
            yield f"matrix-{kind}", matrix.compose(past, kind)
    yield "lags", lags.compose(past)
    yield "conceding", conceding.compose(past)


def draw_backtest(backtest, folder, library=None):
    """Every chart of a back-test, saved.

    Parameters
    ----------
    backtest : sim.history.backtest.Backtest
    folder : path; made if need be
    library : Library, for names; None: the one that ships

    Returns
    -------
    dict of what it shows -> Chart
    """
    return {name: save(page, folder) for name, page in pages_of(Past(backtest, library))}
