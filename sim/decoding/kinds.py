"""Kinds of values: what a key may have as its value, how that is decoded, and its JSON Schema."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sim.decoding.context import Context
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node, Scalar, entries

Schema = dict[str, Any]
Definitions = dict[str, Schema]  # the `$defs` of the JSON Schema, by name
Decoded = Any  # each kind knows the type of its values; code that takes any kind does not
EMPTY = "is empty; give it a value or leave it out"


class Invalid(Exception):
    """A value that cannot be decoded, with the message for its author.

    Raised by kinds, caught and reported where the key is known. `below` is the path from that key
    to the part at fault; `key` points at the key instead of its value. Without a message every
    error has been reported already.
    """

    def __init__(self, message: str = "", *below: str | int, key: bool = False) -> None:
        self.message, self.below, self.key = message, below, key
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value. `decode` gives the value in its final form, or raises Invalid.

    A kind of some language may need that language's own context, a subclass of Context: so the
    context has no type here.
    """

    decode: Callable[[Node, KeyPath, Any], Decoded]
    schema: Callable[[Definitions], Schema]


def scalar_kind(check: Callable[[Any], Decoded], schema: Schema) -> Kind:
    """A kind that needs the value only; `check` gets a scalar's value, else the node."""

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        return check(node.value if isinstance(node, Scalar) else node)

    return Kind(decode, lambda _: dict(schema))


def decode_value(kind: Kind, node: Node, path: KeyPath, context: Context) -> Decoded:
    """A value decoded. What is wrong is reported; then Invalid is raised without a message."""
    if isinstance(node, Scalar) and node.value is None:  # `key:` with nothing after it
        context.problem(path, EMPTY)
        raise Invalid
    try:
        return kind.decode(node, path, context)
    except Invalid as error:
        if error.message:
            context.problem((*path, *error.below), error.message, key=error.key)
            # the message is about the whole value, so that its parts were not decoded
            report_empty(node, path, context)
        # without a message: it has been reported, and whoever has the key only leaves it out
        raise Invalid from None


def report_empty(node: Node, path: KeyPath, context: Context) -> None:
    """Report the empty values below a node that is not decoded: they are wrong in any case."""
    below: list[tuple[str | int, Node]] = []
    if isinstance(node, tree.Sequence):
        below = list(enumerate(node.items))
    elif isinstance(node, tree.Mapping):
        below = [(key, entry.value) for key, entry in node.entries.items()]
    for step, value in below:
        if isinstance(value, Scalar) and value.value is None:
            context.problem((*path, step), EMPTY)
        report_empty(value, (*path, step), context)


def require_mapping(node: Node) -> tree.Mapping:
    """The node, if it is a mapping. Raises Invalid."""
    if not isinstance(node, tree.Mapping):
        raise Invalid(f"must be a block of keys, found {describe(node)}")
    return node


def mapping_of(kind: Kind, name: Kind | None = None) -> Kind:
    """The kind of a mapping from names that the author chose to values of one kind.

    An invalid value is left out, so that everything else can still be checked.
    """

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        result: dict[str, Decoded] = {}
        for key, entry in entries(require_mapping(node)):
            below, before = (*path, key), len(context.diagnostics.problems)
            try:
                value = decode_value(kind, entry.value, below, context)
                if name is not None:
                    name.decode(Scalar(key, key, entry.place), below, context)
                result[key] = value
            except Invalid as error:
                if error.message:  # the name's; the value's has been reported
                    context.problem(below, error.message, key=True)
            # a value may be usable although a part of it is wrong: later checks must skip it
            if len(context.diagnostics.problems) > before:
                context.damaged.add(below)
        return result

    def schema(known: Definitions) -> Schema:
        # allowed names cannot be stated: those with a <placeholder> are allowed beside for_each
        return {"type": "object", "additionalProperties": kind.schema(known)}

    return Kind(decode, schema)


def list_of(kind: Kind, least: int = 0, most: int | None = None) -> Kind:
    """The kind of a list with a number of entries in bounds; one invalid entry makes it invalid."""

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        if not isinstance(node, tree.Sequence):
            # a single value is not taken for a list of one: a list of bounds has two
            raise Invalid(f"must be a list, found {describe(node)}")
        result, size = [], len(node.items)
        for i, item in enumerate(node.items):
            try:
                result.append(decode_value(kind, item, (*path, i), context))
            except Invalid:
                continue  # all invalid entries are reported, not only the first
        if not least <= size <= (size if most is None else most):
            bound, end = ("least", least) if size < least else ("most", most)
            noun = "entry" if end == 1 else "entries"
            raise Invalid(f"must have at {bound} {end} {noun}, found {size}")
        # an entry was reported: a shorter list would mean something else
        if len(result) < size:
            raise Invalid
        return tuple(result)

    def schema(known: Definitions) -> Schema:
        ends = ({"minItems": least} if least else {}) | ({"maxItems": most} if most else {})
        return {"type": "array", "items": kind.schema(known), **ends}

    return Kind(decode, schema)


def one_of(
    *allowed: str,
    synonyms: Mapping[str, str] | None = None,
    spellings: Mapping[str, str] | None = None,
) -> Kind:
    """The kind of one of some words.

    `synonyms` are words of other tools, for hints only; `spellings` are accepted and decoded to the
    one word.
    """

    def check(value: object) -> str:
        value = (spellings or {}).get(str(value), value)
        if isinstance(value, str) and value in allowed:
            return value
        other = (synonyms or {}).get(str(value))
        # a hint far from the word misleads more than none: hence the high cutoff
        near = [other] if other else get_close_matches(str(value), allowed, n=1, cutoff=0.7)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        words = f"one of {', '.join(allowed)}" if len(allowed) > 1 else repr(allowed[0])
        raise Invalid(f"must be {words}, found {describe(value)}{hint}")

    return scalar_kind(check, {"enum": list(allowed), "type": "string"})
