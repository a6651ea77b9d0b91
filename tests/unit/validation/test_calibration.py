"""Estimates: what is known can be found again, and the prior holds where the cases are silent; and as files."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from sim.errors import RangeError
from sim.scenario import load_library, scenarios_folder
from sim.scenario.library import library_files, read_library, shown_path
from sim.validation.calibration import (
    Estimates,
    Local,
    Search,
    as_yaml,
    behaviour_with,
    calibrate,
    correlations_of,
    dispersion,
    prior_of,
)
from sim.validation.cases import read_cases
from sim.validation.replay import Replay
from sim.validation.schema import KINDS
from tests.builders_processes import at_once

CASES = read_cases("cases_2007_2024")
FILE = SimpleNamespace(path=SimpleNamespace(stem="cases_2007_2024"), digest="ab" * 32)
TEXT = (scenarios_folder() / "library" / "behaviour.yaml").read_text("utf-8")


def only(*names):
    return dataclasses.replace(CASES, cases=tuple(case for case in CASES.cases if case.id in names))


@pytest.fixture
def here(monkeypatch):
    """Cases are played in this process, which has begun already."""
    monkeypatch.setattr("sim.validation.calibration.pool", at_once)
    monkeypatch.setattr("sim.validation.calibration._REPLAYS", {})


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


def test_a_coefficient_on_which_the_cases_are_silent_stays_where_it_was(here):
    estimates = calibrate(only("sony-2014"), names=("practice_third_party",), runs=2, workers=1, folds=False)
    assert estimates.mean == pytest.approx(estimates.prior.mean, abs=0.02)
    assert np.sqrt(estimates.covariance[0, 0]) == pytest.approx(estimates.prior.sd[0], rel=0.05)


def test_the_posterior_rises_and_is_no_wider_than_the_prior(here):
    estimates = calibrate(
        only("jpn-2010", "opcw-2018"), names=("practice_attribution", "b_stance"), runs=4, workers=1, folds=True
    )
    assert list(estimates.steps) == sorted(estimates.steps)
    assert (np.diag(estimates.covariance) <= estimates.prior.sd**2).all()
    assert set(estimates.without) == {"jpn-2010", "opcw-2018"}


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


def test_leaving_out_the_quick_way_says_how_far_it_is_from_the_long_one(here):
    names, cases = ("practice_attribution",), only("jpn-2010", "opcw-2018")
    found = calibrate(cases, names=names, runs=2, workers=1, quick=True)
    assert set(found.without) == set(found.checked) == {"jpn-2010", "opcw-2018"}
    long = calibrate(cases, names=names, runs=2, workers=1)
    assert not long.checked and (long.mean == found.mean).all()
    sd = np.sqrt(np.diag(found.covariance))
    for name, far in found.checked.items():
        assert np.abs((found.without[name] - long.without[name]) / sd).max() == pytest.approx(far)
        assert far < 1


def test_slopes_over_fewer_runs_lead_to_much_the_same(here):
    cases, names = only("jpn-2010"), ("practice_attribution",)
    full = calibrate(cases, names=names, runs=8, workers=1, folds=False)
    thrifty = calibrate(cases, names=names, runs=8, slope_runs=2, workers=1, folds=False)
    assert np.abs(thrifty.mean - full.mean) < 0.5 * np.sqrt(full.covariance[0, 0])


# ------------------------------------------------------------------------------------------------------------- as files


def estimates(names=None, seed=1):
    """Estimates near what was believed before, with invented correlations."""
    prior = prior_of(load_library(), names)
    dice, k = np.random.default_rng(seed), len(prior.names)
    root = dice.normal(0, 0.3, (k, k)) + np.eye(k)
    covariance = root @ root.T * np.outer(prior.sd, prior.sd) / k
    mean = prior.inside(prior.mean + 0.4 * prior.sd * dice.normal(size=k))
    without = {name: prior.inside(mean + 0.01 * dice.normal(size=k)) for name in ("est-2007", "2014", "odd: name")}
    return Estimates(prior, mean, covariance, without, -123.4, (-130.0, -125.0))


def library_with(folder, **texts):
    """The library with some of its files written anew."""
    files = []
    for path in library_files():
        if path.stem in texts:
            path = folder / path.name
            path.write_text(texts[path.stem], "utf-8")
        files.append((path, shown_path(path)))
    return read_library(files)


def test_what_is_written_is_read_back_by_the_library(tmp_path):
    found = estimates()
    values = dict(zip(found.prior.names, found.mean, strict=True))
    library, faults = library_with(
        tmp_path,
        estimates=as_yaml(found, FILE, {"runs": 16, "version": "0.1: x"}),
        behaviour=behaviour_with(TEXT, values),
    )  # fmt: skip
    assert not faults, "\n".join(map(str, faults))
    read = library.estimates
    sd, correlation = correlations_of(found.covariance)
    assert tuple(read.coefficients) == found.prior.names and read.cases == "cases_2007_2024, abababababab"
    assert np.allclose(read.mean, found.mean, rtol=1e-3) and np.allclose(read.sd, sd, rtol=1e-3)
    assert [len(row) for row in read.correlation] == list(range(len(sd)))
    assert all(np.allclose(row, correlation[at, :at], atol=6e-4) for at, row in enumerate(read.correlation))
    assert list(read.without) == list(found.without) and read.made == {"runs": "16", "version": "0.1: x"}
    for name, value in values.items():
        assert library.behaviour[name].value == pytest.approx(value, rel=1e-3)
        assert library.behaviour[name].range[0] <= library.behaviour[name].value <= library.behaviour[name].range[1]


def test_lines_of_other_coefficients_stay_to_the_letter():
    changed = behaviour_with(TEXT, {"b_stake": 0.91239, "b_ask": 0.2})
    pairs = list(zip(TEXT.splitlines(keepends=True), changed.splitlines(keepends=True), strict=True))
    moved = [(old, new) for old, new in pairs if old != new]
    assert len(moved) == 2 and moved[0][1] == moved[0][0].replace(
        moved[0][0].split("value: ")[1].split(",")[0], "0.9124", 1
    )
    assert behaviour_with(TEXT, {}) == TEXT


@pytest.mark.parametrize("value, written", [(9.0, "0.3"), (-9.0, "0.0"), (0.00001234, "0.00001234"), (0.25, "0.25")])
def test_a_value_keeps_inside_its_range_and_has_no_exponent(value, written):
    line = "  b_ask:               {value: 0.15, range: [0.0, 0.3], why: x}\r\n"
    assert behaviour_with(line, {"b_ask": value}) == line.replace("0.15", written)


def test_a_coefficient_that_is_not_there_earns_advice():
    with pytest.raises(RangeError, match="Did you mean 'b_stake'"):
        behaviour_with(TEXT, {"b_steak": 1.0})


def test_a_hundred_digits_are_four():
    text = as_yaml(estimates(("b_stake", "b_ask")), FILE)
    assert "made:" not in text and all(len(line) <= 118 for line in text.splitlines())


def test_words_of_any_kind_are_read_back_from_the_file_as_they_were():
    odd = "it's \x85 a \x7f 'file': {x}\n#: \u2028 é"
    made = {odd: odd, "command": "oceans calibrate a: b"}
    text = as_yaml(estimates(), SimpleNamespace(path=SimpleNamespace(stem=odd), digest="ab" * 32), made)
    found = yaml.safe_load(text)["estimates"]
    assert found["cases"] == f"{odd}, abababababab" and found["made"] == made
