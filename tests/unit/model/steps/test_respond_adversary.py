"""Who joins what, in which order it is paid for, and what adversaries do next."""

import numpy as np
import pytest

from sim.catalogue.moves import BY_NAME, NAMES, Campaign, Campaigns
from sim.model.steps.adversary import Signs, felt_pressure, opening, sway_fades
from sim.model.steps.assess import assess
from sim.model.steps.joining import join
from sim.model.steps.respond import affordable
from tests.builders import an_incident
from tests.unit.model.steps.worlds import SIZES, a_world, consult, move, option, respond

PRACTICES = ("practice_statement", "practice_attribution", "practice_sanctions", "practice_support", "practice_other")
EAGER = dict.fromkeys((*PRACTICES, "attend_base"), 9.0)


def consulted(runs=1, **changes):
    world = a_world(runs, **changes)
    assess(world)
    consult(world)
    return world


# ------------------------------------------------------------------------------------------------- respond


@pytest.mark.parametrize("runs", SIZES)
def test_who_is_bound_to_join_joins_one_response_of_every_kind_it_is_sure_enough_for(runs):
    world = consulted(runs, behaviour={**EAGER, "capital_start": 5.0}, actors={"EST": {"capital": 5.0}})
    world.state.belief = np.full_like(world.state.belief, 9.0)
    respond(world)
    states = world.inputs.is_state
    for k in range(len(world.inputs.kinds)):
        assert (world.state.joined[world.inputs.option_kind == k][..., states].sum(axis=0) == 1).all()
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
    world.state.capital[:] = prices[0] + prices[1]
    options, run, actors = np.indices(world.state.joined.shape).reshape(3, -1)
    assert prices.tolist() == sorted(prices)
    assert (affordable(world, options, run, actors) == (options < 2)).all()


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
    assert world.state.move[0].tolist() == [place_of("stop")] * runs
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
    assert world.state.move[0] != place_of("widen")


def test_courting_falls_on_several_and_most_on_those_who_are_exposed_and_weigh():
    world = moved("divide", 400, actors={"DEU": {"exposure": {"RUS": 0.9}}, "JPN": {"exposure": {"RUS": 0.1}}})
    russia = world.inputs.adversaries.index("RUS")
    visits = dict(zip(world.inputs.actors, (world.state.added_exposure[russia] > 0).sum(axis=0), strict=True))
    assert visits["DEU"] == max(visits.values()) and visits["JPN"] > 0
    assert sum(visits.values()) == 400
    assert visits["EST"] == visits["RUS"] == visits["CHN"] == 0, "nobody courts itself, another adversary or its victim"


def test_a_friend_needs_no_courting():
    world = moved("divide", 200, actors={"DEU": {"exposure": {"RUS": 0.9}, "stance": {"RUS": -0.5}}})
    assert not world.state.added_exposure[..., world.inputs.index["DEU"]].any()


def test_whoever_is_squeezed_is_swayed_as_far_as_it_depends_and_forgets_in_time():
    world = moved("divide", 200, actors={"DEU": {"exposure": {"RUS": 0.9}}, "JPN": {"exposure": {"RUS": 0.1}}})
    russia = world.inputs.adversaries.index("RUS")
    swayed, visited = world.swayed(russia), world.state.added_exposure[russia] > 0
    assert (swayed[visited] > 0).all() and not swayed[~visited].any()
    germany, japan = (swayed[:, world.inputs.index[code]].max() for code in ("DEU", "JPN"))
    assert germany > japan
    before = swayed.copy()
    sway_fades(world)
    assert (world.swayed(russia)[visited] < before[visited]).all()


def test_one_campaign_may_be_stopped_and_another_go_on():
    world = a_world(200, incidents=[an_incident(), an_incident(id="other")], behaviour={"move_stop": 0.3})
    assess(world)
    move(world)
    ended = world.state.intensity == 0
    assert (ended[0] & ~ended[1]).any() and (ended[1] & ~ended[0]).any()


def test_pressure_over_one_campaign_is_felt_there_in_full_and_over_another_in_part():
    world = a_world(1, incidents=[an_incident(), an_incident(id="other")], behaviour={"pressure_elsewhere": 0.5})
    world.state.pressure_over[0] = 0.4
    here, other = felt_pressure(world, Campaigns(Campaign(world.inputs.incident_by[h], h) for h in (0, 1)))[:, 0]
    assert (here, other) == (pytest.approx(0.4), pytest.approx(0.2))


def test_what_answers_to_a_false_suspect_does_not_press_on_who_did_it():
    world = a_world(1, incidents=[an_incident(suspect="CHN")])
    world.state.pressure_over[0] = 0.4
    assert felt_pressure(world, Campaigns([Campaign(world.inputs.incident_by[0], 0)])) == 0


def test_the_other_ones_crisis_invites_as_far_as_the_two_are_tied_and_as_it_is_grave():
    def invited(tie, severity):
        world = a_world(1, adversary_tie=tie, incidents=[an_incident(victims={"EST": severity})])
        china = Campaigns([Campaign(world.inputs.adversaries.index("CHN"))])
        return float(opening(world.inputs, china, Signs.of(world))[0, 0])

    assert invited(0.0, 0.5) < invited(0.5, 0.5) < invited(1.0, 0.5)
    assert invited(0.5, 0.2) < invited(0.5, 0.9)
    assert invited(0.0, 0.2) == invited(0.0, 0.9)


def test_disunity_invites():
    world = a_world(1)
    united, states = world.twin(), world.inputs.is_state
    united.state.position[:] = 0.5 * states
    world.state.position[:] = 0.5 * states
    world.state.position[..., world.inputs.index["USA"]] = 0.0
    campaign = Campaigns([Campaign(world.inputs.incident_by[0], 0)])
    invited = [opening(world.inputs, campaign, Signs.of(seen))[0, 0] for seen in (united, world)]
    assert invited[0] < invited[1]


def test_one_adversarys_crisis_is_the_others_chance():
    world = moved("open_other_ocean")
    russia, china = (world.inputs.adversaries.index(code) for code in ("RUS", "CHN"))
    at_large = Campaigns([Campaign(russia), Campaign(china)])
    assert BY_NAME["open_other_ocean"].legal(world, at_large)[:, 0].tolist() == [False, True]
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
    legal = {name for name, move in BY_NAME.items() if move.legal(world, Campaigns([Campaign(china)])).all()}
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
        world.state.pressure_over[:] = world.state.pressure[world.inputs.incident_suspect]
        move(world)
        counts.append((world.state.move[0] == place_of(less_of)).sum())
    assert counts[1] < counts[0]
