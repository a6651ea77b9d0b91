"""Exposure, concession, pressure."""

import numpy as np
import pytest

from sim.errors import RangeError
from sim.rules.coercion import asymmetry, joint_pressure, p_concede, per_period, relief, trade_exposure

WEIGHTS = dict(base=-1.09, harm_weight=1.39, usual=0.4, support_weight=-0.5, major_weight=-0.8)


def test_exposure_is_one_half_where_it_says_and_never_one():
    assert trade_exposure(8.0, 8.0) == 0.5
    assert trade_exposure(0.0, 8.0) == 0.0
    assert (np.diff(trade_exposure(np.linspace(0, 200, 50), 8.0)) > 0).all()
    assert trade_exposure(1e9, 8.0) < 1.0


def test_asymmetries_of_the_two_sides_add_to_one():
    e, f = np.array([0.3, 0.0, 0.2, 0.0]), np.array([0.1, 0.5, 0.2, 0.0])
    assert asymmetry(e, f) == pytest.approx(1 - asymmetry(f, e))
    assert asymmetry(0.0, 0.0) == 0.5


def test_the_economies_of_two_sides_stand_for_the_exposures_of_their_trade():
    trade, economy, other = 3.0, 40.0, 2000.0
    assert asymmetry(other, economy) == pytest.approx(asymmetry(trade / economy, trade / other))


@pytest.mark.parametrize(("place", "sign"), [(0, 1), (1, -1), (2, -1)])
def test_each_factor_pushes_its_way(place, sign):
    plain, pushed = np.zeros(3), np.eye(3)[place]
    assert np.sign(p_concede(*pushed, **WEIGHTS) - p_concede(*plain, **WEIGHTS)) == sign


def test_a_period_multiplies_up_to_the_episode():
    two_weeks = per_period(0.4, 182.0, 14.0)
    assert 1 - (1 - two_weeks) ** 13 == pytest.approx(0.4)
    assert per_period(0.4, 182.0, 182.0) == pytest.approx(0.4)
    assert per_period(0.4, 182.0, 0.0) == 0.0


def test_what_is_certain_over_the_episode_is_certain_in_any_part_of_it(recwarn):
    assert per_period(1.0, 180.0, 1.0) == 1.0
    assert per_period(1.0, 180.0, 0.0) == 0.0
    assert per_period(0.0, 180.0, 30.0) == 0.0
    assert not recwarn.list


@pytest.mark.parametrize("asked", [(1.2, 180.0, 14.0), (0.2, 0.0, 14.0), (0.2, 180.0, -1.0)])
def test_an_impossible_episode_is_refused(asked):
    with pytest.raises(RangeError):
        per_period(*asked)


def test_alone_a_state_presses_with_its_share():
    s = np.array([0.0, 0.1, 0.3, 1.0])
    assert np.array_equal(joint_pressure(s, 0, 0, 1.5, 0.3), s)


def test_together_pressure_grows_faster_than_the_sum():
    together = joint_pressure(0.5, 1, 1, 0.8, 0.2)
    parts = joint_pressure(0.2, 1, 1, 0.8, 0.2) + joint_pressure(0.3, 1, 1, 0.8, 0.2)
    assert together > parts


def test_an_institution_and_the_large_economies_each_add():
    alone, large, both = joint_pressure(0.4, np.array([0, 1, 1]), np.array([0, 0, 1]), 0.8, 0.2)
    assert alone < large < both


def test_pressure_never_exceeds_one_and_never_falls_with_company():
    s = np.linspace(0, 1, 101)
    pressure = joint_pressure(s, 1, 1, 3.0, 1.0)
    assert pressure.max() == 1.0 and (np.diff(pressure) >= 0).all()
    with pytest.raises(RangeError, match="synergy"):
        joint_pressure(0.5, 1, 1, -1.0, 0.0)


def test_relief_grows_by_less_and_less_and_never_takes_everything():
    taken = relief(np.linspace(0, 5, 40), 2.0)
    assert taken[0] == 0.0 and taken[-1] < 1.0
    assert (np.diff(taken) > 0).all() and (np.diff(taken, 2) < 0).all()
    with pytest.raises(RangeError, match="full"):
        relief(0.5, -1.0)
