"""Single numbers outside a rule's domain are refused in words; arrays pass unseen."""

import numpy as np
import pytest

from sim.errors import RangeError
from sim.rules.domain import at_least, between, inside


@pytest.mark.parametrize("value", [0, 0.0, 1, np.float64(0.3), np.array(0.5), True])
def test_what_lies_within_passes(value):
    between("p", value, 0.0, 1.0)
    at_least("p", value, 0.0)


@pytest.mark.parametrize("value", [-0.001, 1.001, np.nan, np.inf, -np.inf])
def test_what_lies_outside_is_refused(value):
    with pytest.raises(RangeError, match="^p must lie in"):
        between("p", value, 0.0, 1.0)
    with pytest.raises(RangeError, match="^p must lie strictly between"):
        inside("p", value, 0.0, 1.0)


def test_bounds_count_or_not():
    between("p", 1.0, 0.0, 1.0)
    with pytest.raises(RangeError):
        inside("p", 1.0, 0.0, 1.0)
    at_least("days", 0, 0)
    with pytest.raises(RangeError, match="days must be a number of at least 0; got inf"):
        at_least("days", np.inf, 0)


def test_arrays_pass_unseen():
    for check in (between, inside):
        check("p", np.array([-5.0, 5.0]), 0.0, 1.0)
    at_least("p", np.array([-5.0]), 0.0)
