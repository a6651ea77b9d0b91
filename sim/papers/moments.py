"""When an inject comes, as people write it on a run sheet: by the calendar, by the clock, or from the start."""

import datetime
import re

from sim.phrases import day as day_in_words

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {"min": "minutes", "h": "hours", "hour": "hours", "d": "days", "day": "days", "week": "weeks", "s": "seconds"}
UNITS |= {"hr": "hours", "m": "minutes", "minute": "minutes", "second": "seconds", "sec": "seconds", "w": "weeks"}
CLOCK = re.compile(
    r"(?:^|(?<=[\s,tT]))(?:at\s+)?(?:(?P<h>\d{1,2})[:h](?P<m>\d{2})(?::\d{2}(?:\.\d+)?)?|(?P<h4>\d{2})(?P<m4>\d{2})"
    r"(?:(?=\s*(?:hrs?|h|z|utc)$)|(?<=^\d{4})$))\s*(?P<half>[ap]\.?m\.?)?\s*(?:hrs?|h|z|utc|local)?$|"
    r"(?:^|(?<=[\s,]))(?P<h12>\d{1,2})\s*(?P<half12>[ap]\.?m\.?)$",
    re.IGNORECASE,
)
DAYS_HOURS = re.compile(r"(?:D\s*\+?\s*(\d+))?[\s,]*(?:H\s*\+?\s*(\d+))?[\s,]*(?:M\s*\+?\s*(\d+))?", re.IGNORECASE)
FROM_START = re.compile(r"(?:STARTEX|START|T|E)?\s*\+\s*(\d+):(\d{2})(?::\d{2})?", re.IGNORECASE)
AN_AMOUNT = re.compile(r"(?:STARTEX|START|T|E)?\s*\+\s*(\d+)\s*([a-z]*)", re.IGNORECASE)
DATE_TIME_GROUP = re.compile(r"(\d{2})(\d{2})(\d{2})[A-Z]?\s*([A-Z]{3})\s*(\d{2}|\d{4})", re.IGNORECASE)
EXAMPLES = "Write it as 2026-03-01, 2026-03-01 09:30, 09:30, D+2 14:00 or D+2 H+3 M+45"


def moment_in(written, start, last):
    """The day and the clock that a cell means, each as far as it says.

    Parameters
    ----------
    written : str, datetime.datetime, date, time or timedelta, as a cell holds it
    start : datetime.date or datetime, the start of the exercise
    last : datetime.date, its last day: where two readings of a date differ, the one within the exercise counts

    Returns
    -------
    (datetime.date or None, datetime.time or None); ValueError with advice when it means neither

    >>> start, last = datetime.date(2026, 1, 19), datetime.date(2026, 7, 5)
    >>> [str(part) for part in moment_in("D+2 H+3 M+45", start, last)]
    ['2026-01-21', '03:45:00']
    >>> str(moment_in("Tuesday 9:30 AM", start, last)[0]), str(moment_in("04/05/2026", start, start)[1])
    Traceback (most recent call last):
    ValueError: '04/05/2026' is 4 May or 5 April: write 2026-05-04 or 2026-04-05.
    """
    if isinstance(written, datetime.datetime):
        return written.date(), written.time().replace(second=0, microsecond=0) if written.time() != MIDNIGHT else None
    if isinstance(written, datetime.date):
        return written, None
    if isinstance(written, datetime.time):
        return None, written.replace(second=0, microsecond=0)
    if isinstance(written, datetime.timedelta):
        return _after(start, written, has_clock=True)
    text = " ".join(str(written).split())
    if re.fullmatch(r"\d{5}(\.\d+)?|0?\.\d+", text):
        return _of_spreadsheet(float(text))
    return _in_words(re.sub(r"(\d{4}),? (\d{2})(\d{2})$", r"\1 \2:\3", text), start, last)


MIDNIGHT = datetime.time()
FIRST_OF_SPREADSHEETS = datetime.datetime(1899, 12, 30)


def _of_spreadsheet(number):
    """The moment that a spreadsheet keeps as a number of days, where its cell lost the look of a date."""
    moment = FIRST_OF_SPREADSHEETS + datetime.timedelta(minutes=round(number * 24 * 60))
    return (moment.date() if number >= 1 else None), (moment.time() if number % 1 else None)


def _in_words(text, start, last):
    found = _from_start(text, start) or _group(text)
    if found:
        return found
    at = CLOCK.search(text)
    clock = _clock(at, text) if at else None
    rest = re.sub(r"(?<=\d)T$", "", text[: at.start()].strip(" ,"), flags=re.IGNORECASE) if at else text
    day = _day(rest, start, last) if rest else None
    if day is None and (rest or clock is None):
        raise ValueError(f"'{text}' is no time that is known here. {EXAMPLES}.")
    return day, clock


def _from_start(text, start):
    found = DAYS_HOURS.fullmatch(text)
    if found and any(found.groups()):
        days, hours, minutes = (int(part or 0) for part in found.groups())
        has_clock = bool(found[2] or found[3])
        return _after(start, datetime.timedelta(days=days, hours=hours, minutes=minutes), has_clock)
    found = FROM_START.fullmatch(text)
    if found:
        return _after(start, datetime.timedelta(hours=int(found[1]), minutes=int(found[2])), has_clock=True)
    found = AN_AMOUNT.fullmatch(text)
    unit = UNITS.get((found[2].lower().removesuffix("s") or "min") if found else "")
    if not unit:
        return None
    return _after(start, datetime.timedelta(**{unit: int(found[1])}), has_clock=unit not in ("days", "weeks"))


def _after(start, since, has_clock):
    begins = start if isinstance(start, datetime.datetime) else datetime.datetime.combine(start, MIDNIGHT)
    try:
        moment = begins + since
    except OverflowError:
        raise ValueError("that is far beyond the end of the exercise.") from None
    return moment.date(), moment.time().replace(second=0, microsecond=0) if has_clock else None


def _group(text):
    """A date-time group, such as 191430ZJAN26."""
    found = DATE_TIME_GROUP.fullmatch(text)
    if not found or found[4].lower() not in MONTHS:
        return None
    year = int(found[5]) + (2000 if len(found[5]) == 2 else 0)
    day = _date(text, year, MONTHS.index(found[4].lower()) + 1, int(found[1]))
    return day, _time(text, int(found[2]), int(found[3]))


def _clock(at, text):
    hour, minute = int(at["h"] or at["h4"] or at["h12"]), int(at["m"] or at["m4"] or 0)
    half = (at["half"] or at["half12"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        raise ValueError(f"'{text}' has an hour that no clock with am and pm has.")
    return _time(text, hour % 12 + (12 if half == "p" else 0) if half else hour, minute)


def _time(text, hour, minute):
    if hour > 23 or minute > 59:
        raise ValueError(f"'{text}' is no time of day: hours go to 23, minutes to 59.")
    return datetime.time(hour, minute)


def _day(text, start, last):
    first = start.date() if isinstance(start, datetime.datetime) else start
    counted = re.fullmatch(r"D\s*\+\s*(\d{1,4})|day\s+(\d{1,4})", text, re.IGNORECASE)
    if counted:
        return first + datetime.timedelta(days=int(counted[1]) if counted[1] else int(counted[2]) - 1)
    number = next((place for place, name in enumerate(WEEKDAYS) if text.lower() in (name, name[:3])), None)
    if number is not None:
        return first + datetime.timedelta(days=(number - first.weekday()) % 7)
    text = re.sub(rf"^(?:{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in WEEKDAYS)}),?\s+", "", text, flags=re.I)
    parts = re.findall(r"\d+|[A-Za-z]+", text)
    words = [part.lower() for part in parts]
    if len(parts) != 3 or not re.fullmatch(r"[\dA-Za-z]+(?:[-/., ]+[\dA-Za-z]+){2}", text):
        return None
    named = [place for place, word in enumerate(words) if word[:3] in MONTHS]
    if named and all(word.isdigit() for place, word in enumerate(words) if place != named[0]):
        month = MONTHS.index(words.pop(named[0])[:3]) + 1
        day, year = sorted(words, key=len) if named[0] < 2 else (words[1], words[0])
        return _date(text, _year(text, year), month, int(re.sub(r"\D", "", day)))
    if not all(word.isdigit() for word in words):
        return None
    numbers = list(map(int, words))
    if len(words[0]) == 4:
        return _date(text, *numbers)
    if "." in text:
        return _date(text, _year(text, words[2]), numbers[1], numbers[0])
    return _either(text, _year(text, words[2]), numbers[0], numbers[1], first, last)


def _either(text, year, one, other, first, last):
    """A date whose day and month could be either way round."""
    readings = {day for day in (_sound(year, other, one), _sound(year, one, other)) if day}
    within = {day for day in readings if first <= day <= last}
    meant = within if len(within) == 1 else readings
    if not meant:
        raise ValueError(f"'{text}' is no day of the calendar.")
    if len(meant) > 1:
        days = [_sound(year, other, one), _sound(year, one, other)]
        said = " or ".join(day_in_words(day, day.year) for day in days)
        raise ValueError(f"'{text}' is {said}: write {days[0]} or {days[1]}.")
    return meant.pop()


def _year(text, written):
    if len(written) != 4:
        raise ValueError(f"'{text}' needs its year in four digits.")
    return int(written)


def _date(text, year, month, day):
    found = _sound(year, month, day)
    if found is None:
        raise ValueError(f"'{text}' is no day of the calendar.")
    return found


def _sound(year, month, day):
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
