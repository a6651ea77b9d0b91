"""How far along a project is."""

import numpy as np
import pytest

from sim.errors import RangeError
from sim.rules.cooperation import maturity


def test_a_project_gives_nothing_before_its_first_output_and_all_when_full():
    months = np.array([-4.0, 0.0, 5.99, 6.0, 12.0, 23.99, 24.0, 90.0])
    share = maturity(months, 6.0, 24.0)
    assert share[:3].tolist() == [0.0, 0.0, 0.0]
    assert share[3:5].tolist() == [0.25, 0.5]
    assert share[5] < 1.0 and share[6:].tolist() == [1.0, 1.0]


def test_a_project_that_needs_no_time_starts_full():
    assert maturity(np.array([-1.0, 0.0]), 0.0, 0.0).tolist() == [0.0, 1.0]
    assert maturity(np.array([5.0, 6.0]), 6.0, 6.0).tolist() == [0.0, 1.0]
    with pytest.raises(RangeError, match="full_months"):
        maturity(1.0, 0.0, -1.0)
