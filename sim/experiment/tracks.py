"""Values of state variables over time: every change of some variables in every path of a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.errors import UsageError, unknown
from sim.experiment.samples import Sample
from sim.experiment.walking_again import walk_histories
from sim.formatting import DAY
from sim.model.model import Model
from sim.results.frames import named, one_ladder

PATHS_AT_ONCE = 20_000  # whose events are held in memory


def tracked(model: Model, names: Sequence[str]) -> list[str]:
    """The names, each once; UsageError for one that is no state variable."""
    if isinstance(names, str):
        raise UsageError(f"track: takes a list of state variables, such as [{names!r}]")
    for name in names:
        if name not in model.names.variables:
            raise UsageError(
                f"track: {unknown('state variable', str(name), model.names.variables)}"
            )
    return list(dict.fromkeys(names))


def track(
    model: Model, sample: Sample, paths: int, names: Sequence[str], *, threads: int = 1
) -> pd.DataFrame:
    """One row for each value that a variable takes in a path, from the start on.

    Columns: draw, path, variable, time (days; 0 for the value at the start), value (the level's
    name, true or false, or a count; ordered where all are of one ladder), number (its position: of
    a ladder 0 is the lowest rung). A value holds until the next row of its path and variable.
    """
    wanted = {model.names.variables[name]: place for place, name in enumerate(names)}
    at_once = max(PATHS_AT_ONCE // paths, 1)
    parts = [
        _changes(model, sample.part(some), paths, wanted, threads)
        for some in _blocks(sample.draws, at_once)
    ]
    rows = np.concatenate([np.empty((0, 5)), *parts])
    variables = [model.variable(name) for name in names]
    words = list(dict.fromkeys(w for one in variables for w in map(one.word, range(one.size))))
    codes = [np.array([words.index(one.word(v)) for v in range(one.size)]) for one in variables]
    place, number = rows[:, 2].astype(np.int64), rows[:, 4].astype(np.int64)
    code = np.zeros(len(rows), np.int64)
    for i, own in enumerate(codes):
        code[place == i] = own[number[place == i]]
    return pd.DataFrame(
        {
            "draw": rows[:, 0].astype(np.int64),
            "path": rows[:, 1].astype(np.int64),
            "variable": named(place, list(names)),
            "time": rows[:, 3] / DAY,
            "value": named(code, words, ordered=one_ladder(variables)),
            "number": number,
        }
    )


def _blocks(draws: range, size: int) -> list[range]:
    return [
        range(first, min(first + size, draws.stop))
        for first in range(draws.start, draws.stop, size)
    ]


def _changes(
    model: Model, sample: Sample, paths: int, wanted: dict[int, int], threads: int
) -> np.ndarray:
    """(rows, 5): draw, path, which of the wanted, seconds, value; ordered by these."""
    draw = np.repeat(np.array(sample.draws), paths)
    found = walk_histories(
        model, sample, draw, np.tile(np.arange(paths), len(sample.draws)), threads=threads
    )
    event = np.repeat(np.arange(len(found.time)), np.diff(found.change))
    path = np.repeat(np.arange(len(found)), np.diff(found.first))[event]
    places = np.full(len(model.variables), -1)
    places[list(wanted)] = list(wanted.values())
    place = places[found.variable]
    # numbers of draws and paths are below 2^32, which a float holds exactly
    rows = np.stack(
        [found.draw[path], found.path[path], place, found.time[event], found.value], axis=1
    )[place >= 0]
    start = model.start_state
    starts = [
        np.stack(
            [found.draw, found.path, *np.broadcast_arrays(i, 0.0, start[v], found.draw)[:3]], 1
        )
        for v, i in wanted.items()
    ]
    both = np.concatenate([*starts, rows])
    # stable, so that the start stays before a change at time 0, and changes of one instant in order
    return both[np.lexsort((both[:, 3], both[:, 2], both[:, 1], both[:, 0]))]
