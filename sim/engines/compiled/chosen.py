"""Chosen paths of many draws, and what every event in them did to the state."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled.layout import NO_EVENTS, WITH_CHANGES, Ints, Output
from sim.engines.compiled.lowering import Lowered
from sim.engines.compiled.work import Task, Walker, firings
from sim.results import Changes, ChosenBatch


class ChosenPaths(Walker[ChosenBatch]):
    """Paths named by their numbers: `numbers` has those of each draw in order."""

    def __init__(
        self,
        made: Lowered,
        values: NDArray[np.float64],
        seed: int,
        draws: range,
        numbers: Sequence[Ints],
        changes: bool,
    ) -> None:
        super().__init__(made, values, seed, draws, WITH_CHANGES if changes else NO_EVENTS)
        self.numbers = numbers

    def tasks(self) -> Iterator[Task]:
        """Consecutive draws with about as many paths as a call is to walk."""
        for some in self.blocks():
            counts = [len(self.numbers[at]) for at in some]
            filled, at = self.tables(some) if sum(counts) else None, some.start
            while filled is not None and at < some.stop:
                stop, rows = at + 1, counts[at - some.start]
                while stop < some.stop and rows + counts[stop - some.start] <= self.size:
                    rows += counts[stop - some.start]
                    stop += 1
                if rows:
                    numbers = np.concatenate(self.numbers[at:stop], dtype=np.int64)
                    ends = np.cumsum(counts[at - some.start : stop - some.start], dtype=np.int64)
                    place, draws = at - some.start, stop - at
                    yield Task(filled, self.draws[at], place, draws, chosen=(numbers, ends))
                at = stop

    def batches(self, task: Task, out: Output) -> list[ChosenBatch]:
        """One batch for all draws of the task."""
        assert task.chosen is not None
        numbers, ends = task.chosen
        draws = np.arange(task.first, task.first + task.draws)
        return [
            ChosenBatch(
                draw=np.repeat(draws, np.diff(ends, prepend=0)),
                path=numbers,
                ending=out.ending,
                end_time=out.end_time,
                stopped=out.stopped.view(np.bool_),
                n_events=out.n_events,
                outcome_time=out.outcome_time,
                outcome_event=out.outcome_event,
                events=firings(out, slice(0, task.rows)) if out.record[0] else None,
                changes=_changes(out),
            )
        ]


def _changes(out: Output) -> Changes | None:
    """What all events of a call did to the variables; None where it was not wanted."""
    if out.record[0] != WITH_CHANGES:
        return None
    events, changes = int(out.end[-1]), int(out.changes[0])
    first = np.append(out.change[:events], changes)
    return Changes(
        first=first, variable=out.changed[:changes].copy(), value=out.new[:changes].copy()
    )
