"""Text files that people name at the terminal, or in another file: looked at before they are opened, and read once.

A name may lead anywhere: to a folder, a device that never ends, a pipe that nobody fills, a film of ten gigabytes. What
is not an ordinary file of a bearable size, in UTF-8, is refused with advice.
"""

import codecs
import errno
import os
import re
import stat
from dataclasses import dataclass
from functools import cached_property

from sim.errors import Diagnostic, InputError, refusal

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class TextKind:
    """What a file should be, for advice to whoever named another."""

    noun: str  # as in "save the text as a ..."
    largest: int  # bytes that are read at most
    usual: str  # a sentence on what such a file usually is
    otherwise: str = ""  # a sentence on how to come by one


SCENARIO = TextKind(
    ".yaml file",
    2_000_000,
    "A scenario is a few hundred lines of text: is this the right file?",
    "`oceans new NAME` writes one to start from.",
)
ACTIONS = TextKind(".jsonl file", 20_000_000, "A run keeps some hundred lines of them: is this the right file?")
DESIGN = TextKind("CSV file", 100_000_000, "That is room for a million points of ten factors: is this the right file?")


@dataclass(frozen=True)
class SourceText:
    """The text of one file, under the name the user gave it."""

    file: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return LINE_BREAK.split(self.text)

    def fault(self, line: int, column: int, message: str, length: int = 1, cause: tuple[str, ...] = ()) -> Diagnostic:
        """A fault at a place in this file, with the line it is on."""
        shown = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Diagnostic(self.file, line, column, message, shown, length, cause)

    def place(self, index: int) -> tuple[int, int]:
        """Line and column of a letter, from 1."""
        before = LINE_BREAK.split(self.text[:index])
        return len(before), len(before[-1]) + 1


def file_text(path: str | os.PathLike, shown: str, kind: TextKind = SCENARIO) -> str:
    """The text of a file, with line breaks as they are; in messages it is named as it is to be `shown`.

    InputError when it cannot be read, is not of its kind, is too large or is no text in UTF-8.
    """
    try:
        about = os.stat(path)
        _refuse_what_is_not_a_text_file(about, shown, kind)
        with open(path, "rb") as opened:
            data = opened.read(kind.largest + 1)
    except (OSError, ValueError) as problem:
        raise refusal(_why_it_cannot_be_opened(problem, kind), file=shown) from None
    if len(data) > kind.largest:
        raise refusal(_too_large(len(data), kind), file=shown)
    return _decoded(data, shown)


def file_lines(path: str | os.PathLike, kind: TextKind) -> list[str]:
    """The lines of such a file, without their ends; whatever else breaks a line on paper may stand inside of one."""
    return re.split("\r\n|\r|\n", file_text(path, os.fspath(path), kind))


def _refuse_what_is_not_a_text_file(about: os.stat_result, shown: str, kind: TextKind) -> None:
    if stat.S_ISDIR(about.st_mode):
        raise refusal(f"this is a folder. Give the name of a {kind.noun} in it.", file=shown)
    if not stat.S_ISREG(about.st_mode):
        raise refusal(f"this is not an ordinary file. Save the text as a {kind.noun} first.", file=shown)
    if about.st_size > kind.largest:
        raise refusal(_too_large(about.st_size, kind), file=shown)


def _too_large(size: int, kind: TextKind) -> str:
    return f"the file has {size / 1e6:.1f} MB; at most {kind.largest / 1e6:.0f} MB are read. {kind.usual}"


def _why_it_cannot_be_opened(problem: OSError | ValueError, kind: TextKind) -> str:
    reasons = {
        errno.ENOENT: f"there is no such file. {kind.otherwise}".rstrip(),
        errno.ENOTDIR: "there is no such file: part of its path is a file, not a folder.",
        errno.EACCES: "you have no permission to read this file.",
        errno.EPERM: "you have no permission to read this file.",
        errno.ELOOP: "this is a link that leads back to itself.",
        errno.ENAMETOOLONG: "this name is too long for a file.",
    }
    if isinstance(problem, ValueError):
        return "this cannot be the name of a file."
    return reasons.get(problem.errno or 0, f"the file cannot be read ({problem.strerror}).")


def _decoded(data: bytes, shown: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        raise InputError([Diagnostic(shown, 1, 1, "the file is UTF-16 or UTF-32. Save it as UTF-8.")])
    if data.count(b"\0") * 4 > len(data):
        raise InputError([Diagnostic(shown, 1, 1, "this is not a text file, or one in UTF-16. Save it as UTF-8 text.")])
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise InputError([_encoding_fault(data, problem.start, shown)]) from None


def _encoding_fault(data: bytes, at: int, shown: str) -> Diagnostic:
    source = SourceText(shown, data.decode("utf-8", "replace"))
    line, column = source.place(len(data[:at].decode("utf-8")))
    message = (
        f"not UTF-8 text: byte 0x{data[at]:02x} at offset {at} (line {line}). Save the file with the encoding UTF-8."
    )
    return source.fault(line, column, message)
