"""Exposure, pressure, concession and deterrence: what coercion has to work with and how often it works.

[Hirschman1945] Hirschman, National Power and the Structure of Foreign Trade, University of California Press.
[KeohaneNye1977] Keohane & Nye, Power and Interdependence, Little, Brown.
[TIES] Morgan, Bapat & Kobayashi (2014), Threat and imposition of economic sanctions 1945-2005, CMPS 31(5): 541-558;
rates computed from its version 4.
[BapatEtAl2013] Bapat, Heinrich, Kobayashi & Morgan, Determinants of sanctions effectiveness, International Interactions
39(1): 79-98.
[Martin1992] Martin, Coercive Cooperation, Princeton University Press.
[Drezner2000] Drezner, Bargaining, enforcement, and multilateral sanctions, International Organization 54(1): 73-102.
[Dobbin2007] Dobbin, Simmons & Garrett, The global diffusion of public policies, Annual Review of Sociology 33: 449-472.
"""

import numpy as np
from scipy.special import expit, xlog1py

from sim.errors import RangeError
from sim.rules.domain import at_least, between, inside

__all__ = [
    "asymmetry",
    "deterrence_balance",
    "joint_pressure",
    "learned_success",
    "p_concede",
    "per_period",
    "trade_exposure",
]


def trade_exposure(pct_gdp, half_pct):
    """How exposed an economy is to another, from their trade: `x / (x + half)`.

    More trade exposes more, each further percent a little less. Source: [Hirschman1945] for trade as exposure; the bend
    is a judgement.

    Parameters
    ----------
    pct_gdp : array (...), percent of gross domestic product, >= 0, exports and imports together
    half_pct : float, percent of gross domestic product, > 0, at which exposure is one half

    Returns
    -------
    array (...), in [0, 1)

    Raises
    ------
    RangeError, if a single number lies outside its range

    >>> trade_exposure(np.array([0.0, 8.0, 24.0]), half_pct=8.0)
    array([0.  , 0.5 , 0.75])
    """
    at_least("pct_gdp", pct_gdp, 0.0)
    inside("half_pct", half_pct, 0.0, np.inf)
    return pct_gdp / (pct_gdp + half_pct)


def asymmetry(e_ij, e_ji):
    """Which side of a tie depends more: `e_ij / (e_ij + e_ji)`.

    One half is even, 1 means that only `i` depends on `j`. Two who do not depend on each other at all are even.
    Source: [Hirschman1945], [KeohaneNye1977].

    Parameters
    ----------
    e_ij : array (...), exposure of i to j, >= 0
    e_ji : array (...), exposure of j to i, >= 0, in the same unit

    Returns
    -------
    array (...), in [0, 1]

    >>> asymmetry(np.array([0.3, 0.0]), np.array([0.1, 0.0]))
    array([0.75, 0.5 ])
    """
    both = np.add(e_ij, e_ji)
    return np.where(both > 0.0, e_ij / np.where(both > 0.0, both, 1.0), 0.5)


def p_concede(
    several,
    institution,
    cost_major,
    cost_severe,
    support,
    *,
    base,
    several_weight,
    institution_weight,
    major_weight,
    severe_weight,
    support_weight,
):
    """How likely a target is to give way in an episode of coercion.

    A logit in which every coefficient is added. Against one sender and minor costs the record gives 25.2 %, a base of
    -1.09; several senders raise the log-odds by 1.34 at most (selection), costs by 0.79 when major and 1.39 when
    severe; support from friends lowers them. Source: [TIES]; [BapatEtAl2013] for institutions and severe costs. The
    weight of support has never been estimated: a judgement.

    Parameters
    ----------
    several : array (...), 1 where more than one sender coerces, else 0; a share is allowed
    institution : array (...), 1 where an international institution is with the senders, else 0
    cost_major : array (...), 1 where the target's cost is major and no more, else 0
    cost_severe : array (...), 1 where the target's cost is severe, else 0
    support : array (...), in [0, 1], relief and resilience the target enjoys
    base : float, log-odds of one sender at minor cost
    several_weight, institution_weight, major_weight, severe_weight : float, log-odds added by each
    support_weight : float, log-odds added by full support; at most 0 in earnest

    Returns
    -------
    array (...), probability over the whole episode; see `per_period`

    >>> ties = dict(base=-1.09, several_weight=1.34, institution_weight=0.0,
    ...             major_weight=0.79, severe_weight=1.39, support_weight=-0.5)
    >>> p_concede(np.array([0, 1, 0, 0]), 0, np.array([0, 0, 1, 0]), 0, np.array([0, 0, 0, 1]), **ties).round(3)
    array([0.252, 0.562, 0.426, 0.169])
    """
    pressed = base + several_weight * several + institution_weight * institution
    hurt = pressed + major_weight * cost_major + severe_weight * cost_severe
    return expit(hurt + support_weight * support)


def per_period(p_episode, episode_days, days):
    """The probability over a few days of what happens with `p_episode` over a whole episode.

    `1 - (1 - p)^(days / episode_days)`: a constant hazard, so that periods of any length multiply up to the episode.
    Source: definition of a constant hazard.

    Parameters
    ----------
    p_episode : array (...), probability over the episode
    episode_days : float or array (...), days, > 0
    days : float or array (...), days, >= 0

    Returns
    -------
    array (...), probability

    Raises
    ------
    RangeError, if a single number lies outside its range

    >>> per_period(np.array([0.0, 0.36, 1.0]), episode_days=180, days=90).round(3)
    array([0. , 0.2, 1. ])
    """
    between("p_episode", p_episode, 0.0, 1.0)
    inside("episode_days", episode_days, 0.0, np.inf)
    at_least("days", days, 0.0)
    return -np.expm1(xlog1py(np.divide(days, episode_days), np.negative(p_episode)))


def joint_pressure(share, has_large_economies, has_institution, synergy, institution_bonus):
    """The pressure that those who act put on the adversary together.

    `share (1 + synergy share large) (1 + bonus institution)`, at most 1. Alone, a state presses with its own share;
    once the large economies are in, pressure grows faster than the sum of the shares, because ways round close; an
    institution adds to it by stopping defection and side deals. Source: [TIES] for several senders; [Martin1992],
    [Drezner2000] for institutions. The form is a judgement.

    Parameters
    ----------
    share : array (...), in [0, 1], of the means of pressure, by those who act
    has_large_economies : array (...), in [0, 1] or bool, how far the large economies are among them
    has_institution : array (...), in [0, 1] or bool, whether an institution is behind them
    synergy : float, >= 0, gain from 0 to full share
    institution_bonus : float, >= 0, gain from an institution

    Returns
    -------
    array (...), in [0, 1]

    Raises
    ------
    RangeError, if `synergy` or `institution_bonus` is a single number below 0

    >>> share, has_large, has_institution = np.array([[0.2, 0.4, 0.4, 0.4], [0, 0, 1, 1], [0, 0, 0, 1]])
    >>> joint_pressure(share, has_large, has_institution, synergy=1.0, institution_bonus=0.25).round(2)
    array([0.2 , 0.4 , 0.56, 0.7 ])
    """
    at_least("synergy", synergy, 0.0)
    at_least("institution_bonus", institution_bonus, 0.0)
    closed_ways_round = 1.0 + synergy * (share * has_large_economies)
    kept_together = 1.0 + institution_bonus * has_institution
    return np.minimum(share * closed_ways_round * kept_together, 1.0)


def deterrence_balance(p_success, gain, loss, cost):
    """What coercing is worth to the one who considers it: `p gain - (1 - p) loss - cost`. Below 0 it is deterred.

    Source: the expected value of a threat that may have to be carried out; this model's reduced form.

    Parameters
    ----------
    p_success : array (...), probability that the target gives way
    gain : array (...), utility if it does
    loss : array (...), utility lost to retaliation if it does not
    cost : array (...), utility of one's own trade forgone in any case

    Returns
    -------
    array (...), utility

    Raises
    ------
    RangeError, if `p_success` is a single number outside [0, 1]

    >>> deterrence_balance(0.25, 1.0, np.array([0.1, 0.5]), 0.05).round(3)
    array([ 0.125, -0.175])
    """
    between("p_success", p_success, 0.0, 1.0)
    return p_success * gain - (1.0 - p_success) * loss - cost


def learned_success(successes, trials, a=2.5, b=7.5):
    """What an onlooker expects of the next attempt after watching others: `(a + successes) / (a + b + trials)`.

    A Beta belief updated by successes and failures; it starts at 0.25, the rate of a sender alone. Source: [Dobbin2007]
    for learning; [TIES].

    Parameters
    ----------
    successes : array (...), >= 0
    trials : array (...), >= `successes`
    a, b : float, > 0, the successes and failures the belief starts with

    Returns
    -------
    array (...), probability

    Raises
    ------
    RangeError, if single numbers lie outside their range, or there are more successes than trials

    >>> learned_success(np.array([0, 0, 2]), np.array([0, 5, 2])).round(3)
    array([0.25 , 0.167, 0.375])
    """
    inside("a", a, 0.0, np.inf)
    inside("b", b, 0.0, np.inf)
    at_least("successes", successes, 0.0)
    if np.ndim(successes) == 0 and np.ndim(trials) == 0 and successes > trials:
        raise RangeError(f"successes must be at most the trials; got {successes:g} of {trials:g}.")
    return (a + successes) / (a + b + trials)
