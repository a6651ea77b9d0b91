"""What a seat decides is done: texts wanted, formats called, evidence shared, projects proposed, blocked and ended."""

import pytest

from sim.errors import InputError
from sim.session import Session
from tests.builders_session import a_crisis, everybody, open_to, play, play_to

CRISIS = a_crisis()


def a_session(turn, step, loaded=CRISIS, seed=3):
    return play_to(Session(loaded, seed, people=everybody(loaded)), turn, step)


def told(session, kind, actor=None):
    """Events of a kind, or of one actor's."""
    return [event for event in session.events if event.kind == kind and actor in (None, event.actor)]


def test_what_a_seat_wants_counts_in_the_text():
    softer, stronger = a_session(1, "consult"), a_session(1, "consult")
    for session, wants in ((softer, "silence"), (stronger, "measures")):
        for code in ("EST", "DEU", "USA"):
            session.submit(open_to(session, code, "position"), wants)
        play(session)
    texts = [told(session, "text_proposed")[0].payload["text"] for session in (softer, stronger)]
    assert texts[0] < texts[1]


def test_a_seat_may_call_in_several_formats_in_one_turn():
    session = a_session(1, "consult")
    decision = open_to(session, "EST", "call")
    formats = [option.id for option in decision.options][:2]
    assert decision.most >= 2 and decision.least == 0
    capital = session.world.state.capital[0, session.world.inputs.index["EST"]]
    session.submit(decision, formats)
    play_to(session, 1, "sheet")
    called = {event.payload["format"] for event in told(session, "consultation_called")}
    assert set(formats) <= called
    assert session.world.state.capital[0, session.world.inputs.index["EST"]] < capital


def test_a_seat_that_calls_nowhere_calls_nowhere():
    usual, silent = (a_session(1, "consult", seed=1) for _ in range(2))
    for session in (usual, silent):
        while (session.turn, session.step) == (1, "consult"):
            decision = session.open_decisions()[0]
            session.submit(decision, () if session is silent and decision.kind == "call" else decision.default)
    assert told(usual, "consultation_called") and not told(silent, "consultation_called")


def test_more_than_the_calls_of_a_turn_are_refused():
    session = a_session(1, "consult", a_crisis(behaviour={"calls": 1}))
    decision = open_to(session, "EST", "call")
    with pytest.raises(InputError, match="choose at most 1 of"):
        session.submit(decision, [option.id for option in decision.options][:2])


def test_who_does_not_sit_in_a_format_asks_a_member_to_call_it():
    decision = open_to(a_session(1, "consult", a_crisis(behaviour={"call_stake_min": 0.0})), "EST", "call")
    g7 = next(option for option in decision.options if option.id == "g7")
    assert g7.via in ("DEU", "USA", "JPN") and all(option.cost > 0 for option in decision.options)


def test_evidence_that_is_shared_is_weighed_in_the_next_turn():
    alone, together = (a_session(1, "sheet") for _ in range(2))
    together.submit(open_to(together, "USA", "share", "grid"), "JPN")
    for session in (alone, together):
        play_to(session, 2, "consult")
    before, after = (session.view("JPN")["incidents"]["grid"]["confidence"] for session in (alone, together))
    assert before != after
    assert [event.payload["to"] for event in told(together, "evidence_shared", "USA")] == [["JPN"]]
    assert (
        alone.view("DEU")["incidents"]["grid"]["confidence"] == together.view("DEU")["incidents"]["grid"]["confidence"]
    )


@pytest.mark.parametrize("code", ["USA", "JPN"])
def test_one_of_those_who_have_a_say_stops_a_project(code):
    session = a_session(2, "sheet")
    for seat in ("EST", "DEU", "USA", "JPN"):
        session.submit(open_to(session, seat, "project", "coop_cyber"), "block" if seat == code else "support")
    (decided,) = told(play(session), "project_decided")
    assert (decided.payload["by"], decided.payload["outcome"]) == ([code], "blocked")


def test_a_project_that_runs_can_be_ended_and_proposed_again():
    session = a_session(1, "sheet")
    session.submit(open_to(session, "JPN", "cooperation"), "end:coop_exchange")
    play_to(session, 2, "sheet")
    assert [event.payload["project"] for event in told(session, "project_ended", "JPN")] == ["coop_exchange"]
    offered = [option.id for option in open_to(session, "EST", "cooperation").options]
    assert "propose:coop_exchange" in offered and "end:coop_exchange" not in offered
    session.submit(open_to(session, "EST", "cooperation"), "propose:coop_exchange")
    play_to(session, 3, "sheet")
    assert open_to(session, "EST", "project", "coop_exchange"), "it is put to a decision again"
    assert told(session, "project_proposed", "EST")


def test_adversaries_have_no_say_in_cooperation():
    session = a_session(1, "sheet")
    for code in ("RUS", "CHN"):
        assert {decision.kind for decision in session.open_decisions(code)} == {"move"}
