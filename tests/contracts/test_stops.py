"""How often an exercise stops for people, and what it asks them: few stops, each decision under a name of its own."""

import pytest

from sim.model.decisions import KINDS
from sim.output.narrative.decisions import label, question
from sim.phrases import Names
from sim.scenario import load, shipped
from sim.session import Session
from tests.builders_session import everybody

MOST_STOPS = 5  # a turn, on average, with somebody in every seat
QUICK = ("smallest", "two_theatres")


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[] if name in QUICK else pytest.mark.long) for name in shipped()],
)
def manned(request):
    """A shipped scenario with somebody in every seat, and the decisions of each stop: (loaded, list of lists)."""
    loaded, stops = load(request.param), []
    session = Session(loaded, 7, people=everybody(loaded))
    while not session.is_over:
        stops.append(session.open_decisions())
        for decision in stops[-1]:
            session.submit(decision, decision.default)
    return loaded, stops


def test_it_stops_for_people_a_few_times_a_turn(manned):
    loaded, stops = manned
    turns = loaded.scenario.calendar.turns
    print(f"{loaded.name}: {len(stops) / turns:.1f} stops a turn, {sum(map(len, stops))} decisions")
    assert len(stops) / turns <= MOST_STOPS


def test_every_decision_has_a_name_of_its_own(manned):
    ids = [decision.id for stop in manned[1] for decision in stop]
    assert len(ids) == len(set(ids))


def test_what_the_model_suggests_is_among_what_is_legal(manned):
    for decision in (decision for stop in manned[1] for decision in stop):
        assert decision.kind in KINDS and decision.options
        assert set(decision.default) <= {option.id for option in decision.options}, decision.id
        assert len({option.id for option in decision.options}) == len(decision.options), decision.id
        assert decision.least <= len(decision.default) <= (decision.most or len(decision.options)), decision.id


def test_every_decision_and_every_option_can_be_put_in_words(manned):
    loaded, stops = manned
    names = Names(loaded)
    for decision in (decision for stop in stops for decision in stop):
        said = [question(decision, names), *(label(option, decision, names) for option in decision.options)]
        assert said[0].endswith("?") and all(words and "_" not in words for words in said), decision.id
        assert len(set(said)) == len(said), f"{decision.id}: two options are called the same"
