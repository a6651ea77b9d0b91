"""Whether the entries of the library, and a scenario's own formats and responses, fit together.

What an entry refers to must be there, numbers that belong together must not contradict each other, and a judgement
must give its range and its reason. A name that is not there is told where it is used, or once where it is given, when
the slip is there.
"""

import math
import typing
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from pydantic import BaseModel

from sim.errors import Diagnostic, did_you_mean, in_words, nearest
from sim.scenario.hints import which_code
from sim.scenario.library_schema import (
    MEASURED_BY,
    YARDSTICK,
    Between,
    CoercionEpisode,
    Days,
    Domain,
    Figure,
    Format,
    Library,
    Membership,
    Of,
    Parameter,
    State,
    Volume,
)
from sim.scenario.reader import Node, date_of, number_of
from sim.scenario.wording import ENTRY_NAMES, below, core, fields_of, is_model, once_for_each, start_of

JUDGEMENT = "judgement"
FEWEST_USES = 2

OF_THE_PROGRAM = ("measures", "policies")  # what no document defines
ONE_OF = {
    **ENTRY_NAMES, "codebook": "coded kind of act", "domains": "domain", "measures": "measure",
    "policies": "policy", "sources": "source",
}  # fmt: skip


def names_in(library: Library, section: str) -> dict:
    """The names of a section that may be referred to, domains with their limits; of the codebook, the kinds of act."""
    found = getattr(library, section)
    if section == "domains":
        return {name: domain.limits for name, domain in found.items()}
    if section == "codebook":
        found = found.responses if found is not None else ()
    return {} if section in ("estimates", "volumes") else dict.fromkeys(found)


def outside_of(node: Node | None, limits: tuple[float, float] | None, name: str) -> Iterator[Diagnostic]:
    number = number_of(node)
    if node is not None and number is not None and limits is not None and not lies_within(limits, number):
        yield node.fault(f"expected {allowed(limits)} for '{name}', got '{node.text}'.")


def a_fraction(node: Node | None, name: str, domain: str | None) -> Iterator[Diagnostic]:
    """A coefficient that counts something, and is no whole number."""
    number = number_of(node) if is_counted(domain) else None
    if node is not None and number is not None and math.isfinite(number) and number != math.floor(number):
        below = math.floor(number)
        yield node.fault(f"expected a whole number for '{name}', got '{node.text}'. Write {below} or {below + 1}.")


def check_entry(node: Node, model: type[BaseModel], names: dict[str, dict]) -> Iterator[Diagnostic]:
    """The faults of an entry and all below it: what it refers to, and numbers that contradict each other."""
    for found, kind, name in _models(node, model):
        for field in found.value:
            section, of_keys = _refers_to(fields_of(kind).get(field))
            if section is not None and of_keys:
                keys = [key for code, key, _ in found.items_of(field) if code not in names["bodies"]]
                yield from known_names(keys, section, names)
            elif section is not None:
                yield from known_names(found.named_in(field), section, names)
        yield from _beyond_limits(found, kind, name)
        if kind in RULES:
            yield from RULES[kind](found, names)


@once_for_each
def _refers_to(annotation: object) -> tuple[str | None, bool]:
    """In which section of the library the names in a field are found, if in any; and whether these are its keys."""
    inner, constraints = core(annotation)
    if typing.get_origin(inner) in (list, dict):
        _, constraints = core(typing.get_args(inner)[0])
    return next((part.section for part in constraints if isinstance(part, Of)), None), typing.get_origin(inner) is dict


def known_names(nodes: Iterable[Node], section: str, names: dict[str, dict]) -> Iterator[Diagnostic]:
    for node in nodes:
        yield from unless_known(node, section, names[section], names.get("codes"))


def unless_known(
    node: Node, section: str, known: Collection[str], codes: Mapping[str, str] | None = None
) -> Iterator[Diagnostic]:
    """The fault of a node that names nothing in a section.

    Actors may be states, bodies, or a scenario's own; a slip in one is told with those in a state.
    `codes` is what people call them, by `codes_by_name`.
    """
    name = node.text
    if name is not None and name not in known:
        cause = ("states" if section == "actors" else section, name) if section not in OF_THE_PROGRAM else ()
        said = which_code(name, known, codes or {}) if "states" in cause else did_you_mean(name, known)
        yield node.fault(f"no {ONE_OF[section]} '{name}'. {said}", cause)


def unless_known_group(node: Node, known: Collection[str]) -> Iterator[Diagnostic]:
    """The same of a node that names `group:<name>` among codes."""
    group = (node.text or "").removeprefix("group:")
    if group not in known:
        yield node.fault(f"no group '{group}'. {did_you_mean(group, known)}", ("groups", group))


def low_before_high(node: Node) -> Iterator[Diagnostic]:
    ends = ends_of(node)
    if ends and not ends[0] < ends[1]:
        yield node.fault(f"a range goes from low to high, and {ends[0]:g} is not below {ends[1]:g}.")


def ends_of(node: Node | None) -> tuple[float, float] | None:
    """The two numbers of a range; None when it is no such thing."""
    ends = [number_of(end) for end in node.value] if node is not None and node.is_list else []
    low, high = ends if len(ends) == 2 else (None, None)
    return None if low is None or high is None else (low, high)


def _beyond_limits(node: Node, kind: type[BaseModel], entry: str | None) -> Iterator[Diagnostic]:
    """Figures that cannot be what they say they are, such as a probability of 7, and ends of their ranges."""
    for field, found in node.value.items():
        limits = figure_limits(kind, field, entry)
        if limits is None or not found.is_mapping:
            continue
        figures = [found] if "value" in found.value else [figure for figure in found.entries() if figure.is_mapping]
        for value in (end for figure in figures for end in (figure.get("value"), *figure.entries_of("range"))):
            yield from outside_of(value, limits, field)


def _models(node: Node, annotation) -> Iterator[tuple[Node, type[BaseModel], typing.Any]]:
    """Every node that the schema describes by a model, with that model and the key under which it stands."""
    waiting: list[tuple] = [(node, annotation, None)] if node.kind != "scalar" else []
    while waiting:
        node, annotation, name = waiting.pop()
        inner, _ = core(annotation)
        if is_model(inner) and node.is_mapping:
            yield node, inner, name
        pairs = node.value.items() if node.is_mapping else enumerate(node.value)
        for key, value in pairs:
            if value.kind != "scalar" and (following := below(inner, key)) is not None:
                waiting.append((value, following, key))


def _figure(node: Node, names) -> Iterator[Diagnostic]:
    source, span = node.get("source"), node.get("range")
    if source is not None and source.text == JUDGEMENT:
        for field in ("range", "why"):
            if not node.is_given(field):
                yield start_of(node).fault(f"a judgement needs a '{field}': others will want to argue with it.")
    elif source is not None:
        yield from known_names([source], "sources", names)
    if span is not None and span.is_list:
        yield from low_before_high(span)
        ends, value = ends_of(span), number_of(node.get("value"))
        if value is not None and ends and not ends[0] <= value <= ends[1]:
            yield node["value"].fault(f"the value {value:g} is outside its own range, {ends[0]:g} to {ends[1]:g}.")


def _domain(node: Node, names) -> Iterator[Diagnostic]:
    if "limits" in node.value:
        yield from low_before_high(node["limits"])


def _ordered(node: Node, names) -> Iterator[Diagnostic]:
    low, typical, high = (number_of(node.get(field)) for field in ("min", "typical", "max"))
    if low is not None and typical is not None and high is not None and not low <= typical <= high:
        yield start_of(node).fault("these should rise from 'min' over 'typical' to 'max'.")


def _not_before(first: str, last: str, read: typing.Callable, said: str) -> typing.Callable:
    """The rule that the field `last` is not below the field `first`."""

    def rule(node: Node, names) -> Iterator[Diagnostic]:
        low, high = read(node.get(first)), read(node.get(last))
        if low is not None and high is not None and high < low:
            yield node[last].fault(said.format(low=low, high=high))

    return rule


def _format(node: Node, names) -> Iterator[Diagnostic]:
    for field in ("members", "voters"):
        for entry in node.entries_of(field):
            name = entry.text
            if name is None or name == "any" or name in names["bodies"] or name in names["states"]:
                continue
            if not name.startswith("group:"):
                groups = [f"group:{known}" for known in names["groups"]]
                choices = [*{**names["states"], **names["bodies"]}, *groups, "any"]
                said = which_code(name, choices, names.get("codes", {}))
                yield entry.fault(f"no actor '{name}'. {said}", ("states", name))
            else:
                yield from unless_known_group(entry, names["groups"])
    rule, voters = node.text_of("rule"), node.get("members")
    if voters is not None and voters.is_list and not voters.value and rule not in ("adjudication", "sovereign"):
        yield voters.fault("a format needs members: codes, group:<name>, or any.")


RULES = {
    Volume: _not_before(
        "low", "high", number_of, "what the record says at most, {high:g}, is below what it says at least, {low:g}."
    ),
    CoercionEpisode: _not_before(
        "start", "end", number_of, "an episode cannot end in {high:g} when it begins in {low:g}."
    ),
    Days: _ordered,
    Domain: _domain,
    Figure: _figure,
    Format: _format,
    Membership: _not_before("since", "until", date_of, "a membership cannot end on {high} when it begins on {low}."),
    Parameter: _figure,
}


# --------------------------------------------------------------------------------------------------------------- limits


def figure_limits(holder: object, field: str, entry: str | None = None) -> tuple[float, float] | None:
    """Between what a figure, a field of an entry of the library, makes sense; None where anything does.

    >>> figure_limits(State, "defence_usd_bn", "ISL"), figure_limits(State, "defence_usd_bn", "USA")
    ((0, 1000000.0), (0.05, 1000000.0))
    """
    if (holder, entry) == (State, YARDSTICK) and field in MEASURED_BY:
        field = "gdp_usd_bn"
    inner, constraints = core(fields_of(holder).get(field)) if is_model(holder) else (None, [])
    if typing.get_origin(inner) is dict:
        _, constraints = core(typing.get_args(inner)[1])
    return next(((part.low, part.high) for part in constraints if isinstance(part, Between)), None)


def domain_of(library: Library, coefficient: str) -> Domain | None:
    """The domain of a coefficient of behaviour; None in a library that does not say.

    >>> from sim.scenario import load_library
    >>> domain_of(load_library(), "tension_start").limits
    (0.0, 1.0)
    """
    return library.domains.get(library.behaviour[coefficient].domain)


def is_counted(domain: str | None) -> bool:
    """Whether the coefficients of a domain are whole numbers: how often something is done is never a fraction."""
    return domain == "count"


def allowed(limits: tuple[float, float]) -> str:
    """Limits in words.

    >>> allowed((0.0, 1e6))
    'a number from 0 to 1000000'
    """
    return f"a number from {limits[0]:.15g} to {limits[1]:.15g}"


def lies_within(limits: tuple[float, float] | None, number: float) -> bool:
    """Whether a number is one, and within the limits; without limits any number is."""
    return math.isfinite(number) and (limits is None or limits[0] <= number <= limits[1])


# ------------------------------------------------------------------------------------------- misspelt where it is given


def at_the_definition(
    faults: list[Diagnostic], root: Node, definitions: dict[str, dict[str, Node]]
) -> list[Diagnostic]:
    """The faults, those of one misspelt definition as one, at the definition.

    When several places use a name that is not there, and one much like it is given and used by nobody, the slip is
    where it is given. Then that is said there, with the places that use the other.

    Parameters
    ----------
    faults : list of Diagnostic; those of a name that is not there have (section, name) as their cause
    root : Node, all that may use the names
    definitions : for each section, the names given in it, each with the node that gives it
    """
    uses: dict[tuple, list[Diagnostic]] = {}
    for fault in faults:
        if fault.cause and fault.cause[0] in definitions:
            uses.setdefault(fault.cause, []).append(fault)
    often = {cause: places for cause, places in uses.items() if len(places) >= FEWEST_USES}
    said = _words_in(root) if often else Counter()
    for cause, places in often.items():
        given = {name: node for name, node in definitions[cause[0]].items() if said[name] <= 1}
        near = nearest(cause[1], given)
        if near is not None:
            faults = [fault for fault in faults if fault not in places]
            faults.append(_misspelt(near, given[near], cause[1], places))
    return faults


def _misspelt(given: str, node: Node, used: str, places: list[Diagnostic]) -> Diagnostic:
    lines: dict[str, list[int]] = {}
    for place in places:
        lines.setdefault(place.file, []).append(place.line)
    own = lines.pop(node.source.file, [])
    where = [f"line {own[0]}" if len(own) == 1 else f"lines {in_words(sorted(set(own)))}"] if own else []
    where += [f"{file}:{min(found)}" for file, found in lines.items()]
    return node.fault(
        f"'{given}' is used nowhere, and '{used}', which is not there, {len(places)} times "
        f"({in_words(where)}). Is '{used}' meant here?"
    )


def _words_in(root: Node) -> Counter:
    """How often each name stands in a document: as a key, a text, or a part of a path."""
    return Counter(word for text in root.texts() for word in {text, *text.split(".")})
