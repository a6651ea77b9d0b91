"""Draws by address: another actor, option or turn moves no draw, and two arms differ by the choice alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.catalogue.measures import MEASURES
from sim.draws import Draws
from sim.engine import initial_world, play, without_cooperation
from sim.model.inputs import build_inputs
from sim.scenario.library_schema import Days
from tests.builders import a_library, a_scenario
from tests.properties.invented import Written, differing, laws, played, run_numbers, scenarios, seeds

names = st.lists(st.sampled_from(("EST", "JPN", "USA", "KOR", "DEU", "XAA")), min_size=1, max_size=5, unique=True)
OF_THE_PORTFOLIO = {"cooperation_cost", "projects_delivered", "projects_failed", "spending_delivered", "space_share"}
SEEN_FROM_OUTSIDE = {"perceived_threat"}  # third parties see that a project runs, whatever it does


@laws(30)
@given(seeds, run_numbers, names, st.integers(0, 9))
def test_another_actor_moves_no_draw(seed, numbers, actors, turn):
    draws = Draws(seed, numbers)
    few, many = (
        draws.uniform("evidence", turn, ("incident",), tuple(actors)),
        draws.uniform("evidence", turn, ("incident",), (*actors, "NEW")),
    )
    assert np.array_equal(few, many[..., :-1])


@laws(30)
@given(seeds, run_numbers, names, st.integers(0, 9))
def test_another_option_moves_no_draw(seed, numbers, actors, turn):
    draws = Draws(seed, numbers)
    few, many = (draws.normal("lead", turn, options, tuple(actors)) for options in (("a", "b"), ("new", "a", "b")))
    assert np.array_equal(few, many[1:])


@laws(30)
@given(seeds, run_numbers, names)
def test_the_order_of_names_orders_the_draws_and_no_more(seed, numbers, actors):
    draws = Draws(seed, numbers)
    one, other = draws.uniform("joins", 0, tuple(actors)), draws.uniform("joins", 0, tuple(actors[::-1]))
    assert np.array_equal(one, other[:, ::-1])


@laws(15)
@given(scenarios(turns=(2, 3)), seeds)
def test_more_turns_leave_the_first_ones_as_they_were(written, seed):
    """Where every response acts at once. What would act after the last turn is not begun, so that one is known."""
    count = written.fields["turns"]
    written = written.but(library=prompt(written.loaded.library))
    short = played(written, seed)
    long = played(written.but(turns=count + 2), seed, turns=count)
    assert differing(short.state, long.state) == []


def prompt(library):
    """The library, with responses that are felt on the day on which they are joined."""
    at_once = Days(min=0, typical=0, max=0)
    responses = library.responses.items()
    return library.model_copy(
        update={"responses": {key: one.model_copy(update={"lead_days": at_once}) for key, one in responses}}
    )


@laws(15)
@given(scenarios(cooperation=[]), seeds)
def test_an_incident_yet_to_begin_changes_nothing_before_it_does(written, seed):
    """What nobody knows of yet, nobody acts on: the state of the other incidents is what it would have been."""
    incidents = written.fields["incidents"]
    to_come = {**incidents[0], "id": "to_come", "turn": 3}
    before = played(written.but(turns=4), seed, turns=2).state
    with_more = played(written.but(turns=4, incidents=[*incidents, to_come]), seed, turns=2).state
    for name in ("tension", "capital", "standing", "readiness", "added_exposure", "norm", "pressure", "move_at_large"):
        assert np.array_equal(getattr(before, name), getattr(with_more, name)), name
    assert np.array_equal(before.belief, with_more.belief[: len(incidents)])
    assert np.array_equal(before.move, with_more.move[: len(incidents)])
    assert np.array_equal(before.joined, with_more.joined[: len(before.joined)])


@laws(12)
@given(
    scenarios(
        bodies=True,
        cooperation=[{"project": "coop_cyber", "months_before": 9}, {"project": "coop_exchange", "turn": 1}],
    ),
    seeds,
)
def test_cooperation_that_does_nothing_changes_nothing(written, seed):
    """The two arms share their draws: what is left to differ is the money, and that a project is there to be seen."""
    outcomes = play(written.but(library=library_of_idle_projects()).loaded, seed, runs=3).outcomes
    for name in set(MEASURES) - OF_THE_PORTFOLIO - SEEN_FROM_OUTSIDE:
        assert np.array_equal(outcomes.measures[name], outcomes.baseline_measures[name], equal_nan=True), name


def library_of_idle_projects():
    """The small library, with projects that cost and deliver and have no effect."""
    library = a_library()
    idle = {name: project.model_copy(update={"effects": []}) for name, project in library.cooperation.items()}
    return library.model_copy(update={"cooperation": idle})


@laws(12)
@given(scenarios(cooperation=[]), seeds)
def test_without_a_portfolio_there_is_nothing_to_compare_with(written, seed):
    assert play(written.loaded, seed).outcomes.baseline_measures is None
    assert differing(played(written, seed).state, played(without_cooperation(written.loaded), seed).state) == []


def test_the_arm_without_cooperation_is_the_scenario_without_it():
    written = Written(cooperation=[{"project": "coop_cyber", "months_before": 9}])
    arm = play(written.loaded, seed=2, runs=4).outcomes.baseline_measures
    alone = play(written.but(cooperation=[]).loaded, seed=2, runs=4).outcomes.measures
    assert all(np.array_equal(arm[name], alone[name], equal_nan=True) for name in MEASURES)


def test_another_seed_is_other_luck():
    loaded = a_scenario()
    one, other = (initial_world(build_inputs(loaded), seed, range(3)) for seed in (1, 2))
    assert not np.array_equal(one.state.threshold, other.state.threshold)
