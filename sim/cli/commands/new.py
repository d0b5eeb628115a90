"""The command `new`."""

from typing import Annotated

import typer

from sim.cli.options import path
from sim.errors import UsageError


def new(name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario.")]) -> None:
    """Write NAME.yaml: a small commented scenario that runs."""
    from sim.scenario import new as template

    # `new my_crisis` and `new my_crisis.yaml` are the same wish
    file = path(f"{name.removesuffix('.yaml')}.yaml")
    text = template(file.stem)
    if file.exists():
        raise UsageError(f"{file}: already exists; not overwritten")
    file.write_text(text, encoding="utf-8")
    typer.echo(f"{file} is written. Run it, then change it and run it again.")
