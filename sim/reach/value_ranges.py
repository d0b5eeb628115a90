"""What an expression may be when each name is known only up to a set of values.

A box holds, for every discrete name, a bit mask of the values it may have; numbers that are not
whole (parameters) have a range. Everything here errs on one side only: what is said to be
impossible is impossible, combinations of names that never occur together may be let through.
"""

from collections.abc import Callable, Iterable, Mapping
from math import inf, isnan

from sim.model.evaluation import COMBINE, odds
from sim.model.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Fact,
    Happened,
    IfElse,
    Logic,
    Negative,
    Node,
    Not,
    ParameterOf,
    StateOf,
    walk,
)
from sim.reach.narrowing import Box as Box
from sim.reach.narrowing import Interval as Interval
from sim.reach.narrowing import IntervalOf as IntervalOf
from sim.reach.narrowing import Restrict as Restrict
from sim.reach.narrowing import one_name, several_names

Ranges = Mapping[str, Interval]  # of the parameters that are numbers; absent: anything

# What is answered where nothing is known; always sound.
ANYTHING: Interval = (-inf, inf)
EITHER: Interval = (0.0, 1.0)


def bits(mask: int) -> tuple[int, ...]:
    """The values in a mask, ascending."""
    return tuple(value for value in range(mask.bit_length()) if mask >> value & 1)


def interval_of(node: Node, ranges: Ranges) -> IntervalOf:
    """A closure box -> (least, greatest) value the expression may have; conditions are 0 and 1."""
    # Closures are built once and asked of many boxes; what no box changes is worked out here.
    match node:
        case Constant(value, _):
            constant = (float(value), float(value))
            return lambda box: constant
        case ParameterOf(name) if name in ranges:
            known = ranges[name]
            return lambda box: known
        # `choices` parameters are in the box, like variables: their values are positions
        case StateOf(name) | Happened(name) | ParameterOf(name):
            return lambda box: _ends(box.get(name))
        case Fact(_, says):
            return interval_of(says, ranges)
        case Negative(of):
            inner = interval_of(of, ranges)
            return lambda box: (-inner(box)[1], -inner(box)[0])
        case Arithmetic(op, left, right):
            return _arithmetic(op, interval_of(left, ranges), interval_of(right, ranges))
        case Comparison(op, left, right):
            return _comparison(op, interval_of(left, ranges), interval_of(right, ranges))
        case IfElse(condition, then, otherwise):
            # each branch is asked in the part of the box where its condition may hold
            yes, no = restrict(condition, True, ranges), restrict(condition, False, ranges)
            return _either(yes, interval_of(then, ranges), no, interval_of(otherwise, ranges))
        case Call(function, arguments):
            return _call(function, [interval_of(part, ranges) for part in arguments])
        case Logic() | Not():
            yes, no = restrict(node, True, ranges), restrict(node, False, ranges)
            return _either(yes, lambda box: (1.0, 1.0), no, lambda box: (0.0, 0.0))
    raise AssertionError(f"no interval for {node!r}")


def restrict(node: Node, truth: bool, ranges: Ranges) -> Restrict:
    """A closure that cuts a box, in place, to values with which the condition may be `truth`.

    False where there are none; the box then means nothing.
    """
    match node:
        case Fact(_, says):
            return restrict(says, truth, ranges)
        case Not(of):
            return restrict(of, not truth, ranges)
        case Logic(op, parts):
            # not (a and b) is (not a) or (not b), so one of the two forms fits any truth
            below = [restrict(part, truth, ranges) for part in parts]
            return _all(below) if (op == "and") == truth else _any(below)
        case IfElse(condition, then, otherwise):
            # either the condition holds and `then` counts, or it fails and `otherwise` counts
            yes = [restrict(condition, True, ranges), restrict(then, truth, ranges)]
            no = [restrict(condition, False, ranges), restrict(otherwise, truth, ranges)]
            return _any([_all(yes), _all(no)])
    # what is left is a comparison or a number: tried out, one value of one name at a time
    names = tuple(dict.fromkeys(discrete_names(node)))
    # a parameter with a range is no choice between values: its range is in the interval already
    names = tuple(name for name in names if name not in ranges)
    interval = interval_of(node, ranges)
    if len(names) == 1:
        return one_name(names[0], interval, truth)
    return several_names(names, interval, truth)


def discrete_names(node: Node) -> Iterable[str]:
    """Names of variables, outcomes and parameters a tree reads, with repetitions."""
    return (part.name for part in walk(node) if isinstance(part, StateOf | Happened | ParameterOf))


def _ends(mask: int | None) -> Interval:
    """The least and the greatest value in a mask: positions of its lowest and highest bit."""
    if mask is None:  # a name the box knows nothing of
        return ANYTHING
    # `mask & -mask` keeps the lowest bit that is set
    return float((mask & -mask).bit_length() - 1), float(mask.bit_length() - 1)


def _all(below: list[Restrict]) -> Restrict:
    return lambda box: all(cut(box) for cut in below)


def _any(below: list[Restrict]) -> Restrict:
    def cut(box: Box) -> bool:
        # The union of the boxes in which one of the parts holds: it lets through combinations of
        # values that none of them allows, which errs on the permitted side.
        union: Box | None = None
        for part in below:
            # each part is asked about the whole box: a cut made for one would be missing from the
            # others
            trial = dict(box)
            if part(trial):
                if union is None:
                    union = trial
                else:
                    for name, mask in trial.items():
                        union[name] |= mask
        if union is not None:
            box.update(union)
        return union is not None

    return cut


def _corners(combine: Callable[[float, float], float], a: Interval, b: Interval) -> Interval:
    # sums, differences, products and quotients are monotone in each operand between these corners
    values = [combine(x, y) for x in a for y in b]
    # infinity less infinity, or times 0: nothing is known
    if any(isnan(value) for value in values):
        return ANYTHING
    return min(values), max(values)


def _arithmetic(op: str, left: IntervalOf, right: IntervalOf) -> IntervalOf:
    combine = COMBINE[op]

    def interval(box: Box) -> Interval:
        a, b = left(box), right(box)
        if op == "/" and b[0] <= 0 <= b[1]:  # near 0 a quotient is as large as you like
            return ANYTHING
        if op == "*" and ((0.0, 0.0) in (a, b)):  # also where the other is unbounded
            return (0.0, 0.0)
        return _corners(combine, a, b)

    return interval


def _comparison(op: str, left: IntervalOf, right: IntervalOf) -> IntervalOf:
    def interval(box: Box) -> Interval:
        (a, b), (c, d) = left(box), right(box)
        match op:
            # [a, b] < [c, d] for all pairs of values, or for none
            case "<":
                always, never = b < c, a >= d
            case "<=":
                always, never = b <= c, a > d
            case ">":
                always, never = a > d, b <= c
            case ">=":
                always, never = a >= d, b < c
            # equal for sure only where each side has one value, and the same
            case _:
                always, never = a == b == c == d, b < c or d < a
                if op == "!=":
                    always, never = never, always
        return (1.0, 1.0) if always else (0.0, 0.0) if never else EITHER

    return interval


def _either(yes: Restrict, then: IntervalOf, no: Restrict, otherwise: IntervalOf) -> IntervalOf:
    def interval(box: Box) -> Interval:
        intervals = []
        for cut, branch in ((yes, then), (no, otherwise)):
            trial = dict(box)
            if cut(trial):
                intervals.append(branch(trial))
        if not intervals:  # this box holds no state at all
            return ANYTHING
        return min(low for low, _ in intervals), max(high for _, high in intervals)

    return interval


def _call(function: str, arguments: list[IntervalOf]) -> IntervalOf:
    def extreme(box: Box) -> Interval:
        # both functions rise with every argument, so the ends of the result are those of the ends
        best = min if function == "min" else max
        intervals = [argument(box) for argument in arguments]
        return best(low for low, _ in intervals), best(high for _, high in intervals)

    def odds_interval(box: Box) -> Interval:
        (low, high), *factors = [argument(box) for argument in arguments]
        # an unbounded factor can make the odds take any value
        if any(top == inf for _, top in factors):
            return (0.0, 1.0)
        # odds rise with the probability and with every factor, so the ends are at the ends
        least = odds(_share(low), *[max(bottom, 0.0) for bottom, _ in factors])
        most = odds(_share(high), *[max(top, 0.0) for _, top in factors])
        # rounding may put the upper end a bit below the lower one where both are the same
        return least, max(least, most)

    return odds_interval if function == "odds" else extreme


def _share(probability: float) -> float:
    # what lies outside is an error that `sums` reports; here it only must not raise
    return min(max(probability, 0.0), 1.0)
