"""The commands, one function each: what is asked in, the call, what comes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.answers import INTERRUPTED, WRONG, Commands, note, put, show, tell, warn
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
)
from sim.errors import ScenarioError, UsageError
from sim.experiment.defaults import DRAWS, ENGINE, PATHS, SEED

if TYPE_CHECKING:
    from sim.results.results import Results
    from sim.scenario import Scenario

app = typer.Typer(
    cls=Commands,
    help="Escalation paths from a written, sourced scenario. "
    "A SCENARIO as the first word is run: `run_sim.py scenarios/first_crisis.yaml`.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

NEXT = """Give it a scenario:   {0} scenarios/first_crisis.yaml
See which there are:  {0} list
Write your own:       {0} new my_crisis
Everything it does:   {0} --help"""


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Say what to do next when nothing was asked."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"escalation-sim {installed('escalation-sim')}")
    elif context.invoked_subcommand is None:
        typer.echo(NEXT.format(context.info_name))


@app.command()
def run(
    scenario: File,
    draws: Draws = DRAWS,
    paths: Paths = PATHS,
    seed: Seed = SEED,
    engine: Engine = ENGINE,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    no_charts: NoCharts = False,
    events: Events = False,
    under: With = "",
) -> None:
    """Run a scenario: tables, charts, and what they say."""
    loaded = read(scenario, under)
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
    )
    kept(results)
    without_window()
    from sim.report.written import find, write

    found = find(loaded, results)
    write(loaded, results, found, target, charts=not no_charts)
    if as_json:
        put(results.summary())
    else:
        from sim.report.screen import run_view

        made = "Tables" if no_charts else "Tables and charts"
        show(run_view(loaded, results, found, f"{made}: {target}"))
    ended(results)


@app.command()
def check(
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO...", help="Files to check.")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Warnings count, and every number wants a source.")
    ] = False,
) -> None:
    """Read scenarios and name everything that is wrong with them, at once."""
    from sim.scenario import load

    wrong, fine = False, []
    for file in scenarios:
        try:
            scenario = load(file)
        except ScenarioError as error:
            tell(error.problems)
            wrong = True
            continue
        if strict:
            found = scenario.strict()
            tell(found)
            wrong = wrong or bool(found)
        else:
            warn(scenario.warnings)
        fine.append(f"{file}: {scenario.title}, {len(scenario.model.transitions)} transitions: ok")
    if wrong:
        raise typer.Exit(WRONG)
    typer.echo("\n".join(fine))


@app.command()
def replay(
    scenario: File,
    draw: Annotated[int, typer.Option(help="Number of the draw, from 0.", metavar="D")],
    path: Annotated[int, typer.Option(help="Number of the path, from 0.", metavar="I")],
    seed: Seed = SEED,
    under: With = "",
    chart: Annotated[
        Path | None,
        typer.Option(help="Also draw it, as a timeline, into this file.", show_default="none"),
    ] = None,
) -> None:
    """Tell one path as a story: when, who, what else might have been, and why."""
    loaded = read(scenario, under)
    import sim
    from sim.report.story import story

    again = sim.replay(loaded, draw=draw, path=path, seed=seed)
    for line in story(again, under="+".join(loaded.applied)):
        typer.echo(line)
    if chart is not None:
        without_window()
        from sim.report.pictures import save_timeline

        save_timeline(again, chart)
        note(f"drawn in {chart}")


@app.command()
def compare(
    scenario: File,
    interventions: Annotated[
        list[str] | None,
        typer.Argument(metavar="[INTERVENTION...]", help="All of them unless named; a+b is both."),
    ] = None,
    draws: Draws = DRAWS,
    paths: Paths = PATHS,
    seed: Seed = SEED,
    engine: Engine = ENGINE,
    workers: Workers = None,
    out: Out = None,
    as_json: AsJson = False,
    no_charts: NoCharts = False,
    events: Events = False,
) -> None:
    """Run a scenario beside itself under interventions, path by path."""
    loaded = read(scenario)
    target = free(out or Path("results") / f"{loaded.name}-compared")
    import sim

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
    comparison.save(target)
    from sim.report.twins import comparison_summary, comparison_view

    if as_json:
        put(comparison_summary(comparison))
    else:
        show(comparison_view(comparison, str(target)))
    ended(comparison.baseline)


@app.command()
def resolve(scenario: File, under: With = "") -> None:
    """Print the machine form: all sugar expanded, fit for a diff."""
    typer.echo(read(scenario, under).resolved(), nl=False)


@app.command()
def describe(scenario: File, under: With = "") -> None:
    """Print the scenario in words, as Markdown fit for an annex."""
    from sim.report.describe import describe as described

    typer.echo(described(read(scenario, under)), nl=False)


@app.command()
def export(
    scenario: File,
    to: Annotated[
        str, typer.Option("--to", metavar="FORM", help="prism, graphml or mermaid.")
    ] = "prism",
    draw: Annotated[
        int | None,
        typer.Option(help="Parameters of this draw (prism).", show_default="their medians"),
    ] = None,
    seed: Seed = SEED,
    under: With = "",
) -> None:
    """Print the model for other tools: a Markov model in PRISM's language, or its structure."""
    from sim.report.export import exported

    typer.echo(exported(read(scenario, under).model, to, draw=draw, seed=seed), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario import schema as shapes

    put(shapes())


@app.command()
def new(name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario.")]) -> None:
    """Write NAME.yaml: a small commented scenario that runs."""
    from sim.scenario import new as template

    file = Path(f"{name.removesuffix('.yaml')}.yaml")
    text = template(file.stem)
    if file.exists():
        raise UsageError(f"{file}: exists, and is not written over")
    file.write_text(text, encoding="utf-8")
    typer.echo(f"{file} is written. Run it, then change it and run it again.")


@app.command("list")
def list_scenarios(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to look.")] = Path(
        "scenarios"
    ),
) -> None:
    """List the scenarios of a directory with their titles."""
    from sim.report.catalogue import catalogue

    for line in catalogue(directory):
        typer.echo(line)


def read(file: Path, under: str = "") -> Scenario:
    """The scenario, under interventions if any; its warnings go to stderr."""
    from sim.scenario import load

    scenario = load(file)
    warn(scenario.warnings)
    return scenario.under(under) if under else scenario


def free(target: Path) -> Path:
    """The directory to write, refused before the run rather than after it."""
    from sim.results.saved import refuse_foreign

    refuse_foreign(target)
    return target


def kept(results: Results) -> None:
    """Leave now if Ctrl-C came before anything was finished."""
    if results.provenance.draws == 0:
        note("interrupted before the first draw was finished; nothing is written")
        raise typer.Exit(INTERRUPTED)


def ended(results: Results) -> None:
    """End with 130, saying how much was finished, if Ctrl-C ended the run."""
    about = results.provenance
    if about.interrupted:
        note(f"interrupted: {about.draws} of {about.draws_asked} draws are finished and written")
        raise typer.Exit(INTERRUPTED)


def without_window() -> None:
    """Draw to files only, also where there is a screen."""
    import matplotlib as mpl

    mpl.use("agg")
