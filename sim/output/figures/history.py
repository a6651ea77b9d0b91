"""The charts for a back-test, in the order in which they are best looked at."""

from sim.output.figures import concession, lags, matrix, reliability, scoring
from sim.output.figures.backtest_context import Past
from sim.output.figures.saving import draw
from sim.validation.schema import KINDS

__all__ = ["charts_of", "draw_backtest"]

FIRST = ("public_attribution", "sanctions_or_expulsions")
OTHERS = tuple(kind for kind in KINDS if kind not in FIRST)


def charts_of(past):
    """Every chart of a back-test, one after another.

    Parameters
    ----------
    past : sim.output.figures.backtest_context.Past

    Yields
    ------
    (str, function, tuple), what it shows ("scores", "reliability", "matrix-...", "lags", "conceding"), what composes
    its page, and from what
    """
    yield "scores", scoring.compose, (past,)
    yield "reliability", reliability.compose, (past,)
    for kind in (*FIRST, *OTHERS):
        if kind in FIRST or (past.backtest.cells.kind == kind).any():
            yield f"matrix-{kind}", matrix.compose, (past, kind)
    yield "lags", lags.compose, (past,)
    yield "conceding", concession.compose, (past,)


def draw_backtest(backtest, folder, library=None):
    """Every chart of a back-test, saved.

    Parameters
    ----------
    backtest : sim.validation.backtest.Backtest
    folder : path; made if need be
    library : Library, for names; None: the one that ships

    Returns
    -------
    dict of what it shows -> Chart
    """
    charts = charts_of(Past(backtest, library))
    return {name: draw(folder, name, compose, *about) for name, compose, about in charts}
