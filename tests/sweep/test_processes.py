"""Sweeps as people run them: killed, interrupted, on several processes, on a cluster. The bytes are the same."""

import functools
import signal
import subprocess

import pytest
from typer.testing import CliRunner

from sim.__main__ import app
from sim.experiments import load_result, merge, sweep
from tests.builders_of_processes import PATIENCE, started, until
from tests.builders_of_sweeps import SMALL, files_of

POINTS = 700  # three blocks


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    """The file of a scenario that takes no time to play."""
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="module")
def whole(scenario, tmp_path_factory):
    """The files of a sweep that nothing interrupted, on one process."""
    folder = tmp_path_factory.mktemp("whole") / "sweep"
    sweep(scenario, points=POINTS, resume=folder, progress=lambda runs, failed: None)
    return files_of(folder)


started = functools.partial(started, module=("sim", "sweep"))


def answer(*words):
    """What `oceans sweep` says, and its exit code."""
    process = started(*words)
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def answer_here(*words):
    """The same of a command in this process."""
    done = CliRunner().invoke(app, ["sweep", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def shards_in(folder):
    return len(list((folder / "shards").glob("*.npy"))) if (folder / "shards").exists() else 0


MOMENTS = {
    "its folder is there": lambda folder: folder.exists(),
    "it is begun": lambda folder: (folder / "manifest.json").exists(),
    "one block is there": lambda folder: shards_in(folder) >= 1,
    "two are": lambda folder: shards_in(folder) >= 2,
}
QUICK = (("its folder is there", 2), ("two are", 2))


@pytest.mark.parametrize(
    ("moment", "workers"),
    [
        pytest.param(moment, workers, marks=[] if (moment, workers) in QUICK else pytest.mark.long)
        for moment in MOMENTS
        for workers in (1, 2)
    ],
)
def test_killed_and_gone_on_with_is_the_same(tmp_path, scenario, whole, moment, workers):
    folder = tmp_path / "sweep"
    words = [scenario, "--points", POINTS, "--resume", folder]
    process = started(*words, "--workers", workers)
    until(lambda: MOMENTS[moment](folder), process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    code, _, said = answer_here(*words)
    assert code == 0, said
    assert files_of(folder) == whole


def test_ctrl_c_finishes_the_block_in_hand_and_says_how_to_go_on(tmp_path, scenario, whole):
    folder = tmp_path / "sweep"
    process = started(scenario, "--points", POINTS, "--resume", folder)
    until(lambda: shards_in(folder) == 1, process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "Finishing what is in hand" in said, said
    assert f"oceans sweep --resume {folder}" in said and "Traceback" not in said
    assert answer("--resume", folder)[0] == 0
    assert files_of(folder) == whole


def test_of_three_at_once_into_one_new_folder_one_goes_on_and_the_others_are_told(tmp_path, scenario, whole):
    folder = tmp_path / "new" / "sweep"
    three = [started(scenario, "--points", POINTS, "--resume", folder) for _ in range(3)]
    said = [process.communicate(timeout=PATIENCE)[1] for process in three]
    codes = [process.returncode for process in three]
    assert set(codes) <= {0, 1} and 0 in codes, said
    for code, words in zip(codes, said, strict=True):
        assert code == 0 or words == f"{folder}: error: another process is playing into this folder. Wait for it.\n"
    assert files_of(folder) == whole


def test_parts_of_several_machines_merge(tmp_path, scenario, whole):
    parts = []
    for number in (1, 2):
        code, out, said = answer_here(
            scenario, "--points", POINTS, "--shard", f"{number}/2", "--out", tmp_path, "--quiet"
        )
        assert code == 0, said
        parts.append(out.strip())
    assert files_of(merge(parts, tmp_path / "merged").path) == whole


def test_a_bad_order_is_advice_and_exit_code_two(tmp_path, scenario):
    for words, said in (
        (["--vary", "linkge=0:1"], "Did you mean 'linkage'?"),
        (["--points", 0], "at least one point"),
        (["--shard", "0/3"], "such as 3/8"),
        (["--workers", 0], "at least one process"),
    ):
        code, _, error = answer_here(scenario, *words, "--out", tmp_path / "results")
        assert code == 2 and said in error and "Traceback" not in error


# ---------------------------------------------------------------------------------------------------------- Dask


@pytest.fixture
def cluster(tmp_path):
    """A scheduler on loopback, and what starts a worker there."""
    pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    place = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = ["scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", place]
    processes = [started(*words, module=("dask",), **quiet)]
    until(lambda: place.exists() and place.stat().st_size > 0, processes[0])
    address = __import__("json").loads(place.read_text())["address"]

    def worker():
        words = ["worker", address, "--nthreads", 1, "--no-nanny", "--no-dashboard", "--local-directory", tmp_path]
        processes.append(started(*words, module=("dask",), **quiet))
        return processes[-1]

    yield address, worker
    for process in reversed(processes):
        process.kill()
        process.wait()


@pytest.mark.long
def test_a_cluster_that_loses_a_worker_gives_the_same(tmp_path, scenario, whole, cluster):
    address, worker = cluster
    one, _ = worker(), worker()
    folder = tmp_path / "sweep"
    process = started(scenario, "--points", POINTS, "--dask", address, "--resume", folder)
    until(lambda: shards_in(folder) >= 1, process)
    one.kill()
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert files_of(folder) == whole


def test_a_cluster_in_this_process_gives_the_same(tmp_path, scenario, whole):
    distributed = pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    folder, quiet = tmp_path / "sweep", {"processes": False, "dashboard_address": None}
    with distributed.LocalCluster(1, threads_per_worker=1, **quiet) as cluster:
        code, _, said = answer_here(
            scenario, "--points", POINTS, "--dask", cluster.scheduler_address, "--resume", folder
        )
    assert code == 0, said
    assert files_of(folder) == whole


def test_nobody_at_the_address_is_advice(tmp_path, scenario, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    client = distributed.Client
    monkeypatch.setattr(distributed, "Client", lambda address, timeout: client(address, timeout=timeout / 20))
    code, _, said = answer_here(scenario, "--points", 10, "--dask", "tcp://127.0.0.1:9", "--out", tmp_path)
    assert code == 1 and "dask scheduler" in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("few", "many", "mebibytes"), [(5_000, 25_000, 10), pytest.param(20_000, 100_000, 40, marks=pytest.mark.long)]
)
def test_memory_does_not_grow_with_the_runs(tmp_path, few, many, mebibytes):
    psutil = pytest.importorskip("psutil")
    from tests.builders_of_sweeps import a_sweep

    process = psutil.Process()
    a_sweep(tmp_path / "small", points=few, block_runs=2048)
    before = process.memory_info().rss
    result = a_sweep(tmp_path / "large", points=many, block_runs=2048)
    grown = process.memory_info().rss - before
    assert grown < mebibytes * 2**20, f"{grown / 2**20:.0f} MiB more"
    assert len(load_result(result.path)) == many
