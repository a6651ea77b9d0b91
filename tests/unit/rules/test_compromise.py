"""The weighted mean."""

import numpy as np
import pytest

from sim.rules.compromise import compromise


def some_actors(runs=3, actors=9, seed=5):
    return np.random.default_rng(seed).random((3, runs, actors))


@pytest.mark.parametrize("runs", [1, 3])
def test_the_compromise_is_the_weighted_average(runs):
    position, capability, salience = some_actors(runs)
    for run in range(runs):
        expected = np.average(position[run], weights=capability[run] * salience[run])
        assert compromise(position, capability, salience)[run] == pytest.approx(expected)


def test_who_does_not_care_or_cannot_bring_anything_does_not_count():
    position = np.array([0.2, 0.4, 1.0, 1.0])
    assert compromise(position, np.array([1, 1, 0, 5]), np.array([0.5, 0.5, 1.0, 0.0])) == pytest.approx(0.3)


def test_where_nobody_counts_the_caller_says_what_that_means():
    nobody = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert np.isnan(compromise(np.array([0.2, 0.8]), nobody, 1.0)).tolist() == [True, False]
    assert compromise(np.array([0.2, 0.8]), nobody, 1.0, otherwise=0.0).tolist() == [0.0, 0.5]


def test_equal_weights_may_be_given_once():
    assert compromise(np.array([0.0, 1.0, 0.5, 0.9]), 1.0, 0.5) == pytest.approx(0.6)


def test_relabelling_actors_moves_nothing():
    position, capability, salience = some_actors()
    order = np.random.default_rng(1).permutation(9)
    swapped = position[:, order], capability[:, order], salience[:, order]
    assert compromise(*swapped) == pytest.approx(compromise(position, capability, salience))
