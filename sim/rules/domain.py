"""What a rule takes: numbers, and the domain that single ones must lie in.

Only single numbers are looked at: a coefficient or a deadline is checked each time, an array never is.
"""

import numpy as np

from sim.errors import RangeError

__all__ = ["Numbers", "at_least", "between", "inside"]

Numbers = np.ndarray | float
"""One number, or an array of them: a rule takes either and gives back what they broadcast to."""


def between(name: str, value: Numbers, low: float, high: float) -> None:
    """Refuse a single number outside [low, high].

    Parameters
    ----------
    name : str, the argument's name, for the message
    value : float or array; an array passes unseen
    low, high : float, the bounds, both allowed

    Raises
    ------
    RangeError, if `value` is a single number that is smaller, larger, or not a number

    >>> between("damping", 0.5, 0.0, 1.0)
    >>> between("damping", 1.5, 0.0, 1.0)
    Traceback (most recent call last):
    sim.errors.RangeError: damping must lie in [0, 1]; got 1.5.
    """
    if not getattr(value, "ndim", 0) and not low <= value <= high:
        raise RangeError(f"{name} must lie in [{low:g}, {high:g}]; got {value:g}.")


def inside(name: str, value: Numbers, low: float, high: float) -> None:
    """Refuse a single number outside (low, high), or on one of the two bounds.

    Parameters
    ----------
    name : str, the argument's name, for the message
    value : float or array; an array passes unseen
    low, high : float, the bounds, neither allowed

    Raises
    ------
    RangeError, if `value` is a single number outside, on a bound, or not a number

    >>> inside("p", 0.5, 0.0, 1.0)
    >>> inside("p", 1.0, 0.0, 1.0)
    Traceback (most recent call last):
    sim.errors.RangeError: p must lie strictly between 0 and 1; got 1.
    """
    if not getattr(value, "ndim", 0) and not low < value < high:
        raise RangeError(f"{name} must lie strictly between {low:g} and {high:g}; got {value:g}.")


def at_least(name: str, value: Numbers, low: float) -> None:
    """Refuse a single number below `low`.

    Parameters
    ----------
    name : str, the argument's name, for the message
    value : float or array; an array passes unseen
    low : float, the lowest value allowed

    Raises
    ------
    RangeError, if `value` is a single number below `low`, infinite, or not a number

    >>> at_least("days", 3, 0)
    >>> at_least("days", -1, 0)
    Traceback (most recent call last):
    sim.errors.RangeError: days must be a number of at least 0; got -1.
    """
    if not getattr(value, "ndim", 0) and not low <= value < np.inf:
        raise RangeError(f"{name} must be a number of at least {low:g}; got {value:g}.")
