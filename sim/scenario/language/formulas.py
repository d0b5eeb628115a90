"""Expressions as values of keys: conditions and numbers, and the constants written in them."""

from sim.decoding.kinds import Decoded, Invalid, Kind, Schema
from sim.model.expressions import Expression, Node, variables_read
from sim.model.scaling import quantities
from sim.scenario.language.context import Context, WrittenNumber, scalar_value
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath

NUMBER_SCHEMA: Schema = {"type": ["string", "number", "boolean"]}
CONDITION_SCHEMA: Schema = {"type": ["string", "boolean"]}


def condition_value(node: tree.Node) -> str | bool:
    """The text or truth value of a condition. Raises Invalid."""
    value = scalar_value(node)
    if isinstance(value, (str, bool)):  # a number is no condition
        return value
    raise Invalid(f"must be a condition, found {describe(node)}")


def _condition(*, outcomes: bool) -> Kind:
    def decode(node: tree.Node, path: KeyPath, context: Context) -> Decoded:
        value = condition_value(node)
        condition = context.expression(value, path, "condition", outcomes=outcomes)
        if condition is None:
            raise Invalid
        context.conditions[path] = condition  # checked for satisfiability at the end
        return condition

    return Kind(decode, lambda _: dict(CONDITION_SCHEMA))


CONDITION = _condition(outcomes=False)
CONDITION_OF_OUTCOMES = _condition(outcomes=True)  # where outcomes may be read (rule 10)


def any_value(node: tree.Node, path: KeyPath, context: Context) -> str | float | bool:
    """A value whose meaning depends on the variable or parameter that it is for. Raises Invalid."""
    value = scalar_value(node)
    if value is None:
        raise Invalid(f"must be an expression, found {describe(node)}")
    if isinstance(value, float) and value - value != 0:  # infinite, or not a number
        raise Invalid("must be a finite number")
    return value


def recorded_number(node: tree.Node, path: KeyPath, context: Context) -> Expression:
    """An expression that gives a number; the constants in it are recorded. Raises Invalid."""
    expression = context.expression(any_value(node, path, context), path, "number")
    if expression is None:
        raise Invalid
    record_numbers(expression.node, path, context)
    return expression


NUMBER_EXPRESSION = Kind(recorded_number, lambda _: dict(NUMBER_SCHEMA))


def record_numbers(node: Node, path: KeyPath, context: Context) -> None:
    """Record the constants of an expression: they are assumptions, as parameters are."""
    written = (constant.text for constant in quantities(node))
    context.numbers += [WrittenNumber(path, text) for text in written]


def without_state(
    expression: Expression, path: KeyPath, context: Context, reader: str = "a delay"
) -> Expression:
    """The expression, if it reads parameters only. Raises Invalid.

    The duration of a clock is drawn when the clock starts, so that it cannot follow the state; the
    speed of a clock can.
    """
    read = variables_read(expression.node)
    if read:
        message = f"{read[0]!r} is part of the state, which {reader} cannot read"
        context.problem(path, message + ("; `speed` can" if reader == "a delay" else ""))
        raise Invalid
    return expression
