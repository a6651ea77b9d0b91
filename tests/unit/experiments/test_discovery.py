"""A known box comes back, noise gives no rule, and every rule reads as a sentence."""

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiments.discovery import discover, parse_limit, peel
from tests.builders_sweep import a_factor, a_sample

FACTORS = [
    a_factor("tie"), a_factor("difficulty"), a_factor("idle"), a_factor("turn", "lever", choices=("2", "6", "10")),
    a_factor("weight", choices=("gdp", "equal", "defence")),
]  # fmt: skip


def _in_the_box(x):
    wrong = (x["tie"] > 0.6) & (x["difficulty"] > 0.5) & (x["weight"] != "gdp")
    return {"harm": 10.0 * wrong + 0.001 * np.arange(len(wrong))}


@pytest.fixture(scope="module")
def found():
    return discover(a_sample(_in_the_box, FACTORS, points=1500), "harm", limit=5)


def test_prim_finds_a_known_box(found):
    limits = {limit.factor: limit for limit in found.box.limits}
    assert set(limits) == {"tie", "difficulty", "weight"}
    assert limits["tie"].low == pytest.approx(0.6, abs=0.04) and limits["tie"].high == 1
    assert limits["difficulty"].low == pytest.approx(0.5, abs=0.04)
    assert limits["weight"].choices == ("equal", "defence")
    assert found.box.coverage.value > 0.9 and found.box.density.value > 0.85
    assert found.is_telling and found.is_checked


def test_cart_finds_it_too(found):
    pytest.importorskip("sklearn")
    densest = found.leaves[0]
    limits = {limit.factor: limit for limit in densest.limits}
    assert set(limits) == {"tie", "difficulty", "weight"}
    assert limits["tie"].low == pytest.approx(0.6, abs=0.02)
    assert densest.density.value > 0.95


def test_the_rule_is_a_sentence(found):
    assert found.box.rule.startswith("tie above 0.6") or found.box.rule.startswith("tie above 0.5")
    assert "and weight at equal or defence" in found.box.rule


def test_the_whole_trajectory_is_kept(found):
    masses = [box.mass for box in found.trajectory]
    assert masses[0] == 1.0 and len(masses) > 5
    assert all(later <= earlier for earlier, later in zip(masses, masses[1:], strict=False))
    assert found.trajectory[0].coverage.value == 1.0 and not found.trajectory[0].limits


def test_every_condition_comes_back_and_is_no_chance(found):
    assert all(limit.quasi_p < 0.001 and limit.comes_back >= 0.8 for limit in found.box.limits)


def test_noise_gives_no_rule():
    rng = np.random.default_rng(2)
    found = discover(a_sample(lambda x: {"harm": rng.random(len(x["tie"]))}, FACTORS, points=600), "harm")
    assert not found.is_telling


def test_too_few_failures_are_said_so():
    found = discover(a_sample(_in_the_box, FACTORS, points=60), "harm", limit=5)
    assert found.box is None and "too few" in found.remarks[0]


def test_failure_is_the_worst_quarter_unless_a_limit_is_named():
    sample = a_sample(lambda x: {"harm": x["tie"], "held": x["tie"]}, FACTORS, points=400)
    assert discover(sample, "harm").base.value == pytest.approx(0.25, abs=0.01)
    assert "or above" in discover(sample, "harm").failure  # harm: less is better
    assert "or below" in discover(sample, "held").failure
    assert discover(sample, "held", limit=0.5).base.value == pytest.approx(0.5, abs=0.02)


def test_a_measure_with_a_crowd_at_its_edge_still_has_failures():
    sample = a_sample(lambda x: {"held": np.where(x["tie"] > 0.8, 0.0, 1.0)}, FACTORS, points=400)
    assert discover(sample, "held").base.value == pytest.approx(0.2, abs=0.02)


def test_peeling_takes_a_slice_at_a_time():
    x = np.random.default_rng(3).random((1000, 2))
    path = peel(x, x[:, 0] > 0.8)
    inside = [np.mean(x[:, 0] >= box.get(0, (-1,))[0]) for box in path]
    assert max(np.diff(inside)) <= 0 and min(np.diff(inside)) > -0.08


def test_prim_agrees_with_the_ema_workbench():
    import pandas
    from ema_workbench.analysis import prim

    x = np.random.default_rng(4).random((1000, 3))
    wrong = (x[:, 0] > 0.6) & (x[:, 1] < 0.5)
    theirs = prim.Prim(pandas.DataFrame(x, columns=list("abc")), wrong, threshold=0.8).find_box().box_lims[-1]
    ours = peel(x, wrong)[-1]
    assert ours[0][0] == pytest.approx(float(theirs["a"].iloc[0]), abs=0.03)
    assert ours[1][1] == pytest.approx(float(theirs["b"].iloc[1]), abs=0.03)


def test_on_runs_with_chance_in_them_the_workbench_finds_what_our_rule_claims():
    import pandas
    from ema_workbench.analysis import prim

    sample = a_sample(_in_the_box, FACTORS, points=600, reps=2, luck=4.0)
    ours = discover(sample, "harm", limit=5)
    columns = {factor.name: sample.x[sample.point, at] for at, factor in enumerate(sample.factors)}
    experiments = pandas.DataFrame(columns).astype({"weight": "category"})
    path = prim.Prim(experiments, sample.values("harm") > 5, threshold=0.5).find_box().peeling_trajectory
    nearest = path.iloc[(path["mass"] - ours.box.mass).abs().argmin()]
    for mine, theirs in ((ours.box.coverage, nearest["coverage"]), (ours.box.density, nearest["density"])):
        assert mine.low <= theirs <= mine.high


@pytest.mark.parametrize("given", ["harm", "harm=", "harm=much", "ham=3", "harm=nan", "=3"])
def test_a_limit_that_is_none_earns_advice(given):
    with pytest.raises(InputError, match="--limit"):
        parse_limit(given, {"harm": 0})
