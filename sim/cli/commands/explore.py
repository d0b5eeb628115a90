"""The command `explore`."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from sim.cli.inputs import read
from sim.cli.options import File, Seed, With, count
from sim.cli.printing import print_note
from sim.experiment.plan import EXPLORED, Plan


def explore(
    scenario: File,
    draws: Annotated[
        int, typer.Option(help="Number of parameter draws.", metavar="D", parser=count)
    ] = EXPLORED["draws"],
    paths: Annotated[
        int, typer.Option(help="Number of paths in each draw.", metavar="N", parser=count)
    ] = EXPLORED["paths"],
    seed: Seed = Plan.seed,
    under: With = "",
    port: Annotated[
        int,
        typer.Option(
            help="Port on this machine.", metavar="PORT", parser=count, show_default="a free one"
        ),
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Open a page whose sliders and switches change the scenario, beside the baseline."""
    from sim.api.explorers import explorer_room
    from sim.cli.outputs import draw_without_window

    room = explorer_room()
    loaded = read(scenario, under)
    draw_without_window()
    explorer = room.Explorer(loaded, draws=draws, paths=paths, seed=seed)

    def ready(address: str) -> None:
        typer.echo(f"Explorer: {address}")
        print_note("for this machine only; Ctrl-C ends it")

    # Ctrl-C is how it ends; the server may have taken it for itself
    with suppress(KeyboardInterrupt):
        room.serve(explorer, port=port, ready=ready, browser=browser)
    typer.echo("")
    print_note("explorer ended")
