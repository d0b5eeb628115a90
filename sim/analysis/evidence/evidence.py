"""What history says: the record of outcomes of this kind beside the run's estimates."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sim.analysis.evidence.predictive import Expectation
from sim.analysis.statistics.intervals import jeffreys
from sim.analysis.statistics.resampling import generator, significant
from sim.results.level import LEVEL
from sim.results.tables import RunTables
from sim.scenario import Evidence, Scenario

COLUMNS = ["record", "outcome", "about", "successes", "trials"]
OF_THE_RUN = ["title", "probability", "mc_low", "mc_high", "low", "high"]
SURPRISING = 0.05  # a record with a smaller p-value is shown as one that the model does not expect


def after_run(scenario: Scenario, run: RunTables) -> pd.DataFrame | None:
    """The whole record beside the estimates; None where the scenario gives no evidence."""
    evidence = scenario.declared.evidence
    return record(evidence.values(), run, level=run.provenance.level) if evidence else None


def record(
    evidence: Iterable[Evidence], results: RunTables, *, level: float = LEVEL
) -> pd.DataFrame:
    """One row an entry of the record, in the scenario's order, and how surprising it is.

    Columns record, outcome, about, successes, trials; record_low, record_high: Jeffreys' interval
    of the record; title (of the outcome), probability, mc_low, mc_high (sampling error), low, high
    (parameter uncertainty): the run's; expected_low, expected_high: how many successes the model
    expects in as many trials, with the mass of `level`; p_value: two-sided predictive p-value of
    the record's count, parameters integrated out, p_se: its sampling error. See
    `sim.analysis.evidence.predictive`. A small p-value says that record and model disagree by more
    than chance and parameter uncertainty explain, not which of them is wrong: the record's cases
    are seldom the scenario's.
    """
    entries = list(evidence)
    table = counts(entries, level=level)
    # one outcome may have several records, so rows are looked up by name, again and again
    here = results.outcomes.loc[table["outcome"], OF_THE_RUN]
    # and its probability over draws, which takes most of the time, is found once
    models = {name: _expectation(name, results) for name in dict.fromkeys(table["outcome"])}
    found = [models[str(one.outcome)].of(one.successes, one.trials, level=level) for one in entries]
    table = table.assign(
        **{name: here[name].to_numpy() for name in OF_THE_RUN},
        expected_low=np.array([one.low for one in found], dtype=np.int64),
        expected_high=np.array([one.high for one in found], dtype=np.int64),
        p_value=np.array([one.p_value for one in found], dtype=np.float64),
        p_se=np.array([one.p_se for one in found], dtype=np.float64),
    )
    return significant(table)


def counts(evidence: Iterable[Evidence], *, level: float = LEVEL) -> pd.DataFrame:
    """What the record says by itself: its columns of `record` before those of the run."""
    rows = [
        (one.name, str(one.outcome), one.meaning, one.successes, one.trials) for one in evidence
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    low, high = jeffreys(table["successes"], table["trials"], level)
    return table.assign(record_low=low, record_high=high)


def _expectation(outcome: str, results: RunTables) -> Expectation:
    share = results.shares[f"outcome__{outcome}"].to_numpy(dtype=np.float64)
    random = generator(results.provenance.seed, "evidence", outcome)
    if (
        results.provenance.interval == "exact"
        or results.outcomes.loc[outcome, "reach"] == "impossible"
    ):
        return Expectation(hits=share, sizes=None, random=random)
    sizes = results.shares["n"].to_numpy(dtype=np.float64)
    # shares of counts: multiplied back they are whole numbers but for the last bit
    return Expectation(hits=np.round(share * sizes), sizes=sizes, random=random)
