"""Chunks of a run handed out to an executor: processes, threads, or the machines of a cluster.

No scheduler of ours: who does what, and what becomes of the work of a lost worker, is for the
executor. Here is only which chunks are under way, and in what order their counts are taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pickle import PicklingError
from typing import Any, Protocol, TypeVar

from sim.engines import has_threads
from sim.errors import RunError, UsageError
from sim.experiment.processes import processes
from sim.experiment.work import PATHS_IN_A_CHUNK, Chunk, Interruption, Work
from sim.streams import DRAWS_IN_BLOCK

FEWEST, MOST = 1_000, 1_000_000  # paths in a chunk of a fast engine: a moment to half a minute
FEWEST_OF_A_SLOW_ENGINE = 20
CHUNKS_A_WORKER = 8  # at least, to even out fast and slow ones
UNSAID = 32  # how many workers an executor is taken to have that does not say
WAKE = 0.2  # seconds: a wait for a result does not hear Ctrl-C
GONE = (
    "the executor lost a worker, or was shut down, before its work was done; chunks that were kept "
    "on disk (--resume) stay"
)


class Counted(Protocol):
    """What comes back of a chunk."""

    @property
    def n(self) -> int:
        """How many paths were walked."""


Found = TypeVar("Found", bound=Counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """An executor, and how many chunks it works on at a time."""

    executor: Executor
    at_once: int
    here: bool = False  # threads of this process


@contextmanager
def own_crew(engine: str, workers: int) -> Iterator[Crew]:
    """This machine's workers: threads for an engine that leaves Python alone, else processes."""
    if has_threads(engine) or workers == 1:
        with ThreadPoolExecutor(workers) as threads:
            yield Crew(executor=threads, at_once=workers, here=True)
        return
    with processes(workers) as pool:
        yield Crew(executor=pool, at_once=workers)


def crew_of(executor: object, workers: int | None) -> Crew:
    """The executor that was given, also a client of Dask, which has one. Raises UsageError."""
    size, made = workers, executor
    if not isinstance(executor, Executor) and hasattr(executor, "get_executor"):
        client: Any = executor
        made = client.get_executor()
        size = workers or sum(client.nthreads().values())
    if not isinstance(made, Executor) or not hasattr(made, "submit"):
        raise UsageError(
            "executor: takes an executor of concurrent.futures or a client of Dask, found "
            f"{executor!r:.60}"
        )
    # the pools of the standard library say how many they are
    size = size or getattr(made, "_max_workers", None) or UNSAID
    return Crew(executor=made, at_once=max(size, 1))


def chunk_size(work: Work, at_once: int, *, in_blocks: bool) -> int:
    """Paths in a chunk, for so many workers; with `in_blocks` none lies across two blocks."""
    n = work.draws * work.paths
    low, high = FEWEST, MOST
    if not has_threads(work.engine):
        low, high = FEWEST_OF_A_SLOW_ENGINE, PATHS_IN_A_CHUNK
    size = min(max(n // (CHUNKS_A_WORKER * at_once), low), high)
    # whole draws, as many as divide a block, as the run may end behind each block
    if in_blocks and size > work.paths:
        most = min(size // work.paths, DRAWS_IN_BLOCK)
        size = work.paths * next(n for n in range(most, 0, -1) if DRAWS_IN_BLOCK % n == 0)
    return size


def handed_out(
    crew: Crew,
    task_of: Callable[[Chunk], object],
    do: Callable[..., Found],
    todo: Iterable[Chunk],
    interruption: Interruption,
    done: Callable[[int], object],
    note: Callable[[Found], object] = lambda part: None,
) -> Iterator[Found]:
    """The counts of the chunks, in their order; `done` hears of paths as they are finished.

    `do` makes counts of what `task_of` makes of a chunk. `note` is given the counts of each chunk
    as it comes, in whatever order.

    Only a few are under way at any time, so that finished ones never pile up. Where the caller goes
    no further, or Ctrl-C comes (Stop), what is under way is cancelled.
    """
    left = iter(todo)
    # a thread hears of Ctrl-C in the middle of a chunk, a process is ended from outside
    doing = partial(do, check=interruption.check) if crew.here else do
    ahead: deque[Future[Found]] = deque()
    heard: set[Future[Found]] = set()

    def hear(one: Future[Found]) -> None:
        heard.add(one)
        # errors are raised when it is this chunk's turn, so that the first in order is told
        if not one.cancelled() and one.exception() is None:
            done(one.result().n)
            note(one.result())

    try:
        while True:
            # two a worker: one under way, one waiting, so that nobody idles meanwhile
            while len(ahead) < 2 * crew.at_once + 1 and (chunk := next(left, None)):
                ahead.append(_submitted(crew, doing, task_of(chunk)))
            if not ahead:
                return
            while not ahead[0].done():
                interruption.check()
                for one in wait(set(ahead) - heard, WAKE, FIRST_COMPLETED).done:
                    hear(one)
            first = ahead.popleft()
            if first not in heard:
                hear(first)
            heard.discard(first)
            # in order of chunks whoever is first: sums and the end of a run must not depend on it
            yield _result(first)
            interruption.check()
    finally:
        for one in ahead:
            one.cancel()


def _submitted(crew: Crew, do: Callable[..., Found], task: object) -> Future[Found]:
    try:
        return crew.executor.submit(do, task)
    except BrokenExecutor:  # a worker was lost while tasks still went out
        raise RunError(GONE) from None


def _result(future: Future[Found]) -> Found:
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        raise RunError(GONE) from None
    except PicklingError as error:
        raise UsageError(f"executor: a function that decides cannot be sent: {error}") from None
