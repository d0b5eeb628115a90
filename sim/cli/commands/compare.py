"""The command `compare`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.chart_options import takes_charts
from sim.cli.inputs import completed, read
from sim.cli.options import AsJson, Chosen, File, Force, With, output_dir, takes_plan
from sim.cli.outputs import (
    claim_output_dir,
    describe_written,
    draw_without_window,
    exit_if_charts_failed,
    exit_if_interrupted,
    exit_if_nothing_finished,
)
from sim.cli.printing import print_json, print_view
from sim.report.chart_files import USUAL, ChartFiles

if TYPE_CHECKING:
    from sim.api import Comparison

# what a run and the baseline of a comparison have in common if they are of the same paths
SAME_RUN = ("scenario", "under", "changes", "engine", "seed", "draws", "paths")


@takes_charts("differences", "flows", "shapley", after_run=False)
@takes_plan("draws", "paths", "seed", "engine", "workers", "level", "events")
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
        str,
        typer.Option(metavar="ORDER", help="Order of the interventions: effect, name or given."),
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
    pictures: ChartFiles = USUAL,
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
    from sim.report.pictures import draw_comparison
    from sim.report.screens.compare import comparison_summary, comparison_view
    from sim.scenario import titles_of

    titles = titles_of(loaded)
    # after Ctrl-C somebody waits for the end, not for charts
    charts = bool(pictures.kinds) and not comparison.baseline.provenance.interrupted
    failed: list[tuple[str, Exception]] = []

    def draw(folder: Path) -> None:
        failed.extend(draw_comparison(comparison, folder, titles, pictures))

    # Ctrl-C while it is written: the directory is finished, and then the command ends
    with interruptible() as again:
        comparison.save(target.path, also=draw if charts else None)
        added = _add_to_run(scenario, comparison, draw if charts else None)
    if as_json:
        print_json(comparison_summary(comparison))
    else:
        written = f"{describe_written(charts, target.path)}{added}"
        print_view(comparison_view(comparison, written, titles))
    target.report_kept()
    exit_if_interrupted(comparison.baseline, cut=again.asked)
    exit_if_charts_failed(failed)


def _add_to_run(source: Path, comparison: Comparison, draw: Callable[[Path], None] | None) -> str:
    """Add the tables to the run directory that was compared; says so, or nothing if it was none.

    Nothing is added where an option asked for another run than the one that is there.
    """
    if not source.is_dir():
        return ""
    from sim.results.added_tables import add_tables
    from sim.results.manifest import read_manifest
    from sim.results.provenance import Provenance

    manifest = read_manifest(source)
    there, walked = Provenance.from_manifest(manifest), comparison.baseline.provenance
    same = all(getattr(there, name) == getattr(walked, name) for name in SAME_RUN)
    # by content: the scenario was read from the directory, where its files have other names
    same = same and set(there.files.values()) == set(walked.files.values())
    if "twins" in manifest or not same:
        return ""
    add_tables(source, comparison.frames(), of=there, also=draw)
    return f"\nAlso added to the run: {source / 'analyses'}"
