"""Interventions as written: treaties void, parameters set, another start, one more event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sim.errors import unknown
from sim.expressions import one_line
from sim.model.parameters import Distribution, Parameter
from sim.scenario.language.context import Context
from sim.scenario.language.declarations import optional
from sim.scenario.language.effects import VALUE, Value, value_of
from sim.scenario.language.kinds import Invalid, Kind, Schema, decode_value
from sim.scenario.language.rules import Rule
from sim.scenario.language.scalar_types import REFERENCES, Reference, seconds_of
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node

_EVENT = (
    "when",
    "on",
    "after",
    "at",
    "speed",
    "memory",
    "once",
    "limit",
    "choose",
    "then",
    "chance",
)


def _set(node: Node, path: KeyPath, context: Context) -> Mapping[Reference, Distribution]:
    """The parameters that are set, each as a distribution without spread."""
    made: dict[Reference, Distribution] = {}
    words = context.vocabulary
    for name, value in _values(node, path, context).items():
        try:
            if name in words.parameters:
                made[name] = fixed_distribution(words.parameters[name], value)
            elif name not in words.broken:
                raise Invalid(unknown("parameter", name, words.parameters), key=True)
        except Invalid as wrong:
            context.problem((*path, name), wrong.message, key=wrong.key)
    return made


def _start(node: Node, path: KeyPath, context: Context) -> Mapping[Reference, int]:
    """The variables that start otherwise, each with the number of its value."""
    made: dict[Reference, int] = {}
    words = context.vocabulary
    for name, value in _values(node, path, context).items():
        try:
            if name in words.variables:
                made[name] = value_of(words.variables[name], value)
            elif name not in words.broken:
                raise Invalid(unknown("state variable", name, words.variables), key=True)
        except Invalid as wrong:
            context.problem((*path, name), wrong.message, key=wrong.key)
    return made


def _values(node: Node, path: KeyPath, context: Context) -> dict[Reference, Value]:
    """Names with values that their owners have yet to understand; the broken ones left out."""
    if not isinstance(node, tree.Mapping):
        raise Invalid(f"must be a block of keys, found {describe(node)}")
    made: dict[Reference, Value] = {}
    for name, entry in node.entries.items():
        mention = Reference(name)  # an error that comes up later points at this key
        mention.place = entry.place
        try:
            made[mention] = decode_value(VALUE, entry.value, (*path, name), context)
        except Invalid:
            continue
    return made


def _void(node: Node, path: KeyPath, context: Context) -> tuple[Reference, ...]:
    """Names of treaties and of clauses."""
    names: tuple[Reference, ...] = REFERENCES.decode(node, path, context)
    treaties = context.in_section("treaties")
    clauses = [
        variable
        for variable in context.vocabulary.variables
        if variable in context.statuses and not variable.endswith(".binds")
    ]
    for i, name in enumerate(names):
        if name not in context.vocabulary.broken:
            at = (*path, i) if len(names) > 1 else path
            context.check_reference("treaty or obligation", name, [*treaties, *clauses], at)
    return names


def _named_values(_: object) -> Schema:
    return {"type": "object", "additionalProperties": VALUE.schema({})}


@dataclass(frozen=True, kw_only=True)
class Intervention(Rule):
    """What would be different: clauses void, parameters set, another start, one more event."""

    void: tuple[Reference, ...] = optional(
        Kind(_void, REFERENCES.schema),
        "Treaties or clauses without effect, one or a list.",
        default=(),
    )
    set: Mapping[Reference, Distribution] = optional(
        Kind(_set, _named_values),
        "Parameters and the value each has, in every draw.",
        default={},
    )
    start: Mapping[Reference, int] = optional(
        Kind(_start, _named_values),
        "Variables and the value each has on day 0.",
        default={},
    )

    def checked(self, context: Context, broken: frozenset[str]) -> Self:
        """The intervention; one that changes nothing is noted."""
        named = any(tree.keys(context.tree, *map(str, self.path), key) for key in ("set", "start"))
        if not (self.void or named or self.has_event or broken):
            message = "changes nothing; it needs void, set, start or an event"
            context.problem(self.path, message)
        return super().checked(context, broken)

    @property
    def has_event(self) -> bool:
        """Whether it adds an event."""
        return any(getattr(self, key) not in (None, ()) for key in _EVENT)


def fixed_distribution(parameter: Parameter, written: Value) -> Distribution:
    """The value a parameter is set to, as a distribution without spread. Raises Invalid."""
    levels = parameter.distribution.levels
    text = one_line(written)
    if levels:
        if text not in levels:
            raise Invalid(unknown(f"choice of {parameter.name}", text, levels))
        return Distribution(kind="fixed", numbers=(float(levels.index(text)),), levels=levels)
    seconds = seconds_of(text) if isinstance(written, str) else None
    if parameter.time and seconds is not None:
        return Distribution(kind="fixed", numbers=(seconds,))
    if not parameter.time and not isinstance(written, (str, bool)):
        return Distribution(kind="fixed", numbers=(float(written),))
    needed = "a duration" if parameter.time else "a number"
    raise Invalid(f"must be {needed}, found {text!r}")
