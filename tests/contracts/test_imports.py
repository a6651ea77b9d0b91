"""Imports run one way, from what is simple to what uses it; each room knows the rooms before it and no other.

`ORDER` is that order, from the first to the last. A line holds rooms that may know one another.
"""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ORDER = (
    ("sim.lazy", "sim.letters"),
    ("sim.errors", "sim.draws", "sim.one_thread"),
    ("sim.own_code",),
    ("sim.processes",),
    ("sim.text_files",),
    ("sim.rules",),
    ("sim.catalogue",),
    ("sim.scenario",),
    ("sim.phrases",),
    ("sim.model",),
    ("sim.policies",),
    ("sim.model.steps",),
    ("sim.record",),
    ("sim.engine",),
    ("sim.session",),
    ("sim.agents",),
    ("sim.exercise",),
    ("sim.experiments",),
    ("sim.validation",),
    ("sim.output.narrative",),
    ("sim.output.figures",),
    ("sim.output.pages",),
    ("sim.output",),
    ("sim.papers",),
    ("sim.live",),
    ("sim.cli",),
    ("sim.__main__",),
)
ALONE = ("sim.lazy", "sim.letters", "sim.draws", "sim.one_thread")  # these know none of their own line either
MAY_NAME_MESA = {"sim.exercise", "sim.agents"}
NEVER_DRAWN = ("sim.model", "sim.model.steps", "sim.engine", "sim.exercise", "sim.policies")


def module_name(path):
    """The dotted name of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted((ROOT / "sim").rglob("*.py")) if "_scenarios" not in path.parts}


@cache
def imported(name):
    """Everything that a module imports, wherever in the file, by its dotted name."""
    return tuple(_imported(name))


def _imported(name):
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relative to itself; write the full name"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in FILES else node.module


def own_imports(name):
    return sorted({other for other in imported(name) if other in FILES and other != name})


def is_in(name, room):
    return name == room or name.startswith(f"{room}.")


def line_of(name):
    """The place in `ORDER` of the room that a module is in: the room with the longest name that fits."""
    fitting = [(len(room), at) for at, line in enumerate(ORDER) for room in line if is_in(name, room)]
    assert fitting, f"{name} is in no room of ORDER; say where it belongs"
    return max(fitting)[1]


@pytest.mark.parametrize("name", [name for name in FILES if name != "sim"])
def test_a_module_knows_only_the_rooms_before_its_own(name):
    later = [other for other in own_imports(name) if line_of(other) > line_of(name)]
    assert not later, f"{name} imports {', '.join(later)}, which comes after it in ORDER"
    assert not (name in ALONE and own_imports(name)), f"{name} imports {', '.join(own_imports(name))}"


def test_nothing_imports_itself_by_a_roundabout_way():
    seen, path = set(), []

    def follow(name):
        if name in path:
            raise AssertionError(" imports ".join([*path[path.index(name) :], name]))
        if name in seen:
            return
        path.append(name)
        for other in own_imports(name):
            follow(other)
        seen.add(path.pop())

    for name in FILES:
        follow(name)


@pytest.mark.parametrize("name", [name for name in FILES if is_in(name, "sim.rules")])
def test_a_rule_knows_numpy_scipy_and_the_errors(name):
    strangers = {other for other in imported(name) if other.split(".")[0] not in ("numpy", "scipy", "sim")}
    rooms = {other for other in imported(name) if is_in(other, "sim")}
    assert not strangers
    assert all(other == "sim.errors" or is_in(other, "sim.rules") for other in rooms)


@pytest.mark.parametrize(
    "name", [name for name in FILES if is_in(name, "sim.output.figures") or "sim.output.pages.run" in name]
)
def test_a_chart_reads_a_record_and_never_the_world(name):
    assert not [other for other in imported(name) for room in NEVER_DRAWN if is_in(other, room)]


def test_mesa_is_named_in_two_files_only():
    named = {name for name in FILES if any(is_in(other, "mesa") for other in imported(name))}
    assert named <= MAY_NAME_MESA, f"Mesa is named in {', '.join(sorted(named - MAY_NAME_MESA))}"


def test_the_engine_plays_without_mesa_and_the_terminal_answers_without_numpy():
    slow = {"import sim.engine": "mesa", "import sim.__main__": "numpy"}
    for statement, library in slow.items():
        asked = f"{statement}, sys; sys.exit('{library}' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT).returncode == 0, f"{statement} imports {library}"
