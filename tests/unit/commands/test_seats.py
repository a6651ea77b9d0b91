"""Somebody sits in: asked, answered, kept, left, gone on, replayed."""

import json

import pytest
from sim.seats import Kept, Person, Replayed, SeatLeft, read_answer, read_script
from typer.testing import CliRunner

from sim.__main__ import app
from sim.errors import InputError
from sim.policies.policy import Action, Option, Question

OPTIONS = (Option("demarche", "a demarche"), Option("expulsions", "expulsions"))
SCENARIO = """
title: A small exercise
summary: The grid fails in Estonia.
start: 2025-03-03
turns: {count: 2, days: 30}
participants: [EST, LVA, USA, RUS]
actors:
  EST: {brief: You were hit first and hardest.}
acts:
  - {id: grid, name: Attack on the grid, issue: cyber, by: RUS, victims: {EST: 0.5}, difficulty: 0.4, publicness: 0.6}
"""


def a_question(kind="responses", many=True, turn=1, actor="EST", subject="grid"):
    """A question with two options, the first of them suggested."""
    return Question(kind, turn, actor, subject, "What do you do?", OPTIONS, many, ("demarche",))


class Desk:
    """Answers as it was told, and remembers what it was shown."""

    def __init__(self, *answers):
        self.answers, self.shown = list(answers), []

    def brief(self, words):
        self.shown.append(f"brief: {words}")

    def situation(self, view, actor):
        self.shown.append("situation")

    def question(self, question):
        self.shown.append("question")

    def advice(self, words):
        self.shown.append(f"advice: {words}")

    def ask(self, question):
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)


# ------------------------------------------------------------------------------------------------------------ answers


@pytest.mark.parametrize(
    "answer, choice",
    [
        ("", ("demarche",)),
        ("2", ("expulsions",)),
        ("2 1", ("demarche", "expulsions")),
        ("1,2", ("demarche", "expulsions")),
        ("expulsions", ("expulsions",)),
        ("-", ()),
        ("none", ()),
    ],
)
def test_numbers_names_nothing_and_silence_are_answers(answer, choice):
    assert read_answer(answer, a_question()) == choice


@pytest.mark.parametrize(
    "answer, many, advice",
    [
        ("3", True, "There is no option 3: they run from 1 to 2."),
        ("0", True, "There is no option 0"),
        ("expulsion", True, "Did you mean 'expulsions'?"),
        ("1 2", False, "Choose one"),
        ("-", False, "'-' is none of the options"),
    ],
)
def test_an_answer_that_is_none_earns_advice(answer, many, advice):
    with pytest.raises(ValueError, match=advice.replace("?", r"\?")):
        read_answer(answer, a_question(many=many))


def test_a_person_is_asked_until_the_answer_is_one():
    desk = Desk("9", "perhaps", "2")
    assert Person(desk).choose({}, a_question()) == ("expulsions",)
    assert sum(words.startswith("advice") for words in desk.shown) == 2


def test_the_situation_is_shown_once_a_turn_and_when_asked_for():
    desk = Desk("1", "1", "?", "1", "1")
    person = Person(desk, brief="Name them.")
    for turn in (1, 1, 1, 2):
        person.choose({}, a_question(turn=turn))
    assert desk.shown.count("situation") == 3
    assert desk.shown.count("brief: Name them.") == 1 and desk.shown[0].startswith("brief")


@pytest.mark.parametrize("answers", [(), ("q",), ("quit",)])
def test_a_person_can_leave(answers):
    with pytest.raises(SeatLeft, match="EST left the seat in turn 1"):
        Person(Desk(*answers)).choose({}, a_question())


# ------------------------------------------------------------------------------------------------------ kept, replayed


def test_an_answer_is_on_disk_before_the_next_question(tmp_path):
    path = tmp_path / "actions.jsonl"
    with open(path, "w") as file:
        Kept(Person(Desk("2")), file).choose({}, a_question())
        assert Action.from_json(path.read_text()) == Action(1, "EST", "responses", "grid", ("expulsions",))


def a_script(tmp_path, *lines):
    """A file of actions, read for an exercise of three turns with EST and JPN."""
    path = tmp_path / "actions.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    return read_script(path, ["EST", "JPN"], 3)


def an_action(**differences):
    """One line of an actions file."""
    action = {"turn": 1, "actor": "EST", "kind": "responses", "subject": "grid", "choice": ["expulsions"]}
    return json.dumps({**action, **differences})


def test_a_script_answers_what_it_knows_and_leaves_the_rest(tmp_path):
    script = a_script(tmp_path, an_action(), "", an_action(turn=2, choice=[]))
    policy = Replayed(script, Person(Desk("1")))
    assert policy.choose({}, a_question()) == ("expulsions",)
    assert policy.choose({}, a_question(turn=2)) == ()
    assert policy.choose({}, a_question(turn=3)) == ("demarche",)
    assert script.actors == ["EST"]
    script.check_all_asked()


@pytest.mark.parametrize(
    "line, advice",
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[1]", "an action is a table"),
        (an_action(turn="one"), "'turn' is \"one\", not a whole number."),
        (an_action(turn=True), "'turn' is true, not a whole number."),
        (an_action(turn=4), "there is no turn 4: the exercise has turns 1 to 3."),
        (an_action(actor="EsT"), "Did you mean 'EST'?"),
        (an_action(kind="response"), "Did you mean 'responses'?"),
        (an_action(choice="expulsions"), "'choice' is \"expulsions\", not a list."),
        (an_action(choice=[1]), "'choice' is a list of option names."),
        (an_action(chioce=[]), "unknown field 'chioce'. Did you mean 'choice'?"),
        ('{"turn": 1}', "'actor' is missing."),
    ],
)
def test_a_fault_in_an_actions_file_has_its_line(tmp_path, line, advice):
    with pytest.raises(InputError) as caught:
        a_script(tmp_path, an_action(), line)
    assert advice in str(caught.value) and "actions.jsonl:2:1: error:" in str(caught.value)


def test_an_answer_that_is_not_legal_has_its_line(tmp_path):
    policy = Replayed(a_script(tmp_path, an_action(choice=["war"])), Person(Desk()))
    with pytest.raises(InputError, match="actions.jsonl:1:1: error: EST, turn 1.*war is not legal now"):
        policy.choose({}, a_question())


def test_an_action_nobody_asked_for_has_its_line(tmp_path):
    with pytest.raises(InputError, match="actions.jsonl:1:1: error: EST was never asked this in turn 1"):
        a_script(tmp_path, an_action()).check_all_asked()


# ------------------------------------------------------------------------------------------------------ at the terminal


@pytest.fixture
def oceans(tmp_path):
    """Calls `oceans run` on a small exercise."""
    (tmp_path / "small.yaml").write_text(SCENARIO)

    def call(*words, stdin=""):
        base = ["run", str(tmp_path / "small.yaml"), "--out", str(tmp_path / "results"), "--no-charts"]
        return CliRunner().invoke(app, [*base, *map(str, words)], input=stdin)

    call.results = tmp_path / "results"
    return call


def kept(oceans, name):
    """A file of each kept run, oldest first."""
    return sorted(oceans.results.glob(f"*/{name}"))


def test_a_person_sees_the_brief_the_situation_and_the_options(oceans):
    answer = oceans("--seat", "EST", stdin="\n" * 99)
    assert answer.exit_code == 0, answer.stderr
    for words in ("You were hit first", "You are Estonia", "looks like the work of Russia", "Enter keeps"):
        assert words in answer.stdout


def test_a_person_hears_what_others_think_only_when_it_is_over(oceans):
    answer = oceans("--seat", "EST", stdin="\n" * 99)
    assert answer.stdout.rindex("Enter keeps") < answer.stdout.index("Is Russia behind")


def test_the_suggestions_give_the_record_of_the_agents(oceans):
    alone = oceans("--json").stdout
    seated = oceans("--seat", "EST", "--json", stdin="\n" * 99)
    assert seated.stdout == alone


def test_kept_actions_replay_to_the_same_record_byte_for_byte(oceans):
    oceans("--seat", "EST", "--quiet", stdin="1\n" * 99)
    (actions,) = kept(oceans, "actions.jsonl")
    answer = oceans("--actions", actions, "--quiet")
    assert answer.exit_code == 0, answer.stderr
    first, second = (path.read_bytes() for path in kept(oceans, "record.json"))
    assert first == second
    assert [path.read_bytes() for path in kept(oceans, "actions.jsonl")] == [actions.read_bytes()] * 2


def test_whoever_leaves_finds_the_choices_kept_and_how_to_go_on(oceans):
    answer = oceans("--seat", "EST", stdin="\n")
    assert answer.exit_code == 1
    (actions,) = kept(oceans, "actions.jsonl")
    assert actions.parent.name.endswith("-unfinished") and len(actions.read_text().splitlines()) == 1
    assert json.loads((actions.parent / "manifest.json").read_text())["is_finished"] is False
    assert f"--seed 1 --seat EST --actions {actions}" in answer.stderr
    gone_on = oceans("--seat", "EST", "--actions", actions, "--json", stdin="\n" * 99)
    assert gone_on.exit_code == 0 and gone_on.stdout == oceans("--json").stdout


def test_whoever_leaves_before_the_first_answer_leaves_nothing(oceans):
    answer = oceans("--seat", "EST", stdin="")
    assert answer.exit_code == 1 and "nothing was kept" in answer.stderr
    assert list(oceans.results.iterdir()) == []


def test_actions_of_another_exercise_earn_advice(oceans, tmp_path):
    path = tmp_path / "other.jsonl"
    path.write_text('{"turn": 1, "actor": "EST", "kind": "responses", "subject": "flood", "choice": []}\n')
    answer = oceans("--actions", path)
    assert answer.exit_code == 2 and f"{path}:1:1: error: EST was never asked" in answer.stderr
    assert list(oceans.results.iterdir()) == []
