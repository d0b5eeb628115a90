"""Tables of a run together with what was run: for questions that have to walk paths again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import UsageError
from sim.experiment.runs import model_of
from sim.results.scenario_record import MODEL
from sim.results.tables import RunTables

if TYPE_CHECKING:
    from sim.experiment.runs import RunOutput
    from sim.model.model import Model
    from sim.results.scenario_record import Record
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SourcedTables(RunTables):
    """The tables of a run, and its scenario or model; without one of results that were loaded."""

    # not part of what is saved, so no part of what is compared
    source: Scenario | Model | None = field(default=None, compare=False)
    # of results that were run in this session: their counts, for `Results.concat`
    output: RunOutput | None = field(default=None, compare=False, repr=False)
    # of results that were read: their counts, likewise, as `sim.api.kept_counts` has them
    counts: bytes | None = field(default=None, compare=False, repr=False)
    # and the scenario's files, to be saved with them again
    kept: Record | None = field(default=None, compare=False, repr=False)

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
