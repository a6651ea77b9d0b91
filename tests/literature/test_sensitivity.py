"""Sensitivity indices against values known in closed form.

Ishigami and Homma 1990, with a = 7 and b = 0.1: S1 = (0.3139, 0.4424, 0), ST = (0.5576, 0.4424, 0.2437). Sobol's g
function with a = (0, 1, 4.5, 9), indices from Saltelli et al., Global Sensitivity Analysis, 2008, equation 4.37.
Delta orders Ishigami's factors as Plischke, Borgonovo and Smith 2013 do, PAWN agrees with SALib's own, and Morris
orders those of the g function as its coefficients do.
"""

import numpy as np
import pytest

from sim.experiments.sample import design_of
from sim.experiments.sensitivity import by_slices, sensitivity
from tests.builders_sweep import a_factor, a_sample, saltelli, trajectories

FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)
A = np.array([0.0, 1.0, 4.5, 9.0])


def ishigami(x):
    """Ishigami and Homma's function."""
    return {"harm": np.sin(x["a"]) + 7 * np.sin(x["b"]) ** 2 + 0.1 * x["c"] ** 4 * np.sin(x["a"])}


def sobol_g(x):
    """Sobol's g function."""
    return {
        "harm": np.prod([(np.abs(4 * x[name] - 2) + a) / (1 + a) for name, a in zip("abcd", A, strict=True)], axis=0)
    }


def g_indices():
    """First and total indices of the g function."""
    part = 1 / (3 * (1 + A) ** 2)
    whole = np.prod(1 + part) - 1
    return part / whole, part * np.prod(1 + part) / (1 + part) / whole


def turned(low=-np.pi, high=np.pi, names="abc"):
    return [a_factor(name, low=low, high=high) for name in names]


def indices(found, method):
    return {index.factor: index for index in found.indices if index.method == method}


@pytest.mark.parametrize("second", [False, True])
def test_sobol_indices_of_the_ishigami_function(second):
    factors = turned()
    found = sensitivity(a_sample(ishigami, factors, x=saltelli(factors, 1024, second), reps=2), "harm", forests=False)
    assert found.design == "sobol" and found.method == "total"
    for method, expected in (("first", FIRST), ("total", TOTAL)):
        for name, value in zip("abc", expected, strict=True):
            index = indices(found, method)[name]
            assert index.estimate.value == pytest.approx(value, abs=0.03)
            assert index.estimate.low - 0.02 <= value <= index.estimate.high + 0.02


def test_sobol_indices_agree_with_salibs():
    from SALib.analyze import sobol

    factors = turned()
    sample = a_sample(ishigami, factors, x=saltelli(factors, 256), crn=True)
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[-np.pi, np.pi]] * 3}
    theirs = sobol.analyze(problem, sample.values("harm"), calc_second_order=False, seed=1)
    found = sensitivity(sample, "harm", forests=False)
    for method, key in (("total", "ST"), ("first", "S1")):
        ours = [indices(found, method)[name].estimate.value for name in "abc"]
        assert ours == pytest.approx(theirs[key].tolist(), abs=0.01)


def test_sobol_indices_of_the_g_function():
    factors = turned(0, 1, "abcd")
    found = sensitivity(a_sample(sobol_g, factors, x=saltelli(factors, 1024), reps=2), "harm", forests=False)
    for method, expected in zip(("first", "total"), g_indices(), strict=True):
        for name, value in zip("abcd", expected, strict=True):
            assert indices(found, method)[name].estimate.value == pytest.approx(value, abs=0.03)


def test_first_order_indices_of_any_design_agree_with_the_ishigami_function():
    found = sensitivity(a_sample(ishigami, turned(), points=2048), "harm", forests=False)
    assert found.design == "given" and found.method == "first_all"
    for name, value in zip("abc", FIRST, strict=True):
        assert indices(found, "first_all")[name].estimate.value == pytest.approx(value, abs=0.06)
    ranked = [index.factor for index in found.by("delta")]
    assert ranked == ["b", "a", "c"]


def test_a_factor_without_influence_does_not_rise_above_chance():
    factors = [*turned(), a_factor("idle", low=0, high=1)]
    found = sensitivity(a_sample(ishigami, factors, points=1024), "harm", forests=False)
    for method in ("delta", "pawn"):
        assert not indices(found, method)["idle"].is_real
        assert indices(found, method)["b"].is_real


def test_morris_orders_the_factors_of_the_g_function():
    factors = turned(0, 1, "abcd")
    sample = a_sample(sobol_g, factors, x=trajectories(factors, 40))
    assert design_of(sample.x) == "morris"
    found = sensitivity(sample, "harm", forests=False)
    assert found.method == "mu_star"
    assert [index.factor for index in found.by()] == list("abcd")


def test_pawn_agrees_with_salib():
    from SALib.analyze import pawn

    rng = np.random.default_rng(3)
    x = rng.uniform(-np.pi, np.pi, (2000, 3))
    y = ishigami({name: x[:, at] for at, name in enumerate("abc")})["harm"]
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[-np.pi, np.pi]] * 3}
    theirs = pawn.analyze(problem, x, y, S=20, seed=1)["median"]
    assert by_slices(x, y)["pawn"] == pytest.approx(np.array(theirs), abs=0.02)
