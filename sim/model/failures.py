"""What a scenario that goes wrong while running is told: one wording, whichever engine ran it."""

from collections.abc import Sequence
from math import isfinite

from sim.errors import RunError
from sim.formatting import DAY
from sim.model.delays import Delay
from sim.model.expressions import Expression, Node, variables_read
from sim.model.model import Model
from sim.model.transitions import Transition

# All engines raise these, so that a scenario is told the same whichever ran it; tests compare them.
# Ten shares of 0.1 sum to 1 - 1e-16; anything larger than this is a mistake, not rounding.
SLACK = 1e-9  # how far probabilities may be off by rounding
# More than any sensible chain of consequences in one instant, and still quick to reach.
FIRINGS_AT_ONE_INSTANT = 10_000
FIRINGS_IN_A_PATH = 1_000_000  # more are a slip of a unit, or a rule that never rests


def moment(model: Model, time: float, draw: int, path: int, state: Sequence[int]) -> str:
    """Where in which path: the day (from seconds), draw, path, and the state in words."""
    return f"at day {time / DAY:g} of draw {draw}, path {path}: {in_words(model, state)}"


def in_words(model: Model, state: Sequence[int]) -> str:
    """The state as the scenario writes it."""
    values = zip(model.variables, state, strict=True)
    words = ", ".join(f"{variable.name} = {variable.word(value)}" for variable, value in values)
    return words or "no state"


def without_value(expression: Expression, problem: ArithmeticError, when: str) -> RunError:
    """The error for an expression that divides by zero, or takes odds of no probability."""
    return _wrong(expression, f"has no value ({problem})", when)


def out_of_range(
    expression: Expression, value: float, low: float, high: float, when: str
) -> RunError:
    """The error for a number that is not finite, below `low`, or else above `high`."""
    if not isfinite(value):
        return _wrong(expression, f"is {value:g}, which is not a finite number", when)
    if value < low:
        return _wrong(expression, f"is {value:.10g}, below {low:g}", when)
    return _wrong(expression, f"is {value:.10g}, above {high:.6g}", when)


def nothing_left(transition: str, taken: float, when: str) -> RunError:
    """The error for a rest of what is already more than the whole."""
    return RunError(
        f"{transition}: its probabilities sum to {taken:.10g}, which leaves less than nothing "
        f"for the rest; {when}"
    )


def infinite_total(transition: Transition, when: str) -> RunError:
    """The error for weights that are finite each, and together more than a number can be."""
    first = next(option.value for option in transition.options if option.value is not None)
    where = f"{first.where}: " if first.where else ""
    return RunError(
        f"{where}{transition.name}: its weights add up to more than a number can be; {when}"
    )


def too_large(expression: Expression, part: Node, model: Model, limit: int) -> str:
    """What is told of an expression with a part of too many values, and what to do about it."""
    reads = ", ".join(f"{n} ({model.variable(n).size:,} values)" for n in variables_read(part))
    return (
        f"{expression.text!r} is too large for the compiled engine: it reads {reads}, which is "
        f"more than {limit:,} combinations at once; join smaller conditions or terms with and, or, "
        "+ or *, lower the max of a count, or use --engine reference"
    )


def endless(names: Sequence[str], when: str) -> RunError:
    """The error for too many firings at one instant; `names` are those firings, in order."""
    # the shortest round whose last two turns are alike; if there is none, the last ten firings
    rounds = range(1, len(names) // 2)
    length = next((n for n in rounds if names[-n:] == names[-2 * n : -n]), min(10, len(names)))
    circle = " -> ".join((*names[-length:], names[-length]))
    return RunError(
        f"more than {FIRINGS_AT_ONE_INSTANT:,} firings at one instant: {circle}; {when}"
    )


def too_many(model: Model, fired: Sequence[int], when: str) -> RunError:
    """The error for too many firings in one path; `fired` says how often each transition did."""
    most = max(range(len(fired)), key=fired.__getitem__)  # of several the first declared
    transition = model.transitions[most]
    share = fired[most] / sum(fired)
    delay = transition.after
    place = f" at {place_of(delay)}" if place_of(delay) else ""
    waits = f"its delay is {delay.text}{place}" if delay.text else "it has no delay"
    return RunError(
        f"more than {FIRINGS_IN_A_PATH:,} firings in one path, {share:.0%} of them of "
        f"{transition.name}: {waits}; {when}"
    )


def place_of(delay: Delay) -> str:
    """Where a delay is written, as far as one of its numbers knows; nothing if none does."""
    own = (argument.where for argument in delay.arguments)
    return next(filter(None, (*own, *map(place_of, delay.parts))), "")


def impossible_delay(transition: str, delay: Delay, problem: Exception, draw: int) -> RunError:
    """The error for a waiting time that cannot be, with the parameters of this draw."""
    return RunError(f"{transition}: its delay, {delay.text}, cannot be: {problem} (draw {draw})")


def _wrong(expression: Expression, what: str, when: str) -> RunError:
    where = f"{expression.where}: " if expression.where else ""
    return RunError(f"{where}{expression.text!r} {what}; {when}")
