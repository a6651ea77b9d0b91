"""Casts: the same runs with every state silent, riding free, cautious, as the model expects, or bold.

What an expert expects of each against the model's own rule stands in `EXPECTED`; what the runs say, in the table.
"""

import numpy as np

from sim.catalogue.measures import measured
from sim.engine import Measures, initial_world, play_out
from sim.experiments.estimate import Estimate, paired
from sim.model.inputs import build_inputs
from sim.policies.seating import fresh, policies_of
from sim.processes import pool
from sim.scenario import load
from tests.ideas.ideas import LESS, MORE, RUNS, SEED

CASTS = ("silent", "free_rider", "cautious", "standard", "hawk")
OWN_RULE = "standard"
SCENARIOS = ("cyber_incident", "economic_coercion", "undersea_cable")
MEASURES = (
    *("harm", "held", "stopped", "pressure", "peak_tension", "retaliation"),
    *("perceived_threat", "overreach", "wrong_culprit", "cost"),
)
Outcomes = dict[tuple[str, str], Measures]  # of the runs of every cast in every scenario
BLOCK = 10  # runs that one process plays at once
EXPECTED = {
    "silent": {
        "harm": MORE,
        "stopped": LESS,
        "pressure": LESS,
        "retaliation": LESS,
        "peak_tension": LESS,
        "cost": LESS,
    },
    "free_rider": {"harm": MORE, "pressure": LESS, "retaliation": LESS, "cost": LESS},
    "cautious": {"harm": MORE, "pressure": LESS, "retaliation": LESS, "cost": LESS},
    "hawk": {"stopped": MORE, "pressure": MORE, "peak_tension": MORE, "retaliation": MORE, "cost": MORE},
}


def block(scenario: str, cast: str, first: int, runs: int = BLOCK) -> Measures:
    """The measures of some runs in which every state is of one cast: each (runs,)."""
    inputs = build_inputs(load(scenario))
    states = [code for code, is_state in zip(inputs.actors, inputs.is_state, strict=True) if is_state]
    seats = fresh(policies_of(inputs, dict.fromkeys(states, cast)))
    world = initial_world(inputs, SEED, range(first, first + runs), seats)
    world.series = None
    play_out(world)
    return measured(world)


def played(workers: int, runs: int = RUNS) -> Outcomes:
    """The measures of every cast in every scenario, by both, shared out among processes."""
    with pool(workers) as processes:
        jobs = {
            (scenario, cast): [processes.submit(block, scenario, cast, first) for first in range(0, runs, BLOCK)]
            for scenario in SCENARIOS
            for cast in CASTS
        }
        return {key: _joined([job.result() for job in parts]) for key, parts in jobs.items()}


def _joined(parts):
    return {name: np.concatenate([part[name] for part in parts]) for name in MEASURES}


def from_own_rule(outcomes: Outcomes, scenario: str, cast: str, measure: str) -> Estimate:
    """How far a cast's runs lie from those of the model's own rule, pair by pair."""
    return paired(outcomes[scenario, cast][measure], outcomes[scenario, OWN_RULE][measure])
