"""The command `discover`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import RunOptions, chart_file, takes_run
from sim.cli.printing import print_json, print_view
from sim.cli.run_or_load import run_or_load

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.scenario import Scenario


@takes_run("draws", "paths", "seed", "engine", "workers", "level", draws=("discover",))
def discover(
    run: RunOptions,
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="Name of an outcome.")],
    chart: Annotated[
        Path | None,
        chart_file("coverage against density"),
    ] = None,
) -> None:
    """Show in which corner of the parameters an outcome is likely."""
    saved = run_or_load(run, partial(_refuse_unknown, outcome=outcome))
    from sim.api import discoveries
    from sim.report.screens.discover import discovery_view

    found, why = discoveries.discover(saved.results, outcome)
    about, title = saved.results.provenance, str(saved.results.outcomes["title"][outcome])
    where = ""
    if found is not None and not why:
        name = f"discover-{outcome}"
        tables = {name: found.boxes, f"{name}-trajectory": found.trajectory}
        charts = {name: partial(_chart, found.trajectory, outcome, title)}
        files = saved.add({**tables, f"{name}-tree": found.tree}, charts, first=chart)
        where = f"Tables: {files[0].parent}"
    elif chart is not None:
        saved.add({}, first=chart)  # says that there is nothing to draw
    if run.as_json:
        about_run = {"scenario": about.scenario, "seed": about.seed, "outcome": outcome}
        print_json({**about_run, **discoveries.summary(found, why)})
    else:
        print_view(discovery_view(about, title, found, why, where))


def _chart(trajectory: pd.DataFrame, outcome: str, title: str) -> Axes:
    from sim.charts import discover as chart

    return chart(trajectory, outcome=outcome, title=title)


def _refuse_unknown(scenario: Scenario, *, outcome: str) -> None:
    from sim.api.sensitivities import askable

    askable(scenario.model, outcome, "probability")
