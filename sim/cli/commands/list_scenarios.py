"""The command `list`."""

from pathlib import Path
from typing import Annotated

import typer


def list_scenarios(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Directory to search.")] = Path(
        "scenarios"
    ),
) -> None:
    """List the scenarios of a directory with their titles."""
    from sim.report.catalogue import catalogue

    for line in catalogue(directory):
        typer.echo(line)
