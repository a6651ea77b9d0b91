"""The article's ideas can be seen to work: with the same draws, over many runs.

What the table in `sim/ODD.md` shows as no effect is no failure; what must move is asked for here.
"""

import pytest

from sim.catalogue.measures import MEASURES
from sim.scenario import load, load_library
from tests import odd_page
from tests.ideas.ideas import AS_IT_SHOULD, BY_NAME, IDEAS, effects
from tests.ideas.page import HEADS

MUST_MOVE = (
    ("Information exchange", "known_to_others"),
    ("Standards for emerging technologies", "harm"),
    ("Openness to the like-minded", "narrative"),
    ("Openness to the like-minded", "standing"),
    ("Misperception", "perceived_threat"),
    ("NATO's core mission", "readiness"),
    ("Needs that would otherwise go unmet", "harm"),
)

NOISE = 0.001  # of rounding


@pytest.mark.long
@pytest.mark.parametrize("name, measure", MUST_MOVE)
def test_an_idea_moves_what_it_is_for(name, measure):
    (effect,) = (one for one in effects(name) if one.measure == measure)
    assert effect.verdict == AS_IT_SHOULD, effect


@pytest.mark.long
@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.name)
def test_every_idea_moves_something_as_it_should(idea):
    assert any(effect.verdict == AS_IT_SHOULD for effect in effects(idea.name))


def test_areas_principles_and_worries_each_have_an_idea():
    parts = [idea.part for idea in IDEAS]
    assert (parts.count("area") >= 4, parts.count("principle"), parts.count("worry")) == (True, 5, 2)
    assert {name for name, _ in MUST_MOVE} <= set(BY_NAME)


@pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.name)
def test_an_idea_names_measures_projects_and_a_scenario_that_exist(idea):
    library = load_library()
    assert set(idea.should) <= set(MEASURES)
    assert {*idea.with_it.projects, *idea.without.projects} <= set(library.cooperation)
    assert load(idea.scenario).scenario.cooperation


def test_the_page_has_a_row_for_every_measure_of_every_idea():
    rows = odd_page.kept("ideas")
    measure, should = HEADS.index("Measure"), HEADS.index("Should be")
    asked_for = [(MEASURES[name].label, way) for idea in IDEAS for name, way in idea.should.items()]
    assert [(row[measure], row[should]) for row in rows] == asked_for, "the page is old: make ideas"


@pytest.mark.long
def test_the_page_shows_what_is_measured():
    """Every figure lies within the interval that the page tells, or the page is old."""
    shown = [float(row[HEADS.index("Effect")]) for row in odd_page.kept("ideas")]
    found = [effect.difference for idea in IDEAS for effect in effects(idea.name)]
    old = [now for before, now in zip(shown, found, strict=True) if not now.low - NOISE <= before <= now.high + NOISE]
    assert not old, "the page is old: make ideas"
