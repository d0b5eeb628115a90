"""A firing, inside the kernel: an option is taken, effects apply, outcomes and ending are found."""

import math

from sim.engines.compiled.bit_planes import BITS, LAST, SHIFT
from sim.engines.compiled.clocks import fault
from sim.engines.compiled.intrinsics import inlined, lowest
from sim.engines.compiled.layout import (
    APART,
    CHANGED,
    CHANGES_RECORDED,
    CODE,
    EVENTS,
    FULL,
    GRID_STEP,
    NONE,
    PLAIN,
    POSITION,
    RECORDED,
    STEPS,
    WITH_CHANGES,
    WRONG_CHOICE,
    WRONG_EFFECT,
    WRONG_ENDING,
    WRONG_OUTCOME,
    WRONG_STOP,
)
from sim.engines.compiled.lookup import row_of, value_of
from sim.engines.compiled.weights import shares
from sim.model.failures import SLACK
from sim.model.transitions import NOTHING


@inlined
def choose(tables, rules, path, rank):
    """(option, its probability), by walking running sums against u x total (rule 3)."""
    table = rules.choice[rank]
    if table == PLAIN:
        return 0, 1.0
    n = rules.option[rank + 1] - rules.option[rank]
    if table == APART:
        weigh_one_by_one(tables, rules, path, rank, n)
        return take_option(path.weight, 0, n, path.option_u[rank], path, rank)
    at = row_of(tables, table, path.state)
    return take_option(tables.pool, at, n, path.option_u[rank], path, rank)


@inlined
def take_option(row, at, n, u, path, rank):
    """The option that u falls on, in a row of weights (see `weights`); NOTHING if all are zero."""
    total = row[at]
    if math.isnan(total):
        fault(path, WRONG_CHOICE, rank, 0)
        return NOTHING, 1.0
    if not total > 0.0:
        return NOTHING, 1.0
    # the last running sums are infinite, so that this ends at an option that has a weight
    # u against shares would round once more than the reference does
    mark, option = u * total, 0
    # `>=`: an option of weight 0 ends where the one before it did, and is passed over
    while mark >= row[at + 1 + option]:
        option += 1
    return option, row[at + 1 + n + option] / total


@inlined
def weigh_one_by_one(tables, rules, path, rank, n):
    """The row of weights of options whose tables stand apart, being too large together."""
    first = rules.option[rank]
    for i in range(n):
        available, value = rules.available[first + i], rules.value[first + i]
        path.available[i] = value_of(tables, available, path.state) if available != NONE else 1.0
        path.value[i] = rules.lone[first + i]
        if value != NONE:
            path.value[i] = value_of(tables, value, path.state)
    kind = rules.kind[rank]
    shares(n, path.value, path.available, rules.share, first, kind, SLACK, path.weight)


@inlined
def find_new_values(tables, effects, path, first, last, rank):
    """Find all new values, read off the state before the firing; `apply_new_values` sets them."""
    for i in range(first, last):
        source = effects.source[i]
        if source != NONE:
            path.new[i - first] = effects.value[effects.base[i] + path.state[source]]
        else:
            top = effects.top[effects.changed[i]]
            value = value_of(tables, effects.base[i], path.state)
            if not math.isfinite(value):
                fault(path, WRONG_EFFECT, rank, i)
                return
            # held within the ends before it is cut: a large float has no int64
            path.new[i - first] = 0 if value <= 0.0 else top if value >= top else int(value)


@inlined
def record_change(path, out, variable, new):
    """Write down what the last event written did to a variable."""
    at = path.status[CHANGES_RECORDED]
    out.changed[at] = variable
    out.new[at] = new
    path.status[CHANGES_RECORDED] = at + 1


@inlined
def apply_new_values(plan, path, out, here, first, last, now):
    """Give the variables their new values; rungs change from the next time of the grid."""
    size, conditions, effects, grid = plan.size, plan.conditions, plan.effects, plan.ends.grid
    changed = 0
    for i in range(first, last):
        variable, new = effects.changed[i], path.new[i - first]
        old = path.state[variable]
        if new != old:
            path.state[variable] = new
            plane = conditions.plane[variable]
            if plane != NONE:
                path.row[plane] = conditions.slot[plane] + new * size.columns
            # only what changed: tables that read nothing of it say what they said
            path.changed[changed] = variable
            changed += 1
            if out.record[0] == WITH_CHANGES:
                record_change(path, out, variable, new)
            column = effects.ladder[variable]
            if column != NONE:  # time only goes on, and so does the place in the grid
                step = path.status[GRID_STEP]
                # what happens at a time of the grid itself counts there, as in the reference
                while step < size.grid and grid[step] < now:
                    step += 1
                path.status[GRID_STEP] = step
                at = (here[POSITION] * (size.grid + 1) + step) * size.rungs + column
                out.rungs[at + old] -= 1
                out.rungs[at + new] += 1
                if out.trace[0] != 0:
                    # one more than the place, so that also the first can carry a sign
                    place = step * size.rungs + column + 1
                    keep_step(size, path, out, place + old, place + new)
    path.status[CHANGED] = changed


@inlined
def keep_step(size, path, out, left, reached):
    """Write a change of rungs down; with too little memory the call is made once more."""
    at = path.status[STEPS]
    # a change is two entries, out of one rung and into another, and both or none are written
    if at + 2 > size.step_capacity:
        path.status[CODE] = FULL
        return
    out.step[at] = -left
    out.step[at + 1] = reached
    path.status[STEPS] = at + 2


@inlined
def compare_choices(tables, plan, path, out, row, rank, option):
    """Mark the other choices of a transition that would have taken another option than it did."""
    rules = plan.rules
    for i in range(rules.other_first[rank], rules.other_first[rank + 1]):
        if rules.other[i] < 0:  # it has no table, being too large: taken for another
            out.parted[row * plan.size.others + i] = 1
            continue
        at = row_of(tables, rules.other[i], path.state)
        total = tables.pool[at]
        other = NOTHING
        if total > 0.0:
            mark, other = path.option_u[rank] * total, 0
            while mark >= tables.pool[at + 1 + other]:
                other += 1
        # NaN is an error there, which its own walk has to tell
        if other != option or math.isnan(total):
            out.parted[row * plan.size.others + i] = 1


@inlined
def mark(size, path, out, row, outcome, now):
    """Let an outcome have happened now, by the last event."""
    path.state[size.variables + outcome] = 1
    out.outcome_time[row * size.outcomes + outcome] = now
    out.outcome_event[row * size.outcomes + outcome] = path.status[EVENTS] - 1


@inlined
def look_at_outcomes(tables, plan, path, out, row, now):
    """Mark what has happened by now (rule 10), then say whether the path stops (rule 5)."""
    ends, size = plan.ends, plan.size
    for word in range(size.words):
        waiting = ends.outcome_bits[word] & ~path.marked[word]
        if path.undefined[word] & waiting != 0:
            fault(path, WRONG_OUTCOME, 0, 0)
            return False
        # what has happened stays so, whether or not its condition still holds
        new = path.holds[word] & waiting
        path.marked[word] |= new
        while new != 0:
            outcome = word * BITS + lowest(new) - size.transitions
            new &= new - 1
            mark(size, path, out, row, outcome, now)
    # outcomes that read outcomes come last, each behind those it reads
    for i in range(size.late):
        outcome = ends.late[i]
        if path.state[size.variables + outcome] == 0:
            value = value_of(tables, ends.late_table[i], path.state)
            if math.isnan(value):
                fault(path, WRONG_OUTCOME, 0, 0)
                return False
            if value != 0.0:
                mark(size, path, out, row, outcome, now)
    return stops(tables, size, ends, path)


@inlined
def stops(tables, size, ends, path):
    """Whether `stop_when` holds: from its table where it reads outcomes, else from its bit."""
    if ends.stop_table[0] != NONE:
        value = value_of(tables, ends.stop_table[0], path.state)
        if math.isnan(value):
            fault(path, WRONG_STOP, 0, 0)
        return value != 0.0
    # where there is no `stop_when` this bit is never set
    number = size.transitions + size.outcomes
    if (path.undefined[number >> SHIFT] >> (number & LAST)) & 1 != 0:
        fault(path, WRONG_STOP, 0, 0)
    return (path.holds[number >> SHIFT] >> (number & LAST)) & 1 != 0


@inlined
def record(size, path, out, number, time, rank, option, probability, effects):
    """Write an event down; False when no memory is left for it, or for its effects' changes."""
    at, change = path.status[RECORDED], path.status[CHANGES_RECORDED]
    # as many changes as effects: how many of them change anything is not known yet
    if at >= size.capacity or change + effects > size.capacity:
        return False
    out.change[at] = change
    out.path[at] = number
    # counted from 0: this firing itself is counted afterwards
    out.seq[at] = path.status[EVENTS]
    out.time[at] = time
    out.transition[at] = rank
    out.option[at] = option
    out.probability[at] = probability
    out.cause[at] = path.cause[rank]
    path.status[RECORDED] = at + 1
    return True


@inlined
def find_ending(tables, plan, path, out, row):
    """How the path ended: the first ending whose condition holds."""
    for i in range(plan.size.endings):
        table = plan.ends.ending[i]
        value = value_of(tables, table, path.state) if table != NONE else 1.0
        if math.isnan(value):
            fault(path, WRONG_ENDING, i, 0)
        # NaN is not 0 either, so a fault ends the search
        if value != 0.0:
            out.ending[row] = i
            return
