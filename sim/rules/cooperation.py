"""How far along a cooperation project is."""

import numpy as np

from sim.rules.domain import Numbers, at_least

__all__ = ["BLOCKED", "BROKEN", "ENDED", "NOT_BEGUN", "RUNNING", "maturity"]

NOT_BEGUN, RUNNING, BLOCKED, BROKEN, ENDED = range(5)
"""How a project stands."""


def maturity(months_since_start: Numbers, first_output_months: Numbers, full_months: Numbers) -> np.ndarray:
    """The share of a project's full effect that it has reached.

    Nothing before its first output; then in proportion to the months gone, all of it at `full_months`. A project that
    delivers first after half its time starts with half its effect. Source: a judgement; the months are the project's
    own.

    Parameters
    ----------
    months_since_start : array (...), months; below 0 where it has not started
    first_output_months : float or array (...), months, >= 0
    full_months : float or array (...), months, >= `first_output_months`; where it is smaller, full effect comes with
        the first output

    Returns
    -------
    array (...), in [0, 1]

    Raises
    ------
    RangeError, if `first_output_months` or `full_months` is a single number below 0

    >>> maturity(np.array([-1.0, 5.0, 6.0, 12.0, 24.0, 36.0]), first_output_months=6, full_months=24)
    array([0.  , 0.  , 0.25, 0.5 , 1.  , 1.  ])
    """
    at_least("first_output_months", first_output_months, 0.0)
    at_least("full_months", full_months, 0.0)
    has_output = np.greater_equal(months_since_start, np.maximum(first_output_months, 0.0))
    done = np.greater_equal(months_since_start, full_months)
    share = np.divide(months_since_start, np.where(np.greater(full_months, 0.0), full_months, 1.0))
    return np.where(has_output, np.where(done, 1.0, share), 0.0)
