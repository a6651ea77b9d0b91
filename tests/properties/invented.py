"""Scenarios nobody wrote: strategies that build small ones, and what the laws ask of a world that was played.

    scenarios()               three to eight states of the library and two adversaries; one to three incidents of any
    issue,
                              coercion with a demand, false flags; injects that change things; a portfolio
    scenarios(bodies=True)    the small library of `tests.builders`, where NATO and the EU take part with few members
    laws(30)                  settings for a test over that many scenarios, or half as many where long tests do not
                              run: the same ones on every day

What a test draws beside a scenario (a seed, the numbers of the runs) it draws with `seeds` and `run_numbers`.
"""

import math
import os
from dataclasses import fields
from functools import cached_property

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from sim.engine import initial_world, play_out
from sim.model.inputs import build_inputs
from sim.model.steps import play_turn
from sim.policies.seating import fresh, policies_of
from tests.builders import a_scenario, an_inject

STATES = (
    "EST",
    "LVA",
    "LTU",
    "POL",
    "DEU",
    "FRA",
    "GBR",
    "USA",
    "CAN",
    "NLD",
    "TUR",
    "HUN",
    "JPN",
    "KOR",
    "AUS",
    "NZL",
)
MEMBERS_OF_BODIES = ("EST", "LVA", "DEU", "GBR", "USA", "JPN")
ADVERSARIES = ("RUS", "CHN")
ISSUES = ("cyber", "fimi", "coercion", "infra", "military", "edt", "space")
ISSUES_OF_SMALL = ("cyber", "fimi", "coercion", "infra", "military")
PROJECTS = (
    "coop_info_exchange",
    "coop_policy_consultation",
    "coop_cyber",
    "coop_transparency",
    "coop_core_mission_guardrail",
)
SMALL_PROJECTS = ("coop_cyber", "coop_exchange")

seeds = st.integers(0, 10_000)
run_numbers = st.lists(st.integers(0, 5_000), min_size=1, max_size=6, unique=True)
shares = st.sampled_from((0.0, 0.15, 0.3, 0.5, 0.75, 0.9, 1.0))
severities = st.sampled_from((0.05, 0.2, 0.4, 0.55, 0.8, 1.0))


def laws(examples, shrink=True):
    """Settings for a law: so many scenarios, always the same, however long one takes; without `LONG=1` half as many.

    `shrink=False` for a law that is known not to hold yet: nobody waits for the smallest scenario that breaks it.
    """
    return settings(
        max_examples=examples if os.environ.get("LONG") else math.ceil(examples / 2),
        derandomize=True,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if shrink else [])],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


class Written:
    """A scenario as it was written: it shows itself as the call that builds it again."""

    def __init__(self, **fields):
        self.fields = fields

    def __repr__(self):
        return f"a_scenario({', '.join(f'{name}={value!r}' for name, value in self.fields.items())})"

    @cached_property
    def loaded(self):
        """The scenario, checked and ready to be played."""
        return a_scenario(**self.fields)

    def but(self, **changes):
        """The same with other fields."""
        return Written(**{**self.fields, **changes})

    def but_incidents(self, **changes):
        """The same with every incident changed."""
        return self.but(incidents=[{**incident, **changes} for incident in self.fields["incidents"]])

    def but_behaviour(self, **coefficients):
        """The same with other coefficients of the model."""
        return self.but(behaviour={**self.fields.get("behaviour", {}), **coefficients})


# ------------------------------------------------------------------------------------------------- strategies


@st.composite
def scenarios(draw, bodies=None, turns=(2, 4), **fixed):
    """A small scenario, written. `fixed` are fields that are not left to chance."""
    bodies = draw(st.booleans()) if bodies is None else bodies
    states = (
        MEMBERS_OF_BODIES
        if bodies
        else tuple(draw(st.lists(st.sampled_from(STATES), min_size=3, max_size=8, unique=True)))
    )
    count = draw(st.integers(*turns))
    issues = ISSUES_OF_SMALL if bodies else ISSUES
    incidents = [draw(incidents_of(states, issues, f"act{k}", count)) for k in range(draw(st.integers(1, 3)))]
    written = {
        "participants": ["NATO", "EU", "JPN", *ADVERSARIES] if bodies else [*states, *ADVERSARIES],
        "turns": count,
        "days": draw(st.sampled_from((7, 21, 30, 45, 90))),
        "linkage": draw(shares),
        "adversary_tie": draw(shares),
        "incidents": incidents,
        "injects": [draw(injects_of(states, f"inject{k}", count, incidents)) for k in range(draw(st.integers(0, 2)))],
        "cooperation": draw(portfolios(SMALL_PROJECTS if bodies else PROJECTS, count)),
        "cooperation_budget_eur_m": draw(st.sampled_from((None, 5.0, 50.0))),
    }
    written = {name: value for name, value in {**written, **fixed}.items() if value is not None}
    return Written(**written, **({} if bodies else {"library": None}))


@st.composite
def incidents_of(draw, states, issues, name, turns):
    """An incident against one or two of some states; now and then it looks like the other adversary's."""
    by = draw(st.sampled_from(ADVERSARIES))
    issue = draw(st.sampled_from(issues))
    victims = draw(st.lists(st.sampled_from(states), min_size=1, max_size=2, unique=True))
    others = [code for code in states if code not in victims]
    demand = {"text": "Take it back.", "major": draw(st.booleans())} if issue == "coercion" else None
    incident = {
        "id": name,
        "name": f"What was done ({name})",
        "issue": issue,
        "by": by,
        "suspect": draw(st.sampled_from((None, *ADVERSARIES))),
        "victims": {code: draw(severities) for code in victims},
        "turn": draw(st.integers(1, turns)),
        "turns": draw(st.sampled_from((None, 1, 2))),
        "difficulty": draw(shares),
        "publicness": draw(shares),
        "is_physical": draw(st.booleans()),
        "demand": demand,
        "may_widen_to": others[:2],
    }
    return {key: value for key, value in incident.items() if value is not None}


@st.composite
def injects_of(draw, states, name, turns, incidents):
    """An inject to all that changes one thing, now and then on a condition."""
    incident, actor = draw(st.sampled_from(incidents))["id"], draw(st.sampled_from(states))
    by = draw(st.sampled_from((-0.3, -0.1, 0.1, 0.4)))
    effect = draw(
        st.sampled_from(
            (
                {"on": "evidence", "incident": incident, "by": 5 * by},
                {"on": "evidence", "incident": incident, "actor": actor, "by": 5 * by},
                {"on": "publicness", "incident": incident, "by": by},
                {"on": "severity", "incident": incident, "by": by},
                {"on": "difficulty", "incident": incident, "by": by},
                {"on": "tension", "by": by},
                {"on": "linkage", "by": by},
                {"on": "transparency", "by": by},
                {"on": "standing", "by": by},
                {"on": "narrative", "by": by},
                {"on": "exposure", "actor": actor, "adversary": ADVERSARIES[0], "by": by},
                {"on": "capital", "actor": actor, "by": by},
            )
        )
    )
    conditions = (
        {"going": [incident]},
        {"stopped": [incident]},
        {"tension_above": 0.4},
        {"unless": {"act": {"by": actor}}},
    )
    when = draw(st.sampled_from((None, None, None, *conditions)))
    return an_inject(name, turn=draw(st.integers(1, turns)), effects=[effect], **({"when": when} if when else {}))


@st.composite
def portfolios(draw, projects, turns):
    """Some projects, running already or put to a decision."""
    chosen = draw(st.lists(st.sampled_from(projects), max_size=3, unique=True))
    starts = st.one_of(
        st.fixed_dictionaries({"months_before": st.sampled_from((0, 5, 30))}),
        st.fixed_dictionaries({"turn": st.integers(1, turns)}),
    )
    return [{"project": project, **draw(starts)} for project in chosen]


# ------------------------------------------------------------------------------------------------- playing


def played(written, seed=1, runs=(0, 1, 2), turns=None, policies=None, recorder=None):
    """A world of these runs after some turns, or after all."""
    inputs = build_inputs(getattr(written, "loaded", written))
    world = initial_world(inputs, seed, runs, fresh(policies_of(inputs, policies)), recorder)
    if turns is None:
        play_out(world)
    for _ in range(turns or 0):
        play_turn(world)
    return world


def arrays(state):
    """Every array of a state, by name."""
    return {item.name: getattr(state, item.name) for item in fields(state)}


def differing(one, other):
    """Names of the arrays in which two states are not the same to the last bit."""
    theirs = arrays(other)
    return [name for name, values in arrays(one).items() if not np.array_equal(values, theirs[name])]


def row(state, place):
    """A state of one row."""
    return state.rows(np.array([place]))
