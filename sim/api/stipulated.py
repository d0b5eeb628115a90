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

Size = tuple[int, int]  # draws, and paths in each
AUDIT_PATHS = 50  # in each draw of an audit


def with_stipulated(
    results: SourcedTables, *, size: Size | None = None, progress: bool | None = None
) -> tuple[SourcedTables, Varied]:
    """The run walked again with stipulated numbers varied, and which of them are.

    Of the same seed: parameters have the values they had, and each number a factor beside them.
    `size` is (draws, paths), else as `audit_size` has it. Bands of its estimates are made by the
    cheap estimator.
    """
    from sim.analysis.effects.alternative_tables import tables_of_alternative
    from sim.api.sourced import SourcedTables
    from sim.experiment.runs import run
    from sim.scenario import vary

    varied = vary(require_scenario(results))
    plan = written_plan(results, size=size or audit_size(results), progress=progress)
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


def written_plan(results: SourcedTables, *, size: Size, progress: bool | None = None) -> Plan:
    """How a run is walked again with stipulated numbers varied: `size` is (draws, paths)."""
    draws, paths = size
    plan = plan_again(results, draws=draws, paths=paths, progress=progress)
    return replace(plan, engine=results.provenance.engine)  # a solution is solved again


def audit_size(results: SourcedTables) -> Size:
    """(draws, paths) that an audit takes of its own accord: as many paths in all, in more draws.

    An audit ranks hundreds of assumptions, and floors fall with the root of the number of draws,
    while fewer paths in each only add to a noise that is spread over all of them. How far to go was
    measured (`benchmarks/audit_sizes.py`). Of runs with as few paths in a draw, or none, their own;
    also of one draw, which was asked for and tells nothing of parameters in any split.
    """
    about = results.provenance
    if about.paths <= AUDIT_PATHS or about.draws == 1:
        return about.draws, about.paths or Plan.paths
    return about.draws * about.paths // AUDIT_PATHS, AUDIT_PATHS
