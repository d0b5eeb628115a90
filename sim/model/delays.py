"""How long a clock runs: distributions of waiting times, their numbers given by parameters.

Here a delay is data. `numbers` flattens it, for one draw of the parameters, into the row of floats
that the samplers of `sim.model.delay_sampling` read. What differs from kind to kind stands in
`sim.model.delay_kinds`; a mix, which is made of other delays, here. All times are in seconds.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from sim.formatting import duration_in_words
from sim.model import delay_sampling
from sim.model.delay_kinds import CODES, KINDS, Argument
from sim.model.evaluation import Evaluator, Names, Values, evaluator
from sim.model.expressions import Constant, Expression
from sim.model.expressions import parameters_read as read_by
from sim.model.parameters import Parameter, corners, value_in_words
from sim.model.scalar_functions import LEAST_U, MOST_U
from sim.model.time_grid import on_grid

DelayKind = str  # a key of KINDS, or "mix": one share a part, summing to 1, and `parts`


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """The distribution of a waiting time.

    Arguments are durations in seconds (or a Weibull shape, or a share); they may read parameters,
    never the state.
    """

    kind: DelayKind = "immediate"
    arguments: tuple[Expression, ...] = ()
    probabilities: tuple[float, ...] = ()  # of `quantiles`: one value a point
    observations: tuple[float, ...] = ()  # observed, or smoothed: sorted, each as often as seen
    parts: tuple["Delay", ...] = ()
    text: str = ""  # as a reader would say it: "median 7 d, p90 50 d"

    @property
    def points(self) -> tuple[float, ...]:
        """What the kind has besides its arguments; see `delay_kinds.Kind`."""
        return self.probabilities or self.observations


# The default of a transition: it fires in the instant in which its guard comes to hold.
AT_ONCE = Delay()


def is_immediate(delay: Delay) -> bool:
    """Whether a delay is zero for all values of its parameters."""
    if delay.kind == "exactly":
        node = delay.arguments[0].node
        return isinstance(node, Constant) and node.value == 0
    return delay.kind == "immediate"


def parameters_read(delay: Delay) -> tuple[str, ...]:
    """Names of the parameters a delay reads, its parts' included, each once, in reading order."""
    own = [name for argument in delay.arguments for name in read_by(argument.node)]
    parts = [name for part in delay.parts for name in parameters_read(part)]
    return tuple(dict.fromkeys([*own, *parts]))


def numbers(delay: Delay, names: Names, values: Values) -> list[float]:
    """The row of numbers that `waiting.ppf` reads, for one draw of the parameters.

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
    # most delays read no parameter; fitting a metalog once and not in each draw is worth the branch
    fixed = read(())
    return lambda values: fixed


def complaints(delay: Delay, parameters: Sequence[Parameter] = ()) -> list[str]:
    """What is impossible about a delay, as sentences; none if it can be drawn from.

    `parameters` are all it reads. Looked at in the `corners` of what they may be; the first with
    anything wrong speaks.
    """
    if wrong := _wrong_shape(delay):
        return wrong
    # Corners, not all values: whether there is such a distribution is checked again in each draw.
    wrong_at = _judge(delay, Names({}, {p.name: i for i, p in enumerate(parameters)}, {}))
    for corner in corners(parameters):
        if wrong := wrong_at(corner):
            values = [
                f"{parameter.name} is {value_in_words(parameter, value)}"
                for parameter, value in zip(parameters, corner, strict=True)
            ]
            where = f", when {' and '.join(values)}" if values else ""
            return [sentence + where for sentence in wrong]
    return []


def in_words(delay: Delay) -> str:
    """The delay as a reader would say it, numbers and parameters as they were written."""
    if delay.kind != "mix":
        return KINDS[delay.kind].phrase([a.text for a in delay.arguments], delay.points)
    parts = [
        f"{_share_in_words(share)}: {part.text or in_words(part)}"
        for share, part in zip(delay.arguments, delay.parts, strict=True)
    ]
    return "; ".join(parts)


def needs_uniform(delay: Delay) -> bool:
    """Whether how long a wait is depends on chance at all; of a mix always."""
    return delay.kind == "mix" or KINDS[delay.kind].random


def width(delay: Delay) -> int:
    """How many numbers `numbers` gives, which is the same in every draw."""
    parts = _widths(delay)
    return sum(parts) + (2 + 2 * len(parts) if delay.kind == "mix" else 0)


def _widths(delay: Delay) -> list[int]:
    """The widths of the parts of a mix, or that of another delay alone."""
    if delay.kind == "mix":
        return [size for part in delay.parts for size in _widths(part)]
    # one for the kind's number, one more for the count where the kind has one
    kind, given = KINDS[delay.kind], len(delay.arguments) + len(delay.observations)
    return [1 + kind.counted + kind.added + given]


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
        # the sum is near 1, `_share_complaints` saw to that: dividing only removes the rounding
        total = reduce(add, found)  # left to right: `sum` rounds otherwise from Python 3.12 on
        # scaled, as shares may be off by rounding; a part that is a mix brings its own parts
        shared = zip(found, parts, strict=True)
        return [(s / total * below, r) for s, part in shared for below, r in part(values)]

    return read


def _mixed(weighted: Sequence[tuple[float, list[float]]]) -> list[float]:
    """The row of a mix: its parts' shares and where each starts, then the parts themselves."""
    # relative places, so that the row can be moved: into a table, behind others
    start = 2 + 2 * len(weighted)
    head, tail = [float(delay_sampling.MIX), float(len(weighted))], list[float]()
    for share, part in weighted:
        head += [share, float(start + len(tail))]
        tail += part
    return head + tail


def _row(delay: Delay, found: list[float]) -> list[float]:
    """The row of a delay that is no mix, its arguments without complaint."""
    kind = KINDS[delay.kind]
    given = kind.numbers(found, delay.points)
    head = [float(CODES[delay.kind])]
    return [*head, float(len(given)), *given] if kind.counted else [*head, *given]


def _values(delay: Delay, evaluators: Sequence[Evaluator], values: Values) -> list[float]:
    """What the arguments come to in one draw; ValueError where one has no value."""
    found = []
    kinds = _arguments(delay)
    for argument, evaluate, kind in zip(delay.arguments, evaluators, kinds, strict=True):
        try:
            value = float(evaluate((), values, ()))
        except ArithmeticError as error:
            raise ValueError(f"`{argument.text}` has no value: {error}") from None
        # here `0.1 * lag` becomes the very number that the duration it names would be
        found.append(on_grid(value) if kind.time else value)
    return found


def _arguments(delay: Delay) -> Sequence[Argument]:
    """What each argument is: of quantiles a time by its probability, of a mix a share."""
    if delay.kind == "mix":
        return [Argument("share", time=False)] * len(delay.arguments)
    own = KINDS[delay.kind].arguments
    return own or [Argument(f"{100 * p:g} %") for p in delay.probabilities]


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
    return wrong if delay.kind == "mix" else wrong + KINDS[delay.kind].wrong_points(delay.points)


def _complaints(delay: Delay, found: Sequence[float]) -> list[str]:
    """What is impossible about the arguments' values: each by itself, or else together."""
    if delay.kind == "mix":
        return _share_complaints(found)
    kind = KINDS[delay.kind]
    wrong = []
    for argument, value, written in zip(_arguments(delay), found, delay.arguments, strict=True):
        if not (0 < value < math.inf or (value == 0 and argument.zero)):
            least = "0 or more" if argument.zero else "greater than 0"
            shown = duration_in_words(value) if argument.time else f"{value:g}"
            wrong.append(f"{argument.name} must be {least}, found {shown}{_source(written)}")
    if wrong:
        return wrong
    sentence = kind.wrong(found, delay.points) or _not_finite(delay, found)
    return [sentence] if sentence else []


def _not_finite(delay: Delay, found: Sequence[float]) -> str | None:
    """A wait that would be no number: asked at the ends of what a uniform can be."""
    try:
        # Monotone in u, so the ends and the middle are enough: between them every wait is finite.
        row = _row(delay, list(found))
        ends = [KINDS[delay.kind].ppf(row, 0, u) for u in (LEAST_U, 0.5, MOST_U)]
    except ArithmeticError:  # too large on the way
        ends = [math.inf]
    fine = all(math.isfinite(value) for value in ends)
    return None if fine else "a wait could be longer than a number can be"


def _share_complaints(found: Sequence[float]) -> list[str]:
    # each share first: a sum of 1 can be made of shares that are none
    bad = [share for share in found if not 0 <= share <= 1]
    if bad:
        return [f"a share must be between 0 and 1, found {share:g}" for share in bad]
    total = sum(found)
    return [] if abs(total - 1) <= 1e-9 else [f"shares must sum to 1, found {total:.10g}"]


def _source(argument: Expression) -> str:
    """Which expression a value came from, unless it was written as the value itself."""
    return "" if isinstance(argument.node, Constant) else f" (`{argument.text}`)"
