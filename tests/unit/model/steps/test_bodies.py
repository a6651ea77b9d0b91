"""What bodies do because their members did it: half of them, or for words the one that was hit."""

import numpy as np
import pytest

from sim.model.steps.texts import carried_by_members
from tests.unit.model.steps.worlds import SIZES, a_world, conclude, option

SOLIDARITY, CONCERN = 0.4, 0.2
WILLING = {"body_naming": 2.0, "body_follows": 0.9}


def a_crisis(runs=1, text=0.0, seed=1, **changes):
    """Estonia is hit; NATO, the EU and Russia; every table of NATO's has adopted this text, and no other has."""
    changes = {"participants": ["NATO", "EU", "RUS"], "behaviour": WILLING, "incident": {"issue": "infra"}, **changes}
    world = a_world(runs, seed, library=None, **changes)
    of_nato = world.inputs.consultation_body == world.inputs.index["NATO"]
    world.state.consultation_text[of_nato] = text
    return world


def do(world, response, *codes):
    """Let these actors have joined a response, felt at once."""
    places = [world.inputs.index[code] for code in codes]
    world.state.joined[option(world, response), :, places] = True
    world.state.effect_day[option(world, response), :, places] = world.day


def may(world, body, response):
    """Whether a body may do as its members did, in each run."""
    return carried_by_members(world, world.inputs.bodies.index(body))[option(world, response)].tolist()


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize("text, allowed", [(SOLIDARITY, True), (CONCERN, False), (0.0, False)])
def test_nato_names_whom_a_member_that_was_hit_has_named_if_it_stands_by_it(runs, text, allowed):
    world = a_crisis(runs, text)
    do(world, "public_attribution", "EST")
    assert may(world, "NATO", "public_attribution") == [allowed] * runs


def test_the_head_of_the_eu_needs_no_text_to_speak():
    world = a_crisis()
    do(world, "public_attribution", "EST")
    do(world, "joint_statement", "EST")
    assert may(world, "EU", "public_attribution") == may(world, "EU", "joint_statement") == [True]
    assert may(world, "NATO", "joint_statement") == [False]


def test_a_member_that_was_not_hit_carries_nobody():
    world = a_crisis(text=SOLIDARITY)
    do(world, "public_attribution", "POL")
    assert may(world, "EU", "public_attribution") == may(world, "NATO", "public_attribution") == [False]


def test_measures_need_half_of_the_members_and_a_text():
    world = a_crisis(text=SOLIDARITY)
    members = [world.inputs.actors[k] for k in np.flatnonzero(world.inputs.body_members[0])]
    assert world.inputs.bodies[0] == "NATO"
    do(world, "expulsions", *members[: len(members) // 2 - 1])
    assert may(world, "NATO", "expulsions") == [False]
    do(world, "expulsions", *members[: (len(members) + 1) // 2])
    assert may(world, "NATO", "expulsions") == [True]
    assert may(world, "EU", "expulsions") == [False]  # no text of its own, and expelling is more than words


def test_what_members_did_too_late_does_not_count():
    world = a_crisis()
    do(world, "public_attribution", "EST")
    world.state.effect_day[option(world, "public_attribution")] = 100
    b = world.inputs.bodies.index("EU")
    by_day = [carried_by_members(world, b, until=day)[option(world, "public_attribution"), 0] for day in (99, 100)]
    assert by_day == [False, True]


def test_a_body_goes_with_its_probability_once_a_run():
    world = a_crisis(runs=400, behaviour={"body_naming": 0.0, "norm_before": -0.5, "body_follows": 0.9})
    do(world, "joint_statement", "EST")
    do(world, "public_attribution", "EST")
    conclude(world)
    joined = world.state.joined[:, :, world.inputs.index["EU"]]
    assert joined[option(world, "joint_statement")].all()
    named = joined[option(world, "public_attribution")].copy()
    assert 0 < named.mean() < 1
    conclude(world)
    assert (joined[option(world, "public_attribution")] == named).all()


def test_bodies_that_are_played_as_one_have_no_members_to_follow():
    world = a_crisis(bodies_as="one", participants=["NATO", "EU", "EST", "RUS"])
    do(world, "public_attribution", "EST")
    assert may(world, "EU", "public_attribution") == [False]
