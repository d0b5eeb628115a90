"""What the commands that write a directory share: whether they may, and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.cli.group import INTERRUPTED
from sim.cli.printing import print_note

if TYPE_CHECKING:
    from sim.api import Results


def claim_output_dir(target: Path) -> Path:
    """The directory to write, refused before the run rather than after it.

    An earlier run there, which this one will replace, is named on stderr.
    """
    from sim.results.directory import describe_earlier, refuse_foreign

    # a run may take minutes; that its directory may not be written is known before
    refuse_foreign(target)
    before = describe_earlier(target)
    if before:
        print_note(f"{target}: replaces {before}")
    return target


def describe_written(charts: bool, target: Path) -> str:
    """What was written where."""
    return f"{'Tables and charts' if charts else 'Tables'}: {target}"


def exit_if_nothing_finished(results: Results) -> None:
    """Leave now if Ctrl-C came before anything was finished."""
    # a directory without a single draw would replace one that has some
    if results.provenance.draws == 0:
        print_note("interrupted before the first draw was finished; nothing written")
        raise typer.Exit(INTERRUPTED)


def exit_if_interrupted(results: Results, *, cut: bool) -> None:
    """End with 130, saying how much was finished, if Ctrl-C ended the run or `cut` its writing."""
    about = results.provenance
    if about.interrupted or cut:
        print_note(
            f"interrupted: {about.draws} of {about.draws_asked} draws are finished and written"
        )
        raise typer.Exit(INTERRUPTED)


def draw_without_window() -> None:
    """Draw to files only, also where there is a screen."""
    import matplotlib as mpl

    # before pyplot is imported: a backend with windows fails where there is no screen
    mpl.use("agg")
