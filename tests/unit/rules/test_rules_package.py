"""The room as a whole: what it exports, what it may know, and that every example runs."""

import ast
import doctest
import importlib
import inspect
from pathlib import Path

import pytest

from sim import rules

FILES = sorted(Path(rules.__file__).parent.glob("*.py"))
MODULES = [path.stem for path in FILES if path.stem != "__init__"]
INSIDE = ("domain", "odds", "quantize")


def module(name):
    return importlib.import_module(f"sim.rules.{name}")


def public_functions():
    names = [(room, name) for room in MODULES for name in module(room).__all__]
    return [(room, name) for room, name in names if inspect.isfunction(getattr(module(room), name))]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module


def test_the_rooms_are_exported_in_order():
    assert rules.__all__ == sorted(rules.__all__)
    assert set(rules.__all__) == set(MODULES) - set(INSIDE)


@pytest.mark.parametrize("name", MODULES)
def test_public_names_are_sorted_and_complete(name):
    here = module(name)
    defined = {
        key for key, value in vars(here).items()
        if inspect.isfunction(value) and value.__module__ == here.__name__ and not key.startswith("_")
    }  # fmt: skip
    assert here.__all__ == sorted(here.__all__)
    assert defined <= set(here.__all__)
    assert all(hasattr(here, key) for key in here.__all__)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_knows_numpy_and_nothing_else(path):
    allowed = {"numpy", "scipy.special", "sim.errors", "sim.rules", *(f"sim.rules.{name}" for name in INSIDE)}
    assert set(imported(path)) <= allowed


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_never_draws_and_never_calls_blas(path):
    attributes = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    operators = {type(node.op) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.BinOp)}
    assert not attributes & {"random", "default_rng", "dot", "matmul", "einsum", "tensordot", "inner", "vdot"}
    assert ast.MatMult not in operators


@pytest.mark.parametrize(("room", "name"), public_functions())
def test_a_rule_explains_itself(room, name):
    text = inspect.getdoc(getattr(module(room), name))
    needed = {"Parameters", ">>>"} if room in INSIDE[:1] else {"Parameters", "Returns", ">>>"}
    assert all(word in text for word in needed)
    for parameter in inspect.signature(getattr(module(room), name)).parameters:
        assert parameter in text.split("Parameters")[1], f"{room}.{name} does not explain {parameter}"


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name):
    outcome = doctest.testmod(module(name))
    assert outcome.attempted > 0 and outcome.failed == 0
