"""Chance by address: uniform, independent from address to address, and the same on every machine and every day."""

import numpy as np
import pytest
from scipy import stats

from sim.draws import Draws, slot_key, slot_keys

ACTORS = ("EST", "JPN", "USA")
ACTS = ("grid", "cable")
GOLDEN_KEY = 1708141800293004063
GOLDEN_WORDS = [[2052652093407053826, 15213509308770377298]]
GOLDEN_UNIFORM = [0.11127449295144237, 0.8247259921848644]
GOLDEN_OF_POINTS = [0.1100121850054478, 0.269054641694853]
FAR_TOO_RARE = 1e-4  # p-values below this do not happen by chance in a suite of a few dozen tests with fixed seeds


def block(runs=2000, seed=7, use="evidence", turn=1):
    return Draws(seed, range(runs)).uniform(use, turn, ACTS, ACTORS)


# ------------------------------------------------------------------------------------------------- one draw


def test_draws_are_uniform():
    assert stats.kstest(block().ravel(), "uniform").pvalue > FAR_TOO_RARE


def test_each_address_is_uniform_over_runs():
    values = block()
    for h in range(len(ACTS)):
        for a in range(len(ACTORS)):
            assert stats.kstest(values[h, :, a], "uniform").pvalue > FAR_TOO_RARE


def test_each_run_is_uniform_over_addresses():
    names = tuple(f"slot{k}" for k in range(3000))
    for run in (0, 1, 999_999):
        assert stats.kstest(Draws(7, [run]).uniform("joins", 0, names)[0], "uniform").pvalue > FAR_TOO_RARE


def test_seeds_are_uniform_at_one_address():
    values = [Draws(seed, [0]).uniform("joins", 0, ("EST",))[0, 0] for seed in range(2000)]
    assert stats.kstest(values, "uniform").pvalue > FAR_TOO_RARE


def test_draws_lie_strictly_between_0_and_1():
    values = block(20_000)
    assert 0 < values.min() and values.max() < 1
    assert np.isfinite(Draws(7, range(20_000)).normal("evidence", 1, ACTS, ACTORS)).all()


class Extreme(Draws):
    """Luck at both ends: the lowest word there is, and the highest."""

    def words(self, use, turn, *axes, rows=slice(None)):
        return np.array([0, 2**64 - 1], dtype=np.uint64)


def test_the_lowest_word_is_above_0():
    assert Extreme(7, [0]).uniform("x", 0)[0] > 0


def test_the_highest_word_is_below_1():
    assert Extreme(7, [0]).uniform("x", 0)[1] < 1


def test_normal_draws_are_normal():
    values = Draws(7, range(4000)).normal("evidence", 1, ACTS, ACTORS)
    assert stats.kstest(values.ravel(), "norm").pvalue > FAR_TOO_RARE
    assert values.mean() == pytest.approx(0, abs=0.03)
    assert values.std() == pytest.approx(1, abs=0.03)


def test_normal_draws_are_the_uniform_ones_seen_through_the_normal_curve():
    draws = Draws(7, range(50))
    assert np.allclose(stats.norm.cdf(draws.normal("lead", 0, ACTORS)), draws.uniform("lead", 0, ACTORS))


# ----------------------------------------------------------------------------------------- from address to address


def test_single_slots_have_the_numbers_of_their_block():
    draws = Draws(7, range(5))
    whole = draws.normal("lead", 0, ACTS, ACTORS)
    places, rows, columns = np.array([1, 0, 1]), np.array([4, 0, 2]), np.array([2, 2, 0])
    assert (draws.normal_of("lead", 0, ACTS, ACTORS, places, rows, columns) == whole[places, rows, columns]).all()


def test_rows_taken_out_keep_their_luck():
    draws = Draws(7, range(5))
    whole = draws.uniform("evidence", 1, ACTS, ACTORS)[:, [3, 3, 0]]
    assert (draws.rows([3, 3, 0]).uniform("evidence", 1, ACTS, ACTORS) == whole).all()
    assert (draws.uniform("evidence", 1, ACTS, ACTORS, rows=[3, 3, 0]) == whole).all()


def independent(one, other, cells=8):
    """Chi-square test of two series of uniform draws on a grid of cells: the p-value."""
    counts, _, _ = np.histogram2d(one, other, bins=cells, range=[[0, 1], [0, 1]])
    return stats.chi2_contingency(counts).pvalue


def pairs():
    runs = range(6000)
    here = Draws(7, runs)
    base = here.uniform("evidence", 1, ACTS, ACTORS)
    return {
        "actors": (base[0, :, 0], base[0, :, 1]),
        "incidents": (base[0, :, 0], base[1, :, 0]),
        "turns": (base[0, :, 0], here.uniform("evidence", 2, ACTS, ACTORS)[0, :, 0]),
        "uses": (base[0, :, 0], here.uniform("gravity", 1, ACTS, ACTORS)[0, :, 0]),
        "seeds": (base[0, :, 0], Draws(8, runs).uniform("evidence", 1, ACTS, ACTORS)[0, :, 0]),
        "runs side by side": (base[0, :-1, 0], base[0, 1:, 0]),
        "design points": (
            Draws(7, runs, [0] * len(runs)).uniform("x", 0, ACTORS)[:, 0],
            Draws(7, runs, [1] * len(runs)).uniform("x", 0, ACTORS)[:, 0],
        ),
    }


@pytest.mark.parametrize("what", pairs())
def test_draws_differ_independently_between(what):
    one, other = pairs()[what]
    assert independent(one, other) > FAR_TOO_RARE
    assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(one.size)


def test_names_that_would_run_together_are_kept_apart():
    draws = Draws(7, [0])
    assert draws.uniform("a", 1, ("bc",))[0, 0] != draws.uniform("a", 1, ("b", "c"))[0, 0]
    assert slot_key("ab", "c") != slot_key("a", "bc")
    assert slot_key("call", 11) != slot_key("call1", 1)


def test_no_two_addresses_share_a_key():
    keys = np.concatenate([slot_keys((use, turn), ACTS, ACTORS).ravel() for use in ("x", "y") for turn in range(200)])
    assert np.unique(keys).size == keys.size


# ------------------------------------------------------------------------------------------------- stable


def test_addresses_keep_their_keys():
    """These numbers are the promise that a run of last year can be played again."""
    assert slot_key("assess", 3, "JPN") == GOLDEN_KEY
    assert Draws(7, [5]).words("evidence", 1, ("EST", "JPN")).tolist() == GOLDEN_WORDS


def test_draws_keep_their_values():
    assert Draws(7, [5]).uniform("evidence", 1, ("EST", "JPN"))[0].tolist() == pytest.approx(GOLDEN_UNIFORM, abs=0)
    assert Draws(1, [0, 1], points=[3, 3]).uniform("joins", 0, ("grid",), ("EST",))[0, :, 0].tolist() == pytest.approx(
        GOLDEN_OF_POINTS, abs=0
    )


def test_a_draw_does_not_depend_on_what_else_is_drawn():
    whole = Draws(7, range(10)).uniform("evidence", 1, ACTS, ACTORS)
    for run in (0, 4, 9):
        for h, incident in enumerate(ACTS):
            for a, actor in enumerate(ACTORS):
                assert Draws(7, [run]).uniform("evidence", 1, (incident,), (actor,))[0, 0, 0] == whole[h, run, a]


def test_drawing_again_gives_the_same():
    draws = Draws(7, range(10))
    assert np.array_equal(draws.uniform("move", 2, ACTORS), draws.uniform("move", 2, ACTORS))


def test_without_design_points_all_points_share_their_luck():
    shared = Draws(7, [3, 3]).uniform("move", 2, ACTORS)
    assert np.array_equal(shared[0], shared[1])
    apart = Draws(7, [3, 3], points=[0, 1]).uniform("move", 2, ACTORS)
    assert not np.array_equal(apart[0], apart[1])


# ------------------------------------------------------------------------------------------------- shapes and parts


@pytest.mark.parametrize("runs", [1, 3])
def test_the_runs_axis_stands_before_the_last(runs):
    draws = Draws(7, range(runs))
    assert len(draws) == runs
    assert draws.uniform("x", 0).shape == (runs,)
    assert draws.uniform("x", 0, ACTORS).shape == (runs, 3)
    assert draws.uniform("x", 0, ACTS, ACTORS).shape == (2, runs, 3)


@pytest.mark.parametrize("runs", [1, 3])
def test_part_of_a_block_is_what_the_whole_block_has_there(runs):
    draws = Draws(7, range(runs))
    whole = draws.uniform("silence 1", 4, ACTS, ACTORS)
    places, rows = np.array([1, 0, 1]), np.array([0, runs - 1, runs - 1])
    assert np.array_equal(draws.uniform_at("silence 1", 4, ACTS, ACTORS, places, rows), whole[places, rows])


def test_normal_draws_for_some_names_are_normal():
    runs = np.arange(4000)
    values = Draws(7, runs).normal_at("chair", 1, ACTS, np.zeros(4000, dtype=int), runs)
    assert values.shape == (4000,)
    assert stats.kstest(values, "norm").pvalue > FAR_TOO_RARE


def test_kept_keys_cannot_be_written_over():
    with pytest.raises(ValueError):
        slot_keys("x", ACTORS)[0] = 0
