"""The chart of what could still come: side by side, to be read on a wall, its title saying what the choice changes."""

import numpy as np
import pytest

from sim.experiments.turning_points import OUTCOMES
from sim.output.figures.ahead import compose
from sim.output.figures.style import TALL, WIDE, misplaced
from tests.builders_record import a_record


def _futures(shift=0.0, runs=200):
    draws = np.random.default_rng(1)
    return {name: draws.normal(3 + shift * (name == "harm"), 1, runs) for name in OUTCOMES} | {
        "wrong_culprit": np.full(runs, np.nan)
    }


LONG = "name who did it, and announce measures that " * 3


@pytest.mark.parametrize("shape", [TALL, WIDE], ids=["tall", "wide"])
@pytest.mark.parametrize("ways", [["as it stands"], ["say nothing", LONG, "voice concern", "name who did it"]])
def test_no_words_cover_one_another_or_leave_the_page(ways, shape):
    page = compose({way: _futures(k) for k, way in enumerate(ways)}, "Estonia: What?", a_record(), shape=shape)
    assert misplaced(page) == []
    assert all(way.lower() in page.alt.lower() for way in ways)


def test_the_title_says_what_the_choice_changes_or_that_it_changes_next_to_nothing():
    apart = compose({"wait": _futures(), "act": _futures(2.0)}, "", a_record())
    alike = compose({"wait": _futures(), "act": _futures()}, "", a_record())
    assert apart.title.startswith("Harm to victims comes to 2.93 with “wait”") and "“act”" in apart.title
    assert alike.title == "What is chosen here hardly changes how it ends"


def test_where_nothing_can_change_any_more_it_says_so():
    page = compose({"as it stands": {name: np.full(9, np.nan) for name in OUTCOMES}}, "", a_record())
    assert page.title == "Nothing more can come"
