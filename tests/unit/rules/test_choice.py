"""Logit choice, the draw from it, and the answer to company."""

import numpy as np
import pytest

from sim.errors import RangeError
from sim.rules.choice import choice_probabilities, first_of_each, pick, respond_to_company
from sim.rules.odds import log_odds, logistic


def test_log_odds_undo_the_logistic():
    x = np.linspace(-8, 8, 33)
    assert log_odds(logistic(x)) == pytest.approx(x)
    assert log_odds(0.0) == -np.inf and log_odds(1.0) == np.inf


@pytest.mark.parametrize("p", [-0.1, 1.1, np.nan])
def test_log_odds_refuse_what_is_no_probability(p):
    with pytest.raises(RangeError, match="p must lie in"):
        log_odds(p)


def test_choice_probabilities_sum_to_one_and_rank_by_utility():
    p = choice_probabilities(np.array([0.1, 0.5, 0.3]), 4.0)
    assert p.sum() == pytest.approx(1.0)
    assert p[1] > p[2] > p[0]


def test_adding_the_same_to_every_utility_changes_nothing():
    u = np.array([[0.25, 0.5], [0.75, 0.125]])
    assert np.array_equal(choice_probabilities(u, 4.0), choice_probabilities(u + 1024.0, 4.0))


def test_huge_utilities_do_not_overflow():
    assert choice_probabilities(np.array([1e6, 0.0, -1e6]), 10.0).tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("precision", [0.0, 3.0])
def test_what_is_not_legal_is_never_chosen(precision):
    p = choice_probabilities(np.array([[0.0, -np.inf], [-np.inf, -np.inf], [0.0, -np.inf]]), precision)
    assert p.tolist() == [[0.5, 0.0], [0.0, 0.0], [0.5, 0.0]]


def test_no_warning_where_nothing_is_legal(recwarn):
    choice_probabilities(np.full((3, 2), -np.inf), 0.0)
    assert not recwarn.list


def test_each_actor_may_have_its_own_precision():
    p = choice_probabilities(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([0.0, 2.0]))
    assert p[0].tolist() == [0.5, pytest.approx(logistic(2.0))]


def test_a_negative_precision_is_refused():
    with pytest.raises(RangeError, match="precision"):
        choice_probabilities(np.zeros(2), -1.0)


def test_pick_falls_on_the_option_the_number_lies_on():
    p = np.array([0.25, 0.5, 0.25])
    assert [int(pick(p, u)) for u in (0.0, 0.2499, 0.25, 0.7499, 0.75, 1 - 2**-53)] == [0, 0, 1, 1, 2, 2]


def test_pick_passes_over_options_without_probability():
    p = np.array([0.0, 0.5, 0.0, 0.5, 0.0])
    assert [int(pick(p, u)) for u in (0.0, 0.4999, 0.5, 1 - 2**-53, 1.0)] == [1, 1, 3, 3, 3]


def test_pick_on_an_even_grid_returns_the_proportions():
    p = choice_probabilities(np.array([0.0, 0.3, 1.0, -np.inf]), 2.0)
    grid = (np.arange(20000) + 0.5) / 20000
    chosen = pick(np.repeat(p[:, None], grid.size, axis=1), grid)
    assert np.bincount(chosen, minlength=4) / grid.size == pytest.approx(p, abs=1e-4)


def test_pick_says_minus_one_where_there_is_nothing():
    assert pick(np.zeros((3, 2)), np.array([0.1, 0.9])).tolist() == [-1, -1]


def test_company_pulls_and_solitude_repels():
    alone, even, together = respond_to_company(0.0, 1.0, np.array([0.0, 0.5, 1.0]), 4.0, 0.5, 1.0)
    assert alone < even == 0.5 < together
    assert together == pytest.approx(logistic(2.0))


def test_damping_moves_part_of_the_way():
    there = respond_to_company(0.3, 1.0, 0.8, 4.0, 0.1, 1.0)
    assert respond_to_company(0.3, 1.0, 0.8, 4.0, 0.1, 0.25) == pytest.approx(0.1 + 0.25 * (there - 0.1))
    assert respond_to_company(0.3, 1.0, 0.8, 4.0, 0.1, 0.0) == 0.1


def test_company_settles_where_everybody_answers_everybody():
    p = np.full(5, 0.9)
    base = np.array([-0.3, -0.1, 0.0, 0.1, 0.3])
    for _ in range(400):
        p = respond_to_company(base, 0.4, p.mean(), 5.0, p, 0.3)
    assert p == pytest.approx(logistic(5.0 * (base + 0.4 * (p.mean() - 0.5))))


@pytest.mark.parametrize("damping", [-0.1, 1.1])
def test_a_step_beyond_the_answer_is_refused(damping):
    with pytest.raises(RangeError, match="damping"):
        respond_to_company(0.0, 1.0, 0.5, 1.0, 0.5, damping)


def test_of_two_who_come_in_at_once_the_one_named_first_is_first():
    weight, draw = np.array([1.0, 1.0, 9.0, 9.0, -0.0]), np.full(5, 0.5)
    assert first_of_each(np.array([5, 2, 2, 2, 7]), weight, draw).tolist() == [0, 2]
