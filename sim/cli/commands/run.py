"""The command `run`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.chart_options import takes_charts
from sim.cli.inputs import completed, read
from sim.cli.options import (
    AsJson,
    Chosen,
    File,
    Force,
    Out,
    With,
    days_of,
    is_given,
    path,
    takes_plan,
)
from sim.cli.outputs import claim_output_dir, exit_if_nothing_finished
from sim.cli.printing import command_line, print_json, print_view
from sim.cli.run_or_load import SavedResults
from sim.cli.unfinished_runs import chunks_beside
from sim.cli.writing_runs import write_run
from sim.errors import UsageError, unknown
from sim.formatting import DAY
from sim.report.chart_files import USUAL, ChartFiles

if TYPE_CHECKING:
    import pandas as pd

    from sim.api import Results
    from sim.scenario import Scenario


@takes_charts("given")
@takes_plan(
    "draws",
    "paths",
    "seed",
    "engine",
    "workers",
    "level",
    "events",
    "keep_paths",
    "precision",
    "max_paths",
)
def run(
    context: typer.Context,
    scenario: File,
    plan: Chosen,
    out: Out = None,
    as_json: AsJson = False,
    pictures: ChartFiles = USUAL,
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
    given: Annotated[
        str,
        typer.Option(
            metavar="OUTCOME",
            help="Also what else happened in the paths in which this outcome came.",
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
    format: Annotated[
        str,
        typer.Option(
            metavar="FORMAT",
            help="Form of the tables that grow with draws and paths: csv or parquet.",
        ),
    ] = "csv",
    cluster: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Walk the paths on the workers of a Dask scheduler: its address, as in "
            "tcp://host:8786, or its scheduler file.",
        ),
    ] = "",
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Go on from the finished chunks of a run to this directory that was killed.",
            show_default="begin anew",
            parser=path,
        ),
    ] = None,
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
    if given and given not in loaded.model.names.outcomes:  # before the run, which takes long
        raise UsageError(unknown("outcome", given, list(loaded.model.names.outcomes)))
    if given and plan["engine"] == "exact":
        raise UsageError("--given counts paths, and --engine exact walks none; remove one of them")
    if resume and out:
        raise UsageError("--resume names the directory that is written; remove --out")
    from sim.results.parquet_files import require_format

    require_format(format)  # before the run, which takes long
    # Before the run, so that a directory that must not be overwritten costs no time.
    target = claim_output_dir(resume or out, loaded, force=force)
    plan = completed(context, scenario, plan)
    kept, plan = chunks_beside(context, target.path, plan, resume=resume, cluster=cluster)
    import sim

    with _executor(cluster) as executor:
        results = sim.run(loaded, **plan, executor=executor, resume=kept, on_interrupt="return")
    exit_if_nothing_finished(results)
    show = None if as_json else partial(command_line, context)
    say = partial(_say, loaded, results, target.path, show, given=given)
    first = partial(_say_first, loaded, results, as_json=as_json)
    how: dict[str, Any] = {"files": pictures, "format": format, "days": days}
    write_run(loaded, results, target, first=first, say=say, **how)
    if given and not as_json:
        directory = target.path
        _given(
            SavedResults(scenario=loaded, results=results, directory=directory, pictures=pictures),
            given,
        )


@contextmanager
def _executor(cluster: str) -> Iterator[Any]:
    """Who walks the paths: the workers of a cluster, or nobody else."""
    if not cluster:
        yield None
        return
    from sim.experiment.dask_cluster import cluster as workers_of

    with workers_of(cluster) as client:
        yield client


def _say_first(scenario: Scenario, results: Results, *, as_json: bool) -> None:
    """Print the numbers of a run, which are known before its analyses and charts are made."""
    if not as_json:  # one object, printed when all of it is known
        from sim.report.screens.run import numbers_view

        print_view(numbers_view(scenario, results))


def _say(
    scenario: Scenario,
    results: Results,
    directory: Path,
    show: Callable[..., str] | None,
    analyses: Mapping[str, pd.DataFrame],
    where: str,
    *,
    given: str = "",
) -> None:
    """Print what is known once a run is written; `show` makes commands, without it all is JSON."""
    if show is None:
        from sim.report.run_files import summary_with
        from sim.report.screens.given import given_summary

        found = summary_with(results, analyses)
        if given:
            found["given"] = given_summary(results.given(given))
        print_json(found)
        return
    from sim.report.screens.diff import last_run_lines
    from sim.report.screens.run import after_numbers_view

    print_view(after_numbers_view(scenario, results, analyses, where, show))
    if since := last_run_lines(directory, show):
        typer.echo("\n" + "\n".join(since))
    typer.echo(f"One page to read and hand on: {show('report', directory)}")


def _given(run: SavedResults, outcome: str) -> None:
    """Print what else happened where an outcome came, and add it to the run."""
    from sim.analysis.estimates.given import LEAST
    from sim.report.screens.given import given_view

    found = run.results.given(outcome)
    name = f"given-{outcome}"
    draw = partial(run.results.plot.given, outcome)
    written = run.add({name: found.table}, {name: draw} if found.n >= LEAST else None)
    where = f"Table: {', '.join(str(run.shown(file)) for file in written)}" if written else ""
    print_view(given_view(found, where))


def _split(
    context: typer.Context, scenario: Scenario, outcome: str, plan: Chosen, as_json: bool
) -> None:
    """Estimate one rare outcome; nothing is written."""
    _refuse(
        context,
        "engine",
        "out",
        *("no_charts", "charts", "only", "dpi", "style"),
        "force",
        "events",
        "keep_paths",
        "by",
        "given",
        "format",
        "precision",
        "cluster",
        "resume",
    )
    # fewer draws and paths are the default here, so only a size that was given counts
    size = {name: plan[name] for name in ("draws", "paths") if is_given(context, name)}
    import sim

    found = sim.rare(
        scenario, outcome, seed=plan["seed"], workers=plan["workers"], level=plan["level"], **size
    )
    if as_json:
        print_json(found.summary())
    else:
        from sim.report.screens.rare import rare_view

        typer.echo("\n".join(rare_view(found, scenario.title)))


def _refuse(context: typer.Context, *names: str) -> None:
    """Refuse options that mean nothing beside --rare, rather than pass over them."""
    idle = [f"--{name.replace('_', '-')}" for name in names if is_given(context, name)]
    if idle:
        raise UsageError(f"--rare writes no files and has its own engine; remove {', '.join(idle)}")
