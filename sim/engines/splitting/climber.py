"""Paths of one draw walked by the kernel: begun, taken up where others stood, kept where they are.

`Climber.walk` is one call of the kernel, for many paths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import NoReturn

import numpy as np

from sim import streams
from sim.engines.compiled import allocation
from sim.engines.compiled.delays import Impossible
from sim.engines.compiled.failures import explain, moment_of
from sim.engines.compiled.intrinsics import addresses, zeros_apart
from sim.engines.compiled.layout import (
    CODE,
    ENDLESS,
    FINE,
    FULL,
    HALTED,
    NO_EVENTS,
    NONE,
    PATH,
    RECORDED,
    TOO_MANY,
    WITH_EVENTS,
    Floats,
    Ints,
    Offsets,
    Output,
)
from sim.engines.compiled.lowering import Lowered
from sim.engines.compiled.work import COMPILED_IN, digest, impossible
from sim.engines.splitting.kernel import kernel
from sim.engines.splitting.layout import Climb, ClimbArguments, Guide
from sim.model.failures import FIRINGS_AT_ONE_INSTANT, endless, too_many
from sim.streams import name_hash

_OWN = ("kernel", "layout", "least_costs", "residual_delays", "situation_keys")
COMPILED_HERE = (*COMPILED_IN, *(f"engines.splitting.{name}" for name in _OWN))


class Halted(Exception):
    """Another thread asked for an end."""


@dataclass(frozen=True, slots=True)
class Climbed:
    """What a call of the kernel left behind."""

    kept: Ints  # a row of memory for each path that arrived
    row: Ints  # of each of these, its row in the call
    least: Floats  # of every path: the least distance met, ARRIVED where the outcome held
    events: int
    out: Output  # with events wanted: these, as many as `events` says


class Climber:
    """The paths of one draw on their way to one outcome."""

    def __init__(
        self,
        made: Lowered,
        values: Sequence[float],
        outcome: int,
        *,
        seed: int,
        draw: int,
        halt: Ints,
    ) -> None:
        model = made.model
        self.made, self.values, self.seed, self.draw, self.halt = made, values, seed, draw, halt
        # a block of one draw
        columns = {p.name: np.array([v]) for p, v in zip(model.parameters, values, strict=True)}
        try:
            filled = made.pool.filled(columns, 1)
        except Impossible as wrong:
            raise impossible(wrong, draw) from wrong
        self.tables = allocation.tables(made, allocation.axes(made), filled)
        self.offsets = Offsets(start=made.pool.base, step=made.pool.step, delay=made.delays)
        self.path, self.whole = allocation.path_memory(made)
        self.outcome = np.array([outcome])
        names = [transition.name for transition in model.transitions]
        # a colon cannot stand in a name, so these streams are nobody's first waits
        self.again = np.array([name_hash(f"again:{name}") for name in names], np.int64)
        self.begun = np.zeros((0, len(self.whole)), np.int64)
        self.call = kernel(digest(COMPILED_HERE))

    def walk(
        self,
        guide: Guide,
        numbers: range,
        limit: float,
        kept: Ints | None = None,
        start: Ints | None = None,
        *,
        events: bool = False,
    ) -> Climbed:
        """Walk the paths of these numbers until they are no further than `limit`, over or lost.

        Each begins at t = 0, or with `kept` from the row of it that `start` names.
        """
        # memory for events that was too little is made four times as large, and the paths walked
        # again
        for capacity in (1 << (14 + 2 * i) for i in count()):
            code, found = self._walk(guide, numbers, limit, kept, start, capacity if events else 0)
            if code != FULL:
                break
        if code == HALTED:
            raise Halted("stopped by another thread")
        if code != FINE:
            self._fail(guide, numbers, limit, kept, start)
        return found

    def _walk(
        self,
        guide: Guide,
        numbers: range,
        limit: float,
        kept: Ints | None,
        start: Ints | None,
        capacity: int,
    ) -> tuple[int, Climbed]:
        rows, width = len(numbers), len(self.whole)
        record = WITH_EVENTS if capacity else NO_EVENTS
        size = self.made.plan.size._replace(capacity=capacity)
        job = allocation.job(
            streams.key(self.seed),
            # random numbers of this draw, one draw, the first of its block
            (self.draw, 1, 0, 0),
            [np.arange(numbers.start, numbers.stop, dtype=np.int64)],
            self.halt,
        )
        out = allocation.output(self.made, 1, rows, record, capacity)
        climb = Climb(
            outcome=self.outcome,
            limit=np.array([limit]),
            start=np.full(rows, NONE) if start is None else start,
            again=self.again,
            saved=self.begun if kept is None else kept,
            whole=self.whole,
            # room for all: how many will arrive is not known beforehand
            arrived=zeros_apart(rows, width),
            row=zeros_apart(rows),
            least=np.zeros(rows),
            found=zeros_apart(2),
        )
        # named, as `addresses` keeps no reference to what it points to
        plan = self.made.plan._replace(size=size)
        arguments = ClimbArguments(
            self.tables, self.offsets, plan, self.path, out, job, guide, climb
        )
        code = self.call(addresses(arguments), width)
        self.last = job
        arrived, walked = climb.found.tolist()
        return code, Climbed(
            kept=climb.arrived[:arrived],
            row=climb.row[:arrived],
            least=climb.least,
            events=walked,
            out=out,
        )

    def _fail(
        self, guide: Guide, numbers: range, limit: float, kept: Ints | None, start: Ints | None
    ) -> NoReturn:
        """Raise the error for what went wrong in the path that was walked last."""
        model, path, number = self.made.model, self.path, int(self.last.here[PATH])
        when = moment_of(model, path, self.draw, number)
        if path.status[CODE] == ENDLESS:
            # the path once more, alone and with its events, to see what went round
            at = number - numbers.start
            own = None if start is None else start[at : at + 1].copy()
            capacity = 1 << 14
            code = FULL
            while code == FULL:
                capacity *= 4
                code, again = self._walk(
                    guide, range(number, number + 1), limit, kept, own, capacity
                )
            recorded = int(path.status[RECORDED])
            last = again.out.transition[:recorded][-1 - FIRINGS_AT_ONE_INSTANT :]
            raise endless([model.transitions[rank].name for rank in last.tolist()], when)
        if path.status[CODE] == TOO_MANY:
            raise too_many(model, path.fired.tolist(), when)
        explain(model, path, self.values, self.draw, when)
