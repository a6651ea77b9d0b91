"""What bodies take up: by how far their own text reaches, and by how many members did something of the kind."""

import numpy as np
import pytest

from sim.model.steps.texts import chances_of_bodies, text_behind
from tests.unit.model.steps.worlds import SIZES, a_world, conclude, option

SOLIDARITY, CONCERN = 0.4, 0.2
BODIES = {"body_members": 1.0, "body_text": 1.0, "body_naming": 0.0, "body_words": 0.0, "body_deeds": 0.0}


def a_crisis(runs=1, text=0.0, seed=1, behaviour=None, **changes):
    """Estonia is hit; NATO, the EU and Russia; every member of the two stands behind this text."""
    changes = {"participants": ["NATO", "EU", "RUS"], "incident": {"issue": "infra"}, **changes}
    world = a_world(runs, seed, library=None, behaviour={**BODIES, **(behaviour or {})}, **changes)
    world.state.covered[..., world.inputs.body_members.any(axis=0)] = text
    return world


def do(world, response, *codes):
    """Let these actors have joined a response, felt at once."""
    places = [world.inputs.index[code] for code in codes]
    world.state.joined[option(world, response), :, places] = True
    world.state.effect_day[option(world, response), :, places] = world.day


def members_of(world, body):
    return [world.inputs.actors[k] for k in np.flatnonzero(world.inputs.body_members[world.inputs.bodies.index(body)])]


def chance(world, body, response):
    """How likely a body is to take a response up, in each run."""
    return chances_of_bodies(world)[world.inputs.bodies.index(body), option(world, response)]


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize("response, text", [("public_attribution", 0.6), ("expulsions", 0.9), ("joint_statement", 0.6)])
def test_a_body_is_the_likelier_to_act_the_more_of_its_members_have(runs, response, text):
    chances = []
    for joiners in (0, 1, 10, 32):
        world = a_crisis(runs, text)
        do(world, response, *members_of(world, "NATO")[:joiners])
        chances.append(chance(world, "NATO", response))
    assert (np.diff(chances, axis=0) > 0).all() and (np.array(chances) > 0).all()


@pytest.mark.parametrize("response", ["public_attribution", "expulsions", "joint_statement"])
def test_a_body_is_the_likelier_to_act_the_further_its_text_reaches(response):
    chances = [float(chance(a_crisis(text=text), "NATO", response)[0]) for text in (0.4, 0.6, 0.9)]
    assert chances == sorted(chances) and chances[0] < chances[-1]


@pytest.mark.parametrize("text, may", [(SOLIDARITY, True), (CONCERN, False), (0.0, False)])
@pytest.mark.parametrize("response", ["public_attribution", "expulsions", "joint_statement"])
def test_below_solidarity_a_body_of_members_does_nothing(response, text, may):
    world = a_crisis(text=text)
    do(world, response, *members_of(world, "NATO"))
    assert (chance(world, "NATO", response)[0] > 0) == may


def test_a_body_that_nobody_is_left_in_stops_no_other():
    leaving = {code: {"until_turn": 1} for code in members_of(a_crisis(), "EU")}
    world = a_crisis(text=0.9, actors=leaving)
    do(world, "expulsions", *members_of(world, "NATO"))
    world.inputs = world.inputs.in_turn(2)
    assert not members_of(world, "EU") and chance(world, "EU", "expulsions") == 0
    assert chance(world, "NATO", "expulsions") > 0


def test_the_head_of_the_eu_needs_no_text_to_speak_and_one_to_act():
    world = a_crisis()
    for response in ("public_attribution", "joint_statement", "expulsions"):
        do(world, response, *members_of(world, "EU"))
    assert chance(world, "EU", "public_attribution") > 0 and chance(world, "EU", "joint_statement") > 0
    assert chance(world, "EU", "expulsions") == 0


def test_members_count_by_the_kind_of_response_and_not_by_the_instrument():
    one, other, none = (a_crisis(text=0.9) for _ in range(3))
    do(one, "expulsions", "POL", "LTU")
    do(other, "sectoral_sanctions", "POL", "LTU")
    by_either = [float(chance(world, "NATO", "expulsions")[0]) for world in (one, other)]
    assert by_either[0] == by_either[1] > chance(none, "NATO", "expulsions")


@pytest.mark.parametrize("share, text", [(0.4, 0.0), (0.6, 0.9)])
def test_the_text_of_a_body_is_one_that_half_of_its_members_stand_behind(share, text):
    world = a_crisis()
    members = members_of(world, "NATO")
    for code in members[: round(share * len(members))]:
        world.state.covered[..., world.inputs.index[code]] = 0.9
    assert text_behind(world, world.inputs.body_members[world.inputs.bodies.index("NATO")]).tolist() == [[text]]


def test_a_body_goes_with_its_probability_once_a_run():
    even = {"body_naming": 1.1, "norm_before": 0.0, "norm_rise": 0.0}  # against no member that named, and no text
    world = a_crisis(runs=400, behaviour={"body_words": 9.0, **even})
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
    assert chance(world, "EU", "public_attribution") == 0
