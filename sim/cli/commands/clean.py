"""The command `clean`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import path


def clean(
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="A run directory; else all in results/.", parser=path),
    ] = None,
) -> None:
    """Remove what runs that were killed left beside a run directory; the run itself stays."""
    from sim.formatting import counted
    from sim.results.unfinished import remove, targets_in

    targets = [directory] if directory is not None else targets_in(Path("results"))
    removed = {target: remove(target) for target in targets}
    for target, n in removed.items():
        if n:
            typer.echo(f"{target}: {counted(n, 'unfinished run')} removed")
    if not any(removed.values()):
        typer.echo(f"{directory or 'results'}: no unfinished run is there")
