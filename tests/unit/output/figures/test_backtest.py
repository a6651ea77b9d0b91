"""Charts of a back-test: nothing covered, nothing cut off, words that say the finding, and true ones."""

import dataclasses
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from sim.output.figures import draw_all, drawings_of
from sim.output.figures.backtest import Past, cases, forecasts
from sim.output.figures.saving import save
from sim.output.figures.style import WIDE
from sim.validation.schema import KINDS
from sim.validation.scores import calibration
from tests.builders_history import UNKNOWN, a_backtest, a_case_file, a_crowd
from tests.misplaced import misplaced

SVG = "{http://www.w3.org/2000/svg}"
CASES = ("shipped", "small", "unknown", "crowd")


@pytest.fixture(scope="module")
def pasts(tmp_path_factory):
    """Back-tests of several kinds of file, by name."""
    folder = tmp_path_factory.mktemp("cases")
    files = {
        "shipped": "cases_2007_2024",
        "small": a_case_file(folder),
        "unknown": a_case_file(folder, UNKNOWN, "unknown.yaml"),
        "crowd": a_case_file(folder, a_crowd(), "crowd.yaml"),
    }
    return {name: Past(a_backtest(file)) for name, file in files.items()}


@pytest.fixture(scope="module")
def pages(pasts):
    """Every page of every file, and of the crowd those that grow with it."""
    found = {
        name: {shown: compose(*about) for shown, compose, about in drawings_of("backtest", past)}
        for name, past in pasts.items()
        if name != "crowd"
    }
    crowd = pasts["crowd"]
    return found | {
        "crowd": {"matrix": cases.compose_matrix(crowd, "public_attribution"), "lags": cases.compose_lags(crowd)}
    }


@pytest.mark.parametrize("name", CASES)
def test_no_words_cover_one_another_or_leave_the_page(pages, name):
    for key, page in pages[name].items():
        assert (key, misplaced(page)) == (key, [])


@pytest.mark.parametrize("name", ["small", pytest.param("shipped", marks=pytest.mark.long)])
def test_wide_charts_keep_their_words_apart_too(pasts, name):
    for key, compose, about in drawings_of("backtest", pasts[name]):
        page = compose(*about, shape=WIDE)
        assert (key, misplaced(page)) == (key, [])


@pytest.mark.parametrize("name", CASES)
def test_every_chart_has_a_title_alternative_words_and_a_caption(pages, name):
    for page in pages[name].values():
        assert page.title[0] == page.title[0].upper() and len(page.title.split()) >= 4
        assert len(page.alt.split()) >= 5
        assert "seed 3" in page.caption and "5 runs of each" in page.caption and "Units: " in page.caption
        assert not any(word in page.title + page.alt + page.caption for word in ("nan", "None", "{", "}"))


def test_every_chart_is_saved_as_a_picture_that_speaks(tmp_path, pasts):
    charts = draw_all("backtest", tmp_path, pasts["unknown"])
    assert {"scores", "reliability", "matrix-public_attribution", "lags", "conceding"} <= set(charts)
    full = save(cases.compose_matrix(pasts["shipped"], "public_attribution"), tmp_path / "shipped")
    for chart in [*charts.values(), full]:
        root = ET.fromstring(chart.svg.read_text("utf-8"))
        assert root.get("role") == "img" and root.find(f"{SVG}title").text == chart.title
        assert chart.svg.stat().st_size < 400_000 and Image.open(chart.png).width == 1600


def test_the_matrix_groups_actors_and_orders_cases_by_date(pasts):
    past = pasts["shipped"]
    groups = dict(past.by_group())
    assert groups["Five Eyes"] == ["USA", "GBR", "CAN", "AUS", "NZL"] and groups["Bodies"] == ["NATO", "EU"]
    assert {"JPN", "KOR"} == set(groups["Partners"]) and "EST" in groups["Allies and EU"]
    for _, ids in past.by_kind():
        assert [past.when(name) for name in ids] == sorted(past.when(name) for name in ids)


def test_many_actors_go_into_blocks_and_none_is_lost(pasts):
    groups = pasts["crowd"].by_group()
    blocks = cases._blocks(groups)
    assert sum(len(codes) for block in blocks for _, codes in block) == sum(len(codes) for _, codes in groups) == 27
    assert all(sum(len(codes) for _, codes in block) <= cases.MOST_ACTORS for block in blocks)


def test_an_interval_reaches_the_line_where_a_fifth_is_reliable():
    dice = np.random.default_rng(4)
    p = dice.uniform(0, 1, 300)
    for shift in (0.0, 0.3):
        done = (dice.uniform(0, 1, 300) < np.clip(p + shift, 0, 1)).astype(float)
        for fifth in calibration(done, p, np.arange(300) % 15):
            low, high = forecasts.interval_of(fifth)
            assert (low <= fifth.mean_p <= high) == fifth.is_reliable


def test_a_coercion_whose_target_nobody_plays_is_named(pages):
    assert "does not know the target: mng-2016." in pages["shipped"]["conceding"].caption


def test_a_forecast_that_the_library_cannot_make_leaves_its_square_empty(pasts):
    backtest = pasts["small"].backtest
    assert np.isnan(backtest.chance("timber-2021", "LVA", KINDS[0]))
    page = cases.compose_matrix(Past(dataclasses.replace(backtest)), KINDS[0])
    assert "Latvia" in page.alt
