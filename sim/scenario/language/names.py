"""Names: each is unique in its name space, and expressions know what each stands for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from sim.decoding.kinds import Kind, mapping_of
from sim.decoding.scalars import NAME
from sim.expressions import Mistake, Vocabulary, expanded_size, names_and_depth, one_line
from sim.model.expressions import Expression
from sim.model.expressions import Node as ExpressionTree
from sim.model.name_hash import shared_streams
from sim.model.parameters import Parameter
from sim.model.state import Variable
from sim.scenario.language.context import Context
from sim.scenario.language.formulas import CONDITION_SCHEMA, condition_value
from sim.source import tree
from sim.source.diagnostics import Diagnostics
from sim.source.tree import KeyPath, Node, keys, place_of

# Two name spaces: what expressions can name, and what becomes a transition. Within one, a name
# stands for one thing; in the machine form and in tables nothing else distinguishes them.
_VALUES = {
    "relations": "a relation",
    "state": "a state variable",
    "parameters": "a parameter",
    "facts": "a fact",
    "delays": "a delay",
    "outcomes": "an outcome",
}
_RULES = {"moves": "a move", "events": "an event", "interventions": "an intervention"}
_SPACES = (_VALUES, _RULES)
# Sections with names that expressions can read, and sections with names that they cannot.
_READABLE = ("actors", "relations", "state", "parameters", "facts", "treaties")
_UNREADABLE = {
    "actors": "an actor",
    "treaties": "a treaty",
    "ladders": "a ladder",
    **_RULES,
    "endings": "an ending",
}


def check_unique_names(diagnostics: Diagnostics) -> None:
    """Report every name that stands for two things of one name space."""
    root = diagnostics.tree
    for space in _SPACES:
        seen: dict[str, KeyPath] = {}
        uses: list[KeyPath] = [(section, name) for section in space for name in keys(root, section)]
        # in file order: the later use is the error
        for path in sorted(uses, key=lambda use: place_of(root, use, key=True)):
            name = str(path[1])
            if name in seen:
                first = seen[name]
                line = place_of(root, first, key=True).line
                text = f"the name {name!r} is used twice: {space[str(first[0])]} has it"
                # of what is in memory there are no lines
                diagnostics.problem(path, f"{text} in line {line}" if line else text, key=True)
            seen.setdefault(name, path)  # the first use


def check_random_streams(
    context: Context, paths: Mapping[str, KeyPath], parameters: Iterable[str]
) -> None:
    """Report names with one hash, which would share their random numbers.

    `paths` has every transition with its path in the file.
    """
    for kind, name, text in shared_streams(paths, parameters):
        path = paths[name] if kind == "transition" else ("parameters", name)
        context.problem(path, text, key=True)


def check_qualified_names(context: Context) -> None:
    """Report a state variable of an actor and an obligation with one qualified name."""
    for name in context.in_section("treaties"):
        state = keys(context.tree, "actors", name, "state")
        for clause in keys(context.tree, "treaties", name, "obligations"):
            path = ("treaties", name, "obligations", clause)
            if clause == "binds":  # `pact.binds` is the flag
                context.problem(path, "'binds' is the flag of the treaty itself", key=True)
            elif clause in state:
                message = f"{name}.{clause} is a state variable of the actor {name!r} already"
                context.problem(path, message, key=True)
        if "binds" in state:
            message = f"{name}.binds is the flag of the treaty {name!r}"
            context.problem(("actors", name, "state", "binds"), message, key=True)


def vocabulary(
    context: Context, variables: Iterable[Variable], parameters: Iterable[Parameter]
) -> Vocabulary:
    """What expressions can name, without the facts, which are added one by one."""
    root = context.tree
    known = {variable.name: variable for variable in variables}  # the valid ones
    numbers = {parameter.name: parameter for parameter in parameters}
    # what is declared and could not be decoded: expressions that read it are passed over in silence
    invalid = set(_variable_names(root)) - set(known)
    invalid |= set(keys(root, "parameters")) - set(numbers)
    return Vocabulary(
        variables=known,
        parameters=numbers,
        delays=frozenset(keys(root, "delays")),
        outcomes=frozenset(keys(root, "outcomes")),
        invalid=frozenset(invalid),
        unreadable={
            **{name: what for s, what in _UNREADABLE.items() for name in keys(root, s)},
            **dict(_options(context)),
        },
        triggers=frozenset(context.named_transitions),
        # then unknown names are not reported
        partial=any(section in context.unreadable for section in _READABLE),
    )


def _options(context: Context) -> Iterator[tuple[str, str]]:
    """What each option that `on` can name is, by its name with that of its transition."""
    for name, transition in context.named_transitions.items():
        yield from ((f"{name}.{option}", f"an option of {name}") for option in transition.options)


def _variable_names(root: tree.Mapping) -> Iterator[str]:
    """The name of every state variable except those of treaties, of invalid ones too."""
    for actor in keys(root, "actors"):
        yield from (f"{actor}.{name}" for name in keys(root, "actors", actor, "state"))
    yield from keys(root, "relations")
    yield from keys(root, "state")


def _fact_text(node: Node, path: KeyPath, context: Context) -> str:
    return one_line(condition_value(node))


_TEXTS = mapping_of(Kind(_fact_text, lambda _: dict(CONDITION_SCHEMA)), NAME)


def _facts(node: Node, path: KeyPath, context: Context) -> Mapping[str, Expression]:
    """All facts, each also added to the vocabulary; a fact is read after those that it names."""
    texts: dict[str, str] = _TEXTS.decode(node, path, context)
    # None: an invalid fact, about which no expression that names it is reported
    trees: dict[str, ExpressionTree | None] = dict.fromkeys(set(keys(node)) - set(texts))
    lengths: dict[str, tuple[int, int]] = {}  # length and depth, expanded
    context.vocabulary = replace(context.vocabulary, facts=trees, lengths=lengths)
    made: dict[str, Expression] = {}
    for name in _in_reading_order(texts, trees, context):
        below = (*path, name)
        condition = context.expression(texts[name], below, "condition")
        trees[name] = condition.node if condition else None
        if condition:
            # facts of facts grow fast: what one becomes with all names replaced has a limit
            lengths[name] = expanded_size(texts[name], lengths)
            context.conditions[below] = made[name] = condition
    return {name: made[name] for name in texts if name in made}


def _in_reading_order(
    texts: Mapping[str, str], invalid: dict[str, ExpressionTree | None], context: Context
) -> list[str]:
    """The facts, each after those that it names; those in a circle are reported and left out."""
    reads = {
        name: [other for other in _names_in(text) if other in texts] for name, text in texts.items()
    }
    while True:  # until no circle is left; each pass removes one
        try:
            return list(TopologicalSorter(reads).static_order())
        except CycleError as error:
            names = circle_of(error, {name: i for i, name in enumerate(texts)})
            message = f"facts read one another in a circle: {' -> '.join([*names, names[0]])}"
            context.problem(("facts", names[0]), message)
            invalid.update(dict.fromkeys(names))  # all of the circle
            reads = {
                name: [other for other in others if other not in names]
                for name, others in reads.items()
                if name not in names
            }


def circle_of(error: CycleError, order: Mapping[str, int]) -> list[str]:
    """The names of a circle, each reading the next, the last the first; the earliest comes first.

    Which member the sorter begins with depends on details; the first of the file is stable.
    """
    circle: list[str] = error.args[1][:0:-1]  # the sorter has the first one twice
    first = circle.index(min(circle, key=order.__getitem__))
    return [*circle[first:], *circle[:first]]


def _names_in(text: str) -> tuple[str, ...]:
    try:
        return names_and_depth(text)[0]
    except Mistake:  # reported when the fact is read
        return ()


FACTS = Kind(_facts, _TEXTS.schema)
