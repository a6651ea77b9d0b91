"""The description of the model keeps up with the model."""

import re
from pathlib import Path

import pytest

from sim.model.steps import STEPS
from sim.scenario import load_library

ROOT = Path(__file__).parents[2]
ODD = (ROOT / "sim" / "ODD.md").read_text(encoding="utf-8")
BODY, REFERENCES = ODD.split("# References")
DESCRIBED = sorted([*(ROOT / "sim" / "rules").glob("*.py"), *(ROOT / "sim" / "model" / "steps").glob("*.py")])
NAMED = set(re.findall(r"`([a-z0-9_]+)`", BODY))
PARTS = (
    "I.i Purpose", "I.ii Entities", "I.iii Process overview", "II.i Theor", "II.ii Individual decision",
    "II.iii Learning",
    "II.iv ", "II.v ", "II.vi Interaction", "II.vii Collectives", "II.viii Heterogeneity", "II.ix ", "II.x Observation",
    "III.i Implementation", "III.ii Initialisation", "III.iii Input data", "III.iv Submodels",
)  # fmt: skip


def coefficients_listed():
    """Every name on the lines that list a submodel's coefficients."""
    lists = re.findall(r"Coefficients:(.*?)(?:\.\n|\.$)", BODY, flags=re.DOTALL | re.MULTILINE)
    return set(re.findall(r"`([a-z0-9_]+)`", " ".join(lists)))


@pytest.mark.parametrize("part", PARTS)
def test_it_has_the_parts_of_the_form(part):
    assert part in ODD


@pytest.mark.parametrize("path", DESCRIBED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_links_to_every_rule_and_every_step_of_a_turn(path):
    assert f"]({path.relative_to(ROOT / 'sim').as_posix()})" in ODD, f"sim/ODD.md does not say what {path.name} is for"


def test_the_steps_stand_in_their_order_with_those_that_wait_for_seats_in_brackets():
    first_column = re.findall(r"^\| (\[?)([a-z0-9 ]+?)\]? \|", ODD.split("| Step |")[1].split("\n\n")[0], re.MULTILINE)
    told = [(name, bool(bracket)) for bracket, one in first_column for name in spelt_out(one)]
    assert told == [(step.name, step.open is not None) for step in STEPS]


def spelt_out(step):
    """The steps that a line stands for: `silence 1 to 3` are three."""
    name, *numbers = re.fullmatch(r"(.*?)(?: (\d) to (\d))?", step).groups()
    return [f"{name} {number}" for number in range(int(numbers[0]), int(numbers[1]) + 1)] if numbers[0] else [name]


def test_the_submodels_stand_in_the_order_of_the_steps():
    headed = re.findall(r"^### Steps? (\d+)(?: to (\d+))?: (.*?) \(", ODD, re.MULTILINE)
    names = [name for *_, said in headed for one in said.split(", ") for name in spelt_out(one)]
    numbers = [number for first, last, _ in headed for number in range(int(first), int(last or first) + 1)]
    assert names == [step.name for step in STEPS]
    assert numbers == list(range(1, len(STEPS) + 1))


def test_every_coefficient_is_named_where_it_is_used():
    known = set(load_library().behaviour)
    assert not known - NAMED, f"sim/ODD.md does not say where these are used: {', '.join(sorted(known - NAMED))}"
    strangers = coefficients_listed() - known
    assert not strangers, f"behaviour.yaml has no {', '.join(sorted(strangers))}"


def test_every_work_cited_is_listed_and_every_work_listed_is_cited():
    groups = re.findall(r"\[([A-Z][A-Za-z0-9]*(?:, [A-Z][A-Za-z0-9]*)*)\](?!\()", BODY)
    cited = {name for group in groups for name in group.split(", ")}
    listed = set(re.findall(r"^- \[(\w+)\]", REFERENCES, flags=re.MULTILINE))
    assert cited == listed


def test_it_repeats_no_value_of_a_coefficient():
    assert not re.findall(r"`[a-z0-9_]+` ?(?:=|is|of) ?-?\d", BODY)
