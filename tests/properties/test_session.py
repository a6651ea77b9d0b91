"""Laws of a session: an exercise is (scenario, seed, inputs), whoever gives them and in whatever order."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.catalogue.measures import MEASURES
from sim.engine import play as played_alone
from sim.errors import InputError
from sim.model.decisions import KINDS, Answer
from sim.model.steps.control import Direction
from sim.policies import Policy, Script
from sim.scenario import load, shipped
from sim.session import Session
from tests.builders_session import a_crisis, everybody, open_to, play, play_to, suggested, whim
from tests.properties.invented import differing, laws, scenarios, seeds

QUICK = ("smallest", "undersea_cable")
some_answers = st.integers(0, 120)
directions = st.sampled_from(
    [
        Direction("set", "tension", {"to": 0.8}, "a ship was rammed"),
        Direction("set", "capital", {"actor": "EST", "to": 0.05}, "the coalition breaks"),
        Direction("hold", "relief", reason="not yet"),
        Direction("release", "rumour", reason="the table is idle"),
        Direction("seat", "JPN", "cautious", "the player has to leave"),
        Direction("seat", "DEU", "model", "nobody came"),
        Direction("write", "ring", {"title": "A call", "sender": "X", "to": ["EST"], "channel": "call", "text": "So?"}),
    ]
)


CRISIS = a_crisis()


def a_session(seed=1, **more):
    """The crisis with somebody in every seat but Russia's, which remembers what was done to it."""
    people = [code for code in everybody(CRISIS) if code != "RUS"]
    return Session(CRISIS, seed, people=people, policies={"RUS": "tit_for_tat"}, **more)


def stands(session):
    """Everything by which two sessions can differ: where they stand, what happened, what is open and to whom."""
    return {
        "where": (session.turn, session.step, session.is_over),
        "stored": session.save(),
        "record": session.record.to_json(),
        "decided": session.decided,
        "open": [(decision, decision.digest) for decision in session.open_decisions()],
        "void": [(void.input, void.why) for void in session.void],
        "people": session.people,
        "plan": [(planned.inject.id, planned.status, planned.turn) for planned in session.world.plan],
        "state": session.world.state.digest().tolist(),
    }


def taken(session):
    """The same but for directions that were refused, which are no part of the exercise."""
    return {**stands(session), "void": [void for void in session.void if isinstance(void.input, Answer)]}


def directed(session, seed, answers, what):
    """Some answers, a direction after each handful, and some answers more."""
    for direction in what:
        play(session, whim(seed), answers // (len(what) + 1))
        if not session.is_over:
            session.take(direction)
    return play(session, whim(seed), answers // (len(what) + 1))


# ------------------------------------------------------------------------------------------------- who answers when


@laws(10)
@given(scenarios(turns=(2, 3)), seeds, st.randoms(use_true_random=False))
def test_seats_may_answer_in_any_order(written, seed, chance):
    people, choose = everybody(written.loaded), whim(seed)
    in_turn = play(Session(written.loaded, seed, people=people), choose)
    shuffled = Session(written.loaded, seed, people=chance.sample(people, len(people)))
    while not shuffled.is_over:
        decision = chance.choice(shuffled.open_decisions())
        shuffled.submit(decision, choose(decision))
    assert shuffled.record.to_json() == in_turn.record.to_json()
    assert shuffled.decided == in_turn.decided


class Whim(Policy):
    """A policy that chooses by a whim, as people may."""

    def __init__(self, number):
        self.number = number

    def choose(self, view, decision):
        return whim(self.number)(decision)


@laws(10)
@given(seeds, st.randoms(use_true_random=False))
def test_it_does_not_matter_whether_a_person_a_file_or_a_policy_has_answered(seed, chance):
    together = play(Session(CRISIS, seed, people=everybody(CRISIS)), whim(seed))
    hands = {code: chance.choice(("person", "file", "policy")) for code in everybody(CRISIS)}
    session = Session(
        CRISIS,
        seed,
        people=[code for code, hand in hands.items() if hand == "person"],
        policies={code: Whim(seed) for code, hand in hands.items() if hand == "policy"},
        script=Script([answer for answer in together.answers if hands[answer.actor] == "file"]),
    )
    play(session, whim(seed))
    assert session.record.to_json() == together.record.to_json()
    assert session.decided == together.decided
    assert session.script.unasked == []


@laws(10)
@given(scenarios(turns=(2, 3)), seeds)
def test_a_seat_that_takes_every_suggestion_changes_nothing(written, seed):
    seats_to_ask = play(Session(written.loaded, seed, people=everybody(written.loaded)))
    assert seats_to_ask.record.to_json() == played_alone(written.loaded, seed, trace=True).records[0].to_json()
    assert seats_to_ask.void == []


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in shipped()]
)
def test_in_a_shipped_scenario_too(name):
    loaded = load(name)
    seats_to_ask = play(Session(loaded, 7, people=everybody(loaded)))
    assert seats_to_ask.record.to_json() == played_alone(loaded, 7, trace=True).records[0].to_json()


def test_where_capital_is_short_and_prices_are_crooked_a_suggestion_can_be_taken_too():
    eager = {f"practice_{kind}": 9.0 for kind in ("statement", "attribution", "sanctions", "support", "other")}
    for price, times in ((0.0333, 3), (0.0669, 5), (0.0669, 11)):
        loaded = a_crisis(behaviour={**eager, "capital_cost": price, "capital_start": times * price})
        seats_to_ask = play(Session(loaded, 3, people=everybody(loaded)))
        assert seats_to_ask.record.to_json() == played_alone(loaded, 3, trace=True).records[0].to_json()


def test_people_are_asked_every_kind_of_decision():
    assert {decision.kind for decision, _ in play(Session(CRISIS, people=everybody(CRISIS))).decided} == set(KINDS)


@laws(8)
@given(seeds, some_answers)
def test_until_a_stop_has_closed_another_answer_takes_the_place_of_the_first(seed, answers):
    once, twice = a_session(seed), a_session(seed)
    play(once, whim(seed), answers)
    for _ in range(answers):
        if twice.is_over:
            break
        decision = twice.open_decisions()[0]
        if len(twice.open_decisions()) > 1:
            twice.submit(decision, whim(seed + 1)(decision))
        twice.submit(decision, whim(seed)(decision))
    assert stands(twice) | {"stored": None} == stands(once) | {"stored": None}


def test_what_nobody_has_answered_when_control_goes_on_the_model_decides():
    session = Session(CRISIS, 4, people=everybody(CRISIS), is_paced=True)
    for _ in range(99):
        if session.is_over:
            break
        session.direct(Direction("proceed", reason="time is up"))
    assert session.record.to_json() == played_alone(CRISIS, 4, trace=True).records[0].to_json()


def test_at_its_own_pace_a_stop_stays_open_though_everybody_has_answered():
    session = Session(CRISIS, 4, people=["EST"], is_paced=True)
    for decision in session.open_decisions():
        session.submit(decision, suggested(decision))
    assert (session.turn, session.step, session.open_decisions()) == (1, "consult", ())
    session.direct(Direction("proceed"))
    assert (session.turn, session.step) != (1, "consult") and session.open_decisions()


# ------------------------------------------------------------------------------------------------- inputs are all


@laws(15)
@given(seeds, some_answers, st.lists(directions, max_size=2))
def test_what_was_saved_is_restored(seed, answers, what):
    session = directed(a_session(seed), seed, answers, what)
    again = Session.restore(session.save(), CRISIS)
    assert taken(again) == taken(session)
    assert taken(play(again, whim(seed))) == taken(play(session, whim(seed)))


@laws(15)
@given(seeds, some_answers, st.lists(directions, max_size=2))
def test_a_session_is_what_its_inputs_make_of_it(seed, answers, what):
    session = directed(a_session(seed), seed, answers, what)
    again = a_session(seed, inputs=session.inputs)
    assert taken(again) == taken(session)


@laws(8)
@given(seeds, st.lists(directions, max_size=2), st.randoms(use_true_random=False))
def test_a_prefix_of_the_inputs_is_the_earlier_session(seed, what, chance):
    session, before = a_session(seed), {}
    before[0] = taken(session)
    for answers in (7, 20, 31):
        play(session, whim(seed), answers)
        before[len(session.inputs)] = taken(session)
        for direction in what:
            if not session.is_over:
                session.take(direction)
                before[len(session.inputs)] = taken(session)
    stood = stands(session)
    for n in chance.sample(sorted(before), 3):
        assert taken(session.branch(before=n)) == before[n]
    assert stands(session) == stood


def test_where_control_has_gone_on_is_stored_too():
    session = Session(CRISIS, 4, people=everybody(CRISIS), is_paced=True)
    for answers in (3, 0, 5):
        play(session, whim(4), answers)
        session.direct(Direction("proceed", reason="time is up"))
    assert stands(Session.restore(session.save(), CRISIS)) == stands(session)


# ------------------------------------------------------------------------------------------------- what no longer fits


def test_answers_whose_options_control_has_changed_are_void_and_the_rest_stands():
    session = play_to(a_session(), 2, "sheet")
    estonia, japan = (open_to(session, code, "responses", "grid") for code in ("EST", "JPN"))
    for decision in (estonia, japan):
        session.submit(decision, decision.options[0].id)
    session.direct(Direction("set", "capital", {"actor": "EST", "to": 0.11}, "the coalition breaks"))
    assert [void.input.actor for void in session.void] == ["EST"]
    assert session.void[0].why == "2/EST/responses/grid: its options have changed since it was given."
    assert open_to(session, "EST", "responses", "grid").options != estonia.options
    assert open_to(session, "JPN", "responses", "grid") is None, "what Japan has answered is still answered"
    assert play(session).is_over


def test_an_answer_given_to_other_options_in_another_branch_is_void_and_the_others_stand():
    session = play_to(a_session(2), 1, "sheet")
    before = len(session.inputs)
    play(session, answers=len(session.open_decisions()) - 1)
    here = session.inputs[before:]
    poorer = Direction("set", "capital", {"actor": "EST", "to": 0.06}, "a poorer Estonia")
    other = a_session(2, inputs=[*session.inputs[:before], poorer, *here])
    assert {(void.input.actor, void.input.kind) for void in other.void} == {("EST", "responses")}
    assert all("have changed" in void.why for void in other.void)
    assert [one for one in here if one.kind != "responses" or one.actor != "EST"] == other.inputs[before + 1 :]
    assert open_to(other, "EST", "responses"), "it waits to be answered again"
    assert play(other).is_over


def test_an_answer_to_what_nobody_is_asked_is_void():
    session = play(a_session(2), answers=3)
    first = session.inputs[0]
    session.take(Answer(first.turn, first.actor, first.kind, "elsewhere", first.choice))
    assert len(session.void) == 1 and "is not asked this now" in session.void[0].why
    assert len(session.inputs) == 3


# ------------------------------------------------------------------------------------------------- looking


@laws(15)
@given(seeds, some_answers, st.lists(directions, max_size=1))
def test_looking_changes_nothing(seed, answers, what):
    session = directed(a_session(seed), seed, answers, what)
    untouched = directed(a_session(seed), seed, answers, what)
    stood, state, events = stands(session), session.world.state.copy(), copy.deepcopy(session.events)
    for code in everybody(CRISIS):
        session.view(code)
        session.open_decisions(code)
    play(session.twin(), whim(seed + 1))
    session.ahead(3)
    if not session.is_over and session.step:
        session._open()
    assert differing(state, session.world.state) == []
    assert stands(session) == stood and session.events == events
    assert stands(play(session, whim(seed))) == stands(play(untouched, whim(seed)))


@laws(15)
@given(seeds, some_answers)
def test_at_any_stop_it_can_be_said_what_could_still_come(seed, answers):
    session = play(a_session(seed), whim(seed), answers)
    futures = session.ahead(5)
    assert set(futures) == set(MEASURES)
    for name, values in futures.items():
        assert values.shape == (5,)
        assert np.isfinite(values).all() or MEASURES[name].may_be_missing, name
    again = session.ahead(5)
    assert all(np.array_equal(values, again[name], equal_nan=True) for name, values in futures.items())


@laws(10)
@given(seeds, some_answers)
def test_a_twin_goes_on_as_the_session_would(seed, answers):
    session = play(a_session(seed), whim(seed), answers)
    twin = play(session.twin(), whim(seed))
    assert stands(twin) == stands(play(session, whim(seed)))


# ------------------------------------------------------------------------------------------------- means


@laws(15)
@given(seeds, st.integers(1, 3))
def test_a_sheet_never_costs_more_than_the_capital_there_is(seed, turn):
    session = play_to(Session(CRISIS, seed, people=["EST", "JPN"]), turn, "sheet", whim(seed))
    if session.is_over:
        return
    paid = {"EST": 0.0, "JPN": 0.0}
    for decision in session.open_decisions():
        if decision.kind != "responses" or session.turn != turn:
            continue
        everything = [option.id for option in decision.options]
        cost = sum(option.cost for option in decision.options)
        try:
            session.submit(decision, everything)
        except InputError as advice:
            assert paid[decision.actor] + cost > decision.budget and "Choose less" in str(advice)
        else:
            paid[decision.actor] += cost
            assert paid[decision.actor] <= decision.budget + 1e-6
    play(session, lambda decision: () if decision.kind == "responses" else whim(seed)(decision))
    assert (session.world.state.capital >= -1e-6).all() or session.void == []


def test_another_answer_to_the_same_decision_is_not_paid_for_twice():
    loaded = a_crisis(behaviour={"capital_start": 0.3})
    session = play_to(Session(loaded, people=["EST", "JPN"]), 1, "sheet")
    decision = open_to(session, "EST", "responses")
    dearest = max(decision.options, key=lambda option: option.cost)
    assert dearest.cost > decision.budget / 2
    session.submit(decision, dearest.id)
    session.submit(decision, dearest.id)


def test_of_answers_that_there_is_no_longer_capital_for_enough_are_void():
    session = play_to(Session(CRISIS, people=["JPN"]), 2, "sheet")
    dearest = 0.0
    for incident in ("grid", "wine"):
        decision = open_to(session, "JPN", "responses", incident)
        option = max(decision.options, key=lambda option: option.cost)
        session.submit(decision, option.id)
        dearest = max(dearest, option.cost)
    session.direct(Direction("set", "capital", {"actor": "JPN", "to": dearest}, "it still pays for one of them"))
    assert len(session.void) == 1 and "of which" in session.void[0].why and "Choose less" in session.void[0].why
    play(session)
    assert session.world.state.capital[0, session.world.inputs.index["JPN"]] >= 0
