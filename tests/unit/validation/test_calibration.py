"""Estimates: what is known can be found again, and the prior holds where the cases are silent."""

import dataclasses

import numpy as np
import pytest

from sim.scenario import load_library
from sim.validation.calibration import Fold, Local, calibrate, dispersion, prior_of
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
    fold = Fold(prior, {"one": level})
    tried = fold.tries()
    fold.take(tried, {"one": np.full((len(tried), 1), 0.5)})
    assert fold.is_done and fold.theta == prior.mean
    fold.look_again({"one": dataclasses.replace(level, slopes=np.ones((1, 1)))})
    assert not fold.is_done and fold.tries()[0] > fold.theta
