"""Days from the start of a cyber operation to its political attribution: EuRepoC, 149 cases of 2015 to 2023.

Published quartiles: 4, 158 and 492 days. The mixture was fitted by eye, so the tolerances are wide. Quantiles are read
off a grid, not drawn.
"""

import numpy as np
import pytest
from scipy.special import ndtri

from sim.rules.tempo import attribution_lag

CASES = 10_000
P_FAST = 0.3


@pytest.fixture(scope="module")
def lags():
    fast = round(P_FAST * CASES)
    is_fast = np.arange(CASES) < fast
    uniform = np.where(is_fast, (np.arange(CASES) + 0.5) / fast, 0.0)
    normal = np.zeros(CASES)
    normal[fast:] = ndtri((np.arange(CASES - fast) + 0.5) / (CASES - fast))
    return attribution_lag(is_fast, uniform, normal, fast_days=14.0, slow_median_days=300.0, slow_spread=1.1)


def test_the_median_is_about_158_days(lags):
    assert np.quantile(lags, 0.5) == pytest.approx(158, rel=0.05)


def test_the_lower_quartile_lies_on_the_fast_track(lags):
    assert np.quantile(lags, 0.25) <= 14.0


def test_the_upper_quartile_is_about_492_days(lags):
    assert np.quantile(lags, 0.75) == pytest.approx(492, rel=0.15)


def test_the_tail_is_heavy(lags):
    """China as a suspect: a median of 1,001 days; such lags are in the tail and not beyond it."""
    assert 0.05 < (lags > 1001).mean() < 0.15
