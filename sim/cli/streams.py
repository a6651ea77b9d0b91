"""Standard input, output and error, so that no stream ends what a command has begun.

What a stream's encoding lacks is written in its stead by something that can be read. A stream that cannot be written,
because the disk is full, its reader has gone or it was never open, is written no more: the command does its work and
keeps what it is to keep, and at the end one sentence says what was lost.
"""

import codecs
import contextlib
import io
import os
import select
import sys
import unicodedata

READABLE = str.maketrans(
    {
        "·": ".", "•": "*", "●": "o", "○": "o", "■": "#", "▨": "#", "★": "*", "◆": "*", "◇": "*", "▲": "^", "▼": "v",
        "–": "-", "—": "-", "−": "-", "±": "+/-", "×": "x", "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "…": "...",
        "‘": "'", "’": "'", "“": '"', "”": '"', "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    }
)  # fmt: skip


def _readable(error):
    """Something to read for what an encoding lacks; bytes of a file's name that are no text stay as they are.

    >>> "–5 … café 日本 ■■·".encode("ascii", "readable").decode("ascii")
    '-5 ... cafe ?? ##.'
    """
    lacking = error.object[error.start : error.end]
    if all("\udc80" <= letter <= "\udcff" for letter in lacking):
        return lacking.encode("utf-8", "surrogateescape"), error.end
    plain = lacking.translate(READABLE)
    return "".join(letter if letter.isascii() else _bare(letter) for letter in plain), error.end


def _bare(letter):
    """A letter without its accents, or a question mark."""
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if part.isascii()) or "?"


def _escaped(error):
    """What an encoding lacks as JSON escapes it; outside of its strings JSON has nothing that any encoding lacks."""
    pairs = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    units = (pairs[place : place + 2].hex() for place in range(0, len(pairs), 2))
    return "".join(f"\\u{unit}" for unit in units), error.end


codecs.register_error("readable", _readable)
codecs.register_error("json", _escaped)


def print_json(text):
    """Prints a JSON document that is one in any encoding.

    >>> '{"title": "café 🙂"}'.encode("ascii", "json").decode("ascii")
    '{"title": "caf\\\\u00e9 \\\\ud83d\\\\ude42"}'
    """
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "json").decode(encoding))


class Lasting(io.RawIOBase):
    """The end of a stream where bytes leave, `raw`. Once they cannot, `problem` says why, and the rest goes nowhere."""

    def __init__(self, raw):
        self.raw, self.problem = raw, None

    def writable(self):
        """Whether one can write: always."""
        return True

    def write(self, data):
        """Writes what it can and takes the rest for written."""
        if self.problem is None:
            try:
                return self._written(data)
            except OSError as problem:
                self.problem = problem
        return len(data)

    def _written(self, data):
        while (count := self.raw.write(data)) is None:  # a pipe that does not wait, and is full
            select.select([], [self.raw], [])
        return count

    def fileno(self):
        """The number of the stream it is the end of."""
        return self.raw.fileno()

    def isatty(self):
        """Whether somebody is watching."""
        return self.raw.isatty()


@contextlib.contextmanager
def lasting():
    """Standard streams that last until the command is done; exit code 1 if an answer was lost on the way."""
    _open_all()
    with contextlib.redirect_stdout(_last(sys.stdout)), contextlib.redirect_stderr(_last(sys.stderr)):
        code = 0
        try:
            yield
        except SystemExit as end:
            code = end.code
        sys.exit(code or _lost(sys.stdout.buffer.raw))


def _open_all():
    """Opens the streams that were closed, lest a file of results becomes one: nothing to read, no way to write."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def _last(stream):
    """The same stream, but lasting."""
    raw = Lasting(getattr(stream.buffer, "raw", stream.buffer))
    by_line = stream.line_buffering or stream.write_through
    return io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, "readable", line_buffering=by_line)


def _lost(end):
    """1, and a sentence, if not everything could be written to a reader who was still there; else 0."""
    sys.stdout.flush()
    if end.problem is None or isinstance(end.problem, BrokenPipeError):
        return 0
    print(
        f"standard output: error: cannot be written ({end.problem.strerror}). What was to be kept is kept; what was to "
        "be said is not all there. Name another place after '>'.",
        file=sys.stderr,
    )
    return 1
