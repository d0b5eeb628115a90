"""A run's results: its tables, the estimates in them, and what can be asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from math import isnan
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.statistics.intervals import LEVEL, NOTES, layers_of
from sim.api.html import page
from sim.api.sourced import SourcedTables
from sim.errors import UsageError, unknown
from sim.experiment.runs import model_of
from sim.formatting import estimates
from sim.machine_form import machine_form
from sim.model.model import Model
from sim.results.directory import SavedRun, read_run, write_run
from sim.results.provenance import Provenance
from sim.results.scenario_record import MODEL, Record, record
from sim.results.tables import NAMES, RunTables

# of an estimate, in the order of the tables
NUMBERS = ("probability", "low", "high", "low_se", "high_se", "mc_low", "mc_high", "mc_se", "upper")
WORDS = ("band", "reach", "likelihood", "confidence")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike
    from pathlib import Path

    from sim.analysis.causes.routes import Depth
    from sim.analysis.drivers.discovery import Discovery
    from sim.analysis.effects.diff import RunDiff
    from sim.analysis.estimates.given import Given
    from sim.analysis.evidence.conditioning import Conditioned
    from sim.api.audits import Audit
    from sim.api.replayed import Replay
    from sim.api.reports import Compared
    from sim.api.scores import Scores
    from sim.api.whys import Why
    from sim.experiment.runs import RunOutput
    from sim.scenario import Evidence, Scenario


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Results(SourcedTables):
    """A run's results: its tables, and what can be asked of them."""

    # of results that were read: the scenario's files, to be saved with them again
    kept: Record | None = field(default=None, compare=False, repr=False)

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

    def __repr__(self) -> str:
        """One line: the scenario, how much was run, and the headlines with their intervals."""
        about = self.provenance
        found = "".join(f"; {name} {in_words}" for name, in_words in self.headlines().items())
        cut = f", interrupted, {about.draws} of {about.draws_asked} draws" * about.interrupted
        return (
            f"<Results of {about.scenario}{about.conditions}: {about.sample()}, seed {about.seed}, "
            f"engine {about.engine}{cut}{found}>"
        )

    def _repr_html_(self) -> str:
        about = self.provenance
        titles = self.outcomes["title"]
        rows = [(str(titles[name]), in_words) for name, in_words in self.headlines().items()]
        return page(
            about.title,
            [
                about.question,
                about.conditions.strip(),
                f"{about.sample()}; seed {about.seed}, engine {about.engine}",
                NOTES[layers_of(self)],
            ],
            (("outcome", "probability"), rows),
            self.warnings(),
        )

    def headlines(self) -> dict[str, str]:
        """Name -> probability with its interval, in words, of the headlines; of all if none is."""
        # without headlines every outcome counts as one, as on the screen
        named = list(self.provenance.headlines) or [str(name) for name in self.outcomes.index]
        rows = dict(self.outcomes.loc[named].iterrows())
        return {str(name): said for name, said in zip(rows, estimates(rows.values()), strict=True)}

    def warnings(self) -> list[str]:
        """What a reader should know before using the numbers, one sentence each.

        Of results that were loaded, without the warnings of the scenario's file.
        """
        about = self.provenance
        # a model has no warnings, and a loaded run has no scenario
        found = [str(problem) for problem in getattr(self.source, "warnings", ())]
        if about.interrupted:
            found.append(f"interrupted: {about.draws} of {about.draws_asked} draws were finished")
        # proved impossible is seldom what an author of an outcome wanted
        impossible = self.outcomes.loc[self.outcomes["reach"] == "impossible", "title"]
        found += [f"outcome {title}: impossible by construction" for title in impossible]
        return found

    @property
    def not_seen(self) -> list[str]:
        """Names of the transitions and options that no path came to."""
        return [str(name) for name in self.coverage.loc[self.coverage["reach"] != "seen", "name"]]

    def summary(self) -> dict[str, object]:
        """The estimates as plain numbers, None where there is none: what `--json` prints."""
        about = self.provenance
        # median_time stands beside the estimate, since a time without hits says nothing
        outcomes = {
            name: {
                **_estimate(row),
                "median_time": None if isnan(row["median_time"]) else float(row["median_time"]),
            }
            for name, row in self.outcomes.iterrows()
        }
        return {
            "scenario": about.scenario,
            "engine": about.engine,
            "seed": about.seed,
            "draws": about.draws,
            # nothing was counted where nothing was sampled, and 0 would say something else
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
        depth: Depth = "origins",
        level: float = LEVEL,
    ) -> pd.DataFrame:
        """By which chains of causes the outcome came about, most likely first.

        `depth` is `clauses` (treaty clauses and rungs only), `origins` or `options`. See
        `sim.analysis.causes.routes.routes`, which says what the columns mean. Results that were
        loaded from a directory do not know their scenario, so it has to be given.
        """
        from sim.analysis.causes.routes import routes

        model = self._model(scenario, "routes")
        return routes(model, self, outcome, depth=depth, level=level)

    def why(
        self,
        outcome: str,
        *,
        scenario: Scenario | Model | None = None,
        cut: int = 0,
        level: float = LEVEL,
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

    def replay(self, draw: int, path: int, *, scenario: Scenario | Model | None = None) -> Replay:
        """One path of this run again, with everything that was weighed in it.

        With the values and random numbers that it had here, also where they were given or common.
        Raises UsageError for a draw or path that the run has not.
        """
        from sim.api.replayed import replay_of

        source = scenario if scenario is not None else self.source or self.model
        return replay_of(source, self, draw, path)

    @property
    def model(self) -> Model:
        """The model that was walked; of results that were loaded, the one saved with them."""
        if self.source is not None:
            return model_of(self.source)
        form = self.kept.files.get(MODEL) if self.kept is not None else None
        if form is None:
            raise UsageError("these results hold tables alone, without the model they come from")
        from sim.scenario import loads

        return loads(form, file=MODEL).model

    def _model(self, scenario: Scenario | Model | None, verb: str) -> Model:
        source = scenario if scenario is not None else self.source
        if source is None:
            raise UsageError(f"{verb}: of results that were loaded, give the scenario as well")
        return model_of(source)

    def sensitivity(
        self,
        outcome: str | None = None,
        *,
        of: str = "probability",
        design: bool = False,
        stipulated: bool = False,
        level: float = LEVEL,
    ) -> pd.DataFrame:
        """What an outcome hangs on: a row a parameter and index, with interval and noise floor.

        `outcome` is a name, by default the headlines. `of`: its `probability`, its `time` (mean
        over all paths, the horizon where it does not happen), or `rung`, the highest rung that
        paths reach on each ladder (`outcome` is then a state variable). From the draws of this run
        (`sim.analysis.drivers.sensitivity`); with `design` from a designed sample that is walked
        now, which also tells what parameters do together
        (`sim.analysis.drivers.designed_sensitivity`). With `stipulated` named delays and numbers
        written in rules are multiplied by factors of 0.5 to 2 besides, and the run is walked again:
        the factor of a number is the row `stipulated:<path>`. Raises UsageError for an unknown
        name; the table has no row of what nothing can be told about.
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
        level: float = LEVEL,
    ) -> Audit:
        """Every assumption by its influence and the grade of its source; see `sim.api.audits`.

        Parameters as drawn; named delays and numbers written in rules by a factor of 0.5 to 2: the
        run is walked again. `outcome` as in `sensitivity`. `between` names interventions: what
        would it be worth to know an assumption before one of them, or none, is chosen so that the
        outcome `on` becomes least likely (with `more`, likeliest)? Raises UsageError for an unknown
        name.
        """
        from sim.api import audits

        return audits.audit(self, outcome, between=between, on=on, more=more, level=level)

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

    def given(self, outcome: str, *, level: float = LEVEL) -> Given:
        """What else happened in the paths in which the outcome came: outcomes, endings, times.

        See `sim.analysis.estimates.given.Given`, which says what the columns mean. Raises
        UsageError for an unknown outcome, NotApplicable where the run kept no rows of its paths.
        """
        from sim.analysis.estimates.given import given

        return given(self, outcome, level=level)

    def evidence(self, *, scenario: Scenario | None = None, level: float = LEVEL) -> pd.DataFrame:
        """The record of history beside the estimates, and how surprising it is under the model.

        See `sim.analysis.evidence.evidence.record`, which says what the columns mean.
        """
        from sim.analysis.evidence.evidence import record

        return record(self._evidence(scenario).values(), self, level=level)

    def score(self, happened: str | PathLike[str] | None = None) -> Scores:
        """The run held against what happened: as its scenario says, or another file.

        See `sim.api.scores.Scores`; `sim.api.score_runs.score` takes several runs. Raises
        UsageError where nothing says what happened, or the file is of another model.
        """
        from sim.api import scores

        return scores.scores([scores.case_with(self, happened, self.source)])

    def condition(
        self, *records: str, scenario: Scenario | None = None, level: float = LEVEL
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
        return condition(self, named, level=level)

    def _evidence(self, scenario: Scenario | None) -> Mapping[str, Evidence]:
        source = scenario if scenario is not None else self.source
        if source is None:
            raise UsageError("evidence: of results that were loaded, give the scenario as well")
        return {} if isinstance(source, Model) else source.declared.evidence

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

    def save(self, directory: str | Path, *, also: Callable[[Path], None] | None = None) -> Path:
        """Write every table as CSV, the scenario as it was run, and manifest.json.

        A run that is there is kept as `<directory>.previous`. `also` is called with the directory
        in the making, to add files; see `sim.results.directory.write_run`.
        """
        return write_run(directory, self.saved(), also=also)

    def saved(self) -> SavedRun:
        """What a run directory holds of these results."""
        return SavedRun(
            frames=self.frames(), manifest=self.provenance.to_manifest(), record=self._record()
        )

    @classmethod
    def load(cls, directory: str | Path) -> Results:
        """The results saved in a directory, equal to what was saved.

        Raises UsageError if it holds no run, an older one, or a file that was changed.
        """
        return cls.of_saved(read_run(directory))

    @classmethod
    def of_saved(cls, run: SavedRun) -> Results:
        """The results that a run directory holds."""
        # tables a run did not keep (paths, events) are not in the directory either: None
        tables: dict[str, Any] = {name: run.frames.get(name) for name in NAMES}
        return cls(**tables, provenance=Provenance.from_manifest(run.manifest), kept=run.record)

    def _record(self) -> Record:
        if self.kept is not None:
            return self.kept
        if self.source is None:  # made by hand, of tables alone
            return Record(main="", files={})
        model = model_of(self.source)
        if isinstance(self.source, Model):
            return record(machine_form(model), {}, "")
        found = [one.as_row("warning") for one in self.source.warnings]
        return record(machine_form(model), self.source.files, self.source.file, found)

    @classmethod
    def concat(cls, parts: Iterable[Results]) -> Results:
        """Runs of neighbouring ranges of draws joined: equal to the one run, byte for byte.

        `Results.concat([sim.run(s, draws=100), sim.run(s, draws=range(100, 200))])` is the run of
        200 draws. Raises UsageError for runs that overlap, leave a gap, or differ in seed, model or
        size, NotApplicable for those that were loaded.
        """
        from sim.api.concatenation import joined

        runs = list(parts)
        tables, output = joined(runs)
        source = runs[0].source
        assert source is not None
        return cls.of(tables, source, output)

    @classmethod
    def of(
        cls, tables: RunTables, source: Scenario | Model, output: RunOutput | None = None
    ) -> Results:
        """The tables of a run as the object a user gets; `output` are its counts, for `concat`."""
        # the same frames, not copies: tables of a long run fill hundreds of megabytes
        named = {one.name: getattr(tables, one.name) for one in fields(tables)}
        return cls(source=source, output=output, **named)


def _about(provenance: Provenance) -> Provenance:
    """What two runs have in common if they are the same, whatever machine they were made on."""
    arguments = {k: v for k, v in provenance.arguments.items() if k != "workers"}
    return replace(provenance, arguments=arguments, versions={})


def _estimate(row: pd.Series) -> dict[str, float | int | str | None]:
    numbers = {name: None if isnan(row[name]) else float(row[name]) for name in NUMBERS}
    words = {name: None if pd.isna(row[name]) else str(row[name]) for name in WORDS}
    return {**numbers, **words, "n": _count(row["n"]), "hits": _count(row["hits"])}


def _count(value: object) -> int | None:
    """A count; None where nothing was counted, as by the exact engine."""
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
