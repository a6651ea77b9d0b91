"""A chart that fails costs that chart alone; whatever its words are, its SVG can be read."""

import dataclasses
import errno
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiments.analysis import analyse
from sim.output.figures import charts_of, draw_all, style
from sim.output.figures.backtest import Past
from sim.output.figures.saving import draw, remarks, save
from sim.output.pages.backtest import write_report_of_backtest
from sim.output.pages.run import write_report
from sim.output.pages.sweep import write_report_of_sweep
from tests.builders_history import a_backtest, a_case_file
from tests.builders_record import a_loaded, a_record
from tests.unit.experiments.test_analysis import SWEEPS
from tests.unit.experiments.test_compare import _two

SVG = "{http://www.w3.org/2000/svg}"


def boom(*about):
    """A chart that cannot be drawn."""
    raise ZeroDivisionError("no\nroom\x1b[2J")


def fail_to_draw(monkeypatch, kind, *names):
    """Charts of one kind of which some cannot be drawn."""
    for name in names:
        monkeypatch.setitem(charts_of(kind), name, dataclasses.replace(charts_of(kind)[name], compose=boom))


@style.styled
def a_page(words="words"):
    """A page with some words as title, caption, on the page, and as what stands in for it."""
    page = style.open_page("test", words, words, 2.0)
    page.write(1.0, 1.0, words)
    page.alt = words
    return page


def test_a_chart_that_fails_is_named_and_the_others_are_drawn(monkeypatch, tmp_path):
    fail_to_draw(monkeypatch, "run", "belief")
    record, loaded = a_record(states=["EST", "HUN", "JPN"], incidents=1), a_loaded()
    charts = draw_all("run", tmp_path, record, loaded).values()
    assert [chart.name for chart in charts] == list(charts_of("run"))
    assert [chart.name for chart in charts if not chart.is_drawn] == ["belief"]
    assert not list(tmp_path.glob("belief.*")) and len(list(tmp_path.iterdir())) == 2 * (len(charts_of("run")) - 1)
    (said,) = remarks(charts)
    assert said == ("The chart “belief” could not be drawn: ZeroDivisionError: no room?[2J. Everything else is kept.")
    text = write_report(record, loaded, charts, None, tmp_path / "report.html").read_text("utf-8")
    assert 'id="chart-belief"' in text and "ZeroDivisionError: no room?[2J." in text
    assert text.count('role="img"') == len(charts_of("run")) - 1


def test_a_chart_that_cannot_be_saved_is_left_out_too(monkeypatch, tmp_path):
    page = a_page()
    monkeypatch.setattr(page.figure, "savefig", lambda *_, **__: boom())
    assert not draw(tmp_path, "test", lambda: page).is_drawn


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InputError([]), OSError(errno.ENOSPC, "No space left")])
def test_what_is_no_fault_of_the_chart_is_not_taken_for_one(monkeypatch, tmp_path, error):
    def fail(*_):
        raise error

    compose = a_page
    if isinstance(error, OSError):
        monkeypatch.setattr(Path, "write_bytes", fail)
    else:
        compose = fail
    with pytest.raises(type(error)):
        draw(tmp_path, "test", compose)


def test_a_sweep_keeps_its_page_when_charts_fail(monkeypatch, tmp_path):
    others = ("drivers", "failure", "choice", "futures")
    fail_to_draw(monkeypatch, "sweep", *others, "settling")
    analysis = analyse(SWEEPS["few"](), ["harm", "standing"], loaded=a_loaded())
    charts = draw_all("sweep", tmp_path / "charts", analysis)
    missing = {"settling", *(f"{name}-{measure}" for name in others for measure in ("harm", "standing"))}
    assert {chart.name for chart in charts.values() if not chart.is_drawn} == missing
    text = write_report_of_sweep(analysis, a_loaded(), charts, {}, tmp_path / "analysis.html").read_text("utf-8")
    assert all(f'id="chart-{name}"' in text for name in missing) and text.count('role="img"') == 3


def test_a_comparison_keeps_its_other_charts_when_one_fails(monkeypatch, tmp_path):
    fail_to_draw(monkeypatch, "comparison", "measures")
    charts = draw_all("comparison", tmp_path, _two())
    assert {name: chart.is_drawn for name, chart in charts.items()} == {"measures-1": False, "principles-1": True}


def test_a_back_test_keeps_its_page_when_a_chart_fails(monkeypatch, tmp_path):
    fail_to_draw(monkeypatch, "backtest", "lags")
    past = Past(a_backtest(a_case_file(tmp_path)))
    charts = draw_all("backtest", tmp_path / "charts", past)
    assert [name for name, chart in charts.items() if not chart.is_drawn] == ["lags"]
    text = write_report_of_backtest(past, charts, {}, tmp_path / "backtest.html").read_text("utf-8")
    assert 'id="chart-lags"' in text and "The chart “lags” could not be drawn" in text


@pytest.mark.parametrize(
    "words",
    [
        "a\x00\x07\x1b[2J\x1b]0;t\x07 \ufffe\uffff b",
        "half a letter \ud83d",
        "--> ]]> <b>&amp;\"' --",
        r"$\frac{1}{0}$ a_b^c {x} \\ $5 to $7 % #",
    ],
    ids=["controls", "half", "markup", "math"],
)
def test_an_svg_can_be_read_whatever_its_words_are(tmp_path, words):
    chart = save(a_page(words), tmp_path)
    root = ET.fromstring(chart.svg.read_bytes())
    assert root.find(f"{SVG}title").text and root.find(f"{SVG}desc").text


def test_signs_of_mathematics_are_drawn_as_they_are_written():
    plain, math = a_page("xx_1^2x"), a_page("$x_1^2$")
    with style.own_style():
        wide = [text.get_window_extent().width for text in (plain.figure.texts[-1], math.figure.texts[-1])]
    assert wide[1] > 0.9 * wide[0], "as mathematics the signs would be gone and the figures small"
