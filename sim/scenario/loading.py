"""From a name or a file to a scenario ready to be played: find, read, extend, leave out, check, freeze.

Notes on one that is sound, and one to start from.
"""

import dataclasses
import os
import re
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Diagnostic, InputError, did_you_mean, in_words, told_once
from sim.scenario.calendar import UNITS
from sim.scenario.checks import check_scenario, repeated_ids
from sim.scenario.facts import Facts, role_in, with_groups_of, with_outputs
from sim.scenario.inject_checks import beside_scenario
from sim.scenario.library import (
    check_library_files,
    digest_of,
    is_library,
    library_digest,
    load_library,
    scenarios_folder,
    shown_path,
    without_states,
)
from sim.scenario.library_schema import Figure, Library
from sim.scenario.paths import Place, find, fitted, leads_somewhere, set_path, stands_alone, with_figures, with_ranges
from sim.scenario.reader import Node, SourceText, file_text, nodes_of, read, read_text
from sim.scenario.schema import MERGED_BY, Scenario
from sim.scenario.wording import ENTRY_NAMES, below, beside, core, fields_of, is_code, is_model, validated

LONGEST_CHAIN = 10
FAR_YEARS = 10  # a judgement: trade, budgets and alliances are other ones after ten years, and much the same after five
IN_FULL = ("name", "adjective", "theatre", "role", "economy", "cyber", "military", "exposure", "stance")
OF_A_SCENARIO = {"incidents", "extends", "injects", "participants", "turns"}
KEY_AT_THE_TOP = re.compile(r"^([A-Za-z_]\w*):(?=\s|$)", re.MULTILINE)
STAYS = ("exposure", "stance", "participants")  # toward somebody: of use wherever the library knows who that is
GOES_ALONE = ("suspect", "unless", "may_widen_to", "effects")  # the entry is as good without it
OF_INCIDENTS = ("incident", "going", "stopped")
Absent = Callable[[str, str, object], bool]  # text, the field in which it stands, its annotation
NAME = re.compile(r"[a-z][a-z0-9_]*")
LONGEST_NAME = 60
TEMPLATE = Path(__file__).with_name("template.yaml")


@dataclass(frozen=True)
class Loaded:
    """A scenario that is whole and sound, with the library as it holds for it."""

    scenario: Scenario
    library: Library  # with the scenario's own `figures` in it, and without states that the scenario describes in full
    document: dict  # the scenario as plain JSON data, all that it extends merged in; `from_document` reads it back
    digest: str  # SHA-256 of all that a run depends on: document and library
    name: str  # the file's, without ending
    path: Path
    base: Library = dataclasses.field(repr=False)  # the library as it was read
    # sentences on what was taken away of what this extends, with actors that take no part
    left_out: tuple[str, ...] = ()
    # by the path of an attachment, as injects name it, what is in the file
    attached: dict[str, bytes] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"Loaded({self.name!r}, digest={self.digest[:12]!r})"


def shipped() -> list[str]:
    """The names of the scenarios that come with Two Oceans."""
    return sorted(path.stem for path in scenarios_folder().glob("*.yaml"))


def load(name_or_path: str | os.PathLike, library: Library | None = None) -> Loaded:
    """A scenario, by the name of a shipped one or by its file.

    Parameters
    ----------
    name_or_path : "cyber_incident", or "my/crisis.yaml"
    library : Library; default: the one that ships

    Returns
    -------
    Loaded; InputError with every fault at once when the scenario is not sound
    """
    path, shown = locate(name_or_path)
    root = read(path, shown)
    if "cases" in root.value and "incidents" not in root.value:
        said = f"this holds past cases, and an exercise needs a scenario. `oceans backtest {shown}` plays the cases."
        raise InputError([root.keys["cases"].fault(said)])
    return _loaded(with_parents(root, path), path.stem, path, library)


def from_text(text: str, path: Path) -> Loaded:
    """A scenario from the text that its file, at a path, holds or is to hold; checked like a file."""
    return _loaded(with_parents(read_text(text, os.fspath(path)), path), path.stem, path)


def from_document(
    document: dict, name: str = "scenario", path: Path | None = None, library: Library | None = None
) -> Loaded:
    """A scenario from plain data, such as `Loaded.document` or a variation of it; checked like a file."""
    return _loaded(nodes_of(document, SourceText(name, "")), name, path or Path(f"{name}.yaml"), library)


def varied(loaded: Loaded, values: dict) -> Loaded:
    """The same scenario with other values at some paths; InputError when one leads nowhere or does not fit.

    Such as `{"incidents.grid.difficulty": 0.7, "behaviour.precision": 4}`. What is switched on comes first and what is
    switched off last, so that other values may be set under it either way.
    """
    document = loaded.document
    for path, value in sorted(values.items(), key=lambda item: {"on": 0, "off": 2}.get(str(item[1]), 1)):
        document = set_path(document, path, value, loaded.library)
    return from_document(document, loaded.name, loaded.path, loaded.base)


def check_files(
    paths: Iterable[str | os.PathLike], others: Sequence[tuple[Callable, Callable]] = ()
) -> list[Diagnostic]:
    """Every fault of some files: scenarios, or files of the library, which are known by their first keys.

    They come in the order of the files; what a file says itself comes before what it extends. `others` has for each
    further kind of file whether a file is one, and its faults, both asked of the file's root Node.
    """
    faults, of_the_library = [], []
    for given in paths:
        try:
            path, shown = locate(given)
            root = read(path, shown)
            faults_of = next((faults_of for is_one, faults_of in others if is_one(root)), None)
            if faults_of is not None:
                faults += faults_of(root)
            elif is_library(root):
                of_the_library.append((path, shown))
            else:
                whole = with_parents(root, path)
                loaded = _loaded(whole, path.stem, path)
                for section in ("uncertainties", "levers"):
                    faults += _unplayable_ends(whole, section, loaded)
        except InputError as error:
            faults += error.faults
    return list(told_once(dict.fromkeys(faults + in_order(check_library_files(of_the_library)))))


def unplayable(loaded: Loaded, place: Place, value) -> str | None:
    """Why the scenario could not be played with another value that fits at a place; None when it could.

    >>> from sim.scenario.paths import find
    >>> smallest = load("smallest")
    >>> unplayable(smallest, find(smallest.document, "incidents.registers.turn"), 9)
    'begins in turn 9, but the exercise has 4 turns.'
    """
    if stands_alone(place):
        return None
    try:
        varied(loaded, {place.path: value})
    except InputError as error:
        return error.faults[0].message
    return None


def _unplayable_ends(root: Node, section: str, loaded: Loaded) -> Iterable[Diagnostic]:
    """The choices and ends of a section that a sweep could not play."""
    for name, key, entry in root.items_of(section):
        place = find(loaded.document, entry.text_of("path") or "", loaded.library)
        nodes = [(node, node.text) for node in (*entry.entries_of("choices"), *entry.entries_of("range"))]
        span = getattr(loaded.scenario, section)[name].range or ()  # the library's, where the scenario leaves it out
        for node, written in nodes or [(key, end) for end in span]:
            why = unplayable(loaded, place, fitted(place, written))
            if why:
                yield node.fault(f"'{place.path}' cannot be {written}: {why}")


def _loaded(root: Node, name: str, path: Path, library: Library | None = None) -> Loaded:
    base = load_library() if library is None else library
    library = with_groups_of(root, without_states(base, _in_full(root)))
    left_out = without_those_left_out(root, library) if root.line else []
    facts = Facts(root, library)
    scenario, misfits = validated(Scenario, root, codes=facts.codes_by_name)
    faults = in_order(beside(misfits, check_scenario(facts)), root.source.file)
    if scenario is None or faults:
        raise InputError(faults)
    document = scenario.model_dump(mode="json", exclude_unset=True)
    depends_on = scenario.model_dump(mode="json", exclude_defaults=True)
    digest = digest_of([depends_on, library_digest(base)])
    complete = with_ranges(_with_roles(scenario, library), document, library)
    name = name.encode("utf-8", "replace").decode("utf-8")  # a file's name may hold bytes that are no text
    library = with_figures(library, scenario.figures)
    if any(own.decided_in for own in scenario.own_responses.values()):
        own_formats = with_outputs(scenario.own_formats, scenario.own_responses)
        complete = complete.model_copy(update={"own_formats": own_formats})
        library = library.model_copy(update={"formats": with_outputs(library.formats, scenario.own_responses)})
    return Loaded(complete, library, document, digest, name, path, base, tuple(left_out), _attached(root))


def _attached(root: Node) -> dict[str, bytes]:
    """What is in the files that injects name, where the scenario was read from a file itself."""
    entries = (entry for inject in root.entries_of("injects") for entry in inject.entries_of("attachments"))
    named = [node for entry in entries if entry.is_given("file") for node in [entry["file"]] if node.source.text]
    paths = {node.text or "": beside_scenario(node) for node in named}
    return {name: path.read_bytes() for name, path in paths.items() if path is not None}


def _with_roles(scenario: Scenario, library: Library) -> Scenario:
    """A scenario in which whoever is made a member of a group has the role that goes with it."""
    roles = {code: actor.role or role_in(actor.member_of, library) for code, actor in scenario.actors.items()}
    changed = {code: role for code, role in roles.items() if role != scenario.actors[code].role}
    if not changed:
        return scenario
    actors = {code: actor.model_copy(update={"role": roles[code]}) for code, actor in scenario.actors.items()}
    return scenario.model_copy(update={"actors": actors})


def _in_full(root: Node) -> list[str]:
    """The actors that a scenario describes in full: they are its own, whether or not the library knows the code."""
    actors = root.items_of("actors")
    return [code for code, _, entry in actors if entry.is_mapping and all(key in entry.keys for key in IN_FULL)]


def in_order(faults: Iterable[Diagnostic], own: str = "") -> list[Diagnostic]:
    """Faults as they come in the files, those of one's own file first; equal ones are told once."""
    order = sorted(dict.fromkeys(faults), key=lambda fault: (fault.file != own, fault.file, fault.line, fault.column))
    return list(told_once(order))


# ------------------------------------------------------------------------------------------------ finding the file


def locate(name_or_path: str | os.PathLike) -> tuple[Path, str]:
    """The file that a name or path means, and how to show it."""
    given = os.fsdecode(name_or_path)
    if given in shipped():
        path = scenarios_folder() / f"{given}.yaml"
        return path, shown_path(path)
    if looks_like_a_path(given) or os.path.lexists(given):
        return Path(given), given
    message = f"there is no scenario of this name, and no such file. {did_you_mean(given, shipped())}"
    raise InputError([Diagnostic(given or "''", 0, 0, message)])


def looks_like_a_path(given: str) -> bool:
    return given.endswith((".yaml", ".yml")) or "/" in given or os.sep in given


# ------------------------------------------------------------------------------------------------ extending another


def with_parents(root: Node, path: Path) -> Node:
    """The whole scenario: what a file says, laid over what it extends."""
    if root.get("extends") is None:
        return root
    family = _family(root, path)
    faults = [fault for member in family for fault in repeated_ids(member)]
    if faults:
        raise InputError(in_order(faults, root.source.file))
    whole = family.pop()
    while family:
        whole = laid_over(whole, family.pop(), faults)
    if faults:
        raise InputError(in_order(faults, root.source.file))
    whole.value.pop("extends", None)
    return whole


def _family(root: Node, path: Path) -> list[Node]:
    """A scenario, the one that it extends, the one that that extends, and so on."""
    files, family = [os.path.realpath(path)], [root]
    while (extends := family[-1].get("extends")) is not None and extends.text is not None:
        parent, shown = _parent(extends, path)
        if os.path.realpath(parent) in files:
            raise InputError([extends.fault(f"'{extends.text}' extends this file in turn: a circle has no beginning.")])
        if len(files) == LONGEST_CHAIN:
            raise InputError([extends.fault(f"more than {LONGEST_CHAIN} scenarios extend one another.")])
        files.append(os.path.realpath(parent))
        family.append(_read_parent(parent, shown, extends))
        path = parent
    return family


def _parent(extends: Node, child: Path) -> tuple[Path, str]:
    given = (extends.text or "").strip()
    if looks_like_a_path(given):
        shown = os.path.normpath(os.path.join(os.path.dirname(extends.source.file), given))
        return child.parent / given, shown
    if given in shipped():
        return locate(given)
    raise InputError([extends.fault(f"no shipped scenario is named '{given}'. {did_you_mean(given, shipped())}")])


def _read_parent(path: Path, shown: str, extends: Node) -> Node:
    """What a scenario extends. What is no scenario shows none of its lines: its author may not be ours to quote."""
    try:
        root = read(path, shown)
    except InputError as error:
        if error.faults[0].line and _looks_like_a_scenario(_keys_at_the_top(path)):
            raise
        said = "it is no scenario" if error.faults[0].line else error.faults[0].message
        raise InputError([extends.fault(f"'{extends.text}' cannot be extended: {said.rstrip('.')}.")]) from None
    if not _looks_like_a_scenario(list(root.value)):
        raise InputError([extends.fault(f"'{extends.text}' cannot be extended: it is no scenario.")])
    return root


def _looks_like_a_scenario(keys: list[str]) -> bool:
    """Whether the keys at the top of a file are a scenario's: all, or half with one that is found nowhere else."""
    known = {key for key in keys if key in fields_of(Scenario)}
    return bool(known) and (len(known) == len(keys) or bool(known & OF_A_SCENARIO) and 2 * len(known) >= len(keys))


def _keys_at_the_top(path: Path) -> list[str]:
    """The keys at the top of a file that cannot be read as YAML, by the look of its lines."""
    try:
        return KEY_AT_THE_TOP.findall(file_text(path, ""))
    except InputError:
        return []


def laid_over(parent: Node, child: Node, faults: list[Diagnostic], merged_by: dict | None = None) -> Node:
    """A mapping with what the child says in place of what the parent says; `key: null` takes the key away."""
    merged_by = MERGED_BY if merged_by is None else merged_by
    own_units = set(UNITS) & set(child.value)  # whoever gives turns a length in one unit takes no other over
    others = set(UNITS) - own_units if own_units else set()
    given = {name: value for name, value in parent.value.items() if name not in others}
    whole = Node("mapping", given, child.source, child.line, child.column, child.length)
    whole.keys = {name: parent.keys[name] for name in given}
    for name, value in child.value.items():
        before = parent.get(name)
        if before is not None and value.kind == "scalar" and value.value is None:
            del whole.value[name], whole.keys[name]
            continue
        if before is not None and before.is_mapping and value.is_mapping:
            value = laid_over(before, value, faults, {})
        elif before is not None and before.is_list and value.is_list and name in merged_by:
            value = _entries_laid_over(before, value, merged_by[name], faults)
        whole.value[name], whole.keys[name] = value, child.keys[name]
    return whole


def _entries_laid_over(parent: Node, child: Node, key: str, faults: list[Diagnostic]) -> Node:
    """Entries of both lists: those of the same id merged where the parent has them, new ones at the end."""
    entries: list[Node | None] = list(parent.value)
    places = {entry.text_of(key): index for index, entry in enumerate(parent.value)}
    places.pop(None, None)  # of an entry that does not say what it goes by
    for entry in child.value:
        name = entry.text_of(key)
        index = places.get(name)
        if index is None and entry.is_yes("remove"):
            hint = did_you_mean(name or "", filter(None, places))
            faults.append(entry.keys["remove"].fault(f"there is no such entry to remove in what this extends. {hint}"))
        elif index is None:
            entries.append(entry)
        elif entry.is_yes("remove"):
            entries[index] = None
        else:
            entries[index] = laid_over(parent.value[index], entry, faults, {})
    kept = [entry for entry in entries if entry is not None]
    return Node("list", kept, child.source, child.line, child.column, child.length)


# --------------------------------------------------------------------------------------------------- leaving actors out
# `participants` of the scenario that extends another says who takes part. What the other says of everybody else would
# be of no use, so it is taken away, and what was taken away is told: codes in lists and as keys; an entry that cannot
# be without the code, such as a tie or an effect; an incident without its culprit or its last victim, and what refers
# to it. What a file says in its own words stays, and is a fault.


def without_those_left_out(root: Node, library: Library) -> list[str]:
    """Takes away, in place, what is inherited and belongs to nobody who takes part; returns sentences that say what.

    `root` is a scenario laid over what it extends.
    """
    facts, listed = Facts(root, library), root.get("participants")
    if listed is None or not facts.cast:
        return []
    taken, absent = _Taken({root.source.file, listed.source.file}), _absent(facts)
    before = facts.incidents
    taken.take(root, absent)
    gone = set(before) - set(root.ids_of("incidents", "id"))
    taken.take(root, lambda text, field, _: field in OF_INCIDENTS and text in gone)
    _take_paths(root, library, taken, gone | set(taken.codes))
    return taken.told()


def _absent(facts: Facts) -> Absent:
    """Whether a text names somebody who is known and takes no part."""
    cast, absent = facts.cast, {code for code in facts.known if code not in facts.cast and code not in facts.inside}
    groups = {f"group:{name}" for name in facts.library.groups}

    def is_absent(text: str, field: str, annotation: object) -> bool:
        if field == "to":
            return text in absent | groups and not any(code in cast for code in facts.meant(text))
        return text in absent and is_code(annotation)

    return is_absent


def _take_paths(root: Node, library: Library, taken: "_Taken", gone: set[str]) -> None:
    """What varies at a place that is no longer there."""
    document = Facts(root, library).document
    for section in ("uncertainties", "levers"):
        for name, key, entry in root.items_of(section):
            path = entry.text_of("path") or ""
            is_about_them = taken.is_inherited(key) and bool(gone & set(path.split(".")))
            if is_about_them and not leads_somewhere(document, path, library):
                taken.note(section, name, ("", ""))
                del root[section].value[name], root[section].keys[name]


class _Taken:
    """Takes away what is inherited and absent, and remembers what; the words of the files that are its `own` stay."""

    def __init__(self, own: set[str]):
        self.own = own
        self.codes: dict[str, None] = {}
        self.files: dict[str, None] = {}
        self.entries: dict[str, list[str]] = {}  # kind of entry -> names of those that went
        self.parts: dict[tuple[str, str], list[str]] = {}  # (field, kind of entry) -> names of entries that lost some

    def is_inherited(self, node: Node) -> bool:
        return node.source.file not in self.own

    def take(self, root: Node, absent: Absent) -> None:
        self.absent = absent
        for field, annotation in fields_of(Scenario).items():
            if field in root.value and field not in STAYS:
                self._goes(root[field], annotation, field, ("", ""))

    def note(self, field: str, name: str, entry: tuple[str, str]) -> None:
        """Remembers an entry of a section, or else that a named entry lost something in a field."""
        kind = ENTRY_NAMES.get(field)
        names = self.entries.setdefault(kind, []) if kind else self.parts.setdefault((field, entry[0]), [])
        names.append(name if kind else entry[1])

    def _goes(self, node: Node, annotation: object, field: str, entry: tuple[str, str]) -> bool:
        """Whether a value has to go as a whole; what can go below it without it is taken away."""
        if node.kind == "scalar":
            goes = node.text is not None and self.is_inherited(node) and self.absent(node.text, field, annotation)
            if goes:
                self.codes[node.text or ""] = self.files[node.source.file] = None
            return goes
        if is_model(core(annotation)[0]):
            return self._fields_go(node, annotation, entry) if node.is_mapping else False
        return self._items_go(node, annotation, field, entry)

    def _fields_go(self, node: Node, annotation: object, entry: tuple[str, str]) -> bool:
        for field, value in list(node.value.items()):
            was_there = field not in STAYS and bool(value.value)
            goes = was_there and self._goes(value, below(annotation, field), field, entry)
            if goes and field not in GOES_ALONE:
                return True
            if goes or was_there and not value.value:
                self.note(field, "", entry)
                del node.value[field], node.keys[field]
        return False

    def _items_go(self, node: Node, annotation: object, field: str, entry: tuple[str, str]) -> bool:
        """The same of a list or of entries by name, which go when nothing is left, or not all that must be there."""
        inner, _ = core(annotation)
        of_keys = typing.get_args(inner)[0] if typing.get_origin(inner) is dict else None
        items = list(node.value.items() if node.is_mapping else enumerate(node.value))
        kept = []
        for key, value in items:
            name = str(key) if node.is_mapping else _name(value)
            inside = (ENTRY_NAMES[field], name) if field in ENTRY_NAMES else entry
            key_goes = of_keys is not None and node.is_mapping and self._goes(node.keys[key], of_keys, field, inside)
            if key_goes or self._goes(value, below(inner, key), field, inside):
                self.note(field, name, entry)
            else:
                kept.append((key, value))
        node.value = dict(kept) if node.is_mapping else [value for _, value in kept]
        node.keys = {key: node.keys[key] for key in node.value} if node.is_mapping else {}
        all_needed = field in OF_INCIDENTS or typing.get_origin(inner) is tuple
        return len(kept) < len(items) and (all_needed or not kept)

    def told(self) -> list[str]:
        """What was taken away, in a sentence."""
        whole = [(kind, names) for kind, names in self.entries.items()]
        parts = [
            (f"'{field}' of {kind}", [name for name in names if name not in self.entries.get(kind, [])])
            for (field, kind), names in self.parts.items()
        ]
        words = []
        for kind, names in [*whole, *parts]:
            several = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
            once = list(dict.fromkeys(names))
            words += [f"{kind if len(once) == 1 else several} {in_words(once)}"] if once else []
        if not words:
            return []
        codes, files = in_words(list(self.codes)), in_words(list(self.files))
        return [f"what {files} says of those who take no part here ({codes}) is left out: {'; '.join(words)}."]


def _name(entry: Node) -> str:
    between = entry.get("between")
    return entry.text_of("id") or "-".join(end.text or "" for end in (between.entries() if between else ()))


# ---------------------------------------------------------------------------------------------------------------- notes


def notes_on(loaded: Loaded) -> list[str]:
    """What is worth knowing of a scenario that is sound, in sentences: it plays, and may not say what its author
    thinks.

    >>> from sim.scenario import load
    >>> notes_on(load("smallest"))
    []
    """
    return [*loaded.left_out, *_of_another_time(loaded), *_outside_their_alliance(loaded)]


def _of_another_time(loaded: Loaded) -> Iterator[str]:
    figures = [figure for state in loaded.base.states.values() for _, figure in state if isinstance(figure, Figure)]
    year, years = loaded.scenario.first_day.year, sorted({figure.year for figure in figures if figure.year is not None})
    if years and not years[0] - FAR_YEARS <= year <= years[-1] + FAR_YEARS:
        yield (
            f"the exercise begins in {year}, and the library's figures are of {years[0]} to {years[-1]}: they are used "
            "as they stand. Write what was or will be otherwise under 'actors' or 'figures'."
        )


def _outside_their_alliance(loaded: Loaded) -> Iterator[str]:
    """Invented allies that belong to no alliance."""
    bodies = {"ally": "NATO", "eu_member": "EU"}
    for code, actor in loaded.scenario.actors.items():
        name = bodies.get(actor.role or "", "")
        body = loaded.library.bodies.get(name)
        if body is not None and code not in loaded.library.groups[body.group].members:
            yield (
                f"'{code}' has the role '{actor.role}' and is no member of {name}: nothing that its members call "
                f"or decide together is open to it. Write `member_of: [{body.group}]` under its name in 'actors'."
            )


# --------------------------------------------------------------------------------------------- a scenario to start from


def new_scenario(name: str, folder: str | os.PathLike = ".") -> Path:
    """Write a scenario to start from, and give its path; InputError when the name will not do or the file is there."""
    name = _good_name(name.removesuffix(".yaml"))
    path = Path(folder) / f"{name}.yaml"
    try:
        with open(path, "x", encoding="utf-8", newline="\n") as new:
            new.write(template_text(name))
    except FileExistsError:
        raise InputError([Diagnostic(str(path), 0, 0, "there is already such a file. Choose another name.")]) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a folder"
        raise InputError([Diagnostic(str(path), 0, 0, f"a file cannot be written here ({reason}).")]) from None
    return path


def template_text(name: str) -> str:
    """The text of a scenario to start from, sound as it is.

    >>> "title: Baltic night" in template_text("baltic_night")
    True
    """
    title = name.replace("_", " ").capitalize()
    return TEMPLATE.read_text(encoding="utf-8").replace("{name}", name).replace("{title}", title)


def _good_name(name: str) -> str:
    better = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")[:LONGEST_NAME]
    hint = f" Try '{better}'." if NAME.fullmatch(better) else ""
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        message = f"a scenario's name is at most {LONGEST_NAME} lower case letters, digits and underscores.{hint}"
        raise InputError([Diagnostic(name or "''", 0, 0, message)])
    if name in shipped():
        raise InputError([Diagnostic(name, 0, 0, f"a scenario that ships has this name. Try 'my_{name}'.")])
    return name
