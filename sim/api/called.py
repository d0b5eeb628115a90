"""What a reader calls the things of a run, wherever its scenario comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.api.sourced import SourcedTables
from sim.model.titles import Titles, titles_of_model
from sim.scenario import Scenario, titles_of

if TYPE_CHECKING:
    from sim.results.tables import RunTables


def titles_of_run(run: RunTables) -> Titles:
    """What a reader calls everything: as the scenario says, else as the model does, or keys."""
    if not isinstance(run, SourcedTables):
        return Titles()
    if isinstance(run.source, Scenario):
        return titles_of(run.source)
    known = run.source is not None or run.kept is not None
    return titles_of_model(run.model) if known else Titles()
