"""What a report is made from: a run and what is known beside it, in memory or in a directory."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from sim.analysis.after_run import ANALYSES, analyses
from sim.api import Results
from sim.api.comparisons import saved_differences
from sim.errors import UsageError
from sim.experiment.plan import Plan
from sim.model.model import Model
from sim.model.titles import Titles
from sim.report.chart_files import USUAL, ChartFiles
from sim.report.pages.charts import Chart, charts_of, drawn
from sim.report.pages.links import Links
from sim.report.pages.paths import Paths, paths_of
from sim.report.screens.run import Command, a_command
from sim.results.added_tables import added_names, read_added, read_beside
from sim.results.manifest import read_manifest
from sim.results.provenance import Provenance
from sim.scenario import Scenario, titles_of

COMPARED = "-compared"  # behind the name of a run directory: where `compare` writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A run, its scenario, the analyses that there are by the name of their table, and pictures.

    `source` is what commands take to get this run: its directory, or the file of its scenario.
    """

    scenario: Scenario
    results: Results
    titles: Titles
    links: Links
    tables: Mapping[str, pd.DataFrame]
    charts: tuple[Chart, ...]
    compared: pd.DataFrame | None  # of `Comparison.table`, of this very run
    paths: Paths | None
    source: str
    directory: Path | None
    digests: Mapping[str, str]  # file of the directory -> SHA-256
    command: Command

    @property
    def model(self) -> Model:
        """The model that was run."""
        return self.scenario.model

    @property
    def about(self) -> Provenance:
        """Where the run's tables come from."""
        return self.results.provenance

    @property
    def headlines(self) -> list[str]:
        """The outcomes that the report is about; all of them where none is a headline."""
        return list(self.about.headlines) or [str(name) for name in self.results.outcomes.index]

    def title(self, outcome: str) -> str:
        """What a reader calls an outcome."""
        return str(self.results.outcomes["title"][outcome])

    def asking(self, verb: str, *arguments: object) -> str:
        """The command that asks something else of this run."""
        return self.command(verb, self.source, *arguments, *self._as_run())

    def replay(self, draw: object, path: object) -> str:
        """The command that shows a path."""
        if self.directory is None and (self.about.given or self.about.common_random_numbers):
            return f"results.replay({draw}, {path})"  # a file knows nothing of what was given
        where = ("--draw", draw, "--path", path)
        return self.command("replay", self.source, *self._as_run(), *where)

    def _as_run(self) -> list[object]:
        """What a run directory knows by itself, and the file of a scenario does not."""
        about = self.about
        if self.directory is not None:
            return []
        seed = ["--seed", about.seed] if about.seed != Plan.seed else []
        return [*(["--with", about.under] if about.under else []), *seed]


def of_directory(
    directory: Path,
    scenario: Scenario,
    results: Results,
    *,
    command: Command = a_command,
    pictures: ChartFiles = USUAL,
    anew: bool = False,
) -> Material:
    """What there is in a run directory; only what is missing is made again.

    Beside it, `<directory>-compared`, if that is the same run compared. `pictures` says which
    charts; those of the run are drawn `anew` in its way where that differs from the files there.
    """
    tables = {name: read_added(directory, name) for name in added_names(directory)}
    beside = {name: read_beside(directory, name) for name in ANALYSES}
    # a check of the record, asked for later, says more than the table that every run has
    known = {name: table for name, table in beside.items() if table is not None} | tables
    found = _material(scenario, results, known, command)
    return replace(
        found,
        source=directory.as_posix(),
        directory=directory,
        charts=charts_of(*(directory / "charts", scenario, results, pictures), anew=anew),
        compared=_compared(directory, results.provenance),
        digests=read_manifest(directory)["outputs"],
    )


def of_results(
    scenario: Scenario, results: Results, *, compared: pd.DataFrame | None = None
) -> Material:
    """A run that is nowhere but in memory; charts are drawn for it."""
    found = _material(scenario, results, analyses(scenario, results), a_command)
    return replace(found, charts=drawn(scenario, results), compared=compared)


def _material(
    scenario: Scenario, results: Results, tables: Mapping[str, pd.DataFrame], command: Command
) -> Material:
    titles = titles_of(scenario)
    names = [str(name) for name in scenario.assumptions.index]
    return Material(
        scenario=scenario,
        results=results,
        titles=titles,
        links=Links(names),
        tables=tables,
        charts=(),
        compared=None,
        paths=paths_of(scenario.model, titles, results, tables.get("routes")),
        source=results.provenance.file,
        directory=None,
        digests={},
        command=command,
    )


def _compared(directory: Path, about: Provenance) -> pd.DataFrame | None:
    """The differences of a comparison beside the run, if its baseline is this run."""
    # Resolved first: `.` has no name to put something behind.
    beside = directory.resolve().with_name(f"{directory.resolve().name}{COMPARED}")
    with suppress(UsageError):  # none there, or changed by hand: then it is not shown
        other, table = saved_differences(beside)
        # the same paths of the same scenario: numbers of another run must not stand beside these
        same = ("files", "under", "seed", "draws", "paths")
        if all(getattr(other, name) == getattr(about, name) for name in same):
            return table
    return None
