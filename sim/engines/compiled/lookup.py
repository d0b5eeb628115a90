"""Looking up, inside the kernel: what an expression says in a state, which conditions hold."""

import math

from sim.engines.compiled.bit_planes import LAST, SHIFT
from sim.engines.compiled.intrinsics import inlined
from sim.engines.compiled.layout import CHANGED
from sim.engines.compiled.table_registry import AND, MINUS, NEGATIVE, NOT, OR, OVER, PLUS


@inlined
def row_of(tables, number, state):
    """Where in the pool the row of a table for this state starts."""
    at, axis = tables.at[number], tables.first[number]
    while tables.stride[axis] != 0:  # a stride of 0 ends the axes of each table
        at += tables.stride[axis] * state[tables.variable[axis]]
        axis += 1
    return at


@inlined
def value_of(tables, number, state):
    """What an expression says in this state; NaN where it has no value."""
    if tables.step_first[number] == tables.step_first[number + 1]:
        return tables.pool[row_of(tables, number, state)]
    return evaluate_steps(tables, number, state)


@inlined
def evaluate_steps(tables, number, state):
    """The same for an expression split into several tables, in postfix."""
    top = -1
    for i in range(tables.step_first[number], tables.step_first[number + 1]):
        step = tables.step[i]
        if step >= 0:  # a table; operators are below zero
            top += 1
            tables.stack[top] = tables.pool[row_of(tables, step, state)]
        elif step in (NOT, NEGATIVE):
            tables.stack[top] = unary(step, tables.stack[top])
        else:
            top -= 1
            tables.stack[top] = binary(step, tables.stack[top], tables.stack[top + 1])
    return tables.stack[0]


@inlined
def unary(step, a):
    """The opposite of a condition, or minus a number."""
    if math.isnan(a):
        return a
    if step == NEGATIVE:
        return -a
    return 1.0 if a == 0.0 else 0.0


@inlined
def binary(step, a, b):
    """Two values joined; the second counts only where the first has not decided."""
    # NaN stands for "has no value". Python would not have looked at `b` behind a decided `and` or
    # `or`, so its NaN is passed on only where it would have.
    if math.isnan(a):
        return a
    if step in (AND, OR):
        if (a != 0.0) == (step == OR):
            return 1.0 if step == OR else 0.0
        return b if math.isnan(b) else (1.0 if b != 0.0 else 0.0)
    if step == PLUS:
        return a + b
    if step == MINUS:
        return a - b
    if step == OVER:
        return a / b if b != 0.0 else math.nan
    return a * b


@inlined
def look_up(tables, conditions, path, number):
    """Find whether one condition holds that is no bit of a plane."""
    word, bit = number >> SHIFT, 1 << (number & LAST)
    value = value_of(tables, conditions.table[number], path.state)
    path.tabled[word] &= ~bit
    path.undefined[word] &= ~bit
    if math.isnan(value):
        path.undefined[word] |= bit
    elif value != 0.0:
        path.tabled[word] |= bit


@inlined
def combine_planes(size, conditions, path):
    """Find all conditions that hold: those known from tables, and those of the planes."""
    for word in range(size.words):
        holds, column = path.tabled[word], word
        while column < size.columns:  # the same word of the next plane is `size.words` further
            cases = -1  # all bits
            for i in range(size.planes):
                cases &= conditions.mask[path.row[i] + column]
            holds |= cases
            column += size.words
        path.holds[word] = holds


@inlined
def renew_conditions(tables, size, conditions, path):
    """Find the conditions that hold, now that the variables in `path.changed` have changed."""
    for i in range(path.status[CHANGED]):
        variable = path.changed[i]
        for j in range(conditions.first[variable], conditions.first[variable + 1]):
            look_up(tables, conditions, path, conditions.reader[j])
    combine_planes(size, conditions, path)
