"""Sums that do not depend on how many are added up at once."""

import numpy as np
import pytest

from sim.rules.quantize import over_actors, over_options

CHANCE = np.random.default_rng(11)


def test_yes_and_no_are_counted():
    assert over_actors(np.array([[True, True, False], [False, False, False]])).tolist() == [2, 0]


@pytest.mark.parametrize("options", [1, 2, 9, 40])
def test_options_are_added_one_by_one(options):
    values = CHANCE.random((options, 5, 3)) * 10.0 ** CHANCE.integers(-9, 9, (options, 5, 3))
    alone = over_options(values[:, :1, :1])
    assert alone.tobytes() == np.ascontiguousarray(over_options(values)[:1, :1]).tobytes()


def test_numpys_own_sum_would_depend_on_the_shape():
    """Why `over_options` exists; when this fails numpy has changed and the file can go."""
    values = CHANCE.random((40, 64, 45)) * 10.0 ** CHANCE.integers(-9, 9, (40, 64, 45))
    alone = np.array([values[:, run, actor].sum(axis=0) for run in range(64) for actor in range(45)])
    assert (alone != values.sum(axis=0).ravel()).any()


def test_actors_are_added_alike_in_any_layout():
    values = CHANCE.random((33, 43)) * 10.0 ** CHANCE.integers(-9, 9, (33, 43))
    assert over_actors(np.asfortranarray(values)).tobytes() == over_actors(values).tobytes()
