"""How long a clock waits, given a uniform: the inverse of each distribution, and the way back.

Scalar functions that run as plain Python and that numba compiles as they stand, to the same last
bit: of `math` only exp, expm1, log, log1p, sqrt and erfc are used, and an argument at which Python
would refuse to overflow is cut off first. Times are in seconds.

A delay's row of numbers, made by `sim.model.delays.numbers`, starts with the code of its kind:

    IMMEDIATE                          EXACTLY      duration
    EXPONENTIAL  mean                  LOGNORMAL    median, sigma of the logarithm
    WEIBULL      scale, shape          BETWEEN      low, high
    QUANTILES    k, k coefficients     OBSERVED     n, n sorted observations
    MIX          k, k times (share, distance of the part's row from here), the k rows
"""

import math
from collections.abc import Sequence

IMMEDIATE, EXACTLY, EXPONENTIAL, LOGNORMAL, WEIBULL, BETWEEN, QUANTILES, OBSERVED, MIX = range(9)

_LARGEST = 700.0  # exp of more is hardly a float; e**700 s is in no horizon
LEAST_U, MOST_U = 2.0**-54, 1.0 - 2.0**-53  # what a uniform is held between: never 0, never 1


def wait(numbers: Sequence[float], at: int, u: float) -> float:
    """The time that a share `u` of all waits stays below: seconds, never negative.

    `at` is where the delay's row starts in `numbers`; `u` lies strictly between 0 and 1.
    """
    if int(numbers[at]) == MIX:
        at, u = _part(numbers, at, u)
    kind = int(numbers[at])
    if kind == IMMEDIATE:
        return 0.0
    if kind == EXACTLY:
        return numbers[at + 1]
    if kind == EXPONENTIAL:
        return -numbers[at + 1] * math.log1p(-u)
    if kind == LOGNORMAL:
        return numbers[at + 1] * _exp(numbers[at + 2] * normal_quantile(u))
    if kind == WEIBULL:
        return numbers[at + 1] * _exp(math.log(-math.log1p(-u)) / numbers[at + 2])
    if kind == BETWEEN:
        low, high = numbers[at + 1], numbers[at + 2]
        return min(low + (high - low) * u, high)
    count = int(numbers[at + 1])
    if kind == QUANTILES:
        return _exp(metalog(numbers, at + 2, count, u, math.log(u) - math.log1p(-u)))
    return numbers[at + 2 + min(int(u * count), count - 1)]


def reached(numbers: Sequence[float], at: int, t: float) -> float:
    """The probability that a wait is no longer than `t` seconds."""
    if int(numbers[at]) != MIX:
        return _reached(numbers, at, t)
    total = 0.0
    for i in range(int(numbers[at + 1])):
        share, start = numbers[at + 2 + 2 * i], at + int(numbers[at + 3 + 2 * i])
        total = total + share * _reached(numbers, start, t)
    return min(total, 1.0)


def _part(numbers: Sequence[float], at: int, u: float) -> tuple[int, float]:
    """Where the part of a mix starts that `u` falls into, and `u` stretched over its share."""
    before, chosen, below = 0.0, 0, 0.0
    for i in range(int(numbers[at + 1])):
        share = numbers[at + 2 + 2 * i]
        if share > 0.0:
            chosen, below = i, before
            before = before + share
            if u < before:
                break
    inside = (u - below) / numbers[at + 2 + 2 * chosen]
    return at + int(numbers[at + 3 + 2 * chosen]), min(max(inside, LEAST_U), MOST_U)


def _reached(numbers: Sequence[float], at: int, t: float) -> float:
    """`reached` of a delay that is no mix."""
    kind = int(numbers[at])
    if kind == IMMEDIATE:
        return 1.0 if t >= 0.0 else 0.0
    if kind == EXACTLY:
        return 1.0 if t >= numbers[at + 1] else 0.0
    if kind == OBSERVED:
        return _observed(numbers, at, t)
    if kind == BETWEEN:
        low, high = numbers[at + 1], numbers[at + 2]
        if t >= high:
            return 1.0
        return (t - low) / (high - low) if t > low else 0.0
    if t <= 0.0:
        return 0.0
    if kind == EXPONENTIAL:
        return -math.expm1(-t / numbers[at + 1])
    if kind == QUANTILES:
        return _below(numbers, at + 2, int(numbers[at + 1]), math.log(t))
    ratio = t / numbers[at + 1]
    if ratio <= 0.0:
        return 0.0
    if kind == LOGNORMAL:
        return normal_below(math.log(ratio) / numbers[at + 2])
    return -math.expm1(-_exp(numbers[at + 2] * math.log(ratio)))


def _observed(numbers: Sequence[float], at: int, t: float) -> float:
    """The share of the observations that are no longer than t."""
    count = int(numbers[at + 1])
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if numbers[at + 2 + middle] <= t:
            low = middle + 1
        else:
            high = middle
    return low / count


def metalog(coefficients: Sequence[float], at: int, count: int, u: float, logit: float) -> float:
    """Quantile `u` of a metalog with 2 to 5 coefficients that start at `at`; logit = log(u/(1-u)).

    Keelin, "The metalog distributions", Decision Analysis 13(4), 2016, equation 6.
    """
    centred = u - 0.5
    total = coefficients[at] + coefficients[at + 1] * logit
    if count > 2:
        total = total + coefficients[at + 2] * (centred * logit)
    if count > 3:
        total = total + coefficients[at + 3] * centred
    if count > 4:
        total = total + coefficients[at + 4] * (centred * centred)
    return total


def _below(coefficients: Sequence[float], at: int, count: int, value: float) -> float:
    """The u whose quantile is `value`, by halving the logit: the metalog rises throughout."""
    low, high = -_LARGEST, _LARGEST
    for _ in range(120):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if metalog(coefficients, at, count, _expit(middle), middle) <= value:
            low = middle
        else:
            high = middle
    return _expit(low)


def _exp(x: float) -> float:
    return math.exp(min(x, _LARGEST))


def _expit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def normal_below(z: float) -> float:
    """The share of a standard normal below z."""
    return 0.5 * math.erfc(-z * math.sqrt(0.5))


def normal_quantile(u: float) -> float:
    """The z below which a share u of a standard normal lies, for u strictly between 0 and 1.

    Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37(3), 1988: about 1 in 10**16.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        return _centre(q)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    z = _shoulder(r - 1.6) if r <= 5.0 else _tail(r - 5.0)
    return -z if q < 0.0 else z


def _centre(q: float) -> float:
    r = 0.180625 - q * q
    above = 2.5090809287301226727e3
    above = above * r + 3.3430575583588128105e4
    above = above * r + 6.7265770927008700853e4
    above = above * r + 4.5921953931549871457e4
    above = above * r + 1.3731693765509461125e4
    above = above * r + 1.9715909503065514427e3
    above = above * r + 1.3314166789178437745e2
    above = above * r + 3.3871328727963666080e0
    below = 5.2264952788528545610e3
    below = below * r + 2.8729085735721942674e4
    below = below * r + 3.9307895800092710610e4
    below = below * r + 2.1213794301586595867e4
    below = below * r + 5.3941960214247511077e3
    below = below * r + 6.8718700749205790830e2
    below = below * r + 4.2313330701600911252e1
    return above * q / (below * r + 1.0)


def _shoulder(r: float) -> float:
    above = 7.74545014278341407640e-4
    above = above * r + 2.27238449892691845833e-2
    above = above * r + 2.41780725177450611770e-1
    above = above * r + 1.27045825245236838258e0
    above = above * r + 3.64784832476320460504e0
    above = above * r + 5.76949722146069140550e0
    above = above * r + 4.63033784615654529590e0
    above = above * r + 1.42343711074968357734e0
    below = 1.05075007164441684324e-9
    below = below * r + 5.47593808499534494600e-4
    below = below * r + 1.51986665636164571966e-2
    below = below * r + 1.48103976427480074590e-1
    below = below * r + 6.89767334985100004550e-1
    below = below * r + 1.67638483018380384940e0
    below = below * r + 2.05319162663775882187e0
    return above / (below * r + 1.0)


def _tail(r: float) -> float:
    above = 2.01033439929228813265e-7
    above = above * r + 2.71155556874348757815e-5
    above = above * r + 1.24266094738807843860e-3
    above = above * r + 2.65321895265761230930e-2
    above = above * r + 2.96560571828504891230e-1
    above = above * r + 1.78482653991729133580e0
    above = above * r + 5.46378491116411436990e0
    above = above * r + 6.65790464350110377720e0
    below = 2.04426310338993978564e-15
    below = below * r + 1.42151175831644588870e-7
    below = below * r + 1.84631831751005468180e-5
    below = below * r + 7.86869131145613259100e-4
    below = below * r + 1.48753612908506148525e-2
    below = below * r + 1.36929880922735805310e-1
    below = below * r + 5.99832206555887937690e-1
    return above / (below * r + 1.0)


COMPILABLE = (
    wait,
    reached,
    _part,
    _reached,
    _observed,
    metalog,
    _below,
    _exp,
    _expit,
    normal_below,
    normal_quantile,
    _centre,
    _shoulder,
    _tail,
)
