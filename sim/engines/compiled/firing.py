"""A firing, inside the kernel: an option is taken, its effects apply, outcomes are marked."""

import math

from sim.engines.compiled.clocks import fault
from sim.engines.compiled.lookup import place, value_of
from sim.engines.compiled.machine import inlined, lowest
from sim.engines.compiled.parts import (
    APART,
    BAD_CHOICE,
    BAD_EFFECT,
    BAD_OUTCOME,
    BAD_STOP,
    KEPT,
    NONE,
    PLAIN,
    SEQ,
    STEP,
    WROTE,
)
from sim.engines.compiled.planes import BITS, LAST, SHIFT
from sim.engines.compiled.weights import shares
from sim.model.failures import SLACK
from sim.model.transitions import NOTHING


@inlined
def choose(look, rules, path, rank):
    """(option, its probability), by walking running sums against u x total (rule 3)."""
    table = rules.choice[rank]
    if table == PLAIN:
        return 0, 1.0
    n = rules.option[rank + 1] - rules.option[rank]
    if table == APART:
        weigh_apart(look, rules, path, rank, n)
        return fall(path.weight, 0, n, path.option_u[rank], path, rank)
    at = place(look, table, path.state)
    return fall(look.pool, at, n, path.option_u[rank], path, rank)


@inlined
def fall(row, at, n, u, path, rank):
    """The option that u falls on, in a row of weights (see `weights`); NOTHING if all are zero."""
    total = row[at]
    if math.isnan(total):
        fault(path, BAD_CHOICE, rank, 0)
        return NOTHING, 1.0
    if not total > 0.0:
        return NOTHING, 1.0
    mark, option = u * total, 0
    while mark >= row[at + 1 + option]:
        option += 1
    return option, row[at + 1 + n + option] / total


@inlined
def weigh_apart(look, rules, path, rank, n):
    """The row of weights of options whose tables stand apart, being too large together."""
    first = rules.option[rank]
    for i in range(n):
        available, value = rules.available[first + i], rules.value[first + i]
        path.available[i] = value_of(look, available, path.state) if available != NONE else 1.0
        path.value[i] = rules.lone[first + i]
        if value != NONE:
            path.value[i] = value_of(look, value, path.state)
    kind = rules.kind[rank]
    shares(n, path.value, path.available, rules.share, first, kind, SLACK, path.weight)


@inlined
def consequences(look, effects, path, first, last, rank):
    """Find all new values, read off the state before the firing; then change it."""
    for i in range(first, last):
        source = effects.source[i]
        if source != NONE:
            path.new[i - first] = effects.value[effects.base[i] + path.state[source]]
        else:
            top = effects.top[effects.changed[i]]
            says = value_of(look, effects.base[i], path.state)
            if not math.isfinite(says):
                fault(path, BAD_EFFECT, rank, i)
                return
            path.new[i - first] = 0 if says <= 0.0 else top if says >= top else int(says)


@inlined
def change(plan, path, out, who, first, last, now):
    """Give the variables their new values; rungs change from the next time of the grid."""
    size, conditions, effects, grid = plan.size, plan.conditions, plan.effects, plan.ends.grid
    wrote = 0
    for i in range(first, last):
        variable, new = effects.changed[i], path.new[i - first]
        old = path.state[variable]
        if new != old:
            path.state[variable] = new
            plane = conditions.plane[variable]
            if plane != NONE:
                path.row[plane] = conditions.slot[plane] + new * size.columns
            path.wrote[wrote] = variable
            wrote += 1
            column = effects.ladder[variable]
            if column != NONE:
                step = path.seen[STEP]
                while step < size.grid and grid[step] < now:
                    step += 1
                path.seen[STEP] = step
                at = (who[4] * (size.grid + 1) + step) * size.rungs + column
                out.rungs[at + old] -= 1
                out.rungs[at + new] += 1
    path.seen[WROTE] = wrote


@inlined
def look_at_outcomes(look, plan, path, out, row, now):
    """Mark what has happened by now (rule 10), then say whether the path stops (rule 5)."""
    ends, size = plan.ends, plan.size
    for word in range(size.words):
        open_ = ends.outcome_bits[word] & ~path.marked[word]
        if path.bad[word] & open_ != 0:
            fault(path, BAD_OUTCOME, 0, 0)
            return False
        new = path.holds[word] & open_
        path.marked[word] |= new
        while new != 0:
            outcome = word * BITS + lowest(new) - size.transitions
            new &= new - 1
            path.state[size.variables + outcome] = 1
            out.outcome_time[row * size.outcomes + outcome] = now
    for i in range(size.late):
        outcome = ends.late[i]
        if path.state[size.variables + outcome] == 0:
            says = value_of(look, ends.late_table[i], path.state)
            if math.isnan(says):
                fault(path, BAD_OUTCOME, 0, 0)
                return False
            if says != 0.0:
                path.state[size.variables + outcome] = 1
                out.outcome_time[row * size.outcomes + outcome] = now
    if ends.stop_table[0] != NONE:
        says = value_of(look, ends.stop_table[0], path.state)
        if math.isnan(says):
            fault(path, BAD_STOP, 0, 0)
        return says != 0.0
    number = size.transitions + size.outcomes
    if (path.bad[number >> SHIFT] >> (number & LAST)) & 1 != 0:
        fault(path, BAD_STOP, 0, 0)
    return (path.holds[number >> SHIFT] >> (number & LAST)) & 1 != 0


@inlined
def record(size, path, out, number, time, rank, option, probability):
    """Write an event down; False when there is no room left."""
    at = path.seen[KEPT]
    if at >= size.room:
        return False
    out.path[at] = number
    out.seq[at] = path.seen[SEQ]
    out.time[at] = time
    out.transition[at] = rank
    out.option[at] = option
    out.probability[at] = probability
    out.cause[at] = path.cause[rank]
    path.seen[KEPT] = at + 1
    return True
