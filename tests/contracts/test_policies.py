"""What every policy has to keep, whatever it decides: written once, asked of all.

A played exercise puts every kind of decision to each policy, from a state's seat and from an adversary's; what it was
asked is kept, so that it can be asked again.
"""

import copy
import random

import pytest

from sim.engine import play
from sim.model.decisions import KINDS, Decision, Option, legal_choice
from sim.policies import POLICIES, Policy, Standard
from sim.session import Session
from tests.builders import a_scenario, an_incident, an_inject

STATES, ADVERSARIES = ("EST", "DEU", "USA", "JPN"), ("RUS", "CHN")


class Watched(Policy):
    """Hands every decision on, and keeps what was seen, asked and answered."""

    def __init__(self, policy):
        self.policy, self.kept = policy, []
        self.name, self.memory, self.draws = "watched", policy.memory, policy.draws

    def fresh(self):
        """Itself: what one run asks is what is looked at."""
        return self

    def choose(self, view, decision):
        before = copy.deepcopy(view)
        answer = self.policy.choose(view, decision)
        assert view == before, f"{self.policy.name} changed its view"
        self.kept.append((before, decision, answer))
        return answer


TO_PAY_OR_NOT = [{"id": "pay", "name": "Pays", "weight": 1}, {"id": "refuse", "name": "Refuses", "weight": 2}]


@pytest.fixture(scope="module")
def crisis():
    """Two incidents in two oceans, a project to decide, victims that may be next: every kind of decision falls due."""
    return a_scenario(
        turns=4,
        participants=["NATO", "JPN", "RUS", "CHN"],
        cooperation=[{"project": "coop_cyber", "turn": 2}, {"project": "coop_exchange", "months_before": 12}],
        incidents=[
            an_incident(may_widen_to=["DEU", "LVA"], publicness=0.9),
            an_incident("wine", by="CHN", victims={"JPN": 0.4}, issue="coercion", turn=2),
        ],
        injects=[an_inject(question={"text": "Do you pay?", "options": TO_PAY_OR_NOT})],
    )


def asked(crisis, policy):
    """The exercise with such a policy in every seat: (the record, what each was asked and answered)."""
    watched = {code: Watched(policy()) for code in STATES + ADVERSARIES}
    record = play(crisis, 1, trace=True, policies=watched).records[0]
    return record, [entry for one in watched.values() for entry in one.kept]


@pytest.fixture(scope="module", params=POLICIES.values(), ids=POLICIES)
def policy(request):
    return request.param


@pytest.fixture(scope="module")
def played(crisis, policy):
    """The exercise with the policy in every seat: (the record, what each was asked and answered)."""
    return asked(crisis, policy)


def test_a_played_exercise_asks_every_kind_of_decision(crisis):
    _, entries = asked(crisis, POLICIES["standard"])
    assert {decision.kind for _, decision, _ in entries} == set(KINDS)


def test_it_answers_what_is_legal_to_every_kind_of_decision(played):
    _, entries = played
    for _, decision, answer in entries:
        assert set(legal_choice(decision, answer)) == set([answer] if isinstance(answer, str) else answer)


def test_it_spends_no_more_than_the_capital_it_has(played, policy):
    _, entries = played
    for view, decision, answer in entries:
        if decision.kind == "responses" and set(answer) != set(decision.default):
            cost = sum(option.cost for option in decision.options if option.id in answer)
            assert cost <= view["capital"] + 1e-9, f"{policy.name} spends {cost} of {view['capital']}"


def test_the_same_views_and_decisions_get_the_same_answers(played, policy):
    again = {"EST": policy(), "RUS": policy()}
    entries = [entry for entry in played[1] if entry[0]["actor"] in again]
    assert [tuple(again[view["actor"]].choose(view, decision)) for view, decision, _ in entries] == [
        tuple(answer) for *_, answer in entries
    ]


def test_one_that_says_it_does_not_remember_answers_in_any_order_alike(played, policy):
    if policy.memory:
        pytest.skip(f"{policy.name} remembers")
    _, entries = played
    shuffled = random.Random(1).sample(entries, len(entries))
    one = policy()
    assert all(tuple(one.choose(view, decision)) == tuple(answer) for view, decision, answer in shuffled)


def test_it_says_what_it_does_where_it_comes_from_and_what_it_remembers(policy):
    said = policy.__doc__.strip()
    assert said.split("\n")[0].endswith((".", ":")), "one line that a player would recognise"
    assert "In the literature:" in said and "[" in said.split("In the literature:")[1]
    assert ("Memory: none." in said) == (not policy.memory)
    assert ("Draws: no" in said) == (not policy.draws)


def test_it_stands_with_those_whose_seats_it_plays(policy):
    family = "adversaries" if policy.plays == ("adversary",) else "members"
    assert policy.__module__ == f"sim.policies.{family}"
    assert POLICIES[policy.name] is policy


def test_it_can_be_asked_when_nothing_but_one_answer_is_legal(policy):
    view = {"actor": "EST", "turn": 1, "day": 0, "capital": 0.0, "tension": 0.2, "incidents": {}, "injects": []}
    view |= {"consultations": [], "texts": [], "own_responses": [], "seen_responses": []}
    only = {"position": "silence", "silence": "accept", "project": "support", "move": "persist"}
    for kind, answer in only.items():
        rung = "measures" if kind == "silence" else None
        decision = Decision(kind, 1, "EST", "grid", (Option(answer),), (answer,), rung=rung)
        assert legal_choice(decision, policy().choose(view, decision)) == (answer,)
    for kind in ("responses", "call", "share", "cooperation"):
        nothing = Decision(kind, 1, "EST", "grid", (), (), least=0, most=None)
        assert legal_choice(nothing, policy().choose(view, nothing)) == ()


def test_it_plays_a_run_the_same_whatever_was_played_before(crisis, policy):
    chosen = {code: policy() for code in STATES + ADVERSARIES}
    two = play(crisis, 3, runs=2, trace=True, policies=chosen)
    alone = play(crisis, 3, runs=1, first_run=1, trace=True, policies=chosen)
    assert two.records[1].to_json() == alone.records[0].to_json()


def test_asked_about_everything_and_shown_all_there_is_it_does_what_it_does_as_it_says(crisis, played, policy):
    asked_about_all, _ = played
    as_it_says = play(crisis, 1, trace=True, policies={code: policy() for code in STATES + ADVERSARIES}).records[0]
    assert asked_about_all.to_json() == as_it_says.to_json()


def test_one_made_of_another_that_chooses_in_its_own_way_is_asked_about_everything():
    class Bolder(POLICIES["hawk"]):
        def choose(self, view, decision):
            return super().choose(view, decision)

    class Twin(POLICIES["hawk"]):
        pass

    assert (Bolder.decides, Bolder.sees) == (tuple(KINDS), None)
    assert (Twin.decides, Twin.sees) == (POLICIES["hawk"].decides, POLICIES["hawk"].sees)


# ----------------------------------------------------------------------------------------------one that changes nothing


def test_one_that_keeps_every_default_changes_nothing(crisis):
    usual = play(crisis, 1, trace=True).records[0]
    seats_to_ask = Session(crisis, 1, people=STATES + ADVERSARIES)
    while not seats_to_ask.is_over:
        decision = seats_to_ask.open_decisions()[0]
        seats_to_ask.submit(decision, Standard().choose(seats_to_ask.view(decision.actor), decision))
    assert seats_to_ask.record.to_json() == usual.to_json()
    watched, _ = asked(crisis, Standard)
    assert watched.to_json() == usual.to_json()
