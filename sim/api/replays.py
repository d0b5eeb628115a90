"""The verb `replay`."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING

from sim.api.arguments import is_directory, loaded_or_model, recorded
from sim.api.replayed import Replay, replay_of, shown
from sim.api.results import Results
from sim.api.shared_words import with_shared_words
from sim.decisions.asking import Policy, decisions_of
from sim.experiment import replays
from sim.experiment.plan import Plan

if TYPE_CHECKING:
    from sim.model.model import Model
    from sim.scenario import Scenario


def replay(
    scenario: Scenario | Model | str | PathLike[str],
    *,
    draw: int,
    path: int,
    seed: int | None = None,
    decide: Mapping[str, Policy] | None = None,
) -> Replay:
    """Path `path` of draw `draw` as any run with this seed has it, by the reference engine.

    `scenario` is a scenario, the path of its file, or that of a run directory, which has the
    scenario as it was run. `seed` is that of the run directory unless given, else 1. `decide` is
    that of `run`; a directory of a run in which functions decided wants the same ones. Raises
    ScenarioError for a file with problems, RunError where the path goes wrong, UsageError for
    numbers out of range.
    """
    source, own_seed = _source(scenario)
    if seed is None and is_directory(scenario):
        run = Results.load(scenario)  # type: ignore[arg-type]
        about = run.provenance
        if about.given or about.common_random_numbers or about.decided:
            return replay_of(source, run, draw, path, decide)
    seed = own_seed if seed is None else seed
    by = None if decide is None else decisions_of(source, decide)
    found = replays.replay(source, draw=draw, path=path, seed=seed, decide=by)
    return shown(found, with_shared_words(found.events, source))


def _source(scenario: Scenario | Model | str | PathLike[str]) -> tuple[Scenario | Model, int]:
    """What is replayed, and the seed where none is given."""
    if isinstance(scenario, (str, PathLike)) and is_directory(scenario):
        source, manifest = recorded(scenario)
        return source, int(manifest["seed"])
    return loaded_or_model(scenario), Plan.seed
