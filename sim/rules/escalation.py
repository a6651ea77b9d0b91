"""How tension builds and fades, how likely a bold act is paid back, and the threat an onlooker reads into cooperation.

[GoldsteinFreeman1990] Goldstein & Freeman, Three-Way Street, University of Chicago Press.
[Osgood1962] Osgood, An alternative to war or surrender, University of Illinois Press.
[PevehouseGoldstein1999] Pevehouse & Goldstein, Serbian compliance or defiance in Kosovo?, JCR 43(4): 538-546.
[Jervis1976] Jervis, Perception and Misperception in International Politics, Princeton University Press.
[Jervis1978] Jervis, Cooperation under the security dilemma, World Politics 30(2): 167-214.
"""

import numpy as np

from sim.rules.domain import Numbers, at_least, between

__all__ = ["DAYS_PER_MONTH", "p_retaliate", "perceived_threat", "tension_step"]

DAYS_PER_MONTH = 365.25 / 12.0


def tension_step(tension: Numbers, hostility: Numbers, days: Numbers, persistence_per_month: Numbers) -> np.ndarray:
    """Tension after some days: what is left of it, and what the period's events add.

    The conflict index `G <- rho G + sum(g)` on a scale that ends: what is left is `tension rho^(months)`, and hostility
    `g` closes the share `1 - exp(-g)` of the way to 1; where cooperation outweighs hostility (`g < 0`), the share `1 -
    exp(g)` of the way to 0. Source: [GoldsteinFreeman1990], [PevehouseGoldstein1999] for the index; the bounds are this
    model's.

    Parameters
    ----------
    tension : array (...), in [0, 1]
    hostility : array (...), the period's hostility summed over events; below 0 where cooperation outweighs
    days : float or array (...), >= 0, the length of the period
    persistence_per_month : float or array (...), in [0, 1], the share left after a quiet month (0.8 to 0.95)

    Returns
    -------
    array (...), in [0, 1]

    Raises
    ------
    RangeError, if a single number lies outside its range

    >>> tension_step(np.array([0.5, 0.5, 0.5]), np.array([0.0, 0.4, -0.4]), DAYS_PER_MONTH, 0.9).round(3)
    array([0.45 , 0.631, 0.302])
    """
    at_least("days", days, 0.0)
    between("persistence_per_month", persistence_per_month, 0.0, 1.0)
    left = tension * np.power(persistence_per_month, np.divide(days, DAYS_PER_MONTH))
    untouched = np.exp(-np.abs(hostility))
    return np.where(np.greater(hostility, 0.0), 1.0 - (1.0 - left) * untouched, left * untouched)


def p_retaliate(boldness: Numbers, pressure: Numbers, rate: Numbers) -> np.ndarray:
    """The chance that an adversary under pressure pays back what somebody did against it.

    `1 - exp(-rate boldness pressure)`: a hazard that grows with the risk of what was done and with the pressure the
    adversary is under; who did nothing, or left it at ease, is left alone. Source: the spiral of [Osgood1962]; the form
    and the rate are judgements.

    Parameters
    ----------
    boldness : array (...), >= 0, the escalation risks in [0, 1] of all that took effect in the period, added up
    pressure : array (...), in [0, 1], what the adversary feels
    rate : float or array (...), >= 0, hazard of one act of full risk under full pressure

    Returns
    -------
    array (...), probability

    Raises
    ------
    RangeError, if `rate` is a single number below 0

    >>> p_retaliate(np.array([0.0, 1.0, 2.0]), np.array([0.5, 0.5, 0.5]), 0.5).round(3)
    array([0.   , 0.221, 0.393])
    """
    at_least("rate", rate, 0.0)
    return -np.expm1(-rate * boldness * pressure)


def perceived_threat(real: Numbers, bias: Numbers, transparency: Numbers, visibility: Numbers) -> Numbers:
    """The threat an onlooker sees: what there is, and what it suspects where it sees activity and not its purpose.

    `real + bias (1 - transparency) visibility`, at most 1. Done in the open, or not seen at all, it is taken for what
    it is. Source: reduced form after [Jervis1976], [Jervis1978]; the size of the bias is a judgement (0.2 to 0.6).

    Parameters
    ----------
    real : array (...), in [0, 1]
    bias : float or array (...), in [0, 1], of the onlooker
    transparency : array (...), in [0, 1]
    visibility : array (...), in [0, 1]

    Returns
    -------
    array (...), in [0, 1]

    Raises
    ------
    RangeError, if `bias` is a single number outside [0, 1]

    >>> perceived_threat(0.1, 0.4, np.array([0.0, 0.5, 1.0]), visibility=1.0).round(2)
    array([0.5, 0.3, 0.1])
    """
    between("bias", bias, 0.0, 1.0)
    seen = real + bias * (1.0 - np.asarray(transparency)) * visibility
    return np.minimum(np.maximum(seen, 0.0), 1.0)
