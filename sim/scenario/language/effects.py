"""Effects: what the firing of a transition does to the state."""

import re
from dataclasses import dataclass
from typing import Literal

from sim.decoding import kinds
from sim.decoding.declarations import Declaration, required, tagged_union
from sim.decoding.kinds import Invalid, Kind
from sim.errors import unknown
from sim.expressions import one_line
from sim.model.state import Variable
from sim.model.transitions import Effect
from sim.scenario.language.context import Context
from sim.scenario.language.formulas import NUMBER_SCHEMA, any_value
from sim.scenario.language.state import unknown_level
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node, Scalar

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
    """The effects of a `then`; invalid ones are reported and left out."""
    effects: list[Effect] = []
    for name, entry in kinds.require_mapping(node).entries.items():
        below = (*path, name)
        try:
            form = kinds.decode_value(_UNION, entry.value, below, context)
            variable = changed_variable(name, context)
            if variable is not None:  # else its own declaration is invalid
                # the text as it is written: the decoded number no longer has its sign
                _refuse_signed_number(variable, entry.value)
                effects.append(_effect(variable, form, below, context))
        except Invalid as error:
            if error.message:
                context.problem((*below, *error.below), error.message, key=error.key)
    return tuple(effects)


_SIGNED = re.compile(r"[+-]\s*[\d.]+")


# what authors write for a step, and which step it is: the nearest spelling may be the opposite one
_STEPS = {
    **dict.fromkeys(("increase", "increment", "up", "plus", "add", "higher"), "raise"),
    **dict.fromkeys(("decrease", "decrement", "down", "minus", "reduce", "drop", "less"), "lower"),
}


def _refuse_signed_number(variable: Variable, node: Node) -> None:
    """`n: +1` would set the count to 1, which is hardly what it is written for. Raises Invalid."""
    if variable.kind != "count" or not isinstance(node, Scalar):
        return
    text = node.text.strip()
    if _SIGNED.fullmatch(text):
        step = "raise" if text[0] == "+" else "lower"
        change = f"{variable.name} {text[0]} {text[1:].strip()}"
        raise Invalid(f"{text!r} does not change a count by so much; write `{step}`, or `{change}`")


def _schema(known: kinds.Definitions) -> kinds.Schema:
    return {"type": "object", "additionalProperties": _UNION.schema(known)}


EFFECTS = Kind(_effects, _schema)


def changed_variable(name: str, context: Context) -> Variable | None:
    """The variable that an effect changes; None if its own declaration is invalid.

    Raises Invalid for a name of something else.
    """
    words = context.vocabulary
    # where a section cannot be read, any unknown name may be one of its own
    if name in words.invalid or (words.partial and name not in words.variables):
        return None
    if name in context.statuses:
        raise Invalid(f"{name!r} is set by its treaty only", key=True)
    if name in words.variables:
        return words.variables[name]
    what = "a parameter" if name in words.parameters else words.unreadable.get(name)
    what = what or ("a fact" if name in words.facts else "")
    # those that an effect may set
    own = [one for one in words.variables if one not in context.statuses]
    message = f"{name!r} is {what}, which nothing can change" if what else ""
    raise Invalid(message or unknown("state variable", name, own), key=True)


def _effect(
    variable: Variable, form: AtLeast | AtMost | Value, path: KeyPath, context: Context
) -> Effect:
    if not isinstance(form, (AtLeast, AtMost)):
        return _assignment(variable, form, path, context)
    how: Literal["at_least", "at_most"] = "at_least" if isinstance(form, AtLeast) else "at_most"
    if variable.kind == "flag":
        raise Invalid(f"{variable.name!r} is a flag; write true or false", how)
    try:
        return Effect(variable=variable.name, how=how, value=value_of(variable, getattr(form, how)))
    except Invalid as error:
        raise Invalid(error.message, how) from None


def _assignment(variable: Variable, written: Value, path: KeyPath, context: Context) -> Effect:
    """A value, a step, another variable's value, or for a count an expression."""
    name, words = variable.name, context.vocabulary
    text = one_line(written)
    if text in ("raise", "lower"):  # one step; at the end of the levels, none
        if variable.kind == "flag":
            raise Invalid(f"{name!r} is a flag; write true or false, found {text!r}")
        return Effect(variable=name, how="raise" if text == "raise" else "lower")
    if text in words.invalid:  # another variable, itself invalid
        raise Invalid
    other = words.variables.get(text)
    # a level wins over a variable of the same name
    if other and text not in variable.levels and variable.kind != "count":
        if other.levels == variable.levels:  # else the numbers would not mean the same
            return Effect(variable=name, how="copy", source=text)
        levels = ", ".join(variable.levels)
        raise Invalid(f"{text!r} has other levels than {name!r}, which has: {levels}")
    step = _STEPS.get(text.casefold())
    if step and text not in variable.levels and variable.kind != "flag":
        raise Invalid(f"unknown step {text!r}; did you mean {step!r}?")
    # a count takes any number: truncated, and kept within its range, when it fires
    if variable.kind == "count" and isinstance(written, str):
        expression = context.expression(written, path, "number")
        if expression is None:
            raise Invalid
        return Effect(variable=name, how="compute", expression=expression)
    if variable.kind == "levels" and text not in variable.levels:
        raise Invalid(unknown_level(text, [*variable.levels, "raise", "lower"], name))
    return Effect(variable=name, how="set", value=value_of(variable, written))


def value_of(variable: Variable, written: Value) -> int:
    """The variable's value for a word, number or truth value. Raises Invalid."""
    text = one_line(written)
    if variable.kind == "count":
        # `true` is an int in Python and 2.0 is a whole number: the first is refused, the second
        # taken
        is_number = isinstance(written, (int, float)) and not isinstance(written, bool)
        if is_number and written == int(written) and 0 <= int(written) < variable.size:
            return int(written)
        most = variable.size - 1
        raise Invalid(f"must be a whole number from 0 to {most}, found {describe(written)}")
    if text in variable.levels:
        return variable.levels.index(text)
    if variable.kind == "flag":
        raise Invalid(f"{variable.name!r} is a flag; write true or false, found {text!r}")
    raise Invalid(unknown_level(text, variable.levels, variable.name))
