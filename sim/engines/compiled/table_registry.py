"""The tables of a model: what is looked up, over which variables, and where in the pool it stands.

The state is discrete, so whatever reads it is a table over the few variables it reads. All tables
stand one behind the other in one array: first those that no parameter enters, then, once for every
draw of a block, those that one does.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.errors import UsageError
from sim.model.expressions import (
    Arithmetic,
    Expression,
    Logic,
    Negative,
    Node,
    Not,
    outcomes_read,
    parameters_read,
    variables_read,
)
from sim.model.failures import too_large
from sim.model.model import Model
from sim.model.tables import LARGEST, Grid, split, table

Floats = NDArray[np.float64]
Columns = Mapping[str, Floats]  # of the parameters: one value a draw

LIMIT = LARGEST  # entries of one table; `check` warns of what has more
NOT, NEGATIVE, AND, OR, PLUS, MINUS, TIMES, OVER = range(-1, -9, -1)  # steps of a split expression
_OPERATORS = {"and": AND, "or": OR, "+": PLUS, "-": MINUS, "*": TIMES, "/": OVER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: an axis a variable read, then one (of size 2) an outcome read, then the width."""

    variables: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()
    width: int = 1
    parameters: frozenset[str] = frozenset()  # those that enter
    key: Hashable = None  # tables of one key, over variables of one size, hold the same numbers
    steps: tuple[int, ...] = ()  # not a table, but computed from others: see NOT
    fill: Callable[[Grid], Floats] | None = None  # (draws, *shape, width) from the grid

    @property
    def drawn(self) -> bool:
        """Whether a parameter enters."""
        return bool(self.parameters)

    @property
    def size(self) -> int:
        """How many numbers it takes in the pool."""
        # a split expression has no numbers of its own: its parts have
        return 0 if self.steps else prod(self.shape) * self.width


def values_of(node: Node) -> Callable[[Grid], Floats]:
    """What fills a table with an expression's values, NaN wherever it has none."""

    def fill(grid: Grid) -> Floats:
        value, wrong = table(node, grid)
        return np.broadcast_to(np.where(wrong, np.nan, value), grid.shape)[..., np.newaxis]

    return fill


@dataclass(slots=True)
class TableRegistry:
    """Tables in the order in which they were asked for; one expression is tabulated once."""

    model: Model
    limit: int = LIMIT
    tables: list[Table] = field(default_factory=list)
    known: dict[Node, int] = field(default_factory=dict)

    def shape(self, variables: Sequence[str], outcomes: Sequence[str] = ()) -> tuple[int, ...]:
        """The axes of a table over these variables and outcomes."""
        return (*(self.model.variable(v).size for v in variables), *(2 for _ in outcomes))

    def add(self, made: Table) -> int:
        """Its number, by which the kernel finds it."""
        self.tables.append(made)
        return len(self.tables) - 1

    def expression(self, expression: Expression) -> int:
        """The number of the table that holds an expression's values, split where it is too large.

        Raises UsageError naming the expression where nothing can be split.
        """
        return self._node(expression.node, expression)

    def _node(self, node: Node, whole: Expression) -> int:
        # By the tree, not its text or place: the same condition in two rules is one table.
        if node not in self.known:
            variables, outcomes = variables_read(node), outcomes_read(node)
            shape = self.shape(variables, outcomes)
            if prod(shape) <= self.limit:
                made = Table(
                    variables=variables,
                    outcomes=outcomes,
                    shape=shape,
                    parameters=frozenset(parameters_read(node)),
                    key=node,
                    fill=values_of(node),
                )
            else:
                made = Table(steps=self._steps(node, whole))
            self.known[node] = self.add(made)
        return self.known[node]

    def _steps(self, node: Node, whole: Expression) -> tuple[int, ...]:
        """A split expression in postfix: numbers of tables, and operators below zero."""
        parts, operator = split(node), _operator(node)
        if not parts:
            told = too_large(whole, node, self.model, self.limit)
            raise UsageError(f"{whole.where or 'model'}: {told}")
        # postfix: a b + c +, an operator behind every part but the first
        steps: list[int] = []
        for position, part in enumerate(parts):
            number = self._node(part, whole)
            # a part may have been split itself: its steps are taken in, as steps name tables only
            steps.extend(self.tables[number].steps or (number,))
            # `not` and the sign have one part; all other operators join a part to those before it
            if operator is not None and (position or len(parts) == 1):
                steps.append(operator)
        return tuple(steps)


def _operator(node: Node) -> int | None:
    """What stands between the parts of a split expression; None where a part is all of it."""
    match node:
        case Not():
            return NOT
        case Negative():
            return NEGATIVE
        case Logic(op, _) | Arithmetic(op, _, _):
            return _OPERATORS[op]
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a pool may take from another one: which of its tables, and where they stand in both."""

    tables: frozenset[int]  # numbers in the pool that takes
    segments: tuple[tuple[int, int, int], ...]  # (where here, where there, how many), of a draw
    drawn_size: int  # of the other pool
    filled: Floats = field(default_factory=lambda: np.empty(0))  # the other pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Where every table starts: `base`, plus `step` times the draw's position in its block."""

    registry: TableRegistry
    base: NDArray[np.int64]
    step: NDArray[np.int64]
    fixed: Floats  # what no parameter enters

    @property
    def drawn_size(self) -> int:
        """Numbers a draw takes."""
        # of a table that a parameter enters the step is the whole row of a draw, of any other 0
        return int(self.step.max(initial=0))

    def filled(self, columns: Columns, draws: int, shared: Shared | None = None) -> Floats:
        """The pool for a block of draws, whose parameters are `columns`.

        What another pool has the same, it is taken from there, filled for the same draws.
        """
        # what no parameter enters, then a row for each draw, one table behind the other
        fixed = self.fixed.size
        whole = np.empty(fixed + draws * self.drawn_size)
        whole[:fixed] = self.fixed
        rows = whole[fixed:].reshape(draws, self.drawn_size)
        taken: frozenset[int] = frozenset()
        if shared is not None:
            taken = shared.tables
            size = shared.drawn_size
            # the rows of draws come last in that pool too
            there = shared.filled[shared.filled.size - draws * size :].reshape(draws, size)
            for at, other, length in shared.segments:
                rows[:, at : at + length] = there[:, other : other + length]
        for number, made in enumerate(self.registry.tables):
            if made.drawn and made.size and number not in taken:
                at = int(self.base[number]) - fixed
                filled = _fill(self.registry, made, columns, draws)
                rows[:, at : at + made.size] = filled.reshape(-1, made.size)
        return whole


def shared_with(pool: Pool, other: Pool, changed: Collection[str]) -> Shared:
    """The drawn tables of a pool that another has as well, but those a changed parameter enters.

    The two models have the same variables.
    """
    known = {one.key: i for i, one in enumerate(other.registry.tables) if one.drawn and one.size}
    taken, segments = list[int](), list[tuple[int, int, int]]()
    for number, one in enumerate(pool.registry.tables):
        there = known.get(one.key) if one.drawn and one.size else None
        if there is None or not one.parameters.isdisjoint(changed):
            continue
        taken.append(number)
        at = int(pool.base[number]) - pool.fixed.size
        beside = int(other.base[there]) - other.fixed.size
        # neighbours in both pools are copied as one: there may be hundreds of small tables
        if segments and _follows(segments[-1], at, beside):
            at, beside, length = segments.pop()
            segments.append((at, beside, length + one.size))
        else:
            segments.append((at, beside, one.size))
    return Shared(tables=frozenset(taken), segments=tuple(segments), drawn_size=other.drawn_size)


def _follows(segment: tuple[int, int, int], at: int, beside: int) -> bool:
    """Whether a table stands right behind the segment, here and there."""
    return segment[0] + segment[2] == at and segment[1] + segment[2] == beside


def pool(registry: TableRegistry) -> Pool:
    """Places for all tables, with those filled that no parameter enters."""
    tables = registry.tables
    fixed_size = sum(made.size for made in tables if not made.drawn)
    drawn_size = sum(made.size for made in tables if made.drawn)
    base, step = np.zeros(len(tables), np.int64), np.zeros(len(tables), np.int64)
    fixed = np.empty(fixed_size)
    at_fixed, at_drawn = 0, fixed_size
    for number, made in enumerate(tables):
        if made.drawn:
            base[number], step[number] = at_drawn, drawn_size
            at_drawn += made.size
        elif made.size:
            base[number] = at_fixed
            fixed[at_fixed : at_fixed + made.size] = _fill(registry, made, {}, 1).reshape(-1)
            at_fixed += made.size
    return Pool(registry=registry, base=base, step=step, fixed=fixed)


def _fill(registry: TableRegistry, made: Table, columns: Columns, draws: int) -> Floats:
    sizes = dict(zip(made.variables, made.shape, strict=False))
    # only what it reads: a grid asks every column for its length, and there may be hundreds
    read = {name: columns[name] for name in sorted(made.parameters) if name in columns}
    grid = Grid(tuple(sizes.items()), read, made.outcomes)
    assert made.fill is not None
    return np.broadcast_to(made.fill(grid), (draws, *made.shape, made.width))
