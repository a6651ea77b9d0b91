"""Colours that can be read, words that fit, labels that do not touch, and the same bytes every time."""

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.output.figures import style
from sim.output.figures.actor_style import GROUPS
from sim.output.figures.style import spread
from sim.scenario.calendar import calendar_of
from tests.misplaced import misplaced

places = st.lists(st.floats(-50, 50), min_size=1, max_size=30)


@given(places, st.floats(0.1, 3))
def test_spread_labels_keep_their_distance_and_their_order(wanted, size):
    found = spread(wanted, size)
    pairs = sorted(zip(found, wanted, strict=True))
    assert all(after[0] - before[0] >= size - 1e-6 for before, after in itertools.pairwise(pairs))
    assert [want for _, want in pairs] == sorted(wanted)


@given(places)
def test_labels_stay_inside_when_there_is_room(wanted):
    found = spread(wanted, 1.0, -20, 20)
    assert min(found) >= -20 + 0.5 - 1e-6
    assert max(found) <= 20 - 0.5 + 1e-6


def test_labels_that_do_not_touch_are_not_moved():
    assert spread([0, 3, 9], 1.0) == [0, 3, 9]


def test_labels_of_different_sizes_touch_at_most():
    assert spread([0.0, 0.0], [2.0, 1.0]) == [-0.75, 0.75]


@pytest.mark.parametrize("group", GROUPS.values(), ids=list(GROUPS))
def test_words_in_a_groups_colour_can_be_read(group):
    assert style.contrast(style.ink_of(group.colour), style.PAPER) >= 4.5
    assert style.contrast(style.ink_on(group.colour), group.colour) >= 3


@pytest.mark.parametrize("colour", [style.INK, style.MUTED])
def test_plain_words_can_be_read_on_both_papers(colour):
    assert style.contrast(colour, style.PAPER) >= 4.5
    assert style.contrast(colour, style.WASH) >= 4.5


def test_no_two_groups_look_alike():
    looks = {(group.colour, group.marker) for group in GROUPS.values()}
    assert len(looks) == len(GROUPS)
    for one, other in itertools.combinations(GROUPS.values(), 2):
        assert one.colour != other.colour


def test_wrapped_lines_fit_and_lose_no_word():
    words = "a text that is long enough to need several lines on a narrow page"
    lines = style.wrap(words, 1.4)
    assert " ".join(lines) == words
    assert all(style.text_width(line) <= 1.4 for line in lines)


def test_what_does_not_fit_ends_in_an_ellipsis():
    lines = style.wrap("word " * 80, 1.4, lines=2)
    assert len(lines) == 2 and lines[-1].endswith("…")
    assert style.text_width(style.cut("Extraordinarily", 0.5)) <= 0.5


def test_a_date_axis_has_few_ticks_and_says_the_year_once_each():
    ticks = style.date_ticks(calendar_of(datetime.date(2025, 11, 3), [(60, "days", 7)]), 420, most=5)
    assert len(ticks) <= 6
    assert [words for _, words in ticks if "2025" in words] == [ticks[0][1]]
    assert sum("2026" in words for _, words in ticks) == 1


@style.own_style()
def test_the_check_for_overlaps_finds_words_that_cover_one_another():
    page = style.open_page("test", "A title that says something", "Units: none.", 2.0)
    page.write(1.0, 1.0, "one word")
    assert misplaced(page) == []
    page.write(1.2, 1.02, "another word")
    assert misplaced(page) == [("another word", "one word")]


@style.own_style()
def test_the_check_for_the_page_finds_words_that_run_off_it():
    page = style.open_page("test", "A title that says something", "Units: none.", 2.0)
    page.write(5.5, 1.0, "much too far to the right")
    assert misplaced(page) == [("much too far to the right", "off the page")]


@style.own_style()
def test_dollars_in_a_scenario_are_dollars():
    page = style.open_page("test", "It cost $5 and then $7_000^2", "Units: $ and $.", 1.0)
    assert misplaced(page) == []
