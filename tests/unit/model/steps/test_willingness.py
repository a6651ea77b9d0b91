"""What makes states willing: certainty, being hit worst, and how they see the adversary."""

import numpy as np
import pytest

from sim.catalogue.responses import TERMS
from sim.model.steps.assess import assess
from sim.model.steps.willingness import accusing, certainty, own_share, terms
from sim.rules.odds import log_odds
from sim.rules.quantize import STEP
from tests.unit.model.steps.worlds import SIZES, a_world, base_utility, kind

NEARLY = {"abs": 64 * STEP}  # sums of figures that are rounded to the grid


def base_utilities(runs=1, **behaviour):
    """A world as it is judged, and how willing everybody is then, with some coefficients."""
    world = a_world(runs, library=None, incident={"victims": {"EST": 0.8, "DEU": 0.2}}, behaviour=behaviour)
    assess(world)
    return world, base_utility(world, 0)


def change(name, first, last, runs=1):
    """What a coefficient adds to each willingness between two values: a world, and (kinds, R, A)."""
    (_, before), (world, after) = (base_utilities(runs, **{name: value}) for value in (first, last))
    return world, after - before


@pytest.mark.parametrize("runs", SIZES)
@pytest.mark.parametrize(
    "gap, weight", [(0.03, "b_confidence"), (0.0, "b_confidence"), (-0.1, "b_doubt"), (-0.4, "b_doubt")]
)
def test_missing_certainty_weighs_otherwise_than_what_is_beyond_it(runs, gap, weight):
    behaviour = {"b_confidence": 0.9, "b_doubt": 2.5}
    world, _ = base_utilities(runs, **behaviour)
    place = list(accusing(world.inputs, 0)).index(kind(world, "naming"))
    least = world.inputs.kind_asks[kind(world, "naming")].item()
    world.state.belief = np.full_like(world.state.belief, log_odds(least + gap))
    assert certainty(world, 0)[place] == pytest.approx(
        np.full(world.state.belief[0].shape, behaviour[weight] * gap), **NEARLY
    )


@pytest.mark.parametrize("runs", SIZES)
def test_whoever_was_hit_worst_leads_in_naming_and_in_nothing_else(runs):
    world, more = change("b_led", 0.0, 0.8, runs)
    naming = more[kind(world, "naming")]
    for code, share in (("EST", 1.0), ("DEU", 0.25), ("USA", 0.0)):
        assert naming[:, world.inputs.index[code]] == pytest.approx(np.full(runs, 0.8 * share), **NEARLY)
    names = world.inputs.is_naming[:, 0, 0] > 0
    assert names.any() and not more[~names].any()


def test_where_nobody_was_hit_nobody_was_hit_worst():
    assert not own_share(np.zeros((2, 3))).any()


@pytest.mark.parametrize("runs", SIZES)
def test_how_one_sees_the_adversary_moves_answers_to_it_and_not_help(runs):
    world, more = change("b_stance", 0.2, 0.7, runs)
    support = world.inputs.is_support[:, 0, 0] > 0
    stance = np.broadcast_to(0.5 * world.inputs.stance[world.inputs.incident_suspect[0]], more.shape[1:])
    assert support.any() and not more[support].any()
    for one in more[~support]:
        assert one == pytest.approx(stance, **NEARLY)


def test_every_term_has_its_row_from_which_it_is_told_and_every_row_is_weighed():
    world, _ = base_utilities()
    of_company_and_texts = {"peer", "text"}  # weighed while responding, when intentions are known
    assert {*terms(world, 0, world.state.capital), *of_company_and_texts} == set(TERMS)
