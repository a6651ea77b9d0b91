"""Parts of one sweep, played on several machines, put together into the whole."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from sim.errors import Diagnostic, InputError, refusal
from sim.experiments import shards
from sim.experiments.folder import MANIFEST, POINTS, SCENARIO, SHARDS, SweepFolder, as_json, first_of, open_folder
from sim.experiments.result import Result


def merge(folders, out) -> Result:
    """One sweep of the blocks of several folders; each block is read and compared with its check.

    Parameters
    ----------
    folders : sequence of paths, of the same plan: `sweep(..., shard=(1, 3))`, `(2, 3)`, `(3, 3)`
    out : path of a folder that is not there yet

    Returns
    -------
    Result, with the same bytes as if one machine had played it all. InputError when the folders are not of the same
    sweep, or blocks are missing, damaged or in disagreement. The folders are left as they are.
    """
    parts, out = [open_folder(folder) for folder in folders], Path(out)
    if not parts:
        raise refusal("nothing to merge: name the folders of the parts.")
    _check_same_plan(parts)
    if out.exists():
        raise InputError([Diagnostic(str(out), 0, 0, "this is there already, and nothing is overwritten.")])
    sources = _sources(parts)
    with shards.kept_or_advice(out.parent):
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=shards.PART, dir=out.parent))
        try:
            _fill(aside, parts[0], sources)
            aside.chmod(0o755)
            os.rename(aside, out)
            shards.sync_folder(out.parent)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    return Result(open_folder(out))


def _check_same_plan(parts):
    one = parts[0]
    faults = []
    for other in parts[1:]:
        if other.plan == one.plan:
            continue
        keys = ("scenario", "code", "versions", "design", "points", "baseline", "blocks")
        names = [key for key in keys if one.manifest.get(key) != other.manifest.get(key)]
        words = {"code": "program", "points": "values of the points"}
        differing = ", ".join(words.get(name, name) for name in names) or "format"
        message = f"this is not of the same sweep as {one.path}: it differs in {differing}."
        faults.append(Diagnostic(str(other.path), 0, 0, message))
    if faults:
        raise InputError(faults)


def _sources(parts):
    """The file of each block; every block is there, sound, and the same wherever it is there twice."""
    whole = SweepFolder(parts[0].path, {**parts[0].manifest, "shard": None}, parts[0].design)
    found, wrong = {}, []
    for part in parts:
        for number in part.present():
            here = part.shard_path(number)
            try:
                check = bytes(part.read(number, whole=True)["check"][0])
            except shards.Damaged as damage:
                again = f"{damage.faults[0].message} Play it again: oceans sweep --resume {part.path} --verify"
                wrong.append(Diagnostic(str(here), 0, 0, again))
                continue
            before = found.setdefault(number, (check, here))
            if before[0] != check:
                wrong.append(Diagnostic(str(here), 0, 0, f"differs from {before[1]}, though the plan is the same."))
    missing = [number for number in whole.numbers() if number not in found]
    if missing and not wrong:
        wrong = [Diagnostic("", 0, 0, _missing(parts, missing, len(whole.numbers())))]
    if wrong:
        raise InputError(wrong)
    return {number: path for number, (_, path) in found.items()}


def _missing(parts, missing, count):
    lacking = [part for part in parts if len(part.present()) < len(part.numbers())]
    advice = [f"oceans sweep --resume {part.path}{' --verify' if part.is_finished else ''}" for part in lacking]
    of = {part.shard[1] for part in parts if part.shard}
    if not advice and len(of) == 1:
        (of,) = of
        absent = sorted({number % of + 1 for number in missing})
        advice = [f"the folder of shard {number}/{of} is not among these" for number in absent]
    return f"{len(missing)} of {count} blocks are missing ({first_of(missing)}). " + "; ".join(advice)


def _fill(aside, part, sources):
    part.document()  # which is checked as it is read
    (aside / SHARDS).mkdir()
    for name in (POINTS, SCENARIO):
        shards.write_aside(aside / name, (part.path / name).read_bytes())
    for number, path in sorted(sources.items()):
        _copied(path, aside / SHARDS / shards.shard_name(number))
    shards.sync_folder(aside / SHARDS)
    begun = {name: value for name, value in part.manifest.items() if name not in ("failed", "shards")}
    manifest = {**begun, "shard": None, "finished": False}
    shards.write_aside(aside / MANIFEST, as_json(manifest))
    open_folder(aside).finish()


def _copied(path, to):
    """The same file under another name where the disk allows it, else a copy."""
    with contextlib.suppress(OSError):
        os.link(path, to)
        return
    with open(path, "rb") as source, open(to, "wb") as copy:
        shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())
