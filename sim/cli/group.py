"""The group of commands: a scenario as first word, errors of input one a line, exit codes.

0 all is well; 2 a mistake in a scenario or an argument; 130 (Ctrl-C) or 143 (SIGTERM) interrupted;
1 an internal error.
"""

import errno
import os
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import zip_longest
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from sim.cli.options import LEFT_OUT
from sim.cli.printing import print_error, print_note
from sim.cli.stopping import interrupted_code
from sim.errors import EscalationError, UsageError

WRONG = 2
NUMBER = re.compile(r"[-+]?\d")  # what an option takes for its value where that may be left out
DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
OPTIONS = {"--help", "--version"}  # what may stand first without being for `run`


class Command(TyperCommand):
    """A command, of whose options some may be given without their value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in the values that are left out: what follows such an option is no number."""
        mine = {name for one in self.params for name in one.opts}
        whole: list[str] = []
        for word, following in zip_longest(args, args[1:], fillvalue=""):
            whole.append(word)
            if word in mine and word in LEFT_OUT and not NUMBER.match(following):
                whole.append(LEFT_OUT[word])
        return list(super().parse_args(ctx, whole))


class Commands(TyperGroup):
    """The commands; a first word that is none of them is a scenario to run."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `run` before a scenario, unless the word looks like a command misspelt."""
        if args and args[0] not in self.commands and args[0] not in OPTIONS:
            first = args[0]
            # `chek` is a command misspelt, `crisis.yaml` a file that may be missing: each gets its
            # own message
            near = get_close_matches(first, self.commands, n=1)
            # other words may follow the name of a scenario no more than that of a command
            followed = any(not word.startswith("-") for word in args[1:2])
            no_command = near or (followed and not Path(first).suffix)
            if no_command and not Path(first).exists():
                known = f"known: {', '.join(self.commands)}"
                hint = f"did you mean {near[0]!r}?" if near else known
                raise UsageError(f"{first!r} is neither a file nor a command; {hint}")
            # the most common thing needs no verb
            args = ["run", *args]
        return list(super().parse_args(ctx, args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C where nothing is worth keeping ends it at once."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            print_note("interrupted")
            raise typer.Exit(interrupted_code()) from None
        except EOFError as error:  # click would take it for the end of somebody's typing
            raise RuntimeError(f"unexpected end of a file: {error}") from error
        except BrokenPipeError:  # who read our output has seen enough
            _discard_stdout()
            raise typer.Exit(0) from None

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:
        """Answer, and end with the exit code; an error of input is a line, never a traceback."""
        try:
            return super().main(args, *more, **named)
        except EscalationError as error:
            print_error(error)
        # too many draws for the memory is an input, not a fault of the program
        except MemoryError:
            print_note("out of memory; use fewer draws or paths")
        except OSError as error:
            # a system error about a file, or a full disk, is the user's to mend; any other is ours
            if error.filename is None and error.errno not in DISK_FULL:
                raise
            where = f"{_public(error.filename)}: " if error.filename else ""
            print_note(f"{where}{(error.strerror or str(error)).lower()}")
            if not where:
                _discard_stdout()
        sys.exit(WRONG)


def _public(file: object) -> str:
    """The name of a file as its user knows it, also while its directory is being written."""
    from sim.results.atomic_replace import public_name

    return public_name(os.fsdecode(file) if isinstance(file, (str, bytes)) else str(file))


def _discard_stdout() -> None:
    """Let what is left to be written go nowhere, since it has nowhere to go."""
    # the interpreter flushes stdout once more on its way out, and would fail again
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
