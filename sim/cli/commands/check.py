"""The command `check`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import TextWrapper
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.group import WRONG
from sim.cli.options import path
from sim.errors import Problem, ScenarioError
from sim.formatting import counted
from sim.source.tree import path_text

if TYPE_CHECKING:
    from sim.scenario import Scenario


@dataclass(slots=True)
class Found:
    """What there is to say of one file: findings by severity, and of a valid one what it is."""

    errors: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    notes: Sequence[Problem] = ()
    valid: Sequence[str] = ()

    def findings(self) -> Iterator[tuple[str, Problem]]:
        """Severity and finding, errors first."""
        yield from (("error", one) for one in self.errors)
        yield from (("warning", one) for one in self.warnings)
        yield from (("note", one) for one in self.notes)


def check(
    scenarios: Annotated[
        list[Path],
        typer.Argument(metavar="SCENARIO...", help="Files to check.", parser=path),
    ],
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Treat warnings as errors; require a source for every number."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON and nothing else: the list of findings.")
    ] = False,
) -> None:
    """List all errors, warnings and notes about scenario files; they go to stdout."""
    found = [_found(file, strict) for file in scenarios]
    findings = [finding for one in found for finding in one.findings()]
    if as_json:
        typer.echo(json.dumps([one.as_row(severity) for severity, one in findings], indent=1))
    else:
        for one in found:
            for severity, problem in one.findings():
                typer.echo(problem.line(severity))
            for line in one.valid:
                typer.echo(line)
        if any(severity != "note" for severity, _ in findings):  # notes alone are no fault
            typer.echo(_count(severity for severity, _ in findings))
    # After everything is printed: several files are checked in one call, and each is reported.
    if any(one.errors for one in found):
        raise typer.Exit(WRONG)


def _found(file: Path, strict: bool) -> Found:
    from sim.scenario import load

    try:
        scenario = load(file)
    # a file of sources alone is not a scenario, and fine all the same
    except ScenarioError as error:
        try:
            sources = _sources_in(file, error)
        except ScenarioError as problem:
            return Found(errors=problem.problems)
        return Found(valid=[f"{file}: {sources} sources to include, no scenario: ok"])
    # Then warnings are among the errors, and must not be listed again.
    if strict and (problems := scenario.strict()):
        return Found(errors=problems, notes=scenario.notes)
    size = len(scenario.model.transitions)
    valid = [f"{file}: {scenario.title}, {size} transition{'s' * (size != 1)}: ok"]
    graded = _graded(scenario) if strict else []
    valid += [*_differences(scenario), *graded]
    return Found(warnings=scenario.warnings, notes=scenario.notes, valid=valid)


def _count(severities: Iterable[str]) -> str:
    """`2 errors, 1 warning`; notes are not counted."""
    counts = Counter(severities)
    return ", ".join(counted(counts[one], one) for one in ("error", "warning") if counts[one])


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
        raise _of_a_part(file, error)
    return len(sources)


def _of_a_part(file: Path, error: ScenarioError) -> ScenarioError:
    """One error instead of many, for a part of a scenario that is checked alone."""
    from sim.source.reading import read

    # a scenario whose name is forgotten still has a horizon, or a file that it extends
    if {"scenario", "horizon", "extends"} & set(read(str(file)).tree.entries):
        return error
    missing = [one for one in error.problems if one.path == "scenario"]
    text = "is missing; a part of a scenario is checked with the file that includes it"
    return ScenarioError([replace(one, text=text) for one in missing]) if missing else error
