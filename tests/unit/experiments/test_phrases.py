"""Factors are called what the scenario calls things."""

from types import SimpleNamespace

import pytest

from sim.experiments.phrases import label_of, measure, unit_of_factor
from sim.scenario import load, shipped


@pytest.mark.parametrize(
    "path, words",
    [
        ("incidents.baltic_wiper.difficulty", "difficulty of proving the Baltic wiper case"),
        ("incidents.baltic_wiper.victims.EST", "severity of the Baltic wiper case for Estonia"),
        ("cooperation.coop_tokyo_office.turn", "turn of decision on Tokyo office"),
        ("actors.KOR.exposure.CHN", "exposure of the Republic of Korea to China"),
        ("linkage", "concern for the other ocean"),
    ],
)
def test_a_path_is_said_in_words(path, words):
    assert label_of(SimpleNamespace(name=path, path=path), load("cyber_incident")) == words


def test_every_factor_of_every_scenario_has_words_without_code():
    for name in shipped():
        loaded = load(name)
        for key, entry in {**loaded.scenario.uncertainties, **loaded.scenario.levers}.items():
            words = label_of(SimpleNamespace(name=key, path=entry.path), loaded)
            assert "_" not in words and "." not in words and len(words) < 80, (name, key, words)


def test_months_are_months():
    assert unit_of_factor(SimpleNamespace(path="cooperation.coop_cyber.months_before")) == "months"
    assert unit_of_factor(SimpleNamespace(path="linkage")) == ""


def test_a_measure_without_an_entry_has_a_label():
    assert measure("an_own_measure").label == "An own measure"
