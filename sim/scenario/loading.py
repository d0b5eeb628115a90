"""Loading: from a file to a scenario, or to an exception with all of its errors."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from typing import Any, Protocol

from sim.errors import ScenarioError, UsageError
from sim.formatting import user_path
from sim.machine_form import is_machine_form, read_model
from sim.model import Model
from sim.model.changes import changed_model
from sim.reach.transition_faults import readers
from sim.scenario.assumptions import stipulated
from sim.scenario.changes import apply
from sim.scenario.diagnostics.checks import check_rules
from sim.scenario.diagnostics.notes import note
from sim.scenario.diagnostics.warnings import warn
from sim.scenario.language import names
from sim.scenario.language.document import Document, decode
from sim.scenario.language.interventions import Intervention
from sim.scenario.resolve import Resolved, resolve
from sim.scenario.scenario import Scenario
from sim.source.composition import compose
from sim.source.diagnostics import Diagnostics, unique
from sim.source.for_each import expand
from sim.source.in_memory import read_mapping
from sim.source.reading import Read, read, read_bytes

A_TEXT, A_MAPPING = "<text>", "<mapping>"  # what messages call a scenario without a file


class Readable(Protocol):
    """What `open` gives, or io.StringIO, or any other object that can be read."""

    def read(self) -> str | bytes:
        """All of it."""


def load(source: str | PathLike[str] | Mapping[str, Any] | Readable) -> Scenario:
    """The scenario of a file, with the files that it extends and includes.

    `source` is the path of the file, an open file (or any object with `read`), or what a file would
    say as a mapping. Files that a mapping extends or includes are looked for in the working
    directory. Raises ScenarioError with all errors, in the order of the file; of a mapping each
    with the path of its keys, UsageError for anything else.
    """
    if isinstance(source, (str, PathLike)):
        return _loaded(user_path(source))
    if isinstance(source, Mapping):
        return _loaded(A_MAPPING, read_mapping(A_MAPPING, source))
    if not callable(getattr(source, "read", None)):
        found = f"{source!r:.60}"
        raise UsageError(f"load: takes a path, an open file or a mapping, found {found}")
    name = getattr(source, "name", None)  # a number, of a file without one
    return loads(source.read(), file=name if isinstance(name, str) else A_TEXT)


def loads(text: str | bytes, *, file: str = A_TEXT) -> Scenario:
    """The scenario that a text says; `file` is what messages call it.

    Files that it extends or includes are looked for beside `file`, by default in the working
    directory. Raises ScenarioError with all errors, in the order of the text.
    """
    if not isinstance(text, (str, bytes)):
        raise UsageError(f"loads: takes the text of a scenario, found {text!r:.60}")
    # a lone surrogate passes here, and is refused with its place when the bytes are decoded
    raw = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    return _loaded(file, read_bytes(file, raw))


def _loaded(file: str, main: Read | None = None) -> Scenario:
    with _garbage_collection_off():
        return _load(file, main)


def sources_alone(path: str | PathLike[str]) -> tuple[str, ...] | None:
    """The names of the sources in a file that has nothing else; None for any other file.

    Raises ScenarioError with all errors in them.
    """
    tree, problems, _, _ = read(user_path(path))
    if set(tree.entries) != {"sources"}:  # a scenario has other keys, too
        return None
    diagnostics = Diagnostics(tree, problems=list(problems))
    document, _ = decode(diagnostics)
    # such a file is included in scenarios, so what a scenario needs besides may be missing
    of_sources = [one for one in diagnostics.problems if one.path.partition(".")[0] == "sources"]
    wrong = [*problems, *(one for one in of_sources if one not in problems)]
    if wrong:
        raise ScenarioError(unique(wrong))
    return tuple(document.sources)


def _load(file: str, main: Read | None) -> Scenario:
    composed = compose(file, main)  # raises if a file cannot be read at all
    if is_machine_form(composed.tree):  # no shorthand: nothing to expand or decode
        if composed.problems:
            raise ScenarioError(unique(composed.problems))
        return _from_machine_form(file, composed.files, read_model(composed.tree))
    # Order: files are put together, copies are made, keys are decoded, and only then is checked
    # what concerns several parts. Each step runs although an earlier one found errors, so that an
    # author sees all of them at once; none may rely on the absence of errors.
    diagnostics = expand(
        Diagnostics(
            composed.tree,
            problems=list(composed.problems),
            removed=composed.removed,
            unread=composed.unread,
        )
    )
    document, context = decode(diagnostics)
    names.check_unique_names(diagnostics)
    names.check_qualified_names(context)
    resolved = resolve(document, context)
    # after resolution, which makes the names of transitions
    names.check_random_streams(context, resolved.paths, document.parameters)
    check_rules(resolved, context)
    # an intervention is checked on the model, which with errors would be incomplete
    if not diagnostics.problems:
        _check_interventions(document.interventions, resolved, diagnostics)
    if diagnostics.problems:
        raise ScenarioError(unique(diagnostics.problems))
    is_variant = composed.variant is not None
    warn(document, resolved, context, is_variant=is_variant)
    note(document, resolved, context, is_variant=is_variant)
    if variant := composed.variant:
        for path, near in variant.slips.items():
            message = f"is new in this variant; did you mean {near!r} of {variant.base}?"
            diagnostics.warn(path, message, key=True)
    return Scenario(
        model=resolved.model,
        declared=document,
        file=file,
        files=composed.files,
        bases=composed.bases,
        numbers=stipulated(document, context),
        warnings=tuple(sorted(unique(diagnostics.warnings))),
        notes=tuple(sorted(unique(diagnostics.notes))),
        variant=composed.variant,
        events={event.name: event for event in resolved.added},  # kept for `under`
        context=context,  # and for `with_`
    )


def _from_machine_form(file: str, files: Mapping[str, bytes], model: Model) -> Scenario:
    """A scenario with a model and nothing else: what the form does not have is empty."""
    declared = Document(
        scenario=model.name, title=model.title, horizon=model.horizon, start=model.start, moments={}
    )
    return Scenario(
        model=model,
        declared=declared,
        file=file,
        files=files,
        numbers=(),
        events={},
        is_machine_form=True,
    )


def _check_interventions(
    interventions: Mapping[str, Intervention], resolved: Resolved, diagnostics: Diagnostics
) -> None:
    """Note the errors the model would have under each intervention alone, and those without use."""
    events = {event.name: event for event in resolved.added}
    read_by = readers(resolved.all_transitions)  # once for all interventions
    for one in interventions.values():
        change = apply.combine([one], events)
        after = changed_model(resolved.model, change)
        diagnostics.problems.extend(apply.problems_after(after, change, read_by))
        if after == resolved.model:
            message = "changes nothing: everything in it is so without it"
            diagnostics.warn(one.path, message, key=True)


@contextmanager
def _garbage_collection_off() -> Iterator[None]:
    """No garbage collection meanwhile: what is made is kept, so each search would be in vain."""
    was_on = gc.isenabled()  # the caller's choice is restored
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
