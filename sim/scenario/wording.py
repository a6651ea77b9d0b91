"""What the schema asks for, in words; and what a value that does not fit earns as advice.

Pydantic finds what does not fit and where in the data. Here its findings become places in the file and sentences:
what was expected, what was found, what was probably meant.
"""

import datetime
import re
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache, wraps

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim.errors import Diagnostic, did_you_mean, nearest
from sim.letters import is_number, plain_letters
from sim.scenario.hints import about_a_count, about_a_day, about_a_name, about_a_time, code_meant, meant
from sim.scenario.library_schema import CODE_PATTERN, FIRST_DAY, ID_PATTERN, LAST_DAY, NAME_PATTERN
from sim.scenario.reader import Node, date_of
from sim.scenario.schema import CULPRIT_PATTERN, MARK_PATTERN, POLICY_PATTERN, STATELESS

ENTRY_NAMES = {
    "incidents": "incident", "actors": "actor", "auxiliary_outcome_only_cases": "episode", "bodies": "body",
    "cases": "case", "cooperation": "project", "formats": "format", "groups": "group", "injects": "inject",
    "kinds": "kind of case", "levers": "lever", "objectives": "objective", "own_formats": "format",
    "own_responses": "response", "responses": "response", "states": "state", "ties": "tie",
    "uncertainties": "uncertainty", "behaviour": "coefficient",
}  # fmt: skip
Found = typing.TypeVar("Found")
Model = typing.TypeVar("Model", bound=BaseModel)
UNIONS = (typing.Union, types.UnionType)
MOMENT_TYPES = typing.Union[datetime.date, datetime.datetime]  # noqa: UP007, as it is compared with one
NO_NUMBER = ()  # in place of a text that pydantic would read as a number and people would not, such as 1_0
DIGEST_PATTERN, FILE_NAME_PATTERN = r"^[0-9a-f]{32}([0-9a-f]{32})?$", r'^[^./\\:*?"<>|\s][^/\\:*?"<>|\n\r\t]*$'
TEXTS = {  # what is asked for where a text fits a pattern
    CODE_PATTERN: "a code: three capitals such as JPN (ISO 3166), or NATO, or EU",
    CULPRIT_PATTERN: f"a code of three capitals such as RUS, or where no state did it one of {', '.join(STATELESS)}",
    NAME_PATTERN: "a name in lower case letters, digits and underscores that begins with a letter",
    POLICY_PATTERN: "a policy's name, or module:Class for one of your own",
    ID_PATTERN: "an id of up to 60 letters, digits, hyphens and underscores that begins with a letter or digit,",
    MARK_PATTERN: "a mark of up to 12 letters or digits, such as A",
    FILE_NAME_PATTERN: "a name that stays in its folder, such as cyber_incident",
    DIGEST_PATTERN: "a digest in hexadecimal digits",
}


# ---------------------------------------------------------------------------------------------------- the schema


@cache
def fields_of(model: type[BaseModel]) -> dict[str, object]:
    """The fields of a model, each with its annotation and what limits it."""
    return {
        name: typing.Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        for name, field in model.model_fields.items()
    }


@cache
def is_required(model: type[BaseModel], name: str) -> bool:
    return model.model_fields[name].is_required()


def once_for_each(function: Callable[[typing.Any], Found]) -> Callable[[typing.Any], Found]:
    """The function, asked once for each thing that it is asked of: by identity, as annotations cannot be hashed."""
    known: dict[int, tuple[object, Found]] = {}  # holding the thing keeps its identity its own

    @wraps(function)
    def asked(thing: typing.Any) -> Found:
        if id(thing) not in known:
            known[id(thing)] = thing, function(thing)
        return known[id(thing)][1]

    return asked


@once_for_each
def core(annotation) -> tuple[typing.Any, list]:
    """An annotation without Optional and Annotated, and the constraints that they carried."""
    constraints: list = []
    while True:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            extras = [extra.metadata if isinstance(extra, FieldInfo) else [extra] for extra in arguments[1:]]
            constraints += [part for parts in extras for part in parts]
            annotation = arguments[0]
        elif origin in UNIONS and type(None) in arguments:
            rest = tuple(part for part in arguments if part is not type(None))
            annotation = typing.Union[rest]  # noqa: UP007, as there is no other way to unite a tuple
        else:
            return annotation, constraints


def is_code(annotation) -> bool:
    """Whether the code of an actor stands here."""
    patterns = {getattr(part, "pattern", None) for part in core(annotation)[1]}
    return bool(patterns & {CODE_PATTERN, CULPRIT_PATTERN})


def is_model(annotation) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def below(annotation, key):
    """The annotation of what lies under a key or position; None where there can be nothing."""
    inner, _ = core(annotation)
    origin, arguments = typing.get_origin(inner), typing.get_args(inner)
    if is_model(inner):
        return fields_of(inner).get(key)
    if origin is dict:
        return arguments[1]
    if origin is list:
        return arguments[0]
    if origin is tuple and isinstance(key, int) and key < len(arguments):
        return arguments[key]
    if origin in UNIONS:  # an entry or a list of such entries: a position is one of the list
        return next((found for part in arguments if (found := below(part, key)) is not None), None)
    return None


def alternative(annotation, is_list: bool):
    """Of an entry or a list of such entries, the one that is meant; any other annotation as it is."""
    inner, _ = core(annotation)
    parts = typing.get_args(inner) if typing.get_origin(inner) in UNIONS else ()
    of_list = {typing.get_origin(core(part)[0]) is list: part for part in parts}
    return of_list[is_list] if len(of_list) == 2 else annotation


def expected(annotation) -> str:
    """What the schema asks for, as a phrase.

    >>> expected(float), expected(list[int]), expected(typing.Literal["yes", "no"])
    ('a number', 'a list, each entry a whole number', 'one of: yes, no')
    """
    inner, constraints = core(annotation)
    origin, arguments = typing.get_origin(inner), typing.get_args(inner)
    if inner in (int, float):
        return ("a whole number" if inner is int else "a number") + _limits(constraints)
    if inner is str:
        patterns = [part.pattern for part in constraints if getattr(part, "pattern", None)]
        return next((words for pattern, words in TEXTS.items() if pattern in patterns), "text")
    if inner is bool:
        return "yes or no"
    if inner is datetime.date or inner == MOMENT_TYPES:
        return "a date such as 2026-03-01"
    if inner is datetime.time:
        return "a time of day such as 09:30"
    if origin is typing.Literal:
        return "one of: " + ", ".join(map(str, arguments))
    if origin in UNIONS:
        return " or ".join(expected(part) for part in arguments)
    if origin is tuple:
        return "two numbers, [lowest, highest]" if core(arguments[0])[0] is float else "two codes, such as [EST, JPN]"
    if origin is list:
        return "a list, each entry " + expected(arguments[0])
    if origin is dict:
        return f"lines of 'key: value', each key {expected(arguments[0])}"
    example = getattr(inner, "for_example", "")
    such_as = f", such as {example}" if example else ""
    return "lines of 'key: value' with " + ", ".join(list(fields_of(inner))[:4]) + such_as


def _limits(constraints: list) -> str:
    low, high = (next((getattr(part, end) for part in constraints if hasattr(part, end)), None) for end in ("ge", "le"))
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f", {low} or more" if low is not None else ""


# ---------------------------------------------------------------------------------------------------- the data


def plain(node: Node, annotation):
    """A node's data for pydantic: an empty value counts as left out where the schema lets it be left out."""
    inner, _ = core(alternative(annotation, node.is_list)) if annotation is not None else (None, None)
    if node.is_list:
        item = below(inner, 0) if inner is not None else None
        return [plain(entry, item) for entry in node.value]
    if not node.is_mapping:
        return as_number(node.value) if inner in (int, float) else node.value
    if not is_model(inner):
        item = below(inner, "") if typing.get_origin(inner) is dict else None
        return {key: plain(value, item) for key, value in node.value.items()}
    known = fields_of(inner)
    return {
        key: plain(value, known.get(key))
        for key, value in node.value.items()
        if not (value.kind == "scalar" and value.value is None and key in known and not is_required(inner, key))
    }


def as_number(value):
    """A value for pydantic where a number is wanted: a text only if people would read it as one."""
    return NO_NUMBER if isinstance(value, str) and not is_number(value) else value


def validated(
    model: type[Model], node: Node, data=None, codes: Mapping[str, str] | None = None
) -> tuple[Model | None, list[Diagnostic]]:
    """The model that a node describes, or None and every fault.

    `data` is what is checked, if it was read otherwise; `codes`, by `codes_by_name`, serve to say which code was meant.
    """
    try:
        return model.model_validate(plain(node, model) if data is None else data), []
    except ValidationError as problem:
        errors = problem.errors(include_url=False, include_context=False)
    missing: dict[tuple, list[str]] = {}
    for error in errors:
        if error["type"] == "missing" and isinstance(error["loc"][-1], str):
            missing.setdefault(tuple(error["loc"][:-1]), []).append(f"'{error['loc'][-1]}'")
    faults = [
        schema_fault(model, node, error, codes or {})
        for error in errors
        if tuple(error["loc"][:-1]) not in missing or error["type"] != "missing"
    ]
    return None, faults + [_missing_fields(node, location, names) for location, names in missing.items()]


def beside(misfits: list[Diagnostic], others: list[Diagnostic]) -> list[Diagnostic]:
    """Both kinds of fault, without a second one where the schema has already spoken."""
    spoken = {(fault.file, fault.line, fault.column) for fault in misfits if fault.line}
    return misfits + [fault for fault in others if (fault.file, fault.line, fault.column) not in spoken]


def schema_fault(
    model: type[BaseModel], root: Node, error: Mapping[str, typing.Any], codes: Mapping[str, str]
) -> Diagnostic:
    """One of pydantic's findings, as a fault at its place in the file."""
    location = _without_alternatives(model, tuple(error["loc"]))
    if location and location[-1] == "[key]":
        return _bad_key(model, root, location[:-1], codes)
    if error["type"] == "extra_forbidden":
        return _unknown_field(model, root, location)
    if error["type"] == "missing":  # an entry of a pair; fields are gathered by `validated`
        location = location[:-1]
    return _does_not_fit(model, root, location, error["type"], codes)


def _without_alternatives(model, location: tuple) -> tuple:
    """A place without what pydantic adds where a value may be of several kinds."""
    for length in range(len(location)):
        inner, _ = core(annotation_at(model, location[:length]))
        if typing.get_origin(inner) in UNIONS:
            is_told_apart = any(is_model(core(part)[0]) for part in typing.get_args(inner))
            return location[:length] + (location[length + 1 :] if is_told_apart else ())
    return location


def _missing_fields(root: Node, location: tuple, names: list[str]) -> Diagnostic:
    word, hint = "field" if len(names) == 1 else "fields", _namesake(root, location)
    return start_of(node_at(root, location)).fault(
        f"missing {word} {', '.join(names)}{_where('in', root, location)}.{hint}"
    )


def _namesake(root: Node, location: tuple) -> str:
    """The entry of what this extends that an entry with missing fields was probably to change."""
    if not location or not isinstance(location[-1], int):
        return ""
    entry, others = node_at(root, location), node_at(root, location[:-1]).entries()
    for field in ("id", "project"):
        inherited = {text: other for other in others if (text := other.text_of(field)) and other.source != entry.source}
        near = nearest(entry.text_of(field) or "", inherited)
        if near is not None:
            return f" Did you mean '{near}' of {inherited[near].source.file}, to change it?"
    return ""


def _unknown_field(model, root: Node, location: tuple) -> Diagnostic:
    parent, name = node_at(root, location[:-1]), str(location[-1])
    holder, _ = core(alternative(annotation_at(model, location[:-1]), parent.is_list))
    allowed = [field for field in fields_of(holder)] if is_model(holder) else []
    near = meant(name, allowed)
    unused = [field for field in allowed if field not in parent.value] or allowed
    hint = f"Did you mean '{near}'?" if near else did_you_mean(name, unused)
    if near == "date" and (value := parent.get(name)) is not None:
        hint += about_a_day(value.text or "", with_clock=True)
    if name.partition(":")[0] in allowed and ":" in name:
        hint = f"A space is missing after '{name.partition(':')[0]}:'."
    elif " " in name and (value := parent.get(name)) is not None and value.kind == "scalar" and value.value is None:
        hint = "Text with a ',' inside { } needs quotes."
    if nearest(name, allowed) is None and hasattr(holder, "otherwise"):  # it knows more of what a file may hold
        hint = f"{hint} {holder.otherwise(name)}".rstrip()
    message = f"unknown field '{name}'{_where('in', root, location[:-1])}. {hint}"
    return parent.keys[name].fault(message) if name in parent.keys else parent.fault(message)


def _bad_key(model, root: Node, location: tuple, codes: Mapping[str, str]) -> Diagnostic:
    parent, name = node_at(root, location[:-1]), str(location[-1])
    holder, _ = core(annotation_at(model, location[:-1]))
    wanted = expected(typing.get_args(holder)[0])
    hint, cause = _code_instead(typing.get_args(holder)[0], name, codes)
    if ":" in name:
        hint = f" Is a space missing after '{name.partition(':')[0]}:'?"
    message = f"'{name}' cannot be a key{_where('in', root, location[:-1])}: expected {wanted}.{hint}"
    return parent.keys.get(name, parent).fault(message, cause)


def _code_instead(annotation, word: str, codes: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The code that is meant where another word stands, as a hint; and the cause of all faults of that word."""
    if not is_code(annotation):
        return "", ()
    meant = code_meant(word, [code for code in codes.values() if not code.startswith("group:")], codes)
    better = meant or plain_letters(word).strip().upper()
    return (f" Did you mean '{better}'?", ("states", word)) if re.search(CODE_PATTERN, better) else ("", ())


def _does_not_fit(model, root: Node, location: tuple, kind: str, codes: Mapping[str, str]) -> Diagnostic:
    node = value_at(root, location)
    annotation = alternative(annotation_at(model, location), node.is_list)
    inner, constraints = core(annotation)
    subject = _where("for", root, location)
    if node.kind == "scalar" and node.value is not None and not node.value.strip():
        return node.fault(f"the text{subject} is blank. Write something, or leave the field out.")
    if node.is_list and kind == "too_short":
        least = next(part.min_length for part in constraints if getattr(part, "min_length", None))
        if node.value:
            return node.fault(f"the list{subject} needs at least {least} entries, got {len(node.value)}.")
        return node.fault(f"the list{subject} is empty. It needs at least {'one entry' if least == 1 else least}.")
    if typing.get_origin(inner) is typing.Literal and node.text is not None:
        words = list(map(str, typing.get_args(inner)))
        hint = f" Did you mean '{near}'?" if (near := meant(node.text, words)) else ""
        return node.fault(f"{place(root, location)} must be one of {', '.join(words)}, got {_shown(node)}.{hint}")
    kind = next((ENTRY_NAMES[part] for part in reversed(location) if part in ENTRY_NAMES), "")
    code, cause = _code_instead(annotation, node.text or "", codes)
    hint = code or _hint(annotation, node, kind)
    return node.fault(f"expected {expected(annotation)}{subject}, got {found(node)}.{hint}", cause)


def _hint(annotation, node: Node, kind: str) -> str:
    inner, constraints = core(annotation)
    text = node.text or ""
    if _goes_on(node, text):
        return " It goes on in the next line: is '- ' or a key missing there?"
    if inner in (int, float) and text.endswith("%"):
        return " Write a share as a number: 0.4 for 40 %."
    if inner is float and "," in text:
        return " Write the decimal point as '.'."
    if inner in (int, float) and is_number(text.replace("_", "")):
        return f" Write {text.replace('_', '')}." if "_" in text else ""
    if inner is int:
        return about_a_count(text)
    if inner is datetime.time:
        return about_a_time(text)
    if inner is datetime.date or inner == MOMENT_TYPES:
        day = date_of(node)
        is_beyond = day is not None and not FIRST_DAY <= day <= LAST_DAY
        with_clock = inner == MOMENT_TYPES
        return f" Days go from {FIRST_DAY} to {LAST_DAY}." if is_beyond else about_a_day(text, with_clock)
    if typing.get_origin(inner) is list and node.kind == "scalar" and text:
        return f" Write [{text[:40]}]."
    patterns = [part.pattern for part in constraints if inner is str and getattr(part, "pattern", None)]
    if CULPRIT_PATTERN in patterns and (near := nearest(plain_letters(text).strip().lower(), STATELESS)):
        return f" Did you mean '{near}'?"
    return about_a_name(text, kind) if {NAME_PATTERN, POLICY_PATTERN} & {*patterns} else ""


def _goes_on(node: Node, text: str) -> bool:
    """Whether words without quotes run on over the end of their line."""
    if not node.line or len(text.split()) < 2:
        return False
    written = node.source.lines[node.line - 1][node.column - 1 :]
    return written[:1] not in "\"'|>" and text.split()[-1] not in written


def found(node: Node) -> str:
    """What a node holds, in a few words."""
    if node.is_list:
        return f"a list of {len(node.value)}" if node.value else "an empty list"
    if node.is_mapping:
        return "lines of 'key: value'" if node.value else "an empty {}"
    return "nothing" if node.value is None else _shown(node)


def _shown(node: Node) -> str:
    text = str(node.value)
    return repr(text if len(text) <= 40 else text[:37] + "...")


# ---------------------------------------------------------------------------------------------------- places


def annotation_at(model, location: tuple):
    """The annotation of the schema at a place."""
    annotation = model
    for part in location:
        following = below(annotation, part)
        if following is None:
            break
        annotation = following
    return annotation


def node_at(root: Node, location: tuple) -> Node:
    """The node at a place, or the last one on the way there."""
    node = root
    for part in location:
        if node.is_list:
            following = node.value[part] if isinstance(part, int) and part < len(node.value) else None
        else:
            following = node.get(part) or node.get(str(part))
        if following is None:
            break
        node = following
    return node


def value_at(root: Node, location: tuple) -> Node:
    """The node at a place, drawn at its key when it holds nothing that could be pointed at."""
    node = node_at(root, location)
    parent = node_at(root, location[:-1])
    if location and node.kind == "scalar" and node.value is None and parent.is_mapping and location[-1] in parent.keys:
        key = parent.keys[location[-1]]
        return Node("scalar", None, key.source, key.line, key.column, key.length)
    return node


def start_of(node: Node) -> Node:
    """Where to point for a fault of a whole mapping: its first key."""
    return next(iter(node.keys.values()), node) if node.is_mapping else node


def place(root: Node, location: tuple) -> str:
    """A place in words: "incident 'grid'", "'victims' of incident 'grid'"; empty for the file as a whole."""
    if not location:
        return ""
    if len(location) == 1:
        return f"'{location[0]}'"
    entry, rest = _entry(root, location)
    steps = [f"entry {part + 1}" if isinstance(part, int) else f"'{part}'" for part in reversed(rest)]
    return " of ".join([*steps, entry] if entry else steps)


def _entry(root: Node, location: tuple) -> tuple[str, tuple]:
    """The named entry that a place belongs to ("incident 'grid'"), and the rest of the way."""
    for length in range(len(location), 1, -1):
        kind = ENTRY_NAMES.get(location[length - 2])
        if kind:
            return f"{kind} {_name(node_at(root, location[:length]), location[length - 1])}", location[length:]
    return "", location


def _name(node: Node, key) -> str:
    if not isinstance(key, int):
        return f"'{key}'"
    for field in ("id", "project"):
        if given := node.text_of(field):
            return f"'{given[:40]}'"
    return f"number {key + 1}"


def _where(word: str, root: Node, location: tuple) -> str:
    """The same after a word such as "in"; nothing for the file as a whole."""
    return f" {word} {place(root, location)}" if location else ""
