"""The article's ideas as data: what is taken away, where, what it should move and which way; and what was seen.

The same runs are played with the idea and without it, with the same draws, so that what differs is the idea's doing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from sim.engine import play_points
from sim.experiments.estimate import Estimate, paired
from sim.scenario import Loaded, load, varied
from sim.scenario.schema import CooperationStart

RUNS, SEED = 60, 7
MORE, LESS = "more", "less"
RUNS_LONG = {"months_before": 48}  # it delivers all that it will, or nearly


@dataclass(frozen=True)
class Arm:
    """One of the two sides of a comparison, as it differs from the scenario as written.

    projects : dict of project to how it stands in the portfolio: months before or the turn of its decision; None where
        it is not there; values : dict of path to value; has_portfolio : False where there is no cooperation at all
    """

    projects: Mapping[str, Mapping[str, int] | None] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    has_portfolio: bool = True


@dataclass(frozen=True)
class Idea:
    """One idea of the article in a scenario made for it: what it should change, and the runs with it and without it.

    part : str, "area", "principle" or "worry"; name, compared : str, in words; should : dict of measure to which way it
    should move
    """

    part: str
    name: str
    scenario: str
    compared: str
    should: Mapping[str, str]
    with_it: Arm
    without: Arm


def either(project: str, **start: int) -> tuple[Arm, Arm]:
    """A portfolio with a project, and the same without it."""
    return Arm({project: start or RUNS_LONG}), Arm({project: None})


SENSORS = {"cooperation.coop_space.cost_eur_m": 200.0, "cooperation_budget_eur_m": 230.0}
DATA = {"cooperation.coop_space.cost_eur_m": 3.0, "cooperation_budget_eur_m": 230.0}
BLIND = {"behaviour.call_mandate": 0.0, "behaviour.call_duplication": 0.0, "behaviour.call_wait": 4.1}  # as many calls
IDEAS = (
    Idea(
        "area", "Cyber threats countered together", "cyber_incident", "cyber defence for four years, or never",
        {"harm": LESS, "known_to_others": MORE, "confidence_at_decision": MORE}, *either("coop_cyber"),
    ),
    Idea(
        "area", "Standards for emerging technologies", "standards_contest", "standards work for four years, or never",
        {"harm": LESS, "joiners": MORE, "joint_share": MORE}, *either("coop_edt_standards"),
    ),
    Idea(
        "area", "Regular policy consultation", "undersea_cable", "consultation for four years, or never",
        {"partnership_meetings": MORE, "cohesion_oceans": MORE, "known_to_others": MORE},
        *either("coop_policy_consultation"),
    ),
    Idea(
        "area", "Information exchange", "cyber_incident", "information exchange for four years, or never",
        {"known_to_others": MORE, "confidence_at_decision": MORE, "wrong_culprit": LESS},
        *either("coop_info_exchange"),
    ),
    Idea(
        "area", "Learning through the Centres of Excellence", "cyber_incident", "the Centres for four years, or never",
        {"harm": LESS, "known_to_others": MORE}, *either("coop_coe_network"),
    ),
    Idea(
        "principle", "Concrete and quick before moonshots", "cooperation_portfolio",
        "the portfolio without space, or with common sensors in space from turn 2",
        {"spending_delivered": MORE, "projects_failed": LESS}, Arm({"coop_space": None}),
        Arm({"coop_space": {"turn": 2}}, SENSORS),
    ),
    Idea(
        "principle", "Needs that would otherwise go unmet", "cyber_incident", "the portfolio as written, or none",
        {"harm": LESS, "known_to_others": MORE, "confidence_at_decision": MORE}, Arm(), Arm(has_portfolio=False),
    ),
    Idea(
        "principle", "Affordable with the resources there are", "cooperation_portfolio",
        "data from space for EUR 3 million a year, or sensors for 200",
        {"cooperation_cost": LESS, "space_share": LESS}, Arm({"coop_space": {"turn": 2}}, DATA),
        Arm({"coop_space": {"turn": 2}}, SENSORS),
    ),
    Idea(
        "principle", "Complement others; the best-placed format leads", "economic_coercion",
        "callers heed mandates and what others do already, or do not",
        {"best_placed": MORE, "duplication": LESS, "overreach": LESS}, Arm(), Arm(values=BLIND),
    ),
    Idea(
        "principle", "Openness to the like-minded", "disinformation", "openness for four years, or never",
        {"standing": MORE, "narrative": LESS, "known_to_others": MORE}, *either("coop_openness"),
    ),
    Idea(
        "worry", "NATO's core mission", "two_theatres", "the guardrail for four years, or never",
        {"readiness": MORE}, *either("coop_core_mission_guardrail"),
    ),
    Idea(
        "worry", "Misperception", "disinformation", "programmes public for four years, or never",
        {"perceived_threat": LESS, "narrative": LESS, "standing": MORE}, *either("coop_transparency"),
    ),
)  # fmt: skip
BY_NAME = {idea.name: idea for idea in IDEAS}


@dataclass(frozen=True)
class Effect:
    """What an idea did to one measure: its mean without it and with it, and the difference pair by pair."""

    measure: str
    should: str
    without: float
    with_it: float
    difference: Estimate
    pairs: int

    @property
    def verdict(self) -> str:
        """Whether it went the way it should: "yes", "no effect seen", or "the other way"."""
        if not self.difference.is_clear():
            return UNSEEN
        return AS_IT_SHOULD if (self.difference.value > 0) == (self.should == MORE) else OTHER_WAY


AS_IT_SHOULD, UNSEEN, OTHER_WAY = "yes", "no effect seen", "**the other way**"


@cache
def effects(name: str) -> tuple[Effect, ...]:
    """What came of an idea, measure by measure."""
    idea = BY_NAME[name]
    one, other = outcomes(idea.scenario, idea.with_it), outcomes(idea.scenario, idea.without)
    return tuple(_effect(measure, way, one[measure], other[measure]) for measure, way in idea.should.items())


def _effect(measure, should, with_it, without):
    pairs = np.isfinite(with_it) & np.isfinite(without)
    means = [float(arm[pairs].mean()) if pairs.any() else np.nan for arm in (without, with_it)]
    return Effect(measure, should, *means, paired(with_it, without), int(pairs.sum()))


def outcomes(scenario: str, arm: Arm) -> dict[str, np.ndarray]:
    """Every measure of the runs of one arm: each (RUNS,)."""
    return play_points(as_arm(load(scenario), arm), [{}] * RUNS, range(RUNS), SEED, baseline=False).measures


def as_arm(loaded: Loaded, arm: Arm) -> Loaded:
    """A scenario as one side of a comparison has it."""
    loaded = varied(loaded, dict(arm.values)) if arm.values else loaded
    portfolio = {start.project: start for start in loaded.scenario.cooperation}
    for project, start in arm.projects.items():
        portfolio.pop(project, None)
        if start is not None:
            portfolio[project] = CooperationStart(project=project, **start)
    starts = list(portfolio.values()) if arm.has_portfolio else []
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"cooperation": starts}))
