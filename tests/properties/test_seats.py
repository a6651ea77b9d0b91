"""Laws of the seats: who chooses does not matter, what is chosen does; and a seat sees only what it can know."""

import copy
import dataclasses
import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.engine import initial_world, play
from sim.exercise import Exercise
from sim.model.decisions import Answer
from sim.model.inputs import build_inputs
from sim.model.steps import play_turn
from sim.model.view import view
from sim.policies import POLICIES, Policy
from sim.session import Session
from tests.builders import a_scenario, an_incident, an_inject
from tests.properties.invented import laws

STATES, ADVERSARIES = ("EST", "DEU", "USA", "JPN"), ("RUS", "CHN")
SEATS = STATES + ADVERSARIES
CRISIS = {
    "turns": 3,
    "cooperation": [{"project": "coop_cyber", "turn": 2}, {"project": "coop_exchange", "months_before": 12}],
    "incidents": [
        an_incident(may_widen_to=["DEU"], publicness=0.9),
        an_incident("wine", by="CHN", victims={"JPN": 0.4}, issue="coercion", turn=2),
    ],
}
some_policies = st.dictionaries(st.sampled_from(SEATS), st.sampled_from(sorted(POLICIES)), min_size=1)


class Whim(Policy):
    """Somebody whose answers follow no rule, but a number."""

    def __init__(self, number):
        self.rng = np.random.default_rng(number)

    def choose(self, view, decision):
        ids = [option.id for option in decision.options]
        if decision.many:
            return [each for each in ids if self.rng.random() < 0.3][: decision.most]
        return ids[self.rng.integers(len(ids))]


@pytest.fixture(scope="module")
def crisis():
    return a_scenario(**CRISIS)


def record(crisis, seed, policies):
    return play(crisis, seed, trace=True, policies=policies).records[0].to_json()


# ------------------------------------------------------------------------------------------------ who chooses


@laws(12)
@given(some_policies, st.integers(0, 99))
@example({"USA": "cautious", "DEU": "standard", "EST": "free_rider"}, 0)  # who calls has not heard who does not
def test_a_person_who_chooses_what_the_policy_would_leaves_the_same_record(crisis, chosen, seed):
    session = Session(crisis, seed, people=chosen)
    minds = {code: POLICIES[name]() for code, name in chosen.items()}
    while not session.is_over:
        decision = session.open_decisions()[0]
        session.submit(decision, minds[decision.actor].choose(session.view(decision.actor), decision))
    assert session.record.to_json() == record(crisis, seed, chosen)


@laws(12)
@given(st.sets(st.sampled_from(SEATS), min_size=1), st.integers(0, 99))
def test_whatever_people_chose_can_be_played_again_from_their_answers(crisis, codes, seed):
    played = play(crisis, seed, trace=True, policies={code: Whim(seed + k) for k, code in enumerate(sorted(codes))})
    lines = [answer.to_json() for answer in played.answers]
    again = Exercise(crisis, seed, answers=[Answer.from_json(line) for line in lines]).run()
    assert again.record.to_json() == played.records[0].to_json()
    assert again.answers == played.answers


@laws(12)
@given(some_policies, st.integers(0, 99))
def test_what_policies_chose_can_be_played_again_without_them(crisis, chosen, seed):
    played = play(crisis, seed, trace=True, policies=chosen)
    again = Exercise(crisis, seed, answers=played.answers).run()
    assert again.record.to_json() == played.records[0].to_json()


@laws(12)
@given(some_policies, st.integers(0, 99), st.randoms(use_true_random=False))
def test_the_order_in_which_seats_are_named_does_not_matter(crisis, chosen, seed, chance):
    shuffled = dict(chance.sample(sorted(chosen.items()), len(chosen)))
    assert record(crisis, seed, shuffled) == record(crisis, seed, chosen)


# ------------------------------------------------------------------------------------------------ what a seat sees


def world_after(crisis, turns, seed=5):
    world = initial_world(build_inputs(crisis), seed, [0])
    for _ in range(turns):
        play_turn(world)
    return world


def seen(world, code):
    return json.dumps(view(world, code), sort_keys=True)


PUBLIC = {
    "intensity",
    "tension",
    "consultation_state",
    "consultation_due",
    "consultation_text",
    "effect_day",
}  # as far as a view shows them


def changed(values, places):
    """The same array with other values at some places of its last axis."""
    values = values.copy()
    at = values[..., places]
    values[..., places] = ~at if values.dtype == bool else at + 1
    return values


@pytest.mark.parametrize("turns", [1, 3])
@pytest.mark.parametrize("code", SEATS)
def test_a_view_holds_nothing_of_what_others_believe_want_or_own(crisis, code, turns):
    world = world_after(crisis, turns)
    before, place = seen(world, code), world.inputs.index[code]
    others = np.arange(len(world.inputs.actors)) != place
    for name, values in vars(world.state).items():
        if name == "pressure":  # an adversary feels its own
            felt_by_others = np.array([adversary != code for adversary in world.inputs.adversaries])
            world.state.pressure = values + felt_by_others[:, None]
            assert seen(world, code) == before, f"the view of {code} shows the pressure on others"
        elif name not in PUBLIC:
            is_each_actors = values.ndim and values.shape[-1] == len(others)
            setattr(world.state, name, changed(values, others if is_each_actors else slice(None)))
            assert seen(world, code) == before, f"the view of {code} shows {name}"


@pytest.mark.parametrize("code", STATES)
def test_a_state_does_not_see_who_really_did_it(crisis, code):
    world = world_after(crisis, 3)
    before = seen(world, code)
    world.inputs = dataclasses.replace(world.inputs, incident_by=world.inputs.incident_by[::-1].copy())
    assert seen(world, code) == before


@pytest.mark.parametrize("code", ADVERSARIES)
def test_an_adversary_knows_its_own_incidents_and_judges_none(crisis, code):
    incidents = view(world_after(crisis, 3), code)["incidents"]
    assert {name for name, known in incidents.items() if known.get("is_mine")} == {"RUS": {"grid"}, "CHN": {"wine"}}[
        code
    ]
    assert not any("confidence" in known or "stake" in known for known in incidents.values())


@pytest.mark.parametrize("code", SEATS)
def test_a_view_holds_no_brief_note_or_inject_that_was_meant_for_others(code):
    def with_secrets(word):
        return a_scenario(
            **CRISIS
            | {
                "incidents": [{**incident, "note": f"{word}, says control"} for incident in CRISIS["incidents"]],
                "actors": {other: {"brief": f"{word}, says the capital"} for other in SEATS if other != code},
                "injects": [
                    an_inject("theirs", to=[other for other in SEATS if other != code][:2], text=word),
                    an_inject("ours", to=[code], text="plain", expects=word, control_notes=word),
                ],
                "objectives": [{"id": "aim", "text": word}],
            }
        )

    one, other = (seen(world_after(with_secrets(word), 2), code) for word in ("heron", "cormorant"))
    assert one == other
    assert "heron" not in one and "plain" in one


@pytest.mark.parametrize("code", ("EST", "RUS"))
def test_looking_changes_nothing(crisis, code):
    world = world_after(crisis, 2)
    before = copy.deepcopy(vars(world.state))
    view(world, code)
    assert all(np.array_equal(before[name], value) for name, value in vars(world.state).items())
