"""Counts into data frames; what each column means stands in `sim.results.results`."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.intervals import clustered, wilson
from sim.model.durations import DAY
from sim.model.model import Ending, Model, Outcome
from sim.reach.reachability import Reach
from sim.results.tally import BINS, Counts, Ledger
from sim.results.walked import NOTHING, RUNG_TIMES

TIMING_STEPS = 500
REACHES = ("seen", "possible", "impossible")
Floats = NDArray[np.float64]


def named(codes: NDArray[np.integer[Any]], words: Sequence[str]) -> "pd.Categorical[str]":
    """A column of words; code -1 is missing. Words that do not occur stay among its categories."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(words), dtype="str"))


def estimates(by_draw: Sequence[Counts], total: Counts, n: int, *, varies: bool) -> pd.DataFrame:
    """One row a count: n, hits, probability, low, high, with the 90 % interval for sampling.

    Wilson's, with n divided by the design effect of the draws where parameters vary.
    """
    low, high = np.zeros(len(total)), np.ones(len(total))
    if n:
        sizes = np.full(len(by_draw), n / len(by_draw))
        low, high = interval(np.array(by_draw), sizes, varies=varies)
    shares = total / n if n else np.full(len(total), np.nan)
    return pd.DataFrame({"n": n, "hits": total, "probability": shares, "low": low, "high": high})


def interval(hits: NDArray[Any], sizes: NDArray[Any], *, varies: bool) -> tuple[Floats, Floats]:
    """(low, high), 90 %, of shares of paths counted by draw, which lie along axis 0."""
    if varies and len(hits) > 1:
        _, low, high = clustered(hits, sizes)
        return low, high
    return wilson(hits.sum(axis=0), sizes.sum(axis=0))


def outcomes(ledger: Ledger, reach: Reach, *, varies: bool) -> pd.DataFrame:
    """The table `Results.outcomes`."""
    total = ledger.total
    table = estimates(ledger.hits, total.hits, total.n, varies=varies)
    table["median_time"] = median_times(ledger)
    table["reach"] = reaches(total.hits, [distance is not None for distance in reach.outcomes])
    return titled(table, ledger.model.outcomes, "outcome")


def endings(ledger: Ledger, reach: Reach, *, varies: bool) -> pd.DataFrame:
    """The table `Results.endings`."""
    table = estimates(ledger.ended, ledger.total.ended, ledger.total.n, varies=varies)
    table["reach"] = reaches(ledger.total.ended, reach.endings)
    return titled(table, ledger.model.endings, "ending")


def titled(table: pd.DataFrame, rows: Sequence[Outcome | Ending], kind: str) -> pd.DataFrame:
    """The table with the rows' names as its index and, last, what a reader calls them."""
    table.index = pd.Index([row.name for row in rows], name=kind)
    titles = pd.Series([row.label for row in rows], index=table.index, dtype="str")
    return table.assign(title=titles)


def reaches(counts: Counts, possible: Sequence[bool]) -> "pd.Categorical[str]":
    """Seen in some path; if not, possible or impossible whatever the waits and odds."""
    unseen = np.where(possible, REACHES.index("possible"), REACHES.index("impossible"))
    return named(np.where(counts > 0, REACHES.index("seen"), unseen), REACHES)


def median_times(ledger: Ledger) -> Floats:
    """Days to each outcome, the median over the paths in which it happened; NaN for none.

    Of the times themselves where paths are kept; else from bins of a ten-thousandth of the horizon.
    """
    medians = np.full(len(ledger.model.outcomes), np.nan)
    if ledger.keep:
        times = outcome_times(ledger)
        for outcome, hits in enumerate(ledger.total.hits):
            if hits:
                medians[outcome] = np.nanmedian(times[:, outcome]) / DAY
        return medians
    for outcome, row in enumerate(ledger.total.times):
        below, half = np.cumsum(row), row.sum() / 2
        if half:
            k = int(np.searchsorted(below, half))
            inside = (half - (below[k - 1] if k else 0)) / row[k]
            place = max(k - 1 + inside, 0.0) if k else 0.0
            medians[outcome] = place / BINS * ledger.model.horizon / DAY
    return medians


def outcome_times(ledger: Ledger) -> Floats:
    """Seconds to each outcome (a column) in each path kept (a row); NaN where it did not happen."""
    empty = np.empty((0, len(ledger.model.outcomes)))
    return np.concatenate([empty, *(piece.outcome_time for piece in ledger.rows)])


def paths(ledger: Ledger) -> pd.DataFrame | None:
    """The table `Results.paths`, if its rows were kept."""
    if not ledger.keep:
        return None
    rows = ledger.rows
    sizes = [len(piece.ending) for piece in rows]
    within = [np.arange(size) + piece.first for piece, size in zip(rows, sizes, strict=True)]
    names = [ending.name for ending in ledger.model.endings]
    none = np.empty(0, dtype=np.int64)
    columns: dict[str, object] = {
        "draw": np.repeat(np.array([piece.draw for piece in rows], dtype=np.int64), sizes),
        "path": np.concatenate([none, *within]),
        "ending": named(np.concatenate([none, *(piece.ending for piece in rows)]), names),
        "end_time": np.concatenate([np.empty(0), *(piece.end_time for piece in rows)]) / DAY,
        "censored": ~np.concatenate([none.astype(bool), *(piece.stopped for piece in rows)]),
        "n_events": np.concatenate([none, *(piece.n_events for piece in rows)]),
    }
    times = outcome_times(ledger) / DAY
    for i, outcome in enumerate(ledger.model.outcomes):
        columns[f"time.{outcome.name}"] = times[:, i]
    return pd.DataFrame(columns)


def draws(ledger: Ledger, values: Floats) -> pd.DataFrame:
    """The table `Results.draws`; `values` has a row a draw and a column a parameter."""
    done, outcomes, endings = ledger.draws, len(ledger.model.outcomes), len(ledger.model.endings)
    shares = np.array(ledger.hits, dtype=np.float64).reshape(done, outcomes) / ledger.paths
    ended = np.array(ledger.ended, dtype=np.float64).reshape(done, endings) / ledger.paths
    n = np.full(done, ledger.paths, dtype=np.int64)
    return by_draw(ledger.model, values[:done], n, shares, ended)


def by_draw(model: Model, values: Floats, n: object, shares: Floats, ended: Floats) -> pd.DataFrame:
    """One row a draw: its number, its n, its parameters, its share of each outcome and ending."""
    columns: dict[str, object] = {"draw": np.arange(len(values), dtype=np.int64), "n": n}
    for i, parameter in enumerate(model.parameters):
        column, levels = values[:, i], parameter.distribution.levels
        columns[f"parameter.{parameter.name}"] = (
            named(column.astype(np.int64), levels)
            if levels
            else column / (DAY if parameter.time else 1.0)
        )
    columns |= {f"share.{o.name}": shares[:, i] for i, o in enumerate(model.outcomes)}
    columns |= {f"ending.{e.name}": ended[:, i] for i, e in enumerate(model.endings)}
    return pd.DataFrame(columns)


def rungs(ledger: Ledger) -> pd.DataFrame:
    """The table `Results.rungs`."""
    model, n = ledger.model, ledger.total.n
    ladders = [variable for variable in model.variables if variable.ladder is not None]
    levels = [(v, rung, level) for v in ladders for rung, level in enumerate(v.levels)]
    counts = ledger.total.rungs.T.ravel()
    grid = model.horizon * np.arange(RUNG_TIMES) / (RUNG_TIMES - 1) / DAY

    def column(words: Sequence[str]) -> "pd.Categorical[str]":
        known = list(dict.fromkeys(words))
        codes = np.array([known.index(word) for word in words], dtype=np.int64)
        return named(np.repeat(codes, RUNG_TIMES), known)

    return pd.DataFrame(
        {
            "variable": column([variable.name for variable, _, _ in levels]),
            "ladder": column([str(variable.ladder) for variable, _, _ in levels]),
            "rung": np.repeat(np.array([rung for _, rung, _ in levels], np.int64), RUNG_TIMES),
            "level": column([level for _, _, level in levels]),
            "time": np.tile(grid, len(levels)),
            "paths": counts,
            "n": np.full(len(counts), n, dtype=np.int64),
            "share": counts / max(n, 1),
        }
    )


def timing(ledger: Ledger) -> pd.DataFrame:
    """The table `Results.timing`."""
    names = [outcome.name for outcome in ledger.model.outcomes]
    steps = np.arange(TIMING_STEPS + 1)
    hits = np.cumsum(ledger.total.times, axis=1)[:, steps * (BINS // TIMING_STEPS)].ravel()
    n = ledger.total.n
    return pd.DataFrame(
        {
            "outcome": named(np.repeat(np.arange(len(names)), len(steps)), names),
            "time": np.tile(steps / TIMING_STEPS * ledger.model.horizon / DAY, len(names)),
            "hits": hits,
            "n": np.full(len(hits), n, dtype=np.int64),
            "probability": hits / max(n, 1),
        }
    )


def events(ledger: Ledger) -> pd.DataFrame:
    """The table `Results.events`, with the same types whichever engine made it."""
    model, parts = ledger.model, ledger.events
    transitions = model.transitions
    names = [option.name for transition in transitions for option in transition.options]
    words = list(dict.fromkeys([*(name for name in names if name is not None), "nothing"]))
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
