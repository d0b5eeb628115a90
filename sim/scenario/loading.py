"""A file in, a scenario out, or every problem it has at once."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike, fspath

from sim.errors import Problem, ScenarioError
from sim.machine_form import is_machine_form, read_model
from sim.model.model import Model
from sim.scenario import apply
from sim.scenario.assumptions import stipulated
from sim.scenario.checks import check_rules, readers
from sim.scenario.language import names
from sim.scenario.language.document import Document, decode
from sim.scenario.language.interventions import Intervention
from sim.scenario.resolve import Resolved, resolve
from sim.scenario.scenario import Scenario
from sim.scenario.warnings import warn
from sim.source.composition import compose
from sim.source.diagnostics import Diagnostics, unique
from sim.source.for_each import expand
from sim.source.reading import read


def load(path: str | PathLike[str]) -> Scenario:
    """The scenario of a file, with all it extends and includes.

    Raises ScenarioError with every problem, in file order.
    """
    with _garbage_collection_off():
        return _load(fspath(path))


def sources_alone(path: str | PathLike[str]) -> tuple[str, ...] | None:
    """The names in a file of sources and nothing else, to be included; None for any other file.

    Raises ScenarioError with every problem they have.
    """
    tree, problems = read(fspath(path))
    if set(tree.entries) != {"sources"}:
        return None
    diagnostics = Diagnostics(tree, problems=list(problems))
    document, _ = decode(diagnostics)
    # what a whole scenario needs besides is not missed in a part of one
    of_sources = [one for one in diagnostics.problems if one.path.partition(".")[0] == "sources"]
    wrong = [*problems, *(one for one in of_sources if one not in problems)]
    if wrong:
        raise ScenarioError(unique(wrong))
    return tuple(document.sources)


def _load(file: str) -> Scenario:
    composed = compose(file)
    if is_machine_form(composed.tree):
        return _from_machine_form(file, read_model(composed.tree))
    diagnostics = expand(
        Diagnostics(composed.tree, problems=list(composed.problems), removed=composed.removed)
    )
    document, context = decode(diagnostics)
    names.check_unique_names(diagnostics)
    names.check_qualified_names(context)
    resolved = resolve(document, context)
    names.check_random_streams(context, resolved.paths, document.parameters)
    check_rules(resolved, context)
    if not diagnostics.problems:
        diagnostics.problems.extend(_intervention_problems(document.interventions, resolved))
    if diagnostics.problems:
        raise ScenarioError(unique(diagnostics.problems))
    warn(document, resolved, context)
    return Scenario(
        model=resolved.model,
        declared=document,
        file=file,
        files=tuple(composed.files),
        numbers=stipulated(document, context),
        warnings=tuple(sorted(unique(diagnostics.warnings))),
        events={event.name: event for event in resolved.added},
    )


def _from_machine_form(file: str, model: Model) -> Scenario:
    """A scenario that is nothing but its model: what the form does not have is empty."""
    declared = Document(
        scenario=model.name, title=model.title, horizon=model.horizon, start=model.start, moments={}
    )
    return Scenario(
        model=model,
        declared=declared,
        file=file,
        files=(file,),
        numbers=(),
        events={},
        is_machine_form=True,
    )


def _intervention_problems(
    interventions: Mapping[str, Intervention], resolved: Resolved
) -> Iterator[Problem]:
    """What each intervention, alone, would make of the model that no file may say."""
    events = {event.name: event for event in resolved.added}
    read_by = readers(resolved.all_transitions)
    for one in interventions.values():
        change = apply.combine([one], events)
        yield from apply.problems_after(
            apply.changed_model(resolved.model, change), change, read_by
        )


@contextmanager
def _garbage_collection_off() -> Iterator[None]:
    """No garbage collection meanwhile: all that is made stays, and looking it over takes longer."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
