"""Sums whose bits do not depend on how many runs are added up at once.

numpy adds in an order that follows the memory layout. Over the last axis of an array in C order that order depends on
the axis alone. Over a leading axis it does not: with one run and one actor the axis is contiguous and is added
pairwise, with more it is added one by one. Here it is one by one always.
"""

import numpy as np

__all__ = ["over_actors", "over_options"]


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
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total
