"""Tension and hostility, and what onlookers see."""

import numpy as np
import pytest

from sim.errors import RangeError
from sim.rules.escalation import DAYS_PER_MONTH, perceived_threat, tension_step


def test_a_quiet_month_leaves_the_persistent_share():
    assert tension_step(0.6, 0.0, DAYS_PER_MONTH, 0.9) == pytest.approx(0.54)


def test_quiet_days_multiply_up():
    halfway = tension_step(0.6, 0.0, 10.0, 0.85)
    assert tension_step(halfway, 0.0, 20.0, 0.85) == pytest.approx(tension_step(0.6, 0.0, 30.0, 0.85))


def test_hostility_raises_and_cooperation_lowers():
    calmed, quiet, stirred = tension_step(0.5, np.array([-0.3, 0.0, 0.3]), 14.0, 0.9)
    assert calmed < quiet < stirred


def test_tension_stays_within_its_bounds():
    t = tension_step(np.array([0.0, 0.5, 1.0])[:, None], np.array([-50.0, -1.0, 0.0, 1.0, 50.0]), 14.0, 0.95)
    assert t.min() >= 0.0 and t.max() <= 1.0


def test_a_little_hostility_adds_itself_to_a_calm_world():
    assert tension_step(0.0, 0.01, 14.0, 0.9) == pytest.approx(0.01, rel=0.01)


def test_the_same_hostility_adds_less_where_tension_is_high():
    added = tension_step(np.array([0.1, 0.8]), 0.3, 0.0, 0.9) - np.array([0.1, 0.8])
    assert added[0] > added[1] > 0


@pytest.mark.parametrize(("days", "persistence"), [(-1.0, 0.9), (1.0, 1.2), (1.0, -0.1)])
def test_impossible_times_are_refused(days, persistence):
    with pytest.raises(RangeError):
        tension_step(0.5, 0.0, days, persistence)


def test_secrecy_that_can_be_seen_looks_like_a_threat():
    hidden, open_, unseen = perceived_threat(0.1, 0.5, np.array([0.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0]))
    assert hidden == pytest.approx(0.6) and open_ == unseen == 0.1


def test_perception_stays_within_its_bounds():
    assert perceived_threat(0.9, 0.6, 0.0, 1.0) == 1.0
    with pytest.raises(RangeError, match="bias"):
        perceived_threat(0.1, 1.5, 0.0, 1.0)
