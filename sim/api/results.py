"""A run's results: its tables, the estimates in them, and what can be asked of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from sim.api.asked import AskedTables
from sim.api.shared_words import with_shared_words
from sim.api.shown import ShownTables
from sim.api.stored import StoredTables
from sim.results.directory import read_run
from sim.results.tables import RunTables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike
    from pathlib import Path

    from sim.analysis.effects.diff import RunDiff
    from sim.api.plots import RunPlots
    from sim.api.reports import Compared
    from sim.experiment.runs import RunOutput
    from sim.model.model import Model
    from sim.results.provenance import Provenance
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Results(AskedTables, ShownTables, StoredTables):
    """A run's results: its tables, and what can be asked of them."""

    # none of the three has a field of its own: bases with slots could not be joined otherwise

    def __eq__(self, other: object) -> bool:
        """Whether two results say the same: every table, value by value, and their provenance.

        Not the versions and the number of workers, which say nothing about the numbers.
        """
        if not isinstance(other, Results):
            return NotImplemented
        if _about(self.provenance) != _about(other.provenance):
            return False
        own, its = self.frames(), other.frames()
        return own.keys() == its.keys() and all(own[name].equals(its[name]) for name in own)

    # tables can be changed, so that equal results could come to differ
    __hash__ = None  # type: ignore[assignment]

    @property
    def plot(self) -> RunPlots:
        """The charts of this run: `results.plot.outcomes(ax=ax)`; Tab shows all."""
        from sim.api.plots import RunPlots

        return RunPlots(self)

    def diff(self, later: Results | str | PathLike[str]) -> RunDiff:
        """What changed from this run to a later one, or to that in a directory.

        See `sim.analysis.effects.diff.RunDiff`, which says what it holds.
        """
        from sim.analysis.effects.diff import TABLES, diff

        after = later.saved() if isinstance(later, Results) else read_run(later, only=TABLES)
        return diff(self.saved(), after)

    def report(
        self,
        file: str | PathLike[str],
        *,
        to: str = "html",
        scenario: Scenario | None = None,
        comparison: Compared | None = None,
    ) -> Path:
        """Write all of it as one page that can be handed on, and give the file.

        One HTML file with everything in it, or with `to="md"` Markdown with its pictures in a
        folder beside it. `comparison` adds what interventions change; `scenario` is wanted of
        results that were loaded. Raises UsageError for an unknown form or a place to which nothing
        can be written.
        """
        from sim.api.reports import report

        return report(self, file, to=to, scenario=scenario, comparison=comparison)

    @classmethod
    def concat(cls, parts: Iterable[Results]) -> Results:
        """Runs of neighbouring ranges of draws joined: equal to the one run, byte for byte.

        `Results.concat([sim.run(s, draws=100), sim.run(s, draws=range(100, 200))])` is the run of
        200 draws; runs that were loaded are joined likewise. Raises UsageError for runs that
        overlap, leave a gap, or differ in seed, model, size or level, NotApplicable for those that
        were solved, or saved by a version that kept no counts.
        """
        from sim.api.concatenation import joined

        runs = list(parts)
        tables, output = joined(runs)
        # of loaded runs the files that were saved with them stand for the scenario
        source = next((one.source for one in runs if one.source is not None), None)
        kept = None if source is not None else runs[0].kept
        return replace(cls.of(tables, source, output), kept=kept)

    @classmethod
    def of(
        cls, tables: RunTables, source: Scenario | Model | None, output: RunOutput | None = None
    ) -> Results:
        """The tables of a run as the object a user gets; `output` are its counts, for `concat`."""
        # the same frames, not copies: tables of a long run fill hundreds of megabytes
        named = {one.name: getattr(tables, one.name) for one in fields(tables)}
        if tables.events is not None:
            named["events"] = with_shared_words(tables.events, source)
        return cls(source=source, output=output, **named)


def _about(provenance: Provenance) -> Provenance:
    """What two runs have in common if they are the same, whatever machine they were made on."""
    arguments = {k: v for k, v in provenance.arguments.items() if k != "workers"}
    return replace(provenance, arguments=arguments, versions={})
