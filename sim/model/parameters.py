"""What is not known: parameters, each a distribution from which a draw takes one value."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sim.formatting import duration_in_words
from sim.model.distribution_kinds import KINDS, within
from sim.model.distributions import Distribution as Distribution
from sim.model.distributions import DistributionKind as DistributionKind
from sim.model.distributions import Say
from sim.model.scalar_functions import LEAST_U, MOST_U
from sim.model.time_grid import on_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing we do not know: its name and distribution; `time` when its unit is a duration."""

    name: str
    distribution: Distribution
    time: bool = False  # then its values are seconds


# Inversion of a nearly empty range would return its ends and little else, for lack of digits of u.
_LEAST_LEFT = 1e-6  # a truncation that leaves less of a distribution is refused
# Each corner costs an evaluation of all expressions that read the parameters.
_MOST_CORNERS = 1 << 10  # of ten parameters that are each low or high


def quantile(distribution: Distribution, u: float) -> float:
    """The value that a share `u` (strictly between 0 and 1) of all draws stays below.

    For `choices` the position of the choice. The distribution is one without complaints.
    """
    kind = KINDS[distribution.kind]
    if distribution.within is None or kind.cdf is None:
        return kind.ppf(distribution, u)
    # Truncation by inversion: u is stretched over the part of (0, 1) that falls within the bounds.
    low, high = distribution.within
    first, last = (_cdf(distribution, end) for end in (low, high))
    inside = min(max(first + (last - first) * u, LEAST_U), MOST_U)
    return min(max(kind.ppf(distribution, inside), low), high)


def value_at(parameter: Parameter, u: float) -> float:
    """The value in the draw whose uniform is `u`: `quantile`, a duration on the grid of time."""
    value = quantile(parameter.distribution, u)
    return on_grid(value) if parameter.time else value


def values_at(parameter: Parameter, uniforms: Sequence[float]) -> Sequence[float]:
    """`value_at` of many draws, to the last bit."""
    found = parameter.distribution
    kind = KINDS[found.kind]
    # what is cut or on the grid goes one by one: rare, and the steps stand in one place
    if kind.ppfs is None or found.within is not None or parameter.time:
        return [value_at(parameter, u) for u in uniforms]
    values: list[float] = kind.ppfs(found, uniforms).tolist()
    return values


def bounds(distribution: Distribution) -> tuple[float, float]:
    """The lowest and the highest value there can be; infinite where there is no end."""
    low, high = KINDS[distribution.kind].support(distribution.numbers)
    if distribution.within is None:
        return low, high
    return max(low, distribution.within[0]), min(high, distribution.within[1])


def extremes(distribution: Distribution) -> tuple[float, float]:
    """Values nearly as low and nearly as high as draws get; needs no SciPy.

    For choices the first and the last one; else a millionth of the range inside the bounds, or
    the millionth quantile where there is no bound.
    """
    low, high = bounds(distribution)
    if KINDS[distribution.kind].discrete:
        return low, high
    # Not the bounds themselves, which may never be drawn: a probability of exactly 0 would make
    # quotients fail that never do in a draw.
    if math.isfinite(low) and math.isfinite(high):
        inside = 1e-6 * (high - low)
        return low + inside, high - inside
    return quantile(distribution, 1e-6), quantile(distribution, 1 - 1e-6)


def middle(distribution: Distribution) -> float:
    """A value in the middle, where any will do: of the bounds if it has some; needs no SciPy."""
    low, high = bounds(distribution)
    return (low + high) / 2 if math.isfinite(high - low) else central(distribution)


def corners(parameters: Sequence[Parameter]) -> Iterator[tuple[float, ...]]:
    """Rows of values, one a parameter: each as low and as high as it gets, in every combination.

    Of choices all that have weight are tried, of the others the `extremes`. All low comes first;
    of more than 1,024 combinations all low, all high, and each parameter moved alone from both.
    """
    ends = [_ends(parameter.distribution) for parameter in parameters]
    if math.prod(len(values) for values in ends) <= _MOST_CORNERS:
        yield from product(*ends)
        return
    # Too many for all combinations: a fault that needs several parameters at once may be missed
    # here, and is found in the draw, before it runs.
    bases = tuple(values[0] for values in ends), tuple(values[-1] for values in ends)
    yield from bases
    for i, values in enumerate(ends):
        for base in bases:
            yield from ((*base[:i], v, *base[i + 1 :]) for v in values if v != base[i])


def central(distribution: Distribution) -> float:
    """The median; of choices the position of the most likely."""
    if KINDS[distribution.kind].discrete:
        # the median of unordered choices means nothing
        return float(max(range(len(distribution.numbers)), key=distribution.numbers.__getitem__))
    return quantile(distribution, 0.5)


def complaints(distribution: Distribution, time: bool = False) -> list[str]:
    """What is impossible about a distribution, as sentences; none if it can be drawn from.

    `time` when its numbers are durations, so that the sentences say them as such.
    """
    # First, because the checks of each kind calculate with the numbers.
    if not all(math.isfinite(number) for number in distribution.numbers):
        return ["every number must be finite"]
    say, kind = _say(time), KINDS[distribution.kind]
    wrong = kind.wrong(distribution, say) or _not_positive(distribution, say)
    if not wrong and distribution.within is not None:
        wrong = _wrong_within(distribution, say)
    return wrong or kind.wrong_together(distribution, say) or _not_finite(distribution)


def _not_finite(distribution: Distribution) -> list[str]:
    """A draw that would be no number: asked at the ends of what a uniform can be.

    Not of choices, nor where the ends are finite and near enough: between them every draw is.
    """
    low, high = bounds(distribution)
    if KINDS[distribution.kind].discrete or math.isfinite(high - low):
        return []
    try:
        ends = [quantile(distribution, u) for u in (LEAST_U, 0.5, MOST_U)]
    except ArithmeticError:  # too large on the way
        ends = [math.inf]
    fine = all(math.isfinite(value) for value in ends)
    return [] if fine else ["a draw could be larger than a number can be"]


def in_words(distribution: Distribution, time: bool = False) -> str:
    """The distribution as a reader would say it; `time` when its numbers are durations."""
    say = _say(time)
    text = KINDS[distribution.kind].phrase(distribution, say)
    if distribution.within is None:
        return text
    return f"{text}, within {say(distribution.within[0])} and {say(distribution.within[1])}"


def value_in_words(parameter: Parameter, value: float) -> str:
    """One value of a parameter: the name of the choice, a duration, or a number."""
    if parameter.distribution.levels:
        return parameter.distribution.levels[int(value)]
    return duration_in_words(value) if parameter.time else f"{value:.4g}"


def _say(time: bool) -> Say:
    """How a number of a distribution is told."""
    return duration_in_words if time else "{:.6g}".format


def _ends(distribution: Distribution) -> tuple[float, ...]:
    """The values of a parameter at the corners, ascending, each once."""
    if KINDS[distribution.kind].discrete:
        weights = enumerate(distribution.numbers)
        return tuple(float(position) for position, weight in weights if weight > 0)
    return tuple(dict.fromkeys(extremes(distribution)))


def _cdf(distribution: Distribution, value: float) -> float:
    """The probability of less than a value, of what `within` truncates: as it is uncut."""
    kind = KINDS[distribution.kind]
    low, high = kind.support(distribution.numbers)
    if value <= low or value >= high:  # `within` may reach beyond the support, or be infinite
        return 0.0 if value <= low else 1.0
    if kind.cdf is None:
        raise AssertionError(f"{distribution.kind} cannot be cut")
    return kind.cdf(distribution, value)


def _wrong_within(distribution: Distribution, say: Say) -> list[str]:
    """Bounds that are no bounds, or that leave nothing."""
    assert distribution.within is not None
    low, high = distribution.within
    if not low < high:
        return [f"{within(distribution, say)}: the first must be less than the second"]
    wrong = KINDS[distribution.kind].wrong_within
    if wrong is not None:
        return wrong(distribution, say)
    if _cdf(distribution, high) - _cdf(distribution, low) >= _LEAST_LEFT:
        return []
    return [f"hardly any of the distribution lies {within(distribution, say)}"]


def _not_positive(distribution: Distribution, say: Say) -> list[str]:
    """Numbers that have to be greater than 0 and are not."""
    kind = KINDS[distribution.kind]
    named = zip(kind.numbers, distribution.numbers, strict=False)
    return [
        f"{name} must be greater than 0, found {say(value)}"
        for name, value in named
        if name in kind.positive and value <= 0
    ]
