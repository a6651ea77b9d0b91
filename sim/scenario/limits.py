"""Between what a figure or a coefficient makes sense, whoever sets it: the library, a scenario, or a sweep.

The limits of a coefficient stand with its domain, in `library/behaviour.yaml`.
"""

import math

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
    Unattributed,
)

SOMETHING = 0.05  # USD billion: the smallest economy there is has little more, and others are measured by it
FIGURE_LIMITS = {
    (Body, "budget_eur_m"): (0, 1e6),
    (CaseKind, "incident_days"): (1, 3660),
    (Codebook, "also_hit"): (0, 1),
    (Codebook, "difficulty"): (0, 1),
    (Codebook, "episode_after_days"): (0, 3660),
    (Codebook, "longest_days"): (1, 3660),
    (Codebook, "turn_days"): (1, 366),
    (Codebook, "window_days"): (1, 3660),
    (Effect, "amount"): (-1, 1),
    (Exposure, "energy"): (0, 1),
    (Exposure, "export_share_pct"): (0, 100),
    (Exposure, "import_share_pct"): (0, 100),
    (Exposure, "trade_pct_gdp"): (0, 1000),
    (Format, "reputation"): (0, 1),
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
    (Unattributed, "difficulty"): (0, 1),
}
NOT_PLAYED = {  # facts for readers: whoever gave one another value would find that nothing changes
    (Body, "budget_eur_m"),
    (Escalation, "cameo"),
    (Escalation, "goldstein"),
    (Exposure, "import_share_pct"),
    (Project, "is_moonshot"),
    (Project, "maturity"),
    (State, "coast"),
    (State, "cyber_incidents"),
    (State, "es11_1"),
    (State, "government_effectiveness"),
    (State, "no_relations_with"),
    (State, "population_m"),
}
COUNTED = ("count",)  # domains whose coefficients the model takes as whole numbers
YARDSTICK = "USA"  # every economy and every defence budget is measured by its own
MEASURED_BY = ("gdp_usd_bn", "defence_usd_bn")
WHOLE = 1  # most of what an inject changes lies between 0 and 1, so that much moves it from one end to the other
EFFECT_LIMITS = {"capital": 5, "evidence": 20}  # the most that an actor has; log-odds, one in half a billion


def figure_limits(holder: type, field: str, entry: str | None = None) -> tuple[float, float] | None:
    """Between what a figure makes sense; None where anything does.

    Parameters
    ----------
    holder : class of the schema that has the field
    field : str
    entry : str, the key of the entry that the figure is of, such as the code of a state

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
