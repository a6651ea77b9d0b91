"""Silence procedure and qualified majority.

Under silence a text stands unless somebody objects before the clock runs out; an objection moves the text towards the
objector and the clock starts again.

[LISBON] Treaty on European Union, Article 16(4), and Treaty on the Functioning of the European Union, Article 238.
[SILENCE] Silence procedure as a hazard that grows with distance and salience: this model's formula (a judgement; no
published estimate), in the form of a proportional hazard [Cox1972].
[Cox1972] Cox, Regression models and life-tables, J. Royal Statistical Society B 34(2): 187-220.
"""

import numpy as np

from sim.rules.domain import Numbers, at_least, between
from sim.rules.totals import over_actors

__all__ = ["p_break_silence", "qualified_majority", "softened", "unopposed"]

_ROUNDING = 1e-12
"""A threshold met exactly is met, whatever the last bit says."""


def p_break_silence(
    text: Numbers,
    position: Numbers,
    salience: Numbers,
    hazard: Numbers,
    steepness: Numbers,
    weaker_weight: Numbers,
    days: Numbers,
) -> Numbers:
    """How likely each member is to object before the silence ends.

    `1 - exp(-h days)` with `h = hazard exp(steepness distance salience)`. A text beyond a member's position counts in
    full; one that falls short of it counts `weaker_weight`, since a text too soft is easier to live with than one too
    strong. A member with no quarrel at all still objects at the base hazard: somebody always finds a word to change.
    Set `hazard` to 0 for members who cannot object. Source: [SILENCE].

    Parameters
    ----------
    text : array (..., runs, 1), in [0, 1]; it broadcasts against the members, so it needs their axis
    position : array (..., runs, members), in [0, 1]
    salience : array (..., runs, members), in [0, 1]
    hazard : float or array, per day, >= 0, of a member who agrees with the text
    steepness : float or array, >= 0, growth of the log hazard from agreement to the greatest distance at full salience
    weaker_weight : float or array in [0, 1], how much of a shortfall counts as distance
    days : float or array, >= 0, how long the text lies under silence

    Returns
    -------
    array (..., runs, members), probability

    Raises
    ------
    RangeError, if a single number lies outside its range

    >>> rule = dict(hazard=0.01, steepness=6.0, weaker_weight=0.25, days=3.0)
    >>> p_break_silence(0.6, np.array([0.1, 0.6, 0.9]), 1.0, **rule).round(3)
    array([0.453, 0.03 , 0.046])
    """
    at_least("hazard", hazard, 0.0)
    at_least("steepness", steepness, 0.0)
    between("weaker_weight", weaker_weight, 0.0, 1.0)
    at_least("days", days, 0.0)
    too_strong = np.maximum(text - position, 0.0)
    too_weak = np.maximum(position - text, 0.0)
    distance = too_strong + weaker_weight * too_weak
    return -np.expm1(-hazard * np.exp(steepness * distance * salience) * days)


def softened(text: Numbers, breakers_position: Numbers, shift: Numbers) -> Numbers:
    """The text after an objection: moved part of the way towards the one who objected.

    Source: [SILENCE].

    Parameters
    ----------
    text : array (...), in [0, 1]
    breakers_position : array (...), in [0, 1], of the objector, or the mean of several
    shift : float or array (...), in [0, 1]; 0 gives nothing, 1 everything

    Returns
    -------
    array (...), in [0, 1]

    Raises
    ------
    RangeError, if `shift` is a single number outside [0, 1]

    >>> softened(np.array([0.6, 0.6]), np.array([0.2, 0.8]), shift=0.5)
    array([0.4, 0.7])
    """
    between("shift", shift, 0.0, 1.0)
    return text + shift * (breakers_position - text)


def unopposed(text: Numbers, position: np.ndarray, is_member: np.ndarray) -> Numbers:
    """What is left of a text when it falls to what no member opposes: the softest member's position, if that is softer.

    Source: [SILENCE].

    Parameters
    ----------
    text : array (..., runs), in [0, 1]
    position : array (..., runs, actors), in [0, 1]
    is_member : array (..., runs, actors) of bool, who has a say

    Returns
    -------
    array (..., runs), in [0, 1]

    >>> float(unopposed(0.6, np.array([0.4, 0.1, 0.9]), np.array([True, False, True])))
    0.4
    """
    softest = np.where(is_member, position, np.inf).min(axis=-1)
    return np.minimum(text, softest)


def qualified_majority(
    yes: np.ndarray,
    population: np.ndarray,
    members: np.ndarray,
    states_share: float = 0.55,
    population_share: float = 0.65,
    blocking_members: int = 4,
) -> np.ndarray:
    """Whether a vote by qualified majority carries.

    At least 55 % of the members with at least 65 % of their people; and where only the people are missing, it carries
    all the same if those who did not say yes are fewer than four. Who abstains has not said yes. Among 27, fewer than
    four against always leaves enough members in favour; among few, as in a small scenario, the first condition has to
    be asked for all the same. Source: [LISBON].

    Parameters
    ----------
    yes : array (..., runs, actors) of bool, who votes in favour; votes of others than members do not count
    population : array (..., actors), >= 0, in any unit
    members : array (..., actors) of bool, who has a vote
    states_share, population_share : float in [0, 1], the two thresholds of the treaty
    blocking_members : int, the fewest members who can block on population

    Returns
    -------
    array (..., runs) of bool; False where nobody has a vote

    Raises
    ------
    RangeError, if a threshold is a single number outside [0, 1]

    >>> population = np.array([83.0, 68.0, 59.0, 48.0, 37.0])
    >>> yes = np.array([[True, True, True, False, False], [False, False, True, True, True]])
    >>> qualified_majority(yes, population, np.full(5, True), blocking_members=2)
    array([ True, False])
    """
    between("states_share", states_share, 0.0, 1.0)
    between("population_share", population_share, 0.0, 1.0)
    in_favour = np.asarray(yes, dtype=bool) & np.asarray(members, dtype=bool)
    seats = over_actors(np.asarray(members, dtype=bool) + np.zeros_like(in_favour))
    ayes = over_actors(in_favour)
    people = over_actors(np.where(members, population, 0.0) + np.zeros(in_favour.shape))
    people_in_favour = over_actors(np.where(in_favour, population, 0.0))
    has_states = ayes >= states_share * seats - _ROUNDING
    has_people = people_in_favour >= population_share * people * (1.0 - _ROUNDING)
    is_too_few_to_block = seats - ayes < blocking_members
    return (seats > 0) & has_states & (has_people | is_too_few_to_block)
