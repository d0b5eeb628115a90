"""The command `run`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.inputs import completed, read
from sim.cli.options import (
    AsJson,
    Chosen,
    File,
    Force,
    NoCharts,
    Out,
    With,
    days_of,
    is_given,
    takes_plan,
)
from sim.cli.outputs import (
    OutputDir,
    claim_output_dir,
    default_target,
    describe_written,
    draw_without_window,
    exit_if_charts_failed,
    exit_if_interrupted,
    exit_if_nothing_finished,
)
from sim.cli.printing import command_line, print_json, print_view
from sim.errors import UsageError
from sim.formatting import DAY

if TYPE_CHECKING:
    from sim.api import Results
    from sim.scenario import Scenario


@takes_plan(
    "draws", "paths", "seed", "engine", "workers", "events", "keep_paths", "precision", "max_paths"
)
def run(
    context: typer.Context,
    scenario: File,
    plan: Chosen,
    out: Out = None,
    as_json: AsJson = False,
    no_charts: NoCharts = False,
    force: Force = False,
    under: With = "",
    by: Annotated[
        str,
        typer.Option(
            metavar="TIMES",
            help="Also the probabilities by these times, as in 7d,30d.",
            show_default="7 d, 30 d, 90 d and the horizon",
        ),
    ] = "",
    rare: Annotated[
        str,
        typer.Option(
            metavar="OUTCOME",
            help="Estimate only this outcome, by importance splitting (default: 30 draws of "
            "100 paths).",
        ),
    ] = "",
) -> None:
    """Run a scenario: write tables and charts, print a summary."""
    loaded = read(scenario, under)
    days = days_of(by, loaded.model.horizon / DAY)
    # another method with other output: nothing below applies
    if rare:
        _split(context, loaded, rare, plan, as_json)
        return
    if plan["precision"] and is_given(context, "draws"):
        raise UsageError("--precision finds the number of draws; remove --draws")
    if not plan["precision"] and is_given(context, "max_paths"):
        raise UsageError("--max-paths belongs to --precision P; remove it, or give both")
    target = claim_output_dir(
        out or default_target(loaded.name, *loaded.applied), loaded, force=force
    )
    plan = completed(context, scenario, plan)
    import sim

    # a flag is True or False; None lets the number of paths decide
    results = sim.run(loaded, **{**plan, "keep_paths": plan["keep_paths"] or None})
    exit_if_nothing_finished(results)
    show = None if as_json else partial(command_line, context)
    _write(loaded, results, target, charts=not no_charts, show=show, days=days)


def _write(
    scenario: Scenario,
    results: Results,
    target: OutputDir,
    *,
    charts: bool,
    show: Callable[..., str] | None,
    days: Sequence[float],
) -> None:
    """Write the directory of a run, and print what it says; say if it was cut short.

    `show` makes the commands on the screen; without it the summary is printed as JSON.
    """
    draw_without_window()
    from sim.analysis.after_run import analyses
    from sim.analysis.estimates.times import by_day
    from sim.experiment.work import interruptible
    from sim.report.run_files import summary_with, write

    charts = charts and not results.provenance.interrupted  # who stops it wants to go on
    with interruptible() as again:
        found = analyses(scenario, results)
        if days:
            found["by"] = by_day(results, days)
        failed = write(scenario, results, found, target.path, charts=charts, check=again.check)
    if show is None:
        print_json(summary_with(results, found))
    else:
        from sim.report.diff_view import last_run_lines
        from sim.report.screen import run_view

        where = describe_written(charts and not again.asked, target.path)
        print_view(run_view(scenario, results, found, where, show))
        if since := last_run_lines(target.path, show):
            typer.echo("\n" + "\n".join(since))
    target.report_kept()
    exit_if_interrupted(results, cut=again.asked)
    exit_if_charts_failed(failed)


def _split(
    context: typer.Context, scenario: Scenario, outcome: str, plan: Chosen, as_json: bool
) -> None:
    """Estimate one rare outcome; nothing is written."""
    _refuse(
        context, "engine", "out", "no_charts", "force", "events", "keep_paths", "by", "precision"
    )
    # fewer draws and paths are the default here, so only a size that was given counts
    size = {name: plan[name] for name in ("draws", "paths") if is_given(context, name)}
    import sim

    found = sim.rare(scenario, outcome, seed=plan["seed"], workers=plan["workers"], **size)
    if as_json:
        print_json(found.summary())
    else:
        from sim.report.rare_view import rare_view

        typer.echo("\n".join(rare_view(found, scenario.title)))


def _refuse(context: typer.Context, *names: str) -> None:
    """Refuse options that mean nothing beside --rare, rather than pass over them."""
    idle = [f"--{name.replace('_', '-')}" for name in names if is_given(context, name)]
    if idle:
        raise UsageError(f"--rare writes no files and has its own engine; remove {', '.join(idle)}")
