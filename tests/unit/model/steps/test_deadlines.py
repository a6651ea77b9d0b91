"""Deadlines of injects: kept by what is done in time, or passed, with what follows."""

import numpy as np
import pytest

from sim.engine import play
from sim.errors import InputError
from sim.model.steps.control import Direction
from sim.output.narrative.injects import run_sheet
from sim.session import Session
from tests.builders import a_scenario, an_inject
from tests.builders_events import faults_of

QUESTION = {"text": "Do you withdraw?", "options": [{"id": "yes", "name": "Withdraws"}, {"id": "no", "name": "Stays"}]}
WITHDRAWN = {"answer": {"inject": "threat", "option": "yes", "by": "EST"}}


def threat(turn=2, **changes):
    """A scenario in which Estonia is threatened in turn 1, and a seat may give in."""
    deadline = {
        "turn": turn,
        "unless": WITHDRAWN,
        "text": "The line is closed.",
        "effects": [{"on": "tension", "by": 0.3}],
        **changes,
    }
    fields = {"to": ["EST"], "question": {**QUESTION, "turns": 2}, "deadline": deadline}
    return a_scenario(injects=[an_inject("threat", **fields)])


def played(loaded, choice, seed=1):
    session = Session(loaded, seed, people=["EST"])
    while not session.is_over:
        for decision in session.open_decisions():
            session.submit(decision, choice if decision.kind == "question" else decision.default)
    return session


def ends(session):
    """When each deadline ended, and how."""
    return [(event.turn, event.payload["outcome"]) for event in session.events if event.kind == "deadline_ends"]


def test_a_deadline_is_kept_or_passes_at_the_end_of_its_turn_and_is_felt_then():
    kept, passed = (played(threat(), choice) for choice in ("yes", "no"))
    assert ends(kept) == [(2, "kept")] and ends(passed) == [(2, "passed")]
    one, other = (session.record.series("tension") for session in (kept, passed))
    assert one[0] == other[0] and one[1] < other[1]
    assert not [fault for session in (kept, passed) for event in session.events for fault in faults_of(event)]


def test_whoever_receives_it_reads_by_when_and_what_is_threatened():
    session = Session(threat(), 1, people=["EST", "USA"])
    read = session.view("EST")["injects"][0]
    assert (read["by"], read["otherwise"]) == ("2024-05-02", "The line is closed.")
    assert session.view("USA")["injects"] == []


def test_a_date_is_judged_at_the_end_of_its_turn():
    assert ends(played(threat(turn=None, date="2024-04-05"), "no")) == [(2, "passed")]


def test_an_inject_that_is_not_released_sets_no_deadline_and_one_that_comes_late_ends_at_once():
    loaded = threat()
    held, late = (Session(loaded, 1, people=["EST"], at_start={1: [Direction("hold", "threat")]}) for _ in range(2))
    for session in (held, late):
        while not session.is_over:
            if session is late and session.turn == 3 and not ends(late) and not released(late):
                session.direct(Direction("release", "threat"))
            for decision in session.open_decisions():
                session.submit(decision, decision.default if decision.kind != "question" else "no")
    assert ends(held) == [] and ends(late) == [(3, "passed")]


def released(session):
    return [event for event in session.events if event.kind == "inject_released"]


def test_in_a_batch_each_run_has_its_own_end():
    loaded = threat()
    one, many = (play(loaded, seed=1, runs=8, batch=batch).outcomes for batch in (1, 8))
    for name, values in one.measures.items():
        np.testing.assert_array_equal(values, many.measures[name])


def test_control_reads_what_keeps_it():
    loaded = threat()
    (entry,) = run_sheet(Session(loaded, 1).record, loaded)
    assert "its deadline passes unless Estonia has answered 'Withdraws'" in entry.condition


@pytest.mark.parametrize(
    "changes, advice",
    [
        ({"turn": 4}, "ends in turn 4, but the exercise has 3 turns"),
        ({"date": "2024-04-05"}, "the deadline of inject 'threat' has a 'turn' or a 'date', not both"),
        ({"turn": None}, "the deadline of inject 'threat' needs a 'turn'"),
        ({"turn": None, "date": "2026-01-01"}, "outside the exercise"),
        ({"unless": {}}, "a deadline names what keeps it"),
        ({"unless": {"stopped": ["gird"]}}, "no incident 'gird'"),
        ({"effects": [{"on": "capital", "by": 0.1}]}, "needs the 'actor'"),
    ],
)
def test_a_deadline_that_cannot_be_is_refused_with_advice(changes, advice):
    with pytest.raises(InputError) as refused:
        threat(**changes)
    assert advice in str(refused.value)


def test_a_deadline_does_not_end_before_its_inject():
    with pytest.raises(InputError, match="ends before its inject is released, in turn 3"):
        late = {"turn": 2, "unless": {"stopped": ["grid"]}, "text": "Too late."}
        a_scenario(injects=[an_inject(turn=3, deadline=late)])


@pytest.mark.parametrize(
    "when, ends, said",
    [
        ({"date": "2027-06-02 08:00"}, 3, "2027-06-02T08:00"),
        ({"date": "2027-06-02 06:00"}, 2, "2027-06-02T06:00"),
        ({"turn": 2, "time": "05:00"}, 2, "2027-06-02T05:00"),
        ({"turn": 2}, 2, "2027-06-02T06:00"),
        ({"date": "2027-06-01"}, 1, "2027-06-01"),
        ({"date": "2027-06-02"}, 4, "2027-06-02"),
    ],
)
def test_a_deadline_by_the_clock_is_judged_by_the_end_of_the_turn_in_which_it_is_past(when, ends, said):
    deadline = {**when, "unless": {"stopped": ["grid"]}, "text": "The line is closed."}
    loaded = a_scenario(
        start="2027-06-01 18:00", turns={"count": 4, "hours": 6}, injects=[an_inject(to=["EST"], deadline=deadline)]
    )
    events = played(loaded, "no").events
    (told,) = [event for event in events if event.kind == "deadline_set"]
    (over,) = [event for event in events if event.kind == "deadline_ends"]
    assert (told.payload["date"], over.turn) == (said, ends)
