"""What grows or fades with time does so by the length of the turn: many short turns come to one long one."""

import pytest

from sim.engine import play
from sim.model.steps.adjudicate import adjudicate
from sim.model.steps.assess import assess
from sim.record.record import Record
from tests.builders import a_scenario, an_inject
from tests.unit.model.steps.worlds import SIZES, a_world

A_DAY = {"count": 24, "hours": 1}
SPLITS = [({"count": 24, "hours": 1}, {"count": 1, "days": 1}), ({"count": 28, "days": 1}, {"count": 1, "days": 28})]
RUNNING = [{"project": "coop_cyber", "months_before": 6}]


def at_the_end(turns, runs, **changes):
    """A quiet world after its last turn: nobody responds and nobody moves."""
    world = a_world(runs, **{"turns": turns, **changes})
    for turn in range(1, turns["count"] + 1):
        world.turn = turn
        assess(world)
        adjudicate(world)
    return world


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize("short, long", SPLITS)
def test_capital_harm_tension_projects_and_evidence_go_by_the_clock_and_not_by_turns(short, long, runs):
    changes = {"cooperation": RUNNING, "incident": {"turn": 1}, "behaviour": {"tension_incident": 0.0}}
    many, one = (at_the_end(turns, runs, **changes).state for turns in (short, long))
    for name in ("capital", "cumulative_harm", "tension", "project_months", "information", "narrative"):
        assert getattr(many, name) == pytest.approx(getattr(one, name), rel=0.01, abs=1e-4), name


def test_the_chance_of_giving_in_multiplies_up_to_that_of_the_whole():
    coerced = {"issue": "coercion", "by": "CHN", "demand": {"text": "Recall the envoy."}}
    shares = []
    for turns in SPLITS[1]:
        world = at_the_end(turns, 600, incident={**coerced, "turn": 1}, behaviour={"episode_days": 60})
        shares.append(world.state.conceded[0, :, world.inputs.index["EST"]].mean())
    assert shares[0] == pytest.approx(shares[1], abs=0.08)


def test_no_days_are_told_outside_their_turn_and_none_finer_than_an_hour():
    loaded = a_scenario(start="2027-06-01 06:00", turns=[A_DAY, {"days": 1}, {"months": 1}])
    record = play(loaded, 3, trace=True).records[0]
    calendar = record.calendar
    assert calendar == loaded.scenario.calendar
    for event in record.events:
        if event.kind in ("turn_ends", "adversary_move", "assessment"):
            assert calendar.begins(event.turn) <= event.day < calendar.ends(event.turn), event
            assert (event.day * 24) == pytest.approx(round(event.day * 24), abs=1e-6)
        assert "T" in event.date
    assert Record.from_json(record.to_json()) == record


def test_a_clock_in_an_exercise_of_days_stands_with_its_inject_alone():
    record = play(a_scenario(injects=[an_inject(turn=2, time="09:30")]), 1, trace=True).records[0]
    assert {event.date[10:] for event in record.of_kind("inject_released")} == {"T09:30"}
    assert all("T" not in event.date for event in record.events if event.kind != "inject_released")
    assert all(isinstance(event.day, int) for event in record.events if event.kind != "inject_released")
