"""A back-test as tables and plain data."""

import json

import numpy as np
import pytest

from sim.validation.backtest import (
    MODEL,
    as_plain,
    calibration_table,
    cells_table,
    misses_of,
    tables_of,
    where_it_was_done,
)
from sim.validation.scores import brier, calibration_of
from tests.builders_history import UNKNOWN, a_backtest, a_case_file


@pytest.fixture(scope="module")
def backtest():
    return a_backtest()


def test_the_table_of_cells_gives_the_scores(backtest):
    table = cells_table(backtest)
    assert list(table.columns[-6:]) == ["model", "overall_rate", "own_rate", "logistic", "strong_logistic", "nobody"]
    here = table[table.kind == "public_attribution"]
    scores = backtest.scores.query("scope == 'public_attribution'").set_index("forecast").brier
    assert brier(here.done, here.model) == pytest.approx(scores[MODEL])
    assert brier(here.done, here.logistic) == pytest.approx(scores["logistic"])


def test_calibration_counts_every_cell_once(backtest):
    for forecast in ("logistic", MODEL):
        for scope, fifths in calibration_of(backtest.cells, backtest.forecasts[forecast]).items():
            here = backtest.cells.kind == scope if scope != "all" else np.ones(len(backtest.cells), dtype=bool)
            assert sum(fifth.n for fifth in fifths) == here.sum()
    assert set(calibration_table(backtest).forecast) == {
        MODEL,
        "overall rate",
        "actor's own rate",
        "logistic",
        "strong logistic",
    }


def test_errors_add_up_over_all_groups(backtest):
    table = cells_table(backtest)
    wrong = table[(table.model > 0.5) != (table.done == 1)]
    misses = misses_of(backtest, most=1000)
    assert sum(len(miss.actors) for miss in misses) == len(wrong)
    assert sum(miss.loss for miss in misses) == pytest.approx(((wrong.model - wrong.done) ** 2).sum())


def test_where_it_was_done_counts_acts(backtest):
    found = where_it_was_done(backtest, "sanctions_or_expulsions")
    assert [name for name, _ in found[:2]] == ["ukr-invasion-2022", "skripal-2018"]
    assert sum(dict(found).values()) == 52


@pytest.mark.parametrize("text", [None, UNKNOWN])
def test_all_of_it_is_json(tmp_path, backtest, text):
    found = a_backtest(a_case_file(tmp_path, text)) if text else backtest
    plain = json.loads(json.dumps(as_plain(found), allow_nan=False))
    assert set(plain) >= {*tables_of(found), "digest", "runs", "seed", "options", "estimated"}
    assert len(plain["cells"]) == len(found.cells)
