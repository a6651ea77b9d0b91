"""Weighted mean, weighted median, Condorcet, and what vetoes leave over."""

import numpy as np
import pytest

from sim.rules.compromise import (
    compromise,
    condorcet_winner,
    feasible_compromise,
    pairwise_margin,
    weighted_median,
)


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
    assert np.array_equal(condorcet_winner(*swapped), condorcet_winner(position, capability, salience))


def test_the_median_has_half_of_the_weight_on_either_side():
    position, weight, _ = some_actors(runs=40)
    median = weighted_median(position, weight)[:, None]
    assert (np.where(position < median, weight, 0).sum(-1) < weight.sum(-1) / 2).all()
    assert (np.where(position <= median, weight, 0).sum(-1) >= weight.sum(-1) / 2).all()


def test_the_lower_of_two_medians_is_taken():
    assert weighted_median(np.array([3.0, 1.0, 2.0, 4.0]), np.ones(4)) == 2.0


def test_no_weight_no_median():
    assert np.isnan(weighted_median(np.array([1.0, 2.0]), np.zeros(2)))
    assert np.isnan(condorcet_winner(np.array([1.0, 2.0]), np.zeros(2), 1.0))


def test_the_weighted_median_is_what_nothing_beats():
    position, capability, salience = some_actors(runs=30, actors=7)
    winner = condorcet_winner(position, capability, salience)
    assert np.array_equal(winner, weighted_median(position, capability * salience))
    for j in range(7):
        is_winner = position[:, j] == winner
        for k in range(7):
            margin = pairwise_margin(position, capability, salience, j, k)
            assert (margin[is_winner] >= -1e-12).all()


def test_a_margin_turns_its_sign_with_the_question():
    position, capability, salience = some_actors()
    there = pairwise_margin(position, capability, salience, 2, 5)
    assert pairwise_margin(position, capability, salience, 5, 2) == pytest.approx(-there)
    assert pairwise_margin(np.ones(4), np.ones(4), 1.0, 0, 1) == 0.0


EVERYBODY = np.array([True, True, True])


def test_the_softest_veto_player_sets_the_limit():
    assert feasible_compromise(0.6, np.array([0.2, 0.7, 0.9]), 0.0, EVERYBODY) == pytest.approx(0.4)


def test_what_everybody_prefers_stands():
    assert feasible_compromise(0.3, np.array([0.2, 0.7, 0.9]), 0.0, EVERYBODY) == 0.3


def test_constructive_abstention_leaves_the_veto_set():
    assert feasible_compromise(0.6, np.array([0.2, 0.7, 0.9]), 0.0, np.array([False, True, True])) == 0.6


def test_pulling_in_both_directions_leaves_the_status_quo():
    assert feasible_compromise(0.6, np.array([0.1, 0.9, 0.9]), 0.4, EVERYBODY) == 0.4


def test_limits_hold_below_the_status_quo_too():
    assert feasible_compromise(0.0, np.array([0.5, 0.3, 0.1]), 0.6, EVERYBODY) == pytest.approx(0.4)


def test_without_veto_players_the_target_stands():
    assert feasible_compromise(0.8, np.array([0.1, 0.2, 0.3]), 0.0, ~EVERYBODY) == 0.8


def test_nobody_with_a_veto_is_worse_off_and_nothing_acceptable_lies_nearer():
    chance = np.random.default_rng(3)
    positions, target, today = chance.random((200, 5)), chance.random(200), chance.random(200)
    is_veto = chance.random((200, 5)) < 0.6
    outcome = feasible_compromise(target, positions, today, is_veto)

    def acceptable(x):
        is_better = np.abs(x[:, None] - positions) <= np.abs(today[:, None] - positions) + 1e-12
        return (is_better | ~is_veto).all(-1)

    assert acceptable(outcome).all()
    for step in np.linspace(0, 1, 41):
        other = np.full(200, step)
        is_nearer = np.abs(other - target) < np.abs(outcome - target) - 1e-9
        assert not (acceptable(other) & is_nearer).any()


def test_limits_hold_on_a_scale_that_goes_below_zero():
    assert feasible_compromise(-1.5, np.array([-1.0, -0.4, -2.0]), 0.0, EVERYBODY) == pytest.approx(-0.8)
