"""A run written down: its tables, its analyses and its charts."""

from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import rmtree

import pandas as pd

from sim.api import Results
from sim.experiment.work import Stop
from sim.report.chart_files import ChartFiles
from sim.results.csv_files import write_table
from sim.results.parquet_files import CSV
from sim.scenario import Scenario


def summary_with(results: Results, analyses: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    """What `--json` prints of a run: its summary, and the probabilities by some days."""
    found: dict[str, list[dict[str, object]]] = {}
    for row in analyses["by"].to_dict("records") if "by" in analyses else []:
        name = str(row.pop("outcome"))
        told = {str(key): None if pd.isna(value) else value for key, value in row.items()}
        found.setdefault(name, []).append(told)
    return {**results.summary(), "by": found}


def write(
    scenario: Scenario,
    results: Results,
    analyses: Mapping[str, pd.DataFrame],
    directory: Path,
    *,
    charts: ChartFiles,
    format: str = CSV,
    check: Callable[[], None] = lambda: None,
) -> list[tuple[str, Exception]]:
    """Write a run with its analyses into a directory, which appears whole or not at all.

    `charts` says which charts, `format` the form of the long tables. `check` is called before each
    chart; when it raises Stop, the tables are written without any.
    Gives the charts that could not be drawn, with the reason; they never cost the tables.
    """
    failed: list[tuple[str, Exception]] = []

    # called inside the directory in the making, so that files and tables appear together
    def also(folder: Path) -> None:
        for name, table in analyses.items():
            write_table(folder / f"{name}.csv", table)
        if charts.kinds:
            # matplotlib costs a second that a run without charts need not pay
            from sim.report.pictures import draw

            try:
                failed.extend(draw(scenario, results, folder / "charts", check, charts))
            except Stop:  # the tables are what took time
                rmtree(folder / "charts")

    results.save(directory, format=format, also=also)
    return failed
