"""The distance to the outcome, inside the kernel: looked up, or found as the least cost of ways.

The least cost is found as Dijkstra finds shortest ways, with steps that want several things at once
(Knuth, A generalization of Dijkstra's algorithm, Inform. Process. Lett. 6 (1977), 1-5): facts are
settled in order of cost, and a step whose last need is met costs what its needs cost together.
"""

import math

from sim.engines.compiled.bit_planes import LAST, SHIFT
from sim.engines.compiled.intrinsics import inlined
from sim.engines.splitting.layout import ARRIVED
from sim.engines.splitting.situation_keys import hash_of, place_of

INF = math.inf


@inlined
def distance_of(plan, path, guide, climb):
    """How far the path is from the outcome; ARRIVED where that holds, infinite: it never will."""
    if path.state[plan.size.variables + climb.outcome[0]] != 0:
        return ARRIVED
    hashed = hash_of(guide.key, describe(plan, path, guide))
    place = place_of(guide.known, guide.size.places, hashed)
    if guide.known[place] == hashed:
        return guide.distance[place]
    # a guide that is a table: all it knows was put in beforehand
    if guide.size.steps == 0:
        return guide.missing[0]
    found = least_cost(plan, path, guide)
    if guide.taken[0] < guide.size.most:
        guide.taken[0] += 1
        guide.known[place] = hashed
        guide.distance[place] = found
    return found


@inlined
def spent_word(plan, path, word):
    """Transitions that can fire no more: their limit used up, or their date gone by."""
    scheduled = plan.rules.scheduled[word]
    # `unspent` leaves scheduled ones out from the start: they are spent once their clock is off
    return ~path.unspent[word] & ~scheduled | scheduled & ~path.active[word]


@inlined
def describe(plan, path, guide):
    """Write what the distance depends on into `guide.key`; how many numbers that is."""
    size, key, at = guide.size, guide.key, 0
    for i in range(size.variables):
        key[at] = path.state[guide.variable[i]]
        at += 1
    for i in range(size.counted):
        key[at] = path.fired[guide.counted[i]]
        at += 1
    for word in range(plan.size.rule_words):
        # only what the guide asks about: other clocks would make one situation many
        key[at] = path.active[word] & guide.clocks[word]
        key[at + 1] = spent_word(plan, path, word) & guide.spent[word]
        at += 2
    return at


@inlined
def least_cost(plan, path, guide):
    """The least cost at which the outcome can come about from here; infinite where it cannot."""
    ways, size = guide.ways, guide.size
    prepare(ways, size)
    waiting = facts_of(path, guide)  # facts that cost nothing, as they hold
    heaped = 0
    for i in range(size.free):
        step = ways.free[i]
        if (
            not is_barred(plan, path, ways.rank[step])
            and ways.own[step] < ways.cost[ways.brings[step]]
        ):
            heaped = bring_about(ways, step, heaped)
    goal = ways.goal[0]
    while waiting != 0 or heaped != 0:
        if waiting != 0:
            waiting -= 1
            fact, cost = ways.at_once[waiting], 0.0
        else:
            cost, fact = ways.heap[0], ways.heap_fact[0]
            heaped -= 1
            sift_down(ways, heaped)
        if ways.settled[fact] != 0:
            continue  # found at a lower cost before
        ways.settled[fact] = 1
        # Dijkstra: what is settled first is nearest, so the rest of the facts does not matter
        if fact == goal:
            return cost
        for i in range(ways.fact_first[fact], ways.fact_first[fact + 1]):
            need = ways.fact_need[i]
            if ways.met[need] != 0:
                continue
            # facts come in order of cost: the first that meets a need is its cheapest
            ways.met[need] = 1
            for j in range(ways.need_first[need], ways.need_first[need + 1]):
                step = ways.need_step[j]
                ways.left[step] -= 1
                ways.total[step] += cost
                if ways.left[step] != 0 or is_barred(plan, path, ways.rank[step]):
                    continue
                if ways.total[step] < ways.cost[ways.brings[step]]:
                    heaped = bring_about(ways, step, heaped)
    return INF


@inlined
def prepare(ways, size):
    """Nothing is met, settled or known to come about."""
    for fact in range(size.facts):
        ways.cost[fact] = INF
        ways.settled[fact] = 0
    for step in range(size.steps):
        ways.left[step] = ways.needs[step]
        ways.total[step] = ways.own[step]
    for need in range(size.needs):
        ways.met[need] = 0


@inlined
def facts_of(path, guide):
    """Write the facts that hold into `at_once`; how many there are."""
    ways, size, found = guide.ways, guide.size, 0
    for i in range(size.variables):
        ways.at_once[found] = ways.value[i] + path.state[guide.variable[i]]
        found += 1
    for i in range(size.clocks):
        rank = ways.clock[i]
        if (path.active[rank >> SHIFT] >> (rank & LAST)) & 1 != 0:
            ways.at_once[found] = ways.runs[i]
            found += 1
    for i in range(found):
        ways.cost[ways.at_once[i]] = 0.0
    return found


@inlined
def is_barred(plan, path, rank):
    """Whether a transition can fire no more; -1, which is none, always may."""
    return rank >= 0 and (spent_word(plan, path, rank >> SHIFT) >> (rank & LAST)) & 1 != 0


@inlined
def bring_about(ways, step, heaped):
    """A fact comes about at the cost of a step: onto the heap, whose new size is returned."""
    cost, fact = ways.total[step], ways.brings[step]
    ways.cost[fact] = cost
    at = heaped
    # a binary heap in plain arrays, as the kernel has no library: (at - 1) >> 1 stands above `at`
    while at > 0 and ways.heap[(at - 1) >> 1] > cost:
        above = (at - 1) >> 1
        ways.heap[at] = ways.heap[above]
        ways.heap_fact[at] = ways.heap_fact[above]
        at = above
    ways.heap[at] = cost
    ways.heap_fact[at] = fact
    return heaped + 1


@inlined
def sift_down(ways, last):
    """Take the first off the heap, which then ends before `last`."""
    cost, fact, at = ways.heap[last], ways.heap_fact[last], 0
    while 2 * at + 1 < last:
        below = 2 * at + 1
        if below + 1 < last and ways.heap[below + 1] < ways.heap[below]:
            below += 1
        if ways.heap[below] >= cost:
            break
        ways.heap[at] = ways.heap[below]
        ways.heap_fact[at] = ways.heap_fact[below]
        at = below
    ways.heap[at] = cost
    ways.heap_fact[at] = fact
