"""Economic coercion: TIES version 4, Morgan, Bapat & Kobayashi (2014), CMPS 31(5): 541-558; Hufbauer et al. (2007).

Rates of TIES are from its 1,412 cases, 1,024 of them with a known outcome. The coefficients are the model's own.
"""

import pytest

from sim.rules.coercion import p_concede, per_period
from sim.scenario import load_library

ALONE = 0.252  # target gives way after imposition by one sender (n = 412)
MINOR, SEVERE = 0.261, 0.586  # by the cost to the target (n = 380, 29)
MODEST_DEMAND, MAJOR_DEMAND = 0.51, 0.31  # Hufbauer, Schott, Elliott & Oegg: success by what is asked for
BEHAVIOUR = {name: figure.value for name, figure in load_library().behaviour.items()}
WEIGHTS = dict(
    base=BEHAVIOUR["concede_base"],
    harm_weight=BEHAVIOUR["concede_cost"],
    usual=BEHAVIOUR["concede_usual"],
    support_weight=BEHAVIOUR["concede_support"],
    major_weight=BEHAVIOUR["concede_major"],
)
USUAL = WEIGHTS["usual"]


def odds(p):
    return p / (1 - p)


def test_one_sender_succeeds_in_a_quarter_of_cases():
    assert p_concede(USUAL, 0.0, 0, **WEIGHTS) == pytest.approx(ALONE, abs=0.0005)


def test_a_severe_cost_raises_the_odds_as_published():
    ratio = odds(p_concede(USUAL + 1, 0.0, 0, **WEIGHTS)) / odds(p_concede(USUAL, 0.0, 0, **WEIGHTS))
    assert ratio == pytest.approx(odds(SEVERE) / odds(MINOR), rel=0.02)


def test_a_major_demand_lowers_the_odds_as_published():
    ratio = odds(p_concede(USUAL, 0.0, 1, **WEIGHTS)) / odds(p_concede(USUAL, 0.0, 0, **WEIGHTS))
    assert ratio == pytest.approx(odds(MAJOR_DEMAND) / odds(MODEST_DEMAND), rel=0.05)


def test_an_episode_in_fortnights_has_the_rate_of_the_episode():
    held = 1.0
    for _ in range(26):
        held *= 1 - per_period(ALONE, 364.0, 14.0)
    assert 1 - held == pytest.approx(ALONE)
