"""Every coefficient is read by the model, has a range that holds its value, and a source or a reason."""

import ast
from pathlib import Path

import pytest

from sim.catalogue.moves import FELT, NAMES
from sim.catalogue.responses import RESPONSE_KINDS, RUNGS
from sim.scenario import load_library
from sim.scenario.library import COEFFICIENTS, domain_of

ROOT = Path(__file__).parents[2]
LIBRARY = load_library()
BEHAVIOUR = LIBRARY.behaviour
HOLDERS = ("params", "params_per_run", "per_run", "one", "behaviour")  # what coefficients are read off in the code
FAMILIES = {  # named by joining two words, or in a table
    *(f"{term}_{move}" for term in FELT for move in NAMES),
    *(f"rung_{rung}" for rung in RUNGS[1:]),
    *(kind.practice for kind in RESPONSE_KINDS.values()),
}
NAMED_BY_THE_LIBRARY = {
    *(name for group in LIBRARY.groups.values() for name in (group.tie, group.sharing) if name),
    *(response.usual for response in LIBRARY.responses.values() if response.usual),
}


def _name(node):
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)


def _read_in(path):
    """The names that a file reads off holders of coefficients: `params.calls`, `behaviour["calls"]`, `one("calls")`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and _name(node.value) in HOLDERS[:3]:
            yield node.attr
        asked = []
        if isinstance(node, ast.Subscript) and _name(node.value) in HOLDERS[2:]:
            asked = [node.slice]
        if isinstance(node, ast.Call) and _name(node.func) in HOLDERS[2:]:
            asked = node.args
        yield from (one.value for one in asked if isinstance(one, ast.Constant) and isinstance(one.value, str))


READ = {
    name
    for room in ("catalogue", "model", "validation")
    for path in (ROOT / "sim" / room).rglob("*.py")
    for name in _read_in(path)
}


def test_the_list_of_coefficients_that_the_model_needs_is_what_its_code_reads():
    assert set(COEFFICIENTS) == READ | FAMILIES
    assert len(COEFFICIENTS) == len(set(COEFFICIENTS))


def test_every_coefficient_is_read_by_the_code_or_named_by_the_library():
    assert set(BEHAVIOUR) == set(COEFFICIENTS) | NAMED_BY_THE_LIBRARY


@pytest.mark.parametrize("name", BEHAVIOUR)
def test_a_coefficient_lies_in_its_range_within_its_limits_and_says_why(name):
    figure, domain = BEHAVIOUR[name], domain_of(LIBRARY, name)
    low, high = figure.range
    assert low <= figure.value <= high and low < high
    assert domain.limits[0] <= low and high <= domain.limits[1] and domain.why
    assert figure.source in LIBRARY.sources
    assert figure.why


def test_every_domain_is_that_of_some_coefficient():
    assert set(LIBRARY.domains) == {figure.domain for figure in BEHAVIOUR.values()}
