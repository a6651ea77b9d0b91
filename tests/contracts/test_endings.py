"""However a command is ended, no process of its own goes on without it; told to end, it leaves nothing half-written."""

import contextlib
import os
import signal

import pytest

from sim.processes import WorkerLost, pool
from tests.builders_history import a_case_file
from tests.builders_of_processes import PATIENCE, started, until
from tests.builders_of_sweeps import a_sweep

psutil = pytest.importorskip("psutil")

MANY = 4000  # of what takes long
COMMANDS = {
    "backtest": lambda folder: ("backtest", a_case_file(folder), "--seeds", MANY, "--workers", 2),
    "calibrate": lambda folder: ("calibrate", a_case_file(folder), "--runs", MANY, "--workers", 2),
    "sweep": lambda folder: ("sweep", "smallest", "--points", 100 * MANY, "--workers", 2),
    "run": lambda folder: ("run", "smallest", "--runs", 100 * MANY),
    "analyse": lambda folder: ("analyse", a_sweep(folder / "sweep", points=60).path),
}
ALONE = ("run", "analyse")  # have no processes of their own


def to_itself(number):
    return lambda process: os.kill(process.pid, number)


def to_all(*numbers):
    """To the process, then to it and its workers, as a terminal or `timeout` does."""
    return lambda process: [os.killpg(process.pid, number) for number in numbers]


def twice(process):
    to_itself(signal.SIGTERM)(process)
    to_all(signal.SIGTERM)(process)


ENDINGS = {
    "told to end": (to_itself(signal.SIGTERM), 143),
    "told by timeout": (twice, 143),
    "interrupted": (to_all(signal.SIGINT), 130),
    "killed": (to_itself(signal.SIGKILL), -signal.SIGKILL),
}
QUICK = ("backtest", "told by timeout")


def cases():
    for command in COMMANDS:
        for ending in ENDINGS:
            is_long = () if (command, ending) == QUICK else pytest.mark.long
            if command not in ALONE or ending in ("told by timeout", "interrupted"):
                yield pytest.param(command, ending, marks=is_long, id=f"{command} {ending}")


def hearing_ctrl_c():
    """A process of a shell's background does not, and those it begins do not either."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def command_started():
    """Starts a command at the head of a group of its own, of which nothing is left when the test has ended."""
    processes = []

    def start(*words):
        processes.append(started(*words, start_new_session=True, preexec_fn=hearing_ctrl_c))
        return processes[-1]

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize("command, ending", list(cases()))
def test_nothing_goes_on_and_nothing_half_written_stays(tmp_path, command_started, command, ending):
    results, (end, code) = tmp_path / "results", ENDINGS[ending]
    process = command_started(*COMMANDS[command](tmp_path), "--out", results)
    until(lambda: results.exists() and any(results.iterdir()) and are_at_work(process, command), process)
    own = psutil.Process(process.pid).children(recursive=True)
    end(process)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == code and (code < 0 or "Traceback" not in said), said
    _, left = psutil.wait_procs(own, timeout=PATIENCE)
    assert not left
    assert code < 0 or not list(results.glob(".*"))


def are_at_work(process, command):
    """Whether the command's processes, with the one that keeps count of what they share, have taken up their work."""
    own = [one for one in psutil.Process(process.pid).children() if one.is_running()]
    return command in ALONE or len(own) >= 3


def test_a_worker_that_is_lost_is_advice():
    with pytest.raises(WorkerLost, match="Try fewer --workers"), pool(1) as workers:
        workers.submit(os._exit, 3).result()
