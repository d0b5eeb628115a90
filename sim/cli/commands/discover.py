"""The command `discover`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import RunOptions, chart_file, takes_run
from sim.cli.outputs import draw_without_window
from sim.cli.printing import print_json, print_note, print_view
from sim.cli.run_or_load import run_or_load

if TYPE_CHECKING:
    from sim.scenario import Scenario


@takes_run("draws", "paths", "seed", "engine", "workers")
def discover(
    run: RunOptions,
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="Name of an outcome.")],
    chart: Annotated[
        Path | None,
        chart_file("Also draw coverage against density into this file."),
    ] = None,
) -> None:
    """Show in which corner of the parameters an outcome is likely."""
    saved = run_or_load(run, partial(_refuse_unknown, outcome=outcome))
    from sim.api import discoveries
    from sim.report.discovery_view import discovery_view

    found, why = discoveries.discover(saved.results, outcome)
    about, title = saved.results.provenance, str(saved.results.outcomes["title"][outcome])
    where = ""
    if found is not None and not why:
        name = f"discover-{outcome}"
        tables = {name: found.boxes, f"{name}-trajectory": found.trajectory}
        files = saved.add({**tables, f"{name}-tree": found.tree})
        where = f"Tables: {files[0].parent}"
        if chart is not None:
            draw_without_window()
            from sim.report.pictures import save_discovery

            save_discovery(found.trajectory, outcome, title, chart)
            print_note(f"chart written to {chart}")
    if run.as_json:
        about_run = {"scenario": about.scenario, "seed": about.seed, "outcome": outcome}
        print_json({**about_run, **discoveries.summary(found, why)})
    else:
        print_view(discovery_view(about, title, found, why, where))


def _refuse_unknown(scenario: Scenario, *, outcome: str) -> None:
    from sim.api.sensitivities import askable

    askable(scenario.model, outcome, "probability")
