"""What every scenario that ships has to offer, written once and asked of all of them."""

from functools import cache

import numpy as np
import pytest

from sim.catalogue.measures import MEASURES
from sim.engine import play
from sim.scenario import check_files, load, resolve_members, shipped

SMALL = "smallest"  # two minutes to read: few of the fields that the others fill
NAMES = shipped()
WHOLE = [name for name in NAMES if name != SMALL]
EXPECTED = {
    "cooperation_portfolio", "cyber_incident", "disinformation", "economic_coercion", "one_day", "smallest",
    "standards_contest", "summit_week", "two_theatres", "undersea_cable",
}  # fmt: skip
RUNS = 8


@cache
def loaded(name):
    return load(name)


@cache
def outcomes(name):
    """A few runs of a scenario, with and without its cooperation."""
    return play(loaded(name), seed=7, runs=RUNS).outcomes


def scenario_of(name):
    return loaded(name).scenario


def members(name, body):
    """Who takes part and belongs to a body, on the scenario's first day."""
    scenario, library = scenario_of(name), loaded(name).library
    inside = set(resolve_members([body], library, scenario.first_day)) - {body}
    return inside & set(resolve_members(scenario.participants, library, scenario.first_day))


def test_the_scenarios_that_ship_are_these():
    assert set(NAMES) == EXPECTED


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_loads_without_a_fault(name):
    assert [str(fault) for fault in check_files([name])] == []


@pytest.mark.parametrize("name", WHOLE)
def test_nato_comes_with_32_members_and_the_union_with_27(name):
    assert (len(members(name, "NATO")), len(members(name, "EU"))) == (32, 27)
    assert members(name, "NATO").isdisjoint(members(name, "group:ip4"))
    assert members(name, "group:ip4") == {"AUS", "JPN", "KOR", "NZL"}


@pytest.mark.parametrize("name", WHOLE)
def test_the_run_sheet_is_long_enough_for_a_morning_and_short_enough_for_a_day(name):
    assert 8 <= len(scenario_of(name).injects) <= 20


@pytest.mark.parametrize("name", NAMES)
def test_every_inject_has_a_sender_recipients_a_channel_and_words_and_falls_into_the_exercise(name):
    scenario = scenario_of(name)
    for inject in scenario.injects:
        assert inject.sender and inject.to and inject.channel and len(inject.text) >= 40, inject.id
        assert inject.turn is None or 1 <= inject.turn <= scenario.calendar.turns, inject.id
        moment = scenario.moment_of(inject)
        assert moment is None or 0 <= scenario.calendar.day_of(moment) < scenario.calendar.length, inject.id


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_says_what_it_is_for_what_to_talk_about_and_what_nobody_knows(name):
    scenario = scenario_of(name)
    assert scenario.objectives and scenario.questions and scenario.uncertainties


@pytest.mark.parametrize("name", WHOLE)
def test_a_scenario_says_what_can_be_chosen_and_judges_by_measures_that_exist(name):
    scenario = scenario_of(name)
    assert scenario.levers
    assert set(scenario.measures or ()) <= set(MEASURES)


@pytest.mark.parametrize("name", WHOLE)
def test_those_who_matter_have_a_brief_of_their_own(name):
    scenario = scenario_of(name)
    briefed = {code for code, actor in scenario.actors.items() if actor.brief}
    victims = {code for incident in scenario.incidents for code in incident.victims}
    assert len(briefed) >= 5
    assert briefed & victims or not victims


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_plays_to_its_end_and_its_measures_are_numbers(name):
    found = outcomes(name)
    for arm in (found.measures, found.baseline_measures or {}):
        for measure, values in arm.items():
            assert values.shape == (RUNS,)
            assert MEASURES[measure].may_be_missing or np.isfinite(values).all(), measure
    for series in found.series.values():
        assert series.shape == (scenario_of(name).calendar.turns, RUNS)
        assert np.isfinite(series).all()


@pytest.mark.parametrize("name", NAMES)
def test_something_is_at_stake_and_somebody_answers(name):
    found = outcomes(name)
    assert (found.measures["harm"] > 0).all()
    assert (found.measures["joiners"] > 0).mean() > 0.5


@pytest.mark.parametrize("name", WHOLE)
def test_the_cooperation_can_be_told_from_its_absence(name):
    found = outcomes(name)
    if scenario_of(name).cooperation:
        apart = [key for key in found.measures if (found.measures[key] != found.baseline_measures[key]).any()]
        assert {"harm", "readiness", "standing"} & set(apart)
