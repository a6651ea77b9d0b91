"""An exercise as a Mesa model: the engine's own record, agents that read the arrays, branches, memory given back."""

import gc
import inspect
import math
import weakref

import mesa
import pandas
import pytest

import sim
from sim.agents import Actor, Adversary, Body, StateActor
from sim.engine import play
from sim.errors import InputError, OceansError
from sim.exercise import Exercise
from sim.model.decisions import Answer
from sim.policies import Hawk, Policy, Silent, TitForTat
from sim.scenario import shipped
from tests.builders import a_scenario, an_incident


@pytest.fixture(scope="module")
def crisis():
    """Russia in the grid of Estonia, China at the wine of Japan; NATO takes part, so that projects can be decided."""
    return a_scenario(
        turns=4,
        participants=["NATO", "JPN", "RUS", "CHN"],
        incidents=[
            an_incident(may_widen_to=["DEU", "LVA"], publicness=0.9),
            an_incident("wine", by="CHN", victims={"JPN": 0.4}, issue="coercion", turn=2),
        ],
        cooperation=[{"project": "coop_cyber", "turn": 2}, {"project": "coop_exchange", "months_before": 9}],
    )


# ---------------------------------------------------------------------------------------------------- one engine


@pytest.mark.parametrize("run", [0, 3])
def test_an_exercise_leaves_the_record_of_the_engine(crisis, run):
    played = play(crisis, 5, runs=run + 1, trace=True).records[run]
    exercise = Exercise(crisis, 5, run=run).run()
    assert exercise.record == played
    assert exercise.record.to_json() == played.to_json()
    assert exercise.record.baseline_measures is not None


def test_an_exercise_with_policies_leaves_the_record_of_the_engine(crisis):
    policies = {"EST": "hawk", "DEU": Silent, "JPN": Hawk(), "RUS": TitForTat()}
    played = play(crisis, 5, trace=True, policies=policies)
    exercise = Exercise(crisis, 5, policies=policies).run()
    assert exercise.record.to_json() == played.records[0].to_json()
    assert exercise.answers == played.answers


def test_policies_that_a_scenario_names_are_played(crisis):
    named = a_scenario(**{**crisis.document, "actors": {"EST": {"policy": "hawk"}, "USA": {"policy": "standard"}}})
    given = play(crisis, 5, trace=True, policies={"EST": "hawk"})
    assert Exercise(named, 5).run().events == play(named, 5, trace=True).records[0].events == given.records[0].events
    assert {answer.actor for answer in given.answers} == {"EST"}


def test_a_policy_that_is_given_takes_the_place_of_the_one_in_the_scenario(crisis):
    named = a_scenario(**{**crisis.document, "actors": {"EST": {"policy": "hawk"}}})
    given = play(named, 5, trace=True, policies={"EST": "standard"})
    assert given.records[0].events == Exercise(crisis, 5).run().events


@pytest.mark.long
@pytest.mark.parametrize("name", shipped())
def test_a_shipped_exercise_leaves_the_record_of_the_engine(name):
    loaded = sim.load(name)
    assert Exercise(loaded, 7).run().record.to_json() == play(loaded, 7, trace=True).records[0].to_json()


def test_the_smallest_exercise_leaves_the_record_of_the_engine():
    assert Exercise("smallest", 7).run().record == play(sim.load("smallest"), 7, trace=True).records[0]


def test_the_record_tells_what_has_happened_before_it_is_judged(crisis):
    exercise = Exercise(crisis, 5)
    assert exercise.record.events == ()
    exercise.step()
    assert exercise.record.events == exercise.events != ()
    assert exercise.record.measures == {} and exercise.record.scorecard == []


def test_no_turn_follows_the_last(crisis):
    exercise = Exercise(crisis, 5).run()
    assert exercise.is_over and not exercise.running
    with pytest.raises(OceansError, match="the exercise is over: it has 4 turns"):
        exercise.step()


# ---------------------------------------------------------------------------------------------------- actors


def test_every_actor_of_the_scenario_is_an_agent_of_its_kind(crisis):
    exercise = Exercise(crisis, 5)
    kinds = {actor.code: type(actor) for actor in exercise.agents}
    assert kinds == {
        **dict.fromkeys(("EST", "LVA", "DEU", "GBR", "USA", "JPN"), StateActor),
        "NATO": Body,
        "RUS": Adversary,
        "CHN": Adversary,
    }
    assert [actor.unique_id for actor in exercise.actors.values()] == list(range(1, 10))


def test_agents_can_be_selected_and_added_up_as_in_any_mesa_model(crisis):
    exercise = Exercise(crisis, 5).run()
    allies = exercise.agents.select(lambda actor: actor.is_ally and actor.kind == "state")
    assert set(allies.get("code")) == {"EST", "LVA", "DEU", "GBR", "USA"}
    assert allies.agg("spent", sum) == sum(actor.spent for actor in allies)
    allies.do(lambda actor: setattr(actor, "note", actor.name))
    assert exercise.actor("EST").note == "Estonia"


def test_an_actor_reads_what_is_true_of_it(crisis):
    exercise = Exercise(crisis, 5)
    exercise.step()
    estonia, russia, nato = (exercise.actor(code) for code in ("EST", "RUS", "NATO"))
    state, place = exercise.world.state, exercise.world.inputs.index["EST"]
    assert estonia.capital == state.capital[0, place]
    assert estonia.stake("grid") == state.stake[0, 0, place] == 0.5
    assert 0 < estonia.confidence("grid") == estonia.confidence() < 1
    assert 0 <= estonia.position("grid") <= 1
    assert estonia.exposure("RUS") == estonia.exposure(russia) > 0
    assert -1 <= estonia.stance("RUS") <= 1
    assert estonia.memberships == ("nato", "eu") and estonia.is_eu_member and not estonia.is_partner
    assert exercise.actor("GBR").memberships == ("nato", "g7", "five_eyes")
    assert (estonia.role, russia.role, nato.role) == ("ally", "adversary", "body")
    assert [member.code for member in nato.members] == [a.code for a in exercise.agents if a.is_ally and a is not nato]
    assert set(russia.last_moves.values()) <= set(exercise.moves) and 0 <= russia.pressure <= 1
    assert math.isnan(russia.confidence()) and math.isnan(nato.stake("grid"))
    assert estonia.view()["incidents"]["grid"]["is_victim"]


def test_an_actor_names_the_responses_it_has_joined(crisis):
    exercise = Exercise(crisis, 5).run()
    decided = [event for event in exercise.record.of_kind("response_decided") if event.actor == "EST"]
    joined = {(event.incident, event.payload["response"]) for event in decided}
    assert set(exercise.actor("EST").responses) == joined != set()


@pytest.mark.parametrize(
    "ask",
    [
        lambda exercise: exercise.actor("ESP"),
        lambda exercise: exercise.actor("EST").confidence("grod"),
        lambda exercise: exercise.actor("EST").exposure("RUZ"),
        lambda exercise: setattr(exercise.actor("EST"), "policy", "hauk"),
        lambda exercise: setattr(exercise.actor("NATO"), "policy", "hawk"),
        lambda exercise: exercise.with_choice("EST", "silense", "break"),
        lambda exercise: exercise.with_choice("EST", "silence", "break", turn=9),
        lambda exercise: Exercise(exercise.loaded, policies={"ETS": "hawk"}),
        lambda exercise: Exercise(exercise.loaded, policies={"NATO": "hawk"}),
        lambda exercise: Exercise(exercise.loaded, agent_classes={"ETS": StateActor}),
        lambda exercise: Exercise(exercise.loaded, answers=[Answer(1, "ETS", "move", "next", ("persist",))]),
        lambda exercise: Exercise(exercise.loaded, answers=[Answer(1, "RUS", "move", None, ("fly",))]).run(),
        lambda exercise: Exercise("smalest"),
    ],
)
def test_what_cannot_be_is_answered_with_advice(crisis, ask):
    with pytest.raises(InputError) as advice:
        ask(Exercise(crisis, 5))
    assert any(word in str(advice.value) for word in ("Did you mean", "Allowed", "Take a member's", "ahead", "shipped"))


# ---------------------------------------------------------------------------------------------------- doctrines


class Herald(StateActor):
    """A state that always says what it wants, and then does nothing."""

    def choose(self, view, decision):
        if decision.kind == "position":
            return ["measures"]
        return [] if decision.many else decision.default


def test_a_subclass_chooses_in_its_own_way(crisis):
    exercise = Exercise(crisis, 5, agent_classes={"JPN": Herald}).run()
    assert isinstance(exercise.actor("JPN"), Herald)
    assert {answer.choice for answer in exercise.answers if answer.kind == "position"} == {("measures",)}
    assert exercise.actor("JPN").responses == () or all("statement" in r for _, r in exercise.actor("JPN").responses)


def test_a_policy_can_be_handed_over_between_turns(crisis):
    exercise = Exercise(crisis, 5)
    exercise.step()
    assert exercise.actor("EST").policy.name == "standard" and exercise.answers == ()
    exercise.actor("EST").policy = Silent()
    exercise.step()
    assert {answer.actor for answer in exercise.answers} == {"EST"}
    exercise.actor("EST").policy = None
    exercise.run()
    late = [answer for answer in exercise.answers if answer.turn > 2 and answer.kind == "responses"]
    assert exercise.actor("EST").policy.name == "standard"
    assert late == [] and not exercise.actor("EST").has_own_will


def test_a_policy_that_is_put_in_and_taken_out_before_it_is_asked_changes_nothing(crisis):
    exercise = Exercise(crisis, 5)
    exercise.actor("EST").policy = Hawk
    exercise.actor("EST").policy = None
    assert exercise.run().record == Exercise(crisis, 5).run().record


def test_a_policy_that_remembers_remembers_one_exercise_alone(crisis):
    russia = TitForTat()
    one = Exercise(crisis, 5, policies={"RUS": russia}).run()
    two = Exercise(crisis, 5, policies={"RUS": russia}).run()
    assert one.record == two.record and russia.seen == set()


def test_answers_given_before_are_given_again(crisis):
    played = Exercise(crisis, 5, policies={"EST": Hawk, "RUS": TitForTat}).run()
    again = Exercise(crisis, 5, answers=played.answers).run()
    assert again.record.to_json() == played.record.to_json()


# ---------------------------------------------------------------------------------------------------- what if


def test_a_branch_goes_on_as_the_exercise_would_and_leaves_it_alone(crisis):
    policies = {"EST": Hawk, "RUS": TitForTat}
    whole = Exercise(crisis, 5, policies=policies).run()
    exercise = Exercise(crisis, 5, policies=policies)
    for turn in range(exercise.turns):
        before = exercise.record.to_json()
        branch = exercise.branch()
        assert branch.run().record.to_json() == whole.record.to_json(), f"branched after turn {turn}"
        assert exercise.record.to_json() == before and exercise.turn == turn
        exercise.step()
    both = branch.datacollector, exercise.datacollector
    assert [len(kept.get_model_vars_dataframe()) for kept in both] == [5, 5]
    assert both[0].get_agent_vars_dataframe().equals(both[1].get_agent_vars_dataframe())


def test_another_answer_makes_another_branch(crisis):
    exercise = Exercise(crisis, 5)
    exercise.step()
    acts = exercise.with_choice("EST", "responses", ["response_team"], subject="grid")
    waits = exercise.with_choice("EST", "responses", [], subject="grid")
    for branch in (acts, waits):
        assert len(branch.unasked) == 1
        branch.step()
        assert branch.unasked == ()
    assert ("grid", "response_team") in acts.actor("EST").responses
    new = set(waits.actor("EST").responses) - set(exercise.actor("EST").responses)
    assert "grid" not in {incident for incident, _ in new}
    assert exercise.turn == 1 and exercise.actor("EST").policy.name == "standard"


class Counting(Policy):
    """Remembers how often it was asked."""

    memory = True

    def __init__(self):
        self.asked = 0

    def choose(self, view, decision):
        self.asked += 1
        return decision.default


def test_a_policy_keeps_no_memory_of_what_could_still_come(crisis):
    exercise = Exercise(crisis, 5, policies={"EST": Counting})
    exercise.step()
    asked = exercise.actor("EST").policy.asked
    exercise.simulate_forward(2)
    exercise.with_choice("EST", "position", "silence").run()
    assert exercise.actor("EST").policy.asked == asked > 0


def test_trying_things_out_leaves_what_was_written_down_unasked(crisis):
    written = [Answer(3, "RUS", "move", None, ("persist",))]
    exercise = Exercise(crisis, 5, answers=written)
    exercise.step()
    exercise.simulate_forward(2)
    exercise.branch().run()
    assert exercise.unasked == tuple(written)
    assert exercise.run().unasked == ()


def test_continuations_differ_by_luck_and_follow_the_policies_in_their_seats(crisis):
    exercise = Exercise(crisis, 5)
    exercise.step()
    some = exercise.simulate_forward(40, seed=3)
    assert set(some) == set(exercise.branch().run().measures)
    assert len(set(some["harm"])) > 20
    again = exercise.simulate_forward(40, seed=3)
    assert all((some[name] == again[name]).all() or math.isnan(some[name].sum()) for name in some)
    for code in ("EST", "LVA", "DEU", "GBR", "USA", "JPN"):
        exercise.actor(code).policy = Silent
    assert (exercise.simulate_forward(40, seed=3)["cost"] <= some["cost"]).all()


def test_one_continuation_is_the_same_alone_and_among_many_even_when_a_policy_remembers(crisis):
    exercise = Exercise(crisis, 5, policies={"RUS": TitForTat})
    exercise.step()
    many, few = exercise.simulate_forward(6, seed=3), exercise.simulate_forward(2, seed=3)
    assert (many["harm"][:2] == few["harm"]).all()


def test_what_could_still_come_is_one_thing_after_the_last_turn(crisis):
    exercise = Exercise(crisis, 5).run()
    assert set(exercise.simulate_forward(5)["harm"]) == {exercise.measures["harm"]}


# ---------------------------------------------------------------------------------------------------- as Mesa has it


def test_every_turn_is_collected(crisis):
    exercise = Exercise(crisis, 5).run()
    collected = exercise.datacollector.get_model_vars_dataframe().loc[1:]
    for name in ("tension", "perceived_threat", "standing", "readiness"):
        assert collected[name].round(9).tolist() == [round(value, 9) for value in exercise.record.series(name)]
    by_agent = exercise.datacollector.get_agent_vars_dataframe()
    assert by_agent.index.names == ["Step", "AgentID"] and len(by_agent) == 5 * 9
    last = by_agent.loc[4].set_index("code")
    assert last.loc["EST", "capital"] == exercise.actor("EST").capital
    assert last.loc["EST", "responses"] == len(exercise.actor("EST").responses)


def test_how_things_stood_before_the_first_turn_is_collected_as_row_0(crisis):
    exercise = Exercise(crisis, 5)
    tension, capital = float(exercise.world.state.tension[0]), exercise.actor("EST").capital
    exercise.step()
    assert exercise.datacollector.get_model_vars_dataframe().loc[0, "tension"] == tension
    before = exercise.datacollector.get_agent_vars_dataframe().loc[0].set_index("code")
    assert before.loc["EST", "capital"] == capital and before["responses"].sum() == 0


def rows_of_a_batch(model, parameters, **options):
    """What Mesa's batch_run gives for seed 5, which it takes in one way before 3.4 and in another since."""
    ours = {"rng": [5]} if "rng" in inspect.signature(mesa.batch_run).parameters else {"iterations": 1}
    parameters = parameters if "rng" in ours else {**parameters, "seed": [5]}
    options = {"max_steps": 9, "number_processes": 1, "display_progress": False, **ours, **options}
    return pandas.DataFrame(mesa.batch_run(model, parameters, **options))


def as_collected(exercise, steps):
    """Model's and agents' values side by side, from the same exercise stepped by hand and looked at turn by turn."""
    seen = {}
    for turn in range(exercise.turns + 1):
        for actor in exercise.agents:
            seen[turn, actor.code] = (float(exercise.world.state.tension[0]), actor.capital, len(actor.responses))
        if not exercise.is_over:
            exercise.step()
    return {key: values for key, values in seen.items() if key[0] in steps}


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({"data_collection_period": 1}, {0, 1, 2, 3, 4}),
        ({"data_collection_period": 2}, {0, 2, 4}),
        ({}, {4}),
        ({"data_collection_period": 1, "max_steps": 2}, {0, 1, 2}),
    ],
    ids=["every turn", "every second turn", "the end", "stopped early"],
)
def test_a_row_of_a_batch_run_holds_the_values_of_its_step(crisis, options, steps):
    rows = rows_of_a_batch(Exercise, {"scenario": [crisis]}, **options)
    columns = rows[["tension", "capital", "responses"]].itertuples(index=False, name=None)
    found = dict(zip(zip(rows["Step"], rows["code"], strict=True), columns, strict=True))
    assert found == as_collected(Exercise(crisis, 5), steps) and len(found) == len(rows)


def test_a_seed_that_is_no_whole_number_is_answered_with_what_to_write(crisis):
    with pytest.raises(InputError, match=r"seed is None, and has to be a whole number. .* rng=\[1, 2, 3\]"):
        Exercise(crisis, None)


class Absent(Policy):
    """Does not answer, the first time."""

    def __init__(self):
        self.asked = 0

    def choose(self, view, question):
        self.asked += 1
        if self.asked == 1:
            raise TimeoutError("nobody there")
        return question.default


def test_a_turn_that_an_error_stopped_does_not_stop_those_that_follow(crisis):
    exercise = Exercise(crisis, 5, policies={"RUS": Absent()})
    with pytest.raises(TimeoutError):
        exercise.run()
    assert exercise.run().is_over


def test_mesa_can_play_it_to_the_end(crisis):
    exercise = Exercise(crisis, 5)
    exercise.run_model()
    assert exercise.is_over


def test_an_exercise_that_is_done_leaves_nothing_behind(crisis):
    def played():
        exercise = Exercise(crisis, 5)
        exercise.step()
        exercise.branch().step()
        return weakref.ref(exercise)

    before = len(getattr(mesa.Agent, "_ids", ()))
    gone = [played() for _ in range(3)]
    gc.collect()
    assert len(getattr(mesa.Agent, "_ids", ())) == before
    assert [reference() for reference in gone] == [None] * 3


class Minutes(Exercise):
    """An exercise that keeps minutes: what a Mesa user adds."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.minutes = []

    def step(self):
        super().step()
        self.minutes = [*self.minutes, self.turn]


def test_a_model_that_is_built_on_it_branches_too(crisis):
    exercise = Minutes(crisis, 5)
    exercise.step()
    branch = exercise.branch().run()
    assert (exercise.minutes, branch.minutes) == ([1], [1, 2, 3, 4])


def test_an_actor_knows_itself():
    assert repr(Exercise("smallest").actor("JPN")) == "StateActor('JPN')"
    assert issubclass(StateActor, Actor) and issubclass(Actor, mesa.Agent)
