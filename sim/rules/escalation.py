"""How tension builds and fades, and how hostility answers hostility.

[Goldstein1992] Goldstein, A conflict-cooperation scale for WEIS events data, JCR 36(2): 369-385.
[GoldsteinFreeman1990] Goldstein & Freeman, Three-Way Street, University of Chicago Press.
[PevehouseGoldstein1999] Pevehouse & Goldstein, Serbian compliance or defiance in Kosovo?, JCR 43(4): 538-546.
"""

import numpy as np

from sim.rules.domain import at_least, between

__all__ = ["DAYS_PER_MONTH", "goldstein_intensity", "reaction", "tension_step"]

DAYS_PER_MONTH = 365.25 / 12.0
MOST_HOSTILE = 10.0


def goldstein_intensity(weight):
    """How hostile an event is, from its published weight: `-weight / 10`, in [-1, 1].

    Use of force is 1, sanctions 0.8, an accusation 0.2; cooperation is below 0. Source: [Goldstein1992].

    Parameters
    ----------
    weight : array (...), Goldstein weight, -10 most conflictual to +10 most cooperative; clipped to that

    Returns
    -------
    array (...), in [-1, 1], above 0 where hostile

    >>> goldstein_intensity(np.array([-10.0, -8.0, -2.0, 7.0]))
    array([ 1. ,  0.8,  0.2, -0.7])
    """
    return -np.clip(weight, -MOST_HOSTILE, MOST_HOSTILE) / MOST_HOSTILE


def tension_step(tension, hostility, days, persistence_per_month):
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


def reaction(own_before, other_before, intercept, inertia, reciprocity, surprise=0.0):
    """How hostile one side is to the other, after how both were before.

    `intercept + inertia own_before + reciprocity other_before + surprise`; reciprocity above 0 returns like for like.
    For cyber incidents no reciprocity has been measured. Source: [GoldsteinFreeman1990], [PevehouseGoldstein1999].

    Parameters
    ----------
    own_before : array (...), own hostility to the other in the period before
    other_before : array (...), the other's hostility to oneself in the period before
    intercept : float, hostility without any past
    inertia : float, share of one's own past that goes on
    reciprocity : float, share of the other's past that is returned
    surprise : array (...), hostility that comes from elsewhere

    Returns
    -------
    array (...), hostility

    >>> reaction(0.2, np.array([0.0, 0.5]), intercept=0.0, inertia=0.5, reciprocity=0.4).round(2)
    array([0.1, 0.3])
    """
    return intercept + inertia * own_before + reciprocity * other_before + surprise
