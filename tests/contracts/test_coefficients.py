"""Every coefficient is read by the model, has a range that holds its value, and a source or a reason."""

import re
from pathlib import Path

import pytest

from sim.scenario import load_library, scenarios_folder
from sim.world.setting import MOVES_BY_NAME

ROOT = Path(__file__).parents[2]
LIBRARY = load_library()
BEHAVIOUR = LIBRARY.behaviour
CODE = "\n".join(
    [path.read_text(encoding="utf-8") for path in sorted((ROOT / "sim").rglob("*.py"))]
    + [
        (scenarios_folder() / "library" / name).read_text(encoding="utf-8")
        for name in ("groups.yaml", "responses.yaml")
    ]
)
READ = set(re.findall(r"\b[a-z][a-z0-9_]+\b", CODE))
FAMILIES = {  # named by joining two words, as the code does
    *(f"{what}_{move}" for what in ("move", "gain", "risk", "pressed", "opened") for move in MOVES_BY_NAME),
    *(f"rung_{rung}" for rung in ("concern", "solidarity", "naming", "measures")),
}


@pytest.mark.parametrize("name", BEHAVIOUR)
def test_a_coefficient_is_read(name):
    assert name in READ | FAMILIES, f"nothing reads {name}: use it or take it out of behaviour.yaml"


@pytest.mark.parametrize("name", BEHAVIOUR)
def test_a_coefficient_lies_in_its_range_and_says_why(name):
    figure = BEHAVIOUR[name]
    low, high = figure.range
    assert low <= figure.value <= high and low < high
    assert figure.source in LIBRARY.sources
    assert figure.why
