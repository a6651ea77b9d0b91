"""The table of how fast it is: what its rows come to is what its aims ask for, and each says something."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "bench" / "bench.py"


class Anything(dict):
    """What any row was found to come to."""

    def __missing__(self, key):
        return Anything() if isinstance(key, int) else 1.0


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("bench", FILE)
    module = sys.modules["bench"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["bench"]


def test_every_aim_is_measured_by_a_row_and_every_figure_has_its_aim(bench):
    rows = {name: Anything() for name in bench.ROWS}
    found = [figure for name, row in bench.ROWS.items() for figure in row.values(rows[name], rows)]
    assert sorted([*found, "before"]) == sorted(bench.AIMS)


def test_every_row_says_what_it_compares_and_what_it_came_to(bench):
    for row in bench.ROWS.values():
        assert row.about and row.said(Anything(), {})


def test_a_row_that_is_not_there_is_refused_with_those_that_are():
    done = subprocess.run([sys.executable, FILE, "--rows", "ahed"], capture_output=True, text=True)
    assert done.returncode == 2 and "ahead" in done.stderr
