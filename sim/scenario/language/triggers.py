"""Triggers: a transition or one of its options fires, or a condition turns true."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.decoding.declarations import Declaration, required, tagged_union
from sim.decoding.kinds import Definitions, Invalid, Kind, Schema, decode_value
from sim.decoding.scalars import REFERENCE
from sim.errors import unknown
from sim.model.expressions import Expression
from sim.model.transitions import Trigger
from sim.scenario.language.context import Context, NamedTransition
from sim.scenario.language.formulas import CONDITION
from sim.source import tree
from sim.source.for_each import fill
from sim.source.tree import Entry, KeyPath, Node, entries, keys

_PLACEHOLDER = re.compile(r"<([A-Za-z_][A-Za-z0-9_]*)>")


@dataclass(frozen=True, kw_only=True)
class Becomes(Declaration):
    """The moment a condition turns true."""

    becomes: Expression = required(
        CONDITION, "Condition; the clock starts at the moment it turns true."
    )


def _list(node: Node, path: KeyPath, context: Context) -> list[Trigger]:
    """The triggers of a list, each once. Raises Invalid if one of them is."""
    assert isinstance(node, tree.Sequence)
    if not node.items:
        raise Invalid("must have at least 1 entry, found 0")
    made: list[Trigger] = []
    # all entries are read, so that every error in the list is told at once
    whole = True
    for i, item in enumerate(node.items):
        try:
            found = decode_value(_ONE, item, (*path, i), context)
            # two patterns may match one copy
            made += [trigger for trigger in found if trigger not in made]
        except Invalid:
            whole = False
    if not whole:
        raise Invalid  # a clock with a part of its triggers would be another clock
    return made


def _one(node: Node, path: KeyPath, context: Context) -> list[Trigger]:
    written = _SINGLE.decode(node, path, context)
    if isinstance(written, Becomes):
        return [Trigger(becomes=written.becomes)]
    return list(_triggers_named(written, context))


def _triggers_of(node: Node, path: KeyPath, context: Context) -> tuple[Trigger, ...]:
    """The triggers of an `on`."""
    if isinstance(node, tree.Sequence):
        return tuple(_list(node, path, context))
    return tuple(_one(node, path, context))


def _schema(known: Definitions) -> Schema:
    one = _SINGLE.schema(known)
    return {"anyOf": [*one["anyOf"], {"type": "array", "items": one, "minItems": 1}]}


_SINGLE = tagged_union("trigger", {"becomes": Becomes}, scalar=REFERENCE)
_ONE = Kind(_one, _SINGLE.schema)
TRIGGERS = Kind(_triggers_of, _schema)


def _triggers_named(item: str, context: Context) -> Iterator[Trigger]:
    """The triggers for a name in `on`. Raises Invalid if there are none."""
    if _PLACEHOLDER.search(item):
        yield from _triggers_of_copies(item, context)
        return
    # `pact.art1` is a clause, `pact.art1.fights` its response, `shot.hit` an option of an event:
    # what a name with dots means depends on what is declared
    name, _, option = item.rpartition(".")
    if item in context.named_transitions:
        if name in context.named_transitions and option in context.named_transitions[name].options:
            raise Invalid(
                f"{item!r} is a clause and also an option of {name!r}; rename one of them"
            )
        if item in context.bound_at_start:
            raise Invalid(f"{name!r} binds from the start, so {item!r} never fires")
        yield Trigger(transition=item)
    elif name in context.named_transitions:
        options = context.named_transitions[name].options
        if option not in options:
            raise Invalid(unknown(f"option of {name}", option, options))
        yield Trigger(transition=name, option=option)
    elif meant := _as_condition(item):  # `on: korea >= clash` without `becomes`
        raise Invalid(f"{item!r} is a condition, not a name; write {{becomes: {meant}}}")
    else:
        raise Invalid(unknown("move, event or clause", item, list(context.named_transitions)))


def _as_condition(item: str) -> str:
    """The condition that a text may be meant to be; empty if it is one word."""
    # `becomes: korea >= clash` as a text
    words = " ".join(re.sub(r"^becomes[\s:]+", "", item).split())
    return words if " " in words or words != item else ""


def _triggers_of_copies(item: str, context: Context) -> Iterator[Trigger]:
    """Every copy that `for_each` made: `<observer>_judges`, `<observer>_judges.blames`."""
    free = set(_PLACEHOLDER.findall(item))
    any_found = False
    for name, firing in context.named_transitions.items():
        # The `on` may stand in a rule with for_each of its own: then some of its placeholders have
        # been replaced by this copy's words, and only those still open stand for any word.
        fixed = {key: value for key, value in firing.fillings.items() if key not in free}
        template = fill(firing.template, fixed)
        if not template or not item.startswith(template):  # not a copy, or of another original
            continue
        rest = item[len(template) :]  # `.option` or nothing
        option = fill(rest[1:], dict(firing.fillings))
        if not rest:
            any_found = True
            yield Trigger(transition=name)
        elif rest[0] == "." and option in firing.options:
            any_found = True
            yield Trigger(transition=name, option=option)
    if not any_found:
        known = dict.fromkeys(f.template for f in context.named_transitions.values() if f.template)
        raise Invalid(unknown("move, event or clause with for_each", item, list(known)))


def named_transitions(root: tree.Mapping) -> dict[str, NamedTransition]:
    """Every transition that `on` can name, also of rules that are invalid."""
    made: dict[str, NamedTransition] = {}
    for treaty, entry in entries(root.get("treaties")):
        made[f"{treaty}.binds"] = NamedTransition()
        for name, clause in entries(_below(entry, "obligations")):
            template = f"{treaty}.{clause.origin}" if clause.origin else ""
            answers = tuple(keys(clause.value, "responses"))
            made[f"{treaty}.{name}"] = NamedTransition(answers, template, clause.fillings)
            for step in _steps(clause):
                later = f"{template}.{step}" if template else ""
                made[f"{treaty}.{name}.{step}"] = NamedTransition((), later, clause.fillings)
    for section in ("moves", "events"):
        for name, entry in entries(root.get(section)):
            options = tuple(keys(entry.value, "choose"))
            # the other option of `chance`
            options = ("nothing",) if _below(entry, "chance") else options
            made[name] = NamedTransition(options, entry.origin, entry.fillings)
    return made


def _steps(clause: Entry) -> Iterator[str]:
    """The steps of a clause that have a name of their own, `pact.art1.invoked`."""
    yield "invoked"
    if _below(clause, "lapses") is not None:
        yield "lapsed"
    if _below(clause, "reopens") is not None:
        yield "reopened"


def _below(entry: Entry, key: str) -> Node | None:
    return entry.value.get(key) if isinstance(entry.value, tree.Mapping) else None
