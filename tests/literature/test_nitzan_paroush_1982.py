"""Optimal weights: Nitzan & Paroush (1982), Int. Economic Review 23(2); and detection as in Green & Swets (1966)."""

from itertools import product

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from sim.rules.attribution import confidence, evidence, pooled
from sim.rules.odds import log_odds

ACCURACY = np.array([0.9, 0.6, 0.6, 0.6, 0.6])
VOTES = np.array(list(product([-1, 1], repeat=5)))


def p_votes_if_guilty():
    return np.where(VOTES > 0, ACCURACY, 1 - ACCURACY).prod(axis=1)


def accuracy_of(verdicts):
    """How often the verdict is right when the suspect did it; a tie is a coin toss."""
    return (p_votes_if_guilty() * np.where(verdicts == 0, 0.5, verdicts > 0)).sum()


def test_the_optimal_weights_beat_every_other_rule():
    optimal = accuracy_of((VOTES * log_odds(ACCURACY)).sum(axis=1))
    majority = accuracy_of(VOTES.sum(axis=1))
    expert = accuracy_of(VOTES[:, 0])
    assert expert == pytest.approx(0.9)
    assert majority < 0.8 < optimal
    bayes = np.maximum(p_votes_if_guilty(), p_votes_if_guilty()[::-1]).sum() / 2
    assert optimal == pytest.approx(bayes)


def test_an_expert_outvotes_those_who_together_know_less():
    """ln 9 against four times ln 1.5: here the expert decides alone, and a fifth and sixth layman would change that."""
    expert, layman = log_odds(np.array([0.9, 0.6]))
    assert 5 * layman < expert < 6 * layman


def test_pooling_independent_sources_is_bayes_rule():
    prior = 0.3
    said = VOTES * log_odds(ACCURACY)
    belief = pooled(np.log(prior / (1 - prior)) + said[:, 0], said[:, 1:].sum(axis=1), 4.0, correlation=0.0)
    guilty, innocent = prior * p_votes_if_guilty(), (1 - prior) * p_votes_if_guilty()[::-1]
    assert confidence(belief) == pytest.approx(guilty / (guilty + innocent))


def test_pooling_one_source_heard_twice_is_hearing_it_once():
    """With a correlation of 1 two received copies add as much as one."""
    assert pooled(0.4, 2 * 1.5, 2.0, 1.0) - 0.4 < 2 * 1.5 / 2
    assert pooled(0.4, 1e6 * 1.5, 1e6, 1.0) == pytest.approx(0.4 + 1.5, abs=1e-5)


@pytest.mark.parametrize(("d", "right"), [(0.0, 0.5), (1.0, 0.691), (2.0, 0.841), (3.0, 0.933)])
def test_an_unbiased_observer_is_right_as_often_as_detection_theory_says(d, right):
    """Green & Swets: the share correct is the standard normal distribution at d / 2."""
    grid = ndtri((np.arange(20000) + 0.5) / 20000)
    for sign in (-1, 1):
        added = sign * evidence(sign, d, grid)
        share = (added > 0).mean() + 0.5 * (added == 0).mean()
        assert share == pytest.approx(right, abs=0.001)
        assert share == pytest.approx(ndtr(d / 2), abs=1e-4)
