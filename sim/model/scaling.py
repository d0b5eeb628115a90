"""Numbers of a model multiplied by a parameter: durations of a delay, constants of an expression.

What sensitivity analysis needs to ask of a number that was written down instead of a distribution:
how would the answer differ if it were half, or twice as much?
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sim.model.delay_kinds import KINDS
from sim.model.delays import Delay
from sim.model.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Expression,
    Fact,
    IfElse,
    Logic,
    Negative,
    Node,
    Not,
    children,
)

NO_QUANTITY = (0.0, 1.0)  # they stand for never, always, unchanged
MOST_OBSERVED = 1_000  # distinct waits: each becomes a part of a mix
Factors = Mapping[int, Node]  # which constant of an expression, counted from 0 -> its factor


def quantities(node: Node) -> Iterator[Constant]:
    """The constants of an expression that are assumptions, in reading order.

    Not 0 and 1, nor constants in comparisons, which are thresholds and no quantities.
    """
    if isinstance(node, Constant):
        if node.value not in NO_QUANTITY:
            yield node
        return
    for part, _ in _read(node, as_probability=False):
        yield from quantities(part)


def multiplied(node: Node, factors: Factors, *, as_probability: bool = False) -> Node:
    """The tree with some of its `quantities` multiplied; of a probability its odds are.

    `as_probability` says that the tree as a whole is a probability; the first argument of `odds`
    is one wherever it stands.
    """
    # Both walks go in reading order, so that the number of a constant means the same in each.
    numbers = iter(range(sum(1 for _ in quantities(node))))
    return _multiplied(node, lambda: factors.get(next(numbers)), as_probability)


def _multiplied(node: Node, factor: Callable[[], Node | None], as_probability: bool) -> Node:
    """`factor` gives, once a quantity in reading order, what it is multiplied by, if anything."""
    if isinstance(node, Constant):
        # `factor` counts as it is asked, so it must be asked for the very constants that
        # `quantities` gives.
        by = None if node.value in NO_QUANTITY else factor()
        if by is None:
            return node
        # 0.8 times 2 would be no probability; twice the odds of 0.8 are
        return Call("odds", (node, by)) if as_probability else Arithmetic("*", node, by)
    below = [
        _multiplied(*part) for part in ((n, factor, p) for n, p in _read(node, as_probability))
    ]
    if not below:
        return node
    match node:
        case Arithmetic():
            return replace(node, left=below[0], right=below[1])
        case IfElse():
            return replace(node, then=below[0], otherwise=below[1])
        case Call():
            return replace(node, arguments=tuple(below))
        case Logic():
            return replace(node, parts=tuple(below))
        case Negative() | Not():
            return replace(node, of=below[0])
        case Fact():
            return replace(node, says=below[0])
    raise AssertionError(f"{node!r} has nothing below it")


def _read(node: Node, as_probability: bool) -> Iterator[tuple[Node, bool]]:
    """The parts of a tree that hold quantities, each with whether it is a probability."""
    match node:
        case Comparison():  # thresholds
            return
        case IfElse(_, then, otherwise):  # without its condition
            yield from ((then, as_probability), (otherwise, as_probability))
        case Call("odds", arguments):
            yield arguments[0], True
            yield from ((part, False) for part in arguments[1:])
        case Call(_, arguments):  # the least or the greatest of probabilities is one
            yield from ((part, as_probability) for part in arguments)
        case _:
            yield from ((part, False) for part in children(node))


def scaled(delay: Delay, by: Node) -> Delay:
    """A delay that is no mix, nor too large, with all its durations multiplied.

    The whole distribution is stretched, whose shape stays the same: so no check can forbid it.
    """
    if delay.kind == "observed":
        return _observed(delay, by)
    arguments = tuple(
        replace(argument, node=Arithmetic("*", argument.node, by)) if is_time else argument
        for argument, is_time in zip(delay.arguments, times(delay), strict=True)
    )
    return replace(delay, arguments=arguments)


def times(delay: Delay) -> list[bool]:
    """Of each argument of a delay whether it is a duration, rather than a shape or a share."""
    if delay.kind == "mix":
        return [False] * len(delay.arguments)
    own = [argument.time for argument in KINDS[delay.kind].arguments]
    return own or [True] * len(delay.arguments)  # of quantiles, which are named by probability


def is_too_large(delay: Delay) -> bool:
    """Whether a delay has too many different observations for `scaled`."""
    return len(set(delay.observations)) > MOST_OBSERVED


def _observed(delay: Delay, by: Node) -> Delay:
    """Observations cannot read a parameter; a mix with a part for each of them can."""
    # Equal waits become one part with a larger share: the distribution is the same.
    counts = Counter(delay.observations)  # in ascending order, as they are there

    def part(seconds: float) -> Delay:
        node = Arithmetic("*", Constant(seconds, repr(seconds)), by)
        return Delay(kind="exactly", arguments=(Expression(node, delay.text),))

    shares = (count / len(delay.observations) for count in counts.values())
    return Delay(
        kind="mix",
        arguments=tuple(Expression(Constant(share, repr(share)), repr(share)) for share in shares),
        parts=tuple(map(part, counts)),
        text=delay.text,
    )
