"""Estimates: what is known can be found again, and the prior holds where the cases are silent."""

import dataclasses

import numpy as np
import pytest

from sim.scenario import load_library
from sim.validation.calibration import Local, Search, calibrate, dispersion, prior_of
from sim.validation.cases import read_cases
from sim.validation.replay import Replay
from sim.validation.schema import KINDS

CASES = read_cases("cases_2007_2024")


def only(*names):
    return dataclasses.replace(CASES, cases=tuple(case for case in CASES.cases if case.id in names))


def told(case, behaviour, seed):
    """The same case with the outcomes of one run at these coefficients in place of what was done."""
    played = Replay(case).played(runs=seed + 1, behaviour=behaviour, seed=99)
    rows = {}
    for code, row in case.actors.items():
        done = np.isfinite(played.day[seed, :, played.actors.index(code)]).astype(int)
        values = {kind: int(value) for kind, value in zip(KINDS, done, strict=True)}
        rows[code] = row.model_copy(update={**values, "evidence": ["documented-high"] * len(KINDS)})
    return case.model_copy(update={"actors": rows})


@pytest.mark.long
def test_coefficients_that_made_the_data_are_found_again():
    """Outcomes simulated from a known set are found: the estimate lies nearer to it than the prior's mean does."""
    names, truth = (
        ("practice_statement", "practice_attribution"),
        {"practice_statement": -0.6, "practice_attribution": -0.6},
    )
    cases = [case for case in CASES.cases if case.kind == "cyber"]
    made = dataclasses.replace(CASES, cases=tuple(told(case, truth, 0) for case in cases))
    estimates = calibrate(made, names=names, runs=8, workers=2, folds=False)
    wanted = np.array([truth[name] for name in names])
    before, after = np.abs(estimates.prior.mean - wanted), np.abs(estimates.mean - wanted)
    assert (after < before / 2).all()
    assert (after < 4 * np.sqrt(np.diag(estimates.covariance))).all()


def test_a_coefficient_on_which_the_cases_are_silent_stays_where_it_was():
    estimates = calibrate(only("sony-2014"), names=("practice_third_party",), runs=2, workers=1, folds=False)
    assert estimates.mean == pytest.approx(estimates.prior.mean, abs=0.02)
    assert np.sqrt(estimates.covariance[0, 0]) == pytest.approx(estimates.prior.sd[0], rel=0.05)


def test_the_posterior_rises_and_is_no_wider_than_the_prior():
    estimates = calibrate(
        only("notpetya-2017", "sony-2014"), names=("practice_attribution", "b_stance"), runs=4, workers=1, folds=True
    )
    assert list(estimates.steps) == sorted(estimates.steps)
    assert (np.diag(estimates.covariance) <= estimates.prior.sd**2).all()
    assert set(estimates.without) == {"notpetya-2017", "sony-2014"}


def test_what_hangs_together_counts_for_less():
    """Ten cells that all go the same way are not ten independent ones."""
    p = np.full(10, 0.5)
    alike = Local(np.ones(10), p, np.zeros((1, 10)), np.zeros(10, dtype=int))
    mixed = Local(np.array([0.0, 1.0] * 5), p, np.zeros((1, 10)), np.zeros(10, dtype=int))
    assert dispersion({"case": alike}) == 10
    assert dispersion({"case": mixed}) == 1


def test_what_is_estimated_has_a_prior_inside_its_range():
    prior = prior_of(load_library())
    assert len(prior.names) >= 20
    assert (prior.low <= prior.mean).all() and (prior.mean <= prior.high).all() and (prior.sd > 0).all()


def test_a_search_that_stands_still_goes_on_with_new_slopes():
    prior = prior_of(load_library(), ("b_stance",))
    level = Local(done=np.ones(1), p=np.full(1, 0.5), slopes=np.zeros((1, 1)), kind=np.zeros(1, dtype=int))
    fold = Search(prior, {"one": level})
    tried = fold.tries()
    fold.take(tried, {"one": np.full((len(tried), 1), 0.5)})
    assert fold.is_done and fold.theta == prior.mean
    fold.look_again({"one": dataclasses.replace(level, slopes=np.ones((1, 1)))})
    assert not fold.is_done and fold.tries()[0] > fold.theta


def test_a_tag_in_place_of_a_value_pulls_towards_what_it_says_and_no_further():
    soft = Local(np.array([0.05]), np.array([0.5]), np.ones((1, 1)), np.zeros(1, dtype=int), np.array([0.5]))
    assert soft.score == pytest.approx(0.5 * (0.05 - 0.5))
    assert soft.at(np.array([0.05])).score == pytest.approx(0.0)
    best = max((0.01, 0.05, 0.2), key=lambda p: soft.at(np.array([p])).log_likelihood)
    assert best == 0.05


def test_of_a_known_cell_the_likelihood_is_the_usual_one():
    known = Local(np.array([1.0, 0.0]), np.array([0.8, 0.4]), np.ones((1, 2)), np.zeros(2, dtype=int))
    assert known.log_likelihood == pytest.approx(np.log(0.8) + np.log(0.6))
    half = dataclasses.replace(known, weight=np.full(2, 0.5))
    assert half.log_likelihood == pytest.approx(known.log_likelihood / 2)
    assert half.information == pytest.approx(known.information / 2)


def test_tags_do_not_add_to_the_scatter_of_the_cases():
    known = Local(np.ones(10), np.full(10, 0.5), np.zeros((1, 10)), np.zeros(10, dtype=int))
    with_tags = Local(
        np.append(np.ones(10), np.full(10, 0.05)), np.full(20, 0.5), np.zeros((1, 20)), np.zeros(20, dtype=int)
    )
    assert dispersion({"case": known}) == dispersion({"case": with_tags}) == 10


def test_leaving_out_the_quick_way_says_how_far_it_is_from_the_long_one():
    names, cases = ("practice_attribution",), only("notpetya-2017", "geo-2019")
    found = calibrate(cases, names=names, runs=2, workers=1, quick=True)
    assert set(found.without) == set(found.checked) == {"notpetya-2017", "geo-2019"}
    long = calibrate(cases, names=names, runs=2, workers=1)
    assert not long.checked and (long.mean == found.mean).all()
    sd = np.sqrt(np.diag(found.covariance))
    for name, far in found.checked.items():
        assert np.abs((found.without[name] - long.without[name]) / sd).max() == pytest.approx(far)
        assert far < 1


def test_slopes_over_fewer_runs_lead_to_much_the_same():
    cases, names = only("notpetya-2017"), ("practice_attribution",)
    full = calibrate(cases, names=names, runs=8, workers=1, folds=False)
    thrifty = calibrate(cases, names=names, runs=8, slope_runs=2, workers=1, folds=False)
    assert np.abs(thrifty.mean - full.mean) < 0.5 * np.sqrt(full.covariance[0, 0])
