"""A veto player who is alone against a text stops it with the probability its hazard says."""

import numpy as np
import pytest

from sim.model.state import OPEN
from sim.model.steps.stops import NOBODY
from sim.model.steps.texts import ROUNDS, close_round, proposal, propose_texts, result
from sim.rules.consultation import p_break_silence
from sim.rules.quantize import quantize
from tests.properties.invented import Written, played

RUNS = 4000
MEMBERS = ["DEU", "EST", "GBR", "USA"]
TEXT, CARES = 0.6, 0.8


def a_council(rule, opposed, steepness=12.0):
    """A world with one table at which all but one member want the same text, and the chair makes no error."""
    form = {
        "name": "Council",
        "short": "Council",
        "kind": "alliance",
        "members": MEMBERS,
        "mandate": {"cyber": 3},
        "rule": rule,
        "days": {"min": 1, "typical": 2, "max": 3},
        "outputs": [],
        "sources": ["made_up"],
    }
    quiet = dict(
        chair_error=0.0,
        silence_hazard=0.0005,
        silence_steepness=steepness,
        silence_weaker=0.0,
        silence_days=2.0,
        tolerance=0.1,
    )
    written = Written(
        participants=[*MEMBERS, "RUS"], turns=1, own_formats={"council": form}, formats=["council"], behaviour=quiet
    )
    world = played(written, 9, range(RUNS), turns=0)
    world.turn = 1
    world.state.position[:] = TEXT
    world.state.position[..., world.inputs.index["EST"]] = opposed
    world.state.consultation_state[:], world.state.consultation_due[:] = OPEN, world.day
    return world


def put(world):
    """Play every round of what lies on the table: the text, and who stands behind it."""
    for attempt in ROUNDS:
        close_round(world, attempt, NOBODY)
    return result(world, world.due)


def outcome(world):
    """Text of each run, and how likely each member was to break silence on the first."""
    propose_texts(world)
    due = world.due
    due.cares = quantize(np.full_like(due.cares, CARES))
    due.text = proposal(world, due)
    weight = world.inputs.capability * due.voters
    first = (weight * due.wants).sum(axis=-1) / weight.sum(axis=-1)
    text, _ = put(world)
    per_run = world.inputs.params_per_run
    chance = p_break_silence(
        first[:, None],
        due.wants,
        due.cares,
        per_run.silence_hazard,
        per_run.silence_steepness,
        per_run.silence_weaker,
        per_run.silence_days,
    )
    return text, first, chance * due.voters


@pytest.mark.parametrize("opposed", [0.0, 0.2, 0.4])
def test_alone_against_a_text_it_stops_it_as_often_as_its_hazard_says(opposed):
    world = a_council("consensus", opposed)
    text, first, chance = outcome(world)
    stopped = (np.abs(text - first) > 1e-5).mean()
    somebody = 1 - np.prod(1 - chance[0])
    assert stopped == pytest.approx(somebody, abs=4 * np.sqrt(somebody * (1 - somebody) / RUNS))
    assert chance[0].max() == chance[0, world.inputs.index["EST"]]


def test_a_member_more_opposed_stops_it_more_often():
    stopped = [(outcome(a_council("consensus", opposed))[0] < TEXT - 0.1).mean() for opposed in (0.5, 0.3, 0.0)]
    assert stopped == sorted(stopped)
    assert stopped[-1] > stopped[0]


def test_with_a_certain_veto_the_text_falls_to_what_the_veto_player_lives_with():
    world = a_council("consensus", 0.0, steepness=120.0)
    text, _, _ = outcome(world)
    assert np.allclose(text, world.inputs.params.tolerance.flat[0], atol=1e-5)


def test_where_abstention_is_open_it_stops_it_half_as_often():
    """Constructive abstention: under unanimity half of the doubtful step aside."""
    world = a_council("unanimity", 0.0)
    text, first, chance = outcome(world)
    patience = world.inputs.params.abstention.flat[0]
    somebody = 1 - np.prod(1 - patience * chance[0])
    assert (np.abs(text - first) > 1e-5).mean() == pytest.approx(
        somebody, abs=4 * np.sqrt(somebody * (1 - somebody) / RUNS)
    )


def test_where_a_coalition_decides_one_alone_stops_nothing():
    world = a_council("coalition", 0.0)
    world.state.stake[..., world.inputs.index["GBR"]] = 0.5
    propose_texts(world)
    text, along = put(world)
    assert np.allclose(text, TEXT, atol=1e-5)
    assert not along[:, world.inputs.index["EST"]].any()
    assert along[:, world.inputs.index["USA"]].all()
