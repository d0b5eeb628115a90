"""How the words of the language are declared, once, and read by everybody who needs them.

A *kind* is what may stand behind a key: how it is decoded, and what a JSON Schema says of it. A
*declaration* is a frozen class whose fields are keys, each with its kind, its default and one
sentence. The decoder, the lists of known keys in messages, the JSON Schema and the tables of
LANGUAGE.md all read these fields; there is no other list of keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, make_dataclass
from difflib import get_close_matches
from typing import Any, ClassVar, Self

from sim.errors import Place, unknown
from sim.scenario.language.context import Context
from sim.source import tree
from sim.source.diagnostics import found
from sim.source.tree import KeyPath, Node, Scalar, entries, place_of

Schema = dict[str, Any]
Definitions = dict[str, Schema]
Decoded = Any  # each kind knows the type of its values; a table of kinds does not
EMPTY = "is empty; give it a value or leave it out"


class Wrong(Exception):
    """A value that cannot be decoded, with what to tell its author.

    Raised by kinds, caught and noted where the key is known. `below` is the way from that key to
    what is wrong; `key` points at the key instead of its value. Without a message everything has
    been told already.
    """

    def __init__(self, message: str = "", *below: str | int, key: bool = False) -> None:
        self.message, self.below, self.key = message, below, key
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Kind:
    """What may stand behind a key. `decode` gives the final value, or raises Wrong."""

    decode: Callable[[Node, KeyPath, Context], Decoded]
    schema: Callable[[Definitions], Schema]


def scalar_kind(check: Callable[[Any], Decoded], schema: Schema) -> Kind:
    """A kind of which the value alone decides; `check` gets a scalar's value, else the node."""

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        return check(node.value if isinstance(node, Scalar) else node)

    return Kind(decode, lambda _: dict(schema))


def word(kind: Kind, sentence: str, *, default: Any = MISSING, key: str = "") -> Any:
    """A field of a declaration that is a key of the language; required without a default."""
    about = {"kind": kind, "sentence": sentence, "key": key}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=about)
    return field(default=default, metadata=about)


def optional(kind: Kind, sentence: str, *, key: str = "") -> Any:
    """A key that may be left out, and is None then."""
    return word(kind, sentence, default=None, key=key)


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Something with keys, decoded: only known keys, each of its kind, with its place in the file.

    `also` lists keys that authors bring from elsewhere, and what they are called here; `gone` those
    that are understood before anything is decoded.
    """

    path: KeyPath = ()
    place: Place = Place()
    also: ClassVar[Mapping[str, str]] = {}
    gone: ClassVar[Sequence[str]] = ()

    @property
    def name(self) -> str:
        """The key that the thing stands behind: its short name."""
        return str(self.path[-1])

    def checked(self, context: Context, broken: frozenset[str]) -> Self:
        """Note what is wrong between keys; `broken` are those whose own value is wrong."""
        return self


_WORDS: dict[type[Declaration], Mapping[str, Field[Any]]] = {}


def words_of(kind: type[Declaration]) -> Mapping[str, Field[Any]]:
    """The keys of a declaration in the order in which they are declared."""
    if kind not in _WORDS:
        own = [one for one in fields(kind) if "kind" in one.metadata]
        _WORDS[kind] = {one.metadata["key"] or one.name: one for one in own}
    return _WORDS[kind]


def is_required(one: Field[Any]) -> bool:
    """Whether a key must be there."""
    return one.default is MISSING and one.default_factory is MISSING


class Keys:
    """The keys of one mapping while it is decoded, in one go or a few at a time."""

    def __init__(
        self, kind: type[Declaration], node: Node, path: KeyPath, context: Context
    ) -> None:
        if not isinstance(node, tree.Mapping):
            raise Wrong(f"must be a block of keys, found {found(node)}")
        self.kind, self.node, self.path, self.context = kind, node, path, context
        self.words = words_of(kind)
        self.values: dict[str, Decoded] = {}
        self.broken: set[str] = set()

    def decode(self, *keys: str) -> None:
        """Decode these keys, those that are there; what is wrong with them is noted."""
        for key in keys:
            entry, one = self.node.entries.get(key), self.words[key]
            if entry is not None:
                try:
                    kind: Kind = one.metadata["kind"]
                    self.values[one.name] = attempt(
                        kind, entry.value, (*self.path, key), self.context
                    )
                except Wrong:
                    self.broken.add(key)

    def made(self) -> Any:
        """The declaration; Wrong if a key it cannot do without is missing or broken."""
        lacking = [key for key, one in self.words.items() if is_required(one)]
        for key in lacking:
            if key not in self.node.entries:
                self.context.problem((*self.path, key), "is missing")
        if self.broken:  # also by something that is told elsewhere, as a broken delay by its name
            self.context.damaged.add(self.path)
        if any(self.words[key].name not in self.values for key in lacking):
            raise Wrong
        place = place_of(self.context.tree, self.path, key=True)
        made = self.kind(path=self.path, place=place, **self.values)
        return made.checked(self.context, frozenset(self.broken))

    def note_unknown(self, other_forms: Sequence[str] = ()) -> None:
        """Note keys that mean nothing here, and those that belong to another form."""
        for key, entry in self.node.entries.items():
            if key in self.words:
                continue
            below = (*self.path, key)
            if isinstance(entry.value, Scalar) and entry.value.value is None:
                self.context.problem(below, EMPTY)
                continue
            if key in other_forms:
                first = next(one for one in self.words if one in self.node.entries)
                text = f"`{key}` has no place beside `{first}`; keep one of the two"
            elif key in self.kind.also:
                text = f"unknown key {key!r}; did you mean {self.kind.also[key]!r}?"
            else:
                text = unknown("key", key, [*self.kind.gone, *self.words])
            self.context.problem(below, text, key=True)
            _note_empty(entry.value, below, self.context)


def attempt(kind: Kind, node: Node, path: KeyPath, context: Context) -> Decoded:
    """A value decoded; what is wrong with it is noted, then Wrong is raised without a message."""
    if isinstance(node, Scalar) and node.value is None:
        context.problem(path, EMPTY)
        raise Wrong
    try:
        return kind.decode(node, path, context)
    except Wrong as wrong:
        if wrong.message:
            context.problem((*path, *wrong.below), wrong.message, key=wrong.key)
            _note_empty(node, path, context)
        raise Wrong from None


def _note_empty(node: Node, path: KeyPath, context: Context) -> None:
    """Note the empty values below something that is not decoded: they mean nothing anywhere."""
    below: list[tuple[str | int, Node]] = []
    if isinstance(node, tree.Sequence):
        below = list(enumerate(node.items))
    elif isinstance(node, tree.Mapping):
        below = [(key, entry.value) for key, entry in node.entries.items()]
    for step, value in below:
        if isinstance(value, Scalar) and value.value is None:
            context.problem((*path, step), EMPTY)
        _note_empty(value, (*path, step), context)


def block(kind: type[Declaration], other_forms: Sequence[str] = ()) -> Kind:
    """The kind of a mapping with the keys of a declaration."""

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        keys = Keys(kind, node, path, context)
        keys.note_unknown(other_forms)
        keys.decode(*keys.node.entries.keys() & keys.words.keys())
        return keys.made()

    return Kind(decode, lambda known: reference(kind, known))


def declared(name: str, about: str, words: Mapping[str, Any]) -> type[Declaration]:
    """A declaration of these keys, made from a table instead of being written as a class."""
    own = [(key, Any, of) for key, of in words.items()]
    space = {"__doc__": about}
    return make_dataclass(
        name, own, bases=(Declaration,), namespace=space, frozen=True, kw_only=True
    )


def keyed(name: str, about: str, **keys: tuple[Kind, str]) -> Kind:
    """The kind of a small mapping of which every key is needed; decodes to the tuple of values."""
    inner = block(declared(name, about, {key: word(*of) for key, of in keys.items()}))

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        values = inner.decode(node, path, context)
        return tuple(getattr(values, key) for key in keys)

    return Kind(decode, inner.schema)


def named(kind: Kind, name: Kind | None = None) -> Kind:
    """The kind of a section: things by the names that their author gave them.

    A thing that is broken is left out, so that everything else can still be checked.
    """

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        if not isinstance(node, tree.Mapping):
            raise Wrong(f"must be a block of keys, found {found(node)}")
        made: dict[str, Decoded] = {}
        for key, entry in entries(node):
            below, before = (*path, key), len(context.diagnostics.problems)
            try:
                value = attempt(kind, entry.value, below, context)
                if name is not None:
                    name.decode(Scalar(key, key, entry.place), below, context)
                made[key] = value
            except Wrong as wrong:
                if wrong.message:  # the name's
                    context.problem(below, wrong.message, key=True)
            if len(context.diagnostics.problems) > before:
                context.damaged.add(below)
        return made

    # which names are allowed no schema says: those with <placeholders> are, where for_each is
    return Kind(
        decode, lambda known: {"type": "object", "additionalProperties": kind.schema(known)}
    )


def listed(kind: Kind, least: int = 0, most: int | None = None) -> Kind:
    """The kind of a list. One wrong entry and the list is left out as a whole."""

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        if not isinstance(node, tree.Sequence):
            raise Wrong(f"must be a list, found {found(node)}")
        made, size = [], len(node.items)
        for i, item in enumerate(node.items):
            try:
                made.append(attempt(kind, item, (*path, i), context))
            except Wrong:
                continue
        if not least <= size <= (size if most is None else most):
            bound, end = ("least", least) if size < least else ("most", most)
            raise Wrong(
                f"must have at {bound} {end} {'entry' if end == 1 else 'entries'}, found {size}"
            )
        if len(made) < size:
            raise Wrong
        return tuple(made)

    def schema(known: Definitions) -> Schema:
        ends = ({"minItems": least} if least else {}) | ({"maxItems": most} if most else {})
        return {"type": "array", "items": kind.schema(known), **ends}

    return Kind(decode, schema)


def tagged_union(
    what: str,
    forms: Mapping[str, type[Declaration]],
    scalar: Kind | None = None,
    sequence: Kind | None = None,
) -> Kind:
    """The kind of what can be written in several forms, told apart by the key each is known by.

    Without any of these keys it is a bare `scalar` or `sequence`, where that is a form.
    """
    kinds = {
        key: block(form, [k for k in forms if forms[k] is not form]) for key, form in forms.items()
    }

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        bare = sequence if isinstance(node, tree.Sequence) else scalar
        if isinstance(node, tree.Mapping):
            for key, kind in kinds.items():
                if key in node.entries:
                    return kind.decode(node, path, context)
            if node.entries:
                first = next(iter(node.entries))
                raise Wrong(unknown(f"kind of {what}", first, list(forms)), first, key=True)
        elif bare is not None:
            return bare.decode(node, path, context)
        raise Wrong(
            f"must be a {what}: a block with one of {', '.join(forms)}; found {found(node)}"
        )

    def schema(known: Definitions) -> Schema:
        bare = [kind.schema(known) for kind in (scalar, sequence) if kind is not None]
        return {
            "anyOf": [*bare, *(reference(form, known) for form in dict.fromkeys(forms.values()))]
        }

    return Kind(decode, schema)


def one_of(*allowed: str, meant: Mapping[str, str] | None = None) -> Kind:
    """The kind of a choice between words; `meant` are others' words for them."""

    def check(value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        other = (meant or {}).get(str(value))
        near = [other] if other else get_close_matches(str(value), allowed, n=1, cutoff=0.7)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        words = f"one of {', '.join(allowed)}" if len(allowed) > 1 else repr(allowed[0])
        raise Wrong(f"must be {words}, found {found(value)}{hint}")

    return scalar_kind(check, {"enum": list(allowed), "type": "string"})


def reference(kind: type[Declaration], known: Definitions) -> Schema:
    """A JSON Schema's reference to a declaration, whose definition is added where it is missing."""
    name = kind.__name__.removesuffix("Declaration")
    if name not in known:
        known[name] = {}  # stands for itself while it is made: a mix is made of delays
        known[name] = definition(kind, known)
    return {"$ref": f"#/$defs/{name}"}


def definition(kind: type[Declaration], known: Definitions) -> Schema:
    """The JSON Schema of a declaration: its keys with their sentences."""
    words = words_of(kind)
    properties = {
        key: {**one.metadata["kind"].schema(known), "description": one.metadata["sentence"]}
        for key, one in words.items()
    }
    required = [key for key, one in words.items() if is_required(one)]
    about = (kind.__doc__ or "").partition("\n")[0]
    made: Schema = {"type": "object", "description": about, "properties": properties}
    made["additionalProperties"] = False
    return {**made, "required": required} if required else made
