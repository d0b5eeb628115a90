"""`results.plot.outcomes()`: every chart of a run, on axes of your own.

Each method takes `ax=` and what its chart in `sim.charts` takes besides, and gives the axes. What
is known of the run – title, headlines, start date, what the intervals hold – is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim import charts
from sim.analysis import ARROW, bonds, cumulative_incidence, distinguishable
from sim.analysis.causes.step_names import Names
from sim.analysis.estimates.clauses import clauses as clause_table
from sim.analysis.estimates.given import LEAST
from sim.analysis.estimates.on_the_way import on_the_way
from sim.analysis.evidence.evidence import counts
from sim.analysis.statistics.intervals import label_of, sampling_label_of, timing_label_of
from sim.api.called import titles_of_run
from sim.charts.estimates.clauses import pages
from sim.charts.estimates.timing import fitting
from sim.errors import UsageError, unknown
from sim.model.titles import Titles
from sim.scenario import Scenario, titles_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes

    from sim.analysis.causes.routes import Depth
    from sim.api.asked import AskedTables
    from sim.results.tables import RunTables


@dataclass(frozen=True, slots=True, repr=False)
class RunPlots:
    """The charts of a run; each takes `ax=`, `label=`, `color=` and more, and gives the axes."""

    results: AskedTables

    def __repr__(self) -> str:
        """What there is to call."""
        return f"<plots of {self.results.provenance.scenario}: {', '.join(offered(self))}>"

    def outcomes(self, *, everything: bool = False, **how: Any) -> Axes:
        """How likely each outcome is; see `sim.charts.outcomes`.

        Of many outcomes the headlines and what their paths pass through, unless `everything`.
        """
        known: dict[str, Any] = {"headlines": self.results.provenance.headlines}
        if not everything:
            known["shown"] = _looked_at(self.results)
        if isinstance(self.results.source, Scenario):
            level = self.results.provenance.level
            evidence = self.results.source.declared.evidence.values()
            known |= {"records": counts(evidence, level=level), "level": level}
        return charts.outcomes(self.results.outcomes, **(_of(self.results) | known | how))

    def endings(self, **how: Any) -> Axes:
        """How paths ended; see `sim.charts.endings`."""
        return charts.endings(self.results.endings, **(_of(self.results) | how))

    def timing(self, **how: Any) -> Axes:
        """How soon each outcome has happened; see `sim.charts.timing`."""
        curves = cumulative_incidence(self.results)
        shown = curves[curves["outcome"].isin(distinguishable(self.results))]
        known = _of(self.results) | {
            "start": self.results.provenance.start,
            "names": fitting(self._titles(), self.results),
            "interval": timing_label_of(self.results),
        }
        return charts.timing(shown, **(known | how))

    def rungs(self, variable: str | None = None, **how: Any) -> Axes:
        """Where on a ladder the paths stand over time; see `sim.charts.rungs`."""
        about = self.results.provenance
        known = {"start": about.start, "subject": about.title, "variable": variable}
        return charts.rungs(self.results.rungs, **(known | how))

    def clauses(self, treaty: str = "", **how: Any) -> Axes:
        """Which treaty clauses are invoked, and the responses; see `sim.charts.clauses`.

        Of all treaties, or of one by its name. Where the rows of all would fill more than a page,
        responses are left out, unless `responses=True` is given. Raises UsageError for a treaty
        there is not.
        """
        table = clause_table(self.results.coverage)
        every = pages(table)
        if treaty:
            of = table["clause"].str.rpartition(".")[0]
            if treaty not in set(of):
                raise UsageError(unknown("treaty", treaty, sorted(set(of))))
            table = table[of == treaty]
        whole = bool(treaty) or len(every) == 1
        titles = self._titles() if whole else self._titles().short
        names = titles.all("clause", table["clause"].unique())
        known = _of(self.results) | {"names": names, "responses": whole}
        return charts.clauses(table, **(known | how))

    def treaties(self, **how: Any) -> Axes:
        """Who is bound to whom; see `sim.charts.treaties`."""
        scenario = self.results.source
        if not isinstance(scenario, Scenario):
            raise UsageError("plot.treaties: of results that were loaded, the scenario is missing")
        titles = titles_of(scenario).short
        names = titles.all("actor", [actor.name for actor in scenario.model.actors])
        known = {"names": names, "subject": self.results.provenance.title}
        return charts.treaties(bonds(scenario), **(known | how))

    def given(self, outcome: str, *, everything: bool = False, **how: Any) -> Axes:
        """What else happened where an outcome came; see `sim.charts.given`.

        Of many outcomes the headlines and what their paths pass through, unless `everything`.
        """
        found = self.results.given(outcome)
        if found.n < LEAST:
            raise UsageError(f"plot.given: {found.sentence}")
        known = _of(self.results) | {"condition": found.title}
        if not everything:
            known["shown"] = _looked_at(self.results)
        return charts.given(found.table, **(known | how))

    def routes(
        self,
        outcome: str,
        depth: Depth = "clauses",
        *,
        table: pd.DataFrame | None = None,
        **how: Any,
    ) -> Axes:
        """By which routes an outcome comes, as streams; see `sim.charts.routes`."""
        if table is None:
            table = self.results.routes(outcome, scenario=self.results.model, depth=depth)
        return charts.routes(table, **(self._steps(outcome, table["route"]) | how))

    def tree(self, outcome: str, *, table: pd.DataFrame | None = None, **how: Any) -> Axes:
        """What came first on the way to an outcome; see `sim.charts.tree`."""
        if table is None:
            table = self.results.routes(outcome, scenario=self.results.model, depth="options")
        return charts.tree(table, **(self._steps(outcome, table["route"]) | how))

    def forks(self, outcome: str, *, table: pd.DataFrame | None = None, **how: Any) -> Axes:
        """At which decisions paths part; see `sim.charts.forks`."""
        if table is None:
            table = self.results.why(outcome, scenario=self.results.model).forks
        known = self._steps(outcome, table["decision"])
        # an option stands below its decision, whose name it need not repeat
        pairs = zip(table["origin"], table["option"], strict=True)
        named = {f"{origin}.{name}": self._titles().of("option", name) for origin, name in pairs}
        known["names"] = {**known["names"], **named}
        return charts.forks(table, **(known | self._level | how))

    @property
    def _level(self) -> dict[str, float]:
        """The mass of the run's intervals, for charts that say it themselves."""
        return {"level": self.results.provenance.level}

    def _titles(self) -> Titles:
        return titles_of_run(self.results)

    def _steps(self, outcome: str, routes: Iterable[str]) -> dict[str, Any]:
        """What charts of causes are told: the outcome, and what a reader calls each step."""
        named = Names(self.results.model, self._titles().short)
        steps = {step for route in routes for step in str(route).split(ARROW)}
        return {
            "outcome": title_of(self.results, outcome),
            "names": {step: named.of(step) for step in steps},
            "subject": self.results.provenance.title,
        }

    def importance(self, outcome: str, **how: Any) -> Axes:
        """Through what an outcome comes; see `sim.charts.importance`."""
        found = self.results.why(outcome)
        known = {"outcome": found.title, "interval": sampling_label_of(found.provenance)}
        return charts.importance(found.importance, **(known | how))

    def sensitivity(self, outcome: str, **how: Any) -> Axes:
        """What an outcome hangs on, with the noise floor; see `sim.charts.sensitivity`."""
        table = self.results.sensitivity(outcome)
        known = {"outcome": outcome, "title": title_of(self.results, outcome)}
        return charts.sensitivity(table, **(known | self._level | how))

    def response(self, parameter: str, outcome: str, **how: Any) -> Axes:
        """An outcome over the range of one parameter; see `sim.charts.response`."""
        table = self.results.response(parameter, outcome)
        known = {"outcome": outcome, "title": title_of(self.results, outcome)}
        return charts.response(table, **(known | how))

    def audit(self, outcome: str, **how: Any) -> Axes:
        """Assumptions by influence and grade; see `sim.charts.audit`."""
        found = self.results.audit(outcome)
        known = {"title": title_of(self.results, outcome)}
        return charts.audit(found.table, **(known | self._level | how))

    def discover(self, outcome: str, **how: Any) -> Axes:
        """In which corner of the parameters it is likely; see `sim.charts.discover`."""
        found = self.results.discover(outcome)
        if found is None or not len(found.trajectory):
            raise UsageError(f"plot.discover: nothing can be told about {outcome!r} from this run")
        known = {"outcome": outcome, "title": title_of(self.results, outcome)}
        return charts.discover(found.trajectory, **(known | how))

    def evidence(self, **how: Any) -> Axes:
        """The record of history beside the estimates; see `sim.charts.evidence`."""
        known = {"subject": self.results.provenance.title}
        return charts.evidence(self.results.evidence(), **(known | self._level | how))


def offered(plots: object) -> list[str]:
    """The names of the charts there are."""
    return [name for name in vars(type(plots)) if name[0] != "_" and callable(getattr(plots, name))]


def _of(run: RunTables) -> dict[str, Any]:
    """What every chart of estimates is told about its run; the label names it in a legend."""
    about = run.provenance
    label = f"{about.title}{about.conditions}"
    return {"subject": about.title, "interval": label_of(run), "label": label}


def _looked_at(run: RunTables) -> list[str] | None:
    """The outcomes that a reader looks at first; None where all of them are few enough."""
    found = on_the_way(run)
    return found if len(found) < len(run.outcomes) else None


def title_of(run: RunTables, outcome: str) -> str:
    """What a reader calls an outcome; a wrong name is refused by what is asked next."""
    titles = run.outcomes["title"]
    return str(titles[outcome]) if outcome in titles.index else outcome
