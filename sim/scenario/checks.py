"""What the schema cannot see: whether the parts of a scenario fit together, and refer to what is there.

Each check reads nodes rather than a finished scenario, so it can speak although another part of the file is wrong. A
value that the schema has already refused is passed over in silence.
"""

import re
import typing
from collections.abc import Iterator
from importlib import import_module

from sim.catalogue.measures import ABOUT_A_RUN, MEASURES
from sim.errors import Diagnostic, InputError, counted, did_you_mean
from sim.letters import plain_letters
from sim.scenario import paths
from sim.scenario.facts import (
    OWN,
    Facts,
    at_the_definition,
    groups_joined,
    known_names,
    low_before_high,
    not_both,
    repeated,
    role_in,
    said_again,
    unless_known,
    unless_known_group,
)
from sim.scenario.hints import code_meant, which_code
from sim.scenario.inject_checks import actors_reached, check_injects, check_questions, turn_meant
from sim.scenario.library import RULES, a_fraction, check_entry
from sim.scenario.library_schema import Days, Format, Membership, Response
from sim.scenario.reader import Node, keys_of, nodes_of, number_of, whole_of
from sim.scenario.schema import LONGEST_TURN, MERGED_BY, MOST_MARKS, MOST_TURNS, STATELESS, Scenario
from sim.scenario.wording import expected, start_of

WEIGHED_BY = {"gdp": "economy", "gdp_cyber": "economy", "defence": "military"}  # equal: everybody weighs as much
OWN_CATEGORIES = [name for name in typing.get_args(Response.model_fields["category"].annotation) if name != "baseline"]
INVENTED = re.compile("X[A-Z]{2}$")  # codes that the standard leaves free
NEXT_TO_NOTHING = 0.001  # economies and forces below this weigh nothing at a table


# ------------------------------------------------------------------------------------------------ a scenario


def check_scenario(facts: Facts) -> list[Diagnostic]:
    """Every fault in how the parts of a scenario fit together."""
    faults = [fault for check in CHECKS for fault in check(facts)]
    return at_the_definition(faults, facts.root, _definitions(facts))


def _definitions(facts: Facts) -> dict[str, dict[str, Node]]:
    """What this scenario itself gives a name to, by section, each with the node of its name."""
    root = facts.root
    ids = {
        name: {text: entry["id"] for entry in root.entries_of(name) if (text := entry.text_of("id")) is not None}
        for name in ("incidents", "objectives")
    }
    keys = {section: {key: node for key, node, _ in root.items_of(name)} for section, name in OWN.items()}
    actors = {code: node for code, node, _ in root.items_of("actors") if code in facts.own_actors}
    return {**ids, **keys, "states": actors}


def repeated_ids(root: Node) -> Iterator[Diagnostic]:
    """Entries of one list that go by the same name; asked of each file before it is laid over another."""
    for name, field in MERGED_BY.items():
        yield from repeated(root.entries_of(name), field, name)


def check_participants(facts: Facts) -> Iterator[Diagnostic]:
    seen: dict[str, Node] = {}
    for entry in facts.root.entries_of("participants"):
        name = entry.text
        if name is None:
            continue
        if name in seen:
            yield entry.fault(f"'{name}' is listed twice among the participants.")
        elif name.startswith("group:"):
            yield from unless_known_group(entry, facts.library.groups)
        elif name not in facts.known:
            yield entry.fault(f"no actor '{name}'. {_who_is_meant(name, facts)}", ("states", name))
        if facts.start and _is_empty(name, facts):
            yield entry.fault(f"'{name}' has no members on {facts.start}, the first day.")
        seen[name] = entry


def _is_empty(name: str, facts: Facts) -> bool:
    """Whether a body or a group that is known has nobody in it on the first day."""
    group = name.removeprefix("group:")
    is_known = name in facts.library.bodies or (name != group and group in facts.library.groups)
    return is_known and not set(facts.meant(name)) - {name}


def _who_is_meant(name: str, facts: Facts) -> str:
    """What is meant by a participant that nobody knows, such as several with a comma that is none between them."""
    words = [word for word in re.split(r"[,;\s]+", plain_letters(name)) if word]
    if len(words) > 1 and all(word in facts.known for word in words):
        return f"Did you mean {', '.join(words)}?"
    choices = [*facts.known, *(f"group:{group}" for group in facts.library.groups)]
    said = which_code(name, choices, facts.codes_by_name)
    is_code = len(name) == 3 and name.isalpha() and name.isupper()
    is_invented = is_code and code_meant(name, choices, facts.codes_by_name) is None
    return f"{said} An invented state needs a 'name' under 'actors'." if is_invented else said


def check_actors(facts: Facts) -> Iterator[Diagnostic]:
    for code, key, actor in facts.root.items_of("actors"):
        if code in facts.own_actors:
            yield from _invented_actor(code, key, actor, facts)
        yield from facts.must_take_part(key, "an actor described here")
        for field in ("exposure", "stance"):
            for other, place, _ in actor.items_of(field):
                if other == code:
                    yield place.fault(f"'{code}' cannot have '{field}' toward itself.")
                else:
                    yield from unless_known(place, "actors", facts.known, facts.codes_by_name)
        yield from _memberships(code, actor, facts)
        if ":" not in (actor.text_of("policy") or ":"):  # what is one's own is looked for when it is played
            policies = import_module("sim.policies").POLICIES  # of a room that comes later
            yield from unless_known(actor["policy"], "policies", policies)


def check_presence(facts: Facts) -> Iterator[Diagnostic]:
    """Actors that join late or leave early: when, and that what the scenario says of them falls into their time."""
    for code, _, actor in facts.root.items_of("actors"):
        given = [field for field in ("from_turn", "until_turn") if actor.is_given(field)]
        if given and code in facts.library.bodies and not facts.bodies_play_as_one:
            yield actor.keys[given[0]].fault(f"'{code}' is its members: say of each of them when it takes part.")
        for field in given:
            turn = whole_of(actor.get(field))
            if turn is not None and facts.turns is not None and turn > facts.turns:
                yield actor[field].fault(f"there is no turn {turn}: the exercise has {counted(facts.turns, 'turn')}.")
        if len(given) == 2 and not facts.presence(code):
            yield actor["until_turn"].fault(f"'{code}' would leave before it joins, in turn {actor['from_turn'].text}.")
    for incident in facts.root.entries_of("incidents"):
        yield from _incident_in_time(incident, facts)
    for inject in facts.root.entries_of("injects"):
        yield from _inject_in_time(inject, facts)


def _incident_in_time(incident: Node, facts: Facts) -> Iterator[Diagnostic]:
    """Whoever is hit or behind it is there when it begins, and whoever is behind it until it is over."""
    begins, lasts = whole_of(incident.get("turn")) or 1, whole_of(incident.get("turns"))
    hit = [(key, code, "a victim") for code, key, _ in incident.items_of("victims")]
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
    turn, reached = turn_meant(inject, facts), actors_reached(inject, facts)
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
    for entry in question.entries_of("to"):
        there = facts.presence(entry.text)
        if entry.text in facts.cast and there and not any(k in there for k in range(turn, answered_by)):
            yield entry.fault(f"'{entry.text}' takes part {_when_there(there)}, and is asked in turn {turn}.")


def _when_there(there: range) -> str:
    """The turns in which an actor takes part, in words."""
    return f"in turn {there.start} alone" if len(there) == 1 else f"in turns {there.start} to {there.stop - 1}"


def _invented_actor(code: str, key: Node, actor: Node, facts: Facts) -> Iterator[Diagnostic]:
    needed = ["name", "adjective", *(["role"] if facts.role(code) is None else []), "theatre"]
    missing = [f"'{field}'" for field in needed if not actor.is_given(field)]
    if missing:
        near = code_meant(code, {**facts.library.states, **facts.library.bodies}, facts.codes_by_name)
        hint = f" Did you mean '{near}'?" if near else ""
        hint += "" if INVENTED.match(code) else " Unions, firms and ministries are no actors: let a 'sender' speak."
        yield key.fault(f"the library knows no actor '{code}', so it needs {', '.join(missing)} here.{hint}")


def _memberships(code: str, actor: Node, facts: Facts) -> Iterator[Diagnostic]:
    """The groups of the library that a scenario puts an actor into, and whether its role agrees."""
    groups, library = actor.entries_of("member_of"), facts.library
    for entry in groups:
        yield from unless_known_group(entry, [name for name in library.groups if name not in facts.own_groups])
    given, follows = actor.text_of("role"), role_in(groups_joined(actor), library)
    if given is not None and follows is not None and given != follows:
        said = f"whoever belongs to {', '.join(groups_joined(actor))} has the role '{follows}'"
        yield actor["role"].fault(f"{said}, and here '{given}' stands. Write '{follows}', or leave the role out.")
    votes = "EU" in library.bodies and library.bodies["EU"].group in groups_joined(actor)
    if votes and code in facts.own_actors and not actor.is_given("eu_population_pct"):
        yield start_of(actor).fault(
            f"'{code}' votes in the EU's Council, which counts people: give 'eu_population_pct', its share of them in "
            "percent, such as 0.3 for a state of Estonia's size."
        )


def check_groups(facts: Facts) -> Iterator[Diagnostic]:
    """The scenario's own groups: names of their own, and members who take part."""
    for name, key, group in facts.root.items_of("groups"):
        if name not in facts.own_groups:
            yield key.fault(f"the library has a group '{name}' already. Give this one another name.")
        for member in group.entries_of("members"):
            yield from facts.must_take_part(member, f"a member of group '{name}'")


def check_ties(facts: Facts) -> Iterator[Diagnostic]:
    seen: dict[frozenset, Node] = {}
    for tie in facts.root.entries_of("ties"):
        ends = tie.entries_of("between")
        codes = [end.text for end in ends]
        if len(codes) != 2 or None in codes:
            continue
        between = tie["between"]
        for end in ends:
            yield from facts.must_take_part(end, "one end of a tie")
        if codes[0] == codes[1]:
            yield between.fault(f"a tie joins two different actors, and here '{codes[0]}' stands twice.")
        elif frozenset(codes) in seen:
            yield between.fault(f"the tie between '{codes[0]}' and '{codes[1]}' is given twice.")
        seen[frozenset(codes)] = between


def check_incidents(facts: Facts) -> Iterator[Diagnostic]:
    for incident in facts.root.entries_of("incidents"):
        by = incident.get("by")
        yield from _no_state(incident, facts)
        for field, role in (("by", "who did it"), ("suspect", "whom it looks like")):
            node = incident.get(field)
            if node is not None and not (field == "by" and node.text in STATELESS):
                yield from facts.must_be_adversary(node, role)
        yield from _victims(incident, by.text if by is not None else None, facts)
        for other in incident.entries_of("may_widen_to"):
            yield from facts.must_take_part(other, "who could be next")
        yield from facts.turn_must_exist(incident, "begins")


def _no_state(incident: Node, facts: Facts) -> Iterator[Diagnostic]:
    """What goes with an incident that no state did, and with no other."""
    by, has_cause = incident.text_of("by"), incident.is_given("cause")
    if by not in STATELESS:
        if by is not None and has_cause and f"incidents.{incident.text_of('id')}.by" not in facts.varied:
            yield incident.keys["cause"].fault("a 'cause' is told where no state did it: give 'by: nobody' with it.")
        return
    if not incident.is_given("suspect"):
        adversaries = [code for code in facts.cast if facts.role(code) == "adversary"]
        such_as = f", such as {adversaries[0]}" if adversaries else ""
        yield incident["by"].fault(
            f"no state did it ('{by}'), so it needs a 'suspect', whom it looks like{such_as}. "
            "Where everybody sees what it was, write 'difficulty: 0' and 'publicness: 1'."
        )
    if by == "nobody" and not has_cause:
        yield incident["by"].fault("nobody did it: say what it was under 'cause', for the debrief.")
    if incident.is_given("demand"):
        yield incident.keys["demand"].fault(
            f"a demand is a state's that coerces, and here 'by' is '{by}'. What criminals ask for goes into an inject."
        )


def _victims(incident: Node, by: str | None, facts: Facts) -> Iterator[Diagnostic]:
    victims = incident.get("victims")
    if victims is not None and victims.is_mapping and not victims.value:
        yield victims.fault("an incident needs at least one victim with its severity, such as {EST: 0.4}.")
    for code, key, _ in incident.items_of("victims"):
        if code == by:
            yield key.fault(f"'{code}' cannot be a victim of its own incident.")
        elif code in facts.library.bodies and not facts.bodies_play_as_one:
            yield key.fault(f"'{code}' is an organisation: name the members that are hurt.")
        elif facts.role(code) == "adversary":
            yield key.fault(f"'{code}' is an adversary here, and adversaries are no victims.")
        else:
            yield from facts.must_take_part(key, "a victim")


def check_turns(facts: Facts) -> Iterator[Diagnostic]:
    """How long turns are: in one unit each, and no more of them than there may be."""
    for some, _ in facts.stretches:
        units = [unit for unit in LONGEST_TURN if some.is_given(unit)]
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


def check_tables(facts: Facts) -> Iterator[Diagnostic]:
    """Formats and responses on the table."""
    for section in ("formats", "responses"):
        yield from known_names(facts.root.entries_of(section), section, facts.names)
        for entry in said_again(facts.root.entries_of(section)):
            yield entry.fault(f"'{entry.text}' is listed twice in '{section}'.")


def check_cooperation(facts: Facts) -> Iterator[Diagnostic]:
    for entry in facts.root.entries_of("cooperation"):
        yield from known_names(entry.named_in("project"), "cooperation", facts.names)
        months = number_of(entry.get("months_before"))
        if months and entry.is_given("turn"):
            said = "a project has run for some months ('months_before') or is put to a decision in a 'turn', not both."
            yield not_both(entry, "months_before", "turn", said)
        yield from facts.turn_must_exist(entry, "put to a decision")


def check_behaviour(facts: Facts) -> Iterator[Diagnostic]:
    for name, key, value in facts.root.items_of("behaviour"):
        if name not in facts.library.behaviour:
            said = f"no coefficient '{name}' in the model. {did_you_mean(name, facts.library.behaviour)}"
            yield key.fault(said, ("behaviour", name))
        else:
            fractions = list(a_fraction(value, name, facts.library.behaviour[name].domain))
            yield from fractions or _fits(paths.find(facts.document, f"behaviour.{name}", facts.library), value)


def check_weights(facts: Facts) -> Iterator[Diagnostic]:
    """Somebody has to weigh something, or no text has anybody behind it."""
    choice = facts.root.get("capability")
    field = WEIGHED_BY.get(facts.root.text_of("capability") or Scenario.model_fields["capability"].default)
    weighed = [code for code in facts.cast if facts.role(code) not in (None, "adversary") or code in facts.named_bodies]
    if field and weighed and all(_weight(code, field, facts) < NEXT_TO_NOTHING for code in weighed):
        place = choice if choice is not None else facts.root["participants"]
        yield place.fault(
            f"nobody here has any '{field}', by which 'capability' weighs actors, so no text would have anybody behind "
            "it. Give somebody some under 'actors', or write 'capability: equal'."
        )


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
    for path, key, value in facts.root.items_of("figures"):
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
    figures = {path: node.value for path, _, node in facts.root.items_of("figures") if node.kind == "scalar"}
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
    """Uncertainties and levers: a name of their own, a path that leads somewhere, and what may stand there."""
    for section in ("uncertainties", "levers"):
        for name, key, entry in facts.root.items_of(section):
            if facts.root.line and (name in MEASURES or name in ABOUT_A_RUN):  # what was kept before stays readable
                yield key.fault(f"a column of a sweep's table is called '{name}' already. Take another name.")
            if entry.is_mapping:
                yield from _varied(name, key, entry, facts)
    both = set(keys_of(facts.root.get("uncertainties"))) & set(keys_of(facts.root.get("levers")))
    for name in sorted(both):
        said = f"'{name}' is an uncertainty too. Uncertainties and levers need different names."
        yield facts.root["levers"].keys[name].fault(said)


def _varied(name: str, key: Node, entry: Node, facts: Facts) -> Iterator[Diagnostic]:
    has_range, has_choices = entry.is_given("range"), entry.is_given("choices")
    if has_range and has_choices:
        yield not_both(entry, "range", "choices", f"'{name}' has a 'range' or 'choices', not both.")
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
    for end in node.value if node.is_list else []:
        if number_of(end) is not None:
            yield from _fits(place, end)
    yield from low_before_high(node)


def _choices_fit(node: Node, place: paths.Place) -> Iterator[Diagnostic]:
    choices = [choice for choice in node.value if choice.text is not None] if node.is_list else []
    if node.is_list and not node.value:
        yield node.fault("there are no choices to choose from.")
    for choice in choices:
        yield from _fits(place, choice)
    for choice in said_again(choices):
        yield choice.fault(f"the choice '{choice.text}' is listed twice.")


def check_measures(facts: Facts) -> Iterator[Diagnostic]:
    for entry in facts.root.entries_of("measures"):
        yield from unless_known(entry, "measures", MEASURES)


def check_own(facts: Facts) -> Iterator[Diagnostic]:
    """The scenario's own formats and responses."""
    known = {**facts.names, "states": dict.fromkeys(facts.known)}
    for section, model in (("own_formats", Format), ("own_responses", Response)):
        for _, _, entry in facts.root.items_of(section):
            yield from check_entry(entry, model, known)
    for _, _, response in facts.root.items_of("own_responses"):
        if response.text_of("category") == "baseline":
            said = "'baseline' is the library's word for doing nothing: it is never offered to anybody. Choose one of"
            yield response["category"].fault(f"{said} {', '.join(OWN_CATEGORIES)}.")


CHECKS = (
    lambda facts: repeated_ids(facts.root), check_participants, check_actors, check_presence, check_groups,
    check_ties, check_turns, check_ratings, check_incidents, check_injects, check_questions, check_tables,
    check_own, check_cooperation, check_behaviour, check_figures, check_weights, check_measures, check_what_varies,
)  # fmt: skip
