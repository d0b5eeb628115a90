"""Which analyses are written beside the tables of a run: a new one is a file and a line here."""

from collections.abc import Callable, Mapping

import pandas as pd

from sim.analysis.causes import routes
from sim.analysis.estimates import times
from sim.analysis.evidence import evidence
from sim.results.tables import RunTables
from sim.scenario import Scenario

# name of the file -> its table; None where this run has nothing to show
ANALYSES: Mapping[str, Callable[[Scenario, RunTables], pd.DataFrame | None]] = {
    "routes": routes.after_run,
    "evidence": evidence.after_run,
    "by": times.days_after_run,
    "times": times.times_after_run,
}


def analyses(scenario: Scenario, run: RunTables) -> dict[str, pd.DataFrame]:
    """The tables that are written beside those of the run, by the name of their file."""
    made = {name: analysis(scenario, run) for name, analysis in ANALYSES.items()}
    return {name: table for name, table in made.items() if table is not None}
