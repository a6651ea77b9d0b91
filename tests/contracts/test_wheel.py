"""What is installed is whole: scenarios and pages travel with the code and are found from an empty folder."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def built(kind, folder):
    """What hatchling builds of the project as it stands."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel of the project as it stands."""
    return built("wheel", tmp_path_factory.mktemp("wheel"))


def below(folder, pattern):
    return {str(path.relative_to(folder)) for path in folder.rglob(pattern)}


def test_it_holds_every_scenario_every_file_of_the_library_and_every_page(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    scenarios = {f"sim/_scenarios/{name}" for name in below(ROOT / "scenarios", "*.yaml")}
    pages = {f"sim/{name}" for name in below(ROOT / "sim", "*.j2") | below(ROOT / "sim", "*.yaml")}
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
    assert (folder / "report.html").exists() and list((folder / "charts").glob("*.svg"))


def test_the_licence_is_named_and_travels_with_it(wheel, tmp_path):
    text = (ROOT / "LICENSE").read_bytes()
    with zipfile.ZipFile(wheel) as inside:
        info = wheel.name.split("-py3")[0] + ".dist-info"
        assert inside.read(f"{info}/licenses/LICENSE") == text
        assert b"License-Expression: Apache-2.0\n" in inside.read(f"{info}/METADATA")
    with tarfile.open(built("sdist", tmp_path)) as inside:
        first = inside.getnames()[0].split("/")[0]
        assert inside.extractfile(f"{first}/LICENSE").read() == text
        assert f"{first}/CONTRIBUTING.md" in inside.getnames()
    assert b"Version 2.0, January 2004" in text
    assert "license: Apache-2.0\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
