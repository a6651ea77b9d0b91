"""What the model reads of the library by name: without it nothing can be played, or something is silently left out."""

import typing
from collections.abc import Iterator

from sim.catalogue.moves import FELT, NAMES
from sim.errors import Fault, nearest
from sim.scenario.limits import MEASURED_BY, YARDSTICK
from sim.scenario.reader import Node, is_given, is_yes, items_of, keys_of, text_of
from sim.scenario.schema import Rung

RUNGS = typing.get_args(Rung)
PRACTICES = {
    "statement_of_concern": "practice_statement",
    "public_attribution": "practice_attribution",
    "sanctions_or_expulsions": "practice_sanctions",
    "material_support": "practice_support",
    "legal_trade_action": "practice_legal",
}
OTHER_PRACTICES = ("practice_military", "practice_other")
COEFFICIENTS = (
    *"""
    precision damping round_days evidence_rate skill_floor access_open access_signals signals_power
    prior_log_odds source_correlation victim_shares memory perception_noise ideal_point_scale stance_distance
    stance_border stance_episode stance_opinion opinion_middle stance_other_ocean exposure_half
    exposure_asymmetry exposure_energy trade_rus_since_2022 tie_neighbour tie_base position_base position_bond
    position_stance position_own position_physical position_exposure position_doubt salience_base salience_stake
    salience_exposure chair_error silence_hazard silence_steepness silence_weaker silence_days silence_shift
    abstention tolerance weight_floor call_precision call_mandate call_reputation call_ip4_standing
    call_coverage call_days call_veto call_duplication call_victim call_wait call_wait_open call_stake
    call_stake_min call_friend call_again_days call_again calls tempo_severity tempo_from tempo_physical
    leak_per_member leak_publicness practice_third_party habit_naming norm_start norm_before norm_rise
    norm_years norm_growth norm_crowd norm_most b_stake b_bond b_led bond_from stake_any b_severity grave_from
    b_physical physical_from physical_span b_physical_measures b_need b_unled b_hidden b_confidence b_doubt
    confidence_ceiling b_peer b_text b_ask b_stance b_exposure b_tension b_cost b_reach body_naming body_follows
    body_carried body_weight capital_start capital_cost capital_year consult_cost relief_full pressure_scale
    pressure_synergy pressure_large_from pressure_institution signal_share concede_base concede_cost
    concede_usual concede_support concede_major episode_days tension_persistence tension_response tension_move
    tension_incident tension_start threat_real threat_bias visible_projects visible_meeting transparency_start
    standing_start standing_text overreach_text core_load_response core_load_crisis core_load_overreach
    adversary_precision feels_pressure feels_risk feels_opening feels_gain escalate_step widen_share divide_step
    open_step opening_silence opening_opacity opening_crisis opening_usual narrative_persistence narrative_step
    project_reluctance project_guardrail
    """.split(),
    *(f"rung_{rung}" for rung in RUNGS[1:]),
    *PRACTICES.values(),
    *OTHER_PRACTICES,
    *(f"{term}_{move}" for move in NAMES for term in FELT),
)
NEEDED = {
    "behaviour": ("coefficient", COEFFICIENTS),
    "bodies": ("body", ("NATO", "EU")),
    "codebook": ("coded kind of act", tuple(PRACTICES)),
    "states": ("state", (YARDSTICK,)),
}
MARKED = {  # what at least one entry of a section says of itself, and what would be missing otherwise
    ("cooperation", "is_guardrail"): "no project would reassure allies",
    ("formats", "for_the_four"): "NATO would meet its four partners nowhere",
    ("groups", "is_the_four"): "NATO would have no partners",
    ("groups", "names_culprits"): "nobody would be used to saying who did it",
}


def check_needs(root: Node) -> Iterator[Fault]:
    """What a whole library lacks that the model reads, and coefficients that nothing reads."""
    for section, (kind, needed) in NEEDED.items():
        node = root.get(section).get("responses") if section == "codebook" else root.get(section)
        missing = [name for name in needed if name not in keys_of(node)]
        for name in _unread(root) if section == "behaviour" else ():
            meant = nearest(name, missing)
            hint = f" Did you mean '{meant}', which is missing?" if meant else ""
            missing = [other for other in missing if other != meant]
            yield node.keys[name].fault(f"nothing in the model reads the coefficient '{name}'.{hint}")
        for name in missing if keys_of(node) else ():
            near = nearest(name, [other for other in keys_of(node) if other not in needed])
            hint = f" Did you mean it by '{near}'?" if near else ""
            place = node.keys[near] if near else root.keys[section]
            yield place.fault(f"the model reads the {kind} '{name}', and the library has none of this name.{hint}")
    yield from _yardstick(root)
    for (section, field), otherwise in MARKED.items():
        entries = [entry for *_, entry in items_of(root, section)]
        if entries and not any(is_yes(entry, field) for entry in entries):
            yield root.keys[section].fault(f"no entry of '{section}' says '{field}: yes': {otherwise}.")


def _unread(root: Node) -> list[str]:
    """Coefficients that neither the model reads nor any group or response names."""
    named = {text_of(group, field) for *_, group in items_of(root, "groups") for field in ("tie", "sharing")}
    named |= {text_of(response, "usual") for *_, response in items_of(root, "responses")}
    return [name for name in keys_of(root.get("behaviour")) if name not in named and name not in COEFFICIENTS]


def _yardstick(root: Node) -> Iterator[Fault]:
    for code, key, state in items_of(root, "states"):
        lacking = [field for field in MEASURED_BY if not is_given(state, field)] if code == YARDSTICK else []
        if lacking:
            yield key.fault(
                f"every other state is measured by '{code}', so it needs {' and '.join(map(repr, lacking))}."
            )
