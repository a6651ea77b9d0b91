"""Exposure, pressure, relief and concession: what coercion has to work with and how often it works.

[Hirschman1945] Hirschman, National Power and the Structure of Foreign Trade, University of California Press.
[KeohaneNye1977] Keohane & Nye, Power and Interdependence, Little, Brown.
[TIES] Morgan, Bapat & Kobayashi (2014), Threat and imposition of economic sanctions 1945-2005, CMPS 31(5): 541-558;
rates computed from its version 4.
[BapatEtAl2013] Bapat, Heinrich, Kobayashi & Morgan, Determinants of sanctions effectiveness, International Interactions
39(1): 79-98.
[Martin1992] Martin, Coercive Cooperation, Princeton University Press.
[Drezner2000] Drezner, Bargaining, enforcement, and multilateral sanctions, International Organization 54(1): 73-102.
[HSE2007] Hufbauer, Schott, Elliott & Oegg, Economic Sanctions Reconsidered, 3rd edition, Peterson Institute.
"""

import numpy as np
from scipy.special import xlog1py

from sim.rules.domain import Numbers, at_least, between, inside
from sim.rules.odds import logistic

__all__ = ["asymmetry", "joint_pressure", "p_concede", "per_period", "relief", "trade_exposure"]


def trade_exposure(pct_gdp: Numbers, half_pct: float) -> Numbers:
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


def asymmetry(e_ij: Numbers, e_ji: Numbers) -> np.ndarray:
    """Which side of a tie depends more: `e_ij / (e_ij + e_ji)`.

    One half is even, 1 means that only `i` depends on `j`. Two who do not depend on each other at all are even. One and
    the same trade weighs on each side by the other's economy, so the economy of `j` and that of `i` may stand for the
    two exposures.
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
    harm: float,
    support: Numbers,
    is_major: float,
    *,
    base: float,
    harm_weight: float,
    usual: float,
    support_weight: float,
    major_weight: float,
    solidarity: Numbers = 0.0,
    solidarity_weight: float = 0.0,
    countered: Numbers = 0.0,
    counter_weight: float = 0.0,
) -> Numbers:
    """How likely the target of a demand is to give way in an episode of coercion.

    A logit: `base + harm_weight (harm - usual) + 2 support_weight support + solidarity_weight solidarity +
    counter_weight countered + major_weight is_major`. It starts from the rate of the record, 25.2 % against one sender
    at the cost of a usual episode; what the target bears beyond that raises it; what others take away of it, a text by
    which they stand with it, measures that they take together against the sender, and the size of the demand lower it.
    Source: [TIES]; [BapatEtAl2013] for severe costs; [HSE2007] for major demands. What relief, solidarity and
    countermeasures do has never been estimated: judgements.

    Parameters
    ----------
    harm : array (...), in [0, 1.5], what the target bears
    support : array (...), in [0, 1], the share of it that others take away
    is_major : array (...), 1 where the demand is a major one, else 0
    base : float or array (...), log-odds at the usual harm, alone, of a modest demand
    harm_weight : float or array (...), log-odds added by a unit of harm
    usual : float or array (...), the harm of a usual episode
    support_weight : float or array (...), log-odds added where half of the harm is taken away; at most 0 in earnest
    major_weight : float or array (...), log-odds added by a major demand; at most 0 in earnest
    solidarity : array (...), in [0, 1], how far a text by which others stand with the target has gone
    solidarity_weight : float or array (...), log-odds added by such a text; at most 0 in earnest
    countered : array (...), in [0, 1], the pressure that others put on the sender over this
    counter_weight : float or array (...), log-odds added by full pressure; at most 0 in earnest

    Returns
    -------
    array (...), probability over the whole episode; see `per_period`

    >>> record = dict(base=-1.09, harm_weight=1.39, usual=0.4, support_weight=-0.5, major_weight=-0.8)
    >>> p_concede(np.array([0.4, 0.9, 0.4, 0.4]), np.array([0, 0, 1, 0]), np.array([0, 0, 0, 1]), **record).round(3)
    array([0.252, 0.403, 0.11 , 0.131])
    """
    pressed = base + harm_weight * (harm - usual)
    backed = support_weight * 2 * support + solidarity_weight * solidarity + counter_weight * countered
    return logistic(pressed + backed + major_weight * is_major)


def per_period(p_episode: Numbers, episode_days: Numbers, days: Numbers) -> Numbers:
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


def joint_pressure(
    share: Numbers, has_large_economies: Numbers, has_institution: Numbers, synergy: float, institution_bonus: float
) -> Numbers:
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


def relief(support: Numbers, full: Numbers) -> np.ndarray:
    """The share of a victim's harm that support takes away: `1 - exp(-full support)`, each further bit a little less.

    Source: a judgement.

    Parameters
    ----------
    support : array (...), >= 0, what responses bring, each times the share of all economies behind it
    full : float or array (...), >= 0, how soon support tells

    Returns
    -------
    array (...), in [0, 1)

    Raises
    ------
    RangeError, if `full` is a single number below 0

    >>> relief(np.array([0.0, 0.5, 1.0]), full=2.0).round(3)
    array([0.   , 0.632, 0.865])
    """
    at_least("full", full, 0.0)
    return 1 - np.exp(-full * support)
