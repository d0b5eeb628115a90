"""Who can know what: rules that read a state variable which their actor cannot know.

`known_to` on a variable lists the actors who can know its value; the actor that it belongs to
always can. A move is checked in its guard, its triggers and the odds of its options; a clause in
its casus foederis, in what reopens it or lets it lapse, and in the odds of its responses.
"""

from collections.abc import Iterator

from sim.model.expressions import Expression, Fact, variables_read, walk
from sim.model.transitions import Transition
from sim.scenario.diagnostics.checks import options_path, value_path
from sim.scenario.language.context import Context
from sim.scenario.language.document import Document
from sim.scenario.resolve import Resolved
from sim.source.tree import KeyPath

Reading = tuple[KeyPath, Expression, str]  # where it stands, what is read, by which actor


def warn_of_the_unknowable(document: Document, resolved: Resolved, context: Context) -> None:
    """Warn of every expression that reads what its actor cannot know."""
    model = resolved.model
    hidden = {one.name: one for one in model.variables if one.known_to is not None}
    if not hidden:
        return
    for path, expression, actor in (*_of_moves(resolved), *_of_clauses(document, resolved)):
        for name in variables_read(expression.node):
            if name in hidden and not hidden[name].can_be_known_by(actor):
                text = f"{actor} cannot know {name!r}{_through(expression, name)}"
                context.diagnostics.warn(path, f"{text}; {hidden[name].knowers}")


def _through(expression: Expression, name: str) -> str:
    """The named condition by which an expression reads a variable, if it does not name it."""
    facts = [node for node in walk(expression.node) if isinstance(node, Fact)]
    through = next((fact.name for fact in facts if name in variables_read(fact.says)), "")
    return f", which {through!r} reads" if through else ""


def _of_moves(resolved: Resolved) -> Iterator[Reading]:
    for rule in resolved.all_transitions:
        # an intervention is what would be different, whoever knows of it
        if rule.part == "move" and rule.actor:
            path = resolved.paths[rule.name]
            if rule.when is not None:
                yield (*path, "when"), rule.when, rule.actor
            for trigger in rule.on:
                if trigger.becomes is not None:
                    yield (*path, "on"), trigger.becomes, rule.actor
            yield from _of_options(rule, path, rule.actor)


def _of_clauses(document: Document, resolved: Resolved) -> Iterator[Reading]:
    model = resolved.model
    for treaty in document.treaties.values():
        for clause in treaty.obligations.values():
            for key in ("casus_foederis", "reopens", "lapses"):
                expression = getattr(clause, key)
                if expression is not None:
                    yield (*clause.path, key), expression, clause.obligor
            answer = model.transition(clause.qualified)
            yield from _of_options(answer, clause.path, clause.obligor)


def _of_options(rule: Transition, path: KeyPath, actor: str) -> Iterator[Reading]:
    """The odds of options and the conditions under which they are available."""
    for option in rule.options:
        if option.value is not None:
            yield value_path(rule, option, path), option.value, actor
        if option.available is not None:
            yield (
                (*options_path(rule, path), str(option.name), "available"),
                option.available,
                actor,
            )
