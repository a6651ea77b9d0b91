"""Sweeps from the first block to the last: kept, stopped, gone on with, put together, refused."""

import contextlib
import errno
import gc
import json
import os
import signal
import stat

import numpy as np
import pytest

from sim.engine import play_points
from sim.errors import InputError, OceansError, Terminated
from sim.experiments import folder as room
from sim.experiments import load_result, make_design, merge, runner, sweep
from sim.experiments.folder import alone
from sim.experiments.workers import Stop
from sim.model.varying import PointError
from sim.scenario import from_document, varied
from tests.builders_of_sweeps import a_small_scenario, a_sweep, files_of, played_by_hash


@pytest.fixture
def whole(tmp_path):
    """A sweep that nothing interrupted."""
    return a_sweep(tmp_path / "whole")


class Interrupting:
    """Plays some blocks, then is told to stop, as by Ctrl-C; or dies there."""

    def __init__(self, after, error=None):
        self.left, self.error = after, error

    def __call__(self, study, points, replications):
        self.left -= 1
        if self.left == 0 and self.error:
            raise self.error
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)
        return played_by_hash(study, points, replications)


def test_a_result_is_a_table_a_cube_and_what_the_workbench_takes(whole):
    frame = whole.to_pandas()
    assert len(frame) == len(whole) == 35 and {"proof", "company", "earlier", "harm", "baseline.harm"} <= set(frame)
    cube = whole.to_xarray()
    assert cube["harm"].dims == ("arm", "point", "replication") and cube.sizes["arm"] == 2
    assert (cube["harm"].sel(arm="played").values.ravel() == frame["harm"]).all()
    experiments, outcomes = whole.to_ema()
    assert len(experiments) == 35 and (outcomes["harm"] == frame["harm"]).all()
    assert {"scenario", "policy", "model"} <= set(experiments) and experiments["model"].dtype == "category"


def test_a_result_is_read_from_disk_as_it_was_given(whole):
    again = load_result(whole.path, verify=True)
    assert (again.runs == whole.runs).all() and again.failures == []
    assert (again.measures["harm"] == whole.measures["harm"]).all()
    point, replication = again.point_of(17)
    assert again.design.values(17) == point and replication == 17
    assert again.runs["digest"][17] == whole.runs["digest"][17]


def test_a_stopped_sweep_says_how_to_go_on_and_comes_out_the_same(tmp_path, whole):
    with pytest.raises(KeyboardInterrupt, match="--resume") as caught:
        a_sweep(tmp_path / "part", play=Interrupting(2))
    assert "20 of 35 runs" in str(caught.value)
    with pytest.raises(OceansError, match="not finished"):
        load_result(tmp_path / "part")
    assert len(load_result(tmp_path / "part", partial=True)) == 20
    again = a_sweep(tmp_path / "part", points=None)
    assert files_of(again.path) == files_of(whole.path)


def test_a_sweep_goes_on_without_the_scenario_being_named(tmp_path, whole):
    with pytest.raises(KeyboardInterrupt):
        a_sweep(tmp_path / "part", play=Interrupting(1))
    sweep(resume=tmp_path / "part", play=played_by_hash, progress=lambda runs, failed: None)
    assert files_of(tmp_path / "part") == files_of(whole.path)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "gone", "part"])
def test_a_damaged_block_is_played_again(tmp_path, whole, damage):
    with pytest.raises(KeyboardInterrupt):
        a_sweep(tmp_path / "part", play=Interrupting(2))
    block = tmp_path / "part" / "shards" / "000001.npy"
    data = block.read_bytes()
    if damage == "gone":
        block.unlink()
    elif damage == "part":
        block.rename(block.with_name(".000001.npy-1-2.part"))
    else:
        block.write_bytes({"cut": data[:-9], "changed": data[:-9] + b"x" + data[-8:], "empty": b""}[damage])
    said = []
    again = a_sweep(tmp_path / "part", points=None, say=said.append)
    assert files_of(again.path) == files_of(whole.path)
    assert any("are played again" in text for text in said) == (damage in ("cut", "changed", "empty"))


def test_a_finished_sweep_has_nothing_left_to_play(whole):
    before = files_of(whole.path)
    said = []
    a_sweep(whole.path, points=None, say=said.append, play=Interrupting(1, RuntimeError("played")))
    assert "Nothing is left" in said[0] and files_of(whole.path) == before


def test_a_finished_sweep_is_read_again_when_asked(whole):
    before, block = files_of(whole.path), whole.path / "shards" / "000001.npy"
    data = block.read_bytes()
    block.write_bytes(data[:-9] + b"x" + data[-8:])
    with pytest.raises(OceansError, match="--verify"):
        load_result(whole.path, verify=True)
    a_sweep(whole.path, points=None, verify=True)
    assert files_of(whole.path) == before


def test_a_changed_scenario_program_or_design_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "part"
    with pytest.raises(KeyboardInterrupt):
        a_sweep(folder, play=Interrupting(2))
    before = files_of(folder)
    with pytest.raises(InputError, match="the scenario has changed"):
        a_sweep(folder, varied(a_small_scenario(), {"linkage": 0.3}), points=None)
    with pytest.raises(InputError, match="differs in --points"):
        a_sweep(folder, points=36)
    with pytest.raises(InputError, match="differs in what varies or is held"):
        a_sweep(folder, vary=["linkage=0.1:0.2"])
    with pytest.raises(InputError, match="for the whole sweep"):
        a_sweep(folder, points=None, shard=(1, 2))
    monkeypatch.setattr("sim.experiments.folder.code_digest", lambda: "other")
    with pytest.raises(InputError, match="the program has changed"):
        a_sweep(folder, points=None)
    assert files_of(folder) == before


def test_parts_merge_into_the_whole(tmp_path, whole):
    parts = [a_sweep(tmp_path / f"part{n}", shard=(n, 3)) for n in (1, 2, 3)]
    assert [len(part) for part in parts] == [15, 10, 10]
    merged = merge([part.path for part in parts], tmp_path / "merged")
    assert files_of(merged.path) == files_of(whole.path)
    assert merged.to_pandas().equals(whole.to_pandas())


def test_what_does_not_belong_together_is_not_merged(tmp_path, whole):
    parts = [a_sweep(tmp_path / f"part{n}", shard=(n, 3)).path for n in (1, 2)]
    other = a_sweep(tmp_path / "other", seed=2, shard=(3, 3)).path
    with pytest.raises(OceansError, match="shard 3/3 is not among these"):
        merge(parts, tmp_path / "merged")
    with pytest.raises(InputError, match="it differs in design, values of the points"):
        merge([*parts, other], tmp_path / "merged")
    with pytest.raises(InputError, match="there already"):
        merge([whole.path], parts[0])
    with pytest.raises(InputError, match="no sweep was begun here"):
        merge([tmp_path], tmp_path / "merged")
    block = parts[0] / "shards" / "000000.npy"
    block.write_bytes(block.read_bytes()[:-3])
    with pytest.raises(OceansError, match="damaged"):
        merge(parts, tmp_path / "merged")
    assert not (tmp_path / "merged").exists() and not list(tmp_path.glob(".merged*"))


def refusing_difficulty(study, points, replications):
    """The engine, but for points that are too difficult."""
    for place, point in enumerate(points):
        if point["incidents.grid.difficulty"] > 0.8:
            raise PointError(place, "arrange", "it is too difficult")
    loaded = from_document(study.document, study.name, library=study.library)
    return play_points(loaded, points, replications, study.seed, study.baseline)


def test_runs_that_fail_are_told_and_the_rest_go_on(tmp_path):
    rows = [{"incidents.grid.difficulty": value} for value in (0.1, 0.2, 0.3, 0.4, 0.9, 0.6)]
    refuses = {"play": refusing_difficulty, "progress": lambda runs, failed: None}
    result = sweep(a_small_scenario(), rows, reps=2, out=tmp_path, **refuses)
    assert [failure["run"] for failure in result.failures] == [8, 9]
    assert result.failures[0]["point"] == 4 and result.failures[0]["stage"] == "arrange"
    table = (result.path / "failures.csv").read_text().splitlines()
    assert len(table) == 3 and table[0].startswith("run,point,replication,stage,reason")
    assert result.manifest["failed"] == 2 and len(result.to_ema()[0]) == 10
    assert np.isfinite(result.measures["harm"][:8]).all()


def test_a_run_is_replayed_by_its_point_and_replication(tmp_path):
    from sim.engine import play

    nobody = lambda runs, failed: None  # noqa: E731
    result = sweep(a_small_scenario(), points=3, fixed=["linkage=0.3"], out=tmp_path, progress=nobody)
    point, replication = result.point_of(2)
    alone = play(varied(a_small_scenario(), point), 1, first_run=replication)
    assert alone.outcomes.measures["harm"][0] == result.measures["harm"][2]
    assert alone.outcomes.baseline_measures["harm"][0] == result.baseline_measures["harm"][2]


def test_a_full_disk_loses_nothing(tmp_path, whole, monkeypatch):
    real, written = os.fsync, []

    def filling(descriptor):
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            written.append(descriptor)
            if len(written) == 6:
                raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", filling)
    with pytest.raises(OceansError, match="the disk is full.*--resume") as caught:
        a_sweep(tmp_path / "part")
    assert caught.value.exit_code == 1
    monkeypatch.setattr(os, "fsync", real)
    assert 1 <= len(load_result(tmp_path / "part", partial=True)) < 35
    assert files_of(a_sweep(tmp_path / "part", points=None).path) == files_of(whole.path)


def test_places_that_cannot_hold_a_sweep_are_refused(tmp_path):
    file = tmp_path / "file"
    file.write_text("here")
    for place in (file, tmp_path):
        with pytest.raises(InputError):
            a_sweep(place)
    with pytest.raises(InputError):
        a_sweep(out=file / "below")
    assert list(tmp_path.iterdir()) == [file]


def test_a_bad_design_leaves_no_folder(tmp_path):
    with pytest.raises(InputError):
        a_sweep(out=tmp_path / "results", vary=["linkge=0:1"])
    assert list((tmp_path / "results").iterdir()) == []


def test_two_processes_do_not_play_into_one_folder(whole):
    with alone(whole.path), pytest.raises(OceansError, match="another process"):
        a_sweep(whole.path, points=None, verify=True)


def test_without_a_place_a_sweep_lasts_as_long_as_its_result():
    result = a_sweep()
    path = result.path
    assert path.exists()
    del result
    gc.collect()
    assert not path.exists()


def test_what_was_asked_and_how_long_it_took_stand_in_the_log_alone(tmp_path):
    a_sweep(tmp_path / "one", command=("oceans", "sweep", "small"))
    (line,) = (tmp_path / "one" / "log.jsonl").read_text().splitlines()
    assert json.loads(line)["command"] == ["oceans", "sweep", "small"] and json.loads(line)["seconds"] >= 0


def test_a_design_made_before_is_played_as_it_is(tmp_path, whole):
    design = make_design(a_small_scenario(), "lhs", points=35)
    assert files_of(a_sweep(tmp_path / "same", design=design).path) == files_of(whole.path)


def test_the_second_interrupt_stops_at_once():
    with pytest.raises(KeyboardInterrupt), Stop() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop
        os.kill(os.getpid(), signal.SIGINT)
    assert runner.sweep is sweep


def test_told_to_end_is_to_stop_after_what_is_in_hand_however_often_it_is_said():
    with Stop() as stop:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGTERM)
        assert stop and stop.kind is Terminated


def test_a_sweep_is_a_function_and_its_result_can_be_loaded_again():
    import sim
    import sim.experiments as room

    result = sim.sweep(a_small_scenario(), points=3, play=played_by_hash, progress=lambda runs, failed: None)
    assert len(result) == 3 and sim.load_result(result.path).design.seed == 1
    assert room.__all__ == sorted(room.__all__) and all(hasattr(room, name) for name in room.__all__)


def test_a_folder_that_another_has_is_left_as_it_is(tmp_path):
    folder = tmp_path / "new"
    with alone(folder), pytest.raises(OceansError, match="another process"):
        a_sweep(folder)
    assert list(folder.iterdir()) == []


def test_a_sweep_that_another_has_begun_meanwhile_is_gone_on_with(tmp_path, whole, monkeypatch):
    @contextlib.contextmanager
    def late(path):
        monkeypatch.undo()
        with pytest.raises(KeyboardInterrupt):
            a_sweep(path, play=Interrupting(2))
        with alone(path):
            yield

    monkeypatch.setattr(runner, "alone", late)
    assert files_of(a_sweep(tmp_path / "new").path) == files_of(whole.path)


def test_a_folder_that_is_taken_away_meanwhile_is_made_anew(tmp_path, monkeypatch):
    folder, locked = tmp_path / "new", room._locked

    def late(path):
        monkeypatch.undo()
        path.rmdir()
        return locked(path)

    monkeypatch.setattr(room, "_locked", late)
    with alone(folder):
        assert folder.is_dir()


def test_a_bad_design_leaves_a_folder_that_was_there(tmp_path):
    folder = tmp_path / "mine"
    for _ in range(2):
        with pytest.raises(InputError):
            a_sweep(tmp_path / "new", vary=["linkge=0:1"])
        assert not (tmp_path / "new").exists()
        folder.mkdir(exist_ok=True)
        with pytest.raises(InputError):
            a_sweep(folder, vary=["linkge=0:1"])
        assert folder.is_dir()


def test_a_sweep_leaves_a_table_that_any_spreadsheet_reads(tmp_path):
    result = a_sweep(tmp_path / "one", points=12)
    rows = [line.split(",") for line in (result.path / "results.csv").read_text(encoding="utf-8").splitlines()]
    assert rows[0] == [*result.to_pandas().columns] and len(rows) == 13
    assert np.array_equal([float(row[rows[0].index("harm")]) for row in rows[1:]], result.measures["harm"])
    result.to_csv(tmp_path / "commas.csv", with_commas=True)
    words = (tmp_path / "commas.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(";")
    assert [word.replace(",", ".") for word in words] == rows[1]
