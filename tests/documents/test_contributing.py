"""The page on how to change the project keeps up with it: rooms, files, commands."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.test_imports import line_of
from tests.documents.test_readme import blocks, environment, recipe

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROOMS = re.findall(r"`(sim/[\w/.]+)`", PAGE.split("| Room |")[1].split("\n\n")[0])
LINES = [line.split("  #")[0].strip() for block in blocks(PAGE, "sh") for line in block.splitlines()]
PLAIN = [line for line in LINES if not line.startswith("make ")]
NAMED = sorted(set(re.findall(r"`((?:sim|scenarios|tests)/[\w/.]*|[\w/]+\.(?:toml|md))`", PAGE)))


def module_of(room):
    return room.rstrip("/").removesuffix(".py").replace("/", ".")


def test_the_rooms_are_all_there_are():
    there = {path for path in (ROOT / "sim").iterdir() if path.is_dir() and list(path.glob("*.py"))}
    there |= set((ROOT / "sim").glob("*.py")) - {ROOT / "sim" / "__init__.py"}
    assert {path for path in map(ROOT.joinpath, ROOMS) if path.parent == ROOT / "sim"} == there


def test_the_rooms_stand_in_the_order_of_imports():
    lines = [line_of(module_of(room)) for room in ROOMS]
    assert lines == sorted(lines)


@pytest.mark.parametrize("name", NAMED)
def test_every_file_it_names_is_there(name):
    assert (ROOT / name).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([A-Z_]{4,})`", PAGE))))
def test_every_list_it_names_is_in_a_file_of_the_same_line(name):
    line = next(line for line in PAGE.splitlines() if f"`{name}`" in line)
    files = [ROOT / path for path in re.findall(r"`([\w/]+\.py)`", line)]
    assert any(re.search(rf"^{name} = ", path.read_text(encoding="utf-8"), re.MULTILINE) for path in files)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:`|^)make ([a-z]+)", PAGE, re.MULTILINE))))
def test_what_make_is_asked_for_it_can_do(target):
    assert recipe(target)


@pytest.mark.parametrize("line", PLAIN)
def test_the_plain_commands_run(line):
    command, *rest = shlex.split(line)
    assert command == ".venv/bin/python"
    done = subprocess.run([sys.executable, *rest], cwd=ROOT, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]


def test_it_fits_on_one_page():
    assert len(PAGE.splitlines()) <= 80
