"""What came up, and how often: counts of transitions and options into `Results.coverage`."""

from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.model.model import Model
from sim.model.reachability import Reach
from sim.results.tables import interval, named, reaches
from sim.results.tally import Counts, Ledger

CALLED = ".invoked"  # the transition that calls upon a clause is the clause's name and this


class Row(NamedTuple):
    """A transition, or an option that has a name."""

    name: str
    rank: int  # of the transition
    place: int  # among all transitions, followed by all options
    call: int  # rank of the transition that calls upon the clause this answers; -1 if none does


def coverage(ledger: Ledger, reach: Reach, *, varies: bool) -> pd.DataFrame:
    """The table `Results.coverage`."""
    model, total, rows = ledger.model, ledger.total, _rows(ledger.model)
    rank, place, call = (np.array([row[k] for row in rows], dtype=np.int64) for k in (1, 2, 3))
    is_option, answers = place >= len(model.transitions), call >= 0
    fired = np.concatenate([total.fired, total.taken])[place]
    possible = np.array([*reach.fired, *chain(*reach.taken)], dtype=np.bool_)[place]
    by_draw = _by_draw(ledger)
    hits, calls = by_draw[:, place], by_draw[:, call]
    sizes = np.full(len(by_draw), ledger.paths)
    low, high = np.zeros(len(rows)), np.ones(len(rows))
    if total.n:
        low, high = interval(hits, sizes, varies=varies)
    asked_low, asked_high = np.full((2, len(rows)), np.nan)
    known = answers & (calls.sum(axis=0) > 0)  # of those never asked, nothing
    asked_low[known], asked_high[known] = interval(hits[:, known], calls[:, known], varies=varies)
    names = [row.name for row in rows]
    origins = [model.transitions[row.rank].origin for row in rows]
    return pd.DataFrame(
        {
            "kind": named(is_option.astype(np.int8), ("transition", "option")),
            "name": pd.Series(names, dtype="str"),
            "origin": pd.Series(origins, dtype="str"),
            "started": pd.arrays.IntegerArray(total.started[rank], is_option),
            "fired": fired,
            "n": np.full(len(rows), total.n, dtype=np.int64),
            "low": low,
            "high": high,
            "asked": pd.arrays.IntegerArray(calls.sum(axis=0), ~answers),
            "asked_low": asked_low,
            "asked_high": asked_high,
            "reach": reaches(fired, possible.tolist()),
        }
    )


def _rows(model: Model) -> list[Row]:
    """Each transition, and below it its options."""
    rows, option = [], len(model.transitions)
    for rank, transition in enumerate(model.transitions):
        call = model.ranks.get(f"{transition.name}{CALLED}", -1)
        rows.append(Row(transition.name, rank, rank, call))
        for choice in transition.options:
            if choice.name is not None:
                rows.append(Row(f"{transition.name}.{choice.name}", rank, option, call))
            option += 1
    return rows


def _by_draw(ledger: Ledger) -> Counts:
    """(finished draws, transitions + options): paths in which each fired or was taken."""
    counted = zip(ledger.fired, ledger.taken, strict=True)
    whole = [np.concatenate(pair) for pair in counted]
    width = len(ledger.total.fired) + len(ledger.total.taken)
    return np.array(whole, dtype=np.int64).reshape(len(whole), width)
