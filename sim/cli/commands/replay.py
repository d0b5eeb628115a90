"""The command `replay`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.inputs import completed, read
from sim.cli.options import File, Seed, With, chart_file, number_of
from sim.cli.outputs import draw_without_window
from sim.cli.printing import print_note
from sim.experiment.plan import Plan


def replay(
    context: typer.Context,
    scenario: File,
    draw: Annotated[int, number_of("draw")],
    path: Annotated[int, number_of("path")],
    seed: Seed = Plan.seed,
    under: With = "",
    chart: Annotated[Path | None, chart_file("the path, as a timeline")] = None,
) -> None:
    """Show one path event by event: when, who, the alternatives, the cause."""
    loaded = read(scenario, under)
    import sim
    from sim.report.story import story

    seed = completed(context, scenario, {"seed": seed})["seed"]
    again = sim.replay(loaded, draw=draw, path=path, seed=seed)
    # the picture first: if it cannot be drawn, nothing is printed that looks like success
    if chart is not None:
        draw_without_window()
        from sim.report.pictures import save_timeline

        save_timeline(again, chart)
    for line in story(again, under="+".join(loaded.applied)):
        typer.echo(line)
    if chart is not None:
        print_note(f"timeline written to {chart}")
