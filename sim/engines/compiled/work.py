"""The work of a run handed out: blocks of draws, chunks of paths, threads over them.

A thread walks some paths in one call of the kernel, which needs no lock of Python's. How many is
found as it goes, so that a call takes a moment; what is walked does not depend on it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from hashlib import blake2s
from pathlib import Path
from time import perf_counter
from typing import Generic, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim import streams
from sim.engines.compiled import allocation
from sim.engines.compiled.delays import Impossible
from sim.engines.compiled.failures import explain, moment_of
from sim.engines.compiled.intrinsics import addresses
from sim.engines.compiled.kernel import kernel
from sim.engines.compiled.layout import (
    CODE,
    DRAW,
    ENDLESS,
    EVERY,
    FINE,
    FULL,
    HALTED,
    NO_EVENTS,
    PATH,
    RECORDED,
    SOME,
    TOO_MANY,
    WITH_EVENTS,
    Arguments,
    Floats,
    Ints,
    Job,
    Offsets,
    Output,
    PathState,
)
from sim.engines.compiled.lowering import Lowered
from sim.errors import RunError
from sim.model.failures import FIRINGS_AT_ONE_INSTANT, endless, impossible_delay, too_many
from sim.results import EventBatch, PathBatch

SECONDS = 0.1  # a call of the kernel, about
LOOK_EVERY = 0.2  # seconds: how soon Ctrl-C is heard in a call that takes longer
PATHS_AT_FIRST, MOST_PATHS_AT_ONCE = 256, 1 << 14
DRAWS_IN_A_BLOCK = 64
NUMBERS_IN_A_BLOCK = 1 << 21  # of the tables that parameters enter
_KERNELS = (
    *("bit_planes", "clocks", "firing", "kernel", "layout", "lookup", "intrinsics"),
    *("table_registry", "weights"),
)
COMPILED_IN = (  # modules of `sim` whose functions or values are part of the kernel
    *(f"engines.compiled.{name}" for name in _KERNELS),
    *("model.delay_kinds", "model.metalog", "model.normal", "model.scalar_functions"),
    *("model.time_grid", "model.delay_sampling"),
    *("engines.jit", "model.failures", "model.transitions", "streams"),
)
EVENTS_A_PATH = 64  # memory at first; doubled where it is too little


def impossible(wrong: Impossible, first: int) -> RunError:
    """The error for a waiting time that cannot be, `first` being the first draw of its block."""
    transition, draw = wrong.transition, first + wrong.position
    return impossible_delay(transition.name, transition.after, wrong.problem, draw)


def size_after(paths: int, seconds: float) -> int:
    """How many paths to walk in a call when so many took so long."""
    return int(min(max(SECONDS * paths / max(seconds, 1e-9), 1), MOST_PATHS_AT_ONCE))


_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Task:
    """Some paths of some draws; `position` is that of the first draw in its block.

    They are the same range in each draw, or `chosen`: all their numbers, draw by draw, and by draw
    how many there are by its end.
    """

    filled: Floats
    first: int  # draw
    position: int
    draws: int
    paths: range = range(0)
    chosen: tuple[Ints, Ints] | None = None

    @property
    def rows(self) -> int:
        """How many paths there are in all."""
        return self.draws * len(self.paths) if self.chosen is None else len(self.chosen[0])


Batch = TypeVar("Batch")


class Walker(Generic[Batch]):
    """One call of `walk` or `walk_chosen`: what all its threads share.

    `tasks` says what there is to walk, and `batches` what becomes of it.
    """

    def __init__(
        self, made: Lowered, values: NDArray[np.float64], seed: int, draws: range, record: int
    ) -> None:
        self.made, self.values, self.seed = made, values, seed
        self.draws, self.record = draws, record
        self.halt = np.zeros(1, np.int64)
        self.size = PATHS_AT_FIRST
        self.axes = allocation.axes(made)
        self.offsets = Offsets(start=made.pool.base, step=made.pool.step, delay=made.delays)
        self.walk_block = kernel(_source())

    def tasks(self) -> Iterator[Task]:
        """The work in order of draw, then of path."""
        raise NotImplementedError

    def batches(self, task: Task, out: Output) -> list[Batch]:
        """What a task left behind."""
        raise NotImplementedError

    def pieces(self, threads: int, check: Callable[[], None]) -> Iterator[Batch]:
        """All pieces in order, a few tasks ahead of whoever takes them; `check` as in `walk`."""
        # twice as many tasks as threads are under way: enough to keep all busy, and bounded memory
        waiting_for: deque[Future[list[Batch]]] = deque()
        pool = ThreadPoolExecutor(max_workers=threads)
        try:
            for task in self.tasks():
                waiting_for.append(pool.submit(self.do, task))
                if len(waiting_for) > 2 * threads:
                    yield from _result(waiting_for.popleft(), check)
            while waiting_for:
                yield from _result(waiting_for.popleft(), check)
        finally:
            self.halt[0] = 1  # also when nobody takes the rest, or it is interrupted
            pool.shutdown(wait=True, cancel_futures=True)

    def blocks(self) -> Iterator[range]:
        """Positions of draws whose tables are filled at once, as far as memory allows."""
        # for many draws at once NumPy does it well
        size = self.made.pool.drawn_size
        block = max(1, min(DRAWS_IN_A_BLOCK, NUMBERS_IN_A_BLOCK // max(size, 1)))
        for first in range(0, len(self.draws), block):
            yield range(first, min(first + block, len(self.draws)))

    def tables(self, some: range) -> Floats:
        """The tables for a block of draws."""
        columns = {
            parameter.name: np.ascontiguousarray(self.values[some.start : some.stop, i])
            for i, parameter in enumerate(self.made.model.parameters)
        }
        try:
            return self.made.pool.filled(columns, len(some))
        except Impossible as wrong:
            raise impossible(wrong, self.draws[some.start]) from wrong

    def do(self, task: Task) -> list[Batch]:
        """Walk a task's paths."""
        path, begun = allocation.path_state(self.made), perf_counter()
        code, job, out = self.run(task, path, self.record)
        if code == HALTED:
            return []
        if code != FINE:
            self.fail(task, path, int(job.here[DRAW]), int(job.here[PATH]))
        self.size = size_after(task.rows, perf_counter() - begun)
        return self.batches(task, out)

    def run(self, task: Task, path: PathState, record: int) -> tuple[int, Job, Output]:
        """(how it ended, where, what is left behind); with twice the memory for events if need be.

        A path draws by its number, so that it is the same when the call is made once more.
        """
        capacity = EVENTS_A_PATH * task.rows if record != NO_EVENTS else 0
        paths, which = task.paths, EVERY if task.chosen is None else SOME
        numbers = (task.first, task.draws, paths.start, len(paths), task.position, which)
        chosen, chosen_end = task.chosen or (_NONE, _NONE)
        tables = allocation.tables(self.made, self.axes, task.filled)
        plan = self.made.plan
        while True:
            job = allocation.job(streams.key(self.seed), numbers, self.halt, chosen, chosen_end)
            out = allocation.output(self.made, task.draws, task.rows, record, capacity)
            plan = plan._replace(size=plan.size._replace(capacity=capacity))
            # named, as `addresses` keeps no reference to what it points to
            arguments = Arguments(tables, self.offsets, plan, path, out, job)
            code = self.walk_block(addresses(arguments))
            if code != FULL:
                return code, job, out
            capacity *= 2

    def fail(self, task: Task, path: PathState, draw: int, number: int) -> NoReturn:
        """Raise the error for what went wrong in a path."""
        model = self.made.model
        when = moment_of(model, path, draw, number)
        if path.status[CODE] == ENDLESS:
            # the path once more, alone and with its events, to see what went round
            one = Task(
                task.filled, draw, task.position + draw - task.first, 1, range(number, number + 1)
            )
            _, _, out = self.run(one, path, WITH_EVENTS)
            last = out.transition[: path.status[RECORDED]][-1 - FIRINGS_AT_ONE_INSTANT :]
            raise endless([model.transitions[rank].name for rank in last.tolist()], when)
        if path.status[CODE] == TOO_MANY:
            raise too_many(model, path.fired.tolist(), when)
        explain(model, path, self.values[draw - self.draws.start].tolist(), draw, when)


class EveryPath(Walker[PathBatch]):
    """The same range of paths in every draw."""

    def __init__(
        self,
        made: Lowered,
        values: NDArray[np.float64],
        seed: int,
        draws: range,
        paths: range,
        events: bool,
    ) -> None:
        super().__init__(made, values, seed, draws, WITH_EVENTS if events else NO_EVENTS)
        self.paths = paths

    def tasks(self) -> Iterator[Task]:
        """Rectangles of draws and paths, or a part of one draw where it has many."""
        for some in self.blocks():
            filled, at = self.tables(some), some.start
            while at < some.stop:
                draws = min(max(self.size // max(len(self.paths), 1), 1), some.stop - at)
                for paths in self.cut(self.paths):
                    yield Task(filled, self.draws[at], at - some.start, draws, paths)
                at += draws

    def cut(self, paths: range) -> Iterator[range]:
        """Consecutive paths, in pieces of what is the size by then; all in one if they are few."""
        first = paths.start
        while first < paths.stop:
            last = min(first + self.size, paths.stop) if len(paths) > self.size else paths.stop
            yield range(first, last)
            first = last

    def batches(self, task: Task, out: Output) -> list[PathBatch]:
        """A batch for each draw."""
        return [piece(task, out, draw) for draw in range(task.draws)]


def _result(future: Future[list[Batch]], check: Callable[[], None]) -> list[Batch]:
    """What a task found; `check` is called while it is waited for, and what it raises raised."""
    check()
    while not wait([future], timeout=LOOK_EVERY).done:
        check()
    return future.result()


def piece(task: Task, out: Output, draw: int) -> PathBatch:
    """What one draw of a task left behind."""
    count = len(task.paths)
    rows = slice(draw * count, (draw + 1) * count)
    return PathBatch(
        draw=task.first + draw,
        first=task.paths.start,
        ending=out.ending[rows],
        end_time=out.end_time[rows],
        stopped=out.stopped[rows].view(np.bool_),
        n_events=out.n_events[rows],
        outcome_time=out.outcome_time[rows],
        started=out.started[draw],
        fired=out.fired[draw],
        taken=out.taken[draw],
        rungs=np.cumsum(out.rungs[draw], axis=0)[:-1],  # from changes to numbers of paths
        events=firings(out, rows) if out.record[0] else None,
    )


def firings(out: Output, rows: slice) -> EventBatch:
    """The events of the paths in these rows."""
    first = int(out.end[rows.start - 1]) if rows.start else 0
    last = int(out.end[rows.stop - 1]) if rows.stop else 0
    these = slice(first, last)
    return EventBatch(
        path=out.path[these].copy(),
        seq=out.seq[these].copy(),
        time=out.time[these].copy(),
        transition=out.transition[these].copy(),
        option=out.option[these].copy(),
        probability=out.probability[these].copy(),
        cause=out.cause[these].copy(),
    )


def _source() -> str:
    """A digest of every file that is compiled into the kernel."""
    home = Path(__file__).parents[2]
    files = [home.joinpath(*name.split(".")).with_suffix(".py") for name in COMPILED_IN]
    return blake2s(b"".join(file.read_bytes() for file in files)).hexdigest()
