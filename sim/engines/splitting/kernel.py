"""The kernel of splitting: paths that can be begun from where others stood, walked until near.

A firing, a clock and a condition are those of the compiled engine, function by function; here a
path is also taken up and put down, and looked at after each event for how near it is.
"""

import math
from collections.abc import Callable
from functools import cache

from numba.extending import register_jitable

from sim.engines.compiled.bit_planes import BITS
from sim.engines.compiled.clocks import philox, uniform
from sim.engines.compiled.intrinsics import cached_njit, group_at, inlined, lowest
from sim.engines.compiled.kernel import LOOK_UP, begin_draw, fire, next_clock, start_path
from sim.engines.compiled.layout import (
    AT_INSTANT,
    CHANGES_RECORDED,
    CODE,
    DRAW,
    EVENTS,
    FINE,
    FIRST_STREAM,
    HALTED,
    IN_BLOCK,
    KEY_HIGH,
    KEY_LOW,
    NONE,
    NOW,
    PATH,
    POSITION,
    RECORDED,
    STEPS,
)
from sim.engines.splitting import residual_delays
from sim.engines.splitting.layout import ClimbArguments
from sim.engines.splitting.least_costs import distance_of
from sim.model.time_grid import on_grid

for _function in residual_delays.COMPILABLE:
    register_jitable(_function)
longer = residual_delays.longer
INF = math.inf


@inlined
def copy(source, first, target, at, size):
    """Copy numbers from one array to another."""
    for i in range(size):
        target[at + i] = source[first + i]


@inlined
def redraw(tables, plan, path, here, climb):
    """Let a path taken up go on by itself: what runs has a wait at least as long as so far.

    Given how long a clock has run, the rest of its wait owes nothing else to the past. What is due
    at this very instant is no longer open, and stays. Streams are apart from those of first waits,
    so that no random number is used twice.
    """
    now = path.time[NOW]
    path.status[AT_INSTANT] = 0
    for word in range(plan.size.rule_words):
        path.stale[word] = 1
        bits = path.active[word]
        while bits != 0:
            bit = lowest(bits)
            bits &= bits - 1
            rank = word * BITS + bit
            low, high = here[KEY_LOW], here[KEY_HIGH]
            # the start that the clock runs by: `starts` counts it already
            nth = path.starts[rank] - 1
            a, b, c, d = philox(climb.again[rank], here[DRAW], here[PATH], nth, low, high)
            # before all exceptions below: the choice at the firing is open whatever the clock does
            path.option_u[rank] = uniform(c, d)
            if plan.rules.at[rank] >= 0.0:
                continue
            runs = path.due[rank] < INF  # neither paused nor held
            if runs and path.due[rank] <= now:
                continue
            # age and wait are in the clock's own time, which runs at `speed`
            left = path.remaining[rank]
            if runs:
                left = on_grid((path.due[rank] - now) * path.speed[rank])
            # rounding to the grid can make what is left a step longer than the wait
            age = max(path.wait[rank] - left, 0.0)
            path.wait[rank] = longer(tables.pool, path.delay[rank], age, uniform(a, b))
            path.remaining[rank] = path.wait[rank] - age
            if runs:
                path.due[rank] = now + on_grid(path.remaining[rank] / path.speed[rank])


@inlined
def climb_path(tables, plan, path, out, job, guide, climb, row, width):
    """Walk a path until it is as near as asked (True), or over or lost.

    With a limit of minus infinity nobody asks how near it is, and it goes on to its end.
    """
    here, stops, limit = job.here, False, climb.limit[0]
    if climb.start[row] == NONE:
        stops = start_path(tables, plan, path, out, here, row)
    else:
        # events written down before go on, and are no part of where a path stands
        recorded, changes = path.status[RECORDED], path.status[CHANGES_RECORDED]
        steps = path.status[STEPS]
        copy(climb.saved, climb.start[row] * width, climb.whole, 0, width)
        path.status[RECORDED], path.status[CHANGES_RECORDED] = recorded, changes
        path.status[STEPS] = steps
        redraw(tables, plan, path, here, climb)
    before, least = path.status[EVENTS], INF
    while path.status[CODE] == FINE:
        if limit > -INF:
            distance = distance_of(plan, path, guide, climb)
            # ARRIVED is below 0: a path that stopped by arriving has arrived
            if stops and distance >= 0.0:
                distance = INF  # over, and never there
            least = min(least, distance)
            # infinite is proof that it never arrives, so that the rest of the path need not be
            # walked
            if distance <= limit or distance == INF:
                break
        elif stops:
            break
        rank = next_clock(plan, path)
        if rank < 0:
            break
        stops = fire(tables, plan, path, out, here, row, rank, path.time[NOW])
        if path.status[EVENTS] & LOOK_UP == 0 and job.halt[0] != 0:
            path.status[CODE] = HALTED
    climb.least[row] = least
    # a path taken up counts only its own events: those before were counted where it came from
    climb.found[1] += path.status[EVENTS] - before
    return least <= limit


@inlined
def climb_all(arguments, width):
    """Walk the paths of a call; FINE, or why it ended early (see `compiled.layout`)."""
    tables, plan, path, out = arguments.tables, arguments.plan, arguments.path, arguments.out
    job, climb = arguments.job, arguments.climb
    here = job.here
    path.status[RECORDED] = path.status[STEPS] = path.status[CHANGES_RECORDED] = 0
    begin_draw(tables, arguments.offsets, plan, path, job.task[IN_BLOCK])
    here[DRAW], here[POSITION] = job.task[FIRST_STREAM], 0
    climb.found[0] = climb.found[1] = 0
    for row in range(job.first[1]):
        if job.halt[0] != 0:
            return HALTED
        here[PATH] = job.number[row]
        arrived = climb_path(tables, plan, path, out, job, arguments.guide, climb, row, width)
        if path.status[CODE] != FINE:
            return path.status[CODE]
        out.end[row] = path.status[RECORDED]
        if arrived:
            at = climb.found[0]
            copy(climb.whole, 0, climb.arrived, at * width, width)
            climb.row[at] = row
            climb.found[0] = at + 1
    return FINE


arguments_at = group_at(ClimbArguments)


@cache
def kernel(source: str) -> Callable[..., int]:
    """The compiled kernel; for `source` see `sim.engines.compiled.kernel.kernel`."""

    def entry(addresses, width):
        if len(source) == 0:  # never
            return HALTED
        return climb_all(arguments_at(addresses), width)

    compiled: Callable[..., int] = cached_njit(entry)
    return compiled
