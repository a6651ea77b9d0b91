"""What is felt at the end of a turn: harm and relief, pressure, giving in, tension, readiness, capital, projects."""

import numpy as np
import pytest

from sim.model.state import delivered, effect
from sim.model.steps.adjudicate import adjudicate, concede
from sim.rules.cooperation import BROKEN, RUNNING
from tests.builders import a_library
from tests.unit.model.steps.worlds import SIZES, a_world, option

DEMAND = {"issue": "coercion", "by": "CHN", "demand": {"text": "Recall the envoy."}, "victims": {"EST": 0.6}}


def settled(runs=1, joined=(), **changes):
    """A world settled with some responses joined by some and in effect: pairs of a response and a code."""
    world = a_world(runs, **changes)
    for response, code in joined:
        o, place = option(world, response), world.inputs.index[code]
        world.state.joined[o, :, place], world.state.effect_day[o, :, place] = True, 5.0
    adjudicate(world)
    return world


# ------------------------------------------------------------------------------------------------- harm and pressure


@pytest.mark.parametrize("runs", SIZES)
def test_harm_flows_while_the_incident_goes_on_and_adds_up_by_the_month(runs):
    world = settled(runs)
    assert world.state.harm[0].tolist() == pytest.approx([0.5] * runs, abs=1e-5)
    assert world.state.cumulative_harm[0].tolist() == pytest.approx([0.5] * runs, abs=1e-5)


def test_what_has_stopped_does_no_more_harm():
    world = a_world(3)
    world.state.intensity[:] = 0.0
    adjudicate(world)
    assert not world.state.harm.any()


@pytest.mark.parametrize("runs", SIZES)
def test_support_takes_harm_away_and_more_of_it_more(runs):
    none, some, more = (
        settled(runs, [("response_team", code) for code in codes]) for codes in ([], ["DEU"], ["DEU", "USA"])
    )
    assert (none.state.harm > some.state.harm).all() and (some.state.harm > more.state.harm).all()
    assert not none.state.relief.any()


def test_what_is_not_yet_in_effect_is_not_felt():
    world = a_world(1)
    o = option(world, "response_team")
    world.state.joined[o], world.state.effect_day[o] = True, 31.0
    adjudicate(world)
    assert not world.state.relief.any()


def test_what_takes_effect_on_the_first_day_of_a_turn_is_new_in_it_and_in_no_other():
    rises = []
    for since in (0.0, 1.0, 31.0):
        world = a_world(1)
        o = option(world, "sanctions")
        world.state.joined[o], world.state.effect_day[o] = True, world.day + since
        before = world.state.tension.copy()
        adjudicate(world)
        rises.append(float(world.state.tension[0] - before[0]))
        assert world.state.in_effect[o].all() == (since < 31)
    assert rises[0] == rises[1] > rises[2]


@pytest.mark.parametrize("runs", SIZES)
def test_pressure_falls_on_the_suspect_alone(runs):
    world = settled(runs, [("sanctions", "USA")])
    russia, china = (world.inputs.adversaries.index(code) for code in ("RUS", "CHN"))
    assert (world.state.pressure[russia] > 0).all() and not world.state.pressure[china].any()


def test_large_economies_press_harder_than_small_ones():
    assert (
        settled(1, [("sanctions", "USA")]).state.pressure.max()
        > settled(1, [("sanctions", "EST")]).state.pressure.max()
    )


def test_together_they_press_harder_than_one_by_one():
    one, other = (settled(1, [("sanctions", code)]).state.pressure.max() for code in ("USA", "DEU"))
    both = settled(1, [("sanctions", "USA"), ("sanctions", "DEU")]).state.pressure.max()
    assert both > one + other


# ------------------------------------------------------------------------------------------------- giving in


def gave_in(relief=0.0, severity=0.6, major=False, runs=4000, days=360):
    """How often the victim gives in within one long turn."""
    incident = {**DEMAND, "victims": {"EST": severity}, "demand": {"text": "Recall the envoy.", "major": major}}
    world = a_world(runs, incident=incident, days=days)
    world.state.relief[:] = relief
    concede(world)
    return world.state.conceded[0].any(axis=-1).mean()


def test_a_victim_gives_in_less_often_the_more_it_is_helped():
    often = [gave_in(relief) for relief in (0.0, 0.5, 1.0)]
    assert often == sorted(often, reverse=True) and often[0] > often[-1] > 0


def test_a_victim_gives_in_more_often_the_more_it_bears():
    assert gave_in(severity=0.9) > gave_in(severity=0.2)


def test_a_great_demand_is_refused_more_often():
    assert gave_in(major=True) < gave_in()


def test_a_year_in_two_parts_is_a_year():
    """The hazard does not depend on how long a turn is."""
    half = gave_in(days=180, runs=8000)
    assert gave_in(days=360, runs=8000) == pytest.approx(1 - (1 - half) ** 2, abs=0.02)


def test_only_victims_of_a_demand_give_in():
    world = a_world(500, days=360)
    concede(world)
    assert not world.state.conceded.any()
    coerced = a_world(500, incident=DEMAND, days=360)
    concede(coerced)
    assert not np.delete(coerced.state.conceded, coerced.inputs.index["EST"], axis=-1).any()


def test_a_coercer_whose_victims_all_gave_in_stops():
    world = a_world(3, incident=DEMAND)
    world.state.conceded[..., world.inputs.index["EST"]] = True
    adjudicate(world)
    assert not world.state.intensity.any() and not world.state.stopped.any()


def test_an_incident_ends_when_its_time_is_over():
    world = settled(3, incident={"turns": 1})
    assert not world.state.intensity.any()


# ------------------------------------------------------------------------------------------------- the rest


@pytest.mark.parametrize("runs", SIZES)
def test_tension_cools_when_nothing_happens(runs):
    world = a_world(runs, incident={"turn": 2})
    before = world.state.tension.copy()
    adjudicate(world)
    assert (world.state.tension < before).all()
    assert (world.state.peak_tension == before).all()


def test_tension_rises_with_a_grave_incident_and_with_risky_answers():
    quiet, incident, answer = (settled(1, joined, incident={"victims": {"EST": severity}}) for joined, severity in
                          (([], 0.1), ([], 0.9), ([("sanctions", "USA"), ("sanctions", "DEU")], 0.9)))  # fmt: skip
    assert quiet.state.tension < incident.state.tension < answer.state.tension


@pytest.mark.parametrize("runs", SIZES)
def test_capital_comes_back_to_those_who_act(runs):
    world = settled(runs)
    gained = world.state.income
    states = world.inputs.is_state
    a_turn = world.inputs.params.capital_year * world.inputs.capacity[:, states] * 30 / 365
    assert gained[:, states] == pytest.approx(np.tile(a_turn, (runs, 1)), abs=1e-5)
    assert not gained[:, ~states].any()


def test_each_naming_makes_the_next_a_little_easier():
    library = a_library()
    naming = library.responses["public_attribution"].model_copy(update={"coded_as": "public_attribution"})
    library = library.model_copy(update={"responses": {**library.responses, "public_attribution": naming}})
    named = settled(1, [("public_attribution", "USA")], library=library)
    assert 0 < named.state.norm[0] <= 0.3
    assert not settled(1, library=library).state.norm.any()


def test_series_are_kept_turn_by_turn():
    world = settled(3)
    assert {len(values) for values in world.series.values()} == {1}
    assert {values[0].shape for values in world.series.values()} == {(3,)}


# ------------------------------------------------------------------------------------------------- projects

FIRST, FULL = 6, 24  # months to first output and to full delivery in the small library


def running(months, runs=1, seed=1, **changes):
    world = a_world(runs, seed, cooperation=[{"project": "coop_cyber", "months_before": months}], **changes)
    adjudicate(world)
    return world


@pytest.mark.parametrize("months, share", [(0, 0.0), (FIRST - 2, 0.0), (FULL, 1.0), (3 * FULL, 1.0)])
def test_a_project_gives_nothing_at_first_and_all_when_it_is_ripe(months, share):
    assert delivered(running(months, 3)).tolist() == [[share] * 3]


def test_a_project_gives_more_and_more_in_between():
    early, late = (delivered(running(months))[0, 0] for months in (9, 18))
    assert 0 < early < late < 1


def test_what_a_project_gives_is_its_effect():
    world = running(3 * FULL)
    assert effect(world, "discriminability")[0, 0] == pytest.approx(0.1, abs=1e-5)
    assert effect(world, "resilience")[0, 0] == 0


def begun(runs, p_fail):
    """Projects that were agreed some time ago and are due to deliver now."""
    library = a_library()
    project = library.cooperation["coop_cyber"]
    project = project.model_copy(update={"p_fail": project.p_fail.model_copy(update={"value": p_fail})})
    library = library.model_copy(update={"cooperation": {**library.cooperation, "coop_cyber": project}})
    world = a_world(runs, library=library, cooperation=[{"project": "coop_cyber", "turn": 1}])
    world.state.project_state[:], world.state.project_months[:] = RUNNING, FIRST - 0.5
    adjudicate(world)
    return world


def test_a_project_fails_as_often_as_its_risk_says_when_it_is_due():
    world = begun(2000, 0.3)
    assert (world.state.project_state == BROKEN).mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / 2000))
    assert not delivered(world)[world.state.project_state == BROKEN].any()


def test_money_is_spent_on_what_runs():
    world = running(12)
    assert world.state.project_spent[0, 0] == pytest.approx(10 * 30 / 365, abs=1e-4)
