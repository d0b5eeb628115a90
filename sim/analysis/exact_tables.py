"""The tables of an exact solution: the same columns, with nothing counted."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.coverage import coverage
from sim.analysis.estimates import reaches, titled
from sim.model.model import Model
from sim.reach.reachability import THOROUGH, Reach, reach
from sim.results import frames
from sim.results.batches import RUNG_TIMES
from sim.results.counting import Accumulator
from sim.results.provenance import Provenance
from sim.results.solution import Solution
from sim.results.tables import RunTables

Floats = NDArray[np.float64]
STEPS = frames.TIMING_STEPS // (RUNG_TIMES - 1)  # times of `timing` from one of `rungs` to the next


def tables_of_solution(
    model: Model, solved: Solution, values: Floats, about: Provenance
) -> RunTables:
    """Tables whose low and high are the probability less and plus its error bound.

    n, hits, paths, median times, and in coverage counts and intervals are missing: nothing was
    counted. `reach` is `seen` for what has a probability above 0, and for what else is read off
    reachability.
    """
    may_be = reach(model, limit=THOROUGH)
    # frames of an empty run have the columns and types; the numbers are put in afterwards
    empty = Accumulator(model, paths=0, keep=False)
    possible = [distance is not None for distance in may_be.outcomes]
    outcomes = _estimates(solved.outcomes, solved.outcome_error, possible)
    outcomes.insert(5, "median_time", np.nan)
    endings = _estimates(solved.endings, solved.ending_error, may_be.endings)
    rungs, timing = frames.rungs(empty), frames.timing(empty)
    rungs["share"] = solved.rungs[::STEPS].T.ravel()
    timing["probability"] = solved.timing.T.ravel()
    return RunTables(
        outcomes=titled(outcomes, model.outcomes, "outcome"),
        endings=titled(endings, model.endings, "ending"),
        draws=frames.draws(model, values),
        shares=frames.shares_of(model, _missing(len(values)), solved.outcomes, solved.endings),
        coverage=_coverage(empty, may_be, solved),
        rungs=_uncounted(rungs, "paths", "n"),
        timing=_uncounted(timing, "hits", "n"),
        paths=None,
        events=None,
        provenance=about,
    )


def _estimates(by_draw: Floats, error: Floats, possible: Any) -> pd.DataFrame:
    # the bound of a mean is at most the mean of the bounds
    share, bound = by_draw.mean(axis=0), error.mean(axis=0)
    return pd.DataFrame(
        {
            "n": _missing(len(share)),
            "hits": _missing(len(share)),
            "probability": share,
            "low": np.maximum(share - bound, 0.0),
            "high": np.minimum(share + bound, 1.0),
            "reach": reaches((share > 0).astype(np.int64), possible),
        }
    )


def _coverage(empty: Accumulator, may_be: Reach, solved: Solution) -> pd.DataFrame:
    """What may fire counts as seen once, so that `reach` says so; then counts are taken out."""
    empty.total.fired[:] = solved.fired
    empty.total.taken[:] = solved.taken
    table = coverage(empty, may_be, varies=False)
    intervals = ["low", "high", "asked_low", "asked_high"]
    table[intervals] = np.nan
    return _uncounted(table, "started", "fired", "n", "asked")


def _missing(length: int) -> Any:
    return pd.array([None] * length, dtype="Int64")


def _uncounted(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    for column in columns:
        table[column] = _missing(len(table))
    return table
