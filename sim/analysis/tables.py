"""The tables of a run out of what it left: counts and rows as they are, shares with intervals."""

from sim.analysis import estimates
from sim.analysis.coverage import coverage
from sim.analysis.exact_tables import tables_of_solution
from sim.experiment.runs import RunOutput
from sim.reach.reachability import reach
from sim.results import frames
from sim.results.counting import Accumulator
from sim.results.tables import RunTables


def tables_of(run: RunOutput) -> RunTables:
    """All tables of a run; of a sampled one, of its finished draws."""
    if not isinstance(run.found, Accumulator):
        return tables_of_solution(run.model, run.found, run.values, run.provenance)
    counts, about = run.found, run.provenance
    # only then do draws differ, and the interval needs their design effect
    varies = any(p.distribution.kind != "fixed" for p in run.model.parameters)
    may_be = reach(run.model)  # quick: whoever waits for tables does not wait for a proof
    return RunTables(
        outcomes=estimates.outcomes(counts, may_be, varies=varies),
        endings=estimates.endings(counts, may_be, varies=varies),
        draws=frames.draws(run.model, run.values),
        shares=frames.shares(counts),
        coverage=coverage(counts, may_be, varies=varies),
        rungs=frames.rungs(counts),
        timing=frames.timing(counts),
        paths=frames.paths(counts),
        events=frames.events(counts) if about.arguments.get("events", False) else None,
        provenance=about,
    )
