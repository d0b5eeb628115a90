"""The verb `replay`, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, fields
from os import PathLike
from typing import TYPE_CHECKING

from sim.api.sources import loaded_or_model
from sim.experiment import replays
from sim.experiment.plan import Plan
from sim.experiment.replays import ReplayTables

if TYPE_CHECKING:
    from sim.model.model import Model
    from sim.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Replay(ReplayTables):
    """One path again, with everything that was weighed in it."""


def replay(
    scenario: Scenario | Model | str | PathLike[str],
    *,
    draw: int,
    path: int,
    seed: int = Plan.seed,
) -> Replay:
    """Path `path` of draw `draw` as any run with this seed walked it, told by the reference engine.

    `scenario` is a scenario, or the path of its file. Raises ScenarioError for a file with
    problems, RunError where the path goes wrong, UsageError for numbers out of range.
    """
    found = replays.replay(loaded_or_model(scenario), draw=draw, path=path, seed=seed)
    return Replay(**{one.name: getattr(found, one.name) for one in fields(found)})
