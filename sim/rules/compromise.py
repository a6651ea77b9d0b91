"""Where a group of actors ends up: the weighted mean, the weighted median, and what vetoes leave over.

Positions may lie on any scale; an actor that is not at the table has capability 0.

[VandenBos1991] Van den Bos, Dutch EC Policy Making, Thesis Publishers: the compromise model.
[Achen2006] Achen, ch. 4 and 10 in Thomson, Stokman, Achen & Koenig (eds.), The European Union Decides, Cambridge
University Press.
[Black1958] Black, The Theory of Committees and Elections, Cambridge University Press.
[BuenodeMesquita1994] Bueno de Mesquita & Stokman (eds.), European Community Decision Making, Yale University Press.
[Tsebelis2002] Tsebelis, Veto Players, Princeton University Press.
"""

import numpy as np

from sim.rules.totals import over_actors

__all__ = ["compromise", "condorcet_winner", "feasible_compromise", "pairwise_margin", "weighted_median"]

_ROUNDING = 1e-12
"""Half of the weight is half of the weight, whatever the last bit says."""


def compromise(position, capability, salience, otherwise=np.nan):
    """The mean position, each actor weighing as much as it can bring and cares.

    `sum(c s x) / sum(c s)`, the best predictor in the European Union studies, where it misses by about 23 points of 100
    on average. Source: [VandenBos1991], [Achen2006].

    Parameters
    ----------
    position : array (..., actors), on any scale
    capability : array (..., actors), >= 0
    salience : array (..., actors), in [0, 1]
    otherwise : float or array (...), the answer where nobody who can bring anything cares; not a number if left out,
        since there is no collective position then and the caller should say what that means (a text of 0, the status
        quo)

    Returns
    -------
    array (...), on the scale of `position`

    >>> float(compromise(np.array([0.0, 0.5, 1.0]), np.array([1.0, 1.0, 2.0]), np.array([1.0, 1.0, 0.5])))
    0.5
    """
    weight = capability * salience
    total = over_actors(weight + np.zeros_like(position))
    has_weight = total > 0.0
    return np.where(has_weight, over_actors(weight * position) / np.where(has_weight, total, 1.0), otherwise)


def weighted_median(position, weight):
    """The position with half of the weight on either side, the lower one if two qualify.

    Under majority rule among actors who prefer what is nearer, nothing beats it. Source: [Black1958].

    Parameters
    ----------
    position : array (..., actors), on any scale
    weight : array (..., actors), >= 0

    Returns
    -------
    array (...), on the scale of `position`; not a number where all weights are 0

    >>> float(weighted_median(np.array([4.0, 10.0, 7.0]), np.array([0.248, 0.336, 0.093])))
    7.0
    """
    position, weight = np.broadcast_arrays(position, weight)
    order = np.argsort(position, axis=-1, kind="stable")
    ordered = np.take_along_axis(position, order, axis=-1)
    below = np.cumsum(np.take_along_axis(weight, order, axis=-1), axis=-1)
    total = below[..., -1:]
    is_half_reached = below >= 0.5 * total * (1.0 - _ROUNDING)
    middle = np.argmax(is_half_reached, axis=-1)[..., None]
    median = np.take_along_axis(ordered, middle, axis=-1)
    return np.where(total > 0.0, median, np.nan)[..., 0]


def pairwise_margin(position, capability, salience, j, k):
    """By how much the position of actor `j` beats that of actor `k` in a vote between the two.

    `sum(c s (|x - x_k| - |x - x_j|)) / R` with `R` the range of positions: everybody votes for the nearer one, more
    strongly the more it is nearer. Source: [BuenodeMesquita1994], after [Black1958].

    Parameters
    ----------
    position : array (..., actors), on any scale
    capability : array (..., actors), >= 0
    salience : array (..., actors), in [0, 1]
    j, k : int, the two actors' places on the last axis

    Returns
    -------
    array (...), capability units; above 0 if `j` wins; 0 where all stand at one place

    >>> float(pairwise_margin(np.array([4.0, 7.0, 10.0]), np.array([0.248, 0.093, 0.336]), 1.0, j=1, k=2).round(4))
    0.0025
    """
    position = np.asarray(position, dtype=float)
    lead = np.abs(position - position[..., k, None]) - np.abs(position - position[..., j, None])
    spread = position.max(axis=-1) - position.min(axis=-1)
    votes = over_actors(capability * salience * lead)
    return np.where(spread > 0.0, votes / np.where(spread > 0.0, spread, 1.0), 0.0)


def condorcet_winner(position, capability, salience):
    """The position held by some actor that no other actor's position beats; the lowest if several are unbeaten.

    With votes as strong as in `pairwise_margin` there always is one. Source: [Black1958].

    Parameters
    ----------
    position : array (..., actors), on any scale
    capability : array (..., actors), >= 0
    salience : array (..., actors), in [0, 1]

    Returns
    -------
    array (...), on the scale of `position`; not a number where all weights are 0

    >>> float(condorcet_winner(np.array([4.0, 10.0, 7.0]), np.array([0.248, 0.336, 0.093]), 1.0))
    7.0
    """
    position, weight = np.broadcast_arrays(position, capability * salience)
    distance = np.abs(position[..., :, None] - position[..., None, :])
    loss = over_actors(weight[..., None, :] * distance)
    total = over_actors(weight)
    is_unbeaten = loss <= loss.min(axis=-1, keepdims=True) * (1.0 + _ROUNDING)
    lowest = np.where(is_unbeaten, position, np.inf).min(axis=-1)
    return np.where(total > 0.0, lowest, np.nan)


def feasible_compromise(target, positions, status_quo, is_veto):
    """The point nearest to `target` that every veto player finds at least as good as the status quo.

    A veto player accepts what lies no further from its position than the status quo does. If two of them want to move
    in opposite directions, or one stands at the status quo, nothing moves; with no veto player at all the target
    stands. A member that abstains constructively is no veto player. Source: [Tsebelis2002].

    Parameters
    ----------
    target : array (...), such as a `compromise`, on any scale
    positions : array (..., actors), on the same scale
    status_quo : array (...), on the same scale
    is_veto : array (..., actors) of bool, who can stop it

    Returns
    -------
    array (...), on the same scale

    >>> everybody, all_but_the_first = np.array([[True, True, True], [False, True, True]])
    >>> float(feasible_compromise(0.6, np.array([0.2, 0.7, 0.9]), 0.0, everybody))
    0.4
    >>> float(feasible_compromise(0.6, np.array([0.2, 0.7, 0.9]), 0.0, all_but_the_first))
    0.6
    """
    status_quo = np.asarray(status_quo, dtype=float)
    today = status_quo[..., None]
    mirrored = 2.0 * np.asarray(positions, dtype=float) - today
    lowest = np.where(is_veto, np.minimum(today, mirrored), -np.inf).max(axis=-1)
    highest = np.where(is_veto, np.maximum(today, mirrored), np.inf).min(axis=-1)
    return np.minimum(np.maximum(target, lowest), highest)
