"""What was probably meant by a value that does not fit: other words for a thing, days written another way, names.

Each hint is a sentence, or nothing where there is nothing to guess.
"""

import calendar
import datetime
import re
from collections.abc import Iterable, Iterator

from sim.errors import nearest
from sim.letters import plain_letters

FINEST = "A day is the finest time here"
YEAR_FIRST = re.compile(r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})", re.ASCII)
CLOCK = re.compile(r"\d{1,2}:\d{2}|\d\s?[ap]m\b|^\d{3,4}$", re.IGNORECASE | re.ASCII)
SPELT_OUT = (  # 7 October 2025, 7. Oct 2025; October 7, 2025
    re.compile(r"(?P<day>\d{1,2})\.? (?P<month>[a-z]{3,9}) (?P<year>\d{4})", re.IGNORECASE | re.ASCII),
    re.compile(r"(?P<month>[a-z]{3,9}) (?P<day>\d{1,2}),? (?P<year>\d{4})", re.IGNORECASE | re.ASCII),
)
MONTHS = (  # the same on every machine, whatever language it speaks
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SHORT_MONTHS = [month[:3].lower() for month in MONTHS]

# Words that people bring from elsewhere, and the one that is used here.
OTHER_WORDS = {
    "email": "cable", "mail": "cable", "e_mail": "cable", "letter": "cable", "memo": "cable", "report": "cable",
    "phone": "call", "telephone": "call", "radio": "call", "video": "call", "vtc": "call",
    "social": "media", "social_media": "media", "press": "media", "news": "media", "tv": "media", "twitter": "media",
    "newspaper": "media", "web": "media",
    "in_person": "brief", "briefing": "brief", "meeting": "brief", "verbal": "brief",
    "sms": "chat", "text_message": "chat", "message": "chat", "im": "chat", "teams": "chat", "signal": "chat",
    "acts": "incidents", "act": "incident", "events": "incidents",
    "time": "date", "when": "date", "day": "date", "datetime": "date",
    "from": "sender", "recipient": "to", "recipients": "to", "method": "channel", "body": "text",
}  # fmt: skip


def meant(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that somebody means by another, or by a misspelt one; None when there is none.

    >>> meant("E-mail", ["brief", "cable"]), meant("chanel", ["channel", "text"]), meant("zebra", ["cable"])
    ('cable', 'channel', None)
    """
    allowed = list(allowed)
    other = OTHER_WORDS.get(re.sub(r"[^a-z]+", "_", word.lower()).strip("_"))
    return other if other in allowed else nearest(word, allowed)


def about_a_name(text: str, kind: str) -> str:
    """What a name could be that is not in lower case letters, digits and underscores, or begins with none.

    >>> about_a_name("INJ-07", "inject"), about_a_name("1.2", "inject")
    (" Did you mean 'inj_07'?", " Try 'inject_1_2'.")
    """
    better = re.sub("[^a-z0-9]+", "_", plain_letters(text).strip().lower()).strip("_")
    if not better:
        return ""
    return f" Did you mean '{better}'?" if better[0].isalpha() else f" Try '{kind.replace(' ', '_') or 'a'}_{better}'."


def about_a_day(text: str) -> str:
    """What is wrong with a date, and how to write it.

    >>> about_a_day("2026-31-01")
    ' Day and month are turned round: write 2026-01-31.'
    >>> about_a_day("2026-02-29")
    ' 2026 is no leap year: its February has 28 days.'
    >>> about_a_day("07.10.2025")
    ' Write the year first: 2025-10-07 (or 2025-07-10, if the month stands first).'
    """
    text = plain_letters(text).strip()
    day, rest = next(_days_in(text), None), CLOCK.search(YEAR_FIRST.sub("", YEAR_LAST.sub("", text)))
    if rest is not None:
        return f" {FINEST}: write {day}." if day else f" {FINEST}; a clock time can stand in the text."
    if (found := YEAR_FIRST.fullmatch(text)) is not None:
        return _year_first(*map(int, found.groups()))
    if (found := YEAR_LAST.fullmatch(text)) is not None:
        first, second, year = map(int, found.groups())
        days = list(dict.fromkeys(filter(None, (_day(year, second, first), _day(year, first, second)))))
        other = f" (or {days[1]}, if the month stands first)" if len(days) > 1 else ""
        return f" Write the year first: {days[0]}{other}." if days else ""
    return f" Did you mean {day}?" if day else ""


def _days_in(text: str) -> Iterator[datetime.date]:
    if (found := YEAR_FIRST.match(text)) is not None and (day := _day(*map(int, found.groups()))) is not None:
        yield day
    for form in SPELT_OUT:
        found = form.fullmatch(text)
        month = found and found["month"][:3].lower()
        if month not in SHORT_MONTHS:
            continue
        day = _day(int(found["year"]), SHORT_MONTHS.index(month) + 1, int(found["day"]))
        if day is not None:
            yield day


def _year_first(year: int, month: int, day: int) -> str:
    if (good := _day(year, month, day)) is not None:
        return f" Did you mean {good}?"
    if month > 12 and (turned := _day(year, day, month)) is not None:
        return f" Day and month are turned round: write {turned}."
    if (month, day) == (2, 29):
        return f" {year} is no leap year: its February has 28 days."
    if year and 1 <= month <= 12 and day > 28:
        return f" {MONTHS[month - 1]} {year} has {calendar.monthrange(year, month)[1]} days."
    return ""


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def about_a_count(text: str) -> str:
    """What is meant where a whole number was wanted and a time was given."""
    text = plain_letters(text).strip()
    if next(_days_in(text), None) or YEAR_FIRST.match(text) or YEAR_LAST.match(text):
        return " A day goes under 'date'."
    if CLOCK.search(text) or re.match(r"[DTH]\s*[+-]\s*\d", text):
        return f" {FINEST}: count turns here, or give the day under 'date'."
    return ""
