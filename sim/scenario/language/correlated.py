"""Pairs of parameters that belong together: `correlated: [[a, b, 0.6]]`."""

from sim.decoding.kinds import Definitions, Invalid, Kind, Schema, decode_value, list_of
from sim.decoding.scalars import NUMBER, REFERENCE
from sim.errors import unknown
from sim.model.correlations import Correlation, groups
from sim.model.distribution_kinds import KINDS
from sim.scenario.language.context import Context
from sim.source import tree
from sim.source.diagnostics import describe
from sim.source.tree import KeyPath, Node

FORM = "`[a, b, 0.6]`: two parameters and their rank correlation"


def _pair(node: Node, path: KeyPath, context: Context) -> Correlation:
    """Two parameters and their rank correlation. Raises Invalid."""
    if not isinstance(node, tree.Sequence):
        raise Invalid(f"must be {FORM}; found {describe(node)}")
    if len(node.items) != 3:
        raise Invalid(f"must be {FORM}; found {len(node.items)} in the list")
    first, second, number = node.items
    names = [REFERENCE.decode(one, (*path, i), context) for i, one in enumerate((first, second))]
    for i, name in enumerate(names):
        _require_rank(name, i, context)
    if names[0] == names[1]:
        raise Invalid(f"{str(names[0])!r} is correlated with itself; name two parameters")
    rank = decode_value(NUMBER, number, (*path, 2), context)
    if not -1 < rank < 1:
        more = "; parameters that always move together are one parameter" * (abs(rank) == 1)
        raise Invalid(f"must be between -1 and 1, found {rank:g}{more}", 2)
    return Correlation(first=str(names[0]), second=str(names[1]), rank=rank)


def _require_rank(name: str, position: int, context: Context) -> None:
    """Raise Invalid unless the name is of a parameter whose values can be ranked."""
    known = context.vocabulary.parameters
    if name in context.vocabulary.invalid:
        raise Invalid  # reported where it is declared
    if name not in known:
        raise Invalid(unknown("parameter", name, known), position)
    distribution = known[name].distribution
    if KINDS[distribution.kind].discrete:
        raise Invalid(f"{str(name)!r} has choices, which have no order: no rank", position)
    if distribution.kind == "fixed":
        raise Invalid(f"{str(name)!r} has one value, which goes with nothing", position)


def _together(node: Node, path: KeyPath, context: Context) -> tuple[Correlation, ...]:
    """All pairs; each once, and such that numbers can have them together. Raises Invalid."""
    if isinstance(node, tree.Sequence) and isinstance(next(iter(node.items), None), tree.Scalar):
        raise Invalid("must be a list of pairs, `[[a, b, 0.6]]`")
    found: tuple[Correlation, ...] = list_of(PAIR).decode(node, path, context)
    before: dict[frozenset[str], int] = {}
    for i, one in enumerate(found):
        earlier = before.setdefault(frozenset((one.first, one.second)), i)
        if earlier != i:
            raise Invalid(
                f"{one.first} and {one.second} are a pair twice; entry [{earlier}] is the first", i
            )
    try:
        # tried here, where the file can still be named: a run would meet it while it draws
        groups(found)
    except ValueError as error:
        raise Invalid(_impossible(error.args, found)) from None
    return found


def _impossible(names: tuple[str, ...], found: tuple[Correlation, ...]) -> str:
    """Which pairs contradict each other, and which were taken for 0."""
    own = [one for one in found if one.first in names]
    pairs = ", ".join(f"[{one.first}, {one.second}, {one.rank:g}]" for one in own)
    # a pair has no order
    named = {frozenset((one.first, one.second)) for one in own}
    left = [
        f"[{a}, {b}]"
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if frozenset((a, b)) not in named
    ]
    rest = f"; what is not named is 0: {', '.join(left)}" if left else ""
    return f"no numbers have these together (not positive definite): {pairs}{rest}"


def _pair_schema(known: Definitions) -> Schema:
    name = {"type": "string"}
    rank = {"type": "number", "exclusiveMinimum": -1, "exclusiveMaximum": 1}
    return {"type": "array", "prefixItems": [name, name, rank], "minItems": 3, "maxItems": 3}


PAIR = Kind(_pair, _pair_schema)
CORRELATED = Kind(_together, list_of(PAIR).schema)
