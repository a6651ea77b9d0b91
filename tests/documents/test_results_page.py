"""The page about results names every file that a run writes, and the pictures shown are of the model as it stands."""

import re
import runpy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.__main__ import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z_]+(?:\.[a-z]+|/))`", PAGE.split("| When |")[1].split("\n\n")[0]))
EXPLAINED = set(re.findall(r"`([a-z_]+(?:\.[a-z]+|/))`", PAGE))
REFERENCE = ROOT / "results" / "reference"


def folder_of(tmp_path, *words):
    """The folder that a command writes."""
    done = CliRunner().invoke(app, [*words, "--quiet", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.stderr
    return Path(done.stdout.strip())


def written(folder):
    """The names of what is in a folder; folders end in a stroke."""
    return {f"{path.name}/" if path.is_dir() else path.name for path in folder.iterdir()}


def test_every_file_of_a_sweep_its_analysis_and_a_comparison_is_on_the_page(tmp_path):
    sweep = folder_of(tmp_path, "sweep", "smallest", "--points", "32")
    analysis = folder_of(tmp_path, "analyse", str(sweep), *"--measure harm --measure readiness".split())
    compared = folder_of(tmp_path, "compare", "smallest", ":proof=0.2", "--runs", "10")
    files = written(sweep) | written(analysis) | written(compared)
    assert files <= EXPLAINED, f"results/README.md does not explain {', '.join(sorted(files - EXPLAINED))}"


def test_every_file_that_a_run_writes_is_on_the_page(tmp_path):
    one, many = (folder_of(tmp_path, "run", "smallest", *more) for more in ((), ("--runs", "3")))
    files = written(one) | written(many)
    assert files - {"data_dictionary.csv"} <= NAMED, "results/README.md does not explain all of these"
    assert NAMED - files <= {"actions.jsonl"}, "results/README.md explains files that no run writes"


def test_the_pictures_shown_are_of_the_model_as_it_stands(tmp_path):
    draw = runpy.run_path(str(REFERENCE / "draw.py"))
    for chart in draw["drawn"](tmp_path):
        kept = REFERENCE / draw["SCENARIO"] / f"{chart.png.stem}.txt"
        if not kept.exists() or not kept.with_name(chart.png.name).exists():
            pytest.fail(f"there is no picture of {chart.name} yet. Draw it: make reference")
        assert kept.read_text(encoding="utf-8") == draw["words_of"](chart), "the run has changed. Draw: make reference"
