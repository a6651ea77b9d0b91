"""Jury theorem: Condorcet (1785); the values are those commonly tabulated."""

from itertools import product

import numpy as np
import pytest

from sim.rules.attribution import majority_accuracy

TABLE = {
    3: (0.648, 0.784, 0.896),
    5: (0.683, 0.837, 0.942),
    9: (0.733, 0.901, 0.980),
    15: (0.787, 0.950, 0.996),
}


@pytest.mark.parametrize("n", TABLE)
def test_the_table_is_reproduced(n):
    assert majority_accuracy(n, np.array([0.6, 0.7, 0.8])) == pytest.approx(TABLE[n], abs=0.0005)


def test_counting_every_way_to_vote_gives_the_same():
    convicting = [votes for votes in product([0, 1], repeat=5) if sum(votes) > 2]
    ways = sum(np.prod([0.6 if right else 0.4 for right in votes]) for votes in convicting)
    assert majority_accuracy(5, 0.6) == pytest.approx(ways)


def test_larger_juries_are_better_if_jurors_are_better_than_chance_and_worse_if_not():
    sizes = np.array([1, 3, 9, 27, 81])
    assert (np.diff([majority_accuracy(int(n), 0.55) for n in sizes]) > 0).all()
    assert (np.diff([majority_accuracy(int(n), 0.45) for n in sizes]) < 0).all()
    assert majority_accuracy(81, 0.5) == pytest.approx(0.5)
