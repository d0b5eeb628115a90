"""How often each transition and option occurred: `Results.coverage`, with intervals."""

from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.estimates.estimates import cheap_band, interval, reaches
from sim.model.model import Model
from sim.model.state import Variable
from sim.reach.reachability import Reach
from sim.results.counting import Accumulator, Counts
from sim.results.frames import named

BLOCK = 32  # rows whose counts by draw are looked at together: of many draws they are many


class Row(NamedTuple):
    """A transition, or an option that has a name."""

    name: str
    rank: int  # of the transition
    place: int  # among all transitions, followed by all options
    call: int  # rank of the transition that invokes the clause this answers; -1 if none does
    begun: bool  # whether that clause is invoked before the path begins


def coverage(counts: Accumulator, reach: Reach, *, varies: bool, level: float) -> pd.DataFrame:
    """The table `Results.coverage`."""
    model, total, rows = counts.model, counts.total, _rows(counts.model)
    rank, place, call = (np.array([row[k] for row in rows], dtype=np.int64) for k in (1, 2, 3))
    is_option, answers = place >= len(model.transitions), call >= 0
    fired = np.concatenate([total.fired, total.taken])[place]
    possible = np.array([*reach.fired, *chain(*reach.taken)], dtype=np.bool_)[place]
    low, high, asked_low, asked_high = np.full((4, len(rows)), np.nan)
    mc_low, mc_high, asked_mc_low, asked_mc_high = np.full((4, len(rows)), np.nan)
    begun = np.array([row.begun for row in rows], dtype=np.bool_)
    asked = np.where(begun, total.n, np.where(answers, total.fired[call], 0))
    sizes = np.full(counts.draws, counts.paths)
    # in blocks of rows: counts by draw of a large model would not fit in the cache at once
    for some in np.array_split(np.arange(len(rows)), range(BLOCK, len(rows), BLOCK)):
        hits = _by_draw(counts, place[some])
        mc_low[some], mc_high[some] = (
            interval(hits, sizes, varies=varies, level=level) if total.n else (0.0, 1.0)
        )
        low[some], high[some] = cheap_band(hits, sizes, varies=varies, level=level)
        # a clause that was never invoked has no share of responses, not one of 0
        known = asked[some] > 0  # of those never asked, nothing
        own, calls = some[known], _by_draw(counts, call[some[known]])
        # invoked before the path begins, so in every path
        calls[:, begun[own]] = counts.paths
        given = hits[:, known]
        asked_mc_low[own], asked_mc_high[own] = interval(given, calls, varies=varies, level=level)
        asked_low[own], asked_high[own] = cheap_band(given, calls, varies=varies, level=level)
    names = [row.name for row in rows]
    origins = [model.transitions[row.rank].origin for row in rows]
    return pd.DataFrame(
        {
            "kind": named(is_option.astype(np.int8), ("transition", "option")),
            "name": pd.Series(names, dtype="str"),
            "origin": pd.Series(origins, dtype="str"),
            # options have no clock of their own; the second argument marks what is missing
            "started": pd.arrays.IntegerArray(total.started[rank], is_option),
            "fired": fired,
            "n": np.full(len(rows), total.n, dtype=np.int64),
            "probability": fired / max(total.n, 1),
            "low": low,
            "high": high,
            "mc_low": mc_low,
            "mc_high": mc_high,
            "asked": pd.arrays.IntegerArray(asked, ~answers),
            "asked_low": asked_low,
            "asked_high": asked_high,
            "asked_mc_low": asked_mc_low,
            "asked_mc_high": asked_mc_high,
            "reach": reaches(fired, possible.tolist()),
        }
    )


def _rows(model: Model) -> list[Row]:
    """Each transition, and below it its options."""
    rows, option = [], len(model.transitions)
    invoking = (t for t in model.transitions if t.step == "invoked")
    calls = {transition.clause: model.ranks[transition.name] for transition in invoking}
    for rank, transition in enumerate(model.transitions):
        # only what answers a clause is asked, or lapses; a response belongs to the one above it
        ends = transition.step in ("answered", "lapsed")
        call = calls.get(transition.clause, -1) if ends else -1
        begun = call >= 0 and _is_invoked_at_start(model.variable(str(transition.clause)))
        rows.append(Row(transition.name, rank, rank, call, begun))
        for choice in transition.options:
            if choice.name is not None:
                rows.append(Row(f"{transition.name}.{choice.name}", rank, option, call, begun))
            option += 1
    return rows


def _is_invoked_at_start(status: Variable) -> bool:
    """Whether a clause is invoked, or answered, before the path begins."""
    return status.start >= status.levels.index("invoked")


def _by_draw(counts: Accumulator, places: Counts) -> Counts:
    """(finished draws, places): paths in which each of these fired or was taken."""
    # kept in a type as narrow as a draw needs; sums need more room
    some = [of_draw[places] for of_draw in counts.came_up]
    return np.array(some, dtype=np.int64).reshape(len(some), len(places))
