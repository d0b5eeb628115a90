"""A smooth curve through quantiles: the metalog with as many terms as points.

Keelin, "The metalog distributions", Decision Analysis 13(4), 2016. It is evaluated here by scalar
functions that numba compiles as they stand, fitted, and refused where it would turn back.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.formatting import rounded
from sim.model.scalar_functions import LARGEST_EXPONENT, expit

FEWEST_POINTS, MOST_POINTS = 2, 5


def metalog_ppf(
    coefficients: Sequence[float], at: int, count: int, u: float, logit: float
) -> float:
    """Quantile `u` of a metalog with 2 to 5 coefficients that start at `at`; logit = log(u/(1-u)).

    Keelin (2016), equation 6.
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


def metalog_cdf(coefficients: Sequence[float], at: int, count: int, value: float) -> float:
    """The u whose quantile is `value`, by halving the logit: the metalog rises throughout."""
    low, high = -LARGEST_EXPONENT, LARGEST_EXPONENT
    for _ in range(120):  # 1400 / 2**120 is far below the spacing of floats: this always ends early
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if metalog_ppf(coefficients, at, count, expit(middle), middle) <= value:
            low = middle
        else:
            high = middle
    return expit(low)


COMPILABLE: tuple[Callable[..., object], ...] = (metalog_ppf, metalog_cdf)


def points_complaint(probabilities: Sequence[float]) -> str | None:
    """What is wrong with the probabilities at which quantiles are given, or None."""
    if not FEWEST_POINTS <= len(probabilities) <= MOST_POINTS:
        return f"quantiles need {FEWEST_POINTS} to {MOST_POINTS} points, found {len(probabilities)}"
    for p in probabilities:
        if not 0 < p < 1:
            return f"a quantile's probability must be between 0 % and 100 %, found {100 * p:g} %"
    for p, q in pairwise(probabilities):
        if p >= q:
            found = f"found {100 * q:g} % after {100 * p:g} %"
            return f"quantiles must be given in ascending order, {found}"
    return None


@lru_cache(maxsize=4096)
def coefficients(values: tuple[float, ...], probabilities: tuple[float, ...]) -> tuple[float, ...]:
    """The coefficients of the metalog whose quantiles at `probabilities` are `values`.

    Probabilities without complaint. Solved by elimination in plain Python, so that the last bit
    does not depend on a linear algebra library.
    """
    # Gaussian elimination with partial pivoting of at most five equations, one for each point.
    n = len(values)
    rows = [[*_terms(p)[:n], value] for p, value in zip(probabilities, values, strict=True)]
    for column in range(n):
        # the largest pivot, so that no equation is divided by what rounding has left
        pivot = max(range(column, n), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        # below the pivot every coefficient of this column becomes 0
        for row in rows[column + 1 :]:
            factor = row[column] / rows[column][column]
            for i in range(column, n + 1):
                row[i] -= factor * rows[column][i]
    solved = [0.0] * n  # back substitution
    for at in reversed(range(n)):
        left = rows[at][n]
        for i in range(at + 1, n):
            left -= rows[at][i] * solved[i]
        solved[at] = left / rows[at][at]
    return tuple(solved)


def _terms(p: float) -> tuple[float, ...]:
    """What each of five coefficients is multiplied by at a probability."""
    logit, centred = math.log(p) - math.log1p(-p), p - 0.5
    return (1.0, logit, centred * logit, centred, centred * centred)


def turns_back_at(fitted: Sequence[float]) -> float | None:
    """A probability at which the curve does not rise, the worst one; None if it rises throughout.

    Looked at on 2,401 probabilities and in the limits at 0 and 1.
    """
    # the slope is linear in the coefficients, so one product gives it at all places
    slopes = _SLOPES[:, : len(fitted)] @ np.array(fitted)
    worst = int(np.argmin(slopes))
    return float(_LOOKED_AT[worst]) if not slopes[worst] > 0 else None


def _slopes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the slope is looked at, and what each coefficient adds to it there.

    The slope is multiplied by u (1 - u), which keeps its sign and makes it finite at 0 and 1.
    """
    # evenly spaced in the logit, where a metalog bends; beyond 40, u is 0 or 1 to the last bit
    logits = np.linspace(-40.0, 40.0, 2401)
    u = np.concatenate(([0.0], 1 / (1 + np.exp(-logits)), [1.0]))
    spread = np.concatenate(([0.0], 1 / (2 + np.exp(logits) + np.exp(-logits)), [0.0]))
    logits = np.concatenate(([0.0], logits, [0.0]))
    centred = u - 0.5
    columns = (
        np.zeros_like(u),
        np.ones_like(u),
        centred + spread * logits,
        spread,
        2 * centred * spread,
    )
    return u, np.stack(columns, axis=1)


_LOOKED_AT, _SLOPES = _slopes()


def values_complaint(
    values: tuple[float, ...], probabilities: tuple[float, ...], say: Callable[[float], str]
) -> str | None:
    """What is impossible about quantiles at probabilities without complaint, or None.

    `say` tells a value as its reader knows it (values may be logarithms or logits).
    """
    points = list(zip(probabilities, values, strict=True))
    for (p, low), (q, high) in pairwise(points):
        if not low < high:
            found = f"{say(high)} at {100 * q:g} % after {say(low)} at {100 * p:g} %"
            return f"quantiles must increase, found {found}"
    # Quantiles that rise need not have a quantile function that does: with as many terms as points
    # the curve through them is the only one there is.
    where = turns_back_at(coefficients(values, probabilities))
    if where is None:
        return None
    first, last = probabilities[0], probabilities[-1]
    place = f"near {rounded(100 * where, 2)} %" if first < where < last else ""
    place = place or (f"below {100 * first:g} %" if where <= first else f"above {100 * last:g} %")
    wrong = f"no metalog runs through these quantiles: it would turn back {place}"
    if len(points) != 3:
        return f"{wrong}; leave out a point or move one"
    nearest = _nearest_middle(values, probabilities)
    side = "above" if nearest > values[1] else "below"
    return (
        f"{wrong}; with the other two, {100 * probabilities[1]:g} % must lie {side} {say(nearest)}"
    )


def _nearest_middle(values: tuple[float, ...], probabilities: tuple[float, ...]) -> float:
    """Of three points no metalog runs through: the nearest middle value that works.

    With the middle on the straight line in the logit between its neighbours every curve rises,
    and the values that work are an interval around that; its end is found by halving.
    """
    first, wrong, last = values
    low, middle, high = (_terms(p)[1] for p in probabilities)
    good = first + (last - first) * (middle - low) / (high - low)
    for _ in range(60):  # to the spacing of floats
        tried = 0.5 * (good + wrong)
        if turns_back_at(coefficients((first, tried, last), probabilities)) is None:
            good = tried
        else:
            wrong = tried
    return good


Within = tuple[float, float] | None  # ends that no value reaches; either may be infinite


def bounded_ppf(
    values: tuple[float, ...], probabilities: tuple[float, ...], within: Within, u: float
) -> float:
    """A metalog of the values stretched over the whole line, pulled back within its bounds."""
    stretched = tuple(_unbound(value, within) for value in values)
    fitted = coefficients(stretched, probabilities)
    logit = math.log(u) - math.log1p(-u)
    return _bound(metalog_ppf(fitted, 0, len(fitted), u, logit), within)


def bounded_complaint(
    values: tuple[float, ...],
    probabilities: tuple[float, ...],
    within: Within,
    say: Callable[[float], str],
) -> str | None:
    """`values_complaint` of values that lie within their bounds, so that each has a logit."""
    stretched = tuple(_unbound(value, within) for value in values)
    return values_complaint(stretched, probabilities, lambda z: say(_bound(z, within)))


def _unbound(value: float, within: Within) -> float:
    """Logit of a value between two bounds, logarithm of its distance from a single one."""
    low, high = within or (-math.inf, math.inf)
    if math.isfinite(low) and math.isfinite(high):
        return math.log(value - low) - math.log(high - value)
    if math.isfinite(low):
        return math.log(value - low)
    return -math.log(high - value) if math.isfinite(high) else value


def _bound(z: float, within: Within) -> float:
    """The way back from `_unbound`."""
    low, high = within or (-math.inf, math.inf)
    if math.isfinite(low) and math.isfinite(high):
        # exp of a negative number only, so nothing overflows; measured from the nearer bound
        share = math.exp(-abs(z)) / (1 + math.exp(-abs(z)))
        return low + (high - low) * share if z < 0 else high - (high - low) * share
    if math.isfinite(low):
        return low + math.exp(min(z, LARGEST_EXPONENT))
    return high - math.exp(min(-z, LARGEST_EXPONENT)) if math.isfinite(high) else z
