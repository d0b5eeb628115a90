"""What an author should look at: nobody reads it, nothing satisfies it, nothing reaches it."""

from collections.abc import Iterator
from math import prod

import numpy as np

from sim.model.delays import parameters_read as delay_reads
from sim.model.expressions import Expression, outcomes_read, parameters_read, variables_read
from sim.model.model import Model
from sim.model.tables import Grid, table
from sim.model.transitions import Transition
from sim.reach.reachability import Reach, reach, satisfiable
from sim.scenario.document import Document
from sim.scenario.places import options_route, route_of, step_of
from sim.scenario.resolving import Resolved
from sim.scenario.written import Route, place_of

FIRINGS = 8_000  # looked at before reachability goes variable by variable: about 0.05 s
CELLS = 100_000  # combinations looked at one by one; more are looked at variable by variable


def warn(resolved: Resolved) -> None:
    """Note all warnings about a scenario without problems."""
    _unread(resolved)
    _idle(resolved)
    never = set(_never_true(resolved))
    _unreached(resolved, reach(resolved.model, limit=FIRINGS), never)


def _unread(resolved: Resolved) -> None:
    """Parameters and state variables that nothing reads."""
    words, findings = resolved.bench.words, resolved.bench.findings
    nodes = [expression.node for expression in _expressions(resolved)]
    read = {name for node in nodes for name in parameters_read(node)}
    nodes += [node for node in words.facts.values() if node is not None]
    read.update(name for node in nodes for name in variables_read(node))
    for transition in (*resolved.model.transitions, *resolved.possible):
        read.update(delay_reads(transition.after))
        read.update(effect.source for option in transition.options for effect in option.effects)
    for name in words.parameters:
        if name not in read:
            findings.warn(("parameters", name), "nobody reads it", key=True)
    for name, route in _own_variables(resolved.bench.document):
        written_here = place_of(findings.tree, route, key=True).file == findings.tree.place.file
        if name not in read and written_here:  # a variant need not give up what its base owns
            said = "nobody reads it: no guard, no expression, no outcome, no ending"
            findings.warn(route, said, key=True)


def _own_variables(document: Document) -> Iterator[tuple[str, Route]]:
    """The state variables that somebody wrote, and where; a treaty's are its own matter."""
    for actor, shape in document.actors.items():
        for name in shape.state:
            yield f"{actor}.{name}", ("actors", actor, "state", name)
    yield from ((name, ("relations", name)) for name in document.relations)
    yield from ((name, ("state", name)) for name in document.state)


def _idle(resolved: Resolved) -> None:
    """Actors that own nothing and that nothing names."""
    document = resolved.bench.document
    named = {move.actor for move in document.moves.values()}
    named.update(side for relation in document.relations.values() for side in relation.between)
    for treaty in document.treaties.values():
        named.update(treaty.parties)
        for clause in treaty.obligations.values():
            named.update((clause.obligor, *clause.beneficiary))
    for name, actor in document.actors.items():
        if not actor.state and name not in named:
            said = "has no state, and no move, relation or treaty names it"
            resolved.bench.findings.warn(("actors", name), said, key=True)


def _expressions(resolved: Resolved) -> Iterator[Expression]:
    model = resolved.model
    for transition in (*model.transitions, *resolved.possible):
        found = [transition.when, transition.speed, *(t.becomes for t in transition.on)]
        for option in transition.options:
            found += [option.value, option.available]
            found += [effect.expression for effect in option.effects]
        yield from (expression for expression in found if expression is not None)
    yield from (outcome.when for outcome in model.outcomes)
    yield from (ending.when for ending in model.endings if ending.when is not None)
    if model.stop_when is not None:
        yield model.stop_when


def _never_true(resolved: Resolved) -> Iterator[Route]:
    """Routes of the conditions that nothing satisfies."""
    bench, model = resolved.bench, resolved.model
    for route, condition in bench.conditions.items():
        if not (satisfiable(model, condition) and _possible(model, condition)):
            said = f"no combination of values satisfies {condition.text!r}"
            bench.findings.warn(route, said)
            yield route


def _possible(model: Model, condition: Expression) -> bool:
    """Whether some combination of values makes a condition true."""
    node = condition.node
    choices = [model.parameter(name) for name in parameters_read(node)]
    if any(parameter.distribution.kind != "choices" for parameter in choices):
        return True
    states = tuple((name, model.variable(name).size) for name in variables_read(node))
    marks = outcomes_read(node)
    rows = [len(parameter.distribution.levels) for parameter in choices]
    if prod(rows) * prod(size for _, size in states) * 2 ** len(marks) > CELLS:
        return True
    grids = np.indices(rows).reshape(len(rows), prod(rows)).astype(np.float64)
    columns = {parameter.name: grids[i] for i, parameter in enumerate(choices)}
    value, wrong = table(node, Grid(states, columns, marks))
    return bool(np.any((value != 0) & ~wrong))


def _unreached(resolved: Resolved, found: Reach, never: set[Route]) -> None:
    model, findings = resolved.model, resolved.bench.findings
    for transition, fired, taken in zip(model.transitions, found.fired, found.taken, strict=True):
        if not fired:
            _never_fires(resolved, transition, never)
            continue
        for option, possible in zip(transition.options, taken, strict=True):
            if not possible and option.name is not None:
                findings.warn((*options_route(transition), option.name), "can never be taken")
    for outcome, distance in zip(model.outcomes, found.outcomes, strict=True):
        route = ("outcomes", outcome.name)
        if distance is None and (*route, "when") not in never:
            findings.warn(route, "can never happen", key=True)


def _never_fires(resolved: Resolved, transition: Transition, never: set[Route]) -> None:
    route, findings = route_of(transition), resolved.bench.findings
    if any(other[: len(route)] == route for other in never):
        return
    step = step_of(transition)
    if transition.part == "treaty" and transition.at is not None:
        findings.warn(route, "never binds before the horizon", key=True)
    elif step == "invoked":
        findings.warn((*route, "casus_foederis"), "can never be called")
    elif step == "reopened":
        findings.warn((*route, "reopens"), "can never be called again")
    elif transition.part != "treaty":
        findings.warn(route, "can never happen", key=True)
