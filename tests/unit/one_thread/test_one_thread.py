"""While a turn is played, whoever plays it, linear algebra has one thread; after it, as many as the process had set."""

import threading
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import sim
from sim.engine import play, play_points
from sim.exercise import Exercise
from sim.one_thread import one_blas_thread
from sim.policies import Policy
from tests.builders import a_scenario, an_incident


def threads():
    """How many threads each library of linear algebra in this process may use."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def a_process_that_has_set_two_threads():
    before = max(threads(), default=1)
    set_elsewhere(2)
    if threads() != {2}:
        pytest.skip("this numpy cannot be told how many threads the process may use")
    yield
    set_elsewhere(before)


def set_elsewhere(number):
    """Sets how many threads the process may use from a thread that is gone then: while one that has set it lives,
    threadpoolctl lets no other change it."""
    setter = threading.Thread(target=lambda: threadpool_limits(limits=number, user_api="blas"))
    setter.start()
    setter.join()


class Counting(Policy):
    """Notes on how many threads it is asked; then goes away, if it is told to."""

    def __init__(self, leaves=False):
        self.leaves, self.seen = leaves, []

    def choose(self, view, question):
        self.seen.append(threads())
        if self.leaves:
            raise TimeoutError("nobody there")
        return question.default


@pytest.mark.parametrize(
    "played",
    [
        lambda policy: play(sim.load("smallest"), 1, policies={"RUS": policy}),
        lambda policy: play(sim.load("smallest"), 1, trace=True, policies={"RUS": policy}, on_turn=outside),
        lambda policy: Exercise("smallest", 1, policies={"RUS": policy}).step(),
        lambda policy: Exercise("smallest", 1, policies={"RUS": policy}).simulate_forward(2),
        lambda policy: Exercise("smallest", 1, policies={"RUS": policy}).branch().run(),
    ],
    ids=["play", "a story", "a step", "what could still come", "a branch"],
)
def test_whoever_plays_a_turn_it_has_one_thread_and_the_process_has_its_own_again(played):
    policy = Counting()
    played(policy)
    assert policy.seen and all(seen == {1} for seen in policy.seen)
    assert threads() == {2}


def outside(turn, events):
    """Between two turns the process has what it had set."""
    assert threads() == {2}


def test_an_error_in_a_turn_gives_back_what_the_process_had_set():
    policy = Counting(leaves=True)
    with pytest.raises(TimeoutError):
        Exercise("smallest", 1, policies={"RUS": policy}).run()
    assert policy.seen == [{1}] and threads() == {2}
    with one_blas_thread():
        assert threads() == {1}


def test_turns_of_two_threads_that_overlap_give_back_what_the_process_had_set():
    begun, ended = threading.Event(), threading.Event()

    def first():
        with one_blas_thread():
            begun.set()
            ended.wait(10)

    other = threading.Thread(target=first)
    other.start()
    assert begun.wait(10)
    with one_blas_thread():
        assert threads() == {1}
        ended.set()
        other.join(10)
    assert threads() == {2}


def test_the_number_of_threads_moves_no_bit(monkeypatch):
    loaded = a_scenario(incidents=[an_incident(may_widen_to=["DEU"])])
    points = [{}, {"behaviour.b_peer": 0.5}] * 200
    with_one = play_points(loaded, points, [3, 4] * 200, seed=2)
    monkeypatch.setattr("sim.one_thread._libraries", lambda: SimpleNamespace(limit=lambda **_: nullcontext()))
    with_two = play_points(loaded, points, [3, 4] * 200, seed=2)
    assert (with_one.digest == with_two.digest).all()
    for name, values in with_one.measures.items():
        np.testing.assert_array_equal(values, with_two.measures[name])
