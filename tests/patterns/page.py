"""What the record says of the twelve patterns beside what the model does: the table in `sim/ODD.md`.

`make patterns` measures everything anew and writes the table; what stood there before is replaced. The table is the one
place where measured figures are kept: the tests read there which patterns are known not to hold.
"""

import math
from dataclasses import dataclass

from tests import odd_page
from tests.patterns.checks import CHECKS
from tests.patterns.crises import RUNS, SEEDS, Crises

NAME = "patterns"  # of the table, and of the command that writes it
HEADS = (
    *("#", "What is measured", "The record", "In these cells", "Allowed"),
    *("The model", "Seed by seed", "Severity ∓ 0.05", "Holds", "Source"),
)
HOLDS, FAILS = "yes", "**no**"
OTHERWISE = (-0.05, 0.05)  # how much lower or higher severities might as well have been coded
REFRESH = "make patterns"
NOISE = 0.02  # of a figure that was measured before, or of 1 where the figure is smaller


@dataclass(frozen=True)
class Measured:
    """What a check came to: the model's figure, the record's over the same cells or None, and the model's by seed and
    with severities coded otherwise."""

    model: float
    record: float | None
    by_seed: tuple
    otherwise: tuple


def measured(check):
    """A check measured with all seeds together, and with each alone."""
    model, record = check.figures(Crises())
    by_seed = tuple(check.figures(Crises((seed,)))[0] for seed in SEEDS)
    return Measured(model, record, by_seed, otherwise(check))


def otherwise(check):
    """The model's figure with every severity coded lower, and higher."""
    return tuple(check.figures(Crises(severity=more))[0] for more in OTHERWISE)


def holds(check, model, others):
    """Whether a figure is as it should be, and would be with severities coded otherwise."""
    return all(check.is_met(figure) for figure in (model, *others))


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
        "; ".join(map(shown, found.otherwise)),
        HOLDS if holds(check, found.model, found.otherwise) else FAILS,
        check.source,
    )


def shown(figure):
    """A figure with as many digits as it bears.

    >>> shown(0.126), shown(129.4), shown(25.37)
    ('0.13', '129', '25.4')
    """
    return f"{round(figure, 2) + 0.0:.2f}" if abs(figure) < 2 else f"{figure:.3g}"


def block(rows):
    """The lines as they stand in the page."""
    held = sum(row[HEADS.index("Holds")] == HOLDS for row in rows)
    played = f"{RUNS} runs of each case with each of {len(SEEDS)} seeds"
    return [
        f"{held} of {len(rows)} figures are as they should be; {played}.",
        "",
        *odd_page.table(HEADS, rows),
    ]


def kept():
    """The rows that the page holds: list of tuple, as `HEADS`."""
    return odd_page.kept(NAME)


def agrees(before, now):
    """Whether a figure of the page is what is measured now, but for rounding and noise; or neither can be told."""
    if math.isnan(now):
        return math.isnan(float(before))
    return math.isclose(float(before), now, rel_tol=NOISE, abs_tol=NOISE)


def main():
    """Measures every check and writes the table into the page."""
    rows = []
    for check in CHECKS:
        rows.append(row(check, measured(check)))
        print(" | ".join(rows[-1]), flush=True)
    odd_page.write(NAME, block(rows))


if __name__ == "__main__":
    main()
