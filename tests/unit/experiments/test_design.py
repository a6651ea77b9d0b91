"""Where a design looks: grids, samples, crossed levers, and designs that somebody wrote."""

import numpy as np
import pandas
import pytest

from sim.draws import slot_key
from sim.errors import InputError
from sim.experiments import Factor, make_design
from sim.experiments.design import altered
from sim.experiments.factors import fill
from tests.builders_of_sweeps import a_small_scenario


def a_design(*arguments, **options):
    return make_design(a_small_scenario(), *arguments, **options)


def advice(*arguments, **options) -> str:
    with pytest.raises(InputError) as caught:
        a_design(*arguments, **options)
    return str(caught.value)


def written(tmp_path, text):
    path = tmp_path / "design.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_grid_takes_every_combination_levers_fastest():
    design = a_design("grid", vary=["proof=0.2:0.6:5"])
    assert len(design.points) == 5 * 3 * 2 and len(np.unique(design.points)) == 30
    assert design.points["earlier"].tolist() == [0.0, 12.0] * 15
    assert design.crn


def test_a_latin_hypercube_has_one_point_in_each_slice():
    design = a_design("lhs", points=100)
    slices = np.floor((design.points["proof"] - 0.2) / 0.4 * 100).astype(int)
    assert sorted(slices) == list(range(100))
    assert not design.crn


def test_a_latin_hypercube_is_drawn_as_by_scipy():
    from scipy.stats import qmc

    numbers = np.random.default_rng([3, slot_key("design", "linkage")])
    table = np.zeros(50, dtype=[("linkage", "<f8")])
    fill(table, [Factor("linkage", "linkage", "lever", low=0.0, high=1.0)], "lhs", seed=3)
    assert table["linkage"].tolist() == qmc.LatinHypercube(d=1, seed=numbers).random(50)[:, 0].tolist()


def test_adding_a_factor_moves_no_other():
    one, more = a_design("lhs", points=50), a_design("lhs", points=50, vary=["linkage=0:1"])
    assert (one.points["proof"] == more.points["proof"]).all()


@pytest.mark.parametrize("method, points, count", [("sobol", 64, 64), ("saltelli", 100, 80), ("morris", 100, 100)])
def test_other_samples_fill_the_range(method, points, count):
    design = a_design(method, points=points)
    assert len(design.points) == count
    assert design.points["proof"].min() < 0.3 and design.points["proof"].max() > 0.5


def test_the_same_seed_gives_the_same_points_and_another_others():
    assert (a_design("sobol", points=32).points == a_design("sobol", points=32).points).all()
    assert (a_design("lhs", points=32).points != a_design("lhs", points=32, seed=2).points).any()


def test_crossed_levers_meet_the_same_futures_with_the_same_draws():
    design = a_design("lhs", points=10, reps=2, levers="crossed")
    assert len(design.points) == 20 and design.futures == 10
    assert (design.points["proof"][::2] == design.points["proof"][1::2]).all()
    assert set(design.points["earlier"][::2]) == {0.0} and set(design.points["earlier"][1::2]) == {12.0}
    points, replications = design.runs_of(np.arange(40))
    assert points.tolist() == [run // 2 for run in range(40)]
    of_settings = replications.reshape(10, 2, 2)
    assert (of_settings[:, 0] == of_settings[:, 1]).all() and len(set(replications.tolist())) == 20


@pytest.mark.parametrize(
    ("method", "less", "more"),
    [
        ("sobol", {"points": 8}, {"points": 16}),
        ("lhs", {"points": 8}, {"reps": 3}),
        ("saltelli", {"points": 20}, {"points": 40}),
        ("grid", {"reps": 2}, {"reps": 3}),
        ("sobol", {"points": 8, "levers": "none"}, {"levers": "crossed"}),
    ],
)
def test_a_design_that_nests_has_every_run_of_the_smaller_one(method, less, more):
    smaller = a_design(method, **less)
    larger = altered(smaller, a_small_scenario(), more)

    def runs_of(design):
        points, replications = design.runs_of(np.arange(design.runs))
        return [(design.values(point), again) for point, again in zip(points, replications.tolist(), strict=True)]

    written = {"cooperation.coop_cyber.months_before": 12.0}
    assert all(({**written, **values}, again) in runs_of(larger) for values, again in runs_of(smaller))
    assert larger.runs > smaller.runs


def test_common_random_numbers_are_the_same_at_every_point():
    design = a_design("lhs", points=10, reps=2, crn=True)
    assert design.runs_of(np.arange(20))[1].tolist() == [0, 1] * 10


def test_a_point_says_what_is_held_as_well():
    design = a_design("lhs", points=4, fixed=["linkage=0.3"])
    assert design.values(0)["linkage"] == 0.3 and "incidents.grid.difficulty" in design.values(0)
    assert all(type(value) in (float, int, str) for value in design.values(0).values())


@pytest.mark.parametrize("points", [0, -3])
def test_a_design_has_points(points):
    assert "at least one point" in advice("lhs", points=points)


def test_designs_that_make_no_sense_earn_advice(tmp_path):
    assert "Did you mean 'sobol'?" in advice("sobl")
    assert "levels" in advice("grid", points=10)
    many = [f"states.{code}.gdp_usd_bn=1:9:99" for code in ("EST", "LVA", "USA", "JPN")]
    assert "points. Hold some" in advice("grid", vary=many)
    assert "at least once" in advice("lhs", reps=0)
    assert "nothing varies" in advice("lhs", levers="none", uncertainties="none")
    assert "each future has its own" in advice("lhs", crn="own")
    assert "1,000,000,000 runs" in advice("lhs", points=10_000, reps=1_000_000)
    assert "too many points" in advice("lhs", levers=[str(10**14)])


# ------------------------------------------------------------------------------------------------ written designs


def test_a_file_says_what_varies_and_its_rows_are_the_points(tmp_path):
    path = written(tmp_path, "proof,capability,turns.count\n0.2,gdp,2\n0.5, equal ,3\n\n")
    design = a_design(path, reps=3)
    assert design.values(1) == {"incidents.grid.difficulty": 0.5, "capability": "equal", "turns.count": 3}
    assert design.runs == 6 and design.crn and design.varying[0].kind == "uncertainty"


def test_a_data_frame_a_table_and_a_list_of_points_are_designs():
    frame = pandas.DataFrame({"proof": [0.2, 0.3], "earlier": [0, 12]})
    for source in (frame, frame.to_dict("list"), frame.to_dict("records")):
        assert a_design(source).values(1) == {
            "incidents.grid.difficulty": 0.3,
            "cooperation.coop_cyber.months_before": 12.0,
        }


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "the design is empty"),
        ("proof\n", "no points"),
        ("prof\n0.2\n", ":1:1: error: there is no 'prof'. Did you mean 'proof'?"),
        (
            "proof,incidents.gird.difficulty\n0.2,0.3\n",
            ":1:7: error: the path 'incidents.gird.difficulty' leads nowhere",
        ),
        ("proof,incidents.grid.difficulty\n0.2,0.3\n", "means the same as 'proof'"),
        ("proof,\n0.2,0.3\n", "a column has no name"),
        ("proof,linkage\n0.2,0.3\n0.2\n", ":3:1: error: 1 values for 2 columns"),
        ("proof,linkage\n0.2,0.3\n0.2,\n", ":3:5: error: this cell is empty"),
        ("proof,linkage\n0.2,nan\n", ":2:5: error: expected"),
        ("proof\n0.2\n1.7\n", ":3:1: error: expected"),
        ("proof\nhigh\n", "got 'high'"),
        ("capability\nwealth\n", ":2:1: error: expected"),
        ("turns.count\n2.5\n", "expected"),
        ("behaviour.calls\n1\n1e9\n", ":3:1: error: expected a number from 0 to 20"),
        (
            "proof,incidents.grid.turn\n.2,1\n\n.3,9\n.2,2\n",
            ":4:4: error: 'incidents.grid.turn' cannot be 9: begins in turn 9",
        ),
        ("participants.EST\non\noff\n", ":3:1: error: 'participants.EST' cannot be off: 'EST' (a victim)"),
        (b"proof\n\xff\xfe\n", "UTF-8"),
        (b"proof\n\x00\n", "expected a number"),
    ],
)
def test_a_bad_file_earns_its_line_and_advice(tmp_path, text, said):
    path = written(tmp_path, text)
    assert said in advice(path) and str(path) in advice(path)


def test_files_that_cannot_be_read_earn_advice(tmp_path):
    assert "no such file" in advice(tmp_path / "none.csv")
    assert "folder" in advice(tmp_path)
    path = written(tmp_path, "proof\n0.2\n")
    assert "--points does not go with a written design" in advice(path, points=3)
    assert "held by --set" in advice(path, fixed=["proof=0.3"])


def test_designs_whose_points_share_their_draws_are_played_ten_times():
    assert [a_design(method, points=16).replications for method in ("lhs", "sobol", "saltelli", "morris")] == [
        1,
        1,
        10,
        10,
    ]
    assert a_design("lhs", points=16, crn=True).replications == 10
    assert "One draw of chance" in a_design("lhs", points=16, crn=True, reps=1).notes[-1]


@pytest.mark.parametrize("method", ["saltelli", "morris"])
def test_one_draw_of_its_own_at_each_point_is_refused_where_chance_would_look_like_a_factor(method):
    assert "--reps 4" in advice(method, points=16, crn=False, reps=1)


def test_what_a_finished_design_does_not_hold_is_refused_and_not_swallowed():
    design = make_design(a_small_scenario(), points=4)
    with pytest.raises(InputError, match="its own fixed, points"):
        make_design(a_small_scenario(), design, points=8, fixed={"linkage": 0.5})
