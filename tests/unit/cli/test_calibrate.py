"""`oceans calibrate` and the files it leaves behind."""

import json

import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.scenario import scenarios_folder
from tests.builders_history import a_case_file


def oceans(*words):
    """Calls `oceans calibrate` in one process."""
    return CliRunner().invoke(app, ["calibrate", *map(str, words), "--workers", "1"])


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Two coefficients estimated from a small file: the answer and the folder."""
    folder = tmp_path_factory.mktemp("calibrate")
    few = ["--runs", 2, "--coefficients", "b_stake, b_ask", "--no-folds"]
    answer = oceans(a_case_file(folder), *few, "--out", folder / "results")
    assert answer.exit_code == 0, answer.output
    return answer, next((folder / "results").iterdir())


def test_the_answer_says_what_was_believed_before_and_after(done):
    answer, folder = done
    words = " ".join(answer.stdout.split())
    assert "b_stake 1.100 ± 0.250" in words and "in place of those in" in words and str(folder) in answer.stdout
    assert "takes minutes" in answer.stderr and "step 1: log posterior" in answer.stderr


def test_the_files_are_those_of_the_library_with_the_estimates_put_in(done):
    _, folder = done
    assert {path.name for path in folder.iterdir()} == {"estimates.yaml", "behaviour.yaml", "manifest.json"}
    before = (scenarios_folder() / "library" / "behaviour.yaml").read_text("utf-8").splitlines()
    after = (folder / "behaviour.yaml").read_text("utf-8").splitlines()
    moved = [new.split(":")[0].strip() for old, new in zip(before, after, strict=True) if old != new]
    assert set(moved) <= {"b_stake", "b_ask"}
    text = (folder / "estimates.yaml").read_text("utf-8")
    assert "coefficients: [b_stake, b_ask]" in text and 'runs of each case: "2"' in text


def test_the_manifest_says_how_to_get_the_same_again(done):
    facts = json.loads((done[1] / "manifest.json").read_text())
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
def test_wrong_input_earns_advice_and_exit_code_2(tmp_path, words, advice):
    path = a_case_file(tmp_path)
    answer = oceans(*(word.format(path) for word in words))
    assert answer.exit_code == 2 and answer.stdout == ""
    assert advice in " ".join(answer.stderr.split()) and "Traceback" not in answer.stderr
