"""How the command line prints: results to stdout; notes, warnings and problems to stderr."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.errors import EscalationError, Problem

DEBUG = "ESCALATION_TRACEBACK"  # in the environment: show where an error of ours happened


def print_note(text: str) -> None:
    """Something beside the result: to stderr."""
    typer.echo(text, err=True)


def print_error(error: EscalationError) -> None:
    """What is wrong, one a line, to stderr; of a scenario with the mark of an error."""
    from sim.errors import ScenarioError

    found = error.problems if isinstance(error, ScenarioError) else ()
    for line in [one.line("error") for one in found] or str(error).splitlines():
        print_note(line)


def print_warnings(problems: Iterable[Problem]) -> None:
    """Warnings, one a line, to stderr."""
    for problem in problems:
        print_note(problem.line("warning"))


def command_line(context: typer.Context, *arguments: object) -> str:
    """A command of this program that can be pasted as it stands, started as this one was."""
    return f"{context.find_root().info_name} {shlex.join(map(str, arguments))}"


def keep_raw_warnings_off_screen() -> None:
    """Let no warning that another package wrote for programmers reach the screen; ours do.

    Who asks Python for warnings (`-W`, PYTHONWARNINGS) gets them all.
    """
    import logging
    import warnings

    logging.getLogger("matplotlib").addHandler(logging.NullHandler())  # "findfont: ... not found"
    if sys.warnoptions:
        return
    os.environ["PYTHONWARNINGS"] = "ignore"  # for the processes that a run starts
    shown = warnings.showwarning

    def show(message: Warning | str, kind: type[Warning], *where: Any, **more: Any) -> None:
        # asked by module, so that nothing of ours has to be imported to know it
        if kind.__module__.startswith("sim."):
            print_note(f"warning: {message}")
        elif DEBUG in os.environ:
            shown(message, kind, *where, **more)

    warnings.showwarning = show  # type: ignore[assignment]


def print_json(summary: dict[str, Any]) -> None:
    """One JSON object to stdout; what has no number is null."""
    # allow_nan off: NaN is no JSON, so a number that is missing has to be None by now
    typer.echo(json.dumps(summary, allow_nan=False, indent=1))


def print_view(view: RenderableType) -> None:
    """Print a view, 80 columns wide where nobody's screen says otherwise."""
    from rich.console import Console

    # no colours, no markup: titles may have brackets, which rich would read
    console = Console(highlight=False, markup=False, emoji=False)
    # pipes and files get what the documentation shows, whatever the terminal it was made in
    console.width = min(console.width, 100) if console.is_terminal else 80
    with console.capture() as printed:
        console.print(view, crop=False)  # a command to paste may be wider than the page
    for line in printed.get().splitlines():
        typer.echo(line.rstrip())  # tables are filled up with blanks, which nobody wants to copy


def report_internal_error(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A bug of ours: a short note instead of a traceback, which DEBUG in the environment shows."""
    if os.environ.get(DEBUG):
        sys.__excepthook__(kind, error, trace)
        return
    print_note(
        f"escalation: internal error, not a mistake in your scenario ({kind.__name__}: {error}).\n"
        f"Please report it with the command and the scenario; {DEBUG}=1 shows where it happened."
    )
