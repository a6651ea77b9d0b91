"""Tables that people keep in Excel, CSV or JSON: read row by row with their places, and written to be edited.

With them, the moment that a cell means: by the calendar, by the clock, or from the start.
"""

import csv
import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import Diagnostic, InputError, did_you_mean
from sim.phrases import MONTHS as MONTH_NAMES
from sim.phrases import day as day_in_words
from sim.record.reading import check_file, read_json
from sim.record.store import FORMULA, as_json, fill_table
from sim.text_files import TextKind, file_text

KINDS = (".xlsx", ".csv", ".json")
SHEET = TextKind("CSV file", 20_000_000, "A run sheet has some hundred rows: is this the right file?")
LARGEST_UNPACKED_BYTES = 200_000_000
MOST_ROWS = 5000
WIDEST = 120  # columns
WIDTHS = {range(0, 12): 12, range(12, 30): 22, range(30, 80): 34}  # letters in a cell: width of its column
WIDE = 60
MONTHS = tuple(month[:3].casefold() for month in MONTH_NAMES)
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
MIDNIGHT = datetime.time()
FIRST_OF_SPREADSHEETS = datetime.datetime(1899, 12, 30)


@dataclass(frozen=True)
class Row:
    """A row of a table: its number as the spreadsheet shows it, and its cells by the number of their column, from 1."""

    number: int
    cells: dict[int, Any]


@dataclass(frozen=True)
class Table:
    """A table as it was found in a file."""

    file: str  # as the user named it
    headings: dict[int, str]  # by the number of a column, from 1
    rows: tuple[Row, ...]  # those that hold anything

    def fault(self, row: int, column: int, message: str) -> Diagnostic:
        """What is wrong in a cell; the same fault in other rows is told once."""
        above = f"in '{self.headings[column]}': " if column in self.headings else ""
        return Diagnostic(self.file, row, column, f"{above}{message}", cause=(f"{above}{message}",))


def read_table(path: Path, is_heading) -> Table:
    """The table in a file.

    Parameters
    ----------
    path : Path of an .xlsx, .csv or .json file
    is_heading : callable, whether a text is known as a column's heading: the row with the most of them is the first
        row of the table, whatever stands above it

    Returns
    -------
    Table; InputError when it cannot be read as one
    """
    readers = {".xlsx": _of_workbook, ".csv": _of_csv, ".json": _of_json}
    if path.suffix.lower() not in readers:
        raise _refusal(path, f"a run sheet is an .xlsx, .csv or .json file. {_other_kind(path)}".strip())
    sheets = readers[path.suffix.lower()](path)
    found = [_headed(rows, is_heading) for rows in sheets]
    best = max(range(len(found)), key=lambda number: found[number][0], default=None)
    if best is None or not found[best][0]:
        said = "no row here has the headings of a run sheet, such as: Inject, Time, From, To, Subject, Text."
        raise _refusal(path, said, 1, 1)
    _, at = found[best]
    rows = sheets[best]
    headings = {column: str(cell).strip() for column, cell in rows[at].cells.items()}
    below = tuple(row for row in rows[at + 1 :] if row.cells)
    return Table(str(path), headings, below)


def _refusal(path, message, row=0, column=0):
    """A file, or a place in it, as a refusal with advice."""
    return InputError([Diagnostic(str(path), row, column, message)])


def _other_kind(path):
    said = {".xls": "Save it as .xlsx.", ".ods": "Save it as .xlsx.", ".tsv": "Rename it to .csv."}
    return said.get(path.suffix.lower(), did_you_mean(path.suffix, KINDS) if path.suffix else "")


def _headed(rows, is_heading):
    """How many known headings the row with the most of them has, and its place."""
    counts = [sum(is_heading(str(cell)) for cell in row.cells.values()) for row in rows[:30]]
    return (max(counts), counts.index(max(counts))) if counts else (0, 0)


# ------------------------------------------------------------------------------------------------------------- reading


def _of_workbook(path):
    import openpyxl

    check_file(path, most=SHEET.largest)
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED_BYTES:
                raise _refusal(path, "far too large for a run sheet: is this the right file?")
        book = openpyxl.load_workbook(path, data_only=True)
    except InputError:
        raise
    except Exception as error:  # what is no workbook fails in ways of its own
        said = "this is no workbook that can be read. Open it in Excel or LibreOffice and save it as .xlsx again."
        raise _refusal(path, said) from error
    for sheet in book.worksheets:
        beyond = sheet.iter_rows(min_row=MOST_ROWS + 1, max_col=WIDEST, values_only=True)
        _check_length(path, MOST_ROWS + any(any(row) for row in beyond))
    return [_rows_of(sheet) for sheet in book.worksheets]


def _check_length(path, rows):
    if rows > MOST_ROWS:
        raise _refusal(path, f"more than {MOST_ROWS:,} rows. {SHEET.usual}", MOST_ROWS + 1)


def _rows_of(sheet):
    """The rows of a worksheet; every cell of a merged range says what the range says."""
    values = {}
    for row in sheet.iter_rows(max_row=min(sheet.max_row, MOST_ROWS), max_col=min(sheet.max_column, WIDEST)):
        values |= {(cell.row, cell.column): cell.value for cell in row if cell.value not in (None, "")}
    for merged in sheet.merged_cells.ranges:
        said = values.get((merged.min_row, merged.min_col))
        if said is not None and merged.min_col == merged.max_col:  # across columns it is a title
            for row in range(merged.min_row, min(merged.max_row, MOST_ROWS) + 1):
                values[row, merged.min_col] = said
    by_row: dict[int, dict[int, Any]] = {}
    for (row, column), value in sorted(values.items(), key=lambda item: item[0]):
        if not isinstance(value, str) or value.strip():
            by_row.setdefault(row, {})[column] = _plain(value)
    return [Row(number, cells) for number, cells in by_row.items()]


def _plain(value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _of_csv(path):
    text = file_text(path, str(path), SHEET)
    head = text.split("\n", 30)[:30]
    separator = max(",;\t", key=lambda mark: max(line.count(mark) for line in head))
    csv.field_size_limit(SHEET.largest)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise _refusal(path, f"this cannot be read as CSV: {error}.", 1, 1) from None
    _check_length(path, len(lines))
    return [[Row(number, _cells(line)) for number, line in enumerate(lines, start=1)]]


def _cells(line):
    """The cells of a line that say anything, without the apostrophe that keeps a spreadsheet from reckoning."""
    kept = {column: _plain(cell) for column, cell in enumerate(line[:WIDEST], start=1) if cell.strip()}
    return {column: cell[1:] if cell[0] == "'" and cell[1:2] in FORMULA else cell for column, cell in kept.items()}


def _of_json(path):
    data = read_json(path)
    lists = [data] if isinstance(data, list) else [value for value in (data or {}).values() if isinstance(value, list)]
    entries = max(lists, key=len, default=[])
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        raise _refusal(path, "a run sheet in JSON is a list of injects: [{...}, {...}].")
    headings = list(dict.fromkeys(name for entry in entries for name in entry))
    places = {name: column for column, name in enumerate(headings, start=1)}
    rows = [Row(0, dict(enumerate(headings, start=1)))]
    _check_length(path, len(entries))
    for number, entry in enumerate(entries, start=1):
        cells = {places[name]: as_cell(value) for name, value in entry.items()}
        rows.append(Row(number, {place: cell for place, cell in cells.items() if cell not in (None, "")}))
    return [rows]


def as_cell(value):
    """A value as it stands in a cell: lists with semicolons between, what holds more as JSON, which is YAML, too."""
    if isinstance(value, list) and all(isinstance(one, (str, int)) for one in value):
        return "; ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else _plain(value)


# ------------------------------------------------------------------------------------------------------------- writing


def write_table(
    path: Path, title: str, marking: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], choices=None
) -> None:
    """Writes a table to be edited and printed.

    Parameters
    ----------
    path : Path, whose ending says in what form
    title, marking : str, for a workbook: the sheet's name, and what is printed on each page
    headings, rows : the table; cells are text, numbers, dates or None
    choices : for a workbook: heading to what may be chosen in its column
    """
    rows = [[_shown(cell) for cell in row] for row in rows] if path.suffix.lower() != ".xlsx" else list(rows)
    if path.suffix.lower() == ".json":
        entries = [{name: cell for name, cell in zip(headings, row, strict=True) if cell != ""} for row in rows]
        path.write_text(as_json(entries), encoding="utf-8", newline="\n")
    elif path.suffix.lower() == ".csv":
        with open(path, "w", encoding="utf-8-sig", newline="") as file:  # Excel knows UTF-8 by its mark
            fill_table(file, headings, rows)
    else:
        write_workbook(path, marking, [(title, headings, rows)], choices)


def _shown(cell):
    if isinstance(cell, (datetime.date, datetime.time)):
        return f"{cell:%H:%M}" if isinstance(cell, datetime.time) else cell.isoformat()
    return "" if cell is None else cell


def write_workbook(path: Path, marking: str, sheets: Iterable[tuple], choices: dict | None = None) -> None:
    """Writes a workbook: each sheet (title, headings, rows) a table with its headings kept in sight, and the marking
    printed on each page; `choices` as of `write_table`.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator, book.properties.title = "Two Oceans", marking
    for title, headings, rows in sheets:
        _fill(book.create_sheet(title[:31]), marking, headings, list(rows), choices or {})
    book.save(path)


def _fill(sheet, marking, headings, rows, choices):
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for number, row in enumerate([headings, *rows], start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if number == 1:
                cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="333333")
    for column, heading in enumerate(headings, start=1):
        letter = get_column_letter(column)
        longest = max((len(str(row[column - 1] or "")) for row in rows), default=0)
        fitting = (width for letters, width in WIDTHS.items() if max(longest, len(heading)) in letters)
        sheet.column_dimensions[letter].width = next(fitting, WIDE)
        if heading in choices:
            allowed = DataValidation(type="list", formula1=f'"{",".join(choices[heading])}"', allow_blank=True)
            sheet.add_data_validation(allowed)
            allowed.add(f"{letter}2:{letter}{MOST_ROWS}")
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "9"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.center.text = sheet.oddFooter.left.text = marking.replace("&", "&&")
    sheet.oddFooter.right.text = "&P / &N"


# ----------------------------------------------------------------------------------------------------------------- when


def moment_in(written, start, last):
    """The day and the clock that a cell means, each as far as it says.

    Parameters
    ----------
    written : str, datetime.datetime, date, time or timedelta, as a cell holds it
    start : datetime.date or datetime, the start of the exercise
    last : datetime.date or datetime, its last day: of two readings of a date the one within the exercise counts

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
    first, last = (moment.date() if isinstance(moment, datetime.datetime) else moment for moment in (start, last))
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
    days = [_sound(year, other, one), _sound(year, one, other)]
    readings = {day for day in days if day}
    within = {day for day in readings if first <= day <= last}
    meant = within if len(within) == 1 else readings
    if not meant:
        raise ValueError(f"'{text}' is no day of the calendar.")
    if len(meant) > 1:
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
