"""Intervals that hold what they promise, also where runs share their future or their draws."""

import numpy as np
import pytest

from sim.experiments.estimate import difference, holm, mean, p_value, paired, share


def _covered(draw, truth, times=300):
    return np.mean(
        [(estimate := draw(np.random.default_rng(seed))).low <= truth <= estimate.high for seed in range(times)]
    )


def test_an_interval_holds_the_mean_in_nineteen_cases_of_twenty():
    def draw(rng):
        return mean(rng.normal(3, 2, 40), np.arange(40), np.arange(40))

    assert 0.92 <= _covered(draw, 3.0) <= 0.98


def test_runs_that_share_their_luck_do_not_make_an_interval_narrow():
    """Thirty futures with the same eight replications: what chance does is known from eight, not from 240."""
    point, again = np.repeat(np.arange(30), 8), np.tile(np.arange(8), 30)

    def draw(rng):
        return mean(rng.normal(0, 1, 8)[again] + rng.normal(0, 0.2, 30)[point], point, again)

    assert _covered(draw, 0.0) >= 0.9


def test_runs_that_share_their_future_do_not_make_an_interval_narrow():
    future = np.repeat(np.arange(20), 10)

    def draw(rng):
        return mean(rng.normal(0, 1, 20)[future] + rng.normal(0, 0.2, 200), future, np.arange(200))

    assert 0.9 <= _covered(draw, 0.0) <= 0.99


def test_a_difference_within_the_same_futures_is_known_better_than_either_mean():
    rng = np.random.default_rng(1)
    future, base = np.tile(np.arange(50), 2), np.tile(rng.normal(0, 5, 50), 2)
    values = base + np.repeat([0.0, 1.0], 50) + rng.normal(0, 0.1, 100)
    one, other = np.where(np.arange(100) >= 50, values, np.nan), np.where(np.arange(100) < 50, values, np.nan)
    gap = difference(one, other, future, future)
    assert gap.low < 1.0 < gap.high and gap.high - gap.low < 0.2
    assert mean(one, future, future).high - mean(one, future, future).low > 1


def test_what_is_not_known_has_no_estimate():
    nothing = np.full(5, np.nan)
    assert not mean(nothing, np.arange(5), np.arange(5)).is_known
    assert not paired(nothing, nothing).is_known
    assert p_value(nothing, nothing) == 1.0


def test_one_run_has_a_value_and_no_interval():
    estimate = mean(np.array([2.0]), np.array([0]), np.array([0]))
    assert estimate.value == 2.0 and np.isnan(estimate.low)


@pytest.mark.parametrize("part", [0.0, 1.0])
def test_a_share_of_none_or_all_is_not_certain(part):
    estimate = share(np.full(20, bool(part)), np.arange(20), np.arange(20))
    assert estimate.value == part
    assert estimate.high - estimate.low > 0.1


def test_of_many_comparisons_those_hold_that_would_hold_together():
    assert holm([0.04] * 20) == [False] * 20
    assert holm([0.0001, 0.5]) == [True, False]
