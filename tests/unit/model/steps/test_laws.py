"""Laws that the model states, each by its name: what must hold whatever the coefficients say."""

import numpy as np
import pytest

from sim.catalogue.moves import BY_NAME, MOST_INTENSE, MOVES, NAMES, Campaign, Campaigns
from sim.model.inputs import build_inputs
from sim.model.state import NEVER
from sim.model.steps.adjudicate import adjudicate, concede, retaliate, tension
from sim.model.steps.assess import assess
from sim.model.steps.positions import rung_edges
from sim.model.steps.willingness import peer_participation
from tests.builders import a_scenario, an_incident
from tests.unit.model.steps.worlds import SIZES, a_table, a_world, conclude, kind, library_with, move, option

NO_ERROR = {"chair_error": 0.0, "silence_hazard": 0.0}
TWO_VICTIMS = {
    "issue": "coercion",
    "by": "CHN",
    "demand": {"text": "Recall the envoy."},
    "victims": {"EST": 0.6, "DEU": 0.2},
}


def places(world, *codes):
    return [world.inputs.index[code] for code in codes]


# ------------------------------------------------------------------------------------------------- concession


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize("gave_in, harm", [((), 0.8), (("DEU",), 0.6), (("EST",), 0.2), (("EST", "DEU"), 0.0)])
def test_concession_ends_harm_to_the_victim_that_conceded_and_to_no_other(runs, gave_in, harm):
    world = a_world(runs, incident=TWO_VICTIMS)
    world.state.conceded[..., places(world, *gave_in)] = True
    adjudicate(world)
    assert world.state.harm[0] == pytest.approx(np.full(runs, harm), abs=1e-5)
    assert world.state.cumulative_harm[0] == pytest.approx(np.full(runs, harm), abs=1e-5)


@pytest.mark.parametrize(
    "helped, weight",
    [("relief", "concede_support"), ("covered", "concede_solidarity"), ("pressure_over", "concede_countered")],
)
def test_relief_solidarity_and_countermeasures_each_help_a_victim_to_hold(helped, weight):
    """With the same draws whoever holds without help holds with it, and some hold with it alone."""

    def gave_in(level, **behaviour):
        sure = {"concede_base": 0.0, "episode_days": 30.0, **behaviour}
        world = a_world(2000, incident=TWO_VICTIMS, behaviour=sure)
        getattr(world.state, helped)[:] = level
        concede(world)
        return world.state.conceded

    alone, with_help = gave_in(0.0), gave_in(0.6)
    assert not (with_help & ~alone).any() and with_help.sum() < 0.9 * alone.sum()
    assert np.array_equal(gave_in(0.6, **{weight: 0.0}), alone)


# ------------------------------------------------------------------------------------------------- the adversary


def pressed(pressure, runs=400, acts="sanctions", **behaviour):
    """A world in which Germany's response takes effect while Russia feels some pressure, and what it pays back."""
    world = a_world(runs, behaviour={"retaliate_rate": 5.0, **behaviour})
    world.state.pressure[world.inputs.incident_suspect[0]] = pressure
    felt = np.zeros(world.state.joined.shape, dtype=bool)
    felt[option(world, acts), :, world.inputs.index["DEU"]] = True
    retaliate(world, np.nonzero(felt))
    return world, world.state.retaliated


def test_only_whoever_was_bold_is_paid_back_and_the_more_the_higher_the_pressure():
    (world, low), (_, high) = pressed(0.2), pressed(0.9)
    germany = world.inputs.index["DEU"]
    assert 0 < low[..., germany].sum() < high[..., germany].sum()
    assert not np.delete(high, germany, axis=-1).any()
    assert not pressed(0.0)[1].any() and not pressed(0.9, retaliate_rate=0.0)[1].any()


def test_adversaries_that_pay_back_the_same_actor_take_no_more_than_it_has():
    wine = an_incident("wine", by="CHN", victims={"JPN": 0.3}, issue="coercion")
    pays = {"retaliate_rate": 20.0, "retaliate_capital": 0.25}
    world = a_world(100, incidents=[an_incident(), wine], behaviour=pays)
    state, germany = world.state, world.inputs.index["DEU"]
    state.pressure[:], state.capital[:, germany] = 0.9, 0.375
    felt = np.zeros(state.joined.shape, dtype=bool)
    felt[[response == "sanctions" for _, response in world.inputs.options], :, germany] = True
    retaliate(world, np.nonzero(felt))
    by_both = (state.retaliated[..., germany] > 0).sum(axis=0) == 2
    assert by_both.any()
    assert (state.spent[by_both, germany] == 0.375).all() and not state.capital[by_both, germany].any()


def test_being_paid_back_costs_capital_and_exposes_and_raises_tension():
    world, hit = pressed(0.9)
    state, germany = world.state, world.inputs.index["DEU"]
    was_hit = hit[..., germany].any(axis=0)
    assert was_hit.any() and not was_hit.all()
    assert (state.spent[was_hit, germany] > 0).all() and not state.spent[~was_hit].any()
    assert np.array_equal(state.added_exposure[..., germany].any(axis=0), was_hit)
    state.pressure[:] = 0
    tension(world, np.nonzero(state.joined), hit.sum(axis=(0, -1)))
    assert state.tension[was_hit].min() > state.tension[~was_hit].max()


def test_tension_does_not_cool_while_an_adversary_is_under_pressure():
    pressed_on, at_ease = (a_world(1, incident={"turn": 2}) for _ in range(2))
    pressed_on.state.pressure[0] = 0.5
    for world in (pressed_on, at_ease):
        tension(world, np.nonzero(world.state.joined), np.zeros(1))
    assert pressed_on.state.tension > at_ease.state.tension


@pytest.mark.parametrize("intensity, is_legal", [(1.0, True), (1.49, True), (MOST_INTENSE, False), (1.6, False)])
def test_escalation_is_not_legal_at_the_maximum_or_above(intensity, is_legal):
    world = a_world(3)
    world.state.intensity[:] = intensity
    campaign = Campaigns([Campaign(world.inputs.adversaries.index("RUS"), 0)])
    assert BY_NAME["escalate"].legal(world, campaign).tolist() == [[is_legal] * 3]


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_hostile_moves_raise_tension_and_no_others_do(runs, name):
    waits, moves = (a_world(runs, incident={"turn": 2}) for _ in range(2))
    moves.state.move[0] = NAMES.index(name)
    for world in (waits, moves):
        adjudicate(world)
    assert ((moves.state.tension > waits.state.tension) == BY_NAME[name].is_hostile).all()


def test_two_hostile_moves_raise_tension_more_than_one():
    hostile = next(k for k, one in enumerate(MOVES) if one.is_hostile)
    one, two = (a_world(1, incident={"turn": 2}) for _ in range(2))
    one.state.move_at_large[0], two.state.move_at_large[:] = hostile, hostile
    for world in (one, two):
        adjudicate(world)
    assert two.state.tension > one.state.tension


def told_of(transparency, runs):
    """A world in which every adversary has told its story of the bloc once."""
    world = a_world(runs, behaviour={"move_exploit_narrative": 60.0})
    assess(world)
    world.state.transparency[:] = transparency
    move(world)
    told = NAMES.index("exploit_narrative")
    assert (world.state.move == told).all() and (
        world.state.move_at_large[world.inputs.adversaries.index("CHN")] == told
    ).all()
    return world


@pytest.mark.parametrize("runs", SIZES)
def test_transparency_damps_the_narrative_and_what_it_costs(runs):
    dark, half, open_to_all = (told_of(transparency, runs).state for transparency in (0.0, 0.5, 1.0))
    assert (dark.narrative > half.narrative).all() and (half.narrative > 0).all()
    assert (dark.standing < half.standing).all() and (half.standing < open_to_all.standing).all()
    assert not open_to_all.narrative.any()


# ------------------------------------------------------------------------------------------------- company


@pytest.mark.parametrize("runs", SIZES)
def test_peers_who_have_joined_count_in_full_and_the_others_by_their_chance(runs):
    world = a_world(runs, behaviour={"attend_base": 9.0})
    states = world.inputs.is_state
    k = kind(world, "measures")
    world.state.p_join[k] = 0.25 * states
    assert peer_participation(world, 0)[k][:, states] == pytest.approx(0.25, abs=1e-5)
    world.state.joined[option(world, "sanctions")] = states
    assert peer_participation(world, 0)[k][:, states] == pytest.approx(1.0, abs=1e-5)


# ------------------------------------------------------------------------------------------------- bodies and texts


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize("above, is_joint", [(0.0, True), (0.001, True), (-0.001, False)])
def test_a_joint_text_starts_at_solidarity(runs, above, is_joint):
    world = a_table(runs=runs, behaviour=NO_ERROR)
    solidarity = 0.25  # on the grid, so that the text is just that
    world.inputs.params.rung_solidarity[:] = solidarity
    world.state.position[:] = np.where(world.inputs.is_state, solidarity + above, 0.0)
    conclude(world)
    assert (world.state.consultation_text > rung_edges(world.inputs)[1]).all()
    assert ((world.state.days_to_text[0] < NEVER) == is_joint).all()


STATEMENT = {"joint_statement": {"coded_as": "statement_of_concern", "is_signed": True}}


@pytest.mark.parametrize("due", [0, 17, 29])
@pytest.mark.parametrize("rule", ["consensus", "coalition"])
def test_nobody_signs_before_the_day_of_the_text_that_covers_it(rule, due):
    world = a_table(rule, runs=3, wants=0.6, behaviour=NO_ERROR, library=library_with(**STATEMENT))
    world.state.consultation_due[:], world.state.stake[..., world.inputs.index["EST"]] = due, 0.9
    conclude(world)
    o = option(world, "joint_statement")
    signed = world.state.joined[o]
    assert signed.sum(axis=-1).tolist() == [4] * 3
    assert (world.state.decided_day[o][signed] >= due).all()
    assert (world.state.effect_day[o][signed] >= due + world.inputs.lead_min[o, 0, 0]).all()


@pytest.mark.parametrize("due", [0, 17, 29])
def test_a_body_takes_no_instrument_before_the_day_of_its_text(due):
    form = {"body": "EU", "members": ["DEU", "EST", "LVA"]}
    behaviour = {**NO_ERROR, "body_deeds": 9.0}
    world = a_table(runs=3, wants=0.9, form=form, participants=["EU", "RUS"], behaviour=behaviour)
    world.state.consultation_due[:] = due
    conclude(world)
    o, union = option(world, "sanctions"), world.inputs.index["EU"]
    assert world.state.joined[o, :, union].all()
    assert (world.state.decided_day[o, :, union] >= due).all()


def test_a_text_covers_nobody_before_it_is_due():
    world = a_table(runs=3, behaviour=NO_ERROR)
    world.state.consultation_due[:] = world.last_day + 1
    conclude(world)
    assert not world.state.covered.any() and not world.state.joined.any()


# ------------------------------------------------------------------------------------------------- trade


def exposure_to(adversary, start, share=0.25):
    """Exposure of Germany on a day, with this share of the older trade with Russia left since 2022."""
    inputs = build_inputs(a_scenario(start=start, behaviour={"trade_rus_since_2022": share}))
    return inputs.exposure[inputs.adversaries.index(adversary), 0, inputs.index["DEU"]]


def test_trade_with_russia_falls_from_2022_and_trade_with_china_does_not():
    before, after = ("2021-12-31", "2022-01-01")
    assert exposure_to("RUS", after) < exposure_to("RUS", before) == exposure_to("RUS", before, share=0.5)
    assert exposure_to("RUS", after) < exposure_to("RUS", after, share=0.5) < exposure_to("RUS", before)
    assert exposure_to("CHN", after) == exposure_to("CHN", before)
