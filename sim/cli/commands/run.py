"""The command `run`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
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
from sim.cli.outputs import claim_output_dir, exit_if_nothing_finished
from sim.cli.printing import command_line, print_json, print_view
from sim.cli.writing_runs import write_run
from sim.errors import UsageError
from sim.formatting import DAY

if TYPE_CHECKING:
    import pandas as pd

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
    target = claim_output_dir(out, loaded, force=force)
    plan = completed(context, scenario, plan)
    import sim

    results = sim.run(loaded, **plan, on_interrupt="return")
    exit_if_nothing_finished(results)
    show = None if as_json else partial(command_line, context)
    say = partial(_say, loaded, results, target.path, show)
    write_run(loaded, results, target, charts=not no_charts, days=days, say=say)


def _say(
    scenario: Scenario,
    results: Results,
    directory: Path,
    show: Callable[..., str] | None,
    analyses: Mapping[str, pd.DataFrame],
    where: str,
) -> None:
    """Print what a run found; `show` makes the commands, without it the summary is JSON."""
    if show is None:
        from sim.report.run_files import summary_with

        print_json(summary_with(results, analyses))
        return
    from sim.report.diff_view import last_run_lines
    from sim.report.screen import run_view

    print_view(run_view(scenario, results, analyses, where, show))
    if since := last_run_lines(directory, show):
        typer.echo("\n" + "\n".join(since))


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
