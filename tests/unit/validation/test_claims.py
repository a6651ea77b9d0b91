"""What a back-test says in a sentence: true to the numbers it is made from."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.phrases import count, in_words
from sim.scenario import load_library
from sim.validation import claims
from sim.validation.backtest import cells_table
from sim.validation.scores import calibration
from tests.builders_history import a_backtest


@pytest.fixture(scope="module")
def backtest():
    return a_backtest("cases_2007_2024")


@pytest.fixture(scope="module")
def kinds():
    return load_library().codebook.responses


def test_the_scores_say_where_the_model_is_clearly_better_or_worse(kinds):

    def title(low, high):
        rows = [
            {"scope": kind, "against": "strong logistic", "brier_low": low, "brier_high": high, "cases": 16}
            for kind in ("public_attribution", "all")
        ]
        return claims.scores(pd.DataFrame(rows), kinds)

    assert title(-0.2, -0.1) == "against a strong regression the model is clearly better on public attribution"
    assert title(0.1, 0.2) == "against a strong regression the model is clearly worse on public attribution"
    assert "cannot be told apart" in title(-0.1, 0.1)


def test_the_matrix_counts_what_is_on_the_wrong_side_of_one_half(backtest, kinds):
    kind = "public_attribution"
    table = cells_table(backtest)
    table = table[table.kind == kind]
    right = int(((table.model > 0.5) == (table.done == 1)).sum())
    title = claims.right_answers(claims.known_cells(backtest, kind), kinds[kind].name, str)
    assert f"the model is right about {right} of {len(table)} answers" in title
    assert f"“nobody does it” about {int((table.done == 0).sum())}" in title


def test_reliability_says_where_it_is_furthest_off():
    sure = np.full(40, 0.9)
    case = np.arange(40) % 8
    assert "40 cells that the model gave 90" in claims.reliability(calibration([0] * 40, sure, case))
    honest = calibration(([1] * 9 + [0]) * 4, sure, case)
    assert claims.reliability(honest) == "what the model calls likely was done about as often as it says"
    assert "too few cells" in claims.reliability(calibration([0, 1], [0.1, 0.9]))


def test_lags_count_the_cases_inside_the_spread(backtest):
    answers = list(backtest.first_answers.itertuples())
    known = [row for row in answers if row.recorded == row.recorded and row.share >= 0.5]
    inside = sum(row.low <= row.recorded <= row.high for row in known)
    assert f"in {in_words(inside, 'none')} of {count(len(known), 'case')}" in claims.first_answers(answers)


def test_coercion_says_whether_the_model_can_tell():
    def title(gave, held):
        chances = [*gave, *held]
        record = ["partial"] * len(gave) + [0] * len(held)
        return claims.coercion(pd.DataFrame({"chance": chances, "conceded": record}))

    assert title([0.6, 0.7], [0.1, 0.2]).startswith("the model can tell who will give in: 65")
    assert title([0.1], [0.2, 0.3]).startswith("the model cannot tell who will give in")


def test_every_kind_of_act_has_its_claim(backtest, kinds):
    told = dict(claims.claims_of(backtest, kinds))
    assert list(told)[-1] == "all" and len(told) == 6


def test_of_few_acts_it_is_said_that_they_teach_little(backtest, kinds):
    few = replace(backtest, scores=backtest.scores.assign(events=claims.FEW - 1))
    assert all("little can be learnt" in words for _, words in claims.claims_of(few, kinds))
    assert not any("little can be learnt" in words for _, words in claims.claims_of(backtest, kinds))
