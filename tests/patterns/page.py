"""What the record says of the twelve patterns beside what the model does: the table in `sim/ODD.md`.

`make patterns` measures everything anew and writes the table; what stood there before is replaced. The table is the one
place where measured figures are kept: the tests read there which patterns are known not to hold.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from tests.patterns.checks import CHECKS
from tests.patterns.crises import RUNS, SEEDS, Crises

ODD = Path(__file__).parents[2] / "sim" / "ODD.md"
BEGINS, ENDS = "<!-- patterns: written by `make patterns` -->", "<!-- end of patterns -->"
HEADS = (
    *("#", "What is measured", "The record", "In these cells", "Allowed"),
    *("The model", "Seed by seed", "Holds", "Source"),
)
HOLDS, FAILS = "yes", "**no**"
REFRESH = "make patterns"
NOISE = 0.02  # of a figure that was measured before, or of 1 where the figure is smaller


@dataclass(frozen=True)
class Measured:
    """What a check came to: the model's figure, the record's over the same cells or None, and the model's by seed."""

    model: float
    record: float | None
    by_seed: tuple


def measured(check):
    """A check measured with all seeds together, and with each alone."""
    model, record = check.figures(Crises())
    return Measured(model, record, tuple(check.figures(Crises((seed,)))[0] for seed in SEEDS))


def row(check, found):
    """The cells of a check's row, as `HEADS`."""
    known = [figure for figure in found.by_seed if not math.isnan(figure)]
    return (
        str(check.pattern),
        check.words,
        check.target,
        "" if found.record is None else shown(found.record),
        str(check.allowed),
        shown(found.model),
        f"{shown(min(known))} to {shown(max(known))}" if known else "",
        HOLDS if check.is_met(found.model) else FAILS,
        check.source,
    )


def shown(figure):
    """A figure with as many digits as it bears.

    >>> shown(0.126), shown(129.4), shown(25.37)
    ('0.13', '129', '25.4')
    """
    return f"{round(figure, 2) + 0.0:.2f}" if abs(figure) < 2 else f"{figure:.3g}"


def table(rows):
    """The block as it stands in the page."""
    held = sum(row[HEADS.index("Holds")] == HOLDS for row in rows)
    played = f"{RUNS} runs of each case with each of {len(SEEDS)} seeds"
    lines = [
        f"{held} of {len(rows)} figures are as they should be; {played}.",
        "",
        *(f"| {' | '.join(cells)} |" for cells in (HEADS, ["---"] * len(HEADS), *rows)),
    ]
    return "\n".join(lines)


def kept():
    """The rows that the page holds: list of tuple, as `HEADS`."""
    text = ODD.read_text(encoding="utf-8")
    block = text[text.index(BEGINS) : text.index(ENDS)]
    lines = [line for line in block.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def agrees(before, now):
    """Whether a figure of the page is what is measured now, but for rounding and noise."""
    return math.isclose(float(before), now, rel_tol=NOISE, abs_tol=NOISE)


def main():
    """Measures every check and writes the table into the page."""
    rows = []
    for check in CHECKS:
        rows.append(row(check, measured(check)))
        print(" | ".join(rows[-1]), flush=True)
    text = ODD.read_text(encoding="utf-8")
    before, after = text.split(BEGINS)[0], text.split(ENDS)[1]
    ODD.write_text(f"{before}{BEGINS}\n{table(rows)}\n{ENDS}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
