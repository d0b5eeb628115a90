"""Clocks, inside the kernel: started, run down, held, discarded, and which is due first."""

import math

from numba.extending import register_jitable

from sim import streams
from sim.engines.compiled.lookup import value_of
from sim.engines.compiled.machine import inlined, lowest
from sim.engines.compiled.parts import (
    BAD_BECOMES,
    BAD_GUARD,
    BAD_SPEED,
    CODE,
    FINE,
    NONE,
    OPTION,
    RANK,
    SEQ,
    WROTE,
)
from sim.engines.compiled.planes import BITS, LAST, SHIFT
from sim.model import waiting

for _function in (*streams.COMPILABLE, *waiting.COMPILABLE):
    register_jitable(_function)
ppf, philox, uniform = waiting.ppf, streams.philox, streams.uniform
INF = math.inf


@inlined
def fault(path, code, rank, option):
    """Remember what went wrong; of several things, what stands first in the file."""
    if path.seen[CODE] == FINE or rank < path.seen[RANK]:
        path.seen[CODE] = code
        path.seen[RANK] = rank
        path.seen[OPTION] = option


@inlined
def run(look, rules, path, rank, now):
    """Let a clock run down what remains, at the present speed; at speed 0 it is paused."""
    path.stale[rank >> SHIFT] = 1
    if rules.speed[rank] == NONE:
        path.pace[rank] = 1.0
        path.due[rank] = now + path.remaining[rank]
        return
    speed = value_of(look, rules.speed[rank], path.state)
    if not (speed >= 0.0 and speed < INF):
        fault(path, BAD_SPEED, rank, 0)
    path.pace[rank] = speed
    path.due[rank] = now + path.remaining[rank] / speed if speed > 0.0 else INF


@inlined
def stand(path, rank, now):
    """Keep what remains of a clock's wait."""
    if path.pace[rank] > 0.0:
        path.remaining[rank] = (path.due[rank] - now) * path.pace[rank]
    path.due[rank] = INF
    path.stale[rank >> SHIFT] = 1


@inlined
def start(look, size, rules, path, out, who, rank, now):
    """Draw a wait, found by name, and let the clock run; see `parts.Job` for `who`."""
    nth = path.starts[rank]
    path.starts[rank] = nth + 1
    if nth == 0:
        out.started[who[4] * size.transitions + rank] += 1
    path.cause[rank] = path.seen[SEQ] - 1
    word = rank >> SHIFT
    path.clock[word] |= 1 << (rank & LAST)
    u = 0.5
    if rules.draws[rank] != 0:
        a, b, c, d = philox(rules.identity[rank], who[2], who[3], nth, who[0], who[1])
        u = uniform(a, b)
        path.option_u[rank] = uniform(c, d)
    if rules.at[rank] >= 0.0:
        path.due[rank] = rules.at[rank]
        path.stale[word] = 1
    else:
        path.remaining[rank] = ppf(look.pool, path.delay[rank], u)
        run(look, rules, path, rank, now)


@inlined
def earliest(size, path):
    """The clock that is due first, of several the first declared; -1 if none runs."""
    best, who = INF, -1
    for word in range(size.rule_words):
        if path.stale[word] != 0:
            path.stale[word] = 0
            soonest, which = INF, -1
            bits = path.clock[word] & ~path.held[word]
            while bits != 0:
                bit = lowest(bits)
                bits &= bits - 1
                rank = word * BITS + bit
                if path.due[rank] < soonest:
                    soonest, which = path.due[rank], rank
            path.soonest[word] = soonest
            path.which[word] = which
        if path.soonest[word] < best:
            best, who = path.soonest[word], path.which[word]
    return who


@inlined
def look_at_clocks(look, plan, path, out, who, now):
    """Discard, hold, resume, start, and change speeds, after a firing (see rules 1, 2 and 4)."""
    rules, size = plan.rules, plan.size
    for word in range(size.rule_words):
        holds, clock, held = path.holds[word], path.clock[word], path.held[word]
        free = ~clock & path.open[word]
        called = rules.auto[word] | path.trigger[word]
        watched = clock & ~rules.scheduled[word]
        wrong = path.bad[word] & (watched | free)
        while wrong != 0:
            fault(path, BAD_GUARD, word * BITS + lowest(wrong), 0)
            wrong &= wrong - 1
        wrong = path.doubt[word] & free & holds & ~called
        while wrong != 0:
            fault(path, BAD_BECOMES, word * BITS + lowest(wrong), 0)
            wrong &= wrong - 1
        failed = watched & ~holds & ~held
        while failed != 0:
            bit = lowest(failed)
            failed &= failed - 1
            stand(path, word * BITS + bit, now)
            if (rules.remember[word] >> bit) & 1 != 0:
                path.held[word] |= 1 << bit
            else:
                path.clock[word] &= ~(1 << bit)
        resumed = held & holds
        path.held[word] &= ~resumed
        while resumed != 0:
            run(look, rules, path, word * BITS + lowest(resumed), now)
            resumed &= resumed - 1
        begun = free & called & holds
        while begun != 0:
            start(look, size, rules, path, out, who, word * BITS + lowest(begun), now)
            begun &= begun - 1


@inlined
def keep_pace(look, plan, path, now):
    """Give running and paused clocks their new speed where it has changed."""
    conditions, rules = plan.conditions, plan.rules
    for i in range(path.seen[WROTE]):
        variable = path.wrote[i]
        for j in range(conditions.speed_first[variable], conditions.speed_first[variable + 1]):
            rank = conditions.speed_reader[j]
            word, bit = rank >> SHIFT, rank & LAST
            if ((path.clock[word] & ~path.held[word]) >> bit) & 1 != 0:
                speed = value_of(look, rules.speed[rank], path.state)
                if speed != path.pace[rank]:
                    stand(path, rank, now)
                    run(look, rules, path, rank, now)
