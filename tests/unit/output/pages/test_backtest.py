"""The page of a back-test stands alone, says what was found, where it was wrong, and how far to trust it."""

import re
from html.parser import HTMLParser

import pytest

from sim.output.figures import draw_all
from sim.output.figures.backtest import Past, cases
from sim.output.figures.saving import save
from sim.output.pages.backtest import told, trust_of, write_report_of_backtest
from sim.validation.backtest import Miss, misses_of
from tests.builders_history import SMALL, UNKNOWN, a_backtest, a_case_file

MANIFEST = {"command": ["oceans", "backtest", "my cases.yaml"], "cases": {"name": "small", "digest": "0f" * 32}}
SCRIPT = "<script>alert('x')</script>"


class _Page(HTMLParser):
    """The identities, references, tags and words of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.hrefs, self.tags, self.words = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if attrs.get("id") else []
        self.hrefs += [attrs[name] for name in ("href", "xlink:href", "src") if attrs.get(name)]

    def handle_data(self, data):
        self.words.append(data)


def page_of(folder, text=SMALL, is_whole=True):
    """The page of a small back-test, with all charts or with one."""
    past = Past(a_backtest(a_case_file(folder, text)))
    one = {"lags": save(cases.compose_lags(past), folder)} if not is_whole else {}
    charts = one or draw_all("backtest", folder / "charts", past)
    return write_report_of_backtest(past, charts, MANIFEST, folder / "backtest.html").read_text("utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return page_of(tmp_path_factory.mktemp("page"))


def test_the_page_is_whole_and_fetches_nothing(page):
    read = _Page(page)
    assert len(read.ids) == len(set(read.ids))
    assert all(href.startswith("#") and href[1:] in read.ids for href in read.hrefs)
    assert not {"script", "img", "link", "iframe"} & set(read.tags)
    assert not re.search(r"url\((?!#)", page)


def test_the_page_has_every_part(page):
    words = " ".join(" ".join(_Page(page).words).split())
    for part in (
        "In short",
        "What was asked",
        "How good were the forecasts?",
        "Brier scores, with intervals",
        "AUC, with intervals",
        "Where it was wrong",
        "How far to trust it",
        "Famous cases",
        "No forecast in time",
        "written down by people who knew these cases",
        "Cells of low confidence",
        "oceans backtest 'my cases.yaml'",
        "0f" * 32,
    ):
        assert part in words, part
    assert "made-up exercise" not in words


def test_text_from_a_case_is_never_markup(tmp_path):
    text = page_of(tmp_path, SMALL.replace("a night in the grid", SCRIPT), is_whole=False)
    assert "<script" not in text.lower() and "&lt;script&gt;" in text


def test_cases_of_which_nothing_is_known_have_a_page(tmp_path):
    words = " ".join(" ".join(_Page(page_of(tmp_path, UNKNOWN, is_whole=False)).words).split())
    assert "0 cells are known and scored" in words
    assert "Nowhere was the model on the wrong side of one half." in words


@pytest.fixture(scope="module")
def past():
    return Past(a_backtest())


def test_what_was_wrong_is_told_in_sentences(past):
    head, words = told(past, Miss("skripal-2018", "public_attribution", False, (("TUR", 0.97, "low"),), 0.94))
    assert head == "Salisbury nerve-agent attack: coordinated expulsions (2018), public attribution"
    assert words.replace("\N{NO-BREAK SPACE}", " ") == (
        "The model expected it of Türkiye (97 %). It did not, as far as the record says. "
        "The record is unsure about Türkiye."
    )
    _, words = told(past, Miss("geo-2019", "public_attribution", True, (("POL", 0.0, "high"), ("USA", 0.3, "high")), 1))
    assert words.endswith("All of them did it.")


def test_the_costliest_errors_come_first(past):
    misses = misses_of(past.backtest, most=5)
    assert [miss.loss for miss in misses] == sorted((miss.loss for miss in misses), reverse=True)
    for miss in misses:
        assert all((p > 0.5) != miss.done for _, p, _ in miss.actors)


def test_the_limits_are_told_with_the_figures_of_the_cases(past):
    limits = dict(trust_of(past))
    assert "Two cases hold 32 of 52" in limits["Sanctions or expulsions"]
    assert "later ones among them" in limits["No forecast in time"]
    assert "learnt from My cases" in dict(trust_of(past, "My cases"))["No forecast in time"]
    assert "are inferred" in limits["Silence"] and "20 actors in 32 cases" in limits["Few actors, few cases"]
