"""Work in chunks: in this process, or spread over others, in the same order with the same results.

A chunk is a rectangle of draws and paths. It is walked for every model of the work (a baseline and
its twins side by side), so that nothing has to be kept until the other one comes.
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Event
from types import FrameType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engines import engine, has_threads
from sim.experiment.processes import context, processes
from sim.model.model import Model
from sim.results import PathBatch

PATHS_IN_A_CHUNK = 250  # at most: a second or so of the reference engine
PATHS_BESIDE_THEIR_TWINS = 20_000  # of a faster engine, kept until the last twin has walked them
PATHS_WORTH_A_PROCESS = 200  # fewer are walked here

Pieces = list[list[PathBatch]]  # of each model


class Chunk(NamedTuple):
    """A rectangle of draws and paths."""

    draws: range
    paths: range


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be walked: every path of every draw, in every model."""

    engine: str
    models: tuple[Model, ...]
    values: tuple[NDArray[np.float64], ...]  # of the parameters: a model, a row a draw
    seed: int
    draws: int
    paths: int
    events: bool
    workers: int

    @property
    def total(self) -> int:
        """How many paths are to be walked, in all models."""
        return self.draws * self.paths * len(self.models)


class Stop(Exception):
    """Somebody asked to stop."""


class Interruption:
    """Whether Ctrl-C was pressed: the first time work ends in good order, the second at once."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Answer a signal."""
        # a second Ctrl-C is from somebody who does not want to wait
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def check(self) -> None:
        """Raise Stop if it was pressed."""
        if self.asked:
            raise Stop


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Collect Ctrl-C instead of being torn away by it; only the main thread can."""
    interruption = Interruption()
    # signals reach the main thread alone, and only it may say what they do
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = signal.signal(signal.SIGINT, interruption.ask)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)


def chunks(work: Work, size: int) -> Iterator[Chunk]:
    """All draws and paths, in order, in rectangles of about `size` paths."""
    # never across two draws unless draws are small: tables are made draw by draw
    if work.paths >= size:
        for draw in range(work.draws):
            for first in range(0, work.paths, size):
                paths = range(first, min(first + size, work.paths))
                yield Chunk(range(draw, draw + 1), paths)
    else:
        step = size // work.paths
        for first in range(0, work.draws, step):
            yield Chunk(range(first, min(first + step, work.draws)), range(work.paths))


def walk(work: Work, interruption: Interruption, done: Callable[[int], object]) -> Iterator[Pieces]:
    """Pieces in order, of all models for the same paths; `done` hears of paths as they finish."""
    n = work.draws * work.paths
    if has_threads(work.engine) or work.workers == 1 or n <= PATHS_WORTH_A_PROCESS:
        return _here(work, interruption, done)
    # eight chunks a worker even out fast and slow ones; too small ones are all overhead
    size = min(max(n // (8 * work.workers), 20), PATHS_IN_A_CHUNK)
    return _elsewhere(work, chunks(work, size), interruption, done)


def _here(
    work: Work, interruption: Interruption, done: Callable[[int], object]
) -> Iterator[Pieces]:
    """One model piece by piece; several chunk by chunk, so that the same paths come together."""
    if len(work.models) == 1:
        # one model needs no pairs, so its engine may go through without a stop
        whole = Chunk(range(work.draws), range(work.paths))
        for piece in _pieces(work, 0, whole):
            done(len(piece.ending))
            yield [[piece]]
            interruption.check()
        return

    def count(piece: PathBatch) -> None:
        interruption.check()
        done(len(piece.ending))

    size = PATHS_BESIDE_THEIR_TWINS if has_threads(work.engine) else PATHS_IN_A_CHUNK
    for chunk in chunks(work, size):
        yield _walk_chunk(_part(work, chunk), chunk, count)


def _elsewhere(
    work: Work,
    todo: Iterator[Chunk],
    interruption: Interruption,
    done: Callable[[int], object],
) -> Iterator[Pieces]:
    """Only a few chunks are under way at any time, so that finished ones never pile up."""
    stop = context().Event()
    ahead: deque[Future[Pieces]] = deque()
    with processes(work.workers, _begin, stop) as pool:
        try:
            for chunk in todo:
                ahead.append(_submit(pool, work, chunk))
                # two a worker: one under way, one waiting, so that nobody idles while results are
                # counted
                if len(ahead) > 2 * work.workers:
                    yield _next(ahead, interruption, done)
            while ahead:
                yield _next(ahead, interruption, done)
        finally:
            stop.set()


def _submit(pool: Executor, work: Work, chunk: Chunk) -> Future[Pieces]:
    return pool.submit(_there, _part(work, chunk), chunk)


def _part(work: Work, chunk: Chunk) -> Work:
    """The work with the parameter values of the chunk's draws, and no others."""
    rows = slice(chunk.draws.start, chunk.draws.stop)
    return replace(work, values=tuple(values[rows] for values in work.values))


def _next(
    ahead: deque[Future[Pieces]], interruption: Interruption, done: Callable[[int], object]
) -> Pieces:
    """Wait for the chunk that is next in order, or for Ctrl-C."""
    future = ahead.popleft()
    while True:
        # woken five times a second, since a wait for a result does not hear Ctrl-C
        interruption.check()
        if wait([future], timeout=0.2).done:
            pieces = future.result()
            done(sum(len(piece.ending) for one in pieces for piece in one))
            return pieces


_stop: Event | None = None  # in a worker process: whether the run was given up


def _begin(stop: Event) -> None:
    """Begin a worker process; Ctrl-C, which reaches it too, is for the first process to answer."""
    # the one global: a worker process has no other way to be handed what is its own
    global _stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _stop = stop


def _there(work: Work, chunk: Chunk) -> Pieces:
    def look(piece: PathBatch) -> None:
        if _stop is not None and _stop.is_set():
            raise Stop

    return _walk_chunk(work, chunk, look)


def _walk_chunk(work: Work, chunk: Chunk, each: Callable[[PathBatch], None]) -> Pieces:
    """All pieces of a chunk; `each` is called with every one as it comes."""
    found: Pieces = [[] for _ in work.models]
    for which, own in enumerate(found):
        for piece in _pieces(work, which, chunk):
            each(piece)
            own.append(piece)
    return found


def _pieces(work: Work, which: int, chunk: Chunk) -> Iterator[PathBatch]:
    """What the engine makes of a chunk in one of the models."""
    # an engine with threads of its own wants no processes beside them
    more = {"threads": work.workers} if has_threads(work.engine) else {}
    return engine(work.engine)(
        work.models[which],
        work.values[which],
        seed=work.seed,
        draws=chunk.draws,
        paths=chunk.paths,
        events=work.events,
        **more,
    )
