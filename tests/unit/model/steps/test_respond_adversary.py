"""Who joins what, in which order it is paid for, and what adversaries do next."""

import numpy as np
import pytest

from sim.catalogue.moves import BY_NAME, NAMES
from sim.model.steps.assess import assess
from sim.model.steps.joining import join
from sim.model.steps.respond import affordable
from tests.builders import an_incident
from tests.unit.model.steps.worlds import SIZES, a_world, consult, move, option, respond

EAGER = dict.fromkeys(
    ("practice_statement", "practice_attribution", "practice_sanctions", "practice_support", "practice_other"), 9.0
)


def consulted(runs=1, **changes):
    world = a_world(runs, **changes)
    assess(world)
    consult(world)
    return world


# ------------------------------------------------------------------------------------------------- respond


@pytest.mark.parametrize("runs", SIZES)
def test_who_is_bound_to_join_joins_everything_it_may_and_can_pay(runs):
    world = consulted(runs, behaviour={**EAGER, "capital_start": 5.0}, actors={"EST": {"capital": 5.0}})
    respond(world)
    states = world.inputs.is_state
    assert world.state.joined[..., states].all()
    assert not world.state.joined[..., ~states].any()


@pytest.mark.parametrize("runs", SIZES)
def test_nobody_joins_what_nobody_is_willing_to(runs):
    world = consulted(runs, behaviour={name: -9.0 for name in EAGER}, formats=["g7"])
    respond(world)
    assert not world.state.joined.any()


@pytest.mark.parametrize("runs", SIZES)
def test_the_cheapest_is_paid_for_first(runs):
    world = consulted(runs)
    prices = world.inputs.price[:, 0, 0]
    wanted = np.ones((len(prices), runs, len(world.inputs.actors)), dtype=bool)
    left = np.full(wanted.shape[1:], prices[0] + prices[1])
    taken, after = affordable(world, 0, wanted, left)
    assert prices.tolist() == sorted(prices)
    assert taken[:2].all() and not taken[2:].any()
    assert not after.any()


def test_without_capital_nobody_joins():
    world = consulted(3, behaviour={**EAGER, "capital_start": 0.0}, formats=["g7"])
    respond(world)
    assert not world.state.joined.any()


def test_what_is_joined_is_not_joined_or_paid_for_again():
    world = consulted(1, behaviour={**EAGER, "capital_start": 5.0})
    respond(world)
    spent = world.state.spent.copy()
    respond(world)
    assert (world.state.spent == spent).all()


@pytest.mark.parametrize("runs", SIZES)
def test_joining_takes_its_time_and_its_price(runs):
    world = consulted(runs)
    o, place = option(world, "sanctions"), world.inputs.index["USA"]
    before = world.state.capital[:, place].copy()
    join(world, np.full(runs, o), np.arange(runs), np.full(runs, place))
    least = world.inputs.lead_min[o, 0, 0]
    assert (world.state.effect_day[o, :, place] >= world.state.decided_day[o, :, place] + least).all()
    assert world.state.capital[:, place] == pytest.approx(before - world.inputs.price[o, 0, 0])


def test_what_a_text_has_coordinated_needs_only_the_shortest_time():
    alone, covered = consulted(1), consulted(1)
    o, states = option(alone, "sanctions"), np.flatnonzero(alone.inputs.is_state)
    for world, by_text in ((alone, False), (covered, True)):
        world.inputs.lead_typical[o], world.inputs.lead_max[o] = 60.0, 120.0
        join(world, np.full(states.size, o), np.zeros_like(states), states, covered_by_text=by_text)
    assert (covered.state.effect_day[o] <= alone.state.effect_day[o]).all()
    assert (covered.state.effect_day[o] < alone.state.effect_day[o]).any()


def test_a_text_makes_it_cheap_to_join():
    plain, covered = consulted(400), consulted(400)
    covered.state.covered[:] = 0.9
    for world in (plain, covered):
        world.state.joined[:] = False
        respond(world)
    assert covered.state.joined.sum() > plain.state.joined.sum()


def test_company_makes_it_easier_to_join():
    lonely, together = consulted(400), consulted(400)
    lonely.state.p_join[:], together.state.p_join[:] = 0.0, 1.0
    for world in (lonely, together):
        world.state.joined[:] = False
        respond(world)
    assert together.state.joined.sum() > lonely.state.joined.sum()


# ------------------------------------------------------------------------------------------------- adversary

ALWAYS = 60.0


def moved(does, runs=1, incidents=None, behaviour_of=None, **changes):
    """A world in which every adversary makes the same move, if it is legal."""
    world = a_world(
        runs,
        incidents=incidents or [an_incident(may_widen_to=["DEU"])],
        behaviour={f"move_{does}": ALWAYS, **(behaviour_of or {})},
        **changes,
    )
    assess(world)
    move(world)
    return world


def place_of(move):
    return NAMES.index(move)


@pytest.mark.parametrize("runs", SIZES)
def test_an_incident_that_is_called_off_ends(runs):
    world = moved("stop", runs)
    russia = world.inputs.adversaries.index("RUS")
    assert world.state.move[russia].tolist() == [place_of("stop")] * runs
    assert not world.state.intensity.any() and world.state.stopped.all()


@pytest.mark.parametrize("runs", SIZES)
def test_an_incident_escalates_up_to_a_limit(runs):
    world = moved("escalate", runs)
    assert world.state.intensity[0].tolist() == pytest.approx([1.25] * runs, abs=1e-6)
    for _ in range(5):
        move(world)
    assert world.state.intensity.max() <= 1.5


@pytest.mark.parametrize("runs", SIZES)
def test_the_next_victim_is_one_that_the_scenario_names(runs):
    world = moved("widen", runs)
    hit = world.state.severity[0] > 0
    assert hit[:, world.inputs.index["DEU"]].all() and hit.sum() == 2 * runs
    assert (world.state.severity[0, :, world.inputs.index["DEU"]] < 0.5).all()


def test_there_is_no_next_victim_where_none_is_named():
    world = moved("widen", incidents=[an_incident()])
    assert world.state.move[world.inputs.adversaries.index("RUS")] != place_of("widen")


def test_courting_falls_on_the_most_exposed():
    world = moved("divide", actors={"DEU": {"exposure": {"RUS": 0.9}}, "EST": {"exposure": {"RUS": 0.1}}})
    russia = world.inputs.adversaries.index("RUS")
    assert world.inputs.actors[world.state.added_exposure[russia, 0].argmax()] == "DEU"


def test_one_adversarys_crisis_is_the_others_chance():
    world = moved("open_other_ocean")
    russia, china = (world.inputs.adversaries.index(code) for code in ("RUS", "CHN"))
    assert not BY_NAME["open_other_ocean"].legal(world, russia).any()
    assert BY_NAME["open_other_ocean"].legal(world, china).all()
    assert world.state.linkage[0] > 0.5
    assert world.state.intensity[0, 0] > 1


def test_a_narrative_takes_hold_and_costs_standing():
    world = moved("exploit_narrative", 3)
    assert (world.state.narrative > 0).all() and (world.state.standing < 0.5).all()


def test_a_narrative_never_takes_hold_of_more_than_everybody():
    world = moved("exploit_narrative", 3, behaviour_of={"narrative_step": 0.9})
    for _ in range(5):
        move(world)
    assert world.state.narrative.max() <= 1 and world.state.standing.min() >= 0


def test_who_has_begun_nothing_can_only_wait_and_talk():
    world = a_world(1)
    china = world.inputs.adversaries.index("CHN")
    legal = {name for name, move in BY_NAME.items() if move.legal(world, china)[0]}
    assert legal == {"persist", "exploit_narrative", "open_other_ocean"}


@pytest.mark.parametrize(
    "name, value, less_of", [("pressure", 1.0, "escalate"), ("tension", 1.0, "escalate"), ("covered", 0.9, "divide")]
)
def test_pressure_risk_and_a_common_text_hold_an_adversary_back(name, value, less_of):
    counts = []
    for level in (0.0, value):
        world = a_world(2000)
        assess(world)
        getattr(world.state, name)[:] = level
        move(world)
        counts.append((world.state.move[world.inputs.adversaries.index("RUS")] == place_of(less_of)).sum())
    assert counts[1] < counts[0]
