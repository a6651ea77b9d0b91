"""What could still come: continuations from the middle of an exercise leave it as it was and come to an end."""

import copy
import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim import engine
from sim.catalogue.measures import MEASURES
from sim.engine import outcome_of, play_out, simulate_forward, simulate_several
from sim.model.steps.joining import lead_days
from sim.record.recorder import EventRecorder
from tests.builders import a_scenario
from tests.properties.invented import arrays, differing, laws, played, scenarios, seeds

ONLY_GROWS = ("harm", "silences_broken", "peak_tension", "cooperation_cost")


@laws(15)
@given(scenarios(), seeds, seeds)
def test_looking_ahead_changes_nothing(written, seed, other):
    world = played(written, seed, [0], turns=1, recorder=EventRecorder())
    before, events, series = world.state.copy(), list(world.recorder.events), copy.deepcopy(world.series)
    simulate_forward(world, 3, other)
    assert differing(before, world.state) == []
    assert (world.turn, world.recorder.events, world.decided) == (1, events, {})
    assert all(np.array_equal(values, series[name]) for name, values in world.series.items())
    play_out(world)
    assert differing(world.state, played(written, seed, [0]).state) == []


def test_a_hundred_continuations_all_come_to_an_end():
    loaded = a_scenario(turns=6, cooperation=[{"project": "coop_cyber", "turn": 2}])
    world = played(loaded, 1, [0], turns=3)
    futures = simulate_forward(world, 100, 5)
    assert set(futures) == set(MEASURES)
    for name, values in futures.items():
        assert values.shape == (100,)
        assert np.isfinite(values).all() or MEASURES[name].may_be_missing, name


@laws(10)
@given(scenarios(turns=(3, 4)), seeds, seeds)
def test_what_has_happened_has_happened_in_every_continuation(written, seed, other):
    world = played(written.but_incidents(turn=1), seed, [0], turns=2)
    now, futures = outcome_of(world)["measures"], simulate_forward(world, 5, other)
    for name in ONLY_GROWS:
        assert (futures[name] >= now[name] - 1e-9).all(), name


@laws(10)
@given(scenarios(), seeds, seeds)
def test_the_same_look_ahead_sees_the_same(written, seed, other):
    world = played(written, seed, [0], turns=1)
    one, again = simulate_forward(world, 4, other), simulate_forward(world, 4, other)
    assert all(np.array_equal(one[name], again[name], equal_nan=True) for name in one)


def test_more_continuations_begin_with_the_same_ones():
    world = played(a_scenario(turns=5), 1, [0], turns=2)
    few, many = simulate_forward(world, 4, 9), simulate_forward(world, 40, 9)
    assert all(np.array_equal(few[name], many[name][:4], equal_nan=True) for name in few)


def test_continuations_are_the_same_side_by_side(monkeypatch):
    world = played(a_scenario(turns=5, cooperation=[{"project": "coop_cyber", "turn": 1}]), 1, [0, 1], turns=2)
    alone = simulate_several(world, 41, 9)
    monkeypatch.setattr(engine, "EACH_THREAD", 8)
    monkeypatch.setattr(engine.os, "cpu_count", lambda: 4)
    for one, other in zip(alone, simulate_several(world, 41, 9), strict=True):
        assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


def test_continuations_have_luck_of_their_own():
    world = played(a_scenario(turns=8), 1, [0], turns=1)
    assert np.unique(simulate_forward(world, 50, 9)["harm"]).size > 1


def test_a_world_ahead_shares_no_array_with_the_one_it_came_from():
    world = played(a_scenario(), 1, [0], turns=1)
    future = world.ahead(world.draws, [0])
    mine, theirs = arrays(world.state), arrays(future.state)
    assert not [name for name in mine if np.shares_memory(mine[name], theirs[name])]
    assert {item.name for item in dataclasses.fields(world.state)} == set(mine)


@laws(8)
@given(scenarios(), seeds, st.integers(1, 3))
def test_what_an_actor_is_like_stays(written, seed, runs):
    """Thresholds and tempo were drawn once for the run, and go on in every continuation of it."""
    world = played(written, seed, [0], turns=1)
    future = world.ahead(world.draws, [0] * runs)
    for name in ("threshold", "severity_noise"):
        assert (getattr(future.state, name) == getattr(world.state, name)).all(), name
    options = np.arange(len(world.inputs.options))
    for place in range(len(world.inputs.actors)):
        mine, theirs = (lead_days(one, options, 0 * options, 0 * options + place) for one in (world, future))
        assert (mine == theirs).all()
        assert (mine >= 0).all()
