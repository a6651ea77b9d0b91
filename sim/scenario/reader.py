"""YAML in, nodes out: every value as the author wrote it, and where.

YAML guesses what a bare word means (`NO` is false, `1:30` is ninety, `1.10` is 1.1). Here nothing is guessed: every
scalar stays the text that was written, and the schema says later what it should be. Only an empty value, `~` and
`null` mean "nothing". A node remembers its file, line and column, so that a fault found much later still points at
its cause.

A file may come from anyone, so reading it cannot run code, exhaust memory or overflow the stack: tags are refused,
the file's size is looked at before it is opened, nesting and what aliases expand to are counted while they are read.
What a file says stays words: a key or a text with letters that hide (controls, turns of the reading order, letters
without width) is refused here, however they are written, so that nothing after the reader need think of them.
"""

import datetime
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml

from sim.errors import Diagnostic, InputError, in_words
from sim.letters import HIDDEN, hidden, is_number, look_alikes, named
from sim.scenario.hints import hides, not_yaml
from sim.text_files import SourceText, file_text

MOST_NODES = 100_000
DEEPEST_NESTING = 40
MOST_REPEATED_KEYS = 50
Ordered = TypeVar("Ordered", int, datetime.date)

Parser = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|.)", re.DOTALL)
SHORT_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v", "r": "\r",
    "N": "\x85", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Node:
    """One value in a file: a scalar (text, or None for nothing), a mapping of nodes, or a list of nodes.

    `keys` holds, for a mapping, the nodes of its keys. `size` counts the nodes below with every alias expanded, and
    `height` how deep they nest.
    """

    kind: str  # "scalar", "mapping" or "list"
    value: Any  # str | None, dict[str, Node] or list[Node]
    source: SourceText
    line: int
    column: int
    length: int = 1
    keys: dict = field(default_factory=dict)
    size: int = 1
    height: int = 1

    @property
    def is_mapping(self) -> bool:
        return self.kind == "mapping"

    @property
    def is_list(self) -> bool:
        return self.kind == "list"

    @property
    def text(self) -> str | None:
        """What a scalar says; None for nothing, and for a mapping or a list."""
        return self.value if self.kind == "scalar" else None

    def get(self, key: str) -> "Node | None":
        """The value under a key of a mapping, or None."""
        return self.value.get(key) if self.kind == "mapping" else None

    def __getitem__(self, key: str) -> "Node":
        """The value under a key of a mapping, known to be there."""
        return self.value[key]

    def entries(self) -> list["Node"]:
        """The items of a list, the values of a mapping; nothing for a scalar."""
        if self.kind == "list":
            return list(self.value)
        return list(self.value.values()) if self.kind == "mapping" else []

    # ---- what lies under a key: nothing where it is missing, or not what the schema asks for

    def is_given(self, key: str) -> bool:
        found = self.get(key)
        return found is not None and not (found.kind == "scalar" and found.value is None)

    def is_yes(self, key: str) -> bool:
        return (self.text_of(key) or "").strip().lower() in ("yes", "true", "on", "y", "t", "1")

    def text_of(self, key: str) -> str | None:
        found = self.get(key)
        return found.text if found is not None else None

    def mapping_of(self, key: str) -> "Node | None":
        found = self.get(key)
        return found if found is not None and found.is_mapping else None

    def items_of(self, key: str) -> list[tuple[str, "Node", "Node"]]:
        """(key, node of the key, node of the value) of a mapping."""
        node = self.mapping_of(key)
        return [(name, node.keys[name], value) for name, value in node.value.items()] if node else []

    def entries_of(self, key: str) -> list["Node"]:
        """The entries of a list."""
        found = self.get(key)
        return found.value if found is not None and found.is_list else []

    def named_in(self, key: str) -> list["Node"]:
        """The entries of a list, or the one value that stands in its place."""
        found = self.get(key)
        return [found] if found is not None and found.kind == "scalar" else self.entries_of(key)

    def ids_of(self, key: str, field: str) -> list[str]:
        """What the entries of a list say under a field."""
        return [text for entry in self.entries_of(key) if (text := entry.text_of(field)) is not None]

    # ---- as a whole

    def texts(self) -> Iterator[str]:
        """Every key and every text in it."""
        if self.kind == "mapping":
            yield from self.value
        elif self.kind == "scalar" and self.value is not None:
            yield self.value
        for entry in self.entries():
            yield from entry.texts()

    def fault(self, message: str, cause: tuple[str, ...] = ()) -> Diagnostic:
        """A fault at this node, which names the letters in it that only look like others."""
        return self.source.fault(self.line, self.column, message + self._look_alikes(), self.length, cause)

    def _look_alikes(self) -> str:
        found = look_alikes(self.text or "") if self.line else []
        said = in_words([self._in_place(*one) for one in found[:3]]) if found else ""
        return f" {said[:1].upper()}{said[1:]}." if said else ""

    def _in_place(self, at: int, letter: str, plain: str) -> str:
        line = self.source.lines[self.line - 1]
        column = line.find(letter, self.column - 1) + 1 if at < len(line) else 0
        where = f"column {column}" if column else f"letter {at + 1}"
        return f"{where} is {named(letter)}, which only looks like {'a space' if plain == ' ' else repr(plain)}"

    def plain(self):
        """The same as dicts, lists, text and None."""
        if self.kind == "mapping":
            return {key: node.plain() for key, node in self.value.items()}
        if self.kind == "list":
            return [node.plain() for node in self.value]
        return self.value


def read(path: str | os.PathLike, shown: str | None = None) -> Node:
    """The mapping that a YAML file holds, which messages name as `shown`; InputError when it cannot be read as one."""
    return read_text(file_text(path, shown or os.fspath(path)), shown or os.fspath(path))


def read_text(text: str, file: str) -> Node:
    """The mapping that a YAML text holds; InputError when it holds anything else.

    >>> node = read_text("country: NO\\nratio: 1.10\\nempty:", "example.yaml")
    >>> node.plain()
    {'country': 'NO', 'ratio': '1.10', 'empty': None}
    >>> node.get("ratio").line, node.get("ratio").column
    (2, 8)
    """
    source = SourceText(file, text)
    root, faults = _Composer(source).document()
    if faults:
        raise InputError(sorted(faults, key=lambda fault: (fault.line, fault.column)))
    if root is None or (root.kind == "scalar" and root.value is None):
        raise InputError([Diagnostic(file, 1, 1, "the file is empty. `oceans new NAME` writes one to start from.")])
    if not root.is_mapping:
        what = "a list" if root.is_list else "text"
        raise InputError([root.fault(f"the file should be lines of 'key: value', but it starts with {what}.")])
    return root


def nodes_of(data, source: SourceText) -> Node:
    """Plain data as nodes without a place; InputError when letters hide in its keys or texts."""
    node = _nodes_of(data, source)
    letters = dict.fromkeys(found.group() for text in node.texts() for found in hidden(text))
    if letters:
        raise InputError([Diagnostic(source.file, 0, 0, hides(letter)) for letter in letters])
    return node


def _nodes_of(data, source: SourceText) -> Node:
    if isinstance(data, dict):
        node = Node("mapping", {str(key): _nodes_of(value, source) for key, value in data.items()}, source, 0, 0)
        node.keys = {key: Node("scalar", key, source, 0, 0) for key in node.value}
        return node
    if isinstance(data, (list, tuple)):
        return Node("list", [_nodes_of(value, source) for value in data], source, 0, 0)
    return Node("scalar", None if data is None else str(data), source, 0, 0)


# ------------------------------------------------------------------------------------------------ what nodes say
# What is missing, or of the wrong kind, is nothing.


def keys_of(node: Node | None) -> list[str]:
    return list(node.value) if node is not None and node.is_mapping else []


def number_of(node: Node | None) -> float | None:
    return float(node.text) if node is not None and node.text is not None and is_number(node.text) else None


def whole_of(node: Node | None) -> int | None:
    """A whole number of any size; None of anything else."""
    number = number_of(node)
    if node is None or number is None or not number.is_integer() and abs(number) != math.inf:
        return None
    try:
        return int(node.text or "")
    except ValueError:  # 3.0, 1e9, inf, or more digits than Python reads
        return int(number) if number.is_integer() else None


def within(low: Ordered, high: Ordered, number: Ordered | None) -> Ordered | None:
    return number if number is not None and low <= number <= high else None


def date_of(node: Node | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(node.text.strip()) if node is not None and node.text else None
    except ValueError:
        return None


# ------------------------------------------------------------------------------------------------ text to nodes


class _Stop(Exception):
    """The text cannot be read any further; carries the fault."""


class _Composer:
    """Builds nodes from the events of a YAML parser, counting what it builds."""

    def __init__(self, source: SourceText):
        self.source = source
        self.faults: list[Diagnostic] = []
        self.anchors: dict[str, Node | None] = {}  # None while its value is still being read
        self.built = 0

    def document(self) -> tuple[Node | None, list[Diagnostic]]:
        """The root node (None when there is none) and every fault found."""
        try:
            return self._root(), self.faults
        except _Stop as stop:
            return None, [*self.faults, stop.args[0]]
        except yaml.MarkedYAMLError as problem:
            return None, [*self.faults, not_yaml(self.source, problem)]

    def _root(self) -> Node | None:
        for found in UNREADABLE.finditer(self.source.text):
            self._keep(self._hidden(found.group(), found.start()))
        if self.faults:
            return None
        self.events = yaml.parse(self.source.text, Loader=Parser)
        root = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    message = (
                        "a second document starts here ('---'). One file holds one scenario: put it in its own file."
                    )
                    raise _Stop(self._fault(event, message, 3))
                root = self._node(next(self.events), depth=1)
        return root

    def _node(self, event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event, depth)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            message = f"the tag '{tag}' is not used here. Delete it and write the value alone."
            self.faults.append(self._fault(event, message, self._width(event)))
        self._count(event, 1)
        if depth > DEEPEST_NESTING:
            raise _Stop(self._fault(event, f"nested more than {DEEPEST_NESTING} levels deep. Are the brackets closed?"))
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        node = self._value(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _value(self, event, depth: int) -> Node:
        line, column, length = event.start_mark.line + 1, event.start_mark.column + 1, self._width(event)
        if isinstance(event, yaml.ScalarEvent):
            value = None if not event.style and event.value in NOTHING else event.value
            if HIDDEN.search(event.value):
                self._refuse_hidden(event)
            return Node("scalar", value, self.source, line, column, length)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(Node("list", [], self.source, line, column, length), depth)
        return self._mapping(Node("mapping", {}, self.source, line, column, length), depth)

    def _list(self, node: Node, depth: int) -> Node:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            node.value.append(item := self._node(event, depth + 1))
            node.size += item.size
            node.height = max(node.height, item.height + 1)
        return self._closed(node, event)

    def _mapping(self, node: Node, depth: int) -> Node:
        merged: list[Node] = []
        repeated: list[Node] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            node.size += key.size + value.size
            node.height = max(node.height, value.height + 1)
            self._add(node, key, value, merged, repeated)
        self._refuse_repeated(node, repeated)
        for other in merged:
            for name, value in other.value.items():
                node.value.setdefault(name, value)
                node.keys.setdefault(name, other.keys[name])
        return self._closed(node, event)

    @staticmethod
    def _closed(node: Node, event) -> Node:
        """A list or mapping marked to its closing bracket, where that is on the same line."""
        end = event.end_mark
        if event.start_mark.column < end.column and end.line + 1 == node.line:
            node.length = end.column + 1 - node.column
        return node

    def _add(self, node: Node, key: Node, value: Node, merged: list[Node], repeated: list[Node]) -> None:
        if key.kind != "scalar":
            self._keep(key.fault("a key must be a word: 'key: value'. Are there brackets that should be in quotes?"))
        elif key.value == "<<":
            self._merge(value, merged)
        else:
            name = "" if key.value is None else key.value
            if name in node.value:
                repeated.append(key)
            else:
                node.value[name], node.keys[name] = value, key

    def _refuse_repeated(self, node: Node, repeated: list[Node]) -> None:
        """Keys that stand twice: one by one, or together where a line that begins an entry seems to be missing."""
        if len(repeated) > 1:
            self._keep(repeated[0].fault(self._entry_not_begun(node, repeated)))
            return
        for key in repeated:
            name = key.text or ""
            first = node.keys[name].line
            self._keep(key.fault(f"the key '{name}' is repeated: it is already on line {first}. Keep one of the two."))

    def _entry_not_begun(self, node: Node, repeated: list[Node]) -> str:
        first = next(iter(node.keys.values()))
        names = in_words([f"'{key.text or ''}'" for key in repeated])
        said = f"from here on {names} stand a second time in the entry that begins on line {first.line}."
        is_of_a_list = self.source.lines[first.line - 1][: first.column - 1].rstrip().endswith("-")
        if is_of_a_list and repeated[0].text == first.text:
            return f"{said} Is '- ' missing before '{first.text}'?"
        begins = f"'- {first.text}: ...'" if is_of_a_list else "'name:'"
        return f"{said} Is a line such as {begins} missing above, which begins another entry?"

    def _merge(self, value: Node, merged: list[Node]) -> None:
        sources = value.value if value.is_list else [value]
        for source in sources:
            if source.is_mapping:
                merged.append(source)
            else:
                self._keep(source.fault("'<<' takes over the keys of another entry: give it '*name' of one."))

    def _aliased(self, event, depth: int) -> Node:
        name, length = event.anchor, self._width(event)
        if name not in self.anchors:
            message = f"no entry above is marked '&{name}', so '*{name}' means nothing."
            raise _Stop(self._fault(event, f"{message} Text that starts with '*' needs quotes.", length))
        node = self.anchors[name]
        if node is None:
            raise _Stop(self._fault(event, f"'*{name}' stands inside the very entry it refers to.", length))
        self._count(event, node.size)
        if depth + node.height > DEEPEST_NESTING:
            raise _Stop(
                self._fault(
                    event, f"with '*{name}' written out, nested more than {DEEPEST_NESTING} levels deep.", length
                )
            )
        return node

    def _count(self, event, nodes: int) -> None:
        self.built += nodes
        if self.built > MOST_NODES:
            message = f"more than {MOST_NODES} values, with every '*name' written out. A scenario has a few hundred."
            raise _Stop(self._fault(event, message))

    def _keep(self, fault: Diagnostic) -> None:
        if len(self.faults) < MOST_REPEATED_KEYS:
            self.faults.append(fault)

    # ---- letters that hide

    def _refuse_hidden(self, event) -> None:
        """A fault for each letter of a scalar that hides, where it is written, as itself or as an escape."""
        there = [found.start() for found in HIDDEN.finditer(event.value)]
        refused = {found.start() for found in hidden(event.value)}
        written = list(self._written(event))
        for number, at in enumerate(there):
            index, length = written[number] if len(written) == len(there) else (event.start_mark.index, 1)
            if at in refused:
                self._keep(self._hidden(event.value[at], index, length))

    def _written(self, event) -> Iterator[tuple[int, int]]:
        """(place in the file, length) of the letters of a scalar that may hide."""
        start = event.start_mark.index
        text = self.source.text[start : event.end_mark.index]
        pattern = re.compile(f"{ESCAPE.pattern}|{HIDDEN.pattern}", re.DOTALL) if event.style == '"' else HIDDEN
        for found in pattern.finditer(text):
            letter = _unescaped(found) if found.group().startswith("\\") else found.group()
            if HIDDEN.match(letter) and found.group() not in "\r\x85":  # these two are read as the end of a line
                yield start + found.start(), len(found.group())

    def _hidden(self, letter: str, index: int, length: int = 1) -> Diagnostic:
        return self.source.fault(*self.source.place(index), hides(letter), length, ("letter", letter))

    # ---- places and sentences

    def _width(self, event) -> int:
        start, end = event.start_mark, event.end_mark
        if start.line == end.line:
            return max(end.column - start.column, 1)
        line = self.source.lines[start.line] if start.line < len(self.source.lines) else ""
        return max(len(line.rstrip()) - start.column, 1)

    def _fault(self, event, message: str, length: int = 1) -> Diagnostic:
        return self.source.fault(event.start_mark.line + 1, event.start_mark.column + 1, message, length)


def _unescaped(escape: re.Match) -> str:
    """The letter that an escape in double quotes stands for, so far as it may hide."""
    code = next((digits for digits in escape.groups() if digits), None)
    if code is not None:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
    return SHORT_ESCAPES.get(escape.group()[1:], "")
