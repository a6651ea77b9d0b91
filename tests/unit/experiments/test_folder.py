"""A sweep's folder on systems that rename no file while it is mapped into memory."""

import gc
import os
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.experiments.folder import make_folder


def mapped_now():
    """The files that arrays of this process are mapped to."""
    return {Path(array.filename) for array in gc.get_objects() if isinstance(array, np.memmap) and array.filename}


@pytest.fixture
def as_windows_does(monkeypatch):
    """Renaming fails for a file that is mapped, as it does there; keeps what was renamed."""
    renamed, rename = [], os.replace

    def strict(source, to):
        if {Path(source), Path(to)} & mapped_now():
            raise PermissionError(13, "the file is in use", str(source))
        renamed.append(Path(to).name)
        rename(source, to)

    monkeypatch.setattr(os, "replace", strict)
    return renamed


def test_a_sweep_is_begun_played_and_read_where_no_mapped_file_can_be_renamed(as_windows_does, tmp_path):
    result = sim.sweep("smallest", points=4, reps=2, seed=3, out=tmp_path, block_runs=4)
    assert {"points.npy", "manifest.json", "000000.npy", "000001.npy"} <= set(as_windows_does)
    assert len(result.to_pandas()) == 8


def test_points_that_were_renamed_are_those_that_were_planned(tmp_path):
    facts = {"design": "lhs", "points": 8, "seed": 3}
    (tmp_path / "one").mkdir()
    folder = make_folder(tmp_path / "one", sim.load("smallest"), **facts)
    assert isinstance(folder.design.points, np.memmap)
    assert Path(folder.design.points.filename) == tmp_path / "one" / "points.npy"
    assert len(np.unique(folder.design.points)) == 8
