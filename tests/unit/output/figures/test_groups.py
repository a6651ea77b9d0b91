"""The chart that sets groups beside one another keeps its words apart and says what each came to."""

import pytest

from sim.output.figures import charts_of
from sim.output.figures.style import TALL, WIDE, misplaced
from tests.builders_record import a_loaded, outcomes

MANY = tuple(f"The table at window {k}" for k in range(8))
COMPOSE = charts_of("groups")["groups"].compose


def played(*names, **values):
    """What some groups came to, each a little more than the one before."""
    known = outcomes().measures
    return {
        name: {measure: float(runs[0]) + k / 10 for measure, runs in known.items()} | values
        for k, name in enumerate(names)
    }


@pytest.mark.parametrize("shape", [TALL, WIDE], ids=["tall", "wide"])
@pytest.mark.parametrize(
    "names", [("A", "B"), tuple(f"The table at window {k}" for k in range(8))], ids=["two", "many"]
)
def test_no_words_cover_one_another_or_leave_the_page(names, shape):
    page = COMPOSE(outcomes(), a_loaded(), played(*names), shape=shape)
    assert misplaced(page) == []
    assert f"What {'two' if len(names) == 2 else 'eight'} groups came to" in page.alt and names[-1] in page.alt


def test_groups_that_came_to_the_same_are_said_to_have_and_what_nobody_knows_is_left_out():
    alike = dict.fromkeys(("A", "B"), played("A")["A"])
    assert "came to the same" in COMPOSE(outcomes(), a_loaded(), alike).title
    unknown = {group: dict.fromkeys(one, float("nan")) for group, one in alike.items()}
    assert "Nothing" in COMPOSE(outcomes(), a_loaded(), unknown).alt
