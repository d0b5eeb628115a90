"""Expressions with names replaced by numbers, and conditions joined."""

from collections.abc import Mapping
from dataclasses import replace

from sim.model.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Expression,
    Fact,
    IfElse,
    Logic,
    Negative,
    Node,
    Not,
    ParameterOf,
    StateOf,
    children,
)
from sim.model.transitions import Option, Transition


def substituted(node: Node, values: Mapping[str, float]) -> Node:
    """The tree with these state variables and parameters replaced by the numbers they have."""
    # parts that read none of them stay the very same trees, which tables are known by
    if isinstance(node, (StateOf, ParameterOf)):
        return Constant(values[node.name], node.name) if node.name in values else node
    below = children(node)
    new = tuple(substituted(part, values) for part in below)
    if all(one is other for one, other in zip(below, new, strict=True)):
        return node
    match node:
        case Fact():
            return replace(node, says=new[0])
        case Not() | Negative():
            return replace(node, of=new[0])
        case Arithmetic() | Comparison():
            return replace(node, left=new[0], right=new[1])
        case Logic():
            return replace(node, parts=new)
        case IfElse():
            return IfElse(*new)
        case Call():
            return replace(node, arguments=new)
    raise AssertionError(f"{node!r} has nothing below it")


def with_values(transition: Transition, values: Mapping[str, float]) -> Transition:
    """The transition whose options read these numbers instead of the names."""

    def changed(expression: Expression | None) -> Expression | None:
        if expression is None:
            return None
        return replace(expression, node=substituted(expression.node, values))

    def option(one: Option) -> Option:
        return replace(one, value=changed(one.value), available=changed(one.available))

    return replace(transition, options=tuple(map(option, transition.options)))


def unlike(one: Node | None, other: Node | None) -> Expression:
    """The condition that exactly one of two conditions holds; None always holds."""
    always = Constant(1.0, "true")
    a, b = one or always, other or always
    either = Logic("or", (Logic("and", (a, Not(b))), Logic("and", (b, Not(a)))))
    return Expression(either, "exactly one of two conditions")
