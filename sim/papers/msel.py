"""The run sheet as a table: a scenario's injects in Excel, CSV or JSON, and back into its YAML.

`COLUMNS` says what stands above each column here and in the run sheets of others (HSEEP's, and those of T3SF, OpenAEV
and Conducttr). A column that is none of them is kept with the inject, under `columns`. What comes back changes the
injects that differ, line for line, and leaves the rest of the file as it is.
"""

import datetime
import io
import json
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, get_args

from sim.errors import Diagnostic, InputError, counted, in_words
from sim.model.inputs import turn_of
from sim.papers.sheets import KINDS, Row, Table, as_cell, moment_in, read_table, write_table
from sim.phrases import first_words
from sim.scenario.hints import bare_letters, codes_by_name
from sim.scenario.inject_checks import TO_EVERYBODY_OR_CONTROL
from sim.scenario.loading import Loaded, from_text, load, locate
from sim.scenario.reader import Node, read_text
from sim.scenario.schema import Inject
from sim.text_files import file_text

WIDTH = 120  # of lines that are written
COLUMNS = {
    "id": "Inject #, no, nr, number, id, code, event, inject no, inject number, inject id, msel, msel no, event no, "
    "event number, serial, serial number",
    "turn": "Turn, move, round",
    "date": "Date, exercise date, scenario date, event date",
    "time": "Time, clock, exercise time, event time, inject time, trigger time, trigger, scheduled time, planned time, "
    "start time, exercise date and time, date time, dtg, offset, time offset, depends duration, when to send",
    "title": "Title, subject, headline, inject title, event title, inject name, name, event name",
    "storyline": "Storyline, story line, thread, incident, story, event thread",
    "kind": "Kind, type, inject type, event type",
    "sender": "From, sender, source, originator, simulated sender, inject from, sent by, persona",
    "to": "To, player, players, recipient, recipients, recipient player, recipient players, recipient player s, "
    "audience, team, teams, target, target audience, training audience, sent to, inject to",
    "channel": "Channel, mode, method, delivery, delivery method, delivery mode, medium, means, inject mode, platform, "
    "service, how, injector, injector contract",
    "text": "Text, script, message, body, content, description, inject, inject description, event description, "
    "inject text, scenario event, detailed description, message text",
    "expects": "Expected action, expects, expected actions, expected outcome, expected outcomes, expected response, "
    "expected player action, expected player actions, expected outcome of player action, anticipated response",
    "objectives": "Objectives, objective, exercise objective, capability, core capability, objective demonstrated",
    "control_notes": "Control notes, notes, remarks, comments, comment, controller notes, notes to controller, note",
    "when": "Only when, condition",
    "question": "Question, poll, poll options",
    "effects": "Effects",
}
TITLES = {name: words.split(",")[0].replace("Inject #", "Inject") for name, words in COLUMNS.items()}
CHANNELS = {
    "email": "email mail inject_email openaev_email", "phone": "phone telephone landline mobile voice",
    "chat": "chat sms text discord slack teams telegram whatsapp signal im instantmessage openaev_sms",
    "social": "social socialmedia twitter x facebook tweet post openaev_channel",
    "media": "media tv television press news newspaper web website pressrelease mediapressure",
    "radio": "radio", "call": "call videocall vtc conference", "cable": "cable memo letter fax telegram_cable report",
    "in_person": "inperson verbal facetoface oral handdelivered runner", "brief": "brief briefing slide presentation",
}  # fmt: skip
KIND_WORDS = {
    "inject": "inject expectedaction expectedactionevent event",
    "information": "information contextual info administrative",
    "facilitation": "facilitation control", "contingency": "contingency contingencyinject reserve",
}  # fmt: skip
FOR_WHAT_IS_MISSING = {"sender": "Exercise control", "channel": "brief"}
TEXTS = ("title", "storyline", "sender", "text", "expects", "control_notes", "kind", "channel")
LISTS = ("to", "objectives")
RARE = ("when", "question", "effects", "time")  # columns that are written where an inject says something in them
MOMENT = ("turn", "date", "time")


def _letters(words):
    """A heading in bare letters, as it is looked up: without what every column of a run sheet may begin with."""
    bare = re.sub(r"[\W_]", "", words.casefold())
    return bare.removeprefix("inject") or bare or words.strip()


FIELDS = {
    **{_letters(name.replace("_", " ")): name for name in Inject.model_fields if name not in ("columns", "id")},
    **{_letters(alias): name for name, words in COLUMNS.items() for alias in words.split(",")},
    "#": "id",
    "inject": "id",
}


@dataclass
class Brought:
    """What a sheet brings to a scenario."""

    text: str  # the scenario's file as it should be
    changed: list[str] = field(default_factory=list)  # ids of the injects that differ now
    added: list[str] = field(default_factory=list)  # of those that are new
    absent: list[str] = field(default_factory=list)  # of those that the sheet does not have
    notes: list[str] = field(default_factory=list)  # sentences for whoever asked


# ------------------------------------------------------------------------------------------------------- out of YAML


def sheet_of(loaded: Loaded) -> tuple[list[str], list[list]]:
    """The injects of a scenario as a table in the order of their turns: headings, and rows of cells.

    >>> headings, rows = sheet_of(load("smallest"))
    >>> headings[:4], rows[0][:4]
    (['Inject', 'Turn', 'Date', 'Title'], ['flash', 1, None, 'Registers down'])
    """
    injects = sorted(loaded.scenario.injects, key=lambda inject: turn_of(inject, loaded.scenario))
    said = [values_of(inject) for inject in injects]
    usual = [name for name in COLUMNS if name not in RARE]
    rare = [name for name in Inject.model_fields if name not in ("columns", *usual)]
    names = [name for name in (*usual, *rare) if name in usual or any(values.get(name) for values in said)]
    names.sort(key=[*COLUMNS, *Inject.model_fields].index)
    further = list(dict.fromkeys(heading for inject in injects for heading in inject.columns))
    rows = [
        [*(as_cell(values.get(name)) for name in names), *(inject.columns.get(heading) for heading in further)]
        for inject, values in zip(injects, said, strict=True)
    ]
    return [*(TITLES.get(name, name.replace("_", " ").capitalize()) for name in names), *further], rows


def write_sheet(loaded: Loaded, path: Path) -> None:
    """Writes the run sheet of a scenario; the ending of the path says in what form."""
    headings, rows = sheet_of(loaded)
    choices = {TITLES[name]: get_args(Inject.model_fields[name].annotation) for name in ("kind", "channel")}
    write_table(path, "Run sheet", loaded.scenario.marking, headings, rows, choices)


def values_of(inject: Inject) -> dict[str, Any]:
    """What an inject says, field by field, as it is compared with a sheet; nothing for what it leaves out."""
    values = inject.model_dump(mode="json", exclude_defaults=True)
    values.pop("columns", None)
    if isinstance(inject.date, datetime.datetime):
        values["date"], values["time"] = inject.date.date().isoformat(), f"{inject.date:%H:%M}"
    values |= {"time": values["time"][:5]} if values.get("time") else {}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


# ------------------------------------------------------------------------------------------------------ into YAML


def bring(sheet: Path, scenario: str, who: Mapping[str, str] | None = None) -> Brought:
    """What a run sheet makes of a scenario's file; nothing is written.

    Parameters
    ----------
    sheet : Path
    scenario : path of a scenario's file
    who : names that stand on the sheet, and the codes, group:<name>, control or all that they mean

    Returns
    -------
    Brought; InputError with every fault of the sheet, each by row and column
    """
    path, shown = locate(scenario)
    loaded = load(path)
    text = file_text(path, shown)
    table = read_table(sheet, lambda heading: _letters(heading) in FIELDS)
    reading = _Reading(table, loaded, who or {})
    rows = [reading.read(row) for row in table.rows if not reading.is_heading(row)]
    if reading.faults:
        raise InputError(reading.faults)
    if not rows:
        raise InputError([Diagnostic(str(sheet), 0, 0, "there is no inject below the headings.")])
    brought = _merged(text, shown, loaded, rows)
    brought.notes = list(reading.notes())
    _check(brought, path, table, rows, reading)
    return brought


@dataclass
class Read:
    """A row as it was understood: the values of fields that it has columns for, and the further columns."""

    row: Row
    id: str
    values: dict[str, Any]
    further: dict[str, str]
    further_headings: tuple[str, ...]


class _Reading:
    """Reads the rows of a table, and gathers what is wrong with them."""

    def __init__(self, table: Table, loaded: Loaded, who: Mapping[str, str]):
        self.table, self.scenario = table, loaded.scenario
        self.faults: list[Diagnostic] = []
        self.existing = {inject.id: inject for inject in loaded.scenario.injects}
        self.fields: dict[int, str] = {}
        self.further: list[int] = []
        for column, heading in table.headings.items():
            name = FIELDS.get(_letters(heading))
            if name == "id" and "id" in self.fields.values() and _letters(heading) == "inject":
                name = "text"  # beside a column of numbers the injects themselves
            if name is None or (name in self.fields.values() and name not in ("date", "time")):
                self.further.append(column)
            else:
                self.fields[column] = name
        own = [(code, actor.name) for code, actor in loaded.scenario.actors.items()]
        self.codes = {**codes_by_name(loaded.library, own), **TO_EVERYBODY_OR_CONTROL}
        self.codes |= {bare_letters(name): code for name, code in who.items()}
        self.objectives = {bare_letters(one.text): one.id for one in loaded.scenario.objectives}
        for number, one in enumerate(loaded.scenario.objectives, start=1):
            self.objectives |= {str(number): one.id, f"objective{number}": one.id, bare_letters(one.id): one.id}
        self.seen: dict[str, int] = {}
        self.missing: dict[str, list[int]] = {}
        self.headings: list[str] = []  # rows that are no injects

    def place(self, name: str) -> int:
        """The column of a field, or the first; of what says when, any that does."""
        names = MOMENT if name in MOMENT else (name,)
        return next((column for column, field in self.fields.items() if field in names), 1)

    def is_heading(self, row: Row) -> bool:
        """Whether a row is no inject but a heading among them, such as 'PHASE 2': alone in its row, and no text."""
        (column, cell), *others = row.cells.items()
        is_one = not others and self.fields.get(column) not in ("title", "text") and str(cell) not in self.existing
        self.headings += [f"{row.number} ('{cell}')"] if is_one else []
        return is_one

    def read(self, row: Row) -> Read:
        values: dict[str, Any] = {}
        moment: dict[str, Any] = {}
        for column, name in self.fields.items():
            cell = row.cells.get(column)
            if name in ("date", "time"):
                self._moment(row, column, cell, moment)
            else:
                values[name] = self._value(row, column, name, cell)
        name = self._id(row, values)
        existing, above = self.existing.get(name), self.table.headings
        further = {above[column]: str(row.cells[column]) for column in self.further if column in row.cells}
        headings = tuple(above[column] for column in self.further)
        if existing is None:
            self._fill(row, values)
        if values.get("question") and "text" not in values["question"]:
            values["question"] = {"text": _asked(values, existing), **values["question"]}
        self._place_in_time(row, values, moment, existing)
        return Read(row, name, values, further, headings)

    def _value(self, row, column, name, cell):
        if cell is None:
            return [] if name in LISTS else None
        text = str(cell).strip()
        if name == "turn":
            found = re.fullmatch(r"(?:turn|move|round)?\s*(\d{1,3})", text, re.IGNORECASE)
            if not found:
                self._fault(row, column, f"'{text}' is no turn: write its number.")
            return int(found[1]) if found else None
        if name in LISTS:
            known, between = (self.codes, r"[;,/\n|]|\band\b") if name == "to" else (self.objectives, r"[;,\n|]")
            parts = [text] if bare_letters(text) in known else re.split(between, text)
            return [known.get(bare_letters(part), part.strip()) for part in parts if part.strip()]
        if name in ("channel", "kind"):
            words = CHANNELS if name == "channel" else KIND_WORDS
            near = [key for key, alike in words.items() if bare_letters(text) in (bare_letters(key), *alike.split())]
            return near[0] if near else text
        if name in TEXTS or name == "id":
            return text
        if name == "question" and not text.startswith("{"):
            return self._poll(row, column, text)
        return self._structured(row, column, text)

    def _poll(self, row, column, text):
        """The answers of a poll, as a question of the exercise's own; what it asks stands in the inject's text."""
        answers = [answer.strip() for answer in re.split(r"[|\n]", text) if answer.strip()]
        if len(answers) < 2:
            self._fault(row, column, f"'{text}' leaves no choice: write the answers with bars between, Yes | No.")
        ids = [_slug(answer) or f"answer_{number}" for number, answer in enumerate(answers, 1)]
        return {"options": [{"id": key, "name": answer} for key, answer in zip(ids, answers, strict=True)]}

    def _structured(self, row, column, text):
        """A cell that holds more than a text, as YAML or JSON."""
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError

        try:
            return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))
        except (YAMLError, ValueError, RecursionError):
            self._fault(row, column, f"'{text[:60]}' is not as it would stand in YAML: [{{on: tension, by: 0.05}}].")
        return None

    def _moment(self, row, column, cell, moment):
        if cell is None:
            return
        is_number = isinstance(cell, (int, float)) and not isinstance(cell, bool) or str(cell).isdigit()
        if is_number and re.search("duration|second", self.table.headings[column], re.IGNORECASE):
            cell = datetime.timedelta(seconds=float(cell))
        try:
            day, clock = moment_in(cell, self.scenario.start, self.scenario.calendar.whole_span[1])
        except (ValueError, OverflowError) as error:
            self._fault(row, column, str(error))
            return
        for name, value in (("date", day), ("time", clock)):
            if value is not None and moment.setdefault(name, value) != value:
                said = f"this says {value}, and another column of the row {moment[name]}. Keep one."
                self._fault(row, column, said)

    def _place_in_time(self, row, values, moment, existing):
        """Turn, date and time as a scenario says them: a turn or a date, and not both."""
        values |= {name: None for name in ("date", "time") if name in self.fields.values()}
        day, clock, turn = moment.get("date"), moment.get("time"), values.get("turn")
        if clock is not None:
            values["time"] = f"{clock:%H:%M}"
        if day is None:
            kept = values_of(existing) if existing else {}
            if clock is not None and not turn and kept.get("date") and "date" not in self.fields.values():
                values["date"] = kept["date"]
            return
        values["date"] = day.isoformat()
        if turn:
            found = _turn_on(day, clock, self.scenario)
            if found != turn:
                said = f"{day} is in turn {found}" if found else f"{day} is outside the exercise"
                self._fault(row, self.place("turn"), f"turn {turn} and the date do not agree: {said}. Keep one.")
        values["turn"] = None

    def _id(self, row, values):
        written = values.pop("id", None)
        name = str(written) if written is not None else ""
        if name not in self.existing:
            name = _slug(name or values.get("title") or values.get("text") or "") or f"row_{row.number}"
            name = name if name[0].isalpha() else f"inject_{name}"
        if name in self.seen:
            self._fault(row, self.place("id"), f"row {self.seen[name]} is '{written or name}' too: each needs its own.")
        self.seen.setdefault(name, row.number)
        return name

    def _fill(self, row, values):
        """What a new inject needs and its row does not say, as far as it can be said for it."""
        values["text"] = values.get("text") or values.get("title")
        if not values.get("title") and values["text"]:
            values["title"] = first_words(values["text"].split("\n")[0], lambda said: len(said) <= 60)
        for name, otherwise in FOR_WHAT_IS_MISSING.items():
            if not values.get(name):
                values[name] = otherwise
                self.missing.setdefault(name, []).append(row.number)
        lacks = {"text": "there is nothing to put to anybody: this row has neither text nor title.",
                 "to": "nobody receives this: name an actor, a group, control or all."}  # fmt: skip
        for name in (one for one in lacks if not values.get(one)):
            self._fault(row, self.place(name), lacks[name])

    def notes(self):
        """What was said for rows that did not say it, and what was left out."""
        if self.headings:
            yield f"no inject, as nothing else stands there: row {in_words(self.headings)}."
        for name, rows in self.missing.items():
            had_none = f"{counted(len(rows), 'new inject')} (row {in_words(rows)}) had no '{TITLES[name]}'"
            yield f"{had_none}: '{FOR_WHAT_IS_MISSING[name]}' stands there now."

    def _fault(self, row, column, message):
        self.faults.append(self.table.fault(row.number, column, message))


def _slug(words):
    """The first words of a text as an id, as far as they have letters or digits."""
    return "_".join(re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_").split("_")[:6])


def _asked(values, existing):
    """What a poll asks: the last question in the inject's text, else its title."""
    text = values.get("text") or (existing.text if existing else "")
    found = re.findall(r"[^.!?\n]+\?", text)
    return (found[-1].strip() if found else "") or values.get("title") or (existing.title if existing else "") or text


def _turn_on(day, clock, scenario):
    """The turn that a day falls in, or 0 outside the exercise."""
    moment = datetime.datetime.combine(day, clock or datetime.time())
    turn = scenario.calendar.turn_at(max(scenario.calendar.day_of(moment), 0))
    return turn if turn <= scenario.calendar.turns else 0


# --------------------------------------------------------------------------------------------- line for line


def _merged(text, shown, loaded, rows):
    """The file with the injects that differ written anew, and new ones at the end of the list."""
    root = read_text(text, shown)
    existing = {inject.id: inject for inject in loaded.scenario.injects}
    own = {entry.text_of("id"): entry for entry in root.entries_of("injects")}
    brought = Brought(text)
    lines, ends = text.splitlines(keepends=True), _ends(root, text)
    edits: list[tuple[int, int, str]] = []  # first line, line after the last, what stands there
    new = []
    for read in rows:
        differing, is_new = _differences(read, existing.get(read.id)), read.id not in existing
        if not (is_new or differing):
            continue
        (brought.added if is_new else brought.changed).append(read.id)
        if read.id in own:
            entry = own[read.id]
            first, end = entry.line - 1, ends[read.id]
            edits.append((first, end, _rewritten("".join(lines[first:end]), entry.column - 1, differing, shown)))
        else:  # new, or what another scenario says, said otherwise here
            new.append(_entry({"id": read.id, **differing}))
    if new:
        edits.append(_added(new, root, lines, ends))
    for first, end, words in sorted(edits, reverse=True):
        lines[first:end] = [words]
    brought.text = "".join(lines)
    brought.absent = [name for name in existing if name not in {read.id for read in rows}]
    return brought


def _differences(read, inject):
    """The fields in which a row differs from an inject, or all that it says of a new one; None takes a field away."""
    said = values_of(inject) if inject else {}
    values = read.values  # of the columns that the sheet has
    differing = {name: value for name, value in values.items() if _meant(name, value) != _meant(name, said.get(name))}
    if inject and "time" in differing and isinstance(inject.date, datetime.datetime):
        differing["date"] = values.get("date") or said["date"]  # a clock of its own is said once
    before = dict(inject.columns) if inject else {}
    further = {name: words for name, words in before.items() if name not in read.further_headings} | read.further
    if further != before:
        differing["columns"] = further or None
    return differing


def _meant(name, value):
    """A value as it is compared: nothing said is None."""
    return None if value in (None, "", [], {}) or (name, value) == ("kind", "inject") else value


def _ends(root, text):
    """For each inject of a file, by id, the line after its last."""
    entries, lines = root.entries_of("injects"), text.splitlines()
    starts = [entry.line - 1 for entry in entries]
    ends = {}
    for entry, after in zip(entries, [*starts[1:], len(lines)], strict=False):
        column = _dash(lines, entry)
        end = entry.line
        while end < after and (not lines[end].strip() or _indent(lines[end]) > column):
            end += 1
        while end > entry.line and (not lines[end - 1].strip() or _is_remark(lines[end - 1], column)):
            end -= 1
        ends[entry.text_of("id")] = end
    return ends


def _dash(lines: list[str], entry: Node) -> int:
    """The column, from 0, of the dash before an entry of a list."""
    before = lines[entry.line - 1][: entry.column - 1]
    if before.strip() != "-":
        said = "the injects stand in brackets here, where no row can be set in"
        raise InputError([entry.fault(f"{said}: write them as a list, each after a dash.")])
    return before.index("-")


def _indent(line):
    return len(line) - len(line.lstrip(" "))


def _is_remark(line, column):
    return line.strip().startswith("#") and _indent(line) <= column + 2


def _yaml():
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, WIDTH - 6
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _rewritten(words, column, differing, shown):
    """An entry of a list with other values in some of its fields; `column` is where its keys begin."""
    from ruamel.yaml.error import YAMLError

    dash = words.index("-")
    try:
        entry = _yaml().load(textwrap.dedent(" " * column + words[dash + 1 :].lstrip(" ")))
    except YAMLError:
        said = "this inject refers to another part of the file (*), so it cannot be changed from a sheet: write it out."
        raise InputError([Diagnostic(shown, 0, 0, f"{words.strip().splitlines()[0]}: {said}")]) from None
    texts = [value for value in differing.values() if isinstance(value, str)]
    is_short = entry.fa.flow_style() and not any("\n" in text for text in texts)
    for name, value in differing.items():
        if value in (None, [], ""):
            entry.pop(name, None)
        else:
            entry[name] = _as_written(value, name, entry.get(name), is_short)
    return _dumped(entry, dash, column)


def _entry(values):
    from ruamel.yaml.comments import CommentedMap

    said = [name for name in Inject.model_fields if values.get(name) not in (None, [], "")]
    return CommentedMap((name, _as_written(values[name], name)) for name in said)


def _dumped(entry, dash, column):
    out = io.StringIO()
    _yaml().dump(entry, out)
    words = textwrap.indent(out.getvalue().rstrip("\n") + "\n", " " * column)
    return f"{' ' * dash}-{' ' * (column - dash - 1)}{words[column:]}"


def _added(new, root, lines, ends):
    """Where new entries go, and what stands there."""
    entries = root.entries_of("injects")
    head = ""
    if entries:
        dash, column, at = _dash(lines, entries[0]), entries[0].column - 1, ends[entries[-1].text_of("id")]
    elif node := root.keys.get("injects"):
        dash, column, at = 2, 4, node.line
        lines[at - 1] = "injects:\n"
    else:
        dash, column, at, head = 2, 4, len(lines), "\ninjects:\n"
    if at and lines[at - 1] and not lines[at - 1].endswith("\n"):
        head = f"\n{head}"
    return at, at, head + "".join(f"\n{_dumped(entry, dash, column)}" for entry in new)


def _as_written(value, name, before=None, is_short=False):
    """A value as it is set into YAML, in the manner of what stood there."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if name == "date":
        return datetime.date.fromisoformat(value)
    if isinstance(value, str):
        return _text_as_written(value, name, is_short)
    if isinstance(value, list):
        is_plain = all(isinstance(one, str) for one in value)
        found = CommentedSeq(value if is_plain else [_as_written(one, "") for one in value])
        if is_plain or is_short:
            found.fa.set_flow_style()
        return found
    if isinstance(value, dict):
        found = CommentedMap((key, _inner_as_written(inner)) for key, inner in value.items())
        if name != "columns" and len(str(value)) < WIDTH - 20:
            found.fa.set_flow_style()
        return found
    return value


def _inner_as_written(value):
    is_a_word = isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w:]*", value)
    return value if is_a_word else _as_written(value, "")


def _text_as_written(value, name, is_short):
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString, LiteralScalarString

    if name in ("kind", "channel", "id", "storyline") and re.fullmatch(r"[a-z][a-z0-9_]*", value):
        return value
    if "\n" in value and not is_short and not re.search(r"^\s|\s$", value):
        return LiteralScalarString(value)
    if len(value) > WIDTH - 20 and not is_short and "  " not in value and "\n" not in value:
        folded = FoldedScalarString(value)
        lines = textwrap.wrap(value, WIDTH - 10, break_long_words=False, break_on_hyphens=False)
        folded.fold_pos = [end - 1 for end in accumulate(len(line) + 1 for line in lines[:-1])]
        return folded
    return DoubleQuotedScalarString(value)


# ----------------------------------------------------------------------------------------------------------- checking


def _check(brought, path, table, rows, reading):
    """That the scenario is sound as it would be; what a row brought is told by row and column."""
    try:
        from_text(brought.text, path)
    except InputError as error:
        by_id = {read.id: read for read in rows}
        places = list(_places(brought.text, str(path)))
        faults = [one for fault in error.faults for one in _line_by_line(fault)]
        raise InputError([_on_the_sheet(fault, places, by_id, table, reading) for fault in faults]) from None


def _line_by_line(fault):
    """A fault on its line, and on each of the others on which it was said to be."""
    message, _, others = fault.message.partition(" Also on line")
    for line in [fault.line, *map(int, re.findall(r"\d+", others))]:
        yield replace(fault, line=line, message=message)


def _places(text, shown) -> Iterable[tuple[int, str | None, str]]:
    """(line, id, field) of everything that the injects of a file say, in order."""
    for entry in read_text(text, shown).entries_of("injects"):
        yield entry.line, entry.text_of("id"), "id"
        yield from sorted((key.line, entry.text_of("id"), name) for name, key in entry.keys.items())
    yield len(text.splitlines()) + 1, None, ""


def _on_the_sheet(fault, places, by_id, table, reading):
    before = [place for place in places if place[0] <= fault.line]
    if not before or before[-1][1] not in by_id:
        return fault
    _, name, field_name = before[-1]
    read = by_id[name]
    named = [one for one in (*reading.fields.values(), *MOMENT) if f"'{one}'" in fault.message]
    column = reading.place(named[0] if field_name == "id" and named else field_name)
    return table.fault(read.row.number, column, fault.message)


def is_sheet(path: Path) -> bool:
    """Whether a path names a run sheet rather than a scenario."""
    return path.suffix.lower() in KINDS
