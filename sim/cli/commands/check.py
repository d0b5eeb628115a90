"""The command `check`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from textwrap import TextWrapper
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.group import WRONG
from sim.cli.printing import print_problems, print_warnings
from sim.errors import ScenarioError
from sim.source.tree import path_text

if TYPE_CHECKING:
    from sim.scenario import Scenario


def check(
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO...", help="Files to check.")],
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Treat warnings as errors; require a source for every number."
        ),
    ] = False,
) -> None:
    """List all errors in scenario files."""
    from sim.scenario import load

    wrong, fine = False, list[str]()
    for file in scenarios:
        try:
            scenario = load(file)
        # a file of sources alone is not a scenario, and fine all the same
        except ScenarioError as error:
            try:
                fine.append(
                    f"{file}: {_sources_in(file, error)} sources to include, no scenario: ok"
                )
            except ScenarioError as problem:
                print_problems(problem.problems)
                wrong = True
            continue
        if strict:
            found = scenario.strict()
            print_problems(found)
            wrong = wrong or bool(found)
        else:
            print_warnings(scenario.warnings)
        size = len(scenario.model.transitions)
        fine.append(f"{file}: {scenario.title}, {size} transition{'s' * (size != 1)}: ok")
        fine += _differences(scenario)
        if strict:
            fine += _graded(scenario)
    if wrong:
        raise typer.Exit(WRONG)
    typer.echo("\n".join(fine))


def _differences(scenario: Scenario) -> list[str]:
    """What a variant adds to the file it extends, replaces in it and removes from it."""
    variant = scenario.variant
    if variant is None:
        return []
    named = {
        "adds": [path_text(path) for path in variant.adds],
        "replaces": [path_text(path) for path in variant.replaces],
        "removes": variant.removes,
    }
    lines = [f"{what} {', '.join(names)}" for what, names in named.items() if names]
    page = TextWrapper(100, initial_indent="    ", subsequent_indent="      ")
    page.break_long_words = page.break_on_hyphens = False  # so that names can be copied
    return [f"  extends {variant.base}", *(page.fill(line) for line in lines)]


def _graded(scenario: Scenario) -> list[str]:
    """What its numbers rest on, most frequent first: what a clean file may still be asked."""
    declared = scenario.declared
    known = (*declared.parameters.values(), *declared.delays.values())
    if not known:
        return []
    grades = Counter(one.grade for one in known).most_common()
    doubtful = sum(declared.is_unconfirmed(one) for one in known)
    counts = ", ".join(f"{count} {grade}" for grade, count in grades)
    return [f"  parameters and delays: {counts}{f'; {doubtful} unconfirmed' if doubtful else ''}"]


def _sources_in(file: Path, error: ScenarioError) -> int:
    """How many sources a file has that has nothing else; any other file's error stands."""
    from sim.scenario import sources_alone

    sources = sources_alone(file)  # asked only now, so that no scenario is read twice
    if sources is None:
        raise error
    return len(sources)
