"""What the model asks of the library: the names that it reads, and figures within limits.

The limits hold whoever sets a figure: the library, a scenario, or a sweep. Those of a coefficient stand with its
domain, in `library/behaviour.yaml`.
"""

import math
from collections.abc import Iterator

from sim.catalogue.moves import FELT, NAMES
from sim.catalogue.responses import RESPONSE_KINDS, RUNGS
from sim.errors import Diagnostic, nearest
from sim.scenario.reader import Node, is_given, is_yes, items_of, keys_of, text_of
from sim.scenario.schema import (
    Body,
    CaseKind,
    Codebook,
    Domain,
    Effect,
    Escalation,
    Exposure,
    Format,
    Library,
    Project,
    Response,
    State,
)

YARDSTICK = "USA"  # every economy and every defence budget is measured by its own
MEASURED_BY = ("gdp_usd_bn", "defence_usd_bn")
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

SOMETHING = 0.05  # USD billion: the smallest economy there is has little more, and others are measured by it
FIGURE_LIMITS: dict[tuple[type, str], tuple[float, float]] = {
    (Body, "budget_eur_m"): (0, 1e6),
    (CaseKind, "difficulty"): (0, 1),
    (CaseKind, "incident_days"): (1, 3660),
    (Codebook, "also_hit"): (0, 1),
    (Codebook, "difficulty"): (0, 1),
    (Codebook, "episode_after_days"): (0, 3660),
    (Codebook, "longest_days"): (1, 3660),
    (Codebook, "soft"): (0, 1),
    (Codebook, "unrecorded"): (0, 1),
    (Codebook, "turn_days"): (1, 366),
    (Codebook, "weights"): (0, 1),
    (Codebook, "window_days"): (1, 3660),
    (Effect, "amount"): (-1, 1),
    (Exposure, "energy"): (0, 1),
    (Exposure, "export_share_pct"): (0, 100),
    (Exposure, "import_share_pct"): (0, 100),
    (Exposure, "trade_pct_gdp"): (0, 1000),
    (Format, "reputation"): (0, 1),
    (Format, "reluctance"): (0, 100),
    (Format, "threshold"): (0, 1),
    (Project, "cost_eur_m"): (0, 1e6),
    (Project, "first_output_months"): (0, 1200),
    (Project, "full_months"): (0, 1200),
    (Project, "p_fail"): (0, 1),
    (Project, "veto_risk"): (0, 1),
    (Response, "habit"): (-100, 100),
    (State, "cyber_incidents"): (0, 1e6),
    (State, "defence_usd_bn"): (0, 1e6),
    (State, "gci"): (0, 100),
    (State, "gdp_usd_bn"): (SOMETHING, 1e6),
    (State, "government_effectiveness"): (-5, 5),
    (State, "ideal_point"): (-10, 10),
    (State, "ncpi_rank"): (1, 30),
    (State, "population_m"): (0, 1e4),
    (State, "qmv_population_share_pct"): (0, 100),
    (State, "unfavourable"): (0, 100),
}
NOT_PLAYED = {  # facts for readers: whoever gave one another value would find that nothing changes
    (Body, "budget_eur_m"),
    (Escalation, "cameo"),
    (Escalation, "goldstein"),
    (Exposure, "import_share_pct"),
    (Project, "is_moonshot"),
    (Project, "maturity"),
    (State, "cyber_incidents"),
    (State, "es11_1"),
    (State, "government_effectiveness"),
    (State, "population_m"),
}
COUNTED = ("count",)  # domains whose coefficients the model takes as whole numbers
WHOLE = 1  # most of what an inject changes lies between 0 and 1, so that much moves it from one end to the other
EFFECT_LIMITS = {"capital": 5, "evidence": 20}  # the most that an actor has; log-odds, one in half a billion


# ---------------------------------------------------------------------------------------------------------------- names


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
        entries = [entry for *_, entry in items_of(root, section)]
        if entries and not any(is_yes(entry, field) for entry in entries):
            yield root.keys[section].fault(f"no entry of '{section}' says '{field}: yes': {otherwise}.")


def _unread(root: Node) -> list[str]:
    """Coefficients that neither the model reads nor any group or response names."""
    named = {text_of(group, field) for *_, group in items_of(root, "groups") for field in ("tie", "sharing")}
    named |= {text_of(response, "usual") for *_, response in items_of(root, "responses")}
    return [name for name in keys_of(root.get("behaviour")) if name not in named and name not in COEFFICIENTS]


def _yardstick(root: Node) -> Iterator[Diagnostic]:
    for code, key, state in items_of(root, "states"):
        lacking = [field for field in MEASURED_BY if not is_given(state, field)] if code == YARDSTICK else []
        if lacking:
            yield key.fault(
                f"every other state is measured by '{code}', so it needs {' and '.join(map(repr, lacking))}."
            )


# --------------------------------------------------------------------------------------------------------------- limits


def figure_limits(holder: type, field: str, entry: str | None = None) -> tuple[float, float] | None:
    """Between what a figure, a field of an entry of the library, makes sense; None where anything does.

    >>> figure_limits(State, "defence_usd_bn", "ISL"), figure_limits(State, "defence_usd_bn", "USA")
    ((0, 1000000.0), (0.05, 1000000.0))
    """
    if (holder, entry) == (State, YARDSTICK) and field in MEASURED_BY:
        return FIGURE_LIMITS[State, "gdp_usd_bn"]
    return FIGURE_LIMITS.get((holder, field))


def domain_of(library: Library, coefficient: str) -> Domain | None:
    """The domain of a coefficient of behaviour; None in a library that does not say.

    >>> from sim.scenario import load_library
    >>> domain_of(load_library(), "tension_start").limits
    (0.0, 1.0)
    """
    return library.domains.get(library.behaviour[coefficient].domain)


def is_counted(domain: str | None) -> bool:
    """Whether the coefficients of a domain are whole numbers: how often something is done is never a fraction."""
    return domain in COUNTED


def allowed(limits: tuple[float, float]) -> str:
    """Limits in words.

    >>> allowed((0.0, 1e6))
    'a number from 0 to 1000000'
    """
    return f"a number from {limits[0]:.15g} to {limits[1]:.15g}"


def lies_within(limits: tuple[float, float] | None, number: float) -> bool:
    """Whether a number is one, and within the limits; without limits any number is."""
    return math.isfinite(number) and (limits is None or limits[0] <= number <= limits[1])
