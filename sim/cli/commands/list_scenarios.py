"""The command `list`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import path


def list_scenarios(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            help="Directory to search; default: scenarios, or where there is none, this one.",
            parser=path,
        ),
    ] = None,
) -> None:
    """List the scenarios of a directory with their titles."""
    from sim.report.catalogue import catalogue

    shipped = Path("scenarios")
    # somebody's own folder has its scenarios beside each other
    for line in catalogue(directory or (shipped if shipped.is_dir() else Path())):
        typer.echo(line)
