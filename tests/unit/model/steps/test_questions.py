"""Questions that injects put: answered by the seats they are for, by lot for the others, and felt as they say."""

import numpy as np
import pytest

from sim.engine import play, play_points
from sim.errors import InputError
from sim.model.steps.control import Direction
from sim.output.narrative.decisions import label, question
from sim.phrases import Names
from sim.policies.policy import Script
from sim.session import Session
from tests.builders import a_scenario, an_inject
from tests.builders_events import faults_of

ASKED = ("EST", "DEU")
PAYS = {
    "id": "pay",
    "name": "Pays the ransom",
    "weight": 0.3,
    "effects": [{"on": "capital", "by": -0.1}, {"on": "narrative", "by": 0.2}],
}
REFUSES = {"id": "refuse", "name": "Refuses to pay", "weight": 0.7}


def a_question(**changes):
    return {"text": "Do you pay?", "options": [PAYS, REFUSES], **changes}


def ransom(*more, **changes):
    """A scenario in which Estonia and Germany are asked for a ransom in turn 1."""
    note = an_inject("note", to=list(ASKED), question=a_question(**changes))
    return a_scenario(injects=[note, *more])


def asked(session, code):
    """The question that is open to a seat, or None."""
    return next((one for one in session.open_decisions(code) if one.kind == "question"), None)


def played(loaded, people=ASKED, choose=None, seed=1, order=1):
    """A session played to its end: `choose` maps a code to what it answers each time it is asked; else the model's."""
    session = Session(loaded, seed, people=people)
    while not session.is_over:
        for decision in session.open_decisions()[::order]:
            is_chosen = decision.kind == "question" and decision.actor in (choose or {})
            session.submit(decision, choose[decision.actor] if is_chosen else decision.default)
    return session


def answers(session):
    """Who answered what, when, and whether an answer was given."""
    return [
        (event.turn, event.actor, event.payload["option"], event.payload["given"])
        for event in session.events
        if event.kind == "question_answered"
    ]


def test_each_seat_is_asked_for_itself_and_nobody_else_is():
    session = Session(ransom(), 1, people=("EST", "DEU", "USA"))
    while not asked(session, "EST"):
        for decision in session.open_decisions():
            session.submit(decision, decision.default)
    assert [option.id for option in asked(session, "DEU").options] == ["pay", "refuse"]
    assert asked(session, "USA") is None
    assert asked(Session(ransom(to=["DEU"]), 1, people=ASKED), "EST") is None


@pytest.mark.parametrize("seed", [1, 2])
def test_seats_that_answer_as_the_model_would_leave_its_record(seed):
    loaded = ransom(turns=2, otherwise="refuse")
    assert played(loaded, seed=seed).record.to_json() == Session(loaded, seed).record.to_json()


def test_in_whatever_order_seats_answer_the_record_is_the_same():
    choose = {"EST": "pay", "DEU": "pay"}
    one, other = (played(ransom(), choose=choose, order=order) for order in (1, -1))
    assert one.record.to_json() == other.record.to_json()


def test_what_was_answered_is_told_and_felt_by_whoever_answered():
    capital = {}
    for choice in ("pay", "refuse"):
        session = played(ransom(), choose={"EST": choice, "DEU": "refuse"})
        assert (1, "EST", choice, "yes") in answers(session)
        assert not [fault for event in session.events for fault in faults_of(event)]
        state, index = session.world.state, session.world.inputs.index
        capital[choice] = {code: state.income[0, index[code]] for code in ASKED}
    assert capital["pay"]["EST"] == pytest.approx(capital["refuse"]["EST"] - 0.1, abs=1e-5)
    assert capital["pay"]["DEU"] == capital["refuse"]["DEU"]


def test_a_question_stands_for_its_turns_and_then_no_answer_counts_as_it_says():
    session = played(ransom(turns=2, otherwise="pay"), choose={"EST": ()})
    assert (2, "EST", "pay", "no") in answers(session)
    assert [turn for turn, code, *_ in answers(session) if code == "DEU"] == [1]


def test_without_a_default_no_answer_leaves_it_to_the_model():
    model, silent = played(ransom()), played(ransom(), choose={"EST": ()})
    assert [one[:3] for one in answers(model)] == [one[:3] for one in answers(silent)]


def test_whom_control_does_not_wait_for_has_given_no_answer_and_the_same_inputs_say_so_again():
    session = Session(ransom(otherwise="pay", options=[PAYS, {**REFUSES, "weight": 1000}]), 1, people=["EST"])
    while not asked(session, "EST"):
        for decision in session.open_decisions():
            session.submit(decision, decision.default)
    session.direct(Direction("proceed"))
    assert (1, "EST", "pay", "no") in answers(session)
    script = Script(session.answers)
    assert (1, "EST", "pay", "no") in answers(Session(session.loaded, 1, script=script))
    assert session.branch().events == session.events


def test_the_model_chooses_by_weight_and_its_answers_are_counted():
    for weight, expected in ((0.0, 0.0), (0.3, 0.3), (0.7, 0.5)):
        loaded = ransom(options=[{**PAYS, "weight": weight}, REFUSES])
        shares = play(loaded, seed=1, runs=200).outcomes.answers["note"]
        assert set(shares["pay"]) == set(ASKED)
        for code in ASKED:
            assert shares["pay"][code] == pytest.approx(expected, abs=0.12)
            assert shares["pay"][code] + shares["refuse"][code] == 1


def test_how_many_are_played_at_once_changes_no_bit():
    loaded = ransom(
        an_inject(
            "leak", turn=3, when={"answer": {"inject": "note", "option": "pay"}}, effects=[{"on": "tension", "by": 0.2}]
        )
    )
    one, many = (play(loaded, seed=1, runs=12, batch=batch).outcomes for batch in (1, 12))
    assert one.answers == many.answers
    for name, values in one.measures.items():
        np.testing.assert_array_equal(values, many.measures[name])


def test_weights_may_differ_from_run_to_run_and_a_run_comes_out_the_same():
    loaded, path = ransom(), "injects.note.question.options.pay.weight"
    points = [{path: weight} for weight in (0.0, 0.5, 5.0)] * 4
    replications = np.arange(12)
    together = play_points(loaded, points, replications, seed=1)
    alone = [
        play_points(loaded, [point], [run], seed=1).digest[0] for point, run in zip(points, replications, strict=True)
    ]
    assert together.digest.tolist() == alone


def test_an_inject_may_wait_for_an_answer():
    for by, comes in (("EST", True), ("DEU", False), (None, True)):
        when = {"answer": {"inject": "note", "option": "pay", **({"by": by} if by else {})}}
        session = played(ransom(an_inject("leak", turn=2, when=when)), choose={"EST": "pay", "DEU": "refuse"})
        released = [event.payload["inject"] for event in session.events if event.kind == "inject_released"]
        assert ("leak" in released) == comes


def test_a_seat_that_nobody_holds_gives_no_answer():
    session = Session(ransom(otherwise="pay"), 1, policies={"EST": "silent"})
    assert (1, "EST", "pay", "no") in answers(session)


@pytest.mark.parametrize("kind, target", [("edit", "note"), ("write", "other")])
def test_control_may_put_a_question_and_change_one_that_is_still_to_come(kind, target):
    fields = {name: value for name, value in an_inject(question=a_question(), turn=3).items() if name != "id"}
    session = Session(a_scenario(injects=[an_inject("note", turn=2)]), 1, people=["EST"])
    session.direct(Direction(kind, target, fields))
    while not session.is_over:
        for decision in session.open_decisions():
            if decision.kind == "question":
                assert "Do you pay?" in question(decision, Names(session.loaded))
                assert label(decision.options[0], decision, Names(session.loaded)) == PAYS["name"]
            session.submit(decision, "pay" if decision.kind == "question" else decision.default)
    assert (3, "EST", "pay", "yes") in answers(session) and {turn for turn, *_ in answers(session)} == {3}
    assert session.branch().events == session.events


def test_what_control_asks_has_to_be_a_question():
    session = Session(a_scenario(), 1, people=["EST"])
    fields = {name: value for name, value in an_inject(turn=3).items() if name != "id"}
    for wrong, advice in (
        (a_question(otherwise="paid"), "no option 'paid'"),
        (a_question(options=[PAYS, PAYS]), "Each needs its own"),
        (a_question(to=["RUS"]), "nobody who receives it"),
    ):
        with pytest.raises(InputError, match=advice):
            session.direct(Direction("write", "other", {**fields, "to": ["EST"], "question": wrong}))


# ------------------------------------------------------------------------------------------------ as it is written


@pytest.mark.parametrize(
    "changes, advice",
    [
        ({"options": [PAYS, {**REFUSES, "id": "pay"}]}, "'pay' is already used in 'options'"),
        ({"options": [PAYS]}, "at least 2 entries, got 1"),
        ({"options": [{**PAYS, "weight": 0}, {**REFUSES, "weight": 0}]}, "give one a 'weight' above 0"),
        ({"otherwise": "paid"}, "no option 'paid'. Allowed: pay, refuse."),
        ({"options": [{**PAYS, "effects": [{"on": "severity", "incident": "grit", "by": 0.1}]}, REFUSES]}, "'grit'"),
        ({"to": ["USA"]}, "'USA' is to decide this and does not receive it"),
        ({"to": ["control"]}, "'control' decides nothing"),
        ({"to": ["LVA"]}, "'LVA' (who decides) takes no part"),
    ],
)
def test_a_question_that_cannot_be_put_is_refused_with_advice(changes, advice):
    with pytest.raises(InputError) as refused:
        ransom(**changes)
    assert advice in str(refused.value)


def test_a_question_for_control_alone_can_be_answered_by_nobody():
    with pytest.raises(InputError, match="the inject goes to no state"):
        a_scenario(injects=[an_inject(to=["control"], question=a_question())])


@pytest.mark.parametrize(
    "answer, advice",
    [
        ({"inject": "notes", "option": "pay"}, "no inject 'notes' puts a question. Did you mean 'note'?"),
        ({"inject": "note", "option": "pays"}, "no option 'pays'. Did you mean 'pay'?"),
        ({"inject": "note", "option": "pay", "by": "LVA"}, "'LVA' (who answers) takes no part"),
    ],
)
def test_a_condition_asks_for_an_answer_that_can_be_given(answer, advice):
    with pytest.raises(InputError) as refused:
        ransom(an_inject("leak", when={"answer": answer}))
    assert advice in str(refused.value)
