"""Paths as an engine hands them over: arrays and counts."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engines.reference.world import Walk
from sim.model.model import Model
from sim.model.time_grid import equal_steps
from sim.results import NOTHING, RUNG_TIMES, Changes, ChosenBatch, EventBatch, PathBatch


def batch(model: Model, draw: int, first: int, walks: Sequence[Walk], *, events: bool) -> PathBatch:
    """Consecutive paths of one draw, `first` the number of the first of them."""
    return PathBatch(
        draw=draw,
        first=first,
        ending=np.array([walk.ending for walk in walks], dtype=np.int16),
        end_time=np.array([walk.end_time for walk in walks], dtype=np.float64),
        stopped=np.array([walk.stopped for walk in walks], dtype=np.bool_),
        n_events=np.array([len(walk.firings) for walk in walks], dtype=np.int32),
        outcome_time=np.array([walk.outcome_time for walk in walks], dtype=np.float64).reshape(
            len(walks), len(model.outcomes)
        ),
        started=started(model, walks),
        fired=fired(model, walks),
        taken=taken(model, walks),
        rungs=rungs(model, walks),
        events=firings(range(first, first + len(walks)), walks) if events else None,
    )


def chosen_batch(
    model: Model, draw: int, numbers: NDArray[np.int64], walks: Sequence[Walk], *, changes: bool
) -> ChosenBatch:
    """Chosen paths of one draw; with `changes` also their events and what these did."""
    outcomes = (len(walks), len(model.outcomes))
    return ChosenBatch(
        draw=np.full(len(walks), draw, dtype=np.int64),
        path=numbers,
        ending=np.array([walk.ending for walk in walks], dtype=np.int16),
        end_time=np.array([walk.end_time for walk in walks], dtype=np.float64),
        stopped=np.array([walk.stopped for walk in walks], dtype=np.bool_),
        n_events=np.array([len(walk.firings) for walk in walks], dtype=np.int32),
        outcome_time=np.array([w.outcome_time for w in walks], dtype=np.float64).reshape(outcomes),
        outcome_event=np.array([w.outcome_event for w in walks], dtype=np.int32).reshape(outcomes),
        events=firings(numbers, walks) if changes else None,
        changes=changes_of(model, walks) if changes else None,
    )


def changes_of(model: Model, walks: Sequence[Walk]) -> Changes:
    """What each firing did to the state, beside the one before."""
    first, variable, value = [0], list[int](), list[int]()
    for walk in walks:
        state: Sequence[int] = model.start_state
        for firing in walk.firings:
            for i, (before, after) in enumerate(zip(state, firing.state, strict=True)):
                # beside the state before, not by the effects: one that sets what was so already
                # changes nothing
                if before != after:
                    variable.append(i)
                    value.append(after)
            first.append(len(variable))
            state = firing.state
    return Changes(
        first=np.array(first, dtype=np.int64),
        variable=np.array(variable, dtype=np.int32),
        value=np.array(value, dtype=np.int32),
    )


def started(model: Model, walks: Sequence[Walk]) -> NDArray[np.int64]:
    """In how many paths each transition's clock started at least once."""
    # paths, not starts: a clock that starts over and over counts once a path
    counts = np.array([walk.started for walk in walks], dtype=np.int64)
    return np.asarray((counts.reshape(len(walks), -1) > 0).sum(axis=0), dtype=np.int64)


def fired(model: Model, walks: Sequence[Walk]) -> NDArray[np.int64]:
    """In how many paths each transition fired at least once."""
    counts = np.zeros(len(model.transitions), dtype=np.int64)
    for walk in walks:
        # a set: a transition that fires twice counts once a path
        for rank in {firing.rank for firing in walk.firings}:
            counts[rank] += 1
    return counts


def taken(model: Model, walks: Sequence[Walk]) -> NDArray[np.int64]:
    """In how many paths each option, all transitions' in order, was taken at least once."""
    # options of all transitions in one row: where each transition's begin
    offsets = np.cumsum([0, *(len(transition.options) for transition in model.transitions)])
    counts = np.zeros(offsets[-1], dtype=np.int64)
    for walk in walks:
        pairs = {(f.rank, f.option) for f in walk.firings if f.option != NOTHING}
        for rank, option in pairs:
            counts[offsets[rank] + option] += 1
    return counts


def rungs(model: Model, walks: Sequence[Walk]) -> NDArray[np.int64]:
    """How many paths are at each level of each ladder at each of RUNG_TIMES times.

    The state at a time is the one after everything that fires then; a stopped path stays.
    """
    # only variables that have a ladder are drawn as rungs
    ladders = [(i, v.size) for i, v in enumerate(model.variables) if v.ladder is not None]
    counts = np.zeros((RUNG_TIMES, sum(size for _, size in ladders)), dtype=np.int64)
    grid = equal_steps(model.horizon, RUNG_TIMES - 1)
    for walk in walks if ladders else ():
        state: Sequence[int] = model.start_state
        # one pass over the firings and one over the grid, side by side: both are in order of time
        ahead = iter(walk.firings)
        following = next(ahead, None)
        for k, time in enumerate(grid):
            while following is not None and following.time <= time:
                state, following = following.state, next(ahead, None)
            column = 0
            for variable, size in ladders:
                counts[k, column + state[variable]] += 1
                column += size
    return counts


def firings(numbers: Iterable[int], walks: Sequence[Walk]) -> EventBatch:
    """All events of the paths of these numbers, one row a firing."""
    rows = [
        # with no option open `nothing` was certain
        (path, seq, f.time, f.rank, f.option, f.shares[f.option] if f.shares else 1.0, f.cause)
        for path, walk in zip(numbers, walks, strict=True)
        for seq, f in enumerate(walk.firings)
    ]
    path, seq, time, rank, option, probability, cause = (
        zip(*rows, strict=True) if rows else [()] * 7
    )
    return EventBatch(
        path=np.array(path, dtype=np.int64),
        seq=np.array(seq, dtype=np.int32),
        time=np.array(time, dtype=np.float64),
        transition=np.array(rank, dtype=np.int32),
        option=np.array(option, dtype=np.int32),
        probability=np.array(probability, dtype=np.float64),
        cause=np.array(cause, dtype=np.int32),
    )
