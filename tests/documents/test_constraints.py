"""What is installed is what is written down: every dependency is declared, pinned, and really used."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BASE = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = {
    name: [Requirement(line) for line in lines if not line.startswith(PROJECT["name"])]
    for name, lines in PROJECT["optional-dependencies"].items()
}
EVERYTHING = [*BASE, *(requirement for lines in EXTRAS.values() for requirement in lines)]
WITHOUT_CEILING = {"hatchling", "distributed", "pyarrow", "xarray"}  # numbered by year, or used through one function
FOR_ANOTHER = {"networkx": "mesa"}  # what a dependency imports and does not ask for
LINES = [
    line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
]
PINS = [Requirement(line) for line in LINES]
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHONS = [line.split(" :: ")[-1] for line in PROJECT["classifiers"] if " :: Python :: " in line]
IMPORTED_AS = {
    "python-docx": "docx", "pyyaml": "yaml", "ruamel-yaml": "ruamel", "salib": "SALib", "scikit-learn": "sklearn",
}  # fmt: skip


def pinned(python=HERE):
    """What the pins say on one Python: versions by canonical name, in order."""
    applying = [pin for pin in PINS if pin.marker is None or pin.marker.evaluate({"python_version": python})]
    return [(canonicalize_name(pin.name), str(pin.specifier).removeprefix("==")) for pin in applying]


def imported(*folders):
    """The first names of everything imported below some folders, but for what is the project's own."""
    names = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            here = set()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    here |= {alias.name.split(".")[0] for alias in node.names}
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    here.add(node.module.split(".")[0])
            names |= {name for name in here if not path.with_name(f"{name}.py").exists()}
    return names - set(sys.stdlib_module_names) - {"sim", "tests"}


def import_name(requirement):
    name = canonicalize_name(requirement.name)
    return IMPORTED_AS.get(name, name.replace("-", "_"))


def needed(requirements, seen=None):
    """Everything that requirements bring with them here, by canonical name."""
    seen = {} if seen is None else seen
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        key = (name, tuple(sorted(requirement.extras)))
        if key in seen:
            continue
        seen[key] = requirement
        try:
            lines = importlib.metadata.requires(requirement.name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        further = [Requirement(line) for line in lines]
        needed([more for more in further if _applies(more, requirement.extras)], seen)
    return {name for name, _ in seen}


def _applies(requirement, extras):
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def test_a_pin_is_a_name_and_a_version_and_at_most_for_which_pythons():
    form = r'[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*(; python_version [<>=]+ "3\.[0-9]+")?'
    assert [line for line in LINES if not re.fullmatch(form, line)] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_a_name_is_pinned_once_on_each_python(python):
    names = [name for name, _ in pinned(python)]
    assert names == sorted(set(names))
    assert set(names) == {canonicalize_name(pin.name) for pin in PINS}


def test_this_python_is_one_of_those_it_is_said_to_run_on():
    assert HERE in PYTHONS
    assert all(SpecifierSet(PROJECT["requires-python"]).contains(python) for python in PYTHONS)


def test_every_dependency_and_what_it_brings_is_pinned():
    lost = needed(EVERYTHING) - {name for name, _ in pinned()}
    assert not lost, f"constraints.txt does not pin {', '.join(sorted(lost))}"


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("requirement", EVERYTHING, ids=lambda requirement: requirement.name)
def test_a_pin_lies_within_the_range_that_is_declared(requirement, python):
    assert requirement.specifier.contains(dict(pinned(python))[canonicalize_name(requirement.name)])
    has_ceiling = any(part.operator in ("<", "<=", "==", "~=") for part in requirement.specifier)
    assert has_ceiling or requirement.name in WITHOUT_CEILING


def test_what_tests_need_includes_every_extra():
    whole = next(line for line in PROJECT["optional-dependencies"]["dev"] if line.startswith(PROJECT["name"]))
    assert Requirement(whole).extras == set(EXTRAS) - {"dev"}


def test_what_the_project_imports_is_declared_and_what_is_declared_is_imported():
    extras = {import_name(requirement) for name, lines in EXTRAS.items() if name != "dev" for requirement in lines}
    assert {import_name(requirement) for requirement in BASE} - set(FOR_ANOTHER) == imported("sim") - extras


@pytest.mark.parametrize(("name", "other"), FOR_ANOTHER.items())
def test_what_is_declared_for_another_is_not_asked_for_by_it(name, other):
    asked = [Requirement(line) for line in importlib.metadata.requires(other)]
    assert name not in {canonicalize_name(requirement.name) for requirement in asked if _applies(requirement, ())}


def test_what_the_tests_import_is_declared():
    declared = {import_name(requirement) for requirement in EVERYTHING}
    brought = {name.replace("-", "_") for name in needed(EVERYTHING)}
    assert imported("tests", "bench", "results") - {"PIL"} <= declared | brought
