"""The command line: arguments in, calls out; what is printed was put in words by `sim.report`.

Nothing heavy is imported before a command needs it, so `--help` and `check` answer at once.
"""

import atexit
import gc
import shlex

from typer.main import get_command

from sim.cli.app import app
from sim.cli.printing import keep_raw_warnings_off_screen, report_internal_error
from sim.cli.stopping import answer_sigterm

__all__ = ["app", "main"]


def main() -> None:
    """The console script `escalation`, and `run_sim.py`."""
    import os
    import sys

    answer_sigterm()
    # What a command imports and reads stays until it ends. Sweeping through it as often as Python
    # does by itself, and once more on the way out, would cost a fifth of `check`.
    gc.set_threshold(500_000, 50, 50)
    atexit.register(gc.freeze)
    # closed by who started this: what is written there goes nowhere, and no file opened later gets
    # its number and with it what a library writes there
    if sys.stdout is None or sys.stdout.closed:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None or sys.stderr.closed:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    # a test or a notebook may have put something else in place of a stream
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if not stream.isatty():  # a file or a pipe is read by programs
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="replace")  # a screen that lacks a dash still shows the rest
    keep_raw_warnings_off_screen()
    sys.excepthook = report_internal_error
    script = sys.argv[0].endswith("run_sim.py")
    # as it was typed, so that what the program says can be pasted
    name = f"python {shlex.quote(sys.argv[0])}" if script else "escalation"
    get_command(app)(prog_name=name)  # calling app itself would put its own hook in place
