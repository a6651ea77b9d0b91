"""The family of errors that Two Oceans raises, and how they are worded.

    OceansError                 something the person at the keyboard can act on; `oceans` exits with 1
      InputError                a file, a name or a path is not what it should be: every fault at once; exits with 2
      RangeError (ValueError)   a rule was given a value outside its domain

    Terminated (KeyboardInterrupt)  no error: the process was told to end, as by Ctrl-C; exits with 143

An error is advice: where, what, what was probably meant, what is allowed. None of these ever reaches a user as a
traceback, and none prints a letter that a terminal would obey rather than show.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sim.letters import plain_letters, visible

LONGEST_SOURCE_LINE = 140
LONGEST_LIST = 12


class OceansError(Exception):
    """Root of the family. `exit_code` is what the command line returns."""

    exit_code = 1

    def __str__(self) -> str:
        return visible(super().__str__())


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong, where it is, and what to do about it.

    Parameters
    ----------
    file : str, the file as the user named it; may be empty when there is none
    line, column : int, from 1; line 0 means the file as a whole
    message : str, a sentence of advice
    source_line : str, the line of the file, shown below the message when there is one
    length : int, how many characters to mark from `column`
    cause : what this has in common with the faults that follow from the same slip; they are told together

    >>> print(Diagnostic("crisis.yaml", 6, 5, "unknown field 'capabilty'.", "    capabilty: 0.6", 9))
    crisis.yaml:6:5: error: unknown field 'capabilty'.
        6 |     capabilty: 0.6
          |     ^^^^^^^^^
    >>> print(Diagnostic("crisis.yaml", 0, 0, "there is no such file."))
    crisis.yaml: error: there is no such file.
    """

    file: str
    line: int
    column: int
    message: str
    source_line: str = ""
    length: int = 1
    cause: tuple[str, ...] = ()

    def __str__(self) -> str:
        headline = f"{self._place()}error: {_on_one_line(self.message)}"
        return headline + self._excerpt() if self.line and self.source_line.strip() else headline

    def _place(self) -> str:
        file = _on_one_line(self.file)
        if self.line:
            return f"{file}:{self.line}:{self.column}: "
        return f"{file}: " if file else ""

    def _excerpt(self) -> str:
        start = max(self.column - 1, 0)
        cut = max(start - LONGEST_SOURCE_LINE // 2, 0) if len(self.source_line) > LONGEST_SOURCE_LINE else 0
        shown = self.source_line[cut : cut + LONGEST_SOURCE_LINE]
        before, rest = visible(shown[: start - cut]), shown[start - cut :]
        indent = "".join("\t" if letter == "\t" else " " for letter in before)
        marked = max(len(visible(rest[: self.length])), 1)
        return f"\n{self.line:>5} | {before}{visible(rest)}\n      | {indent}{'^' * marked}"


class InputError(OceansError):
    """What was read is not right. `str()` shows every fault, one block each; equal ones are told once.

    >>> empty = Diagnostic("a.yaml", 0, 0, "the file is empty.")
    >>> print(InputError([empty, Diagnostic("b.yaml", 0, 0, "this is a folder.")]))
    a.yaml: error: the file is empty.
    b.yaml: error: this is a folder.
    """

    exit_code = 2

    def __init__(self, faults: Iterable[Diagnostic]):
        self.faults = told_once(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def refusal(*words: str, file: str = "", cause: tuple[str, ...] = ()) -> InputError:
    """The error that refuses what was asked for, or a file as a whole, where no place is to be pointed at.

    >>> print(refusal("nothing to merge: name the folders of the parts."))
    error: nothing to merge: name the folders of the parts.
    >>> print(refusal("there is no such file.", file="crisis.yaml"))
    crisis.yaml: error: there is no such file.
    """
    return InputError([Diagnostic(file, 0, 0, each, cause=cause) for each in words])


def told_once(faults: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Faults of one file that say the same, or have one cause, as one: the first, with the lines of the others.

    >>> faults = [Diagnostic("a.yaml", line, 5, "no incident 'grid'.") for line in (12, 30, 41)]
    >>> print(*told_once(faults))
    a.yaml:12:5: error: no incident 'grid'. Also on lines 30 and 41.
    """
    alike: dict[tuple, list[Diagnostic]] = {}
    for fault in faults:
        alike.setdefault((fault.file, fault.cause or fault.message), []).append(fault)
    return tuple(_with_others(first, others) for first, *others in alike.values())


def _with_others(first: Diagnostic, others: list[Diagnostic]) -> Diagnostic:
    lines = sorted({fault.line for fault in others} - {first.line, 0})
    if not lines:
        return first
    words = f"lines {in_words(lines)}" if len(lines) > 1 else f"line {lines[0]}"
    return replace(first, message=f"{first.message} Also on {words}.")


def in_words(things: list) -> str:
    """A list as people say it, its end left out when it is long.

    >>> in_words([3, 5, 9]), in_words(["a"])
    ('3, 5 and 9', 'a')
    """
    words = list(map(str, things))
    if len(words) > LONGEST_LIST:
        return f"{', '.join(words[:LONGEST_LIST])} and {len(words) - LONGEST_LIST} more"
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def counted(number: int, noun: str) -> str:
    """A number of things, in figures.

    >>> counted(1, "fault"), counted(12, "file")
    ('1 fault', '12 files')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


class RangeError(OceansError, ValueError):
    """A rule was given a value outside its domain."""


class Terminated(KeyboardInterrupt):
    """The process was told to end, by SIGTERM or as its terminal closed; whoever hears Ctrl-C hears this too."""

    exit_code = 143


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """What was probably meant by a word that is not allowed; else what is allowed.

    >>> did_you_mean("capabilty", ["name", "capability"])
    "Did you mean 'capability'?"
    >>> did_you_mean("JAP", ["JPN", "KOR", "AUS"])
    "Did you mean 'JPN'?"
    >>> did_you_mean("zebra", ["name", "capability"])
    'Allowed: name, capability.'
    >>> did_you_mean("zebra", [])
    'There are none to choose from.'
    """
    names = [str(name) for name in allowed]
    if not names:
        return "There are none to choose from."
    near = nearest(word, names)
    if near is not None:
        return f"Did you mean {near!r}?"
    rest = len(names) - LONGEST_LIST
    listed = ", ".join(names[:LONGEST_LIST])
    return f"Allowed: {listed} and {rest} more." if rest > 0 else f"Allowed: {listed}."


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that a word most resembles, or None when none is close.

    >>> nearest("public_atribution", ["sanctions", "public_attribution"])
    'public_attribution'
    >>> nearest("Jpn", ["JPN", "KOR"])
    'JPN'
    >>> nearest("certainty", ["publicness", "certainty_at_time"])
    'certainty_at_time'
    """
    names = list(allowed)
    by_plain_name = {_plain(name): name for name in reversed(names)}
    cutoff = 0.6 if len(word) <= 4 else 0.7
    close = difflib.get_close_matches(_plain(word), list(by_plain_name)[::-1], n=1, cutoff=cutoff)
    if close:
        return by_plain_name[close[0]]
    longer = [name for name in names if set(_plain(word).split("_")) < set(_plain(name).split("_"))]
    return longer[0] if len(longer) == 1 else None


def _plain(name: str) -> str:
    return plain_letters(name[:80]).strip().casefold().replace("-", "_").replace(" ", "_")


def _on_one_line(text: str) -> str:
    return visible(text).replace("\n", "\\n")
