"""One kernel for every scenario: paths walked by looking things up. It knows arrays, no names.

Nothing here is made or compiled for a scenario; what a scenario says is in the arrays of `parts`.
`kernel(source)` is compiled once and kept on disk, together with all it calls: `lookup`, `clocks`,
`firing`, `weights`, and the streams and waiting times as they stand.
"""

import math
from collections.abc import Callable
from functools import cache

from sim.engines.compiled.clocks import earliest, fault, keep_pace, look_at_clocks, start
from sim.engines.compiled.firing import change, choose, consequences, look_at_outcomes, record
from sim.engines.compiled.lookup import see, see_planes, settle, value_of
from sim.engines.compiled.machine import inlined, kept, lowest, opened
from sim.engines.compiled.parts import (
    BAD_BECOMES,
    BAD_ENDING,
    BAD_GUARD,
    CODE,
    ENDLESS,
    FINE,
    FULL,
    HALTED,
    KEPT,
    NONE,
    SEQ,
    TOGETHER,
    WROTE,
    Whole,
)
from sim.engines.compiled.planes import BITS, LAST, SHIFT
from sim.model.failures import FIRINGS_AT_ONE_INSTANT
from sim.model.transitions import NOTHING


@inlined
def begin_draw(look, base, plan, path, draw):
    """Find the tables of a draw (by its position in the block), and what holds at t = 0 in it."""
    size, conditions = plan.size, plan.conditions
    for i in range(size.tables):
        look.at[i] = base.start[i] + draw * base.step[i]
    for i in range(size.transitions):
        path.delay[i] = look.at[base.delay[i]]
    for i in range(size.variables + size.outcomes):
        path.state[i] = plan.ends.start[i]
    for word in range(size.words):
        path.extra[word] = conditions.constant[word]
        path.bad[word] = 0
    for i in range(size.tabled):
        settle(look, conditions, path, conditions.tabled[i])
    for word in range(size.words):
        path.first_extra[word] = path.extra[word]
        path.first_bad[word] = path.bad[word]


@inlined
def begin_path(plan, path, out, who, row):
    """Put everything back to t = 0."""
    size, effects = plan.size, plan.effects
    for i in range(size.variables + size.outcomes):
        path.state[i] = plan.ends.start[i]
    for i in range(size.planes):
        start = path.state[plan.conditions.variable[i]]
        path.row[i] = plan.conditions.slot[i] + start * size.columns
    for i in range(size.variables):
        if effects.ladder[i] != NONE:
            at = who[4] * (size.grid + 1) * size.rungs
            out.rungs[at + effects.ladder[i] + path.state[i]] += 1
    for word in range(size.words):
        path.extra[word] = path.first_extra[word]
        path.bad[word] = path.first_bad[word]
        path.marked[word] = 0
    for word in range(size.rule_words):
        path.clock[word] = 0
        path.held[word] = 0
        path.open[word] = plan.rules.open[word]
        path.trigger[word] = 0
        path.doubt[word] = 0
        path.stale[word] = 1
    for i in range(size.transitions):
        path.starts[i] = 0
        path.fired[i] = 0
    for i in range(size.options):
        path.taken[i] = 0
    for i in range(KEPT):
        path.seen[i] = 0
    for i in range(size.outcomes):
        out.outcome_time[row * size.outcomes + i] = math.nan


@inlined
def call(plan, path, called):
    """Find whom this firing starts: those it is a trigger of, and those for whom a condition
    turned true; `doubt` are those for whom it went wrong.
    """
    rules, size = plan.rules, plan.size
    for word in range(size.rule_words):
        path.trigger[word] = rules.trigger[called * size.rule_words + word]
        path.doubt[word] = 0
    first = size.transitions + size.outcomes + 1
    for word in range(size.words):
        wrong = path.bad[word]
        turned = (path.holds[word] | wrong) & rules.waited[word] & ~path.before[word]
        while turned != 0:
            bit = lowest(turned)
            turned &= turned - 1
            at = (word * BITS + bit - first) * size.rule_words
            for other in range(size.rule_words):
                if (wrong >> bit) & 1 != 0:
                    path.doubt[other] |= rules.becomes[at + other]
                else:
                    path.trigger[other] |= rules.becomes[at + other]


@inlined
def wrong_before(plan, path):
    """Keep what conditions waited for say before a firing; a fault if one has no value."""
    for word in range(plan.size.words):
        path.before[word] = path.holds[word]
        if path.bad[word] & plan.rules.waited[word] != 0:
            fault(path, BAD_BECOMES, 0, NONE)


@inlined
def count(plan, path, out, who, rank, option, now):
    """Count a firing; a fault after too many at one instant."""
    rules, size = plan.rules, plan.size
    if path.fired[rank] == 0:
        out.fired[who[4] * size.transitions + rank] += 1
    path.fired[rank] += 1
    if path.fired[rank] >= rules.limit[rank]:
        path.open[rank >> SHIFT] &= ~(1 << (rank & LAST))
    if option != NOTHING:
        number = rules.option[rank] + option
        if path.taken[number] == 0:
            out.taken[who[4] * size.options + number] += 1
            path.taken[number] = 1
    path.seen[TOGETHER] = path.seen[TOGETHER] + 1 if now == path.now[1] else 1
    path.now[1] = now
    path.seen[SEQ] += 1
    if path.seen[TOGETHER] > FIRINGS_AT_ONE_INSTANT:
        fault(path, ENDLESS, rank, 0)


@inlined
def fire(look, plan, path, out, who, row, rank, now):
    """Let one option of a transition happen, then look at everything again; whether it stops."""
    size, rules = plan.size, plan.rules
    option, probability = choose(look, rules, path, rank)
    if size.waited != 0:
        wrong_before(plan, path)
    first, last, called = 0, 0, size.options + rank
    if option != NOTHING:
        called = rules.option[rank] + option
        first, last = rules.effect[called], rules.effect[called + 1]
        consequences(look, plan.effects, path, first, last, rank)
    if path.seen[CODE] != FINE:
        return True
    if out.keep[0] != 0 and not record(size, path, out, who[3], now, rank, option, probability):
        path.seen[CODE] = FULL
        return True
    change(plan, path, out, who, first, last, now)
    count(plan, path, out, who, rank, option, now)
    if path.seen[CODE] != FINE:
        return True
    if path.seen[WROTE] != 0:
        see(look, size, plan.conditions, path)
        if look_at_outcomes(look, plan, path, out, row, now):
            return True
    call(plan, path, called)
    look_at_clocks(look, plan, path, out, who, now)
    keep_pace(look, plan, path, now)
    return False


@inlined
def start_scheduled(look, plan, path, out, who):
    """Start the clocks of what is scheduled, whatever its guard says (rule 9)."""
    for rank in range(plan.size.transitions):
        if plan.rules.at[rank] >= 0.0:
            start(look, plan.size, plan.rules, path, out, who, rank, 0.0)


@inlined
def walk_path(look, plan, path, out, who, row):
    """One path, from t = 0 to its stop or the horizon; what goes wrong is left in `path.seen`."""
    size, rules, horizon = plan.size, plan.rules, plan.ends.horizon[0]
    begin_path(plan, path, out, who, row)
    path.now[0] = path.now[1] = now = 0.0
    see_planes(size, plan.conditions, path)
    stops = look_at_outcomes(look, plan, path, out, row, now)
    if not stops:
        start_scheduled(look, plan, path, out, who)
        look_at_clocks(look, plan, path, out, who, now)
    while not stops and path.seen[CODE] == FINE:
        rank = earliest(size, path)
        if rank < 0 or path.due[rank] > horizon:
            now = horizon
            break
        path.now[0] = now = path.due[rank]
        word, bit = rank >> SHIFT, 1 << (rank & LAST)
        path.clock[word] &= ~bit
        path.stale[word] = 1
        if rules.scheduled[word] & bit != 0 and path.holds[word] & bit == 0:
            if path.bad[word] & bit != 0:
                fault(path, BAD_GUARD, rank, 0)
            continue
        stops = fire(look, plan, path, out, who, row, rank, now)
    out.end_time[row] = now
    out.stopped[row] = 1 if stops else 0
    out.n_events[row] = path.seen[SEQ]


@inlined
def end(look, plan, path, out, row):
    """How the path ended: the first ending whose condition holds."""
    for i in range(plan.size.endings):
        table = plan.ends.ending[i]
        says = value_of(look, table, path.state) if table != NONE else 1.0
        if math.isnan(says):
            fault(path, BAD_ENDING, i, 0)
        if says != 0.0:
            out.ending[row] = i
            return


@inlined
def walk_block(whole):
    """Walk the paths of a block of draws; FINE, or why it ended early (see `parts`)."""
    look, plan, path, out = whole.look, whole.plan, whole.path, whole.out
    who, what, halt = whole.job.who, whole.job.what, whole.job.halt
    row = 0
    path.seen[KEPT] = 0
    for draw in range(what[1]):
        begin_draw(look, whole.base, plan, path, what[4] + draw)
        who[2] = what[0] + draw
        who[4] = draw
        for number in range(what[2], what[2] + what[3]):
            if halt[0] != 0:
                return HALTED
            who[3] = number
            walk_path(look, plan, path, out, who, row)
            if path.seen[CODE] == FINE:
                end(look, plan, path, out, row)
            if path.seen[CODE] != FINE:
                return path.seen[CODE]
            out.end[row] = path.seen[KEPT]
            row += 1
    return FINE


opened_whole = opened(Whole)


@cache
def kernel(source: str) -> Callable[..., int]:
    """The compiled kernel. `source` is a digest of all files that are compiled into it.

    Numba looks at this file alone when it decides whether what it kept is still good; the digest,
    being part of the function, makes it look at the others too.
    """

    def entry(held):
        if len(source) == 0:
            return HALTED
        return walk_block(opened_whole(held))

    compiled: Callable[..., int] = kept(entry)
    return compiled
