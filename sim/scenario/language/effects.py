"""What a firing does to the state: values, steps, and sums for counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sim.errors import unknown
from sim.expressions import one_line
from sim.model.state import Variable
from sim.model.transitions import Effect
from sim.scenario.language.context import Context
from sim.scenario.language.declarations import Declaration, required, tagged_union
from sim.scenario.language.formulas import NUMBER_SCHEMA, any_value
from sim.scenario.language.kinds import Definitions, Invalid, Kind, Schema, decode_value
from sim.scenario.language.state import unknown_level
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node

Bound = Literal["at_least", "at_most"]
Value = str | float | bool
VALUE = Kind(any_value, lambda _: dict(NUMBER_SCHEMA))


@dataclass(frozen=True, kw_only=True)
class AtLeast(Declaration):
    """Raises a variable to a level, if it is below."""

    at_least: Value = required(VALUE, "Raises the variable to this value; never lowers it.")


@dataclass(frozen=True, kw_only=True)
class AtMost(Declaration):
    """Lowers a variable to a level, if it is above."""

    at_most: Value = required(VALUE, "Lowers the variable to this value; never raises it.")


_UNION = tagged_union("effect", {"at_least": AtLeast, "at_most": AtMost}, scalar=VALUE)


def _effects(node: Node, path: KeyPath, context: Context) -> tuple[Effect, ...]:
    """The effects of a `then`, without the wrong ones, which are noted."""
    if not isinstance(node, tree.Mapping):
        raise Invalid(f"must be a block of keys, found {describe(node)}")
    made: list[Effect] = []
    for name, entry in node.entries.items():
        below = (*path, name)
        try:
            written = decode_value(_UNION, entry.value, below, context)
            variable = changed_variable(name, below, context)
            if variable is not None:
                made.append(_effect(variable, written, below, context))
        except Invalid as wrong:
            if wrong.message:
                context.problem((*below, *wrong.below), wrong.message, key=wrong.key)
    return tuple(made)


def _schema(known: Definitions) -> Schema:
    return {"type": "object", "additionalProperties": _UNION.schema(known)}


EFFECTS = Kind(_effects, _schema)


def changed_variable(name: str, path: KeyPath, context: Context) -> Variable | None:
    """The variable that an effect changes; None where its own line is wrong. Raises Invalid."""
    words = context.vocabulary
    if name in words.broken or (words.partial and name not in words.variables):
        return None
    if name not in words.variables:
        others: list[tuple[str, Mapping[str, object]]] = [
            ("a parameter", words.parameters),
            ("a fact", words.facts),
        ]
        what = next((w for w, names in others if name in names), words.unreadable.get(name))
        own = [v.name for v in words.variables.values() if v.name not in context.statuses]
        message = f"{name!r} is {what}, which nothing can change" if what else ""
        raise Invalid(message or unknown("state variable", name, own), key=True)
    if name in context.statuses:
        raise Invalid(f"{name!r} is set by its treaty alone", key=True)
    return words.variables[name]


def _effect(
    variable: Variable, written: AtLeast | AtMost | Value, path: KeyPath, context: Context
) -> Effect:
    match written:
        case AtLeast(at_least=value):
            return _bound(variable, "at_least", value)
        case AtMost(at_most=value):
            return _bound(variable, "at_most", value)
    return _assigned(variable, written, path, context)


def _bound(variable: Variable, how: Bound, value: Value) -> Effect:
    if variable.kind == "flag":
        raise Invalid(f"{variable.name!r} is a flag; write true or false", how)
    try:
        return Effect(variable=variable.name, how=how, value=value_of(variable, value))
    except Invalid as wrong:
        raise Invalid(wrong.message, how) from None


def _assigned(variable: Variable, written: Value, path: KeyPath, context: Context) -> Effect:
    """A value, a step, another variable's value, or for a count an expression."""
    name, words = variable.name, context.vocabulary
    text = one_line(written)
    if text in ("raise", "lower"):
        if variable.kind == "flag":
            raise Invalid(f"{name!r} is a flag; write true or false, found {text!r}")
        return Effect(variable=name, how="raise" if text == "raise" else "lower")
    if text in words.broken:
        raise Invalid
    other = words.variables.get(text)
    if other and text not in variable.levels and variable.kind != "count":
        if other.levels == variable.levels:
            return Effect(variable=name, how="copy", source=text)
        levels = ", ".join(variable.levels)
        raise Invalid(f"{text!r} has other levels than {name!r}, which has: {levels}")
    if variable.kind == "count" and isinstance(written, str):
        expression = context.expression(written, path, "number")
        if expression is None:
            raise Invalid
        return Effect(variable=name, how="compute", expression=expression)
    if variable.kind == "levels" and text not in variable.levels:
        raise Invalid(unknown_level(text, [*variable.levels, "raise", "lower"], name))
    return Effect(variable=name, how="set", value=value_of(variable, written))


def value_of(variable: Variable, written: Value) -> int:
    """The value a word, number or truth value means for a variable. Raises Invalid."""
    text = one_line(written)
    if variable.kind == "count":
        plain = isinstance(written, (int, float)) and not isinstance(written, bool)
        if plain and written == int(written) and 0 <= int(written) < variable.size:
            return int(written)
        most = variable.size - 1
        raise Invalid(f"must be a whole number from 0 to {most}, found {describe(written)}")
    if text in variable.levels:
        return variable.levels.index(text)
    if variable.kind == "flag":
        raise Invalid(f"{variable.name!r} is a flag; write true or false, found {text!r}")
    raise Invalid(unknown_level(text, variable.levels, variable.name))
