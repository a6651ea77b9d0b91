"""The twelve patterns that the model exists to explain, each against the record with a stated tolerance.

What is asked stands in `checks.py`: a figure, what the record says, what is allowed, the source. What the page in
`sim/ODD.md` says does not hold is expected to fail, with the figure that was measured; when it holds the mark goes.
"""

import pytest

from sim.scenario import load_library
from tests.patterns.checks import CHECKS
from tests.patterns.crises import RECORD, Crises, year
from tests.patterns.page import FAILS, HEADS, HOLDS, REFRESH, agrees, holds, kept, otherwise

PAGE = [dict(zip(HEADS, cells, strict=True)) for cells in kept()]
ROWS = {check.name: seen for check in CHECKS for seen in PAGE if seen["What is measured"] == check.words}


def asked(check):
    """A check with its name, and marked where the page says that it does not hold."""
    seen = ROWS.get(check.name, {})
    reason = f"{seen.get('The model')} against {seen.get('The record')}; allowed: {seen.get('Allowed')}"
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if seen.get("Holds") == FAILS else []
    return pytest.param(check, id=f"{check.pattern}: {check.words}", marks=marks)


@pytest.mark.long
@pytest.mark.parametrize("check", [asked(check) for check in CHECKS])
def test_a_pattern_of_the_record_comes_out(check):
    """At the severities that were coded, and at all of them a little lower or higher."""
    model, _ = check.figures(Crises())
    figures = f"{model:.3g}; severity otherwise: {otherwise(check)}"
    assert holds(check, model, otherwise(check)), f"{figures}; allowed: {check.allowed}; the record: {check.target}"


@pytest.mark.long
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_page_shows_what_is_measured(check):
    model, record = check.figures(Crises())
    seen = ROWS[check.name]
    assert agrees(seen["The model"], model), f"{seen['The model']} in sim/ODD.md, {model:.3g} measured: {REFRESH}"
    assert record is None or agrees(seen["In these cells"], record)
    assert seen["Holds"] == (HOLDS if holds(check, model, otherwise(check)) else FAILS)


def test_the_page_has_a_row_for_every_check():
    """Words, targets, tolerances and sources are those of the checks."""
    told = ("#", "What is measured", "The record", "Allowed", "Source")
    asked_for = [(str(one.pattern), one.words, one.target, str(one.allowed), one.source) for one in CHECKS]
    assert [tuple(seen[head] for head in told) for seen in PAGE] == asked_for, f"the page is old: {REFRESH}"


def test_each_of_the_twelve_patterns_is_asked_for_and_names_its_source():
    assert {check.pattern for check in CHECKS} == set(range(1, 13))
    assert {key for check in CHECKS for key in check.source.split(", ")} <= set(load_library().sources)


def test_no_two_checks_share_a_name_or_words():
    assert len({check.name for check in CHECKS}) == len({check.words for check in CHECKS}) == len(CHECKS)


def test_the_record_says_what_the_targets_rest_on():
    """Others than the victims name who is behind a cyber operation: 1 of 73 before 2017, 23 of 74 in 2017 to 2019."""
    for first, last, named, chances in ((2007, 2016, 1, 73), (2017, 2019, 23, 74)):
        known = [
            cell.value
            for case in RECORD.values()
            for (code, kind), cell in case.cells.items()
            if case.kind == "cyber" and first <= year(case) <= last and code not in case.victims
            if kind == "public_attribution" and cell.value is not None
        ]
        assert (sum(known), len(known)) == (named, chances)
