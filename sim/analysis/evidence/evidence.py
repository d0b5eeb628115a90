"""What history says: the record of outcomes of this kind beside the run's estimates."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sim.analysis.evidence.predictive import Predicted, predicted
from sim.analysis.statistics.intervals import LEVEL, jeffreys
from sim.analysis.statistics.resampling import generator, significant
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


def check(
    evidence: Iterable[Evidence], results: RunTables, *, level: float = LEVEL
) -> pd.DataFrame:
    """As `record`, with how surprising each record is under the model, parameters integrated out.

    Further columns title (of the outcome); low, high: the run's parameter uncertainty;
    expected_low, expected_high: how many successes the model expects in as many trials, with 90 %
    probability; p_value: two-sided predictive p-value of the record's count, p_se: its sampling
    error. See `sim.analysis.evidence.predictive`. A small p-value says that record and model
    disagree by more than chance and parameter uncertainty explain, not which of them is wrong.
    """
    entries = list(evidence)
    table = record(entries, results, level=level)
    found = [_predicted(one, results, level) for one in entries]
    here = results.outcomes.loc[table["outcome"], ["title", "low", "high"]]
    table = table.assign(
        **{name: here[name].to_numpy() for name in ("title", "low", "high")},
        expected_low=[one.low for one in found],
        expected_high=[one.high for one in found],
        p_value=np.array([one.p_value for one in found], dtype=np.float64),
        p_se=np.array([one.p_se for one in found], dtype=np.float64),
    )
    return significant(table)


def _predicted(one: Evidence, results: RunTables, level: float) -> Predicted:
    share = results.shares[f"outcome__{one.outcome}"].to_numpy(dtype=np.float64)
    solved = results.provenance.interval == "exact"
    sizes = None if solved else results.shares["n"].to_numpy(dtype=np.float64)
    # shares of counts: multiplied back they are whole numbers but for the last bit
    hits = share if sizes is None else np.round(share * sizes)
    random = generator(results.provenance.seed, "evidence", one.name)
    return predicted(hits, sizes, one.successes, one.trials, level=level, random=random)
