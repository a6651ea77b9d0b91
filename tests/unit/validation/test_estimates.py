"""Estimates as files: they are read back as the library reads them, and nothing else in a file moves."""

from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from sim.errors import RangeError
from sim.scenario import load_library, scenarios_folder
from sim.scenario.library import library_files, read_library, shown_path
from sim.validation.calibration import Estimates, as_yaml, behaviour_with, correlations_of, prior_of

CASES = SimpleNamespace(path=SimpleNamespace(stem="cases_2007_2024"), digest="ab" * 32)
TEXT = (scenarios_folder() / "library" / "behaviour.yaml").read_text("utf-8")


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
        estimates=as_yaml(found, CASES, {"runs": 16, "version": "0.1: x"}),
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
    text = as_yaml(estimates(("b_stake", "b_ask")), CASES)
    assert "made:" not in text and all(len(line) <= 118 for line in text.splitlines())


def test_words_of_any_kind_are_read_back_from_the_file_as_they_were():
    odd = "it's \x85 a \x7f 'file': {x}\n#: \u2028 é"
    made = {odd: odd, "command": "oceans calibrate a: b"}
    text = as_yaml(estimates(), SimpleNamespace(path=SimpleNamespace(stem=odd), digest="ab" * 32), made)
    found = yaml.safe_load(text)["estimates"]
    assert found["cases"] == f"{odd}, abababababab" and found["made"] == made
