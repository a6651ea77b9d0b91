"""What checks look things up in, and what many of them ask: who takes part, which turns there are, what has a name.

A name that is not there is told where it is used, or once where it is given, when the slip is there.
"""

import datetime
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from sim.errors import Diagnostic, counted, did_you_mean, in_words, nearest, refusal
from sim.letters import plain_letters
from sim.scenario.calendar import Calendar, calendar_of, moment_in
from sim.scenario.hints import code_meant, codes_by_name, which_code
from sim.scenario.library_schema import CODE_PATTERN, FIRST_DAY, LAST_DAY, Format, Group, Library, Membership, Response
from sim.scenario.reader import Node, keys_of, number_of, whole_of, within
from sim.scenario.schema import LONGEST_TURN, MOST_TURNS, Scenario
from sim.scenario.wording import ENTRY_NAMES, plain

FEWEST_USES = 2  # of a name that is not there, before the slip is looked for where it is given
OF_THE_PROGRAM = ("measures", "policies")  # what no document defines
ONE_OF = {
    **ENTRY_NAMES, "codebook": "coded kind of act", "domains": "domain", "measures": "measure",
    "policies": "policy", "sources": "source",
}  # fmt: skip
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
    def stretches(self) -> list[tuple[Node, int | None]]:
        """The entries that say how long turns are, each with how many turns: in a list, one where it does not say."""
        turns = self.root.get("turns")
        entries, default = (turns.value, 1) if turns is not None and turns.is_list else ([turns], None)
        some = [entry for entry in entries if entry is not None and entry.is_mapping]
        counts = [whole_of(entry.get("count")) if entry.is_given("count") else default for entry in some]
        return [(entry, within(1, MOST_TURNS, count)) for entry, count in zip(some, counts, strict=True)]

    @cached_property
    def turns(self) -> int | None:
        """How many turns there are."""
        known = [count for _, count in self.stretches if count is not None]
        return sum(known) if known and len(known) == len(self.stretches) else None

    @cached_property
    def calendar(self) -> Calendar | None:
        """When turns begin and end, where all of it could be read."""
        start = moment_in(self.root.text_of("start") or "")
        lengths = [
            (count, unit, length)
            for some, count in self.stretches
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


def names_in(library: Library, section: str) -> dict:
    """The names of a section that may be referred to, domains with their limits; of the codebook, the kinds of act."""
    found = getattr(library, section)
    if section == "domains":
        return {name: domain.limits for name, domain in found.items()}
    if section == "codebook":
        found = found.responses if found is not None else ()
    return {} if section in ("estimates", "volumes") else dict.fromkeys(found)


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


def low_before_high(node: Node | None) -> Iterator[Diagnostic]:
    ends = ends_of(node)
    if node is not None and ends and not ends[0] < ends[1]:
        yield node.fault(f"a range goes from low to high, and {ends[0]:g} is not below {ends[1]:g}.")


def ends_of(node: Node | None) -> tuple[float, float] | None:
    """The two numbers of a range; None when it is no such thing."""
    ends = [number_of(end) for end in node.value] if node is not None and node.is_list else []
    low, high = ends if len(ends) == 2 else (None, None)
    return None if low is None or high is None else (low, high)


# ------------------------------------------------------------------------------------------- misspelt where it is given


def at_the_definition(
    faults: list[Diagnostic], root: Node, definitions: dict[str, dict[str, Node]]
) -> list[Diagnostic]:
    """The faults, those of one misspelt definition as one, at the definition.

    When several places use a name that is not there, and one much like it is given and used by nobody, the slip is
    where it is given. Then that is said there, with the places that use the other. Such faults have (section, name) as
    their cause; `root` is all that may use the names, and `definitions` has each name of a section with its node.
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
    always, groups = Membership.model_validate({}), dict(library.groups)
    for code, _, actor in root.items_of("actors"):
        for name in groups_joined(actor):
            if name in groups:
                groups[name] = groups[name].model_copy(update={"members": groups[name].members | {code: always}})
    for name, _, group in root.items_of("groups"):
        if name not in library.groups:
            members = {member.text or "": always for member in group.entries_of("members")}
            groups[name] = Group.model_construct(name=group.text_of("name") or name, source="own", members=members)
    return library.model_copy(update={"groups": groups}) if groups != library.groups else library


def role_in(groups: Iterable[str], library: Library) -> str | None:
    """The role of who belongs to these groups: NATO's members are allies; None where they say nothing of it."""
    of_body = {body.group: code for code, body in library.bodies.items()}
    bodies = {of_body.get(name) for name in groups}
    if "NATO" in bodies:
        return "ally"
    if "EU" in bodies:
        return "eu_member"
    return "partner" if any(name in library.groups and library.groups[name].is_the_four for name in groups) else None
