"""A run written down: its tables, and what is read off them for its first readers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import pandas as pd

from sim.analysis.evidence import record
from sim.analysis.routes import routes
from sim.api import Results
from sim.experiment.work import Stop
from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is written beside the tables of a run, from the analyses of these names."""

    routes: dict[str, pd.DataFrame]  # to each headline, likeliest first; routes.csv
    record: pd.DataFrame  # evidence.csv


def find(scenario: Scenario, results: Results) -> Found:
    """Routes to the headlines, where the run kept its paths, and the record beside estimates."""
    headlines = results.provenance.headlines if results.paths is not None else ()
    return Found(
        routes={name: routes(scenario.model, results, name) for name in headlines},
        record=record(scenario.declared.evidence.values(), results),
    )


def write(
    scenario: Scenario,
    results: Results,
    found: Found,
    directory: Path,
    *,
    charts: bool,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Write a run with all that was found into a directory, which appears whole or not at all.

    `check` is called before each chart; when it raises Stop, the tables are written without any.
    """

    def also(folder: Path) -> None:
        if found.routes:
            table = pd.concat(found.routes, names=["outcome"]).reset_index("outcome")
            table.to_csv(folder / "routes.csv", index=False, lineterminator="\n")
        if len(found.record):
            found.record.to_csv(folder / "evidence.csv", index=False, lineterminator="\n")
        if charts:
            from sim.report.pictures import draw

            try:
                draw(scenario, results, folder / "charts", check)
            except Stop:  # the tables are what took time
                rmtree(folder / "charts")

    results.save(directory, also=also)
