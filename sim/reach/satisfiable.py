"""Whether a condition can be true at all, for some values of what it reads, reachable or not."""

from math import prod

import numpy as np

from sim.model.distribution_kinds import KINDS
from sim.model.expressions import Expression, outcomes_read, parameters_read, variables_read
from sim.model.model import Model
from sim.model.tables import Grid, table
from sim.reach.reachability import support
from sim.reach.value_ranges import restrict

MAX_CELLS = 100_000  # combinations of values that are tried; with more, the answer is yes


def satisfiable(model: Model, condition: Expression) -> bool:
    """Whether some combination of values may make the condition true; False is proved."""
    # intervals first: they are cheap, but take what is read twice for two independent values
    return _by_intervals(model, condition) and _by_trying(model, condition)


def _by_intervals(model: Model, condition: Expression) -> bool:
    """Whether it may be true by the intervals of what it reads."""
    node = condition.node
    box, ranges = support(model.parameter(name) for name in parameters_read(node))
    for name in variables_read(node):
        box[name] = (1 << model.variable(name).size) - 1
    for name in outcomes_read(node):
        box[name] = 0b11  # it has happened, or not
    return restrict(node, True, ranges)(box)


def _by_trying(model: Model, condition: Expression) -> bool:
    """Whether some combination makes it true, or there are too many to try.

    Only parameters with choices are tried, since others have too many values.
    """
    node = condition.node
    choices = [model.parameter(name) for name in parameters_read(node)]
    if not all(KINDS[parameter.distribution.kind].discrete for parameter in choices):
        return True
    states = tuple((name, model.variable(name).size) for name in variables_read(node))
    marks = outcomes_read(node)
    rows = [len(parameter.distribution.levels) for parameter in choices]  # choices of each
    # each outcome has happened or not: hence the power of 2
    if prod(rows) * prod(size for _, size in states) * 2 ** len(marks) > MAX_CELLS:
        return True
    # the choices of all parameters, one column for each combination
    grids = np.indices(rows).reshape(len(rows), prod(rows)).astype(np.float64)
    columns = {parameter.name: grids[i] for i, parameter in enumerate(choices)}
    value, wrong = table(node, Grid(states, columns, marks))  # wrong: no value there, as of 1 / 0
    return bool(np.any((value != 0) & ~wrong))
