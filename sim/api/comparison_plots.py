"""`comparison.plot.differences()`: every chart of a comparison, on axes of your own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sim import charts
from sim.analysis.statistics.intervals import label_of
from sim.api.called import titles_of_run
from sim.api.plots import offered, title_of
from sim.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sim.results.tables import RunTables


class Compared(Protocol):
    """What the charts need of a comparison; its tables as `sim.Comparison` describes them."""

    @property
    def baseline(self) -> RunTables:
        """The run without a change."""

    @property
    def twins(self) -> Mapping[str, RunTables]:
        """The alternatives by name."""

    @property
    def table(self) -> pd.DataFrame:
        """One row an alternative and outcome."""

    @property
    def flows(self) -> pd.DataFrame:
        """Which endings became which."""

    @property
    def shapley(self) -> pd.DataFrame:
        """What each change adds to the joint effect; empty where none was asked for."""


@dataclass(frozen=True, slots=True, repr=False)
class ComparisonPlots:
    """The charts of a comparison; each takes `ax=` and more, and gives the axes."""

    comparison: Compared

    def __repr__(self) -> str:
        """What there is to call."""
        return f"<plots of a comparison: {', '.join(offered(self))}>"

    def differences(self, outcome: str | None = None, **how: Any) -> Axes:
        """What each change does to an outcome, by default the first headline."""
        run = self.comparison.baseline
        outcome = outcome or str([*run.provenance.headlines, *run.outcomes.index][0])
        known: dict[str, Any] = {
            "outcome": outcome,
            "title": title_of(run, outcome),
            "names": self._changes(),
            "subject": run.provenance.title,
            "interval": label_of(run),
            "level": run.provenance.level,
        }
        return charts.differences(self.comparison.table, **(known | how))

    def flows(self, twin: str | None = None, **how: Any) -> Axes:
        """Which endings a change turns into which, by default the first; see `sim.charts.flows`."""
        run, moved = self.comparison.baseline, self.comparison.flows["twin"]
        twin = twin or str([*moved, *self.comparison.twins][0])
        known = {
            "twin": twin,
            "called": self._changes().get(twin, ""),
            "names": {str(key): str(title) for key, title in run.endings["title"].items()},
            "subject": run.provenance.title,
        }
        return charts.flows(self.comparison.flows, **(known | how))

    def shapley(self, outcome: str | None = None, **how: Any) -> Axes:
        """What each change adds to the joint effect; see `sim.charts.shapley`."""
        if not len(self.comparison.shapley):
            raise UsageError("plot.shapley: compare with together=True to share a joint effect out")
        run = self.comparison.baseline
        outcome = outcome or str([*run.provenance.headlines, *run.outcomes.index][0])
        known: dict[str, Any] = {
            "outcome": outcome,
            "title": title_of(run, outcome),
            "names": self._changes(),
            "subject": run.provenance.title,
            "level": run.provenance.level,
        }
        return charts.shapley(self.comparison.shapley, **(known | how))

    def _changes(self) -> dict[str, str]:
        """What a reader calls each change that has a title, with the key, which is typed."""
        called = titles_of_run(self.comparison.baseline).changes
        shapley = self.comparison.shapley
        added = [str(one) for one in shapley["intervention"]] if len(shapley) else []
        names = dict.fromkeys([*self.comparison.twins, *added])
        return {name: called(name) for name in names if called(name) != name}
