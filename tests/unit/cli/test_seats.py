"""Somebody sits in at the terminal: asked, answered, handed over, kept whatever happens, gone on, played again."""

import errno
import json

import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.cli import run
from sim.cli.terminal import TerminalUI
from sim.record.store import read_manifest

SCENARIO = """
title: A small exercise
summary: The grid fails in Estonia.
start: 2025-03-03
turns: {count: 3, days: 30}
participants: [EST, LVA, USA, JPN, RUS]
actors:
  EST: {brief: You were hit first and hardest.}
incidents:
  - {id: grid, name: Attack on the grid, issue: cyber, by: RUS, victims: {EST: 0.5}, difficulty: 0.4, publicness: 0.6}
injects:
  - {id: rumour, title: A rumour in the harbour, turn: 1, sender: Captain, to: [JPN], channel: call, text: Ships turn.}
"""


@pytest.fixture
def oceans(tmp_path):
    """Calls `oceans run` on a small exercise."""
    (tmp_path / "small.yaml").write_text(SCENARIO)

    def call(*words, stdin=""):
        base = ["run", str(tmp_path / "small.yaml"), "--out", str(tmp_path / "results"), "--no-charts"]
        return CliRunner().invoke(app, [*base, *map(str, words)], input=stdin)

    call.results, call.scenario = tmp_path / "results", tmp_path / "small.yaml"
    return call


def kept(oceans, name):
    """A file of each kept run, oldest first."""
    return sorted(oceans.results.glob(f"*/{name}"), key=lambda path: path.stat().st_mtime_ns)


def lines_of(path):
    return path.read_text().splitlines()


def apart(actions, *codes):
    """The answers of each seat in a file of its own, as if each had been kept at another table."""
    for code in codes:
        path = actions.parent / f"{code}.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines_of(actions) if json.loads(line)["actor"] == code))
        yield path


# ------------------------------------------------------------------------------------------------- at the screen


def test_a_person_sees_the_brief_the_situation_and_the_options(oceans):
    answer = oceans("--seat", "EST", stdin="\n" * 99)
    assert answer.exit_code == 0, answer.stderr
    for words in ("You were hit first", "You are Estonia", "looks like the work of Russia", "Enter keeps"):
        assert words in answer.stdout


def test_a_person_hears_what_others_think_only_when_it_is_over(oceans):
    answer = oceans("--seat", "EST", "--full", stdin="\n" * 99)
    assert answer.stdout.rindex("Enter keeps") < answer.stdout.index("Is Russia behind")


def test_between_two_seats_a_page_is_turned_and_each_reads_what_is_its_own(oceans):
    said = oceans("--seat", "EST", "--seat", "JPN", stdin="\n" * 200).stdout
    pages = said.split("Hand over to ")[1:]
    assert {page.split(",")[0] for page in pages} == {"Estonia", "Japan"}
    until_the_end = [page.split("Turn 1 ·")[0] for page in pages]
    for page in until_the_end:
        assert f"You are {'Japan' if page.startswith('Estonia') else 'Estonia'}" not in page
        assert "A rumour in the harbour" not in page or page.startswith("Japan")
    assert sum("A rumour in the harbour" in page for page in until_the_end) == 1


def test_an_answer_can_be_taken_back_at_the_screen(oceans):
    oceans("--seat", "EST", "--quiet", stdin="measures\nback\nconcern\nq\n")
    (actions,) = kept(oceans, "actions.jsonl")
    assert [json.loads(line)["choice"] for line in lines_of(actions)] == [["concern"]]


def test_the_suggestions_give_the_record_of_the_model(oceans):
    alone = oceans("--json").stdout
    assert oceans("--seat", "EST", "--json", stdin="\n" * 99).stdout == alone
    assert oceans("--seat", "EST", "--seat", "RUS", "--json", stdin="\n" * 200).stdout == alone


# ------------------------------------------------------------------------------------------------- played again


def test_kept_answers_give_the_same_record_byte_for_byte(oceans):
    oceans("--seat", "EST", "--quiet", stdin="1\n" * 99)
    (actions,) = kept(oceans, "actions.jsonl")
    answer = oceans("--actions", actions, "--quiet")
    assert answer.exit_code == 0, answer.stderr
    first, second = (path.read_bytes() for path in kept(oceans, "record.json"))
    assert first == second
    again = oceans("--actions", kept(oceans, "actions.jsonl")[-1], "--quiet")
    assert again.exit_code == 0 and kept(oceans, "record.json")[-1].read_bytes() == first


def test_two_tables_may_keep_their_answers_apart(oceans):
    oceans("--seat", "EST", "--seat", "JPN", "--quiet", stdin="1\n" * 200)
    (actions,), (record,) = kept(oceans, "actions.jsonl"), kept(oceans, "record.json")
    estonia, japan = apart(actions, "EST", "JPN")
    answer = oceans("--actions", japan, "--actions", estonia, "--quiet")
    assert answer.exit_code == 0, answer.stderr
    assert kept(oceans, "record.json")[-1].read_bytes() == record.read_bytes()
    manifest = json.loads(kept(oceans, "manifest.json")[-1].read_text())
    assert len(manifest["actions"]) == 2


def test_what_one_table_has_answered_stays_with_what_the_other_answers_now(oceans):
    oceans("--seat", "EST", "--seat", "JPN", "--quiet", stdin="1\n" * 200)
    (actions,), (record,) = kept(oceans, "actions.jsonl"), kept(oceans, "record.json")
    estonia, _ = apart(actions, "EST", "JPN")
    oceans("--seat", "JPN", "--actions", estonia, "--quiet", stdin="1\n" * 200)
    assert kept(oceans, "record.json")[-1].read_bytes() == record.read_bytes()
    oceans("--actions", kept(oceans, "actions.jsonl")[-1], "--quiet")
    assert kept(oceans, "record.json")[-1].read_bytes() == record.read_bytes()


def test_a_decision_that_both_tables_have_answered_is_a_fault(oceans):
    oceans("--seat", "EST", "--quiet", stdin="1\n" * 99)
    (actions,) = kept(oceans, "actions.jsonl")
    (estonia,) = apart(actions, "EST")
    answer = oceans("--actions", actions, "--actions", estonia)
    assert answer.exit_code == 2
    assert f"{estonia}:1:1: error: this is answered already in {actions}, line 1. Keep one." in answer.stderr
    assert len(answer.stderr.split("answered already")) - 1 == len(lines_of(actions)), "every fault at once"


# ------------------------------------------------------------------------------------------------- kept, come what may


def test_whoever_leaves_finds_the_choices_kept_and_how_to_go_on(oceans):
    answer = oceans("--seat", "EST", stdin="\n")
    assert answer.exit_code == 1 and "EST left the seat in turn 1." in answer.stderr
    (actions,) = kept(oceans, "actions.jsonl")
    assert actions.parent.name.endswith("-unfinished") and len(lines_of(actions)) == 1
    assert read_manifest(actions.parent)["is_finished"] is False
    assert f"--seed 1 --seat EST --actions {actions}" in answer.stderr
    gone_on = oceans("--seat", "EST", "--actions", actions, "--json", stdin="\n" * 99)
    assert gone_on.exit_code == 0 and gone_on.stdout == oceans("--json").stdout


def test_whoever_leaves_before_the_first_answer_leaves_nothing(oceans):
    for said in ("", "\nback\nq\n"):
        answer = oceans("--seat", "EST", stdin=said)
        assert answer.exit_code == 1 and "nothing was kept" in answer.stderr
        assert list(oceans.results.iterdir()) == []


def test_where_nothing_is_to_be_kept_leaving_says_so(oceans):
    answer = oceans("--seat", "EST", "--no-save", stdin="\nq\n")
    assert answer.exit_code == 1 and "Nothing was kept, as you asked." in answer.stderr


def test_who_leaves_while_another_table_is_played_from_a_file_can_go_on_without_it(oceans):
    oceans("--seat", "EST", "--seat", "JPN", "--quiet", stdin="1\n" * 200)
    (actions,) = kept(oceans, "actions.jsonl")
    estonia, _ = apart(actions, "EST", "JPN")
    answer = oceans("--seat", "JPN", "--actions", estonia, stdin="1\n" * 7)
    assert answer.exit_code == 1
    half = kept(oceans, "actions.jsonl")[-1]
    assert f"--seat JPN --actions {half}" in answer.stderr
    assert {json.loads(line)["actor"] for line in lines_of(half)} == {"EST", "JPN"}
    gone_on = oceans("--seat", "JPN", "--actions", half, "--actions", estonia)
    assert gone_on.exit_code == 2 and "answered already" in gone_on.stderr


def after(monkeypatch, answers, ending):
    """Let the next question after so many answers end otherwise."""
    ask, asked = TerminalUI.ask, []

    def asking(self, decision):
        asked.append(decision)
        if len(asked) > answers:
            raise ending
        return ask(self, decision)

    monkeypatch.setattr(TerminalUI, "ask", asking)


def test_an_interruption_keeps_the_choices(oceans, monkeypatch):
    after(monkeypatch, 3, KeyboardInterrupt())
    answer = oceans("--seat", "EST", stdin="\n" * 99)
    assert answer.exit_code == 130 and "Interrupted in turn 1. Your choices are kept." in answer.stderr
    (actions,) = kept(oceans, "actions.jsonl")
    assert len(lines_of(actions)) == 3 and f"--actions {actions}" in answer.stderr


def test_an_error_while_it_is_played_keeps_the_choices(oceans, monkeypatch):
    after(monkeypatch, 3, RuntimeError("a fault of ours"))
    answer = oceans("--seat", "EST", stdin="\n" * 99)
    assert isinstance(answer.exception, RuntimeError)
    assert "Your choices are kept" in answer.exception.__notes__[0]
    assert len(lines_of(kept(oceans, "actions.jsonl")[0])) == 3


@pytest.mark.parametrize("last_word", ["tell", "hot_wash"])
def test_an_error_after_the_last_question_keeps_every_choice(oceans, monkeypatch, last_word):
    def fails(*_):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(run, last_word, fails)
    answer = oceans("--seat", "EST", stdin="1\n" * 99)
    assert isinstance(answer.exception, RuntimeError) and "Your choices are kept" in answer.exception.__notes__[0]
    (actions,) = kept(oceans, "actions.jsonl")
    monkeypatch.undo()
    gone_on = oceans("--seat", "EST", "--actions", actions, stdin="")
    assert gone_on.exit_code == 0, "nobody is asked again"


def test_a_full_disk_after_the_last_question_keeps_every_choice(oceans, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(run.store, "write_measures", full)
    answer = oceans("--seat", "EST", stdin="1\n" * 99)
    assert answer.exit_code == 1 and "the disk is full" in answer.stderr and "Your choices are kept" in answer.stderr
    (actions,) = kept(oceans, "actions.jsonl")
    assert f"--actions {actions}" in answer.stderr and actions.exists()


def test_a_chart_that_cannot_be_drawn_costs_no_choice(oceans, monkeypatch):
    import sim.output.pages.run

    def fails(*_, **__):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(sim.output.pages.run, "write_report", fails)
    answer = oceans("--seat", "EST", "--charts", stdin="1\n" * 99)
    assert isinstance(answer.exception, RuntimeError) and "Your choices are kept" in answer.exception.__notes__[0]
    assert kept(oceans, "actions.jsonl") and kept(oceans, "record.json")


# ------------------------------------------------------------------------------------------------- of another exercise


def test_answers_of_another_exercise_earn_advice(oceans, tmp_path):
    path = tmp_path / "other.jsonl"
    path.write_text('{"turn": 1, "actor": "EST", "kind": "responses", "subject": "flood", "choice": []}\n')
    answer = oceans("--actions", path)
    assert answer.exit_code == 2 and f"{path}:1:1: error: EST is never asked" in answer.stderr
    assert list(oceans.results.iterdir()) == []


@pytest.fixture
def half(oceans):
    """The answers that somebody gave before leaving in the second turn."""
    oceans("--seat", "EST", stdin="1\n" * 8)
    (actions,) = kept(oceans, "actions.jsonl")
    return actions


def test_answers_given_under_another_seed_are_found_before_anybody_is_asked(oceans, half):
    answer = oceans("--seat", "EST", "--seed", 2, "--actions", half, stdin="\n" * 99)
    assert answer.exit_code == 2 and "Enter keeps" not in answer.stdout
    assert "these answers were given under seed 1. Give --seed 1. Or use them all the same" in answer.stderr


def test_answers_given_to_another_scenario_are_found_before_anybody_is_asked(oceans, half):
    oceans.scenario.write_text(SCENARIO.replace("EST: 0.5", "EST: 0.8"))
    answer = oceans("--seat", "EST", "--actions", half, stdin="\n" * 99)
    assert answer.exit_code == 2 and "Enter keeps" not in answer.stdout
    assert "'small' is not the scenario that they were given to, or was edited" in answer.stderr


@pytest.mark.parametrize("changed", ["seed", "scenario"])
def test_with_consent_they_are_used_as_far_as_they_fit(oceans, half, changed):
    if changed == "scenario":
        oceans.scenario.write_text(SCENARIO.replace("EST: 0.5", "EST: 0.9").replace("id: grid", "id: power"))
    seed = 2 if changed == "seed" else 1
    words = ["--seat", "EST", "--seed", seed, "--actions", half, "--allow-changes"]
    answer = oceans(*words, stdin="\n" * 99)
    assert answer.exit_code == 0, answer.stderr
    assert "Enter keeps" in answer.stdout
    left_out = answer.stdout.count("left out: it was never asked.")
    assert left_out == len(lines_of(half)) if changed == "scenario" else left_out < len(lines_of(half))


def test_answers_that_no_longer_fit_are_found_before_anybody_is_asked(oceans, half):
    lines = lines_of(half)
    lines[1] = json.dumps({**json.loads(lines[1]), "subject": "flood"})
    half.write_text("".join(f"{line}\n" for line in lines))
    answer = oceans("--seat", "EST", "--actions", half, stdin="\n" * 99)
    assert answer.exit_code == 2 and f"{half}:2:1: error: EST is never asked this in turn 1" in answer.stderr


def test_an_answer_to_other_options_is_found_with_its_line(oceans, half):
    lines = lines_of(half)
    lines[0] = json.dumps({**json.loads(lines[0]), "options": "00000000"})
    half.write_text("".join(f"{line}\n" for line in lines))
    answer = oceans("--seat", "EST", "--actions", half, stdin="\n" * 99)
    assert answer.exit_code == 2 and f"{half}:1:1: error: what could be chosen has changed" in answer.stderr
