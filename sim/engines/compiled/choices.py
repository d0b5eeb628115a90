"""The options of every transition: weighed for all states at once, or apart where that is too much.

The weights of a choice are one table over all the variables its options read, with a row of
`weights` for each combination. Where that would be too large, every option keeps its own tables
and the kernel weighs them at the firing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled import weights
from sim.engines.compiled.layout import APART, NONE, PLAIN
from sim.engines.compiled.table_registry import Floats, Table, TableRegistry
from sim.model.expressions import Expression, Node, parameters_read, variables_read
from sim.model.model import Model
from sim.model.tables import Grid, table
from sim.model.transitions import Option, Transition

KINDS = {
    "probability": weights.PROBABILITY,
    "weight": weights.WEIGHT,
    "utility": weights.UTILITY,
}
SHARES = {"whole": weights.WHOLE, "of_rest": weights.OF_REST, "rest": weights.REST}
# Numbers in a table of weights. A larger one has more states than the paths of a draw meet: to fill
# it costs more than to weigh the options at each firing (Korea: a tenth of 200 paths a draw, two
# fifths of 25).
WEIGHTS_LIMIT = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """For each transition, and for all options in order, what the kernel has to look up."""

    table: list[int]  # of each transition: its weights, PLAIN or APART
    first: list[int]  # of each transition: the number of its first option; then how many there are
    available: list[int]
    value: list[int]
    share: list[int]
    lone: list[float]


def choices(model: Model, registry: TableRegistry) -> Choices:
    """Register the tables that options need."""
    made = Choices(table=[], first=[0], available=[], value=[], share=[], lone=[])
    for transition in model.transitions:
        number = weights_of(transition, registry, limit=WEIGHTS_LIMIT)
        made.table.append(number)
        made.first.append(made.first[-1] + len(transition.options))
        for option in transition.options:
            apart = number == APART
            # what has a table of its weights needs none for its parts
            made.available.append(_number(option.available, registry) if apart else NONE)
            made.value.append(_number(option.value, registry) if apart else NONE)
            made.share.append(SHARES[option.share])
            made.lone.append(_lone(transition))
    return made


# the value that means a weight of 1 in each kind: exp(0) is 1
def _lone(transition: Transition) -> float:
    return 0.0 if transition.choice == "utility" else 1.0


def _number(expression: Expression | None, registry: TableRegistry) -> int:
    return NONE if expression is None else registry.expression(expression)


def weights_of(transition: Transition, registry: TableRegistry, *, limit: int | None = None) -> int:
    """The number of the table of a transition's weights; PLAIN without a choice, or APART.

    A table has at most `limit` numbers, else as many as any table of the registry.
    """
    options = transition.options
    read = [e for o in options for e in (o.available, o.value) if e is not None]
    if len(options) == 1 and not read:  # nothing to choose, and no random number needed
        return PLAIN
    # in the order in which they are read: a set's would differ from process to process
    names = tuple(dict.fromkeys(name for e in read for name in variables_read(e.node)))
    # a row for every state: the total, the running sums, the weights (see `weights`)
    shape, width = registry.shape(names), 2 * len(options) + 1
    if prod(shape) * width > min(registry.limit, limit or registry.limit):
        return APART
    return registry.add(
        Table(
            variables=names,
            shape=shape,
            width=width,
            parameters=frozenset(name for e in read for name in parameters_read(e.node)),
            key=("weights", transition.choice, options),
            fill=_filler(options, transition),
        )
    )


def _filler(options: Sequence[Option], transition: Transition) -> Callable[[Grid], Floats]:
    share = np.array([SHARES[option.share] for option in options], np.int64)
    kind, lone = KINDS[transition.choice], _lone(transition)

    def fill(grid: Grid) -> Floats:
        available = _stacked([option.available for option in options], 1.0, grid)
        values = _stacked([option.value for option in options], lone, grid)
        return weights.table_of_shares(values, available, share, kind)

    return fill


def _stacked(expressions: Sequence[Expression | None], missing: float, grid: Grid) -> Floats:
    """The options' values along a last axis; NaN where an expression has none."""
    columns: list[NDArray[np.float64]] = []
    for expression in expressions:
        value = np.asarray(missing) if expression is None else _value(expression.node, grid)
        columns.append(np.broadcast_to(value, grid.shape))
    return np.stack(columns, axis=-1)


def _value(node: Node, grid: Grid) -> Floats:
    # NaN is how the kernel sees that an expression has no value: Python would have raised
    value, wrong = table(node, grid)
    return np.where(wrong, np.nan, value)
