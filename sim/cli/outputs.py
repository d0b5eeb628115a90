"""What the commands that write a directory share: whether they may, and how they end."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.cli.group import INTERRUPTED
from sim.cli.printing import print_note
from sim.errors import UsageError

if TYPE_CHECKING:
    from sim.api import Results
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDir:
    """A directory a command may write, and what an earlier run left there."""

    path: Path
    before: str  # in words; empty if there was none

    def report_kept(self) -> None:
        """Say on stderr what is kept of what was there, now that it is so."""
        from sim.results.manifest import foreign_files
        from sim.results.replacing import previous_of

        if self.before:
            kept = previous_of(self.path)
            # as it was named, where that leads there
            beside = self.path.with_name(kept.name) if self.path.name else kept
            shown = beside if beside.resolve() == kept else kept
            print_note(f"{shown}: {self.before}, kept")
        if notes := foreign_files(self.path):
            more = f" and {len(notes) - 3:,} more" if len(notes) > 3 else ""
            print_note(f"{self.path}: {', '.join(notes[:3])}{more}: no run wrote this, left there")


def claim_output_dir(target: Path, scenario: Scenario, *, force: bool) -> OutputDir:
    """The directory to write, refused before the run rather than after it.

    Refused is also one with the results of another file, unless `force` is given.
    """
    from sim.results.manifest import describe_earlier, manifest_of_a_run, other_source
    from sim.results.replacing import claim

    # a run may take minutes; that its directory may not be written is known before
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
