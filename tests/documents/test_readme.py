"""The README keeps its promises: its commands run, its Python runs, and what it names is there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sim.__main__ import app
from sim.scenario import shipped

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "results/README.md", "scenarios/README.md", "sim/ODD.md", "CHANGELOG.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TAKE_LONG = ("oceans backtest", "oceans run cyber_incident --runs 200")
TAKES_WHAT_IS_SUGGESTED = "\n" * 5000  # a person in a seat who always presses return


def blocks(text, language):
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def command_lines():
    """Every line of every block of commands, without its remark, block by block."""
    for block in blocks(README, "sh"):
        yield [line.split("  #")[0].strip() for line in block.splitlines() if line.strip()]


def lines_of(block, word):
    return [line for line in block if line.split()[0].endswith(word)]


def environment():
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}


OCEANS_BLOCKS = [lines for lines in (lines_of(block, "oceans") for block in command_lines()) if lines]


@pytest.mark.parametrize(
    "lines",
    [pytest.param(one, marks=pytest.mark.long if one[0].startswith(TAKE_LONG) else ()) for one in OCEANS_BLOCKS],
    ids=lambda lines: lines[0].removeprefix("oceans "),
)
def test_the_commands_run_one_after_the_other(lines, tmp_path):
    for line in lines:
        done = subprocess.run(
            [sys.executable, "-m", "sim", *shlex.split(line)[1:]],
            cwd=tmp_path, env=environment(), input=TAKES_WHAT_IS_SUGGESTED, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stderr[-2000:]}"


@pytest.mark.parametrize("number", range(len(blocks(README, "python"))))
def test_the_python_runs_from_anywhere(number, tmp_path):
    code = blocks(README, "python")[number]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_a_doctrine_takes_about_ten_lines():
    counted = [line for line in blocks(README, "python")[0].splitlines() if line.strip() and "import" not in line]
    assert len(counted) <= 10


def recipe(target):
    """What make would do for a target, from nothing and with the first Python, whatever it was called with itself."""
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "LONG", "ARGS")}
    asked = subprocess.run(
        ["make", "-n", "-B", "PYTHON=python3", target], cwd=ROOT, env=clean, capture_output=True, text=True
    )
    assert asked.returncode == 0, f"make {target}: {asked.stderr}"
    return asked.stdout


def test_what_make_is_asked_for_it_can_do():
    quoted = " ".join(re.findall(r"`{1,3}[^`]*`{1,3}", README, re.DOTALL))
    assert all(recipe(target) for target in set(re.findall(r"\bmake ([a-z]+)", quoted)))


def test_the_plain_commands_are_those_that_make_uses():
    recipes = "".join(recipe(target).replace("--quiet ", "") for target in ("demo", "test"))
    plain = next(block for block in command_lines() if any("venv" in line for line in block))
    for line in plain:
        assert line.replace("python3 -m venv", "-m venv") in recipes, f"make does not say: {line}"


def test_the_commands_listed_are_those_there_are():
    listed = re.findall(r"^\| `oceans ([a-z]+)` \|", README, flags=re.MULTILINE)
    there = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert sorted(listed) == sorted(there)


def test_the_scenarios_listed_are_those_that_ship():
    line = README.split("Scenarios that ship:")[1].split(".\n")[0]
    assert sorted(re.findall(r"`([a-z_]+)`", line)) == shipped()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    assert (ROOT / page).exists(), f"{page} is not there"
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) + re.findall(r'src="([^"]+)"', text)
    lost = [link for link in links if "://" not in link and not ((ROOT / page).parent / link).exists()]
    assert not lost, f"{page} links to {', '.join(lost)}, which {'is' if len(lost) == 1 else 'are'} not there"


def test_a_change_speaks_of_the_version_there_is():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), flags=re.MULTILINE)[1]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
