"""Who chooses for whom: seats, policies of one and of many, and everything that is wrong with them at once."""

import pytest

from sim.cli.run import RunOptions
from sim.cli.seat_assignments import SeatAssignments
from sim.errors import InputError
from sim.policies import POLICIES
from tests.builders import a_scenario

LOADED = a_scenario(participants=["NATO", "JPN", "RUS", "CHN"])
MEMBERS = ["DEU", "EST", "GBR", "LVA", "USA"]


def assigned(*policies, seats=(), **more):
    """What these options come to."""
    return SeatAssignments(RunOptions("small", policies=policies, seats=seats, **more), LOADED)


def advice(*policies, **more):
    """What is wrong with them."""
    with pytest.raises(InputError) as refused:
        assigned(*policies, **more)
    return [fault.message for fault in refused.value.faults]


def test_a_policy_goes_to_one_to_a_group_or_to_all():
    assert assigned("EST=hawk").policies == {"EST": "hawk"}
    assert assigned("group:nato=cautious").policies == dict.fromkeys(MEMBERS, "cautious")
    everybody = assigned("all=silent").policies
    assert everybody == dict.fromkeys([*MEMBERS, "JPN", "RUS", "CHN"], "silent"), "NATO is played member by member"


def test_one_goes_before_a_group_and_a_group_before_all_in_whatever_order():
    said = ["EST=hawk", "all=silent", "group:nato=cautious"]
    for words in (said, said[::-1]):
        chosen = assigned(*words).policies
        assert (chosen["EST"], chosen["LVA"], chosen["JPN"]) == ("hawk", "cautious", "silent")


def test_of_a_group_only_those_follow_in_whose_seat_the_policy_makes_a_difference():
    assert set(assigned("all=deterred").policies) == {"RUS"}, "China has begun nothing here"
    assert "RUS" not in assigned("all=veto").policies


@pytest.mark.parametrize(
    "words, said",
    [
        ("EST", "--policy EST: write it as CODE=NAME"),
        ("group:nato=", "--policy group:nato=: write it as CODE=NAME"),
        ("all=", "--policy all=: write it as CODE=NAME"),
        ("=hawk", "no such actor takes part"),
        ("EST=hauk", "no policy named 'hauk'. Did you mean 'hawk'?"),
        ("ETS=hawk", "no such actor takes part. Did you mean 'EST' (Estonia)?"),
        ("UK=hawk", "no such actor takes part. Did you mean 'GBR' (United Kingdom)?"),
        ("Japan=hawk", "Did you mean 'JPN' (Japan)?"),
        ("NATO=hawk", "played member by member"),
        ("group:natto=hawk", "no group is named so. Did you mean 'nato'?"),
        ("nato=hawk", "no such actor takes part"),
        ("EST=deterred", "'deterred' is an adversary's policy and would change nothing in this seat."),
        ("RUS=veto", "'veto' is a member's policy and would change nothing in this seat."),
        ("group:nato=tit_for_tat", "'tit_for_tat' is an adversary's policy and would change nothing"),
    ],
)
def test_what_cannot_be_assigned_earns_advice(words, said):
    (message,) = advice(words)
    assert message.startswith(f"--policy {words}: ") and said in message


def test_a_group_of_which_nobody_takes_part_is_said_to_be_one():
    loaded = a_scenario(participants=["EST", "JPN", "RUS"])
    with pytest.raises(InputError, match="--policy group:five_eyes=hawk: nobody of this group takes part."):
        SeatAssignments(RunOptions("small", policies=["group:five_eyes=hawk"]), loaded)


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_fits_somebody(name):
    assert assigned(f"all={name}").policies


def test_nobody_follows_two_policies():
    assert advice("EST=hawk", "EST=silent") == ["--policy EST=silent: EST follows 'hawk' already. Give it one policy."]
    assert advice("EST=hawk", "EST=hawk") == ["--policy EST=hawk: EST is given a policy twice. Give it once."]
    (message,) = advice("group:nato=hawk", "group:eu=silent")
    assert message == "--policy group:eu=silent: DEU follows 'hawk' already. Give it one policy."


def test_a_seat_is_somebodys_or_a_policys_but_the_others_of_a_group_follow():
    (message,) = advice("EST=hawk", seats=["EST"])
    assert message == "--policy EST=hawk: somebody sits in this seat (--seat EST). Keep one."
    shared = assigned("group:nato=hawk", seats=["EST"])
    assert shared.people == ("EST",) and shared.policies["LVA"] == "hawk"


def test_a_seat_is_taken_once():
    assert assigned(seats=["JPN", "EST", "JPN"]).people == ("JPN", "EST")


@pytest.mark.parametrize("more", [{"seats": ["EST"]}, {"actions": ["kept.jsonl"]}])
def test_people_play_one_exercise_at_a_time(more):
    assert "one exercise at a time" in advice(runs=2, **more)[0]


def test_everything_that_is_wrong_is_said_at_once():
    assert len(advice("EST", "JPN=hauk", seats=["FRA", "NATO"], runs=2)) == 5


def test_the_command_to_go_on_has_the_seats_and_the_policies():
    options = RunOptions("my crisis.yaml", seed=4, seats=["EST", "JPN"], policies=["group:nato=hawk"])
    words = SeatAssignments(options, LOADED).resuming("kept/actions.jsonl")
    assert words == (
        "oceans run 'my crisis.yaml' --seed 4 --seat EST --seat JPN --policy group:nato=hawk "
        "--actions kept/actions.jsonl"
    )


# ------------------------------------------------------------------------------------------------- releases

INJECTS = [
    {"id": name, "title": name, "turn": 2, "sender": "S", "to": ["EST"], "channel": "call", "text": "T", "kind": kind}
    for name, kind in (("planned", "inject"), ("reserve", "contingency"))
]
WITH_INJECTS = a_scenario(injects=INJECTS)


def released(*releases, **more):
    """In which turns injects are released that are named so."""
    at_start = SeatAssignments(RunOptions("small", releases=releases, **more), WITH_INJECTS).at_start
    return {direction.target: turn for turn, directions in at_start.items() for direction in directions}


def test_control_releases_in_the_turn_that_is_named_or_else_in_the_first():
    assert released("reserve", "planned@2") == {"reserve": 1, "planned": 2}
    assert released("reserve@3", "reserve@3") == {"reserve": 3}


@pytest.mark.parametrize(
    "words, said",
    [
        (["reserv@2"], "--release reserv@2: there is no inject 'reserv'. Did you mean 'reserve'?"),
        (["reserve@9"], "--release reserve@9: write it as ID@TURN, with a turn from 1 to"),
        (["reserve@0"], "write it as ID@TURN"),
        (["reserve@"], "write it as ID@TURN"),
        (["reserve@soon"], "write it as ID@TURN"),
        (["reserve@2", "reserve@3"], "--release reserve@3: it is released already (--release reserve@2). Keep one."),
        (["planned@3"], "--release planned@3: it comes by itself in turn 2. Give an earlier turn, or leave this out."),
    ],
)
def test_a_release_that_cannot_be_earns_advice(words, said):
    with pytest.raises(InputError) as refused:
        released(*words)
    assert said in refused.value.faults[0].message


def test_all_faults_of_releases_are_told_at_once_and_beside_those_of_seats():
    with pytest.raises(InputError) as refused:
        released("a", "b", "reserve", policies=["EST"], runs=2)
    assert len(refused.value.faults) == 4


def test_going_on_from_kept_answers_releases_what_was_released():
    seats = SeatAssignments(RunOptions("small", releases=["reserve@2"]), WITH_INJECTS)
    assert "--release reserve@2" in seats.resuming("actions.jsonl")
