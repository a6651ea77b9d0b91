"""How a group consults: the format that is called, the text it begins with, silence, and qualified majority.

A format is called the sooner the better placed it is. Its text begins where the members' positions meet, weighted by
what each can bring and cares; an actor that is not at the table has capability 0. Under silence a text stands unless
somebody objects before the clock runs out; an objection moves the text towards the objector and the clock starts again.

[Busch2007] Busch, Overlapping institutions, forum shopping, and dispute settlement in international trade, Int.
Organization 61(4): 735-761.
[AlterMeunier2009] Alter & Meunier, The politics of international regime complexity, Perspectives on Politics 7(1):
13-24.
[JupilleMattliSnidal2013] Jupille, Mattli & Snidal, Institutional Choice and Global Commerce, Cambridge University
Press.
[VandenBos1991] Van den Bos, Dutch EC Policy Making, Thesis Publishers: the compromise model.
[Achen2006] Achen, ch. 4 and 10 in Thomson, Stokman, Achen & Koenig (eds.), The European Union Decides, Cambridge
University Press.
[LISBON] Treaty on European Union, Article 16(4), and Treaty on the Functioning of the European Union, Article 238.
[SILENCE] Silence procedure as a hazard that grows with distance and salience: this model's formula (a judgement; no
published estimate), in the form of a proportional hazard [Cox1972].
[Cox1972] Cox, Regression models and life-tables, J. Royal Statistical Society B 34(2): 187-220.
"""

import numpy as np

from sim.rules.domain import Numbers, at_least, between
from sim.rules.quantize import over_actors

__all__ = [
    "FULL_MANDATE",
    "STATES_SHARE",
    "bearable",
    "compromise",
    "format_utility",
    "p_break_silence",
    "qualified_majority",
    "softened",
    "unopposed",
]

STATES_SHARE = 0.55
"""The share of the members that a qualified majority needs. Source: [LISBON]."""

FULL_MANDATE = 4
"""The top of the mandate scale: 0 none, 1 exchange, 2 coordinate, 3 decide politically, 4 bind."""

_ROUNDING = 1e-12
"""A threshold met exactly is met, whatever the last bit says."""


def format_utility(
    mandate: Numbers,
    coverage: Numbers,
    days: Numbers,
    p_veto: Numbers,
    duplication: Numbers,
    reputation: Numbers,
    *,
    mandate_weight: float,
    coverage_weight: float,
    days_weight: float,
    veto_weight: float,
    duplication_weight: float,
    reputation_weight: float,
) -> tuple[Numbers, dict[str, Numbers]]:
    """What speaks for a format: its mandate, who sits there and its name; against it delay, vetoes and overlap.

    `mandate/4 + coverage + reputation - ln(1 + days) - p_veto - duplication`, each with its weight. The form follows
    the literature on choosing among overlapping institutions; no weights have been published, so they are judgements to
    vary. Source: [Busch2007], [AlterMeunier2009], [JupilleMattliSnidal2013].

    Parameters
    ----------
    mandate : array (formats, ...), 0 to 4, for the incident's issue
    coverage : array (formats, ...), share of the capability needed that sits there, in [0, 1]
    days : array (formats, ...), expected days to a decision, >= 0
    p_veto : array (formats, ...), probability that somebody blocks
    duplication : array (formats, ...), share of the work that others do already, in [0, 1]
    reputation : array (formats, ...), for this kind of act, in [0, 1]
    mandate_weight, coverage_weight, veto_weight, duplication_weight, reputation_weight : float, utility from 0 to 1 of
        each, >= 0
    days_weight : float, utility per unit of ln(1 + days), >= 0

    Returns
    -------
    tuple of array (formats, ...), utility, and dict of name to array (formats, ...), the signed terms it is the sum of

    >>> weights = dict(mandate_weight=1.0, coverage_weight=1.0, days_weight=0.2,
    ...                veto_weight=1.0, duplication_weight=0.5, reputation_weight=1.0)
    >>> utility, terms = format_utility(np.array([3.0, 4.0]), 0.5, np.array([2.0, 700.0]), 0.1, 0.0, 0.5, **weights)
    >>> utility.round(2), terms["days"].round(2)
    (array([1.43, 0.59]), array([-0.22, -1.31]))
    """
    terms = {
        "mandate": mandate_weight * (mandate / FULL_MANDATE),
        "coverage": coverage_weight * coverage,
        "reputation": reputation_weight * reputation,
        "days": -days_weight * np.log1p(days),
        "veto": -veto_weight * p_veto,
        "duplication": -duplication_weight * duplication,
    }
    gains = terms["mandate"] + terms["coverage"] + terms["reputation"]
    return gains + terms["days"] + terms["veto"] + terms["duplication"], terms


def compromise(
    position: np.ndarray, capability: np.ndarray, salience: np.ndarray, otherwise: Numbers = np.nan
) -> np.ndarray:
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
    softest = np.minimum.reduce(np.where(is_member, position, np.inf), axis=-1)
    return np.minimum(text, softest)


def bearable(position: np.ndarray, is_member: np.ndarray, share: Numbers) -> np.ndarray:
    """The strongest text that a share of the members can bear, the least willing passed over.

    Parameters
    ----------
    position : array (..., actors), the strongest text that each can bear, on the scale of the text
    is_member : array (..., actors) of bool, who has a say; at least one
    share : float or array (...), in [0, 1], of the members, rounded up

    Returns
    -------
    array (...), on the scale of `position`

    >>> wants = np.array([0.1, 0.4, 0.9, 0.0])
    >>> float(bearable(wants, np.array([True, True, True, False]), 2 / 3))
    0.4
    """
    members = over_actors(is_member)
    passed_over = np.maximum(members - np.ceil(share * members), 0).astype(int)
    ranked = np.sort(np.where(is_member, position, np.inf), axis=-1)
    return np.take_along_axis(ranked, passed_over[..., None], axis=-1)[..., 0]


def qualified_majority(
    yes: np.ndarray,
    population: np.ndarray,
    members: np.ndarray,
    states_share: float = STATES_SHARE,
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
    seats = over_actors(np.asarray(members, dtype=bool))
    ayes = over_actors(in_favour)
    people = over_actors(np.where(members, population, 0.0))
    people_in_favour = over_actors(np.where(in_favour, population, 0.0))
    has_states = ayes >= states_share * seats - _ROUNDING
    has_people = people_in_favour >= population_share * people * (1.0 - _ROUNDING)
    is_too_few_to_block = seats - ayes < blocking_members
    return (seats > 0) & has_states & (has_people | is_too_few_to_block)
