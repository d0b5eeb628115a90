"""The inner loop of the additive distance, compiled: costs fall until none falls any further."""

from sim.engines.jit import cached_njit


@cached_njit
def settle(costs, own, brings, needs, needs_from, values, values_from):
    """Lower `costs` in place to the least ones consistent with all steps.

    Step s costs own[s] and, for each of needs[needs_from[s] : needs_from[s + 1]], the least cost of
    values[values_from[n] : values_from[n + 1]]; it brings about the value brings[s].
    """
    # Bellman and Ford: costs only fall and no step costs less than nothing, so this ends
    falling = True
    while falling:
        falling = False
        for s in range(own.size):
            total = own[s]
            if total < costs[brings[s]]:
                for i in range(needs_from[s], needs_from[s + 1]):
                    least = costs[-1]  # of no value: infinite
                    for j in range(values_from[needs[i]], values_from[needs[i] + 1]):
                        least = min(least, costs[values[j]])
                    total += least
                if total < costs[brings[s]]:
                    costs[brings[s]] = total
                    falling = True
