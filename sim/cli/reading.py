"""The commands that read scenarios: check, resolve, describe, export, schema, new, list."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.answers import WRONG, put, tell, warn
from sim.cli.app import app
from sim.cli.arguments import File, Seed, With
from sim.errors import ScenarioError, UsageError
from sim.experiment.plan import Plan

if TYPE_CHECKING:
    from sim.scenario import Scenario


@app.command()
def check(
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO...", help="Files to check.")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Warnings count, and every number wants a source.")
    ] = False,
) -> None:
    """Name everything that is wrong with scenarios, all at once."""
    from sim.scenario import load

    wrong, fine = False, []
    for file in scenarios:
        try:
            scenario = load(file)
        except ScenarioError as error:
            try:
                fine.append(
                    f"{file}: {_sources_in(file, error)} sources to include, no scenario: ok"
                )
            except ScenarioError as problem:
                tell(problem.problems)
                wrong = True
            continue
        if strict:
            found = scenario.strict()
            tell(found)
            wrong = wrong or bool(found)
        else:
            warn(scenario.warnings)
        size = len(scenario.model.transitions)
        fine.append(f"{file}: {scenario.title}, {size} transition{'s' * (size != 1)}: ok")
        if strict:
            fine += _graded(scenario)
    if wrong:
        raise typer.Exit(WRONG)
    typer.echo("\n".join(fine))


def _graded(scenario: Scenario) -> list[str]:
    """What its numbers rest on, most frequent first: what a clean file may still be asked."""
    declared = scenario.declared
    known = (*declared.parameters.values(), *declared.delays.values())
    if not known:
        return []
    grades = Counter(one.grade for one in known).most_common()
    doubtful = sum(declared.is_unconfirmed(one) for one in known)
    said = ", ".join(f"{count} {grade}" for grade, count in grades)
    return [f"  parameters and delays: {said}{f'; {doubtful} unconfirmed' if doubtful else ''}"]


def _sources_in(file: Path, error: ScenarioError) -> int:
    """How many sources a file has that has nothing else; any other file's error stands."""
    from sim.scenario import sources_alone

    sources = sources_alone(file)  # asked only now, so that no scenario is read twice
    if sources is None:
        raise error
    return len(sources)


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
    seed: Seed = Plan.seed,
    under: With = "",
) -> None:
    """Print the model for other tools: PRISM, GraphML, Mermaid."""
    from sim.export.formats import exported

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
