"""Intervals hold what they promise: over many studies of an outcome whose truth is known, about 95 in 100 cover it.

Each study draws its points and its chance anew. Where all points share their draws, what chance does is a shift of each
draw, which moves all points together, and a tilt, which moves them by what they are.
"""

import numpy as np
import pytest

import sim.experiments.sensitivity as sensitivity_of
from sim.experiments import robustness
from sim.experiments.analysis import analyse
from sim.experiments.claims import claims_of, overall_claims
from sim.experiments.estimate import mean, paired, share
from sim.experiments.sample import sample_of
from tests.builders_record import a_loaded
from tests.builders_sweep import a_factor, a_sample, a_sweep, saltelli, trajectories

STUDIES = 200
X, Z = a_factor("x"), a_factor("z")
LAYOUTS = {
    "lhs, own draws": dict(points=100, reps=1),
    "lhs, own draws, each four times": dict(points=40, reps=4),
    "lhs, common draws": dict(points=100, reps=10, crn=True),
    "saltelli, common draws": dict(base=32, reps=10, crn=True),
}


def a_study(seed, shift=1.0, tilt=1.0, noise=0.5, base=None, x=None, outcome=None, factors=(X, Z), **layout):
    """A sweep in which chance is of known size; its mean is 3."""
    rng = np.random.default_rng([seed, 1])
    result = a_sweep(
        outcome or (lambda x: {"harm": 2 + x["x"] + x["z"]}), list(factors), seed=seed,
        x=saltelli(factors, base, seed=seed) if base else x, luck=noise, **layout,
    )  # fmt: skip
    draw = result.runs["replication"]
    shifts, tilts = shift * rng.normal(size=draw.max() + 1), tilt * rng.normal(size=draw.max() + 1)
    column = result.design.points["x"][result.runs["point"]] - 0.5
    result.measures["harm"] = result.measures["harm"] + shifts[draw] + tilts[draw] * column
    return result


def covered(estimates, truth):
    """The share of intervals that hold the truth; every one is printed."""
    assert all(np.isfinite([one.low, one.high]).all() for one in estimates)
    return np.mean([one.low <= truth <= one.high for one in estimates])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_mean_is_covered(layout):
    samples = [sample_of(a_study(seed, **LAYOUTS[layout]), a_loaded()) for seed in range(STUDIES)]
    means = [mean(one.values("harm"), one.future, one.replication) for one in samples]
    assert 0.90 <= covered(means, 3.0) <= 0.99


def test_of_one_draw_of_chance_nothing_is_said_with_an_interval():
    analysis = analyse(a_study(1, points=200, crn=True), ["harm"], loaded=a_loaded())
    finding = analysis.of("harm")
    printed = [finding.spread.mean, finding.discovery.base, *(one.estimate for one in finding.sensitivity.indices)]
    printed += [one.change for one in finding.sensitivity.swings]
    assert all(np.isnan([one.low, one.high]).all() for one in printed)
    said = [*claims_of(analysis, finding).values(), *overall_claims(analysis), *analysis.remarks]
    assert "one draw of chance: how far chance moves it is unknown" in said[0]
    assert not any("enough runs:" in words for words in said)
    assert "--reps 10" in said[-1] or "--reps 10" in said[-2]


# ------------------------------------------------------------------------------------------------------------ indices

ISHIGAMI = [a_factor(name, low=-np.pi, high=np.pi) for name in "abc"]
IDLE = a_factor("idle")
FIRST = {"a": 0.3139, "b": 0.4424, "c": 0.0}
TOTAL = {"a": 0.5576, "b": 0.4424, "c": 0.2437}
SPREAD = 3.7208  # standard deviation of the function


def ishigami(x):
    """Ishigami and Homma's function; `idle` does nothing."""
    return {"harm": np.sin(x["a"]) + 7 * np.sin(x["b"]) ** 2 + 0.1 * x["c"] ** 4 * np.sin(x["a"])}


def a_study_of_ishigami(seed, crn=False, reps=4, base=None, points=256, factors=ISHIGAMI):
    """Half of the variance between runs is chance. Common draws tilt `a`, each draw its own way: that is chance too."""
    x = saltelli(factors, base, seed=seed) if base else None
    luck = SPREAD * (0.8 if crn else 1.0)
    result = a_sweep(ishigami, factors, points=points, seed=seed, reps=reps, x=x, luck=luck, crn=crn)
    if crn:
        tilts = 0.6 * SPREAD * np.random.default_rng([seed, 2]).normal(size=reps)
        column = np.sqrt(3) * result.design.points["a"] / np.pi
        result.measures["harm"] = (
            result.measures["harm"] + tilts[result.runs["replication"]] * column[result.runs["point"]]
        )
    return sample_of(result, a_loaded())


@pytest.mark.long
@pytest.mark.parametrize(
    "layout, methods",
    [
        (dict(points=256, reps=1), {"first_all": (FIRST, 0.5)}),
        (dict(points=256, reps=4), {"first": (FIRST, 1.0), "first_all": (FIRST, 0.5)}),
        (dict(points=256, reps=10, crn=True), {"first": (FIRST, 1.0), "first_all": (FIRST, 0.5)}),
        (dict(base=128, reps=4), {"first": (FIRST, 1.0), "total": (TOTAL, 1.0), "total_all": (TOTAL, 0.5)}),
        (dict(base=128, reps=10, crn=True), {"first": (FIRST, 1.0), "total": (TOTAL, 1.0), "total_all": (TOTAL, 0.5)}),
    ],
)
def test_shares_of_variance_are_covered_and_intervals_are_as_wide_as_seeds_differ(layout, methods, monkeypatch):
    monkeypatch.setattr(sensitivity_of, "RESAMPLES", 2)  # delta and PAWN are not looked at
    found = [
        sensitivity_of.sensitivity(a_study_of_ishigami(seed, **layout), "harm", forests=False)
        for seed in range(STUDIES)
    ]
    for method, (truth, part) in methods.items():
        for name in "ab" if "first" in method else "abc":
            mine = [next(one for one in study.by(method) if one.factor == name).estimate for study in found]
            assert covered(mine, part * truth[name]) >= 0.90, (method, name)
            between_seeds = 1.96 * np.std([one.value for one in mine])
            assert 0.9 <= np.mean([one.high - one.value for one in mine]) / between_seeds <= 2, (method, name)


@pytest.mark.long
@pytest.mark.parametrize("layout", [dict(reps=4, shift=0.5), dict(reps=10, crn=True)])
def test_morris_effects_are_covered_that_of_a_factor_that_does_nothing_too(layout):
    factors, truth = [X, Z, IDLE], {"x": 3.0, "z": 2.0, "idle": 0.0}
    found = []
    for seed in range(STUDIES):
        study = a_study(seed, outcome=_by_steps, factors=factors, x=trajectories(factors, seed=seed), **layout)
        found.append(sensitivity_of.sensitivity(sample_of(study, a_loaded()), "harm", forests=False).by("mu_star"))
    of = {name: [next(one for one in study if one.factor == name) for study in found] for name in truth}
    for name, value in truth.items():
        assert 0.90 <= covered([one.estimate for one in of[name]], value) <= 0.99, name
    assert np.mean([one.is_real for one in of["idle"]]) <= 0.05


def _by_steps(x):
    return {"harm": 2 * x["x"] + x["z"] * (1 + 2 * x["x"])}


# ----------------------------------------------------------------------------------- differences, rules, paired runs

PAIRS = {
    "skewed": (lambda rng, n: rng.lognormal(0, 1, n), np.exp(0.5), 50),
    "heavy on both sides": (lambda rng, n: rng.standard_t(3, n), 0.0, 50),
    "a fifth of pairs differ": (lambda rng, n: rng.lognormal(0, 1, n) * (rng.random(n) < 0.2), 0.2 * np.exp(0.5), 50),
    "few pairs differ": (lambda rng, n: rng.lognormal(0, 1, n) * (rng.random(n) < 0.08), 0.08 * np.exp(0.5), 50),
    "one pair in a hundred differs": (lambda rng, n: 1.0 * (rng.random(n) < 0.01), 0.01, 400),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_paired_differences_with_heavy_tails_are_covered(kind):
    draw, truth, pairs = PAIRS[kind]
    found = [paired(draw(np.random.default_rng(seed), pairs), np.zeros(pairs)) for seed in range(2 * STUDIES)]
    printed = [one for one in found if np.isfinite(one.low)]
    assert len(printed) > 1.9 * STUDIES and covered(printed, truth) >= 0.90


@pytest.mark.long
@pytest.mark.parametrize("layout", [dict(points=240), dict(points=120, reps=10, crn=True)])
def test_what_a_lever_gains_is_covered(layout, monkeypatch):
    monkeypatch.setattr(robustness, "RESAMPLES", 2)  # quantiles and regret are not looked at
    lever = a_factor("turn", "lever", choices=("2", "4", "6"))
    gains = []
    for seed in range(STUDIES):
        result = a_study(seed, outcome=_by_turn, factors=(X, lever), **layout)
        gains.append(robustness.of_lever(sample_of(result, a_loaded()), "harm", "turn").gain)
    assert 0.90 <= covered(gains, 4.0) <= 0.99


def _by_turn(x):
    return {"harm": x["x"] + 2.0 * (x["turn"] == "4") + 4.0 * (x["turn"] == "6")}


@pytest.mark.parametrize("layout", [dict(points=300), dict(points=100, reps=10, crn=True)])
def test_the_density_of_a_rule_is_covered(layout):
    found = []
    for seed in range(STUDIES):
        sample = a_sample(lambda x: {"harm": 2.0 * (x["x"] > 0.6)}, [X, Z], luck=1.0, seed=seed, **layout)
        within, future, draws = sample.x[sample.point, 0] > 0.6, sample.future, sample.replication
        found.append(share(sample.values("harm")[within] > 2, future[within], draws[within]))
    assert 0.90 <= covered(found, 0.5) <= 0.99


def test_a_factor_that_does_nothing_gets_no_share_of_the_chance_in_a_saltelli_design_with_draws_of_its_own():
    sample = a_study_of_ishigami(1, base=512, reps=4, factors=[*ISHIGAMI, IDLE])
    found = {one.factor: one for one in sensitivity_of.sensitivity(sample, "harm", forests=False).by("total")}
    for name, truth in {**TOTAL, "idle": 0.0}.items():
        assert found[name].estimate.low <= truth <= found[name].estimate.high
        assert found[name].estimate.value == pytest.approx(truth, abs=0.08)
    assert not found["idle"].is_real and found["c"].is_real


def test_of_one_draw_at_each_point_a_saltelli_design_gives_no_indices_of_its_own():
    found = sensitivity_of.sensitivity(a_study_of_ishigami(1, base=64, reps=1), "harm", forests=False)
    assert found.method == "first_all" and any("--reps 2" in remark for remark in found.remarks)
