"""A run walked again with the numbers varied that were written in rules and named delays."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from sim.api.sensitivities import plan_again
from sim.errors import UsageError
from sim.experiment.plan import Plan

if TYPE_CHECKING:
    from sim.api.sourced import SourcedTables
    from sim.scenario import Scenario, Varied


def with_stipulated(
    results: SourcedTables, *, progress: bool | None = None
) -> tuple[SourcedTables, Varied]:
    """The run walked again with stipulated numbers varied, and which of them are.

    As many draws and paths, of the same seed: parameters have the values they had, and each number
    a factor beside them. Bands of its estimates are made by the cheap estimator.
    """
    from sim.analysis.effects.alternative_tables import tables_of_alternative
    from sim.api.sourced import SourcedTables
    from sim.experiment.runs import run
    from sim.scenario import vary

    varied = vary(require_scenario(results))
    plan = written_plan(results, progress=progress)
    found = tables_of_alternative(run(varied.scenario, plan))
    if found.provenance.interrupted:  # of a part of the draws nothing was asked
        raise KeyboardInterrupt
    own = {one.name: getattr(found, one.name) for one in fields(found)}
    return SourcedTables(source=varied.scenario, **own), varied


def require_scenario(results: SourcedTables) -> Scenario:
    """The scenario of a run, whose file has the places of its numbers."""
    from sim.scenario import Scenario

    if not isinstance(results.source, Scenario) or results.source.is_machine_form:
        raise UsageError(
            "stipulated numbers are found by their places in a scenario's file, and a model alone "
            "has none"
        )
    return results.source


def written_plan(results: SourcedTables, *, progress: bool | None = None) -> Plan:
    """The run's own plan, to walk it again with stipulated numbers varied."""
    about = results.provenance
    paths = about.paths or Plan.paths
    plan = plan_again(results, draws=about.draws, paths=paths, progress=progress)
    return replace(plan, engine=about.engine)  # a solution is solved again
