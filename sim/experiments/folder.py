"""A sweep's folder: what was planned, what has been played, and how to go on.

    results/<scenario>-sweep-<date>-<time>/
        manifest.json     the plan: scenario, design, seed, blocks, versions, digests of the files beside it; at the
                          end, every block with its check
        scenario.json     the scenario as written, everything it extends merged in
        points.npy        one row for each point, one column for each factor
        shards/000000.npy ...   one file for each block of runs
        failures.csv      the runs that failed, with stage and reason (at the end)
        results.csv       one row for each run (at the end, of up to 100,000 runs)
        log.jsonl         one line for each sitting: command, machine, workers, seconds

All but `log.jsonl` has the same bytes whoever plays it, on however many processes, killed and resumed or not. What is
read back is compared with its digest first, and nothing that the manifest says is believed before it is checked.
"""

import contextlib
import datetime
import functools
import hashlib
import io
import itertools
import json
import os
import platform
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.catalogue.measures import MEASURES
from sim.errors import Diagnostic, InputError, OceansError
from sim.experiments.blocks import Damaged, Study, block_size, columns_of, failures_of, read_shard, shard_name, task_of
from sim.experiments.design import Design, make_design
from sim.experiments.keep import Kept, kept_of
from sim.experiments.manifest import FORMAT, SweepManifest, disagreements, order_of, plan_digest
from sim.experiments.own import NOTHING_OWN, Own, own_of
from sim.experiments.phrases import describe
from sim.record.reading import (
    check_digest,
    check_file,
    check_folder,
    damaged,
    file_digest,
    file_name,
    read_array,
    read_checked,
    read_json,
)
from sim.record.store import (
    FORBIDDEN,
    FULL,
    UNUSABLE,
    advising,
    as_json,
    fill_table,
    plain,
    read_document,
    read_scenario,
    scenario_facts,
    signed,
    version_of,
)

MANIFEST, SCENARIO, POINTS, SHARDS, FAILURES, LOG = (
    "manifest.json", "scenario.json", "points.npy", "shards", "failures.csv", "log.jsonl"
)  # fmt: skip
FAILURE = ("run", "point", "replication", "stage", "reason")
PART = ".part"
BIT_CHANGERS = ("two-oceans", "numpy", "scipy")  # programs whose versions may change bits
PLAYS = ("draws.py", "engine.py", "errors.py", "own_code.py", "scenario", "rules", "catalogue", "model", "policies")
ANEW = f"Put back a copy of it, or begin the sweep anew: {LOG} has the command."


class SweepFolder:
    """The folder of one sweep, with its design, whose points are mapped into memory, and code of one's own."""

    def __init__(self, path: Path, manifest: dict, design: Design, own: Own = NOTHING_OWN) -> None:
        self.path, self.manifest, self.design, self.own = Path(path), manifest, design, own
        self.before: Any = None  # runs of an earlier sweep that need not be played again: see `sim.experiments.asked`

    # ------------------------------------------------------------------------------------------------ what it says

    @property
    def plan(self) -> str:
        """The digest of the plan: sweeps with the same plan give the same bytes."""
        return self.manifest["plan"]

    @property
    def size(self) -> int:
        """How many runs a block has; the last may have fewer."""
        return self.manifest["blocks"]["size"]

    @property
    def runs(self) -> int:
        """How many runs the whole sweep has."""
        return self.manifest["blocks"]["runs"]

    @property
    def shard(self) -> tuple[int, int] | None:
        """(number, of how many), when this folder is for some of the blocks only; else None."""
        return tuple(self.manifest["shard"]) if self.manifest.get("shard") else None

    @property
    def is_finished(self) -> bool:
        """Whether every block of this folder is there."""
        return bool(self.manifest["finished"])

    def numbers(self) -> Sequence[int]:
        """The blocks that are played in this folder; of a sweep that ended early, those that it has."""
        if self.is_finished:
            return [block["block"] for block in self.manifest["shards"]]
        number, of = self.shard or (1, 1)
        return range(number - 1, self.manifest["blocks"]["count"], of)

    def order(self) -> list[int]:
        """The blocks in the order in which they are played."""
        ours = set(self.numbers())
        return [number for number in order_of(self.manifest) if number in ours]

    def runs_in(self, number: int) -> int:
        """How many runs a block has."""
        return min(self.size, self.runs - number * self.size)

    def runs_of(self, number: int) -> np.ndarray:
        """The indices of the runs of a block."""
        return number * self.size + np.arange(self.runs_in(number))

    @property
    def runs_here(self) -> int:
        """How many runs are played in this folder."""
        return sum(self.runs_in(number) for number in self.numbers())

    def shard_path(self, number: int) -> Path:
        """The file of a block."""
        return self.path / SHARDS / shard_name(number)

    def read(self, number: int, whole=False):
        """The shard of a block; Damaged when it is not what it should be, or not there."""
        first, check = number * self.size, self._checks.get(number)
        return read_shard(
            self.shard_path(number), self.plan, number, first, self.runs_in(number), whole, self.columns, check
        )

    @functools.cached_property
    def columns(self):
        """Name, type and shape of all that its blocks hold of their runs."""
        return columns_of(self.manifest["measures"], self.kept, self.manifest["baseline"])

    @property
    def all_columns(self):
        """The same with the digest and the status of each run."""
        return [("digest", "<u8", ()), *self.columns, ("status", "i1", ())]

    @functools.cached_property
    def kept(self) -> Kept:
        """What is kept of each run beside its measures."""
        return Kept.from_facts(self.manifest["kept"])

    @property
    def _checks(self):
        """The check of each block that was played, once all are."""
        return {block["block"]: block["check"] for block in self.manifest.get("shards") or ()}

    def present(self) -> list[int]:
        """The blocks of which there is a file, sound or not."""
        try:
            names = set(os.listdir(self.path / SHARDS))
        except FileNotFoundError:
            names = set()
        except OSError as error:
            raise damaged(self.path / SHARDS, f"cannot be read: {error.strerror}.") from None
        stems = (name.removesuffix(".npy") for name in names if name.endswith(".npy"))
        found = {int(stem) for stem in stems if stem.isascii() and stem.isdecimal() and len(stem) < 9}
        ours = self.numbers()
        return sorted(number for number in found if number in ours and shard_name(number) in names)

    def task(self, number: int):
        """A block, ready to be played."""
        known = self.before.known(self.runs_of(number)) if self.before else None
        return task_of(self.design, number, self.size, known)

    # ------------------------------------------------------------------------------------------------ going on

    def played(self, whole=True, warn=None) -> set[int]:
        """The blocks that are there and sound; `warn` is told of each Damaged one."""
        there = set()
        for number in self.present():
            try:
                self.read(number, whole)
                there.add(number)
            except Damaged as damage:
                if warn:
                    warn(damage)
        return there

    def tidy(self):
        """Takes away what a process that was killed had begun to write."""
        for folder in (self.path, self.path / SHARDS):
            for part in folder.glob(f".*{PART}"):
                with contextlib.suppress(OSError):
                    part.unlink()

    def finish(self, numbers=None):
        """Writes the list of failures, and into the manifest each block with its check; takes away all other blocks."""
        blocks, failures, ours = [], [], self.numbers() if numbers is None else sorted(numbers)
        for number in set(self.present()) - set(ours):
            self.shard_path(number).unlink()
        for number in ours:
            record = self.read(number)
            about = {name: record[name][0].item() for name in ("block", "runs", "failed")}
            blocks.append(about | {"check": record["check"][0].decode(), "bytes": record.offset + record.nbytes})
            failures += failures_of(record)
        self.tidy()
        write_aside(self.path / FAILURES, _failures_table(failures, self.design))
        done = {"finished": True, "failed": len(failures), "shards": blocks}
        self.manifest = signed({**self.manifest, **done})
        write_json_aside(self.path / MANIFEST, self.manifest)

    def note(self, **facts):
        """Adds a line to the log; that it cannot be written is no reason to stop."""
        facts = {"at": datetime.datetime.now().isoformat(timespec="seconds"), "machine": platform.node(), **facts}
        with contextlib.suppress(OSError, InputError):
            if os.path.lexists(self.path / LOG):
                check_file(self.path / LOG)  # a link would lead out of the folder
            with open(self.path / LOG, "a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(plain(facts)) + "\n")

    def study(self, loaded, play=None) -> Study:
        """What a worker needs to play the blocks of this folder, which was made of a scenario."""
        from sim.scenario import load_library, varied

        held = varied(loaded, self.design.held) if self.design.held else loaded
        facts = self.manifest
        return Study(
            held.document, held.name, self.design.seed, facts["baseline"], self.plan, facts["code"],
            tuple(facts["measures"]), None if loaded.base is load_library() else loaded.base, play, self.own,
            self.kept, self._opening(),
        )  # fmt: skip

    def _opening(self):
        """The moment of an exercise with people from which all runs go on; None where they begin at the beginning."""
        from sim.session import Session

        kept = self.manifest.get("opening")
        return Session.restore(kept["session"], self.scenario()).opening(kept["turn"]) if kept else None

    def document(self) -> dict:
        """The scenario as plain data, as the folder keeps it; InputError when it is damaged."""
        return read_document(self.path, self.manifest, ANEW)

    def scenario(self):
        """The scenario as the folder keeps it; InputError when it is damaged, or the library has changed since."""
        return read_scenario(self.path, self.manifest, ANEW)


# ---------------------------------------------------------------------------------------------------------- beginning


@contextlib.contextmanager
def alone(path):
    """Keeps a second process from playing into the same folder, where the system knows how; made if it is not there.

    OceansError when another process is at work there.
    """
    descriptor = None
    while descriptor is None:
        with advising(path), contextlib.suppress(FileNotFoundError):  # another had made it, and took it away
            path.mkdir(parents=True, exist_ok=True)
            descriptor = _locked(path)
    try:
        yield
    finally:
        os.close(descriptor)


def _locked(path):
    """The folder, open and locked; None when it is another by now."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return os.open(os.devnull, os.O_RDONLY)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise OceansError(f"{path}: error: another process is playing into this folder. Wait for it.") from None
    except OSError:  # a file system without locks
        pass
    if path.exists() and os.path.samestat(os.fstat(descriptor), os.stat(path)):
        return descriptor
    os.close(descriptor)
    return None


def make_folder(
    path, loaded, shard=None, block_runs=None, baseline=True, measures=None, keep=None, until=(), opening=None,
    **design_facts,
) -> SweepFolder:  # fmt: skip
    """A folder for a new sweep, with its plan; InputError when the design makes no sense.

    Parameters
    ----------
    path : Path, an empty folder
    shard, block_runs, baseline, measures, keep : see `sim.experiments.sweep`
    until : list of str, conditions under which it has told enough, as `sim.experiments.length.Until` says them
    opening : dict of `session`, its lines, and `turn`, the last of it that is given; or None
    design_facts : see `sim.experiments.make_design`
    """
    path = Path(path)
    aside = path / f".{POINTS}{PART}"
    with advising(path):
        design = make_design(loaded, **design_facts, room=aside)
        if aside.exists():
            design.points.flush()
            design = replace(design, points=None)  # Windows renames no file that is mapped into memory
            with open(aside, "r+b") as file:  # and puts none on the disk that is open for reading only
                os.fsync(file.fileno())
            os.replace(aside, path / POINTS)
        else:
            table = io.BytesIO()
            np.lib.format.write_array(table, np.asarray(design.points), allow_pickle=False)
            write_aside(path / POINTS, table.getvalue())
        (path / SHARDS).mkdir(exist_ok=True)
        write_json_aside(path / SCENARIO, plain(loaded.document))
    design = replace(design, points=read_array(path / POINTS))
    own = own_of(loaded, design, measures)
    kept = kept_of(loaded, design, keep)
    manifest = _manifest(path, loaded, design, shard, block_runs, baseline, own, kept, until, opening)
    write_json_aside(path / MANIFEST, manifest)
    return SweepFolder(path, manifest, design, own)


def _manifest(path, loaded, design, shard, block_runs, baseline, own, kept, until, opening):
    size = block_runs or block_size(design.runs)
    measures = [*MEASURES, *own.measures]
    plan = {
        "format": FORMAT,
        "scenario": scenario_facts(loaded),
        "code": code_digest(),
        "versions": {name: version_of(name) for name in BIT_CHANGERS},
        "design": design.to_dict(),
        "points": file_digest(path / POINTS),
        "baseline": bool(baseline and loaded.scenario.cooperation),
        "measures": measures,
        "own": own.facts(),
        "kept": kept.facts(),
        "until": list(until),
        "blocks": {"size": size, "count": -(-design.runs // size), "runs": design.runs},
        **({"opening": opening} if opening else {}),
    }
    files = {SCENARIO: file_digest(path / SCENARIO)}
    shard = list(shard) if shard else None
    return signed({**plan, "plan": plan_digest(plan), "shard": shard, "files": files, "finished": False})


@functools.cache
def code_digest() -> str:
    """A digest of every file of the program that a run depends on."""
    root, digest = Path(__file__).parents[1], hashlib.sha256()
    for file in files_of_play():
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def files_of_play() -> list[Path]:
    """Every file of the program that what comes of a run depends on."""
    parts = [Path(__file__).parents[1] / part for part in PLAYS]
    return [file for part in parts for file in (sorted(part.rglob("*.py")) if part.is_dir() else [part])]


def new_path(out, name, shard=None) -> Path:
    """A new folder for a sweep in `out`; another of the same second gets -2, -3, ..."""
    out, started = Path(out), datetime.datetime.now()
    which = f"-shard-{shard[0]}-of-{shard[1]}" if shard else ""
    stem = path = out / f"{file_name(name)}-sweep-{started:%Y-%m-%d-%H%M%S}{which}"
    with advising(out):
        out.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(2):
            with contextlib.suppress(FileExistsError):
                path.mkdir()
                break
            path = stem.with_name(f"{stem.name}-{number}")
    return path


# ---------------------------------------------------------------------------------------------------------- writing


def write_aside(path: Path, data: bytes):
    """A file that appears whole: written aside, on the disk, then named; the name is on the disk on return."""
    aside = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}{PART}")
    with kept_or_advice(path.parent):
        try:
            with open(aside, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except BaseException as error:
            with contextlib.suppress(OSError):
                aside.unlink()
            if isinstance(error, IsADirectoryError):
                raise damaged(path, "a folder lies where a file belongs: remove it.") from error
            raise
        sync_folder(path.parent)


def write_json_aside(path: Path, data: dict) -> None:
    """Data as a JSON file that appears whole."""
    write_aside(path, as_json(data, indent=1).encode())


def sync_folder(folder: Path):
    """Sees to it that the names in a folder are on the disk."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def kept_or_advice(place: Path):
    """What goes wrong with a file of a sweep, as advice: what is kept stays, and the sweep can go on."""
    return advising(place, _advice)


def _advice(error):
    on = "What has been played is kept: go on with --resume and the sweep's folder."
    if error.errno in FULL:
        return f"the disk is full. {on.replace(': go', ': make room, then go')}"
    if error.errno in FORBIDDEN:
        return f"nothing may be written here. {on}"
    if error.errno in UNUSABLE:
        return "this is not a folder in which results can be kept."
    return f"{error.strerror or error}. {on}"


# ---------------------------------------------------------------------------------------------------------- opening


def open_folder(path) -> SweepFolder:
    """The folder of a sweep that was begun; InputError when it is none, or damaged."""
    path = Path(path)
    if not os.path.lexists(path / MANIFEST):
        raise damaged(path, f"no sweep was begun here, or its {MANIFEST} is gone. Name the folder of a sweep.")
    if os.path.lexists(path / SHARDS):
        check_folder(path / SHARDS, ANEW)
    manifest = _read_manifest(path / MANIFEST)
    describe(manifest["own"])
    design = Design.from_dict(manifest["design"], None)
    return SweepFolder(path, manifest, replace(design, points=_read_points(path / POINTS, manifest, design)))


def _read_manifest(path):
    said = read_json(path, ANEW)
    if isinstance(said, dict) and isinstance(said.get("format"), int) and said["format"] != FORMAT:
        age = "a later" if said["format"] > FORMAT else "an earlier"
        raise damaged(path, f"this sweep was written by {age} version of the program. Use that one to read it.")
    manifest = read_checked(path, SweepManifest, ANEW)
    wrong = list(disagreements(manifest))
    if wrong:
        raise damaged(path, f"damaged or changed: {'; '.join(wrong)}.", ANEW)
    return manifest


def _read_points(path, manifest, design):
    """The points of a sweep: as many as there should be, of the right types, each where its factor may be."""
    check_digest(path, manifest["points"], ANEW)
    points = read_array(path, ANEW)
    columns = np.dtype([(factor.name, factor.dtype) for factor in design.varying])
    if points.dtype != columns or points.shape != (manifest["design"]["points"],):
        raise damaged(path, "damaged: these are not the points of this sweep.", ANEW)
    strange = [factor.name for factor in design.varying if not _fits(points[factor.name], factor)]
    if strange:
        raise damaged(path, f"damaged: {', '.join(strange)} has values that it may not have.", ANEW)
    return points


def _fits(values, factor):
    if factor.choices is not None:
        return np.isin(values, np.array(factor.choices, dtype=factor.dtype)).all()
    return bool(factor.low <= values.min() and values.max() <= factor.high)  # False where one is not a number


def check_unchanged(folder: SweepFolder, loaded):
    """That the scenario, the library and the program are those that the sweep was begun with; else InputError."""
    manifest, changed = folder.manifest, []
    if manifest["scenario"]["digest"] != loaded.digest:
        kept = _kept_digest(folder)
        what = "the scenario" if kept == manifest["scenario"]["digest"] else "the scenario's library"
        changed.append(
            f"{what} has changed since this sweep began ({manifest['scenario']['name']}, "
            f"{manifest['scenario']['digest'][:12]} then, {loaded.digest[:12]} now)"
        )
    if manifest["code"] != code_digest():
        changed.append("the program has changed since this sweep began")
    for name, before in manifest["versions"].items():
        now = version_of(name)
        if now != before:
            changed.append(f"{name} is {now} now and was {before} when this sweep began")
    if changed:
        advice = (
            "Runs from before and after would not belong together. Put it back as it was, or begin a new sweep; what "
            "has been played stays where it is."
        )
        if "the scenario has" in changed[0]:
            advice += f" The scenario as it was is kept: give {folder.path / SCENARIO} in its place to go on with that."
        raise InputError([Diagnostic(str(folder.path), 0, 0, f"{'; '.join(changed)}. {advice}")])


def _kept_digest(folder):
    try:
        return folder.scenario().digest
    except (OceansError, OSError, ValueError):
        return None


def failed_runs(failures: list[tuple[int, str, str]], design: Design) -> list[tuple]:
    """Of each run that failed what `FAILURE` names."""
    points, replications = design.runs_of(np.array([run for run, *_ in failures], dtype=np.int64))
    rows = zip(failures, points.tolist(), replications.tolist(), strict=True)
    return [(run, point, replication, *said) for (run, *said), point, replication in rows]


def _failures_table(failures, design) -> bytes:
    rows = ([*row, *design.points[row[1]].tolist()] for row in failed_runs(failures, design))
    file = io.StringIO(newline="")
    fill_table(file, [*FAILURE, *(factor.name for factor in design.varying)], rows)
    return file.getvalue().encode()
