"""Warnings: names never used, conditions never true, what never happens or fires without end."""

from collections.abc import Iterator

from sim.formatting import DAY, duration_in_words
from sim.model import delay_sampling
from sim.model.delays import numbers
from sim.model.delays import parameters_read as delay_reads
from sim.model.expressions import Expression, parameters_read, variables_read
from sim.model.failures import too_large
from sim.model.model import Model
from sim.model.parameters import middle
from sim.model.tables import LARGEST, unsplittable
from sim.model.transitions import Transition
from sim.reach import Reach, reach, satisfiable
from sim.reach.reasons import never_fires, out_of_reach
from sim.scenario.diagnostics.checks import options_path
from sim.scenario.diagnostics.knowledge import warn_of_the_unknowable
from sim.scenario.language.context import Context
from sim.scenario.language.document import Document
from sim.scenario.resolve import Resolved
from sim.source.tree import KeyPath, place_of

SHORT = 1.0  # seconds: the median of a wait that is taken for a slip of its unit
MAX_FIRINGS = 8_000  # of exact reachability, about 0.05 s; then variables are treated one by one


def warn(
    document: Document, resolved: Resolved, context: Context, *, is_variant: bool = False
) -> None:
    """Report all warnings about a scenario without errors."""
    # a variant may leave variables of its base unused; what a part declares is the scenario's own
    own_file = context.tree.place.file if is_variant else None
    _warn_unused(document, resolved, context, own_file)
    _warn_idle_actors(document, context)
    warn_of_the_unknowable(document, resolved, context)
    _warn_hasty(resolved, context)
    _warn_of_one_file(document, context)
    _warn_too_large(resolved, context)
    never = set(_warn_unsatisfiable(resolved.model, context))  # paths that have a warning already
    _warn_unreached(resolved, reach(resolved.model, limit=MAX_FIRINGS), never, context)


def _warn_unused(
    document: Document, resolved: Resolved, context: Context, own_file: str | None
) -> None:
    """Warn of parameters and state variables that are never read; the latter of `own_file` only."""
    diagnostics = context.diagnostics
    # parameters first, without facts: a fact that is never used does not use its parameters
    nodes = [expression.node for expression in _expressions(resolved)]
    read = {name for node in nodes for name in parameters_read(node)}
    # a fact alone counts as a use of a state variable
    nodes += [fact.node for fact in document.facts.values()]
    read.update(name for node in nodes for name in variables_read(node))
    for transition in resolved.all_transitions:
        read.update(delay_reads(transition.after))
        # copied from
        read.update(effect.source for option in transition.options for effect in option.effects)
    for name in document.parameters:
        if name not in read:
            diagnostics.warn(("parameters", name), "never used", key=True)
    for name, path in _declared_variables(document):
        here = own_file in (None, place_of(context.tree, path, key=True).file)
        if name not in read and here:
            message = "never used: no guard, expression, outcome or ending reads it"
            diagnostics.warn(path, message, key=True)


def _warn_of_one_file(document: Document, context: Context) -> None:
    """Warn of names that differ in capitals only, where results have a file for each."""
    named: list[list[tuple[str, KeyPath]]] = [
        [(name, (section, name)) for name in getattr(document, section)]
        for section in ("treaties", "outcomes", "interventions")
    ]
    for kind in [*named, list(_declared_variables(document))]:
        first: dict[str, str] = {}
        for name, path in kind:
            other = first.setdefault(name.casefold(), name)
            if other != name:
                message = f"differs from {other!r} in capitals only"
                message += "; their charts or tables share a file on macOS and Windows"
                context.diagnostics.warn(path, message, key=True)


def _declared_variables(document: Document) -> Iterator[tuple[str, KeyPath]]:
    """The state variables declared in the file, with their paths; without those of treaties."""
    for actor, declared in document.actors.items():
        for name in declared.state:
            yield f"{actor}.{name}", ("actors", actor, "state", name)
    yield from ((name, ("relations", name)) for name in document.relations)
    yield from ((name, ("state", name)) for name in document.state)


def _warn_idle_actors(document: Document, context: Context) -> None:
    """Warn of actors without state that nothing names."""
    named = {str(move.actor) for move in document.moves.values()}
    named.update(side for relation in document.relations.values() for side in relation.between)
    for treaty in document.treaties.values():
        named.update(treaty.parties)
        for clause in treaty.obligations.values():
            named.update((clause.obligor, *clause.beneficiary))
    for name, actor in document.actors.items():
        if not actor.state and name not in named:  # a state alone makes it worth a line
            message = "has no state, and no move, relation or treaty names it"
            context.diagnostics.warn(("actors", name), message, key=True)


def _warn_hasty(resolved: Resolved, context: Context) -> None:
    """Warn of delays so short against the horizon that a unit may be wrong."""
    model = resolved.model
    if model.horizon <= DAY:
        return
    read = {name for one in resolved.all_transitions for name in delay_reads(one.after)}
    values = [middle(one.distribution) if one.name in read else 0.0 for one in model.parameters]
    for transition in resolved.all_transitions:
        try:
            median = delay_sampling.ppf(numbers(transition.after, model.names, values), 0, 0.5)
        except ValueError:  # none with the parameters at their medians; each draw is checked
            continue
        if 0 < median < SHORT:  # 0 is no slip: many rules act at once
            path = resolved.paths[transition.name]
            key = "deliberation" if transition.part == "treaty" else "after"
            message = f"half of these waits are shorter than {duration_in_words(median)}, under a "
            message += f"horizon of {duration_in_words(model.horizon)}"
            context.diagnostics.warn((*path, key), message)


def _warn_too_large(resolved: Resolved, context: Context) -> None:
    """Warn of expressions that the default engine will refuse for the values they read."""
    for expression in _expressions(resolved):
        part = unsplittable(expression.node, resolved.model)
        path = context.paths.get(expression.where)
        if part is not None and path is not None:
            context.diagnostics.warn(path, too_large(expression, part, resolved.model, LARGEST))


def _expressions(resolved: Resolved) -> Iterator[Expression]:
    """Every expression that an engine evaluates, except those of delays."""
    model = resolved.model
    for transition in resolved.all_transitions:
        found = [transition.when, transition.speed, *(t.becomes for t in transition.on)]
        for option in transition.options:
            found += [option.value, option.available]
            found += [effect.expression for effect in option.effects]
        yield from (expression for expression in found if expression is not None)
    yield from (outcome.when for outcome in model.outcomes)
    yield from (ending.when for ending in model.endings if ending.when is not None)
    if model.stop_when is not None:
        yield model.stop_when


def _warn_unsatisfiable(model: Model, context: Context) -> Iterator[KeyPath]:
    """Warn of conditions that are never true; their paths."""
    for path, condition in context.conditions.items():
        if not satisfiable(model, condition):
            message = f"no combination of values satisfies {condition.text!r}"
            context.diagnostics.warn(path, message)
            yield path


def _warn_unreached(
    resolved: Resolved, found: Reach, never: set[KeyPath], context: Context
) -> None:
    """Warn of transitions that never fire, options never taken, outcomes that never happen."""
    model, diagnostics = resolved.model, context.diagnostics
    # not those of interventions
    for transition, fired, taken in zip(model.transitions, found.fired, found.taken, strict=True):
        path = resolved.paths[transition.name]
        if not fired:
            if not any(other[: len(path)] == path for other in never):  # else it has one
                reason = never_fires(model, found, transition)
                _warn_never_fires(transition, path, reason and f": {reason}", context)
            continue
        for option, possible in zip(transition.options, taken, strict=True):
            if not possible and option.name is not None:
                at = (*options_path(transition, path), option.name)
                reason = out_of_reach(model, found, option.available)
                diagnostics.warn(at, "can never be taken" + (reason and f": {reason}"))
    for outcome, distance in zip(model.outcomes, found.outcomes, strict=True):
        path = ("outcomes", outcome.name)
        if distance is None and (*path, "when") not in never:  # else it has one
            reason = out_of_reach(model, found, outcome.when)
            diagnostics.warn(path, "can never happen" + (reason and f": {reason}"), key=True)


def _warn_never_fires(transition: Transition, path: KeyPath, reason: str, context: Context) -> None:
    diagnostics = context.diagnostics
    match transition.step:  # None: not of a treaty
        case "binds":
            diagnostics.warn(path, "never binds before the horizon", key=True)
        case "invoked":
            diagnostics.warn((*path, "casus_foederis"), f"can never be invoked{reason}")
        case "lapsed":
            diagnostics.warn((*path, "lapses"), f"can never lapse{reason}")
        case "reopened":
            diagnostics.warn((*path, "reopens"), "can never be invoked again")
        case None:
            diagnostics.warn(path, f"can never happen{reason}", key=True)
