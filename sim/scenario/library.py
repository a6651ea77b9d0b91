"""The figures that every exercise shares, read from `scenarios/library/` and checked once.

The library is several files that are one document: `states.yaml` may hold `states`, `groups` and `bodies`, and so on.
No entry may stand in two places. What an entry refers to must be there, numbers that belong together must not
contradict each other, a judgement must give its range and its reason, and a figure lies between what makes sense; the
same is asked of a scenario's own formats and responses.
"""

import hashlib
import json
import math
import typing
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.catalogue.moves import FELT, NAMES
from sim.catalogue.responses import RESPONSE_KINDS, RUNGS
from sim.errors import Diagnostic, InputError, nearest
from sim.scenario.facts import (
    at_the_definition,
    ends_of,
    known_names,
    low_before_high,
    names_in,
    unless_known_group,
    with_outputs,
)
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
from sim.scenario.reader import Node, SourceText, date_of, keys_of, number_of, read
from sim.scenario.schema import Scenario
from sim.scenario.wording import below, beside, core, fields_of, is_model, once_for_each, start_of, validated

COEFFICIENTS = (
    *"""
    precision damping round_days evidence_rate skill_floor access_open access_signals signals_power
    prior_log_odds source_correlation victim_shares memory perception_noise ideal_point_scale stance_distance
    stance_border stance_episode stance_opinion opinion_middle stance_other_ocean exposure_half
    exposure_asymmetry exposure_energy trade_rus_since_2022 tie_neighbour tie_base position_base position_bond
    position_stance position_own position_hurt position_exposure position_doubt salience_base salience_stake
    salience_exposure chair_error silence_hazard silence_steepness silence_weaker silence_days silence_shift
    abstention tolerance weight_floor call_precision call_mandate call_reputation call_ip4_standing
    call_coverage call_days call_veto call_duplication call_victim call_wait call_wait_open call_stake
    call_stake_min call_friend call_again_days call_again calls tempo_severity tempo_from tempo_physical
    leak_per_member leak_publicness practice_third_party habit_naming norm_start norm_before norm_rise
    norm_years norm_growth norm_crowd norm_most b_stake b_bond b_led bond_from stake_any b_severity grave_from
    b_hurt b_hurt_measures b_need b_unled b_hidden b_confidence b_doubt
    confidence_ceiling attend_base attend_stake attend_bond attend_ask attend_text attend_capability case_effect
    practice_naming_coercer standing_wrong renew_step renew_confidence bearable_share call_uncovered capacity_floor
    evidence_overt b_peer b_text b_ask b_stance b_exposure b_tension b_cost b_reach body_naming body_words
    body_deeds body_members body_text body_weight capital_start capital_cost capital_year consult_cost
    relief_full pressure_scale pressure_synergy pressure_large_from pressure_institution signal_share
    concede_base concede_cost concede_usual concede_support concede_solidarity concede_countered concede_major
    episode_days tension_persistence tension_response tension_move tension_incident tension_start threat_real
    threat_bias visible_projects visible_meeting transparency_start standing_start standing_text overreach_text
    core_load_response core_load_crisis core_load_overreach adversary_precision feels_pressure feels_risk
    feels_opening feels_gain escalate_step widen_share divide_step divide_sway divide_doubt divide_persistence
    pressure_elsewhere retaliate_rate retaliate_exposure retaliate_capital tension_retaliation tension_pressure
    opening_discord open_step opening_silence opening_opacity opening_crisis opening_usual narrative_persistence
    narrative_step project_reluctance project_guardrail
    """.split(),
    *(f"rung_{rung}" for rung in RUNGS[1:]),
    *(kind.practice for kind in RESPONSE_KINDS.values()),
    *(f"{term}_{move}" for move in NAMES for term in FELT),
)
NEEDED = {
    "behaviour": ("coefficient", COEFFICIENTS),
    "bodies": ("body", ("NATO", "EU")),
    "codebook": ("coded kind of act", tuple(kind.coded_as for kind in RESPONSE_KINDS.values() if kind.coded_as)),
    "states": ("state", (YARDSTICK,)),
}
MARKED = {  # what at least one entry of a section says of itself, and what would be missing otherwise
    ("cooperation", "is_guardrail"): "no project would reassure allies",
    ("formats", "for_the_four"): "NATO would meet its four partners nowhere",
    ("groups", "is_the_four"): "NATO would have no partners",
    ("groups", "names_culprits"): "nobody would be used to saying who did it",
}
JUDGEMENT = "judgement"
SECTIONS = tuple(fields_of(Library))
NOT_IN_THE_DIGEST: Any = {
    **dict.fromkeys(("codebook", "estimates", "domains", "volumes"), True),
    "behaviour": {"__all__": {"domain"}},
    "responses": {"__all__": {"is_inaction"}},
    "states": {"__all__": {"also"}},
}


def scenarios_folder() -> Path:
    """The folder of scenarios and library: `sim/_scenarios` if installed, `scenarios` beside `sim` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def library_files() -> list[Path]:
    """The files of the library, in the order of their names."""
    return sorted((scenarios_folder() / "library").glob("*.yaml"))


@cache
def load_library() -> Library:
    """The whole library; InputError with every fault when it is not sound. Read once per process."""
    library, faults = read_library([(path, shown_path(path)) for path in library_files()])
    if library is None or faults:
        raise InputError(faults)
    return library


def is_library(root: Node) -> bool:
    """Whether a file is part of the library rather than a scenario, by its first keys."""
    names = set(root.value)
    return bool(names & set(SECTIONS)) and not names & (set(fields_of(Scenario)) - set(SECTIONS))


def check_library_files(files: list[tuple[Path, str]]) -> list[Diagnostic]:
    """The faults of some files of the library: read with those beside them, or as an addition to the one that ships.

    Where they themselves are sound and those beside them no longer fit, that is told.
    """
    if not files:
        return []
    given, home = {path.resolve() for path, _ in files}, scenarios_folder() / "library"
    folders = {path.parent for path in given}
    neighbours = {other.resolve() for folder in folders for other in folder.glob("*.yaml")} - given
    beside_them = [(path, shown_path(path)) for path in sorted(neighbours)] if folders == {home.resolve()} else []
    _, faults = read_library([*files, *beside_them], whole=bool(beside_them))
    shown = {name for _, name in files}
    return [fault for fault in faults if fault.file in shown] or faults


@once_for_each
def library_digest(library: Library) -> str:
    """SHA-256 of what runs read of a library, computed once: the same for any layout, comments and order of keys.

    The codebook is left out, since what it says of a case stands in the scenario made of it, and so are the estimates:
    what a run reads of them stands under `behaviour`. So are the domains, which say what may be written and not what
    is played, whether a response is none, which is a matter of telling, what else people call a state, and the
    volumes, which no run reads.
    """
    return digest_of(library.model_dump(mode="json", exclude_defaults=True, exclude=NOT_IN_THE_DIGEST))


def without_states(library: Library, codes: Sequence[str]) -> Library:
    """A library that does not know some states: neither what they weigh nor what they belong to.

    >>> smaller = without_states(load_library(), ["EST"])
    >>> "EST" in smaller.states, "EST" in smaller.groups["nato"].members, len(smaller.groups["nato"].members)
    (False, False, 31)
    """
    gone = {code for code in codes if code in library.states}
    if not gone:
        return library
    groups = {
        name: group.model_copy(update={"members": {c: spell for c, spell in group.members.items() if c not in gone}})
        for name, group in library.groups.items()
    }
    states = {code: state for code, state in library.states.items() if code not in gone}
    return library.model_copy(update={"states": states, "groups": groups})


def digest_of(data) -> str:
    """SHA-256 of plain data in canonical JSON.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def shown_path(path: Path) -> str:
    """A path as a reader would write it: relative to where they are, when it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def read_library(files: Sequence[tuple[Path, str]], whole: bool = True) -> tuple[Library | None, list[Diagnostic]]:
    """The library that files, each with the name to show, hold together, or None; and every fault.

    If these are not the `whole`, they may also refer to what is in the library that ships.
    """
    roots: list[Node] = []
    faults: list[Diagnostic] = []
    for path, shown in files:
        try:
            roots.append(read(path, shown))
        except InputError as error:
            faults += error.faults
    if faults:  # without what a file holds, all that refers to it would seem to be wrong
        return None, faults
    root, repeated = _merged_sections(roots)
    missing = [name for name in SECTIONS if not root.is_given(name)]
    strangers = [name for name in root.value if name not in SECTIONS]
    if whole:
        faults += [_missing_section(name, files) for name in missing if nearest(name, strangers) is None]
    names = {name: _names_given(root, name) for name in SECTIONS}
    if whole:
        names = {name: given or _AnyName() for name, given in names.items()}
    else:
        names = {name: names_in(load_library(), name) | given for name, given in names.items()}
    needs = check_needs(root) if whole and not faults and not missing else ()
    for name in missing:
        root.value[name] = Node("mapping", {}, SourceText("", ""), 0, 0)
    library, misfits = validated(Library, root)
    misfits = [fault for fault in misfits if fault.file]  # of a section that is missing, which has been said
    if library is not None:
        library = library.model_copy(update={"formats": with_outputs(library.formats, library.responses)})
    return library, faults + repeated + beside(misfits, [*check_library(root, names), *needs])


class _AnyName(dict):
    """The names of a section that is missing or no section: any may have stood there."""

    def __contains__(self, name: object) -> bool:
        return True


def _names_given(root: Node, section: str) -> dict:
    """What `names_in` says of a library, of one that is being read."""
    if section == "domains":
        return {name: ends_of(domain.get("limits")) for name, _, domain in root.items_of(section)}
    node = root.get(section)
    return dict.fromkeys(keys_of(node.get("responses") if section == "codebook" and node is not None else node))


def _missing_section(name: str, files: Sequence[tuple[Path, str]]) -> Diagnostic:
    home = next((shown for path, shown in files if path.stem == name), None)
    if home is not None:
        return Diagnostic(home, 1, 1, f"this file should hold '{name}:', and no other file of the library does.")
    folder = shown_path(scenarios_folder() / "library")
    return Diagnostic(folder, 0, 0, f"no file of the library holds '{name}'. Is the installation complete?")


def _merged_sections(roots: list[Node]) -> tuple[Node, list[Diagnostic]]:
    """One node of all sections, each with the entries of every file; and the entries that stand twice."""
    root, faults = Node("mapping", {}, SourceText("", ""), 0, 0), []
    for part in roots:
        for name, section in part.value.items():
            before = root.get(name)
            if before is not None and before.is_mapping and section.is_mapping:
                faults += _add_entries(before, section)
            else:
                root.value[name], root.keys[name] = section, part.keys[name]
    return root, faults


def _add_entries(section: Node, more: Node) -> list[Diagnostic]:
    faults = []
    for name, entry in more.value.items():
        if name in section.value:
            first = section.keys[name]
            message = f"'{name}' is already at {first.source.file}:{first.line}. Keep one of the two."
            faults.append(more.keys[name].fault(message))
        else:
            section.value[name], section.keys[name] = entry, more.keys[name]
    return faults


# ----------------------------------------------------------------------------------------- how its entries fit together


def check_library(root: Node, names: dict[str, dict]) -> list[Diagnostic]:
    """Every fault in how the entries of the library, some or all sections, fit together.

    `names` has for each section the names that may be referred to; those of domains with the limits of each.
    """
    faults = [*check_entry(root, Library, names), *_coefficients(root, names["domains"])]
    for code, key, _ in root.items_of("bodies"):
        if code not in ("NATO", "EU"):
            faults.append(key.fault(f"a body is NATO or EU, not '{code}'."))
    for _, _, response in root.items_of("responses"):
        if response.is_given("venues"):
            said = "only a response of a scenario's own has venues. Say it in the `outputs` of the formats"
            faults.append(response.keys["venues"].fault(f"{said} that decide it."))
    definitions = {name: {key: node for key, node, _ in root.items_of(name)} for name in names}
    return at_the_definition([*faults, *_codebook(root)], root, definitions)


def _coefficients(root: Node, domains: dict) -> Iterator[Diagnostic]:
    """Coefficients that cannot be what the library says of them: their values, ranges, priors and estimates."""
    limits = {}
    for name, _, coefficient in root.items_of("behaviour"):
        domain = coefficient.text_of("domain")
        limits[name] = domains.get(domain)
        prior = coefficient.entries_of("prior")
        for node in (coefficient.get("value"), *coefficient.entries_of("range"), *prior[:1]):
            yield from outside_of(node, limits[name], name)
            yield from a_fraction(node, name, domain)
        spread = number_of(prior[1]) if len(prior) == 2 else None
        if spread is not None and not spread > 0:
            yield prior[1].fault(f"expected a standard deviation above 0 for '{name}', got '{prior[1].text}'.")
    if estimates := root.mapping_of("estimates"):
        names = [entry.text or "" for entry in estimates.entries_of("coefficients")]
        for values in (estimates.get("mean"), *(node for *_, node in estimates.items_of("without"))):
            for name, node in zip(names, values.value if values is not None and values.is_list else [], strict=False):
                yield from outside_of(node, limits.get(name), name)


def _codebook(root: Node) -> Iterator[Diagnostic]:
    """Words for kinds of case that mean two of them."""
    kinds = codebook.items_of("kinds") if (codebook := root.get("codebook")) is not None else []
    meant = {name: name for name, _, _ in kinds}
    for name, _, kind in kinds:
        for word in kind.entries_of("also"):
            if word.text is not None and meant.setdefault(word.text, name) != name:
                yield word.fault(f"'{word.text}' already means '{meant[word.text]}'. A word means one kind of case.")


# ------------------------------------------------------------------------------------------------ whether an entry fits


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
    source, ends, value = node.get("source"), ends_of(node.get("range")), number_of(node.get("value"))
    if source is not None and source.text == JUDGEMENT:
        for field in ("range", "why"):
            if not node.is_given(field):
                yield start_of(node).fault(f"a judgement needs a '{field}': others will want to argue with it.")
    elif source is not None:
        yield from known_names([source], "sources", names)
    yield from low_before_high(node.get("range"))
    if value is not None and ends and not ends[0] <= value <= ends[1]:
        yield node["value"].fault(f"the value {value:g} is outside its own range, {ends[0]:g} to {ends[1]:g}.")


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
    Domain: lambda node, names: low_before_high(node.get("limits")),
    Figure: _figure,
    Format: _format,
    Membership: _not_before("since", "until", date_of, "a membership cannot end on {high} when it begins on {low}."),
    Parameter: _figure,
}


# --------------------------------------------------------------------------------------------------------------- limits


def _beyond_limits(node: Node, kind: type[BaseModel], entry: str | None) -> Iterator[Diagnostic]:
    """Figures that cannot be what they say they are, such as a probability of 7, and ends of their ranges."""
    for field, found in node.value.items():
        limits = figure_limits(kind, field, entry)
        if limits is None or not found.is_mapping:
            continue
        figures = [found] if "value" in found.value else [figure for figure in found.entries() if figure.is_mapping]
        for value in (end for figure in figures for end in (figure.get("value"), *figure.entries_of("range"))):
            yield from outside_of(value, limits, field)


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


# ------------------------------------------------------------------------------------------------- what the model reads


def check_needs(root: Node) -> Iterator[Diagnostic]:
    """What a whole library lacks that the model reads, and coefficients that nothing reads."""
    for section, (kind, needed) in NEEDED.items():
        node = root[section].get("responses") if section == "codebook" else root[section]
        given = node.keys if node is not None else {}
        missing = [name for name in needed if name not in keys_of(node)]
        for name in _unread(root) if section == "behaviour" else ():
            meant = nearest(name, missing)
            hint = f" Did you mean '{meant}', which is missing?" if meant else ""
            missing = [other for other in missing if other != meant]
            yield given[name].fault(f"nothing in the model reads the coefficient '{name}'.{hint}")
        for name in missing if keys_of(node) else ():
            near = nearest(name, [other for other in keys_of(node) if other not in needed])
            hint = f" Did you mean it by '{near}'?" if near else ""
            place = given[near] if near else root.keys[section]
            yield place.fault(f"the model reads the {kind} '{name}', and the library has none of this name.{hint}")
    yield from _yardstick(root)
    for (section, field), otherwise in MARKED.items():
        entries = [entry for *_, entry in root.items_of(section)]
        if entries and not any(entry.is_yes(field) for entry in entries):
            yield root.keys[section].fault(f"no entry of '{section}' says '{field}: yes': {otherwise}.")


def _unread(root: Node) -> list[str]:
    """Coefficients that neither the model reads nor any group or response names."""
    named = {group.text_of(field) for *_, group in root.items_of("groups") for field in ("tie", "sharing")}
    named |= {response.text_of("usual") for *_, response in root.items_of("responses")}
    return [name for name in keys_of(root.get("behaviour")) if name not in named and name not in COEFFICIENTS]


def _yardstick(root: Node) -> Iterator[Diagnostic]:
    for code, key, state in root.items_of("states"):
        lacking = [field for field in MEASURED_BY if not state.is_given(field)] if code == YARDSTICK else []
        if lacking:
            yield key.fault(
                f"every other state is measured by '{code}', so it needs {' and '.join(map(repr, lacking))}."
            )
