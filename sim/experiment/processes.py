"""Worker processes: how they begin, and the error when one is lost."""

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from multiprocessing.context import BaseContext
from typing import Any

from sim.errors import RunError

LOST = (
    "a worker process ended before its work was done, perhaps for lack of memory; a script that "
    "uses worker processes needs `if __name__ == '__main__':` above it; workers=1 uses none"
)


def context() -> BaseContext:
    """Copies of this process where the system makes them well, so that a plain script will do."""
    # elsewhere a process starts anew and imports the caller's script, which needs a guard
    return get_context("fork" if sys.platform == "linux" else "spawn")


@contextmanager
def processes(
    workers: int, begin: Callable[..., object], *arguments: Any
) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes, each begun with `begin(*arguments)`; RunError if one is lost.

    All have ended when it is left; on KeyboardInterrupt they are made to.
    """
    # processes that were there before belong to the caller
    others = active_children()
    pool = ProcessPoolExecutor(workers, context(), begin, arguments)
    with warnings.catch_warnings():
        # Python warns of the threads its copy will lack. Of those here (a progress bar's, a linear
        # algebra library's) none is needed there, and none holds a lock that is.
        warnings.filterwarnings("ignore", ".*is multi-threaded", DeprecationWarning)
        pool.submit(int)  # all processes begin at the first call
    try:
        yield pool
    except BrokenProcessPool:
        raise RunError(LOST) from None
    except KeyboardInterrupt:
        _end(others)
        raise
    finally:
        try:
            pool.shutdown(cancel_futures=True)  # here, where Ctrl-C is answered, not at the exit
        except KeyboardInterrupt:
            _end(others)
            raise


def _end(others: Sequence[object]) -> None:
    """End the processes that are not among the others; they do not hear Ctrl-C themselves."""
    for child in active_children():
        if child not in others:
            child.terminate()
