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
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import current_process
from time import sleep
from types import FrameType
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.decisions.asking import Decisions
from sim.engines import engine, has_threads
from sim.experiment.processes import processes
from sim.model.model import Model
from sim.results import PathBatch

PATHS_IN_A_CHUNK = 250  # at most: a second or so of the reference engine
PATHS_BESIDE_THEIR_TWINS = 20_000  # of a faster engine, kept until the last twin has walked them
PATHS_WORTH_A_PROCESS = 200  # fewer are walked here

Pieces = list[list[PathBatch]]  # of each model


class Walked(NamedTuple):
    """Pieces of a baseline and its twins, and how many paths of each twin were walked again."""

    pieces: Pieces
    again: list[int]


class Chunk(NamedTuple):
    """A rectangle of draws, by their position in the work, and paths."""

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
    first: int = 0  # the number of the first draw
    common: bool = False  # see `Engine`
    decide: Decisions | None = None  # who decides for actors, instead of the model

    @property
    def total(self) -> int:
        """How many paths are to be walked, in all models."""
        return self.draws * self.paths * len(self.models)


Made = TypeVar("Made")


class Stop(BaseException):
    """Somebody asked to stop; like KeyboardInterrupt nothing for `except Exception` to swallow."""


class Interruption:
    """Whether Ctrl-C was pressed: the first time work ends in good order, the second at once."""

    def __init__(self) -> None:
        self.asked = False
        self.in_the_making = False  # something that may be left unmade: see `each`

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Answer a signal."""
        # a second Ctrl-C is from somebody who does not want to wait
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        if self.in_the_making:
            raise Stop

    def check(self) -> None:
        """Raise Stop if it was pressed."""
        if self.asked:
            raise Stop

    def each(self, made: Iterator[Made]) -> Iterator[Made]:
        """What an iterator makes, one by one; Stop at once where Ctrl-C comes while it makes one.

        So an engine is left in the middle of a path, which may be long; but nothing that takes a
        piece is ever left in the middle of counting it. Not for what may compile something: numba
        does not stand being left in the middle.
        """
        while True:
            self.in_the_making = True
            try:
                self.check()  # behind the line before, so that no signal falls between the two
                one = next(made, None)
            finally:
                self.in_the_making = False
            if one is None:
                return
            yield one


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
    # a worker of multiprocessing.Pool may have no processes of its own
    alone = work.workers == 1 or n <= PATHS_WORTH_A_PROCESS or current_process().daemon
    if has_threads(work.engine) or alone:
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
        for piece in _heard(work, 0, whole, interruption):
            done(len(piece.ending))
            yield [[piece]]
            interruption.check()
        return
    size = PATHS_BESIDE_THEIR_TWINS if has_threads(work.engine) else PATHS_IN_A_CHUNK
    for chunk in chunks(work, size):
        part, found = part_of(work, chunk), Pieces()
        for which in range(len(work.models)):
            found.append([])
            for piece in _heard(part, which, chunk, interruption):
                done(len(piece.ending))
                found[-1].append(piece)
        yield found


def _elsewhere(
    work: Work,
    todo: Iterator[Chunk],
    interruption: Interruption,
    done: Callable[[int], object],
) -> Iterator[Pieces]:
    """Only a few chunks are under way at any time, so that finished ones never pile up."""
    ahead: deque[Future[Pieces]] = deque()
    with processes(work.workers) as pool:
        for chunk in todo:
            ahead.append(_submit(pool, work, chunk))
            # two a worker: one under way, one waiting, so that nobody idles while results are
            # counted
            if len(ahead) > 2 * work.workers:
                yield _next(ahead, interruption, done)
        while ahead:
            yield _next(ahead, interruption, done)


def _submit(pool: Executor, work: Work, chunk: Chunk) -> Future[Pieces]:
    return pool.submit(walk_chunk, part_of(work, chunk), chunk)


def part_of(work: Work, chunk: Chunk) -> Work:
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
            try:
                pieces = future.result()
            except BrokenProcessPool:
                # SIGTERM may have reached the workers as well, and before it was answered here
                sleep(0.1)
                interruption.check()
                raise
            done(sum(len(piece.ending) for one in pieces for piece in one))
            return pieces


def walk_chunk(work: Work, chunk: Chunk, **more: Any) -> Pieces:
    """All pieces of a chunk, in a worker process; `more` goes to the engine."""
    return [list(_pieces(work, which, chunk, **more)) for which in range(len(work.models))]


def _heard(work: Work, which: int, chunk: Chunk, interruption: Interruption) -> Iterator[PathBatch]:
    """What the engine makes of a chunk, in this process; Stop within a second of Ctrl-C."""
    if has_threads(work.engine):
        # an engine with threads of its own wants no processes beside them
        return _pieces(work, which, chunk, threads=work.workers, check=interruption.check)
    return interruption.each(_pieces(work, which, chunk))


def _pieces(work: Work, which: int, chunk: Chunk, **more: Any) -> Iterator[PathBatch]:
    """What the engine makes of a chunk in one of the models."""
    draws = range(work.first + chunk.draws.start, work.first + chunk.draws.stop)
    if work.decide is not None:
        more["decide"] = work.decide.of(work.models[which], work.seed)
    return engine(work.engine)(
        work.models[which],
        work.values[which],
        seed=work.seed,
        draws=draws,
        paths=chunk.paths,
        events=work.events,
        common=work.common,
        **more,
    )
