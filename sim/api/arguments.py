"""What a verb is given: a scenario, its file, a run directory, or a model."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import Interrupted, UsageError
from sim.experiment.plan import Plan
from sim.experiment.runs import WANTED
from sim.formatting import user_path
from sim.model.model import Model
from sim.results.atomic_replace import settled
from sim.results.manifest import read_manifest
from sim.results.provenance import Provenance
from sim.results.scenario_record import MODEL, read_record

if TYPE_CHECKING:
    from sim.scenario import Scenario

    Source = Scenario | Model | str | PathLike[str]


def loaded(source: Source) -> Scenario:
    """The scenario itself, or the one of a file or run directory; UsageError for anything else."""
    # here, since reading scenarios imports YAML and the language, which a model does not need
    from sim.scenario import Scenario, load

    if isinstance(source, (str, PathLike)):
        return recorded(source)[0] if is_directory(source) else load(source)
    if not isinstance(source, Scenario):
        raise UsageError(f"{WANTED}, found {source!r:.60}")
    return source


def loaded_or_model(source: Source) -> Scenario | Model:
    """As `loaded`; a model, which names no file and no interventions, stands for itself."""
    return source if isinstance(source, Model) else loaded(source)


def is_directory(source: object) -> bool:
    """Whether it is the path of a directory, hence not of a scenario file."""
    return isinstance(source, (str, PathLike)) and Path(user_path(source)).is_dir()


def planned(source: Source, options: Mapping[str, Any]) -> tuple[Scenario | Model, Plan]:
    """What is to be run, and how: options that are None are left to the plan.

    Of a run directory, those it was made with come before the defaults of `Plan`.
    """
    before: Mapping[str, Any] = {}
    scenario: Scenario | Model
    if isinstance(source, (str, PathLike)) and is_directory(source):
        scenario, manifest = recorded(source)
        before = made_with(manifest)
    else:
        scenario = loaded_or_model(source)
    given = {name: value for name, value in options.items() if value is not None}
    return scenario, Plan(**{**before, **given})


def made_with(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the run in a directory that decide its numbers."""
    # how many at once says nothing about the numbers, and belongs to the machine
    made = {"seed": manifest["seed"], **manifest["arguments"]}
    if manifest["stopped"] == "precision":  # as many draws as that took
        made["draws"] = manifest["draws"]
    return {name: made[name] for name in ("seed", "draws", "paths", "engine") if name in made}


def warn_if_interrupted(about: Provenance) -> None:
    """Say that Ctrl-C ended a run, which in a loop would be one of many."""
    if about.interrupted:
        warnings.warn(
            f"{about.scenario}, seed {about.seed}: interrupted; the results are of "
            f"{about.draws} of {about.draws_asked} draws",
            Interrupted,
            stacklevel=3,  # where the verb was called
        )


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
    form = record.files.get(MODEL)
    if form is not None and applied.resolved().encode() != form:
        # `dataclasses.replace(scenario, model=...)`: another model was run than the file's
        applied = replace(applied, model=load(home / MODEL).model)
    return applied, manifest
