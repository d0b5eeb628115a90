"""The work of a run handed out: blocks of draws, chunks of paths, threads over them.

A thread walks some paths in one call of the kernel, which needs no lock of Python's. How many is
found as it goes, so that a call takes a moment; what is walked does not depend on it.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from hashlib import blake2s
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import NoReturn

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
    ENDLESS,
    FINE,
    FULL,
    HALTED,
    NO_EVENTS,
    PATH,
    POSITION,
    RECORDED,
    TOO_MANY,
    WITH_CHANGES,
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
from sim.engines.compiled.table_registry import Shared
from sim.errors import RunError
from sim.model.failures import FIRINGS_AT_ONE_INSTANT, endless, impossible_delay, too_many
from sim.results import Changes, EventBatch, PathBatch, PathTrace

SECONDS = 0.1  # a call of the kernel, about
LOOK_EVERY = 0.2  # seconds: how soon Ctrl-C is heard in a call that takes longer
PATHS_AT_FIRST, MOST_PATHS_AT_ONCE = 256, 1 << 14
# tables are filled for so many draws at once; for fewer where that would be over 16 MB of numbers
DRAWS_IN_A_BLOCK = 256
NUMBERS_IN_A_BLOCK = 1 << 21  # of the tables that parameters enter
_KERNELS = (
    *("bit_planes", "clocks", "firing", "kernel", "layout", "lookup", "intrinsics"),
    *("table_registry", "weights"),
)
COMPILED_IN = (  # modules of `sim` whose functions or values are part of the kernel
    *(f"engines.compiled.{name}" for name in _KERNELS),
    *("model.delay_kinds", "model.metalog", "model.normal", "model.scalar_functions"),
    *("model.time_grid", "model.delay_sampling", "model.kernel_density"),
    *("engines.jit", "model.failures", "model.transitions", "streams"),
)
EVENTS_A_PATH = 64  # memory at first; doubled where it is too little


def impossible(wrong: Impossible, first: int) -> RunError:
    """The error for a waiting time that cannot be, `first` being the first draw of its block."""
    transition, draw = wrong.transition, first + wrong.position
    return impossible_delay(transition.name, transition.after, wrong.problem, draw)


def size_after(paths: int, seconds: float) -> int:
    """How many paths to walk in a call when so many took so long."""
    # a clock may show no time at all for a few short paths
    return int(min(max(SECONDS * paths / max(seconds, 1e-9), 1), MOST_PATHS_AT_ONCE))


Paths = range | Sequence[Ints]  # the same in every draw, or of each draw their numbers


@dataclass(frozen=True, slots=True)
class Task:
    """Some paths of some draws; `position` is that of the first draw in its block."""

    filled: Floats
    first: int  # draw
    position: int
    numbers: tuple[Ints, ...]  # of the paths, one array a draw

    @property
    def rows(self) -> int:
        """How many paths there are in all."""
        return sum(map(len, self.numbers))


class Walker:
    """One call of `walk`: what all its threads share."""

    def __init__(
        self,
        made: Lowered,
        values: NDArray[np.float64],
        seed: int,
        draws: range,
        paths: Paths,
        events: bool,
        *,
        changes: bool = False,
        trace: bool = False,
        like: tuple[Shared, "Walker"] | None = None,
        common: bool = False,
    ) -> None:
        """`changes` keeps events with what they did to the state; `common` as in `Engine`.

        `like`: what its tables share with those of another walker over the same draws.
        """
        self.made, self.values, self.seed = made, values, seed
        self.draws, self.paths, self.trace = draws, paths, trace
        self.record = WITH_CHANGES if changes else WITH_EVENTS if events else NO_EVENTS
        self.like, self.common = like, common
        self.filled: dict[tuple[int, int], Floats] = {}  # of a walker with a trace, by block
        self.halt = np.zeros(1, np.int64)
        self.size = PATHS_AT_FIRST
        self.axes = allocation.axes(made)
        self.offsets = Offsets(start=made.pool.base, step=made.pool.step, delay=made.delays)
        self.walk_block = kernel(digest(COMPILED_IN))

    def pieces(self, threads: int, check: Callable[[], None]) -> Iterator[PathBatch]:
        """All pieces in order, a few tasks ahead of whoever takes them; `check` as in `walk`."""
        # twice as many tasks as threads are under way: enough to keep all busy, and bounded memory
        waiting_for: deque[Future[list[PathBatch]]] = deque()
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

    def tasks(self) -> Iterator[Task]:
        """The work in order of draw, then of path."""
        for some in self.blocks():
            if not any(map(self.count, some)):
                continue  # no path of these draws is wanted, so no tables are
            filled, at = self.tables(some), some.start
            while at < some.stop:
                # draws with few paths share a call, which would otherwise last too short a moment
                # to be worth it
                last, rows = at + 1, self.count(at)
                while last < some.stop and rows + self.count(last) <= self.size:
                    rows += self.count(last)
                    last += 1
                for numbers in self.cut(at, last):
                    yield Task(filled, self.draws[at], at - some.start, numbers)
                at = last

    def blocks(self) -> Iterator[range]:
        """The draws whose tables are filled at once, which NumPy does well, as memory allows."""
        if self.like is not None:  # in the same blocks as those its tables are taken from
            yield from (range(*ends) for ends in self.like[1].filled)
            return
        size = self.made.pool.drawn_size
        block = max(1, min(DRAWS_IN_A_BLOCK, NUMBERS_IN_A_BLOCK // max(size, 1)))
        for first in range(0, len(self.draws), block):
            yield range(first, min(first + block, len(self.draws)))

    def count(self, draw: int) -> int:
        """How many paths a draw (by its position) has."""
        return len(self.paths) if isinstance(self.paths, range) else len(self.paths[draw])

    def cut(self, first: int, last: int) -> Iterator[tuple[Ints, ...]]:
        """The paths of some draws; those of one draw in pieces of what is the size by then."""
        if last > first + 1:
            if not isinstance(self.paths, range):
                yield tuple(self.paths[first:last])
            else:
                yield (_numbers(self.paths),) * (last - first)
            return
        paths = self.paths if isinstance(self.paths, range) else self.paths[first]
        at = 0
        while at < len(paths):
            end = at + self.size if len(paths) > self.size else len(paths)
            yield (_numbers(paths[at:end]),)
            at = end

    def tables(self, some: range) -> Floats:
        """The tables for a block of draws."""
        columns = {
            parameter.name: np.ascontiguousarray(self.values[some.start : some.stop, i])
            for i, parameter in enumerate(self.made.model.parameters)
        }
        block, shared = (some.start, some.stop), None
        if self.like is not None and block in self.like[1].filled:
            shared = replace(self.like[0], filled=self.like[1].filled[block])
        try:
            filled = self.made.pool.filled(columns, len(some), shared)
        except Impossible as wrong:
            raise impossible(wrong, self.draws[some.start]) from wrong
        if self.trace:
            self.filled[block] = filled
        return filled

    def do(self, task: Task) -> list[PathBatch]:
        """Walk a task's paths."""
        path, begun = allocation.path_state(self.made), perf_counter()
        code, job, out = self.run(task, path, self.record)
        if code == HALTED:
            return []
        if code != FINE:
            self.fail(task, path, task.first + int(job.here[POSITION]), int(job.here[PATH]))
        # threads overwrite one another here, and may: it decides how much a call walks, not what
        self.size = size_after(task.rows, perf_counter() - begun)
        rows = [slice(*ends) for ends in pairwise(job.first.tolist())]
        return [
            self.piece(task, out, draw, some)
            for draw, some in enumerate(rows)
            if some.stop > some.start
        ]

    def run(self, task: Task, path: PathState, record: int) -> tuple[int, Job, Output]:
        """(how it ended, where, what is left behind); with twice the memory for events if need be.

        A path draws by its number, so that it is the same when the call is made once more.
        """
        capacity = EVENTS_A_PATH * task.rows
        steps = EVENTS_A_PATH * task.rows if self.trace else None
        streams_from = (0, 0) if self.common else (task.first, 1)  # of which draw, and how on
        given = (streams_from[0], len(task.numbers), task.position, streams_from[1])
        tables = allocation.tables(self.made, self.axes, task.filled)
        plan = self.made.plan
        while True:
            # both anew: `here` has moved on, and counts in `out` hold the paths walked before
            # memory ran out
            job = allocation.job(streams.key(self.seed), given, task.numbers, self.halt)
            draws, rows = len(task.numbers), task.rows
            out = allocation.output(self.made, draws, rows, record, capacity, steps)
            size = plan.size._replace(capacity=capacity, step_capacity=steps or 0)
            plan = plan._replace(size=size)
            # named, as `addresses` keeps no reference to what it points to
            arguments = Arguments(tables, self.offsets, plan, path, out, job)
            code = self.walk_block(addresses(arguments))
            if code != FULL:
                return code, job, out
            capacity, steps = 2 * capacity, 2 * steps if steps else None

    def piece(self, task: Task, out: Output, draw: int, rows: slice) -> PathBatch:
        """What one draw of a task left behind."""
        return PathBatch(
            draw=task.first + draw,
            first=int(task.numbers[draw][0]),
            ending=out.ending[rows],
            end_time=out.end_time[rows],
            stopped=out.stopped[rows].view(np.bool_),
            n_events=out.n_events[rows],
            outcome_time=out.outcome_time[rows],
            outcome_event=out.outcome_event[rows],
            started=out.started[draw],
            fired=out.fired[draw],
            taken=out.taken[draw],
            rungs=np.cumsum(out.rungs[draw], axis=0)[:-1],  # from changes to numbers of paths
            events=_firings(out, rows) if out.record[0] != NO_EVENTS else None,
            changes=_changes(out, rows) if out.record[0] == WITH_CHANGES else None,
            trace=_trace(self.made, out, rows) if out.trace[0] else None,
        )

    def fail(self, task: Task, path: PathState, draw: int, number: int) -> NoReturn:
        """Raise the error for what went wrong in a path."""
        model = self.made.model
        # of the path that failed, before it is walked once more in the same memory
        when = moment_of(model, path, draw, number)
        if path.status[CODE] == ENDLESS:
            # the path once more, alone and with its events, to see what went round
            position = task.position + draw - task.first
            one = Task(task.filled, draw, position, (np.array([number]),))
            _, _, out = self.run(one, path, WITH_EVENTS)
            last = out.transition[: path.status[RECORDED]][-1 - FIRINGS_AT_ONE_INSTANT :]
            raise endless([model.transitions[rank].name for rank in last.tolist()], when)
        if path.status[CODE] == TOO_MANY:
            raise too_many(model, path.fired.tolist(), when)
        explain(model, path, self.values[draw - self.draws.start].tolist(), draw, when)


def _result(future: Future[list[PathBatch]], check: Callable[[], None]) -> list[PathBatch]:
    """What a task found; `check` is called while it is waited for, and what it raises raised."""
    check()
    while not wait([future], timeout=LOOK_EVERY).done:
        check()
    return future.result()


def _numbers(paths: range | Ints) -> Ints:
    """Numbers of paths as an array without gaps."""
    if isinstance(paths, range):
        return np.arange(paths.start, paths.stop, dtype=np.int64)
    return np.ascontiguousarray(paths, dtype=np.int64)


def _trace(made: Lowered, out: Output, rows: slice) -> PathTrace:
    first = int(out.step_end[rows.start - 1]) if rows.start else 0
    size, ends = made.plan.size, out.step_end[rows]
    came = out.came[rows].view(np.bool_)
    parts = (size.transitions, 2 * size.transitions)
    return PathTrace(
        started=came[:, : parts[0]],
        fired=came[:, parts[0] : parts[1]],
        taken=came[:, parts[1] :],
        parted=out.parted[rows].view(np.bool_),
        step=out.step[first : int(ends[-1])],
        step_path=np.repeat(np.arange(len(ends)), np.diff(ends, prepend=first)),
    )


def _changes(out: Output, rows: slice) -> Changes:
    these = _events(out, rows)
    first = np.append(out.change[: out.end[-1]], out.changes)[these.start : these.stop + 1]
    changes = slice(int(first[0]), int(first[-1]))
    return Changes(
        first=first - first[0],
        variable=out.changed[changes].copy(),
        value=out.new[changes].copy(),
    )


def _events(out: Output, rows: slice) -> slice:
    """Where the events of some paths stand."""
    first = int(out.end[rows.start - 1]) if rows.start else 0
    return slice(first, int(out.end[rows.stop - 1]) if rows.stop else 0)


def _firings(out: Output, rows: slice) -> EventBatch:
    these = _events(out, rows)
    return EventBatch(
        # copies, as a view would keep the memory of the whole call alive
        path=out.path[these].copy(),
        seq=out.seq[these].copy(),
        time=out.time[these].copy(),
        transition=out.transition[these].copy(),
        option=out.option[these].copy(),
        probability=out.probability[these].copy(),
        cause=out.cause[these].copy(),
    )


def digest(modules: Sequence[str]) -> str:
    """A digest of the files of these modules of `sim`: those that are compiled into a kernel."""
    home = Path(__file__).parents[2]
    files = [home.joinpath(*name.split(".")).with_suffix(".py") for name in modules]
    return blake2s(b"".join(file.read_bytes() for file in files)).hexdigest()
