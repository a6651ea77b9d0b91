"""A case played many times: probabilities without the throw of the dice."""

import numpy as np
import pytest

from sim.validation.cases import read_cases
from sim.validation.replay import Replay
from sim.validation.schema import KINDS

CASES = {case.id: case for case in read_cases("cases_2007_2024").cases}


@pytest.fixture(scope="module")
def notpetya():
    return Replay(CASES["notpetya-2017"])


@pytest.fixture(scope="module")
def played(notpetya):
    return notpetya.played(runs=200)


def test_probabilities_are_probabilities(played):
    assert played.chance.shape == (200, len(KINDS), len(played.actors))
    assert (played.chance >= 0).all() and (played.chance <= 1).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_mean_probability_is_the_share_of_runs(played, kind):
    """Over all actors within four standard errors; the runs are those the probabilities come from."""
    k = KINDS.index(kind)
    done = np.isfinite(played.day[:, k]).astype(float)
    gap = (done - played.chance[:, k]).mean(axis=0)
    error = np.sqrt((done - played.chance[:, k]).var(axis=0) / len(done)) + 0.01
    assert (np.abs(gap) < 4 * error).all(), dict(zip(played.actors, gap.round(2), strict=True))


def test_a_body_counts_from_the_turn_in_which_it_could_still_act(played):
    """What the Union decides early takes longer than a turn to be felt, and counts all the same."""
    union, k = played.actors.index("EU"), KINDS.index("material_support")
    done = np.isfinite(played.day[:, k, union]).mean()
    assert done > 0.1 and played.chance_of("EU", "material_support") > 0.75 * done


def test_adversaries_answer_nothing(played):
    assert played.chance[:, :, [played.actors.index(code) for code in ("RUS", "CHN")]].max() == 0


def test_somebody_outside_the_cast_has_no_probability(played):
    assert np.isnan(played.chance_of("PRK", "public_attribution"))


def test_common_luck_at_every_set_of_coefficients(notpetya):
    """The same coefficients twice, beside others, give the same probabilities to the bit."""
    chances, _ = notpetya.chances([{"b_peer": 0.2}, {"b_peer": 0.5}, {"b_peer": 0.2}], runs=3)
    assert (chances[0] == chances[2]).all() and (chances[0] != chances[1]).any()


def test_one_value_a_run(notpetya):
    """Coefficients that differ from run to run are those of the run."""
    values = np.array([0.1, 0.9])
    both = notpetya.played(runs=2, behaviour={"b_stance": values})
    for run, value in enumerate(values):
        alone = notpetya.played(runs=2, behaviour={"b_stance": value})
        assert (alone.chance[run] == both.chance[run]).all()
