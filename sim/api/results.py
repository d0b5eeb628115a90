"""A run's results: its tables, the estimates in them, and what can be asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.intervals import LEVEL
from sim.errors import UsageError
from sim.experiment.runs import model_of
from sim.results.directory import read_run, write_run
from sim.results.provenance import Provenance
from sim.results.tables import NAMES, RunTables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sim.model.model import Model
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Results(RunTables):
    """A run's results: its tables, and what can be asked of them."""

    source: Scenario | Model | None = field(default=None, compare=False)  # None: read from a file

    @property
    def not_seen(self) -> list[str]:
        """Names of the transitions and options that no path came to."""
        return [str(name) for name in self.coverage.loc[self.coverage["reach"] != "seen", "name"]]

    def summary(self) -> dict[str, object]:
        """The estimates as plain numbers, None where there is none: what `--json` prints."""
        about = self.provenance
        outcomes = {
            name: {
                **_estimate(row),
                "n": _count(row["n"]),
                "median_time": None if isnan(row["median_time"]) else float(row["median_time"]),
            }
            for name, row in self.outcomes.iterrows()
        }
        return {
            "scenario": about.scenario,
            "engine": about.engine,
            "seed": about.seed,
            "draws": about.draws,
            "n": None if about.interval == "exact" else self.n,
            "interval": about.interval,
            "outcomes": outcomes,
            "endings": {name: _estimate(row) for name, row in self.endings.iterrows()},
        }

    def routes(
        self,
        outcome: str,
        *,
        scenario: Scenario | Model | None = None,
        options: bool = False,
        level: float = LEVEL,
    ) -> pd.DataFrame:
        """By which chains of causes the outcome came about, most likely first.

        See `sim.analysis.routes.routes`, which says what the columns mean. Results that were loaded
        from a directory do not know their scenario, so it has to be given.
        """
        from sim.analysis.routes import routes

        source = scenario if scenario is not None else self.source
        if source is None:
            raise UsageError("routes: of results that were loaded, give the scenario as well")
        return routes(model_of(source), self, outcome, options=options, level=level)

    def save(self, directory: str | Path, *, also: Callable[[Path], None] | None = None) -> Path:
        """Write every table as CSV, and manifest.json; see `sim.results.directory.write_run`."""
        return write_run(directory, self.frames(), self.provenance.to_manifest(), also=also)

    @classmethod
    def load(cls, directory: str | Path) -> Results:
        """The results saved in a directory, equal to what was saved.

        Raises UsageError if it holds no run, an older one, or a file that was changed.
        """
        frames, manifest = read_run(directory)
        tables: dict[str, Any] = {name: frames.get(name) for name in NAMES}
        return cls(**tables, provenance=Provenance.from_manifest(manifest))

    @classmethod
    def of(cls, tables: RunTables, source: Scenario | Model) -> Results:
        """The tables of a run as the object a user gets."""
        return cls(source=source, **{one.name: getattr(tables, one.name) for one in fields(tables)})


def _estimate(row: pd.Series) -> dict[str, float | int | None]:
    numbers: dict[str, float | int | None] = {
        name: None if isnan(row[name]) else float(row[name])
        for name in ("probability", "low", "high")
    }
    return {**numbers, "hits": _count(row["hits"])}


def _count(value: object) -> int | None:
    """A count; None where nothing was counted, as by the exact engine."""
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
