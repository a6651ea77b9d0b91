"""What adds up to willingness."""

import numpy as np
import pytest

from sim.errors import RangeError
from sim.rules.willingness import weigh


def test_willingness_is_the_sum_of_its_terms_in_whatever_order_they_came():
    terms = {"stake": np.array([0.1, 0.7]), "peer": np.array([0.2, -0.1]), "cost": np.array([-0.3, 1e-17])}
    backwards = dict(reversed(terms.items()))
    assert weigh(terms) == pytest.approx(sum(terms.values()))
    assert weigh(terms).tobytes() == weigh(backwards).tobytes()
    with pytest.raises(RangeError, match="no terms"):
        weigh({})
