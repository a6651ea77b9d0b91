"""The calendar of an exercise: when each of its turns begins and ends.

Turns may be hours, days, months or years long, and differ in length. Months and years are those of the calendar: a turn
of a month from 31 January ends with February. Whoever wants to know how long a turn is, or on what day it is, asks
here. Days are counted from the moment at which turn 1 begins; in an exercise whose turns all last whole days they are
whole numbers.
"""

import calendar
import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

UNITS = ("hours", "days", "months", "years")
CLOCK_TIME = r"((?:[01]?\d|2[0-3]):[0-5]\d)(?::00)?"
MOMENT = rf"(\d{{4}}-\d{{2}}-\d{{2}})(?:[ T]{CLOCK_TIME})?"
A_DAY = datetime.timedelta(days=1)
CLOSE = 6  # decimals of an hour within which two moments are the same


@dataclass(frozen=True)
class Calendar:
    """When turns begin and end.

    >>> hourly = calendar_of(datetime.date(2027, 6, 1), [(4, "hours", 6), (1, "months", 1)])
    >>> hourly.turns, hourly.days(1), hourly.days(5), hourly.turn_at(0.3)
    (5, 0.25, 30, 2)
    """

    start: datetime.date  # the first day; a datetime where turns are told with the clock
    edges: tuple[float, ...]  # the day on which each turn begins, and on which the last one ends

    @property
    def turns(self) -> int:
        """How many turns there are."""
        return len(self.edges) - 1

    @property
    def has_clock(self) -> bool:
        """Whether its moments are told with the clock."""
        return isinstance(self.start, datetime.datetime)

    @property
    def length(self) -> float:
        """How many days the exercise lasts."""
        return self.edges[-1]

    def begins(self, turn: int) -> float:
        """The day on which a turn begins; before turn 1, the first of all."""
        return self.edges[max(turn - 1, 0)]

    def ends(self, turn: int) -> float:
        """The day on which a turn ends, and the next begins."""
        return self.edges[turn]

    def days(self, turn: int) -> float:
        """How many days a turn lasts; before turn 1, none."""
        return self.ends(turn) - self.begins(turn)

    def turn_at(self, day: float) -> int:
        """The turn that a day falls in: 0 before the first, one more than there are after the last."""
        return sum(edge <= day for edge in self.edges)

    def date(self, day: float) -> datetime.date:
        """The date of a day, with the clock where that is told or the day is none that is whole."""
        return date_at(self.start, day)

    def first_day(self, turn: int) -> datetime.date:
        """The date on which a turn begins, whatever the clock."""
        return _at(self.date(self.begins(turn))).date()

    def span(self, turn: int) -> tuple[datetime.date, datetime.date]:
        """The first and last day of a turn; with the clock, when it begins and ends."""
        return span_of(self.start, self.begins(turn), self.ends(turn))

    @property
    def whole_span(self) -> tuple[datetime.date, datetime.date]:
        """The first and last day of the exercise; with the clock, when it begins and ends."""
        return span_of(self.start, 0, self.length)

    def turn_of_end(self, day: float) -> int:
        """The turn by whose end a day is reached: a day on which one turn ends and another begins is the first's."""
        return sum(edge < day for edge in self.edges[1:]) + 1

    def turn_past(self, moment: datetime.date) -> int:
        """The turn by whose end a moment is past, the last turn at most: a day without a clock is past at midnight."""
        is_day = not isinstance(moment, datetime.datetime)
        return min(self.turn_of_end(self.day_of(moment) + (1 if is_day else 0)), self.turns)

    def day_of(self, moment: datetime.date) -> float:
        """The day that a date is, counted from the start; one without a clock begins at midnight."""
        since = _at(moment) - _at(self.start)
        return since.days if not since % A_DAY else since / A_DAY

    # ------------------------------------------------------------------------------------ as fine as it is told

    def last_moment(self, turn: int) -> float:
        """The last day of a turn, or its last hour where turns are told by the clock."""
        return whole(self.nearest(self.ends(turn) - (1 / 24 if self.has_clock else 1)))

    def down(self, day):
        """A day, or a number of days, rounded down to what is told: whole days, or hours."""
        return np.floor(np.round(day * 24, CLOSE)) / 24 if self.has_clock else np.floor(day)

    def up(self, day):
        """The same rounded up."""
        return np.ceil(np.round(day * 24, CLOSE)) / 24 if self.has_clock else np.ceil(day)

    def nearest(self, day):
        """The same rounded to the nearest."""
        return np.rint(day * 24) / 24 if self.has_clock else np.rint(day)

    def halfway(self, turn: int):
        """The middle of a turn, when whatever is decided in it is decided."""
        return whole(self.nearest(self.begins(turn) + self.down(self.days(turn) / 2)))


def calendar_of(start: datetime.date, stretches: Iterable[tuple[int, str, int]]) -> Calendar:
    """The calendar of an exercise.

    Parameters
    ----------
    start : date, or datetime where the exercise begins at a clock time
    stretches : (how many turns, unit of `UNITS`, how many of it each lasts), one after the other

    >>> calendar_of(datetime.date(2026, 1, 1), [(10, "years", 1)]).span(10)
    (datetime.date(2035, 1, 1), datetime.date(2035, 12, 31))
    """
    begins = first = _at(start)
    moments = [first]
    for count, unit, amount in stretches:
        moments += [_later(begins, unit, amount * (k + 1)) for k in range(count)]
        begins = moments[-1]
    since = [moment - first for moment in moments]
    if all(not one % A_DAY for one in since) and first.time() == datetime.time():
        return Calendar(first.date(), tuple(one.days for one in since))
    return Calendar(first, tuple(whole(one / A_DAY) for one in since))


def stretch_of(turns: Any) -> tuple[int, str, int]:
    """Some turns as a scenario writes them: how many, in what unit, and how many of it each lasts."""
    lengths = zip(UNITS, (turns.hours, turns.days, turns.months, turns.years), strict=True)
    unit, amount = next((unit, amount) for unit, amount in lengths if amount)
    return turns.count, unit, amount


def _later(moment: datetime.datetime, unit: str, amount: int) -> datetime.datetime:
    """A moment some units later; a day that a month does not have is its last."""
    if unit in ("hours", "days"):
        return moment + datetime.timedelta(**{unit: amount})
    months = moment.year * 12 + moment.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = months // 12, months % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def _at(moment: datetime.date) -> datetime.datetime:
    if isinstance(moment, datetime.datetime):
        return moment
    return datetime.datetime.combine(moment, datetime.time())


def moment_of(
    calendar: Calendar, turn: int | None, date: datetime.date | None, time: datetime.time | None
) -> datetime.date | None:
    """When something happens that is given by its turn or its date, and the time of day; None: no more than the turn.

    A time alone is the first such time in the turn, or else in the exercise.

    >>> hourly = calendar_of(datetime.datetime(2027, 6, 1, 22), [(4, "hours", 6)])
    >>> moment_of(hourly, 1, None, datetime.time(1, 30))
    datetime.datetime(2027, 6, 2, 1, 30)
    """
    if time is None:
        return date
    if date is not None:
        return datetime.datetime.combine(date, time)
    begins = _at(calendar.date(calendar.begins(turn or 1)))
    moment = datetime.datetime.combine(begins, time)
    return moment if moment >= begins else moment + A_DAY


def date_at(start: datetime.date, day: float) -> datetime.date:
    """The date of a day counted from a start; with the clock, to the minute, where either of the two has one.

    >>> date_at(datetime.date(2027, 6, 1), 2), date_at(datetime.date(2027, 6, 1), 1.25)
    (datetime.date(2027, 6, 3), datetime.datetime(2027, 6, 2, 6, 0))
    """
    if not isinstance(start, datetime.datetime) and day == int(day):
        return start + datetime.timedelta(days=int(day))
    return _at(start) + datetime.timedelta(minutes=round(day * 24 * 60))


def moment_in(text: str) -> datetime.date | None:
    """The date that a text says, or the datetime where it has a clock; None of anything else, a zone among it.

    >>> moment_in("2027-06-01"), moment_in("2027-06-01 9:30"), moment_in("2027-06-01T09:30Z")
    (datetime.date(2027, 6, 1), datetime.datetime(2027, 6, 1, 9, 30), None)
    """
    found = re.fullmatch(MOMENT, text.strip(), re.ASCII)
    try:
        day = datetime.date.fromisoformat(found[1]) if found else None
    except ValueError:  # no day of the calendar
        return None
    time = time_in(found[2]) if found and found[2] else None
    return day if day is None or time is None else datetime.datetime.combine(day, time)


def time_in(text: str) -> datetime.time | None:
    """The time of day that a text says, such as 9:30; None of anything else."""
    found = re.fullmatch(CLOCK_TIME, text.strip(), re.ASCII)
    if found is None:
        return None
    hour, minute = map(int, found[1].split(":"))
    return datetime.time(hour, minute)


def in_iso(date: datetime.date) -> str:
    """A date as a record keeps it: 2027-06-01, or 2027-06-01T06:00 where the clock is told."""
    return date.isoformat(timespec="minutes") if isinstance(date, datetime.datetime) else date.isoformat()


def in_numbers(date: datetime.date) -> str:
    """A date as people write it in a scenario: 2027-06-01, or 2027-06-01 06:00."""
    return in_iso(date).replace("T", " ")


def from_iso(date: str) -> datetime.date:
    """The date that `in_iso` wrote."""
    return datetime.datetime.fromisoformat(date) if "T" in date else datetime.date.fromisoformat(date)


def span_of(start: datetime.date, first: float, last: float) -> tuple[datetime.date, datetime.date]:
    """The first and last day of a stretch from one day to another; with the clock, when it begins and ends.

    >>> span_of(datetime.date(2027, 6, 1), 0, 7)
    (datetime.date(2027, 6, 1), datetime.date(2027, 6, 7))
    """
    begins, ends = date_at(start, first), date_at(start, last)
    if not isinstance(begins, datetime.datetime):
        return begins, ends - A_DAY
    if begins.time() == _at(ends).time() == datetime.time():  # whole days among hours
        return begins.date(), _at(ends).date() - A_DAY
    return begins, ends


def edges_of(turns: int, days_per_turn: float | Sequence[float]) -> tuple[float, ...]:
    """The days on which turns begin, and on which the last one ends; from the length of all, or of each.

    >>> edges_of(3, 7), edges_of(2, [31, 28])
    ((0, 7, 14, 21), (0, 31, 59))
    """
    lengths = days_per_turn if isinstance(days_per_turn, Sequence) else [days_per_turn] * turns
    edges: list[float] = [0]
    for length in lengths:
        edges.append(whole(round((edges[-1] + length) * 24 * 60) / (24 * 60)))
    return tuple(edges)


def lengths_of(edges: Sequence[float]) -> float | list[float]:
    """How many days each turn lasts: one number where all are as long, to a second; what `edges_of` takes."""
    lengths = [whole(round(after - before, 5)) for before, after in pairwise(edges)]
    return lengths[0] if len(set(lengths)) == 1 else lengths


def whole(number: float) -> float:
    """A number as an integer where it is whole, as days are counted where no clock is told."""
    return int(number) if number == int(number) else float(number)
