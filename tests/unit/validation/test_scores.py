"""Scores, their intervals from whole cases, and tables of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import RangeError
from sim.validation import scores
from sim.validation.cases import Cells


def some_cells(cases=8, actors=6, seed=0):
    """Cells of two kinds of act, and forecasts that know something; half of the cases are cyber."""
    rng = np.random.default_rng(seed)
    case = np.repeat(np.arange(cases), actors * 2)
    truth = np.clip(np.repeat(rng.uniform(0, 1, cases), actors * 2) + rng.normal(0, 0.2, case.size), 0.02, 0.98)
    cells = Cells(
        case=case,
        case_ids=tuple(f"case-{number}" for number in range(cases)),
        actor=np.tile(np.repeat([f"A{number}" for number in range(actors)], 2), cases),
        kind=np.tile(["public_attribution", "material_support"], cases * actors),
        done=(rng.uniform(size=case.size) < truth).astype(float),
        is_own=np.zeros(case.size, dtype=bool),
        confidence=np.full(case.size, "high"),
        case_kind=np.where(case % 2, "cyber", "economic_coercion"),
    )
    return cells, {"ours": truth, "half": np.full(case.size, 0.5), "noise": rng.uniform(size=case.size)}


def interval_of(statistic, case, seed=0):
    """The interval of a statistic over resamples of some cases."""
    return scores.interval(statistic(scores.resamples(len(np.unique(case)), seed=seed)))


def drawn_cells(case, drawn):
    """The cells of some cases, each as often as it was drawn: resampling the slow way."""
    return np.concatenate([np.flatnonzero(case == name) for name in drawn])


# ---------------------------------------------------------------------------------------------------- scores


def test_the_log_score_does_not_punish_beyond_its_floor():
    assert scores.log_score([1], [0.0]) == scores.log_score([1], [0.00005]) == pytest.approx(-np.log(0.0001))
    assert scores.log_score([1], [1.0]) == pytest.approx(-np.log(0.9999))


def test_an_auc_needs_both_outcomes_and_counts_ties_as_half():
    assert np.isnan(scores.auc([1, 1], [0.2, 0.9])) and np.isnan(scores.auc([0], [0.5]))
    assert scores.auc([1, 0], [0.3, 0.3]) == 0.5


@pytest.mark.parametrize("score", [scores.brier, scores.log_score, scores.auc])
def test_without_cells_there_is_no_score(score):
    assert np.isnan(score([], []))


@pytest.mark.parametrize(
    ("done", "p", "advice"),
    [
        ([1, 0], [0.5], "as many"),
        ([0.5], [0.5], "0 or 1"),
        ([np.nan], [0.5], "0 or 1"),
        ([1], [1.2], "got 1.2"),
        ([1], [np.nan], "got nan"),
    ],
)
def test_what_cannot_be_scored_is_refused_with_advice(done, p, advice):
    for score in (scores.brier, scores.log_score, scores.auc):
        with pytest.raises(RangeError, match=advice):
            score(done, p)


def test_skill_over_a_perfect_reference_is_not_known():
    assert np.isnan(scores.skill(0.1, 0.0)) and np.isnan(scores.skill(0.0, 0.0))
    assert scores.skill(np.array([0.1, 0.4]), np.array([0.2, 0.2])).tolist() == [0.5, -1.0]


# ---------------------------------------------------------------------------------------------------- resampling


def test_resamples_draw_as_many_cases_as_there_are_the_same_for_a_seed():
    counts = scores.resamples(16, draws=500, seed=3)
    assert counts.shape == (500, 16) and (counts.sum(axis=1) == 16).all() and (counts >= 0).all()
    assert np.array_equal(counts, scores.resamples(16, draws=500, seed=3))
    assert not np.array_equal(counts, scores.resamples(16, draws=500, seed=4))
    assert np.array_equal(counts[:100], scores.resamples(16, draws=100, seed=3))
    assert counts.mean(axis=0) == pytest.approx(np.ones(16), abs=0.2)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 6), st.integers(0, 2**32))
def test_weighing_cases_is_the_same_as_putting_their_cells_together(cases, seed):
    cells, forecasts = some_cells(cases, actors=3, seed=seed)
    p, done, case = np.round(forecasts["noise"], 1), cells.done, cells.case * 10 + 3
    counts = scores.resamples(cases, draws=20, seed=seed)
    fast_brier = scores.mean_by_case((p - done) ** 2, case)(counts)
    fast_auc = scores.auc_by_case(done, p, case)(counts)
    for row, weights in enumerate(counts):
        again = drawn_cells(case, np.repeat(np.unique(case), weights))
        assert fast_brier[row] == pytest.approx(scores.brier(done[again], p[again]))
        assert fast_auc[row] == pytest.approx(scores.auc(done[again], p[again]), nan_ok=True)


def test_whole_cases_are_resampled_so_that_cells_alike_within_cases_widen_the_interval():
    case, values = np.repeat(np.arange(10), 20), np.repeat([0.0, 1.0], 100)
    low, high = interval_of(scores.mean_by_case(values, case), case)
    one_by_one = interval_of(scores.mean_by_case(values, np.arange(200)), np.arange(200))
    assert high - low > 3 * (one_by_one[1] - one_by_one[0])


def test_an_interval_depends_on_the_seed_alone():
    cells, forecasts = some_cells()
    statistic = scores.auc_by_case(cells.done, forecasts["ours"], cells.case)
    assert interval_of(statistic, cells.case, seed=5) == interval_of(statistic, cells.case, seed=5)
    assert interval_of(statistic, cells.case, seed=5) != interval_of(statistic, cells.case, seed=6)


def test_a_resample_without_an_event_has_no_auc_and_is_left_out():
    done, p, case = np.array([1, 0, 0, 0]), np.array([0.9, 0.1, 0.2, 0.3]), np.array([0, 0, 1, 1])
    resampled = scores.auc_by_case(done, p, case)(np.array([[1, 1], [2, 0], [0, 2]]))
    assert resampled[:2].tolist() == [1.0, 1.0] and np.isnan(resampled[2])
    assert interval_of(scores.auc_by_case(done, p, case), case) == (1.0, 1.0)


def test_where_no_resample_has_an_event_there_is_no_interval():
    nothing = interval_of(scores.auc_by_case([0, 0], [0.1, 0.2], [0, 1]), [0, 1])
    assert np.isnan(nothing).all()


def test_a_constant_advantage_is_certain_when_forecasts_are_paired():
    case = np.repeat(np.arange(6), 5)
    values = np.random.default_rng(1).uniform(0, 1, 30)
    one, other = scores.mean_by_case(values + 0.1, case), scores.mean_by_case(values, case)
    assert interval_of(lambda counts: one(counts) - other(counts), case) == pytest.approx((0.1, 0.1))
    alone = interval_of(other, case)
    assert alone[1] - alone[0] > 0.05


# ---------------------------------------------------------------------------------------------------- calibration


def test_fifths_are_fixed_and_hold_their_lower_end():
    p = np.array([0.0, 0.19, 0.2, 0.4, 0.6, 0.79, 0.8, 1.0])
    fifths = scores.calibration(np.zeros(8), p)
    assert [(fifth.low, fifth.high) for fifth in fifths] == [(0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1)]
    assert [fifth.n for fifth in fifths] == [2, 1, 1, 2, 2]
    assert fifths[3].mean_p == pytest.approx(0.695)


def test_honest_forecasts_are_reliable_and_boastful_ones_are_not():
    rng = np.random.default_rng(7)
    case, truth = np.repeat(np.arange(60), 20), rng.uniform(0.3, 0.7, 1200)
    done = (rng.uniform(size=1200) < truth).astype(float)
    honest, boastful = truth, np.where(truth > 0.5, 0.9, 0.1)
    assert [fifth.is_reliable for fifth in scores.calibration(done, honest, case) if fifth.n] == [True] * 3
    assert [fifth.is_reliable for fifth in scores.calibration(done, boastful, case) if fifth.n] == [False] * 2


def test_a_fifth_with_few_cells_or_of_one_case_is_not_judged():
    few = scores.calibration(np.ones(9), np.full(9, 0.1))[0]
    one_case = scores.calibration(np.ones(30), np.full(30, 0.1), np.zeros(30, dtype=int))[0]
    assert few.n == 9 and few.is_reliable is None
    assert one_case.cases == 1 and one_case.is_reliable is None
    assert scores.calibration(np.ones(10), np.full(10, 0.1))[0].is_reliable is False


def test_where_all_came_out_alike_a_small_probability_may_still_be_right():
    never = np.zeros(30)
    assert scores.calibration(never, np.full(30, 0.05))[0].is_reliable is True
    assert scores.calibration(never, np.full(30, 0.7))[3].is_reliable is False


def test_the_gap_of_a_fifth_is_that_of_whole_cases():
    case = np.repeat(np.arange(10), 10)
    done, p = np.repeat([0.0, 1.0], 50), np.full(100, 0.5)
    by_case, by_cell = scores.calibration(done, p, case)[2], scores.calibration(done, p)[2]
    assert by_case.rate == by_cell.rate == 0.5 and by_case.cases == 10 and by_cell.cases == 100
    assert by_case.gap_high - by_case.gap_low > 2 * (by_cell.gap_high - by_cell.gap_low)
    assert (by_case.rate_low, by_case.rate_high) == pytest.approx((0.404, 0.596), abs=0.001)


# ---------------------------------------------------------------------------------------------------- tables


def test_scopes_are_each_kind_of_act_all_and_each_kind_in_cyber_cases():
    cells, _ = some_cells()
    scopes = scores.scopes_of(cells)
    assert list(scopes) == [
        "public_attribution", "material_support", "all", "public_attribution, cyber", "material_support, cyber"
    ]  # fmt: skip
    assert scopes["all"].all() and scopes["public_attribution, cyber"].sum() == 24
    assert list(scores.scopes_of(cells.where(cells.case_kind != "cyber"))) == list(scopes)[:3]


def test_a_table_holds_the_scores_and_their_intervals():
    cells, forecasts = some_cells()
    table = scores.scored(cells, forecasts, "ours")[0].set_index(["scope", "forecast"])
    mask = cells.kind == "material_support"
    row = table.loc[("material_support", "ours")]
    assert (row.n, row.cases, row.events) == (48, 8, cells.done[mask].sum())
    for measure, score in (("brier", scores.brier), ("log", scores.log_score), ("auc", scores.auc)):
        assert row[measure] == pytest.approx(score(cells.done[mask], forecasts["ours"][mask]))
        assert row[f"{measure}_low"] < row[measure] < row[f"{measure}_high"]
    alone = interval_of(
        scores.auc_by_case(cells.done[mask], forecasts["ours"][mask], cells.case[mask]), cells.case[mask]
    )
    assert (row.auc_low, row.auc_high) == pytest.approx(alone)


def test_differences_are_paired_on_the_same_resamples():
    cells, forecasts = some_cells()
    table = scores.scored(cells, forecasts, "ours")[1].set_index(["scope", "against"])
    assert set(table.index.get_level_values("against")) == {"half", "noise"}
    row, case = table.loc[("all", "noise")], cells.case
    ours, theirs = (scores.mean_by_case((forecasts[name] - cells.done) ** 2, case) for name in ("ours", "noise"))
    gap = interval_of(lambda counts: ours(counts) - theirs(counts), case)
    assert (row.brier_low, row.brier_high) == pytest.approx(gap)
    assert row.skill == pytest.approx(
        scores.skill(scores.brier(cells.done, forecasts["ours"]), scores.brier(cells.done, forecasts["noise"]))
    )
    assert row.brier_high < 0 < row.auc_low and row.skill_low > 0


def test_a_forecast_is_no_better_than_itself():
    cells, forecasts = some_cells()
    _, table = scores.scored(cells, {"ours": forecasts["ours"], "twin": forecasts["ours"]}, "ours")
    zero = [f"{measure}{end}" for measure in ("brier", "log", "auc", "skill") for end in ("", "_low", "_high")]
    assert (table[zero] == 0).all().all()


def test_a_forecast_that_is_not_there_is_named():
    cells, forecasts = some_cells()
    with pytest.raises(RangeError, match="no forecast named 'mine'. Forecasts: ours, half, noise"):
        scores.scored(cells, forecasts, "mine")


def test_the_order_of_cells_does_not_matter():
    cells, forecasts = some_cells()
    order = np.random.default_rng(0).permutation(len(cells.case))
    shuffled = {name: p[order] for name, p in forecasts.items()}
    table, other = scores.scored(cells, forecasts, "ours")[0], scores.scored(cells.where(order), shuffled, "ours")[0]
    columns = ["brier", "brier_low", "log_high", "auc", "auc_high"]
    one, two = (found.sort_values(["scope", "forecast"])[columns].to_numpy() for found in (table, other))
    assert one == pytest.approx(two)
