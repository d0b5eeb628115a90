"""The command `diff`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import AsJson, path
from sim.cli.printing import print_json, print_view

CHANGED = 3  # exit code


def diff(
    before: Annotated[
        Path,
        typer.Argument(metavar="RUN_A", help="The directory of the earlier run.", parser=path),
    ],
    after: Annotated[
        Path, typer.Argument(metavar="RUN_B", help="That of the later run.", parser=path)
    ],
    as_json: AsJson = False,
) -> None:
    """Say what changed between two runs; exit code 3 if something did."""
    from sim.analysis.effects.diff import TABLES
    from sim.analysis.effects.diff import diff as compared
    from sim.report.screens.diff import diff_summary, diff_view
    from sim.results.added_tables import add_tables
    from sim.results.directory import read_run
    from sim.results.provenance import Provenance

    runs = [read_run(home, only=TABLES) for home in (before, after)]
    found = compared(*runs)
    of = Provenance.from_manifest(runs[1].manifest)
    (written,) = add_tables(after, {"diff": found.estimates}, of=of)
    if as_json:
        print_json(diff_summary(found))
    else:
        shown = after / written.relative_to(after.resolve())
        print_view(diff_view(found, (str(before), str(after)), f"Table: {shown}"))
    if found.changed:
        raise typer.Exit(CHANGED)
