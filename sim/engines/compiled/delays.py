"""The rows of numbers that waits are drawn by, as tables without an axis."""

from collections.abc import Callable

import numpy as np

from sim.engines.compiled.parts import Ints
from sim.engines.compiled.shelf import Floats, Shelf, Table
from sim.model.delays import Delay, parameters_read, row
from sim.model.model import Model
from sim.model.tables import Grid
from sim.model.transitions import Transition


class Impossible(Exception):
    """A waiting time that cannot be: whose, in which draw of the block, and why."""

    def __init__(self, transition: Transition, position: int, problem: Exception) -> None:
        super().__init__(str(problem))
        self.transition, self.position, self.problem = transition, position, problem


def delays(model: Model, shelf: Shelf) -> Ints:
    """For each transition the number of the table that holds its delay's row."""
    numbers = []
    for transition in model.transitions:
        made = Table(
            width=sum(_widths(transition.after)) + _head(transition.after),
            drawn=bool(parameters_read(transition.after)),
            fill=_rows(model, transition),
        )
        numbers.append(shelf.put(made))
    return np.array(numbers, np.int64)


def _widths(delay: Delay) -> list[int]:
    """How many numbers each part takes in the row of a mix; of another delay, how many it takes."""
    if delay.kind == "mix":
        return [width for part in delay.parts for width in _widths(part)]
    counted = delay.kind in ("quantiles", "observed")
    return [1 + counted + len(delay.arguments) + len(delay.observations)]


def _head(delay: Delay) -> int:
    return 2 + 2 * len(_widths(delay)) if delay.kind == "mix" else 0


def _rows(model: Model, transition: Transition) -> Callable[[Grid], Floats]:
    names = [parameter.name for parameter in model.parameters]

    def fill(grid: Grid) -> Floats:
        draws = (
            [()] if not grid.values else zip(*(grid.values[n].tolist() for n in names), strict=True)
        )
        found, read = [], None
        for position, values in enumerate(draws):
            try:
                read = read or row(transition.after, model.names)
                found.append(read(values))
            except (ValueError, ArithmeticError) as problem:
                raise Impossible(transition, position, problem) from problem
        return np.array(found)

    return fill
