"""Addresses of single values: `incidents.grid.difficulty`, `behaviour.precision`, `states.JPN.ideal_point`, ...

Uncertainties, levers and sweeps name what they vary by such a path. It is looked for in the scenario first, then in
the library. An entry of a list goes by its `id` or `project`, a tie by its two codes (`ties.EST-JPN.strength`),
anything else in a list by its position from 1. A figure of the library goes by its own path; what a scenario changes
in the library it writes down under `figures`, so that a document alone always says what was played. Some paths say
whether a thing is there at all:

| Path | On | Off |
|---|---|---|
| `cooperation.coop_space` | in the portfolio, as written or put to a decision in turn 1 | not in it |
| `formats.g7`, `responses.sanctions` | on the table | off the table |
| `formats.nac_art4.members.JPN` | has a seat in that format | has none |
| `participants.UKR` | takes part in the exercise | does not, nor as a member of a body |
"""

import copy
import datetime
import functools
import typing
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from sim.errors import InputError, did_you_mean, refusal
from sim.letters import hidden
from sim.scenario.facts import OWN, group_members, resolve_members
from sim.scenario.hints import codes_by_name, hides, which_code
from sim.scenario.library import allowed, domain_of, figure_limits, is_counted, lies_within, load_library
from sim.scenario.library_schema import NOT_PLAYED, Figure, Library, Parameter
from sim.scenario.schema import CooperationStart, Scenario
from sim.scenario.wording import (
    UNIONS,
    alternative,
    as_number,
    below,
    core,
    expected,
    fields_of,
    is_model,
    once_for_each,
)

SINGLE_VALUES = (int, float, str, bool, datetime.date, datetime.datetime, datetime.time)
NOT_VARIED = (
    "title", "summary", "extends", "marking", "participants", "objectives", "ratings", "questions", "uncertainties",
    "levers", "measures", "figures", "sources", "codebook", "domains", "estimates", "volumes",
)  # fmt: skip
OnOff = Literal["on", "off"]
LONG_AGO = "1900-01-01"
MAY_BE_NEW = ("actors", "exposure", "stance")


@dataclass(frozen=True)
class Place:
    """Where a path leads: the value there now, what may stand there, and the keys on the way.

    `home` is "scenario", "library", or "presence" (on or off); a coefficient under `behaviour` is the library's until
    the scenario sets its own.
    """

    path: str
    home: str
    value: object
    annotation: object
    keys: tuple
    limits: tuple | None = None
    why: str = ""  # it has these limits, where that is not plain

    @property
    def is_number(self) -> bool:
        return core(self.annotation)[0] in (int, float)


class _Lost(Exception):
    """A path that leads nowhere: how many of its segments were good, and advice about the next.

    `cause` is (section, name) where it names an entry that is not there.
    """

    def __init__(self, good: int, message: str, cause: tuple[str, ...] = ()):
        self.good, self.message, self.cause = good, message, cause


def set_path(document: dict, path: str, value, library: Library | None = None) -> dict:
    """A new document with another value at a path; InputError when the path leads nowhere or the value does not fit.

    A number is rounded where a whole number is asked for. The document given is not changed.

    >>> set_path({"incidents": [{"id": "grid", "difficulty": 0.5}]}, "incidents.grid.difficulty", "0.7")
    {'incidents': [{'id': 'grid', 'difficulty': 0.7}]}
    """
    place = find(document, path, library)
    value = fitted(place, value)
    if place.home == "presence":
        library = library or load_library()
        return _without_lost(with_presence(document, path.split("."), value == "on", library), library)
    changed = copy.deepcopy(document)
    if place.home == "library":
        changed["figures"] = {**(changed.get("figures") or {}), place.path: value}
        return changed
    holder = changed
    for key in place.keys[:-1]:
        if isinstance(holder, list):
            holder = holder[key]
        else:
            if holder.get(key) is None:
                holder[key] = {}
            holder = holder[key]
    holder[place.keys[-1]] = value
    return changed


def _without_lost(document: dict, library: Library) -> dict:
    """The document without the uncertainties and levers whose paths lead to what is no longer there."""
    changed = dict(document)
    for section in ("uncertainties", "levers"):
        entries = (document.get(section) or {}).items()
        changed[section] = {name: entry for name, entry in entries if leads_somewhere(document, entry["path"], library)}
    return {name: value for name, value in changed.items() if value != {} or name in document}


def leads_somewhere(document: dict, path: str, library: Library) -> bool:
    """Whether a path leads to anything."""
    try:
        _find(document, path, library)
    except _Lost:
        return False
    return True


def fitted(place: Place, value):
    """A value as it would stand at a place, as plain data; InputError when it does not fit."""
    inner, _ = core(place.annotation)
    hiding = next(hidden(value), None) if isinstance(value, str) else None
    if hiding is not None:
        raise refusal(hides(hiding.group()))
    if place.home == "presence" and isinstance(value, bool):
        value = "on" if value else "off"
    if inner is int and isinstance(value, float) and value == value and abs(value) != float("inf"):
        value = round(value)
    adapter = _adapter(place.annotation)
    try:
        read = as_number(_unwrapped(value)) if inner in (int, float) else _unwrapped(value)
        fitting = adapter.dump_python(adapter.validate_python(read), mode="json")
    except ValidationError:
        fitting = None
    if fitting is None or place.limits and not lies_within(place.limits, fitting):
        raise refusal(f"expected {wanted(place)} at '{place.path}', got {str(value)[:40]!r}.")
    return fitting


def stands_alone(place: Place) -> bool:
    """Whether a value that fits at a place can be played, whatever the rest of the scenario says: a share, a weight."""
    is_measured = core(place.annotation)[0] is float and place.home == "scenario"
    return is_measured and place.keys[0] != "cooperation"  # months before go with no turn


def wanted(place: Place) -> str:
    """What may stand at a place, as a phrase."""
    why = f" ({place.why})" if place.why else ""
    return allowed(place.limits) + why if place.limits else expected(place.annotation)


_adapter = once_for_each(TypeAdapter)


def _unwrapped(value):
    """A numpy number as the plain number it is."""
    return value.item() if hasattr(value, "item") else value


def find(document: dict, path: str, library: Library | None = None) -> Place:
    """Where a path leads in plain data such as `Loaded.document`, or else in a library, by default the one that ships.

    InputError with advice when it leads nowhere.

    >>> find({"incidents": [{"id": "grid", "difficulty": 0.5}]}, "incidents.grid.difficulty").value
    0.5
    """
    try:
        return _find(document, path, library)
    except _Lost as lost:
        raise refusal(lost.message, cause=lost.cause) from None


def _find(document: dict, path: str, library: Library | None) -> Place:
    library = load_library() if library is None else library
    segments = str(path).split(".")
    there = presence(document, segments, library)
    if there is not None:
        return Place(path, "presence", there, OnOff, tuple(segments))
    if segments[0] == "participants" and len(segments) == 2:
        hint = which_code(segments[1], [*library.bodies, *library.states], codes_by_name(library))
        raise _Lost(1, f"the path '{path}' leads nowhere: there is no '{segments[1]}'. {hint}")
    if segments[0] in NOT_VARIED:
        raise _Lost(0, f"the path '{path}' leads to '{segments[0]}', which cannot be varied.")
    try:
        return _in_scenario(document, path, segments, library)
    except _Lost as lost:
        if _is_of_the_portfolio(segments):
            raise _Lost(
                1, f"the path '{path}' leads nowhere: '{segments[1]}' is not in this scenario's 'cooperation'."
            ) from None
        if segments[0] not in fields_of(Library):
            raise lost from None
        try:
            return _with_own_figure(document, _in_library(path, segments, library))
        except _Lost as other:
            raise (other if other.good >= lost.good else lost) from None


_shipped_codes = functools.cache(lambda: codes_by_name(load_library()))  # a path into a library is first lost elsewhere


def _with_own_figure(document: dict, place: Place) -> Place:
    """A place of the library with the value that a document's own `figures` put there."""
    own = document.get("figures") or {}
    value = own.get(place.path, own.get(f"{place.path}.value"))
    try:
        return place if value is None else replace(place, value=fitted(place, value))
    except InputError:  # said where the figure stands
        return place


def _is_of_the_portfolio(segments: list[str]) -> bool:
    """Whether a path under `cooperation` asks for what a scenario says of a project, not the library."""
    return segments[0] == "cooperation" and len(segments) > 2 and segments[2] in fields_of(CooperationStart)


def _in_scenario(document: dict, path: str, segments: list[str], library: Library) -> Place:
    if segments[0] == "behaviour" and len(segments) == 2 and segments[1] in library.behaviour:
        own = (document.get("behaviour") or {}).get(segments[1])
        value = library.behaviour[segments[1]].value if own is None else own
        is_whole = is_counted(library.behaviour[segments[1]].domain)
        number = int if is_whole else below(fields_of(Scenario)["behaviour"], segments[1])
        domain = domain_of(library, segments[1])
        why = (domain.limits, domain.why) if domain else ()
        return Place(path, "scenario", value, number, tuple(segments), *why)
    value, annotation, keys, limits = _walk(document, Scenario, path, segments)
    return Place(path, "scenario", value, annotation, keys, limits)


def _in_library(path: str, segments: list[str], library: Library) -> Place:
    value, annotation, keys, limits = _walk(library, Library, path, segments)
    value = value.isoformat() if isinstance(value, datetime.date) else value
    return Place(path.removesuffix(".value"), "library", value, annotation, keys, limits)


def _walk(data, annotation, path: str, segments: list[str]) -> tuple[object, object, tuple, tuple | None]:
    """The value, its annotation, the keys that lead to it, and the limits of a figure."""
    keys: list = []
    limits = None
    for good in range(len(segments)):
        annotation = alternative(annotation, isinstance(data, list))
        key = _key(data, annotation, segments, good)
        if (core(annotation)[0], key) in NOT_PLAYED:
            said = "which the model does not read: another value would change nothing."
            raise _Lost(len(segments), f"the path '{path}' leads to '{key}', {said}")
        if isinstance(key, str):
            limits = figure_limits(core(annotation)[0], key, keys[-1] if keys else None) or limits
        data, annotation = _under(data, key, annotation), below(annotation, key)
        keys.append(key)
    inner, _ = core(annotation)
    if is_model(inner) and issubclass(inner, (Figure, Parameter)):
        data, annotation = _under(data, "value", annotation), below(annotation, "value")
        keys.append("value")
    if not _is_single(annotation):
        raise _Lost(len(segments), f"the path '{path}' does not end at a single value. {_ways_on(data, annotation)}")
    if core(annotation)[0] is not float or keys[-1] != "value":
        limits = None
    return data, annotation, tuple(keys), limits


def _is_single(annotation) -> bool:
    inner, _ = core(annotation)
    if typing.get_origin(inner) in UNIONS:
        return all(map(_is_single, typing.get_args(inner)))
    return inner in SINGLE_VALUES or typing.get_origin(inner) is typing.Literal


def _ways_on(data, annotation) -> str:
    """How a path that stops too early can go on."""
    inner, _ = core(annotation)
    ways = list(fields_of(inner)) if is_model(inner) else _names(data)
    return f"Go on with one of: {', '.join(ways[:12])}." if ways else "There is nothing below it."


def _key(data, annotation, segments: list[str], good: int):
    """The key that a segment of a path means: a field, a key of a mapping, or a position in a list."""
    segment, path, before = segments[good], ".".join(segments), ".".join(segments[:good])
    inner, _ = core(annotation)
    if is_model(inner):
        names = [name for name in fields_of(inner) if good or name not in NOT_VARIED]
        names += [name for name in fields_of(Library) if good == 0 and name not in (*names, *NOT_VARIED)]
        if segment in fields_of(inner):
            return segment
    elif typing.get_origin(inner) is dict:
        names = _names(data)
        if segment in names:
            return next(key for key in data if str(key) == segment)
        if segments[0] == "actors" and segments[good - 1] in MAY_BE_NEW and segment.isupper():
            return segment
    elif typing.get_origin(inner) is list and is_model(core(below(inner, 0))[0]):
        names = _names(data)
        for name in (segment, "-".join(reversed(segment.split("-")))):  # a tie goes by its codes in either order
            if name in names:
                return names.index(name)
    else:
        raise _Lost(good, f"the path '{path}' goes on after '{before}', which has nothing below it to go on to.")
    after = f" in '{before}'" if good else ""
    raise _Lost(
        good,
        f"the path '{path}' leads nowhere: there is no '{segment}'{after}. "
        f"{which_code(segment, names, _shipped_codes())}",
        (segments[0], segment) if good == 1 else (),
    )


def _names(data) -> list[str]:
    """The keys of a mapping, or what the entries of a list are called."""
    if isinstance(data, dict):
        return [str(key) for key in data]
    if isinstance(data, list):
        return [_entry_name(entry, number) for number, entry in enumerate(data, start=1)]
    return []


def _entry_name(entry, number: int) -> str:
    for field in ("id", "project"):
        if _under(entry, field, None) is not None:
            return str(_under(entry, field, None))
    between = _under(entry, "between", None)
    return "-".join(map(str, between)) if between else str(number)


def _under(data, key, annotation):
    """What lies under a key of plain data or of a model; a field that is left out has its default."""
    if isinstance(data, BaseModel):
        return getattr(data, str(key), None)
    if isinstance(data, list):
        return data[key] if isinstance(key, int) and key < len(data) else None
    found = data.get(key) if isinstance(data, dict) else None
    inner, _ = core(annotation) if annotation is not None else (None, None)
    if found is None and is_model(inner) and key in inner.model_fields and not inner.model_fields[key].is_required():
        return inner.model_fields[key].default
    return found


def own_range(place: Place, library: Library) -> tuple[float, float] | None:
    """The range that the library itself gives for what is at a place, or None."""
    if not place.is_number:
        return None
    if place.keys[0] == "behaviour":
        return library.behaviour[place.keys[1]].range
    figure = value_at(library, place.keys[:-1]) if place.home == "library" else None
    return figure.range if isinstance(figure, Figure) else None


def with_ranges(scenario: Scenario, document: dict, library: Library) -> Scenario:
    """The scenario with the library's ranges written into the uncertainties and levers that leave theirs out."""
    filled = {}
    for section in ("uncertainties", "levers"):
        entries = getattr(scenario, section)
        bare = {name: entry for name, entry in entries.items() if entry.range is None and entry.choices is None}
        spans = {name: own_range(find(document, entry.path, library), library) for name, entry in bare.items()}
        changed = {name: entry.model_copy(update={"range": spans[name]}) for name, entry in bare.items()}
        filled[section] = {name: changed.get(name, entry) for name, entry in entries.items()}
    return scenario.model_copy(update=filled)


# ------------------------------------------------------------------------------------------------ the library's figures


def with_figures(library: Library, figures: dict) -> Library:
    """The library with other values at some paths; InputError when one leads nowhere or does not fit."""
    for path, value in figures.items():
        place = find_figure(library, path)
        library = _replaced(library, place.keys, fitted(place, value))
    return library


def find_figure(library: Library, path: str) -> Place:
    """Where a path leads in the library; InputError with advice when it leads nowhere."""
    segments = str(path).split(".")
    try:
        if segments[0] == "behaviour":
            raise _Lost(0, f"write coefficients under 'behaviour', not under 'figures': '{'.'.join(segments[1:])}'.")
        if segments[0] not in fields_of(Library) or segments[0] in NOT_VARIED:
            sections = [name for name in fields_of(Library) if name not in (*NOT_VARIED, "behaviour")]
            hint = did_you_mean(segments[0], sections)
            raise _Lost(0, f"the path '{path}' leads nowhere: the library has no '{segments[0]}'. {hint}")
        return _in_library(path, segments, library)
    except _Lost as lost:
        raise refusal(lost.message) from None


def value_at(library: Library, keys: tuple):
    """What the library holds at the end of the keys."""
    data = library
    for key in keys:
        data = _under(data, key, None)
    return data


def _replaced(data, keys: tuple, value):
    """A copy of models, mappings and lists with another value at the end of the keys."""
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(data, BaseModel):
        before = getattr(data, key)
        if before is None and rest == ("value",):
            after = Figure.model_validate({"value": value, "source": "judgement", "why": "set by the scenario"})
        else:
            after = _replaced(before, rest, value)
        if not rest:  # a plain value, as the model holds it: a date as a date
            after = _adapter(fields_of(type(data))[key]).validate_python(after)
        return data.model_copy(update={key: after})
    if isinstance(data, dict):
        return {**data, key: _replaced(data[key], rest, value)}
    return [_replaced(entry, rest, value) if index == key else entry for index, entry in enumerate(data)]


# ------------------------------------------------------------------------------------------------------------ on or off


def presence(document: dict, segments: list[str], library: Library) -> str | None:
    """Whether what a path names is there, "on" or "off"; None when the path is not of this kind.

    >>> from sim.scenario import load
    >>> loaded = load("smallest")
    >>> presence(loaded.document, ["participants", "EST"], loaded.library)
    'on'
    """
    there = _is_there(document, segments, library)
    return None if there is None else "on" if there else "off"


def _is_there(document, segments, library):
    match segments:
        case ["cooperation", project] if project in library.cooperation:
            return any(_get(entry, "project") == project for entry in _list(document, "cooperation"))
        case ["formats" | "responses" as section, name] if name in _on_offer(document, section, library):
            return document.get(section) is None or name in document[section]
        case ["formats", name, "members", code] if name in _on_offer(document, "formats", library):
            is_code = code.isupper() and code.isalnum()
            return code in _meant(_members_of(document, name, library), document, library) if is_code else None
        case ["participants", code] if _is_actor(code, document, library):
            return code in _meant(_list(document, "participants"), document, library)
    return None


def with_presence(document: dict, segments: list[str], there: bool, library: Library) -> dict:
    """A new document in which what a path names is there, or is not."""
    if (presence(document, segments, library) == "on") == there:
        return document
    changed = copy.deepcopy(document)
    match segments:
        case ["cooperation", project]:
            kept = [entry for entry in _list(document, "cooperation") if entry["project"] != project]
            changed["cooperation"] = [*kept, {"project": project, "turn": 1}] if there else kept
        case ["formats" | "responses" as section, name]:
            listed = changed.get(section)  # an empty list is none of them; left out, it is all
            listed = list(_on_offer(document, section, library)) if listed is None else listed
            changed[section] = [*listed, name] if there else [other for other in listed if other != name]
        case ["formats", name, _, code]:
            own = changed["own_formats"] = dict(changed.get("own_formats") or {})
            form = own.get(name) or library.formats[name].model_dump(mode="json", exclude_unset=True)
            own[name] = {**form, "members": _with(form["members"], code, there, document, library)}
        case [_, code]:
            names = _list(changed, "participants")
            changed["participants"] = _with(names, code, there, document, library)
            if not there:
                joined = _list(_get(document.get("actors"), code), "member_of")
                bodies = [library.bodies[name].group for name in names if name in library.bodies and name != code]
                _leave_groups(changed, code, [group for group in bodies if group not in joined], library)
                _leave_story(changed, code)
    return changed


def _leave_groups(document, code, groups, library):
    """Ends memberships on the day they began: it is as if they had never been."""
    for group in groups:
        if code in group_members(group, library, _day(document)):
            since = library.groups[group].members[code].since
            figure = {f"groups.{group}.members.{code}.until": since.isoformat() if since else LONG_AGO}
            document["figures"] = {**(document.get("figures") or {}), **figure}


def _leave_story(document, code):
    """Takes somebody out of what a scenario says of its actors; whom an incident hits stays, and is a fault."""
    (document.get("actors") or {}).pop(code, None)
    for group in (document.get("groups") or {}).values():
        group["members"] = [other for other in _list(group, "members") if other != code]
    document["groups"] = {name: group for name, group in (document.get("groups") or {}).items() if group["members"]}
    document["ties"] = [tie for tie in _list(document, "ties") if code not in tie["between"]]
    for incident in _list(document, "incidents"):
        incident["may_widen_to"] = [other for other in _list(incident, "may_widen_to") if other != code]
    for question in _list(document, "questions"):
        if _get(question, "to"):
            question["to"] = [other for other in question["to"] if other != code] or ["control"]
    for inject in _list(document, "injects"):
        inject["to"] = [other for other in _list(inject, "to") if other != code] or ["control"]
        _leave_effects(inject, code)
        _leave_effects(inject.get("deadline") or {}, code)
        _leave_question(inject, code)


def _leave_effects(entry, code):
    if "effects" in entry:
        entry["effects"] = [effect for effect in _list(entry, "effects") if effect.get("actor") != code]


def _leave_question(inject, code):
    """A question that nobody is left to decide is not put."""
    question = inject.get("question") or {}
    for option in _list(question, "options"):
        _leave_effects(option, code)
    if question.get("to"):
        question["to"] = [other for other in question["to"] if other != code]
    if inject["to"] == ["control"] or question.get("to") == []:
        inject.pop("question", None)


def _with(names, code, there, document, library):
    """A list of names with one more, or one fewer: a group that it is in is written out without it."""
    if there:
        return [*names, code]
    kept = []
    for name in names:
        if name == code:
            continue
        if (name.startswith("group:") or name == "any") and code in _meant([name], document, library):
            kept += [other for other in _meant([name], document, library) if other != code and other not in kept]
        elif name not in kept:
            kept.append(name)
    return kept


def _meant(names, document, library):
    try:
        return resolve_members([name for name in names if isinstance(name, str)], library, _day(document))
    except InputError:  # said where the name stands
        return ()


def _day(document):
    try:
        return datetime.date.fromisoformat(str(document.get("start"))[:10])
    except ValueError:
        return datetime.date.max


def _members_of(document, name, library):
    own = _get(document.get("own_formats"), name)
    return _list(own, "members") if own else library.formats[name].members


def _on_offer(document, section, library):
    """The names of formats, or of responses: the library's and the scenario's own."""
    return {**getattr(library, section), **(document.get(OWN[section]) or {})}


def _is_actor(code, document, library):
    own = document.get("actors") or {}
    return code in library.states or code in library.bodies or code in own or code in _list(document, "participants")


def _get(data, key):
    return data.get(key) if isinstance(data, dict) else None


def _list(data, key):
    found = _get(data, key)
    return found if isinstance(found, list) else []
