"""The command line itself: what it is called, what it says when nothing is asked."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.commands import COMMANDS
from sim.cli.group import Command, Commands

app = typer.Typer(
    cls=Commands,
    help="Simulate escalation paths from a written, sourced scenario. "
    "A scenario file as the first word is run: `run_sim.py scenarios/first_crisis.yaml`.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

NEXT = """Run a scenario:      {0} scenarios/first_crisis.yaml
List the scenarios:  {0} list
Begin your own:      {0} new my_crisis
All commands:        {0} --help"""


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Say what to do next when nothing was asked."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"escalation-sim {installed('escalation-sim')}")
    elif context.invoked_subcommand is None:
        typer.echo(NEXT.format(context.info_name))


# in order, since that is the order of --help
for name, command in COMMANDS.items():
    app.command(name, cls=Command)(command)
