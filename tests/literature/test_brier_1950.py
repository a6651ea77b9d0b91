"""Scores of forecasts, as published: Brier (1950), Good (1952), Murphy (1973), Hanley and McNeil (1982), Wilson (1927).

The intervals of a share are Newcombe's (Statistics in Medicine 17, 1998) worked examples of Wilson's method.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from sim.experiments.estimate import wilson
from sim.validation.scores import auc, brier, log_score, skill

# Ten forecasts of rain, and on which of the ten days it rained
RAIN_FORECAST = [0.7, 0.9, 0.8, 0.4, 0.2, 0.0, 0.0, 0.0, 0.0, 0.1]
RAIN = [0, 1, 1, 1, 0, 0, 0, 0, 0, 0]
# One reader's rating of 109 images, from definitely normal to definitely abnormal
NORMAL, ABNORMAL = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
NEWCOMBE = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}

probabilities = st.floats(0.02, 0.98)
tenths = st.integers(0, 10).map(lambda tenth: tenth / 10)
cells = st.lists(st.tuples(st.sampled_from([0, 1]), tenths), min_size=1, max_size=60)


def test_brier_s_ten_forecasts_of_rain_score_as_in_his_table():
    both_outcomes = brier(RAIN, RAIN_FORECAST) + brier(1 - np.array(RAIN), 1 - np.array(RAIN_FORECAST))
    assert both_outcomes == pytest.approx(0.19)
    assert brier(RAIN, RAIN_FORECAST) == pytest.approx(0.095)


def test_brier_s_score_is_worst_where_the_opposite_always_comes_true():
    assert brier([1, 0], [0.0, 1.0]) == 1 and brier([1, 0], [1.0, 0.0]) == 0


def test_always_forecasting_what_is_usual_has_no_skill():
    usual = np.mean(RAIN)
    assert skill(brier(RAIN, np.full(10, usual)), usual * (1 - usual)) == pytest.approx(0)


@pytest.mark.parametrize("score", [brier, log_score])
@given(truth=probabilities, said=probabilities)
def test_nobody_gains_by_saying_other_than_what_they_think(score, truth, said):
    def expected(p):
        return truth * score([1], [p]) + (1 - truth) * score([0], [p])

    assert expected(truth) <= expected(said) + 1e-12


def test_the_area_under_the_curve_of_the_109_images_is_the_published_one():
    done = np.repeat([0, 1], [sum(NORMAL), sum(ABNORMAL)])
    rating = np.concatenate([np.repeat(np.arange(5), NORMAL), np.repeat(np.arange(5), ABNORMAL)])
    assert auc(done, rating / 4) == pytest.approx(0.893, abs=0.0005)


@given(cells)
def test_the_area_under_the_curve_is_the_mann_whitney_statistic(pairs):
    done, p = np.array(pairs).T
    events, others = p[done == 1], p[done == 0]
    if not (events.size and others.size):
        assert np.isnan(auc(done, p))
        return
    pairs_won = mannwhitneyu(events, others, method="exact").statistic
    assert auc(done, p) == pytest.approx(pairs_won / (events.size * others.size))


@pytest.mark.parametrize(("times", "of"), NEWCOMBE)
def test_the_interval_of_a_share_is_the_published_one(times, of):
    found = wilson(times / of, of)
    assert (found.low, found.high) == pytest.approx(NEWCOMBE[times, of], abs=0.00006)
