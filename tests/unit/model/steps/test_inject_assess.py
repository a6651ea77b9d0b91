"""Injects change what they say; actors judge who did it, how grave it is and what is at stake."""

import numpy as np
import pytest

from sim.model.steps.assess import assess
from sim.model.steps.inject import inject
from sim.rules.attribution import confidence
from tests.builders import an_incident, an_inject
from tests.unit.model.steps.worlds import SIZES, a_world


def effect(**changes):
    return [an_inject(effects=[changes])]


# ------------------------------------------------------------------------------------------------- inject


@pytest.mark.parametrize("runs", SIZES)
def test_an_incident_begins_in_its_turn(runs):
    world = a_world(runs, incidents=[an_incident("early"), an_incident("late", turn=2)])
    assert world.state.intensity.tolist() == [[1.0] * runs, [0.0] * runs]
    world.turn = 2
    inject(world)
    assert world.state.intensity[1].tolist() == [1.0] * runs


@pytest.mark.parametrize("name", ["tension", "linkage", "transparency", "standing", "narrative"])
@pytest.mark.parametrize("by, at", [(1.0, 1.0), (-1.0, 0.0)])
def test_an_effect_never_leads_out_of_its_range(name, by, at):
    assert getattr(a_world(3, injects=effect(on=name, by=by)).state, name).tolist() == [at] * 3


@pytest.mark.parametrize("name", ["publicness", "difficulty"])
def test_an_effect_on_an_incident_changes_that_incident_alone(name):
    world = a_world(
        3, incidents=[an_incident("one"), an_incident("other")], injects=effect(on=name, incident="one", by=0.2)
    )
    one, other = getattr(world.state, name)
    assert one == pytest.approx(other + 0.2, abs=1e-6)


def test_an_effect_on_severity_hurts_the_victims_and_nobody_else():
    severity = a_world(injects=effect(on="severity", incident="grid", by=0.2)).state.severity[0, 0]
    assert np.count_nonzero(severity) == 1 and severity.max() == pytest.approx(0.7, abs=1e-6)


def test_evidence_may_come_to_one_alone():
    world = a_world(injects=effect(on="evidence", incident="grid", actor="DEU", by=1.5))
    assert world.state.evidence[0, 0, world.inputs.index["DEU"]] == 1.5
    assert np.count_nonzero(world.state.evidence) == 1


def test_capital_given_is_income():
    world = a_world(injects=effect(on="capital", actor="DEU", by=0.5))
    place = world.inputs.index["DEU"]
    gained = world.state.capital[0, place] - world.inputs.capital[0, place]
    assert (gained, world.state.income[0, place]) == (0.5, 0.5)


def test_an_inject_waits_for_its_turn():
    world = a_world(injects=[an_inject(turn=2, effects=[{"on": "tension", "by": 0.3}])])
    before = world.state.tension.copy()
    inject(world)
    assert (world.state.tension == before).all()
    world.turn = 2
    inject(world)
    assert (world.state.tension > before).all()


# ------------------------------------------------------------------------------------------------- assess


def assessed(runs=400, **changes):
    world = a_world(runs, **changes)
    assess(world)
    return world


def sure(world):
    """Mean confidence of each actor in the truth."""
    return dict(zip(world.inputs.actors, confidence(world.state.belief[0]).mean(axis=0), strict=True))


@pytest.mark.parametrize("runs", SIZES)
def test_the_victim_bears_its_own_harm_as_its_stake(runs):
    world = assessed(runs)
    assert world.state.stake[0, :, world.inputs.index["EST"]].tolist() == [0.5] * runs


def test_a_victim_sees_more_than_who_only_watches():
    confident = sure(assessed())
    assert confident["EST"] > confident["JPN"]


def test_the_harder_it_is_to_tell_the_less_sure_they_are():
    assert sure(assessed(incident={"difficulty": 0.1}))["EST"] > sure(assessed(incident={"difficulty": 0.9}))["EST"]


@pytest.mark.parametrize("participants", [["EST", "DEU", "USA", "JPN", "RUS"], ["EST", "LVA", "RUS", "CHN"]])
def test_an_overt_act_is_not_doubted_by_anybody(participants):
    """What everybody can see needs no cyber power to be read."""
    behaviour = {"evidence_overt": 5.0}
    overt, hidden = (
        sure(assessed(participants=participants, behaviour=behaviour, incident={**traces, "victims": {"EST": 0.9}}))
        for traces in ({"difficulty": 0.0, "publicness": 1.0}, {"difficulty": 0.6, "publicness": 1.0})
    )
    states = [code for code in participants if code not in ("RUS", "CHN")]
    assert all(overt[code] > 0.95 for code in states) and any(hidden[code] < 0.9 for code in states)


def test_nobody_is_led_to_the_truth_by_a_false_flag():
    confident = sure(assessed(incident={"by": "CHN", "suspect": "RUS", "difficulty": 0.1}))
    assert confident["EST"] < 0.4


def test_adversaries_and_bodies_judge_nothing():
    world = assessed(1, participants=["NATO", "EU", "JPN", "RUS", "CHN"])
    places = [world.inputs.index[code] for code in ("NATO", "EU", "RUS", "CHN")]
    assert not world.state.stake[..., places].any() and not world.state.evidence[..., places].any()


def test_an_incident_that_has_not_begun_is_not_judged():
    world = assessed(1, incident={"turn": 2})
    assert not world.state.evidence.any() and not world.state.stake.any()


def test_who_is_tied_to_the_victim_has_more_at_stake():
    world = assessed(
        1, ties=[{"between": ["EST", "DEU"], "strength": 0.9}, {"between": ["EST", "USA"], "strength": 0.2}]
    )
    stake = world.state.stake[0, 0]
    assert stake[world.inputs.index["DEU"]] > stake[world.inputs.index["USA"]] > 0


@pytest.mark.parametrize("severity, bond", [(0.9, 1.0), (0.3, 1.0), (0.03, 0.2)])
def test_a_bond_is_about_who_was_hit_and_not_how_hard(severity, bond):
    world = assessed(
        1,
        incident={"victims": {"EST": severity}},
        ties=[{"between": ["EST", "DEU"], "strength": 0.5}],
        behaviour={"bond_from": 0.15},
    )
    felt = world.state.bond[0, 0]
    assert felt[world.inputs.index["EST"]] == pytest.approx(bond, abs=1e-4)
    assert felt[world.inputs.index["DEU"]] == pytest.approx(bond / 2, abs=1e-4)


def test_who_was_hit_in_passing_is_bound_by_its_share_of_the_harm():
    world = assessed(
        1, incident={"victims": {"EST": 0.8, "DEU": 0.4}}, ties=[{"between": ["EST", "DEU"], "strength": 0.1}]
    )
    felt = world.state.bond[0, 0]
    assert felt[world.inputs.index["EST"]] == 1 and felt[world.inputs.index["DEU"]] == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize("linkage, more", [(0.0, False), (1.0, True)])
def test_the_other_ocean_counts_as_far_as_the_two_are_linked(linkage, more):
    ties = [{"between": ["EST", "JPN"], "strength": 0.5}]
    assert (assessed(1, linkage=linkage, ties=ties).state.stake[0, 0, 3] > 0) == more


def test_what_is_over_is_remembered_for_a_while():
    world = assessed(1)
    world.state.intensity[:] = 0.0
    assess(world)
    assert 0.4 < world.state.remembered[0, 0] < 1


def test_an_incident_that_grows_is_never_more_than_everything():
    world = a_world(3, incident={"victims": {"EST": 0.9}})
    world.state.intensity[:] = 1.5
    assess(world)
    assert world.state.perceived.max() <= 1


def test_a_victim_that_asks_puts_its_evidence_on_the_table():
    together, alone = (a_world(400, participants=["NATO", "RUS"], behaviour={"share_nato": 0.0}) for _ in range(2))
    together.state.asked[:], together.state.consultation_called[:] = 1, 0
    for world in (together, alone):
        assess(world)
    assert sure(together)["DEU"] > sure(alone)["DEU"]
    assert sure(together)["EST"] == sure(alone)["EST"]
