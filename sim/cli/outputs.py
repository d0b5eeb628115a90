"""What the commands that write a directory share: whether they may, and how they end."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING

import typer

from sim.cli.printing import DEBUG, print_note
from sim.cli.stopping import interrupted_code
from sim.errors import UsageError
from sim.formatting import file_name

if TYPE_CHECKING:
    from sim.api import Results
    from sim.scenario import Scenario

# Systems allow 255 bytes; a run is first written beside its directory, under a longer name.
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDir:
    """A directory a command may write, and what an earlier run left there."""

    path: Path
    before: str  # in words; empty if there was none

    def report_kept(self) -> None:
        """Say on stderr what is kept of what was there, now that it is so."""
        from sim.results.atomic_replace import previous_of
        from sim.results.manifest import foreign_files

        if self.before:
            kept = previous_of(self.path)
            # as it was named, where that leads there
            beside = self.path.with_name(kept.name) if self.path.name else kept
            shown = beside if beside.resolve() == kept else kept
            print_note(f"{shown}: {self.before}, kept")
        if notes := foreign_files(self.path):
            more = f" and {len(notes) - 3:,} more" if len(notes) > 3 else ""
            print_note(f"{self.path}: {', '.join(notes[:3])}{more}: no run wrote this, left there")


def claim_output_dir(out: Path | None, scenario: Scenario, *kind: str, force: bool) -> OutputDir:
    """The directory to write, refused before the run rather than after it.

    Unless `out` says where, it is named after the scenario, what was applied and the `kind` of
    output. Refused is also one with the results of another file, unless `force` is given.
    """
    from sim.results.atomic_replace import claim
    from sim.results.manifest import describe_earlier, manifest_of_a_run, other_source

    target = out or _default_target(scenario.name, *scenario.applied, *kind)
    # a run may take minutes; that its directory may not be written is known before
    _refuse_long(target)
    claim(target)
    earlier = manifest_of_a_run(target)
    if earlier is not None and not force:
        content = sha256(scenario.files[scenario.file]).hexdigest()
        file = Path(scenario.file).as_posix()
        if other := other_source(earlier, scenario.name, file, content):
            raise UsageError(
                f"{target}: holds results of {other}; "
                f"write elsewhere with --out DIR, or replace them with --force"
            )
    return OutputDir(path=target, before=describe_earlier(target))


def _default_target(*names: str) -> Path:
    """Where a run of these names is written unless somebody says where."""
    return Path("results") / file_name("-".join(names))


def _refuse_long(target: Path) -> None:
    """Raise UsageError for a directory whose name the system, or what is written beside, lacks."""
    name = target.absolute().name
    size = len(os.fsencode(name))
    if size > LONGEST_NAME:
        raise UsageError(
            f"{name[:40]}...: a directory's name may take {LONGEST_NAME} bytes, this takes {size}; "
            "give a shorter one with --out"
        )


def describe_written(charts: bool, target: Path) -> str:
    """What was written where."""
    return f"{'Tables and charts' if charts else 'Tables'}: {target}"


def exit_if_nothing_finished(results: Results) -> None:
    """Leave now if Ctrl-C came before anything was finished."""
    # a directory without a single draw would replace one that has some
    if results.provenance.draws == 0:
        print_note("interrupted before the first draw was finished; nothing written")
        raise typer.Exit(interrupted_code())


def exit_if_interrupted(results: Results, *, cut: bool) -> None:
    """End with 130 or 143, saying what is done, if Ctrl-C ended the run or `cut` its writing."""
    about = results.provenance
    if about.interrupted or cut:
        print_note(
            f"interrupted: {about.draws} of {about.draws_asked} draws are finished and written"
        )
        raise typer.Exit(interrupted_code())


def exit_if_charts_failed(failed: Sequence[tuple[str, Exception]]) -> None:
    """End with 1 if a chart could not be drawn, after all that could be was written."""
    for name, error in failed:
        print_note(f"chart not drawn: {name} ({type(error).__name__}: {error})")
        if DEBUG in os.environ:
            print_note("".join(format_exception(error)))
    if failed:
        print_note(
            "The tables are whole. Unless the disk is full, this is an internal error: please "
            f"report it with the command and the scenario; {DEBUG}=1 shows where it happened."
        )
        raise typer.Exit(1)


def draw_without_window() -> None:
    """Draw to files only, also where there is a screen."""
    import matplotlib as mpl

    # before pyplot is imported: a backend with windows fails where there is no screen
    mpl.use("agg")
