"""Looking up, inside the kernel: what an expression says in a state, which conditions hold."""

import math

from sim.engines.compiled.machine import inlined
from sim.engines.compiled.parts import WROTE
from sim.engines.compiled.planes import LAST, SHIFT
from sim.engines.compiled.shelf import AND, MINUS, NEGATIVE, NOT, OR, OVER, PLUS


@inlined
def place(look, number, state):
    """Where in the pool the row of a table for this state starts."""
    at, axis = look.at[number], look.first[number]
    while look.stride[axis] != 0:
        at += look.stride[axis] * state[look.variable[axis]]
        axis += 1
    return at


@inlined
def value_of(look, number, state):
    """What an expression says in this state; NaN where it has no value."""
    if look.step_first[number] == look.step_first[number + 1]:
        return look.pool[place(look, number, state)]
    return stepped(look, number, state)


@inlined
def stepped(look, number, state):
    """The same for an expression split into several tables, in postfix."""
    top = -1
    for i in range(look.step_first[number], look.step_first[number + 1]):
        step = look.step[i]
        if step >= 0:
            top += 1
            look.stack[top] = look.pool[place(look, step, state)]
        elif step in (NOT, NEGATIVE):
            look.stack[top] = alone(step, look.stack[top])
        else:
            top -= 1
            look.stack[top] = joined(step, look.stack[top], look.stack[top + 1])
    return look.stack[0]


@inlined
def alone(step, a):
    """The opposite of a condition, or minus a number."""
    if math.isnan(a):
        return a
    if step == NEGATIVE:
        return -a
    return 1.0 if a == 0.0 else 0.0


@inlined
def joined(step, a, b):
    """Two values joined; the second counts only where the first has not decided."""
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
def settle(look, conditions, path, number):
    """Look up one condition that is no bit of a plane."""
    word, bit = number >> SHIFT, 1 << (number & LAST)
    says = value_of(look, conditions.table[number], path.state)
    path.extra[word] &= ~bit
    path.bad[word] &= ~bit
    if math.isnan(says):
        path.bad[word] |= bit
    elif says != 0.0:
        path.extra[word] |= bit


@inlined
def see_planes(size, conditions, path):
    """Find all conditions that hold: those known from tables, and those of the planes."""
    for word in range(size.words):
        holds, column = path.extra[word], word
        while column < size.columns:
            cases = -1
            for i in range(size.planes):
                cases &= conditions.mask[path.row[i] + column]
            holds |= cases
            column += size.words
        path.holds[word] = holds


@inlined
def see(look, size, conditions, path):
    """Find the conditions that hold, now that the variables in `path.wrote` have changed."""
    for i in range(path.seen[WROTE]):
        variable = path.wrote[i]
        for j in range(conditions.first[variable], conditions.first[variable + 1]):
            settle(look, conditions, path, conditions.reader[j])
    see_planes(size, conditions, path)
