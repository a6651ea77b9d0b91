"""The grid, and sums whose bits depend neither on an order nor on how many runs are added up at once.

State and weights that enter sums over actors are rounded to multiples of 2**-20 (about a millionth). Sums and products
of such numbers are exact in double precision while they stay below 2**13, so neither the size of a batch, nor the order
of the actors, nor the matrix library changes a bit: `quantize` and `total`.

Off the grid numpy adds in an order that follows the memory layout. Over the last axis of an array in C order that order
depends on the axis alone. Over a leading axis it does not: with one run and one actor the axis is contiguous and is
added pairwise, with more it is added one by one. With `over_actors` and `over_options` the order is always the same.
"""

import numpy as np

from sim.rules.domain import Numbers

__all__ = ["highest", "of_runs", "over_actors", "over_options", "quantize", "select_runs", "total", "total_by"]

STEP = 2.0**-20

_LARGE = np.array(1.5 * 2**52 * STEP)  # so large that the numbers beside it lie a step apart; an array, as numpy asks


def quantize(values: Numbers, out: np.ndarray | None = None) -> np.ndarray:
    """Values rounded to the grid, to the even one of two that are as near: what a large number added to them leaves.

    Parameters
    ----------
    values : array, any unit, below 2**31 or infinite
    out : array that takes what comes out, or None for a new one

    Returns
    -------
    array of the same shape, or that of `out`

    >>> quantize(np.array([0.1])) * 2**20 == round(0.1 * 2**20)
    array([ True])
    """
    beside = np.add(values, _LARGE, out)
    return np.subtract(beside, _LARGE, beside if beside.ndim else None)


def select_runs(coefficient: np.ndarray, rows: np.ndarray | slice) -> np.ndarray:
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
    return over_actors(quantize(values) * where)


def total_by(shape: tuple[int, ...], places: tuple[np.ndarray, ...], values: np.ndarray) -> np.ndarray:
    """Exact sums of values on the grid by their places in an array: nothing where none has its place.

    Parameters
    ----------
    shape : of the array
    places : an array (k,) of int for each of its axes
    values : array (k,), any unit

    Returns
    -------
    array of that shape

    >>> total_by((2, 2), (np.array([0, 0, 1]), np.array([1, 1, 0])), np.array([0.5, 0.25, 4.0])).tolist()
    [[0.0, 0.75], [4.0, 0.0]]
    """
    sums = np.zeros(shape)
    np.add.at(sums.reshape(-1), np.ravel_multi_index(places, shape), values)
    return sums


def over_actors(values: np.ndarray) -> np.ndarray:
    """The sum over the last axis.

    Parameters
    ----------
    values : array (..., actors), any unit; yes and no count as 1 and 0

    Returns
    -------
    array (...)

    >>> over_actors(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([3., 7.])
    """
    return np.add.reduce(np.ascontiguousarray(values), axis=-1)


def highest(values: np.ndarray) -> np.ndarray:
    """The highest over the last axis, found by its place: numpy is slow to compare along a short axis.

    Parameters
    ----------
    values : array (..., actors), any unit; at least one actor

    Returns
    -------
    array (...)

    >>> highest(np.array([[1.0, 2.0], [4.0, 3.0]]))
    array([2., 4.])
    """
    rows = values.reshape(-1, values.shape[-1])
    return rows[np.arange(len(rows)), rows.argmax(axis=-1)].reshape(values.shape[:-1])


def over_options(values: np.ndarray) -> np.ndarray:
    """The sum over the first axis, added one by one from the first option to the last.

    Parameters
    ----------
    values : array (options, ...), any unit; at least one option

    Returns
    -------
    array (...)

    >>> over_options(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    return np.add.accumulate(values)[-1]
