"""Control's run sheet says of every inject what it was for and whether it was released; no story does."""

import pytest

from sim.model.steps.control import Direction
from sim.output.narrative.injects import objectives_of, run_sheet
from sim.output.narrative.story import tell
from sim.output.pages.run import write_report
from sim.session import Session
from tests.builders import an_inject
from tests.builders_events import faults_of
from tests.builders_session import a_crisis, everybody, play, play_to

SAID = {
    "expects": "They share it.",
    "control_notes": "Not before lunch.",
    "storyline": "the_grid",
    "objectives": ["ask"],
}
OBJECTIVES = [{"id": "ask", "text": "Ask for help in time"}, {"id": "tell", "text": "Tell the public"}]
LOADED = a_crisis(
    objectives=OBJECTIVES,
    injects=[
        an_inject("planned", turn=2, title="A call", **SAID),
        an_inject("reserve", turn=2, title="A heron", kind="contingency", **SAID),
        an_inject("desk", turn=3, title="Coffee", to=["control"], kind="facilitation"),
    ],
)


def entry_of(session, name="reserve"):
    """The entry of an inject on the run sheet of a session."""
    return next(entry for entry in run_sheet(session.record, LOADED) if entry.inject == name)


def test_an_event_carries_what_its_inject_is_for():
    events = [event for event in Session(LOADED, 1).events if event.kind == "inject_released"]
    assert {name: events[0].payload[name] for name in SAID} == SAID
    assert [event.payload["kind"] for event in events] == ["inject", "facilitation"]
    assert not any(faults_of(event) for event in events)


def test_every_inject_stands_on_the_sheet_once_with_what_it_was_for():
    sheet = run_sheet(Session(LOADED, 1).record, LOADED)
    assert [(entry.inject, entry.turn, entry.stood) for entry in sheet] == [
        ("planned", 2, "released"),
        ("reserve", 2, "held"),
        ("desk", 3, "released"),
    ]
    assert (sheet[0].expects, sheet[0].notes, sheet[0].objectives) == ("They share it.", "Not before lunch.", ("ask",))
    assert (sheet[1].expects, sheet[1].notes, sheet[1].objectives) == ("They share it.", "Not before lunch.", ("ask",))
    assert sheet[1].kind == "contingency, of the grid" and not sheet[1].when
    assert sheet[2].to == "control"


def test_the_sheet_says_what_control_did():
    released = Session(LOADED, 1, at_start={3: [Direction("release", "reserve")]})
    assert (entry_of(released).turn, entry_of(released).stood) == (3, "released by control")
    session = play_to(Session(LOADED, 1, people=everybody(LOADED)), 1, "consult")
    session.direct(Direction("skip", "planned"))
    session.direct(Direction("hold", "desk"))
    play(session)
    assert entry_of(session, "planned").stood == "dropped by control"
    assert entry_of(session, "desk").stood == "held by control"


def test_what_control_writes_stands_on_the_sheet():
    session = play_to(Session(LOADED, 1, people=everybody(LOADED)), 2, "consult")
    fields = {"title": "A memo", "sender": "A minister", "to": ["EST"], "channel": "call", "text": "Well?"}
    session.direct(Direction("write", "memo", {**fields, "expects": "An answer."}))
    assert (entry_of(play(session), "memo").expects, entry_of(session, "memo").stood) == (
        "An answer.",
        "released by control",
    )


def test_each_objective_is_answered_by_what_served_it():
    asked, told = objectives_of(Session(LOADED, 1).record, LOADED)
    assert (asked.text, [entry.inject for entry in asked.served_by]) == ("Ask for help in time", ["planned", "reserve"])
    assert told.served_by == ()


def test_the_report_shows_control_the_sheet_and_the_objectives(tmp_path):
    report = write_report(Session(LOADED, 1).record, LOADED, [], None, tmp_path / "report.html").read_text("utf-8")
    sheet = report.split('id="sheet"')[1].split('id="objectives"')[0]
    objectives = report.split('id="objectives"')[1].split('id="principles"')[0]
    for words in ("A heron", "held", "They share it.", "Not before lunch.", "Coffee", "Turn 2"):
        assert words in sheet, words
    assert "A call, turn 2: released; A heron, turn 2: held." in " ".join(objectives.split())
    assert "No inject serves it." in objectives


@pytest.mark.parametrize("words", ["A heron", "They share it.", "Not before lunch."])
def test_the_story_is_silent_on_what_is_held_and_on_what_is_for_control(words):
    story = tell(Session(LOADED, 1).record, LOADED)
    assert words not in " ".join(line for turn in story for line in (*turn.sentences, *turn.short))
