"""Regret as worked by hand, and levers across futures."""

import numpy as np
import pytest

import sim.experiments.robustness as robustness_of
from sim.experiments.robustness import of_cooperation, of_lever, regret, regrets, robustness
from tests.builders_sweep import a_factor, a_sample

# Three futures, three settings, more is better; the best of each row is 9, 7, 8.
TABLE = np.array([[9.0, 6.0, 5.0], [2.0, 7.0, 6.0], [4.0, 5.0, 8.0]])
BY_HAND = [[0.0, 3.0, 4.0], [5.0, 0.0, 1.0], [4.0, 3.0, 0.0]]


def test_regret_as_worked_by_hand():
    assert regret(TABLE).tolist() == BY_HAND
    assert regret(-TABLE, "lower").tolist() == BY_HAND


def test_the_largest_regret_and_how_often_a_setting_is_best():
    most = [regrets(TABLE[:, :, None], place, "higher")[1].value for place in range(3)]
    assert most == [5.0, 3.0, 4.0]  # minimax regret takes the second, which is best once in three
    assert regrets(TABLE[:, :, None], 1, "higher")[2].value == pytest.approx(1 / 3)
    assert regrets(TABLE[:, :, None], 1, "higher")[0].value == pytest.approx(3.0)


def _crossed():
    """Forty futures, each with three settings: early is good where the tie is weak and bad where it is strong."""
    tie = np.tile(np.linspace(0, 1, 40), 3)
    turn = np.repeat(["2", "4", "6"], 40)
    return {"tie": tie, "turn": turn}


def _outcome(x):
    return {"harm": np.select([x["turn"] == "2", x["turn"] == "4"], [4 + 4 * x["tie"], 7.0], 8.0)}


@pytest.fixture(scope="module")
def lever():
    factors = [a_factor("tie"), a_factor("turn", "lever", choices=("2", "4", "6"))]
    (found,) = robustness(a_sample(_outcome, factors, x=_crossed()), "harm")
    return found


def test_a_crossed_lever_has_means_regret_and_a_best_setting(lever):
    assert lever.is_crossed
    assert [inputs.mean.value for inputs in lever.settings] == pytest.approx([6.0, 7.0, 8.0])
    assert lever.settings[lever.best].words == "2"
    assert [inputs.most_regret.value for inputs in lever.settings] == pytest.approx([1.0, 3.0, 4.0])
    assert lever.settings[0].best_in.value == pytest.approx(30 / 40)


def test_the_gain_is_told_by_kind_of_future(lever):
    assert lever.gain.low < 2.0 < lever.gain.high and lever.gain.value == pytest.approx(2.0, abs=0.6)
    gains = {future.words: future.gain.value for future in lever.futures}
    assert gains["tie 0.00 to 0.33"] > 3 > 1 > gains["tie 0.67 to 1.00"]


def test_good_enough_is_the_share_on_the_right_side_of_the_line(lever):
    factors = [a_factor("tie"), a_factor("turn", "lever", choices=("2", "4", "6"))]
    (found,) = robustness(a_sample(_outcome, factors, x=_crossed()), "harm", limit=7.0)
    assert [inputs.good.value for inputs in found.settings] == pytest.approx([30 / 40, 1.0, 0.0])


def test_a_lever_sampled_with_the_rest_has_no_regret():
    factors = [a_factor("tie"), a_factor("turn", "lever", choices=("2", "4", "6"))]
    (found,) = robustness(a_sample(_outcome, factors, points=200), "harm")
    assert not found.is_crossed and found.settings[0].regret is None
    assert found.settings[found.best].words == "2" and found.gain.is_clear()


def test_the_cooperation_is_judged_by_the_same_runs_without_it():
    factors = [a_factor("tie")]
    sample = a_sample(
        lambda x: {"harm": 5 + x["tie"]}, factors, points=50, luck=3.0, baseline=lambda x: {"harm": 6 + 2 * x["tie"]}
    )
    found = of_cooperation(sample, "harm")
    assert found.best == 0 and found.gain.value == pytest.approx(1.5, abs=0.05)
    assert found.gain.high - found.gain.low < 0.3  # luck of size three cancels


def test_without_the_other_arm_nothing_is_said_of_cooperation():
    assert of_cooperation(a_sample(lambda x: {"harm": x["tie"]}, [a_factor("tie")], points=50), "harm") is None


@pytest.mark.long
def test_the_best_of_many_settings_that_do_nothing_is_hardly_ever_said_to_be_better(monkeypatch):
    monkeypatch.setattr(robustness_of, "RESAMPLES", 2)  # quantiles and regret are not looked at
    inert = a_factor("inert", "lever", choices=tuple("abcdefghijklmnop"))
    crossed = {"tie": np.tile(np.linspace(0, 1, 64), 16), "inert": np.repeat(list("abcdefghijklmnop"), 64)}
    for options in (dict(x=crossed), dict(points=512), dict(x=crossed, crn=True, reps=10)):
        said, ties = 0, []
        for seed in range(100):
            sample = a_sample(lambda x: {"harm": x["tie"]}, [a_factor("tie"), inert], luck=1.0, seed=seed, **options)
            found = of_lever(sample, "harm", "inert")
            said += found.is_better()
            ties.append(len(found.ties))
        assert said <= 5, options
        assert np.median(ties) == 15


def test_settings_that_cannot_be_told_from_the_best_are_called_ties():
    same = a_factor("turn", "lever", choices=("2", "4", "6"))
    x = {"tie": np.tile(np.linspace(0, 1, 60), 3), "turn": np.repeat(["2", "4", "6"], 60)}
    sample = a_sample(lambda x: {"harm": x["tie"] + 5 * (x["turn"] == "6")}, [a_factor("tie"), same], x=x, luck=0.5)
    (found,) = robustness(sample, "harm")
    best = found.settings[found.best].words
    assert found.settings[found.other].words == "6" and found.is_better()
    assert [found.settings[place].words for place in found.ties] == [{"2": "4", "4": "2"}[best]]
