"""Letters that the charts' own font lacks come from an installed font that has them, or are named once."""

import re
import warnings

import pytest
from matplotlib import font_manager

from sim.output.figures import draw_all, fonts, style
from sim.output.figures.saving import Chart, remarks, save
from tests.builders_record import a_loaded, a_record

RING, OTHER = "ⒶⒷ"  # STIX, which comes with Matplotlib, has them
JAPAN = "日本"  # no font of Matplotlib's has these
SHIPPED = [font for font in font_manager.fontManager.ttflist if "mpl-data" in str(font.fname)]
CACHES = (fonts.family_of, fonts._ordered, fonts._notice_new_fonts, fonts._face)


def _forget():
    for cache in (*CACHES, style.text_width, fonts._font):
        cache.cache_clear()


@pytest.fixture
def installed(monkeypatch):
    """Makes a machine on which some of Matplotlib's own fonts are all there are."""

    def install(*names, new=()):
        these = [font for font in SHIPPED if not names or font.name in names]
        monkeypatch.setattr(font_manager.fontManager, "ttflist", these)
        monkeypatch.setattr(font_manager, "findSystemFonts", lambda: list(new))
        _forget()
        return these

    yield install
    monkeypatch.undo()
    _forget()


@style.styled
def a_page(words):
    """A page on which some words are written three ways: as title, on the page, and at a tick."""
    page = style.open_page("test", f"Title {words}", "Units: none.", 2.0)
    page.write(1.0, 1.0, words)
    page.axes(1, 0.5, 2, 0.4).set_xticks([0, 1], [words, "b"])
    return page


def test_a_letter_is_drawn_from_a_font_that_has_it(installed, tmp_path):
    installed("DejaVu Sans", "STIXGeneral")
    page = a_page(f"a{RING}b")
    assert page.lacks == ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Matplotlib warns of a letter that it has to draw as a box
        with style.own_style():
            page.figure.savefig(tmp_path / "a.png")
    drawn = save(page, tmp_path).svg.read_text("utf-8")
    assert re.search(r'id="test-STIX[^"]*-', drawn) and "LastResort" not in drawn


def test_a_text_is_measured_in_the_fonts_that_draw_it(installed):
    installed()
    with style.own_style():
        found = style.text_width(RING * 20)
        installed("DejaVu Sans")
        assert style.text_width(RING * 20) != found


def test_the_same_font_is_chosen_in_whatever_order_fonts_were_found(installed, monkeypatch):
    these = installed()
    first = fonts.families_for(f"{RING}{OTHER}")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", these[::-1])
    _forget()
    assert fonts.families_for(f"{OTHER}{RING}") == first
    assert fonts.families_for(RING)[1] in first


def test_fonts_without_serifs_come_first_those_of_signs_last_and_boxes_never():
    names = (
        "Any",
        "DejaVu Serif",
        "IPAGothic",
        "Last Resort High-Efficiency",
        "Noto Sans CJK HK",
        "Noto Sans CJK JP",
        "STIXGeneral",
    )
    order = fonts._ordered(names)
    assert order == ["Noto Sans CJK JP", "Noto Sans CJK HK", "IPAGothic", "Any", "DejaVu Serif", "STIXGeneral"]


def test_a_font_installed_since_matplotlib_looked_is_found(installed):
    (path,) = {str(font.fname) for font in SHIPPED if font.fname.endswith("STIXGeneral.ttf")}
    installed("DejaVu Sans", new=[__file__, path])
    assert fonts.families_for(RING) == ("DejaVu Sans", "STIXGeneral")


def test_letters_that_no_font_has_are_said_once_by_script(installed, tmp_path):
    installed("DejaVu Sans")
    charts = [save(a_page(f"{JAPAN}{RING}"), tmp_path), save(a_page(f"{JAPAN}の"), tmp_path)]
    assert charts[0].lacks == f"{JAPAN}{RING}"
    (said,) = remarks(charts)
    assert f"Chinese characters (日, 本), emoji and signs ({RING}), Japanese kana (の). " in said
    assert "Chinese characters (日, 本)" in charts[0].remark


def test_what_is_not_to_be_seen_is_not_missed(installed):
    installed("DejaVu Sans")
    assert fonts.beyond_base("a\N{VARIATION SELECTOR-17}\N{ZERO WIDTH JOINER}\N{WORD JOINER}\t\x1b\ue000") == []


def test_a_run_in_latin_letters_looks_for_no_font(monkeypatch, tmp_path):
    def refuse():
        raise AssertionError("looked for a font")

    _forget()
    monkeypatch.setattr(fonts, "_families", refuse)
    record = a_record(states=["EST", "TUR", "JPN"], incidents=1)
    charts = draw_all("run", tmp_path, record, a_loaded(actors={"TUR": {"name": "Türkiye – Ελλάδα"}})).values()
    assert all(isinstance(chart, Chart) and chart.is_drawn and not chart.lacks for chart in charts)
    assert list(remarks(charts)) == []
