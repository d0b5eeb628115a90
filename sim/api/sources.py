"""What a verb is given: a scenario, its file, or a model."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from sim.errors import UsageError
from sim.experiment.runs import WANTED
from sim.model.model import Model

if TYPE_CHECKING:
    from sim.scenario import Scenario


def loaded(source: Scenario | str | PathLike[str]) -> Scenario:
    """The scenario itself, or the one of a file; UsageError for anything else."""
    # here, since reading scenarios imports YAML and the language, which a model does not need
    from sim.scenario import Scenario, load

    if isinstance(source, (str, PathLike)):
        return load(source)
    if not isinstance(source, Scenario):
        raise UsageError(f"{WANTED}, found {source!r:.60}")
    return source


def loaded_or_model(source: Scenario | Model | str | PathLike[str]) -> Scenario | Model:
    """As `loaded`; a model, which names no file and no interventions, stands for itself."""
    return source if isinstance(source, Model) else loaded(source)
