"""What evidence does to belief in a culprit: one observer alone, and several together.

Belief is a log-odds: 0 is even chances, 2.2 is nine in ten. Evidence adds to it. Nothing else does.

[Good1950] Good, Probability and the Weighing of Evidence, Griffin.
[Kish1965] Kish, Survey Sampling, Wiley.
[Ladha1992] Ladha, The Condorcet jury theorem, free speech, and correlated votes, AJPS 36(3): 617-634.
"""

import numpy as np

from sim.rules.domain import Numbers, at_least, between, inside
from sim.rules.odds import logistic

__all__ = ["confidence", "evidence", "informed_share", "pooled"]


def evidence(is_culprit_sign: Numbers, discriminability: Numbers, normal: Numbers) -> Numbers:
    """What one look at the traces adds to an observer's log-odds that a suspect did it.

    A look is a draw from one of two normal distributions `d` standard deviations apart; its log-likelihood ratio is
    itself normal, with mean `+d^2/2` if the suspect did it and `-d^2/2` if not, and variance `d^2`. An observer who
    cannot tell them apart (`d = 0`) learns nothing. Source: [Good1950], weight of evidence.

    Parameters
    ----------
    is_culprit_sign : array (...), +1 where the suspect did it, -1 where not
    discriminability : array (...), `d`, standard deviations, >= 0
    normal : array (...), standard normal numbers

    Returns
    -------
    array (...), log-odds to add

    Raises
    ------
    RangeError, if `discriminability` is a single number below 0

    >>> evidence(np.array([1, -1, 1]), np.array([2.0, 2.0, 0.0]), np.array([0.0, 0.5, 3.0]))
    array([ 2., -1.,  0.])
    """
    at_least("discriminability", discriminability, 0.0)
    return is_culprit_sign * (0.5 * np.square(discriminability)) + discriminability * normal


def informed_share(discriminability: Numbers, best: float) -> Numbers:
    """How much of a source somebody is: what it can tell against the best placed observer.

    The expected evidence of a look is `d^2/2`, so a source counts by `(d / best)^2`, at most 1. Who can tell nothing is
    no source, and the discount of `pooled` leaves it out. Source: [Good1950], expected weight of evidence.

    Parameters
    ----------
    discriminability : array (...), `d`, standard deviations, >= 0
    best : float, standard deviations, > 0, the `d` of an observer who counts as one whole source

    Returns
    -------
    array (...), in [0, 1]

    Raises
    ------
    RangeError, if `best` is a single number that is not above 0

    >>> informed_share(np.array([0.0, 1.0, 2.0]), best=2.0)
    array([0.  , 0.25, 1.  ])
    """
    inside("best", best, 0.0, np.inf)
    return np.minimum(np.square(discriminability / best), 1.0)


def pooled(own: Numbers, received: Numbers, weight_received: Numbers, correlation: Numbers) -> Numbers:
    """An observer's log-odds with what others share, discounted because sources overlap.

    `own + received n_eff / n` with `n = 1 + weight_received`, of which `n_eff = n / (1 + (n - 1) correlation)` are
    independent: two agencies reading the same intercept are hardly two. Only what is received is discounted: one's own
    reading is not worth less because a second one confirms it. The mean belief in the truth then rises with the
    evidence any source brings, and with the weight of a tie (`W / (1 + W correlation)` rises with `W`). For a new
    source never to lower it either, `weight_received` has to count each source by what it can tell (`informed_share`):
    a full place for one that knows next to nothing would discount the others and bring nothing in return. Source:
    [Good1950] for adding log-odds; [Kish1965] for the discount, the design effect; [Ladha1992] for juries.

    Parameters
    ----------
    own : array (...), log-odds from own evidence, and the prior
    received : array (...), log-odds, the weighted sum of what others share, without their priors
    weight_received : array (...), sources, >= 0, the sum of the same weights, each times its source's `informed_share`
    correlation : float or array (...), pairwise between sources, in [0, 1]

    Returns
    -------
    array (...), log-odds

    Raises
    ------
    RangeError, if `weight_received` is a single number below 0 or `correlation` one outside [0, 1]

    >>> received, sources = np.array([0.0, 2.0, 4.0]), np.array([0.0, 1.0, 2.0])
    >>> pooled(1.0, received, sources, correlation=0.0), pooled(1.0, received, sources, correlation=0.5).round(2)
    (array([1., 3., 5.]), array([1.  , 2.33, 3.  ]))
    """
    at_least("weight_received", weight_received, 0.0)
    between("correlation", correlation, 0.0, 1.0)
    return own + received / (1.0 + weight_received * correlation)


def confidence(log_odds: np.ndarray) -> np.ndarray:
    """The probability an observer gives to the suspect having done it.

    Parameters
    ----------
    log_odds : array (...), belief

    Returns
    -------
    array (...), probability

    >>> confidence(np.array([-2.2, 0.0, 2.2])).round(2)
    array([0.1, 0.5, 0.9])
    """
    return np.asarray(logistic(log_odds))
