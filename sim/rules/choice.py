"""How likely an actor is to choose each option: logit choice, and the answer to company.

An actor chooses better options more often, not always: with precision 0 it chooses blindly, with a precision without
bound it takes the best. Precision has the unit one over utility.

[McKelveyPalfrey1995] McKelvey & Palfrey, Quantal response equilibria for normal form games, Games and Economic Behavior
10: 6-38.
[Signorino1999] Signorino, Strategic interaction and the statistical analysis of international conflict, APSR 93(2):
279-297.
[Granovetter1978] Granovetter, Threshold models of collective behavior, AJS 83(6): 1420-1443.
"""

import numpy as np

from sim.rules.domain import Numbers, at_least, between
from sim.rules.odds import logistic
from sim.rules.quantize import over_options

__all__ = [
    "choice_probabilities",
    "first_of",
    "first_of_each",
    "largest",
    "pick",
    "respond_to_company",
]


def choice_probabilities(utility: np.ndarray, precision: Numbers) -> np.ndarray:
    """Logit choice: the probability of each option, larger for larger utility.

    `P_j = exp(precision u_j) / sum_k exp(precision u_k)`. Source: [McKelveyPalfrey1995], [Signorino1999].

    Parameters
    ----------
    utility : array (options, ...), finite, or minus infinity for an option that is not legal
    precision : float or array (...), 1/utility, >= 0; 0 chooses among the legal options with equal chances

    Returns
    -------
    array (options, ...), probability; sums to 1 over the options, or is 0 throughout where none is legal

    Raises
    ------
    RangeError, if `precision` is a single number below 0

    >>> choice_probabilities(np.array([0.2, 0.0, -np.inf]), precision=11.0).round(2)
    array([0.9, 0.1, 0. ])
    """
    at_least("precision", precision, 0.0)
    utility = np.asarray(utility, dtype=float)
    is_legal = utility > -np.inf
    best = np.maximum.reduce(utility)
    best = np.where(best > -np.inf, best, 0.0)
    behind = np.where(is_legal, utility, best) - best
    weight = np.exp(precision * behind) * is_legal
    total = over_options(weight)
    return weight / np.where(total > 0.0, total, 1.0)


def pick(probabilities: np.ndarray, uniform: Numbers) -> np.ndarray:
    """Which option a uniform number falls on: the inverse of the cumulative distribution.

    Options lie side by side on [0, 1) in their order, each as wide as it is probable. An option of probability 0 is
    never picked.

    Parameters
    ----------
    probabilities : array (options, ...), >= 0; only their proportions count; as many axes as the draw and one
    uniform : array (...), in [0, 1)

    Returns
    -------
    array (...) of int, the index of the option; -1 where every probability is 0

    >>> p = np.array([[0.2, 0.0], [0.0, 0.0], [0.8, 0.0]])
    >>> pick(p, np.array([0.1, 0.1])), pick(p, np.array([0.2, 0.9]))
    (array([ 0, -1]), array([ 2, -1]))
    """
    cumulative = np.add.accumulate(probabilities)
    total = cumulative[-1]
    is_passed = (cumulative <= uniform * total) & (cumulative < total)
    return np.where(total > 0.0, np.add.reduce(is_passed), -1)


def first_of(weight: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Which option comes first in a race in which each is as fast as its weight: picks with probability by weight.

    Each option has a draw of its own, so the order of the options does not matter. An option of weight 0 comes in last.

    Parameters
    ----------
    weight : array (..., options), >= 0
    uniform : array (..., options), in (0, 1)

    Returns
    -------
    array (...) of int

    >>> first_of(np.array([0.0, 1.0, 9.0]), np.array([0.9, 0.5, 0.5]))
    np.int64(2)
    """
    return _arrival(weight, uniform).argmin(axis=-1)


def first_of_each(race: np.ndarray, weight: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Which option comes first in each of many races at once, as in `first_of`; of two at once, the one named first.

    Parameters
    ----------
    race : array (options,) of int, the race in which each runs
    weight : array (options,), >= 0; one of weight 0 never comes in
    uniform : array (options,), in (0, 1)

    Returns
    -------
    array (races,) of int, ascending, places of the first in each race in which somebody comes in

    >>> first_of_each(np.array([3, 3, 5, 7]), np.array([1.0, 9.0, 1.0, 0.0]), np.array([0.5, 0.5, 0.1, 0.9]))
    array([1, 2])
    """
    arrival = _arrival(weight, uniform)
    soonest = np.full(race.max(initial=-1) + 1, np.inf)
    np.minimum.at(soonest, race, arrival)
    winners = ((arrival == soonest[race]) & (arrival < np.inf)).nonzero()[0]
    first = np.empty(soonest.size, dtype=int)
    first[race[winners[::-1]]] = winners[::-1]  # of two at once, the one named first is written last
    return winners[first[race[winners]] == winners]


@np.errstate(divide="ignore")
def _arrival(weight: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """When each option comes in: the sooner the larger its weight and its draw; never with weight 0, of either sign."""
    return -np.log(uniform) / np.abs(weight)


def largest(values: np.ndarray, lots: np.ndarray) -> np.ndarray:
    """Which value is the largest; among several, the one with the highest lot.

    Parameters
    ----------
    values : array (..., options); lots : array (..., options), in (0, 1)

    Returns
    -------
    array (...) of int

    >>> largest(np.array([0.3, 0.7, 0.7]), np.array([0.9, 0.2, 0.4]))
    np.int64(2)
    """
    return np.where(values == np.maximum.reduce(values, axis=-1, keepdims=True), lots, -1.0).argmax(axis=-1)


def respond_to_company(
    base: Numbers, peer_weight: Numbers, peers: Numbers, precision: Numbers, probability: Numbers, damping: float
) -> Numbers:
    """One damped step towards the quantal response equilibrium of a decision that gains from company.

    `P <- (1 - damping) P + damping logistic(precision (base + peer_weight (peers - 1/2)))`: each actor looks at how
    many go along and adjusts part of the way. Repeated with the company its own answers make, it settles where
    everybody answers everybody. Source: [McKelveyPalfrey1995] for the equilibrium, [Granovetter1978] for the pull of
    company.

    Parameters
    ----------
    base : array (...), utility of joining beside peers
    peer_weight : array (...), utility between nobody and everybody going along
    peers : array (...), in [0, 1], the expected share that goes along
    precision : float or array (...), 1/utility, >= 0
    probability : array (...), the probability of joining before the step
    damping : float in [0, 1]; 0 stays, 1 jumps to the answer

    Returns
    -------
    array (...), the probability of joining after the step

    Raises
    ------
    RangeError, if `precision` or `damping` is a single number outside its range

    >>> respond_to_company(0.0, 1.0, np.array([0.0, 0.5, 1.0]), 4.0, 0.5, damping=0.5).round(2)
    array([0.31, 0.5 , 0.69])
    """
    at_least("precision", precision, 0.0)
    between("damping", damping, 0.0, 1.0)
    answer = logistic(precision * (base + peer_weight * (peers - 0.5)))
    return (1.0 - damping) * probability + damping * answer
