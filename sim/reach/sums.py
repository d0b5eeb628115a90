"""Whether the probabilities of every choice sum to 1 and no weight or speed is negative (rule 3).

Looked at as whole expressions over all values of the state variables they read, as far as the
guard lets them be read there: at load at the corners of the parameters' ranges, and again for
every draw before it runs, since an expression need not be highest at a corner.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import RunError
from sim.model.expressions import Expression, parameters_read
from sim.model.failures import SLACK
from sim.model.model import Model
from sim.model.parameters import corners
from sim.model.tables import Bools, Floats, table
from sim.model.transitions import Option, Transition
from sim.reach.points import Fault, Points, points_of


def check(model: Model, values: ArrayLike, *, first: int = 0) -> None:
    """Look at the choices and speeds of every draw before it runs.

    `values` has one row a draw, numbered from `first`, and one column a parameter (a single row
    may come flat). Raises RunError naming transition, expression, draw and state.
    """
    # all draws at once: one table for each expression, not one for each draw
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
        # at its corners an expression that is monotone in each parameter is least and greatest
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
        for points in points_of(model, transition, reads, columns):
            found = list(_choice_faults(points))
            yield from found
            if found:  # one example of a fault is enough
                break
    if transition.speed is not None:
        for points in points_of(model, transition, [transition.speed], columns):
            found = list(_speed_faults(points, transition.speed))
            yield from found
            if found:
                break


def _choice_faults(points: Points) -> Iterator[Fault]:
    """Values that are no probabilities; if there are none, sums of probabilities that are not 1."""
    transition = points.transition
    values: list[Floats] = []
    available: list[Bools] = []
    wrong = False
    for option in transition.options:
        is_open = np.ones((), dtype=np.bool_)
        if option.available is not None:
            value, bad = table(option.available.node, points.grid)
            # an `available` without a value is another error, told where it is evaluated
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
    # weights need no sum, only one that a number can hold
    elif transition.choice == "weight" and not wrong:
        # infinity is what is looked for, and no surprise to warn of
        with np.errstate(over="ignore"):
            # what is not available has no weight, whatever its value
            total = sum(np.where(free, w, 0.0) for w, free in zip(values, available, strict=True))
        point = points.first(~np.isfinite(np.asarray(total)))
        if point is not None:
            yield points.fault(point, "weights add up to more than a number can be")


def _value_faults(
    points: Points, option: Option, value: Floats, bad: Bools, is_open: Bools
) -> Iterator[Fault]:
    assert option.value is not None
    kind, text = points.transition.choice, option.value.text
    point = points.first((bad | ~np.isfinite(value)) & is_open)
    if point is not None:
        yield points.fault(point, f"{text!r} has no value", option)
        return
    if kind == "utility":
        return
    # an option that is not available may have any value: it is never looked at there
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
    points: Points, values: Sequence[Floats], available: Sequence[Bools]
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
            # held at 0 so that one excess is reported once, as `over`, and not again in the sum
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


def _speed_faults(points: Points, speed: Expression) -> Iterator[Fault]:
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


def _parameters(transition: Transition) -> set[str]:
    """The parameters that a choice, a speed and the guard read."""
    read = [e for o in transition.options for e in (o.value, o.available) if e]
    read += [e for e in (transition.speed, transition.when) if e]
    # not those of the delay, which is checked by itself
    return {name for e in read for name in parameters_read(e.node)}
