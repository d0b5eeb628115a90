"""The value of an expression in one state: a closure for each tree.

A level is its position, a flag or condition is true or false, everything else is a float.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sim.model.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Fact,
    Happened,
    IfElse,
    Logic,
    Negative,
    Node,
    Not,
    ParameterOf,
    StateOf,
    children,
)

State = Sequence[int]
Values = Sequence[
    float
]  # of the parameters in the model's order; plain floats, so that x / 0 raises
Marks = Sequence[bool]  # which outcomes have happened by now, in the model's order
Evaluator = Callable[[State, Values, Marks], float]


@dataclass(frozen=True, slots=True)
class Names:
    """At which position of the state, the values and the marks each name stands."""

    variables: Mapping[str, int]
    parameters: Mapping[str, int]
    outcomes: Mapping[str, int]


def odds(probability: float, *factors: float) -> float:
    """The probability whose odds are the given one's times every factor; stays within [0, 1].

    With F the product of the factors: p F / (1 - p + p F). Certainty times a factor of 0 has no
    defined odds and stays as it was.
    """
    # an error, not a value held within 0 and 1: a wrong probability must not pass unnoticed
    if not 0 <= probability <= 1:
        raise ArithmeticError(f"odds of {probability:g}, which is not a probability")
    # the factors first and the probability last: `tables` multiplies in the same order
    total = 1.0
    for factor in factors:
        if factor < 0:
            raise ArithmeticError(f"odds times {factor:g}, which is negative")
        total = total * factor
    share = probability * total
    whole = (1 - probability) + share
    return share / whole if whole > 0 else probability


# Tables instead of the module `operator`: its functions accept anything, these only floats, and
# `tables.py` has the same keys for arrays.
COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
COMBINE: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
CALL: Mapping[str, Callable[..., float]] = {"min": min, "max": max, "odds": odds}


def evaluator(node: Node, names: Names) -> Evaluator:
    """A closure (state, values, marks) -> value.

    Raises ArithmeticError where the expression has no value there: a division by zero, or odds of
    something that is no probability.
    """
    # Closures of closures: the tree is walked once, not at each evaluation.
    match node:
        case Constant(value, _):
            # every closure takes all three arguments, read or not, so that all can be joined
            return lambda state, values, marks: value
        case StateOf(name):
            at = names.variables[name]
            return lambda state, values, marks: state[at]
        case ParameterOf(name):
            at = names.parameters[name]
            return lambda state, values, marks: values[at]
        case Happened(name):
            at = names.outcomes[name]
            return lambda state, values, marks: marks[at]
    return _joined(node, [evaluator(child, names) for child in children(node)])


def _joined(node: Node, below: Sequence[Evaluator]) -> Evaluator:
    """The closure of a tree, from those of the trees directly below it."""
    first = below[0]
    match node:
        case Fact():
            return first
        case Not():
            return lambda state, values, marks: not first(state, values, marks)
        case Negative():
            return lambda state, values, marks: -first(state, values, marks)
        case Logic(op, _):
            # what stands behind a part that decides may have no value: `any`, `all` stop before
            decides = op == "or"
            return lambda state, values, marks: (
                any(part(state, values, marks) for part in below)
                if decides
                else all(part(state, values, marks) for part in below)
            )
        case IfElse():
            _, then, otherwise = below
            return lambda state, values, marks: (
                then(state, values, marks)
                if first(state, values, marks)
                else otherwise(state, values, marks)
            )
        case Call(function, _):
            call = CALL[function]
            return lambda state, values, marks: call(*[p(state, values, marks) for p in below])
        case Arithmetic(op, _, _):
            combine, second = COMBINE[op], below[1]
            return lambda state, values, marks: combine(
                first(state, values, marks), second(state, values, marks)
            )
        case Comparison(op, _, _):
            compare, second = COMPARE[op], below[1]
            return lambda state, values, marks: compare(
                first(state, values, marks), second(state, values, marks)
            )
    raise AssertionError(f"no closure for {node!r}")
