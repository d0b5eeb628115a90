"""Clocks, inside the kernel: started, run down, held, discarded, and which is due first."""

import math

from numba.extending import register_jitable

from sim import streams
from sim.engines.compiled.bit_planes import BITS, LAST, SHIFT
from sim.engines.compiled.intrinsics import inlined, lowest
from sim.engines.compiled.layout import (
    CHANGED,
    CODE,
    DRAW,
    EVENTS,
    FINE,
    KEY_HIGH,
    KEY_LOW,
    NONE,
    OPTION,
    PATH,
    POSITION,
    RANK,
    WRONG_BECOMES,
    WRONG_GUARD,
    WRONG_SPEED,
)
from sim.engines.compiled.lookup import value_of
from sim.model import delay_sampling
from sim.model.time_grid import on_grid

# compiled from the functions that the reference engine calls, so that both draw the same waits
for _function in (*streams.COMPILABLE, *delay_sampling.COMPILABLE):
    register_jitable(_function)
sampled_wait, philox, uniform = delay_sampling.sampled_wait, streams.philox, streams.uniform
INF = math.inf


@inlined
def fault(path, code, rank, option):
    """Remember what went wrong; of several things, what stands first in the file."""
    # the reference looks at clocks in the order of the file and raises at the first; bits are gone
    # through in another order, so the least rank is kept
    if path.status[CODE] == FINE or rank < path.status[RANK]:
        path.status[CODE] = code
        path.status[RANK] = rank
        path.status[OPTION] = option


@inlined
def run_clock(tables, rules, path, rank, now):
    """Let a clock run down what remains, at the present speed; at speed 0 it is paused."""
    path.stale[rank >> SHIFT] = 1
    if rules.speed[rank] == NONE:
        path.speed[rank] = 1.0
        path.due[rank] = now + path.remaining[rank]
        return
    speed = value_of(tables, rules.speed[rank], path.state)
    if not (speed >= 0.0 and speed < INF):  # so put, NaN is refused too
        fault(path, WRONG_SPEED, rank, 0)
    path.speed[rank] = speed
    # the sum of two times on the grid is exact, so that it is not rounded again
    path.due[rank] = now + on_grid(path.remaining[rank] / speed) if speed > 0.0 else INF


@inlined
def pause(path, rank, now):
    """Keep what remains of a clock's wait."""
    # at speed 0 nothing has run down, and infinity times 0 would be NaN
    if path.speed[rank] > 0.0:
        path.remaining[rank] = on_grid((path.due[rank] - now) * path.speed[rank])
    path.due[rank] = INF
    path.stale[rank >> SHIFT] = 1


@inlined
def start_clock(tables, size, rules, path, out, here, rank, now):
    """Draw a wait, found by name, and let the clock run; see `layout.Job` for `here`."""
    nth = path.starts[rank]
    path.starts[rank] = nth + 1
    if nth == 0:
        out.started[here[POSITION] * size.transitions + rank] += 1
    # rule 6: the number of the last event; before the first it is -1
    path.cause[rank] = path.status[EVENTS] - 1
    word = rank >> SHIFT
    path.active[word] |= 1 << (rank & LAST)
    u = 0.5  # of a wait without chance: not looked at
    if rules.draws[rank] != 0:
        hashed, low, high = rules.name_hash[rank], here[KEY_LOW], here[KEY_HIGH]
        # one block of random words has both uniforms; that of the option waits here until the
        # firing
        a, b, c, d = philox(hashed, here[DRAW], here[PATH], nth, low, high)
        u = uniform(a, b)
        path.option_u[rank] = uniform(c, d)
    if rules.at[rank] >= 0.0:
        path.due[rank] = rules.at[rank]
        path.stale[word] = 1
    else:
        path.wait[rank] = sampled_wait(tables.pool, path.delay[rank], u)
        path.remaining[rank] = path.wait[rank]
        run_clock(tables, rules, path, rank, now)


@inlined
def earliest(size, path):
    """The clock that is due first, of several the first declared; -1 if none runs."""
    # A tournament in two rounds: the first of each word of clocks is kept until one of them
    # changes (`stale`), so that a firing searches a few words again and not all clocks.
    best, rank_of_best = INF, -1
    for word in range(size.rule_words):
        if path.stale[word] != 0:
            path.stale[word] = 0
            soonest, soonest_rank = INF, -1
            bits = path.active[word] & ~path.held[word]
            while bits != 0:
                bit = lowest(bits)
                bits &= bits - 1
                rank = word * BITS + bit
                # less, not equal: of clocks due at one instant the first declared fires (rule 4)
                if path.due[rank] < soonest:
                    soonest, soonest_rank = path.due[rank], rank
            path.soonest[word] = soonest
            path.soonest_rank[word] = soonest_rank
        if path.soonest[word] < best:
            best, rank_of_best = path.soonest[word], path.soonest_rank[word]
    return rank_of_best


@inlined
def look_at_clocks(tables, plan, path, out, here, now):
    """Discard, hold, resume, start, and change speeds, after a firing (see rules 1, 2 and 4)."""
    rules, size = plan.rules, plan.size
    for word in range(size.rule_words):
        holds, active, held = path.holds[word], path.active[word], path.held[word]
        # of the clocks as they were: one discarded below has a guard that fails, so it cannot start
        # now
        free = ~active & path.unspent[word]
        called = rules.auto[word] | path.triggered[word]
        # rule 9: what is scheduled is asked for its guard only when it is due
        watched = active & ~rules.scheduled[word]
        find_faults(path, word, free, called, watched)
        failed = watched & ~holds & ~held
        while failed != 0:
            bit = lowest(failed)
            failed &= failed - 1
            pause(path, word * BITS + bit, now)
            # a held clock stays active, so that a trigger does not start it anew (rule 1)
            if (rules.remember[word] >> bit) & 1 != 0:
                path.held[word] |= 1 << bit
            else:
                path.active[word] &= ~(1 << bit)
        # `held` as it was before this firing: what has just been put on hold has no guard that
        # holds
        resumed = held & holds
        path.held[word] &= ~resumed
        while resumed != 0:
            run_clock(tables, rules, path, word * BITS + lowest(resumed), now)
            resumed &= resumed - 1
        begun = free & called & holds
        while begun != 0:
            start_clock(tables, size, rules, path, out, here, word * BITS + lowest(begun), now)
            begun &= begun - 1


@inlined
def find_faults(path, word, free, called, watched):
    """A fault for each guard looked at that has no value, and each condition waited for."""
    wrong = path.undefined[word] & (watched | free)
    while wrong != 0:
        fault(path, WRONG_GUARD, word * BITS + lowest(wrong), 0)
        wrong &= wrong - 1
    # a trigger matters only to a clock that would start by it and does not start otherwise
    wrong = path.undefined_trigger[word] & free & path.holds[word] & ~called
    while wrong != 0:
        fault(path, WRONG_BECOMES, word * BITS + lowest(wrong), 0)
        wrong &= wrong - 1


@inlined
def keep_pace(tables, plan, path, now):
    """Give running and paused clocks their new speed where it has changed."""
    conditions, rules = plan.conditions, plan.rules
    for i in range(path.status[CHANGED]):
        variable = path.changed[i]
        for j in range(conditions.speed_first[variable], conditions.speed_first[variable + 1]):
            rank = conditions.speed_reader[j]
            word, bit = rank >> SHIFT, rank & LAST
            # a held clock reads its speed when it resumes
            if ((path.active[word] & ~path.held[word]) >> bit) & 1 != 0:
                speed = value_of(tables, rules.speed[rank], path.state)
                # only then: `due` computed again at the same speed would be rounded again, and the
                # engines differ; nor a second time where two variables of one speed have changed
                if speed != path.speed[rank]:
                    pause(path, rank, now)
                    run_clock(tables, rules, path, rank, now)
