"""The figures that every exercise shares, read from `scenarios/library/` and checked once.

The library is several files that are one document: `states.yaml` may hold `states`, `groups` and `bodies`, and so on.
No entry may stand in two places.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sim.errors import Diagnostic, InputError, nearest
from sim.scenario.entries import check_library, limits_in, names_in
from sim.scenario.members import with_outputs
from sim.scenario.needs import check_needs
from sim.scenario.reader import Node, SourceText, is_given, keys_of, read
from sim.scenario.schema import Library, Scenario
from sim.scenario.wording import beside, fields_of, once_for_each, validated

SECTIONS = tuple(fields_of(Library))
NOT_PLAYED: Any = {
    **dict.fromkeys(("codebook", "estimates", "domains", "volumes"), True),
    "behaviour": {"__all__": {"domain"}},
    "responses": {"__all__": {"is_inaction"}},
    "states": {"__all__": {"also"}},
}


def scenarios_folder() -> Path:
    """The folder of scenarios and library: `sim/_scenarios` if installed, `scenarios` beside `sim` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def library_files() -> list[Path]:
    """The files of the library, in the order of their names."""
    return sorted((scenarios_folder() / "library").glob("*.yaml"))


@cache
def load_library() -> Library:
    """The whole library; InputError with every fault when it is not sound. Read once per process."""
    library, faults = read_library([(path, shown_path(path)) for path in library_files()])
    if library is None or faults:
        raise InputError(faults)
    return library


def is_library(root: Node) -> bool:
    """Whether a file is part of the library rather than a scenario, by its first keys."""
    names = set(root.value)
    return bool(names & set(SECTIONS)) and not names & (set(fields_of(Scenario)) - set(SECTIONS))


def check_library_files(files: list[tuple[Path, str]]) -> list[Diagnostic]:
    """The faults of some files of the library: read with those beside them, or as an addition to the one that ships.

    Where they themselves are sound and those beside them no longer fit, that is told.
    """
    if not files:
        return []
    given = {path.resolve() for path, _ in files}
    folders = {path.parent for path in given}
    neighbours = {other.resolve() for folder in folders for other in folder.glob("*.yaml")} - given
    beside_them = [(path, shown_path(path)) for path in sorted(neighbours)] if folders == {_folder()} else []
    _, faults = read_library([*files, *beside_them], whole=bool(beside_them))
    shown = {name for _, name in files}
    return [fault for fault in faults if fault.file in shown] or faults


def _folder() -> Path:
    return (scenarios_folder() / "library").resolve()


@once_for_each
def library_digest(library: Library) -> str:
    """SHA-256 of what runs read of a library, computed once: the same for any layout, comments and order of keys.

    The codebook is left out, since what it says of a case stands in the scenario made of it, and so are the estimates:
    what a run reads of them stands under `behaviour`. So are the domains, which say what may be written and not what
    is played, whether a response is none, which is a matter of telling, what else people call a state, and the
    volumes, which no run reads.
    """
    return digest_of(library.model_dump(mode="json", exclude_defaults=True, exclude=NOT_PLAYED))


def without_states(library: Library, codes: Sequence[str]) -> Library:
    """A library that does not know some states: neither what they weigh nor what they belong to.

    >>> smaller = without_states(load_library(), ["EST"])
    >>> "EST" in smaller.states, "EST" in smaller.groups["nato"].members, len(smaller.groups["nato"].members)
    (False, False, 31)
    """
    gone = {code for code in codes if code in library.states}
    if not gone:
        return library
    groups = {
        name: group.model_copy(update={"members": {c: spell for c, spell in group.members.items() if c not in gone}})
        for name, group in library.groups.items()
    }
    states = {code: state for code, state in library.states.items() if code not in gone}
    return library.model_copy(update={"states": states, "groups": groups})


def digest_of(data) -> str:
    """SHA-256 of plain data in canonical JSON.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def shown_path(path: Path) -> str:
    """A path as a reader would write it: relative to where they are, when it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def read_library(files: Sequence[tuple[Path, str]], whole: bool = True) -> tuple[Library | None, list[Diagnostic]]:
    """The library that files, each with the name to show, hold together, or None; and every fault.

    If these are not the `whole`, they may also refer to what is in the library that ships.
    """
    roots: list[Node] = []
    faults: list[Diagnostic] = []
    for path, shown in files:
        try:
            roots.append(read(path, shown))
        except InputError as error:
            faults += error.faults
    if faults:  # without what a file holds, all that refers to it would seem to be wrong
        return None, faults
    root, repeated = merged_sections(roots)
    missing = [name for name in SECTIONS if not is_given(root, name)]
    strangers = [name for name in root.value if name not in SECTIONS]
    if whole:
        faults += [_missing_section(name, files) for name in missing if nearest(name, strangers) is None]
    names = {name: dict.fromkeys(_names(name, root.get(name))) for name in SECTIONS if keys_of(root.get(name))}
    if "domains" in names:
        names["domains"] = limits_in(root)
    if whole:
        names |= {name: ANY_NAME for name in SECTIONS if name not in names}
    else:
        names = {name: {**_names_of_the_shipped(name), **names.get(name, {})} for name in SECTIONS}
    needs = check_needs(root) if whole and not faults and not missing else ()
    for name in missing:
        root.value[name] = Node("mapping", {}, SourceText("", ""), 0, 0)
    library, misfits = validated(Library, root)
    misfits = [fault for fault in misfits if fault.file]  # of a section that is missing, which has been said
    if library is not None:
        library = library.model_copy(update={"formats": with_outputs(library.formats, library.responses)})
    return library, faults + repeated + beside(misfits, [*check_library(root, names), *needs])


def _names_of_the_shipped(section: str) -> dict:
    library = load_library()
    if section == "domains":
        return {name: domain.limits for name, domain in library.domains.items()}
    return dict.fromkeys(names_in(library, section))


class _AnyName(dict):
    """The names of a section that is missing or no section: any may have stood there."""

    def __contains__(self, name: object) -> bool:
        return True


ANY_NAME = _AnyName()


def _names(name: str, section: Node | None) -> list[str]:
    """The names of a section that may be referred to."""
    return keys_of(section.get("responses") if name == "codebook" and section is not None else section)


def _missing_section(name: str, files: Sequence[tuple[Path, str]]) -> Diagnostic:
    home = next((shown for path, shown in files if path.stem == name), None)
    if home is not None:
        return Diagnostic(home, 1, 1, f"this file should hold '{name}:', and no other file of the library does.")
    folder = shown_path(scenarios_folder() / "library")
    return Diagnostic(folder, 0, 0, f"no file of the library holds '{name}'. Is the installation complete?")


def merged_sections(roots: list[Node]) -> tuple[Node, list[Diagnostic]]:
    """One node of all sections, each with the entries of every file; and the entries that stand twice."""
    root, faults = Node("mapping", {}, SourceText("", ""), 0, 0), []
    for part in roots:
        for name, section in part.value.items():
            before = root.get(name)
            if before is not None and before.is_mapping and section.is_mapping:
                faults += _add_entries(before, section)
            else:
                root.value[name], root.keys[name] = _copied(section), part.keys[name]
    return root, faults


def _copied(section: Node) -> Node:
    """A section that entries of other files can be added to."""
    if not section.is_mapping:
        return section
    copy = Node("mapping", dict(section.value), section.source, section.line, section.column, section.length)
    copy.keys = dict(section.keys)
    return copy


def _add_entries(section: Node, more: Node) -> list[Diagnostic]:
    faults = []
    for name, entry in more.value.items():
        if name in section.value:
            first = section.keys[name]
            message = f"'{name}' is already at {first.source.file}:{first.line}. Keep one of the two."
            faults.append(more.keys[name].fault(message))
        else:
            section.value[name], section.keys[name] = entry, more.keys[name]
    return faults
