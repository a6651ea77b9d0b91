"""What a scenario leaves behind when it extends another and leaves actors out.

`participants` of the one that extends says who takes part. What the other says of everybody else would be of no use, so
it is taken away, and what was taken away is told: codes in lists and as keys; an entry that cannot be without the code,
such as a tie or an effect; an incident without its culprit or its last victim, and what refers to it. What a file says
in its own words stays, and is a fault.
"""

import typing
from collections.abc import Callable

from sim.errors import InputError, in_words
from sim.scenario import paths
from sim.scenario.facts import Facts
from sim.scenario.reader import Node, ids_of, items_of, text_of
from sim.scenario.schema import Library, Scenario
from sim.scenario.wording import ENTRY_NAMES, below, core, fields_of, is_code, is_model

STAYS = ("exposure", "stance", "participants")  # toward somebody: of use wherever the library knows who that is
GOES_ALONE = ("suspect", "unless", "may_widen_to", "effects")  # the entry is as good without it
OF_INCIDENTS = ("incident", "going", "stopped")
Absent = Callable[[str, str, object], bool]  # text, the field in which it stands, its annotation


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
    gone = set(before) - set(ids_of(root, "incidents", "id"))
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
        for name, key, entry in items_of(root, section):
            path = text_of(entry, "path") or ""
            is_about_them = taken.is_inherited(key) and bool(gone & set(path.split(".")))
            if is_about_them and not _leads_somewhere(document, path, library):
                taken.note(section, name, ("", ""))
                del root[section].value[name], root[section].keys[name]


def _leads_somewhere(document: dict, path: str, library: Library) -> bool:
    try:
        paths.find(document, path, library)
    except InputError:
        return False
    return True


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
            return goes and self._remember(node)
        if is_model(core(annotation)[0]):
            return self._fields_go(node, annotation, entry) if node.is_mapping else False
        return self._items_go(node, annotation, field, entry)

    def _remember(self, node: Node) -> bool:
        self.codes[node.text or ""] = self.files[node.source.file] = None
        return True

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
        words = [_counted(kind, list(dict.fromkeys(names))) for kind, names in [*whole, *parts] if names]
        if not words:
            return []
        codes, files = in_words(list(self.codes)), in_words(list(self.files))
        return [f"what {files} says of those who take no part here ({codes}) is left out: {'; '.join(words)}."]


def _name(entry: Node) -> str:
    between = entry.get("between")
    return text_of(entry, "id") or "-".join(end.text or "" for end in (between.entries() if between else ()))


def _counted(kind: str, names: list[str]) -> str:
    several = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
    return f"{kind if len(names) == 1 else several} {in_words(names)}"
