"""The lessons run from top to bottom, hold no logic of their own, and are kept without their answers."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 15
TAKE_LONG = ("03", "04", "05", "06")


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def test_lessons_come_one_after_the_other():
    assert [path.name[:3] for path in NOTEBOOKS] == [f"{number:02}_" for number in range(1, len(NOTEBOOKS) + 1)]


@pytest.mark.parametrize(
    "notebook",
    [pytest.param(path, marks=pytest.mark.long if path.stem[:2] in TAKE_LONG else ()) for path in NOTEBOOKS],
    ids=lambda path: path.stem,
    indirect=True,
)
def test_a_lesson_runs(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()


def test_a_lesson_calls_the_engine_and_decides_nothing_itself(notebook):
    for cell in code_cells(notebook):
        tree = ast.parse(cell.source)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.While | ast.Try | ast.Lambda)]
        assert len(cell.source.splitlines()) <= LONGEST_CELL


def test_a_lesson_is_kept_without_its_answers(notebook):
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(notebook))


def test_a_lesson_explains_before_it_does(notebook):
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert all("markdown" in (kinds[at - 1], kind) for at, kind in enumerate(kinds) if at)
