"""Past crises as they were coded: who was hit, by whom, and what each actor is known to have done about it.

    cases = read_cases("cases_2007_2024")          # a shipped name, or the path of a file
    cells = cells_of(cases)                        # one row for each thing that is known, as arrays

A file of cases is checked like a scenario: every fault at once, with its place and what was probably meant.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from sim.errors import Diagnostic, InputError, did_you_mean
from sim.scenario import load_library, scenarios_folder
from sim.scenario.library import digest_of, shown_path
from sim.scenario.library_schema import Codebook, Library
from sim.scenario.loading import in_order, looks_like_a_path
from sim.scenario.reader import Node, read
from sim.scenario.wording import beside, validated
from sim.validation.checks import check_cases, codebook_of, reading_of, unlike_cases, used
from sim.validation.schema import Case, CaseFile, Cell, Covariates, Episode

NOBODY_SAYS = "unknown"
NO_TAG = "null"


@dataclass(frozen=True)
class Cases:
    """The cases of one file."""

    title: str
    cases: tuple[Case, ...]  # in the order of the file
    outcomes: tuple[Episode, ...]  # coercions of which only the outcome is known
    covariates: dict[str, Covariates]  # by code; empty when the file gives none
    path: Path
    digest: str  # SHA-256 of what the file says: the same for any layout, comments and order of keys

    def __repr__(self) -> str:
        return f"Cases({self.title!r}, {len(self.cases)} cases, digest={self.digest[:12]!r})"


# ------------------------------------------------------------------------------------------------ reading


def shipped_cases() -> list[str]:
    """The names of the files of cases that come with Two Oceans.

    >>> shipped_cases()
    ['cases_2007_2024']
    """
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def read_cases(name_or_path: str | os.PathLike, library: Library | None = None) -> Cases:
    """The cases of a file, by the name of a shipped one or by its path; InputError with every fault at once.

    The file may name actors, adversaries and kinds of case of the library.

    >>> cases = read_cases("cases_2007_2024")
    >>> cases.cases[0].id, cases.cases[0].cells["EST", "public_attribution"].value
    ('est-2007', 1)
    """
    path = Path(located(name_or_path))
    root = read(path, os.fspath(located(name_or_path)))
    written, faults = _validated(root, library)
    if written is None or faults:
        raise InputError(faults)
    return Cases(
        written.meta.title or path.stem,
        tuple(written.cases),
        tuple(written.auxiliary_outcome_only_cases),
        written.actor_covariates,
        path,
        digest_of(root.plain()),
    )


def head_of(name: str) -> str:
    """The head of a case's name: what comes before a colon or a semicolon.

    >>> head_of("Estonia: three weeks of DDoS"), head_of("WannaCry ransomware worm")
    ('Estonia', 'WannaCry ransomware worm')
    """
    return re.split(r"[:;]", name, maxsplit=1)[0].strip()


def is_case_file(root: Node) -> bool:
    """Whether a file holds cases rather than a scenario or a part of the library, by its first keys."""
    return unlike_cases(root) is None


def case_faults(root: Node, library: Library | None = None) -> list[Diagnostic]:
    """Every fault of a file of cases, in the order of the file."""
    return _validated(root, library)[1]


def located(name_or_path: str | os.PathLike) -> str:
    """The path that a name or path means, as a reader would write it; InputError when there is nothing of that name."""
    given = os.fsdecode(name_or_path)
    if given in shipped_cases():
        return shown_path(_folder() / f"{given}.yaml")
    if looks_like_a_path(given) or os.path.lexists(given):
        return given
    message = f"there are no cases of this name, and no such file. {did_you_mean(given, shipped_cases())}"
    raise InputError([Diagnostic(given or "''", 0, 0, message)])


def _folder() -> Path:
    return scenarios_folder() / "history"


def _validated(root: Node, library: Library | None) -> tuple[CaseFile | None, list[Diagnostic]]:
    library = load_library() if library is None else library
    stranger = unlike_cases(root)
    if stranger is not None:
        return None, [stranger]
    reading = reading_of(root, codebook_of(library))
    content = used(root, reading)
    written, misfits = validated(CaseFile, content)
    return written, in_order(beside(list(check_cases(content, library, reading)), misfits))


# ------------------------------------------------------------------------------------------------ as arrays


@dataclass(frozen=True, eq=False)
class Cells:
    """What is known of many cases, one row for each actor, case and kind of act of which it is known."""

    case: np.ndarray  # (n,) of int, the place in `case_ids`
    case_ids: tuple[str, ...]  # every case of the file, whether or not anything is known of it
    actor: np.ndarray  # (n,) of str, codes
    kind: np.ndarray  # (n,) of str, of `KINDS`
    done: np.ndarray  # (n,) of float, 1 it did, 0 it did not
    is_own: np.ndarray  # (n,) of bool, the actor was itself a primary target
    confidence: np.ndarray  # (n,) of str, "high", "medium", "low", or "unknown" where nobody says
    case_kind: np.ndarray  # (n,) of str, a kind of case of the codebook

    def __len__(self) -> int:
        return len(self.done)

    def where(self, mask: np.ndarray | Sequence) -> "Cells":
        """The rows that a mask (n,) of bool, or a list of places, picks; `case_ids` stay, so `case` keeps its meaning.

        >>> cells = cells_of(read_cases("cases_2007_2024"))
        >>> sorted(set(cells.where((cells.kind == "material_support") & (cells.done == 1)).actor.tolist()))[:3]
        ['AUS', 'CAN', 'DEU']
        """
        rows = {one.name: getattr(self, one.name) for one in fields(self)}
        return Cells(**{name: row if name == "case_ids" else row[np.asarray(mask)] for name, row in rows.items()})


def cells_of(cases: Cases, with_victims: bool = False, strict: bool = False) -> Cells:
    """What is known, as arrays in the order of the file: by case, actor and kind; what is not known is left out.

    Parameters
    ----------
    with_victims : also what primary targets did themselves; it is no answer to somebody else's trouble
    strict : only what is known with high or medium confidence

    >>> cases = read_cases("cases_2007_2024")
    >>> len(cells_of(cases)) < len(cells_of(cases, with_victims=True))
    True
    """
    rows = [row for place, case in enumerate(cases.cases) for row in _rows(place, case)]
    rows = [row for row in rows if (with_victims or not row[4]) and (not strict or row[5] in ("high", "medium"))]
    case, actor, kind, done, is_own, confidence, case_kind = zip(*rows, strict=True) if rows else ((),) * 7
    return Cells(
        np.array(case, dtype=np.int64),
        tuple(one.id for one in cases.cases),
        np.array(actor, dtype=str),
        np.array(kind, dtype=str),
        np.array(done, dtype=float),
        np.array(is_own, dtype=bool),
        np.array(confidence, dtype=str),
        np.array(case_kind, dtype=str),
    )


def told(cell: Cell, kind: str, codebook: Codebook) -> tuple[float, float] | None:
    """What the record says of a cell to an estimate: the chance that it was done, and what that weighs; None: nothing.

    A known cell says 0 or 1; one without a value says what the codebook makes of its tag, or of there being none.
    Scores hear known cells only.

    >>> codebook = load_library().codebook
    >>> told(Cell(1, "general-low"), "public_attribution", codebook)
    (1.0, 0.5)
    >>> told(Cell(None, "presumed-absent"), "public_attribution", codebook)
    (0.05, 0.5)
    """
    if cell.value is not None:
        return float(cell.value), codebook.weights["low"].value if cell.confidence == "low" else 1.0
    if cell.evidence in codebook.soft:
        return codebook.soft[cell.evidence].value, codebook.weights["soft"].value
    if cell.evidence == NO_TAG and kind in codebook.unrecorded:
        return codebook.unrecorded[kind].value, codebook.weights["unrecorded"].value
    return None


def _rows(place: int, case: Case) -> Iterator[tuple]:
    for (actor, kind), cell in case.cells.items():
        if cell.value is not None:
            sure = cell.confidence or NOBODY_SAYS
            yield place, actor, kind, float(cell.value), actor in case.victims, sure, case.kind
