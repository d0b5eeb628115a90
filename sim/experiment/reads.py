"""What conditions, options and effects of a model read, and what they can come to."""

from __future__ import annotations

from sim.model.expressions import (
    Arithmetic,
    Call,
    Constant,
    Expression,
    Node,
    parameters_read,
    variables_read,
    walk,
)
from sim.model.transitions import Effect, Option


def never(when: Expression | None) -> bool:
    """Whether a guard says `false`."""
    return when is not None and isinstance(when.node, Constant) and when.node.value == 0.0


def cannot_fail(node: Node) -> bool:
    """Whether a condition has a value in every state, so that watching it raises nothing."""
    return not any(
        (isinstance(part, Arithmetic) and part.op == "/")
        or (isinstance(part, Call) and part.function == "odds")
        for part in walk(node)
    )


def node_of(expression: Expression | None) -> Node | None:
    """The tree of an expression, without its text and place."""
    return None if expression is None else expression.node


def weight_of(option: Option) -> tuple[Node | None, Node | None, str]:
    """What decides how an option weighs."""
    return node_of(option.value), node_of(option.available), option.share


def read_in(expression: Expression | None) -> tuple[str, ...]:
    """Parameters and state variables that an expression reads."""
    if expression is None:
        return ()
    return (*parameters_read(expression.node), *variables_read(expression.node))


def read_by(effect: Effect) -> tuple[str, ...]:
    """What an effect reads: its expression, another variable, or unless it sets it, its own."""
    own = () if effect.how in ("set", "copy", "compute") else (effect.variable,)
    return (*read_in(effect.expression), *((effect.source,) if effect.source else ()), *own)
