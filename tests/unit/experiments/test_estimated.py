"""Coefficients drawn together, as past cases tell them."""

import dataclasses

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiments import choose_factors, make_design
from sim.experiments.factors import estimated
from sim.scenario.library_schema import Estimates
from tests.builders_of_sweeps import a_small_scenario

MEAN, SD, TOGETHER = {"b_stake": 1.1, "b_peer": 0.3, "tolerance": 0.12}, [0.1, 0.05, 0.02], [[], [-0.8], [0.3, 0.0]]
FOUND = Estimates(coefficients=list(MEAN), mean=list(MEAN.values()), sd=SD, correlation=TOGETHER)


def a_scenario_with(estimates=FOUND, **changes):
    loaded = a_small_scenario(**changes)
    return dataclasses.replace(loaded, library=loaded.library.model_copy(update={"estimates": estimates}))


def drawn(method="lhs", points=4000, vary=("behaviour=estimates",), **changes):
    design = make_design(a_scenario_with(**changes), method, points=points, vary=list(vary))
    return np.array([design.points[f"behaviour.{name}"] for name in MEAN])


@pytest.mark.parametrize("method, points", [("lhs", 4000), ("sobol", 4096)])
def test_they_are_drawn_around_the_estimates_and_hang_together(method, points):
    values = drawn(method, points)
    assert values.mean(axis=1) == pytest.approx(list(MEAN.values()), rel=0.02)
    assert values.std(axis=1) == pytest.approx(SD, rel=0.05)
    together = np.corrcoef(values)
    assert (together[1, 0], together[2, 0], together[2, 1]) == pytest.approx((-0.8, 0.3, 0.0), abs=0.06)


def test_none_leaves_its_range():
    wide = FOUND.model_copy(update={"sd": [5.0, 5.0, 5.0]})
    library = a_small_scenario().library
    for name, values in zip(MEAN, drawn(estimates=wide), strict=True):
        low, high = library.behaviour[name].range
        assert (values.min(), values.max()) == (low, high)


def test_a_scenarios_own_value_is_the_middle():
    assert drawn(behaviour={"b_stake": 0.9})[0].mean() == pytest.approx(0.9, rel=0.02)


def test_a_coefficient_that_was_varied_alone_is_so_no_longer():
    paths = [factor.path for factor in choose_factors(a_scenario_with(), vary=["behaviour=estimates"]).varying]
    assert paths.count("behaviour.b_peer") == 1


def test_without_estimates_nothing_is_drawn():
    assert estimated(a_scenario_with(Estimates()).library) == []


@pytest.mark.parametrize(
    "estimates, method, spec, said",
    [
        (Estimates(), "lhs", "estimates", "the library has no estimates; `oceans calibrate` makes them"),
        (FOUND, "lhs", "0:1", "write behaviour=estimates, or behaviour.NAME for one coefficient"),
        (FOUND, "grid", "estimates", "use --design lhs or sobol"),
        (FOUND, "morris", "estimates", "use --design lhs or sobol"),
    ],
)
def test_what_cannot_be_drawn_gets_advice(estimates, method, spec, said):
    with pytest.raises(InputError) as caught:
        make_design(a_scenario_with(estimates), method, vary=[f"behaviour={spec}"])
    assert said in str(caught.value)
