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
from sim.analysis.estimates.parameter_band import Band, reliability, shrunken, unresolved
from sim.experiment.runs import RunOutput
from sim.reach.reachability import reach
from sim.results import frames
from sim.results.counting import Accumulator
from sim.results.level import fewest_draws
from sim.results.tables import RunTables


def tables_of_alternative(run: RunOutput) -> RunTables:
    """All tables of a run, with bands by shrinkage: no `low_se, high_se`, no confidence."""
    if not isinstance(run.found, Accumulator):
        return tables_of_solution(run, run.found)
    counts, about, model = run.found, run.provenance, run.model
    varies, level = about.interval == "nested", about.level
    may_be = reach(model)
    possible = [distance is not None for distance in may_be.outcomes]
    hits, ended, _ = counts.by_draw()
    n, total = counts.total.n, counts.total
    bands = [_bands(one, counts.paths, level) if varies else None for one in (hits, ended)]
    outcomes = estimates.estimates(counts.hits, total.hits, n, possible, bands[0], level)
    endings = estimates.estimates(counts.ended, total.ended, n, may_be.endings, bands[1], level)
    timed = outcomes.table.assign(median_time=estimates.median_times(counts))
    return RunTables(
        outcomes=estimates.titled(timed, model.outcomes, "outcome"),
        endings=estimates.titled(endings.table, model.endings, "ending"),
        draws=frames.draws(model, run.values),
        shares=frames.shares(counts),
        coverage=coverage(counts, may_be, varies=varies, level=level),
        rungs=frames.rungs(counts),
        timing=with_bands(frames.timing(counts), outcomes, hits, level),
        paths=frames.paths(counts),
        events=frames.events(counts) if about.arguments.get("events", False) else None,
        provenance=about,
    )


def _bands(hits: NDArray[np.int64], paths: int, level: float) -> Callable[[int], Band]:
    """What gives the band of a row, all of them made at once."""
    counts, sizes = hits.astype(np.float64), np.full(len(hits), float(paths))
    low, high = shrunken(counts, sizes, level)

    def band(row: int) -> Band:
        found, enough = reliability(counts[:, row], sizes)
        if np.isnan(low[row]):
            # of too few draws it is not paths that are wanting
            enough = None if len(counts) < fewest_draws(level) else enough
            return unresolved(counts[:, row], sizes, level, enough)
        return Band(
            low=float(low[row]),
            high=float(high[row]),
            low_se=np.nan,
            high_se=np.nan,
            reliability=found,
            status="resolved",
        )

    return band
