"""What a run can be asked: a method a question, each answered by its own room of the analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.statistics.intervals import level_of
from sim.api.sourced import SourcedTables
from sim.errors import UsageError, unknown
from sim.model.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    import pandas as pd

    from sim.analysis.causes.routes import Depth
    from sim.analysis.drivers.discovery import Discovery
    from sim.analysis.estimates.given import Given
    from sim.analysis.evidence.conditioning import Conditioned
    from sim.api.audits import Audit
    from sim.api.replayed import Replay
    from sim.api.scores import Scores
    from sim.api.whys import Why
    from sim.decisions.asking import Policy
    from sim.scenario import Evidence, Scenario


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class AskedTables(SourcedTables):
    """A run that answers questions: why, what it hangs on, how it stands beside the record.

    `level` is the mass of intervals everywhere; by default that of the run.
    """

    def routes(
        self,
        outcome: str,
        *,
        scenario: Scenario | Model | None = None,
        depth: Depth = "origins",
        level: float | None = None,
    ) -> pd.DataFrame:
        """By which chains of causes the outcome came about, most likely first.

        `depth` is `clauses` (treaty clauses and rungs only), `origins` or `options`. See
        `sim.analysis.causes.routes.routes`, which says what the columns mean. Results that were
        loaded from a directory do not know their scenario, so it has to be given.
        """
        from sim.analysis.causes.routes import routes

        model = self._model(scenario, "routes")
        return routes(model, self, outcome, depth=depth, level=level_of(self, level))

    def why(
        self,
        outcome: str,
        *,
        scenario: Scenario | Model | None = None,
        cut: int = 0,
        level: float | None = None,
        workers: int | None = None,
    ) -> Why:
        """Why the outcome came about: routes, importance, cut sets, forks; see `sim.api.whys.Why`.

        `cut` adds what the outcome's probability would be without, and with the certainty of, so
        many of the most important elements. `scenario` is wanted of results that were loaded.
        Raises NotApplicable where the run kept no paths, UsageError for an unknown outcome.
        """
        from sim.api.whys import whys

        model = self._model(scenario, "why")
        (found,) = whys(model, self, [outcome], cut=cut, level=level, workers=workers)
        return found

    def replay(
        self,
        draw: int,
        path: int,
        *,
        scenario: Scenario | Model | None = None,
        decide: Mapping[str, Policy] | None = None,
    ) -> Replay:
        """One path of this run again, with everything that was weighed in it.

        With the values and random numbers that it had here, also where they were given or common;
        where functions decided, with the same ones, given as `decide`. Raises UsageError for a
        draw or path that the run has not, and without those functions.
        """
        from sim.api.replayed import replay_of

        source = scenario if scenario is not None else self.source or self.model
        return replay_of(source, self, draw, path, decide)

    def sensitivity(
        self,
        outcome: str | None = None,
        *,
        of: str = "probability",
        design: bool = False,
        stipulated: bool = False,
        level: float | None = None,
    ) -> pd.DataFrame:
        """What an outcome hangs on: a row a parameter and index, with interval and noise floor.

        `outcome` is a name, by default the headlines. `of`: its `probability`, its `time` (mean
        over all paths, the horizon where it does not happen), or `rung`, the highest rung that
        paths reach on each ladder (`outcome` is then a state variable). From the draws of this run
        (`sim.analysis.drivers.sensitivity`); with `design` from a designed sample that is walked
        now, which also tells what parameters do together
        (`sim.analysis.drivers.designed_sensitivity`). With `stipulated` named delays and numbers
        written in rules are multiplied by factors of 0.5 to 2 besides, and the run is walked again
        as `audit` does: the factor of a number is the row `stipulated:<path>`. Raises UsageError
        for an unknown name; the table has no row of what nothing can be told about.
        """
        from sim.api import sensitivities
        from sim.api.stipulated import with_stipulated

        asked = sensitivities.design if design else sensitivities.sensitivity
        run = with_stipulated(self)[0] if stipulated else self
        return asked(run, outcome, of, level=level).table

    def audit(
        self,
        outcome: str | None = None,
        *,
        between: Sequence[str] = (),
        on: str | None = None,
        more: bool = False,
        groups: Sequence[str] = (),
        size: tuple[int, int] | None = None,
        level: float | None = None,
    ) -> Audit:
        """Every assumption by its influence and the grade of its source; see `sim.api.audits`.

        Parameters as drawn; named delays and numbers written in rules by a factor of 0.5 to 2: the
        run is walked again, as many paths in all, but no more than 50 in a draw, since more draws
        tell more of hundreds of assumptions; `size` is (draws, paths) instead. `outcome` as in
        `sensitivity`. `between` names interventions: what would it be worth to know an assumption
        before one of them, or none, is chosen so that the outcome `on` becomes least likely (with
        `more`, likeliest)? `groups` are assumptions to be known together, each as "a+b". Raises
        UsageError for an unknown name.
        """
        from sim.api import audits

        return audits.audit(
            self,
            outcome,
            between=between,
            on=on,
            more=more,
            groups=groups,
            size=size,
            level=level,
        )

    def discover(self, outcome: str) -> Discovery | None:
        """In which corner of the parameters the outcome is likely; None if nothing can be told.

        Boxes by the patient rule induction method, their trade-off of coverage and density, and a
        shallow tree, over the draws of this run: see `sim.analysis.drivers.discovery.Discovery`,
        whose `sentences` can be quoted. Raises UsageError for an unknown name.
        """
        from sim.api import discoveries

        return discoveries.discover(self, outcome)[0]

    def response(
        self, parameter: str, outcome: str | None = None, *, points: int | None = None
    ) -> pd.DataFrame:
        """The outcome's probability (by default the headlines') over the range of one parameter.

        Everything else as drawn: up to 200 draws of this run are walked again at 9 `points`, or at
        every choice. Columns: `sim.analysis.drivers.response`. Raises UsageError for an unknown
        name.
        """
        from sim.api import sensitivities

        return sensitivities.response(self, parameter, outcome, points=points)

    def given(self, outcome: str, *, level: float | None = None) -> Given:
        """What else happened in the paths in which the outcome came: outcomes, endings, times.

        See `sim.analysis.estimates.given.Given`, which says what the columns mean. Raises
        UsageError for an unknown outcome, NotApplicable where the run kept no rows of its paths.
        """
        from sim.analysis.estimates.given import given

        return given(self, outcome, level=level_of(self, level))

    def evidence(
        self, *, scenario: Scenario | None = None, level: float | None = None
    ) -> pd.DataFrame:
        """The record of history beside the estimates, and how surprising it is under the model.

        See `sim.analysis.evidence.evidence.record`, which says what the columns mean.
        """
        from sim.analysis.evidence.evidence import record

        return record(self._evidence(scenario).values(), self, level=level_of(self, level))

    def score(self, happened: str | PathLike[str] | None = None) -> Scores:
        """The run held against what happened: as its scenario says, or another file.

        See `sim.api.scores.Scores`; `sim.api.score_runs.score` takes several runs. Raises
        UsageError where nothing says what happened, or the file is of another model.
        """
        from sim.api import scores

        return scores.scores([scores.case_with(self, happened, self.source)])

    def condition(
        self, *records: str, scenario: Scenario | None = None, level: float | None = None
    ) -> Conditioned:
        """The run given some records of its scenario's evidence, by name, all at once.

        See `sim.analysis.evidence.conditioning.condition`. Raises UsageError for a record that
        there is not or without any, NotApplicable where the draws or paths are too few to tell.
        """
        from sim.analysis.evidence.conditioning import condition

        known = self._evidence(scenario)
        if not records:
            raise UsageError(f"condition: name a record; known: {', '.join(known) or 'none'}")
        for name in records:
            if name not in known:
                raise UsageError(unknown("record", name, known))
        named = [known[name] for name in dict.fromkeys(records)]
        return condition(self, named, level=level_of(self, level))

    def _evidence(self, scenario: Scenario | None) -> Mapping[str, Evidence]:
        source = scenario if scenario is not None else self.source
        if source is None:
            raise UsageError("evidence: of results that were loaded, give the scenario as well")
        return {} if isinstance(source, Model) else source.declared.evidence
