"""A chart that fails costs that chart alone; whatever its words are, its SVG can be read."""

import errno
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiments.analysis import analyse
from sim.output.figures import CHARTS, draw_all, history, style, sweeps
from sim.output.figures.history import draw_backtest
from sim.output.figures.saving import draw, remarks, save
from sim.output.figures.sweeps import draw_analysis, draw_comparison
from sim.output.pages.backtest import write_report_of_backtest
from sim.output.pages.run import write_report
from sim.output.pages.sweep import write_report_of_sweep
from tests.builders_history import a_backtest, a_case_file
from tests.builders_record import a_loaded, a_record
from tests.unit.experiments.analysis.test_analysis import SWEEPS
from tests.unit.experiments.analysis.test_compare import _two

SVG = "{http://www.w3.org/2000/svg}"


def boom(*about):
    """A chart that cannot be drawn."""
    raise ZeroDivisionError("no\nroom\x1b[2J")


@style.styled
def a_page(words="words"):
    """A page with some words as title, caption, on the page, and as what stands in for it."""
    page = style.open_page("test", words, words, 2.0)
    page.write(1.0, 1.0, words)
    page.alt = words
    return page


def test_a_chart_that_fails_is_named_and_the_others_are_drawn(monkeypatch, tmp_path):
    monkeypatch.setitem(CHARTS, "belief", boom)
    record, loaded = a_record(states=["EST", "HUN", "JPN"], incidents=1), a_loaded()
    charts = draw_all(record, loaded, tmp_path)
    assert [chart.name for chart in charts] == list(CHARTS)
    assert [chart.name for chart in charts if not chart.is_drawn] == ["belief"]
    assert not list(tmp_path.glob("belief.*")) and len(list(tmp_path.iterdir())) == 2 * (len(CHARTS) - 1)
    (said,) = remarks(charts)
    assert said == ("The chart “belief” could not be drawn: ZeroDivisionError: no room?[2J. Everything else is kept.")
    text = write_report(record, loaded, charts, None, tmp_path / "report.html").read_text("utf-8")
    assert 'id="chart-belief"' in text and "ZeroDivisionError: no room?[2J." in text
    assert text.count('role="img"') == len(CHARTS) - 1


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
    outcome, *others = sweeps.OF_A_MEASURE
    monkeypatch.setattr(sweeps, "OF_A_MEASURE", (outcome, *((name, boom) for name, _ in others)))
    monkeypatch.setattr(sweeps, "OF_ALL", (*sweeps.OF_ALL[:-1], ("settling", boom)))
    analysis = analyse(SWEEPS["few"](), ["harm", "standing"], loaded=a_loaded())
    charts = draw_analysis(analysis, tmp_path / "charts")
    missing = {"settling", *(f"{name}-{measure}" for name, _ in others for measure in ("harm", "standing"))}
    assert {chart.name for drawn in charts.values() for chart in drawn.values() if not chart.is_drawn} == missing
    text = write_report_of_sweep(analysis, a_loaded(), charts, {}, tmp_path / "analysis.html").read_text("utf-8")
    assert all(f'id="chart-{name}"' in text for name in missing) and text.count('role="img"') == 3


def test_a_comparison_keeps_its_other_charts_when_one_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(sweeps, "OF_ARMS", (("measures", boom), *sweeps.OF_ARMS[1:]))
    charts = draw_comparison(_two(), tmp_path)
    assert [chart.is_drawn for chart in charts] == [False, True]


def test_a_back_test_keeps_its_page_when_a_chart_fails(monkeypatch, tmp_path):
    styles = [("scores", history.scoring.compose), ("lags", boom)]
    monkeypatch.setattr(history, "charts_of", lambda past: ((name, compose, (past,)) for name, compose in styles))
    backtest = a_backtest(a_case_file(tmp_path))
    charts = draw_backtest(backtest, tmp_path / "charts")
    assert [name for name, chart in charts.items() if not chart.is_drawn] == ["lags"]
    text = write_report_of_backtest(backtest, charts, {}, tmp_path / "backtest.html").read_text("utf-8")
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
