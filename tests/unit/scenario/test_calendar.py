"""When turns begin and end, whatever their length, and when injects fall due."""

import datetime

import pytest

from sim.errors import InputError
from sim.model.inputs import build_inputs
from sim.phrases import turns_in_words
from sim.scenario import load, varied
from tests.builders import a_scenario, an_inject


def dates_of(**changes):
    calendar = a_scenario(**changes).scenario.calendar
    return [tuple(map(str, calendar.span(turn))) for turn in range(1, calendar.turns + 1)]


def order_of(*injects, **changes):
    inputs = build_inputs(a_scenario(injects=[{"turn": None, **inject} for inject in injects], **changes))
    return [(turn, inject.id) for turn, inject, _ in inputs.msel]


def test_months_follow_the_calendar_and_a_day_that_a_month_lacks_is_its_last():
    spans = dates_of(start="2027-01-31", turns={"count": 3, "months": 1})
    assert spans == [("2027-01-31", "2027-02-27"), ("2027-02-28", "2027-03-30"), ("2027-03-31", "2027-04-29")]


def test_ten_years_end_on_the_right_day():
    assert dates_of(start="2026-01-01", turns={"count": 10, "years": 1})[-1] == ("2035-01-01", "2035-12-31")


def test_turns_of_different_length_follow_one_another():
    turns = [{"hours": 6, "count": 4}, {"days": 1, "count": 3}, {"months": 1}]
    loaded = a_scenario(start="2027-06-01", turns=turns)
    calendar = loaded.scenario.calendar
    assert [calendar.days(turn) for turn in range(1, 9)] == [0.25] * 4 + [1] * 3 + [30]
    assert turns_in_words(loaded.scenario) == "four turns of six hours, three of one day and one of one month"
    first, last = calendar.span(1), calendar.span(8)
    assert tuple(map(str, first)) == ("2027-06-01 00:00:00", "2027-06-01 06:00:00")
    assert tuple(map(str, last)) == ("2027-06-05", "2027-07-04")


def test_hours_that_make_whole_days_are_days():
    whole, days = ({"count": 3, "hours": 48}, {"count": 3, "days": 2})
    assert a_scenario(turns=whole).scenario.calendar == a_scenario(turns=days).scenario.calendar


def test_injects_of_one_turn_come_in_order_of_time():
    injects = (
        an_inject("noon", turn=1, time="12:00"),
        an_inject("morning", turn=1, time="9:30"),
        an_inject("as_it_begins", turn=1),
        an_inject("dated", turn=None, date="2024-03-04T10:15"),
    )
    assert order_of(*injects, days=7) == [(1, "as_it_begins"), (1, "morning"), (1, "dated"), (1, "noon")]


def test_a_clock_finds_its_turn_by_its_date_and_alone_in_an_exercise_of_one_day():
    hourly = {"start": "2027-06-01 06:00", "turns": {"count": 8, "hours": 3}}
    injects = (
        an_inject("by_time", turn=None, time="09:30"),
        an_inject("by_date", turn=None, date="2027-06-02 01:00"),
        an_inject("dawn", turn=7, time="01:30"),
    )
    assert order_of(*injects, **hourly) == [(2, "by_time"), (7, "by_date"), (7, "dawn")]
    with pytest.raises(InputError, match="needs a 'turn'"):
        a_scenario(injects=[an_inject(turn=None, time="09:30")], days=7)


def test_an_extension_in_hours_needs_not_take_the_days_away(tmp_path):
    path = tmp_path / "hours.yaml"
    path.write_text("extends: smallest\nturns: {count: 24, hours: 1}\n")
    calendar = load(path).scenario.calendar
    assert (calendar.turns, calendar.length) == (24, 1)


def test_what_is_read_is_read_back():
    hourly = {"start": "2027-06-01 06:00", "turns": [{"hours": 3, "count": 8}]}
    loaded = a_scenario(**hourly, injects=[an_inject(turn=None, time="09:30")])
    assert loaded.document["start"] == "2027-06-01T06:00:00"
    assert varied(loaded, {}).digest == loaded.digest


@pytest.mark.parametrize(
    "turns, path, value",
    [({"count": 3, "hours": 6}, "turns.hours", 3), ([{"hours": 6, "count": 2}], "turns.1.count", 4)],
)
def test_the_length_of_turns_can_be_varied(turns, path, value):
    before = a_scenario(turns=turns)
    after = varied(before, {path: value})
    assert after.scenario.calendar.length != before.scenario.calendar.length
    assert isinstance(after.scenario.calendar.start, datetime.datetime)
