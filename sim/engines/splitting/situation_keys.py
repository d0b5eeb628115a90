"""What is known of situations, by a hash of what matters of them.

Two situations of one hash would be taken for one another. Among the 2^17 that are kept at most that
happens once in two thousand million draws, if hashes fall evenly (n^2 / 2^65), and then the
distance of one of them is wrong: that steers, and does not bias.
"""

from sim.engines.compiled.intrinsics import inlined
from sim.engines.jit import cached_njit

FIRST, FACTOR, NONE = -0x340D631B7BDDDCDB, -0x61C8864680B583EB, 0  # FNV's start, the golden ratio


@inlined
def hash_of(key, size):
    """A hash of the first numbers of a key; never NONE."""
    found = FIRST
    for i in range(size):
        # products wrap around in int64, as a hash wants
        found = (found ^ key[i]) * FACTOR
        found ^= found >> 29
    return found if found != NONE else 1


@inlined
def place_of(known, places, hashed):
    """Where a hash stands in a table of so many places, or would be put."""
    # its high bits, which all of the key went into
    place = (hashed >> 20) & (places - 1)
    while known[place] != NONE and known[place] != hashed:
        place = (place + 1) & (places - 1)
    return place


@cached_njit
def fill(keys, distances, known, distance):
    """Put the distance of each row of keys into a table."""
    for row in range(keys.shape[0]):
        hashed = hash_of(keys[row], keys.shape[1])
        place = place_of(known, known.size, hashed)
        known[place] = hashed
        distance[place] = distances[row]
