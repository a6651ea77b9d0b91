"""Who plays the blocks: this process, several on this machine, or a Dask cluster. The bytes are the same.

Each way is a generator: given a folder, a study and the blocks to play, it plays them, sees that each is kept, and
yields a `Done` for each as it comes. When told to stop, it finishes the blocks in hand.
"""

import contextlib
import functools
import io
import pickle
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, replace

import numpy as np

from sim.errors import OceansError, Terminated, refusal
from sim.experiments.blocks import run_block
from sim.experiments.folder import write_aside
from sim.processes import WorkerLost, pool
from sim.scenario import load_library

MOST_DEATHS = 3
PATIENCE = 60  # seconds to wait for a cluster's first worker
LOOK_AROUND = 0.5  # seconds between two looks at whether to stop


@dataclass(frozen=True)
class Done:
    """A block that has been played and kept: its number, how many runs it has, and how many of them failed."""

    number: int
    runs: int
    failed: int


class Stop:
    """Whether to stop after the blocks in hand, by the first Ctrl-C or SIGTERM; another Ctrl-C stops at once.

    Its `kind` is what to raise when it has stopped: KeyboardInterrupt, or Terminated.

    >>> with Stop() as stop:
    ...     bool(stop)
    False
    """

    def __init__(self, said=None):
        self.said, self.is_set, self.kind, self._before = said, False, KeyboardInterrupt, {}

    def __bool__(self):
        return self.is_set

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM"):
                number = getattr(signal, name)
                self._before[number] = signal.signal(number, self._asked)
        return self

    def _asked(self, number, frame):
        if self.is_set:
            if number == signal.SIGINT:
                raise KeyboardInterrupt
            return  # `timeout` says it twice
        self.is_set = True
        self.kind = Terminated if number == signal.SIGTERM else KeyboardInterrupt
        if self.said:
            self.said("Finishing what is in hand. Again to stop at once.")

    def __exit__(self, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler)


def play_here(folder, study, numbers, stop):
    """Plays blocks in this process."""
    for number in numbers:
        if stop:
            return
        yield _play_and_keep(folder.shard_path(number), study, folder.task(number))


def _play_and_keep(path, study, task):
    return _keep(path, task.number, run_block(study, task))


def _keep(path, number, data):
    write_aside(path, data)
    about = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    return Done(number, int(about["runs"][0]), int(about["failed"][0]))


# ---------------------------------------------------------------------------------------------------------- processes


def play_in_processes(folder, study, numbers, stop, workers):
    """Plays blocks in several processes on this machine; each keeps what it plays."""
    waiting, deaths = list(reversed(numbers)), 0
    given = pickle.dumps(replace(study, library=study.library or load_library()))  # reading it anew takes far longer
    while waiting and not stop:
        in_hand = {}
        try:
            yield from _in_one_pool(folder, given, waiting, in_hand, stop, workers)
        except WorkerLost:
            deaths += 1
            waiting += sorted(in_hand.values(), reverse=True)
            if deaths == MOST_DEATHS:
                raise OceansError(
                    f"a worker's process ended {deaths} times, out of memory perhaps, while playing block "
                    f"{min(in_hand.values(), default=0)}. What has been played is kept: go on with --resume "
                    f"{folder.path}, with fewer --workers."
                ) from None


def _in_one_pool(folder, given, waiting, in_hand, stop, workers):
    with pool(workers) as processes:
        while True:
            while waiting and len(in_hand) < 2 * workers and not stop:
                number = waiting.pop()
                future = processes.submit(_play_given, folder.shard_path(number), given, folder.task(number))
                in_hand[future] = number
            if not in_hand:
                return
            if stop:  # what has not begun goes back
                for future in [future for future in in_hand if future.cancel()]:
                    waiting.append(in_hand.pop(future))
            for future in wait(in_hand, timeout=LOOK_AROUND, return_when=FIRST_COMPLETED).done:
                done = future.result()
                del in_hand[future]
                yield done


def _play_given(path, given, task):
    return _play_and_keep(path, _read_study(given), task)


_read_study = functools.lru_cache(maxsize=1)(pickle.loads)


# ---------------------------------------------------------------------------------------------------------- Dask


def play_on_dask(folder, study, numbers, stop, address):
    """Plays blocks on a Dask cluster; what they give comes back and is kept here, so no disk need be shared."""
    with _client(address) as client:
        waiting, in_hand, deaths = list(reversed(numbers)), {}, {}
        while True:
            while waiting and len(in_hand) < _room(client) and not stop:
                number = waiting.pop()
                again = deaths.get(number, 0)
                key = f"block-{study.plan}-{number}-{again}"
                in_hand[client.submit(_play_for, study, folder.task(number), key=key, pure=False, retries=2)] = number
            if not in_hand:
                return
            for future in _finished(folder, in_hand):
                number = in_hand.pop(future)
                done = _kept(folder, future, number, waiting, deaths)
                if done:
                    yield done


def _finished(folder, in_hand):
    from distributed import wait as wait_for
    from distributed.client import FuturesCancelledError

    try:
        return list(wait_for(list(in_hand), timeout=LOOK_AROUND, return_when="FIRST_COMPLETED").done)
    except TimeoutError:
        return []
    except FuturesCancelledError:
        raise OceansError(
            f"the connection to the cluster was lost. What has been played is kept: go on with --resume {folder.path}."
        ) from None


def _kept(folder, future, number, waiting, deaths):
    """Keeps a block that came back; one that was lost with its worker waits again."""
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    try:
        data = future.result()
    except (KilledWorker, FutureCancelledError) as error:
        deaths[number] = deaths.get(number, 0) + 1
        if deaths[number] == MOST_DEATHS:
            raise OceansError(
                f"the cluster lost block {number} {MOST_DEATHS} times ({type(error).__name__}). What has been played "
                f"is kept: go on with --resume {folder.path}."
            ) from None
        waiting.append(number)
        return None
    return _keep(folder.shard_path(number), number, data)


def _play_for(study, task):
    """On a worker of the cluster: the bytes of a block."""
    from sim.experiments.folder import code_digest

    if code_digest() != study.code:
        raise OceansError("a worker of the cluster has another version of the program. Install the same everywhere.")
    return run_block(study, task)


@contextlib.contextmanager
def _client(address):
    try:
        from distributed import Client
    except ImportError:
        raise OceansError("--dask needs the extra 'cluster': pip install 'two-oceans[cluster]'.") from None
    try:
        client = Client(address, timeout=10)
    except (OSError, TimeoutError) as error:
        raise OceansError(
            f"--dask {address}: no scheduler answers ({str(error).splitlines()[0] if str(error) else 'no answer'}). "
            "Is `dask scheduler` running there?"
        ) from None
    except (ValueError, TypeError) as error:
        message = f"--dask {address}: this is no address ({error}). Write it as tcp://host:8786."
        raise refusal(message) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise OceansError(
                f"--dask {address}: the scheduler has no workers after {PATIENCE} s. Start some: dask worker {address}"
            ) from None
        yield client


def _room(client):
    """How many blocks to have on the cluster at once: one at work and one waiting for each thread."""
    threads = sum(worker["nthreads"] for worker in client.scheduler_info(n_workers=-1)["workers"].values())
    return 2 * max(threads, 1)
