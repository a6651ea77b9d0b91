"""What the checks of a scenario look things up in, and what many of them ask: who takes part, which turns there are."""

import datetime
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from sim.errors import Diagnostic, counted, did_you_mean, refusal
from sim.letters import plain_letters
from sim.scenario.calendar import Calendar, calendar_of, moment_in
from sim.scenario.entries import names_in
from sim.scenario.hints import code_meant, codes_by_name, which_code
from sim.scenario.library_schema import CODE_PATTERN, FIRST_DAY, LAST_DAY, Format, Group, Library, Membership, Response
from sim.scenario.reader import Node, keys_of, whole_of, within
from sim.scenario.schema import LONGEST_TURN, MOST_TURNS, Scenario
from sim.scenario.wording import plain

OWN = {"formats": "own_formats", "responses": "own_responses"}  # where a scenario has entries of its own


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
        moment = moment_in(self.root.text_of("start") or "")
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
        counts = [whole_of(some.get("count")) if some.is_given("count") else default for some in self.stretches]
        return [within(1, MOST_TURNS, count) for count in counts]

    @cached_property
    def turns(self) -> int | None:
        """How many turns there are."""
        known = [count for count in self.counts if count is not None]
        return sum(known) if known and len(known) == len(self.counts) else None

    @cached_property
    def calendar(self) -> Calendar | None:
        """When turns begin and end, where all of it could be read."""
        start = moment_in(self.root.text_of("start") or "")
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
        listed: dict[str | None, None] = dict.fromkeys(entry.text for entry in self.root.entries_of("participants"))
        strangers = [name for name in listed if name and name not in self.known and not name.startswith("group:")]
        words = [word for name in strangers for word in (name, *re.split(r"[,\s]+", plain_letters(name)))]
        meant = [word if word in self.known else code_meant(word, self.known, self.codes_by_name) for word in words]
        return listed | dict.fromkeys(filter(None, meant))

    @cached_property
    def codes_by_name(self) -> dict[str, str]:
        """What people call the actors and groups that there are, the scenario's own first."""
        named = [(code, own.text_of("name")) for code, _, own in self.root.items_of("actors") if code in self.known]
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
        return self.root.text_of("bodies_as") == "one"

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
        last = self.turns if last is None and own.is_given("from_turn") else last
        return range(whole_of(own.get("from_turn")) or 1, (last or sys.maxsize - 1) + 1)

    def role(self, code: str | None) -> str | None:
        """An actor's role: the scenario's own, else the library's; None for a body and for who is not known."""
        own, state = self.own(code), self.library.states.get(code or "")
        if own is not None and (given := own.text_of("role") or role_in(groups_joined(own), self.library)):
            return given
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
        return self.root.ids_of("incidents", "id")

    @cached_property
    def options(self) -> dict[str, list[str]]:
        """The options of each question, by the inject that puts it."""
        asking = {inject.text_of("id"): inject.get("question") for inject in self.root.entries_of("injects")}
        return {name: node.ids_of("options", "id") for name, node in asking.items() if name and node is not None}

    @cached_property
    def varied(self) -> set[str | None]:
        """The paths of what nobody knows and what is chosen."""
        varying = [entry for name in ("uncertainties", "levers") for _, _, entry in self.root.items_of(name)]
        return {entry.text_of("path") for entry in varying if entry.is_mapping}

    @cached_property
    def document(self) -> dict:
        return plain(self.root, Scenario)

    # ---- what many checks ask

    def must_take_part(self, node: Node, role: str) -> Iterator[Diagnostic]:
        """A fault unless a node, if it says anything, is the code of an actor that takes part."""
        code = node.text
        if code is None or code in self.cast:
            return
        if code not in self.known:
            said = which_code(code, self.known, self.codes_by_name)
            yield node.fault(f"no actor '{code}' ({role}). {said}", ("states", code))
        elif code in self.inside:
            yield node.fault(
                f"'{code}' ({role}) is played as part of a body here ('bodies_as: one'). Name the body, "
                "or list it under 'participants' by itself as well.",
                ("inside a body", code),
            )
        elif self.named:
            said = f"'{code}' ({role}) takes no part in this scenario. Add it to 'participants'."
            yield node.fault(said, ("takes no part", code))

    def must_be_adversary(self, node: Node, role: str) -> Iterator[Diagnostic]:
        """A fault unless the code belongs to an adversary that takes part."""
        if node.text in self.library.bodies:
            yield node.fault(f"'{node.text}' ({role}) is an organisation, and an adversary is a state.")
        elif node.text in self.known and self.role(node.text) != "adversary":
            said = "is no adversary here. If it is to be one, give it 'role: adversary' in 'actors'."
            yield node.fault(f"'{node.text}' ({role}) {said}")
        else:
            yield from self.must_take_part(node, role)

    def turn_must_exist(self, entry: Node, verb: str) -> Iterator[Diagnostic]:
        turn = whole_of(entry.get("turn"))
        if turn is not None and self.turns is not None and turn > self.turns:
            written = entry["turn"].value[:40]
            there = elsewhere(self.root.keys["turns"], entry["turn"])
            said = f"{verb} in turn {written}, but the exercise has {counted(self.turns, 'turn')}{there}."
            yield entry["turn"].fault(said)


# ------------------------------------------------------------------------------------------------ what many checks ask


def elsewhere(node: Node, other: Node) -> str:
    """Where a node stands, when that is in another file than what it is held against."""
    return f" ({node.source.file}:{node.line})" if node.source.file != other.source.file and node.line else ""


def not_both(entry: Node, first: str, second: str, said: str) -> Diagnostic:
    """Two fields of which one at most is given; how to take away the one that comes with what this extends."""
    keys = {field: entry.keys[field] for field in (first, second)}
    own = first if keys[second].source.file != entry.source.file else second
    other = second if own == first else first
    if keys[own].source.file == keys[other].source.file:
        return keys[second].fault(f"{said} Keep one.")
    parent, given = PurePath(keys[other].source.file).stem, entry[other].text or "[...]"
    return keys[own].fault(f"{said} {parent} gives `{other}: {given}`; write `{other}: null` here to use '{own}'.")


def said_again(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes that say what one before them has said."""
    seen = set()
    for node in nodes:
        if node.text in seen:
            yield node
        seen.add(node.text)


def repeated(entries: list[Node], field: str, name: str) -> Iterator[Diagnostic]:
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


def groups_joined(actor: Node) -> list[str]:
    """The groups that a scenario makes an actor a member of."""
    return [entry.text for entry in actor.entries_of("member_of") if entry.text is not None]


# --------------------------------------------------------------------------------------------------------- who is meant


def belongs(membership: Membership, day: datetime.date) -> bool:
    """Whether a membership holds on a day; its first and last day count."""
    begun = membership.since is None or membership.since <= day
    ended = membership.until is not None and membership.until < day
    return begun and not ended


def group_members(group: str, library: Library, day: datetime.date) -> set[str]:
    """The codes that belong to a group on a day."""
    return {code for code, membership in library.groups[group].members.items() if belongs(membership, day)}


def resolve_members(names: Iterable[str], library: Library, date: datetime.date) -> tuple[str, ...]:
    """The codes that names stand for on a day.

    Parameters
    ----------
    names : codes; `group:<name>` for the members of a group; NATO or EU for the body and its members;
        `any` for every state
    library : Library
    date : datetime.date, the day whose memberships hold

    Returns
    -------
    tuple of codes, each once: states in the library's order, then codes it does not know as named, then bodies.
    InputError for a group or body that the library does not have.
    """
    meant: dict[str, None] = {}
    for name in names:
        meant.update(dict.fromkeys(_members(name, library, date)))
    states = [code for code in library.states if code in meant]
    own = [code for code in meant if code not in library.states and code not in library.bodies]
    bodies = [code for code in library.bodies if code in meant]
    return (*states, *own, *bodies)


def _members(name: str, library: Library, date: datetime.date) -> Iterable[str]:
    if name == "any":
        return library.states
    body = library.bodies.get(name)
    if body is None and not name.startswith("group:"):
        return [name]
    group = body.group if body else name.removeprefix("group:")
    if group not in library.groups:
        raise refusal(f"no group named '{group}'. {did_you_mean(group, library.groups)}")
    members = sorted(group_members(group, library, date))
    return [*members, name] if body else members


def with_outputs(formats: dict[str, Format], responses: dict[str, Response]) -> dict[str, Format]:
    """Formats with the responses among their outputs that say that they are decided there."""
    added = {name: [key for key, own in responses.items() if name in own.decided_in] for name in formats}
    return {
        name: form.model_copy(update={"outputs": list(dict.fromkeys([*form.outputs, *added[name]]))})
        for name, form in formats.items()
    }


def with_groups_of(root: Node, library: Library) -> Library:
    """A library whose groups have those members too whom a scenario puts into them, and with the scenario's own groups.

    What does not fit is left out here, and told where it stands.
    """
    added: dict[str, dict[str, Membership]] = {}
    for code, _, actor in root.items_of("actors"):
        for entry in actor.entries_of("member_of"):
            added.setdefault(entry.text or "", {})[code] = Membership.model_validate({})
    own = {
        name: {member.text or "": Membership.model_validate({}) for member in group.entries_of("members")}
        for name, _, group in root.items_of("groups")
        if name not in library.groups
    }
    if not added and not own:
        return library
    groups = {
        name: group.model_copy(update={"members": group.members | added[name]}) if name in added else group
        for name, group in library.groups.items()
    }
    named = {name: group.text_of("name") or name for name, _, group in root.items_of("groups")}
    groups |= {
        name: Group.model_construct(name=named[name], source="own", members=members) for name, members in own.items()
    }
    return library.model_copy(update={"groups": groups})


def role_in(groups: Iterable[str], library: Library) -> str | None:
    """The role of who belongs to these groups: NATO's members are allies; None where they say nothing of it."""
    of_body = {body.group: code for code, body in library.bodies.items()}
    bodies = {of_body.get(name) for name in groups}
    if "NATO" in bodies:
        return "ally"
    if "EU" in bodies:
        return "eu_member"
    return "partner" if any(name in library.groups and library.groups[name].is_the_four for name in groups) else None
