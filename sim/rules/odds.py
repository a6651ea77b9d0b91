"""Probabilities and their log-odds: 0 is even chances, 2.2 is nine in ten."""

import numpy as np

from sim.rules.domain import Numbers, between

__all__ = ["log_odds", "logistic"]


@np.errstate(over="ignore")
def logistic(x: Numbers) -> Numbers:
    """The probability whose log-odds are `x`.

    Parameters
    ----------
    x : array (...), log-odds; infinities give 0 and 1

    Returns
    -------
    array (...), probability

    >>> logistic(np.array([-np.inf, 0.0, 1.0])).round(3)
    array([0.   , 0.5  , 0.731])
    """
    return 1.0 / (1.0 + np.exp(np.negative(x)))


@np.errstate(divide="ignore")
def log_odds(p: Numbers) -> Numbers:
    """The natural logarithm of the odds of `p`; undoes `logistic`.

    Parameters
    ----------
    p : array (...), probability in [0, 1]; 0 and 1 give infinities

    Returns
    -------
    array (...), log-odds

    Raises
    ------
    RangeError, if `p` is a single number outside [0, 1]

    >>> log_odds(np.array([0.25, 0.5, 0.9])).round(3)
    array([-1.099,  0.   ,  2.197])
    """
    between("p", p, 0.0, 1.0)
    return np.log(np.divide(p, np.subtract(1.0, p)))
