"""The report is one file that stands alone, says what happened and why, and trusts no text."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from sim.output.figures import draw_all, save
from sim.output.figures.run import story
from sim.output.pages.run import calls_of, decisions_of, reasons, write_report, write_report_of_many
from tests.builders_record import a_loaded, a_quiet_record, a_record, an_empty_record, outcomes

MANIFEST = {
    "scenario": {"name": "two_theatres"},
    "seed": 7,
    "runs": 1,
    "seats": [],
    "actions": None,
    "command": ["oceans", "run", "two theatres", "--seed", "7"],
    "versions": {"two-oceans": "0.1.0", "numpy": "2.4"},
}
SCRIPT = "<script>alert('x')</script>"
VOID = {"meta", "br", "hr", "img", "link", "input"}


class _Page(HTMLParser):
    """Reads a page strictly: what opens must close, in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.hrefs, self.words = [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._note(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self._note(dict(attrs))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)

    def _note(self, attrs):
        if attrs.get("id"):
            self.ids.append(attrs["id"])
        self.hrefs += [attrs[name] for name in ("href", "xlink:href", "src") if attrs.get(name)]


@pytest.fixture(scope="module")
def charts(tmp_path_factory):
    return list(draw_all("run", tmp_path_factory.mktemp("charts"), a_record(), a_loaded()).values())


@pytest.fixture(scope="module")
def report(charts, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    return write_report(a_record(), a_loaded(), charts, MANIFEST, path).read_text("utf-8")


def test_the_report_is_well_formed_and_names_nothing_twice(report):
    page = _Page(report)
    assert len(page.ids) == len(set(page.ids))
    targets = {href[1:] for href in page.hrefs if href.startswith("#")}
    assert targets <= set(page.ids)


def test_the_report_fetches_nothing_and_runs_nothing(report):
    page = _Page(report)
    assert all(href.startswith("#") for href in page.hrefs)
    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert "@import" not in report and not re.search(r"url\((?!#)", report)


def test_the_report_has_every_part(report):
    words = " ".join(_Page(report).words)
    for part in (
        "EXERCISE EXERCISE EXERCISE",
        "Turn by turn",
        "Where the consultations were called",
        "What was decided, and why",
        "Who really did it",
        "Questions for discussion",
        "Who should have spoken first?",
        "The principles, and the evidence",
        "4 of 5 projects delivered.",
        "What it came to",
        "How to repeat this",
        "oceans run 'two theatres' --seed 7",
        "3f" * 32,
        "two-oceans 0.1.0",
    ):
        assert part in words, part


def test_the_report_opens_with_one_page_and_all_else_is_folded(charts, tmp_path):
    decided = ["In turn 2 Japan called. Had it not called, harm would have come to 3, not 2."]
    path = tmp_path / "report.html"
    text = write_report(a_record(), a_loaded(), charts, {**MANIFEST, "seats": ["JPN"]}, path, decided).read_text(
        "utf-8"
    )
    opening, folded = text.split('<details class="room"', 1)
    for part in (decided[0], "People sat in one seat: Japan.", "Questions for discussion", 'id="chart-story"'):
        assert part in opening
    assert opening.count("<figure") == 1
    for part in ("Where the consultations were called", "What was decided, and why", 'id="chart-belief"'):
        assert part in folded and part not in opening


def test_where_nothing_was_looked_for_nothing_is_said_of_what_decided_a_run(report):
    assert "What decided it" not in report and "Nobody sat in a seat" in report


def test_the_report_speaks_to_those_who_listen(report):
    assert '<html lang="en">' in report
    assert report.count('role="img"') == 6
    assert report.count("<desc") == 6
    page = _Page(report)
    heads = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert heads[0] == 1 and heads.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(heads, heads[1:], strict=False))


def test_the_marking_stands_at_both_ends(report):
    assert report.count('<p class="marking') == 2


def test_text_from_a_scenario_is_never_markup(tmp_path):
    loaded = a_loaded(title=f"Title {SCRIPT}", questions=[SCRIPT], marking=SCRIPT)
    record = a_record(title=f"Title {SCRIPT}")
    events = [
        dataclasses.replace(event, payload={**event.payload, "title": SCRIPT, "text": SCRIPT, "sender": SCRIPT})
        if event.kind == "inject_released"
        else dataclasses.replace(event, payload={**event.payload, "name": SCRIPT})
        if event.kind == "incident_begins"
        else event
        for event in record.events
    ]
    record = dataclasses.replace(record, events=tuple(events))
    manifest = {**MANIFEST, "command": ["oceans", SCRIPT]}
    drawn = [save(story.compose(record, loaded), tmp_path)]
    text = write_report(record, loaded, drawn, manifest, tmp_path / "report.html").read_text("utf-8")
    assert "<script" not in text.lower()
    assert "&lt;script&gt;" in text
    _Page(text)


@pytest.mark.parametrize("record", [a_quiet_record(), an_empty_record()], ids=["quiet", "empty"])
def test_a_run_in_which_nothing_happens_has_a_report(tmp_path, record):
    loaded = a_loaded(turns=4)
    drawn = [save(story.compose(record, loaded), tmp_path)]
    text = write_report(record, loaded, drawn, None, tmp_path / "report.html").read_text("utf-8")
    _Page(text)
    assert "Nobody called a consultation." in text and "Nobody decided on a response." in text


def test_the_same_run_gives_the_same_report(tmp_path, charts, report):
    path = write_report(a_record(), a_loaded(), charts, MANIFEST, tmp_path / "again.html")
    assert path.read_text("utf-8") == report


def test_many_runs_have_a_report(tmp_path):
    many, loaded = outcomes(), a_loaded()
    path = write_report_of_many(
        many, loaded, draw_all("many", tmp_path, many, loaded).values(), MANIFEST, tmp_path / "many.html"
    )
    text = path.read_text("utf-8")
    page = _Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert "200 runs" in text and "Days to the first response" in text and text.count('role="img"') == 4


def test_reasons_come_strongest_first_and_small_ones_are_left_out():
    said = reasons({"text": 0.2, "confidence": 0.9, "cost": -0.2, "exposure": -0.6, "peer": 0.01}, "China")
    assert said == (
        "evidence was strong (+), a text was already adopted (+), exposure to China held it back (−), "
        "the price held it back (−)"
    )
    assert reasons({}, "China") == "nothing spoke strongly for or against it"


def test_every_decision_is_told_with_its_reasons():
    record, loaded = a_record(), a_loaded()
    told = decisions_of(record, loaded)
    assert sum(sum(line.count("(turn ") for line in one.each) for one in told) == len(
        record.of_kind("response_decided")
    )
    assert all(line.endswith(".") for one in told for line in one.each)
    assert any("NATO" in line and "decided through the North Atlantic Council" in line for line in told[0].each)


def test_a_call_says_which_formats_were_open_and_marks_the_chosen_one():
    first = calls_of(a_record(), a_loaded())[0]
    assert first.heading.startswith("Estonia took the attack on the Baltic grid to the North Atlantic Council")
    assert [option.is_chosen for option in first.options].count(True) == 1
    assert first.options[0].is_chosen and "slow" in first.options[0].cons
