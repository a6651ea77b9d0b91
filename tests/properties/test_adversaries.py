"""Laws of adversaries and of conditions: whom they turn to, what a campaign is, and what is withheld does nothing."""

import numpy as np
from hypothesis import given

from sim.catalogue.moves import NAMES
from sim.engine import play
from tests.builders import an_inject
from tests.properties.invented import differing, laws, played, scenarios, seeds

NEVER = {"unless": {"tension_above": 0.0}}  # there is always some


@laws(20)
@given(scenarios(behaviour={"move_divide": 3.0}), seeds)
def test_nobody_courts_an_adversary_a_friend_or_its_own_victim(written, seed):
    world = played(written, seed, range(3))
    inputs, state = world.inputs, world.state
    for d in range(len(inputs.adversaries)):
        courted = state.sway[d] > 0
        assert not courted[:, ~inputs.can_be_courted].any()
        assert not (courted & (inputs.stance[d] < 0)).any()
        assert not courted[:, (inputs.severity[inputs.incident_by == d] > 0).any(axis=(0, 1))].any()


@laws(20)
@given(scenarios(), seeds)
def test_an_adversary_decides_once_in_each_campaign_and_at_large_only_without_one(written, seed):
    record = play(written.loaded, seed, trace=True, baseline=False).records[0]
    moves = record.of_kind("adversary_move")
    decided = [(event.turn, event.actor, event.incident) for event in moves]
    assert len(decided) == len(set(decided))
    for turn, actor, incident in decided:
        others = [one for one in decided if one[:2] == (turn, actor) and one[2] != incident]
        assert incident is not None or not others


@laws(20)
@given(scenarios(), seeds)
def test_what_a_campaign_did_last_is_a_move_and_all_it_did_is_kept(written, seed):
    world = played(written, seed, range(3))
    state = world.state
    for h, d in enumerate(world.inputs.incident_by):
        last = state.move[h]
        assert ((last >= -1) & (last < len(NAMES))).all()
        assert ((state.moves_made[d] >> np.maximum(last, 0) & 1 == 1) | (last < 0)).all()


@laws(20)
@given(scenarios(), seeds)
def test_an_inject_that_is_withheld_changes_nothing(written, seed):
    injects = written.fields.get("injects", [])
    effects = [{"on": "tension", "by": 0.5}, {"on": "standing", "by": -0.3}]
    with_one = written.but(injects=[*injects, an_inject("never", when=NEVER, effects=effects)])
    without, withheld = played(written, seed, range(3)).state, played(with_one, seed, range(3)).state
    assert set(differing(without, withheld)) <= {"released"}
    assert withheld.released.sum() == without.released.sum()
