"""Declarations: the keys of the language, each declared once, for all code that needs them.

A *declaration* is a frozen class whose fields are keys, each with its kind, its default and one
sentence. The decoder, the lists of known keys in messages, the JSON Schema and the tables of
LANGUAGE.md all read these fields; there is no other list of keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, make_dataclass
from typing import Any, ClassVar, Self

from sim.decoding import kinds
from sim.decoding.context import Context
from sim.decoding.kinds import (
    Decoded,
    Definitions,
    Invalid,
    Kind,
    Schema,
    decode_value,
    mapping_of,
)
from sim.decoding.scalars import NAME, TEXT
from sim.errors import Place, unknown
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node, Scalar, place_of


def required(kind: Kind, sentence: str, *, key: str = "") -> Any:
    """A field that is a key of the language and must be given; `sentence` explains it to authors.

    `key` is the key's name where the field has another, because `is` and `name` are taken.
    """
    return field(metadata={"kind": kind, "sentence": sentence, "key": key})


def optional(kind: Kind, sentence: str, *, default: Any = None, key: str = "") -> Any:
    """A field that is a key of the language, with its value if the key is left out."""
    about = {"kind": kind, "sentence": sentence, "key": key}
    if isinstance(default, dict):  # one dict would be shared by all instances
        return field(default_factory=dict, metadata=about)
    return field(default=default, metadata=about)


def prose(sentence: str, *, key: str = "") -> Any:
    """A key with a text for readers, empty if it is left out."""
    return optional(TEXT, sentence, default="", key=key)


def section(kind: type[Declaration], sentence: str) -> Any:
    """A key with declarations by their names; none if it is left out."""
    return optional(mapping_of(instance_of(kind), NAME), sentence, default={})


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Something that an author declares with keys, decoded, with its place in the file.

    `also` lists keys that authors bring from elsewhere, and what they are called here; `gone` those
    that are understood before anything is decoded.
    """

    path: KeyPath = ()
    place: Place = Place()
    also: ClassVar[Mapping[str, str]] = {}
    gone: ClassVar[Sequence[str]] = ()

    @property
    def name(self) -> str:
        """The short name: the key of which the declaration is the value."""
        return str(self.path[-1])

    # a language's own declarations ask for its own context: hence no type
    def checked(self, context: Any, invalid: frozenset[str]) -> Self:
        """Report keys that contradict each other; `invalid` are keys whose own value is invalid."""
        return self

    def report(self, context: Context, text: str, *below: str | int, key: bool = False) -> None:
        """Report an error at the declaration, or at a path below it."""
        context.problem((*self.path, *below), text, key=key)


MOST_STRANGE = 50  # unknown keys of one thing that are listed one by one
_KEYS: dict[type[Declaration], Mapping[str, Field[Any]]] = {}  # filled on demand: reflection costs


def keys_of(kind: type[Declaration]) -> Mapping[str, Field[Any]]:
    """The keys of a declaration in the order in which they are declared."""
    if kind not in _KEYS:
        own = [one for one in fields(kind) if "kind" in one.metadata]
        _KEYS[kind] = {one.metadata["key"] or one.name: one for one in own}
    return _KEYS[kind]


def is_required(one: Field[Any]) -> bool:
    """Whether a key must be given."""
    return one.default is MISSING and one.default_factory is MISSING


class MappingDecoder:
    """Decodes the keys of one mapping, all at once or some of them at a time."""

    def __init__(
        self, kind: type[Declaration], node: Node, path: KeyPath, context: Context
    ) -> None:
        self.node = kinds.require_mapping(node)
        self.kind, self.path, self.context = kind, path, context
        self.fields = keys_of(kind)
        self.values: dict[str, Decoded] = {}  # by the name of the field
        self.invalid: set[str] = set()  # keys with an invalid value

    def decode(self, *keys: str) -> None:
        """Decode those of these keys that are given; errors are reported."""
        for key in keys:
            entry, one = self.node.entries.get(key), self.fields[key]
            if entry is None:
                continue
            kind, below = one.metadata["kind"], (*self.path, key)
            try:
                self.values[one.name] = decode_value(kind, entry.value, below, self.context)
            except Invalid:
                self.invalid.add(key)

    def result(self) -> Any:
        """The declaration. Raises Invalid if a required key is missing or its value invalid."""
        needed = [key for key, one in self.fields.items() if is_required(one)]
        for key in needed:
            if key not in self.node.entries:
                self.context.problem((*self.path, key), "is missing")
        # a value can be invalid without an error at this place, such as the name of a delay whose
        # own declaration is invalid, so that counting errors is not enough
        if self.invalid:
            self.context.damaged.add(self.path)
        if any(self.fields[key].name not in self.values for key in needed):
            raise Invalid
        # the place of a declaration is that of its name, which is where warnings about it point
        place = place_of(self.context.tree, self.path, key=True)
        declaration = self.kind(path=self.path, place=place, **self.values)
        return declaration.checked(self.context, frozenset(self.invalid))

    def report_unknown(self, other_forms: Sequence[str] = ()) -> None:
        """Report keys that are unknown here, or belong to another form of the same thing."""
        strange = [key for key in self.node.entries if key not in self.fields]
        for key in strange[:MOST_STRANGE]:
            entry = self.node.entries[key]
            below = (*self.path, key)
            if isinstance(entry.value, Scalar) and entry.value.value is None:
                self.context.problem(below, kinds.EMPTY)
                continue
            if key in other_forms:
                # the key that decided the form
                first = next(one for one in self.fields if one in self.node.entries)
                text = f"`{key}` cannot be used with `{first}`; keep one of the two"
            elif key in self.kind.also:
                text = f"unknown key {key!r}; did you mean {self.kind.also[key]!r}?"
            else:
                text = unknown("key", key, [*self.kind.gone, *self.fields])
            self.context.problem(below, text, key=True)
            kinds.report_empty(entry.value, below, self.context)
        if len(strange) > MOST_STRANGE:  # a file of something else; hints cost time for each
            rest = len(strange) - MOST_STRANGE
            below = (*self.path, strange[MOST_STRANGE])
            self.context.problem(below, f"is unknown, as are {rest - 1:,} more keys", key=True)


def instance_of(kind: type[Declaration], other_forms: Sequence[str] = ()) -> Kind:
    """The kind of a mapping with the keys of a declaration."""

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        decoder = MappingDecoder(kind, node, path, context)
        # first, so that a slip of a key is told although a required one is then missing
        decoder.report_unknown(other_forms)
        decoder.decode(*(key for key in decoder.node.entries if key in decoder.fields))
        return decoder.result()

    return Kind(decode, lambda known: reference(kind, known))


def make_declaration(name: str, about: str, keys: Mapping[str, Any]) -> type[Declaration]:
    """A declaration made from a table instead of being written as a class."""
    own = [(key, Any, one) for key, one in keys.items()]
    space = {"__doc__": about}
    return make_dataclass(
        name, own, bases=(Declaration,), namespace=space, frozen=True, kw_only=True
    )


def tuple_of(owner: str, **keys: tuple[Kind, str]) -> Kind:
    """The kind of a small mapping with required keys only; decodes to the tuple of the values.

    `owner` is the key of which it is the value, for the JSON Schema.
    """
    name = "And".join(key.capitalize() for key in keys)
    # an anonymous declaration: messages and the schema treat these keys like all others
    declared = {key: required(kind, sentence) for key, (kind, sentence) in keys.items()}
    inner = instance_of(make_declaration(name, f"The numbers of `{owner}`.", declared))

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        values = inner.decode(node, path, context)
        return tuple(getattr(values, key) for key in keys)

    return Kind(decode, inner.schema)


def tagged_union(
    what: str,
    forms: Mapping[str, type[Declaration]],
    scalar: Kind | None = None,
    sequence: Kind | None = None,
) -> Kind:
    """The kind of what can be written in several forms; the first key of `forms` decides which.

    Without any of these keys it is a bare `scalar` or `sequence`, where that is a form.
    """
    tagged = {
        key: instance_of(form, [other for other in forms if forms[other] is not form])
        for key, form in forms.items()
    }

    def decode(node: Node, path: KeyPath, context: Context) -> Decoded:
        bare = sequence if isinstance(node, tree.Sequence) else scalar  # None: no such form
        if isinstance(node, tree.Mapping):
            # The order of `forms`, not that of the file, decides: so keys of two forms in one
            # mapping give one message, about the key that belongs to the other form.
            for key, kind in tagged.items():
                if key in node.entries:
                    return kind.decode(node, path, context)
            if node.entries:
                first = next(iter(node.entries))
                raise Invalid(unknown(f"kind of {what}", first, list(forms)), first, key=True)
        elif bare is not None:
            return bare.decode(node, path, context)
        expected = f"a {what}: a block with one of {', '.join(forms)}"
        raise Invalid(f"must be {expected}; found {describe(node)}")

    def schema(known: Definitions) -> Schema:
        bare = [kind.schema(known) for kind in (scalar, sequence) if kind is not None]
        return {"anyOf": [*bare, *(reference(one, known) for one in dict.fromkeys(forms.values()))]}

    return Kind(decode, schema)


def reference(kind: type[Declaration], known: Definitions) -> Schema:
    """A JSON Schema's reference to a declaration; its definition is added to `known` if missing."""
    name = kind.__name__.removesuffix("Declaration")
    if name not in known:
        known[name] = {}  # placeholder while it is made: a mix of delays refers to itself
        known[name] = definition(kind, known)
    return {"$ref": f"#/$defs/{name}"}


def definition(kind: type[Declaration], known: Definitions) -> Schema:
    """The JSON Schema of a declaration: its keys with their sentences."""
    keys = keys_of(kind)
    properties = {
        key: {**one.metadata["kind"].schema(known), "description": one.metadata["sentence"]}
        for key, one in keys.items()
    }
    needed = [key for key, one in keys.items() if is_required(one)]
    about = (kind.__doc__ or "").partition("\n")[0]
    schema: Schema = {"type": "object", "description": about, "properties": properties}
    schema["additionalProperties"] = False  # so that editors mark unknown keys
    return {**schema, "required": needed} if needed else schema
