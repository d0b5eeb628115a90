"""Notes: what changes nothing further, perhaps on purpose, and what charts have no name for.

A note is not a warning: `check` lists notes and counts none of them as a mistake. A variable with
`final: true` ends the story on purpose and gets none.
"""

from collections.abc import Iterable, Iterator, Mapping

from sim.model.expressions import Comparison, Constant, Expression, Node, StateOf, variables_read
from sim.model.expressions import walk as nodes_of
from sim.model.model import Model
from sim.scenario.diagnostics.labels import in_words, without_short, without_title
from sim.scenario.language.context import Context
from sim.scenario.language.document import Document
from sim.scenario.language.state import StateVariable
from sim.scenario.resolve import Resolved
from sim.source.tree import KeyPath, place_of


def note(
    document: Document, resolved: Resolved, context: Context, *, is_variant: bool = False
) -> None:
    """Report all notes about a scenario without errors; of a variant, those of its own file."""
    own_file = context.tree.place.file if is_variant else None

    def own(path: KeyPath) -> bool:
        return own_file in (None, place_of(context.tree, path, key=True).file)

    unread = (*_only_outcomes(document, resolved), *_untold(document, resolved))
    for path, text in (*unread, *without_short(document)):
        if own(path):
            context.diagnostics.note(path, text, key=True)
    # one note a section: a file without titles would else have one for nearly every line
    unnamed: dict[tuple[str, str], list[tuple[KeyPath, str]]] = {}
    for section, key, path, name in without_title(document):
        if own(path):
            unnamed.setdefault((section, key), []).append((path, name))
    for (_, key), found in unnamed.items():
        text = in_words(key, [name for _, name in found])
        context.diagnostics.note(found[0][0], text, key=True)


def _only_outcomes(document: Document, resolved: Resolved) -> Iterator[tuple[KeyPath, str]]:
    """State variables that rules set and nothing but outcomes and endings reads."""
    model, rules = resolved.model, resolved.all_transitions
    effects = [effect for rule in rules for option in rule.options for effect in option.effects]
    is_set = {effect.variable for effect in effects}
    read_by_rules = _read(_of_rules(resolved)) | {effect.source for effect in effects}
    read_by_ends = _read(_of_ends(model))
    for name, path, declared in _variables(document):
        if name in is_set & read_by_ends - read_by_rules and not declared.final:
            yield path, "rules set it, and nothing but outcomes and endings reads it"


def _untold(document: Document, resolved: Resolved) -> Iterator[tuple[KeyPath, str]]:
    """Levels that no expression tells from the level below; of a ladder, for all its variables."""
    model = resolved.model
    expressions = [*_of_rules(resolved), *_of_ends(model)]
    nodes = [node for one in expressions for node in nodes_of(one.node)]
    read = _read(expressions)
    told = _told(nodes, model)
    for rule in resolved.all_transitions:
        for option in rule.options:
            for effect in option.effects:  # what is copied may be told apart where it goes
                told.setdefault(effect.source, set()).update(range(10_000) if effect.source else ())
    by_list: dict[KeyPath, tuple[tuple[str, ...], set[int]]] = {}
    for name, path, declared in _variables(document):
        variable = model.variable(name)
        if variable.kind != "levels" or declared.final or name not in read:
            continue  # what nothing reads has a warning already
        where: KeyPath = ("ladders", variable.ladder) if variable.ladder else (*path, "levels")
        by_list.setdefault(where, (variable.levels, set()))[1].update(told.get(name, set()))
    for where, (levels, apart) in by_list.items():
        for i in range(1, len(levels)):
            if i not in apart:
                text = f"no expression tells {levels[i]!r} from {levels[i - 1]!r}, the level below"
                yield (*where, i), text


def _told(nodes: Iterable[Node], model: Model) -> dict[str, set[int]]:
    """By variable, the levels that some comparison tells from the level below."""
    told: dict[str, set[int]] = {}
    for node in nodes:
        if not isinstance(node, Comparison):
            continue
        match node.left, node.right:
            case (StateOf(name), Constant(value)):
                found = _steps(node.op, int(value))
            case (Constant(value), StateOf(name)):
                found = _steps(_MIRRORED[node.op], int(value))
            case _:  # two variables: any level may decide
                for name in variables_read(node):
                    told.setdefault(name, set()).update(range(model.variable(name).size))
                continue
        told.setdefault(name, set()).update(found)
    return told


_MIRRORED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def _steps(sign: str, level: int) -> set[int]:
    """Which levels `variable sign level` tells from the level below them."""
    if sign in ("==", "!="):
        return {level, level + 1}
    return {level} if sign in (">=", "<") else {level + 1}


def _read(expressions: Iterable[Expression]) -> set[str]:
    return {name for one in expressions for name in variables_read(one.node)}


def _of_rules(resolved: Resolved) -> Iterator[Expression]:
    """What decides whether, when and how something happens, or a path stops."""
    found: list[Expression | None] = [resolved.model.stop_when]
    for rule in resolved.all_transitions:
        found += [rule.when, rule.speed, *(trigger.becomes for trigger in rule.on)]
        for option in rule.options:
            found += [option.value, option.available]
            found += [effect.expression for effect in option.effects]
    return (one for one in found if one is not None)


def _of_ends(model: Model) -> Iterator[Expression]:
    yield from (outcome.when for outcome in model.outcomes)
    yield from (ending.when for ending in model.endings if ending.when is not None)


def _variables(document: Document) -> Iterator[tuple[str, KeyPath, StateVariable]]:
    """The declared state variables: qualified name, path, declaration."""
    for actor, of in document.actors.items():
        for name, one in of.state.items():
            yield f"{actor}.{name}", ("actors", actor, "state", name), one
    for section in ("relations", "state"):
        for name, one in getattr(document, section).items():
            yield name, (section, name), one
