"""How the command line answers: a scenario as first word, problems one a line, exit codes.

0 all is well; 2 something is wrong in a scenario or an argument; 130 interrupted; 1 is our bug.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from sim.errors import EscalationError, Problem, UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

WRONG, INTERRUPTED = 2, 130
DEBUG = "ESCALATION_TRACEBACK"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
ASIDE = {"--help", "--version"}  # what may stand first without being for `run`


class Commands(TyperGroup):
    """The commands; a first word that is none of them is a scenario to run."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `run` before a scenario, unless the word looks like a command misspelt."""
        if args and args[0] not in self.commands and args[0] not in ASIDE:
            first = args[0]
            near = get_close_matches(first, self.commands, n=1)
            if near and not Path(first).exists():
                raise UsageError(
                    f"{first!r} is neither a file nor a command; did you mean {near[0]!r}?"
                )
            args = ["run", *args]
        return list(super().parse_args(ctx, args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C where nothing is worth keeping ends it at once."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            note("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:  # who read our output has seen enough
            _write_no_more()
            raise typer.Exit(0) from None

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:
        """Answer, and end with the exit code; an error of input is told, never traced."""
        try:
            return super().main(args, *more, **named)
        except EscalationError as error:
            tell(str(error).splitlines())
        except MemoryError:
            tell(["there is not enough memory for this; ask for fewer draws or paths"])
        except OSError as error:
            if error.filename is None and error.errno not in FULL:
                raise
            where = f"{error.filename}: " if error.filename else ""
            tell([f"{where}{(error.strerror or str(error)).lower()}"])
            if not where:
                _write_no_more()
        sys.exit(WRONG)


def _write_no_more() -> None:
    """Let what is left to be written go nowhere, since it has nowhere to go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(text: str) -> None:
    """Something beside the result: to stderr."""
    typer.echo(text, err=True)


def tell(lines: Iterable[str | Problem]) -> None:
    """Problems, one a line, to stderr."""
    for line in lines:
        note(str(line))


def warn(problems: Iterable[Problem]) -> None:
    """Warnings, one a line, to stderr."""
    tell(f"warning: {problem}" for problem in problems)


def put(summary: dict[str, Any]) -> None:
    """One JSON object to stdout; what has no number is null."""
    typer.echo(json.dumps(summary, allow_nan=False, indent=1))


def show(view: RenderableType) -> None:
    """Print a view, 80 columns wide where nobody's screen says otherwise."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    console.width = min(console.width, 100) if console.is_terminal else 80
    with console.capture() as printed:
        console.print(view)
    for line in printed.get().splitlines():
        typer.echo(line.rstrip())  # tables are filled up with blanks, which nobody wants to copy


def report_internal_error(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A bug of ours: a short note instead of a traceback, which DEBUG in the environment shows."""
    if os.environ.get(DEBUG):
        sys.__excepthook__(kind, error, trace)
        return
    note(
        f"escalation: this is a bug of ours, not of your scenario ({kind.__name__}: {error}).\n"
        f"Please report it with the command and the scenario; {DEBUG}=1 shows where it happened."
    )
