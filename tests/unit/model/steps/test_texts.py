"""How consultations end: silence, majority, coalition, adjudication, and what a text brings about."""

import numpy as np
import pytest

from sim.model.state import ADOPTED, FAILED
from tests.builders import a_library
from tests.unit.model.steps.worlds import SIZES, a_table, a_world, conclude, option, play, texts_of, want

NO_ERROR = {"chair_error": 0.0, "silence_hazard": 0.0}
EU = ("DEU", "EST", "LVA", "FRA", "POL")


def a_union(runs=1, shares=None, **changes):
    """A qualified majority of five members, with their shares of the Union's people in per cent."""
    shares = shares or {"DEU": 30, "EST": 5, "LVA": 5, "FRA": 30, "POL": 30}
    library = a_library()
    germany = library.states["DEU"]
    states = {
        **library.states,
        **{
            code: germany.model_copy(update={"qmv_population_share_pct": figure(share)})
            for code, share in shares.items()
        },
    }
    library = library.model_copy(update={"states": states})
    return a_table("qmv", runs, form={"members": list(EU)}, behaviour={"chair_error": 0.0}, library=library, **changes)


def figure(value):
    from sim.scenario.library_schema import Figure

    return Figure(value=value, year=2023, source="made_up")


# ------------------------------------------------------------------------------------------------- silence


@pytest.mark.parametrize("runs", SIZES)
def test_a_text_that_everybody_wants_passes_as_it_is(runs):
    text, supporters = texts_of(a_table(runs=runs, behaviour=NO_ERROR))
    assert text == pytest.approx(np.full(runs, 0.6), abs=1e-5)
    assert supporters.sum(axis=-1).tolist() == [4] * runs


@pytest.mark.parametrize("runs", SIZES)
def test_the_chair_proposes_the_weighted_mean(runs):
    world = a_table(
        runs=runs, behaviour={**NO_ERROR, "salience_stake": 0.0, "salience_exposure": 0.0}, capability="equal"
    )
    want(world, EST=0.2, USA=0.8)
    text, _ = texts_of(world)
    assert text == pytest.approx(np.full(runs, (0.6 + 0.2 + 0.6 + 0.8) / 4), abs=1e-5)


def test_nobody_weighs_more_than_the_most_capable():
    world = a_table(behaviour={**NO_ERROR, "salience_stake": 0.0, "salience_exposure": 0.0})
    want(world, USA=0.9)
    strong = texts_of(world)[0]
    want(world, USA=0.6, EST=0.9)
    assert strong > texts_of(world)[0]


@pytest.mark.parametrize("runs", SIZES)
def test_a_text_that_is_always_broken_falls_to_what_nobody_opposes(runs):
    world = a_table(runs=runs, behaviour={"chair_error": 0.0, "silence_hazard": 1e6})
    want(world, EST=0.1)
    text, _ = texts_of(world)
    assert text == pytest.approx(np.full(runs, 0.1 + world.inputs.params.tolerance.flat[0]), abs=1e-5)
    assert (world.state.breaks >= 3).all()


def test_a_break_moves_the_text_towards_the_one_who_broke_it():
    world = a_table(
        behaviour={"chair_error": 0.0, "silence_hazard": 1e-6, "silence_steepness": 300.0, "silence_weaker": 0.0}
    )
    want(world, EST=0.3)
    text, _ = texts_of(world)
    assert 0.3 < text[0] < 0.6
    assert world.state.breaks[0] >= 1


@pytest.mark.parametrize("rule, share", [("consensus", 2 / 3), ("unanimity", 2 / 3), ("qmv", 0.55)])
def test_a_draft_stays_within_what_those_who_must_agree_can_bear_but_for_the_chairs_error(rule, share):
    """Whatever members want, and however much some of them care or weigh."""
    members, rng = ("DEU", "EST", "GBR", "LVA", "USA", "JPN"), np.random.default_rng(5)
    behaviour = {"chair_error": 0.0, "tolerance": 0.1}
    world = a_table(rule, runs=200, form={"members": list(members)}, behaviour=behaviour)
    world.state.position[:] = rng.uniform(size=world.state.position.shape) * world.inputs.is_state
    play(world, "texts")
    bear = (world.due.wants + 0.1 >= world.due.text[:, None] - 1e-5) & world.due.voters
    assert world.due.text.size == 200 and (bear.sum(axis=-1) >= share * len(members)).all()


# ------------------------------------------------------------------------------------------------- majority


@pytest.mark.parametrize("runs", SIZES)
def test_a_qualified_majority_carries(runs):
    """Four of five members, and 95 per cent of the people."""
    world = a_union(runs)
    want(world, EST=0.0)
    text, yes = texts_of(world)
    assert (text > 0.4).all()
    assert yes.sum(axis=-1).tolist() == [4] * runs
    assert not yes[:, world.inputs.index["EST"]].any()


@pytest.mark.parametrize("runs", SIZES)
def test_fewer_than_four_members_block_nothing(runs):
    """Two large states against, with 60 per cent of the people: a blocking minority needs four (Article 16(4))."""
    world = a_union(runs)
    rigid(world)
    want(world, DEU=0.0, FRA=0.0, EST=1.0, LVA=1.0, POL=1.0)
    text, yes = texts_of(world)
    assert (text > 0).all() and yes.sum(axis=-1).tolist() == [3] * runs


@pytest.mark.parametrize("runs", SIZES)
def test_a_text_that_four_members_never_accept_fails(runs):
    world = a_union(runs)
    rigid(world)
    want(world, DEU=0.0, FRA=0.0, EST=0.0, LVA=0.0, POL=1.0)
    text, yes = texts_of(world)
    assert not text.any() and not yes.any()


def test_a_text_that_fails_is_put_again_in_a_softer_form():
    world = a_union()
    want(world, DEU=0.15, FRA=0.15, EST=0.15, LVA=0.15, POL=1.0)
    text, yes = texts_of(world)
    assert 0.15 < text[0] < (4 * 0.15 + 1) / 5 and yes.sum() == 5


def rigid(world):
    """Nobody tolerates what it does not want, and nobody gives way."""
    world.inputs.params.tolerance[:] = 0.0
    world.inputs.params.silence_shift[:] = 0.0


# ------------------------------------------------------------------------------------------------- coalition


@pytest.mark.parametrize("runs", SIZES)
def test_a_coalition_is_whoever_goes_along_with_the_lead(runs):
    world = a_table("coalition", runs)
    world.state.stake[:] = 0.0
    world.state.stake[..., world.inputs.index["EST"]] = 0.9
    want(world, EST=0.8, GBR=0.75, DEU=0.2, USA=0.3)
    text, along = texts_of(world)
    assert text == pytest.approx(np.full(runs, 0.8))
    assert [world.inputs.actors[a] for a in np.flatnonzero(along[0])] == ["EST", "GBR"]


def test_one_alone_is_no_coalition():
    world = a_table("coalition")
    world.state.stake[..., world.inputs.index["EST"]] = 0.9
    want(world, EST=0.9, DEU=0.1, GBR=0.1, USA=0.1)
    text, along = texts_of(world)
    assert text[0] == 0 and not along.any()


@pytest.mark.parametrize("quorum, stands", [(2, True), (3, True), (4, False)])
def test_a_coalition_below_its_quorum_falls(quorum, stands):
    world = a_table("coalition", form={"quorum": quorum})
    world.state.stake[..., world.inputs.index["EST"]] = 0.9
    want(world, EST=0.8, GBR=0.8, DEU=0.8, USA=0.1)
    conclude(world)
    assert (world.state.consultation_state[0, 0] == ADOPTED) == stands
    assert (world.state.covered > 0).sum() == (3 if stands else 0)


# ------------------------------------------------------------------------------------------------- adjudication


def a_case(members=("EST", "DEU", "JPN", "USA"), participants=("NATO", "EU", "JPN", "CHN"), victim="DEU", runs=1):
    """A court for economic coercion by China, its consultation due now."""
    court = {
        "name": "Court",
        "short": "Court",
        "kind": "adjudication",
        "members": list(members),
        "rule": "adjudication",
        "mandate": {"coercion": 4},
        "days": {"min": 30, "typical": 60, "max": 90},
        "outputs": ["case"],
        "sources": ["made_up"],
    }
    case = {
        **a_library().responses["sanctions"].model_dump(mode="json", exclude_none=True),
        "name": "Case",
        "category": "trade",
        "users": ["EU", "state"],
        "competence": {"eu": "exclusive"},
    }
    incident = {"issue": "coercion", "by": "CHN", "victims": {victim: 0.5}, "demand": {"text": "Stop it."}}
    world = a_world(
        runs,
        participants=list(participants),
        own_formats={"court": court},
        formats=["court"],
        own_responses={"case": case},
        incident=incident,
    )
    world.state.consultation_state[:], world.state.consultation_due[:] = 1, world.day
    return world


@pytest.mark.parametrize("runs", SIZES)
def test_the_union_opens_a_case_for_its_member(runs):
    world = a_case(runs=runs)
    conclude(world)
    joined = world.state.joined[option(world, "case")]
    assert [world.inputs.actors[a] for a in np.flatnonzero(joined[0])] == ["EU"]
    assert (world.state.consultation_state == ADOPTED).all()
    assert joined.sum() == runs


def test_a_state_outside_the_union_opens_its_own_case():
    world = a_case(victim="JPN")
    conclude(world)
    joined = world.state.joined[option(world, "case"), 0]
    assert [world.inputs.actors[a] for a in np.flatnonzero(joined)] == ["JPN"]


def test_a_third_party_brings_no_case():
    world = a_case()
    conclude(world)
    others = [code for code in world.inputs.actors if code != "EU"]
    assert not world.state.joined[:, 0, [world.inputs.index[code] for code in others]].any()


# ------------------------------------------------------------------------------------------------- what follows


@pytest.mark.parametrize("runs", SIZES)
def test_an_adopted_text_is_booked(runs):
    world = a_table(runs=runs, behaviour=NO_ERROR)
    conclude(world)
    assert (world.state.consultation_state == ADOPTED).all()
    assert world.state.consultation_text[0] == pytest.approx(np.full(runs, 0.6), abs=1e-5)
    assert world.state.consultation_share[0] == pytest.approx(np.ones(runs), abs=1e-5)
    members = [world.inputs.index[code] for code in ("DEU", "EST", "GBR", "USA")]
    assert world.state.covered[0][:, members] == pytest.approx(np.full((runs, 4), 0.6), abs=1e-5)


def test_a_text_that_says_nothing_has_failed():
    world = a_table(wants=0.02, behaviour=NO_ERROR)
    conclude(world)
    assert (world.state.consultation_state == FAILED).all()
    assert not world.state.consultation_text.any() and not world.state.joined.any()


def test_a_text_covers_those_who_made_it_and_nobody_else():
    world = a_table(behaviour=NO_ERROR, participants=["DEU", "EST", "GBR", "USA", "JPN", "RUS"])
    conclude(world)
    assert world.state.covered[0, 0, world.inputs.index["JPN"]] == 0


def test_those_who_made_a_text_sign_the_statement_it_is():
    library = a_library()
    statement = library.responses["joint_statement"].model_copy(
        update={"coded_as": "statement_of_concern", "is_signed": True}
    )
    library = library.model_copy(update={"responses": {**library.responses, "joint_statement": statement}})
    world = a_table(behaviour=NO_ERROR, library=library, participants=["DEU", "EST", "GBR", "USA", "JPN", "RUS"])
    conclude(world)
    signed = world.state.joined[option(world, "joint_statement"), 0]
    assert [world.inputs.actors[a] for a in np.flatnonzero(signed)] == ["DEU", "EST", "GBR", "USA"]


@pytest.mark.parametrize("had", [("DEU", "EST", "GBR"), ("EST",), ()])
def test_a_weaker_text_than_one_already_adopted_is_news_only_where_it_adds_members(had):
    """And whoever stood behind the stronger one is still covered by that."""
    world = a_table(wants=0.45, behaviour=NO_ERROR)
    for code in had:
        world.state.covered[..., world.inputs.index[code]] = 0.7
    conclude(world)
    assert world.state.consultation_state[0, 0] == ADOPTED
    covered = dict(zip(world.inputs.actors, world.state.covered[0, 0].round(2), strict=True))
    assert {code for code, text in covered.items() if text == 0.7} == set(had)
    assert {code for code, text in covered.items() if text == 0.45} == {"DEU", "EST", "GBR", "USA"} - set(had)


@pytest.mark.parametrize("wants, stands", [(0.65, False), (0.7, False), (0.75, True)])
def test_no_text_says_less_than_one_that_all_of_its_members_stand_behind(wants, stands):
    world = a_table(wants=wants, behaviour=NO_ERROR)
    world.state.covered[:] = 0.7 * world.inputs.is_state
    conclude(world)
    assert (world.state.consultation_state[0, 0] == ADOPTED) == stands


def test_a_table_that_is_not_due_goes_on():
    world = a_table(behaviour=NO_ERROR)
    world.state.consultation_due[:] = world.last_day + 1
    conclude(world)
    assert (world.state.consultation_state == 1).all()


@pytest.mark.parametrize("text, follows", [(0.99, True), (0.6, False)])
def test_a_body_takes_only_instruments_that_its_text_reaches(text, follows):
    form = {"body": "EU", "members": ["DEU", "EST", "LVA"]}
    behaviour = {**NO_ERROR, "body_deeds": 0.0, "body_members": 0.0, "body_text": 20.0}
    world = a_table(wants=text, form=form, participants=["EU", "RUS"], behaviour=behaviour)
    conclude(world)
    assert world.state.joined[option(world, "sanctions"), 0, world.inputs.index["EU"]] == follows
    assert world.state.joined[option(world, "joint_statement"), 0, world.inputs.index["EU"]]
