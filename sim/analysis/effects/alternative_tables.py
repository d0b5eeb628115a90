"""The tables of an alternative, made some thirty at a time: bands by the cheap estimator.

The full band of each of some fifty outcomes and endings takes longer than the paths that an
intervention touches. What is asked of an alternative is its difference from the baseline, which has
its own band; `run --with` makes the full one.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.analysis.estimates import estimates
from sim.analysis.estimates.coverage import coverage
from sim.analysis.estimates.exact_tables import tables_of_solution
from sim.analysis.estimates.incidence import with_bands
from sim.analysis.estimates.parameter_band import FEWEST, Band, reliability, shrunken, unresolved
from sim.analysis.statistics.intervals import LEVEL
from sim.experiment.runs import RunOutput
from sim.reach.reachability import reach
from sim.results import frames
from sim.results.counting import Accumulator
from sim.results.tables import RunTables


def tables_of_alternative(run: RunOutput) -> RunTables:
    """All tables of a run, with bands by shrinkage: no `low_se, high_se`, no confidence."""
    if not isinstance(run.found, Accumulator):
        return tables_of_solution(run, run.found)
    counts, about, model = run.found, run.provenance, run.model
    varies = about.interval == "nested"
    may_be = reach(model)
    possible = [distance is not None for distance in may_be.outcomes]
    hits, ended, _ = counts.by_draw()
    n, total = counts.total.n, counts.total
    outcomes = estimates.estimates(
        counts.hits, total.hits, n, possible, _bands(hits, counts.paths) if varies else None
    )
    endings = estimates.estimates(
        counts.ended,
        total.ended,
        n,
        may_be.endings,
        _bands(ended, counts.paths) if varies else None,
    )
    timed = outcomes.table.assign(median_time=estimates.median_times(counts))
    return RunTables(
        outcomes=estimates.titled(timed, model.outcomes, "outcome"),
        endings=estimates.titled(endings.table, model.endings, "ending"),
        draws=frames.draws(model, run.values),
        shares=frames.shares(counts),
        coverage=coverage(counts, may_be, varies=varies),
        rungs=frames.rungs(counts),
        timing=with_bands(frames.timing(counts), outcomes, hits),
        paths=frames.paths(counts),
        events=frames.events(counts) if about.arguments.get("events", False) else None,
        provenance=about,
    )


def _bands(hits: NDArray[np.int64], paths: int) -> Callable[[int], Band]:
    """What gives the band of a row, all of them made at once."""
    counts, sizes = hits.astype(np.float64), np.full(len(hits), float(paths))
    low, high = shrunken(counts, sizes)

    def band(row: int) -> Band:
        found, enough = reliability(counts[:, row], sizes)
        if np.isnan(low[row]):
            enough = None if len(counts) < FEWEST else enough
            return unresolved(counts[:, row], sizes, LEVEL, enough)
        return Band(
            low=float(low[row]),
            high=float(high[row]),
            low_se=np.nan,
            high_se=np.nan,
            reliability=found,
            status="resolved",
        )

    return band
