"""Files of answers: each fault has its line, nothing is answered twice, what no longer fits is said or left out."""

import json

import pytest

from sim.cli.seat_assignments import AnswerFiles, step_of
from sim.errors import InputError
from sim.model.decisions import Answer, Decision, Option
from sim.scenario import load

OPTIONS = (Option("demarche"), Option("expulsions"))


def a_line(**differences):
    """One line of a file of answers."""
    answer = {"turn": 1, "actor": "EST", "kind": "responses", "subject": "grid", "choice": ["expulsions"]}
    return json.dumps({**answer, **differences})


def a_decision(**differences):
    fields = {"kind": "responses", "turn": 1, "actor": "EST", "subject": "grid", "options": OPTIONS, "default": ()}
    return Decision(**{**fields, "least": 0, "most": None, **differences})


def files(tmp_path, *texts, lenient=False):
    """Files with these lines, read for an exercise of four turns with EST and JPN."""
    paths = [tmp_path / f"{name}.jsonl" for name in "ab"[: len(texts)]]
    for path, lines in zip(paths, texts, strict=True):
        path.write_text("".join(f"{line}\n" for line in lines))
    return AnswerFiles(paths, load("smallest"), ["EST", "JPN"], 1, lenient)


def test_a_file_answers_what_it_knows_and_leaves_the_rest(tmp_path):
    read = files(tmp_path, [a_line(), "", a_line(turn=2, choice=[])])
    assert read.take(a_decision()) == ("expulsions",)
    assert read.take(a_decision(turn=2)) == ()
    assert read.take(a_decision(turn=3)) is None
    assert read.actors == ["EST"]
    read.check_all_asked()


def test_several_files_are_one(tmp_path):
    read = files(tmp_path, [a_line()], [a_line(actor="JPN")])
    assert read.actors == ["EST", "JPN"]


def test_the_same_decision_answered_twice_has_both_lines(tmp_path):
    with pytest.raises(InputError) as caught:
        files(tmp_path, ["", a_line()], [a_line(turn=2), a_line(choice=[])])
    assert "b.jsonl:2:1: error: this is answered already in" in str(caught.value)
    assert "a.jsonl, line 2. Keep one." in str(caught.value)


@pytest.mark.parametrize(
    "line, advice",
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[1]", "an answer is a table"),
        (a_line(turn="one"), "'turn' is \"one\", not a whole number."),
        (a_line(turn=True), "'turn' is true, not a whole number."),
        (a_line(turn=5), "there is no turn 5: the exercise has turns 1 to 4."),
        (a_line(turn=0), "there is no turn 0"),
        (a_line(actor="EsT"), "Did you mean 'EST'?"),
        (a_line(kind="response"), "Did you mean 'responses'?"),
        (a_line(kind="format"), "nobody is asked for a 'format'"),
        (a_line(choice="expulsions"), "'choice' is \"expulsions\", not a list."),
        (a_line(choice=[1]), "'choice' is a list of option names."),
        (a_line(chioce=[]), "unknown field 'chioce'. Did you mean 'choice'?"),
        (a_line(options=3), "'options' is 3, not text."),
        ('{"turn": 1}', "'actor' is missing."),
    ],
)
def test_a_fault_in_a_file_has_its_line(tmp_path, line, advice):
    with pytest.raises(InputError) as caught:
        files(tmp_path, [a_line(), line])
    assert advice in str(caught.value) and "a.jsonl:2:1: error:" in str(caught.value)


def test_faults_of_all_files_come_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        files(tmp_path, ["{", a_line(turn=9)], ["[1]"])
    assert [fault.line for fault in caught.value.faults] == [1, 2, 1]


def test_an_answer_that_is_not_legal_has_its_line(tmp_path):
    with pytest.raises(InputError, match="a.jsonl:1:1: error: EST, turn 1.*war is not legal now"):
        files(tmp_path, [a_line(choice=["war"])]).take(a_decision())


def test_an_answer_to_other_options_has_its_line(tmp_path):
    given = a_line(options=a_decision(options=OPTIONS[:1]).digest)
    with pytest.raises(InputError, match="a.jsonl:1:1: error: what could be chosen has changed since"):
        files(tmp_path, [given]).take(a_decision())
    same = a_line(options=a_decision().digest)
    assert files(tmp_path, [same]).take(a_decision()) == ("expulsions",)


def test_an_answer_nobody_asked_for_has_its_line(tmp_path):
    with pytest.raises(InputError, match="a.jsonl:1:1: error: EST is never asked this in turn 1"):
        files(tmp_path, [a_line()]).check_all_asked()


def test_what_lies_ahead_is_not_missed_yet(tmp_path):
    read = files(tmp_path, [a_line(turn=2, kind="position"), a_line(turn=2), a_line(turn=3)])

    def missed(**where):
        return [line.number for line in read.missed([a_decision(**where)], {"JPN"})]

    assert missed(turn=2, kind="position", actor="JPN") == []
    assert missed(turn=2, kind="silence", actor="JPN", subject="grid/nac#1") == [1]
    assert missed(turn=3, kind="position", actor="JPN") == [1, 2]
    assert [line.number for line in read.missed()] == [1, 2, 3]


def test_what_should_be_open_to_a_person_now_and_is_not_is_missed(tmp_path):
    read = files(tmp_path, [a_line(kind="call", subject="flood"), a_line(kind="position", actor="JPN")])
    open_now = [a_decision(kind="position")]
    assert [line.number for line in read.missed(open_now, {"EST"})] == [1]
    assert [line.number for line in read.missed(open_now, {"JPN"})] == [2]


def test_an_answer_there_is_no_capital_for_is_refused_with_its_line(tmp_path):
    with pytest.raises(InputError, match="a.jsonl:1:1: error: this costs too much"):
        files(tmp_path, [a_line()]).refuse(a_decision(), "this costs too much")
    files(tmp_path, [a_line()], lenient=True).refuse(a_decision(), "this costs too much")


def test_where_changes_are_allowed_what_does_not_fit_is_left_out(tmp_path):
    read = files(tmp_path, [a_line(choice=["war"]), a_line(turn=2)], lenient=True)
    assert read.take(a_decision()) is None
    read.check_all_asked()
    assert [line.number for line in read.missed()] == [2]


@pytest.mark.parametrize("words", ["", "{}", '{"seed": 9, "scenario": {"digest": "another"}}'])
def test_a_manifest_beside_the_answers_that_is_none_tells_nothing(tmp_path, words):
    (tmp_path / "manifest.json").write_text(words)
    assert files(tmp_path, [a_line()]).actors == ["EST"]


def test_steps_come_in_the_order_of_a_turn():
    order = ["position", "silence 1", "silence 2", "silence 3", "responses"]
    subjects = {name: f"grid/nac#{name[-1]}" for name in order if " " in name}
    steps = [step_of(Answer(1, "EST", name.split()[0], subjects.get(name, "grid"), ())) for name in order]
    assert steps == sorted(steps) and len(set(steps)) == len(steps)


@pytest.mark.parametrize("kind", ["position", "call", "share", "project", "cooperation", "responses", "move"])
def test_every_kind_has_its_place_in_a_turn(kind):
    assert step_of(Answer(1, "EST", kind, "grid", ())) in (0, 9)
