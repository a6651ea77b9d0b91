"""What onlookers see."""

import numpy as np
import pytest

from sim.errors import RangeError
from sim.rules.perception import perceived_threat


def test_secrecy_that_can_be_seen_looks_like_a_threat():
    hidden, open_, unseen = perceived_threat(0.1, 0.5, np.array([0.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0]))
    assert hidden == pytest.approx(0.6) and open_ == unseen == 0.1


def test_perception_stays_within_its_bounds():
    assert perceived_threat(0.9, 0.6, 0.0, 1.0) == 1.0
    with pytest.raises(RangeError, match="bias"):
        perceived_threat(0.1, 1.5, 0.0, 1.0)
