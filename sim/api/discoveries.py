"""Scenario discovery: the corner of what is not known in which an outcome is likely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.analysis.drivers import draw_targets
from sim.api.sensitivities import records

if TYPE_CHECKING:
    from sim.analysis.drivers.discovery import Discovery
    from sim.api.sourced import SourcedTables

NOTHING = (
    "No parameter parts the draws beyond chance at n = {draws:,} draws of {paths:,} paths, so no "
    "corner can be told from noise."
)


def discover(results: SourcedTables, outcome: str) -> tuple[Discovery | None, str]:
    """What is found, or why nothing can be told, as a sentence; see `Results.discover`."""
    # here, since it needs SciPy
    from sim.analysis.drivers import discovery

    target = draw_targets.probability(results, outcome)
    if why := draw_targets.cannot_tell(results.draws, target):
        return None, why
    about = results.provenance
    found = discovery.discover(results.draws, target, seed=about.seed, level=about.level)
    nothing = NOTHING.format(draws=len(target.value), paths=target.paths)
    return found, "" if found.sentences else nothing


def summary(found: Discovery | None, why: str) -> dict[str, Any]:
    """The same as plain values, None where there is no number: what `--json` prints."""
    tables = (
        {}
        if found is None
        else {"boxes": found.boxes, "trajectory": found.trajectory, "tree": found.tree}
    )
    return {
        "sentences": list(found.sentences) if found else [],
        "cannot_tell": why or None,
        **{name: records(table) for name, table in tables.items()},
    }
