"""The project speaks of itself alone: of its subject and its code, not of machines, people or tools it came from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFT_BEHIND = {
    ".git", ".venv", "build", "dist", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis",
}  # fmt: skip
TEXT = {".py", ".md", ".yaml", ".toml", ".txt", ".cff", ".ipynb", ".j2", ".out", ".jsonl", ".html", ".css", ".js", ""}
BEYOND = {
    "a path of one machine": r"(?<![\w.:/])/(?:home|root|Users|work|opt|mnt|srv)/\w",
    "where packages were fetched from": r"pypi\.org|pythonhosted|--(?:extra-)?index-url|--find-links|file:///",
    "an address of a person": r"\b[\w.+-]+@(?!example\b)[\w-]+\.[a-z]{2,}\b",
    "something left to do": r"\b(?:TODO|FIXME|XXX|HACK)\b",
    "a thread elsewhere": r"(?i)\b(?:issue|ticket|pull request|PR) ?#\d+",
    "who or what wrote it": r"(?i)\bco-authored-by\b|\b(?:written|generated) by an? (?:ai|assistant)\b",
    "how it was made": r"(?i)\b(?:sub-?agents?|previous session|the task says)\b",
}


def files():
    """Every file of text that belongs to the project."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        is_result = inside[0] == "results" and len(inside) > 1 and inside[1] not in ("README.md", "reference")
        if path.is_file() and path.suffix in TEXT and not LEFT_BEHIND & set(inside) and not is_result:
            yield path


def told(path):
    """The lines of a file that speak of something beyond the project: (line, what of)."""
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        for what, pattern in BEYOND.items():
            if re.search(pattern, line):
                yield number, what


def test_no_file_speaks_of_anything_beyond_the_project():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {what}"
        for path in files()
        if path != Path(__file__)
        for number, what in told(path)
    ]
    assert not found, "\n".join(found)


def test_the_pages_at_the_top_are_all_there():
    expected = {"README.md", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "Makefile", "pyproject.toml"}
    expected |= {"constraints.txt"}
    assert expected <= {path.name for path in ROOT.iterdir()}
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.parametrize("name", ["Makefile", "constraints.txt", "pyproject.toml", ".ci/run"])
def test_what_installs_the_project_names_no_host(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text and not re.search(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text)
