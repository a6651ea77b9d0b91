"""Economic coercion: TIES version 4, Morgan, Bapat & Kobayashi (2014), CMPS 31(5): 541-558.

Rates are computed from its 1,412 cases, 1,024 of them with a known outcome.
"""

import numpy as np
import pytest

from sim.rules.coercion import learned_success, p_concede, per_period

ALONE, TOGETHER = 0.252, 0.562  # target gives way after imposition: one sender (n = 412), more than one (n = 128)
MINOR, MAJOR, SEVERE = 0.261, 0.439, 0.586  # by the cost to the target (n = 380, 98, 29)
WEIGHTS = dict(
    base=-1.09, several_weight=1.34, institution_weight=0.0, major_weight=0.79, severe_weight=1.39, support_weight=-0.5
)


def odds(p):
    return p / (1 - p)


def test_one_sender_succeeds_in_a_quarter_of_cases():
    assert p_concede(0, 0, 0, 0, 0.0, **WEIGHTS) == pytest.approx(ALONE, abs=0.0005)


def test_several_senders_succeed_in_more_than_half():
    assert p_concede(1, 0, 0, 0, 0.0, **WEIGHTS) == pytest.approx(TOGETHER, abs=0.0005)


def test_the_odds_ratio_of_several_against_one_is_3_8():
    ratio = odds(p_concede(1, 0, 0, 0, 0.0, **WEIGHTS)) / odds(p_concede(0, 0, 0, 0, 0.0, **WEIGHTS))
    assert ratio == pytest.approx(3.8, abs=0.05)
    assert ratio == pytest.approx(odds(TOGETHER) / odds(ALONE), abs=0.05)


def test_the_costs_of_the_target_raise_the_odds_as_published():
    minor, major, severe = p_concede(0, 0, np.array([0, 1, 0]), np.array([0, 0, 1]), 0.0, **WEIGHTS)
    assert odds(major) / odds(minor) == pytest.approx(odds(MAJOR) / odds(MINOR), rel=0.02)
    assert odds(severe) / odds(minor) == pytest.approx(odds(SEVERE) / odds(MINOR), rel=0.02)


def test_costs_from_their_own_base_reproduce_the_three_rates():
    weights = {**WEIGHTS, "base": np.log(odds(MINOR))}
    rates = p_concede(0, 0, np.array([0, 1, 0]), np.array([0, 0, 1]), 0.0, **weights)
    assert rates == pytest.approx([MINOR, MAJOR, SEVERE], abs=0.002)


def test_an_episode_in_fortnights_has_the_rate_of_the_episode():
    held = 1.0
    for _ in range(26):
        held *= 1 - per_period(ALONE, 364.0, 14.0)
    assert 1 - held == pytest.approx(ALONE)


def test_an_onlooker_starts_from_the_rate_of_a_sender_alone():
    assert learned_success(0, 0) == pytest.approx(ALONE, abs=0.005)
