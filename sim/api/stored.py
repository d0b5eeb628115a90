"""A run's results as a run directory holds them: saved and loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from sim.api.kept_counts import counts_of
from sim.api.sourced import SourcedTables
from sim.experiment.runs import model_of
from sim.machine_form import machine_form
from sim.model.model import Model
from sim.results.directory import SavedRun, read_run, write_run
from sim.results.parquet_files import CSV, require_format
from sim.results.provenance import Provenance
from sim.results.scenario_record import Record, record
from sim.results.tables import NAMES
from sim.scenario.titles import titles_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class StoredTables(SourcedTables):
    """A run that can be written to a directory, and read from one."""

    def save(
        self,
        directory: str | Path,
        *,
        format: str = CSV,
        also: Callable[[Path], None] | None = None,
    ) -> Path:
        """Write every table as CSV, the scenario as it was run, and manifest.json.

        With `format="parquet"` the tables that grow with draws and paths (draws, shares, paths,
        events, track) are Parquet, typed and a fraction of the size; it needs pyarrow. A run that
        is there is kept as `<directory>.previous`. `also` is called with the directory in the
        making, to add files; see `sim.results.directory.write_run`.
        """
        return write_run(directory, self.saved(format=format), also=also)

    def saved(self, *, format: str = CSV) -> SavedRun:
        """What a run directory holds of these results; `format` is that of the long tables."""
        require_format(format)
        return SavedRun(
            frames=self.frames(),
            manifest=self.provenance.to_manifest(),
            record=self._record(),
            format=format,
            counts=counts_of(self.output) if self.counts is None else self.counts,
        )

    @classmethod
    def load(cls, directory: str | Path) -> Self:
        """The results saved in a directory, equal to what was saved.

        Raises UsageError if it holds no run, an older one, or a file that was changed.
        """
        return cls.of_saved(read_run(directory))

    @classmethod
    def of_saved(cls, run: SavedRun) -> Self:
        """The results that a run directory holds."""
        # tables a run did not keep (paths, events) are not in the directory either: None
        tables: dict[str, Any] = {name: run.frames.get(name) for name in NAMES}
        about = Provenance.from_manifest(run.manifest)
        return cls(**tables, provenance=about, kept=run.record, counts=run.counts)

    def _record(self) -> Record:
        if self.kept is not None:
            return self.kept
        if self.source is None:  # made by hand, of tables alone
            return Record(main="", files={})
        model = model_of(self.source)
        if isinstance(self.source, Model):
            return record(machine_form(model, titles_of(model)), {}, "")
        found = [one.as_row("warning") for one in self.source.warnings]
        return record(self.source.resolved(), self.source.files, self.source.file, found)
