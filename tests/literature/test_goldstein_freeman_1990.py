"""Conflict index: Goldstein & Freeman (1990), Three-Way Street."""

import pytest

from sim.rules.escalation import DAYS_PER_MONTH, tension_step


@pytest.mark.parametrize("persistence", [0.8, 0.95])
def test_small_events_add_up_as_in_the_conflict_index(persistence):
    """G <- rho G + sum(g), each month a small hostility: a year later both stand at g (1 - rho^12) / (1 - rho)."""
    tension, g = 0.0, 1e-4
    for _ in range(12):
        tension = tension_step(tension, g, DAYS_PER_MONTH, persistence)
    assert tension == pytest.approx(g * (1 - persistence**12) / (1 - persistence), rel=0.01)
