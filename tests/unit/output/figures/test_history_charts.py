"""Charts of a back-test: nothing covered, nothing cut off, words that say the finding, and true ones."""

import dataclasses
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sim.output.figures import concession, lags, matrix, reliability, scoring
from sim.output.figures.backtest_context import Past
from sim.output.figures.history import charts_of, draw_backtest
from sim.output.figures.label_layout import outside, overlaps
from sim.output.figures.saving import save
from sim.phrases import count
from sim.validation.schema import KINDS
from sim.validation.scores import calibration
from sim.validation.tables import cells_table
from tests.builders_history import UNKNOWN, a_backtest, a_case_file, a_crowd

SVG = "{http://www.w3.org/2000/svg}"
CASES = ("shipped", "small", "unknown", "crowd")


@pytest.fixture(scope="module")
def pasts(tmp_path_factory):
    """Back-tests of several kinds of file, by name."""
    folder = tmp_path_factory.mktemp("cases")
    files = {
        "shipped": "cases_2007_2020",
        "small": a_case_file(folder),
        "unknown": a_case_file(folder, UNKNOWN, "unknown.yaml"),
        "crowd": a_case_file(folder, a_crowd(), "crowd.yaml"),
    }
    return {name: Past(a_backtest(file)) for name, file in files.items()}


@pytest.fixture(scope="module")
def pages(pasts):
    """Every page of every file, and of the crowd those that grow with it."""
    found = {
        name: {shown: compose(*about) for shown, compose, about in charts_of(past)}
        for name, past in pasts.items()
        if name != "crowd"
    }
    crowd = pasts["crowd"]
    return found | {"crowd": {"matrix": matrix.compose(crowd, "public_attribution"), "lags": lags.compose(crowd)}}


@pytest.mark.parametrize("name", CASES)
def test_no_words_cover_one_another_or_leave_the_page(pages, name):
    for key, page in pages[name].items():
        assert (key, overlaps(page), outside(page)) == (key, [], [])


@pytest.mark.parametrize("name", CASES)
def test_every_chart_has_a_title_alternative_words_and_a_caption(pages, name):
    for page in pages[name].values():
        assert page.title[0] == page.title[0].upper() and len(page.title.split()) >= 4
        assert len(page.alt.split()) >= 5
        assert "seed 3" in page.caption and "5 runs of each" in page.caption and "Units: " in page.caption
        assert not any(word in page.title + page.alt + page.caption for word in ("nan", "None", "{", "}"))


def test_every_chart_is_saved_as_a_picture_that_speaks(tmp_path, pasts):
    charts = draw_backtest(pasts["unknown"].backtest, tmp_path)
    assert {"scores", "reliability", "matrix-public_attribution", "lags", "conceding"} <= set(charts)
    full = save(matrix.compose(pasts["shipped"], "public_attribution"), tmp_path / "shipped")
    for chart in [*charts.values(), full]:
        root = ET.fromstring(chart.svg.read_text("utf-8"))
        assert root.get("role") == "img" and root.find(f"{SVG}title").text == chart.title
        assert chart.svg.stat().st_size < 300_000 and Image.open(chart.png).width == 1600


def test_the_scores_say_where_the_model_is_clearly_better_or_worse(pasts):
    past = pasts["shipped"]

    def title(low, high):
        rows = [
            {"scope": kind, "against": "logistic", "brier_low": low, "brier_high": high, "cases": 16}
            for kind in ("public_attribution", "all")
        ]
        return scoring.title_of(past, pd.DataFrame(rows))

    assert title(-0.2, -0.1) == "against the logistic regression the model is clearly better on public attribution"
    assert title(0.1, 0.2) == "against the logistic regression the model is clearly worse on public attribution"
    assert "cannot be told apart" in title(-0.1, 0.1)


def test_the_matrix_counts_what_is_on_the_wrong_side_of_one_half(pasts):
    past, kind = pasts["shipped"], "public_attribution"
    table = cells_table(past.backtest)
    table = table[table.kind == kind]
    right = int(((table.model > 0.5) == (table.done == 1)).sum())
    title = matrix.title_of(past, kind, matrix.known_cells(past, kind))
    assert f"the model is right about {right} of {len(table)} answers" in title
    assert f"“nobody does it” about {int((table.done == 0).sum())}" in title


def test_the_matrix_groups_actors_and_orders_cases_by_date(pasts):
    past = pasts["shipped"]
    groups = dict(past.by_group())
    assert groups["Five Eyes"] == ["USA", "GBR", "CAN", "AUS", "NZL"] and groups["Bodies"] == ["NATO", "EU"]
    assert {"JPN", "KOR"} == set(groups["Partners"]) and "EST" in groups["Allies and EU"]
    for _, ids in past.by_kind():
        assert [past.when(name) for name in ids] == sorted(past.when(name) for name in ids)


def test_many_actors_go_into_blocks_and_none_is_lost(pasts):
    groups = pasts["crowd"].by_group()
    blocks = matrix._blocks(groups)
    assert sum(len(codes) for block in blocks for _, codes in block) == sum(len(codes) for _, codes in groups) == 27
    assert all(sum(len(codes) for _, codes in block) <= matrix.MOST_ACTORS for block in blocks)


def test_reliability_says_where_it_is_furthest_off():
    sure = np.full(40, 0.9)
    case = np.arange(40) % 8
    assert "40 cells that the model gave 90" in reliability.title_of(calibration([0] * 40, sure, case))
    honest = calibration(([1] * 9 + [0]) * 4, sure, case)
    assert reliability.title_of(honest) == "what the model calls likely was done about as often as it says"
    assert "too few cells" in reliability.title_of(calibration([0, 1], [0.1, 0.9]))


def test_an_interval_reaches_the_line_where_a_fifth_is_reliable():
    dice = np.random.default_rng(4)
    p = dice.uniform(0, 1, 300)
    for shift in (0.0, 0.3):
        done = (dice.uniform(0, 1, 300) < np.clip(p + shift, 0, 1)).astype(float)
        for fifth in calibration(done, p, np.arange(300) % 15):
            low, high = reliability.interval_of(fifth)
            assert (low <= fifth.mean_p <= high) == fifth.is_reliable


def test_lags_count_the_cases_inside_the_spread(pasts):
    answers = lags._ordered(pasts["shipped"])
    known = [row for row in answers if row.recorded == row.recorded and row.share >= 0.5]
    inside = sum(row.low <= row.recorded <= row.high for row in known)
    assert f"in {lags.number(inside)} of {count(len(known), 'case')}" in lags.title_of(answers)


def test_coercion_says_whether_the_model_can_tell():
    def title(gave, held):
        chances = [*gave, *held]
        record = ["partial"] * len(gave) + [0] * len(held)
        return concession.title_of(pd.DataFrame({"chance": chances, "conceded": record}))

    assert title([0.6, 0.7], [0.1, 0.2]).startswith("the model can tell who will give in: 65")
    assert title([0.1], [0.2, 0.3]).startswith("the model cannot tell who will give in")


def test_a_coercion_whose_target_nobody_plays_is_named(pages):
    assert "does not know the target: phl-2012 and mng-2016" in pages["shipped"]["conceding"].caption


def test_a_forecast_that_the_library_cannot_make_leaves_its_square_empty(pasts):
    backtest = pasts["small"].backtest
    assert np.isnan(backtest.chance("timber-2021", "LVA", KINDS[0]))
    page = matrix.compose(Past(dataclasses.replace(backtest)), KINDS[0])
    assert "Latvia" in page.alt
