"""The page about results names every file that a run writes, and the pictures shown are of the model as it stands."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z_]+(?:\.[a-z]+|/))`", PAGE.split("| When |")[1].split("\n\n")[0]))
REFERENCE = ROOT / "results" / "reference"


def written(tmp_path, *options):
    """The names of what a run writes; folders end in a stroke."""
    command = [sys.executable, "-m", "sim", "run", "smallest", "--quiet", "--out", str(tmp_path), *options]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {f"{path.name}/" if path.is_dir() else path.name for path in Path(said.strip()).iterdir()}


def test_every_file_that_a_run_writes_is_on_the_page(tmp_path):
    files = written(tmp_path) | written(tmp_path, "--runs", "3")
    assert files - {"data_dictionary.csv"} <= NAMED, "results/README.md does not explain all of these"
    assert NAMED - files <= {"actions.jsonl"}, "results/README.md explains files that no run writes"


def test_the_pictures_shown_are_of_the_model_as_it_stands(tmp_path):
    draw = runpy.run_path(str(REFERENCE / "draw.py"))
    for chart in draw["drawn"](tmp_path):
        kept = REFERENCE / draw["SCENARIO"] / f"{chart.name}.txt"
        if not kept.exists() or not kept.with_suffix(".png").exists():
            pytest.fail(f"there is no picture of {chart.name} yet. Draw it: make reference")
        assert kept.read_text(encoding="utf-8") == draw["words_of"](chart), "the run has changed. Draw: make reference"
