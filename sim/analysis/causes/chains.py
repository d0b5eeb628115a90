"""What led to an outcome in each path: the chain of causes behind the event that made it hold.

The chain of an event is the event itself, the event after which its clock started, and so on back
to t = 0. A date (a treaty that begins to bind) has no cause; what was only waiting for it goes on
with what had made the rest of its guard hold.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model.evaluation import Evaluator, evaluator
from sim.model.expressions import variables_read
from sim.model.model import Model
from sim.model.transitions import NOTHING, Transition
from sim.results import NEVER
from sim.results.histories import Histories

Ints = NDArray[np.int64]
END = -1  # behind the first event of a chain


class Step(NamedTuple):
    """An event of a chain: the transition, the option taken, the rungs it changed.

    Of a date, which a guard was waiting for, only the transition counts: its option is NOTHING.
    """

    rank: int
    option: int  # or NOTHING
    rungs: tuple[tuple[int, int], ...]  # (variable, new value), of variables that have a ladder


@dataclass(frozen=True, kw_only=True)
class Chains:
    """The chain of each path, as the number of one of the different chains there are."""

    model: Model
    draw: Ints  # by path
    path: Ints
    chain: Ints
    steps: tuple[tuple[Step, ...], ...]  # by chain, oldest first; empty: held from the start

    @cached_property
    def paths(self) -> Ints:
        """How many paths have each chain."""
        return np.bincount(self.chain, minlength=len(self.steps))


def chains(model: Model, histories: Histories, outcome: str) -> Chains:
    """The chains behind an outcome, of those among the paths that reached it."""
    numbers = _Numbered(model, histories)
    last = histories.outcome_event[:, model.names.outcomes[outcome]].astype(np.int64)
    reached = np.flatnonzero(last != NEVER)
    rows, dated = _followed(model, histories, last, numbers)
    known: dict[tuple[int, ...], int] = {}
    chain = np.empty(len(reached), np.int64)
    dates = _Dates(model, histories)
    # Only paths that meet a date go the slow way, one by one; the others were followed all at once.
    for i, path in enumerate(reached.tolist()):
        # behind a date the chain goes on by what the state was
        row = dates.chain(path, int(last[path]), numbers) if dated[path] else rows[path]
        chain[i] = known.setdefault(row, len(known))
    steps = tuple(tuple(numbers.step(n) for n in reversed(row)) for row in known)
    return Chains(
        model=model,
        draw=histories.draw[reached],
        path=histories.path[reached],
        chain=chain,
        steps=steps,
    )


def events_behind(model: Model, histories: Histories, outcome: str, path: int) -> list[int]:
    """The chain in one path (its row) as the numbers of its events, oldest first.

    Empty where the outcome held from the start, or was not reached.
    """
    last = int(histories.outcome_event[path, model.names.outcomes[outcome]])
    return [seq for seq, _ in _Dates(model, histories).followed(path, last)][::-1]


class _Numbered:
    """One number for each different step that occurs, so that chains can be kept as numbers."""

    def __init__(self, model: Model, histories: Histories) -> None:
        self.model = model
        # A number a transition and option, times the number of changes of rungs: then a chain is a
        # tuple of whole numbers, which is quick to compare and small to keep.
        self.first = [0, *accumulate(len(t.options) + 1 for t in model.transitions)]
        # in front of a transition's options, the number of its firing without one
        offset = np.array(self.first, np.int64)[histories.transition]
        plain = np.where(histories.option == NOTHING, offset, offset + histories.option + 1)
        self.rungs, of_event = _rungs(model, histories)
        self.of_event = plain * len(self.rungs) + of_event

    def date(self, rank: int) -> int:
        """The number of a date, as of a firing that took no option and changed no rung."""
        return self.first[rank] * len(self.rungs)

    def step(self, number: int) -> Step:
        """The step of a number."""
        plain, rungs = divmod(number, len(self.rungs))
        rank = bisect_right(self.first, plain) - 1
        option = plain - self.first[rank] - 1
        return Step(rank, NOTHING if option < 0 else option, self.rungs[rungs])


def _rungs(model: Model, histories: Histories) -> tuple[list[tuple[tuple[int, int], ...]], Ints]:
    """The different changes of rungs that events make, no change first; and by event which."""
    ladders = np.array([variable.ladder is not None for variable in model.variables], bool)
    of_ladder = np.flatnonzero(ladders[histories.variable])
    # `change` has the place of each event's first change, so the event of a change is the last that
    # begins at or before it.
    event = np.searchsorted(histories.change, of_ladder, side="right") - 1
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    changed = histories.variable[of_ladder].tolist(), histories.value[of_ladder].tolist()
    pairs = zip(*changed, strict=True)
    for row, pair in zip(event.tolist(), pairs, strict=True):
        found[row] = (*found.get(row, ()), pair)
    known: dict[tuple[tuple[int, int], ...], int] = {(): 0}
    which = np.zeros(len(histories.time), np.int64)
    for row, rungs in found.items():
        which[row] = known.setdefault(rungs, len(known))
    return list(known), which


def _followed(
    model: Model, histories: Histories, last: Ints, numbers: _Numbered
) -> tuple[list[tuple[int, ...]], NDArray[np.bool_]]:
    """The numbers of each chain, latest first, and where a date was met, behind which none is.

    All paths go back one step at a time together, which is fast in NumPy.
    """
    dates = np.array([transition.at is not None for transition in model.transitions], bool)
    dated = np.zeros(len(last), np.bool_)
    going, at = np.flatnonzero(last >= 0), last[last >= 0]
    columns = []
    while len(going):
        rows = histories.first[going] + at
        column = np.full(len(last), END, np.int64)
        column[going] = numbers.of_event[rows]
        columns.append(column)
        at = histories.cause[rows]
        # Of those that are at the start, -1, any row may be looked up: `met` leaves them out.
        before = histories.first[going] + np.maximum(at, 0)
        met = (at >= 0) & dates[histories.transition[before]]
        dated[going[met]] = True
        on = (at >= 0) & ~met
        going, at = going[on], at[on]
    if not columns:
        return [() for _ in last], dated
    matrix = np.stack(columns, axis=1)
    lengths = (matrix != END).sum(axis=1).tolist()
    return [tuple(row[:n]) for row, n in zip(matrix.tolist(), lengths, strict=True)], dated


class _Dates:
    """Chains that go through dates, followed path by path with the history of the state."""

    def __init__(self, model: Model, histories: Histories) -> None:
        self.model, self.histories = model, histories
        self.guards: dict[int, Evaluator] = {}
        self.reads: dict[int, NDArray[np.bool_]] = {}  # by guard: the variables it reads

    def chain(self, path: int, last: int, numbers: _Numbered) -> tuple[int, ...]:
        """The numbers of a chain, latest first."""
        first, ranks = int(self.histories.first[path]), self.histories.transition
        return tuple(
            numbers.date(int(ranks[first + seq])) if waited else int(numbers.of_event[first + seq])
            for seq, waited in self.followed(path, last)
        )

    def followed(self, path: int, last: int) -> Iterator[tuple[int, bool]]:
        """The events of a chain, latest first; and whether it is a date a guard waited for."""
        first, histories = int(self.histories.first[path]), self.histories
        while last >= 0:
            yield last, False
            rank, last = int(histories.transition[first + last]), int(histories.cause[first + last])
            if last >= 0 and self.is_dated(first + last):
                dates, last = self.behind(path, rank, last)
                yield from ((date, True) for date in dates)

    def is_dated(self, row: int) -> bool:
        """Whether an event is a date."""
        return self.model.transitions[self.histories.transition[row]].at is not None

    def behind(self, path: int, rank: int, date: int) -> tuple[list[int], int]:
        """The dates a guard waited for, and what made the rest of it hold; -1: the start.

        A date has no cause, so a clause that is invoked when its treaty begins to bind would seem
        to be invoked by the calendar alone, whatever war it had been waiting in.
        """
        transition, dates = self.model.transitions[rank], [date]
        # Nothing was waited for: the date itself was the reason.
        if transition.when is None or transition.on:
            return dates, -1
        first, histories = int(self.histories.first[path]), self.histories
        holds = self.guard(path, rank, transition)
        events, states = self.read(path, rank, date)
        # backwards in time: would the guard have held earlier, had the dates come already?
        set_by_dates = histories.changes(first + date)
        for k in range(len(events) - 1, -1, -1):
            state, seq = states[k], events[k]
            # As if the dates had come before this event: what they set is no longer missing.
            for variable, value in set_by_dates.items():
                state[variable] = value
            # the dates alone would have let the guard hold here: what was missing came earlier
            if holds(state, seq - 1):
                continue
            if k == len(events) - 1:  # the date did more than set what the guard reads
                return dates, -1
            if not self.is_dated(first + seq):
                return dates, seq
            dates.append(seq)
            # A later date's value stays where both set the same variable.
            set_by_dates = {**histories.changes(first + seq), **set_by_dates}
        return dates, -1

    def read(self, path: int, rank: int, date: int) -> tuple[list[int], list[list[int]]]:
        """The events that changed what a guard reads, last the date; and the state before each.

        Of the state only what the guard reads is as it was.
        """
        histories, first = self.histories, int(self.histories.first[path])
        if rank not in self.reads:
            guard = self.model.transitions[rank].when
            assert guard is not None
            names = variables_read(guard.node)
            self.reads[rank] = np.array([v.name in names for v in self.model.variables], bool)
        low, high = histories.change[first], histories.change[first + date]
        of_guard = low + np.flatnonzero(self.reads[rank][histories.variable[low:high]])
        row = np.searchsorted(histories.change, of_guard, side="right") - 1
        state, events, states = list(self.model.start_state), list[int](), list[list[int]]()
        changes = zip(
            (row - first).tolist(),
            histories.variable[of_guard].tolist(),
            histories.value[of_guard].tolist(),
            strict=True,
        )
        for seq, variable, value in changes:
            if not events or events[-1] != seq:
                events.append(seq)
                states.append(state.copy())
            state[variable] = value
        return [*events, date], [*states, state]

    def guard(
        self, path: int, rank: int, transition: Transition
    ) -> Callable[[Sequence[int], int], bool]:
        """Whether a transition's guard holds in a state of this path, after event `seq` of it."""
        assert transition.when is not None
        if rank not in self.guards:
            self.guards[rank] = evaluator(transition.when.node, self.model.names)
        ask, values = self.guards[rank], self.histories.values_of(path)
        events = self.histories.outcome_event[path].tolist()

        def holds(state: Sequence[int], seq: int) -> bool:
            # Outcomes count from their event on, as in the engine.
            marks = [NEVER < event <= seq for event in events]
            try:
                return bool(ask(state, values, marks))
            except ArithmeticError:  # of a state that never was: no value there
                return False

        return holds
