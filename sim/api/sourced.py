"""Tables of a run together with what was run: for questions that have to walk paths again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.results.tables import RunTables

if TYPE_CHECKING:
    from sim.experiment.runs import RunOutput
    from sim.model.model import Model
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SourcedTables(RunTables):
    """The tables of a run, and its scenario or model; without one of results that were loaded."""

    # not part of what is saved, so no part of what is compared
    source: Scenario | Model | None = field(default=None, compare=False)
    # of results that were run in this session: their counts, for `Results.concat`
    output: RunOutput | None = field(default=None, compare=False, repr=False)
