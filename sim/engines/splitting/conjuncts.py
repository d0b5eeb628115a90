"""A condition as alternatives, each a mask of values for some of the variables it reads.

Nothing that satisfies the condition is missing from all of them; where a part of it is too tangled
to take apart, it is left out, so that more may be let through.
"""

from collections.abc import Sequence
from itertools import product
from math import prod

from sim.model.expressions import Fact, IfElse, Logic, Node, Not, parameters_read
from sim.reach.value_ranges import Box, Ranges, bits, discrete_names, interval_of

Conjunct = dict[str, int]  # variable (or outcome) -> mask of the values it must have
MOST = 64  # alternatives of one condition, and combinations of one comparison
ANYTHING: list[Conjunct] = [{}]


def conjuncts(node: Node, truth: bool, box: Box, ranges: Ranges) -> list[Conjunct]:
    """The alternatives under which a condition may be `truth`; none where it cannot be.

    `box` holds the values each name may ever have.
    """
    match node:
        case Fact(_, says):
            return conjuncts(says, truth, box, ranges)
        case Not(of):
            return conjuncts(of, not truth, box, ranges)
        case Logic(op, parts):
            each = [conjuncts(part, truth, box, ranges) for part in parts]
            # not (a and b) is (not a) or (not b)
            return together(each) if (op == "and") == truth else _or(each)
        case IfElse(condition, then, otherwise):
            yes = [conjuncts(part, True, box, ranges) for part in (condition,)]
            no = [conjuncts(part, False, box, ranges) for part in (condition,)]
            return _or(
                [
                    together([*yes, conjuncts(then, truth, box, ranges)]),
                    together([*no, conjuncts(otherwise, truth, box, ranges)]),
                ]
            )
    return _leaf(node, truth, box, ranges)


def together(each: Sequence[list[Conjunct]]) -> list[Conjunct]:
    """All of several conditions: every way to take one alternative of each."""
    found = ANYTHING
    for alternatives in each:
        if len(found) * len(alternatives) > MOST:
            continue  # left out: with fewer needs more is let through, never less
        merged = [_merged(a, b) for a in found for b in alternatives]
        found = [conjunct for conjunct in merged if conjunct is not None]
    return found


def _or(each: Sequence[list[Conjunct]]) -> list[Conjunct]:
    found = [conjunct for alternatives in each for conjunct in alternatives]
    # an alternative that asks nothing makes all others idle
    return found if len(found) <= MOST and {} not in found else ANYTHING


def _merged(a: Conjunct, b: Conjunct) -> Conjunct | None:
    merged = dict(a)
    for name, mask in b.items():
        merged[name] = merged.get(name, mask) & mask
        # no value is in both: the two exclude one another
        if not merged[name]:
            return None
    return merged


def _leaf(node: Node, truth: bool, box: Box, ranges: Ranges) -> list[Conjunct]:
    """A comparison: the values of its last name, for each combination of the others."""
    span = interval_of(node, ranges)
    reads = dict.fromkeys(discrete_names(node))
    given = {name: box[name] for name in parameters_read(node) if name in box}  # choices
    # levels of a `choices` parameter are fixed for a draw: no firing brings them about
    names = [name for name in reads if name in box and name not in given and name not in ranges]
    if not names:
        return ANYTHING if _may(span(given), truth) else []
    *others, last = names
    # too many to look at: anything, so that more is let through and never less
    if prod(box[name].bit_count() for name in others) > MOST:
        return ANYTHING
    found = []
    for combination in product(*(bits(box[name]) for name in others)):
        conjunct = {name: 1 << value for name, value in zip(others, combination, strict=True)}
        allowed = sum(
            1 << value
            for value in bits(box[last])
            if _may(span({**given, **conjunct, last: 1 << value}), truth)
        )
        if allowed:
            found.append({**conjunct, last: allowed})
    return found


def _may(span: tuple[float, float], truth: bool) -> bool:
    low, high = span
    return not (low == 0 == high) if truth else low <= 0 <= high
