"""What a verb is given: a scenario, its file, a run directory, or a model."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UsageError
from sim.experiment.runs import WANTED
from sim.model.model import Model
from sim.results.manifest import read_manifest
from sim.results.record import read_record
from sim.results.replacing import settled

if TYPE_CHECKING:
    from sim.scenario import Scenario


def loaded(source: Scenario | str | PathLike[str]) -> Scenario:
    """The scenario itself, or the one of a file or run directory; UsageError for anything else."""
    # here, since reading scenarios imports YAML and the language, which a model does not need
    from sim.scenario import Scenario, load

    if isinstance(source, (str, PathLike)):
        return recorded(source)[0] if Path(source).is_dir() else load(source)
    if not isinstance(source, Scenario):
        raise UsageError(f"{WANTED}, found {source!r:.60}")
    return source


def loaded_or_model(source: Scenario | Model | str | PathLike[str]) -> Scenario | Model:
    """As `loaded`; a model, which names no file and no interventions, stands for itself."""
    return source if isinstance(source, Model) else loaded(source)


def recorded(directory: str | PathLike[str]) -> tuple[Scenario, Mapping[str, Any]]:
    """The scenario that a run directory holds, under the interventions of the run; its manifest.

    Of a comparison, the baseline's. Raises UsageError if the directory holds no run, or if the
    scenario's files there are not as the run wrote them.
    """
    return settled(Path(directory), _recorded)


def _recorded(home: Path) -> tuple[Scenario, Mapping[str, Any]]:
    from sim.scenario import load

    manifest = read_manifest(home)
    if "twins" in manifest:
        return _recorded(home / "baseline")
    record = read_record(home, manifest)
    if not record.main:
        raise UsageError(f"{home}: holds tables alone, without the scenario they come from")
    scenario = load(home / record.main)
    # what was parsed is what was checked: the directory may be replaced between the two
    for file, data in scenario.files.items():
        if data not in record.files.values():
            raise UsageError(f"{file}: changed since the run wrote it")
    under = manifest["under"]
    # the model has the interventions in it already
    applied = scenario.under(under) if under and not scenario.is_machine_form else scenario
    return applied, manifest
