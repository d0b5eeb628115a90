"""What history says: the record of outcomes of this kind beside the run's estimates."""

from collections.abc import Iterable

import pandas as pd

from sim.analysis.intervals import LEVEL, jeffreys
from sim.results.tables import RunTables
from sim.scenario import Evidence, Scenario

COLUMNS = ["record", "outcome", "about", "successes", "trials"]


def after_run(scenario: Scenario, run: RunTables) -> pd.DataFrame | None:
    """The whole record beside the estimates; None where the scenario gives no evidence."""
    evidence = scenario.declared.evidence
    return record(evidence.values(), run) if evidence else None


def record(
    evidence: Iterable[Evidence], results: RunTables, *, level: float = LEVEL
) -> pd.DataFrame:
    """One row an entry of the record, in the scenario's order.

    Columns record, outcome, about, successes, trials; record_low, record_high: Jeffreys' interval
    of the record; probability, mc_low, mc_high: the run's; agrees: whether the two intervals meet.
    A check of the scenario, not a validation: the record's cases are seldom the scenario's.
    """
    rows = [
        (one.name, str(one.outcome), one.meaning, one.successes, one.trials) for one in evidence
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    low, high = jeffreys(table["successes"], table["trials"], level)
    # one outcome may have several records, so rows are looked up by name, again and again
    here = results.outcomes.loc[table["outcome"], ["probability", "mc_low", "mc_high"]]
    table = table.assign(
        record_low=low,
        record_high=high,
        **{name: here[name].to_numpy() for name in ("probability", "mc_low", "mc_high")},
    )
    # two intervals meet unless one ends before the other begins
    meet = (table["mc_low"] <= table["record_high"]) & (table["mc_high"] >= table["record_low"])
    return table.assign(agrees=meet)
