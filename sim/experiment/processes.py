"""Worker processes: how they begin and end, and the error when one is lost."""

import os
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from threading import Thread
from time import sleep

from sim.errors import RunError

LOST = (
    "a worker process ended before its work was done, perhaps for lack of memory; a script that "
    "uses worker processes needs `if __name__ == '__main__':` above it; workers=1 uses none"
)

LOOK_EVERY = 0.5  # seconds


def context() -> BaseContext:
    """Copies of this process where the system makes them well, so that a plain script will do."""
    # elsewhere a process starts anew and imports the caller's script, which needs a guard
    return get_context("fork" if sys.platform == "linux" else "spawn")


@contextmanager
def processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes; RunError if one is lost.

    All have ended when it is left, in the middle of their work if by an exception. None outlives
    this process, however it ends. Ctrl-C, which reaches them too, is for this one to answer.
    """
    # processes that were there before belong to the caller
    others = active_children()
    pool = ProcessPoolExecutor(workers, context(), _begin)
    with warnings.catch_warnings():
        # Python warns of the threads its copy will lack. Of those here (a progress bar's, a linear
        # algebra library's) none is needed there, and none holds a lock that is.
        warnings.filterwarnings("ignore", ".*is multi-threaded", DeprecationWarning)
        pool.submit(int)  # all processes begin at the first call
    try:
        yield pool
    except BrokenProcessPool:
        raise RunError(LOST) from None
    except BaseException:  # whoever leaves so, takes no more results
        _end(others)
        raise
    finally:
        try:
            pool.shutdown(cancel_futures=True)  # here, where Ctrl-C is answered, not at the exit
        except KeyboardInterrupt:
            _end(others)
            raise


def _end(others: Sequence[object]) -> None:
    """End the processes that are not among the others, which have nothing to put in order."""
    for child in active_children():
        if child not in others:
            child.kill()  # unlike a request it is heard also by one that has only just begun


def _begin() -> None:
    """Begin a worker process: signals answered as a worker does, and an eye on its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # a copy of a process has also what that answers to SIGTERM
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    """End this process when its parent is gone, which SIGKILL lets nobody announce."""
    if sys.platform == "win32":
        wait([parent.sentinel])
    else:
        # the sentinel is a pipe, of which other workers may hold the other end; but an orphan is
        # given another parent
        while os.getppid() == parent.pid:
            sleep(LOOK_EVERY)
    os._exit(1)
