"""Chosen paths with all their events and what these did to the state, in rows of arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.results.batches import ChosenBatch, PathBatch

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """Paths in order of draw and number; the events of all of them, one path after the other.

    An event is found by its row: those of path i are rows `first[i]` to `first[i + 1]`, and event
    `seq` of it is row `first[i] + seq`.
    """

    draw: Ints
    path: Ints
    values: NDArray[np.float64]  # of the parameters: a row a draw from the first one on
    outcome_event: NDArray[np.int32]  # (paths, outcomes): seq; -1 from the start; NEVER
    first: Ints  # by path: its first event; last, how many there are
    time: NDArray[np.float64]  # seconds; by event, as are the next three
    transition: Ints  # rank in the model
    option: Ints  # position in the transition, or NOTHING
    cause: Ints  # seq of the event after which the clock started; -1 at t = 0
    change: Ints  # by event: where its changes begin; last, how many there are
    variable: Ints  # of each change: its position in the model
    value: Ints  # and its value from then on

    def __len__(self) -> int:
        return len(self.path)

    def values_of(self, path: int) -> list[float]:
        """The parameters' values in the draw of a path, in the model's order."""
        row: list[float] = self.values[self.draw[path] - self.draw[0]].tolist()
        return row

    def changes(self, row: int) -> dict[int, int]:
        """What an event did: position of the variable -> its value afterwards."""
        these = slice(self.change[row], self.change[row + 1])
        return dict(zip(self.variable[these].tolist(), self.value[these].tolist(), strict=True))

    def states(self, path: int, start: Sequence[int]) -> list[list[int]]:
        """The state at t = 0, then after each event of a path."""
        states = [list(start)]
        for row in range(int(self.first[path]), int(self.first[path + 1])):
            state = states[-1].copy()
            for variable, value in self.changes(row).items():
                state[variable] = value
            states.append(state)
        return states


def histories(
    batches: Iterator[ChosenBatch], values: NDArray[np.float64], outcomes: int
) -> Histories:
    """All paths that an engine handed over with their events, in the order in which they came.

    `values` has the parameters of every draw from the first one walked.
    """
    found = list(batches)
    first, change, events, changes = [np.zeros(1, np.int64)], [np.zeros(1, np.int64)], 0, 0
    for one in found:
        assert one.events is not None
        assert one.changes is not None
        # counted on through all batches
        first.append(np.cumsum(one.n_events, dtype=np.int64) + events)
        change.append(one.changes.first[1:] + changes)
        events += len(one.events.time)
        changes += len(one.changes.variable)
    none = np.zeros(0, np.int64)

    def of_events(name: str) -> Ints:
        parts = [getattr(one.events, name).astype(np.int64) for one in found]
        return np.concatenate([none, *parts])

    def of_changes(name: str) -> Ints:
        parts = [getattr(one.changes, name).astype(np.int64) for one in found]
        return np.concatenate([none, *parts])

    return Histories(
        draw=np.concatenate([none, *(one.draw for one in found)]),
        path=np.concatenate([none, *(one.path for one in found)]),
        values=values,
        outcome_event=np.concatenate(
            [np.zeros((0, outcomes), np.int32), *(one.outcome_event for one in found)]
        ),
        first=np.concatenate(first),
        time=np.concatenate([np.zeros(0), *(one.events.time for one in found if one.events)]),
        transition=of_events("transition"),
        option=of_events("option"),
        cause=of_events("cause"),
        change=np.concatenate(change),
        variable=of_changes("variable"),
        value=of_changes("value"),
    )


def chosen_batches(
    pieces: Iterator[PathBatch], draws: range, numbers: Sequence[NDArray[np.int64]]
) -> Iterator[ChosenBatch]:
    """The pieces of chosen paths with their numbers, of which each draw has a row."""
    done = dict.fromkeys(draws, 0)  # the paths of a draw may come in several pieces
    for one in pieces:
        first, last = done[one.draw], done[one.draw] + len(one.ending)
        done[one.draw] = last
        assert one.outcome_event is not None
        yield ChosenBatch(
            draw=np.full(last - first, one.draw, np.int64),
            # an engine counts rows of a draw; which numbers these have is known here
            path=numbers[one.draw - draws.start][first:last],
            ending=one.ending,
            end_time=one.end_time,
            stopped=one.stopped,
            n_events=one.n_events,
            outcome_time=one.outcome_time,
            outcome_event=one.outcome_event,
            events=one.events,
            changes=one.changes,
        )
