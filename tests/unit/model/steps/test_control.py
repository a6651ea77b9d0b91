"""What control directs: each does what it says and is in the record; a bad one earns advice and changes nothing."""

import json

import pytest

from sim.errors import InputError
from sim.model.steps.control import QUANTITIES, Direction
from sim.output.narrative.story import tell
from sim.session import Session
from tests.builders import an_inject
from tests.builders_events import faults_of
from tests.builders_session import a_crisis, everybody, open_to, play, play_to

CRISIS = a_crisis()
AN_INJECT = {"title": "A call", "sender": "A minister", "to": ["EST"], "channel": "call", "text": "Well?"}


def a_session(turn=1, step="consult", **more):
    """The crisis with somebody in every seat, when a step of a turn waits for them."""
    return play_to(Session(CRISIS, 3, people=everybody(CRISIS), **more), turn, step)


def seen_by(session, code):
    """Titles of what has reached a seat."""
    return [inject["title"] for inject in session.view(code)["injects"]]


def released(session, name):
    """The turns in which an inject was released."""
    return [e.turn for e in session.events if e.kind == "inject_released" and e.payload["inject"] == name]


def how_it_stands(session, name):
    """The status of an inject in the plan."""
    return next(planned.status for planned in session.world.plan if planned.inject.id == name)


# ------------------------------------------------------------------------------------------------- in the record

GOOD = {
    "release": Direction("release", "rumour", None, "the table is idle"),
    "hold": Direction("hold", "relief", None, "not yet"),
    "skip": Direction("skip", "relief", None, "no time left"),
    "edit": Direction("edit", "relief", {"text": "Half of it."}, "too generous"),
    "write": Direction("write", "call", AN_INJECT, "they asked"),
    "set": Direction("set", "tension", {"to": 0.7}, "a ship was rammed"),
    "seat": Direction("seat", "JPN", "hawk", "the player has to leave"),
}


@pytest.mark.parametrize("direction", GOOD.values(), ids=GOOD)
def test_a_direction_is_in_the_record_with_its_reason(direction):
    session = a_session()
    session.direct(direction)
    told = [event for event in session.events if event.kind == "control_directs"]
    assert [event.payload for event in told] == [
        {
            "direction": direction.kind,
            "target": direction.target,
            "value": json.dumps(direction.value),
            "reason": direction.reason,
        }
    ]
    assert not faults_of(told[0])
    assert session.inputs[-1] == direction


@pytest.mark.parametrize("direction", GOOD.values(), ids=GOOD)
def test_a_direction_is_told_in_the_story(direction):
    session = a_session()
    session.direct(direction)
    (turn,) = [turn for turn in tell(play(session).record, CRISIS) if turn.number == 1]
    assert any(line.startswith("Control ") and direction.reason in line for line in turn.sentences)


@pytest.mark.parametrize("direction", [*GOOD.values(), Direction("proceed", reason="time is up")])
def test_a_direction_is_stored_as_a_line(direction):
    assert Direction.from_json(direction.to_json()) == direction


# ------------------------------------------------------------------------------------------------- injects


def test_what_is_released_reaches_its_recipients_now_and_works_once():
    session = a_session()
    before = session.world.state.narrative[0]
    session.direct(GOOD["release"])
    assert session.world.state.narrative[0] == pytest.approx(before + 0.3, abs=1e-5)
    assert len(seen_by(session, "JPN")) == len(seen_by(session, "EST")) + 1
    assert released(play(session), "rumour") == [1]


def test_what_is_held_waits_until_it_is_released():
    session = a_session()
    session.direct(GOOD["hold"])
    play_to(session, 3, "consult")
    assert released(session, "relief") == [] and how_it_stands(session, "relief") == "held"
    session.direct(Direction("release", "relief"))
    assert released(play(session), "relief") == [3]


def test_a_contingency_waits_until_control_releases_it():
    reserve = an_inject("reserve", turn=1, kind="contingency", effects=[{"on": "tension", "by": 0.5}])
    with_it, without_it = (a_crisis(injects=injects) for injects in ([reserve], []))
    never = Session(with_it, 3)
    assert released(never, "reserve") == [] and how_it_stands(never, "reserve") == "held"
    assert never.world.state.digest() == Session(without_it, 3).world.state.digest()
    session = play_to(Session(with_it, 3, people=everybody(with_it)), 2, "consult")
    before = session.world.state.tension[0]
    session.direct(Direction("release", "reserve", None, "the table is idle"))
    assert session.world.state.tension[0] == pytest.approx(min(1, before + 0.5), abs=1e-5)
    assert released(play(session), "reserve") == [2]


@pytest.mark.parametrize("when", [{}, {"turn": 2}])
def test_a_contingency_that_control_writes_waits_like_any(when):
    session = a_session()
    session.direct(Direction("write", "call", {**AN_INJECT, **when, "kind": "contingency"}))
    assert released(play(session), "call") == []


def test_what_becomes_a_contingency_is_held_and_what_no_longer_is_one_comes():
    session = a_session()
    session.direct(Direction("edit", "relief", {"kind": "contingency"}))
    session.direct(Direction("edit", "rumour", {"kind": "contingency"}))
    session.direct(Direction("edit", "rumour", {"kind": "information"}))
    play(session)
    assert released(session, "relief") == [] and released(session, "rumour") == [3]


@pytest.mark.parametrize("people", [(), everybody(CRISIS)], ids=["alone", "manned"])
def test_what_control_directs_at_the_start_of_a_turn_comes_before_anybody_is_asked(people):
    session = Session(CRISIS, 3, people=people, at_start={2: [Direction("release", "rumour")]})
    assert released(play(session), "rumour") == [2]
    told = [(event.turn, event.kind) for event in session.events]
    assert told.index((2, "control_directs")) < told.index((2, "assessment"))


def test_what_is_directed_at_the_start_of_a_turn_is_kept_with_the_session_and_its_branches():
    session = Session(CRISIS, 3, people=["EST"], at_start={2: [Direction("release", "rumour")]})
    for again in (session.branch(), Session.restore(session.save(), CRISIS)):
        assert play(again).record.to_json() == play(session).record.to_json()


def test_the_run_without_cooperation_has_the_injects_of_the_run_with_it():
    effects = [{"on": "tension", "by": 0.5}]
    reserve = an_inject("reserve", turn=1, kind="contingency", effects=effects)
    planned = an_inject("reserve", turn=2, effects=effects)
    held = Session(a_crisis(injects=[reserve]), 3, at_start={2: [Direction("release", "reserve")]})
    armed = Session(a_crisis(injects=[planned]), 3)
    assert held.record.baseline_measures == armed.record.baseline_measures


def test_what_is_skipped_never_comes():
    session = a_session()
    session.direct(GOOD["skip"])
    assert released(play(session), "relief") == [] and how_it_stands(session, "relief") == "skipped"


def test_what_is_edited_comes_as_it_is_written_now():
    session = a_session()
    changes = {"title": "Less money", "to": ["group:ip4"], "turn": 3, "effects": []}
    session.direct(Direction("edit", "relief", changes))
    play_to(session, 3, "consult")
    assert released(session, "relief") == [3]
    assert "Less money" in seen_by(session, "JPN") and "Less money" not in seen_by(session, "EST")


def test_a_new_date_puts_an_inject_in_its_turn():
    session = a_session()
    session.direct(Direction("edit", "relief", {"date": "2024-05-10"}))  # day 67 of turns of thirty days
    assert released(play(session), "relief") == [3]


def test_what_is_held_and_edited_is_still_held():
    session = a_session()
    session.direct(GOOD["hold"])
    session.direct(GOOD["edit"])
    assert released(play(session), "relief") == []


def test_what_is_written_is_released_now():
    session = a_session(2)
    effects = [{"on": "evidence", "incident": "grid", "actor": "JPN", "by": 1.0}]
    before = session.view("JPN")["incidents"]["grid"]["confidence"]
    session.direct(Direction("write", "call", {**AN_INJECT, "effects": effects}))
    assert "A call" in seen_by(session, "EST") and "A call" not in seen_by(session, "JPN")
    play_to(session, 3, "consult")
    assert released(session, "call") == [2]
    assert session.view("JPN")["incidents"]["grid"]["confidence"] > before


@pytest.mark.parametrize("when", [{"turn": 3}, {"date": "2024-05-10"}])
def test_what_is_written_for_later_waits_for_its_turn(when):
    session = a_session()
    session.direct(Direction("write", "call", {**AN_INJECT, **when}))
    assert how_it_stands(session, "call") == "armed"
    assert released(play(session), "call") == [3]


# ------------------------------------------------------------------------------------------------- quantities

PLACE = {
    "publicness": {"incident": "grid"},
    "difficulty": {"incident": "grid"},
    "severity": {"incident": "grid"},
    "evidence": {"incident": "grid", "actor": "DEU"},
    "exposure": {"adversary": "RUS", "actor": "DEU"},
    "capital": {"actor": "DEU"},
}


def values(session, quantity):
    """Where a quantity stands, at the place of `PLACE`."""
    world = session.world
    state, place = world.state, world.inputs.index["DEU"]
    of_russia = world.inputs.adversaries.index("RUS")
    match quantity:
        case "evidence":
            return state.evidence[0, 0, place]
        case "exposure":
            return state.added_exposure[of_russia, 0, place]
        case "capital":
            return state.capital[0, place]
        case "severity":
            return state.severity[0, 0, world.inputs.index["EST"]]
        case "publicness" | "difficulty":
            return getattr(state, quantity)[0, 0]
    return getattr(state, quantity)[0]


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_quantity_can_be_set(quantity):
    session = a_session()
    session.direct(Direction("set", quantity, {"to": 0.375, **PLACE.get(quantity, {})}))
    assert values(session, quantity) == 0.375
    assert play(session).is_over


def test_evidence_set_for_everybody_is_what_all_have_read_and_no_source_of_their_own():
    session = a_session()
    own = session.world.state.evidence.copy()
    session.direct(Direction("set", "evidence", {"incident": "grid", "to": 2}))
    state = session.world.state
    assert (state.handed[0] == 2).all() and not (state.handed[1] == 2).any() and (state.evidence == own).all()


def test_a_share_stays_a_share_and_nobody_new_is_hit():
    session = a_session()
    session.direct(Direction("set", "tension", {"to": 7}))
    session.direct(Direction("set", "severity", {"incident": "grid", "to": 0.9}))
    assert session.world.state.tension[0] == 1
    assert (session.world.state.severity[0] > 0).sum() == 1


def test_capital_that_is_given_or_taken_is_counted():
    session = a_session()
    session.direct(Direction("set", "capital", {"actor": "DEU", "to": 0.25}))
    state, place = play(session).world.state, session.world.inputs.index["DEU"]
    had = session.world.inputs.capital[0, place] + state.income[0, place]
    assert state.capital[0, place] + state.spent[0, place] == pytest.approx(had, abs=1e-4)


# ------------------------------------------------------------------------------------------------- seats


def test_a_seat_goes_to_a_policy_to_the_model_to_nobody_and_to_a_person():
    session = a_session()
    for name, to in (("JPN", "hawk"), ("DEU", "model"), ("USA", "nobody")):
        session.direct(Direction("seat", name, to))
        assert not session.open_decisions(name)
    assert session.people == {"EST", "RUS", "CHN"}
    played = play(session)
    answered = {answer.actor for decision, answer in played.decided if answer.turn == 3}
    assert answered == {"EST", "RUS", "CHN", "JPN", "USA"}, "the model's own rule has no seat"
    positions = [a.choice for d, a in played.decided if (a.actor, a.kind) == ("JPN", "position") and d.turn > 1]
    assert set(positions) == {("measures",)}
    assert all(a.choice in ((), ("accept",), ("support",)) or a.kind == "position" for d, a in played.decided
               if a.actor == "USA" and a.turn > 1)  # fmt: skip


def test_somebody_who_comes_late_is_asked_at_once():
    session = play_to(Session(CRISIS, 3, people=["EST"]), 2, "consult")
    session.direct(Direction("seat", "JPN", "person", "the plane was late"))
    assert open_to(session, "JPN", "position", "grid") and open_to(session, "EST", "position", "grid")
    assert {answer.actor for _, answer in play(session).decided if answer.turn > 1} == {"EST", "JPN"}


def test_what_somebody_answered_before_leaving_is_void():
    session = a_session()
    decision = open_to(session, "JPN", "position")
    session.submit(decision, "measures")
    session.direct(Direction("seat", "JPN", "cautious"))
    assert [void.input.actor for void in session.void] == ["JPN"]


def test_when_the_last_person_leaves_the_exercise_goes_on_to_its_end():
    session = play_to(Session(CRISIS, 3, people=["EST"]), 2, "consult")
    session.direct(Direction("seat", "EST", "model"))
    assert session.is_over


# ------------------------------------------------------------------------------------------------- what is refused

BAD = [
    (Direction("relase", "rumour"), "control cannot 'relase'. Did you mean 'release'?"),
    *(
        (Direction(kind, "rumor", {}), "there is no inject 'rumor'. Did you mean 'rumour'?")
        for kind in ("release", "hold", "skip", "edit")
    ),
    *(
        (Direction(kind, "blackout", {"text": "?"}), "inject 'blackout' was released in turn 1.")
        for kind in ("release", "hold", "skip", "edit")
    ),
    (Direction("edit", "rumour", {"titel": "Less"}), "titel"),
    (Direction("edit", "rumour", {"to": []}), "inject 'rumour': to: "),
    (Direction("edit", "rumour", {"channel": "pigeon"}), "inject 'rumour': channel: "),
    (Direction("edit", "rumour", {"turn": 1}), "turn 1 does not lie ahead: give a turn from 3 to 3"),
    (Direction("edit", "rumour", {"turn": 9}), "turn 9 does not lie ahead"),
    (Direction("edit", "rumour", {"date": "2031-01-01"}), "does not lie ahead"),
    (Direction("edit", "rumour"), "`value` is a table of fields"),
    (Direction("edit", "rumour", ["text"]), "`value` is a table of fields"),
    (Direction("write", "call"), "`value` is a table of fields"),
    (Direction("write", "call", {}), "inject 'call': title: "),
    (Direction("write", "rumour", AN_INJECT), "there is an inject 'rumour' already"),
    (Direction("write", "call", {**AN_INJECT, "to": ["ETS"]}), "nobody is called 'ETS' here. Did you mean 'EST'?"),
    (Direction("write", "call", {**AN_INJECT, "to": ["group:natto"]}), "nobody is called 'group:natto' here"),
    (Direction("write", "call", {**AN_INJECT, "to": ["nato"]}), "nobody is called 'nato' here"),
    (Direction("write", "call", {**AN_INJECT, "turn": 9}), "turn 9 does not lie ahead"),
    (
        Direction("write", "call", {**AN_INJECT, "effects": [{"on": "severity", "incident": "grod", "by": 0.1}]}),
        "severity: 'incident' is 'grod'. Did you mean 'grid'?",
    ),
    (
        Direction("edit", "rumour", {"effects": [{"on": "evidence", "incident": "grid", "actor": "ETS", "by": 1}]}),
        "evidence: 'actor' is 'ETS'. Did you mean 'EST'?",
    ),
    (Direction("set", "tensoin", {"to": 0.5}), "there is no quantity 'tensoin'. Did you mean 'tension'?"),
    (Direction("set", "tension"), "`value` is a table of fields"),
    (Direction("set", "tension", 0.5), "`value` is a table of fields"),
    *(
        (Direction("set", "tension", {"to": to}), "`to` is a number, from -100 to 100")
        for to in ("high", None, True, float("nan"), float("inf"), 101)
    ),
    (Direction("set", "tension", {"too": 0.5}), "unknown field 'too'"),
    (Direction("set", "tension", {"on": "capital", "to": 0.5}), "unknown field 'on'"),
    (Direction("set", "severity", {"to": 0.5}), "severity: 'incident' is None"),
    (Direction("set", "capital", {"to": 0.5, "actor": "ETS"}), "capital: 'actor' is 'ETS'. Did you mean 'EST'?"),
    (Direction("set", "evidence", {"to": 1, "incident": "grid", "actor": "ETS"}), "evidence: 'actor' is 'ETS'"),
    (Direction("set", "exposure", {"to": 1, "actor": "EST"}), "exposure: 'adversary' is None"),
    (Direction("seat", "ETS", "model"), "no actor 'ETS' takes part. Did you mean 'EST'?"),
    (Direction("seat", "EST", "hauk"), "no policy named 'hauk'. Did you mean 'hawk'?"),
    (Direction("seat", "EST"), "to a person, to the model, to nobody, or to a policy"),
    (Direction("seat", "EST", ["hawk"]), "to a person, to the model, to nobody, or to a policy"),
]


def all_there_is(session):
    """Everything by which it could show that something was done."""
    plan = [(planned.inject, planned.status, planned.turn) for planned in session.world.plan]
    return session.save(), session.events, session.open_decisions(), plan, list(session.world.seats), session.people


@pytest.mark.parametrize("direction, advice", BAD, ids=lambda value: str(value)[:60])
def test_a_direction_that_cannot_be_carried_out_earns_advice_and_changes_nothing(direction, advice):
    session = a_session(2)
    before, state = all_there_is(session), session.world.state.digest().tolist()
    with pytest.raises(InputError) as refused:
        session.direct(direction)
    assert advice in str(refused.value)
    assert all_there_is(session) == before and session.world.state.digest().tolist() == state


def test_faults_of_an_inject_come_all_at_once():
    with pytest.raises(InputError) as refused:
        a_session().direct(Direction("write", "call", {"title": "A call", "channel": "pigeon"}))
    assert len(refused.value.faults) == 4


def test_a_seat_of_a_body_that_is_played_member_by_member_cannot_be_given():
    loaded = a_crisis(participants=["NATO", "JPN", "RUS", "CHN"])
    with pytest.raises(InputError, match="NATO is played member by member"):
        Session(loaded, people=["EST"]).direct(Direction("seat", "NATO", "hawk"))


def test_when_it_is_over_control_can_direct_nothing_more():
    with pytest.raises(InputError, match="the exercise is over"):
        play(a_session()).direct(GOOD["set"])


def test_when_the_exercise_waits_for_its_next_turn_control_begins_it():
    session = Session(CRISIS, 3, people=["EST"], until=0)
    session.direct(Direction("proceed"))
    assert session.turn == 1 and session.open_decisions("EST")
    assert Session.restore(session.save(), session.loaded).save() == session.save()


@pytest.mark.parametrize("turn", [0, 1])
def test_control_may_direct_between_turns(turn):
    session = Session(CRISIS, 3, until=turn)
    assert (session.turn, session.step, session.is_between_turns) == (turn, None, True)
    for direction in (*GOOD.values(), Direction("set", "narrative", {"to": 0.5})):
        if (direction.kind, direction.target) != ("edit", "relief"):
            session.direct(direction)
    session.play_to(3)
    assert session.is_over and released(session, "call") and released(session, "relief") == []
    assert [fault for event in session.events for fault in faults_of(event)] == []
