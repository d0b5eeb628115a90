"""The command `compare`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.inputs import completed, read
from sim.cli.options import AsJson, Chosen, File, Force, NoCharts, With, output_dir, takes_plan
from sim.cli.outputs import (
    claim_output_dir,
    describe_written,
    draw_without_window,
    exit_if_charts_failed,
    exit_if_interrupted,
    exit_if_nothing_finished,
)
from sim.cli.printing import print_json, print_view


@takes_plan("draws", "paths", "seed", "engine", "workers", "events")
def compare(
    context: typer.Context,
    scenario: File,
    plan: Chosen,
    interventions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[INTERVENTION...]",
            help="Default: all of them; a+b applies both. Also other scenario files.",
        ),
    ] = None,
    order: Annotated[
        str, typer.Option(help="Order of the interventions: effect, name or given.")
    ] = "effect",
    together: Annotated[
        bool,
        typer.Option(
            "--together",
            help="All subsets of the interventions named (at most six): what each adds.",
        ),
    ] = False,
    out: Annotated[Path | None, output_dir("results/<scenario>-compared")] = None,
    as_json: AsJson = False,
    no_charts: NoCharts = False,
    force: Force = False,
    under: With = "",
) -> None:
    """Compare a scenario with itself under interventions, path by path."""
    loaded = read(scenario, under)
    target = claim_output_dir(out, loaded, "compared", force=force)
    plan = completed(context, scenario, plan)
    import sim
    from sim.experiment.work import interruptible

    # a row for every path of every alternative would fill a disk; counts are all it takes
    comparison = sim.compare(
        loaded,
        interventions or None,
        order=order,
        together=together,
        **plan,
        keep_paths=False,
        on_interrupt="return",
    )
    exit_if_nothing_finished(comparison.baseline)
    draw_without_window()
    from sim.report.comparison_view import comparison_summary, comparison_view
    from sim.report.pictures import draw_comparison
    from sim.scenario import titles_of

    titles = titles_of(loaded)
    charts = not no_charts and not comparison.baseline.provenance.interrupted
    failed: list[tuple[str, Exception]] = []

    def draw(folder: Path) -> None:
        failed.extend(draw_comparison(comparison, folder, titles))

    with interruptible() as again:
        comparison.save(target.path, also=draw if charts else None)
    if as_json:
        print_json(comparison_summary(comparison))
    else:
        written = describe_written(charts, target.path)
        print_view(comparison_view(comparison, written, titles))
    target.report_kept()
    exit_if_interrupted(comparison.baseline, cut=again.asked)
    exit_if_charts_failed(failed)
