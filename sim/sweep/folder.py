"""A sweep's folder: what was planned, what has been played, and how to go on.

    results/<scenario>-sweep-<date>-<time>/
        manifest.json     the plan: scenario, design, seed, blocks, versions; at the end, every block with its check
        scenario.json     the scenario as written, everything it extends merged in
        points.npy        one row for each point, one column for each factor
        shards/000000.npy ...   one file for each block of runs
        failures.csv      the runs that failed, with stage and reason (at the end)
        log.jsonl         one line for each sitting: command, machine, workers, seconds

All but `log.jsonl` has the same bytes whoever plays it, on however many processes, killed and resumed or not.
"""

import contextlib
import csv
import datetime
import functools
import hashlib
import io
import itertools
import json
import os
import platform
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.errors import Fault, InputError, OceansError
from sim.record.store import advising, plain, versions
from sim.sweep import shards
from sim.sweep.blocks import Study, block_size, task_of
from sim.sweep.design import Design

FORMAT = 1
MANIFEST, SCENARIO, POINTS, SHARDS, FAILURES, LOG = (
    "manifest.json", "scenario.json", "points.npy", "shards", "failures.csv", "log.jsonl"
)  # fmt: skip
BIT_CHANGERS = ("two-oceans", "numpy", "scipy")  # programs whose versions may change bits
PLAYS = ("draws.py", "engine.py", "errors.py", "scenario", "rules", "world", "policies", "turn", "record/measures.py")
FIRST_NAMED = 8


class SweepFolder:
    """The folder of one sweep.

    Parameters
    ----------
    path : Path
    manifest : dict
    design : Design, its points mapped into memory
    """

    def __init__(self, path, manifest, design):
        self.path, self.manifest, self.design = Path(path), manifest, design

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
    def shard(self):
        """(number, of how many), when this folder is for some of the blocks only; else None."""
        return tuple(self.manifest["shard"]) if self.manifest.get("shard") else None

    @property
    def is_finished(self) -> bool:
        """Whether every block of this folder is there."""
        return bool(self.manifest["finished"])

    def numbers(self) -> range:
        """The blocks that are played in this folder."""
        number, of = self.shard or (1, 1)
        return range(number - 1, self.manifest["blocks"]["count"], of)

    def runs_in(self, number: int) -> int:
        """How many runs a block has."""
        return min(self.size, self.runs - number * self.size)

    def shard_path(self, number: int) -> Path:
        """The file of a block."""
        return self.path / SHARDS / shards.shard_name(number)

    def read(self, number: int, whole=False):
        """The shard of a block; Damaged or FileNotFoundError when it is not what it should be."""
        first = number * self.size
        return shards.read_shard(self.shard_path(number), self.plan, number, first, self.runs_in(number), whole)

    def task(self, number: int):
        """A block, ready to be played."""
        return task_of(self.design, number, self.size)

    def keep(self, number: int, data: bytes):
        """Keeps a block that has been played."""
        shards.write_aside(self.shard_path(number), data)

    # ------------------------------------------------------------------------------------------------ going on

    def played(self, whole=True, warn=None) -> set[int]:
        """The blocks that are there; a damaged one is played again, and `warn` is told."""
        there = set()
        for number in self.numbers():
            try:
                self.read(number, whole)
                there.add(number)
            except FileNotFoundError:
                pass
            except shards.Damaged as damaged:
                if warn:
                    warn(f"{damaged} Its {self.runs_in(number):,} runs are played again.")
        return there

    def tidy(self):
        """Takes away what a process that was killed had begun to write."""
        for folder in (self.path, self.path / SHARDS):
            for part in folder.glob(f".*{shards.PART}"):
                with contextlib.suppress(OSError):
                    part.unlink()

    def finish(self):
        """Writes the list of failures, and into the manifest each block with its check."""
        blocks, failures = [], []
        for number in self.numbers():
            record = self.read(number)
            about = {name: record[name][0].item() for name in ("block", "runs", "failed")}
            blocks.append(about | {"check": record["check"][0].decode(), "bytes": record.offset + record.nbytes})
            failures += shards.failures_of(record)
        self.tidy()
        shards.write_aside(self.path / FAILURES, _failures_table(failures, self.design))
        done = {"finished": True, "failed": len(failures), "shards": blocks}
        self.manifest = {**self.manifest, **done}
        shards.write_aside(self.path / MANIFEST, as_json(self.manifest))

    def note(self, **facts):
        """Adds a line to the log; that it cannot be written is no reason to stop."""
        facts = {"at": datetime.datetime.now().isoformat(timespec="seconds"), "machine": platform.node(), **facts}
        with contextlib.suppress(OSError), open(self.path / LOG, "a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(plain(facts)) + "\n")

    @contextlib.contextmanager
    def alone(self):
        """Keeps a second process from playing into the same folder, where the system knows how."""
        try:
            import fcntl
        except ImportError:
            yield
            return
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            message = f"{self.path}: error: another process is playing into this folder. Wait for it."
            raise OceansError(message) from None
        except OSError:  # a file system without locks
            pass
        try:
            yield
        finally:
            os.close(descriptor)

    def study(self, loaded, play=None) -> Study:
        """What a worker needs to play the blocks of this folder.

        Parameters
        ----------
        loaded : Loaded, the scenario that the folder was made of
        play : see `Study`
        """
        from sim.scenario import load_library, varied

        held = varied(loaded, self.design.held) if self.design.held else loaded
        facts = self.manifest
        return Study(
            held.document, held.name, self.design.seed, facts["without"], self.plan, facts["code"],
            tuple(facts["measures"]), None if loaded.base is load_library() else loaded.base, play,
        )  # fmt: skip

    def scenario(self):
        """The scenario as the folder keeps it; InputError when the library has changed since."""
        from sim.scenario import from_document

        document = json.loads((self.path / SCENARIO).read_text(encoding="utf-8"))
        return from_document(document, self.manifest["scenario"]["name"])


# ---------------------------------------------------------------------------------------------------------- beginning


def make_folder(path, loaded, shard=None, block_runs=None, without=True, **design_facts) -> SweepFolder:
    """A folder for a new sweep, with its plan; InputError when the design makes no sense.

    Parameters
    ----------
    path : Path, an empty folder
    loaded : Loaded
    shard : (number, of how many) or None
    block_runs : int, runs in a block; default: see `block_size`
    without : bool, play each run a second time without the cooperation portfolio, if there is one
    design_facts : see `sim.sweep.make_design`
    """
    from sim.sweep.planning import make_design

    path = Path(path)
    aside = path / f".{POINTS}{shards.PART}"
    with advising(path):
        design = make_design(loaded, **design_facts, room=aside)
        if isinstance(design.points, np.memmap):
            design.points.flush()
            design = replace(design, points=None)  # Windows renames no file that is mapped into memory
            with open(aside, "r+b") as file:  # and puts none on the disk that is open for reading only
                os.fsync(file.fileno())
            os.replace(aside, path / POINTS)
        else:
            shards.write_aside(path / POINTS, _array_bytes(design.points))
        design = replace(design, points=_mapped(path / POINTS))
        (path / SHARDS).mkdir(exist_ok=True)
        shards.write_aside(path / SCENARIO, as_json(plain(loaded.document)))
    manifest = _manifest(loaded, design, _digest_of_file(path / POINTS), shard, block_runs, without)
    shards.write_aside(path / MANIFEST, as_json(manifest))
    return SweepFolder(path, manifest, design)


def _manifest(loaded, design, points_digest, shard, block_runs, without):
    from sim.record.measures import MEASURES

    size = block_runs or block_size(design.runs)
    known = versions()
    plan = {
        "format": FORMAT,
        "scenario": {"name": loaded.name, "title": loaded.scenario.title, "digest": loaded.digest},
        "code": code_digest(),
        "versions": {name: _version(name, known) for name in BIT_CHANGERS},
        "design": design.to_dict(),
        "points": points_digest,
        "without": bool(without and loaded.scenario.cooperation),
        "measures": list(MEASURES),
        "blocks": {"size": size, "count": -(-design.runs // size), "runs": design.runs},
    }
    digest = hashlib.blake2b(json.dumps(plan, sort_keys=True).encode(), digest_size=16).hexdigest()
    return {**plan, "plan": digest, "shard": list(shard) if shard else None, "finished": False}


def _version(name, known):
    import importlib.metadata

    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return known.get(name) or importlib.metadata.version(name)
    return "unknown"


def _array_bytes(points):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(points), allow_pickle=False)
    return file.getvalue()


def _mapped(path):
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _digest_of_file(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_json(data) -> bytes:
    """Data as a file holds it."""
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


@functools.cache
def code_digest() -> str:
    """A digest of every file of the program that a run depends on."""
    root = Path(__file__).parents[1]
    files = [file for part in PLAYS for file in (sorted((root / part).rglob("*.py")) or [root / part])]
    digest = hashlib.sha256()
    for file in files:
        if file.suffix == ".py" and file.is_file():
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def new_path(out, name, started=None, shard=None) -> Path:
    """A new folder for a sweep in `out`; another of the same second gets -2, -3, ..."""
    out, started = Path(out), started or datetime.datetime.now()
    which = f"-shard-{shard[0]}-of-{shard[1]}" if shard else ""
    stem = f"{name}-sweep-{started:%Y-%m-%d-%H%M%S}{which}"
    with advising(out):
        out.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(1):
            path = out / (stem if number == 1 else f"{stem}-{number}")
            with contextlib.suppress(FileExistsError):
                path.mkdir()
                return path


# ---------------------------------------------------------------------------------------------------------- opening


def open_folder(path) -> SweepFolder:
    """The folder of a sweep that was begun; InputError when it is none."""
    path = Path(path)
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        points = _mapped(path / POINTS)
        design = Design.from_dict(manifest["design"], points)
        known = manifest["plan"], manifest["blocks"]["size"], manifest["finished"]
    except FileNotFoundError as error:
        missing = "no sweep was begun here" if not path.is_dir() or error.filename is None else _missing(path, error)
        raise InputError([Fault(str(path), 0, 0, f"{missing}. Name the folder of a sweep.")]) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"this is not the folder of a sweep, or it is damaged ({type(error).__name__}: {error})."
        raise InputError([Fault(str(path), 0, 0, message)]) from None
    if manifest["format"] != FORMAT or len(points) != manifest["design"]["points"] or not known:
        raise InputError([Fault(str(path), 0, 0, "this sweep was written by another version of the program.")])
    return SweepFolder(path, manifest, design)


def _missing(path, error):
    what = Path(error.filename).name
    return "no sweep was begun here" if what == MANIFEST else f"'{what}' is gone"


def check_unchanged(folder: SweepFolder, loaded):
    """That the scenario, the library and the program are those that the sweep was begun with; else InputError."""
    manifest, known = folder.manifest, versions()
    changed = []
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
        now = _version(name, known)
        if now != before:
            changed.append(f"{name} is {now} now and was {before} when this sweep began")
    if changed:
        advice = (
            "Runs from before and after would not belong together. Put it back as it was, or begin a new sweep; what "
            "has been played stays where it is."
        )
        if "the scenario has" in changed[0]:
            advice += f" The scenario as it was is kept: give {folder.path / SCENARIO} in its place to go on with that."
        raise InputError([Fault(str(folder.path), 0, 0, f"{'; '.join(changed)}. {advice}")])


def _kept_digest(folder):
    try:
        return folder.scenario().digest
    except (OceansError, OSError, ValueError):
        return None


def _failures_table(failures, design) -> bytes:
    file = io.StringIO(newline="")
    table = csv.writer(file, lineterminator="\n")
    names = [factor.name for factor in design.varying]
    table.writerow(["run", "point", "replication", "stage", "reason", *names])
    for run, stage, reason in failures:
        point, replication = (int(number[0]) for number in design.runs_of(np.array([run])))
        table.writerow([run, point, replication, stage, reason, *design.points[point].tolist()])
    return file.getvalue().encode()


def first_of(numbers) -> str:
    """The first few of some numbers, as a phrase.

    >>> first_of(range(20))
    '0, 1, 2, 3, 4, 5, 6, 7 and 12 more'
    """
    numbers = [str(number) for number in numbers]
    more = len(numbers) - FIRST_NAMED
    return ", ".join(numbers[:FIRST_NAMED]) + (f" and {more} more" if more > 0 else "")
