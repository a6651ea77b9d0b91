"""Make takes a Python that is new enough, whichever there is, and says what it found when there is none."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE = shutil.which("make")
INTERPRETER = """#!/bin/sh
case "$1" in
  --version) echo "Python {version}" ;;
  -c) exit {is_old} ;;
  -m) echo "{name} $*" ;;
esac
"""

pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not installed")


def an_interpreter(folder, name, version):
    """A stand-in for an interpreter: it says its version, whether it is too old, and what it is asked to run."""
    is_old = int(tuple(map(int, version.split("."))) < (3, 11))
    path = folder / name
    path.write_text(INTERPRETER.format(name=name, version=version, is_old=is_old), encoding="utf-8", newline="\n")
    path.chmod(0o755)


def asked(folder, interpreters, *arguments):
    """What make does for a new environment where these are the only interpreters there are."""
    (folder / "bin").mkdir()
    (folder / "bin" / "rm").symlink_to(shutil.which("rm"))
    for name, version in interpreters.items():
        an_interpreter(folder / "bin", name, version)
    command = [MAKE, "--no-print-directory", f"VENV={folder}/venv", f"{folder}/venv/bin/python", *arguments]
    clean = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "PYTHON")}
    environment = {**clean, "PATH": str(folder / "bin")}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize(
    ("interpreters", "taken"),
    [
        ({"python3": "3.11.2", "python3.13": "3.13.0"}, "python3"),
        ({"python3": "3.14.1", "python3.11": "3.11.9"}, "python3"),
        ({"python3": "3.9.18", "python3.11": "3.11.9", "python3.12": "3.12.1"}, "python3.12"),
        ({"python3.11": "3.11.9"}, "python3.11"),
        ({"python3": "3.10.13", "python3.14": "3.14.0"}, "python3.14"),
    ],
)
def test_the_first_python_that_is_new_enough_is_taken(tmp_path, interpreters, taken):
    done = asked(tmp_path, interpreters)
    assert done.stdout.splitlines()[0] == f"{taken} -m venv {tmp_path}/venv", done.stderr


@pytest.mark.parametrize(
    ("interpreters", "arguments", "found"),
    [
        ({"python3": "3.9.18"}, (), "Python 3.9.18"),
        ({}, (), "no python3"),
        ({"python3": "3.12.1", "mine": "3.8.2"}, ("PYTHON=mine",), "Python 3.8.2"),
        ({"python3": "3.12.1"}, ("PYTHON=theirs",), "no theirs"),
    ],
)
def test_where_there_is_none_it_says_what_there_is(tmp_path, interpreters, arguments, found):
    done = asked(tmp_path, interpreters, *arguments)
    assert done.returncode != 0 and "-m venv" not in done.stdout
    assert done.stdout.startswith(f"It takes Python 3.11 or later, and here is {found}. Name yours: make ")
