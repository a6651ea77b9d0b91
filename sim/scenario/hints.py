"""What was probably meant by a line that cannot be read as YAML, by a value that does not fit, by a name for an actor.

A hint on a value is a sentence that follows another, or nothing where there is nothing to guess.
"""

import calendar
import datetime
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

import yaml

from sim.errors import Diagnostic, did_you_mean, nearest
from sim.letters import HIDDEN, named, plain_letters
from sim.scenario.library_schema import Body, Library, State

FURTHEST_UP, FURTHEST_QUOTE = 8, 60
LONGEST_CODE = 4
HIDDEN_LINE_END = re.compile("[\x85\u2028\u2029]")
WELL_FORMED = re.compile(r"""\s*(- +)*["']?[\w.-]+["']?:( |$)""")
NO_SPACE_AFTER_COLON = re.compile(r"\s*(?:- +)*(?P<key>[A-Za-z_]\w*):(?P<slip>[^\s/:])")
NO_SPACE_AFTER_DASH = re.compile(r"\s*-(?P<slip>[A-Za-z_{]\w*)(:|\{)")
NO_COLON = re.compile(r"(?P<indent>\s*(?:- +)*)(?P<slip>[a-z_]+)( [^:#]*)?$")
FROM_ANOTHER_KEYBOARD = (
    re.compile(r"\s*(?:- +)*[A-Za-z_]\w*\s?(?P<slip>[：﹕︰∶꞉])"),
    re.compile(r" *(?P<slip>[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])"),
    re.compile(r"\s*(?:- +)*[A-Za-z_]\w*:(?P<slip>[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])"),
    re.compile(r"\s*(?P<slip>[‐‑‒–—−－])[ \u00a0\u3000]"),
    re.compile(r"[^#]*[\[{][^#\]}]*?(?P<slip>[，、；：］｝])"),
    re.compile(r"[^#]*?(?P<slip>[［｛])"),
    re.compile(r"\s*(?:- +)*[A-Za-z_]\w*: +(?P<slip>[“”„«‘’])"),
)

YEAR_FIRST = re.compile(r"(\d{4})[-./ ](\d{1,2})[-./ ](\d{1,2})", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})", re.ASCII)
CLOCK = re.compile(r"\d{1,2}:\d{2}|\d\s?[ap]m\b|^\d{3,4}$", re.IGNORECASE | re.ASCII)
PLAIN_CLOCK = "by the clock of the exercise and without its zone"
TIME = re.compile(r"(?<!\d)(?P<hour>\d{1,2})[:.h]?(?P<minute>\d{2})?(?::\d{2})?\s?(?:(?P<half>[ap])\.?m)?", re.I | re.A)
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
    "mail": "email", "e_mail": "email", "letter": "cable", "memo": "cable", "report": "cable", "fax": "cable",
    "telephone": "phone", "phone_call": "phone", "video": "call", "vtc": "call", "conference_call": "call",
    "social_media": "social", "twitter": "social", "facebook": "social", "telegram": "social", "x": "social",
    "press": "media", "news": "media", "tv": "media", "newspaper": "media", "web": "media", "website": "media",
    "briefing": "brief", "meeting": "in_person", "verbal": "in_person", "face_to_face": "in_person",
    "sms": "chat", "text_message": "chat", "message": "chat", "im": "chat", "teams": "chat", "signal": "chat",
    "whatsapp": "chat", "broadcast": "radio",
    "acts": "incidents", "act": "incident", "events": "incidents",
    "when": "date", "day": "date", "datetime": "date", "clock": "time", "at": "time",
    "joins": "from_turn", "arrives": "from_turn", "leaves": "until_turn", "departs": "until_turn",
    "disinformation": "fimi", "misinformation": "fimi", "propaganda": "fimi", "information": "fimi",
    "infrastructure": "infra", "sabotage": "infra", "economic": "coercion", "trade": "coercion", "armed": "military",
    "standards": "edt", "technology": "edt", "ransomware": "cyber", "hacking": "cyber", "answers": "options",
    "notes": "control_notes", "expected": "expects", "from": "sender",
    "recipient": "to", "recipients": "to", "method": "channel", "body": "text",
}  # fmt: skip


def hides(letter: str) -> str:
    """Why a letter that hides cannot stay."""
    if letter in "\u2028\u2029":
        return f"{named(letter)} ends a line in some programs and not in others. Delete it and begin a new line."
    if letter in "\u061c\u200e\u200f" or "\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069":
        return f"{named(letter)} stands here: it cannot be seen and turns the order of reading round. Delete it."
    if letter < " " or "\x7f" <= letter <= "\x9f":
        return f"{named(letter)} stands here: a control character, which a screen obeys rather than shows. Delete it."
    if "\ue000" <= letter <= "\uf8ff" or letter >= "\U000f0000":
        return f"{named(letter)} stands here, which every font shows in its own way or not at all. Delete it."
    return f"{named(letter)} stands here and cannot be seen. Delete it."


def not_yaml(source, problem: yaml.MarkedYAMLError) -> Diagnostic:
    """A parser's complaint as a fault at the slip that led to it.

    A parser stops where it can read no further, which is often some lines below the slip. So the lines that it was
    reading are looked at first, for what people slip on: a space missing after ':' or '-', a key without its ':', a
    letter that cannot be seen, punctuation of another keyboard.
    """
    stopped = problem.problem_mark.line if problem.problem_mark else 0
    for found in HIDDEN_LINE_END.finditer(source.text):
        line, column = source.place(found.start())
        if stopped - FURTHEST_UP < line <= stopped + 1:
            return source.fault(line, column, hides(found.group()))
    slip = next(_slips(source.lines, problem), None)
    if slip is not None:
        line, column, message, length = slip
        return source.fault(line + 1, column + 1, message, length)
    return _where_it_stopped(source, problem)


# ------------------------------------------------------------------------------------------------ looking at lines


def _slips(lines: list[str], problem: yaml.MarkedYAMLError) -> Iterator[tuple[int, int, str, int]]:
    """(line, column, message, length) of what is probably meant by a complaint, the likeliest first."""
    last = min(problem.problem_mark.line if problem.problem_mark else 0, len(lines) - 1)
    reading = list(_being_read(lines, last, problem))
    for at in reading:
        for found in HIDDEN.finditer(_without_comment(lines[at])):
            yield at, found.start(), hides(found.group()), 1
    for at in reading:
        for pattern in FROM_ANOTHER_KEYBOARD:
            if (slip := pattern.match(lines[at])) is not None:
                plain = plain_letters(slip["slip"])
                meant = "a space" if plain == " " else f"'{plain}'"
                yield at, slip.start("slip"), f"{named(slip['slip'])} stands here, where {meant} is meant.", 1
    for at in reading:
        if (slip := NO_SPACE_AFTER_COLON.match(lines[at])) is not None:
            message = f"a space is missing after '{slip['key']}:'."
            yield at, slip.start("key"), message, len(slip["key"]) + 1
        if (slip := NO_SPACE_AFTER_DASH.match(lines[at])) is not None:
            yield at, slip.start("slip") - 1, "a space is missing after '-'.", 1
    yield from _quotes_left_open(lines, problem)
    yield from _without_dash(lines, problem)
    if "':'" in (problem.problem or "") or "mapping values" in (problem.problem or ""):
        yield from _without_colon(lines, reading[:-1], last)


def _being_read(lines: list[str], last: int, problem: yaml.MarkedYAMLError) -> Iterator[int]:
    """The lines that belong to what the parser was reading, from the first to the one where it stopped."""
    first = last
    if "simple key" in (problem.context or "") and problem.context_mark:
        first = min(problem.context_mark.line, last)
    elif not _is_code(lines[last]) or not lines[last][:1].isspace() or last:
        for at in range(last - 1, max(last - FURTHEST_UP, 0) - 1, -1):
            if _is_code(lines[at]):
                first = at
                if WELL_FORMED.match(lines[at]):
                    break
    return (at for at in range(first, last + 1) if _is_code(lines[at]))


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _without_comment(line: str) -> str:
    return re.split(r"(?:^|\s)#", line, maxsplit=1)[0]


def _without_colon(lines: list[str], reading: list[int], last: int) -> Iterator[tuple[int, int, str, int]]:
    for at in reading:
        found = NO_COLON.match(_without_comment(lines[at]).rstrip())
        if found is not None and (indent := len(found["indent"])) == len(lines[last]) - len(lines[last].lstrip(" -")):
            yield at, indent, f"this line has no ': ' after its key. Is '{found['slip']}: ' meant?", len(found["slip"])


def _quotes_left_open(lines: list[str], problem: yaml.MarkedYAMLError) -> Iterator[tuple[int, int, str, int]]:
    """Quotes that were closed only by the next ones, lines below, after which nothing fits."""
    mark = problem.problem_mark
    before = lines[mark.line][: mark.column].rstrip() if mark and mark.line < len(lines) else ""
    quote = before[-1:]
    if quote not in ('"', "'"):
        return
    if before.count(quote) % 2 == 0:
        if lines[mark.line][mark.column : mark.column + 1].isalnum():
            inside = "''" if quote == "'" else '\\"'
            yield mark.line, mark.column - 1, f"the quotes end here, and the text goes on. Inside it write {inside}.", 1
        return
    for at in range(mark.line - 1, max(mark.line - FURTHEST_QUOTE, 0) - 1, -1):
        found = re.search(rf"(?:[:\-,\[{{] *)({quote})", lines[at])
        if found is not None and _without_comment(lines[at]).count(quote) % 2:
            message = f"the quotes opened here are closed only on line {mark.line + 1}. Is one missing at the end?"
            yield at, found.start(1), message, 1
            return


def _without_dash(lines: list[str], problem: yaml.MarkedYAMLError) -> Iterator[tuple[int, int, str, int]]:
    """An entry without its '- ', found when the next entry has one."""
    at = problem.problem_mark.line if problem.problem_mark else len(lines)
    if at >= len(lines) or not lines[at].lstrip().startswith("- "):
        return
    dash, first = _indent(lines[at]), None
    for above in range(at - 1, -1, -1):
        if not _is_code(lines[above]):
            continue
        if _indent(lines[above]) <= dash:
            begins = _without_comment(lines[above]).rstrip().endswith(":")
            break
        first = above
    else:
        return
    if first is not None and begins:
        message = f"is '- ' missing before this? The next entry of the list has one, on line {at + 1}."
        yield first, _indent(lines[first]), message, 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


# ------------------------------------------------------------------------------------------------ where it stopped


def _where_it_stopped(source, problem: yaml.MarkedYAMLError) -> Diagnostic:
    mark = problem.problem_mark or problem.context_mark
    lines = source.lines
    at_the_end = mark.line >= len(lines) - (not lines[-1].strip())
    said, where = problem.problem or "", problem.context or ""
    if problem.context_mark and (at_the_end and "flow" in where or "end of stream" in said or "simple key" in where):
        mark = problem.context_mark
    line = min(mark.line, max(len(lines) - 1, 0))
    column = mark.column + 1 if line == mark.line else len(lines[line]) + 1
    letter = lines[line][column - 1 : column]
    return source.fault(line + 1, column, _advice(problem, letter, _left_open(source.text, problem)))


def _left_open(text: str, problem: yaml.MarkedYAMLError) -> yaml.Token | None:
    """The innermost bracket that is open where a parser stopped."""
    opened: list[yaml.Token] = []
    try:
        for token in yaml.scan(text):
            if problem.problem_mark and token.start_mark.index >= problem.problem_mark.index:
                break
            if isinstance(token, (yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken)):
                opened.append(token)
            elif isinstance(token, (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)) and opened:
                opened.pop()
    except yaml.YAMLError:
        pass  # the complaint itself, where the text cannot even be divided into tokens
    return opened[-1] if opened else None


def _advice(problem: yaml.MarkedYAMLError, letter: str, bracket: yaml.Token | None) -> str:
    said, where = problem.problem or "", problem.context or ""
    if letter == "\t" or "tab" in said:
        return "a tab cannot indent. Use spaces."
    if "mapping values are not allowed" in said:
        return (
            "a ':' where no key can stand. Put text that holds ': ' in quotes, "
            "and start the keys of one entry in the same column."
        )
    if "unexpected end of stream" in said:
        return "the quotes opened here are never closed."
    if "flow" in where and bracket is not None:
        opening, closing = ("[", "]") if isinstance(bracket, yaml.FlowSequenceStartToken) else ("{", "}")
        return (
            f"the '{opening}' opened on line {bracket.start_mark.line + 1} is not closed, "
            "or a ',' is missing before this. "
            f"Expected ',' or '{closing}'."
        )
    if "escape" in said:
        return "in double quotes a '\\' starts a special character. Write '\\\\', or use single quotes."
    if "cannot start any token" in said:
        return f"text cannot start with '{letter}'. Put it in quotes."
    if "could not find expected ':'" in said:
        return "this line has no ': ' after its key. Is it text that should be indented further, or in quotes?"
    if "expected key" in said or "block end" in said or "'-' indicator" in said or "block mapping" in where:
        return (
            "this line does not fit the lines above. Start entries of one list or mapping in the same column; "
            "put text with ':' or '#' in quotes."
        )
    if "document" in said:
        return "this cannot be read as part of the file. Is it one document, with every line as 'key: value'?"
    return f"this cannot be read as YAML ({said}). Is a quote or a bracket missing, or the indentation off?"


# -------------------------------------------------------------------------------------------- a value that does not fit


def meant(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that somebody means by another, or by a misspelt one; None when there is none.

    >>> meant("Fax", ["brief", "cable"]), meant("chanel", ["channel", "text"]), meant("zebra", ["cable"])
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


def about_a_day(text: str, with_clock: bool = False) -> str:
    """What is wrong with a date, which may have a clock or not, and how to write it.

    >>> about_a_day("2026-31-01")
    ' Day and month are turned round: write 2026-01-31.'
    >>> about_a_day("2026-02-29")
    ' 2026 is no leap year: its February has 28 days.'
    >>> about_a_day("07.10.2025")
    ' Write the year first: 2025-10-07 (or 2025-07-10, if the month stands first).'
    """
    text = plain_letters(text).strip()
    day, rest = next(_days_in(text), None), CLOCK.search(YEAR_FIRST.sub("", YEAR_LAST.sub("", text)))
    if rest is not None and with_clock:
        time = _time_in(YEAR_FIRST.sub("", text))
        if day is not None and time is not None:
            return f" Write {day} {time:%H:%M}, {PLAIN_CLOCK}."
        return " A clock time goes under 'time'." if day is None else ""
    if rest is not None:
        return f" A day has no clock here: write {day}." if day else " A day has no clock here."
    if (found := YEAR_FIRST.fullmatch(text)) is not None:
        return _year_first(*map(int, found.groups()))
    if (found := YEAR_LAST.fullmatch(text)) is not None:
        first, second, year = map(int, found.groups())
        days = list(dict.fromkeys(filter(None, (_day(year, second, first), _day(year, first, second)))))
        other = f" (or {days[1]}, if the month stands first)" if len(days) > 1 else ""
        return f" Write the year first: {days[0]}{other}." if days else ""
    return f" Did you mean {day}?" if day else ""


def about_a_time(text: str) -> str:
    """What is wrong with a time of day, and how to write it.

    >>> about_a_time("9.30 pm"), about_a_time("0930"), about_a_time("25:00")
    (' Write 21:30.', ' Write 09:30.', ' The clock goes from 00:00 to 23:59.')
    """
    text = plain_letters(text).strip()
    day, time = next(_days_in(text), None), _time_in(YEAR_FIRST.sub("", text))
    if day is not None:
        return " A day goes under 'date'."
    if time is not None:
        return f" Write {time:%H:%M}."
    return " The clock goes from 00:00 to 23:59." if CLOCK.search(text) else ""


def _time_in(text: str) -> datetime.time | None:
    found = TIME.search(text)
    if found is None:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").lower()
    hour = hour % 12 + 12 * (half == "p") if half and hour <= 12 else hour
    return datetime.time(hour, minute) if hour < 24 and minute < 60 else None


def _days_in(text: str) -> Iterator[datetime.date]:
    if (found := YEAR_FIRST.match(text)) is not None and (day := _day(*map(int, found.groups()))) is not None:
        yield day
    for form in SPELT_OUT:
        found = form.fullmatch(text)
        if found is None or (month := found["month"][:3].lower()) not in SHORT_MONTHS:
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
        return " Count turns here, and give the clock under 'time', or the day under 'date'."
    return ""


# ------------------------------------------------------------------------------------------------------ names for codes


def codes_by_name(library: Library, own: Iterable[tuple[str, str | None]] = ()) -> dict[str, str]:
    """Each word that people write for an actor or a group, in bare letters, and the code that it stands for.

    `own` are the codes and names of the actors that a scenario names itself.
    """
    known: dict[str, State | Body] = {**library.bodies, **library.states}
    words = [(word, code) for code, name in own for word in (code, name)]
    words += [(word, code) for code, one in known.items() for word in (code, one.name, *getattr(one, "also", ()))]
    words += [(word, f"group:{name}") for name, group in library.groups.items() for word in (name, group.name)]
    words += [(one.adjective, code) for code, one in known.items()]
    codes: dict[str, str] = {}
    for word, code in words:
        codes.setdefault(bare_letters(word or code), code)
    return codes


def bare_letters(word: str) -> str:
    """Letters and digits alone: without accents, points, spaces, capitals and a leading article."""
    letters = unicodedata.normalize("NFKD", plain_letters(word[:80])).casefold().strip().removeprefix("the ")
    return "".join(letter for letter in letters if letter.isalnum())


def code_meant(word: str, choices: Collection[str], codes: Mapping[str, str]) -> str | None:
    """The code among the choices that somebody means by a name, another code or a misspelt one; None when none is.

    >>> from sim.scenario.library import load_library
    >>> library = load_library()
    >>> codes = codes_by_name(library)
    >>> [code_meant(word, library.states, codes) for word in ("UK", "the U.S.", "Turkey", "Jpn", "Germny", "Atlantis")]
    ['GBR', 'USA', 'TUR', 'JPN', 'DEU', None]
    """
    known = {name: code for name, code in codes.items() if code in choices}
    bare = bare_letters(word)
    similar = nearest(bare, [name for name in known if len(name) > LONGEST_CODE]) if len(bare) > LONGEST_CODE else None
    return known.get(bare) or known.get(similar or "") or nearest(word, choices)


def which_code(word: str, choices: Collection[str], codes: Mapping[str, str]) -> str:
    """What was probably meant by a word that is no actor's code, as `did_you_mean` says it."""
    meant = code_meant(word, choices, codes)
    return f"Did you mean '{meant}'?" if meant else did_you_mean(word, choices)
