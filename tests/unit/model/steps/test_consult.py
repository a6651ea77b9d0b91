"""Who calls whom, and where; what members want; projects put to a decision."""

import numpy as np
import pytest

from sim.model.state import NEVER, OPEN
from sim.model.steps.assess import assess
from sim.model.steps.consult import Calls, callers, legal_consultations, pay
from sim.model.steps.positions import rung_edges, rung_of, salience, take_positions
from sim.model.steps.texts import confidence_now, severity_now
from sim.rules.cooperation import BLOCKED, NOT_BEGUN, RUNNING
from sim.rules.odds import log_odds
from tests.builders import a_library, an_incident
from tests.unit.model.steps.worlds import SIZES, a_format, a_world, consult, library_with

MANY = 300


def assessed(runs=1, **changes):
    world = a_world(runs, **changes)
    assess(world)
    return world


# ------------------------------------------------------------------------------------------------- positions


@pytest.mark.parametrize("runs", SIZES)
def test_who_is_hurt_wants_a_stronger_text(runs):
    world = assessed(runs)
    take_positions(world, [0])
    wants = world.state.position[0]
    assert (wants[:, world.inputs.index["EST"]] > wants[:, world.inputs.index["DEU"]]).all()
    assert not wants[:, world.inputs.index["RUS"]].any()


def test_who_depends_on_the_suspect_wants_a_softer_text_and_cares_more():
    like = {"stance": {"RUS": 0.3}}
    world = assessed(actors={"DEU": {"exposure": {"RUS": 0.9}, **like}, "USA": {"exposure": {"RUS": 0.0}, **like}})
    free, bound = world.inputs.index["USA"], world.inputs.index["DEU"]
    world.state.stake[0, :, [free, bound]] = 0.3
    world.state.belief[:] = 2.0
    take_positions(world, [0])
    wants, cares = world.state.position[0, 0], salience(world, 0)[0]
    assert cares[bound] > cares[free]
    assert wants[bound] < wants[free]


def test_doubt_softens_what_everybody_wants():
    world = assessed()
    world.state.belief[:] = 4.0
    take_positions(world, [0])
    sure = world.state.position.copy()
    world.state.belief = np.full_like(world.state.belief, -1.0)
    take_positions(world, [0])
    states = world.inputs.is_state
    assert (world.state.position[..., states] < sure[..., states]).all()


@pytest.mark.parametrize(
    "text, rung", [(0.0, "silence"), (0.2, "concern"), (0.4, "solidarity"), (0.6, "naming"), (0.9, "measures")]
)
def test_texts_stand_on_rungs(text, rung):
    edges = rung_edges(a_world().inputs)
    assert rung_of(text, edges) == rung
    assert [rung_of(edge, edges) for edge in edges] == ["silence", "concern", "solidarity", "naming", "measures"]


# ------------------------------------------------------------------------------------------------- calls


@pytest.mark.parametrize("runs", SIZES)
def test_somebody_calls_when_waiting_is_worth_nothing(runs):
    world = assessed(runs, behaviour={"call_wait": -50.0})
    consult(world)
    assert (world.state.called >= 1).all()
    assert (world.state.first_consultation[0] >= 0).all()
    assert (world.state.consultation_state[world.state.first_consultation[0], np.arange(runs)] > 0).all()


def test_nobody_calls_when_too_little_is_at_stake():
    world = assessed(3, behaviour={"call_wait": -50.0, "call_stake_min": 0.99})
    consult(world)
    assert not world.state.called.any()


def test_it_is_mostly_the_victim_that_calls():
    world = assessed(MANY)
    places = callers(world, 0, 0, np.arange(world.runs))
    assert (places == world.inputs.index["EST"]).mean() > 0.7


def test_a_victim_that_calls_has_asked():
    world = assessed(MANY, behaviour={"call_wait": -50.0}, formats=["nac"])
    consult(world)
    assert world.state.asked[0].mean() > 0.7


def test_a_consultation_costs_who_calls_it():
    world = assessed(3, behaviour={"call_wait": -50.0, "call_again_days": 400})
    consult(world)
    price = world.inputs.params.consult_cost.flat[0]
    assert (world.state.called >= 1).all()
    assert (world.state.spent.sum(axis=-1) >= price * world.state.called - 1e-4).all()


def test_a_call_is_weighed_as_a_cost_from_its_own_incident_on():
    world = assessed(3, incidents=[an_incident(), an_incident("ports")], behaviour={"consult_cost": 0.25})
    before, places = world.state.capital.copy(), np.zeros(1, dtype=int)
    one = Calls(0, places + 1, places + 2, places, places, places, {})
    left = pay(world, [one])
    assert np.array_equal(left[0], before) and np.array_equal(left[1], world.state.capital)
    assert before[2, 0] - left[1, 2, 0] == world.state.spent[2, 0] == 0.25
    assert world.state.spent.sum() == 0.25


def test_what_is_called_over_one_incident_leaves_another_as_it_is():
    grid, wine = an_incident(), an_incident("wine", by="CHN", victims={"JPN": 0.3}, issue="coercion")
    both, alone = (assessed(20, incidents=of, behaviour={"call_wait": -50.0}) for of in ([grid, wine], [grid]))
    for world in (both, alone):
        consult(world)
    over_grid, over_wine = both.inputs.consultation_slices
    assert (both.state.consultation_state[over_wine] == OPEN).any()
    assert np.array_equal(both.state.consultation_due[over_grid], alone.state.consultation_due)


@pytest.mark.parametrize("victim, is_open", [("EST", True), ("JPN", False)])
def test_an_alliance_clause_is_for_members_that_are_hit(victim, is_open):
    clause = a_format(members=("DEU", "EST", "USA"), members_only=True)
    world = assessed(3, own_formats={"clause": clause}, formats=["clause"], incident={"victims": {victim: 0.9}})
    assert (legal_consultations(world) == is_open).all()


def test_the_fifth_article_is_not_for_the_partners():
    """In the library that ships: over an attack on Japan nobody can call the Council under Articles 4 or 5."""
    formats = ["nac_art4", "nac_art5", "nac_political"]
    for victim, open_to in (("EST", [True, True, True]), ("JPN", [False, False, True])):
        world = assessed(
            1,
            participants=["EST", "DEU", "USA", "JPN", "RUS"],
            formats=formats,
            library=None,
            incident={"victims": {victim: 0.95}, "is_physical": True},
        )
        assert legal_consultations(world)[:, 0].tolist() == open_to


@pytest.mark.parametrize("severity, is_open", [(0.5, False), (0.9, True)])
def test_below_its_threshold_nobody_calls_a_format(severity, is_open):
    grave = a_format(threshold={"value": 0.8, "source": "judgement", "range": [0.6, 0.9], "why": "an armed attack"})
    world = assessed(3, own_formats={"grave": grave}, formats=["grave"], incident={"victims": {"EST": severity}})
    assert (legal_consultations(world) == is_open).all()


@pytest.mark.parametrize("stake, is_open", [(0.11, False), (0.13, True)])
def test_a_format_with_nobody_concerned_at_the_table_is_not_called(stake, is_open):
    far = a_format(members=("DEU", "USA", "JPN"))
    behaviour = {"call_stake_min": 0.12}
    world = assessed(3, own_formats={"far": far}, formats=["far"], behaviour=behaviour)
    world.state.stake[:] = stake * (np.array(world.inputs.actors) == "JPN")
    world.state.stake[..., world.inputs.index["EST"]] = 0.9  # who is hit has no seat there
    assert (legal_consultations(world) == is_open).all()


@pytest.mark.parametrize("sure, is_open", [(0.65, False), (0.75, True)])
def test_a_meeting_to_name_a_culprit_needs_somebody_concerned_who_is_sure(sure, is_open):
    naming = library_with(public_attribution={"coded_as": "public_attribution"})  # asks for 0.7
    gathers = a_format(names_culprit=True)
    world = assessed(3, own_formats={"name": gathers}, formats=["name"], library=naming)
    world.state.belief[:] = log_odds(sure)
    assert (legal_consultations(world) == is_open).all()


def test_a_format_that_is_called_rarely_is_called_less_over_one_incident_unless_it_is_made_for_it():
    loath = {"value": 3.0, "source": "judgement", "range": [1.0, 5.0], "why": "meets by its calendar"}
    called = []
    for changes in ({}, {"reluctance": loath}, {"reluctance": loath, "ready_for": ["cyber"]}):
        own = {"one": a_format(**changes), "other": a_format()}
        world = assessed(MANY, own_formats=own, formats=["one", "other"], behaviour={"call_wait": -50.0, "calls": 1})
        consult(world)
        called.append((world.state.consultation_called[0] < NEVER).sum())
    assert called[0] == called[2] > called[1]


MOVED = {"renew_step": 0.1, "renew_confidence": 0.15, "call_again_days": 0.0}


def told(world):
    """A text stands, behind which are all: as things are now."""
    world.state.covered[:] = 0.5 * world.inputs.is_state
    world.state.told_severity[:], world.state.told_confidence[:] = severity_now(world), confidence_now(world)
    return world


@pytest.mark.parametrize("graver, is_open", [(0.0, False), (0.09, False), (0.11, True)])
def test_once_a_text_stands_another_is_for_when_matters_have_become_graver(graver, is_open):
    world = told(assessed(3, formats=["nac"], behaviour=MOVED))
    world.state.severity[..., world.inputs.index["EST"]] += graver
    assert (legal_consultations(world) == is_open).all()


@pytest.mark.parametrize("surer, is_open", [(0.1, False), (0.2, True)])
def test_or_for_when_those_concerned_have_become_surer(surer, is_open):
    world = assessed(3, formats=["nac"], behaviour=MOVED)
    world.state.belief[:] = log_odds(0.5)
    told(world).state.belief = np.full_like(world.state.belief, log_odds(0.5 + surer))
    assert (legal_consultations(world) == is_open).all()


@pytest.mark.parametrize("left_out, is_open", [("EST", True), ("JPN", False)])
def test_or_for_those_whom_it_leaves_out_if_much_of_the_stake_is_theirs(left_out, is_open):
    table = a_format(members=("DEU", "EST", "USA", "JPN"))
    world = assessed(
        3, own_formats={"all": table}, formats=["all"], linkage=0.0, behaviour={**MOVED, "call_uncovered": 0.2}
    )
    told(world).state.covered[..., world.inputs.index[left_out]] = 0.0
    assert (legal_consultations(world) == is_open).all()


def test_a_format_is_not_called_twice_in_a_row():
    world = assessed(1, formats=["nac"])
    world.state.consultation_called[:], world.state.consultation_state[:] = 0, 2
    world.turn = 2
    assert not legal_consultations(world).any()
    world.turn = 4
    assert legal_consultations(world).all()


def test_a_table_that_is_open_is_not_opened_again():
    world = assessed(1, formats=["nac"])
    world.state.consultation_state[:] = OPEN
    assert not legal_consultations(world).any()


def test_grave_and_physical_incidents_move_formats_faster():
    due = []
    for severity, physical in ((0.2, False), (0.9, False), (0.9, True)):
        world = assessed(
            MANY,
            behaviour={"call_wait": -50.0, "call_again_days": 400},
            formats=["nac"],
            incident={"victims": {"EST": severity}, "is_physical": physical},
        )
        consult(world)
        due.append(world.state.consultation_due[0].mean())
    assert due == sorted(due, reverse=True) and due[0] > due[-1]


def test_no_consultation_ends_before_the_shortest_there_has_been():
    world = assessed(
        MANY,
        behaviour={"call_wait": -50.0},
        formats=["nato_ip4"],
        incident={"victims": {"EST": 1.0}, "is_physical": True},
    )
    consult(world)
    assert (world.state.consultation_due[0] >= world.inputs.consultation_min[0, 0]).all()


# ------------------------------------------------------------------------------------------------- projects


def projects(names_and_turns, runs=1, budget=None, library=None, **figures):
    """A world in its first turn with projects put to a decision; `figures` go into every project."""
    library = library or a_library()
    changed = {
        name: project.model_copy(
            update={key: getattr(project, key).model_copy(update={"value": value}) for key, value in figures.items()}
        )
        for name, project in library.cooperation.items()
    }
    library = library.model_copy(update={"cooperation": changed})
    written = {} if budget is None else {"cooperation_budget_eur_m": budget}
    world = assessed(
        runs,
        participants=["NATO", "JPN", "RUS"],
        library=library,
        cooperation=[{"project": name, "turn": turn} for name, turn in names_and_turns],
        **written,
    )
    consult(world)
    return world


@pytest.mark.parametrize("runs", SIZES)
def test_a_project_that_nobody_blocks_begins(runs):
    assert projects([("coop_cyber", 1)], runs, veto_risk=0.0).state.project_state.tolist() == [[RUNNING] * runs]


@pytest.mark.parametrize("runs", SIZES)
def test_a_project_that_is_always_blocked_does_not(runs):
    assert projects([("coop_cyber", 1)], runs, veto_risk=1.0).state.project_state.tolist() == [[BLOCKED] * runs]


def test_a_project_is_blocked_as_often_as_its_risk_says():
    blocked = (projects([("coop_cyber", 1)], 2000, veto_risk=0.3).state.project_state == BLOCKED).mean()
    assert blocked == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / 2000))


def test_a_project_waits_for_its_turn():
    assert projects([("coop_cyber", 2)], veto_risk=0.0).state.project_state.tolist() == [[NOT_BEGUN]]


def test_a_project_waits_for_those_it_builds_on():
    library = a_library()
    follower = library.cooperation["coop_exchange"].model_copy(update={"depends_on": ["coop_cyber"]})
    library = library.model_copy(update={"cooperation": {**library.cooperation, "coop_exchange": follower}})
    together = projects([("coop_exchange", 1), ("coop_cyber", 2)], library=library, veto_risk=0.0)
    assert together.state.project_state[:, 0].tolist() == [NOT_BEGUN, NOT_BEGUN]
    together.turn = 2
    consult(together)
    together.turn = 3
    consult(together)
    assert together.state.project_state[:, 0].tolist() == [RUNNING, RUNNING]


def test_a_project_waits_for_the_money():
    """Each costs ten million a year."""
    world = projects([("coop_cyber", 1), ("coop_exchange", 1)], budget=15.0, veto_risk=0.0)
    assert sorted(world.state.project_state[:, 0].tolist()) == [NOT_BEGUN, RUNNING]


def test_a_budget_of_nothing_pays_for_nothing():
    assert projects([("coop_cyber", 1)], budget=0, veto_risk=0.0).state.project_state[0, 0] == NOT_BEGUN
    assert projects([("coop_cyber", 1)], budget=None, veto_risk=0.0).state.project_state[0, 0] == RUNNING
