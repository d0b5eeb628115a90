"""The tables of a run out of what it left: counts and rows as they are, shares with intervals."""

from typing import Any

from sim.analysis.estimates import estimates
from sim.analysis.estimates.confidence import with_confidence
from sim.analysis.estimates.coverage import coverage
from sim.analysis.estimates.exact_tables import tables_of_solution
from sim.analysis.estimates.incidence import with_bands
from sim.analysis.statistics.rank_correlation import ranked
from sim.experiment.runs import RunOutput
from sim.reach.reachability import reach
from sim.results import frames
from sim.results.counting import Accumulator
from sim.results.tables import RunTables


def tables_of(run: RunOutput) -> RunTables:
    """All tables of a run; of a sampled one, of its finished draws."""
    if not isinstance(run.found, Accumulator):
        return tables_of_solution(run, run.found)
    counts, about = run.found, run.provenance
    varies, level = about.interval == "nested", about.level
    may_be = reach(run.model)  # quick: whoever waits for tables does not wait for a proof
    how: Any = {"varies": varies, "level": level}
    outcomes = estimates.outcomes(counts, may_be, seed=about.seed, **how)
    endings = estimates.endings(counts, may_be, seed=about.seed, **how)
    draws = frames.draws(run.model, run.values, about.first_draw)
    shares = frames.shares(counts, about.first_draw)
    parameters = ranked(draws) if varies else draws
    return RunTables(
        outcomes=with_confidence(outcomes.table, "outcome", parameters, shares, run.grades),
        endings=with_confidence(endings, "ending", parameters, shares, run.grades),
        draws=draws,
        shares=shares,
        coverage=coverage(counts, may_be, **how),
        rungs=frames.rungs(counts),
        timing=with_bands(frames.timing(counts), outcomes, counts.by_draw()[0], level),
        paths=frames.paths(counts),
        events=frames.events(counts) if about.arguments.get("events", False) else None,
        provenance=about,
    )
