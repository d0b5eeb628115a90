"""How long a clock runs: distributions of waiting times, their numbers given by parameters.

Here a delay is data. `numbers` flattens it, for one draw of the parameters, into the row of floats
that the samplers of `sim.model.waiting` read. All times are in seconds.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Literal

from sim.model import metalog, waiting
from sim.model.durations import duration_in_words
from sim.model.expressions import Constant, Evaluator, Expression, Names, Values, evaluator
from sim.model.expressions import parameters_read as read_by
from sim.model.parameters import Parameter, corners, value_in_words

DelayKind = Literal[
    "immediate",  # no arguments: at once
    "exactly",  # (duration,)
    "exponential",  # (mean,)
    "lognormal",  # (median, p90)
    "weibull",  # (scale, shape)
    "between",  # (low, high): uniform
    "quantiles",  # one value a point, at `probabilities`: log-metalog through exactly these
    "observed",  # no arguments: `observations`, sorted, each as often as it was seen
    "mix",  # one share a part, summing to 1; `parts`
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """The distribution of a waiting time.

    Arguments are durations in seconds (or a Weibull shape, or a share); they may read parameters,
    never the state.
    """

    kind: DelayKind = "immediate"
    arguments: tuple[Expression, ...] = ()
    probabilities: tuple[float, ...] = ()
    observations: tuple[float, ...] = ()
    parts: tuple["Delay", ...] = ()
    text: str = ""  # as a reader would say it: "median 7 d, p90 50 d"


AT_ONCE = Delay()

_ARGUMENTS: dict[DelayKind, tuple[str, ...]] = {
    "exactly": ("duration",),
    "exponential": ("mean",),
    "lognormal": ("median", "p90"),
    "weibull": ("scale", "shape"),
    "between": ("low", "high"),
}
_MAY_BE_ZERO = ("duration", "low", "high")


def parameters_read(delay: Delay) -> tuple[str, ...]:
    """Names of the parameters a delay reads, its parts' included, each once, in reading order."""
    own = [name for argument in delay.arguments for name in read_by(argument.node)]
    parts = [name for part in delay.parts for name in parameters_read(part)]
    return tuple(dict.fromkeys([*own, *parts]))


def numbers(delay: Delay, names: Names, values: Values) -> list[float]:
    """The row of numbers that `waiting.wait` reads, for one draw of the parameters.

    Raises ValueError, in a sentence, where there is no such distribution: a p90 below the median,
    quantiles that no curve runs through, a negative duration. `row` does the same for many draws.
    """
    return row(delay, names)(values)


def row(delay: Delay, names: Names) -> Callable[[Values], list[float]]:
    """A closure values -> `numbers`, for many draws; as long in every draw.

    Of a delay that reads no parameter the row is made once and here, errors included, and shared.
    """
    parts = _weighted(delay, names)

    def read(values: Values) -> list[float]:
        weighted = parts(values)
        return _mixed(weighted) if delay.kind == "mix" else weighted[0][1]

    if parameters_read(delay):
        return read
    fixed = read(())
    return lambda values: fixed


def complaints(delay: Delay, parameters: Sequence[Parameter] = ()) -> list[str]:
    """What is impossible about a delay, as sentences; none if it can be drawn from.

    `parameters` are all it reads. Looked at in the `corners` of what they may be; the first with
    anything wrong speaks.
    """
    if wrong := _wrong_shape(delay):
        return wrong
    wrong_at = _judge(delay, Names({}, {p.name: i for i, p in enumerate(parameters)}, {}))
    for corner in corners(parameters):
        if wrong := wrong_at(corner):
            told = [
                f"{parameter.name} is {value_in_words(parameter, value)}"
                for parameter, value in zip(parameters, corner, strict=True)
            ]
            where = f", when {' and '.join(told)}" if told else ""
            return [sentence + where for sentence in wrong]
    return []


def in_words(delay: Delay) -> str:
    """The delay as a reader would say it, numbers and parameters as they were written."""
    said = [argument.text for argument in delay.arguments]
    match delay.kind:
        case "immediate":
            return "at once"
        case "exactly":
            return f"exactly {said[0]}"
        case "exponential":
            return f"mean {said[0]} (exponential)"
        case "lognormal":
            return f"median {said[0]}, p90 {said[1]}"
        case "weibull":
            return f"Weibull, scale {said[0]}, shape {said[1]}"
        case "between":
            return f"between {said[0]} and {said[1]}"
        case "quantiles":
            points = zip(delay.probabilities, said, strict=True)
            return ", ".join(f"{100 * p:g} % within {value}" for p, value in points)
        case "observed":
            seen = delay.observations
            low, high = duration_in_words(seen[0]), duration_in_words(seen[-1])
            return f"one of {len(seen)} observed, {low} to {high}"
    parts = [
        f"{_share_in_words(share)}: {part.text or in_words(part)}"
        for share, part in zip(delay.arguments, delay.parts, strict=True)
    ]
    return "; ".join(parts)


def _share_in_words(share: Expression) -> str:
    """A share as a percentage where it is a plain number."""
    return f"{100 * share.node.value:g} %" if isinstance(share.node, Constant) else share.text


def _weighted(delay: Delay, names: Names) -> Callable[[Values], list[tuple[float, list[float]]]]:
    """A closure values -> (share, row) of every part, mixes within a mix multiplied out."""
    evaluators = [evaluator(argument.node, names) for argument in delay.arguments]
    parts = [_weighted(part, names) for part in delay.parts]

    def read(values: Values) -> list[tuple[float, list[float]]]:
        found = _values(delay, evaluators, values)
        if wrong := _complaints(delay, found):
            raise ValueError("; ".join(wrong))
        if delay.kind != "mix":
            return [(1.0, _row(delay, found))]
        total = reduce(add, found)  # left to right: `sum` rounds otherwise from Python 3.12 on
        shared = zip(found, parts, strict=True)
        return [(s / total * below, r) for s, part in shared for below, r in part(values)]

    return read


def _mixed(weighted: Sequence[tuple[float, list[float]]]) -> list[float]:
    """The row of a mix: its parts' shares and where each starts, then the parts themselves."""
    start = 2 + 2 * len(weighted)
    head, tail = [float(waiting.MIX), float(len(weighted))], list[float]()
    for share, part in weighted:
        head += [share, float(start + len(tail))]
        tail += part
    return head + tail


def _row(delay: Delay, found: list[float]) -> list[float]:
    """The row of a delay that is no mix, its arguments without complaint."""
    match delay.kind:
        case "exactly":
            return [float(waiting.EXACTLY), *found]
        case "exponential":
            return [float(waiting.EXPONENTIAL), *found]
        case "lognormal":
            sigma = math.log(found[1] / found[0]) / waiting.normal_quantile(0.9)
            return [float(waiting.LOGNORMAL), found[0], sigma]
        case "weibull":
            return [float(waiting.WEIBULL), *found]
        case "between":
            return [float(waiting.BETWEEN), *found]
        case "quantiles":
            fitted = metalog.coefficients(_logarithms(found), delay.probabilities)
            return [float(waiting.QUANTILES), float(len(fitted)), *fitted]
        case "observed":
            seen = delay.observations
            return [float(waiting.OBSERVED), float(len(seen)), *seen]
    return [float(waiting.IMMEDIATE)]


def _values(delay: Delay, evaluators: Sequence[Evaluator], values: Values) -> list[float]:
    """What the arguments come to in one draw; ValueError where one has no value."""
    found = []
    for argument, evaluate in zip(delay.arguments, evaluators, strict=True):
        try:
            found.append(float(evaluate((), values, ())))
        except ArithmeticError as error:
            raise ValueError(f"`{argument.text}` has no value: {error}") from None
    return found


def _judge(delay: Delay, names: Names) -> Callable[[Values], list[str]]:
    """A closure values -> all complaints about a delay and its parts in one draw."""
    evaluators = [evaluator(argument.node, names) for argument in delay.arguments]
    parts = [_judge(part, names) for part in delay.parts]

    def wrong_at(values: Values) -> list[str]:
        try:
            wrong = _complaints(delay, _values(delay, evaluators, values))
        except ValueError as error:
            wrong = [str(error)]
        return wrong + [sentence for part in parts for sentence in part(values)]

    return wrong_at


def _wrong_shape(delay: Delay) -> list[str]:
    """What is wrong whatever the arguments come to."""
    wrong = [sentence for part in delay.parts for sentence in _wrong_shape(part)]
    if delay.kind == "quantiles":
        wrong += [sentence] if (sentence := metalog.points_complaint(delay.probabilities)) else []
    if delay.kind == "observed":
        if not delay.observations:
            wrong.append("there is no observation to draw from")
        bad = [seen for seen in delay.observations if not 0 <= seen < math.inf]
        wrong += [
            f"an observed wait must be 0 or more, found {duration_in_words(seen)}" for seen in bad
        ]
    return wrong


def _complaints(delay: Delay, found: Sequence[float]) -> list[str]:
    """What is impossible about the arguments' values."""
    if delay.kind == "mix":
        return _share_complaints(found)
    names: Sequence[str] = _ARGUMENTS.get(delay.kind, ())
    if delay.kind == "quantiles":
        names = [f"{100 * p:g} %" for p in delay.probabilities]
    wrong = []
    for name, value, argument in zip(names, found, delay.arguments, strict=True):
        least = "0 or more" if name in _MAY_BE_ZERO else "greater than 0"
        if not (0 < value < math.inf or (value == 0 and name in _MAY_BE_ZERO)):
            shown = f"{value:g}" if name == "shape" else duration_in_words(value)
            wrong.append(f"{name} must be {least}, found {shown}{_source(argument)}")
    return wrong or _relations(delay, found)


def _relations(delay: Delay, found: Sequence[float]) -> list[str]:
    """What is impossible about arguments that are each possible."""
    told = [duration_in_words(value) for value in found]
    if delay.kind == "lognormal" and not found[1] > found[0]:
        return [f"p90 must be greater than the median {told[0]}, found {told[1]}"]
    if delay.kind == "between" and not found[1] >= found[0]:
        return [f"high must not be below low {told[0]}, found {told[1]}"]
    if delay.kind == "quantiles":
        wrong = metalog.values_complaint(_logarithms(found), delay.probabilities, _told_logarithm)
        return [wrong] if wrong else []
    return []


def _share_complaints(found: Sequence[float]) -> list[str]:
    bad = [share for share in found if not 0 <= share <= 1]
    if bad:
        return [f"a share must lie between 0 and 1, found {share:g}" for share in bad]
    total = sum(found)
    return [] if abs(total - 1) <= 1e-9 else [f"shares must sum to 1, found {total:.10g}"]


def _logarithms(found: Sequence[float]) -> tuple[float, ...]:
    return tuple(math.log(value) for value in found)


def _told_logarithm(value: float) -> str:
    return duration_in_words(math.exp(value))


def _source(argument: Expression) -> str:
    """Which expression a value came from, unless it was written as the value itself."""
    return "" if isinstance(argument.node, Constant) else f" (`{argument.text}`)"
