"""What decided a run: choices whose other way leads elsewhere, found on some futures and measured on others."""

from functools import cache

import numpy as np
import pytest

from sim.experiments.turning_points import NOTICED, Rerun, alternatives, candidates, effect_size, turning_points
from sim.model.decisions import Decision, Option
from sim.model.steps.control import Direction
from sim.output.narrative.hot_wash import turning_point
from sim.phrases import Names
from sim.session import Session


@cache
def played(scenario="smallest", seed=7):
    return Session(scenario, seed=seed, baseline=False)


@cache
def found(scenario="smallest", seed=7):
    return turning_points(played(scenario, seed), futures=24)


def test_a_run_has_choices_that_decided_it_and_each_is_clear_and_large_enough_to_be_noticed():
    assert found()
    for point in found():
        assert point.change.is_clear()
        assert abs(point.change.value) >= NOTICED * max(point.as_it_was, point.had_it_been)
        assert set(point.chosen) != set(point.otherwise) <= {option.id for option in point.decision.options}


def test_the_same_run_is_decided_by_the_same_choices_each_time():
    assert turning_points(played(), futures=24) == found()


def test_what_is_played_again_with_every_seat_asked_is_the_run_itself():
    again = Rerun(played())
    decided = {decision.address: chosen for decision, chosen in again.decided}
    assert decided and {decision.turn for decision, _ in again.decided} == set(range(1, played().turn + 1))
    ((had, was),) = again.both_ways([(again.decided[0][0], (), again.decided[0][1])], seed=3, futures=6)
    for name in was:
        np.testing.assert_array_equal(had[name], was[name])


def test_choices_of_several_turns_tried_together_come_out_as_each_tried_alone():
    again = Rerun(played())
    tried = list({choice[0].turn: choice for choice in candidates(again)}.values())
    assert len(tried) > 1
    together = again.both_ways(tried, seed=3, futures=6)
    for choice, both in zip(tried, together, strict=True):
        (alone,) = Rerun(played()).both_ways([choice], seed=3, futures=6)
        for ours, theirs in zip(both, alone, strict=True):
            for name in theirs:
                np.testing.assert_array_equal(ours[name], theirs[name])


def test_what_a_person_chose_is_tried_before_what_the_model_chose():
    session = Session("smallest", seed=7, people=["EST"], baseline=False)
    while not session.is_over:
        for decision in session.open_decisions():
            session.submit(decision, decision.default)
    again = Rerun(session)
    responses = [decision.actor for decision, *_ in candidates(again) if decision.kind == "responses"]
    assert responses[0] == "EST"


def test_nothing_is_said_of_a_run_that_control_has_directed_in_the_middle_of_a_turn():
    session = Session("smallest", seed=7, people=["EST"], baseline=False)
    session.direct(Direction("set", "tension", {"to": 0.9}, reason="a summit failed"))
    while not session.is_over:
        for decision in session.open_decisions():
            session.submit(decision, decision.default)
    assert turning_points(session, futures=8) == []


@pytest.mark.parametrize("kind, chosen, other", [("move", "escalate", "persist"), ("silence", "break", "accept")])
def test_what_was_done_is_compared_with_not_doing_it(kind, chosen, other):
    decision = Decision(kind, 1, "RUS", "s", (Option(chosen), Option(other)), (chosen,), rung="naming")
    assert [ids for _, ids in alternatives(decision, (chosen,))] == [(other,)]
    assert kind != "move" or not list(alternatives(decision, (other,)))


def test_futures_that_do_not_differ_are_not_apart():
    same = np.array([1.0, 2.0, np.nan])
    assert effect_size(same, same) == 0


def test_each_is_told_in_two_sentences_with_both_outcomes():
    names = Names(played().loaded)
    for point in found():
        words = turning_point(point, names)
        assert words.startswith(f"In turn {point.decision.turn} ")
        assert "had it" in words.lower() and "None" not in words and words.count(". ") == 1
