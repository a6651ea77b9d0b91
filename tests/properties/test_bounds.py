"""Probabilities and shares lie between 0 and 1, days run forward, and every sound scenario can be played to its end."""

import numpy as np
import pytest
from hypothesis import given

from sim.catalogue.measures import MEASURES
from sim.engine import play, play_points
from sim.model.steps import play_turn
from sim.model.varying import PointError
from sim.scenario import load_library
from sim.scenario.library import domain_of
from tests.builders import a_scenario, an_incident
from tests.builders_events import faults_of
from tests.properties.invented import laws, played, scenarios, seeds

SHARES = (
    "p_join",
    "position",
    "stake",
    "bond",
    "perceived",
    "severity",
    "publicness",
    "difficulty",
    "asked",
    "relief",
    "consultation_text",
    "consultation_share",
    "covered",
    "pressure",
    "tension",
    "peak_tension",
    "linkage",
    "threat",
    "narrative",
    "standing",
    "transparency",
    "readiness",
    "overreach",
    "norm",
)
AT_LEAST_NOTHING = (
    "information",
    "intensity",
    "remembered",
    "harm",
    "cumulative_harm",
    "spent",
    "breaks",
    "duplication",
    "called",
    "called_best",
    "project_months",
    "project_spent",
)
NOT_YET_BEFORE = 1e8


@laws(40)
@given(scenarios(), seeds)
def test_shares_and_probabilities_lie_between_0_and_1(written, seed):
    state = played(written, seed, range(5)).state
    for name in SHARES:
        values = getattr(state, name)
        assert ((values >= 0) & (values <= 1)).all(), name
    for name in AT_LEAST_NOTHING:
        assert (getattr(state, name) >= 0).all(), name


def test_a_stake_is_never_more_than_everything():
    gravest = a_scenario(turns=8, incident={"victims": {"EST": 1.0}}, behaviour={"move_escalate": 5.0})
    assert played(gravest, 1, range(20), turns=4).state.stake.max() <= 1


def test_exposure_never_falls_below_none():
    relief = {
        "id": "relief",
        "title": "New trade",
        "turn": 1,
        "sender": "A bank",
        "to": ["all"],
        "channel": "brief",
        "text": "We need them less.",
        "effects": [{"on": "exposure", "actor": "DEU", "adversary": "RUS", "by": -0.9}],
    }
    world, as_it_was = (
        played(a_scenario(turns=1, injects=injects, actors={"DEU": {"exposure": {"RUS": 0.0}}}), 1)
        for injects in ([relief], [])
    )
    place = world.inputs.index["DEU"]
    assert np.allclose(world.base_utilities[0][..., place], as_it_was.base_utilities[0][..., place])


@laws(25)
@given(scenarios(), seeds)
def test_measures_lie_within_their_limits(written, seed):
    measures = play(written.loaded, seed, runs=4).outcomes.measures
    assert set(measures) == set(MEASURES)
    assert not [name for name, values in measures.items() if not _is_within_limits(name, values).all()]


def _is_within_limits(name, values):
    """Which values of a measure are numbers it can have, or say nothing where it may say nothing."""
    low, high = MEASURES[name].limits
    missing = np.isnan(values) & MEASURES[name].may_be_missing
    return missing | (np.isfinite(values) & (low <= values) & (values <= high))


def _with_everything():
    """A small scenario with a bit of all: bodies, an incident and coercion, projects that run and that are decided."""
    return a_scenario(
        participants=["NATO", "EU", "JPN", "RUS", "CHN"],
        incidents=[
            an_incident(may_widen_to=["LVA"]),
            an_incident("wine", by="CHN", victims={"JPN": 0.4}, issue="coercion", demand={"text": "Give in"}),
        ],
        cooperation=[{"project": "coop_cyber", "months_before": 12}, {"project": "coop_exchange", "turn": 1}],
    )


def test_each_coefficient_can_be_played_at_each_end_of_its_limits():
    """Every measure stays what it can be, and nothing is divided by nothing (a warning is an error here)."""
    library = load_library()
    ends = [(name, end) for name in library.behaviour for end in domain_of(library, name).limits]
    points = [{f"behaviour.{name}": end} for name, end in ends for _ in range(2)]
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        found = play_points(_with_everything(), points, [0, 1] * len(ends), seed=1)
    beyond = {
        (*ends[run // 2], name, float(values[run]))
        for measures in (found.measures, found.baseline_measures)
        for name, values in measures.items()
        for run in np.flatnonzero(~_is_within_limits(name, values))
    }
    assert not beyond


@pytest.mark.parametrize(
    "name, value", [("norm_crowd", 0.0), ("calls", 1e9), ("tension_start", 100.0), ("b_stake", np.nan)]
)
def test_a_coefficient_beyond_its_limits_is_played_nowhere(name, value):
    with pytest.raises(PointError, match=name):
        play_points(a_scenario(), [{f"behaviour.{name}": value}], [0], seed=1)


@laws(20)
@given(scenarios(), seeds)
def test_every_event_is_as_the_dictionary_of_events_says(written, seed):
    record = play(written.loaded, seed, trace=True, baseline=False).records[0]
    assert [fault for event in record.events for fault in faults_of(event)] == []


@laws(20)
@given(scenarios(), seeds)
def test_the_chances_of_moves_and_of_calls_are_chances(written, seed):
    record = play(written.loaded, seed, trace=True, baseline=False).records[0]
    for event in record.of_kind("adversary_move", "consultation_called"):
        chances = [terms["probability"] for terms in event.payload["terms"].values()]
        assert sum(chances) <= 1 + 1e-9
        assert 0 < event.payload["probability"] <= 1


@laws(20)
@given(scenarios(), seeds)
def test_what_ended_stays_ended_and_what_accumulates_never_shrinks(written, seed):
    world = played(written, seed, range(3), turns=1)
    while world.turn < world.inputs.turns:
        before = world.state.copy()
        play_turn(world)
        now = world.state
        for name in (
            "joined",
            "conceded",
            "stopped",
            "cumulative_harm",
            "spent",
            "called",
            "peak_tension",
            "covered",
            "asked",
            "information",
        ):
            assert (getattr(now, name) >= getattr(before, name)).all(), name
        assert not ((now.intensity > 0) & before.stopped).any()
        decided = before.decided_day < NOT_YET_BEFORE
        assert (now.effect_day[decided] == before.effect_day[decided]).all()


@laws(20)
@given(scenarios(), seeds)
def test_an_adversary_that_is_suspected_joins_nothing_and_wants_no_text(written, seed):
    world = played(written, seed)
    adversaries = [world.inputs.index[code] for code in world.inputs.adversaries]
    assert not world.state.joined[..., adversaries].any()
    assert not world.state.p_join[..., adversaries].any()


def test_an_incident_that_no_response_fits_can_be_played():
    assert played(a_scenario(incident={"issue": "edt"}), 1).turn == 3


def test_an_exercise_without_any_format_on_the_table_can_be_played():
    world = played(a_scenario(formats=["g7"], participants=["EST", "LVA", "RUS"]), 1)
    assert world.turn == 3 and not world.inputs.consultations


def test_an_exercise_with_one_state_and_one_adversary_can_be_played():
    assert played(a_scenario(participants=["EST", "RUS"]), 1).turn == 3
