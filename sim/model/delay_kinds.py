"""The kinds of waiting times: one entry of KINDS each, and nothing else knows them one by one.

To add a kind: write its two scalar functions and its entry below. Its number in the rows that the
kernel reads, its checks, its words, and how a scenario writes it follow from the entry.

The scalar functions run as plain Python and numba compiles them as they stand, to the same last
bit: of `math` only exp, expm1, log, log1p, sqrt and erfc are used. Times are in seconds. Each takes
a list of numbers and `at`, where the row of a delay starts: its kind at `at`, then its numbers
(behind how many there are, where these are `counted`).
"""

import math
from collections.abc import Callable, Mapping, Sequence

from sim.formatting import duration_in_words
from sim.model import kernel_density, metalog, normal, scalar_functions
from sim.model.delay_kind_spec import Argument as Argument
from sim.model.delay_kind_spec import Kind as Kind
from sim.model.delay_kind_spec import Points, Row
from sim.model.delay_kind_spec import Sampler as Sampler
from sim.model.kernel_density import smoothed_cdf, smoothed_ppf
from sim.model.metalog import metalog_cdf, metalog_ppf
from sim.model.normal import normal_cdf, normal_ppf
from sim.model.scalar_functions import exp_cut


def _none(row: Row, at: int, u: float) -> float:
    return 0.0


def _none_cdf(row: Row, at: int, t: float) -> float:
    return 1.0 if t >= 0.0 else 0.0


def _exactly(row: Row, at: int, u: float) -> float:
    return row[at + 1]


def _exactly_cdf(row: Row, at: int, t: float) -> float:
    return 1.0 if t >= row[at + 1] else 0.0


def _exponential(row: Row, at: int, u: float) -> float:
    # log1p(-u), not log(1 - u): a small u keeps its digits
    return -row[at + 1] * math.log1p(-u)


def _exponential_cdf(row: Row, at: int, t: float) -> float:
    # expm1, as 1 - exp of a tiny number would lose all its digits
    return -math.expm1(-t / row[at + 1]) if t > 0.0 else 0.0


# The row has the median and sigma, not the logarithm's mean: the median is what authors write, and
# multiplying by it keeps it to the last bit.
def _lognormal(row: Row, at: int, u: float) -> float:
    return row[at + 1] * exp_cut(row[at + 2] * normal_ppf(u))


def _lognormal_cdf(row: Row, at: int, t: float) -> float:
    ratio = t / row[at + 1]  # of a tiny t this may be 0 itself
    return normal_cdf(math.log(ratio) / row[at + 2]) if ratio > 0.0 else 0.0


def _weibull(row: Row, at: int, u: float) -> float:
    # (-log(1 - u)) ** (1 / shape) by its logarithm, which a small shape cannot make overflow
    return row[at + 1] * exp_cut(math.log(-math.log1p(-u)) / row[at + 2])


def _weibull_cdf(row: Row, at: int, t: float) -> float:
    ratio = t / row[at + 1]
    return -math.expm1(-exp_cut(row[at + 2] * math.log(ratio))) if ratio > 0.0 else 0.0


def _between(row: Row, at: int, u: float) -> float:
    low, high = row[at + 1], row[at + 2]
    # low + (high - low) may round to more than high
    return min(low + (high - low) * u, high)


def _between_cdf(row: Row, at: int, t: float) -> float:
    low, high = row[at + 1], row[at + 2]
    if t >= high:
        return 1.0
    return (t - low) / (high - low) if t > low else 0.0


def _quantiles(row: Row, at: int, u: float) -> float:
    logit = math.log(u) - math.log1p(-u)
    return exp_cut(metalog_ppf(row, at + 2, int(row[at + 1]), u, logit))


def _quantiles_cdf(row: Row, at: int, t: float) -> float:
    return metalog_cdf(row, at + 2, int(row[at + 1]), math.log(t)) if t > 0.0 else 0.0


def _observed(row: Row, at: int, u: float) -> float:
    count = int(row[at + 1])
    # u * count may round up to count
    return row[at + 2 + min(int(u * count), count - 1)]


def _observed_cdf(row: Row, at: int, t: float) -> float:
    """The share of the observations, which are sorted, that are no longer than t."""
    count = int(row[at + 1])
    low, high = 0, count  # by halving: `bisect` is no function that numba compiles
    while low < high:
        # invariant: observations before `low` are no longer than t, those from `high` on are longer
        middle = (low + high) // 2
        if row[at + 2 + middle] <= t:
            low = middle + 1
        else:
            high = middle
    return low / count


# A smoothed record has one number more than observations: the bandwidth, before their logarithms.
def _smoothed(row: Row, at: int, u: float) -> float:
    return smoothed_ppf(row, at + 3, int(row[at + 1]) - 1, row[at + 2], u)


def _smoothed_cdf(row: Row, at: int, t: float) -> float:
    if t <= 0.0:
        return 0.0
    return smoothed_cdf(row, at + 3, int(row[at + 1]) - 1, row[at + 2], math.log(t))


def _sigma(found: Sequence[float], points: Points) -> Row:
    """Median, and standard deviation of the logarithm."""
    return [found[0], math.log(found[1] / found[0]) / normal_ppf(0.9)]


def _p90_not_above(found: Sequence[float], points: Points) -> str | None:
    if found[1] > found[0]:
        return None
    median, p90 = (duration_in_words(value) for value in found)
    return f"p90 must be greater than the median {median}, found {p90}"


def _high_below_low(found: Sequence[float], points: Points) -> str | None:
    if found[1] >= found[0]:
        return None
    low, high = (duration_in_words(value) for value in found)
    return f"high must not be below low {low}, found {high}"


def _fitted(found: Sequence[float], points: Points) -> Row:
    return metalog.coefficients(_logarithms(found), points)


def _no_curve(found: Sequence[float], points: Points) -> str | None:
    return metalog.values_complaint(
        _logarithms(found), points, lambda value: duration_in_words(math.exp(value))
    )


def _logarithms(found: Sequence[float]) -> tuple[float, ...]:
    return tuple(math.log(value) for value in found)


def _wrong_probabilities(points: Points) -> list[str]:
    sentence = metalog.points_complaint(points)
    return [sentence] if sentence else []


def _wrong_observations(points: Points) -> list[str]:
    if not points:
        return ["there is no observation to draw from"]
    return [
        f"an observed wait must be 0 or more, found {duration_in_words(seen)}"
        for seen in points
        if not 0 <= seen < math.inf
    ]


def _wrong_to_smooth(points: Points) -> list[str]:
    wrong = _wrong_observations(points)
    if not wrong and points[0] == 0:
        wrong = ["a wait of 0 cannot be smoothed, as its logarithm is taken; put it into a `mix`"]
    if not wrong and points[0] == points[-1]:
        only = duration_in_words(points[0])
        wrong = [f"to be smoothed, a record needs two different waits, found only {only}"]
    return wrong


def _smoothed_phrase(texts: Sequence[str], points: Points) -> str:
    low, high = duration_in_words(points[0]), duration_in_words(points[-1])
    return f"smoothed from {len(points)} observed, {low} to {high}"


def _observed_phrase(texts: Sequence[str], points: Points) -> str:
    low, high = duration_in_words(points[0]), duration_in_words(points[-1])
    return f"one of {len(points)} observed, {low} to {high}"


# The order gives each kind its number in a row; a mix, which is made of others, comes after all.
KINDS: Mapping[str, Kind] = {
    # first, so that a row of zeros is a delay without time
    "immediate": Kind(
        about="At once.",
        word="",
        written=None,  # by leaving the delay out
        random=False,
        ppf=_none,
        cdf=_none_cdf,
        phrase=lambda texts, points: "at once",
    ),
    "exactly": Kind(
        about="Always the same.",
        sentence="Always this duration.",
        word="exactly",
        written="value",
        arguments=(Argument("duration", zero=True),),
        random=False,
        ppf=_exactly,
        cdf=_exactly_cdf,
        phrase=lambda texts, points: f"exactly {texts[0]}",
    ),
    "exponential": Kind(
        about="Without memory.",
        sentence="Mean of an exponential delay.",
        word="mean",
        written="value",
        arguments=(Argument("mean"),),
        ppf=_exponential,
        cdf=_exponential_cdf,
        phrase=lambda texts, points: f"mean {texts[0]} (exponential)",
    ),
    "lognormal": Kind(
        about="Half the waits are shorter than the median, nine in ten shorter than p90.",
        word="median",
        written="keys",
        arguments=(
            Argument("median", sentence="Half of the delays are shorter (lognormal, with `p90`)."),
            Argument("p90", sentence="90 % of the delays are shorter (lognormal, with `median`)."),
        ),
        ppf=_lognormal,
        cdf=_lognormal_cdf,
        numbers=_sigma,
        wrong=_p90_not_above,
        phrase=lambda texts, points: f"median {texts[0]}, p90 {texts[1]}",
    ),
    "weibull": Kind(
        about="A hazard that grows (shape above 1) or falls with waiting.",
        sentence="A delay whose hazard rises or falls with its age, by `scale` and `shape`.",
        word="weibull",
        arguments=(
            Argument("scale", sentence="63 % of the delays are shorter."),
            Argument(
                "shape",
                time=False,
                sentence="Above 1 the hazard rises, below 1 it falls; 1 is exponential.",
            ),
        ),
        ppf=_weibull,
        cdf=_weibull_cdf,
        phrase=lambda texts, points: f"Weibull, scale {texts[0]}, shape {texts[1]}",
    ),
    "between": Kind(
        about="Anything between two bounds, equally likely.",
        sentence="`[shortest, longest]`: everything between is equally likely.",
        word="between",
        written="list",
        arguments=(Argument("low", zero=True), Argument("high", zero=True)),
        ppf=_between,
        cdf=_between_cdf,
        wrong=_high_below_low,
        phrase=lambda texts, points: f"between {texts[0]} and {texts[1]}",
    ),
    "quantiles": Kind(
        about="A log-metalog through exactly these points.",
        sentence="Two to five points such as `50%`, joined by a smooth distribution above 0.",
        word="quantiles",
        written="points",
        counted=True,
        ppf=_quantiles,
        cdf=_quantiles_cdf,
        numbers=_fitted,
        wrong=_no_curve,
        wrong_points=_wrong_probabilities,
        phrase=lambda texts, points: ", ".join(
            f"{100 * p:g} % within {text}" for p, text in zip(points, texts, strict=True)
        ),
    ),
    "observed": Kind(
        about="Waits seen in the record, resampled: a list, or how often each was seen.",
        sentence="Observed delays, of which one is drawn: a list, or each with its count.",
        word="observed",
        written="record",
        counted=True,
        ppf=_observed,
        cdf=_observed_cdf,
        numbers=lambda found, points: points,
        wrong_points=_wrong_observations,
        phrase=_observed_phrase,
    ),
    "smoothed": Kind(
        about="Waits seen in the record, smoothed on the logarithmic scale by a normal kernel.",
        word="smoothed",
        written=None,  # by `smoothed: true` beside `observed`
        counted=True,
        added=1,
        ppf=_smoothed,
        cdf=_smoothed_cdf,
        numbers=lambda found, points: kernel_density.numbers(points),
        wrong_points=_wrong_to_smooth,
        phrase=_smoothed_phrase,
    ),
}
CODES: Mapping[str, int] = {name: code for code, name in enumerate(KINDS)}

COMPILABLE: tuple[Callable[..., object], ...] = (
    *scalar_functions.COMPILABLE,
    *normal.COMPILABLE,
    *metalog.COMPILABLE,
    *kernel_density.COMPILABLE,
    *(sampler for kind in KINDS.values() for sampler in (kind.ppf, kind.cdf)),
)
