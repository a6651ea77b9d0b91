"""What is installed is whole: scenarios and pages travel with the code and are found from an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel of the project as it stands."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def below(folder, pattern):
    return {str(path.relative_to(folder)) for path in folder.rglob(pattern)}


def test_it_holds_every_scenario_every_file_of_the_library_and_every_page(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    scenarios = {f"sim/_scenarios/{name}" for name in below(ROOT / "scenarios", "*.yaml")}
    pages = {f"sim/{name}" for name in below(ROOT / "sim", "*.j2")}
    assert scenarios <= inside
    assert pages <= inside


def test_it_holds_nothing_else(wheel):
    first = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert first == {"sim", wheel.name.split("-py3")[0] + ".dist-info"}


def test_it_plays_from_an_empty_folder(wheel, tmp_path):
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    zipfile.ZipFile(wheel).extractall(installed)
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "sim", "run", "smallest", "--quiet"],
        cwd=empty, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder = empty / done.stdout.strip()
    assert (folder / "report.html").exists() and list((folder / "charts").glob("*.png"))
