"""What is true before the first turn and now: the cast, ties, tables, grid, state and views."""

from dataclasses import dataclass, fields

import numpy as np
import pytest

from sim.draws import Draws
from sim.engine import initial_world, play
from sim.model.inputs import build_inputs
from sim.model.state import State, array
from sim.model.steps.inject import inject
from sim.model.view import view
from sim.rules.quantize import STEP, quantize, total
from sim.rules.tempo import NEVER
from tests.builders import a_library, a_scenario, an_incident, an_inject


def setting_of(**changes):
    return build_inputs(a_scenario(**changes))


def of(inputs, array, code):
    return array[..., inputs.index[code]]


# ------------------------------------------------------------------------------------------------- the grid


def test_sums_on_the_grid_are_the_same_in_any_order():
    values = quantize(np.random.default_rng(1).normal(0, 50, 2000))
    shuffled = np.random.default_rng(2).permutation(values)
    assert values.sum() == shuffled.sum() == values[::-1].sum() == sum(values.tolist())


def test_rounding_to_the_grid_moves_nothing_by_more_than_half_a_step():
    values = np.random.default_rng(1).normal(size=500)
    assert np.abs(quantize(values) - values).max() <= STEP / 2
    assert np.array_equal(quantize(quantize(values)), quantize(values))


def test_a_total_counts_only_those_it_should():
    assert total(np.array([0.25, 0.5, 1.0]), np.array([True, False, True])) == 1.25


# ------------------------------------------------------------------------------------------------- the cast


def test_bodies_stand_last_and_are_no_states_where_members_choose():
    inputs = setting_of(participants=["NATO", "EU", "JPN", "RUS", "CHN"])
    assert inputs.actors[-2:] == ("NATO", "EU") and inputs.bodies == ("NATO", "EU")
    assert not inputs.is_state[-2:].any()
    members = dict(zip(inputs.bodies, inputs.body_members, strict=True))
    assert {inputs.actors[k] for k in np.flatnonzero(members["EU"])} == {"EST", "LVA", "DEU"}


def test_a_body_that_plays_as_one_takes_the_place_of_its_members():
    inputs = setting_of(
        participants=["NATO", "EU", "JPN", "RUS", "CHN"], bodies_as="one", incidents=[an_incident(victims={"JPN": 0.4})]
    )
    assert "EST" not in inputs.actors
    assert {code for code in inputs.actors if of(inputs, inputs.is_state, code)} == {"NATO", "EU", "JPN"}


def test_adversaries_choose_no_responses():
    inputs = setting_of()
    adversaries = [inputs.index[code] for code in inputs.adversaries]
    assert not inputs.is_state[adversaries].any() and not inputs.allowed[:, adversaries].any()


def test_a_membership_holds_only_while_it_lasts():
    now, then = (
        setting_of(participants=["EST", "DEU", "GBR", "RUS"], start=day) for day in ("2024-03-04", "2019-03-04")
    )
    assert not of(now, now.is_eu, "GBR") and of(then, then.is_eu, "GBR")


def test_larger_economies_weigh_more_and_none_more_than_the_largest():
    inputs = setting_of()
    assert of(inputs, inputs.economy, "USA") == 1
    assert of(inputs, inputs.economy, "DEU") > of(inputs, inputs.economy, "EST") > 0


def test_what_the_scenario_says_goes_before_the_library():
    inputs = setting_of(
        actors={"EST": {"economy": 0.7, "cyber": 0.9, "capital": 2.0, "exposure": {"RUS": 0.4}, "stance": {"RUS": 0.8}}}
    )
    for held, value in ((inputs.economy, 0.7), (inputs.cyber, 0.9), (inputs.capital, 2.0)):
        assert of(inputs, held, "EST") == pytest.approx(value, abs=1e-6)
    russia = inputs.adversaries.index("RUS")
    assert of(inputs, inputs.exposure, "EST")[russia, 0] == pytest.approx(0.4)


def test_an_adversary_that_is_both_feared_and_needed():
    inputs = setting_of()
    for code in ("EST", "DEU", "USA", "JPN"):
        exposure = of(inputs, inputs.exposure, code)
        assert ((exposure >= 0) & (exposure < 1)).all()
    china, russia = (inputs.adversaries.index(code) for code in ("CHN", "RUS"))
    assert of(inputs, inputs.exposure, "EST")[china, 0] > of(inputs, inputs.exposure, "EST")[russia, 0]


@pytest.mark.parametrize("choice", ["gdp", "defence", "gdp_cyber", "equal"])
def test_capability_is_what_the_scenario_chooses(choice):
    inputs = setting_of(capability=choice)
    weights = [of(inputs, inputs.capability, code)[0] for code in ("USA", "EST")]
    assert (weights[0] == weights[1] == 1) if choice == "equal" else (weights[0] > weights[1])


# ------------------------------------------------------------------------------------------------- ties and clubs


def ties_of(inputs):
    """Ties within one ocean and across, each (A, A)."""
    return [kind[:, 0] for kind in inputs.ties]


def test_ties_bind_both_ways_and_nobody_to_itself():
    inputs = setting_of(ties=[{"between": ["EST", "DEU"], "strength": 0.7}])
    near, far = ties_of(inputs)
    both = near + far
    est, deu = inputs.index["EST"], inputs.index["DEU"]
    assert both[est, deu] == both[deu, est] == pytest.approx(0.7, abs=1e-6)
    assert not np.diag(both).any()
    assert not both[:, ~inputs.is_state].any()


def test_the_other_ocean_is_far():
    inputs = setting_of()
    est, jpn, usa = (inputs.index[code] for code in ("EST", "JPN", "USA"))
    near, far = ties_of(inputs)
    assert near[est, jpn] == 0 and far[est, jpn] > 0
    assert far[est, usa] == 0  # the United States lies on both


def test_who_looks_to_whom_adds_up_to_one():
    inputs = build_inputs(a_scenario(participants=["NATO", "EU", "group:ip4", "RUS", "CHN"], library=None))
    assert inputs.peer_group[:, 0].sum(axis=-1) == pytest.approx(np.ones(len(inputs.peer_group)), abs=1e-3)
    assert not inputs.peer_group[:, 0][:, ~inputs.is_state].any()


def test_evidence_is_shared_both_ways_and_most_among_the_five():
    inputs = build_inputs(a_scenario(participants=["USA", "GBR", "DEU", "JPN", "EST", "RUS"], library=None))
    shared = inputs.sharing[0]
    assert np.array_equal(shared, shared.T) and not np.diag(shared).any()
    usa, gbr, deu, jpn = (inputs.index[code] for code in ("USA", "GBR", "DEU", "JPN"))
    assert shared[usa, gbr] > shared[usa, jpn] > shared[usa, deu] > 0


# ------------------------------------------------------------------------------------------------- tables and options


def test_a_format_needs_two_at_the_table():
    assert ("grid", "g7") not in setting_of(participants=["EST", "LVA", "USA", "RUS"]).consultations
    assert ("grid", "g7") in setting_of(participants=["EST", "DEU", "USA", "RUS"]).consultations


def test_every_incident_has_options_and_tables_of_its_own():
    inputs = setting_of(
        incidents=[an_incident("one"), an_incident("other", issue="coercion", demand={"text": "Stop."})]
    )
    assert (
        {incident for incident, _ in inputs.options}
        == {incident for incident, _ in inputs.consultations}
        == {"one", "other"}
    )
    for h, part in enumerate(inputs.option_slices):
        assert (inputs.option_incident[part] == h).all()
    for h, part in enumerate(inputs.consultation_slices):
        assert (inputs.consultation_incident[part] == h).all()


def test_options_are_ordered_by_their_price():
    inputs = setting_of()
    assert (np.diff(inputs.price[:, 0, 0]) >= 0).all()


def test_an_incident_is_far_when_nobody_in_the_alliance_is_hit():
    assert setting_of(
        incidents=[an_incident("near"), an_incident("far", victims={"JPN": 0.4}, by="CHN")]
    ).incident_is_far.tolist() == [
        False,
        True,
    ]


def test_the_union_alone_is_competent_for_trade_and_its_members_are_not():
    inputs = build_inputs(a_scenario(participants=["EU", "JPN", "USA", "CHN"], library=None, incident=an_incident(
        issue="coercion", by="CHN", victims={"LTU": 0.4}, demand={"text": "Recall the envoy."})))  # fmt: skip
    line = inputs.options.index(("grid", "wto_case"))
    assert inputs.allowed[line, inputs.index["EU"]]
    assert not inputs.allowed[line, inputs.index["LTU"]]


def test_a_case_at_the_wto_is_for_whoever_was_harmed():
    inputs = build_inputs(a_scenario(participants=["EU", "JPN", "USA", "CHN"], library=None, incident=an_incident(
        issue="coercion", by="CHN", victims={"JPN": 0.4}, demand={"text": "Recall the envoy."})))  # fmt: skip
    line = inputs.options.index(("grid", "wto_case"))
    assert [code for code, may in zip(inputs.actors, inputs.allowed[line], strict=True) if may] == ["JPN"]


# ------------------------------------------------------------------------------------------------- state


@pytest.mark.parametrize("runs", [1, 3])
def test_every_array_has_the_axes_that_it_is_declared_with(runs):
    inputs = setting_of()
    lengths = {
        "R": runs,
        "H": len(inputs.incidents),
        "O": len(inputs.options),
        "K": len(inputs.kinds),
        "T": len(inputs.consultations),
        "I": len(inputs.msel),
        "Q": len(inputs.questions),
    }
    lengths |= {"A": len(inputs.actors), "D": len(inputs.adversaries), "P": len(inputs.projects)}
    state = State.first(inputs, Draws(1, range(runs)))
    some = state.rows(np.array([0, 0, 0, 0]))
    for item in fields(State):
        axes = item.metadata["axes"]
        assert getattr(state, item.name).shape == tuple(lengths[axis] for axis in axes), item.name
        assert getattr(some, item.name).shape[axes.index("R")] == 4, item.name


def test_an_array_is_added_to_the_state_by_its_one_line():
    @dataclass
    class Larger(State):
        rumours: np.ndarray = array("DRA", lambda inputs, draws: inputs.capital / 2, digest=99)

    inputs, draws = setting_of(), Draws(1, range(3))
    larger, state = Larger.first(inputs, draws), State.first(inputs, draws)
    assert np.array_equal(larger.rumours[0, 2], inputs.capital[0] / 2)
    assert np.array_equal(larger.rows([2, 0]).rumours, larger.rumours[:, [2, 0]])
    assert larger.copy().rumours is not larger.rumours
    before = larger.digest()
    larger.rumours[:, 1] += 1
    assert (larger.digest() != before).tolist() == [False, True, False]
    assert (before != state.digest()).all()


def test_places_in_the_digest_are_taken_once_each():
    places = [item.metadata["digest"] for item in fields(State) if item.metadata["digest"] is not None]
    assert sorted(places) == list(range(1, len(places) + 1))


def test_nothing_has_happened_before_the_first_turn():
    state = State.first(setting_of(), Draws(1, range(3)))
    for name in (
        "joined",
        "conceded",
        "stopped",
        "spent",
        "income",
        "harm",
        "evidence",
        "intensity",
        "added_exposure",
        "asked",
        "covered",
    ):
        assert not getattr(state, name).any(), name
    assert (state.effect_day == NEVER).all() and (state.first_consultation == -1).all()


def test_a_copy_is_its_own():
    state = State.first(setting_of(), Draws(1, [0]))
    copied = state.copy()
    copied.tension += 1
    assert (state.tension != copied.tension).all()


@pytest.mark.parametrize("turn, day, last", [(1, 0, 30), (2, 30, 60), (5, 120, 150)])
def test_days_are_counted_from_the_first(turn, day, last):
    world = initial_world(setting_of(turns=5), 1, [0])
    world.turn = turn
    assert (world.day, world.last_day, world.months) == (day, last, 1)


# ------------------------------------------------------------------------------------------------- views


def test_nobody_sees_who_really_did_it():
    """What a seat sees is the same whoever did it, as long as the evidence is."""
    worlds = []
    for culprit in ("RUS", "CHN"):
        world = initial_world(
            setting_of(incidents=[an_incident(by=culprit, suspect="RUS")], behaviour={"evidence_rate": 0.0}), 1, [0]
        )
        world.turn = 1
        worlds.append(world)
    assert view(worlds[0], "EST") == view(worlds[1], "EST")


def test_an_inject_is_seen_by_those_it_is_sent_to():
    world = initial_world(setting_of(injects=[an_inject(to=["EST"])]), 1, [0])
    world.turn = 1
    inject(world)
    assert [reached["title"] for reached in view(world, "EST")["injects"]] == ["The lights go out"]
    assert view(world, "DEU")["injects"] == []


def test_an_incident_to_come_is_not_seen():
    world = initial_world(setting_of(incidents=[an_incident("now"), an_incident("later", turn=2)]), 1, [0])
    world.turn = 1
    assert set(view(world, "EST")["incidents"]) == {"now"}


# ------------------------------------------------------------------------------------------------- venues


def who_may_pass_a_note(members, venues=("hotline",), users=("state", "EU"), outputs=()):
    """Codes of those who may use a response of the scenario's own."""
    library = a_library()
    hotline = library.formats["g7"].model_dump(mode="json", exclude_unset=True)
    note = library.responses["joint_statement"].model_dump(mode="json", exclude_unset=True)
    inputs = setting_of(
        participants=["NATO", "EU", "JPN", "RUS"],
        own_formats={
            "hotline": hotline | {"members": members, "outputs": []},
            "other": hotline | {"members": ["GBR"], "outputs": list(outputs)},
        },
        own_responses={"note": note | {"users": list(users), **({"venues": list(venues)} if venues else {})}},
    )
    allowed = inputs.allowed[inputs.options.index(("grid", "note"))]
    return {code for code, may in zip(inputs.actors, allowed, strict=True) if may}


def test_only_members_of_a_venue_may_use_a_response_of_ones_own():
    assert who_may_pass_a_note(["EST", "JPN"]) == {"EST", "JPN"}
    assert who_may_pass_a_note(["EST", "JPN"], users=["EU"]) == set(), "the EU does not sit there"


def test_a_format_that_decides_a_response_is_one_of_its_venues():
    assert who_may_pass_a_note(["EST", "JPN"], outputs=["note"]) == {"EST", "JPN", "GBR"}


def test_a_body_may_where_all_its_members_may():
    assert "EU" in who_may_pass_a_note(["any"])
    assert "EU" in who_may_pass_a_note(["group:eu"])
    assert "EU" not in who_may_pass_a_note(["EST", "JPN", "LVA"])


def test_without_venues_whoever_the_users_are_may():
    everybody = who_may_pass_a_note(["EST"], venues=None)
    assert {"EST", "JPN", "USA", "GBR", "EU"} <= everybody and "RUS" not in everybody


def test_nobody_else_joins_whatever_happens():
    library = a_library()
    hotline = library.formats["g7"].model_dump(mode="json", exclude_unset=True)
    note = library.responses["joint_statement"].model_dump(mode="json", exclude_unset=True)
    loaded = a_scenario(
        own_formats={"hotline": hotline | {"members": ["EST", "JPN"], "outputs": []}},
        own_responses={"note": note | {"venues": ["hotline"], "cost": 0, "category": "information"}},
    )
    joined = play(loaded, 1, runs=30).outcomes.joined["grid"]["note"]
    assert joined and set(joined) <= {"EST", "JPN"}
