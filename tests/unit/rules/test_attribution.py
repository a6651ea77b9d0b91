"""Evidence and pooling."""

import numpy as np
import pytest
from scipy.special import ndtri

from sim.errors import RangeError
from sim.rules.attribution import confidence, evidence, informed_share, pooled

GRID = ndtri((np.arange(4000) + 0.5) / 4000)


def mean_confidence(log_odds):
    return confidence(log_odds).mean()


def test_evidence_points_to_the_culprit_on_average_and_spreads_as_it_should():
    for sign in (+1, -1):
        added = evidence(sign, 1.5, GRID)
        assert added.mean() == pytest.approx(sign * 1.5**2 / 2)
        assert added.var() == pytest.approx(1.5**2, rel=2e-3)


def test_evidence_is_the_log_likelihood_ratio_of_what_was_seen():
    d, seen = 1.3, 0.8 * 1.3 + GRID * 0.0 + 0.4
    noise = seen - d / 2
    ratio = (-((seen - d / 2) ** 2) + (seen + d / 2) ** 2) / 2
    assert evidence(+1, d, noise) == pytest.approx(ratio)


def test_an_observer_who_cannot_tell_learns_nothing():
    assert not evidence(np.array([1, -1]), 0.0, np.array([3.0, -2.0])).any()


def test_belief_is_honest():
    """Of those who come to believe 0.8, from an even prior, four in five are right."""
    when_true, when_false = (confidence(evidence(sign, 1.7, GRID)) for sign in (+1, -1))
    band = [np.mean((p > 0.78) & (p < 0.82)) for p in (when_true, when_false)]
    assert band[0] / (band[0] + band[1]) == pytest.approx(0.8, abs=0.01)


def test_a_negative_discriminability_is_refused():
    with pytest.raises(RangeError, match="discriminability"):
        evidence(1, -0.1, 0.0)


def test_pooling_discounts_what_is_received_by_the_design_effect():
    """Kish: `n` sources that overlap are worth `n / (1 + (n - 1) correlation)`."""
    weight, correlation = 3.0, 0.4
    n = 1.0 + weight
    independent = n / (1.0 + (n - 1.0) * correlation)
    assert pooled(0.7, 2.0, weight, correlation) == pytest.approx(0.7 + 2.0 * independent / n)


def test_a_silent_observer_changes_nothing():
    weights, d = np.array([1.0, 0.5, 1.0]), np.array([1.0, 2.0, 0.0])
    heard = weights * informed_share(d, 2.0)
    expected = weights * d**2 / 2
    with_it = pooled(0.3, expected.sum(), heard.sum(), 0.5)
    without_it = pooled(0.3, expected[:2].sum(), heard[:2].sum(), 0.5)
    assert with_it == without_it


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.7, 1.0])
def test_one_more_source_never_lowers_the_mean_belief_in_the_truth(correlation):
    for d in (0.01, 0.1, 0.5, 1.0, 2.0):
        for weight in (0.1, 0.5, 1.0):
            before = np.array([1.0, 1.0]), np.array([2.0, 1.2])
            after = np.append(before[0], weight), np.append(before[1], d)
            belief = [
                pooled(0.5, (w * x**2 / 2).sum(), (w * informed_share(x, 2.0)).sum(), correlation)
                for w, x in (before, after)
            ]
            assert belief[1] > belief[0]


def test_counting_everybody_as_a_whole_source_would_lower_it():
    """Why `informed_share` exists: a partner who knows nothing would drown those who do."""
    assert pooled(0.5, 4.0, 3.0, 0.5) < pooled(0.5, 4.0, 2.0, 0.5)


def test_better_evidence_anywhere_never_lowers_mean_confidence_in_the_truth():
    noise, other_noise = np.meshgrid(GRID[::40], GRID[20::40])
    previous = 0.0
    for d in (0.0, 0.2, 0.6, 1.2, 2.0):
        own = -1.0 + evidence(+1, 1.0, noise)
        received = 0.8 * evidence(+1, d, other_noise)
        now = mean_confidence(pooled(own, received, 0.8 * informed_share(d, 2.0), 0.5))
        assert now > previous
        previous = now


def test_a_closer_tie_never_lowers_mean_confidence_in_the_truth():
    noise, other_noise = np.meshgrid(GRID[::40], GRID[20::40])
    previous = 0.0
    for weight in (0.0, 0.2, 0.5, 1.0):
        own = -1.0 + evidence(+1, 1.0, noise)
        received = weight * evidence(+1, 1.5, other_noise)
        now = mean_confidence(pooled(own, received, weight * informed_share(1.5, 2.0), 0.5))
        assert now > previous
        previous = now


def test_informed_share_stays_within_one():
    assert informed_share(np.array([0.0, 1.0, 3.0]), 2.0).tolist() == [0.0, 0.25, 1.0]
    with pytest.raises(RangeError, match="best"):
        informed_share(1.0, 0.0)
