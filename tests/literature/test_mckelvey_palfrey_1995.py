"""Quantal response equilibrium: McKelvey & Palfrey (1995), Games and Economic Behavior 10: 6-38."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit

from sim.rules.choice import choice_probabilities, respond_to_company

# Ochs's asymmetric matching pennies with payoffs in 1982 US cents, and how often his subjects chose the first row and
# the first column, as McKelvey & Palfrey analyse them.
OCHS = np.array([[[1.1141, 0.0], [0.0, 0.2785]], [[0.0, 1.1141], [1.1141, 0.0]]])
OBSERVED = np.array([0.527, 1 - 0.527]), np.array([0.366, 1 - 0.366])
OBSERVATIONS = 128

NINE_TO_ONE = np.array([[[9.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])
PRISONERS_DILEMMA = np.array([[[3.0, 0.0], [5.0, 1.0]], [[3.0, 5.0], [0.0, 1.0]]])


def quantal_response(payoffs, precision, damping=0.2, tolerance=1e-12, limit=10_000):
    """Where two players who choose by logit answer each other, found from equal chances by damped steps."""
    of_row, of_column = payoffs
    row, column = (np.full(strategies, 1 / strategies) for strategies in of_row.shape)
    for _ in range(limit):
        gaps = (
            choice_probabilities((of_row * column).sum(axis=1), precision) - row,
            choice_probabilities((of_column * row[:, None]).sum(axis=0), precision) - column,
        )
        row, column = row + damping * gaps[0], column + damping * gaps[1]
        if max(np.abs(gap).max() for gap in gaps) < tolerance:
            return row, column
    raise AssertionError(f"no equilibrium in {limit} steps")


def log_likelihood(precision):
    predicted = quantal_response(OCHS, precision)
    return OBSERVATIONS * sum((seen * np.log(p)).sum() for seen, p in zip(OBSERVED, predicted, strict=True))


def test_the_estimate_for_ochs_game_is_reproduced():
    """A precision of about 1.85, first row 0.616, first column 0.383, as the software Gambit also finds."""
    fit = minimize_scalar(lambda x: -log_likelihood(x), bounds=(0.1, 10.0), method="bounded", options={"xatol": 1e-6})
    row, column = quantal_response(OCHS, fit.x)
    assert fit.x == pytest.approx(1.845, abs=0.005)
    assert row[0] == pytest.approx(0.616, abs=0.0005)
    assert column[0] == pytest.approx(0.383, abs=0.0005)
    assert -fit.fun == pytest.approx(-174.76, abs=0.01)


def test_without_precision_both_choose_blindly():
    row, column = quantal_response(NINE_TO_ONE, 0.0)
    assert row.tolist() == [0.5, 0.5] and column.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("precision", [0.1, 0.5, 1.0, 3.0])
def test_it_solves_the_two_equations_of_a_two_by_two_game(precision):
    def row_of(column):
        return expit(precision * (9.0 * column - (1.0 - column)))

    def surprise(column):
        return expit(precision * ((1.0 - row_of(column)) - row_of(column))) - column

    expected = brentq(surprise, 0.0, 1.0, xtol=1e-14)
    row, column = quantal_response(NINE_TO_ONE, precision, damping=0.05)
    assert column[0] == pytest.approx(expected, abs=1e-9)
    assert row[0] == pytest.approx(row_of(expected), abs=1e-9)


def test_a_large_precision_approaches_the_mixed_nash_equilibrium():
    """Nash: rows 1/2, columns 1/10. From the equations, rows are off by ln(9) / (2 precision)."""
    row, column = quantal_response(NINE_TO_ONE, 20.0, damping=0.005, tolerance=1e-6, limit=20_000)
    assert column[0] == pytest.approx(0.1, abs=0.002)
    assert row[0] == pytest.approx(0.5 + np.log(9.0) / 40.0, abs=0.002)


def test_a_large_precision_finds_the_dominant_strategy():
    row, column = quantal_response(PRISONERS_DILEMMA, 30.0)
    assert row[1] > 0.999999 and column[1] > 0.999999


def test_a_players_own_payoff_matters_as_in_the_laboratory_and_unlike_in_nash():
    even = quantal_response(np.array([[[1.0, 0.0], [0.0, 1.0]], NINE_TO_ONE[1]]), 1.0)[0]
    raised = quantal_response(NINE_TO_ONE, 1.0)[0]
    assert even[0] == pytest.approx(0.5)
    assert raised[0] > 0.8


def coordinated(precision, start):
    """Where two who each gain 1 by doing the same settle: how likely both do the first."""
    p = start
    for _ in range(10_000):
        p = respond_to_company(0.0, 2.0, p, precision, p, damping=0.2)
    return p


@pytest.mark.parametrize("p", [0.6, 0.75, 0.9])
def test_coordination_has_the_equilibria_of_its_closed_form(p):
    """p = logistic(precision (2p - 1)), so precision = ln(p / (1 - p)) / (2p - 1)."""
    assert coordinated(np.log(p / (1 - p)) / (2 * p - 1), start=p + 0.05) == pytest.approx(p, abs=1e-6)


def test_below_a_precision_of_two_nobody_coordinates():
    """The closed form's limit for p towards one half is 2: below it, a head start is lost."""
    assert coordinated(1.9, start=0.9) == pytest.approx(0.5, abs=1e-6)
    assert coordinated(2.1, start=0.9) > 0.65


@pytest.mark.parametrize(("p", "gap", "precision"), [(0.90, 0.20, 11.0), (0.75, 0.20, 5.5), (0.90, 0.10, 22.0)])
def test_a_preference_gap_and_a_precision_make_a_chance(p, gap, precision):
    assert choice_probabilities(np.array([gap, 0.0]), precision)[0] == pytest.approx(p, abs=0.002)
