"""Past crises as they were coded: who was hit, by whom, and what each actor is known to have done about it.

    cases = read_cases("cases_2007_2024")          # a shipped name, or the path of a file
    cells = cells_of(cases)                        # one row for each thing that is known, as arrays

A file of cases is checked like a scenario: every fault at once, with its place and what was probably meant. Nothing is
ignored but remarks. A field that the schema does not have is a remark when its name says so (`note`, `severity_basis`,
`eurepoc_weighted_intensity`), or when the file's own codebook explains it. Anything else is refused with advice, like a
slip of the pen in a scenario. Words have a vocabulary too: how sure a thing is, what a cell rests on, who was hit.
"""

import datetime
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import Diagnostic, InputError, did_you_mean, nearest
from sim.scenario import load_library, scenarios_folder
from sim.scenario.hints import code_meant, codes_by_name, which_code
from sim.scenario.library import digest_of, shown_path
from sim.scenario.library_schema import Codebook, Library
from sim.scenario.loading import in_order, looks_like_a_path
from sim.scenario.reader import Node, keys_of, read
from sim.scenario.wording import below, beside, core, fields_of, is_model, validated
from sim.validation.schema import (
    COUNTRIES,
    EVIDENCE,
    KINDS,
    SURE,
    UNATTRIBUTED,
    UNKNOWN,
    Case,
    CaseEntry,
    CaseFile,
    Cell,
    Covariates,
    Episode,
    Meta,
    Row,
    first_day,
    group_name,
)

NOBODY_SAYS = "unknown"
NO_TAG = "null"
REMARK = re.compile(
    r"(?:^|_)(?:basis|by|caveats?|comments?|confidence|context|description|details?|evidence|notes?|quality|reasons?"
    r"|references?|remarks?|sources?|summary|triggers?|urls?)$|^(?:csis|dcid|eurepoc|gsdb)_"
)
NOT_USED = {
    Case: ("late_responses", "other_responders"),
    Episode: ("allied",),
    Meta: ("actors", "adversaries", "authors", "compiled", "date", "licence", "license", "n_cases", "version"),
}
OF_NO_GROUP = "partner"
ANNOUNCED = 31  # days: a demand may be known of before what is threatened begins
FIELDS = {field for entry in CaseEntry.__subclasses__() for field in fields_of(entry)}  # none is a remark elsewhere
IDEAL_POINT = re.compile(r"unga_ideal_(?:point_)?(\d{4})")
SAYS_YES_OR_NO = {"yes": 1, "true": 1, "no": 0, "false": 0}


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
    shown = located(name_or_path)
    path = Path(shown)
    root = read(path, shown)
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
    return _unlike_cases(root) is None


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
    stranger = _unlike_cases(root)
    if stranger is not None:
        return None, [stranger]
    reading = _reading_of(root, codebook_of(library))
    content = used(root, reading)
    written, misfits = validated(CaseFile, content)
    return written, in_order(beside(list(_check_cases(content, library, reading)), misfits))


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


# ------------------------------------------------------------------------------------------------ what is used


def used(root: Node, reading: "Reading") -> Node:
    """A file of cases without its remarks, evidence in the order of `KINDS`, kinds of case by the codebook's names."""
    return _used(root, CaseFile, reading)


def codebook_of(library: Library) -> Codebook:
    """The codebook, without which no case can be read."""
    assert library.codebook is not None
    return library.codebook


def _reading_of(root: Node, codebook: Codebook) -> "Reading":
    """How a file is to be read, by what it says of itself and by the library's codebook."""
    meta = root.get("meta")
    explained = {name for name, _, _ in meta.items_of("codebook")} if meta is not None else set()
    given = [entry.text or "" for entry in meta.entries_of("fields")] if meta is not None else []
    order = given if given and set(given) <= set(KINDS) else list(KINDS)
    return Reading(explained, order, _words_for(codebook))


def _words_for(codebook: Codebook) -> dict[str, str]:
    """Every word for a kind of case, with the codebook's own name of it."""
    return {word: name for name, kind in codebook.kinds.items() for word in (name, *kind.also)}


@dataclass(frozen=True)
class Reading:
    """How one file is to be read: fields it explains, the order of its evidence, words for kinds of case."""

    explained: set[str]
    order: list[str]
    words: dict[str, str]

    @cached_property
    def tags(self) -> list[str]:
        """Every tag of evidence: of a cell with a value, then of one without."""
        return [f"{basis}-{sure}" for basis in (*EVIDENCE, *self.explained) for sure in SURE] + list(UNKNOWN)


def _used(node: Node, annotation: Any, reading: Reading) -> Node:
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


def _like(node: Node, value: Any) -> Node:
    """A node at the same place with another value."""
    other = Node(node.kind, value, node.source, node.line, node.column, node.length)
    other.keys = {key: node.keys[key] for key in value if key in node.keys} if node.is_mapping else {}
    return other


def _is_remark(key: str, model: Any, reading: Reading) -> bool:
    fields = fields_of(model)
    if key in fields or model is Covariates and IDEAL_POINT.fullmatch(key):
        return False
    return key in reading.explained - FIELDS or key in NOT_USED.get(model, ()) or REMARK.search(key) is not None


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
    def codes(self) -> dict[str, str]:
        """What people call them."""
        return codes_by_name(self.library)

    @cached_property
    def adversaries(self) -> list[str]:
        """Codes of adversaries, and the word for nobody in particular."""
        states = self.library.states.items()
        return [*(code for code, state in states if state.role == "adversary"), UNATTRIBUTED]

    @cached_property
    def kinds(self) -> list[str]:
        """Kinds of case."""
        return list(codebook_of(self.library).kinds)


def _unlike_cases(root: Node) -> Diagnostic | None:
    """What else a file is that holds no cases, as a fault; None when it does hold cases."""
    if keys_of(root) and "cases" in root.value:
        return None
    first = next(iter(root.keys.values()), root)
    if {"incidents", "turns", "participants", "extends"} & set(root.value):
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


def _check_cases(root: Node, library: Library, reading: Reading) -> Iterator[Diagnostic]:
    """The faults in what cases, as `used` gives them, refer to, in what actors did, and in what contradicts itself."""
    known = Known(library)
    yield from _fields(root)
    yield from _actors(root, "actor_covariates", known)
    yield from _repeated_ids(root)
    for section in ("cases", "auxiliary_outcome_only_cases"):
        for entry in root.entries_of(section):
            yield from _adversary(entry, known)
    for episode in root.entries_of("auxiliary_outcome_only_cases"):
        yield from _coerced(episode, known)
    for case in root.entries_of("cases"):
        yield from _kind(case, known)
        yield from _targets(case, known)
        yield from _target_groups(case, known)
        yield from _dates(case, known)
        yield from _actors(case, "actors", known)
        for code, _, row in case.items_of("actors"):
            yield from _row(code, row, reading)


def _fields(root: Node) -> Iterator[Diagnostic]:
    meta, seen = root.get("meta"), set()
    for entry in meta.entries_of("fields") if meta is not None else ():
        if entry.text is not None and entry.text not in KINDS:
            yield entry.fault(f"no kind of act '{entry.text}'. {did_you_mean(entry.text, KINDS)}")
        elif entry.text in seen:
            yield entry.fault(f"the kind of act '{entry.text}' is listed twice.")
        seen.add(entry.text)


def _actors(entry: Node, field: str, known: Known) -> Iterator[Diagnostic]:
    for code, key, _ in entry.items_of(field):
        if code not in known.actors:
            yield key.fault(f"the library knows no actor '{code}'. {which_code(code, known.actors, known.codes)}")


def _repeated_ids(root: Node) -> Iterator[Diagnostic]:
    """Ids that two cases share, or that differ in capitals alone: to some systems they are the same file."""
    first: dict[str, Node] = {}
    for entry in [*root.entries_of("cases"), *root.entries_of("auxiliary_outcome_only_cases")]:
        node = entry.get("id")
        if node is None or node.text is None:
            continue
        before = first.setdefault(node.text.casefold(), node)
        if before is not node:
            capitals = "" if before.text == node.text else f" but for capitals ('{before.text}')"
            yield node.fault(
                f"the id '{node.text}' is already used on line {before.line}{capitals}. Each case needs its own."
            )


def _adversary(entry: Node, known: Known) -> Iterator[Diagnostic]:
    node = entry.get("adversary")
    if node is None or node.text is None or node.text in known.adversaries:
        return
    if node.text in known.actors:
        allowed = ", ".join(known.adversaries)
        yield node.fault(f"'{node.text}' is no adversary in the library. Allowed: {allowed}.")
    else:
        said = which_code(node.text, known.adversaries, known.codes)
        yield node.fault(f"the library knows no adversary '{node.text}'. {said}")


def _kind(case: Node, known: Known) -> Iterator[Diagnostic]:
    node = case.get("kind")
    if node is not None and node.text is not None and node.text not in known.kinds:
        words = [*known.kinds, *_words_for(codebook_of(known.library))]
        near = nearest(node.text, words)
        hint = f"Did you mean '{near}'?" if near else did_you_mean(node.text, known.kinds)
        yield node.fault(f"no kind of case '{node.text}'. {hint} Kinds are described in library/codebook.yaml.")


def _targets(case: Node, known: Known) -> Iterator[Diagnostic]:
    given = [entry for entry in case.entries_of("targets") if entry.text]
    targets = [entry.text or "" for entry in given]
    strangers = [*_strangers(given, known)]
    yield from strangers
    if targets and not strangers and not set(targets) & set(known.actors):
        listed = ", ".join(targets)
        yield case["targets"].fault(
            f"the library knows none of those that were hit ({listed}). Name at least one by its code."
        )
    if case.get("primary_targets") is not case.get("targets"):  # as it is where they were left out
        yield from _within(case, targets, known)
    for code, _, row in case.items_of("actors"):
        is_target = row.get("is_target")
        if is_target is not None and row.is_yes("is_target") and code not in targets:
            if not set(targets) & set(known.library.bodies):  # whose members were hit with it
                yield is_target.fault(f"'{code}' cannot be a target here: it is not among the 'targets' of the case.")


def _within(case: Node, targets: list[str], known: Known) -> Iterator[Diagnostic]:
    """What is wrong with those that were meant: they are some of those that were hit."""
    given = [entry for entry in case.entries_of("primary_targets") if entry.text]
    yield from _strangers(given, known)
    for entry in given:
        if targets and entry.text not in targets and _is_a_state(entry.text or "", known):
            yield entry.fault(f"'{entry.text}' is not among the 'targets' of the case ({', '.join(targets)}).")


def _strangers(given: list[Node], known: Known) -> Iterator[Diagnostic]:
    seen = set()
    for entry in given:
        if not _is_a_state(entry.text or "", known):
            yield entry.fault(_no_state(entry.text or "", known))
        elif entry.text in seen:
            yield entry.fault(f"'{entry.text}' is listed twice.")
        seen.add(entry.text)


def _coerced(episode: Node, known: Known) -> Iterator[Diagnostic]:
    node = episode.get("target")
    if node is None or node.text is None:
        return
    for code in (part.strip() for part in node.text.split("/")):
        if not _is_a_state(code, known):
            yield node.fault(_no_state(code, known))


def _is_a_state(code: str, known: Known) -> bool:
    """Whether there is such a state or body: one that the library does not know was hit all the same."""
    return code in known.actors or code in COUNTRIES


def _no_state(code: str, known: Known) -> str:
    near = code_meant(code, known.actors, known.codes) or nearest(code, sorted(COUNTRIES))
    hint = f"Did you mean '{near}'?" if near else "Targets have codes of three capitals (ISO 3166), or are NATO or EU."
    return f"there is no state or body '{code}'. {hint}"


def _target_groups(case: Node, known: Known) -> Iterator[Diagnostic]:
    for entry in case.entries_of("target_groups"):
        if entry.text and (name := group_name(entry.text)) not in (*known.library.groups, OF_NO_GROUP):
            hint = did_you_mean(name, [*known.library.groups, OF_NO_GROUP])
            yield entry.fault(f"the library knows no group '{entry.text}'. {hint}")


def _dates(case: Node, known: Known) -> Iterator[Diagnostic]:
    start, told, answered = (_day(case.get(field)) for field in ("start_date", "disclosure_date", "decision_date"))
    if start is None:
        return
    may_be_announced = _has_demand(case, known) and told is not None and (start - told).days <= ANNOUNCED
    if told is not None and told < start and not may_be_announced:
        yield case["disclosure_date"].fault(_impossible("became known", told, f"began on {start}"))
    if answered is not None and answered < start and not may_be_announced:
        yield case["decision_date"].fault(_impossible("was answered", answered, f"began on {start}"))
    elif answered is not None and told is not None and answered < told:
        yield case["decision_date"].fault(_impossible("was answered", answered, f"became known on {told}"))


def _has_demand(case: Node, known: Known) -> bool:
    kind = codebook_of(known.library).kinds.get(case.text_of("kind") or "")
    return kind is not None and kind.has_demand


def _impossible(what: str, day: datetime.date, when: str) -> str:
    return f"it cannot have been that it {what} on {day} when it {when}."


def _day(node: Node | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(first_day(node.text).strip()) if node is not None and node.text else None
    except ValueError:
        return None


def _row(code: str, row: Node, reading: Reading) -> Iterator[Diagnostic]:
    for kind in KINDS:
        node = row.get(kind)
        if node is not None and row.is_given(kind) and (node.text is None or node.text.strip() not in ("0", "1")):
            yield node.fault(_not_a_cell(kind, code, node))
    tags = row.get("evidence")
    if tags is not None and tags.is_list and len(tags.value) not in (len(reading.order), len(KINDS)):
        yield tags.fault(
            f"actor '{code}' has {len(tags.value)} tags of evidence for {len(reading.order)} kinds of act. "
            f"One for each, in this order: {', '.join(reading.order)}; null where nothing is known."
        )
    for tag in tags.value if tags is not None and tags.is_list else ():
        if tag.text is not None and tag.text not in reading.tags:
            yield tag.fault(_no_tag(tag.text, code, reading))


def _no_tag(tag: str, code: str, reading: Reading) -> str:
    near = nearest(tag, reading.tags)
    hint = (
        f"Did you mean '{near}'?"
        if near
        else (f"Allowed: {', '.join(EVIDENCE)}, each with -{', -'.join(SURE)}; {', '.join(UNKNOWN)}.")
    )
    return f"no tag of evidence '{tag}', as for actor '{code}'. {hint}"


def _not_a_cell(kind: str, code: str, node: Node) -> str:
    said = (node.text or "").strip().lower()
    hint = f" Write {SAYS_YES_OR_NO[said]}." if said in SAYS_YES_OR_NO else ""
    found = f"'{node.text}'" if node.text is not None else "something else"
    return f"'{kind}' of actor '{code}' is 1 (it did), 0 (it did not) or null (not known), got {found}.{hint}"
