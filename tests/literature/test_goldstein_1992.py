"""Conflict scale: Goldstein (1992), JCR 36(2), mapped to CAMEO event codes (Schrodt 2012)."""

import numpy as np
import pytest

from sim.rules.escalation import DAYS_PER_MONTH, goldstein_intensity, tension_step

WEIGHTS = {"accuse": -2.0, "reject": -4.0, "threaten": -4.4, "sanctions": -8.0, "occupy": -9.5, "use of force": -10.0}
COOPERATION = {"intent to negotiate": 4.0, "share intelligence": 7.0, "sign agreement": 8.0}


def test_the_published_order_is_kept():
    hostile = goldstein_intensity(np.array(list(WEIGHTS.values())))
    assert hostile == pytest.approx([0.2, 0.4, 0.44, 0.8, 0.95, 1.0])
    assert (goldstein_intensity(np.array(list(COOPERATION.values()))) < 0).all()


@pytest.mark.parametrize("persistence", [0.8, 0.95])
def test_small_events_add_up_as_in_the_conflict_index(persistence):
    """G <- rho G + sum(g), each month a small hostility: a year later both stand at g (1 - rho^12) / (1 - rho)."""
    tension, g = 0.0, 1e-4
    for _ in range(12):
        tension = tension_step(tension, g, DAYS_PER_MONTH, persistence)
    assert tension == pytest.approx(g * (1 - persistence**12) / (1 - persistence), rel=0.01)
