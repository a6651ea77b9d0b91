"""Every example in a docstring runs, in every module of the project."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "sim").rglob("*.py")
    if "_scenarios" not in path.parts
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_lives_there(name):
    module = importlib.import_module(name)
    is_empty = not Path(module.__file__).read_text(encoding="utf-8").strip()
    assert is_empty or (module.__doc__ and module.__doc__.strip().split("\n")[0].endswith((".", ":", ";", ",", "?")))
