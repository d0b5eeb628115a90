"""The command `games`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import path as as_path


def games(
    files: Annotated[
        list[Path], typer.Argument(metavar="GAME...", help="Saved games (JSON).", parser=as_path)
    ],
) -> None:
    """Replay saved games and count how they ended, beside the same paths as written."""
    from sim.api import games as api
    from sim.report.screens import play as game_screen

    table = api.count(files)
    at = api.read(files[0]).game.table
    for line in game_screen.counts(table, at.titles.of("actor", at.actor)):
        typer.echo(line)
