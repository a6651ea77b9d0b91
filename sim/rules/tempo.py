"""How long things take: days are skewed, so the long side is longer than the short one."""

import numpy as np

from sim.errors import RangeError
from sim.rules.domain import Numbers, at_least

__all__ = ["NEVER", "days_drawn", "pace"]

NEVER = 1e9
"""A day that does not come."""

_Z95 = 1.6448536269514722
"""The standard normal's 95 % quantile."""


def days_drawn(
    minimum: Numbers, typical: Numbers, maximum: Numbers, normal: Numbers, longest: float = 2.0
) -> np.ndarray:
    """Days that something takes: one in twenty at the minimum, half under the typical, one in twenty over the maximum.

    `ln(1 + days beyond the minimum)` is normal in two pieces that meet at the median, each with its own spread. So the
    three figures are the 5, 50 and 95 % quantiles, the minimum may be 0, and the draw grows with `normal`. Nothing
    takes less than the minimum or more than `longest` times the maximum. Source: a judgement, in the form of the
    two-piece normal (Fechner 1897; Wallis 2014, Statistical Science 29(1)).

    Parameters
    ----------
    minimum, typical, maximum : float or array (...), days, 0 <= minimum <= typical <= maximum
    normal : array (...), standard normal numbers
    longest : float, >= 1, in multiples of the maximum

    Returns
    -------
    array (...), days

    Raises
    ------
    RangeError, if single numbers are not in that order, or `longest` is below 1

    >>> days_drawn(0.0, 30.0, 150.0, np.array([-3.0, -1.645, 0.0, 1.645, 9.0])).round(1)
    array([  0.,   0.,  30., 150., 300.])
    """
    at_least("longest", longest, 1.0)
    _must_ascend(minimum, typical, maximum)
    typical_log = np.log1p(np.subtract(typical, minimum))
    beyond_it = np.log1p(np.subtract(maximum, minimum)) - typical_log
    spread = np.where(np.less(normal, 0.0), typical_log, beyond_it) / _Z95
    days = minimum + np.expm1(typical_log + spread * normal)
    return np.minimum(np.maximum(days, minimum), np.multiply(longest, maximum))


def _must_ascend(minimum: Numbers, typical: Numbers, maximum: Numbers) -> None:
    if np.ndim(minimum) or np.ndim(typical) or np.ndim(maximum):
        return
    if not 0.0 <= minimum <= typical <= maximum < np.inf:
        given = f"{minimum:g}, {typical:g}, {maximum:g}"
        raise RangeError(f"days must ascend: minimum (at least 0), typical, maximum; got {given}.")


def pace(
    severity: Numbers,
    is_physical: Numbers,
    *,
    severity_weight: Numbers,
    usual: Numbers,
    physical_weight: Numbers,
) -> np.ndarray:
    """Factor on days: grave and physical matters are answered faster, slight ones more slowly, by half at most.

    `exp(-(severity_weight (severity - usual) + physical_weight is_physical))`, at most 1.5. Source: a judgement.

    Parameters
    ----------
    severity : array (...), in [0, 1], of whoever is hit worst
    is_physical : array (...), 1 where people or things are hurt, else 0
    severity_weight : float or array (...), logarithm of the factor for a unit of severity
    usual : float or array (...), the severity at which things take their usual time
    physical_weight : float or array (...), logarithm of the factor for physical harm

    Returns
    -------
    array (...), factor, above 0 and at most 1.5

    >>> weights = dict(severity_weight=1.5, usual=0.4, physical_weight=0.5)
    >>> pace(np.array([0.4, 0.9, 0.0]), np.array([0, 1, 0]), **weights).round(2)
    array([1.  , 0.29, 1.5 ])
    """
    hurry = severity_weight * (severity - usual) + physical_weight * is_physical
    return np.minimum(np.exp(-hurry), 1.5)
