"""Scalar functions and constants that every sampler shares.

They run as plain Python and numba compiles them as they stand, to the same last bit: of `math` only
exp is used, and an argument at which Python would refuse to overflow is cut off first.
"""

import math
from collections.abc import Callable

# What a uniform is held between: never 0, never 1, as the logarithm of either side is taken.
LEAST_U, MOST_U = 2.0**-54, 1.0 - 2.0**-53
LARGEST_EXPONENT = 700.0  # exp of more is hardly a float; e**700 s is in no horizon


def exp_cut(x: float) -> float:
    """exp(x), the exponent held at 700."""
    return math.exp(min(x, LARGEST_EXPONENT))


def expit(x: float) -> float:
    """The inverse of the logit: 1 / (1 + exp(-x)), for -700 <= x."""
    return 1.0 / (1.0 + math.exp(-x))


COMPILABLE: tuple[Callable[..., object], ...] = (exp_cut, expit)
