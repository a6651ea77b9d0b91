"""A sweep that goes further takes over the runs there are, and comes out byte for byte as if all had been played."""

import numpy as np
import pytest

from sim.errors import InputError
from sim.experiments import analyse, load_result
from sim.experiments.length import Cost
from sim.experiments.sample import sample_of
from tests.builders_of_sweeps import a_small_scenario, a_sweep, files_of, played_by_hash


class Counting:
    """The stand-in for the engine, and how many runs it was asked for."""

    def __init__(self):
        self.runs = 0

    def __call__(self, study, points, replications):
        self.runs += len(points)
        return played_by_hash(study, points, replications)


def levers(*choices):
    return [f"earlier={','.join(choices)}", "crossed"]


@pytest.mark.parametrize(
    ("before", "more", "new"),
    [
        ({"design": "sobol", "points": 16}, {"points": 32}, 16),
        ({"points": 8}, {"reps": 3}, 16),
        ({"design": "grid", "points": None, "reps": 2}, {"reps": 3}, 18),
        ({"points": 8, "levers": levers("0", "6")}, {"levers": levers("0", "6", "12")}, 8),
    ],
)
def test_only_new_runs_are_played_and_the_bytes_are_those_of_a_sweep_of_that_size(tmp_path, before, more, new):
    earlier, play = a_sweep(tmp_path / "earlier", **before), Counting()
    unsaid = {"points": None, "play": play, **more}
    further = a_sweep(tmp_path / "further", extend=earlier.path, **unsaid)
    assert play.runs == new
    assert files_of(further.path) == files_of(a_sweep(tmp_path / "whole", **{**before, **more}).path)


def test_runs_as_the_scenario_is_written_are_those_with_that_setting(tmp_path):
    options = {"points": 2, "play": None, "block_runs": None}
    earlier = a_sweep(tmp_path / "earlier", levers="none", **options)
    further = a_sweep(tmp_path / "further", extend=earlier.path, **{**options, "points": None}, levers="crossed")
    assert further.folder.before.count() == 2
    assert files_of(further.path) == files_of(a_sweep(tmp_path / "whole", levers="crossed", **options).path)


def test_an_extension_that_was_stopped_goes_on_with_what_it_extends(tmp_path):
    earlier = a_sweep(tmp_path / "earlier", design="sobol", points=16)
    whole = a_sweep(tmp_path / "whole", design="sobol", points=32)

    def stopped(study, points, replications):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        a_sweep(tmp_path / "further", extend=earlier.path, points=32, play=stopped)
    play = Counting()
    a_sweep(tmp_path / "further", extend=earlier.path, points=None, play=play)
    assert play.runs == 16 and files_of(tmp_path / "further") == files_of(whole.path)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"points": 70}, "lhs with more --points has others"),
        ({"seed": 2}, "differ in --seed"),
        ({"reps": 2, "baseline": False}, "differ in the runs without cooperation"),
    ],
)
def test_what_shares_no_run_is_refused_and_leaves_no_folder(tmp_path, more, said):
    earlier = a_sweep(tmp_path / "earlier")
    with pytest.raises(InputError, match=said):
        a_sweep(tmp_path / "further", extend=earlier.path, **{"points": None, **more})
    assert not (tmp_path / "further").exists()


def test_what_a_sweep_would_cost_is_told_and_nothing_kept(tmp_path):
    cost = a_sweep(tmp_path / "new", out=tmp_path / "results", dry_run=True)
    assert isinstance(cost, Cost) and (cost.points, cost.runs, cost.left) == (35, 35, 35)
    assert cost.megabytes > 0 and cost.seconds > 0 and list(tmp_path.iterdir()) == []


def test_somebody_is_asked_before_a_large_sweep_and_may_say_no(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("sim.experiments.runner.FEW", 1)
    monkeypatch.setattr("sim.experiments.length.MOST_MEGABYTES", 0.001)
    for answer in (False, True):
        options = {"confirm": lambda cost, answer=answer: asked.append(cost) or answer, "scenario": a_small_scenario()}
        if answer:
            assert len(a_sweep(tmp_path / "sweep", **options)) == 35
        else:
            with pytest.raises(InputError, match="not begun"):
                a_sweep(tmp_path / "sweep", **options)
            assert not (tmp_path / "sweep").exists()
    assert [cost.runs for cost in asked] == [35, 35]


@pytest.mark.parametrize(
    ("design", "together"),
    [
        ({"design": "lhs", "points": 40, "levers": "crossed"}, 2),
        ({"design": "saltelli", "points": 40, "reps": 2}, 5),
        ({"design": "grid", "points": None, "reps": 2}, 2),
    ],
)
def test_a_part_of_a_sweep_is_balanced_and_analysed_as_a_part(tmp_path, design, together):
    def soon_stopped(study, points, replications, played=[]):  # noqa: B006
        if len(played) == 2:
            raise KeyboardInterrupt
        played.append(points)
        return played_by_hash(study, points, replications)

    with pytest.raises(KeyboardInterrupt):
        a_sweep(tmp_path / "part", **design, play=soon_stopped, block_runs=15)
    part = load_result(tmp_path / "part", partial=True)
    sample = sample_of(part, a_small_scenario())
    assert 0 < len(sample.x) < len(part.design.points) and len(sample.x) % together == 0
    assert sample.missing == len(part.design.points) - len(sample.x)
    assert (np.bincount(sample.point) == part.design.replications).all()
    if design["design"] == "lhs":
        assert np.bincount(sample.x[:, 0].astype(int)).tolist() == [len(sample.x) // 2] * 2
    assert "This is a part of the sweep" in analyse(part, ["harm"], loaded=a_small_scenario()).remarks[0]
