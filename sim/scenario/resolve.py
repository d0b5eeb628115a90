"""Resolution: from a decoded document to a model; every rule becomes transitions."""

from collections.abc import Iterable
from dataclasses import dataclass

from sim.model.model import Actor, Model
from sim.model.state import Variable
from sim.model.transitions import Transition
from sim.scenario.language.context import Context
from sim.scenario.language.document import Document
from sim.scenario.language.outcomes import endings, outcome_order
from sim.source.tree import KeyPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A model, the events that interventions would add, and the path of each transition."""

    model: Model
    added: tuple[Transition, ...]  # events of interventions that are not applied
    paths: dict[str, KeyPath]  # transition -> rule, or clause, or the treaty whose date it is

    @property
    def all_transitions(self) -> tuple[Transition, ...]:
        """The transitions of the model, then those of interventions."""
        return (*self.model.transitions, *self.added)


def resolve(document: Document, context: Context) -> Resolved:
    """The model of a document without interventions; contradictions of its parts are reported."""
    paths: dict[str, KeyPath] = {}
    transitions: list[Transition] = []
    for made, path in _transitions(document, context):
        transitions.append(made)
        paths[made.name] = path  # for messages of checks and warnings
    added = []
    for one in document.interventions.values():
        # the model has no such event; it is resolved here to be checked, and for `under`
        if one.has_event:
            event = one.transition(context.origin(one.path), "intervention", context.rationalities)
            added.append(event)
            paths[event.name] = one.path
    outcomes = tuple(one.outcome() for one in document.outcomes.values())
    model = Model(
        name=document.scenario,
        title=document.label,
        horizon=document.horizon,
        start=document.start,
        actors=tuple(Actor(name=one.name, title=one.label) for one in document.actors.values()),
        variables=tuple(_variables(document)),
        parameters=tuple(one.parameter() for one in document.parameters.values()),
        transitions=tuple(transitions),
        outcomes=outcomes,
        outcome_order=outcome_order(outcomes, context),
        endings=endings(document.endings, context),
        stop_when=document.stop_when,
        correlated=document.correlated,
    )
    return Resolved(model=model, added=tuple(added), paths=paths)


def _variables(document: Document) -> Iterable[Variable]:
    """All state variables in the order of the file's sections; those of treaties last."""
    for actor in document.actors.values():
        for name, one in actor.state.items():
            yield one.variable(f"{actor.name}.{name}", actor.name)
    yield from (one.variable(name) for name, one in document.relations.items())
    yield from (one.variable(name) for name, one in document.state.items())
    for treaty in document.treaties.values():
        yield from treaty.variables(document.moments[treaty.name])


def _transitions(document: Document, context: Context) -> Iterable[tuple[Transition, KeyPath]]:
    """Transitions with their paths: treaties, moves, events; this order decides ties (rule 4)."""
    weights = context.rationalities
    for treaty in document.treaties.values():
        for made in treaty.binding(document.moments[treaty.name]):
            yield made, treaty.path
        for clause in treaty.obligations.values():
            where = context.where((*clause.path, "casus_foederis"))  # for run-time errors
            for made in clause.transitions(context.origin(clause.path), where, weights):
                yield made, clause.path
    for move in document.moves.values():
        yield move.transition(context.origin(move.path), "move", weights), move.path
    for event in document.events.values():
        yield event.transition(context.origin(event.path), "event", weights), event.path
