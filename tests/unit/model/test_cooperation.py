"""What projects of cooperation change: each moves what it is for, and nothing for whoever is outside."""

import numpy as np
import pytest

from sim.catalogue.measures import measured
from sim.catalogue.moves import BY_NAME, Campaign
from sim.model.steps.assess import assess, discriminability
from sim.model.steps.consult import look_at_consultations
from tests.builders import a_library
from tests.unit.model.steps.worlds import a_world

RIPE = [{"project": "coop_cyber", "months_before": 60}]


def with_project(runs=1, amount=0.2, *, on, **changes):
    """A world in which one project delivers one effect in full."""
    library = a_library()
    project = library.cooperation["coop_cyber"]
    (effect,) = project.effects
    effect = effect.model_copy(update={"on": on, "amount": effect.amount.model_copy(update={"value": amount})})
    project = project.model_copy(update={"effects": [effect]})
    library = library.model_copy(update={"cooperation": {**library.cooperation, "coop_cyber": project}})
    return a_world(runs, library=library, cooperation=RIPE, **changes)


def test_standing_is_judged_with_what_projects_do_for_it():
    plain, raised = a_world(), with_project(on="standing")
    assert measured(raised)["standing"] == pytest.approx(measured(plain)["standing"] + 0.2, abs=1e-5)


def test_whose_standard_wins_becomes_the_concern_of_members_and_of_nobody_else():
    stakes = []
    for amount in (0.0, 0.2):
        world = with_project(on="stake_technology", amount=amount)
        assess(world)
        stakes.append(world.state.stake[0, 0])
    inputs = world.inputs
    bystanders = (world.state.severity[0, 0] == 0) & inputs.is_state
    members = (inputs.is_nato | inputs.is_partner) & bystanders
    assert members.any() and (stakes[1] > stakes[0])[members].all()
    assert np.array_equal(stakes[1][~members], stakes[0][~members])


def test_guests_see_with_the_tools_of_members_as_far_as_cooperation_is_open():
    sees = []
    for amount in (0.0, 0.5):
        world = with_project(on="openness", amount=amount)
        inputs = world.inputs
        germany = inputs.index["DEU"]
        inputs.is_nato[germany] = False  # a guest
        for what in (inputs.project_effects, inputs.project_issue):
            what["discriminability"] = 0 * what["openness"] + 0.2
        sees.append(discriminability(world)[0, 0])
    gained = sees[1] - sees[0]
    assert gained[germany] > 0 and not np.delete(gained, germany).any()


def test_a_story_of_a_closed_bloc_sticks_less_where_guests_sit():
    told = []
    for amount in (0.0, 0.5):
        world = with_project(on="openness", amount=amount)
        BY_NAME["exploit_narrative"].carry_out(world, Campaign(0, 0), np.array([0]))
        told.append(world.state.narrative[0])
    assert told[1] == pytest.approx(told[0] / 2, abs=1e-5)


def test_work_that_others_do_already_speaks_against_a_meeting_of_nato_and_the_four():
    looked_at = []
    for amount in (0.0, 0.5):
        world = with_project(on="duplication", amount=amount, formats=["nato_ip4", "nac"])
        assess(world)
        looked_at.append(look_at_consultations(world).utility[:-1, 0])
    is_theirs = world.inputs.consultation_is_ip4[world.inputs.consultation_slices[0]]
    assert is_theirs.any() and (looked_at[1] < looked_at[0])[is_theirs].all()
    assert np.array_equal(looked_at[1][~is_theirs], looked_at[0][~is_theirs])
