"""What each policy answers to a decision, and how policies come to their seats."""

import re
from pathlib import Path

import pytest

import sim.policies
from sim.engine import play
from sim.errors import InputError
from sim.exercise import Exercise
from sim.model.decisions import Answer, Decision, Option, answer_to
from sim.model.inputs import build_inputs
from sim.policies import (
    POLICIES,
    Cautious,
    Deterred,
    FollowText,
    FreeRider,
    Hawk,
    Opportunist,
    Policy,
    Script,
    Silent,
    TitForTat,
    Veto,
    policy_named,
)
from sim.policies.seating import fresh, overrides, policies_of
from tests.builders import a_scenario

LADDER = {"silence": 0.0, "concern": 0.1, "solidarity": 0.3, "naming": 0.5, "measures": 0.75}
RUNGS = tuple(LADDER)


def a_view(confidence=0.5, capital=1.0, **changes):
    """What a state sees of one incident by Russia; or, as `actor="RUS"`, what Russia sees of its own."""
    grid = {"suspect": "RUS", "confidence": confidence, "is_mine": True}
    return {
        "actor": "EST",
        "capital": capital,
        "incidents": {"grid": grid},
        "texts": [],
        "seen_responses": [],
        **changes,
    }


def responses(*options, default=()):
    return Decision("responses", 2, "EST", "grid", options, tuple(default), least=0, most=None)


def a_response(id="sanctions", cost=0.1, **known):
    return Option(id, cost, **known)


def silence(rung, default="accept"):
    options = (Option("accept"), Option("break"))
    return Decision("silence", 2, "EST", "grid/nac#1", options, (default,), rung=rung)


def position(default):
    return Decision("position", 2, "EST", "grid", tuple(Option(rung) for rung in RUNGS), (default,))


def a_call(*default):
    return Decision("call", 2, "EST", "grid", (Option("nac"), Option("g7")), default, least=0, most=2)


def a_move(*legal, default="persist", turn=2, over="grid"):
    options = tuple(Option(move) for move in ("persist", *legal))
    return Decision("move", turn, "RUS", over, options, (default,))


def seen(response, *actors):
    return {"incident": "grid", "response": response, "by": list(actors)}


def chosen(policy, decision, **view):
    return tuple(policy.choose(a_view(**view), decision))


# ---------------------------------------------------------------------------------------------------- states


def test_a_hawk_accuses_once_it_is_as_sure_as_states_have_been():
    decision = responses(a_response("team"), a_response("attribution", confidence_min=0.7))
    assert chosen(Hawk(), decision, confidence=0.69) == ("team",)
    assert chosen(Hawk(), decision, confidence=0.7) == ("team", "attribution")


def test_a_hawk_buys_the_cheapest_first_and_no_more_than_it_can_pay():
    decision = responses(a_response("sanctions", 0.2), a_response("statement", 0.05), a_response("team", 0.1))
    assert chosen(Hawk(), decision, capital=0.16) == ("statement", "team")
    assert chosen(Hawk(), decision, capital=-0.1) == ()


def test_a_hawk_wants_measures_and_accepts_every_text():
    assert chosen(Hawk(), position("concern")) == ("measures",)
    assert chosen(Hawk(), silence("measures", "break")) == ("accept",)
    assert chosen(Hawk(), a_move("escalate")) == ("escalate",)


def test_the_cautious_join_what_is_covered_or_what_most_peers_do():
    options = (
        a_response("a", covered=True),
        a_response("b", peer_participation=0.6),
        a_response("c", peer_participation=0.5),
        a_response("d"),
    )
    assert chosen(Cautious(), responses(*options, default="abcd")) == ("a", "b")
    assert chosen(Cautious(), responses(*options, default="bcd")) == ("b",)
    assert chosen(Cautious(most=0.4), responses(*options, default="abcd")) == ("a", "b", "c")


def test_the_cautious_break_silence_beyond_solidarity():
    assert [chosen(Cautious(), silence(rung))[0] for rung in RUNGS] == ["accept"] * 3 + ["break"] * 2
    assert chosen(Cautious(), position("measures")) == ("solidarity",)
    assert chosen(Cautious(), position("concern")) == ("concern",)


def test_who_follows_texts_joins_what_they_cover_and_nothing_else():
    decision = responses(a_response("a", covered=True), a_response("b", peer_participation=1.0), default=["b"])
    assert chosen(FollowText(), decision) == ("a",)
    assert chosen(FollowText(), silence("measures", "break")) == ("break",)


def test_a_free_rider_joins_words():
    words, deeds = a_response("statement", 0.05), a_response("sanctions", 0.2)
    decision = responses(words, deeds, default=["statement", "sanctions"])
    assert chosen(FreeRider(), decision) == ("statement",)
    assert chosen(FreeRider(most=0.0), decision) == ()
    assert chosen(FreeRider(), silence("measures", "break")) == ("accept",)
    assert chosen(FreeRider(), a_call("nac")) == ()


def test_the_silent_do_nothing():
    assert chosen(Silent(), responses(a_response(covered=True), default=["sanctions"])) == ()
    assert chosen(Silent(), silence("measures", "break")) == ("accept",)
    assert chosen(Silent(), a_call("nac", "g7")) == ()
    assert chosen(Silent(), a_move("stop", "escalate", default="escalate")) == ("persist",)


@pytest.mark.parametrize("above", RUNGS)
def test_a_veto_player_stops_texts_above_its_rung(above):
    passed = [rung for rung in RUNGS if chosen(Veto(above), silence(rung)) == ("accept",)]
    assert passed == list(RUNGS[: RUNGS.index(above) + 1])
    assert chosen(Veto(above), position("measures")) == (above,)


# ---------------------------------------------------------------------------------------------------- adversaries


def test_tit_for_tat_strikes_when_something_new_was_done_and_only_then():
    russia, moves = TitForTat(), []
    for turn, now in enumerate(([], [seen("team", "EST")], [seen("team", "EST")], [seen("team", "EST", "USA")])):
        moves += chosen(russia, a_move("escalate", "stop", turn=turn + 1), actor="RUS", seen_responses=now)
    assert moves == ["persist", "escalate", "persist", "escalate"]


def test_tit_for_tat_answers_alike_in_all_its_campaigns():
    russia, now = TitForTat(), [seen("team", "EST")]
    one, other = (chosen(russia, a_move("escalate", over=over), actor="RUS", seen_responses=now) for over in "ab")
    assert one == other == ("escalate",)


def test_an_opportunist_looks_at_the_campaign_it_decides_on():
    text = [{"incident": "grid", "format": "nac", "text": 0.4}]
    incidents = {name: {"suspect": "RUS", "is_mine": True} for name in ("grid", "cable")}
    answers = [
        chosen(Opportunist(), a_move("widen", over=over), actor="RUS", texts=text, incidents=incidents)
        for over in ("grid", "cable", "next")
    ]
    assert answers == [("persist",), ("widen",), ("widen",)]


def test_tit_for_tat_goes_on_where_it_cannot_strike_harder():
    assert chosen(TitForTat(), a_move(), actor="RUS", seen_responses=[seen("team", "EST")]) == ("persist",)


def test_what_is_done_about_the_incidents_of_another_does_not_provoke():
    assert chosen(TitForTat(), a_move("escalate"), actor="CHN", seen_responses=[seen("team", "EST")]) == ("persist",)


def test_one_that_is_deterred_stops_when_enough_act_against_it():
    two = [seen("team", "EST", "USA"), seen("sanctions", "EST")]
    assert chosen(Deterred(actors=2), a_move("stop"), actor="RUS", seen_responses=two) == ("stop",)
    undeterred = a_move("stop", "escalate", default="escalate")
    assert chosen(Deterred(actors=3), undeterred, actor="RUS", seen_responses=two) == ("escalate",)
    assert chosen(Deterred(actors=2), a_move(), actor="RUS", seen_responses=two) == ("persist",)


def test_an_opportunist_goes_for_the_gap_while_no_text_stands():
    assert chosen(Opportunist(), a_move("widen", "divide"), actor="RUS") == ("widen",)
    assert chosen(Opportunist(), a_move("divide"), actor="RUS") == ("divide",)
    text = [{"incident": "grid", "format": "nac", "text": 0.4}]
    assert chosen(Opportunist(), a_move("widen", "divide"), actor="RUS", texts=text) == ("persist",)


@pytest.mark.parametrize("policy", [TitForTat, Deterred, Opportunist])
def test_an_adversarys_policy_leaves_a_state_to_the_model(policy):
    assert chosen(policy(), responses(a_response(), default=["sanctions"])) == ("sanctions",)


# ---------------------------------------------------------------------------------------------------- written down


def test_a_script_answers_where_something_is_written():
    script = Script([Answer(2, "EST", "silence", "grid/nac#1", ("break",))])
    assert script.take(silence("concern")) == ("break",)
    assert script.take(position("concern")) is None


def test_a_script_that_may_err_leaves_what_is_not_legal():
    answers = [Answer(2, "EST", "responses", "grid", ("sanctions",))]
    decision = responses(a_response("team"), default=["team"])
    assert Script(answers, strict=False).take(decision) is None
    assert Script(answers).take(decision) == ("sanctions",)


def test_a_script_knows_what_nobody_has_asked_for():
    first, second = (Answer(turn, "EST", "responses", "grid", ()) for turn in (2, 3))
    script = Script([first, second])
    script.take(responses(a_response()))
    assert script.unasked == [second]


def test_an_answer_about_nothing_in_particular_is_given_to_every_such_decision_of_its_turn():
    script = Script([Answer(2, "EST", "silence", None, ("break",)), Answer(2, "EST", "silence", "wine/nac#1", ())])
    assert script.take(silence("concern")) == ("break",)
    assert script.take(Decision("silence", 3, "EST", "grid/nac#1", (Option("break"),), ("break",))) is None


def test_more_in_a_script_leaves_the_one_it_came_from():
    script = Script([Answer(1, "RUS", "move", "next", ("persist",))])
    more = script.also([Answer(2, "EST", "silence", "grid/nac#1", ("break",))])
    assert more.take(silence("concern")) == ("break",) and more.actors == ["EST", "RUS"]
    assert script.take(silence("concern")) is None and script.actors == ["RUS"]


def test_one_who_remembers_is_asked_what_the_script_answers_too():
    crisis = a_scenario(incident={"publicness": 1.0, "difficulty": 0.1})
    keeping = Keeping()
    script = [Answer(1, "RUS", "move", "next", ("persist",))]
    exercise = Exercise(crisis, 2, policies={"RUS": keeping}, answers=script)
    exercise.step()
    assert [decision.kind for _, decision in keeping.decisions] == ["move"]
    assert [answer.choice for answer in exercise.answers] == [("persist",)]


# ---------------------------------------------------------------------------------------------------- seats


class Keeping(Policy):
    """Keeps what it is asked."""

    def __init__(self):
        self.decisions = []

    def choose(self, view, decision):
        self.decisions.append((view, decision))
        return decision.default


HELPFUL = {"attend_base": 9.0, "practice_support": 9.0, "evidence_overt": 5.0}


@pytest.fixture(scope="module")
def asked():
    """What the United States are asked in a crisis that everybody can see, and in which everybody helps."""
    keeping = Keeping()
    play(
        a_scenario(turns=5, incident={"publicness": 1.0, "difficulty": 0.0}, behaviour=HELPFUL),
        2,
        policies={"USA": keeping},
        baseline=False,
    )
    return keeping.decisions


def test_a_seat_is_told_what_the_rules_say_of_a_response(asked):
    told = {option.id: option for _, decision in asked if decision.kind == "responses" for option in decision.options}
    assert told["sanctions"].confidence_min == 0.8 and told["sanctions"].rung == "measures"
    assert told["response_team"].confidence_min is None and told["response_team"].rung == "solidarity"


def test_a_seat_is_told_which_text_covers_what(asked):
    strongest = 0.0
    for view, decision in asked:
        if decision.kind == "responses":
            own = [text["text"] for text in view["texts"] if text["format"] in ("nac", "g7", "nato_ip4")]
            strongest = max(own, default=0.0)
            for option in decision.options:
                assert option.covered == (strongest >= LADDER[option.rung])
    assert strongest >= 0.3, "the scenario of this test should bring about a text"


def test_a_seat_is_told_how_many_of_its_peers_have_joined(asked):
    alone, together = set(), set()
    for view, decision in asked:
        if decision.kind == "responses":
            acting = {entry["response"]: set(entry["by"]) - {"USA", "NATO", "EU"} for entry in view["seen_responses"]}
            for option in decision.options:
                (together if acting.get(option.id) else alone).add(option.peer_participation)
    assert alone == {0.0} and together and all(0 < peer_participation <= 1 for peer_participation in together)


def test_a_seat_is_told_where_a_text_stands(asked):
    silences = [decision for _, decision in asked if decision.kind == "silence"]
    assert silences and all(0 <= decision.text <= 1 for decision in silences)
    assert all(LADDER[decision.rung] <= decision.text for decision in silences)
    assert {(decision.rung, decision.text) for _, decision in asked if decision.kind != "silence"} == {(None, None)}


def test_only_what_differs_from_the_models_rule_is_an_override():
    kept, changed = (answer_to(a_call("nac"), choice) for choice in (["nac"], []))
    assert overrides([(a_call("nac"), kept)]) == []
    assert overrides([(a_call("nac"), kept), (a_call("nac"), changed)]) == [changed]


def test_the_order_of_a_choice_is_no_override():
    decision = responses(a_response("a"), a_response("b"), default=("b", "a"))
    assert overrides([(decision, answer_to(decision, ["a", "b"]))]) == []


def test_who_remembers_gets_a_memory_of_its_own_for_each_run_and_the_models_rule_no_seat():
    russia, hawk = TitForTat(), Hawk()
    seats = fresh(policies_of(build_inputs(a_scenario()), {"EST": "standard", "JPN": hawk, "RUS": russia}))
    assert list(seats) == ["JPN", "RUS"] and seats["JPN"] is hawk
    seats["RUS"].choose(a_view(actor="RUS", seen_responses=[seen("team", "EST")]), a_move())
    assert seats["RUS"].seen and not russia.seen


def test_a_policy_may_be_given_by_name_by_class_or_itself():
    hawk = Hawk()
    chosen = policies_of(build_inputs(a_scenario()), {"JPN": hawk, "EST": "hawk", "DEU": Hawk})
    assert list(chosen) == ["DEU", "EST", "JPN"], "in the order of the actors"
    assert chosen["JPN"] is hawk
    assert {type(policy) for policy in chosen.values()} == {Hawk}


def test_an_answer_that_is_not_legal_is_refused_with_advice():
    class Wild(Policy):
        def choose(self, view, decision):
            return ["nuclear"] if decision.kind == "responses" else decision.default

    with pytest.raises(InputError, match="EST, turn 1, responses on grid: nuclear is not legal now. Allowed: joint_"):
        play(a_scenario(), 1, policies={"EST": Wild()})


def test_a_name_that_no_policy_has_is_met_with_advice():
    with pytest.raises(InputError, match="no policy named 'cautios'. Did you mean 'cautious'?"):
        policy_named("cautios")
    with pytest.raises(InputError, match="no actor 'ETS' takes part. Did you mean 'EST'?"):
        play(a_scenario(), 1, policies={"ETS": "hawk"})


def test_a_policy_is_found_wherever_its_class_stands_in_a_family():
    families = {file.read_text(encoding="utf-8") for file in Path(sim.policies.__file__).parent.glob("[am]*.py")}
    written = re.findall(r"^class (\w+)\(Policy\):", "\n".join(families), re.MULTILINE)
    assert sorted(written) == sorted(policy.__name__ for policy in POLICIES.values())
    assert all(getattr(sim.policies, policy.__name__) is policy for policy in POLICIES.values())
