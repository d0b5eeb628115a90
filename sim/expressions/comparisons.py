"""Comparisons: a variable with its levels, numbers with numbers, flags with flags."""

import ast
from typing import Literal, Protocol

from sim.errors import unknown
from sim.expressions.syntax import dotted, text_of
from sim.expressions.types import KINDS, Typed
from sim.model.expressions import Comparison, Constant, Node

Sign = Literal["==", "!=", "<", "<=", ">", ">="]
SIGNS: dict[type[ast.cmpop], Sign] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


class Reading(Protocol):
    """The part of the reader of expressions that comparisons need.

    A protocol, since the reader imports this module.
    """

    def tree(self, node: ast.expr) -> Typed | None:
        """The tree of a part, or None with its mistakes reported."""

    def known(self, name: str) -> Typed | None:
        """The value that a name stands for; None if the name is unknown here."""

    def owners(self, level: str) -> list[str]:
        """Variables and parameters that have a level of this name."""

    def is_level(self, name: str) -> bool:
        """Whether something has a level of this name."""

    def is_invalid(self, name: str) -> bool:
        """Whether a name is declared, but its declaration is invalid."""

    def add_mistake(self, message: str) -> None:
        """Report a mistake."""


def comparison(reader: Reading, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node | None:
    """The tree of one comparison, or None with the mistake reported."""
    sign = SIGNS.get(type(op))
    if sign is None:  # `in`, `is`
        texts = text_of(left), text_of(right)
        message = "{!r} and {!r}: only == != < <= > >= can be used to compare".format(*texts)
        meant = {ast.Is: " == ", ast.IsNot: " != "}.get(type(op))
        reader.add_mistake(f"{message}; write `{meant.join(texts)}`" if meant else message)
        return None
    sides = (left, right)
    if any(reader.is_invalid(dotted(side) or "") for side in sides):  # reported elsewhere
        return None
    a, b = (_levels(reader, side) for side in sides)
    if a or b:  # a name on the other side may be a level, so it is not read as a value
        return _of_levels(reader, sign, sides, (a, b))
    # both sides are read, so that both mistakes are reported
    one = None if _beside_unknown(reader, left, right, first=True) else reader.tree(left)
    two = None if _beside_unknown(reader, right, left, first=False) else reader.tree(right)
    if one is None or two is None:
        return None
    # A condition is 0 or 1 inside and could be compared with a number; but who writes that has
    # taken one for the other.
    if one.kind != two.kind:
        message = f"{text_of(left)!r} is {KINDS[one.kind]} and {text_of(right)!r} {KINDS[two.kind]}"
        reader.add_mistake(f"{message}: they cannot be compared")
        return None
    if one.kind == "condition" and sign not in ("==", "!="):  # false < true has no meaning
        reader.add_mistake(
            f"{text_of(left)!r} is true or false: only == and != can be used to compare it"
        )
        return None
    return Comparison(sign, one.node, two.node)


def _levels(reader: Reading, node: ast.expr) -> Typed | None:
    """The value of a side, if it has levels."""
    name = dotted(node)
    typed = reader.known(name) if name else None
    return typed if typed and typed.kind == "levels" else None


def _beside_unknown(reader: Reading, word: ast.expr, other: ast.expr, *, first: bool) -> bool:
    """Whether this one of two unknown words is the one that is not reported.

    In `strat >= clash` the mistake is `strat`: of two unknown words the one that is a level of
    something is passed over, else the second.
    """
    name, beside = dotted(word), dotted(other)
    if name is None or beside is None or {name, beside} & {"true", "false"}:
        return False
    if reader.known(name) or reader.known(beside):
        return False
    levels = reader.is_level(name), reader.is_level(beside)  # of anything at all
    return levels[0] if levels[0] != levels[1] else not first


def _of_levels(
    reader: Reading,
    sign: Sign,
    sides: tuple[ast.expr, ast.expr],
    typed: tuple[Typed | None, Typed | None],
) -> Node | None:
    """A comparison in which a side has levels; a name on the other side is one of them first."""
    for this, other in ((0, 1), (1, 0)):  # clash <= border as well as border >= clash
        owner, word = typed[this], sides[other]
        if owner is None or not isinstance(word, ast.Name) or word.id not in owner.levels:
            continue
        if not owner.ordered and sign not in ("==", "!="):  # choices of a parameter
            reader.add_mistake(
                f"the choices of {text_of(sides[this])!r} have no order; use == or !="
            )
            return None
        level = Constant(float(owner.levels.index(word.id)), word.id)  # its position is its value
        # the order of the text is kept
        pair = (owner.node, level) if this == 0 else (level, owner.node)
        return Comparison(sign, *pair)
    a, b = typed
    if a and b:
        if a.levels != b.levels:  # positions of two lists cannot be compared
            message = f"{text_of(sides[0])!r} has the levels {', '.join(a.levels)}"
            message += f", {text_of(sides[1])!r} {', '.join(b.levels)}"
            reader.add_mistake(f"{message}: they cannot be compared")
            return None
        if not (a.ordered and b.ordered) and sign not in ("==", "!="):
            reader.add_mistake("choices have no order; use == or !=")
            return None
        return Comparison(sign, a.node, b.node)
    subject, value = sides if a else (sides[1], sides[0])
    levels = a or b
    assert levels
    reader.add_mistake(_no_level(reader, text_of(subject), levels, value))
    return None


def _no_level(reader: Reading, owner: str, typed: Typed, word: ast.expr) -> str:
    known = ", ".join(typed.levels)
    name = dotted(word)
    other = reader.known(name) if name else None
    if name and other is None and isinstance(word, ast.Name):
        message = unknown(f"level of {owner}", name, typed.levels)
        if "known:" in message:  # in the order of the levels, which is what they mean
            elsewhere = f"it is a level of {owners[0]}; " if (owners := reader.owners(name)) else ""
            message = f"{message[: message.index('known:')]}{elsewhere}known: {known}"
        return message
    kind = f", which is {KINDS[other.kind]}" if other else ""
    message = f"{owner!r} is compared with {text_of(word)!r}{kind}"
    return f"{message}; it can be compared with its levels: {known}"
