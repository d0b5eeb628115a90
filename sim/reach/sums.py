"""Whether the probabilities of every choice sum to 1 and no weight or speed is negative (rule 3).

Looked at as whole expressions over all values of the state variables they read, as far as the
guard lets them be read there: at load at the corners of the parameters' ranges, and again for
every draw before it runs, since an expression need not be highest at a corner.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import RunError
from sim.model.expressions import Expression, Fact, Logic, Node, parameters_read, variables_read
from sim.model.failures import SLACK
from sim.model.model import Model
from sim.model.parameters import corners, value_in_words
from sim.model.tables import Bools, Floats, Grid, table
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


def check(model: Model, values: ArrayLike, *, first: int = 0) -> None:
    """Look at the choices and speeds of every draw before it runs.

    `values` has one row a draw, numbered from `first`, and one column a parameter (a single row
    may come flat). Raises RunError naming transition, expression, draw and state.
    """
    rows = np.atleast_2d(np.asarray(values, dtype=np.float64))
    columns = {parameter.name: rows[:, i] for i, parameter in enumerate(model.parameters)}
    for transition in model.transitions:
        for fault in faults(model, transition, columns):
            expression = _expression(fault)
            where = f"{expression.where}: " if expression and expression.where else ""
            draw = first + fault.row
            raise RunError(f"{where}{transition.name}: {fault.text} (draw {draw})")


def faults_at_corners(model: Model, transitions: Iterable[Transition]) -> Iterator[Fault]:
    """What is wrong at the corners of the parameters' ranges, the first fault of each kind.

    `transitions` are the model's own, or others that read its variables and parameters.
    """
    for transition in transitions:
        names = _parameters(transition)
        read = [parameter for parameter in model.parameters if parameter.name in names]
        rows = np.array(list(corners(read)), dtype=np.float64)
        columns = {parameter.name: rows[:, i] for i, parameter in enumerate(read)}
        yield from faults(model, transition, columns)


def faults(
    model: Model, transition: Transition, columns: Mapping[str, NDArray[np.float64]]
) -> Iterator[Fault]:
    """What is wrong with a transition's choice and speed for these values of the parameters."""
    names = _parameters(transition)
    # all other parameters only make the grid larger
    columns = {name: column for name, column in columns.items() if name in names}
    if any(option.value is not None or option.share == "rest" for option in transition.options):
        reads = [e for o in transition.options for e in (o.value, o.available) if e]
        for points in _grids(model, transition, reads, columns):
            found = list(_choice_faults(points))
            yield from found
            if found:  # one example of a fault is enough
                break
    if transition.speed is not None:
        for points in _grids(model, transition, [transition.speed], columns):
            found = list(_speed_faults(points, transition.speed))
            yield from found
            if found:
                break


@dataclass(frozen=True, slots=True)
class _Grid:
    """The points a transition is looked at, and at which of them its guard holds."""

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


def _grids(
    model: Model,
    transition: Transition,
    reads: Sequence[Expression],
    columns: Mapping[str, NDArray[np.float64]],
) -> Iterator[_Grid]:
    """All values of what is read and of the guard as far as it bears on that, in batches of rows.

    Nothing where the states alone are too many to look at.
    """
    # Parts of the guard that share a variable with what is read are looked at with it, and those
    # that share one with these, until none is left: all other parts cannot rule a point out.
    names = list(dict.fromkeys(n for e in reads for n in variables_read(e.node)))
    parts = list(_parts(transition.when.node)) if transition.when else []
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
        yield _Grid(model, transition, grid, holds, start)


def _choice_faults(points: _Grid) -> Iterator[Fault]:
    """Values that are no probabilities; if there are none, sums of probabilities that are not 1."""
    transition = points.transition
    values: list[Floats] = []
    available: list[Bools] = []
    wrong = False
    for option in transition.options:
        is_open = np.ones((), dtype=np.bool_)
        if option.available is not None:
            value, bad = table(option.available.node, points.grid)
            is_open = (value != 0) & ~bad
        available.append(is_open)
        value = np.ones(())
        if option.value is not None:
            value, bad = table(option.value.node, points.grid)
            for fault in _value_faults(points, option, value, bad, is_open):
                wrong = True
                yield fault
        values.append(value)
    if transition.choice == "probability" and not wrong:
        yield from _sum_faults(points, values, available)
    elif transition.choice == "weight" and not wrong:
        with np.errstate(over="ignore"):
            total = sum(np.where(free, w, 0.0) for w, free in zip(values, available, strict=True))
        point = points.first(~np.isfinite(np.asarray(total)))
        if point is not None:
            yield points.fault(point, "weights add up to more than a number can be")


def _value_faults(
    points: _Grid, option: Option, value: Floats, bad: Bools, is_open: Bools
) -> Iterator[Fault]:
    assert option.value is not None
    kind, text = points.transition.choice, option.value.text
    point = points.first((bad | ~np.isfinite(value)) & is_open)
    if point is not None:
        yield points.fault(point, f"{text!r} has no value", option)
        return
    if kind == "utility":
        return
    point = points.first((value < 0) & is_open)
    if point is not None:
        found = np.broadcast_to(value, points.grid.shape)[point]
        yield points.fault(point, f"{_value(text, found)} below 0", option)
        return
    point = points.first((value > 1 + SLACK) & is_open) if kind == "probability" else None
    if point is not None:
        found = np.broadcast_to(value, points.grid.shape)[point]
        yield points.fault(point, f"{_value(text, found)} above 1", option)


def _value(text: str, found: float) -> str:
    """`'2 * zeal' is 1.6,` – or `'1.6' is` of what is nothing but a number."""
    number = f"{found:.4g}"
    return f"{text!r} is" if text == number else f"{text!r} is {number},"


def _sum_faults(
    points: _Grid, values: Sequence[Floats], available: Sequence[Bools]
) -> Iterator[Fault]:
    """With `rest` the others leave something; without, all of them together sum to 1."""
    options = points.transition.options
    taken: Floats = np.zeros(())
    over: Bools = np.zeros((), dtype=np.bool_)
    everything: Bools = np.ones((), dtype=np.bool_)
    for option, value, is_open in zip(options, values, available, strict=True):
        everything = everything & is_open
        if option.share == "rest":  # it takes what the others leave, wherever it stands
            continue
        weight = value
        if option.share == "of_rest":
            over = over | ((1 - taken < -SLACK) & is_open)
            weight = value * np.maximum(1 - taken, 0)
        taken = np.where(is_open, taken + weight, taken)
    rest = [is_open for o, is_open in zip(options, available, strict=True) if o.share == "rest"]
    if rest:
        over = over | ((taken > 1 + SLACK) & rest[0])
    point = points.first(over)
    if point is not None:
        total = f"{np.broadcast_to(taken, points.grid.shape)[point]:.6g}"
        yield points.fault(point, f"probabilities sum to {total}, more than 1")
    # without all options available the others are scaled to 1, so only the full sum counts
    elif not rest and any(option.value is not None for option in options):
        point = points.first((np.abs(taken - 1) > SLACK) & everything)
        if point is not None:
            total = f"{np.broadcast_to(taken, points.grid.shape)[point]:.6g}"
            text = f"probabilities sum to {total}, not 1, and no option has the rest"
            yield points.fault(point, text)


def _speed_faults(points: _Grid, speed: Expression) -> Iterator[Fault]:
    value, bad = table(speed.node, points.grid)
    point = points.first(bad | ~np.isfinite(value))
    text = f"{speed.text!r} has no value"
    if point is None:
        point = points.first(value < 0)
        if point is not None:
            found = np.broadcast_to(value, points.grid.shape)[point]
            text = f"{_value(speed.text, found)} below 0"
    if point is not None:
        yield points.fault(point, text, speed=True)


def _expression(fault: Fault) -> Expression | None:
    """The expression an error points at: the option's, the speed, or the first of the sum."""
    if fault.speed:
        return fault.transition.speed
    if fault.option is not None:
        return fault.option.value
    return next((option.value for option in fault.transition.options if option.value), None)


def _parts(node: Node) -> Iterator[Node]:
    """The conditions that must all hold."""
    if isinstance(node, Fact):
        yield from _parts(node.says)
    elif isinstance(node, Logic) and node.op == "and":
        for part in node.parts:
            yield from _parts(part)
    else:
        yield node


def _parameters(transition: Transition) -> set[str]:
    """The parameters that a choice, a speed and the guard read."""
    read = [e for o in transition.options for e in (o.value, o.available) if e]
    read += [e for e in (transition.speed, transition.when) if e]
    return {name for e in read for name in parameters_read(e.node)}
