"""What a verb is given: a scenario, its file, a run directory, or a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, fields, replace
from functools import wraps
from inspect import Parameter, signature
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypedDict, TypeVar

from sim.decisions.describing import require_same
from sim.errors import NotApplicable, UsageError
from sim.experiment.handing_out import Crew, crew_of
from sim.experiment.plan import EXACT, Plan
from sim.experiment.runs import WANTED
from sim.formatting import user_path
from sim.model.model import Model
from sim.results.atomic_replace import settled
from sim.results.directory import read_run
from sim.results.manifest import read_manifest
from sim.results.provenance import Provenance
from sim.results.scenario_record import MODEL, read_record

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario

    Source = Scenario | Model | str | PathLike[str]

P = ParamSpec("P")
R = TypeVar("R")
OF_A_RUN = ("draws", "paths", "seed", "engine", "level")  # these a run directory has, too


class Options(TypedDict, total=False):
    """How a scenario is walked, as `Plan` has it."""

    draws: int | range | None
    paths: int | None
    seed: int | None
    engine: str | None
    workers: int | None
    level: float | None
    events: bool
    keep_paths: bool | None
    progress: bool | None
    on_interrupt: str


class RunOptions(Options, total=False):
    """How one scenario alone is walked."""

    precision: str | float | None
    max_paths: int
    common_random_numbers: bool


def takes_options(options: type) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a verb that ends in `**options` show each of them, and refuse any other.

    They have the order, types and defaults of `Plan`, which thus stand in one place.
    """

    def decorate(verb: Callable[P, R]) -> Callable[P, R]:
        plain = signature(verb)
        own = [p for p in plain.parameters.values() if p.kind is not Parameter.VAR_KEYWORD]
        shown = [_parameter(one) for one in fields(Plan) if one.name in options.__annotations__]
        whole = plain.replace(parameters=[*own, *shown])

        @wraps(verb)
        def checked(*given: P.args, **named: P.kwargs) -> R:
            whole.bind(*given, **named)  # a TypeError for what is none of them
            return verb(*given, **named)

        vars(checked)["__signature__"] = whole
        return checked

    return decorate


def _parameter(one: Field[Any]) -> Parameter:
    """A field of `Plan` as a parameter; None is the default of what a run directory may say."""
    kind, default = one.type, one.default
    if one.name in OF_A_RUN:
        kind, default = f"{kind} | None", None
    return Parameter(one.name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)


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


def planned(
    source: Source, options: Mapping[str, Any], *, decided: bool = False
) -> tuple[Scenario | Model, Plan]:
    """What is to be run, and how: options that are None are left to the plan.

    Of a run directory, those it was made with come before the defaults of `Plan`. One in which
    functions decided is refused, unless the caller asks for them (`decided`).
    """
    before: Mapping[str, Any] = {}
    scenario: Scenario | Model
    if isinstance(source, (str, PathLike)) and is_directory(source):
        scenario, manifest = recorded(source)
        before = made_with(manifest)
        if not decided:
            require_same(manifest.get("decided", {}), {}, str(source))
    else:
        scenario = loaded_or_model(source)
    given = {name: value for name, value in options.items() if value is not None}
    if "draws" in given:
        # a number of draws begins at 0 again, wherever the run in the directory began
        given = {"first_draw": 0, **given, **_numbers(given["draws"])}
    return scenario, Plan(**{**before, **given})


def with_made(source: object, options: Any) -> Any:
    """The options, completed by those of the run in a directory if that is the source."""
    if not is_directory(source):
        return options
    assert isinstance(source, (str, PathLike))
    return {**made_with(recorded(source)[1]), **{n: v for n, v in options.items() if v is not None}}


def _numbers(draws: object) -> dict[str, object]:
    """How many draws, and the number of the first; `range(100, 200)` are a hundred."""
    if not isinstance(draws, range):
        return {"draws": draws}
    if draws.step != 1 or not len(draws) or draws.start < 0:
        raise UsageError(f"draws: must be a range such as range(100, 200), found {draws}")
    return {"draws": len(draws), "first_draw": draws.start}


def made_with(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the run in a directory that decide its numbers."""
    # how many at once says nothing about the numbers, and belongs to the machine
    made = {"seed": manifest["seed"], **manifest["arguments"]}
    if manifest["stopped"] == "precision":  # as many draws as that took
        made["draws"] = manifest["draws"]
    found = {name: made[name] for name in OF_A_RUN if name in made}
    # what directories of earlier versions do not say has its default
    more = ("level", "first_draw", "common_random_numbers")
    return found | {name: manifest[name] for name in more if name in manifest}


def given_in(source: object) -> pd.DataFrame | None:
    """The values that were given to the run in a directory; None where there are none."""
    if not is_directory(source):
        return None
    assert isinstance(source, (str, PathLike))
    home = Path(user_path(source))
    names = read_manifest(home).get("given", [])
    return read_run(home, only=("draws",)).frames["draws"][names] if names else None


def crew_for(executor: object, plan: Plan) -> Crew | None:
    """Who else walks the paths, where an executor was given. Raises UsageError."""
    if executor is None:
        return None
    if plan.engine == EXACT:
        raise NotApplicable("executor: the exact engine solves in this process; leave it out")
    return crew_of(executor, plan.workers)


def raise_if_interrupted(about: Provenance, plan: Plan) -> None:
    """KeyboardInterrupt if Ctrl-C ended a run, unless what is finished was asked for."""
    # after the blocks in work, so that no thread is left behind; a loop of runs ends here
    if about.interrupted and plan.on_interrupt == "raise":
        raise KeyboardInterrupt(
            f"{about.scenario}, seed {about.seed}: interrupted; {about.draws} of "
            f'{about.draws_asked} draws are finished (on_interrupt="return" gives them)'
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
    for keys in manifest.get("changes", ()):
        applied = applied.with_(**keys)
    form = record.files.get(MODEL)
    if form is not None and applied.resolved().encode() != form:
        # `dataclasses.replace(scenario, model=...)`: another model was run than the file's
        applied = replace(applied, model=load(home / MODEL).model)
    return applied, manifest
