"""`oceans compare`, `analyse` and `replay` as people at a terminal meet them."""

import csv
import json

import pytest
from typer.testing import CliRunner

import sim.engine
import sim.experiments.folder
import sim.scenario.loading
from sim.__main__ import app


def oceans(*words):
    """Calls `oceans`."""
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A small sweep on disk."""
    out = tmp_path_factory.mktemp("swept")
    done = oceans("sweep", "smallest", "--points", 40, "--vary", "linkage=0.2:0.8", "--out", out, "--quiet")
    assert done.exit_code == 0, done.output
    return next(path for path in out.iterdir() if path.is_dir())


def _folder(path):
    return next(entry for entry in path.iterdir() if entry.is_dir())


def test_compare_tells_and_keeps_what_differs(tmp_path):
    done = oceans("compare", "smallest", ":proof=0.7", "--runs", 30, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert "30 pairs of runs with the same draws" in done.output and "Principles, scored 0 to 1" in done.output
    folder = _folder(tmp_path)
    with open(folder / "comparison.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} == {"measure", "principle"}
    assert all(float(row["low"]) <= float(row["difference"]) <= float(row["high"]) for row in rows if row["low"])
    assert json.loads((folder / "comparison.json").read_text())["runs"] == 30
    assert (folder / "charts" / "paired.svg").exists() and (folder / "charts" / "principles.png").exists()


def test_compare_speaks_json_and_nothing_else():
    done = oceans("compare", "smallest", "--policy", "JPN=hawk", "--runs", 5, "--json", "--no-save")
    said = json.loads(done.stdout)
    assert done.exit_code == 0 and said["arms"][1]["policies"] == {"JPN": "hawk"} and said["results"] is None


def test_analyse_writes_tables_charts_and_a_page(swept, tmp_path):
    done = oceans("analyse", swept, "--measure", "harm", "--limit", "harm=0.1", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert "Harm to victims" in done.output and "What drives it" in done.output
    folder = _folder(tmp_path)
    tables = ("spreads", "indices", "rules", "settings", "futures", "tradeoffs", "settling")
    assert all((folder / f"{name}.csv").read_text().count("\n") >= 1 for name in tables)
    found = json.loads((folder / "analysis.json").read_text())
    assert found["measures"]["harm"]["sensitivity"]["indices"] and found["points"] == 40


def test_replay_proves_that_it_is_the_same_run(swept, tmp_path):
    done = oceans("replay", swept, 17, "--out", tmp_path, "--no-charts")
    assert done.exit_code == 0, done.output
    assert "It is the same run: the digest" in " ".join(done.output.split())
    facts = json.loads((_folder(tmp_path) / "manifest.json").read_text())
    assert facts["replayed"]["index"] == 17 and facts["replayed"]["digest"]
    assert (_folder(tmp_path) / "events.jsonl").exists()


def test_replay_of_many_runs_agrees_to_the_last_digit(tmp_path):
    assert oceans("run", "smallest", "--runs", 4, "--no-charts", "--quiet", "--out", tmp_path / "runs").exit_code == 0
    done = oceans("replay", _folder(tmp_path / "runs"), 3, "--no-save")
    assert done.exit_code == 0 and "to the last digit" in " ".join(done.output.split())


def test_replay_says_so_when_the_program_plays_another_run(swept, monkeypatch):
    play = sim.engine.play_points

    def other(loaded, points, replications, seed, **more):
        return play(loaded, points, [number + 1 for number in replications], seed, **more)

    monkeypatch.setattr(sim.engine, "play_points", other)
    monkeypatch.setattr(sim.experiments.folder, "code_digest", lambda: "another")
    done = oceans("replay", swept, 3, "--no-save")
    assert done.exit_code == 1
    assert "this is not the run that was kept" in done.stderr and "the program has changed" in done.stderr


def test_replay_goes_on_when_the_program_has_changed_and_the_run_has_not(swept, monkeypatch):
    monkeypatch.setattr(sim.experiments.folder, "code_digest", lambda: "another")
    done = oceans("replay", swept, 3, "--no-save")
    assert done.exit_code == 0 and "although the program has changed" in " ".join(done.output.split())


def test_replay_refuses_when_the_library_has_changed(swept, monkeypatch):
    monkeypatch.setattr(sim.scenario.loading, "library_digest", lambda library: "another")
    done = oceans("replay", swept, 3, "--no-save")
    assert done.exit_code == 2 and "the library has changed since" in done.stderr


@pytest.mark.parametrize(
    "words, advice",
    [
        (["compare", "smallest"], "nothing to be compared with"),
        (["compare", "smallest", ":linkge=1"], "Did you mean 'linkage'"),
        (["compare", "smallest", ":linkage=0.9", "--runs", "1"], "at least two pairs"),
        (["analyse", "nowhere"], "no sweep was begun here"),
        (["analyse", "SWEPT", "--measure", "ham"], "Did you mean 'harm'"),
        (["analyse", "SWEPT", "--limit", "harm=much"], "MEASURE=VALUE"),
        (["replay", "SWEPT", "40"], "0 to 39"),
        (["replay", "nowhere", "1"], "no such folder"),
    ],
)
def test_bad_input_earns_advice_and_never_a_traceback(swept, words, advice, tmp_path):
    words = [str(swept) if word == "SWEPT" else word for word in words]
    done = oceans(*words, "--out", tmp_path)
    assert done.exit_code == 2 and advice in done.stderr
    assert list(tmp_path.iterdir()) == []
