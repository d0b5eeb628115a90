"""The points at which a transition is checked: all values that it reads while its guard holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.model.expressions import Expression, Fact, Logic, Node, parameters_read, variables_read
from sim.model.model import Model
from sim.model.parameters import value_in_words
from sim.model.tables import Bools, Grid, table
from sim.model.transitions import Option, Transition

CELLS = 200_000  # points looked at together; a choice that reads more states is left to the engines


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A choice or speed that is not possible, and where: `row` is the row of parameter values."""

    transition: Transition
    option: Option | None  # None for a sum
    speed: bool
    text: str
    row: int


@dataclass(frozen=True, slots=True)
class Points:
    """The points at which a transition is looked at, and at which of them its guard holds."""

    model: Model
    transition: Transition
    grid: Grid
    holds: Bools
    start: int  # the row of the first value

    def first(self, bad: Bools) -> tuple[int, ...] | None:
        """The first point at which something is wrong while the guard holds."""
        found = bad & self.holds
        if not found.any():
            return None
        found = np.broadcast_to(found, self.grid.shape)
        at = int(np.argmax(found))  # of truth values: the first that is true
        return tuple(int(i) for i in np.unravel_index(at, self.grid.shape))

    def phrase(self, point: tuple[int, ...], read: Sequence[Expression]) -> str:
        """The parameters and variables there that these expressions read, in words."""
        matter = {n for e in read for n in (*parameters_read(e.node), *variables_read(e.node))}
        by_name = {parameter.name: parameter for parameter in self.model.parameters}
        named = []
        for name, column in self.grid.values.items():
            if name not in matter:
                continue
            value = float(column[min(point[0], len(column) - 1)])  # a fixed one has one row
            named.append(f"{name} is {value_in_words(by_name[name], value)}")
        for (name, _), value in zip(self.grid.variables, point[1:], strict=True):
            if name in matter:
                named.append(f"{name} is {self.model.variable(name).word(int(value))}")
        return f", when {' and '.join(named)}" if named else ""

    def fault(
        self, point: tuple[int, ...], text: str, option: Option | None = None, speed: bool = False
    ) -> Fault:
        """The fault there, with the values that bring it about."""
        options = [option] if option else self.transition.options
        read = [e for o in options for e in (o.value, o.available) if e]
        if speed and self.transition.speed:
            read = [self.transition.speed]
        return Fault(
            transition=self.transition,
            option=option,
            speed=speed,
            text=text + self.phrase(point, read),
            row=self.start + point[0],
        )


def points_of(
    model: Model,
    transition: Transition,
    reads: Sequence[Expression],
    columns: Mapping[str, NDArray[np.float64]],
) -> Iterator[Points]:
    """All values of what is read and of the parts of the guard that concern it, in batches.

    Nothing where the states alone are too many to look at.
    """
    # Parts of the guard that share a variable with what is read are looked at with it, and those
    # that share one with these, until none is left: all other parts cannot rule a point out.
    names = list(dict.fromkeys(n for e in reads for n in variables_read(e.node)))
    parts = list(conditions_joined(transition.when.node)) if transition.when else []
    guards = [part for part in parts if not variables_read(part)]
    while linked := [p for p in parts if p not in guards and set(variables_read(p)) & set(names)]:
        guards += linked
        names += dict.fromkeys(n for p in linked for n in variables_read(p) if n not in names)
    variables = tuple((name, model.variable(name).size) for name in names)
    states = prod(size for _, size in variables)
    rows = max((len(column) for column in columns.values()), default=1)
    step = max(1, CELLS // states)  # rows at a time, so that memory stays within bounds
    for start in range(0, rows if states <= CELLS else 0, step):
        batch = {name: column[start : start + step] for name, column in columns.items()}
        grid = Grid(variables, batch)
        holds: Bools = np.ones((), dtype=np.bool_)
        for guard in guards:
            value, wrong = table(guard, grid)
            holds = holds & (value != 0) & ~wrong  # a guard without value is another error
        yield Points(model, transition, grid, holds, start)


def conditions_joined(node: Node) -> Iterator[Node]:
    """The conditions that must all hold for this one to hold: those joined by `and`."""
    if isinstance(node, Fact):
        yield from conditions_joined(node.says)
    elif isinstance(node, Logic) and node.op == "and":
        for part in node.parts:
            yield from conditions_joined(part)
    else:
        yield node
