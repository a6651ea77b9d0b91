"""What varies: from the scenario, narrowed, held or added to, with advice when a word leads nowhere."""

import dataclasses

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiments import Factor, choose_factors, make_design
from sim.experiments.factors import estimated
from sim.scenario.library_schema import Estimates
from tests.builders_of_sweeps import a_small_scenario

SHARES = np.linspace(0, 1, 1001)
MEAN, SD, TOGETHER = {"b_stake": 1.1, "b_peer": 0.3, "tolerance": 0.12}, [0.1, 0.05, 0.02], [[], [-0.8], [0.3, 0.0]]
FOUND = Estimates(coefficients=list(MEAN), mean=list(MEAN.values()), sd=SD, correlation=TOGETHER)


def chosen(**options):
    return {factor.name: factor for factor in choose_factors(a_small_scenario(), **options).varying}


def advice(**options) -> str:
    with pytest.raises(InputError) as caught:
        choose_factors(a_small_scenario(), **options)
    return str(caught.value)


def test_uncertainties_and_levers_come_from_the_scenario():
    factors = chosen()
    assert {name: factor.kind for name, factor in factors.items()} == {
        "proof": "uncertainty", "company": "uncertainty", "earlier": "lever",
    }  # fmt: skip
    assert (factors["proof"].low, factors["proof"].high) == (0.2, 0.6)
    assert factors["company"].low < factors["company"].high
    assert factors["earlier"].choices == (0.0, 12.0)


@pytest.mark.parametrize("word", ["proof", "incidents.grid.difficulty"])
def test_a_factor_is_narrowed_by_its_name_or_its_path(word):
    assert chosen(vary=[f"{word}=0.3:0.4"])["proof"].high == 0.4
    assert chosen(vary={word: (0.3, 0.4)})["proof"].low == 0.3
    assert "proof" not in chosen(fixed=[f"{word}=0.3"])


def test_anything_numeric_or_of_choices_is_added_by_its_path():
    factors = chosen(vary=["linkage=0.2:0.8:normal", "capability=gdp,equal", "behaviour.precision", "turns.count=2:4"])
    assert factors["linkage"].distribution == "normal"
    assert factors["capability"].choices == ("gdp", "equal")
    assert factors["behaviour.precision"].low is not None
    assert factors["turns.count"].is_whole


def test_structure_is_varied_too():
    said = ["cooperation.coop_cyber=on,off", "formats.nac_art4=on,off", "actors.EST.policy=standard,hawk"]
    factors = chosen(levers=said)
    assert factors["cooperation.coop_cyber"].choices == ("on", "off")
    assert factors["actors.EST.policy"].kind == "lever"
    assert chosen(vary=["formats.nac_art4.rule=consensus,qmv", "formats.nac_art4.members.JPN=on,off"])


def test_levers_and_uncertainties_are_left_as_written_when_they_are_not_named():
    assert set(chosen(levers=["none"])) == {"proof", "company"}
    assert set(chosen(uncertainties=["proof"], levers="none")) == {"proof"}
    assert set(chosen(uncertainties=["none"])) == {"earlier"}
    assert choose_factors(a_small_scenario(), levers=["crossed"]).levers == "crossed"
    assert choose_factors(a_small_scenario(), levers=["20,earlier"]).levers == 20


@pytest.mark.parametrize(
    "options, said",
    [
        ({"vary": ["linkge=0:1"]}, "Did you mean 'linkage'?"),
        ({"vary": ["prof=0:1"]}, "Did you mean 'proof'?"),
        ({"vary": ["incidents.gird.difficulty=0:1"]}, "Did you mean 'grid'?"),
        ({"vary": ["cooperation.coop_cybr=on,off"]}, "Did you mean 'coop_cyber'?"),
        ({"vary": ["participants.LTX=on,off"]}, "there is no 'LTX'"),
        ({"vary": ["linkage=0.8:0.2"]}, "the range is empty"),
        ({"vary": ["linkage=0.5:0.5"]}, "the range is empty"),
        ({"vary": ["linkage=nan:1"]}, "the ends of a range are numbers"),
        ({"vary": ["linkage=0:inf"]}, "the ends of a range are numbers"),
        ({"vary": ["linkage=0:1.5"]}, "got '1.5'"),
        ({"vary": ["linkage=0:1:unifrom"]}, "Did you mean 'uniform'?"),
        ({"vary": ["linkage=0:1:1"]}, "a number of levels (2 to 1,000,000)"),
        ({"vary": ["linkage=0:1:²"]}, "a number of levels (2 to 1,000,000)"),
        ({"vary": ["linkage=0:1:" + "9" * 5000]}, "a number of levels (2 to 1,000,000)"),
        ({"vary": ["turns.count=1_0:2_0"]}, "got '1_0:2_0'"),
        ({"vary": ["linkage"]}, "no range for it"),
        ({"vary": ["linkage=0.5"]}, "hold it with --set"),
        ({"vary": ["capability=gdp,gdp"]}, "listed twice"),
        ({"vary": ["capability=0:1"]}, "a range needs a number"),
        ({"vary": ["turns.count=1.5:3"]}, "only whole numbers"),
        ({"fixed": ["linkage"]}, "path=value"),
        ({"fixed": ["linkage=2"]}, "got '2'"),
        ({"fixed": ["turns.count=1_0"]}, "got '1_0'"),
        ({"fixed": ["turns.count=²"]}, "got '²'"),
        ({"levers": ["²"]}, "no lever of this name"),
        ({"fixed": {"participants": "EST"}}, "cannot be varied"),
        ({"levers": ["earlir"]}, "Did you mean 'earlier'?"),
        ({"uncertainties": ["earlier"]}, "no uncertainty of this name"),
        ({"vary": ["behaviour.norm_crowd=0:3"]}, "expected a number from 0.1 to 1000"),
        ({"vary": ["behaviour.calls=1,1e9"]}, "expected a number from 0 to 20"),
        ({"fixed": ["behaviour.capital_cost=-1"]}, "expected a number from 0 to 5"),
        ({"vary": ["linkage=0:1:99999999999"]}, "2 to 1,000,000"),
    ],
)
def test_what_makes_no_sense_earns_advice(options, said):
    assert said in advice(**options)


def test_every_fault_is_said_at_once():
    assert len(advice(vary=["linkge=0:1", "linkage=1:0"], fixed=["capability=x"]).splitlines()) == 3


@pytest.mark.parametrize("distribution", ["uniform", "triangular", "normal"])
def test_values_lie_in_the_range_and_rise_with_their_share(distribution):
    factor = Factor("x", "linkage", "uncertainty", 0.2, 0.8, distribution=distribution, peak=0.3)
    values = factor.values(SHARES)
    assert values[0] == pytest.approx(0.2) and values[-1] == pytest.approx(0.8)
    assert (np.diff(values) > 0).all()


def test_the_middle_of_a_normal_factor_is_two_standard_deviations_from_its_ends():
    factor = Factor("x", "linkage", "uncertainty", 0.0, 1.0, distribution="normal")
    values = factor.values((np.arange(20000) + 0.5) / 20000)
    assert values.mean() == pytest.approx(0.5, abs=1e-3)
    inner = np.mean(np.abs(values - 0.5) < 0.25)  # one standard deviation: 68.3 % of 95.4 %
    assert inner == pytest.approx(0.6827 / 0.9545, abs=2e-3)


def test_whole_numbers_and_choices_are_equally_likely():
    share = (np.arange(1200) + 0.5) / 1200
    whole = Factor("x", "turns.count", "lever", 1, 4, is_whole=True).values(share)
    assert np.unique(whole, return_counts=True)[1].tolist() == [300] * 4
    choices = Factor("x", "capability", "lever", choices=("gdp", "equal", "defence")).values(share)
    assert np.unique(choices, return_counts=True)[1].tolist() == [400] * 3


# ----------------------------------------------------------------- coefficients drawn together, as past cases tell them


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
