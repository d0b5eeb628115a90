"""The command `report`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.chart_options import takes_charts
from sim.cli.options import (
    Chosen,
    File,
    Force,
    RunOptions,
    With,
    form_of,
    is_given,
    output_file,
    takes_plan,
)
from sim.cli.outputs import draw_without_window
from sim.cli.printing import command_line
from sim.cli.run_or_load import run_or_load
from sim.report.chart_files import USUAL, ChartFiles


@takes_charts()
@takes_plan("draws", "paths", "seed", "engine", "workers", "level", "keep_paths")
def report(
    context: typer.Context,
    scenario: File,
    plan: Chosen,
    file: Annotated[
        Path | None,
        output_file("report.html in the run directory"),
    ] = None,
    to: Annotated[
        str,
        form_of("html or md", show_default="that of FILE, else html"),
    ] = "",
    pictures: ChartFiles = USUAL,
    force: Force = False,
    under: With = "",
) -> None:
    """Write one page with all that is known of a run, to read and to hand on."""
    from sim.report.pages import FORMS, of_directory, refuse, write_report

    ending = file.suffix.lstrip(".").lower() if file is not None else ""
    form = to or (ending if ending in FORMS else FORMS[0])
    refuse(form, file)  # before the run, which may take minutes
    saved = run_or_load(
        RunOptions(
            context=context,
            scenario=scenario,
            plan=plan,
            pictures=pictures,
            force=force,
            under=under,
        )
    )
    # those of a run directory are as they were drawn, unless asked for in another way
    anew = scenario.is_dir() and any(is_given(context, one) for one in ("charts", "dpi", "style"))
    if anew or not (saved.directory / "charts").is_dir():
        draw_without_window()
    command = partial(command_line, context)
    material = of_directory(
        *(saved.directory, saved.scenario, saved.results),
        command=command,
        pictures=pictures,
        anew=anew,
    )
    typer.echo(f"Report: {write_report(material, file, form=form)}")
