"""The inverse, the distribution function and the ends of each kind of parameter, uncut.

`kind` and `found` are a distribution's kind and numbers; see `sim.model.parameters`.
"""

import math
from collections.abc import Sequence
from functools import reduce
from operator import add

from sim.model.waiting import normal_below, normal_quantile


def inverse(kind: str, found: Sequence[float], u: float) -> float:
    """The value that a share u stays below; of every kind but `quantiles`.

    `choices` gives a position; pert is a beta, beta is SciPy's incomplete beta function inverted.
    """
    match kind:
        case "uniform":
            return found[0] + (found[1] - found[0]) * u
        case "triangular":
            low, mode, high = found
            if u * (high - low) < mode - low:
                return low + math.sqrt(u * (high - low) * (mode - low))
            return high - math.sqrt((1 - u) * (high - low) * (high - mode))
        case "pert":
            low, mode, high = found
            return low + (high - low) * _beta_inverse(*_pert_shapes(low, mode, high), u)
        case "normal":
            return found[0] + found[1] * normal_quantile(u)
        case "lognormal":
            return found[0] * math.exp(_sigma(found) * normal_quantile(u))
        case "beta":
            return _beta_inverse(found[0], found[1], u)
        case "choices":
            return float(_choice(found, u))
    return found[0]


def below(kind: str, found: Sequence[float], value: float) -> float:
    """The probability of less than a value; of the kinds with a density but `quantiles`."""
    low, high = support(kind, found)
    if value <= low or value >= high:
        return 0.0 if value <= low else 1.0
    match kind:
        case "uniform":
            return (value - low) / (high - low)
        case "triangular":
            mode = found[1]
            if value < mode:
                return (value - low) ** 2 / ((high - low) * (mode - low))
            return 1 - (high - value) ** 2 / ((high - low) * (high - mode))
        case "pert":
            return _beta_below(*_pert_shapes(*found), (value - low) / (high - low))
        case "normal":
            return normal_below((value - found[0]) / found[1])
        case "lognormal":
            return normal_below(math.log(value / found[0]) / _sigma(found))
        case "beta":
            return _beta_below(found[0], found[1], value)
    raise AssertionError(f"{kind} cannot be cut")


def support(kind: str, found: Sequence[float]) -> tuple[float, float]:
    """The lowest and the highest value with any probability near it."""
    match kind:
        case "normal" | "quantiles":
            return -math.inf, math.inf
        case "lognormal":
            return 0.0, math.inf
        case "beta":
            return 0.0, 1.0
        case "choices":
            return 0.0, float(len(found) - 1)
    return found[0], found[-1]


def _choice(weights: Sequence[float], u: float) -> int:
    """The position of the choice that u falls to, weights walked in order."""
    target = u * reduce(add, weights)  # left to right, in every Python
    running, last = 0.0, 0
    for position, weight in enumerate(weights):
        running += weight
        if weight > 0:
            last = position
            if target < running:
                break
    return last


def _sigma(found: Sequence[float]) -> float:
    """Standard deviation of the logarithm, from median and p90."""
    return math.log(found[1] / found[0]) / normal_quantile(0.9)


def _pert_shapes(low: float, mode: float, high: float) -> tuple[float, float]:
    """The beta that a PERT is: weight 4 on the mode (Malcolm et al., 1959)."""
    return 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)


def _beta_inverse(alpha: float, beta: float, u: float) -> float:
    from scipy.special import betaincinv  # here, as `check` has to answer at once

    return float(betaincinv(alpha, beta, u))


def _beta_below(alpha: float, beta: float, value: float) -> float:
    from scipy.special import betainc

    return float(betainc(alpha, beta, value))
