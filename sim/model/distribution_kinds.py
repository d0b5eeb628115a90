"""The kinds of distributions of parameters: one entry of KINDS each.

To add a kind: write its functions and its entry below. What it refuses, how it is told, how it is
cut by `within` and how a scenario writes it follow from the entry.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, cast

from sim.model import metalog
from sim.model.distributions import Distribution, DistributionKind, Kind, Say
from sim.model.normal import normal_cdf, normal_ppf

if TYPE_CHECKING:
    from sim.model.distributions import Floats


def within(found: Distribution, say: Say) -> str:
    """The bounds of a distribution, in words."""
    low, high = found.within or (-math.inf, math.inf)
    return f"within {say(low)} and {say(high)}"


def _ends(numbers: Sequence[float]) -> tuple[float, float]:
    return numbers[0], numbers[-1]


def _anything(numbers: Sequence[float]) -> tuple[float, float]:
    return -math.inf, math.inf


def _outside(found: Distribution, say: Say) -> list[str]:
    low, high = found.within or (-math.inf, math.inf)
    value = found.numbers[0]
    return [] if low <= value <= high else [f"{say(value)} is not {within(found, say)}"]


def _uniform(found: Distribution, u: float) -> float:
    low, high = found.numbers
    return low + (high - low) * u


def _uniform_cdf(found: Distribution, value: float) -> float:
    low, high = found.numbers
    return (value - low) / (high - low)


def _uniform_wrong(found: Distribution, say: Say) -> list[str]:
    low, high = found.numbers
    if low < high:
        return []
    return [f"low must be less than high, found {say(low)} and {say(high)}"]


def _loguniform(found: Distribution, u: float) -> float:
    low, high = found.numbers
    return low * math.exp(u * math.log(high / low))


def _loguniform_cdf(found: Distribution, value: float) -> float:
    low, high = found.numbers
    return math.log(value / low) / math.log(high / low)


def _triangular(found: Distribution, u: float) -> float:
    low, mode, high = found.numbers
    # multiplied out, so that nothing is divided: the mode may be at either end
    if u * (high - low) < mode - low:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1 - u) * (high - low) * (high - mode))


def _triangular_cdf(found: Distribution, value: float) -> float:
    low, mode, high = found.numbers
    if value < mode:
        return (value - low) ** 2 / ((high - low) * (mode - low))
    return 1 - (high - value) ** 2 / ((high - low) * (high - mode))


def _pert(found: Distribution, u: float) -> float:
    low, mode, high = found.numbers
    return low + (high - low) * _beta_ppf(*_pert_shapes(low, mode, high), u)


def _perts(found: Distribution, u: Sequence[float]) -> Floats:
    low, mode, high = found.numbers
    return low + (high - low) * _beta_ppfs(*_pert_shapes(low, mode, high), u)


def _pert_cdf(found: Distribution, value: float) -> float:
    # stretched to (0, 1), where it is a beta
    low, mode, high = found.numbers
    return _beta_cdf(*_pert_shapes(low, mode, high), (value - low) / (high - low))


def _pert_shapes(low: float, mode: float, high: float) -> tuple[float, float]:
    """The beta that a PERT is: weight 4 on the mode (Malcolm et al., 1959)."""
    return 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)


def _modes_wrong(found: Distribution, say: Say) -> list[str]:
    low, mode, high = found.numbers
    if low <= mode <= high > low:
        return []
    numbers = ", ".join(say(number) for number in found.numbers)
    return [f"must be low, mode, high in ascending order, found {numbers}"]


def _mode_phrase(found: Distribution, say: Say) -> str:
    shape = "PERT" if found.kind == "pert" else "triangular"
    low, mode, high = (say(number) for number in found.numbers)
    return f"{shape}, {low} to {high}, most likely {mode}"


def _normal(found: Distribution, u: float) -> float:
    mean, sd = found.numbers
    return mean + sd * normal_ppf(u)


def _normal_cdf(found: Distribution, value: float) -> float:
    mean, sd = found.numbers
    return normal_cdf((value - mean) / sd)


def _lognormal(found: Distribution, u: float) -> float:
    return found.numbers[0] * math.exp(_sigma(found) * normal_ppf(u))


def _lognormal_cdf(found: Distribution, value: float) -> float:
    return normal_cdf(math.log(value / found.numbers[0]) / _sigma(found))


def _sigma(found: Distribution) -> float:
    """Standard deviation of the logarithm, from median and p90."""
    return math.log(found.numbers[1] / found.numbers[0]) / normal_ppf(0.9)


def _lognormal_wrong(found: Distribution, say: Say) -> list[str]:
    median, p90 = found.numbers
    if median <= 0 or p90 > median:  # a median that is not positive is complained of by itself
        return []
    return [f"p90 must be greater than the median {say(median)}, found {say(p90)}"]


def _beta_phrase(found: Distribution, say: Say) -> str:
    alpha, beta = found.numbers
    return f"beta({alpha:.6g}, {beta:.6g}), mean {alpha / (alpha + beta):.3g}"


def _beta_ppf(alpha: float, beta: float, u: float) -> float:
    from scipy.special import betaincinv  # here, as `check` has to answer at once

    return float(betaincinv(alpha, beta, u))


def _beta_ppfs(alpha: float, beta: float, u: Sequence[float]) -> Floats:
    from scipy.special import betaincinv

    # of one number or many: each is computed by itself, so the bits are those of `_beta_ppf`
    return cast("Floats", betaincinv(alpha, beta, u))


def _beta_cdf(alpha: float, beta: float, value: float) -> float:
    from scipy.special import betainc

    return float(betainc(alpha, beta, value))


def _choice(found: Distribution, u: float) -> float:
    """The position of the choice that u falls to, weights walked in order."""
    target = u * reduce(add, found.numbers)  # left to right, in every Python
    running, last = 0.0, 0
    for position, weight in enumerate(found.numbers):
        running += weight
        if weight > 0:  # a choice of weight 0 is never taken, not even at the very end
            last = position
            if target < running:
                break
    return float(last)


def _choice_wrong(found: Distribution, say: Say) -> list[str]:
    weights = zip(found.levels, found.numbers, strict=True)
    wrong = [f"weight of {name} must not be negative, found {w:g}" for name, w in weights if w < 0]
    return wrong or ([] if sum(found.numbers) > 0 else ["every weight is 0"])


def _choice_within(found: Distribution, say: Say) -> list[str]:
    return [f"{within(found, say)}: choices have no order to bound"]


def _choice_phrase(found: Distribution, say: Say) -> str:
    total = sum(found.numbers)
    weights = zip(found.levels, found.numbers, strict=True)
    return ", ".join(f"{name} {100 * weight / total:.3g} %" for name, weight in weights)


def _quantiles(found: Distribution, u: float) -> float:
    return metalog.bounded_ppf(found.numbers, found.probabilities, found.within, u)


def _quantiles_wrong(found: Distribution, say: Say) -> list[str]:
    sentence = metalog.points_complaint(found.probabilities)
    return [sentence] if sentence else []


def _quantiles_within(found: Distribution, say: Say) -> list[str]:
    low, high = found.within or (-math.inf, math.inf)
    outside = [number for number in found.numbers if not low < number < high]
    return [f"quantile {say(number)} must be strictly {within(found, say)}" for number in outside]


def _no_curve(found: Distribution, say: Say) -> list[str]:
    sentence = metalog.bounded_complaint(found.numbers, found.probabilities, found.within, say)
    return [sentence] if sentence else []


def _quantiles_phrase(found: Distribution, say: Say) -> str:
    points = zip(found.probabilities, found.numbers, strict=True)
    return ", ".join(f"{100 * p:g} %: {say(value)}" for p, value in points)


KINDS: Mapping[DistributionKind, Kind] = {
    "fixed": Kind(
        about="A number we take as known.",
        sentence="One known number.",
        written="value",
        ppf=lambda found, u: found.numbers[0],
        support=_ends,
        wrong_within=_outside,
        phrase=lambda found, say: say(found.numbers[0]),
    ),
    "uniform": Kind(
        about="Anything between two bounds, equally likely.",
        sentence="`[low, high]`: everything between is equally likely.",
        numbers=("low", "high"),
        ppf=_uniform,
        cdf=_uniform_cdf,
        support=_ends,
        wrong=_uniform_wrong,
        phrase=lambda found, say: (
            f"uniform from {say(found.numbers[0])} to {say(found.numbers[1])}"
        ),
    ),
    # of factors alone: what a stipulated number is multiplied by in a sensitivity analysis
    "loguniform": Kind(
        about="Anything between two bounds, its logarithm equally likely.",
        sentence="",
        numbers=("low", "high"),
        written=None,
        ppf=_loguniform,
        cdf=_loguniform_cdf,
        support=_ends,
        positive=("low", "high"),
        wrong=_uniform_wrong,
        phrase=lambda found, say: (
            f"log-uniform from {say(found.numbers[0])} to {say(found.numbers[1])}"
        ),
    ),
    "triangular": Kind(
        about="Low, most likely, high: a triangle.",
        sentence="`[low, mode, high]`, with a density of straight lines.",
        numbers=("low", "mode", "high"),
        ppf=_triangular,
        cdf=_triangular_cdf,
        support=_ends,
        wrong=_modes_wrong,
        phrase=_mode_phrase,
    ),
    "pert": Kind(
        about="Low, most likely, high: smooth, with the mode weighing four times.",
        sentence="`[low, mode, high]`, smooth; the mode has weight four in the mean.",
        numbers=("low", "mode", "high"),
        ppf=_pert,
        ppfs=_perts,
        cdf=_pert_cdf,
        support=_ends,
        wrong=_modes_wrong,
        phrase=_mode_phrase,
    ),
    "normal": Kind(
        about="The bell curve.",
        sentence="The normal distribution, by its `mean` and `sd`.",
        numbers=("mean", "sd"),
        sentences=("The mean.", "The standard deviation."),
        written="mapping",
        ppf=_normal,
        cdf=_normal_cdf,
        support=_anything,
        positive=("sd",),
        phrase=lambda found, say: "normal, mean {}, sd {}".format(*map(say, found.numbers)),
    ),
    "lognormal": Kind(
        about="Positive, with a long upper tail.",
        sentence="Above 0 with a long upper tail, by its `median` and `p90`.",
        numbers=("median", "p90"),
        sentences=("Half of the values are below.", "90 % of the values are below."),
        written="mapping",
        ppf=_lognormal,
        cdf=_lognormal_cdf,
        support=lambda numbers: (0.0, math.inf),
        positive=("median", "p90"),
        wrong=_lognormal_wrong,
        phrase=lambda found, say: "lognormal, median {}, p90 {}".format(*map(say, found.numbers)),
    ),
    "beta": Kind(
        about="A probability learnt from counts, or given by mean and spread.",
        sentence="A probability, from counts (`successes` in `trials`) or by its `mean` and `sd`.",
        numbers=("alpha", "beta"),  # after counts and prior, or mean and sd, were worked in
        written="counts",
        ppf=lambda found, u: _beta_ppf(found.numbers[0], found.numbers[1], u),
        ppfs=lambda found, u: _beta_ppfs(found.numbers[0], found.numbers[1], u),
        cdf=lambda found, value: _beta_cdf(found.numbers[0], found.numbers[1], value),
        support=lambda numbers: (0.0, 1.0),
        positive=("alpha", "beta"),
        phrase=_beta_phrase,
    ),
    "choices": Kind(
        about="One of several readings, each with a weight.",
        sentence="Alternatives, each with a weight; each draw takes one of them.",
        written="weights",
        discrete=True,
        ppf=_choice,
        support=lambda numbers: (0.0, float(len(numbers) - 1)),
        wrong=_choice_wrong,
        wrong_within=_choice_within,
        phrase=_choice_phrase,
    ),
    "quantiles": Kind(
        about="A metalog through two to five points.",
        sentence="Two to five points such as `5%`, joined by a smooth distribution (metalog).",
        written="points",
        ppf=_quantiles,
        support=_anything,
        wrong=_quantiles_wrong,
        wrong_within=_quantiles_within,
        wrong_together=_no_curve,
        phrase=_quantiles_phrase,
    ),
}
