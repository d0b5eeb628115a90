"""The rows of numbers that waits are drawn by, as tables without an axis."""

from collections.abc import Callable

import numpy as np

from sim.engines.compiled.layout import Ints
from sim.engines.compiled.table_registry import Floats, Table, TableRegistry
from sim.model.delays import parameters_read, row, width
from sim.model.evaluation import Names
from sim.model.model import Model
from sim.model.tables import Grid
from sim.model.transitions import Transition


class Impossible(Exception):
    """A waiting time that cannot be: whose, in which draw of the block, and why."""

    def __init__(self, transition: Transition, position: int, problem: Exception) -> None:
        super().__init__(str(problem))
        self.transition, self.position, self.problem = transition, position, problem


def delays(model: Model, registry: TableRegistry) -> Ints:
    """For each transition the number of the table that holds its delay's row."""
    numbers = []
    for transition in model.transitions:
        made = Table(
            width=width(transition.after),
            parameters=frozenset(parameters_read(transition.after)),
            key=("delay", transition.after),
            fill=_rows(transition),
        )
        numbers.append(registry.add(made))
    return np.array(numbers, np.int64)


def _rows(transition: Transition) -> Callable[[Grid], Floats]:
    # of two hundred parameters a delay reads one or two, and only those columns become lists
    read_by = parameters_read(transition.after)
    names = Names({}, {name: i for i, name in enumerate(read_by)}, {})

    def fill(grid: Grid) -> Floats:
        columns = [grid.values[name].tolist() for name in read_by]
        draws = zip(*columns, strict=True) if columns else [()]
        found, read = [], None
        for position, values in enumerate(draws):
            try:
                # made here, as one that reads no parameter is checked when it is made
                read = read or row(transition.after, names)
                found.append(read(values))
            except (ValueError, ArithmeticError) as problem:
                raise Impossible(transition, position, problem) from problem
        return np.array(found)

    return fill
