"""An expression over many states and draws at once, equal to its closure to the last bit.

Only + - * / and comparisons are used on arrays, which IEEE 754 rounds alike everywhere, so that
a table holds exactly what `evaluation.evaluator` would have said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

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
    outcomes_read,
    variables_read,
)
from sim.model.model import Model

LARGEST = 1 << 16  # points of one table, as many as the compiled engine looks up at once
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """Axis 0 is the draw, then one axis a variable, then one (of size 2) an outcome.

    `table` gives arrays that broadcast over these axes; `shape` is their full shape.
    """

    variables: tuple[tuple[str, int], ...]  # (name, how many values)
    values: Mapping[str, Floats]  # the parameters: one value a draw
    outcomes: tuple[str, ...] = ()

    @cached_property  # asked for by every option of a choice
    def shape(self) -> tuple[int, ...]:
        """Draws, then the size of every variable, then 2 for every outcome."""
        draws = max((len(column) for column in self.values.values()), default=1)
        return (draws, *(size for _, size in self.variables), *(2 for _ in self.outcomes))

    def axis(self, position: int, size: int) -> Floats:
        """0, 1, ... size - 1 along one axis."""
        # Of size 1 elsewhere: broadcasting keeps a part of an expression as small as what it reads,
        # and only the last step has the full shape.
        shape = [1] * (1 + len(self.variables) + len(self.outcomes))
        shape[position] = size
        return np.arange(size, dtype=np.float64).reshape(shape)

    def state(self, name: str) -> Floats:
        """All values of a variable along its axis."""
        for position, (other, size) in enumerate(self.variables):
            if other == name:
                return self.axis(1 + position, size)
        raise KeyError(name)

    def mark(self, name: str) -> Floats:
        """Not yet, happened: along the outcome's axis."""
        return self.axis(1 + len(self.variables) + self.outcomes.index(name), 2)

    def parameter(self, name: str) -> Floats:
        """A parameter's value in every draw, along the draws' axis."""
        # a column of one value stands for all draws, by broadcasting
        column = np.asarray(self.values[name], dtype=np.float64)
        return column.reshape([-1] + [1] * (len(self.variables) + len(self.outcomes)))


def table(node: Node, grid: Grid) -> tuple[Floats, Bools]:
    """(values, wrong): what the expression says at each point of the grid, and where it cannot.

    Both broadcast to `grid.shape`. Conditions are 0.0 and 1.0. `wrong` marks the points at which
    the closure raises ArithmeticError; the value there means nothing.
    """
    with np.errstate(all="ignore"):  # divisions by zero are told by `wrong`
        return _table(node, grid)


def split(node: Node) -> tuple[Node, ...]:
    """The parts whose values an expression can be computed from; none where it needs its own table.

    Two terms of a sum are looked up apart and added, so each needs only the variables it reads.
    """
    match node:
        case Fact(_, says):
            return (says,)
        case Not(of) | Negative(of):
            return (of,)
        case Logic(_, parts):
            return parts
        case Arithmetic(_, left, right):
            return (left, right)
    return ()


def unsplittable(node: Node, model: Model, limit: int = LARGEST) -> Node | None:
    """The first part of an expression that has more than `limit` points and cannot be split."""
    # Without the draws: a table is made for each block of them.
    points = prod(model.variable(name).size for name in variables_read(node))
    if points * 2 ** len(outcomes_read(node)) <= limit:
        return None
    parts = split(node)
    if not parts:
        return node
    return next((found for p in parts if (found := unsplittable(p, model, limit))), None)


_FINE: Bools = np.zeros((), dtype=np.bool_)


def _table(node: Node, grid: Grid) -> tuple[Floats, Bools]:
    match node:
        case Constant(number, _):
            # Arrays without axes, which broadcast to any grid.
            return np.asarray(float(number)), _FINE
        case StateOf(name):
            return grid.state(name), _FINE
        case ParameterOf(name):
            return grid.parameter(name), _FINE
        case Happened(name):
            return grid.mark(name), _FINE
        case Fact(_, says):
            return _table(says, grid)
        case Not(of):
            value, wrong = _table(of, grid)
            return np.asarray(value == 0, dtype=np.float64), wrong
        case Negative(of):
            value, wrong = _table(of, grid)
            return np.negative(value), wrong
        case Logic(op, parts):
            return _logic(op == "or", parts, grid)
        case IfElse(condition, then, otherwise):
            # both branches are worked out everywhere; what is wrong counts only where it is chosen
            (test, wrong), (yes, bad_yes), (no, bad_no) = (
                _table(part, grid) for part in (condition, then, otherwise)
            )
            chosen = test != 0
            return np.where(chosen, yes, no), wrong | np.where(chosen, bad_yes, bad_no)
        case Call(function, arguments):
            return _call(function, [_table(part, grid) for part in arguments])
        case Comparison(op, left, right):
            (a, bad_a), (b, bad_b) = _table(left, grid), _table(right, grid)
            return _COMPARE[op](a, b).astype(np.float64), bad_a | bad_b
        case Arithmetic(op, left, right):
            (a, bad_a), (b, bad_b) = _table(left, grid), _table(right, grid)
            wrong = bad_a | bad_b
            # Python raises for a division by 0, NumPy gives infinity: so it is marked.
            return _COMBINE[op](a, b), (wrong | (b == 0)) if op == "/" else wrong
    raise AssertionError(f"no table for {node!r}")


def _logic(decides: bool, parts: Sequence[Node], grid: Grid) -> tuple[Floats, Bools]:
    """Read from the left: a part counts, and can go wrong, only where no earlier one decided."""
    decided: Bools = _FINE
    wrong: Bools = _FINE
    for part in parts:
        value, bad = _table(part, grid)
        # As Python's `and` and `or`, which look no further once they know: `x > 0 and 1 / x > 2` is
        # not wrong at 0.
        wrong = wrong | (bad & ~decided)
        decided = decided | ((value != 0) == decides)
    return (decided if decides else ~decided).astype(np.float64), wrong


def _call(function: str, arguments: Sequence[tuple[Floats, Bools]]) -> tuple[Floats, Bools]:
    value: Floats
    value, wrong = arguments[0]
    for _, bad in arguments[1:]:
        wrong = wrong | bad
    rest = [other for other, _ in arguments[1:]]
    if function == "odds":  # step by step as `evaluation.odds`, so that the last bit agrees
        # Written so that a number that is none is wrong, too: it compares as false with anything.
        wrong = wrong | ~((value >= 0) & (value <= 1))
        total = np.ones_like(value)
        for factor in rest:
            wrong = wrong | (factor < 0)
            total = np.asarray(total * factor)
        share = np.asarray(value * total)
        whole = np.asarray((1 - value) + share)
        # Certainty against odds of 0 has no answer; it stays certain.
        return np.where(whole > 0, share / whole, value), wrong
    for other in rest:  # as Python's min and max: the first of equals stays
        better = other < value if function == "min" else other > value
        value = np.where(better, other, value)
    return value, wrong


_COMPARE = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_COMBINE = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
