"""Where runs are kept: one folder each, never overwritten, whole or not there at all.

    results/<scenario>-<date>-<time>/
        manifest.json        which scenario, seed, runs, program, versions and command gave these results
        scenario.json        the scenario as it was played, everything it extends merged in
        record.json          one run in full (when one run was played)
        events.jsonl         the same run's events, one a line
        actions.jsonl        what the people in seats chose (when there were any)
        measures.csv         one row for each run and arm, one column for each measure
        series.csv           one row for each turn and run, one column for each quantity
        joined.csv           who joined which response in what share of the runs (many runs)
        formats.csv          which format was called first in what share of the runs (many runs)
        data_dictionary.*    what every file, column, event and field means, with type, unit and range

Everything is written to a folder aside, which takes its name when all of it is there. What a researcher loads:

    pandas.read_csv("results/.../measures.csv")
    pandas.read_json("results/.../events.jsonl", lines=True)
"""

import contextlib
import csv
import datetime
import errno
import importlib.metadata
import itertools
import json
import math
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from sim.errors import Fault, InputError, OceansError
from sim.record.events import EVENT_KINDS, plain
from sim.record.record import Record

SERIES = {
    "tension": "tension between the actors and the adversaries, 0 to 1",
    "perceived_threat": "how threatening cooperation looks to third parties, 0 to 1",
    "standing": "how well the partners are regarded, 0 to 1",
    "readiness": "readiness for NATO's core mission, 0 to 1",
    "pressure": "pressure on the adversaries, 0 to 1",
    "harm": "harm being done at the turn's end, severity summed over victims and acts",
    "strongest_text": "the strongest text adopted so far, 0 to 1",
    "joiners": "states that have responded so far",
    "confidence": "mean confidence that the suspect did it, 0 to 1",
}
LIBRARIES = ("numpy", "scipy", "mesa", "pydantic", "matplotlib")
UNUSABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EISDIR)
FULL = (errno.ENOSPC, errno.EDQUOT)
ARMS = ("played", "without_cooperation")


class RunFolder:
    """A folder for one run's results: filled aside, named when it is whole, gone if the work fails.

    Parameters
    ----------
    out : path, where results lie; made if it is not there
    name : str, the scenario's
    started : datetime, when the run began; default now

    Raises
    ------
    InputError
        if nothing can be written in `out`
    OceansError
        if the disk is full

    >>> with tempfile.TemporaryDirectory() as out:
    ...     with RunFolder(out, "smallest", datetime.datetime(2025, 3, 1, 9, 30)) as folder:
    ...         _ = (folder.aside / "note.txt").write_text("all is well", encoding="utf-8")
    ...     print(folder.path.name, [path.name for path in folder.path.iterdir()])
    smallest-2025-03-01-093000 ['note.txt']
    """

    def __init__(self, out, name, started=None):
        self.out = Path(out)
        self.name = name
        self.started = started or datetime.datetime.now()
        self.aside = None
        self.path = None

    def __enter__(self):
        with advising(self.out):
            self.out.mkdir(parents=True, exist_ok=True)
            self.aside = Path(tempfile.mkdtemp(prefix=f".{self.name}-", suffix=".part", dir=self.out))
            self.aside.chmod(0o777 & ~_umask())
        return self

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.keep()
        elif self.path is None:
            shutil.rmtree(self.aside, ignore_errors=True)

    def keep(self, remark=""):
        """Gives the folder its name and returns its path; another of the same second gets -2, -3, ..."""
        if self.path is not None:
            return self.path
        stem = f"{self.name}-{self.started:%Y-%m-%d-%H%M%S}{f'-{remark}' if remark else ''}"
        for number in itertools.count(1):
            path = self.out / (stem if number == 1 else f"{stem}-{number}")
            if not path.exists() and self._renamed(path):
                self.path = path
                return path

    def _renamed(self, path):
        try:
            os.rename(self.aside, path)
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY):  # somebody else took the name just now
                return False
            raise OceansError(_advice(error, self.out)) from error
        return True


@contextlib.contextmanager
def advising(place):
    """What goes wrong with a file or a folder, as advice."""
    try:
        yield
    except OSError as error:
        if error.errno in UNUSABLE:
            raise InputError([Fault(str(place), 0, 0, _advice(error, place))]) from error
        raise OceansError(f"{place}: error: {_advice(error, place)}") from error


def _advice(error, place):
    if error.errno in FULL:
        return "the disk is full, so nothing of this run was kept. Make room, or name another place with --out."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "nothing may be written here. Name another place with --out, or play without keeping: --no-save."
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
        return "this is a file where a folder is needed. Name another place with --out."
    return f"cannot be written: {error.strerror or error}. Name another place with --out."


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


# ------------------------------------------------------------------------------------------------------- what is kept


def manifest(loaded, seed, runs, command, started, **more):
    """What anyone needs to get the same results again.

    Parameters
    ----------
    loaded : sim.scenario.Loaded
    seed, runs : int
    command : list of str, as given at the terminal
    started : datetime
    more : whatever else shaped the run: seats, policies, actions
    """
    return plain(
        {
            "scenario": {"name": loaded.name, "title": loaded.scenario.title, "digest": loaded.digest},
            "seed": seed,
            "runs": runs,
            **more,
            "command": command,
            "started": started.isoformat(timespec="seconds"),
            "versions": versions(),
            "platform": platform.platform(),
        }
    )


def versions():
    """The versions of the program, of Python, and of the libraries in use."""
    found = {"two-oceans": _version("two-oceans"), "python": platform.python_version()}
    return found | {name: _version(name) for name in LIBRARIES if name in sys.modules}


def _version(distribution):
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def save(folder, loaded, outcomes, record=None, manifest=None):
    """Writes everything about a run, or many, into a folder.

    Parameters
    ----------
    folder : path, usually `RunFolder.aside`
    loaded : sim.scenario.Loaded
    outcomes : Outcomes
    record : Record, if one run was played in full
    manifest : dict, from `manifest`
    """
    folder = Path(folder)
    with advising(folder.parent):
        _write_json(folder / "manifest.json", manifest or {}, indent=2)
        _write_json(folder / "scenario.json", plain(loaded.document), indent=2)
        write_measures(folder / "measures.csv", outcomes)
        write_series(folder / "series.csv", outcomes)
        write_dictionary(folder)
        if record is not None:
            _write_lines(folder / "record.json", [record.to_json()])
            _write_lines(folder / "events.jsonl", [event.to_json() for event in record.events])
        else:
            write_joined(folder / "joined.csv", outcomes)
            write_formats(folder / "formats.csv", outcomes)


def read_record(folder):
    """The record of a run that was kept.

    Parameters
    ----------
    folder : path, a run's folder or its `record.json`

    Raises
    ------
    InputError
        if there is none, or it is not a record
    """
    path = Path(folder)
    path = path / "record.json" if path.is_dir() else path
    try:
        return Record.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = "there is no record here. A run's folder holds one when one run was played: `oceans run SCENARIO`."
    except OSError as error:
        message = f"cannot be read: {error.strerror}."
    except (ValueError, KeyError, TypeError):
        message = "this is not the record of a run."
    raise InputError([Fault(str(path), 0, 0, message)])


# ------------------------------------------------------------------------------------------------------------- tables


def write_measures(path, outcomes):
    """One row for each run and arm, one column for each measure; an empty cell where a measure does not apply."""
    names, nothing = list(outcomes.measures), [math.nan] * outcomes.runs
    arms = [(ARMS[0], outcomes.measures)]
    if outcomes.measures_without is not None:
        arms.append((ARMS[1], outcomes.measures_without))
    rows = (
        [outcomes.first_run + run, arm, *row]
        for arm, measures in arms
        for run, row in enumerate(zip(*(_cells(measures.get(name, nothing)) for name in names), strict=True))
    )
    _write_table(path, ["run", "arm", *names], rows)


def write_series(path, outcomes):
    """One row for each turn and run, one column for each quantity."""
    names = list(outcomes.series)
    turns = len(outcomes.series[names[0]]) if names else 0
    rows = (
        [outcomes.first_run + run, turn + 1, *row]
        for turn in range(turns)
        for run, row in enumerate(zip(*(_cells(outcomes.series[name][turn]) for name in names), strict=True))
    )
    _write_table(path, ["run", "turn", *names], rows)


def write_joined(path, outcomes):
    """The share of runs in which each actor joined each response to each act."""
    rows = (
        [act, response, actor, float(share)]
        for act, by_response in outcomes.joined.items()
        for response, by_actor in by_response.items()
        for actor, share in by_actor.items()
    )
    _write_table(path, ["act", "response", "actor", "share_of_runs"], rows)


def write_formats(path, outcomes):
    """The share of runs in which each act was first taken to each format."""
    rows = ([act, name, float(share)] for act, shares in outcomes.formats.items() for name, share in shares.items())
    _write_table(path, ["act", "format", "share_of_runs"], rows)


def _cells(values):
    """Numbers as a table holds them: every digit, whole numbers without a point, nothing for nan."""
    values = values.tolist() if hasattr(values, "tolist") else values
    return [_cell(value) for value in values]


def _cell(value):
    if isinstance(value, float) and math.isnan(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _write_table(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)


def _write_lines(path, lines):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def _write_json(path, data, **layout):
    _write_lines(path, [json.dumps(data, ensure_ascii=False, **layout)])


# ---------------------------------------------------------------------------------------------------- data dictionary


def dictionary_rows():
    """Every column and field of the files above: (file, where, field, meaning, type, unit, range)."""
    from sim.record.measures import MEASURES

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
    for file, column in (("joined.csv", "response"), ("formats.csv", "format")):
        yield (file, "", "act", "id of the hostile act", "text", "", "")
        yield (file, "", column, f"key of the {column}, as in the library", "text", "", "")
        if column == "response":
            yield (file, "", "actor", "code of the actor", "code", "", "")
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
    rows = list(dictionary_rows())
    columns = ["file", "event", "field", "meaning", "type", "unit", "range"]
    _write_table(Path(folder) / "data_dictionary.csv", columns, rows)
    _write_lines(Path(folder) / "data_dictionary.md", _dictionary_lines(rows))


def _dictionary_lines(rows):
    yield "# Data dictionary"
    yield ""
    yield "An empty cell in a table, and null in JSON, mean: does not apply, or is not known."
    for file in ("measures.csv", "series.csv", "joined.csv", "formats.csv"):
        yield from ("", f"## {file}", "", *_markdown_table(row for row in rows if row[0] == file))
    yield from ("", "## events.jsonl", "")
    yield "Every event has seq (its place in the run), turn (0 is before the first), day (since the first day), date,"
    yield "phase, kind, actor and act (null where there is none) and payload, whose fields are these:"
    for kind, entry in EVENT_KINDS.items():
        who = f" Actor: {entry.actor}." if entry.actor else ""
        about = " About one act." if entry.act else ""
        phase = f"{entry.phase} or {entry.other_phase}" if entry.other_phase else entry.phase
        yield from ("", f"### {kind}", "", f"{entry.description} Phase: {phase}.{who}{about}")
        if entry.fields:
            yield from ("", *_markdown_table(row for row in rows if row[1] == kind))


def _markdown_table(rows):
    yield "| Field | Meaning | Type | Unit | Range |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row[2:])} |"
