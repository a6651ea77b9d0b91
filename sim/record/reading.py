"""Reading back what was written: every file as if anybody might have changed it since, or put another in its place.

One reader for JSON, one for tables, one for arrays, and one look at a file before any of them opens it. What is not
as it should be earns advice that ends with a remedy; nothing that is read can run, hang, or exhaust memory.
"""

import csv
import hashlib
import json
import math
import os
import re
import stat
import warnings
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from sim.errors import Diagnostic, InputError
from sim.scenario.reader import DEEPEST_NESTING, SourceText, nodes_of, read_text
from sim.scenario.wording import validated

LARGEST_JSON_BYTES = 512_000_000
LARGEST_SHOWN_BYTES = 1_000_000  # a larger file's faults are told without their lines
LONGEST_LINE = 200_000
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+|^[.\s]+')
LONGEST_NAME_BYTES = 120


class Kept(BaseModel):
    """Something that this program wrote as JSON: closed, and of exactly the types that were written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def damaged(path, message, remedy="") -> InputError:
    """What is wrong with a file as a whole, and what to do."""
    return InputError([Diagnostic(str(path), 0, 0, f"{message} {remedy}".rstrip())])


def file_name(text: str) -> str:
    """A text as part of a file's name, which stays in its folder on every system.

    >>> file_name("my crisis"), file_name("../../etc/passwd")
    ('my crisis', '__.._etc_passwd')
    """
    plain = NOT_IN_NAMES.sub("_", text).encode()[:LONGEST_NAME_BYTES].decode(errors="ignore")
    return plain or "_"


# ---------------------------------------------------------------------------------------------------- before it is read


def check_file(path, remedy="", most=math.inf):
    """That an ordinary file lies in this very place, and how large it is; else InputError."""
    about = _about(path, remedy)
    if stat.S_ISDIR(about.st_mode):
        raise damaged(path, "this is a folder where a file belongs.", remedy)
    if not stat.S_ISREG(about.st_mode):
        raise damaged(path, "this is not an ordinary file.", remedy)
    if about.st_size > most:
        raise damaged(path, f"the file has {about.st_size / 1e6:.1f} MB; at most {most / 1e6:.0f} are read.", remedy)
    return about.st_size


def check_folder(path, remedy=""):
    """That a folder lies in this very place, not a link to another; else InputError."""
    if not stat.S_ISDIR(_about(path, remedy).st_mode):
        raise damaged(path, "this is a file where a folder belongs.", remedy)


def _about(path, remedy):
    try:
        about = os.lstat(path)
    except FileNotFoundError:
        raise damaged(path, "there is no such file.", remedy) from None
    except (OSError, ValueError) as error:
        raise damaged(path, f"cannot be read: {getattr(error, 'strerror', None) or error}.", remedy) from None
    if stat.S_ISLNK(about.st_mode):
        said = "this is a link, and only what lies in the folder itself is read: put the file here in its place."
        raise damaged(path, said, remedy)
    return about


def file_digest(path) -> str:
    """SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_digest(path, digest, remedy=""):
    """That a file has the bytes that were written; asked of none that was written before digests were."""
    check_file(path, remedy)
    try:
        is_as_written = digest is None or file_digest(path) == digest
    except OSError as error:
        raise damaged(path, f"cannot be read: {error.strerror}.", remedy) from None
    if not is_as_written:
        raise damaged(path, "damaged or changed: its bytes are not those that were written.", remedy)


# ---------------------------------------------------------------------------------------------------------------- JSON


def read_json(path: Path, remedy: str = "") -> Any:
    """What a JSON file holds: plain data of no great depth, every number finite, no key twice, no control characters.

    InputError, with line and column where there is one, and the remedy.
    """
    return _parsed(path, _text(path, remedy), remedy)


def _text(path, remedy):
    check_file(path, remedy, LARGEST_JSON_BYTES)
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise damaged(path, "damaged: this is not text in UTF-8.", remedy) from None
    except OSError as error:
        raise damaged(path, f"cannot be read: {error.strerror}.", remedy) from None


def _parsed(path, text, remedy):
    try:
        data = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        source = SourceText(str(path), text)
        message = f"damaged, this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}. {remedy}".rstrip()
        raise InputError([source.fault(error.lineno, error.colno, message)]) from None
    except RecursionError:
        raise damaged(path, f"nested more than {DEEPEST_NESTING} deep.", remedy) from None
    except ValueError as error:
        raise damaged(path, f"damaged: {error}.", remedy) from None
    flaw = _flaw_of(data)
    if flaw:
        raise damaged(path, flaw, remedy)
    return data


def _no_key_twice(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice[:40]!r} is there twice")
    return found


def _no_number(word):
    raise ValueError(f"{word} is not a number")


def _finite(text):
    number = float(text)
    return number if math.isfinite(number) else _no_number(text[:40])


def _flaw_of(data):
    """What plain data has that nothing here writes, or None; layer by layer, so that no depth is too deep."""
    layer = [data]
    for _ in range(DEEPEST_NESTING):
        if any(isinstance(value, str) and CONTROL.search(value) for value in layer):
            return "damaged: there are control characters in its text."
        layer = list(chain.from_iterable(_inside(value) for value in layer))
    return f"nested more than {DEEPEST_NESTING} deep." if layer else None


def _inside(value):
    if isinstance(value, dict):
        return chain(value, value.values())
    return value if isinstance(value, list) else ()


def read_checked(path: Path, model: type[Kept], remedy: str = "") -> dict:
    """The data of a JSON file, which fits a model; InputError with every fault at once, each in its place, and the
    remedy.
    """
    text = _text(path, remedy)
    data = _parsed(path, text, remedy)
    if not isinstance(data, dict):
        raise damaged(path, "damaged: this is not a table of names and values.", remedy)
    fitting, faults = validated(model, nodes_of({}, SourceText(str(path), "")), data)
    if fitting is None:
        _, faults = validated(model, _with_places(path, text, data), data)
        last = faults[-1]
        raise InputError([*faults[:-1], replace(last, message=f"{last.message} {remedy}".rstrip(), cause=())])
    return data


def _with_places(path, text, data):
    """The data as nodes that know their lines, where they can be found in good time."""
    if len(text) <= LARGEST_SHOWN_BYTES:
        try:
            return read_text(text, str(path))
        except InputError:
            pass
    return nodes_of(data, SourceText(str(path), ""))


# -------------------------------------------------------------------------------------------------------------- tables


def read_rows(path, remedy=""):
    """Line number, text and cells of each row of a CSV file, one after the other; empty lines are left out.

    InputError with the line for what is no text, or no row.
    """
    check_file(path, remedy)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            for number, text in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), start=1):
                if "\0" in text or len(text) == LONGEST_LINE:
                    raise InputError([Diagnostic(str(path), number, 1, f"this is not a text file. {remedy}".rstrip())])
                text = text.rstrip("\r\n")
                if text.strip():
                    yield number, text, cells_of(path, number, text, remedy)
    except UnicodeDecodeError:
        raise damaged(path, "this is not a text in UTF-8.", remedy) from None
    except OSError as error:
        raise damaged(path, f"cannot be read: {error.strerror}.", remedy) from None


def cells_of(path, number, text, remedy=""):
    """The cells of one row of a CSV file; InputError with its line for what is no row."""
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        said = f"this row cannot be read: {error}. {remedy}".rstrip()
        raise InputError([Diagnostic(str(path), number, 1, said, text)]) from None


# -------------------------------------------------------------------------------------------------------------- arrays


def read_array(path, remedy=""):
    """The array of a .npy file, mapped into memory: no objects, and a file just as long as its head says."""
    import numpy as np

    size = check_file(path, remedy)
    try:
        with warnings.catch_warnings(action="ignore"):
            array = np.lib.format.open_memmap(path, mode="r")
    except PermissionError as error:
        raise damaged(path, f"cannot be read: {error.strerror}.", remedy) from None
    except Exception as error:  # a head with a changed byte is read as Python, and fails in ways of its own
        raise damaged(path, "damaged, it does not read as an array.", remedy) from error
    if size != array.offset + array.nbytes:
        raise damaged(path, "damaged, it is not as long as it says.", remedy)
    return array
