"""What a file of cases may hold beside what is used, and whether its parts fit together and the library knows them.

Nothing is ignored but remarks. A field that the schema does not have is a remark when its name says so (`note`,
`severity_basis`, `eurepoc_weighted_intensity`), or when the file's own codebook explains it; in the small entries
beside a figure (severity, attribution_context, exposure, outcome, collective_response) also when it resembles no field.
Anything else is refused with advice, like a slip of the pen in a scenario.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sim.errors import Fault, did_you_mean, nearest
from sim.history.schema import (
    KINDS,
    UNATTRIBUTED,
    AttributionContext,
    Case,
    CaseExposure,
    CaseFile,
    CollectiveResponse,
    Covariates,
    Meta,
    Outcome,
    Row,
    Severity,
    first_day,
)
from sim.scenario.reader import Node, entries_of, is_given, items_of, keys_of
from sim.scenario.schema import Codebook, Library
from sim.scenario.wording import below, core, fields_of, is_model

REMARK = re.compile(
    r"(?:^|_)(?:basis|caveats?|comments?|confidence|context|description|details?|evidence|notes?|quality|reasons?"
    r"|references?|remarks?|sources?|summary|triggers?|urls?)$|^(?:csis|dcid|eurepoc|gsdb)_"
)
NOT_USED = ("allied", "late_responses", "other_responders")
OPEN = (AttributionContext, CaseExposure, CollectiveResponse, Covariates, Outcome, Severity)
IDEAL_POINT = re.compile(r"unga_ideal_(?:point_)?(\d{4})")
SAYS_YES_OR_NO = {"yes": 1, "true": 1, "no": 0, "false": 0}


# ------------------------------------------------------------------------------------------------ what is used


def used(root: Node, codebook: Codebook) -> Node:
    """A file of cases without its remarks, evidence in the order of `KINDS`, kinds of case by the codebook's names."""
    explained = {name for name, _, _ in items_of(root.get("meta"), "codebook")} if root.get("meta") else set()
    return _used(root, CaseFile, Reading(explained, order_of_evidence(root), words_for(codebook)))


def order_of_evidence(root: Node) -> list[str]:
    """The kinds of act in the order in which a file gives evidence for them."""
    meta = root.get("meta")
    given = [entry.text for entry in entries_of(meta, "fields")] if meta is not None else []
    return given if given and set(given) <= set(KINDS) else list(KINDS)


def words_for(codebook: Codebook) -> dict[str, str]:
    """Every word for a kind of case, with the codebook's own name of it."""
    return {word: name for name, kind in codebook.kinds.items() for word in (name, *kind.also)}


@dataclass(frozen=True)
class Reading:
    """How one file is to be read: fields it explains, the order of its evidence, words for kinds of case."""

    explained: set[str]
    order: list[str]
    words: dict[str, str]


def _used(node: Node, annotation, reading: Reading) -> Node:
    inner, _ = core(annotation) if annotation is not None else (None, None)
    if node.kind == "scalar":
        return node
    if node.is_list:
        return _like(node, [_used(entry, below(inner, 0), reading) for entry in node.value])
    is_kept = (lambda key: not _is_remark(key, inner, reading)) if is_model(inner) else (lambda key: True)
    kept = {key: _used(value, below(inner, key), reading) for key, value in node.value.items() if is_kept(key)}
    if inner is Row and (tags := kept.get("evidence")) is not None:
        kept["evidence"] = _in_order(tags, reading.order)
    if inner is Case:
        kept = _completed(kept, reading.words)
    whole = _like(node, kept)
    return _with_ideal_points(whole) if inner is Covariates else whole


def _like(node: Node, value) -> Node:
    """A node at the same place with another value."""
    other = Node(node.kind, value, node.source, node.line, node.column, node.length)
    other.keys = {key: node.keys[key] for key in value if key in node.keys} if node.is_mapping else {}
    return other


def _is_remark(key: str, model, reading: Reading) -> bool:
    fields = fields_of(model)
    if key in fields or model is Covariates and IDEAL_POINT.fullmatch(key):
        return False
    if model is Meta or key in reading.explained or key in NOT_USED or REMARK.search(key):
        return True
    return model in OPEN and nearest(key, fields) is None


def _in_order(tags: Node, order: list[str]) -> Node:
    """Evidence in the order of `KINDS`; one of another length stays as it is, and is refused later."""
    if not tags.is_list or len(tags.value) != len(order):
        return tags
    given = dict(zip(order, tags.value, strict=True))
    nothing = Node("scalar", None, tags.source, tags.line, tags.column)
    return _like(tags, [given.get(kind, nothing) for kind in KINDS])


def _completed(case: dict[str, Node], words: dict[str, str]) -> dict[str, Node]:
    """A case with its kind by the codebook's name, and what it leaves out to be read elsewhere in it."""
    case = dict(case)
    if (kind := case.get("kind")) is not None:
        case["kind"] = _by_its_name(kind, words)
    for field, other in (("disclosure_date", "start_date"), ("decision_date", "disclosure_date")):
        if _is_left_out(case.get(field)) and _day(case.get(other)) is not None:
            case[field] = case[other]
    if _is_left_out(case.get("primary_targets")) and not _is_left_out(case.get("targets")):
        case["primary_targets"] = case["targets"]
    return case


def _is_left_out(node: Node | None) -> bool:
    return node is None or node.value is None or node.value == []


def _by_its_name(kind: Node, words: dict[str, str]) -> Node:
    plain = re.sub(r"[^a-z0-9]+", "_", (kind.text or "").strip().lower()).strip("_")
    return _like(kind, words[plain]) if plain in words else kind


def _with_ideal_points(actor: Node) -> Node:
    """Ideal points gathered by year: `unga_ideal_2020: 2.5` as `ideal_point: {2020: 2.5}`."""
    points = {key: found[1] for key in actor.value if (found := IDEAL_POINT.fullmatch(key))}
    whole = _like(actor, {key: value for key, value in actor.value.items() if key not in points})
    if points and "ideal_point" not in whole.value:
        gathered = Node("mapping", {}, actor.source, actor.line, actor.column)
        for key, year in points.items():
            if actor.value[key].value is not None:
                gathered.value[year], gathered.keys[year] = actor.value[key], actor.keys[key]
        whole.value["ideal_point"], whole.keys["ideal_point"] = gathered, actor.keys[next(iter(points))]
    return whole


# ------------------------------------------------------------------------------------------------ what fits together


@dataclass(frozen=True, eq=False)
class Known:
    """What cases may refer to in a library."""

    library: Library

    @cached_property
    def actors(self) -> list[str]:
        """Codes of states and bodies."""
        return [*self.library.states, *self.library.bodies]

    @cached_property
    def adversaries(self) -> list[str]:
        """Codes of adversaries, and the word for nobody in particular."""
        states = self.library.states.items()
        return [*(code for code, state in states if state.role == "adversary"), UNATTRIBUTED]

    @cached_property
    def kinds(self) -> list[str]:
        """Kinds of case."""
        return list(self.library.codebook.kinds)


def unlike_cases(root: Node) -> Fault | None:
    """What else a file is that holds no cases, as a fault; None when it does hold cases."""
    if keys_of(root) and "cases" in root.value:
        return None
    first = next(iter(root.keys.values()), root)
    if {"acts", "turns", "participants", "extends"} & set(root.value):
        return first.fault(
            "this is a scenario, to be played with `oceans run`. Past cases stand in a list under 'cases:', "
            "as in scenarios/history/."
        )
    if set(fields_of(Library)) & set(root.value):
        return first.fault("this is a part of the library. Past cases stand in a list under 'cases:'.")
    near = next((key for key in root.value if nearest(key, ["cases"])), None)
    if near is not None:
        return root.keys[near].fault(f"unknown field '{near}'. Did you mean 'cases'?")
    return first.fault("there are no cases here. They stand in a list under 'cases:', as in scenarios/history/.")


def check_cases(root: Node, library: Library, order: list[str]) -> Iterator[Fault]:
    """The faults in what cases refer to, in what actors did, and in what contradicts itself.

    Parameters
    ----------
    root : Node, as `used` gives it
    library : Library
    order : kinds of act in the order of the file's evidence
    """
    known = Known(library)
    yield from _fields(root)
    for section in ("cases", "auxiliary_outcome_only_cases"):
        yield from _repeated_ids(root, section)
        for entry in entries_of(root, section):
            yield from _adversary(entry, known)
    for case in entries_of(root, "cases"):
        yield from _kind(case, known)
        yield from _targets(case, known)
        yield from _dates(case)
        for code, key, row in items_of(case, "actors"):
            if code not in known.actors:
                yield key.fault(f"the library knows no actor '{code}'. {did_you_mean(code, known.actors)}")
            yield from _row(code, row, order)


def _fields(root: Node) -> Iterator[Fault]:
    meta, seen = root.get("meta"), set()
    for entry in entries_of(meta, "fields") if meta is not None else ():
        if entry.text is not None and entry.text not in KINDS:
            yield entry.fault(f"no kind of act '{entry.text}'. {did_you_mean(entry.text, KINDS)}")
        elif entry.text in seen:
            yield entry.fault(f"the kind of act '{entry.text}' is listed twice.")
        seen.add(entry.text)


def _repeated_ids(root: Node, section: str) -> Iterator[Fault]:
    first: dict[str, Node] = {}
    for entry in entries_of(root, section):
        node = entry.get("id")
        if node is None or node.text is None:
            continue
        if node.text in first:
            line = first[node.text].line
            yield node.fault(f"the id '{node.text}' is already used on line {line}. Each case needs its own.")
        first.setdefault(node.text, node)


def _adversary(entry: Node, known: Known) -> Iterator[Fault]:
    node = entry.get("adversary")
    if node is None or node.text is None or node.text in known.adversaries:
        return
    if node.text in known.actors:
        allowed = ", ".join(known.adversaries)
        yield node.fault(f"'{node.text}' is no adversary in the library. Allowed: {allowed}.")
    else:
        yield node.fault(f"the library knows no adversary '{node.text}'. {did_you_mean(node.text, known.adversaries)}")


def _kind(case: Node, known: Known) -> Iterator[Fault]:
    node = case.get("kind")
    if node is not None and node.text is not None and node.text not in known.kinds:
        words = [*known.kinds, *words_for(known.library.codebook)]
        near = nearest(node.text, words)
        hint = f"Did you mean '{near}'?" if near else did_you_mean(node.text, known.kinds)
        yield node.fault(f"no kind of case '{node.text}'. {hint} Kinds are described in library/codebook.yaml.")


def _targets(case: Node, known: Known) -> Iterator[Fault]:
    node, targets = case.get("targets"), [entry.text for entry in entries_of(case, "targets") if entry.text]
    if targets and not set(targets) & set(known.actors):
        near = nearest(targets[0], known.actors)
        hint = f" Did you mean '{near}'?" if near else " Name at least one by its code."
        yield node.fault(f"the library knows none of those that were hit ({', '.join(targets)}).{hint}")


def _dates(case: Node) -> Iterator[Fault]:
    start = _day(case.get("start_date"))
    for field, what in (("disclosure_date", "became known"), ("decision_date", "was answered")):
        day = _day(case.get(field))
        if start is not None and day is not None and day < start:
            yield case.get(field).fault(f"it cannot have been that it {what} on {day} when it began on {start}.")


def _day(node: Node | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(first_day(node.text).strip()) if node is not None and node.text else None
    except ValueError:
        return None


def _row(code: str, row: Node, order: list[str]) -> Iterator[Fault]:
    for kind in KINDS:
        node = row.get(kind)
        if node is not None and is_given(row, kind) and (node.text is None or node.text.strip() not in ("0", "1")):
            yield node.fault(_not_a_cell(kind, code, node))
    tags = row.get("evidence")
    if tags is not None and tags.is_list and len(tags.value) not in (len(order), len(KINDS)):
        yield tags.fault(
            f"actor '{code}' has {len(tags.value)} tags of evidence for {len(order)} kinds of act. "
            f"One for each, in this order: {', '.join(order)}; null where nothing is known."
        )


def _not_a_cell(kind: str, code: str, node: Node) -> str:
    said = (node.text or "").strip().lower()
    hint = f" Write {SAYS_YES_OR_NO[said]}." if said in SAYS_YES_OR_NO else ""
    found = f"'{node.text}'" if node.text is not None else "something else"
    return f"'{kind}' of actor '{code}' is 1 (it did), 0 (it did not) or null (not known), got {found}.{hint}"
