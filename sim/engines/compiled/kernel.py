"""One kernel for every scenario: paths walked by looking things up. It knows arrays, no names.

Nothing here is made or compiled for a scenario; what a scenario says is in the arrays of `layout`.
`kernel(source)` is compiled once and cached on disk, together with all it calls: `lookup`,
`clocks`, `firing`, `weights`, and the streams and waiting times as they stand.

Sections of the ten rules (DESIGN, section 3) are named where they are kept, as in the reference
engine. What goes wrong is not raised here: it is left in `path.status`, and `failures` asks the
expressions again for the sentence.
"""

import math
from collections.abc import Callable
from functools import cache

from sim.engines.compiled.bit_planes import BITS, LAST, SHIFT
from sim.engines.compiled.clocks import earliest, fault, keep_pace, look_at_clocks, start_clock
from sim.engines.compiled.firing import (
    apply_new_values,
    choose,
    compare_choices,
    find_ending,
    find_new_values,
    look_at_outcomes,
    record,
)
from sim.engines.compiled.intrinsics import cached_njit, group_at, inlined, lowest
from sim.engines.compiled.layout import (
    AT_INSTANT,
    CHANGED,
    CHANGES_RECORDED,
    CODE,
    DRAW,
    DRAWS,
    ENDLESS,
    EVENTS,
    FINE,
    FIRST_STREAM,
    FULL,
    HALTED,
    IN_BLOCK,
    LAST_FIRING,
    NO_EVENTS,
    NONE,
    NOW,
    PATH,
    POSITION,
    RECORDED,
    STEPS,
    STREAM_STEP,
    TOO_MANY,
    WRONG_BECOMES,
    WRONG_GUARD,
    Arguments,
)
from sim.engines.compiled.lookup import combine_planes, look_up, renew_conditions
from sim.model.failures import FIRINGS_AT_ONE_INSTANT, FIRINGS_IN_A_PATH
from sim.model.transitions import NOTHING

# After so many firings and one a path looks whether it is to stop: a power of two less one, so that
# a mask says when. That is each millisecond or so, and costs nothing that can be measured.
LOOK_UP = (1 << 12) - 1


@inlined
def begin_draw(tables, offsets, plan, path, draw):
    """Find the tables of a draw (by its position in the block), and what holds at t = 0 in it."""
    size, conditions = plan.size, plan.conditions
    for i in range(size.tables):
        tables.at[i] = offsets.start[i] + draw * offsets.step[i]
    for i in range(size.transitions):
        path.delay[i] = tables.at[offsets.delay[i]]
    for i in range(size.variables + size.outcomes):
        path.state[i] = plan.ends.start[i]
    for word in range(size.words):
        path.tabled[word] = conditions.constant[word]
        path.undefined[word] = 0
    # every path of a draw begins in the same state: what tables say there is looked up once a draw,
    # and copied by each path
    for i in range(size.tabled):
        look_up(tables, conditions, path, conditions.tabled[i])
    for word in range(size.words):
        path.first_tabled[word] = path.tabled[word]
        path.first_undefined[word] = path.undefined[word]


@inlined
def begin_path(plan, path, out, here, row):
    """Put everything back to t = 0."""
    size, effects = plan.size, plan.effects
    for i in range(size.variables + size.outcomes):
        path.state[i] = plan.ends.start[i]
    for i in range(size.planes):
        # masks have a row for each value of a variable; `row` stands at that of the present value
        start = path.state[plan.conditions.variable[i]]
        path.row[i] = plan.conditions.slot[i] + start * size.columns
    for i in range(size.variables):
        if effects.ladder[i] != NONE:
            # rungs hold changes from one time of the grid to the next; they are summed up later
            at = here[POSITION] * (size.grid + 1) * size.rungs
            out.rungs[at + effects.ladder[i] + path.state[i]] += 1
    for word in range(size.words):
        path.tabled[word] = path.first_tabled[word]
        path.undefined[word] = path.first_undefined[word]
        path.marked[word] = 0
    for word in range(size.rule_words):
        path.active[word] = 0
        path.held[word] = 0
        path.unspent[word] = plan.rules.unspent[word]
        path.triggered[word] = 0
        path.undefined_trigger[word] = 0
        # the first clock of each word, as the path before left it, is not this path's
        path.stale[word] = 1
    for i in range(size.transitions):
        path.starts[i] = 0
        path.fired[i] = 0
    for i in range(size.options):
        path.taken[i] = 0
    for i in range(RECORDED):  # all but the last three, which go on from path to path
        path.status[i] = 0
    for i in range(size.others):
        out.parted[row * size.others + i] = 0
    for i in range(size.outcomes):
        # NaN: has not happened; 0 would say that it held at t = 0
        out.outcome_time[row * size.outcomes + i] = math.nan


@inlined
def find_triggered(plan, path, called):
    """Find whom this firing starts: by being their trigger, or as a condition turned true.

    `called` is the number of the option taken, or behind all options that of the transition whose
    firing was `nothing`.
    """
    rules, size = plan.rules, plan.size
    for word in range(size.rule_words):
        path.triggered[word] = rules.triggered[called * size.rule_words + word]
        path.undefined_trigger[word] = 0
    first = size.transitions + size.outcomes + 1  # of the conditions waited for; see `Conditions`
    for word in range(size.words):
        # one without a value counts as turned: it is a fault for whoever would start by it
        wrong = path.undefined[word]
        turned = (path.holds[word] | wrong) & rules.waited[word] & ~path.before[word]
        while turned != 0:
            # `word & word - 1` is the word without its lowest bit, in every loop over bits
            bit = lowest(turned)
            turned &= turned - 1
            at = (word * BITS + bit - first) * size.rule_words
            for other in range(size.rule_words):
                if (wrong >> bit) & 1 != 0:
                    path.undefined_trigger[other] |= rules.becomes[at + other]
                else:
                    path.triggered[other] |= rules.becomes[at + other]


@inlined
def keep_conditions(plan, path):
    """Keep what conditions waited for say before a firing; a fault if one has no value."""
    for word in range(plan.size.words):
        path.before[word] = path.holds[word]
        # without a value now, nobody could say whether the condition turned true by this firing;
        # rank 0, as `explain` asks all of them
        if path.undefined[word] & plan.rules.waited[word] != 0:
            fault(path, WRONG_BECOMES, 0, NONE)


@inlined
def count_firing(plan, path, out, here, rank, option, now):
    """Count a firing; a fault after too many at one instant, or in all."""
    rules, size = plan.rules, plan.size
    if path.fired[rank] == 0:
        out.fired[here[POSITION] * size.transitions + rank] += 1
    path.fired[rank] += 1
    # the bit, not the count, is what clocks are looked at by
    if path.fired[rank] >= rules.limit[rank]:
        path.unspent[rank >> SHIFT] &= ~(1 << (rank & LAST))
    if option != NOTHING:
        number = rules.option[rank] + option
        if path.taken[number] == 0:
            out.taken[here[POSITION] * size.options + number] += 1
            path.taken[number] = 1
    # times are whole multiples of the grid of time, so those of one instant are one number
    path.status[AT_INSTANT] = path.status[AT_INSTANT] + 1 if now == path.time[LAST_FIRING] else 1
    path.time[LAST_FIRING] = now
    path.status[EVENTS] += 1
    if path.status[AT_INSTANT] > FIRINGS_AT_ONE_INSTANT:
        # of both faults this one stays, being first: it can name the circle
        fault(path, ENDLESS, rank, 0)
    if path.status[EVENTS] > FIRINGS_IN_A_PATH:
        fault(path, TOO_MANY, rank, 0)


@inlined
def fire(tables, plan, path, out, here, row, rank, now):
    """Let one option of a transition happen, then look at everything again; whether it stops."""
    size, rules = plan.size, plan.rules
    # rule 3: options are weighed on the state before its effects, so whatever weighs comes first
    option, probability = choose(tables, rules, path, rank)
    if size.others != 0:
        compare_choices(tables, plan, path, out, row, rank, option)
    if size.waited != 0:
        keep_conditions(plan, path)
    first, last, called = 0, 0, size.options + rank
    if option != NOTHING:
        called = rules.option[rank] + option
        first, last = rules.effect[called], rules.effect[called + 1]
        # all effects read the state before the firing, so all are read before any is applied
        find_new_values(tables, plan.effects, path, first, last, rank)
    if path.status[CODE] != FINE:
        return True
    # written down before the state changes, so that a call that is full can be made once more
    if out.record[0] != NO_EVENTS:
        number, effects = here[PATH], last - first
        if not record(size, path, out, number, now, rank, option, probability, effects):
            path.status[CODE] = FULL
            return True
    apply_new_values(plan, path, out, here, first, last, now)
    count_firing(plan, path, out, here, rank, option, now)
    if path.status[CODE] != FINE:
        return True
    if path.status[CHANGED] != 0:  # otherwise outcomes and `stop_when` say what they said
        renew_conditions(tables, size, plan.conditions, path)
        if look_at_outcomes(tables, plan, path, out, row, now):
            return True
    # also where nothing changed: a firing without effects starts what waits for it (rule 7)
    find_triggered(plan, path, called)
    # what starts or resumes here reads its speed as it is by now; `keep_pace` then leaves it alone
    look_at_clocks(tables, plan, path, out, here, now)
    keep_pace(tables, plan, path, now)
    return False


@inlined
def start_scheduled(tables, plan, path, out, here):
    """Start the clocks of what is scheduled, whatever its guard says (rule 9)."""
    # no other loop starts these: `unspent` leaves them out
    for rank in range(plan.size.transitions):
        if plan.rules.at[rank] >= 0.0:
            start_clock(tables, plan.size, plan.rules, path, out, here, rank, 0.0)


@inlined
def start_path(tables, plan, path, out, here, row):
    """Put a path at t = 0 and start its clocks; whether it stops there."""
    begin_path(plan, path, out, here, row)
    path.time[NOW] = path.time[LAST_FIRING] = 0.0
    combine_planes(plan.size, plan.conditions, path)
    # rules 5 and 10: outcomes and `stop_when` are looked at before anything fires
    if look_at_outcomes(tables, plan, path, out, row, 0.0):
        return True
    start_scheduled(tables, plan, path, out, here)
    look_at_clocks(tables, plan, path, out, here, 0.0)
    return False


@inlined
def next_clock(plan, path):
    """The clock that runs out next, taken off, and the time moved on; -1 if the horizon is first.

    Also -1 where a guard has no value, which is a fault.
    """
    rules, horizon = plan.rules, plan.ends.horizon[0]
    while True:
        rank = earliest(plan.size, path)
        # rule 5: what is due exactly at the horizon still happens
        if rank < 0 or path.due[rank] > horizon:
            return -1
        path.time[NOW] = path.due[rank]
        word, bit = rank >> SHIFT, 1 << (rank & LAST)
        # off before it fires, so that rule 1 can start it again right after
        path.active[word] &= ~bit
        path.stale[word] = 1
        # rule 2: guards are watched, so that of a clock that was not scheduled holds by now
        if rules.scheduled[word] & bit == 0 or path.holds[word] & bit != 0:
            return rank
        if path.undefined[word] & bit != 0:  # otherwise rule 9: dropped
            fault(path, WRONG_GUARD, rank, 0)
            return -1


@inlined
def walk_path(tables, plan, path, out, job, row):
    """One path, from t = 0 to its stop or the horizon; what goes wrong is left in `path.status`."""
    here, now = job.here, 0.0
    stops = start_path(tables, plan, path, out, here, row)
    while not stops and path.status[CODE] == FINE:
        rank = next_clock(plan, path)
        if rank < 0:
            # a path that does not stop lasts to the horizon, whenever its last event was
            now = plan.ends.horizon[0]
            break
        now = path.time[NOW]
        stops = fire(tables, plan, path, out, here, row, rank, now)
        if path.status[EVENTS] & LOOK_UP == 0 and job.halt[0] != 0:
            path.status[CODE] = HALTED
    out.end_time[row] = now
    out.stopped[row] = 1 if stops else 0
    out.n_events[row] = path.status[EVENTS]


@inlined
def keep_trace(size, path, out, row):
    """Write down what a path came to: clocks started, transitions fired, options taken."""
    at = row * (2 * size.transitions + size.options)
    for i in range(size.transitions):
        out.came[at + i] = 1 if path.starts[i] != 0 else 0
        out.came[at + size.transitions + i] = 1 if path.fired[i] != 0 else 0
    at += 2 * size.transitions
    for i in range(size.options):
        out.came[at + i] = path.taken[i]
    out.step_end[row] = path.status[STEPS]


@inlined
def walk_block(arguments):
    """Walk the paths of a block of draws; FINE, or why it ended early (see `layout`)."""
    tables, plan, path, out = arguments.tables, arguments.plan, arguments.path, arguments.out
    job = arguments.job
    here, task, halt = job.here, job.task, job.halt
    path.status[RECORDED] = path.status[STEPS] = path.status[CHANGES_RECORDED] = 0
    for draw in range(task[DRAWS]):
        begin_draw(tables, arguments.offsets, plan, path, task[IN_BLOCK] + draw)
        # random numbers and parameters are told apart: all draws may meet the same random numbers
        here[DRAW] = task[FIRST_STREAM] + draw * task[STREAM_STEP]
        here[POSITION] = draw
        for row in range(job.first[draw], job.first[draw + 1]):
            # also between paths: one of few events never comes to where LOOK_UP is looked at
            if halt[0] != 0:
                return HALTED
            here[PATH] = job.number[row]
            walk_path(tables, plan, path, out, job, row)
            if path.status[CODE] == FINE:
                find_ending(tables, plan, path, out, row)
            if path.status[CODE] != FINE:
                return path.status[CODE]
            out.end[row] = path.status[RECORDED]
            if out.trace[0] != 0:
                keep_trace(plan.size, path, out, row)
    out.changes[0] = path.status[CHANGES_RECORDED]
    return FINE


arguments_at = group_at(Arguments)


@cache
def kernel(source: str) -> Callable[..., int]:
    """The compiled kernel. `source` is a digest of all files that are compiled into it.

    Numba looks at this file alone when it decides whether its cache is still good; the digest,
    being part of the function, makes it look at the others too.
    """

    def entry(addresses):
        if len(source) == 0:  # never; but a function's constants count only if it uses them
            return HALTED
        return walk_block(arguments_at(addresses))

    compiled: Callable[..., int] = cached_njit(entry)
    return compiled
