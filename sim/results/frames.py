"""Counts and rows of paths as data frames; `sim.results.tables` says what each column means."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.formatting import DAY
from sim.model.model import Model
from sim.model.state import Variable
from sim.results.batches import NOTHING, RUNG_TIMES
from sim.results.counting import BINS, Accumulator

TIMING_STEPS = 500
Floats = NDArray[np.float64]


def named(
    codes: NDArray[np.integer[Any]], words: Sequence[str], *, ordered: bool = False
) -> "pd.Categorical[str]":
    """A column of words; code -1 is missing. Words that do not occur stay among its categories.

    With `ordered` the words are rungs, from the lowest on: they can be compared with `<`.
    """
    categories = pd.Index(list(words), dtype="str")
    return pd.Categorical.from_codes(codes, categories=categories, ordered=ordered)


def outcome_times(counts: Accumulator) -> Floats:
    """Seconds to each outcome (a column) in each path kept (a row); NaN where it did not happen."""
    empty = np.empty((0, len(counts.model.outcomes)))
    return np.concatenate([empty, *(piece.outcome_time for piece in counts.rows)])


def paths(counts: Accumulator) -> pd.DataFrame | None:
    """The table `Results.paths`, if its rows were kept."""
    if not counts.keep:
        return None
    rows = counts.rows
    sizes = [len(piece.ending) for piece in rows]
    within = [np.arange(size) + piece.first for piece, size in zip(rows, sizes, strict=True)]
    names = [ending.name for ending in counts.model.endings]
    none = np.empty(0, dtype=np.int64)
    columns: dict[str, object] = {
        "draw": np.repeat(np.array([piece.draw for piece in rows], dtype=np.int64), sizes),
        "path": np.concatenate([none, *within]),
        "ending": named(np.concatenate([none, *(piece.ending for piece in rows)]), names),
        "end_time": np.concatenate([np.empty(0), *(piece.end_time for piece in rows)]) / DAY,
        "censored": ~np.concatenate([none.astype(bool), *(piece.stopped for piece in rows)]),
        "n_events": np.concatenate([none, *(piece.n_events for piece in rows)]),
    }
    # seconds inside, days in every table
    times = outcome_times(counts) / DAY
    for i, outcome in enumerate(counts.model.outcomes):
        columns[f"time__{outcome.name}"] = times[:, i]
    return pd.DataFrame(columns)


def draws(model: Model, values: Floats, first: int = 0) -> pd.DataFrame:
    """The table `Results.draws`; `values` has a row a draw and a column a parameter.

    `first` is the number of the first draw.
    """
    columns: dict[str, object] = {}
    for i, parameter in enumerate(model.parameters):
        column, levels = values[:, i], parameter.distribution.levels
        columns[parameter.name] = (
            named(column.astype(np.int64), levels)
            # a choice is a position inside, and its name in a table
            if levels
            else column / (DAY if parameter.time else 1.0)
        )
    return pd.DataFrame(columns, index=_numbers(len(values), first))


def shares(counts: Accumulator, first: int = 0) -> pd.DataFrame:
    """The table `Results.shares`."""
    done, outcomes, endings = counts.draws, len(counts.model.outcomes), len(counts.model.endings)
    happened = np.array(counts.hits, dtype=np.float64).reshape(done, outcomes) / counts.paths
    ended = np.array(counts.ended, dtype=np.float64).reshape(done, endings) / counts.paths
    n = np.full(done, counts.paths, np.int64)
    return shares_of(counts.model, n, happened, ended, first)


def shares_of(
    model: Model, n: object, happened: Floats, ended: Floats, first: int = 0
) -> pd.DataFrame:
    """One row a draw: its n, its share of each outcome and of each ending."""
    columns: dict[str, object] = {"n": n}
    columns |= {f"outcome__{o.name}": happened[:, i] for i, o in enumerate(model.outcomes)}
    columns |= {f"ending__{e.name}": ended[:, i] for i, e in enumerate(model.endings)}
    return pd.DataFrame(columns, index=_numbers(len(happened), first))


def _numbers(draws: int, first: int) -> "pd.Index[int]":
    return pd.Index(np.arange(first, first + draws, dtype=np.int64), name="draw")


def rungs(counts: Accumulator) -> pd.DataFrame:
    """The table `Results.rungs`."""
    model, n = counts.model, counts.total.n
    ladders = [variable for variable in model.variables if variable.ladder is not None]
    levels = [(v, rung, level) for v in ladders for rung, level in enumerate(v.levels)]
    standing = counts.total.rungs.T.ravel()
    grid = model.horizon * np.arange(RUNG_TIMES) / (RUNG_TIMES - 1) / DAY

    def column(words: Sequence[str], *, ordered: bool = False) -> "pd.Categorical[str]":
        known = list(dict.fromkeys(words))
        codes = np.array([known.index(word) for word in words], dtype=np.int64)
        return named(np.repeat(codes, RUNG_TIMES), known, ordered=ordered)

    return pd.DataFrame(
        {
            "variable": column([variable.name for variable, _, _ in levels]),
            "ladder": column([str(variable.ladder) for variable, _, _ in levels]),
            "rung": np.repeat(np.array([rung for _, rung, _ in levels], np.int64), RUNG_TIMES),
            "level": column([level for _, _, level in levels], ordered=one_ladder(ladders)),
            "time": np.tile(grid, len(levels)),
            "paths": standing,
            "n": np.full(len(standing), n, dtype=np.int64),
            "share": standing / max(n, 1),
        }
    )


def one_ladder(variables: Sequence[Variable]) -> bool:
    """Whether the variables have one ladder, so that all their levels have an order."""
    # levels that a variable lists for itself may be mere alternatives, as answers to a clause are
    levels = {variable.levels for variable in variables}
    return len(levels) == 1 and all(variable.ladder is not None for variable in variables)


def timing(counts: Accumulator) -> pd.DataFrame:
    """The table `Results.timing`."""
    names = [outcome.name for outcome in counts.model.outcomes]
    steps = np.arange(TIMING_STEPS + 1)
    hits = np.cumsum(counts.total.times, axis=1)[:, steps * (BINS // TIMING_STEPS)].ravel()
    n = counts.total.n
    return pd.DataFrame(
        {
            "outcome": named(np.repeat(np.arange(len(names)), len(steps)), names),
            "time": np.tile(steps / TIMING_STEPS * counts.model.horizon / DAY, len(names)),
            "hits": hits,
            "n": np.full(len(hits), n, dtype=np.int64),
            "probability": hits / max(n, 1),
        }
    )


def events(counts: Accumulator) -> pd.DataFrame:
    """The table `Results.events`, with the same types whichever engine made it."""
    model, parts = counts.model, counts.events
    transitions = model.transitions
    names = [option.name for transition in transitions for option in transition.options]
    words = list(dict.fromkeys([*(name for name in names if name is not None), "nothing"]))
    # an option without a name belongs to a transition without choice: missing in the table
    option_codes = [words.index(name) if name is not None else -1 for name in names]
    offsets = np.array([0, *accumulate(len(t.options) for t in transitions)], dtype=np.int64)
    actors = [actor.name for actor in model.actors]
    acting = [actors.index(t.actor) if t.actor is not None else -1 for t in transitions]
    origins = list(dict.fromkeys(transition.origin for transition in transitions))
    coming = [origins.index(transition.origin) for transition in transitions]

    def whole(name: str) -> NDArray[np.int64]:
        columns = [getattr(firings, name).astype(np.int64) for _, firings in parts]
        return np.concatenate([np.empty(0, np.int64), *columns])

    rank, option, cause = whole("transition"), whole("option"), whole("cause")
    # all options of all transitions in one row, and behind them the word `nothing`
    place = np.where(option == NOTHING, len(option_codes), offsets[rank] + option)
    lengths = [len(firings.path) for _, firings in parts]
    return pd.DataFrame(
        {
            "draw": np.repeat(np.array([draw for draw, _ in parts], dtype=np.int64), lengths),
            "path": whole("path"),
            "seq": whole("seq"),
            "time": np.concatenate([np.empty(0), *(firings.time for _, firings in parts)]) / DAY,
            "transition": named(rank, [transition.name for transition in transitions]),
            "option": named(np.array([*option_codes, words.index("nothing")])[place], words),
            "probability": np.concatenate([np.empty(0), *(f.probability for _, f in parts)]),
            "actor": named(np.array(acting, dtype=np.int64)[rank], actors),
            "origin": named(np.array(coming, dtype=np.int64)[rank], origins),
            "cause": pd.arrays.IntegerArray(cause, cause < 0),
        }
    )
