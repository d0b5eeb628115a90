"""A random draw found by (seed, name, draw, path, nth), not by turn.

One generator, Philox4x32-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as
1, 2, 3", SC11 (2011). The functions named in COMPILABLE are plain Python that numba compiles as it
stands: products wrap in int64 there and are whole here, and the bits kept of them are the same.
For the same reason `philox` also takes NumPy arrays of int64.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from sim.model.name_hash import name_hash as name_hash
from sim.model.scalar_functions import MOST_U

DRAWS_IN_BLOCK = 100  # parameter draws are stratified within blocks of this many

_WORD = 0xFFFFFFFF
_MULTIPLY_0, _MULTIPLY_1 = 0xD2511F53, 0xCD9E8D57
_BUMP_0, _BUMP_1 = 0x9E3779B9, 0xBB67AE85
_STEP = 2.0**-53


def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Philox4x32-10: four random words, below 2**32, for a counter of four and a key of two."""
    # Products of 32-bit words need 64 bits: Python has them whole, int64 wraps. Only bits 0 to 63
    # of each are kept, and these agree; the shift of a negative int64 is cut back by `& _WORD`.
    for _ in range(10):
        first = _MULTIPLY_0 * c0
        second = _MULTIPLY_1 * c2
        c0, c1, c2, c3 = (
            ((second >> 32) & _WORD) ^ c1 ^ k0,
            second & _WORD,
            ((first >> 32) & _WORD) ^ c3 ^ k1,
            first & _WORD,
        )
        k0 = (k0 + _BUMP_0) & _WORD
        k1 = (k1 + _BUMP_1) & _WORD
    return c0, c1, c2, c3


def uniform(high: int, low: int) -> float:
    """A number strictly between 0 and 1 from two words, in steps of 2**-53."""
    # 53 bits and a half, so that 0 cannot come out; the largest one would round to 1
    return min((((high << 21) | (low >> 11)) + 0.5) * _STEP, MOST_U)


def key(seed: int) -> tuple[int, int]:
    """The generator's key for a 64-bit seed: its low word, then its high word."""
    return seed & _WORD, (seed >> 32) & _WORD


def block(seed: int, hashed: int, draw: int, path: int, nth: int) -> tuple[float, float]:
    """What a clock's nth start needs: the uniform of its delay and the uniform of its option.

    `hashed` is the `name_hash` of `transition:<name>`; draw, path and nth count from 0. Compiled
    callers pass a seed of 2**63 or more as the int64 with the same bits.
    """
    k0, k1 = key(seed)
    a, b, c, d = philox(hashed, draw, path, nth, k0, k1)
    return uniform(a, b), uniform(c, d)


def parameter_uniform(seed: int, name: str, draw: int) -> float:
    """The uniform a parameter has in a draw: stratified, and of (seed, name, draw) alone.

    Its stream is `parameter:<name>`; a name with a colon, which no file can give, is a stream.

    A Latin hypercube in blocks of 100 draws: within a block each hundredth of (0, 1) is met once,
    in an order that belongs to the name. Draw d is therefore the same however many are taken.
    """
    return _parameter_block(seed, name, draw // DRAWS_IN_BLOCK)[draw % DRAWS_IN_BLOCK]


@lru_cache(maxsize=1024)
def _parameter_block(seed: int, name: str, number: int) -> tuple[float, ...]:
    """All uniforms of one block of draws; a draw's stratum is the rank of its first uniform."""
    # Words a, b order the draws among the strata, c, d place each within its own: one block of
    # Philox a draw, at path 0 and start 0 of the counter, which no transition's name shares.
    draws = np.arange(DRAWS_IN_BLOCK, dtype=np.int64) + number * DRAWS_IN_BLOCK
    stream = name if ":" in name else f"parameter:{name}"
    counter = np.full_like(draws, name_hash(stream))
    zero = np.zeros_like(draws)
    low, high = key(seed)
    words = philox(counter, draws, zero, zero, low, high)  # type: ignore[arg-type]
    a, b, c, d = (word.tolist() for word in words)  # type: ignore[attr-defined]
    order = [uniform(*pair) for pair in zip(a, b, strict=True)]
    within = [uniform(*pair) for pair in zip(c, d, strict=True)]
    drawn = [0.0] * DRAWS_IN_BLOCK
    for stratum, position in enumerate(sorted(range(DRAWS_IN_BLOCK), key=order.__getitem__)):
        drawn[position] = min((stratum + within[position]) / DRAWS_IN_BLOCK, MOST_U)
    return tuple(drawn)


COMPILABLE: tuple[Callable[..., object], ...] = (philox, uniform, key, block)
