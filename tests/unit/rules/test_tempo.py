"""How long things take."""

import numpy as np
import pytest
from scipy.special import ndtri

from sim.errors import RangeError
from sim.rules.tempo import days_drawn, pace

GRID = ndtri((np.arange(2000) + 0.5) / 2000)


@pytest.mark.parametrize("days", [(0, 2, 6), (1, 30, 150), (180, 360, 720), (0, 1, 900), (30, 180, 365)])
def test_the_three_figures_are_the_quantiles(days):
    assert days_drawn(*days, ndtri(np.array([0.05, 0.5, 0.95]))) == pytest.approx(days, abs=1e-9)


@pytest.mark.parametrize("days", [(0, 2, 6), (5, 5, 9), (3, 9, 9), (0, 0, 0), (7, 7, 7)])
def test_draws_grow_with_chance_and_stay_within_bounds(days):
    drawn = days_drawn(*days, GRID)
    assert (np.diff(drawn) >= 0).all()
    assert drawn.min() >= days[0] and drawn.max() <= 2 * days[2]
    assert np.isfinite(drawn).all()


def test_a_certain_time_is_certain():
    assert days_drawn(7.0, 7.0, 7.0, np.array([-3.0, 0.0, 1.0])).tolist() == [7.0, 7.0, 7.0]


def test_the_long_side_can_be_cut():
    assert days_drawn(0.0, 30.0, 150.0, 8.0, longest=1.0) == 150.0


def test_each_format_may_have_its_own_days():
    minimum, typical, maximum = np.array([[0.0, 30.0], [2.0, 180.0], [6.0, 365.0]])[:, :, None]
    drawn = days_drawn(minimum, typical, maximum, np.zeros((2, 5)))
    assert drawn.shape == (2, 5)
    assert drawn[:, 0] == pytest.approx([2.0, 180.0])


@pytest.mark.parametrize("days", [(-1, 2, 6), (3, 2, 6), (0, 7, 6), (0, 1, np.inf), (0, np.nan, 3)])
def test_days_out_of_order_are_refused(days):
    with pytest.raises(RangeError, match="ascend"):
        days_drawn(*days, 0.0)


def test_grave_and_physical_matters_are_faster_and_slight_ones_slower_by_half_at_most():
    weights = dict(severity_weight=1.5, usual=0.4, physical_weight=0.5)
    assert pace(0.4, 0, **weights) == 1.0
    assert pace(0.9, 1, **weights) < pace(0.9, 0, **weights) < 1.0 < pace(0.2, 0, **weights)
    assert pace(0.0, 0, **{**weights, "severity_weight": 9.0}) == 1.5
