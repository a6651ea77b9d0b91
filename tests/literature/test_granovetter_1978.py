"""Threshold model: Granovetter (1978), AJS 83(6): the riot of a hundred people with thresholds 0, 1, 2 ... 99."""

import numpy as np

from sim.rules.choice import respond_to_company

PEOPLE = 100
SURE = 1e6


def joiners(thresholds):
    """How many join in the end, each joining once at least its threshold of the others have."""
    base = 0.5 - (thresholds - 0.5) / PEOPLE
    joined = np.zeros(PEOPLE)
    for _ in range(PEOPLE + 1):
        joined = respond_to_company(base, 1.0, joined.mean(), SURE, joined, damping=1.0)
    return round(joined.sum())


def test_thresholds_without_a_gap_bring_everybody():
    assert joiners(np.arange(PEOPLE)) == 100


def test_one_threshold_changed_from_one_to_two_leaves_a_single_rioter():
    thresholds = np.arange(PEOPLE)
    thresholds[1] = 2
    assert joiners(thresholds) == 1
