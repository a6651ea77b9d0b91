"""Charts that set one thing beside another keep their words apart, and their titles say what was found."""

import dataclasses

import numpy as np
import pytest

from sim.experiments.turning_points import OUTCOMES
from sim.output.figures.comparison import Debrief, compose_alignment, compose_groups, compose_usual, compose_what_if
from sim.output.figures.style import TALL, WIDE
from sim.output.narrative.hot_wash import rounds_of
from tests.builders_record import a_loaded, a_record, outcomes, stances
from tests.misplaced import misplaced

in_both_shapes = pytest.mark.parametrize("shape", [TALL, WIDE], ids=["tall", "wide"])


# ------------------------------------------------------------------------------------------------------------ ways on


def _futures(shift=0.0, runs=200):
    draws = np.random.default_rng(1)
    return {name: draws.normal(3 + shift * (name == "harm"), 1, runs) for name in OUTCOMES} | {
        "wrong_culprit": np.full(runs, np.nan)
    }


LONG = "name who did it, and announce measures that " * 3


@in_both_shapes
@pytest.mark.parametrize("ways", [["as it stands"], ["say nothing", LONG, "voice concern", "name who did it"]])
def test_words_on_ways_on_neither_cover_one_another_nor_leave_the_page(ways, shape):
    page = compose_what_if({way: _futures(k) for k, way in enumerate(ways)}, "Estonia: What?", a_record(), shape=shape)
    assert misplaced(page) == []
    assert all(way.lower() in page.alt.lower() for way in ways)


def test_the_title_says_what_the_choice_changes_or_that_it_changes_next_to_nothing():
    apart = compose_what_if({"wait": _futures(), "act": _futures(2.0)}, "", a_record())
    alike = compose_what_if({"wait": _futures(), "act": _futures()}, "", a_record())
    assert apart.title.startswith("Harm to victims comes to 2.93 with “wait”") and "“act”" in apart.title
    assert alike.title == "What is chosen here hardly changes how it ends"


def test_where_nothing_can_change_any_more_it_says_so():
    page = compose_what_if({"as it stands": {name: np.full(9, np.nan) for name in OUTCOMES}}, "", a_record())
    assert page.title == "Nothing more can come"


# ------------------------------------------------------------------------------------------------------------- groups


MANY = tuple(f"The table at window {k}" for k in range(8))


def played(*names, **values):
    """What some groups came to, each a little more than the one before."""
    known = outcomes().measures
    return {
        name: {measure: float(runs[0]) + k / 10 for measure, runs in known.items()} | values
        for k, name in enumerate(names)
    }


@in_both_shapes
@pytest.mark.parametrize("names", [("A", "B"), MANY], ids=["two", "many"])
def test_words_on_groups_neither_cover_one_another_nor_leave_the_page(names, shape):
    page = compose_groups(outcomes(), a_loaded(), played(*names), shape=shape)
    assert misplaced(page) == []
    assert f"What {'two' if len(names) == 2 else 'eight'} groups came to" in page.alt and names[-1] in page.alt


def test_groups_that_came_to_the_same_are_said_to_have_and_what_nobody_knows_is_left_out():
    alike = dict.fromkeys(("A", "B"), played("A")["A"])
    assert "came to the same" in compose_groups(outcomes(), a_loaded(), alike).title
    unknown = {group: dict.fromkeys(one, float("nan")) for group, one in alike.items()}
    assert "Nothing" in compose_groups(outcomes(), a_loaded(), unknown).alt


# -------------------------------------------------------------------------------------------- what people played


def _one(of, run=0):
    """The exercise that people played: one of the many, a little otherwise."""
    measures = {name: values[run : run + 1] * 0.9 for name, values in of.measures.items()}
    series = {name: values[:, run : run + 1] * 1.1 for name, values in of.series.items()}
    return dataclasses.replace(of, runs=1, measures=measures, series=series)


@in_both_shapes
def test_words_on_what_was_played_neither_cover_one_another_nor_leave_the_page(loaded, incident, shape):
    many = outcomes()
    taken = stances(incident) + stances("another_with_a_name_that_is_long_enough_to_be_cut", turns=2)
    debrief = Debrief(_one(many), many, tuple(rounds_of(taken, loaded)))
    for compose in (compose_usual, compose_alignment):
        page = compose(debrief, loaded, shape=shape)
        assert misplaced(page) == []
        assert page.alt
