"""Arms share their luck: differences are the arms' own, and everything wrong with arms is said at once."""

import numpy as np
import pytest

from sim.catalogue.measures import MEASURES
from sim.errors import InputError
from sim.experiments.compare import Arm, arms_of, compare, compared, scores
from sim.output.figures import drawings_of
from sim.output.figures.comparison import compose_measures
from sim.output.figures.style import TALL, WIDE
from tests.builders_record import a_loaded
from tests.misplaced import misplaced


def _played(shift=0.0, seed=1, runs=200):
    luck = np.random.default_rng(seed).normal(0, 1, runs)
    measures = {name: np.full(runs, 0.5) for name in MEASURES}
    return measures | {"harm": 10 + luck + shift, "standing": 0.5 + 0.1 * luck}


def _two(**more):
    arms = [Arm("a", "as written", a_loaded()), Arm("b", "another", a_loaded())]
    return compared(arms, 1, 200, [(_played(), None), (_played(**more), None)])


def test_a_shift_much_smaller_than_luck_is_seen():
    found = {one.name: one for one in _two(shift=0.2).of(1)}
    assert found["harm"].change.value == pytest.approx(0.2) and found["harm"].is_clear
    assert found["harm"].verdict == "worse" or found["harm"].verdict == "slightly worse"
    assert found["standing"].verdict == "the same in all runs" and found["standing"].p_same == 1


def test_without_common_luck_it_would_not_be():
    assert not {one.name: one for one in _two(shift=0.2, seed=2).of(1)}["harm"].is_clear


def test_a_measure_that_applies_in_one_arm_alone_is_counted_apart():
    base, other = _played(), _played()
    other["harm"] = np.where(np.arange(200) < 50, np.nan, other["harm"])
    arms = [Arm("a", "as written", a_loaded()), Arm("b", "another", a_loaded())]
    harm = {one.name: one for one in compared(arms, 1, 200, [(base, None), (other, None)]).of(1)}["harm"]
    assert (harm.pairs, harm.only_base, harm.only_arm) == (150, 50, 0)


def test_the_scorecard_uses_the_same_runs_without_the_cooperation():
    measures = {name: np.full(3, 0.5) for name in MEASURES} | {"harm": np.array([1.0, 2.0, 3.0])}
    baseline = {name: np.full(3, 0.5) for name in MEASURES} | {"harm": np.array([2.0, 2.0, 2.0])}
    statement, need = scores(measures, baseline)["need"]
    assert need[0] > need[1] == need[2] == 0 and "unmet" in statement
    assert np.isnan(scores(measures, None)["need"][1]).all()


@pytest.mark.parametrize("shape", [TALL, WIDE], ids=["tall", "wide"])
@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_the_charts_keep_their_words_apart(shift, shape):
    comparison = _two(shift=shift)
    for _, compose, about in drawings_of("comparison", comparison):
        page = compose(*about, shape=shape)
        assert misplaced(page) == []
        assert "seed 1" in page.caption and len(page.alt.split()) >= 5
        assert "nan" not in page.title + page.alt


def test_a_difference_too_small_to_print_is_not_called_better():
    page = compose_measures(_two(shift=1e-9))
    assert "+0" not in page.alt and "better" not in page.alt


def test_the_same_exercise_twice_is_refused():
    with pytest.raises(InputError, match="nothing would differ"):
        arms_of(["smallest", "smallest"])


def test_a_value_changed_at_its_path_or_by_a_name_makes_an_arm():
    arms = arms_of(["smallest", ":proof=0.6", ":linkage=0.9,incidents.registers.difficulty=0.6"])
    assert [len(arm.changes) for arm in arms] == [0, 1, 2]
    assert arms[1].changes == {"incidents.registers.difficulty": "0.6"}
    assert arms[1].loaded.scenario.incidents[0].difficulty == 0.6


def test_pairs_played_by_the_engine_share_their_luck():
    found = compare(
        ["smallest", ":incidents.registers.difficulty=0.21", ":incidents.registers.difficulty=0.7"], runs=20, seed=3
    )
    one, other = ({d.name: d for d in found.of(arm)}["confidence_at_decision"] for arm in (1, 2))
    assert abs(one.change.value) < abs(other.change.value) or np.isnan(other.change.value)
    again = compare(["smallest", ":incidents.registers.difficulty=0.21"], runs=20, seed=3)
    assert {d.name: d for d in again.of(1)}["harm"] == {d.name: d for d in found.of(1)}["harm"]


def test_a_policy_makes_an_arm():
    arms = arms_of(["smallest"], ["JPN=hawk"])
    assert arms[1].policies == {"JPN": "hawk"} and arms[1].label == "JPN plays hawk"


@pytest.mark.parametrize(
    "given, policies, advice",
    [
        (["smallest"], [], "nothing to be compared with"),
        (["smallst", "smallest"], [], "Did you mean 'smallest'"),
        (["smallest", ":linkge=0.3"], [], "Did you mean 'linkage'"),
        (["smallest", ":linkage=7"], [], "from 0 to 1"),
        (["smallest"], ["JPN=hawkk"], "Did you mean 'hawk'"),
        (["smallest"], ["ZZZ=hawk"], "no such actor"),
        (["smallest"], ["JPN"], "CODE=NAME"),
    ],
)
def test_arms_that_make_no_sense_earn_advice(given, policies, advice):
    with pytest.raises(InputError, match=advice):
        arms_of(given, policies)
