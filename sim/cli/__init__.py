"""The command line: arguments in, calls out; what is printed was put in words by `sim.report`.

Nothing heavy is imported before a command needs it, so `--help` and `check` answer at once.
"""

import atexit
import gc
import shlex

from typer.main import get_command

from sim.cli.app import app
from sim.cli.printing import keep_raw_warnings_off_screen, report_internal_error

__all__ = ["app", "main"]


def main() -> None:
    """The console script `escalation`, and `run_sim.py`."""
    import sys

    # What a command imports and reads stays until it ends. Sweeping through it as often as Python
    # does by itself, and once more on the way out, would cost a fifth of `check`.
    gc.set_threshold(500_000, 50, 50)
    atexit.register(gc.freeze)
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
