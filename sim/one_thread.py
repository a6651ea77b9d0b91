"""Linear algebra on one thread while a turn is played: its arrays are small, and more would stand in their own way."""

import contextlib
import threading
from functools import cache

ONE_THREAD = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
)  # for a process that has not begun with numpy
_TAKEN = threading.Lock()


@contextlib.contextmanager
def one_blas_thread():
    """Holds numpy's linear algebra to one thread, and then gives back what the process had set.

    The setting belongs to the whole process. Who finds it taken, by a turn within a turn or one in another thread,
    leaves it alone: only the one that took it knows what to give back.

    >>> with one_blas_thread():
    ...     sum([1, 2])
    3
    """
    if not _TAKEN.acquire(blocking=False):
        yield
        return
    try:
        with _libraries().limit(limits=1, user_api="blas"):
            yield
    finally:
        _TAKEN.release()


@cache
def _libraries():
    """The libraries of linear algebra in this process, looked for once: numpy's is loaded with numpy."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
