"""The command `describe`."""

import typer

from sim.cli.inputs import read
from sim.cli.options import File, With


def describe(scenario: File, under: With = "") -> None:
    """Print a description of the scenario in Markdown, for an annex."""
    from sim.report.describe import describe as described

    typer.echo(described(read(scenario, under)), nl=False)
