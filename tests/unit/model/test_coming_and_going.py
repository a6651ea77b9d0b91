"""Actors that join late or leave early: outside their time they take no part, and what they have done stands."""

import numpy as np

from sim.engine import play, play_points
from sim.output.narrative.story import tell
from sim.session import Session
from tests.builders import a_scenario, an_inject
from tests.builders_events import faults_of
from tests.properties.invented import differing, played, row

TURNS, FIRST, LAST = 5, 3, 2  # Japan joins in turn 3, Germany leaves after turn 2
COMING = {"actors": {"JPN": {"from_turn": FIRST}, "DEU": {"until_turn": LAST}}, "turns": TURNS}
QUESTION = {"text": "Do you speak?", "options": [{"id": "yes", "name": "Speaks"}, {"id": "no", "name": "Is silent"}]}
ASKED = [an_inject(f"asked_{turn}", turn=turn, question=QUESTION) for turn in range(1, TURNS + 1)]
LOADED = a_scenario(injects=ASKED, **COMING)
SEEDS = range(6)


def is_there(code, turn):
    return (code != "JPN" or turn >= FIRST) and (code != "DEU" or turn <= LAST)


def named_in(event):
    """Who acts in an event, or is named in it as somebody who takes part."""
    listed = [event.payload.get(name, ()) for name in ("members", "to", "positions", "confidence", "supporters")]
    return {event.actor, *(code for codes in listed if codes for code in codes)} & {"JPN", "DEU"}


def test_outside_its_time_an_actor_does_nothing_hears_nothing_and_sits_nowhere():
    for seed in SEEDS:
        record = play(LOADED, seed, trace=True).records[0]
        for event in record.events:
            if event.kind not in ("actor_leaves", "response_acts"):
                assert all(is_there(code, event.turn) for code in named_in(event)), event
        answered = {(event.actor, event.turn) for event in record.of_kind("question_answered")}
        assert {("JPN", FIRST), ("DEU", LAST)} <= answered
        assert not [fault for event in record.events for fault in faults_of(event)]


def test_a_seat_is_asked_in_its_time_alone():
    session, asked = Session(LOADED, 1, people=["JPN", "DEU"]), set()
    while not session.is_over:
        for decision in session.open_decisions():
            asked.add((decision.actor, decision.turn))
            session.submit(decision, decision.default)
    assert asked == {(code, turn) for code in ("JPN", "DEU") for turn in range(1, TURNS + 1) if is_there(code, turn)}


def test_the_story_says_who_comes_and_goes():
    story = tell(play(LOADED, 1, trace=True).records[0], LOADED)
    assert [turn.number for turn in story if "Japan takes part from now on." in turn.short] == [FIRST]
    gone = "Germany takes part no longer; what it has done stands."
    assert [turn.number for turn in story if gone in turn.sentences] == [LAST + 1]


def test_a_run_alone_is_its_row_of_a_batch_though_actors_come_and_go():
    together = played(LOADED, 3, range(5)).state
    for number in range(5):
        assert differing(played(LOADED, 3, [number]).state, row(together, number)) == []


def test_what_an_actor_has_done_stands_when_it_has_left():
    world = played(a_scenario(**COMING), 1, range(40))
    inputs, germany = world.inputs, world.inputs.index["DEU"]
    did = world.state.joined[:, :, germany].any(axis=0)
    assert did.any() and not inputs.is_state[germany]
    acted = world.state.joined[inputs.is_deed].any(axis=0)
    assert (
        world.series["joiners"][-1] == world.state.joined.any(axis=0)[:, inputs.everybody.is_state].sum(axis=-1)
    ).all()
    assert acted[:, germany].any()


def test_when_an_actor_leaves_may_be_what_nobody_knows():
    path = "actors.DEU.until_turn"
    stays, leaves = (played_at({path: turn}) for turn in (TURNS, 1))
    assert (stays != leaves).any()


def played_at(point):
    return play_points(a_scenario(**COMING), [point] * 12, np.arange(12), seed=1).measures["joiners"]
