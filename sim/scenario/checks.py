"""What the schema cannot see: whether the parts of a scenario fit together, and refer to what is there.

Each check reads nodes rather than a finished scenario, so it can speak although another part of the file is wrong. A
value that the schema has already refused is passed over in silence.
"""

import datetime
import os
import re
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath, PureWindowsPath

from sim.catalogue.moves import NAMES as MOVES
from sim.errors import Diagnostic, InputError, counted, did_you_mean, nearest
from sim.letters import plain_letters
from sim.scenario import paths
from sim.scenario.calendar import Calendar, calendar_of, in_numbers, moment_in, moment_of, time_in
from sim.scenario.entries import (
    RULES,
    a_fraction,
    at_the_definition,
    check_entry,
    known_names,
    low_before_high,
    names_in,
    unless_known,
    unless_known_group,
)
from sim.scenario.members import OWN, belongs, code_meant, codes_by_name, role_in, which_code
from sim.scenario.needs import EFFECT_LIMITS, WHOLE
from sim.scenario.reader import (
    Node,
    entries_of,
    ids_of,
    is_given,
    items_of,
    keys_of,
    nodes_of,
    number_of,
    text_of,
    whole_of,
    within,
)
from sim.scenario.schema import (
    CODE_PATTERN,
    FIRST_DAY,
    LAST_DAY,
    LONGEST_TURN,
    MOST_MARKS,
    MOST_TURNS,
    STATELESS,
    Days,
    Format,
    Library,
    Membership,
    Response,
    Scenario,
)
from sim.scenario.wording import expected, plain, start_of

TO_EVERYBODY_OR_CONTROL = {
    **dict.fromkeys(("all", "everyone", "everybody", "players", "allplayers", "allparticipants"), "all"),
    **dict.fromkeys(("control", "whitecell", "excon", "exercisecontrol", "facilitator", "moderator"), "control"),
}  # in bare letters
ONE_OF_WHAT_IS_SO = "'going', 'stopped', 'text', 'act', 'answer', 'tension_above' or 'any'"
ONE_OF_A_CONDITION = f"{ONE_OF_WHAT_IS_SO.replace(' or ', ', ')}, 'unless' or 'control'"
MERGED_BY = {"incidents": "id", "injects": "id", "objectives": "id", "cooperation": "project"}
NEEDS_ACT = ("publicness", "evidence", "severity", "difficulty")
NEEDS_ACTOR = ("exposure", "capital")
WEIGHED_BY = {"gdp": "economy", "gdp_cyber": "economy", "defence": "military"}  # equal: everybody weighs as much
OWN_CATEGORIES = [name for name in typing.get_args(Response.model_fields["category"].annotation) if name != "baseline"]
LARGEST_ATTACHMENT = 10 * 10**6  # bytes
NEXT_TO_NOTHING = 0.001  # economies and forces below this weigh nothing at a table


# ------------------------------------------------------------------------------------------------ what there is


@dataclass(frozen=True, eq=False)
class Facts:
    """What the checks of a scenario look things up in; anything that could not be read is empty or None."""

    root: Node
    library: Library

    @cached_property
    def names(self) -> dict[str, dict]:
        """Every name of each section, the scenario's own included; under `codes`, what people call actors."""
        sections = {name: names_in(self.library, name) for name in Library.model_fields}
        added = {name: keys_of(self.root.get(field)) for name, field in OWN.items()}
        names = {name: dict.fromkeys([*found, *added.get(name, [])]) for name, found in sections.items()}
        return names | {"codes": self.codes_by_name}

    @cached_property
    def own_actors(self) -> list[str]:
        """Actors that only this scenario knows."""
        known = {**self.library.states, **self.library.bodies}
        return [
            code for code in keys_of(self.root.get("actors")) if code not in known and re.search(CODE_PATTERN, code)
        ]

    @cached_property
    def own_groups(self) -> list[str]:
        """Groups that only this scenario knows."""
        groups = self.library.groups
        return [name for name in keys_of(self.root.get("groups")) if name in groups and groups[name].source == "own"]

    @cached_property
    def known(self) -> list[str]:
        return [*self.library.states, *self.library.bodies, *self.own_actors]

    @cached_property
    def start(self) -> datetime.date | None:
        moment = moment_in(text_of(self.root, "start") or "")
        return within(FIRST_DAY, LAST_DAY, moment.date() if isinstance(moment, datetime.datetime) else moment)

    @cached_property
    def stretches(self) -> list[Node]:
        """The entries that say how many turns there are and how long each is."""
        turns = self.root.get("turns")
        entries = turns.value if turns is not None and turns.is_list else [turns]
        return [entry for entry in entries if entry is not None and entry.is_mapping]

    @cached_property
    def counts(self) -> list[int | None]:
        """How many turns each of them stands for: in a list, one where it does not say."""
        turns = self.root.get("turns")
        default = 1 if turns is not None and turns.is_list else None
        counts = [whole_of(some.get("count")) if is_given(some, "count") else default for some in self.stretches]
        return [within(1, MOST_TURNS, count) for count in counts]

    @cached_property
    def turns(self) -> int | None:
        """How many turns there are."""
        known = [count for count in self.counts if count is not None]
        return sum(known) if known and len(known) == len(self.counts) else None

    @cached_property
    def calendar(self) -> Calendar | None:
        """When turns begin and end, where all of it could be read."""
        start = moment_in(text_of(self.root, "start") or "")
        lengths = [
            (count, unit, length)
            for count, some in zip(self.counts, self.stretches, strict=True)
            for unit, most in LONGEST_TURN.items()
            if count is not None and (length := within(1, most, whole_of(some.get(unit)))) is not None
        ]
        is_known = self.start is not None and self.turns is not None and self.turns <= MOST_TURNS
        if start is None or not is_known or len(lengths) != len(self.stretches):
            return None
        return calendar_of(start, lengths)

    @cached_property
    def cast(self) -> dict[str, None]:
        """The codes that take part, in no order that matters; members of a body that plays as one do not."""
        everybody = dict.fromkeys(code for name in self.named for code in self.meant(name))
        return {code: None for code in everybody if code not in self.inside or code in self.named}

    @cached_property
    def named(self) -> dict[str | None, None]:
        """The participants as listed, and whoever a misspelt one seems to be: its fault is its own."""
        listed: dict[str | None, None] = dict.fromkeys(entry.text for entry in entries_of(self.root, "participants"))
        strangers = [name for name in listed if name and name not in self.known and not name.startswith("group:")]
        words = [word for name in strangers for word in (name, *re.split(r"[,\s]+", plain_letters(name)))]
        meant = [self._nearest(word) for word in words]
        return listed | dict.fromkeys(filter(None, meant))

    def _nearest(self, word: str) -> str | None:
        return word if word in self.known else code_meant(word, self.known, self.codes_by_name)

    @cached_property
    def codes_by_name(self) -> dict[str, str]:
        """What people call the actors and groups that there are, the scenario's own first."""
        named = [(code, text_of(own, "name")) for code, _, own in items_of(self.root, "actors") if code in self.known]
        return codes_by_name(self.library, named)

    @cached_property
    def inside(self) -> set[str]:
        """The members of bodies that play as one."""
        return {code for body in self.named_bodies for code in self.meant(body)}

    @property
    def named_bodies(self) -> list[str]:
        """The bodies that play as one, for themselves."""
        return [name for name in self.library.bodies if name in self.named] if self.bodies_play_as_one else []

    @property
    def bodies_play_as_one(self) -> bool:
        return text_of(self.root, "bodies_as") == "one"

    def plays_for_itself(self, code: str) -> bool:
        """Whether somebody who takes part chooses for itself: not a body that is played member by member."""
        return code not in self.library.bodies or self.bodies_play_as_one

    def own(self, code: str | None) -> Node | None:
        """What the scenario says of an actor; None where it says nothing."""
        actors = self.root.get("actors")
        return actors.get(code) if actors is not None and code is not None else None

    def presence(self, code: str | None) -> range:
        """The turns in which an actor takes part, without end where it says none; empty where that makes no sense."""
        own = self.own(code)
        if own is None or not own.is_mapping:
            return range(1, sys.maxsize)
        last = whole_of(own.get("until_turn"))
        last = self.turns if last is None and is_given(own, "from_turn") else last
        return range(whole_of(own.get("from_turn")) or 1, (last or sys.maxsize - 1) + 1)

    def role(self, code: str | None) -> str | None:
        """An actor's role: the scenario's own, else the library's; None for a body and for who is not known."""
        own = self.own(code)
        if own is not None and text_of(own, "role"):
            return text_of(own, "role")
        if own is not None and (joined := role_in(_names_of(own), self.library)):
            return joined
        state = self.library.states.get(code or "")
        return state.role if state else None

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
    def incidents(self) -> list[str]:
        return ids_of(self.root, "incidents", "id")

    @cached_property
    def options(self) -> dict[str, list[str]]:
        """The options of each question, by the inject that puts it."""
        asking = {text_of(inject, "id"): inject.get("question") for inject in entries_of(self.root, "injects")}
        return {name: ids_of(node, "options", "id") for name, node in asking.items() if name and node is not None}

    @cached_property
    def varied(self) -> set[str | None]:
        """The paths of what nobody knows and what is chosen."""
        varying = [entry for name in ("uncertainties", "levers") for _, _, entry in items_of(self.root, name)]
        return {text_of(entry, "path") for entry in varying if entry.is_mapping}

    @cached_property
    def objectives(self) -> list[str]:
        return ids_of(self.root, "objectives", "id")

    @cached_property
    def document(self) -> dict:
        return plain(self.root, Scenario)


# ------------------------------------------------------------------------------------------------ a scenario


def _names_of(actor: Node) -> list[str]:
    """The groups that a scenario makes an actor a member of."""
    return [entry.text for entry in entries_of(actor, "member_of") if entry.text is not None]


def check_scenario(facts: Facts) -> list[Diagnostic]:
    """Every fault in how the parts of a scenario fit together."""
    faults = [fault for check in CHECKS for fault in check(facts)]
    return at_the_definition(faults, facts.root, _definitions(facts))


def _definitions(facts: Facts) -> dict[str, dict[str, Node]]:
    """What this scenario itself gives a name to, by section, each with the node of its name."""
    root = facts.root
    ids = {
        name: {text: entry["id"] for entry in entries_of(root, name) if (text := text_of(entry, "id")) is not None}
        for name in ("incidents", "objectives")
    }
    keys = {section: {key: node for key, node, _ in items_of(root, name)} for section, name in OWN.items()}
    actors = {code: node for code, node, _ in items_of(root, "actors") if code in facts.own_actors}
    return {**ids, **keys, "states": actors}


def repeated_ids(root: Node) -> Iterator[Diagnostic]:
    """Entries of one list that go by the same name; asked of each file before it is laid over another."""
    for name, field in MERGED_BY.items():
        yield from _repeated(entries_of(root, name), field, name)


def _repeated(entries: list[Node], field: str, name: str) -> Iterator[Diagnostic]:
    """Entries of the list called `name` that go by the same `field`."""
    first: dict[str, Node] = {}
    for entry in entries:
        node = entry.get(field)
        if node is None or node.text is None:
            continue
        if node.text in first:
            line = first[node.text].line
            where = f" on line {line}" if line else ""
            yield node.fault(f"the {field} '{node.text}' is already used in '{name}'{where}. Each needs its own.")
        first.setdefault(node.text, node)


def check_participants(facts: Facts) -> Iterator[Diagnostic]:
    seen: dict[str, Node] = {}
    for entry in entries_of(facts.root, "participants"):
        name = entry.text
        if name is None:
            continue
        if name in seen:
            yield entry.fault(f"'{name}' is listed twice among the participants.")
        elif name.startswith("group:"):
            yield from unless_known_group(entry, facts.library.groups)
        elif name not in facts.known:
            choices = [*facts.known, *(f"group:{group}" for group in facts.library.groups)]
            invented = _invented(name) if code_meant(name, choices, facts.codes_by_name) is None else ""
            several = _several(name, facts)
            said = several or f"{which_code(name, choices, facts.codes_by_name)}{invented}"
            yield entry.fault(f"no actor '{name}'. {said}", ("states", name))
        if facts.start and _is_empty(name, facts):
            yield entry.fault(f"'{name}' has no members on {facts.start}, the first day.")
        seen[name] = entry


def _is_empty(name: str, facts: Facts) -> bool:
    """Whether a body or a group that is known has nobody in it on the first day."""
    group = name.removeprefix("group:")
    is_known = name in facts.library.bodies or (name != group and group in facts.library.groups)
    return is_known and not set(facts.meant(name)) - {name}


def _several(name: str, facts: Facts) -> str:
    """What is meant by actors that stand in one entry, with a comma that is none between them."""
    words = [word for word in re.split(r"[,;\s]+", plain_letters(name)) if word]
    return f"Did you mean {', '.join(words)}?" if len(words) > 1 and all(map(facts.known.__contains__, words)) else ""


def _invented(name: str) -> str:
    is_code = len(name) == 3 and name.isalpha() and name.isupper()
    return " An invented state needs a 'name' under 'actors'." if is_code else ""


def _takes_part(node: Node, code: str | None, facts: Facts, role: str) -> Iterator[Diagnostic]:
    """A fault unless the code belongs to an actor that takes part."""
    if code is None or code in facts.cast:
        return
    if code not in facts.known:
        said = which_code(code, facts.known, facts.codes_by_name)
        yield node.fault(f"no actor '{code}' ({role}). {said}", ("states", code))
    elif code in facts.inside:
        yield node.fault(
            f"'{code}' ({role}) is played as part of a body here ('bodies_as: one'). Name the body, "
            "or list it under 'participants' by itself as well.",
            ("inside a body", code),
        )
    elif facts.named:
        said = f"'{code}' ({role}) takes no part in this scenario. Add it to 'participants'."
        yield node.fault(said, ("takes no part", code))


def check_actors(facts: Facts) -> Iterator[Diagnostic]:
    for code, key, actor in items_of(facts.root, "actors"):
        if code in facts.own_actors:
            yield from _invented_actor(code, key, actor, facts)
        yield from _takes_part(key, code, facts, "an actor described here")
        for field in ("exposure", "stance"):
            for other, place, _ in items_of(actor, field):
                if other == code:
                    yield place.fault(f"'{code}' cannot have '{field}' toward itself.")
                else:
                    yield from unless_known(place, "actors", facts.known, facts.codes_by_name)
        yield from _memberships(code, actor, facts)
        if ":" not in (text_of(actor, "policy") or ":"):  # what is one's own is looked for when it is played
            yield from unless_known(actor["policy"], "policies", _registry("sim.policies", "POLICIES"))


def check_presence(facts: Facts) -> Iterator[Diagnostic]:
    """Actors that join late or leave early: when, and that what the scenario says of them falls into their time."""
    for code, _, actor in items_of(facts.root, "actors"):
        given = [field for field in ("from_turn", "until_turn") if is_given(actor, field)]
        if given and code in facts.library.bodies and not facts.bodies_play_as_one:
            yield actor.keys[given[0]].fault(f"'{code}' is its members: say of each of them when it takes part.")
        for field in given:
            turn = whole_of(actor.get(field))
            if turn is not None and facts.turns is not None and turn > facts.turns:
                yield actor[field].fault(f"there is no turn {turn}: the exercise has {counted(facts.turns, 'turn')}.")
        if len(given) == 2 and not facts.presence(code):
            yield actor["until_turn"].fault(f"'{code}' would leave before it joins, in turn {actor['from_turn'].text}.")
    for incident in entries_of(facts.root, "incidents"):
        yield from _incident_in_time(incident, facts)
    for inject in entries_of(facts.root, "injects"):
        yield from _inject_in_time(inject, facts)


def _incident_in_time(incident: Node, facts: Facts) -> Iterator[Diagnostic]:
    """Whoever is hit or behind it is there when it begins, and whoever is behind it until it is over."""
    begins, lasts = whole_of(incident.get("turn")) or 1, whole_of(incident.get("turns"))
    hit = [(key, code, "a victim") for code, key, _ in items_of(incident, "victims")]
    behind = [(incident.get("by"), "who did it"), (incident.get("suspect"), "whom it looks like")]
    for node, code, role in [*hit, *((node, node.text, role) for node, role in behind if node is not None)]:
        there = facts.presence(code)
        if not there:
            continue
        if begins not in there:
            yield node.fault(f"'{code}' ({role}) takes part {_when_there(there)}, and this begins in turn {begins}.")
        elif role != "a victim" and facts.turns is not None and there.stop <= facts.turns:
            if lasts is None or begins + lasts > there.stop:
                yield node.fault(
                    f"'{code}' ({role}) leaves after turn {there.stop - 1}, and this goes on. "
                    f"Let it end by then: 'turns: {there.stop - begins}' or less."
                )


def _inject_in_time(inject: Node, facts: Facts) -> Iterator[Diagnostic]:
    """Somebody who receives it is there in its turn, and so is whoever is asked by name."""
    turn, reached = _turn_meant(inject, facts), _reached(inject, facts)
    if not reached or turn is None or facts.turns is None or turn > facts.turns:
        return
    if not any(turn in facts.presence(code) for code in reached):
        there = facts.presence(reached[0])
        said = f"'{reached[0]}' takes part {_when_there(there)}, and this comes in turn {turn}"
        yield inject["to"].fault(f"{said}: nobody would receive it.")
    question = inject.get("question")
    if question is None or not question.is_mapping:
        return
    answered_by = turn + (whole_of(question.get("turns")) or 1)
    for entry in entries_of(question, "to"):
        there = facts.presence(entry.text)
        if entry.text in facts.cast and there and not any(k in there for k in range(turn, answered_by)):
            yield entry.fault(f"'{entry.text}' takes part {_when_there(there)}, and is asked in turn {turn}.")


def _when_there(there: range) -> str:
    """The turns in which an actor takes part, in words."""
    return f"in turn {there.start} alone" if len(there) == 1 else f"in turns {there.start} to {there.stop - 1}"


def _invented_actor(code: str, key: Node, actor: Node, facts: Facts) -> Iterator[Diagnostic]:
    needed = ["name", "adjective", *(["role"] if facts.role(code) is None else []), "theatre"]
    missing = [f"'{field}'" for field in needed if not is_given(actor, field)]
    if missing:
        near = code_meant(code, {**facts.library.states, **facts.library.bodies}, facts.codes_by_name)
        hint = f" Did you mean '{near}'?" if near else ""
        yield key.fault(f"the library knows no actor '{code}', so it needs {', '.join(missing)} here.{hint}")


def _memberships(code: str, actor: Node, facts: Facts) -> Iterator[Diagnostic]:
    """The groups of the library that a scenario puts an actor into, and whether its role agrees."""
    groups, library = entries_of(actor, "member_of"), facts.library
    for entry in groups:
        yield from unless_known_group(entry, [name for name in library.groups if name not in facts.own_groups])
    given, follows = text_of(actor, "role"), role_in(_names_of(actor), library)
    if given is not None and follows is not None and given != follows:
        said = f"whoever belongs to {', '.join(_names_of(actor))} has the role '{follows}'"
        yield actor["role"].fault(f"{said}, and here '{given}' stands. Write '{follows}', or leave the role out.")
    votes = "EU" in library.bodies and library.bodies["EU"].group in _names_of(actor)
    if votes and code in facts.own_actors and not is_given(actor, "eu_population_pct"):
        yield start_of(actor).fault(
            f"'{code}' votes in the EU's Council, which counts people: give 'eu_population_pct', its share of them in "
            "percent, such as 0.3 for a state of Estonia's size."
        )


def check_groups(facts: Facts) -> Iterator[Diagnostic]:
    """The scenario's own groups: names of their own, and members who take part."""
    for name, key, group in items_of(facts.root, "groups"):
        if name not in facts.own_groups:
            yield key.fault(f"the library has a group '{name}' already. Give this one another name.")
        for member in entries_of(group, "members"):
            yield from _takes_part(member, member.text, facts, f"a member of group '{name}'")


def _registry(module: str, name: str) -> list[str] | None:
    """The names in another room's list; None while that room does not stand."""
    from importlib import import_module

    try:
        return list(getattr(import_module(module), name))
    except (ImportError, AttributeError):
        return None


def check_ties(facts: Facts) -> Iterator[Diagnostic]:
    seen: dict[frozenset, Node] = {}
    for tie in entries_of(facts.root, "ties"):
        between = tie.get("between")
        codes = [end.text for end in entries_of(tie, "between")]
        if between is None or len(codes) != 2 or None in codes:
            continue
        for end in between.value:
            yield from _takes_part(end, end.text, facts, "one end of a tie")
        if codes[0] == codes[1]:
            yield between.fault(f"a tie joins two different actors, and here '{codes[0]}' stands twice.")
        elif frozenset(codes) in seen:
            yield between.fault(f"the tie between '{codes[0]}' and '{codes[1]}' is given twice.")
        seen[frozenset(codes)] = between


def check_incidents(facts: Facts) -> Iterator[Diagnostic]:
    for incident in entries_of(facts.root, "incidents"):
        by = incident.get("by")
        yield from _no_state(incident, facts)
        for field, role in (("by", "who did it"), ("suspect", "whom it looks like")):
            node = incident.get(field)
            if node is not None and not (field == "by" and node.text in STATELESS):
                yield from _is_adversary(node, facts, role)
        yield from _victims(incident, by.text if by is not None else None, facts)
        for other in entries_of(incident, "may_widen_to"):
            yield from _takes_part(other, other.text, facts, "who could be next")
        yield from _turn_exists(incident, "begins", facts)


def _no_state(incident: Node, facts: Facts) -> Iterator[Diagnostic]:
    """What goes with an incident that no state did, and with no other."""
    by, has_cause = text_of(incident, "by"), is_given(incident, "cause")
    if by not in STATELESS:
        if by is not None and has_cause and f"incidents.{text_of(incident, 'id')}.by" not in facts.varied:
            yield incident.keys["cause"].fault("a 'cause' is told where no state did it: give 'by: nobody' with it.")
        return
    if not is_given(incident, "suspect"):
        adversaries = [code for code in facts.cast if facts.role(code) == "adversary"]
        such_as = f", such as {adversaries[0]}" if adversaries else ""
        yield incident["by"].fault(
            f"no state did it ('{by}'), so it needs a 'suspect', whom it looks like{such_as}. "
            "Where everybody sees what it was, write 'difficulty: 0' and 'publicness: 1'."
        )
    if by == "nobody" and not has_cause:
        yield incident["by"].fault("nobody did it: say what it was under 'cause', for the debrief.")
    if is_given(incident, "demand"):
        yield incident.keys["demand"].fault(
            f"a demand is a state's that coerces, and here 'by' is '{by}'. What criminals ask for goes into an inject."
        )


def _is_adversary(node: Node, facts: Facts, role: str) -> Iterator[Diagnostic]:
    """A fault unless the code belongs to an adversary that takes part."""
    if node.text in facts.library.bodies:
        yield node.fault(f"'{node.text}' ({role}) is an organisation, and an adversary is a state.")
    elif node.text in facts.known and facts.role(node.text) != "adversary":
        yield node.fault(
            f"'{node.text}' ({role}) is no adversary here. If it is to be one, give it 'role: adversary' in 'actors'."
        )
    else:
        yield from _takes_part(node, node.text, facts, role)


def _victims(incident: Node, by: str | None, facts: Facts) -> Iterator[Diagnostic]:
    victims = incident.get("victims")
    if victims is not None and victims.is_mapping and not victims.value:
        yield victims.fault("an incident needs at least one victim with its severity, such as {EST: 0.4}.")
    for code, key, _ in items_of(incident, "victims"):
        if code == by:
            yield key.fault(f"'{code}' cannot be a victim of its own incident.")
        elif code in facts.library.bodies and not facts.bodies_play_as_one:
            yield key.fault(f"'{code}' is an organisation: name the members that are hurt.")
        elif facts.role(code) == "adversary":
            yield key.fault(f"'{code}' is an adversary here, and adversaries are no victims.")
        else:
            yield from _takes_part(key, code, facts, "a victim")


def _turn_exists(entry: Node, verb: str, facts: Facts) -> Iterator[Diagnostic]:
    turn = whole_of(entry.get("turn"))
    if turn is not None and facts.turns is not None and turn > facts.turns:
        written = entry["turn"].value[:40]
        there = _elsewhere(facts.root.keys["turns"], entry["turn"])
        said = f"{verb} in turn {written}, but the exercise has {counted(facts.turns, 'turn')}{there}."
        yield entry["turn"].fault(said)


def _elsewhere(node: Node, other: Node) -> str:
    """Where a node stands, when that is in another file than what it is held against."""
    return f" ({node.source.file}:{node.line})" if node.source.file != other.source.file and node.line else ""


def check_turns(facts: Facts) -> Iterator[Diagnostic]:
    """How long turns are: in one unit each, and no more of them than there may be."""
    for some in facts.stretches:
        units = [unit for unit in LONGEST_TURN if is_given(some, unit)]
        if not units:
            yield start_of(some).fault(f"turns need a length: one of {', '.join(LONGEST_TURN)}, such as 'days: 7'.")
        for unit in units[1:]:
            yield some.keys[unit].fault(f"turns have one unit, and here '{units[0]}' is given too. Keep one.")
    if facts.turns is not None and facts.turns > MOST_TURNS:
        yield facts.root["turns"].fault(f"these are {facts.turns} turns, and an exercise has at most {MOST_TURNS}.")


def check_ratings(facts: Facts) -> Iterator[Diagnostic]:
    """A scale has at least a best and a worst mark, and no more than anybody tells apart."""
    scale = facts.root.get("ratings")
    if scale is not None and scale.is_mapping and not 2 <= len(scale.value) <= MOST_MARKS:
        yield scale.fault(f"a scale has from two to {MOST_MARKS} marks, the best first: {{A: met, B: not met}}.")


def check_injects(facts: Facts) -> Iterator[Diagnostic]:
    for inject in entries_of(facts.root, "injects"):
        yield from _when(inject, facts)
        yield from _recipients(inject, facts)
        for objective in entries_of(inject, "objectives"):
            yield from unless_known(objective, "objectives", facts.objectives)
        for effect in entries_of(inject, "effects"):
            yield from _effect(effect, facts)
        when = inject.get("when")
        if when is not None and when.is_mapping:
            yield from _condition(when, facts)
        for attachment in entries_of(inject, "attachments"):
            yield from _attachment(attachment)
        question = inject.get("question")
        if question is not None and question.is_mapping:
            yield from _question(question, inject, facts)
        deadline = inject.get("deadline")
        if deadline is not None and deadline.is_mapping:
            yield from _deadline(deadline, inject, facts)


def _attachment(attachment: Node) -> Iterator[Diagnostic]:
    """An attachment is a file that lies beside the scenario, or words; data that was in no file is not looked for."""
    has_file, has_text = is_given(attachment, "file"), is_given(attachment, "text")
    if has_file and has_text:
        yield _not_both(attachment, "file", "text", "an attachment is a 'file' or a 'text', not both.")
    elif not has_file and not has_text and attachment.is_mapping:
        yield start_of(attachment).fault("an attachment needs a 'file' that lies beside the scenario, or a 'text'.")
    node = attachment.get("file")
    if node is None or node.text is None or not node.text.strip() or not node.source.text:
        return
    path, folder = beside_scenario(node), PurePath(node.source.file).parent
    if path is None:
        yield node.fault(
            f"'{node.text}' leads out of the scenario's folder: put the file there, and name it from there."
        )
    elif not os.path.isfile(path):
        here = [other.name for other in path.parent.glob("*") if other.is_file()]
        near = nearest(path.name, here)
        hint = f" Did you mean '{near}'?" if near else ""
        yield node.fault(f"there is no file '{node.text}' in {folder}.{hint}")
    elif not os.access(path, os.R_OK):
        yield node.fault(f"'{node.text}' must not be read by whoever plays this. Change its permissions.")
    elif path.stat().st_size > LARGEST_ATTACHMENT:
        yield node.fault(f"'{node.text}' is larger than {LARGEST_ATTACHMENT // 10**6} MB.")


def beside_scenario(node: Node) -> Path | None:
    """The path of a file named in a scenario, from the folder of the file that names it; None where it leads out."""
    folder, named = Path(node.source.file).parent, PureWindowsPath(node.text or "")  # which knows both kinds of path
    if named.drive or named.root or ".." in named.parts:
        return None
    path = folder.joinpath(*named.parts)
    return path if path.resolve().is_relative_to(folder.resolve()) else None


def _deadline(deadline: Node, inject: Node, facts: Facts) -> Iterator[Diagnostic]:
    """A deadline: that it falls within the exercise and not before its inject, and that something keeps it."""
    yield from _when(deadline, facts, f"the deadline of inject '{text_of(inject, 'id')}'", "ends")
    ends, begins = _turn_meant(deadline, facts, is_end=True), _turn_meant(inject, facts)
    if ends is not None and begins is not None and ends < begins:
        at = next(field for field in ("turn", "date", "time") if is_given(deadline, field))
        yield deadline[at].fault(f"the deadline ends before its inject is released, in turn {begins}.")
    unless = deadline.get("unless")
    if unless is not None and unless.is_mapping:
        if not keys_of(unless):
            yield start_of(unless).fault(f"a deadline names what keeps it: one of {ONE_OF_WHAT_IS_SO}.")
        yield from _state_of_play(unless, facts)
    for effect in entries_of(deadline, "effects"):
        yield from _effect(effect, facts)


def _turn_meant(entry: Node, facts: Facts, is_end: bool = False) -> int | None:
    """The turn of an entry that has a turn, a date or a time, or by whose end that is past; None: not to be read."""
    turn = whole_of(entry.get("turn"))
    date, time = moment_in(text_of(entry, "date") or ""), time_in(text_of(entry, "time") or "")
    if turn is not None or facts.calendar is None or isinstance(date, datetime.datetime) and time is not None:
        return turn
    moment = moment_of(facts.calendar, turn, date, time)
    if moment is None:
        return None
    return facts.calendar.turn_past(moment) if is_end else facts.calendar.turn_at(facts.calendar.day_of(moment))


def _question(question: Node, inject: Node, facts: Facts) -> Iterator[Diagnostic]:
    """A question: that somebody can answer it, and that its options can be told apart and chosen."""
    options = entries_of(question, "options")
    yield from _repeated(options, "id", "options")
    for option in options:
        for effect in entries_of(option, "effects"):
            yield from _effect(effect, facts, falls_on_chooser=True)
    if options and all(number_of(option.get("weight")) == 0 for option in options):
        yield question.keys["options"].fault(
            "the model needs an option that it can choose: give one a 'weight' above 0."
        )
    if is_given(question, "otherwise"):
        yield from _known_option(question["otherwise"], ids_of(question, "options", "id"))
    reached = _reached(inject, facts)
    for entry in entries_of(question, "to"):
        yield from _decides(entry, reached, facts)
    can_answer = [code for code in reached if facts.plays_for_itself(code) and facts.role(code) != "adversary"]
    if not is_given(question, "to") and facts.cast and not can_answer:
        yield question.keys.get("text", start_of(question)).fault(
            "nobody can answer this: the inject goes to no state. Add one to its 'to'."
        )


def _known_option(node: Node, options: list[str]) -> Iterator[Diagnostic]:
    if node.text is not None and node.text not in options:
        yield node.fault(f"the question has no option '{node.text}'. {did_you_mean(node.text, options)}")


def _reached(inject: Node, facts: Facts) -> list[str]:
    """The actors that an inject reaches, as far as they take part."""
    names = [entry.text for entry in entries_of(inject, "to")]
    return [code for code in facts.cast if "all" in names or any(code in facts.meant(name) for name in names)]


def _decides(entry: Node, reached: list[str], facts: Facts) -> Iterator[Diagnostic]:
    """A fault unless somebody who is meant to answer a question reads the inject that puts it."""
    name = entry.text
    if name is None:
        return
    if name in ("all", "control"):
        yield entry.fault(f"'{name}' decides nothing: name who does, or leave 'to' out for all states that receive it.")
    elif name.startswith("group:") and name.removeprefix("group:") not in facts.library.groups:
        yield from unless_known_group(entry, facts.library.groups)
    elif not name.startswith("group:") and name not in facts.cast:
        yield from _takes_part(entry, name, facts, "who decides")
    elif not any(code in reached and facts.plays_for_itself(code) for code in facts.meant(name)):
        yield entry.fault(f"'{name}' is to decide this and does not receive it. Add it to the inject's 'to'.")


def _condition(when: Node, facts: Facts) -> Iterator[Diagnostic]:
    """What an inject waits for: that it names something, and what is there."""
    if not keys_of(when):
        yield start_of(when).fault(f"a condition names something: {ONE_OF_A_CONDITION}.")
    yield from _state_of_play(when, facts)
    unless = when.get("unless")
    if unless is not None and unless.is_mapping:
        yield from _state_of_play(unless, facts)


def _state_of_play(play: Node, facts: Facts) -> Iterator[Diagnostic]:
    """What is to be so: that it can be, and that what it names is there."""
    for field in ("going", "stopped"):
        for entry in entries_of(play, field):
            yield from _known_incident(entry, facts)
    for field in ("text", "act"):
        inner = play.get(field)
        if inner is not None and inner.is_mapping:
            yield from _known_incident(inner.get("incident"), facts)
    for field, check in (("act", _act), ("answer", _answer)):
        inner = play.get(field)
        if inner is not None and inner.is_mapping:
            yield from check(inner, facts)
    for entry in entries_of(play, "going"):
        if entry.text is not None and entry.text in [other.text for other in entries_of(play, "stopped")]:
            yield entry.fault(f"'{entry.text}' cannot both go on ('going') and be over ('stopped').")
    for one in entries_of(play, "any"):
        if one.is_mapping and not keys_of(one):
            yield start_of(one).fault("each of 'any' names something that may be so, such as {stopped: [grid]}.")
        yield from _state_of_play(one, facts)


def _known_incident(node: Node | None, facts: Facts) -> Iterator[Diagnostic]:
    if node is not None and node.text is not None and node.text not in facts.incidents:
        said = f"no incident '{node.text}'. {did_you_mean(node.text, facts.incidents)}"
        yield node.fault(said, ("incidents", node.text))


def _act(act: Node, facts: Facts) -> Iterator[Diagnostic]:
    by, response, move = (act.get(field) for field in ("by", "response", "move"))
    if by is not None and move is None:
        yield from _takes_part(by, by.text, facts, "who acts")
    if response is not None:
        yield from known_names(entries_of(act, "response") or [response], "responses", facts.names)
    if move is None or move.text is None:
        return
    if move.text not in MOVES:
        yield move.fault(f"no move '{move.text}'. {did_you_mean(move.text, MOVES)}")
    for field in ("response", "incident"):
        if act.get(field) is not None:
            yield act.keys[field].fault(f"a 'move' is an adversary's and goes without '{field}'. Keep one.")
    if by is not None and by.text in facts.cast:
        yield from _is_adversary(by, facts, "who moves")


def _answer(answer: Node, facts: Facts) -> Iterator[Diagnostic]:
    """An answer that a condition asks for: the question is there, and has that option."""
    inject, option, by = (answer.get(field) for field in ("inject", "option", "by"))
    if inject is not None and inject.text is not None and inject.text not in facts.options:
        known = did_you_mean(inject.text, facts.options)
        yield inject.fault(f"no inject '{inject.text}' puts a question. {known}", ("injects", inject.text))
    elif inject is not None and option is not None:
        yield from _known_option(option, facts.options.get(inject.text or "", []))
    if by is not None:
        yield from _takes_part(by, by.text, facts, "who answers")


def _when(inject: Node, facts: Facts, called: str = "", verb: str = "released") -> Iterator[Diagnostic]:
    if not inject.is_mapping:
        return
    called = called or f"inject '{text_of(inject, 'id')}'"
    has_turn, has_date = is_given(inject, "turn"), is_given(inject, "date")
    has_time_alone = is_given(inject, "time") and facts.calendar is not None and facts.calendar.length <= 1
    if has_turn and has_date:
        yield _not_both(inject, "turn", "date", f"{called} has a 'turn' or a 'date', not both.")
    elif not has_turn and not has_date and not has_time_alone:
        yield start_of(inject).fault(f"{called} needs a 'turn' (such as 2) or a 'date'.")
    yield from _turn_exists(inject, verb, facts)
    yield from _moment_exists(inject, facts, is_end=verb == "ends")


def _moment_exists(inject: Node, facts: Facts, is_end: bool) -> Iterator[Diagnostic]:
    """A day or a clock that lies within the exercise, and within the turn where that is given too; what ends may end
    with its turn."""
    date, time = moment_in(text_of(inject, "date") or ""), time_in(text_of(inject, "time") or "")
    turn = whole_of(inject.get("turn"))
    if time is not None and isinstance(date, datetime.datetime):
        yield _not_both(inject, "date", "time", "the clock stands in the 'date' or under 'time', not in both.")
        return
    calendar = facts.calendar
    is_elsewhere = turn is not None and (date is not None or not 1 <= turn <= (facts.turns or 0))
    if calendar is None or is_elsewhere:
        return
    moment = moment_of(calendar, turn, date, time)
    if moment is None:
        return
    day, place = calendar.day_of(moment), inject["date" if date is not None else "time"]
    earliest = (
        0 if isinstance(moment, datetime.datetime) else -1
    )  # a day without a clock: some of it is in the exercise
    if day < 0 and day <= earliest or day >= calendar.length:
        first, last = map(in_numbers, calendar.whole_span)
        yield place.fault(
            f"{in_numbers(moment)} is outside the exercise, which runs from {first} to {last}"
            f"{_elsewhere(facts.root.keys['start'], place)}."
        )
        return
    other = calendar.turn_past(moment) if is_end else calendar.turn_at(day)
    if turn is not None and other != turn:
        first, last = map(in_numbers, calendar.span(turn))
        yield place.fault(f"{in_numbers(moment)} is in turn {other}: turn {turn} runs from {first} to {last}.")


def _not_both(entry: Node, first: str, second: str, said: str) -> Diagnostic:
    """Two fields of which one at most is given; how to take away the one that comes with what this extends."""
    keys = {field: entry.keys[field] for field in (first, second)}
    own = first if keys[second].source.file != entry.source.file else second
    other = second if own == first else first
    if keys[own].source.file == keys[other].source.file:
        return keys[second].fault(f"{said} Keep one.")
    parent, given = PurePath(keys[other].source.file).stem, entry[other].text or "[...]"
    return keys[own].fault(f"{said} {parent} gives `{other}: {given}`; write `{other}: null` here to use '{own}'.")


def _recipients(inject: Node, facts: Facts) -> Iterator[Diagnostic]:
    for entry in entries_of(inject, "to"):
        name = entry.text
        if name is None or name in ("control", "all"):
            continue
        if name.startswith("group:") and name.removeprefix("group:") not in facts.library.groups:
            yield from unless_known_group(entry, facts.library.groups)
        elif not name.startswith("group:") and name not in facts.known:
            groups = [f"group:{group}" for group in facts.library.groups]
            choices = dict.fromkeys([*facts.cast, "control", "all", *groups, *facts.known])
            words = {**facts.codes_by_name, **TO_EVERYBODY_OR_CONTROL}
            yield entry.fault(f"nobody goes by '{name}'. {which_code(name, choices, words)}", ("states", name))
        elif not any(code in facts.cast for code in facts.meant(name)) and facts.cast:
            yield entry.fault(
                f"nobody of '{name}' takes part, so nobody would receive this. Add to 'participants', or leave it out.",
                ("takes no part", name),
            )


def _effect(effect: Node, facts: Facts, falls_on_chooser: bool = False) -> Iterator[Diagnostic]:
    on, incident, actor, adversary = (text_of(effect, field) for field in ("on", "incident", "actor", "adversary"))
    most, by = EFFECT_LIMITS.get(on or "", WHOLE), number_of(effect.get("by"))
    if on is not None and by is not None and abs(by) > most:
        yield effect["by"].fault(
            f"an effect on '{on}' moves it by {-most} to {most}, got '{effect['by'].text}'."
            + (" Write a share as a number: 0.2 for 20 %." if most == WHOLE else "")
        )
    if on in NEEDS_ACT and incident is None:
        yield start_of(effect).fault(
            f"an effect on '{on}' needs the 'incident' it is about. {did_you_mean('', facts.incidents)}"
        )
    if on in NEEDS_ACTOR and actor is None and not falls_on_chooser:
        yield start_of(effect).fault(f"an effect on '{on}' needs the 'actor' it falls on.")
    if on == "exposure" and adversary is None:
        yield start_of(effect).fault("an effect on 'exposure' needs the 'adversary' it is toward.")
    if incident is not None:
        yield from unless_known(effect["incident"], "incidents", facts.incidents)
    if actor is not None:
        yield from _takes_part(effect["actor"], actor, facts, "the actor of an effect")
    if adversary is not None:
        yield from _is_adversary(effect["adversary"], facts, "the adversary of an effect")


def check_questions(facts: Facts) -> Iterator[Diagnostic]:
    """What is to be discussed: when, and by whom."""
    for entry in entries_of(facts.root, "questions"):
        if entry.is_mapping:
            yield from _turn_exists(entry, "is asked", facts)
            yield from _recipients(entry, facts)


def check_tables(facts: Facts) -> Iterator[Diagnostic]:
    """Formats and responses on the table."""
    for section in ("formats", "responses"):
        yield from known_names(entries_of(facts.root, section), section, facts.names)
        seen = set()
        for entry in entries_of(facts.root, section):
            if entry.text in seen:
                yield entry.fault(f"'{entry.text}' is listed twice in '{section}'.")
            seen.add(entry.text)


def check_cooperation(facts: Facts) -> Iterator[Diagnostic]:
    for entry in entries_of(facts.root, "cooperation"):
        project = entry.get("project")
        if project is not None:
            yield from known_names([project], "cooperation", facts.names)
        months = number_of(entry.get("months_before"))
        if months and is_given(entry, "turn"):
            said = "a project has run for some months ('months_before') or is put to a decision in a 'turn', not both."
            yield _not_both(entry, "months_before", "turn", said)
        yield from _turn_exists(entry, "put to a decision", facts)


def check_behaviour(facts: Facts) -> Iterator[Diagnostic]:
    for name, key, value in items_of(facts.root, "behaviour"):
        if name not in facts.library.behaviour:
            said = f"no coefficient '{name}' in the model. {did_you_mean(name, facts.library.behaviour)}"
            yield key.fault(said, ("behaviour", name))
        else:
            fractions = list(a_fraction(value, name, facts.library.behaviour[name].domain))
            yield from fractions or _fits(paths.find(facts.document, f"behaviour.{name}", facts.library), value)


def check_weights(facts: Facts) -> Iterator[Diagnostic]:
    """Somebody has to weigh something, or no text has anybody behind it."""
    choice = facts.root.get("capability")
    field = WEIGHED_BY.get(choice.text if choice is not None and choice.text else _default("capability"))
    weighed = [code for code in facts.cast if facts.role(code) not in (None, "adversary") or code in facts.named_bodies]
    if field and weighed and all(_weight(code, field, facts) < NEXT_TO_NOTHING for code in weighed):
        place = choice if choice is not None else facts.root["participants"]
        yield place.fault(
            f"nobody here has any '{field}', by which 'capability' weighs actors, so no text would have anybody behind "
            "it. Give somebody some under 'actors', or write 'capability: equal'."
        )


def _default(field: str):
    return Scenario.model_fields[field].default


def _weight(code: str, field: str, facts: Facts) -> float:
    """What an actor brings: the scenario's own figure, or whether the library knows of any."""
    own = facts.own(code)
    if own is not None and (given := number_of(own.get(field))) is not None:
        return given
    if field == "economy" or code not in facts.library.states:
        return float(field == "economy" or code in facts.library.bodies)
    budget = paths.find(facts.document, f"states.{code}.defence_usd_bn", facts.library).value
    return budget if isinstance(budget, float) else 0.0


def check_figures(facts: Facts) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for path, key, value in items_of(facts.root, "figures"):
        try:
            place = paths.find_figure(facts.library, path)
        except InputError as error:
            yield key.fault(error.faults[0].message)
            continue
        if place.path in seen:
            yield key.fault(f"'{place.path}' is given twice. Keep one of the two.")
        seen.add(place.path)
        faults = list(_fits(place, value))
        yield from faults or _stays_in_order(place, key, value, facts)


def _stays_in_order(place: paths.Place, key: Node, value: Node, facts: Facts) -> Iterator[Diagnostic]:
    """A changed time or day that contradicts the ones beside it, these in their own changed form."""
    if value.kind != "scalar":
        return
    figures = {path: node.value for path, _, node in items_of(facts.root, "figures") if node.kind == "scalar"}
    try:
        entry = paths.value_at(paths.with_figures(facts.library, figures), place.keys[:-1])
    except InputError:  # another figure is wrong, and says so itself
        return
    if isinstance(entry, (Days, Membership)):
        for fault in RULES[type(entry)](nodes_of(entry.model_dump(mode="json"), key.source), facts.names):
            yield key.fault(fault.message)


def _fits(place: paths.Place, node: Node) -> Iterator[Diagnostic]:
    try:
        if node.kind == "scalar":
            paths.fitted(place, node.value)
    except InputError:
        yield node.fault(f"expected {paths.wanted(place)} at '{place.path}', got '{node.text}'.")


def check_what_varies(facts: Facts) -> Iterator[Diagnostic]:
    """Uncertainties and levers: a path that leads somewhere, and what may stand there."""
    for section in ("uncertainties", "levers"):
        for name, key, entry in items_of(facts.root, section):
            if entry.is_mapping:
                yield from _varied(name, key, entry, facts)
    both = set(keys_of(facts.root.get("uncertainties"))) & set(keys_of(facts.root.get("levers")))
    for name in sorted(both):
        said = f"'{name}' is an uncertainty too. Uncertainties and levers need different names."
        yield facts.root["levers"].keys[name].fault(said)


def _varied(name: str, key: Node, entry: Node, facts: Facts) -> Iterator[Diagnostic]:
    has_range, has_choices = is_given(entry, "range"), is_given(entry, "choices")
    if has_range and has_choices:
        yield _not_both(entry, "range", "choices", f"'{name}' has a 'range' or 'choices', not both.")
    path = entry.get("path")
    if path is None or path.text is None:
        return
    try:
        place = paths.find(facts.document, path.text, facts.library)
    except InputError as error:
        yield path.fault(error.faults[0].message, error.faults[0].cause)
        return
    if not has_range and not has_choices and paths.own_range(place, facts.library) is None:
        yield key.fault(
            f"'{name}' needs a 'range' such as [0.2, 0.8], or 'choices' such as [a, b]: "
            "the library has no range for it."
        )
    if has_range:
        yield from _range_fits(entry["range"], place)
    if has_choices:
        yield from _choices_fit(entry["choices"], place)


def _range_fits(node: Node, place: paths.Place) -> Iterator[Diagnostic]:
    if not place.is_number:
        yield node.fault(f"a range needs a number, and '{place.path}' is {expected(place.annotation)}. Use 'choices'.")
        return
    ends = node.value if node.is_list else []
    for end in ends:
        if number_of(end) is not None:
            yield from _fits(place, end)
    yield from low_before_high(node)


def _choices_fit(node: Node, place: paths.Place) -> Iterator[Diagnostic]:
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


def check_measures(facts: Facts) -> Iterator[Diagnostic]:
    for entry in entries_of(facts.root, "measures"):
        yield from unless_known(entry, "measures", _registry("sim.catalogue.measures", "MEASURES"))


def check_own(facts: Facts) -> Iterator[Diagnostic]:
    """The scenario's own formats and responses."""
    known = {**facts.names, "states": dict.fromkeys(facts.known)}
    for section, model in (("own_formats", Format), ("own_responses", Response)):
        for _, _, entry in items_of(facts.root, section):
            yield from check_entry(entry, model, known)
    for _, _, response in items_of(facts.root, "own_responses"):
        if text_of(response, "category") == "baseline":
            said = "'baseline' is the library's word for doing nothing: it is never offered to anybody. Choose one of"
            yield response["category"].fault(f"{said} {', '.join(OWN_CATEGORIES)}.")


CHECKS = (
    lambda facts: repeated_ids(facts.root),
    check_participants,
    check_actors,
    check_presence,
    check_groups,
    check_ties,
    check_turns,
    check_ratings,
    check_incidents,
    check_injects,
    check_questions,
    check_tables,
    check_own,
    check_cooperation,
    check_behaviour,
    check_figures,
    check_weights,
    check_measures,
    check_what_varies,
)
