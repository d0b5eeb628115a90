"""A smooth distribution of observed waits: a kernel density on their logarithms.

Each observation x = ln t is spread by a normal kernel of one width h, the bandwidth, so that the
wait is a mixture of lognormals around what was seen. The bandwidth is Silverman's rule of thumb,

    h = 0.9 min(s, IQR / 1.34) n^(-1/5)

(Silverman, Density Estimation for Statistics and Data Analysis, 1986, eq. 3.31), s the standard
deviation (with n - 1) and IQR the distance of the quartiles of the logarithms; where half of all
are equal, so that there is no such distance, s alone. Smoothing adds h^2 to their variance.

The scalar functions run as plain Python and numba compiles them as they stand, to the same last
bit: of `math` only erfc, exp, log, log1p and sqrt are used. A row has h and the sorted logarithms.
"""

import math
from collections.abc import Callable, Sequence

from sim.model import normal
from sim.model.normal import normal_cdf, normal_ppf
from sim.model.scalar_functions import exp_cut

STEPS = 100  # of the search; four are the rule, and halving alone would need some sixty
CLOSE = 1e-5  # bandwidths: a step so short leaves an error of about its cube, less than a float has


def smoothed_cdf(row: Sequence[float], first: int, count: int, h: float, x: float) -> float:
    """The share of waits whose logarithm is below x; the logarithms start at `first`."""
    total = 0.0
    for i in range(count):
        total = total + normal_cdf((x - row[first + i]) / h)
    return total / count


def smoothed_ppf(row: Sequence[float], first: int, count: int, h: float, u: float) -> float:
    """The wait that a share u stays below.

    Halley's method on the logarithm of the smaller tail, which is nearly a parabola far out, inside
    two bounds: if all observations were the least, and if all were the greatest.
    """
    z = normal_ppf(u)
    low, high = row[first] + h * z, row[first + count - 1] + h * z
    # the smaller of the two tails: its logarithm keeps digits that 1 - u has lost
    side, share = (1.0, math.log(u)) if u <= 0.5 else (-1.0, math.log1p(-u))
    # the start: the quantile of the record itself, from which the smoothed one is seldom far
    x = min(max(_between(row, first, count, u * count - 0.5), low), high)
    for _ in range(STEPS):
        tail, density, slope = 0.0, 0.0, 0.0
        for i in range(count):
            z = (x - row[first + i]) / h
            kernel = math.exp(-0.5 * z * z)
            tail = tail + normal_cdf(side * z)
            density = density + kernel
            slope = slope - z * kernel
        gap = math.log(tail / count) - share
        # the bounds close in whatever step is taken, so that a bad step costs one halving
        if side * gap > 0.0:
            high = x
        else:
            low = x
        # in units of h, and as the kernels have no constant: both derivatives of the logarithm
        ratio = side * density / (tail * math.sqrt(2.0 * math.pi))
        bend = side * slope / (tail * math.sqrt(2.0 * math.pi)) - ratio * ratio
        square, turn = ratio * ratio, gap * bend
        # where the curve turns too much for its tangent, as between two heaps, it says nothing
        step = -h * gap * ratio / (square - 0.5 * turn) if abs(turn) < square else math.inf
        if low <= x + step <= high:
            x = x + step
            if abs(step) <= CLOSE * h:
                break
        else:
            x = 0.5 * (low + high)
    return exp_cut(x)


def _between(row: Sequence[float], first: int, count: int, place: float) -> float:
    """The value at a place between sorted ones, 0 the first, linear between two."""
    if place <= 0.0:
        return row[first]
    i = int(place)
    if i >= count - 1:
        return row[first + count - 1]
    below = row[first + i]
    return below + (place - i) * (row[first + i + 1] - below)


COMPILABLE: tuple[Callable[..., object], ...] = (
    *normal.COMPILABLE,
    exp_cut,
    smoothed_cdf,
    smoothed_ppf,
    _between,
)


def bandwidth(logarithms: Sequence[float]) -> float:
    """Silverman's rule of thumb for sorted logarithms; 0 where all are equal."""
    n = len(logarithms)
    mean = math.fsum(logarithms) / n
    squares = math.fsum((x - mean) ** 2 for x in logarithms)
    spread = math.sqrt(squares / (n - 1)) if n > 1 else 0.0
    # quartiles linear between order statistics: type 7 of Hyndman and Fan
    lower, upper = (_between(logarithms, 0, n, p * (n - 1)) for p in (0.25, 0.75))
    if upper > lower:
        spread = min(spread, (upper - lower) / 1.34)
    return 0.9 * spread * math.exp(-0.2 * math.log(n))


def numbers(waits: Sequence[float]) -> list[float]:
    """What the row of a smoothed delay holds: the bandwidth, then the logarithms of its waits."""
    logarithms = [math.log(wait) for wait in waits]
    return [bandwidth(logarithms), *logarithms]
