"""The command `resolve`."""

import typer

from sim.cli.inputs import read
from sim.cli.options import File, With


def resolve(scenario: File, under: With = "") -> None:
    """Print the machine form: all shorthand expanded, for use with diff."""
    typer.echo(read(scenario, under).resolved(), nl=False)
