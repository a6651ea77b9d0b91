"""`oceans backtest`, `calibrate` and `volumes`, and what they leave behind."""

import csv
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.engine import play
from sim.scenario import load, load_library, scenarios_folder
from sim.validation.cases import read_cases
from sim.validation.volumes import ABSURD
from tests.builders_history import SMALL, UNKNOWN, a_case_file

TABLES = {"scores", "differences", "cells", "acts", "lags", "first_answers", "outcomes", "calibration"}
PAGE = Path(__file__).parents[3] / "results" / "README.md"

# ------------------------------------------------------------------------------------------------------------- backtest


def backtest(*words):
    """Calls `oceans backtest` with one run of each case."""
    return CliRunner().invoke(app, ["backtest", *map(str, words), "--seeds", "1"])


@pytest.fixture(scope="module")
def backtested(tmp_path_factory):
    """A back-test of a small file, its answer and its folder."""
    folder = tmp_path_factory.mktemp("backtest")
    answer = backtest(a_case_file(folder), "--out", folder / "results")
    assert answer.exit_code == 0, answer.output
    return answer, next((folder / "results").iterdir())


def test_the_answer_is_a_short_table_and_sentences(backtested):
    answer, folder = backtested
    words = " ".join(answer.stdout.split())
    assert "2 cases, 1 runs of each" not in words and "one run of each" in words
    assert "Brier score" in words and "Log score" in words and "AUC" in words
    assert "public attribution: " in words and "the logistic regression" in words
    assert answer.stdout.rstrip().endswith("begin with backtest.html") and str(folder) in answer.stdout
    assert all(len(line) <= 100 or str(folder) in line for line in answer.stdout.splitlines())


def test_every_case_is_left_as_an_exercise_that_can_be_played(backtested):
    _, folder = backtested
    cases = read_cases(a_case_file(folder.parent.parent)).cases
    assert {path.stem for path in (folder / "exercises").iterdir()} == {case.id for case in cases}
    for case in cases:
        loaded = load(folder / "exercises" / f"{case.id}.yaml")
        assert loaded.scenario.first_day == case.disclosure_date and loaded.scenario.title == case.name
        assert play(loaded, seed=1, trace=True, baseline=False).records[0].of_kind("incident_begins")


def test_every_table_the_page_and_the_charts_are_kept_and_explained(backtested):
    _, folder = backtested
    files = {path.name for path in folder.iterdir()}
    assert files == {f"{name}.csv" for name in TABLES} | {"backtest.html", "charts", "exercises", "manifest.json"}
    explained = PAGE.read_text("utf-8")
    assert all(f"`{name}" in explained for name in files)
    assert list((folder / "charts").glob("matrix-public-attribution.*"))


def test_each_row_of_cells_says_what_was_done_and_what_was_forecast(backtested):
    with open(backtested[1] / "cells.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["case"] for row in rows} == {"grid-2019", "timber-2021"}
    assert not [row for row in rows if row["actor"] == "EST"], "the target's own incidents are not scored"
    assert all(0 <= float(row[name]) <= 1 for row in rows for name in ("model", "logistic", "own_rate", "nobody"))


def test_the_manifest_says_how_to_get_the_same_again(backtested):
    facts = json.loads((backtested[1] / "manifest.json").read_text())
    assert facts["cases"]["name"] == "small" and re.fullmatch("[0-9a-f]{64}", facts["cases"]["digest"])
    assert re.fullmatch("[0-9a-f]{64}", facts["library"]) and facts["runs"] == 1 and facts["seed"] == 3
    options = {"with_victims": False, "strict": False, "in_sample": False, "is_drawn": True}
    assert facts["options"] == options
    assert facts["versions"]["numpy"] and facts["command"][0] == "oceans"


def test_json_is_one_document_and_nothing_else(tmp_path):
    answer = backtest(a_case_file(tmp_path), "--json", "--no-save", "--with-victims", "--strict", "--point-estimates")
    found = json.loads(answer.stdout)
    assert answer.exit_code == 0 and answer.stderr == "" and found["folder"] is None
    assert TABLES <= set(found) and found["options"]["strict"] is True
    assert found["options"]["is_drawn"] is False
    assert {cell["confidence"] for cell in found["cells"]} <= {"high", "medium"}


def test_benchmarks_learn_from_other_cases_when_asked(tmp_path):
    mine = a_case_file(tmp_path)
    other = a_case_file(tmp_path, SMALL.replace("2019", "2018").replace("2021", "2020"), "other.yaml")
    answers = [backtest(mine, "--json", "--no-save", *more) for more in ((), ("--train", other))]
    alone, taught = (json.loads(answer.stdout)["cells"] for answer in answers)
    assert [cell["model"] for cell in alone] == [cell["model"] for cell in taught]
    assert [cell["overall_rate"] for cell in alone] != [cell["overall_rate"] for cell in taught]


def test_cases_of_which_nothing_is_known_are_no_error(tmp_path):
    answer = backtest(a_case_file(tmp_path, UNKNOWN), "--no-save")
    assert answer.exit_code == 0 and "Nothing is known that could be scored" in " ".join(answer.stdout.split())


@pytest.mark.parametrize(
    "words, advice",
    [
        (["cases_2007_2025"], "Did you mean 'cases_2007_2024'?"),
        (["nowhere/cases.yaml"], "there is no such file"),
        (["{}", "--train", "nowhere.yaml"], "there is no such file"),
        (["{}", "--workers", "0"], "'--workers'"),
        (["{}", "--seed", "-1"], "'--seed'"),
        (["{}", "--out", "{}"], "this is a file where a folder is needed"),
    ],
)
def test_wrong_input_earns_advice_and_exit_code_2(tmp_path, words, advice):
    path = a_case_file(tmp_path)
    answer = backtest(*(word.format(path) for word in words))
    assert answer.exit_code == 2 and answer.stdout == ""
    assert advice in answer.stderr and "Traceback" not in answer.stderr


def test_every_fault_of_a_file_is_told_with_its_line(tmp_path):
    path = a_case_file(tmp_path, SMALL.replace("kind: cyber", "kind: cybr").replace("USA:", "USX:"))
    answer = backtest(path, "--out", tmp_path / "results")
    assert answer.exit_code == 2 and f"{path}:5:11: error:" in answer.stderr and "'USX'" in answer.stderr
    assert not (tmp_path / "results").exists()


def test_an_interrupted_backtest_says_so_and_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.validation.backtest.backtest", interrupted)
    answer = backtest(a_case_file(tmp_path), "--out", tmp_path / "results")
    assert answer.exit_code == 130 and answer.stderr.rstrip().endswith("Interrupted.")
    assert not list((tmp_path / "results").iterdir())


# ------------------------------------------------------------------------------------------------------------ calibrate


def calibrate(*words):
    """Calls `oceans calibrate` in one process."""
    return CliRunner().invoke(app, ["calibrate", *map(str, words), "--workers", "1"])


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory):
    """Two coefficients estimated from a small file: the answer and the folder."""
    folder = tmp_path_factory.mktemp("calibrate")
    few = ["--runs", 2, "--coefficients", "b_stake, b_ask", "--no-folds"]
    answer = calibrate(a_case_file(folder), *few, "--out", folder / "results")
    assert answer.exit_code == 0, answer.output
    return answer, next((folder / "results").iterdir())


def test_the_answer_says_of_each_coefficient_what_was_believed_before_and_after(calibrated):
    answer, folder = calibrated
    words = " ".join(answer.stdout.split())
    assert "b_stake 1.100 ± 0.250" in words and "in place of those in" in words and str(folder) in answer.stdout
    assert "takes minutes" in answer.stderr and "step 1: log posterior" in answer.stderr


def test_the_files_are_those_of_the_library_with_the_estimates_put_in(calibrated):
    _, folder = calibrated
    assert {path.name for path in folder.iterdir()} == {"estimates.yaml", "behaviour.yaml", "manifest.json"}
    before = (scenarios_folder() / "library" / "behaviour.yaml").read_text("utf-8").splitlines()
    after = (folder / "behaviour.yaml").read_text("utf-8").splitlines()
    moved = [new.split(":")[0].strip() for old, new in zip(before, after, strict=True) if old != new]
    assert set(moved) <= {"b_stake", "b_ask"}
    text = (folder / "estimates.yaml").read_text("utf-8")
    assert "coefficients: [b_stake, b_ask]" in text and 'runs of each case: "2"' in text


def test_the_manifest_says_how_to_get_the_same_estimates_again(calibrated):
    facts = json.loads((calibrated[1] / "manifest.json").read_text())
    assert facts["coefficients"] == ["b_stake", "b_ask"] and facts["folds"] is False and facts["steps"]


@pytest.mark.parametrize(
    "words, advice",
    [
        (["cases_2007_2025"], "Did you mean 'cases_2007_2024'?"),
        (["{}", "--coefficients", "b_steak"], "b_steak: there is no such coefficient. Did you mean 'b_stake'?"),
        (["{}", "--coefficients", "b_reach"], "does not say what was believed of it before"),
        (["{}", "--coefficients", ","], "names at least one"),
        (["{}", "--runs", "0"], "'--runs'"),
        (["{}", "--out", "{}"], "this is a file where a folder is needed"),
    ],
)  # fmt: skip
def test_wrong_input_to_an_estimate_earns_advice_and_exit_code_2(tmp_path, words, advice):
    path = a_case_file(tmp_path)
    answer = calibrate(*(word.format(path) for word in words))
    assert answer.exit_code == 2 and answer.stdout == ""
    assert advice in " ".join(answer.stderr.split()) and "Traceback" not in answer.stderr


# -------------------------------------------------------------------------------------------------------------- volumes


def volumes(*words):
    """Calls `oceans volumes` in one process."""
    return CliRunner().invoke(app, ["volumes", *words])


def test_a_scenario_is_set_beside_the_record_with_an_example_of_what_cannot_be(monkeypatch):
    monkeypatch.setitem(ABSURD, "sails_without_coast", lambda run: map(run.when, run.responses))
    answer = volumes("smallest", "--seeds", "2", "--seed", "7")
    assert answer.exit_code == 0
    for words in ("two seeds", "The record", "Where it is talked about", "each should be 0", "smallest, seed 7, turn"):
        assert words in answer.stdout


def test_volumes_come_as_plain_data():
    answer = volumes("smallest", "--seeds", "2", "--json")
    (found,) = json.loads(answer.stdout)
    rows = {row["row"]: row for row in found["rows"]}
    assert (answer.exit_code, found["scenario_name"], found["seeds"]) == (0, "smallest", 2)
    assert set(rows) < set(load_library().volumes.rows)
    assert rows["works_on_its_own"]["fits"] == (rows["works_on_its_own"]["mean"] == 0)


def test_what_is_no_scenario_is_not_counted():
    answer = volumes("smalest")
    assert answer.exit_code == 2
    assert "Did you mean 'smallest'" in answer.stderr
