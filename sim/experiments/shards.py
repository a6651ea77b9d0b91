"""What is kept of a block: one file, `000042.npy`, there whole or not at all.

A shard is one structured record in numpy's own format, column after column, so that a measure of a million runs is
read without touching the others:

    shard = numpy.load("shards/000042.npy")[0]
    shard["harm"]               # float64, one for each run of the block; `baseline.harm` in the arm without cooperation
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
import operator
import os
import secrets
from pathlib import Path

import numpy as np

from sim.errors import Diagnostic, InputError, OceansError
from sim.record.reading import read_array
from sim.record.store import FULL, UNUSABLE

BASELINE = "baseline."
PLAYED, FAILED = 0, 1
PART = ".part"
ABOUT = (("plan", "S32"), ("check", "S32"), ("block", "<i8"), ("first", "<i8"), ("runs", "<i8"), ("failed", "<i8"))
NOT_MEASURES = {*(name for name, _ in ABOUT), "digest", "status", "failures"}


class Damaged(InputError):
    """A shard that is not what was written, or not there."""

    def __init__(self, path, message):
        super().__init__([Diagnostic(str(path), 0, 0, message)])


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
        return InputError([Diagnostic(str(place), 0, 0, f"nothing may be written here. {on}")])
    if error.errno == errno.EISDIR:
        where = str(error.filename2 or place)
        return InputError([Diagnostic(where, 0, 0, "a folder lies where a file belongs: remove it.")])
    if error.errno in UNUSABLE:
        return InputError([Diagnostic(str(place), 0, 0, "this is not a folder in which results can be kept.")])
    return OceansError(f"{place}: error: {error.strerror or error}. {on}")


# ---------------------------------------------------------------------------------------------------------- reading


def read_shard(path: Path, plan=None, number=None, first=None, runs=None, whole=False, columns=None, check=None):
    """A shard, mapped into memory: nothing is read before it is asked for.

    Parameters
    ----------
    path : Path
    plan, number, first, runs, check : what it must be, or None
    whole : bool, read all of it and compare with its check
    columns : names of its measures, in both arms, or None

    Returns
    -------
    structured array (1,); Damaged when it is not what it must be
    """
    try:
        record = read_array(path)
    except InputError as error:
        raise Damaged(path, error.faults[0].message) from error
    if record.shape != (1,) or record.dtype.names is None or not _has_form(record.dtype, columns):
        raise Damaged(path, "this is not a shard, or not one of this sweep.")
    wanted = {"plan": plan and plan.encode(), "block": number, "first": first, "runs": runs}
    wrong = [name for name, value in wanted.items() if value is not None and record[name][0] != value]
    if "plan" in wrong:
        raise Damaged(path, "this shard is of another sweep, or damaged.")
    if wrong:
        raise Damaged(path, "damaged, or not the block that it is named after.")
    if check is not None and check.encode() != record["check"][0]:
        raise Damaged(path, "this is not the block that was played: it has another check.")
    if whole:
        _check_bytes(path, record)
    return record


def _has_form(dtype, columns):
    """Whether a shard has the columns, of the types and in the order, that `packed` gives it."""
    runs = dtype["status"].shape if "status" in dtype.names else ()
    failures = [("failures", dtype["failures"])] if "failures" in dtype.names and dtype["failures"].kind == "S" else []
    measures = measures_of_names(dtype.names) if columns is None else columns
    table = [("digest", "<u8", runs), *((name, "<f8", runs) for name in measures), ("status", "i1", runs)]
    return len(runs) == 1 and dtype == np.dtype([*ABOUT, *table, *failures])


def _check_bytes(path, record):
    """That every byte of a shard is as it was written, and that what it says of its runs is true."""
    if _check_of(np.memmap(path, mode="r"), _place_of_check(record.dtype, record.offset)) != record["check"][0]:
        raise Damaged(path, "damaged, its bytes are not those that were written.")
    status, failures = record["status"][0], failures_of(record, path)
    failed = int(record["first"][0]) + np.flatnonzero(status == FAILED)
    if sorted(run for run, *_ in failures) != failed.tolist() or record["failed"][0] != len(failed):
        raise Damaged(path, "damaged, its failed runs do not add up.")


def failures_of(record, path="shard") -> list[tuple[int, str, str]]:
    """The failed runs of a shard: index in the whole sweep, stage, reason; Damaged when they cannot be read."""
    if "failures" not in record.dtype.names:
        return []
    first = int(record["first"][0])
    try:
        rows = json.loads(record["failures"][0])
        return [(first + operator.index(run), "" + stage, "" + reason) for run, stage, reason in rows]
    except (ValueError, TypeError, RecursionError):
        raise Damaged(path, "damaged, its failed runs cannot be read.") from None


def measures_of_names(names) -> list[str]:
    """Those of a shard's columns that are measures."""
    return [name for name in names if name not in NOT_MEASURES]
