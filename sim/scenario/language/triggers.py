"""What starts a clock: a transition or one of its options fires, or a condition turns true."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.errors import unknown
from sim.model.expressions import Expression
from sim.model.transitions import Trigger
from sim.scenario.language.context import Context, Firing
from sim.scenario.language.declaring import (
    Declaration,
    Definitions,
    Kind,
    Schema,
    Wrong,
    attempt,
    tagged_union,
    word,
)
from sim.scenario.language.formulas import CONDITION
from sim.scenario.language.scalar_types import MENTION
from sim.source import tree
from sim.source.for_each import fill
from sim.source.tree import Entry, KeyPath, Node, entries, keys

_PLACEHOLDER = re.compile(r"<([A-Za-z_][A-Za-z0-9_]*)>")


@dataclass(frozen=True, kw_only=True)
class Becomes(Declaration):
    """The moment a condition turns true."""

    becomes: Expression = word(
        CONDITION, "Condition; the clock starts at the moment it turns true."
    )


def _list(node: Node, path: KeyPath, context: Context) -> list[Trigger]:
    """The triggers of a list, each once; none of them is left out."""
    assert isinstance(node, tree.Sequence)
    if not node.items:
        raise Wrong("must have at least 1 entry, found 0")
    made: list[Trigger] = []
    whole = True
    for i, item in enumerate(node.items):
        try:
            found = attempt(_ONE, item, (*path, i), context)
            made += [trigger for trigger in found if trigger not in made]
        except Wrong:
            whole = False
    if not whole:
        raise Wrong  # no clock runs without one of its triggers
    return made


def _one(node: Node, path: KeyPath, context: Context) -> list[Trigger]:
    written = _SINGLE.decode(node, path, context)
    if isinstance(written, Becomes):
        return [Trigger(becomes=written.becomes)]
    return list(_triggers(written, context))


def _triggers_of(node: Node, path: KeyPath, context: Context) -> tuple[Trigger, ...]:
    """The triggers of an `on`."""
    if isinstance(node, tree.Sequence):
        return tuple(_list(node, path, context))
    return tuple(_one(node, path, context))


def _schema(known: Definitions) -> Schema:
    one = _SINGLE.schema(known)
    return {"anyOf": [*one["anyOf"], {"type": "array", "items": one, "minItems": 1}]}


_SINGLE = tagged_union("trigger", {"becomes": Becomes}, scalar=MENTION)
_ONE = Kind(_one, _SINGLE.schema)
TRIGGERS = Kind(_triggers_of, _schema)


def _triggers(item: str, context: Context) -> Iterator[Trigger]:
    """What a name in `on` stands for. Raises Wrong."""
    if _PLACEHOLDER.search(item):
        yield from _copies(item, context)
        return
    name, _, option = item.rpartition(".")
    if item in context.firings:
        if name in context.firings and option in context.firings[name].options:
            raise Wrong(f"{item!r} is a clause and also an option of {name!r}; rename one of them")
        if item in context.bound_at_start:
            raise Wrong(f"{name!r} binds from the start, so {item!r} never fires")
        yield Trigger(transition=item)
    elif name in context.firings:
        options = context.firings[name].options
        if option not in options:
            raise Wrong(unknown(f"option of {name}", option, options))
        yield Trigger(transition=name, option=option)
    elif meant := _as_condition(item):
        raise Wrong(f"{item!r} is a condition, not a name; write {{becomes: {meant}}}")
    else:
        raise Wrong(unknown("move, event or clause", item, list(context.firings)))


def _as_condition(item: str) -> str:
    """The condition a text may be meant for; nothing if it is one word."""
    words = " ".join(re.sub(r"^becomes[\s:]+", "", item).split())
    return words if " " in words or words != item else ""


def _copies(item: str, context: Context) -> Iterator[Trigger]:
    """Any copy of what for_each multiplied: `<observer>_judges`, `<observer>_judges.blames`."""
    free = set(_PLACEHOLDER.findall(item))
    some = False
    for name, firing in context.firings.items():
        # placeholders that the `on` itself leaves open stand for any word
        fixed = {key: value for key, value in firing.fillings.items() if key not in free}
        template = fill(firing.template, fixed)
        if not template or not item.startswith(template):
            continue
        rest = item[len(template) :]
        option = fill(rest[1:], dict(firing.fillings))
        if not rest:
            some = True
            yield Trigger(transition=name)
        elif rest[0] == "." and option in firing.options:
            some = True
            yield Trigger(transition=name, option=option)
    if not some:
        known = dict.fromkeys(f.template for f in context.firings.values() if f.template)
        raise Wrong(unknown("move, event or clause with for_each", item, list(known)))


def firings(root: tree.Mapping) -> dict[str, Firing]:
    """Every transition a rule can wait for, by name; of what is broken too."""
    made: dict[str, Firing] = {}
    for treaty, entry in entries(root.get("treaties")):
        made[f"{treaty}.binds"] = Firing()
        for name, clause in entries(_below(entry, "obligations")):
            template = f"{treaty}.{clause.origin}" if clause.origin else ""
            answers = tuple(keys(clause.value, "responses"))
            made[f"{treaty}.{name}"] = Firing(answers, template, clause.fillings)
            for step in ("invoked", "reopened") if _below(clause, "reopens") else ("invoked",):
                later = f"{template}.{step}" if template else ""
                made[f"{treaty}.{name}.{step}"] = Firing((), later, clause.fillings)
    for section in ("moves", "events"):
        for name, entry in entries(root.get(section)):
            options = tuple(keys(entry.value, "choose"))
            options = ("nothing",) if _below(entry, "chance") else options
            made[name] = Firing(options, entry.origin, entry.fillings)
    return made


def _below(entry: Entry, key: str) -> Node | None:
    return entry.value.get(key) if isinstance(entry.value, tree.Mapping) else None
