"""The commands that walk paths: run, replay, compare."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.answers import INTERRUPTED, note, put, show
from sim.cli.app import app
from sim.cli.arguments import (
    AsJson,
    Draws,
    Engine,
    Events,
    File,
    NoCharts,
    Out,
    Paths,
    Seed,
    With,
    Workers,
    count,
)
from sim.cli.reading import read
from sim.errors import UsageError
from sim.experiment.plan import Plan

if TYPE_CHECKING:
    from sim.api import Results
    from sim.scenario import Scenario


@app.command()
def run(
    context: typer.Context,
    scenario: File,
    draws: Draws = Plan.draws,
    paths: Paths = Plan.paths,
    seed: Seed = Plan.seed,
    engine: Engine = Plan.engine,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    no_charts: NoCharts = False,
    events: Events = False,
    keep_paths: Annotated[
        bool, typer.Option("--keep-paths", help="Write paths.csv, also of over a million paths.")
    ] = False,
    under: With = "",
    rare: Annotated[
        str,
        typer.Option(
            metavar="OUTCOME",
            help="Only how likely it is, by splitting paths (30 draws of 100 unless said).",
        ),
    ] = "",
) -> None:
    """Run a scenario: tables, charts, and what they say."""
    loaded = read(scenario, under)
    if rare:
        refuse(context, "engine", "out", "no_charts", "events", "keep_paths")
        size = given(context, draws=draws, paths=paths)
        split(loaded, rare, as_json, seed=seed, workers=workers, **size)
        return
    target = free(out or Path("results") / "-".join([loaded.name, *loaded.applied]))
    import sim

    results = sim.run(
        loaded,
        draws=draws,
        paths=paths,
        seed=seed,
        engine=engine,
        workers=workers,
        events=events,
        keep_paths=keep_paths or None,
    )
    kept(results)
    without_window()
    from sim.experiment.work import interruptible
    from sim.report.written import find, write

    charts = not no_charts and not results.provenance.interrupted  # who stops it wants to go on
    with interruptible() as again:
        found = find(loaded, results)
        write(loaded, results, found, target, charts=charts, check=again.check)
    if as_json:
        put(results.summary())
    else:
        from sim.report.screen import run_view

        show(run_view(loaded, results, found, f"{made(charts and not again.asked)}: {target}"))
    ended(results, cut=again.asked)


@app.command()
def replay(
    scenario: File,
    draw: Annotated[
        int, typer.Option(help="Number of the draw, from 0.", metavar="D", parser=count)
    ],
    path: Annotated[
        int, typer.Option(help="Number of the path, from 0.", metavar="I", parser=count)
    ],
    seed: Seed = Plan.seed,
    under: With = "",
    chart: Annotated[
        Path | None,
        typer.Option(help="Also draw it, as a timeline, into this file.", show_default="none"),
    ] = None,
) -> None:
    """Tell one path as a story: who, when, what else might have been, why."""
    loaded = read(scenario, under)
    import sim
    from sim.report.story import story

    again = sim.replay(loaded, draw=draw, path=path, seed=seed)
    if chart is not None:
        without_window()
        from sim.report.pictures import save_timeline

        save_timeline(again, chart)
    for line in story(again, under="+".join(loaded.applied)):
        typer.echo(line)
    if chart is not None:
        note(f"drawn in {chart}")


@app.command()
def compare(
    scenario: File,
    interventions: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INTERVENTION...]", help="All of them unless named; a+b is both."),
    ] = None,
    draws: Draws = Plan.draws,
    paths: Paths = Plan.paths,
    seed: Seed = Plan.seed,
    engine: Engine = Plan.engine,
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Where to write.", metavar="DIR", show_default="results/<scenario>-compared"
        ),
    ] = None,
    as_json: AsJson = False,
    no_charts: NoCharts = False,
    events: Events = False,
    under: With = "",
) -> None:
    """Run a scenario beside itself under interventions, path by path."""
    loaded = read(scenario, under)
    target = free(out or Path("results") / "-".join([loaded.name, *loaded.applied, "compared"]))
    import sim
    from sim.experiment.work import interruptible

    comparison = sim.compare(
        loaded,
        interventions or None,
        draws=draws,
        paths=paths,
        seed=seed,
        engine=engine,
        workers=workers,
        events=events,
        keep_paths=False,  # each twin's row a path would fill a disk; counts are all it takes
    )
    kept(comparison.baseline)
    without_window()
    from sim.report.pictures import draw_comparison
    from sim.report.twins import comparison_summary, comparison_view

    charts = not no_charts and not comparison.baseline.provenance.interrupted
    with interruptible() as again:
        draw = partial(draw_comparison, comparison) if charts else None
        comparison.save(target, also=draw)
    if as_json:
        put(comparison_summary(comparison))
    else:
        show(comparison_view(comparison, f"{made(charts)}: {target}"))
    ended(comparison.baseline, cut=again.asked)


def split(scenario: Scenario, outcome: str, as_json: bool, **arguments: Any) -> None:
    """Estimate one rare outcome; nothing is written."""
    from sim.api import rare

    found = rare(scenario, outcome, **arguments)
    if as_json:
        put(found.summary())
    else:
        from sim.report.rarity import rare_view

        typer.echo("\n".join(rare_view(found, scenario.title)))


def given(context: typer.Context, **arguments: int) -> dict[str, int]:
    """Those of the arguments that were given, where the defaults mean something else."""
    return {name: value for name, value in arguments.items() if _is_given(context, name)}


def refuse(context: typer.Context, *names: str) -> None:
    """Refuse options that mean nothing beside --rare, rather than pass over them."""
    idle = [f"--{name.replace('_', '-')}" for name in names if _is_given(context, name)]
    if idle:
        raise UsageError(f"--rare writes no files and has its own engine; drop {', '.join(idle)}")


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def free(target: Path) -> Path:
    """The directory to write, refused before the run rather than after it.

    What it holds of an earlier run, which it will be instead of, is said.
    """
    from sim.results.directory import describe_earlier, refuse_foreign

    refuse_foreign(target)
    before = describe_earlier(target)
    if before:
        note(f"{target}: replaces {before}")
    return target


def made(charts: bool) -> str:
    """What was written."""
    return "Tables and charts" if charts else "Tables"


def kept(results: Results) -> None:
    """Leave now if Ctrl-C came before anything was finished."""
    if results.provenance.draws == 0:
        note("interrupted before the first draw was finished; nothing is written")
        raise typer.Exit(INTERRUPTED)


def ended(results: Results, *, cut: bool) -> None:
    """End with 130, saying how much was finished, if Ctrl-C ended the run or `cut` its writing."""
    about = results.provenance
    if about.interrupted or cut:
        note(f"interrupted: {about.draws} of {about.draws_asked} draws are finished and written")
        raise typer.Exit(INTERRUPTED)


def without_window() -> None:
    """Draw to files only, also where there is a screen."""
    import matplotlib as mpl

    mpl.use("agg")
