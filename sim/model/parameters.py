"""What is not known: parameters, each a distribution from which a draw takes one value."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from sim.model import metalog
from sim.model.durations import duration_in_words
from sim.model.inverses import below, inverse, support
from sim.model.waiting import LEAST_U, MOST_U
from sim.model.waiting import metalog as metalog_quantile

DistributionKind = Literal[
    "fixed",  # (value,)
    "uniform",  # (low, high)
    "triangular",  # (low, mode, high)
    "pert",  # (low, mode, high)
    "normal",  # (mean, sd)
    "lognormal",  # (median, p90)
    "beta",  # (alpha, beta), after counts and prior, or mean and sd, were worked in
    "choices",  # one weight a choice, named by `levels`; the value is the position
    "quantiles",  # one value a point, at `probabilities`: metalog, logit-bounded by `within`
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What a parameter may be. `within` bounds a metalog by a logit and truncates the others."""

    kind: DistributionKind
    numbers: tuple[float, ...]  # see DistributionKind; durations in seconds
    probabilities: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    within: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing we do not know: its name and distribution; `time` when its unit is a duration."""

    name: str
    distribution: Distribution
    time: bool = False  # then its values are seconds


Say = Callable[[float], str]  # how a number is told
_LEAST_LEFT = 1e-6  # a truncation that leaves less of a distribution is refused
_MOST_CORNERS = 1 << 10  # of ten parameters that are each low or high


def quantile(distribution: Distribution, u: float) -> float:
    """The value that a share `u` (strictly between 0 and 1) of all draws stays below.

    For `choices` the position of the choice. The distribution is one without complaints.
    """
    if distribution.kind == "quantiles":
        return _bounded_metalog(distribution, u)
    if distribution.within is None or distribution.kind in ("fixed", "choices"):
        return inverse(distribution.kind, distribution.numbers, u)
    low, high = distribution.within
    first, last = (below(distribution.kind, distribution.numbers, end) for end in (low, high))
    inside = min(max(first + (last - first) * u, LEAST_U), MOST_U)
    return min(max(inverse(distribution.kind, distribution.numbers, inside), low), high)


def bounds(distribution: Distribution) -> tuple[float, float]:
    """The lowest and the highest value there can be; infinite where there is no end."""
    low, high = support(distribution.kind, distribution.numbers)
    if distribution.within is None or distribution.kind in ("fixed", "choices"):
        return low, high
    return max(low, distribution.within[0]), min(high, distribution.within[1])


def extremes(distribution: Distribution) -> tuple[float, float]:
    """Values nearly as low and nearly as high as draws get; needs no SciPy.

    For choices the first and the last one; else a millionth of the range inside the bounds, or
    the millionth quantile where there is no bound.
    """
    low, high = bounds(distribution)
    if distribution.kind in ("fixed", "choices"):
        return low, high
    if math.isfinite(low) and math.isfinite(high):
        inside = 1e-6 * (high - low)
        return low + inside, high - inside
    return quantile(distribution, 1e-6), quantile(distribution, 1 - 1e-6)


def corners(parameters: Sequence[Parameter]) -> Iterator[tuple[float, ...]]:
    """Rows of values, one a parameter: each as low and as high as it gets, in every combination.

    Of choices all that have weight are tried, of the others the `extremes`. All low comes first;
    of more than 1,024 combinations all low, all high, and each parameter moved alone from both.
    """
    ends = [_ends(parameter.distribution) for parameter in parameters]
    if math.prod(len(values) for values in ends) <= _MOST_CORNERS:
        yield from product(*ends)
        return
    bases = tuple(values[0] for values in ends), tuple(values[-1] for values in ends)
    yield from bases
    for i, values in enumerate(ends):
        for base in bases:
            yield from ((*base[:i], v, *base[i + 1 :]) for v in values if v != base[i])


def central(distribution: Distribution) -> float:
    """The median; of choices the position of the likeliest."""
    if distribution.kind == "choices":
        return float(max(range(len(distribution.numbers)), key=distribution.numbers.__getitem__))
    return quantile(distribution, 0.5)


def complaints(distribution: Distribution, time: bool = False) -> list[str]:
    """What is impossible about a distribution, as sentences; none if it can be drawn from.

    `time` when its numbers are durations, so that the sentences say them as such.
    """
    if not all(math.isfinite(number) for number in distribution.numbers):
        return ["every number must be finite"]
    say = _say(time)
    wrong = _order_complaints(distribution, say) or _scale_complaints(distribution, say)
    if distribution.kind == "choices":
        wrong = _choice_complaints(distribution)
    if distribution.kind == "quantiles":
        sentence = metalog.points_complaint(distribution.probabilities)
        wrong = [sentence] if sentence else []
    wrong = wrong or _within_complaints(distribution, say)
    if wrong or distribution.kind != "quantiles":
        return wrong
    within = distribution.within
    values = tuple(_unbound(number, within) for number in distribution.numbers)
    sentence = metalog.values_complaint(
        values, distribution.probabilities, lambda z: say(_bound(z, within))
    )
    return [sentence] if sentence else []


def in_words(distribution: Distribution, time: bool = False) -> str:
    """The distribution as a reader would say it; `time` when its numbers are durations."""
    say = _say(time)
    found = [say(number) for number in distribution.numbers]
    match distribution.kind:
        case "fixed":
            said = found[0]
        case "uniform":
            said = f"uniform from {found[0]} to {found[1]}"
        case "triangular" | "pert":
            shape = "PERT" if distribution.kind == "pert" else "triangular"
            said = f"{shape}, {found[0]} to {found[2]}, likeliest {found[1]}"
        case "normal":
            said = f"normal, mean {found[0]}, sd {found[1]}"
        case "lognormal":
            said = f"lognormal, median {found[0]}, p90 {found[1]}"
        case "beta":
            alpha, beta = distribution.numbers
            said = f"beta({alpha:.6g}, {beta:.6g}), mean {alpha / (alpha + beta):.3g}"
        case "choices":
            total = sum(distribution.numbers)
            weights = zip(distribution.levels, distribution.numbers, strict=True)
            said = ", ".join(f"{name} {100 * weight / total:.3g} %" for name, weight in weights)
        case "quantiles":
            points = zip(distribution.probabilities, found, strict=True)
            said = ", ".join(f"{100 * p:g} %: {value}" for p, value in points)
    if distribution.within is None:
        return said
    return f"{said}, within {say(distribution.within[0])} and {say(distribution.within[1])}"


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
    if distribution.kind == "choices":
        weights = enumerate(distribution.numbers)
        return tuple(float(position) for position, weight in weights if weight > 0)
    return tuple(dict.fromkeys(extremes(distribution)))


def _bounded_metalog(distribution: Distribution, u: float) -> float:
    """A metalog of the values stretched over the whole line, pulled back within its bounds."""
    within = distribution.within
    values = tuple(_unbound(number, within) for number in distribution.numbers)
    fitted = metalog.coefficients(values, distribution.probabilities)
    logit = math.log(u) - math.log1p(-u)
    return _bound(metalog_quantile(fitted, 0, len(fitted), u, logit), within)


def _unbound(value: float, within: tuple[float, float] | None) -> float:
    """Logit of a value between two bounds, logarithm of its distance from a single one."""
    low, high = within or (-math.inf, math.inf)
    if math.isfinite(low) and math.isfinite(high):
        return math.log(value - low) - math.log(high - value)
    if math.isfinite(low):
        return math.log(value - low)
    return -math.log(high - value) if math.isfinite(high) else value


def _bound(z: float, within: tuple[float, float] | None) -> float:
    """The way back from `_unbound`."""
    low, high = within or (-math.inf, math.inf)
    if math.isfinite(low) and math.isfinite(high):
        share = math.exp(-abs(z)) / (1 + math.exp(-abs(z)))
        return low + (high - low) * share if z < 0 else high - (high - low) * share
    if math.isfinite(low):
        return low + math.exp(min(z, 700.0))
    return high - math.exp(min(-z, 700.0)) if math.isfinite(high) else z


def _order_complaints(distribution: Distribution, say: Say) -> list[str]:
    """Ends and modes that are out of order."""
    found = distribution.numbers
    match distribution.kind:
        case "uniform" if not found[0] < found[1]:
            return [f"low must be less than high, found {say(found[0])} and {say(found[1])}"]
        case "triangular" | "pert" if not (found[0] <= found[1] <= found[2] > found[0]):
            told = ", ".join(f"{say(number)}" for number in found)
            return [f"must be low, likeliest, high in rising order, found {told}"]
        case "lognormal" if found[0] > 0 and not found[1] > found[0]:
            return [f"p90 must be greater than the median {say(found[0])}, found {say(found[1])}"]
    return []


def _scale_complaints(distribution: Distribution, say: Say) -> list[str]:
    """Numbers that have to be greater than 0."""
    names = {"normal": ("", "sd"), "lognormal": ("median", "p90"), "beta": ("alpha", "beta")}
    said = zip(names.get(distribution.kind, ()), distribution.numbers, strict=False)
    return [
        f"{name} must be greater than 0, found {say(value)}"
        for name, value in said
        if name and value <= 0
    ]


def _choice_complaints(distribution: Distribution) -> list[str]:
    """Weights that are no weights."""
    weights = zip(distribution.levels, distribution.numbers, strict=True)
    wrong = [f"weight of {name} must not be negative, found {w:g}" for name, w in weights if w < 0]
    return wrong or ([] if sum(distribution.numbers) > 0 else ["every weight is 0"])


def _within_complaints(distribution: Distribution, say: Say) -> list[str]:
    """Bounds that are no bounds, or that leave nothing."""
    if distribution.within is None:
        return []
    low, high = distribution.within
    said = f"within {say(low)} and {say(high)}"
    if not low < high:
        return [f"{said}: the first must be less than the second"]
    if distribution.kind == "choices":
        return [f"{said}: choices have no order to bound"]
    if distribution.kind == "fixed":
        value = distribution.numbers[0]
        return [] if low <= value <= high else [f"{say(value)} does not lie {said}"]
    if distribution.kind == "quantiles":
        outside = [number for number in distribution.numbers if not low < number < high]
        return [f"quantile {say(number)} must lie strictly {said}" for number in outside]
    first, last = (below(distribution.kind, distribution.numbers, end) for end in (low, high))
    return [] if last - first >= _LEAST_LEFT else [f"hardly any of the distribution lies {said}"]
