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
    wait,
)
from dataclasses import dataclass
from pickle import PicklingError
from typing import Any

from sim.engines import has_threads
from sim.errors import RunError, UsageError
from sim.experiment.tasks import do, tasks_of
from sim.experiment.work import PATHS_IN_A_CHUNK, Chunk, Interruption, Work, chunks
from sim.results.draw_counts import DrawCounts

FEWEST, MOST = 1_000, 1_000_000  # paths in a chunk of a fast engine: a moment to half a minute
FEWEST_OF_A_SLOW_ENGINE = 20
CHUNKS_A_WORKER = 8  # at least, to even out fast and slow ones
UNSAID = 32  # how many workers an executor is taken to have that does not say
WAKE = 0.2  # seconds: a wait for a result does not hear Ctrl-C
DIVISORS = (100, 50, 25, 20, 10, 5, 4, 2, 1)  # of the block of draws after which a run may end
GONE = (
    "the executor lost a worker, or was shut down, before its work was done; chunks that had been "
    "counted are lost with it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """An executor, and how many chunks it works on at a time."""

    executor: Executor
    at_once: int


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


def chunks_for(work: Work, at_once: int, *, in_blocks: bool) -> Iterator[Chunk]:
    """The chunks of a run for so many workers; with `in_blocks` none lies across two blocks."""
    n = work.draws * work.paths
    low, high = FEWEST, MOST
    if not has_threads(work.engine):
        low, high = FEWEST_OF_A_SLOW_ENGINE, PATHS_IN_A_CHUNK
    size = min(max(n // (CHUNKS_A_WORKER * at_once), low), high)
    if in_blocks and size > work.paths:
        size = work.paths * next(one for one in DIVISORS if one <= size // work.paths)
    return chunks(work, size)


def handed_out(
    crew: Crew,
    work: Work,
    todo: Iterable[Chunk],
    interruption: Interruption,
    done: Callable[[int], object],
    *,
    keep: bool,
) -> Iterator[DrawCounts]:
    """The counts of the chunks, in their order; `done` hears of paths as they are finished.

    Only a few are under way at any time, so that finished ones never pile up. Where the caller goes
    no further, or Ctrl-C comes (Stop), what is under way is cancelled.
    """
    task_of, left = tasks_of(work, keep=keep), iter(todo)
    ahead: deque[Future[DrawCounts]] = deque()
    heard: set[Future[DrawCounts]] = set()
    try:
        while True:
            # two a worker: one under way, one waiting, so that nobody idles meanwhile
            while len(ahead) < 2 * crew.at_once + 1 and (chunk := next(left, None)):
                ahead.append(crew.executor.submit(do, task_of(chunk)))
            if not ahead:
                return
            while not ahead[0].done():
                interruption.check()
                arrived = wait(set(ahead) - heard, WAKE, FIRST_COMPLETED).done
                heard |= arrived
                for one in arrived:
                    if not one.cancelled() and one.exception() is None:
                        done(one.result().n)
            first = ahead.popleft()
            counts = _result(first)
            if first not in heard:
                done(counts.n)
            heard.discard(first)
            yield counts
            interruption.check()
    finally:
        for one in ahead:
            one.cancel()


def _result(future: Future[DrawCounts]) -> DrawCounts:
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        raise RunError(GONE) from None
    except PicklingError as error:
        raise UsageError(f"executor: a function that decides cannot be sent: {error}") from None
