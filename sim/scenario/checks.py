"""What the schema cannot see: whether the parts of a scenario, and of the library, fit together.

Each check reads nodes rather than a finished scenario, so it can speak although another part of the file is wrong. A value that
the schema has already refused is passed over in silence.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from sim.errors import Fault, InputError, did_you_mean, nearest
from sim.scenario import paths
from sim.scenario.members import belongs
from sim.scenario.reader import Node, nodes_of
from sim.scenario.schema import (
    Body,
    CoercionEpisode,
    Days,
    Figure,
    Format,
    Group,
    Library,
    Membership,
    Parameter,
    Position,
    Project,
    Response,
    Scenario,
    Silence,
    State,
)
from sim.scenario.wording import below, core, expected, is_model, plain, start_of

JUDGEMENT = "judgement"
MERGED_BY = {"acts": "id", "injects": "id", "objectives": "id", "cooperation": "project"}
NEEDS_ACT = ("publicness", "evidence", "severity", "difficulty")
NEEDS_ACTOR = ("exposure", "capital")

# In which section of the library the names in a field are found.
REFERENCES = {
    CoercionEpisode: {"by": "states", "source": "sources"},
    Format: {"outputs": "responses", "duplicates": "formats", "sources": "sources"},
    Group: {"tie": "behaviour", "sharing": "behaviour", "source": "sources"},
    Position: {"source": "sources"},
    Project: {"formats": "formats", "duplicates": "formats", "depends_on": "cooperation", "sources": "sources"},
    Response: {"venues": "formats", "sources": "sources"},
    State: {"borders": "states"},
    Body: {"group": "groups", "source": "sources"},
}
LIMITS: dict[type, dict] = {}
for (_holder, _field), _limits in paths.FIGURE_LIMITS.items():
    LIMITS.setdefault(_holder, {})[_field] = _limits
KEYED_BY_ACTOR = {State: ("unfavourable", "exposure"), Group: ("members",), Project: ("positions",)}
ONE_OF = {
    "behaviour": "coefficient",
    "cooperation": "project",
    "formats": "format",
    "groups": "group",
    "responses": "response",
    "sources": "source",
    "states": "state",
}


# ------------------------------------------------------------------------------------------------ what there is


@dataclass(frozen=True, eq=False)
class Facts:
    """What the checks of a scenario look things up in; anything that could not be read is empty or None."""

    root: Node
    library: Library

    @cached_property
    def names(self) -> dict[str, dict]:
        """Every name of each section, the scenario's own included."""
        own = {"formats": "own_formats", "responses": "own_responses"}
        sections = {name: getattr(self.library, name) for name in Library.model_fields}
        return {
            name: dict.fromkeys([*found, *_keys(self.root.get(own.get(name, "")))]) for name, found in sections.items()
        }

    @cached_property
    def own_actors(self) -> list[str]:
        """Actors that only this scenario knows."""
        known = {**self.library.states, **self.library.bodies}
        return [code for code in _keys(self.root.get("actors")) if code not in known]

    @cached_property
    def known(self) -> list[str]:
        return [*self.library.states, *self.library.bodies, *self.own_actors]

    @cached_property
    def start(self) -> datetime.date | None:
        return _date(self.root.get("start"))

    @cached_property
    def turns(self) -> int | None:
        turns = self.root.get("turns")
        return _within(1, 60, _whole(turns.get("count"))) if turns is not None else None

    @cached_property
    def days(self) -> int | None:
        turns = self.root.get("turns")
        return _within(1, 366, _whole(turns.get("days"))) if turns is not None else None

    @cached_property
    def last_day(self) -> datetime.date | None:
        if None in (self.start, self.turns, self.days):
            return None
        try:
            return self.start + datetime.timedelta(days=self.turns * self.days - 1)
        except OverflowError:
            return None

    @cached_property
    def cast(self) -> dict[str, None]:
        """The codes that take part, in no order that matters."""
        return dict.fromkeys(code for entry in _entries(self.root, "participants") for code in self.meant(entry.text))

    def meant(self, name: str | None) -> list[str]:
        """The codes that a participant or recipient stands for."""
        day = self.start or datetime.date(2024, 12, 31)
        if name is None:
            return []
        body = self.library.bodies.get(name)
        group = self.library.groups.get(body.group if body else name.removeprefix("group:"))
        if body is None and not name.startswith("group:"):
            return [name]
        members = [code for code, when in group.members.items() if belongs(when, day)] if group else []
        return [*members, name] if body else members

    @cached_property
    def acts(self) -> list[str]:
        return _ids(self.root, "acts", "id")

    @cached_property
    def objectives(self) -> list[str]:
        return _ids(self.root, "objectives", "id")

    @cached_property
    def document(self) -> dict:
        return plain(self.root, Scenario)


def _keys(node: Node | None) -> list[str]:
    return list(node.value) if node is not None and node.is_mapping else []


def _entries(root: Node, name: str) -> list[Node]:
    """The entries of a list; none when it is missing or is no list."""
    node = root.get(name)
    return node.value if node is not None and node.is_list else []


def _items(root: Node, name: str) -> list[tuple[str, Node, Node]]:
    """(key, node of the key, node of the value) of a mapping; none when it is missing or is no mapping."""
    node = root.get(name)
    return [(key, node.keys[key], value) for key, value in node.value.items()] if _keys(node) else []


def _ids(root: Node, name: str, field: str) -> list[str]:
    return [text for entry in _entries(root, name) if (text := _text(entry, field)) is not None]


def _text(node: Node, field: str) -> str | None:
    found = node.get(field)
    return found.text if found is not None else None


def _number(node: Node | None) -> float | None:
    try:
        return float(node.text) if node is not None and node.text is not None else None
    except ValueError:
        return None


def _whole(node: Node | None) -> int | None:
    number = _number(node)
    return int(number) if number is not None and abs(number) < 1e9 and number == int(number) else None


def _within(low: int, high: int, number: int | None) -> int | None:
    return number if number is not None and low <= number <= high else None


def _date(node: Node | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(node.text.strip()) if node is not None and node.text else None
    except ValueError:
        return None


def _given(node: Node, field: str) -> bool:
    found = node.get(field)
    return found is not None and not (found.kind == "scalar" and found.value is None)


# ------------------------------------------------------------------------------------------------ a scenario


def check_scenario(root: Node, library: Library) -> list[Fault]:
    """Every fault in how the parts of a scenario fit together."""
    facts = Facts(root, library)
    return [fault for check in CHECKS for fault in check(facts)]


def repeated_ids(root: Node) -> Iterator[Fault]:
    """Entries of one list that go by the same name; asked of each file before it is laid over another."""
    for name, field in MERGED_BY.items():
        first: dict[str, Node] = {}
        for entry in _entries(root, name):
            node = entry.get(field)
            if node is None or node.text is None:
                continue
            if node.text in first:
                line = first[node.text].line
                where = f" on line {line}" if line else ""
                yield node.fault(f"the {field} '{node.text}' is already used in '{name}'{where}. Each needs its own.")
            first.setdefault(node.text, node)


def check_time(facts: Facts) -> Iterator[Fault]:
    if None not in (facts.start, facts.turns, facts.days) and facts.last_day is None:
        yield facts.root.get("start").fault(
            f"{facts.turns} turns of {facts.days} days from here run past the last date there is (9999-12-31)."
        )


def check_participants(facts: Facts) -> Iterator[Fault]:
    seen: dict[str, Node] = {}
    for entry in _entries(facts.root, "participants"):
        name = entry.text
        if name is None:
            continue
        if name in seen:
            yield entry.fault(f"'{name}' is listed twice among the participants.")
        elif name.startswith("group:"):
            yield from _unknown_group(entry, name, facts)
        elif name not in facts.known:
            choices = [*facts.known, *(f"group:{group}" for group in facts.library.groups)]
            invented = _invented(name) if nearest(name, choices) is None else ""
            yield entry.fault(f"no actor '{name}'. {did_you_mean(name, choices)}{invented}")
        seen[name] = entry


def _invented(name: str) -> str:
    is_code = len(name) == 3 and name.isalpha() and name.isupper()
    return " An invented state needs a 'name' under 'actors'." if is_code else ""


def _unknown_group(entry: Node, name: str, facts: Facts) -> Iterator[Fault]:
    group = name.removeprefix("group:")
    if group not in facts.library.groups:
        yield entry.fault(f"no group '{group}'. {did_you_mean(group, facts.library.groups)}")


def _takes_part(node: Node, code: str | None, facts: Facts, role: str) -> Iterator[Fault]:
    """A fault unless the code belongs to an actor that takes part."""
    if code is None or code in facts.cast:
        return
    if code not in facts.known:
        yield node.fault(f"no actor '{code}' ({role}). {did_you_mean(code, facts.known)}")
    elif _entries(facts.root, "participants"):
        yield node.fault(f"'{code}' ({role}) takes no part in this scenario. Add it to 'participants'.")


def check_actors(facts: Facts) -> Iterator[Fault]:
    for code, key, actor in _items(facts.root, "actors"):
        if code in facts.own_actors:
            yield from _invented_actor(code, key, actor, facts)
        yield from _takes_part(key, code, facts, "an actor described here")
        for field in ("exposure", "stance"):
            for other, place, _ in _items(actor, field):
                if other == code:
                    yield place.fault(f"'{code}' cannot have '{field}' toward itself.")
                else:
                    yield from _known_actor(place, other, facts)
        yield from _known_policy(actor)


def _invented_actor(code: str, key: Node, actor: Node, facts: Facts) -> Iterator[Fault]:
    missing = [f"'{field}'" for field in ("name", "adjective", "role", "theatre") if not _given(actor, field)]
    if missing:
        near = nearest(code, [*facts.library.states, *facts.library.bodies])
        hint = f" Did you mean '{near}'?" if near else ""
        yield key.fault(f"the library knows no actor '{code}', so it needs {', '.join(missing)} here.{hint}")


def _known_actor(node: Node, code: str, facts: Facts) -> Iterator[Fault]:
    if code not in facts.known:
        yield node.fault(f"no actor '{code}'. {did_you_mean(code, facts.known)}")


def _known_policy(actor: Node) -> Iterator[Fault]:
    name, policies = _text(actor, "policy"), _registry("sim.policies", "POLICIES") if _given(actor, "policy") else None
    if name and policies is not None and name not in policies:
        yield actor.get("policy").fault(f"no policy '{name}'. {did_you_mean(name, policies)}")


def _registry(module: str, name: str) -> list[str] | None:
    """The names in another room's list; None while that room does not stand."""
    from importlib import import_module

    try:
        return list(getattr(import_module(module), name))
    except (ImportError, AttributeError):
        return None


def check_ties(facts: Facts) -> Iterator[Fault]:
    seen: dict[frozenset, Node] = {}
    for tie in _entries(facts.root, "ties"):
        between = tie.get("between")
        ends = between.value if between is not None and between.is_list else []
        codes = [end.text for end in ends]
        if len(codes) != 2 or None in codes:
            continue
        for end in ends:
            yield from _takes_part(end, end.text, facts, "one end of a tie")
        if codes[0] == codes[1]:
            yield between.fault(f"a tie joins two different actors, and here '{codes[0]}' stands twice.")
        elif frozenset(codes) in seen:
            yield between.fault(f"the tie between '{codes[0]}' and '{codes[1]}' is given twice.")
        seen[frozenset(codes)] = between


def check_acts(facts: Facts) -> Iterator[Fault]:
    for act in _entries(facts.root, "acts"):
        by = act.get("by")
        for field, role in (("by", "who did it"), ("suspect", "whom it looks like")):
            node = act.get(field)
            if node is not None:
                yield from _takes_part(node, node.text, facts, role)
                if node.text in facts.library.bodies:
                    yield node.fault(f"'{node.text}' is an organisation: a hostile act is done by a state.")
        yield from _victims(act, by.text if by is not None else None, facts)
        for other in _entries(act, "may_widen_to"):
            yield from _takes_part(other, other.text, facts, "who could be next")
        yield from _turn_exists(act, "begins", facts)


def _victims(act: Node, by: str | None, facts: Facts) -> Iterator[Fault]:
    victims = act.get("victims")
    if victims is not None and victims.is_mapping and not victims.value:
        yield victims.fault("an act needs at least one victim with its severity, such as {EST: 0.4}.")
    for code, key, _ in _items(act, "victims"):
        if code == by:
            yield key.fault(f"'{code}' cannot be a victim of its own act.")
        elif code in facts.library.bodies:
            yield key.fault(f"'{code}' is an organisation: name the members that are hurt.")
        else:
            yield from _takes_part(key, code, facts, "a victim")


def _turn_exists(entry: Node, verb: str, facts: Facts) -> Iterator[Fault]:
    turn = _whole(entry.get("turn"))
    if turn is not None and facts.turns is not None and turn > facts.turns:
        yield entry.get("turn").fault(f"{verb} in turn {turn}, but the exercise has {_count(facts.turns, 'turn')}.")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def check_injects(facts: Facts) -> Iterator[Fault]:
    for inject in _entries(facts.root, "injects"):
        yield from _when(inject, facts)
        yield from _recipients(inject, facts)
        for objective in _entries(inject, "objectives"):
            if objective.text is not None and objective.text not in facts.objectives:
                yield objective.fault(
                    f"no objective '{objective.text}'. {did_you_mean(objective.text, facts.objectives)}"
                )
        for effect in _entries(inject, "effects"):
            yield from _effect(effect, facts)


def _when(inject: Node, facts: Facts) -> Iterator[Fault]:
    if not inject.is_mapping:
        return
    has_turn, has_date = _given(inject, "turn"), _given(inject, "date")
    if has_turn and has_date:
        yield inject.keys["date"].fault("an inject has a 'turn' or a 'date', not both. Keep one.")
    elif not has_turn and not has_date:
        yield start_of(inject).fault(f"inject '{_text(inject, 'id')}' needs a 'turn' (such as 2) or a 'date'.")
    yield from _turn_exists(inject, "released", facts)
    day = _date(inject.get("date"))
    if day is not None and facts.last_day is not None and not facts.start <= day <= facts.last_day:
        yield inject.get("date").fault(
            f"{day} is outside the exercise, which runs from {facts.start} to {facts.last_day}."
        )


def _recipients(inject: Node, facts: Facts) -> Iterator[Fault]:
    for entry in _entries(inject, "to"):
        name = entry.text
        if name is None or name in ("control", "all"):
            continue
        if name.startswith("group:") and name.removeprefix("group:") not in facts.library.groups:
            yield from _unknown_group(entry, name, facts)
        elif not name.startswith("group:") and name not in facts.known:
            choices = [*facts.cast, "control", "all", *(f"group:{group}" for group in facts.library.groups)]
            yield entry.fault(f"nobody goes by '{name}'. {did_you_mean(name, choices)}")
        elif not any(code in facts.cast for code in facts.meant(name)) and facts.cast:
            yield entry.fault(
                f"nobody of '{name}' takes part, so nobody would receive this. Add to 'participants', or leave it out."
            )


def _effect(effect: Node, facts: Facts) -> Iterator[Fault]:
    on, act, actor, adversary = (_text(effect, field) for field in ("on", "act", "actor", "adversary"))
    if on in NEEDS_ACT and act is None:
        yield start_of(effect).fault(f"an effect on '{on}' needs the 'act' it is about. {did_you_mean('', facts.acts)}")
    if on in NEEDS_ACTOR and actor is None:
        yield start_of(effect).fault(f"an effect on '{on}' needs the 'actor' it falls on.")
    if on == "exposure" and adversary is None:
        yield start_of(effect).fault("an effect on 'exposure' needs the 'adversary' it is toward.")
    if act is not None and act not in facts.acts:
        yield effect.get("act").fault(f"no act '{act}'. {did_you_mean(act, facts.acts)}")
    for field in ("actor", "adversary"):
        node = effect.get(field)
        if node is not None:
            yield from _takes_part(node, node.text, facts, f"the {field} of an effect")


def check_tables(facts: Facts) -> Iterator[Fault]:
    """Formats and responses on the table."""
    for section in ("formats", "responses"):
        yield from _known_names(_entries(facts.root, section), section, facts.names)
        seen = set()
        for entry in _entries(facts.root, section):
            if entry.text in seen:
                yield entry.fault(f"'{entry.text}' is listed twice in '{section}'.")
            seen.add(entry.text)


def _known_names(nodes: Iterable[Node], section: str, names: dict[str, dict]) -> Iterator[Fault]:
    for node in nodes:
        if node.text is not None and node.text not in names[section]:
            yield node.fault(f"no {ONE_OF[section]} '{node.text}'. {did_you_mean(node.text, names[section])}")


def check_cooperation(facts: Facts) -> Iterator[Fault]:
    for entry in _entries(facts.root, "cooperation"):
        project = entry.get("project")
        if project is not None:
            yield from _known_names([project], "cooperation", facts.names)
        months = _number(entry.get("months_before"))
        if months and _given(entry, "turn"):
            yield entry.keys["turn"].fault(
                "a project has run for some months ('months_before') or is put to a decision in a 'turn', not both."
            )
        yield from _turn_exists(entry, "put to a decision", facts)


def check_behaviour(facts: Facts) -> Iterator[Fault]:
    for name, key, _ in _items(facts.root, "behaviour"):
        if name not in facts.library.behaviour:
            yield key.fault(f"no coefficient '{name}' in the model. {did_you_mean(name, facts.library.behaviour)}")


def check_figures(facts: Facts) -> Iterator[Fault]:
    for path, key, value in _items(facts.root, "figures"):
        try:
            place = paths.find_figure(facts.library, path)
        except InputError as error:
            yield key.fault(error.faults[0].message)
            continue
        faults = list(_fits(place, value))
        yield from faults or _stays_in_order(place, key, value, facts)


def _stays_in_order(place: paths.Place, key: Node, value: Node, facts: Facts) -> Iterator[Fault]:
    """A changed time or day that contradicts the ones beside it, these in their own changed form."""
    if value.kind != "scalar":
        return
    figures = {path: node.value for path, _, node in _items(facts.root, "figures") if node.kind == "scalar"}
    try:
        entry = paths.value_at(paths.with_figures(facts.library, figures), place.keys[:-1])
    except InputError:  # another figure is wrong, and says so itself
        return
    if isinstance(entry, (Days, Membership, Silence)):
        for fault in RULES[type(entry)](nodes_of(entry.model_dump(mode="json"), key.source), facts.names):
            yield key.fault(fault.message)


def _fits(place: paths.Place, node: Node) -> Iterator[Fault]:
    try:
        if node.kind == "scalar":
            paths.fitted(place, node.value)
    except InputError:
        yield node.fault(f"expected {paths.wanted(place)} at '{place.path}', got '{node.text}'.")


def check_what_varies(facts: Facts) -> Iterator[Fault]:
    """Uncertainties and levers: a path that leads somewhere, and what may stand there."""
    for section in ("uncertainties", "levers"):
        for name, key, entry in _items(facts.root, section):
            if entry.is_mapping:
                yield from _varied(name, key, entry, facts)
    both = set(_keys(facts.root.get("uncertainties"))) & set(_keys(facts.root.get("levers")))
    for name in sorted(both):
        yield (
            facts.root.get("levers")
            .keys[name]
            .fault(f"'{name}' is an uncertainty too. What nobody knows and what we choose need different names.")
        )


def _varied(name: str, key: Node, entry: Node, facts: Facts) -> Iterator[Fault]:
    has_range, has_choices = _given(entry, "range"), _given(entry, "choices")
    if has_range and has_choices:
        yield entry.keys["choices"].fault(f"'{name}' has a 'range' or 'choices', not both. Keep one.")
    path = entry.get("path")
    if path is None or path.text is None:
        return
    try:
        place = paths.find(facts.document, path.text, facts.library)
    except InputError as error:
        yield path.fault(error.faults[0].message)
        return
    if not has_range and not has_choices and paths.own_range(place, facts.library) is None:
        yield key.fault(
            f"'{name}' needs a 'range' such as [0.2, 0.8], or 'choices' such as [a, b]: the library has no range for it."
        )
    if has_range:
        yield from _range_fits(entry.get("range"), place)
    if has_choices:
        yield from _choices_fit(entry.get("choices"), place)


def _range_fits(node: Node, place: paths.Place) -> Iterator[Fault]:
    if not place.is_number:
        yield node.fault(f"a range needs a number, and '{place.path}' is {expected(place.annotation)}. Use 'choices'.")
        return
    ends = node.value if node.is_list else []
    for end in ends:
        if _number(end) is not None:
            yield from _fits(place, end)
    yield from _low_before_high(node)


def _low_before_high(node: Node) -> Iterator[Fault]:
    ends = [_number(end) for end in node.value] if node.is_list else []
    if len(ends) == 2 and None not in ends and not ends[0] < ends[1]:
        yield node.fault(f"a range goes from low to high, and {ends[0]:g} is not below {ends[1]:g}.")


def _choices_fit(node: Node, place: paths.Place) -> Iterator[Fault]:
    seen = set()
    if node.is_list and not node.value:
        yield node.fault("there are no choices to choose from.")
    for choice in node.value if node.is_list else []:
        if choice.text is None:
            continue
        yield from _fits(place, choice)
        if choice.text in seen:
            yield choice.fault(f"the choice '{choice.text}' is listed twice.")
        seen.add(choice.text)


def check_measures(facts: Facts) -> Iterator[Fault]:
    entries = _entries(facts.root, "measures")
    measures = _registry("sim.record.measures", "MEASURES") if entries else None
    for entry in entries:
        if measures is not None and entry.text is not None and entry.text not in measures:
            yield entry.fault(f"no measure '{entry.text}'. {did_you_mean(entry.text, measures)}")


def check_own(facts: Facts) -> Iterator[Fault]:
    """The scenario's own formats and responses."""
    known = {**facts.names, "states": dict.fromkeys(facts.known)}
    for section, model in (("own_formats", Format), ("own_responses", Response)):
        for _, _, entry in _items(facts.root, section):
            yield from check_entry(entry, model, known)


CHECKS = (
    lambda facts: repeated_ids(facts.root),
    check_time,
    check_participants,
    check_actors,
    check_ties,
    check_acts,
    check_injects,
    check_tables,
    check_own,
    check_cooperation,
    check_behaviour,
    check_figures,
    check_measures,
    check_what_varies,
)


# ------------------------------------------------------------------------------------------------ the library


def check_library(root: Node, names: dict[str, dict]) -> list[Fault]:
    """Every fault in how the entries of the library fit together.

    Parameters
    ----------
    root : Node, some or all sections
    names : dict, for each section the names that may be referred to
    """
    faults = list(check_entry(root, Library, names))
    for code, key, _ in _items(root, "bodies"):
        if code not in ("NATO", "EU"):
            faults.append(key.fault(f"a body is NATO or EU, not '{code}'."))
    return faults


def check_entry(node: Node, model: type[BaseModel], names: dict[str, dict]) -> Iterator[Fault]:
    """The faults of an entry and all below it: what it refers to, and numbers that contradict each other."""
    for found, kind in _models(node, model):
        for field, section in REFERENCES.get(kind, {}).items():
            target = found.value.get(field)
            if target is not None:
                yield from _known_names(target.value if target.is_list else [target], section, names)
        for field in KEYED_BY_ACTOR.get(kind, ()):
            keys = [key for code, key, _ in _items(found, field) if code not in names["bodies"]]
            yield from _known_names(keys, "states", names)
        yield from _beyond_limits(found, kind)
        if kind in RULES:
            yield from RULES[kind](found, names)


def _beyond_limits(node: Node, kind: type[BaseModel]) -> Iterator[Fault]:
    """Figures that cannot be what they say they are, such as a probability of 7."""
    for field, (low, high) in LIMITS.get(kind, {}).items():
        found = node.get(field)
        if found is None or not found.is_mapping:
            continue
        figures = [found] if "value" in found.value else [figure for figure in found.entries() if figure.is_mapping]
        for value in (figure.get("value") for figure in figures):
            number = _number(value)
            if number is not None and not low <= number <= high:
                yield value.fault(f"expected a number from {low:g} to {high:g} for '{field}', got '{value.text}'.")


def _models(node: Node, annotation) -> Iterator[tuple[Node, type[BaseModel]]]:
    """Every node that the schema describes by a model, with that model."""
    waiting = [(node, annotation)] if node.kind != "scalar" else []
    while waiting:
        node, annotation = waiting.pop()
        inner, _ = core(annotation)
        if is_model(inner) and node.is_mapping:
            yield node, inner
        pairs = node.value.items() if node.is_mapping else enumerate(node.value)
        for key, value in pairs:
            if value.kind != "scalar" and (following := below(inner, key)) is not None:
                waiting.append((value, following))


def _figure(node: Node, names) -> Iterator[Fault]:
    source, span = node.get("source"), node.get("range")
    if source is not None and source.text == JUDGEMENT:
        for field in ("range", "why"):
            if not _given(node, field):
                yield start_of(node).fault(f"a judgement needs a '{field}': others will want to argue with it.")
    elif source is not None:
        yield from _known_names([source], "sources", names)
    if span is not None and span.is_list:
        yield from _low_before_high(span)
        ends, value = [_number(end) for end in span.value], _number(node.get("value"))
        if value is not None and len(ends) == 2 and None not in ends and not ends[0] <= value <= ends[1]:
            yield node.get("value").fault(f"the value {value:g} is outside its own range, {ends[0]:g} to {ends[1]:g}.")


def _ordered(node: Node, names) -> Iterator[Fault]:
    values = [_number(node.get(field)) for field in ("min", "typical", "max")]
    if None not in values and not values[0] <= values[1] <= values[2]:
        yield start_of(node).fault("these should rise from 'min' over 'typical' to 'max'.")


def _membership(node: Node, names) -> Iterator[Fault]:
    since, until = _date(node.get("since")), _date(node.get("until"))
    if since and until and until < since:
        yield node.get("until").fault(f"a membership cannot end on {until} when it begins on {since}.")


def _episode(node: Node, names) -> Iterator[Fault]:
    start, end = _number(node.get("start")), _number(node.get("end"))
    if start is not None and end is not None and end < start:
        yield node.get("end").fault(f"an episode cannot end in {end:g} when it begins in {start:g}.")


def _format(node: Node, names) -> Iterator[Fault]:
    for field in ("members", "voters"):
        for entry in _entries(node, field):
            name = entry.text
            if name is None or name == "any" or name in names["bodies"] or name in names["states"]:
                continue
            group = name.removeprefix("group:")
            if not name.startswith("group:"):
                choices = [
                    *{**names["states"], **names["bodies"]},
                    *(f"group:{known}" for known in names["groups"]),
                    "any",
                ]
                yield entry.fault(f"no actor '{name}'. {did_you_mean(name, choices)}")
            elif group not in names["groups"]:
                yield entry.fault(f"no group '{group}'. {did_you_mean(group, names['groups'])}")
    rule, voters = _text(node, "rule"), node.get("members")
    if voters is not None and voters.is_list and not voters.value and rule not in ("adjudication", "sovereign"):
        yield voters.fault("a format needs members: codes, group:<name>, or any.")


RULES = {
    CoercionEpisode: _episode,
    Days: _ordered,
    Figure: _figure,
    Format: _format,
    Membership: _membership,
    Parameter: _figure,
    Silence: _ordered,
}
