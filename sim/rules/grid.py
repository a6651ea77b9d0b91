"""The grid: sums that come out the same in any order.

State and weights that enter sums over actors are rounded to multiples of 2**-20 (about a millionth). Sums and products
of such numbers are exact in double precision while they stay below 2**13, so neither the size of a batch, nor the order
of the actors, nor the matrix library changes a bit.
"""

import numpy as np

STEP = 2.0**-20


def on_grid(values):
    """Values rounded to the grid.

    >>> on_grid(np.array([0.1])) * 2**20 == round(0.1 * 2**20)
    array([ True])
    """
    steps = np.asarray(np.asarray(values, dtype=float) * 2.0**20)
    np.rint(steps, out=steps)
    steps *= STEP
    return steps[()]


def select_runs(coefficient, rows):
    """A coefficient, which may differ from run to run, for some runs: (1, ...) or (n, ...)."""
    return coefficient if len(coefficient) == 1 else coefficient[rows]


def total(values, where=True):
    """Exact sum over actors, the last axis, of values rounded to the grid."""
    return (on_grid(values) * where).sum(axis=-1)
