"""How much happens at all: each row of the record, held against each scenario that ships and the past cases.

What is asked stands in `scenarios/library/volumes.yaml`. What the page `results/reference/volumes.md` says does not fit
is expected to fail, with the figure that was measured; when it fits the mark goes: `make volumes`.
"""

import re
import runpy
import sys
from functools import cache
from pathlib import Path

import pytest

from sim.scenario import load, load_library, shipped
from sim.validation.cases import read_cases, shipped_cases
from sim.validation.volumes import CASES, case_runs, scenario_runs, set_beside, tally, together

REFERENCE = Path(__file__).parents[2] / "results" / "reference"
REFRESH = "make volumes"
sys.path.insert(0, str(REFERENCE))
SCRIPT = runpy.run_path(str(REFERENCE / "volumes.py"))
PAGE = SCRIPT["PAGE"].read_text(encoding="utf-8")
NAMES = [*shipped(), CASES]


def rows_of(name):
    """What the page says of each row of a scenario: dict of row to its cells."""
    found = re.search(rf"^## {SCRIPT['title'](name)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line.strip("|").split("|") for line in found.group(1).splitlines()] if found else []
    return {cells[0].strip().strip("`"): [cell.strip() for cell in cells] for cells in lines if "`" in cells[0]}


def fails(cells):
    """Whether the page says that a row does not fit."""
    return "no" in (cells[3], cells[-1])


def asked():
    """Every scenario with every row that the page has of it, marked where it does not fit."""
    for name in NAMES:
        for key, cells in rows_of(name).items():
            reason = f"{cells[2]} a run, for example {cells[-1]}" if len(cells) == 5 else f"{cells[4]}, not {cells[5]}"
            marks = [pytest.mark.xfail(strict=True, reason=reason)] if fails(cells) else []
            yield pytest.param(name, key, id=f"{name}: {key}", marks=marks)


@cache
def counted(name):
    """A scenario, or the past cases, held against the record."""
    library = load_library()
    if name != CASES:
        found = tally(name, scenario_runs(load(name), SCRIPT["SEEDS"]))
    else:
        cases = [case for file in shipped_cases() for case in read_cases(file).cases]
        seeds = SCRIPT["SEEDS_OF_A_CASE"]
        found = together(CASES, (tally(case.id, case_runs(case, library, seeds)) for case in cases))
    return {row.key: row for row in set_beside(found, library.volumes)}


@pytest.mark.long
@pytest.mark.parametrize(("name", "key"), list(asked()))
def test_as_much_happens_as_the_record_says(name, key):
    row = counted(name)[key]
    _, spread, figure, record, _ = row.cells
    assert row.fits, f"{row.row.words}: {figure} ({spread}), and the record says {record}: {row.row.why}"


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_every_row_that_holds_for_a_scenario(name):
    assert set(rows_of(name)) == set(counted(name)), f"it is old: {REFRESH}"


def test_the_page_has_every_scenario_and_the_past_cases_and_no_row_that_the_library_does_not_know():
    rows = load_library().volumes.rows
    assert all(rows_of(name) for name in NAMES), f"the page is old: {REFRESH}"
    assert {key for name in NAMES for key in rows_of(name)} <= set(rows)


def test_every_row_that_is_asked_of_certain_scenarios_names_some_that_there_are():
    named = {scenario for row in load_library().volumes.rows.values() for scenario in row.scenarios}
    assert named <= set(NAMES)
