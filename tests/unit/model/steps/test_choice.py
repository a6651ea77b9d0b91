"""The choice of a response, law by law: whether to attend, which kinds to join, and with which instrument of each."""

import numpy as np
import pytest

from sim.model.steps.assess import assess
from sim.model.steps.positions import take_positions
from sim.model.steps.respond import legal
from sim.model.steps.willingness import attention
from sim.rules.odds import log_odds
from sim.scenario.library_schema import Figure, Group
from tests.builders import a_library
from tests.unit.model.steps.worlds import (
    SIZES,
    a_table,
    a_world,
    base_utility,
    conclude,
    kind,
    library_with,
    option,
    respond,
)

KINDS = ("statement", "attribution", "sanctions", "support", "legal", "talks", "military", "other")
BOUND = {**{f"practice_{name}": 9.0 for name in KINDS}, "attend_base": 9.0, "capital_start": 5.0}
CODED = {
    "public_attribution": {"coded_as": "public_attribution"},
    "joint_statement": {"coded_as": "statement_of_concern", "is_signed": True},
}
FOUR = ("DEU", "EST", "GBR", "USA")


def judged(runs=1, sure=0.99, behaviour=None, **changes):
    """A world as it is judged, in which everybody is as sure of the culprit as this and bound to act, if it may."""
    world = a_world(runs, behaviour={**BOUND, **(behaviour or {})}, **changes)
    assess(world)
    world.state.belief[:] = log_odds(sure)
    for h in range(len(world.inputs.incidents)):
        world.base_utilities[h] = base_utility(world, h)
    return world


def responded(*args, **changes):
    world = judged(*args, **changes)
    respond(world)
    return world


def who(world, response, run=0):
    """The states that have joined a response."""
    joined = world.state.joined[option(world, response), run]
    return {code for code, has in zip(world.inputs.actors, joined, strict=True) if has}


def may(world, response):
    """The actors to which a response is open by law, competence, means and certainty."""
    open_to = legal(world)[option(world, response), 0]
    return {code for code, is_open in zip(world.inputs.actors, open_to, strict=True) if is_open}


# ------------------------------------------------------------------------------------------------- what it takes


@pytest.mark.parametrize("runs", SIZES)
def test_a_state_without_a_coast_never_leads_patrols(runs):
    world = responded(
        runs,
        library=None,
        participants=["EST", "CZE", "AUT", "NOR", "RUS"],
        responses=["infrastructure_patrols"],
        incident={"issue": "infra"},
    )
    assert may(world, "infrastructure_patrols") == who(world, "infrastructure_patrols") == {"EST", "NOR"}


@pytest.mark.parametrize("response", ["demarche", "expulsions", "quiet_diplomacy"])
def test_nobody_summons_expels_or_talks_without_relations(response):
    world = judged(library=None, participants=["EST", "UKR", "POL", "RUS"], responses=[response])
    assert may(world, response) <= {"EST", "POL"} and may(world, response)
    respond(world)
    assert "UKR" not in who(world, response)


def test_only_a_state_with_a_cyber_service_strikes_back_in_cyberspace():
    world = judged(library=None, participants=["EST", "GBR", "LUX", "RUS"])
    assert "GBR" in may(world, "cyber_operations_offensive") and "LUX" not in may(world, "cyber_operations_offensive")


def law_of(**members):
    """The small library, in which sanctions need a law that these states have: code to the first and last day."""
    library = library_with(sanctions={"instrument": "law"})
    group = Group.model_validate({"name": "Law", "source": "made_up", "members": members})
    return library.model_copy(update={"groups": {**library.groups, "law": group}})


def test_a_law_that_comes_into_force_during_the_exercise_opens_its_instrument_in_that_turn_and_not_before():
    library = law_of(DEU={}, USA={"since": "2024-04-03"}, JPN={"since": "2024-04-04"}, EST={"since": "2026-01-01"})
    world = judged(library=library)  # turns of thirty days, from 4 March
    by_turn = []
    for world.turn in (1, 2, 3):
        by_turn.append(may(world, "sanctions"))
    assert by_turn == [{"DEU"}, {"DEU", "USA"}, {"DEU", "USA", "JPN"}]


def test_a_law_that_has_lapsed_opens_nothing():
    assert may(judged(library=law_of(DEU={"until": "2024-03-01"}, USA={})), "sanctions") == {"USA"}


# ------------------------------------------------------------------------------------------------- certainty


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize("response", ["public_attribution", "sanctions"])
@pytest.mark.parametrize("beyond, accuse", [(-0.01, False), (0.01, True)])
def test_nobody_accuses_below_the_confidence_that_is_asked_for(runs, response, beyond, accuse):
    asks = a_library().responses[response].attribution_min
    world = responded(runs, sure=asks + beyond, behaviour={"b_doubt": 0.0}, library=library_with(**CODED))
    states = world.inputs.is_state
    assert (world.state.joined[option(world, response)][:, states] == accuse).all()


@pytest.mark.parametrize("beyond, names", [(-0.01, False), (0.01, True)])
def test_nobody_wants_a_text_that_names_below_the_confidence_that_naming_asks_for(beyond, names):
    asks = a_library().responses["public_attribution"].attribution_min
    behaviour = {"position_base": 1.0, "position_doubt": 0.0, "position_own": 0.0}
    world = judged(sure=asks + beyond, behaviour=behaviour, library=library_with(**CODED))
    take_positions(world, [0])
    wants = world.state.position[0][:, world.inputs.is_state & (world.state.stake[0, 0] > 0)]
    assert ((wants >= world.inputs.params.rung_naming) == names).all()


# ------------------------------------------------------------------------------------------------- attention


@pytest.mark.parametrize("runs", SIZES)
def test_who_does_not_attend_does_nothing_by_its_own_choice_but_may_sign(runs):
    world = a_table(
        runs=runs,
        behaviour={**BOUND, "attend_base": -9.0, "chair_error": 0.0, "silence_hazard": 0.0},
        library=library_with(**CODED),
    )
    assess(world)
    world.state.belief[:] = 9.0
    world.base_utilities[0] = base_utility(world, 0)
    world.state.position[:] = np.where(world.inputs.is_state, 0.6, 0.0)
    respond(world)
    assert not world.state.joined.any()
    conclude(world)
    assert who(world, "joint_statement") == set(FOUR)
    assert world.state.joined.sum() == len(FOUR) * runs


@pytest.mark.parametrize("runs", SIZES)
def test_attention_and_willingness_never_fall_as_more_is_at_stake(runs):
    world = judged(runs, behaviour={"attend_stake": 0.5, "b_stake": 1.0, "b_severity": 0.5})
    seen = []
    for stake in (0.0, 0.2, 0.5, 1.0):
        world.state.stake[:] = stake * world.inputs.is_state
        seen.append((attention(world, 0), base_utility(world, 0)))
    for weaker, stronger in zip(seen, seen[1:], strict=False):
        assert all((less <= more).all() for less, more in zip(weaker, stronger, strict=True))
    states = world.inputs.is_state
    assert (seen[0][0][:, states] < seen[-1][0][:, states]).all()
    words = kind(world, "words")
    assert (seen[0][1][words][:, states] < seen[-1][1][words][:, states]).all()


def test_more_attend_to_what_concerns_them_more():
    behaviour = {"attend_base": -0.5, "attend_stake": 1.0, "attend_bond": 0.0, "attend_capability": 0.0}
    acting = []
    for stake in (0.0, 0.4, 0.9):
        world = judged(400, behaviour=behaviour)
        world.state.stake[:] = stake * world.inputs.is_state
        respond(world)
        acting.append(world.state.joined.any(axis=0).sum())
    assert acting == sorted(acting) and acting[0] < acting[-1]


# ------------------------------------------------------------------------------------------------- one at a time


@pytest.mark.parametrize("runs", SIZES)
def test_one_instrument_of_a_kind_at_a_time_and_another_only_when_it_has_become_graver(runs):
    step = 0.08
    world = judged(runs, behaviour={"renew_step": step})
    world.state.perceived[:] = 0.5

    def helped():
        respond(world)
        world.state.capital[:] = 5.0
        support = world.inputs.option_kind == kind(world, "support")
        return world.state.joined[support].sum(axis=0)[:, world.inputs.is_state]

    assert (helped() == 1).all()
    assert (helped() == 1).all(), "nothing has moved"
    world.state.perceived[:] = 0.5 + 0.9 * step
    assert (helped() == 1).all(), "hardly graver"
    world.state.perceived[:] = 0.5 + 1.1 * step
    assert (helped() == 2).all()


def test_an_instrument_is_drawn_by_how_usual_it_is():
    habit = Figure(value=0.3, source="made_up", year=2024)
    counts = []
    for changes in ({}, {"trade_aid": {"habit": habit}}):
        world = responded(400, library=library_with(**changes))
        counts.append(world.state.joined[option(world, "trade_aid")].sum())
    assert counts[0] < counts[1]


# ------------------------------------------------------------------------------------------------- talks or pressure


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize("to_talk, to_press, done", [(9.0, 8.0, "response_team"), (8.0, 9.0, "sanctions")])
def test_talks_and_pressure_are_alternatives_and_the_likelier_of_the_two_is_taken(runs, to_talk, to_press, done):
    world = responded(
        runs,
        library=library_with(response_team={"kind": "talks"}),
        behaviour={"practice_talks": to_talk, "practice_sanctions": to_press},
    )
    states = world.inputs.is_state
    for response in ("response_team", "sanctions"):
        assert (world.state.joined[option(world, response)][:, states] == (response == done)).all()


@pytest.mark.parametrize("begun, other", [("response_team", "sanctions"), ("sanctions", "response_team")])
def test_who_has_begun_with_talks_or_pressure_goes_on_with_it(begun, other):
    world = judged(library=library_with(response_team={"kind": "talks"}))
    world.state.joined[option(world, begun)] = world.inputs.is_state
    respond(world)
    assert not who(world, other)


def test_no_state_talks_beside_its_own_measures_whatever_the_odds():
    world = responded(
        400,
        library=library_with(response_team={"kind": "talks"}),
        behaviour={"practice_talks": 0.0, "practice_sanctions": 0.0},
    )
    talks, presses = (world.state.joined[option(world, name)] for name in ("response_team", "sanctions"))
    assert talks.any() and presses.any() and not (talks & presses).any()


# ------------------------------------------------------------------------------------------------- together


def test_states_move_together_as_far_as_there_is_a_case_effect():
    spread = []
    for effect in (0.0, 1.0, 4.0):
        world = judged(1000, participants=["NATO", "JPN", "RUS"], behaviour={"case_effect": effect})
        states = world.inputs.is_state
        world.base_utilities[0] = np.zeros_like(world.base_utilities[0])
        world.inputs.params.b_peer[:] = 0.0
        respond(world)
        spread.append(world.state.joined[option(world, "joint_statement")][:, states].sum(axis=-1).var())
    assert spread == sorted(spread) and spread[-1] > 1.5 * spread[0]
    assert spread[0] < 0.35 * states.sum(), "each for itself, the number varies as that of coins"


# ------------------------------------------------------------------------------------------------- capacity


def test_what_a_ministry_can_carry_grows_with_the_state():
    world = a_world(behaviour={"capacity_floor": 0.35, "capital_start": 1.0})
    inputs = world.inputs
    capital = {code: float(inputs.capital[0, inputs.index[code]]) for code in ("EST", "DEU", "USA")}
    assert 0.35 <= capital["EST"] < capital["DEU"] < capital["USA"] <= 1
    even = a_world(behaviour={"capacity_floor": 1.0, "capital_start": 1.0}).inputs
    assert (even.capital[:, even.is_state] == 1).all()
