"""The back-test as a whole: cells and forecasts belong together, options do what they say; as tables and plain data."""

import dataclasses
import json

import numpy as np
import pytest

from sim.scenario import load_library
from sim.scenario.library_schema import Estimates
from sim.validation.backtest import (
    MODEL,
    as_case,
    as_plain,
    backtest,
    calibration_table,
    cells_table,
    coefficients_for,
    misses_of,
    tables_of,
    where_it_was_done,
)
from sim.validation.cases import read_cases
from sim.validation.schema import KINDS
from sim.validation.scores import brier, calibration_of
from tests.builders_history import UNKNOWN, a_backtest, a_case_file

LIBRARY = load_library()
CASES = read_cases("cases_2007_2024")
TWO = dataclasses.replace(CASES, cases=CASES.cases[:2], outcomes=CASES.outcomes[:4])


@pytest.fixture(scope="module")
def tested():
    return backtest(TWO, runs=3)


def test_every_cell_has_a_forecast_of_everybody(tested):
    for p in tested.forecasts.values():
        assert p.shape == (len(tested.cells),) and ((p >= 0) & (p <= 1)).all()
    assert next(iter(tested.forecasts)) == MODEL


def test_a_forecast_is_that_of_its_cell(tested):
    cells = tested.cells
    for at in (0, len(cells) // 2, len(cells) - 1):
        case = cells.case_ids[cells.case[at]]
        assert tested.forecasts[MODEL][at] == tested.chance(case, cells.actor[at], cells.kind[at])


def test_the_same_bits_with_two_workers(tested):
    again = backtest(TWO, runs=3, workers=2)
    assert (again.forecasts[MODEL] == tested.forecasts[MODEL]).all()


def test_victims_and_unsure_cells_can_be_looked_at_apart():
    one = dataclasses.replace(CASES, cases=CASES.cases[:1], outcomes=())
    plain = backtest(one, runs=1)
    assert len(backtest(one, runs=1, with_victims=True).cells) > len(plain.cells)
    assert len(backtest(one, runs=1, strict=True).cells) <= len(plain.cells)


def test_a_case_is_played_with_what_the_others_say():
    estimates = Estimates(coefficients=["b_peer"], mean=[0.3], sd=[0.1], correlation=[[]], without={"est-2007": [0.2]})
    library = LIBRARY.model_copy(update={"estimates": estimates})
    assert coefficients_for("est-2007", library) == ({"b_peer": 0.2}, "without it")
    assert coefficients_for("est-2007", library, in_sample=True) == ({}, "all cases")
    assert coefficients_for("later-2030", library) == ({}, "from others")
    assert coefficients_for("est-2007", LIBRARY.model_copy(update={"estimates": Estimates()})) == ({}, "as written")


def test_coercions_of_which_only_the_outcome_is_known_are_played_as_usual_ones(tested):
    episode = next(one for one in CASES.outcomes if one.id == "twn-2016")
    assert as_case(episode, LIBRARY).severity.value == LIBRARY.behaviour["concede_usual"].value
    assert {"PHL", "MNG"} & set(" ".join(tested.outcomes.target).split()) == {"PHL"}  # of the second nobody has figures
    assert ((tested.outcomes.chance >= 0) & (tested.outcomes.chance <= 1)).all()


def test_lags_are_days_in_order(tested):
    known = tested.lags[tested.lags.acts > 0]
    assert (np.diff(known[["q10", "q25", "q50", "q75", "q90"]].to_numpy(), axis=1) >= 0).all()


def test_acts_are_counted_run_by_run_over_the_cells_that_are_scored(tested):
    cells, acts = tested.cells, tested.acts
    assert acts.cells.sum() == len(cells) and acts.recorded.sum() == cells.done.sum()
    row = acts[(acts.case == "sony-2014") & (acts.kind == "public_attribution")].iloc[0]
    here = (cells.kind == row.kind) & (cells.case == 1)
    played = tested.played["sony-2014"]
    days = played.day[:, KINDS.index(row.kind)][:, [played.actors.index(code) for code in cells.actor[here]]]
    assert row["mean"] == pytest.approx(np.isfinite(days).sum(axis=1).mean())
    assert row.low <= row["median"] <= row.high <= row.cells
    assert row.holds == (row.low <= row.recorded <= row.high)


def test_of_new_cases_the_coefficients_are_those_of_the_others():
    estimates = LIBRARY.estimates.model_copy(update={"without": {"est-2007": LIBRARY.estimates.mean}})
    library = LIBRARY.model_copy(update={"estimates": estimates})
    assert coefficients_for("est-2007", library)[1] == "without it"
    assert coefficients_for("apt28-2024", library) == ({}, "from others")


# --------------------------------------------------------------------------------------------- as tables and plain data


@pytest.fixture(scope="module")
def past():
    return a_backtest()


def test_the_table_of_cells_gives_the_scores(past):
    table = cells_table(past)
    assert list(table.columns[-6:]) == ["model", "overall_rate", "own_rate", "logistic", "strong_logistic", "nobody"]
    here = table[table.kind == "public_attribution"]
    scores = past.scores.query("scope == 'public_attribution'").set_index("forecast").brier
    assert brier(here.done, here.model) == pytest.approx(scores[MODEL])
    assert brier(here.done, here.logistic) == pytest.approx(scores["logistic"])


def test_calibration_counts_every_cell_once(past):
    for forecast in ("logistic", MODEL):
        for scope, fifths in calibration_of(past.cells, past.forecasts[forecast]).items():
            here = past.cells.kind == scope if scope != "all" else np.ones(len(past.cells), dtype=bool)
            assert sum(fifth.n for fifth in fifths) == here.sum()
    assert set(calibration_table(past).forecast) == {
        MODEL,
        "overall rate",
        "actor's own rate",
        "logistic",
        "strong logistic",
    }


def test_errors_add_up_over_all_groups(past):
    table = cells_table(past)
    wrong = table[(table.model > 0.5) != (table.done == 1)]
    misses = misses_of(past, most=1000)
    assert sum(len(miss.actors) for miss in misses) == len(wrong)
    assert sum(miss.loss for miss in misses) == pytest.approx(((wrong.model - wrong.done) ** 2).sum())


def test_where_it_was_done_counts_acts(past):
    found = where_it_was_done(past, "sanctions_or_expulsions")
    assert [name for name, _ in found[:2]] == ["ukr-invasion-2022", "skripal-2018"]
    assert sum(dict(found).values()) == 52


@pytest.mark.parametrize("text", [None, UNKNOWN])
def test_all_of_it_is_json(tmp_path, past, text):
    found = a_backtest(a_case_file(tmp_path, text)) if text else past
    plain = json.loads(json.dumps(as_plain(found), allow_nan=False))
    assert set(plain) >= {*tables_of(found), "digest", "runs", "seed", "options", "estimated"}
    assert len(plain["cells"]) == len(found.cells)
