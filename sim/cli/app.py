"""The command line itself: what it is called, what it says when nothing is asked."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.commands import COMMANDS
from sim.cli.group import Commands

app = typer.Typer(
    cls=Commands,
    help="Escalation paths from a written, sourced scenario. "
    "A SCENARIO as the first word is run: `run_sim.py scenarios/first_crisis.yaml`.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

NEXT = """Give it a scenario:   {0} scenarios/first_crisis.yaml
See which there are:  {0} list
Write your own:       {0} new my_crisis
Everything it does:   {0} --help"""


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


for name, command in COMMANDS.items():
    app.command(name)(command)
