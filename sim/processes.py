"""Processes that share some work on this machine: begun anew, deaf to Ctrl-C, and gone when the one that began them is.

    with pool(4) as workers:
        answers = [workers.submit(play, part) for part in parts]

Nobody but the process at the terminal hears that it should stop, and it decides for all. However it ends, killed or
not, its workers end with it.
"""

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from sim.errors import OceansError
from sim.one_thread import ONE_THREAD

__all__ = ["WorkerLost", "pool"]

STOPS = (signal.SIGINT, signal.SIGTERM)


class WorkerLost(OceansError):
    """A worker's process ended before its work was done."""


@contextlib.contextmanager
def pool(workers, begin=None, given=()):
    """Processes to submit work to, until the block ends; if it ends in an error, what is in hand is given up.

    Parameters
    ----------
    workers : int, how many processes
    begin : callable, called in each of them before anything else, with what is `given`
    given : tuple

    Yields
    ------
    concurrent.futures.Executor; WorkerLost when one of its processes ends before its work is done

    >>> with pool(1) as workers:
    ...     workers.submit(abs, -3).result()
    3
    """
    with _one_thread_each():
        words = pickle.dumps((begin, given))
        processes = _Pool(workers, multiprocessing.get_context("spawn"), _begin_worker, (words,))
        try:
            yield processes
        except BaseException as error:
            processes.give_up()
            if isinstance(error, BrokenProcessPool):
                raise WorkerLost(
                    "a worker's process ended before its work was done, out of memory perhaps. Try fewer --workers."
                ) from None
            raise
        processes.shutdown()


class _Pool(ProcessPoolExecutor):
    """The library's own pool, whose processes are begun as work comes in: deaf to whoever wants to stop them."""

    def submit(self, *work, **options):
        with _nobody_heard():
            return super().submit(*work, **options)

    def give_up(self):
        """Ends the processes as they stand."""
        at_work = list((self._processes or {}).values())
        self.shutdown(wait=False, cancel_futures=True)
        for process in at_work:
            process.kill()


@contextlib.contextmanager
def _one_thread_each():
    """Linear algebra on one thread in each process begun meanwhile: more would stand in one another's way."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextlib.contextmanager
def _nobody_heard():
    """A process begun meanwhile does not hear that it should stop; this one hears it when the block has ended."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    held = _held_back()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        held()


def _held_back():
    """Keeps what another thread has let through from being acted on, until what this gives is called."""
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    heard = []
    before = {stop: signal.signal(stop, lambda number, _: heard.append(number)) for stop in STOPS}

    def let_go():
        for stop, handler in before.items():
            signal.signal(stop, handler)
        for number in heard:
            signal.raise_signal(number)

    return let_go


def _begin_worker(words):
    """What a process does first; what it is given may take long to read, so it is read when the rest is in place."""
    for stop in STOPS:
        signal.signal(stop, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin, given = pickle.loads(words)
    if begin is not None:
        begin(*given)


def _end_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)
