"""What is kept of a block: one file, `000042.npy`, there whole or not at all.

A shard is one structured record in numpy's own format, column after column, so that a measure of a million runs is
read without touching the others:

    shard = numpy.load("shards/000042.npy")[0]
    shard["harm"]               # float64, one for each run of the block; `without.harm` in the arm without cooperation
    shard["digest"]             # uint64: replaying a run must give the same
    shard["status"]             # 0 played, 1 failed; `failures` is JSON: [[run of the block, stage, reason], ...]

It knows the plan that it belongs to, its number, and a check of its bytes. It holds no time and no name of a machine:
a block has the same bytes wherever and whenever it is played.
"""

import contextlib
import errno
import hashlib
import io
import json
import os
import secrets
from pathlib import Path

import numpy as np

from sim.errors import Fault, InputError, OceansError
from sim.record.store import FULL, UNUSABLE

WITHOUT = "without."
PLAYED, FAILED = 0, 1
PART = ".part"
ABOUT = (("plan", "S32"), ("check", "S32"), ("block", "<i8"), ("first", "<i8"), ("runs", "<i8"), ("failed", "<i8"))
NOT_MEASURES = {*(name for name, _ in ABOUT), "digest", "status", "failures"}


class Damaged(OceansError):
    """A shard that is not what was written."""


def shard_name(number: int) -> str:
    """The file of a block.

    >>> shard_name(42)
    '000042.npy'
    """
    return f"{number:06}.npy"


def packed(plan: str, number: int, first: int, table: dict, failures: list) -> bytes:
    """The bytes of a shard.

    Parameters
    ----------
    plan : str, digest of the plan
    number, first : int, of the block and of its first run
    table : dict of name to array (runs,)
    failures : list of (run of the block, stage, reason)
    """
    said = json.dumps(sorted(failures), ensure_ascii=True, separators=(",", ":")).encode() if failures else b""
    runs = len(table["status"])
    dtype = [*ABOUT, *((name, values.dtype, (runs,)) for name, values in table.items())]
    record = np.zeros(1, dtype=[*dtype, ("failures", f"S{len(said)}")] if said else dtype)
    about = {"plan": plan.encode(), "block": number, "first": first, "runs": runs, "failed": len(failures)}
    for name, value in (about | table).items():
        record[name][0] = value
    if said:
        record["failures"][0] = said
    file = io.BytesIO()
    np.lib.format.write_array(file, record, allow_pickle=False)
    data = bytearray(file.getvalue())
    at = _place_of_check(record.dtype, len(data) - record.nbytes)
    data[at] = _check_of(data, at)
    return bytes(data)


def _place_of_check(dtype, head):
    """Where in a file the check stands, after a head of so many bytes."""
    start = head + dtype.fields["check"][1]
    return slice(start, start + dtype["check"].itemsize)


def _check_of(data, at):
    """A digest of a file's bytes, but for the place where the digest stands."""
    data = memoryview(data)
    digest = hashlib.blake2b(data[: at.start], digest_size=16)
    digest.update(data[at.stop :])
    return digest.hexdigest().encode()


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
        except BaseException:
            with contextlib.suppress(OSError):
                aside.unlink()
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path):
    """Sees to it that the names in a folder are on the disk."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def kept_or_advice(place: Path):
    """What goes wrong with a file of a sweep, as advice: what is kept stays, and the sweep can go on."""
    try:
        yield
    except OSError as error:
        raise _advice(error, place) from error


def _advice(error, place):
    on = "What has been played is kept: go on with --resume and the sweep's folder."
    if error.errno in FULL:
        return OceansError(f"{place}: error: the disk is full. {on.replace(': go', ': make room, then go')}")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return InputError([Fault(str(place), 0, 0, f"nothing may be written here. {on}")])
    if error.errno in UNUSABLE:
        return InputError([Fault(str(place), 0, 0, "this is not a folder in which results can be kept.")])
    return OceansError(f"{place}: error: {error.strerror or error}. {on}")


# ---------------------------------------------------------------------------------------------------------- reading


def read_shard(path: Path, plan: str | None = None, number: int | None = None, first=None, runs=None, whole=False):
    """A shard, mapped into memory: nothing is read before it is asked for.

    Parameters
    ----------
    path : Path
    plan, number, first, runs : what it must be, or None
    whole : bool, read all of it and compare with its check

    Returns
    -------
    structured array (1,); Damaged when it is not what it must be, FileNotFoundError when it is not there
    """
    try:
        record = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise
    except Exception as error:  # a head with a changed byte is read as Python, and fails in ways of its own
        raise Damaged(f"{path}: error: damaged, it does not read as a shard.") from error
    if record.shape != (1,) or record.dtype.names is None or not set(dict(ABOUT)) <= set(record.dtype.names):
        raise Damaged(f"{path}: error: this is not a shard.")
    said = {name: record[name][0] for name in ("plan", "block", "first", "runs")}
    wanted = {"plan": None if plan is None else plan.encode(), "block": number, "first": first, "runs": runs}
    wrong = [name for name, value in wanted.items() if value is not None and said[name] != value]
    if "plan" in wrong:
        raise Damaged(f"{path}: error: this shard is of another sweep, or damaged.")
    if wrong or path.stat().st_size != record.offset + record.nbytes:
        raise Damaged(f"{path}: error: damaged, or not the block that it is named after.")
    at = _place_of_check(record.dtype, record.offset)
    if whole and _check_of(np.memmap(path, mode="r"), at) != record["check"][0]:
        raise Damaged(f"{path}: error: damaged, its bytes are not those that were written.")
    return record


def failures_of(record) -> list[tuple[int, str, str]]:
    """The failed runs of a shard: index in the whole sweep, stage, reason."""
    if "failures" not in record.dtype.names:
        return []
    first = int(record["first"][0])
    return [(first + run, stage, reason) for run, stage, reason in json.loads(record["failures"][0])]


def measures_of(record) -> list[str]:
    """The names of a shard's measures, in both arms."""
    return [name for name in record.dtype.names if name not in NOT_MEASURES]
