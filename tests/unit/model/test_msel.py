"""Conditions of injects: each says in which runs it holds, and an inject whose condition does not hold is withheld."""

import numpy as np
import pytest

from sim.catalogue.moves import NAMES
from sim.engine import initial_world, play
from sim.errors import InputError
from sim.model.inputs import build_inputs
from sim.model.msel import HELD, RELEASED, WITHHELD, all_met, as_played, parts_of, unmet
from sim.model.steps.control import Direction
from sim.model.steps.inject import inject
from sim.model.view import view
from sim.output.narrative.injects import run_sheet
from sim.scenario.schema import When
from sim.session import Session
from tests.builders import a_scenario, an_inject
from tests.builders_events import faults_of
from tests.unit.model.steps.worlds import a_world, option

SHAKEN = [
    {"on": "tension", "by": 0.2},
    {"on": "evidence", "incident": "grid", "by": 1.0},
    {"on": "capital", "actor": "DEU", "by": 1},
]


def holds(world, **when):
    """In which runs a condition holds."""
    return all_met(world, When.model_validate(when)).tolist()


# ------------------------------------------------------------------------------------------------- what holds


def test_an_incident_goes_on_until_it_is_over_and_is_neither_before_it_begins():
    world = a_world(2)
    world.state.intensity[0, 1] = 0
    assert holds(world, going=["grid"]) == [True, False]
    assert holds(world, stopped=["grid"]) == [False, True]
    before = a_world(2, incident={"turn": 2})
    assert holds(before, going=["grid"]) == holds(before, stopped=["grid"]) == [False, False]


@pytest.mark.parametrize("rung, expected", [("silence", [False, True, True]), ("naming", [False, False, True])])
def test_a_text_counts_from_its_rung_on(rung, expected):
    world = a_world(3)
    world.state.covered[0, 1, 0], world.state.covered[0, 2, 0] = 0.05, 0.9
    assert holds(world, text={"incident": "grid", "rung": rung}) == expected


def test_an_act_is_a_response_that_somebody_has_joined():
    world = a_world(3)
    world.state.joined[option(world, "sanctions"), 1, world.inputs.index["USA"]] = True
    assert holds(world, act={"by": "USA", "response": "sanctions"}) == [False, True, False]
    assert holds(world, act={"by": "DEU", "response": "sanctions"}) == [False] * 3
    assert (
        holds(world, act={"response": "sanctions", "incident": "grid"}) == holds(world, act={}) == [False, True, False]
    )


def test_an_act_is_a_move_that_an_adversary_has_ever_made():
    world = a_world(2)
    world.state.moves_made[world.inputs.adversaries.index("RUS"), 1] = 1 << NAMES.index("escalate")
    assert holds(world, act={"by": "RUS", "move": "escalate"}) == [False, True]
    assert holds(world, act={"move": "escalate"}) == [False, True]
    assert (
        holds(world, act={"by": "RUS", "move": "stop"})
        == holds(world, act={"by": "CHN", "move": "escalate"})
        == [False] * 2
    )


def test_tension_has_to_be_above_the_figure():
    world = a_world(2)
    world.state.tension[:] = 0.5, 0.6
    assert holds(world, tension_above=0.5) == [False, True]


def test_unless_turns_it_round_and_all_parts_have_to_hold():
    world = a_world(3)
    world.state.tension[:] = 0.2, 0.8, 0.8
    world.state.intensity[0, 2] = 0
    assert holds(world, going=["grid"], unless={"tension_above": 0.5}) == [True, False, False]
    assert unmet(world, When(going=["grid"], unless={"tension_above": 0.5}), 2) == [
        "going grid",
        "unless tension_above 0.5",
    ]


def test_without_a_condition_all_runs_are_meant():
    assert parts_of(None) == [] and all_met(a_world(2), None).all()


# ------------------------------------------------------------------------------------------------- what is released


def put(runs, when, **state):
    """A world in which an inject with a condition falls due in turn 2, with some of the state given run by run."""
    changes = {"injects": [an_inject("offer", turn=2, when=when, effects=SHAKEN)], "turns": {"count": 3, "days": 30}}
    world = initial_world(build_inputs(a_scenario(**changes)), 1, range(runs))
    for turn in (1, 2):
        world.turn = turn
        for name, values in state.items():
            getattr(world.state, name)[:] = values
        inject(world)
    return world


def test_in_a_batch_it_is_released_with_its_effects_where_its_condition_holds_and_nowhere_else():
    world = put(3, {"tension_above": 0.5}, tension=[0.2, 0.7, 0.6])
    germany = world.inputs.index["DEU"]
    assert world.state.tension.tolist() == pytest.approx([0.2, 0.9, 0.8], abs=1e-5)
    assert world.state.handed[0].all(axis=-1).tolist() == [False, True, True]
    assert world.state.handed[0].any(axis=-1).tolist() == [False, True, True]
    assert (np.diff(world.state.capital[:, germany]) > 0).tolist() == [True, False]
    assert world.state.released[0].tolist() == [False, True, True]
    assert [len(view(world, "DEU", run)["injects"]) for run in range(3)] == [0, 1, 1]
    assert world.plan[0].status == RELEASED


def test_where_it_holds_in_no_run_it_is_withheld_and_asked_again_in_another_arm():
    world = put(2, {"tension_above": 0.5}, tension=[0.2, 0.3])
    assert world.plan[0].status == WITHHELD and not world.state.released.any()
    assert as_played(world.plan)[0].status == "armed" and as_played(world.plan)[0].condition is not None


@pytest.mark.parametrize("runs", [1, 4])
def test_a_run_alone_has_the_inject_that_it_has_in_a_batch(runs):
    loaded = a_scenario(
        injects=[an_inject("offer", turn=3, when={"going": ["grid"]}, effects=SHAKEN)], turns={"count": 4, "days": 30},
        behaviour={"move_stop": 0.4},
    )  # fmt: skip
    batch = play(loaded, 1, runs=12).outcomes.measures
    parts = [play(loaded, 1, runs=runs, first_run=first).outcomes.measures for first in range(0, 12, runs)]
    for name, values in batch.items():
        assert np.array_equal(values, np.concatenate([part[name] for part in parts]), equal_nan=True), name


# ------------------------------------------------------------------------------------------------- control, the record


def exercised(when, *directions):
    """A session in turn 1, in which an inject with a condition was due, with what control directs then."""
    loaded = a_scenario(injects=[an_inject("offer", when=when)], turns={"count": 3, "days": 30})
    session = Session(loaded, 1, people=["EST"])
    for direction in directions:
        session.direct(direction)
    return loaded, session


def test_the_record_and_the_run_sheet_say_why_it_was_not_released():
    loaded, session = exercised({"tension_above": 0.99})
    withheld = [event for event in session.events if event.kind == "inject_withheld"]
    assert [event.payload["because"] for event in withheld] == [["tension_above 0.99"]]
    assert not any(faults_of(event) for event in withheld)
    (entry,) = run_sheet(session.record, loaded)
    assert entry.stood == "not released: it comes only while tension is above 0.99"
    assert entry.condition == "while tension is above 0.99"
    assert session.view("EST")["injects"] == []


def test_control_releases_or_drops_what_its_condition_held_back():
    loaded, session = exercised({"tension_above": 0.99}, Direction("release", "offer"))
    assert len(session.view("EST")["injects"]) == 1
    assert [entry.stood for entry in run_sheet(session.record, loaded)] == ["released by control"]
    assert as_played(session.world.plan)[0].condition is None, "what control released comes in the other arm as well"
    loaded, session = exercised({"tension_above": 0.99}, Direction("skip", "offer"))
    assert [entry.stood for entry in run_sheet(session.record, loaded)] == ["dropped by control"]


def test_what_waits_for_control_is_held():
    _, session = exercised({"control": True})
    assert session.world.plan[0].status == HELD and session.view("EST")["injects"] == []


@pytest.mark.parametrize(
    "when", [{"going": ["gird"]}, {"act": {"by": "EST", "move": "stop"}}, {"act": {"response": "x"}}]
)
def test_a_condition_that_control_writes_has_to_name_what_is_there(when):
    _, session = exercised({"control": True})
    with pytest.raises(InputError, match="when: "):
        session.direct(Direction("edit", "offer", {"when": when}))


# ------------------------------------------------------------------------------------------------- one of several


def test_of_a_list_of_responses_one_is_enough():
    world = a_world(3)
    for run, response in ((1, "sanctions"), (2, "public_attribution")):
        world.state.joined[option(world, response), run, world.inputs.index["USA"]] = True
    assert holds(world, act={"response": ["sanctions", "public_attribution"]}) == [False, True, True]
    assert holds(world, unless={"act": {"response": ["sanctions"]}}) == [True, False, True]


def test_of_any_conditions_one_is_enough_and_each_holds_as_a_whole():
    world = a_world(3)
    world.state.tension[:] = 0.5, 0.6, 0.6
    world.state.intensity[0, 2] = 0
    either = [{"stopped": ["grid"]}, {"tension_above": 0.5, "going": ["grid"]}]
    assert holds(world, any=either) == [False, True, True]
    assert holds(world, unless={"any": either}) == [True, False, False]


@pytest.mark.parametrize(
    "when, advice",
    [
        ({"any": [{"stopped": ["gird"]}]}, "no incident 'gird'"),
        ({"any": [{"act": {"response": ["sanctions", "sanction"]}}]}, "no response 'sanction'"),
        ({"any": []}, "is empty"),
        ({"any": [{}]}, "each of 'any' names something"),
    ],
)
def test_each_of_several_conditions_is_checked(when, advice):
    with pytest.raises(InputError) as refused:
        a_scenario(injects=[an_inject(when=when)])
    assert advice in str(refused.value)
