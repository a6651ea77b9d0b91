"""A sweep's folder: files that are there whole or not at all, also where no file is renamed while it is mapped."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.errors import OceansError
from sim.experiments.folder import files_of_play, make_folder, write_aside


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


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OceansError, match="the disk is full") as caught:
        write_aside(tmp_path / "x.npy", b"data")
    assert caught.value.exit_code == 1 and list(tmp_path.iterdir()) == []


def test_the_code_that_a_sweep_remembers_is_all_that_a_run_is_played_with():
    """Records and words say what came of a run, and change nothing in it; so does `sim` itself, which is only names."""
    code = "import sim.engine, sys; print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('sim.')))"
    root = Path(sim.__file__).parent
    told = {root / name for name in ("letters.py", "text_files.py", "one_thread.py", "lazy.py", *_under("record"))}
    played = {Path(file) for file in subprocess.check_output([sys.executable, "-c", code], text=True).split()}
    assert played - told <= set(files_of_play())


def _under(room):
    root = Path(sim.__file__).parent
    return [file.relative_to(root).as_posix() for file in (root / room).rglob("*.py")]
