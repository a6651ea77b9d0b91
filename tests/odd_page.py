"""Tables in `sim/ODD.md` that are measured: each stands between two marks, and a command writes it anew."""

from collections.abc import Iterable, Sequence
from pathlib import Path

ODD = Path(__file__).parents[1] / "sim" / "ODD.md"


def marks(name: str) -> tuple[str, str]:
    """Between what a table stands: its first line and its last.

    >>> marks("patterns")
    ('<!-- patterns: written by `make patterns` -->', '<!-- end of patterns -->')
    """
    return f"<!-- {name}: written by `make {name}` -->", f"<!-- end of {name} -->"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table.

    >>> table(("a", "b"), [("1", "2")])
    ['| a | b |', '| --- | --- |', '| 1 | 2 |']
    """
    return [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows)]


def kept(name: str) -> list[tuple[str, ...]]:
    """The rows that the page holds under a name, without their heads."""
    begins, ends = marks(name)
    text = ODD.read_text(encoding="utf-8")
    lines = [line for line in text[text.index(begins) : text.index(ends)].splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def write(name: str, lines: Iterable[str]) -> None:
    """Put lines in place of what stood under a name."""
    begins, ends = marks(name)
    text = ODD.read_text(encoding="utf-8")
    before, after = text.split(begins)[0], text.split(ends)[1]
    block = "\n".join((begins, *lines, ends))
    ODD.write_text(f"{before}{block}{after}", encoding="utf-8", newline="\n")
