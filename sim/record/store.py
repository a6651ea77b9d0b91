"""Where runs are kept: one folder each, never overwritten, whole or not there at all.

    results/<scenario>-<date>-<time>/
        manifest.json        which scenario, seed, runs, program, versions and command gave these results; digests of
                             the files beside it, and of what it says itself
        scenario.json        the scenario as it was played, everything it extends merged in
        record.json          one run in full (when one run was played)
        events.jsonl         the same run's events, one a line
        actions.jsonl        what the people in seats chose (when there were any)
        measures.csv         one row for each run and arm, one column for each measure
        series.csv           one row for each turn and run, one column for each quantity
        joined.csv           who joined which response in what share of the runs (many runs)
        formats.csv          which format was called first in what share of the runs (many runs)
        answers.csv          who answered injects' questions how in what share of the runs (many runs, with questions)
        attachments/         the files that the scenario's injects name (when there are any)
        data_dictionary.*    what every file, column, event and field means, with type, unit and range

Everything is written to a folder aside, which takes its name when all of it is there. What a researcher loads:

    pandas.read_csv("results/.../measures.csv")
    pandas.read_json("results/.../events.jsonl", lines=True)
"""

import contextlib
import csv
import datetime
import errno
import hashlib
import importlib.metadata
import io
import itertools
import json
import math
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path, PureWindowsPath
from typing import Annotated, Any

from pydantic import Field

from sim.errors import Diagnostic, InputError, OceansError, did_you_mean
from sim.letters import is_number
from sim.model.events import EVENT_KINDS, plain
from sim.own_code import source_digest
from sim.policies import OWN
from sim.record.reading import Kept, check_digest, damaged, file_digest, file_name, read_checked, read_json, read_rows
from sim.scenario.wording import DIGEST_PATTERN, FILE_NAME_PATTERN

SERIES = {
    "tension": "tension between the actors and the adversaries, 0 to 1",
    "perceived_threat": "how threatening cooperation looks to third parties, 0 to 1",
    "standing": "how well the partners are regarded, 0 to 1",
    "readiness": "readiness for NATO's core mission, 0 to 1",
    "pressure": "pressure on the adversaries, 0 to 1",
    "harm": "harm being done at the turn's end, severity summed over victims and incidents",
    "strongest_text": "the strongest text adopted so far, 0 to 1",
    "joiners": "states that have responded so far",
    "confidence": "mean confidence that the suspect did it, 0 to 1",
}
LIBRARIES = ("numpy", "scipy", "mesa", "pydantic", "matplotlib")
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
UNUSABLE = (*FORBIDDEN, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EISDIR)
FULL = (errno.ENOSPC, errno.EDQUOT)
MANIFEST = "manifest.json"
SESSION = "session.jsonl"  # what was put into an exercise with people
ARMS = ("played", "without_cooperation")
SHARES = {  # tables of shares of many runs, each with its columns
    "joined.csv": ("incident", "response", "actor"),
    "formats.csv": ("incident", "format"),
    "answers.csv": ("inject", "option", "actor"),
}
WRITTEN = ("scenario.json", "measures.csv", "series.csv", "record.json", "events.jsonl", *SHARES)
ANEW = "Put back a copy of it, or play it anew with `oceans run`."
MOST_FAULTS = 20
LARGEST_COUNT = 10**10
FORMULA = (*"=+-@\t\r＝＋－＠",)  # what a spreadsheet takes for the beginning of one


class RunFolder:
    """A folder for one run's results in `out`: filled aside, named when it is whole, gone if the work fails.

    It goes by the scenario's name and when the run started. InputError if nothing can be written in `out`, OceansError
    if the disk is full.

    >>> with tempfile.TemporaryDirectory() as out:
    ...     with RunFolder(out, "smallest", datetime.datetime(2025, 3, 1, 9, 30)) as folder:
    ...         _ = (folder.aside / "note.txt").write_text("all is well", encoding="utf-8")
    ...     print(folder.path.name, [path.name for path in folder.path.iterdir()])
    smallest-2025-03-01-093000 ['note.txt']
    """

    def __init__(self, out, name, started=None):
        self.out = Path(out)
        self.name = file_name(name)
        self.started = started or datetime.datetime.now()
        self.aside = None
        self.path = None
        self.is_precious = False  # holds what somebody has answered, and stays whatever happens

    def __enter__(self):
        with advising(self.out):
            self.out.mkdir(parents=True, exist_ok=True)
            self.aside = Path(tempfile.mkdtemp(prefix=f".{self.name}-", suffix=".part", dir=self.out))
            self.aside.chmod(0o777 & ~_umask())
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.keep()
        elif self.path is None and not self.is_precious:
            shutil.rmtree(self.aside, ignore_errors=True)

    def keep(self):
        """Gives the folder its name and returns its path; another of the same second gets -2, -3, ..."""
        if self.path is None:
            self.path = self._named()
        return self.path

    def show(self, remark):
        """Lets the folder be seen while it is filled, under its name and a remark; from now on it stays."""
        self.aside = self._named(f"-{remark}")
        self.is_precious = True

    def _named(self, remark=""):
        stem = f"{self.name}-{self.started:%Y-%m-%d-%H%M%S}{remark}"
        for number in itertools.count(1):
            path = self.out / (stem if number == 1 else f"{stem}-{number}")
            if not path.exists() and self._renamed(path):
                return path

    def _renamed(self, path):
        try:
            os.rename(self.aside, path)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY):  # somebody else took the name just now
                return False
            raise OceansError(_advice(error)) from error
        return True


@contextlib.contextmanager
def advising(place, advice=None):
    """What goes wrong with a file or a folder, as advice: as for a run, or in the words of `advice`, of the error."""
    try:
        yield
    except OSError as error:
        said = (advice or _advice)(error)
        if error.errno in UNUSABLE:
            raise InputError([Diagnostic(str(place), 0, 0, said)]) from error
        raise OceansError(f"{place}: error: {said}") from error


def _advice(error):
    if error.errno in FULL:
        return "the disk is full, so nothing of this run was kept. Make room, or name another place with --out."
    if error.errno in FORBIDDEN:
        return "nothing may be written here. Name another place with --out, or play without keeping: --no-save."
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
        return "this is a file where a folder is needed. Name another place with --out."
    return f"cannot be written: {error.strerror or error}. Name another place with --out."


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


# ------------------------------------------------------------------------------------------------------- what is kept


# what a manifest may say, of runs or of a sweep
Digest = Annotated[str, Field(pattern=DIGEST_PATTERN)]
FileName = Annotated[str, Field(pattern=FILE_NAME_PATTERN, max_length=120)]
Line = Annotated[str, Field(pattern=r"^[^\n\r]*$", max_length=1000)]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Many = Annotated[int, Field(ge=1, le=LARGEST_COUNT)]
Seed = Annotated[int, Field(ge=0)]


class ScenarioFacts(Kept):
    """Which scenario was played; its name becomes part of a folder's."""

    name: FileName
    title: str
    digest: Digest


class RunManifest(Kept):
    """What `oceans run` and `oceans replay` keep of how they played.

    `files` has a digest of each file beside it, `digest` that of all else it says: neither is there in folders written
    before there were such digests.
    """

    scenario: ScenarioFacts
    seed: Seed
    runs: Many
    seats: list[Line] = []
    policies: dict[Line, Line] = {}
    actions: list[str] = []
    releases: list[Line] = []
    is_finished: bool | None = None
    seconds: float | None = None
    run: Count | None = None
    replayed: dict[str, Any] | None = None
    proof: str | None = None
    command: list[str]
    started: Line
    versions: dict[Line, Line]
    platform: Line
    own_code: dict[Line, Digest] = {}
    files: dict[FileName, Digest] | None = None
    digest: Digest | None = None


def manifest(loaded, seed, runs, command, started, **more):
    """What anyone needs to get the same results again; policies of one's own come with a digest of their source.

    `command` is the list of words given at the terminal; `more` what else shaped the run: seats, policies, actions.
    """
    return plain(
        {
            "scenario": scenario_facts(loaded),
            "seed": seed,
            "runs": runs,
            **more,
            "command": command,
            "started": started.isoformat(timespec="seconds"),
            "versions": versions(),
            "platform": platform.platform(),
            **({"own_code": {words: source_digest(one) for words, one in OWN.items()}} if OWN else {}),
        }
    )


def scenario_facts(loaded):
    """Which scenario was played, as a manifest has it."""
    return {"name": file_name(loaded.name), "title": loaded.scenario.title, "digest": loaded.digest}


def versions():
    """The versions of the program, of Python, and of the libraries in use."""
    found = {"two-oceans": version_of("two-oceans"), "python": platform.python_version()}
    return found | {name: version_of(name) for name in LIBRARIES if name in sys.modules}


def version_of(distribution) -> str:
    """The version of an installed distribution, or "unknown"."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def signed(facts) -> dict:
    """A manifest with the digest of all it says, by which `read_manifest` knows it again."""
    return {**facts, "digest": _digest_of(facts)}


def _digest_of(facts):
    said = {name: value for name, value in facts.items() if name != "digest"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def save(folder, loaded, outcomes, record=None, manifest=None):
    """Writes everything about a run, or many, into a folder such as `RunFolder.aside`; the record is of one in full."""
    folder = Path(folder)
    with advising(folder.parent):
        write_json(folder / "scenario.json", plain(loaded.document))
        _write_attachments(folder / "attachments", loaded.attached)
        write_measures(folder / "measures.csv", outcomes)
        write_series(folder / "series.csv", outcomes)
        if record is not None:
            _write_lines(folder / "record.json", [record.to_json()])
            _write_lines(folder / "events.jsonl", [event.to_json() for event in record.events])
        else:
            for name, shares in zip(SHARES, (outcomes.joined, outcomes.formats, outcomes.answers), strict=True):
                if shares or name != "answers.csv":
                    write_table(folder / name, [*SHARES[name], "share_of_runs"], _leaves(shares))
        files = {name: file_digest(folder / name) for name in WRITTEN if (folder / name).exists()}
        write_json(folder / MANIFEST, signed({**(manifest or {}), "files": files}))
        write_dictionary(folder)


def _write_attachments(folder, attached):
    """The files that injects name, under the paths that they name."""
    for name, contents in attached.items():
        path = folder.joinpath(*PureWindowsPath(name).parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)


def write_json(path, data, indent=2):
    """Data as a JSON file; see `as_json`."""
    Path(path).write_text(as_json(data, indent), encoding="utf-8", newline="\n")


def as_json(data, indent=2) -> str:
    """Data as the text of a JSON file: every letter as it is, and a line end last; `indent` None: on one line.

    >>> as_json({"seed": 1, "title": "café"}, indent=None)
    '{"seed": 1, "title": "café"}\\n'
    """
    return json.dumps(data, indent=indent, ensure_ascii=False) + "\n"


# ------------------------------------------------------------------------------------------------------- what was kept


def read_manifest(folder) -> dict:
    """What a run's folder says of how it was played; InputError when it is not what was written."""
    path = Path(folder) / MANIFEST
    facts = read_checked(path, RunManifest, ANEW)
    if facts.get("digest") not in (None, _digest_of(facts)):  # there is none in what was written before digests were
        raise damaged(path, "damaged or changed: it does not say what was written.", ANEW)
    return facts


def read_document(folder, manifest, remedy=ANEW) -> dict:
    """The scenario that a folder keeps, as plain data; InputError when it is not as it was written."""
    path = Path(folder) / "scenario.json"
    check_digest(path, _digest_in(manifest, path), remedy)
    document = read_json(path, remedy)
    if not isinstance(document, dict):
        raise damaged(path, "damaged: this is no scenario.", remedy)
    return document


def read_scenario(folder, manifest, remedy=ANEW):
    """The scenario that a folder keeps, checked like a file: Loaded.

    InputError when it is not as it was written, or does not go with the library as it is now.
    """
    from sim.scenario import from_document

    document = read_document(folder, manifest, remedy)
    try:
        return from_document(document, manifest["scenario"]["name"])
    except InputError as error:
        said = f"this is no sound scenario, or the library has changed since: {error.faults[0].message}"
        raise damaged(Path(folder) / "scenario.json", said, remedy) from None


def _digest_in(manifest, path):
    return (manifest.get("files") or {}).get(path.name)


def read_measures(folder, manifest) -> dict:
    """The measures of every run as it was played, by the run's number and by name, for a manifest that was checked.

    InputError with the line of each cell that cannot be.
    """
    path = Path(folder) / "measures.csv"
    check_digest(path, _digest_in(manifest, path), ANEW)
    rows = read_rows(path, ANEW)
    head: tuple[int, str, list] = next(rows, (0, "", []))
    names = _measures_named(path, *head)
    found, faults = {}, []
    for number, text, cells in rows:
        try:
            run, arm = int(cells[0]), ARMS.index(cells[1])
            values = [float(cell or "nan") for cell in cells[2:]]
            if len(values) != len(names) or run in found and arm == 0:
                raise ValueError
        except (ValueError, IndexError):
            message = f"damaged: this is not the row of a run. {ANEW}"
            faults.append(Diagnostic(str(path), number, 1, message, text, len(text)))
            if len(faults) == MOST_FAULTS:
                break
        else:
            if arm == 0:
                found[run] = dict(zip(names, values, strict=True))
    if faults:
        raise InputError(faults)
    return found


def _measures_named(path, number, text, cells):
    from sim.catalogue.measures import MEASURES

    names = cells[2:]
    if cells[:2] != ["run", "arm"] or len(set(names)) < len(names):
        raise damaged(path, "damaged: its first row does not name the columns.", ANEW)
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        said = f"there is no measure '{unknown[0]}'. {did_you_mean(unknown[0], MEASURES)} {ANEW}"
        raise InputError([Diagnostic(str(path), number, 1, said, text)])
    return names


# ------------------------------------------------------------------------------------------------------------- tables


def write_measures(path, outcomes):
    """One row for each run and arm, one column for each measure; an empty cell where a measure does not apply."""
    names, nothing = list(outcomes.measures), [math.nan] * outcomes.runs
    rows = (
        [run, arm, *row]
        for arm, measures in zip(ARMS, (outcomes.measures, outcomes.baseline_measures), strict=True)
        if measures is not None
        for run, row in enumerate(_rows(measures.get(name, nothing) for name in names), outcomes.first_run)
    )
    write_table(path, ["run", "arm", *names], rows)


def write_series(path, outcomes):
    """One row for each turn and run, one column for each quantity."""
    names = list(outcomes.series)
    rows = (
        [run, turn, *row]
        for turn, values in enumerate(zip(*outcomes.series.values(), strict=True), start=1)
        for run, row in enumerate(_rows(values), outcomes.first_run)
    )
    write_table(path, ["run", "turn", *names], rows)


def _leaves(shares, *keys):
    """One row for each share of runs: the keys within keys that lead to it, and the share."""
    if not isinstance(shares, dict):
        yield [*keys, float(shares)]
        return
    for key, inner in shares.items():
        yield from _leaves(inner, *keys, key)


def _rows(columns):
    """Rows of a table from its columns, arrays or lists of numbers."""
    listed = [column if isinstance(column, list) else column.tolist() for column in columns]
    return zip(*(map(_cell, column) for column in listed), strict=True)


def _cell(value):
    """A number as a table holds it: every digit, a whole one without a point, nothing for nan."""
    if isinstance(value, float) and math.isnan(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def write_table(path, columns, rows, with_commas=False):
    """A table as a CSV file; see `fill_table`. With commas it has the mark by which Excel knows UTF-8."""
    with open(path, "w", encoding="utf-8-sig" if with_commas else "utf-8", newline="") as file:
        fill_table(file, columns, rows, with_commas)


def fill_table(file, columns, rows, with_commas=False):
    """Writes a table as CSV: nothing where a cell is None or nan, and no text that a spreadsheet takes for a formula.

    The file is open for text, with `newline=""`. With commas: decimal commas, and semicolons between cells, as
    spreadsheets of many countries read.

    >>> fill_table(sys.stdout, ["arm", "harm"], [["=1+1", -0.5], ["-0.5", math.nan]])
    arm,harm
    '=1+1,-0.5
    -0.5,
    >>> fill_table(sys.stdout, ["arm", "harm"], [["a;b", 0.5]], with_commas=True)
    arm;harm
    "a;b";0,5
    """
    table = csv.writer(file, delimiter=";" if with_commas else ",", lineterminator="\n")
    table.writerows([_written(cell, with_commas) for cell in row] for row in itertools.chain([columns], rows))


def _written(cell, with_commas):
    """A cell as a file holds it: an apostrophe before text that would be a formula, which spreadsheets do not show."""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(FORMULA) and not is_number(cell) else cell
    if cell is None or cell != cell:
        return ""
    return str(cell).replace(".", ",") if with_commas and isinstance(cell, float) else cell


def _write_lines(path, lines):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


# ---------------------------------------------------------------------------------------------------- data dictionary


def dictionary_rows():
    """Every column and field of the files above: (file, where, field, meaning, type, unit, range)."""
    from sim.catalogue.measures import MEASURES

    run = ("run", "number of the run, from 0", "integer", "", "from 0")
    yield ("measures.csv", "", *run)
    yield ("measures.csv", "", "arm", "as played, or the same run without the cooperation", "text", "", ", ".join(ARMS))
    for measure in MEASURES.values():
        yield ("measures.csv", "", measure.name, measure.description, "number", measure.unit, "")
    yield ("series.csv", "", *run)
    yield ("series.csv", "", "turn", "turn, from 1", "integer", "", "from 1")
    for name, meaning in SERIES.items():
        yield ("series.csv", "", name, meaning, "number", "", "")
    yield from _event_rows()
    keys = {"actor": "code", "response": "key", "format": "key"}
    for file, columns in SHARES.items():
        for column in columns:
            key = keys.get(column, "id")
            meaning = f"{key} of the {column}" + (", as in the library" if key == "key" else "")
            yield (file, "", column, meaning, "code" if key == "code" else "text", "", "")
        yield (file, "", "share_of_runs", "share of runs in which it happened", "number", "dimensionless", "0 to 1")


def _event_rows():
    for kind, entry in EVENT_KINDS.items():
        for field in entry.fields:
            kind_of = f"{field.type}{', may be null' if field.optional else ''}"
            yield ("events.jsonl", kind, field.name, field.meaning, kind_of, field.unit, field.range)
            for term in field.terms:
                name = f"{field.name}.{term.name}"
                yield ("events.jsonl", kind, name, term.meaning, term.type, term.unit, term.range)


def write_dictionary(folder):
    """What every file, column and field means: once to read, once to load."""
    for name, text in dictionary_files(list(dictionary_rows())).items():
        (Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")


def dictionary_files(rows):
    """The same of other rows: dict of a file's name to its text."""
    table = io.StringIO(newline="")
    fill_table(table, ["file", "event", "field", "meaning", "type", "unit", "range"], rows)
    return {"data_dictionary.csv": table.getvalue(), "data_dictionary.md": "\n".join([*_dictionary_lines(rows), ""])}


def _dictionary_lines(rows):
    yield "# Data dictionary"
    yield ""
    yield "An empty cell in a table, and null in JSON, mean: does not apply, or is not known."
    for file in dict.fromkeys(row[0] for row in rows if not row[1]):
        yield from ("", f"## {file}", "", *_markdown_table(row for row in rows if row[0] == file))
    if any(row[1] for row in rows):
        yield from _lines_of_events(rows)


def _lines_of_events(rows):
    yield from ("", "## events.jsonl", "")
    yield "Every event has seq (its place in the run), turn (0 is before the first), day (since the first day), date,"
    yield "phase, kind, actor and incident (null where there is none) and payload, whose fields are these:"
    for kind, entry in EVENT_KINDS.items():
        who = f" Actor: {entry.actor}." if entry.actor else ""
        about = " About one incident." if entry.incident else ""
        phase = f"{entry.phase} or {entry.other_phase}" if entry.other_phase else entry.phase
        yield from ("", f"### {kind}", "", f"{entry.description} Phase: {phase}.{who}{about}")
        if entry.fields:
            yield from ("", *_markdown_table(row for row in rows if row[1] == kind))


def _markdown_table(rows):
    yield "| Field | Meaning | Type | Unit | Range |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row[2:])} |"
