"""Counts how much happens in the scenarios that ship and in the past cases, for the page beside it: `make volumes`."""

from pathlib import Path

from sim.scenario import load, load_library, shipped
from sim.validation.cases import read_cases, shipped_cases
from sim.validation.schema import KINDS
from sim.validation.volumes import ABSURD, CASES, case_runs, recorded, scenario_runs, set_beside, tally, together

PAGE = Path(__file__).with_suffix(".md")
SEEDS, SEEDS_OF_A_CASE = 30, 8
MOST_FORMATS = 8
ASKED = {"name": KINDS[1], "sanction": KINDS[2], "legal_step": KINDS[4]}  # counts, and what the record calls them
HEADS = ("Row", "What is counted", "Median", "10 to 90 %", "Held against it", "The record", "Fits")
HEADS_OF_CASES = (
    "Case",
    "Name: record",
    "play",
    "Sanction: record",
    "play",
    "Law: record",
    "play",
    "Days: record",
    "play",
)
HEAD = """# How much happens at all

Most of the time, most states do nothing that anyone can see. Here is how busy the play is, beside how busy the record
is: each scenario that ships played with {seeds} seeds, and each past case with {of_a_case} and the coefficients as they
are estimated without it. Third parties are the coded states that were not hit. The record's figures, how far the play
may be from them, their sources and reasons stand in [`volumes.yaml`](../../scenarios/library/volumes.yaml);
`oceans volumes SCENARIO` counts one scenario, and `make volumes` writes this page anew. The tests expect a row to fail
where this page says that it does not fit.

"Held against it" says which figure over seeds and incidents is asked for: the median, the 10 % or 90 % quantile, the
mean, or the spread, which is the distance between those two quantiles.
"""


def tallies():
    """Everything that is counted: of each scenario by its name, and of each past case by its id."""
    scenarios = {name: tally(name, scenario_runs(load(name), SEEDS)) for name in shipped()}
    library = load_library()
    return scenarios, {case.id: tally(case.id, case_runs(case, library, SEEDS_OF_A_CASE)) for case in past_cases()}


def past_cases():
    """The past cases that ship."""
    return [case for name in shipped_cases() for case in read_cases(name).cases]


def page(scenarios, cases):
    """The page, of what was counted."""
    library = load_library()
    whole = {**scenarios, CASES: together(CASES, cases.values())}
    rows = {name: set_beside(found, library.volumes) for name, found in whole.items()}
    parts = [HEAD.format(seeds=SEEDS, of_a_case=SEEDS_OF_A_CASE), overview(whole, rows)]
    parts += [section(name, whole[name], rows[name]) for name in whole]
    return "\n".join([*parts, one_by_one(cases, library)])


def overview(whole, rows):
    """How many rows fit in each scenario."""
    lines = []
    for name, found in whole.items():
        link = f"[{title(name)}](#{title(name).lower().replace(' ', '-')})"
        absurd = sum(map(len, found.absurd.values())) / found.runs
        lines.append((link, f"{sum(row.fits for row in rows[name])}", f"{len(rows[name])}", f"{absurd:.1f}"))
    return table(("Scenario", "Rows that fit", "of", "What cannot be, a run"), lines, "|---|--:|--:|--:|")


def section(name, found, rows):
    """What was counted in one scenario."""
    usual = [(f"`{row.key}`", row.row.words, *row.cells) for row in rows if row.row.counts not in ABSURD]
    absurd = [
        (f"`{row.key}`", row.row.words, f"{row.mean:.2f}", row.cells[-1], next(iter(found.absurd[row.row.counts]), ""))
        for row in rows
        if row.row.counts in ABSURD
    ]
    formats = ", ".join(f"{form} {n / found.incidents:.2f}" for form, n in found.formats.most_common(MOST_FORMATS))
    return "\n".join(
        [
            f"## {title(name)}\n",
            table(HEADS, usual, "|---|---|--:|--:|--:|--:|---|"),
            f"Consultations on one incident by format: {formats}.\n",
            table(("Row", "What cannot be", "A run", "Fits", "For example"), absurd, "|---|---|--:|---|---|"),
        ]
    )


def title(name):
    """A scenario's name as a heading."""
    return name.replace("_", " ").capitalize()


def one_by_one(cases, library):
    """Each past case beside what is recorded of it."""
    rows = [row_of(case, cases[case.id], library) for case in past_cases()]
    return "\n".join(
        [
            "## Past cases one by one\n",
            "Third parties that did it, of those of which it is known; the play's median over the same states with its",
            "10 and 90 % quantiles. Days are those from the disclosure to the first joint answer.\n",
            table(HEADS_OF_CASES, rows, "|---" + "|--:" * (len(HEADS_OF_CASES) - 1) + "|"),
        ]
    )


def row_of(case, found, library):
    """A past case as a row."""
    beside = [cell for count, kind in ASKED.items() for cell in counted(case, found, count, kind, library)]
    days = (case.decision_date - case.disclosure_date).days
    return (case.id, *beside, str(days), shown(found, "days_to_joint_answer"))


def counted(case, found, count, kind, library):
    """What is recorded of a case, and what was counted."""
    did, known = recorded(case, kind, library)
    return (f"{did} of {known}", shown(found, count)) if known else ("", "")


def shown(found, count):
    """The median of a count with its 10 and 90 % quantiles."""
    values = sorted(one.value for one in found.counts[count])
    low, middle, high = (words(values[round(share * (len(values) - 1))]) for share in (0.1, 0.5, 0.9))
    return middle if low == high else f"{middle} ({low} to {high})"


def words(value):
    """A number of states or days."""
    return "never" if value == float("inf") else f"{value:.0f}"


def table(heads, rows, ruler):
    """A table of a page."""
    return "\n".join([f"| {' | '.join(heads)} |", ruler, *(f"| {' | '.join(row)} |" for row in rows), ""])


def main():
    """Counts everything and writes the page."""
    PAGE.write_text(page(*tallies()), encoding="utf-8", newline="\n")
    print(PAGE)


if __name__ == "__main__":
    main()
