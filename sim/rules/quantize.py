"""The grid: sums that come out the same in any order.

State and weights that enter sums over actors are rounded to multiples of 2**-20 (about a millionth). Sums and products
of such numbers are exact in double precision while they stay below 2**13, so neither the size of a batch, nor the order
of the actors, nor the matrix library changes a bit.
"""

import numpy as np

from sim.rules.domain import Numbers

__all__ = ["of_runs", "quantize", "select_runs", "total"]

STEP = 2.0**-20


def quantize(values: Numbers) -> np.ndarray:
    """Values rounded to the grid.

    Parameters
    ----------
    values : array, any unit

    Returns
    -------
    array of the same shape

    >>> quantize(np.array([0.1])) * 2**20 == round(0.1 * 2**20)
    array([ True])
    """
    steps = np.asarray(np.asarray(values, dtype=float) * 2.0**20)
    np.rint(steps, out=steps)
    steps *= STEP
    return steps[()]


def select_runs(coefficient: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """A coefficient, which may differ from run to run, for some runs.

    Parameters
    ----------
    coefficient : array (1, ...) or (runs, ...)
    rows : array (n,) of int, places of runs

    Returns
    -------
    array (1, ...) or (n, ...)

    >>> select_runs(np.array([[1.0], [2.0]]), np.array([1])).tolist(), select_runs(np.array([[1.0]]), [4]).tolist()
    ([[2.0]], [[1.0]])
    """
    return coefficient if len(coefficient) == 1 else coefficient[rows]


def of_runs(values: np.ndarray, places: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Single entries of an array that may differ from run to run.

    Parameters
    ----------
    values : array (n, 1, 1) or (n, runs, 1)
    places : array (k,) of int, on the first axis
    rows : array (k,) of int, places of runs

    Returns
    -------
    array (k,)

    >>> of_runs(np.array([[[1.0]], [[2.0]]]), np.array([1, 0]), np.array([0, 5])).tolist()
    [2.0, 1.0]
    """
    return values[places, np.minimum(rows, values.shape[1] - 1), 0]


def total(values: Numbers, where: Numbers = True) -> np.ndarray:
    """Exact sum over actors, the last axis, of values rounded to the grid.

    Parameters
    ----------
    values : array (..., actors), any unit
    where : array of bool, which of them count

    Returns
    -------
    array (...)

    >>> float(total(np.array([0.5, 0.25, 4.0]), np.array([True, True, False])))
    0.75
    """
    return (quantize(values) * where).sum(axis=-1)
