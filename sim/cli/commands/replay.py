"""The command `replay`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.chart_options import OF_A_FILE, takes_charts
from sim.cli.inputs import completed, read
from sim.cli.options import File, Seed, With, chart_file, is_given, number_of
from sim.cli.outputs import draw_without_window
from sim.cli.printing import print_note
from sim.experiment.plan import Plan
from sim.report.chart_files import USUAL, ChartFiles


@takes_charts(of_a_file=True)
def replay(
    context: typer.Context,
    scenario: File,
    draw: Annotated[int, number_of("draw")],
    path: Annotated[int, number_of("path")],
    seed: Seed = Plan.seed,
    under: With = "",
    chart: Annotated[Path | None, chart_file("the path, as a timeline")] = None,
    pictures: ChartFiles = USUAL,
    everything: Annotated[
        bool, typer.Option("--all", help="Also each event that repeats what changed nothing.")
    ] = False,
    to_scale: Annotated[
        bool, typer.Option("--to-scale", help="In the chart, rows stand at their time.")
    ] = False,
) -> None:
    """Show one path event by event: when, who, the alternatives, the cause."""
    loaded = read(scenario, under)
    import sim
    from sim.errors import UsageError
    from sim.report.story import story

    idle = [
        f"--{name}"
        for name in (*OF_A_FILE, "to-scale")
        if is_given(context, name.replace("-", "_"))
    ]
    if idle and chart is None:
        raise UsageError(f"{', '.join(idle)}: of the chart; give --chart FILE, or remove it")
    seed = completed(context, scenario, {"seed": seed})["seed"]
    again = sim.replay(loaded, draw=draw, path=path, seed=seed)
    # the picture first: if it cannot be drawn, nothing is printed that looks like success
    if chart is not None:
        draw_without_window()
        from sim.report.pictures import save_timeline

        save_timeline(again, chart, pictures, everything=everything, to_scale=to_scale)
    for line in story(again, under="+".join(loaded.applied), everything=everything):
        typer.echo(line)
    if chart is not None:
        print_note(f"timeline written to {chart}")
