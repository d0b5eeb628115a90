"""Conditions as bit sets: all of them looked at together, some sixty at a time.

A condition is taken apart into cases (it holds when any of them does), each a set of values per
variable (a case holds when every variable has one of its values). Plane p has a word of bits for
every value of every variable: bit c says that this value is fine for case p of condition c. The
words of the present values, ANDed, are the cases that hold; the planes, ORed, the conditions.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.model.expressions import (
    Arithmetic,
    Call,
    Fact,
    Logic,
    Node,
    Not,
    outcomes_read,
    parameters_read,
    variables_read,
    walk,
)
from sim.model.model import Model
from sim.model.tables import Grid, table

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Case = dict[str, Bools]  # the values each variable may have; one not named may have any

ALWAYS: list[Case] = [{}]
NEVER: list[Case] = []

PLANES = 4  # cases a condition may have
BITS = 32  # conditions in a word, a power of two; the sign of an int64 stays out of it
SHIFT, LAST = 5, BITS - 1  # number >> SHIFT is its word, number & LAST its bit there
_EXPANDED = 256  # combinations looked at one by one where a condition is no and/or


def suits(node: Node) -> bool:
    """Whether a condition reads the state alone and cannot go wrong, so that bits can hold it."""
    # a bit is one or zero: it has no third state for "has no value", which division and `odds` can
    # lead to; and a parameter would need masks of its own for each draw
    return not (
        parameters_read(node)
        or outcomes_read(node)
        or any(
            (isinstance(part, Arithmetic) and part.op == "/")
            or (isinstance(part, Call) and part.function == "odds")
            for part in walk(node)
        )
    )


def cases(node: Node, model: Model, *, negated: bool = False) -> list[Case] | None:
    """The cases of a condition; NEVER or ALWAYS where it is that; None when they are too many."""
    names = variables_read(node)
    match node:
        case _ if len(names) <= 1:  # a set of values of one variable, whatever its form
            return _of_one(node, names, model, negated)
        case Fact(_, says):
            return cases(says, model, negated=negated)
        case Not(of):
            return cases(of, model, negated=not negated)
        case Logic(op, parts):
            below = [cases(part, model, negated=negated) for part in parts]
            known = [part for part in below if part is not None]
            if len(known) < len(below):
                return None
            # negated, `or` becomes `and`: not (a or b) is (not a) and (not b)
            return _either(known) if (op == "or") != negated else _both(known)
        case _:
            return _expanded(node, names, model, negated)


def _truth(node: Node, names: Sequence[str], model: Model, negated: bool) -> Bools:
    sizes = tuple((name, model.variable(name).size) for name in names)
    # the first axis of a table is the draw: without parameters there is one, taken off below
    value, _ = table(node, Grid(sizes, {}))
    shown: Bools = np.broadcast_to(np.asarray(value != 0) != negated, (1, *(n for _, n in sizes)))[
        0
    ]
    return shown


def _of_one(node: Node, names: Sequence[str], model: Model, negated: bool) -> list[Case]:
    truth = _truth(node, names, model, negated)
    if not truth.any():
        return NEVER
    return ALWAYS if truth.all() else [{names[0]: truth}]


def _expanded(node: Node, names: Sequence[str], model: Model, negated: bool) -> list[Case] | None:
    """A case for every combination of all variables but the largest, merged where it can be."""
    # the largest variable goes last: its values share a case for each combination of the others
    last = max(names, key=lambda name: model.variable(name).size)
    first = [name for name in names if name != last]
    # each is looked at by itself below, to end in a few cases at most: many are left to a table
    if prod(model.variable(name).size for name in first) > _EXPANDED:
        return None
    truth = _truth(node, [*first, last], model, negated)
    found: list[Case] = []
    for at in product(*(range(size) for size in truth.shape[:-1])):
        if truth[at].any():
            case = {name: _only(i, n) for name, i, n in zip(first, at, truth.shape, strict=False)}
            found.append(case | {last: truth[at]})
    return _merged(found)


def _only(value: int, size: int) -> Bools:
    only: Bools = np.arange(size) == value
    return only


def _either(parts: Iterable[list[Case]]) -> list[Case] | None:
    return _merged([case for part in parts for case in part])


def _both(parts: Sequence[list[Case]]) -> list[Case] | None:
    if prod(len(part) for part in parts) > _EXPANDED:
        return None
    found: list[Case] = []
    for chosen in product(*parts):
        case: Case = {}
        for part in chosen:
            for name, truth in part.items():
                case[name] = case[name] & truth if name in case else truth
        if all(truth.any() for truth in case.values()):
            found.append(case)
    return _merged(found)


def _merged(found: list[Case]) -> list[Case] | None:
    """The same cases, two of them joined wherever they differ in one variable only."""
    # {a in A, b in B} or {a in C, b in B} is {a in A or C, b in B}; greedy, so not always the least
    merged: list[Case] = []
    for case in found:
        new = case
        for other in list(merged):
            differ = [n for n in new.keys() | other.keys() if not _same(new.get(n), other.get(n))]
            # the same case again, as two parts of an `or` may have it
            if not differ:
                merged = [kept for kept in merged if kept is not other]
            elif len(differ) == 1 and differ[0] in new and differ[0] in other:
                union = {**new, differ[0]: new[differ[0]] | other[differ[0]]}
                # a variable that may have any value is not named, so that ALWAYS is known when it
                # comes up
                new = {name: truth for name, truth in union.items() if not truth.all()}
                merged = [kept for kept in merged if kept is not other]
        merged.append(new)
    if any(not case for case in merged):
        return ALWAYS
    return merged if len(merged) <= PLANES else None


def _same(one: Bools | None, other: Bools | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(one, other))


def words_of(numbers: Iterable[int], words: int) -> Ints:
    """Words of bits with these set."""
    found = np.zeros(words, np.int64)
    for number in numbers:
        found[number // BITS] |= 1 << (number % BITS)
    return found


def how_many_words(conditions: int) -> int:
    """Words that many conditions need; at least one."""
    return -(-conditions // BITS) or 1


def masks(chosen: dict[int, list[Case]], model: Model, words: int) -> tuple[Ints, Ints, Ints]:
    """(variables, slots, masks) for the conditions whose cases are given, by number.

    `variables`: the positions of those any of them reads. `slots`: for each of these, the row of
    its value 0. `masks`: a row for each value, with planes x words words.
    """
    read = {name for found in chosen.values() for case in found for name in case}
    names = [variable.name for variable in model.variables if variable.name in read]
    sizes = [model.variable(name).size for name in names]
    slots = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    planes = max((len(found) for found in chosen.values()), default=0)
    # zeros: planes beyond a condition's own cases never hold, and add nothing to its bit
    bits = np.zeros((int(slots[-1]), planes, words), np.int64)
    for number, found in chosen.items():
        word, bit = divmod(number, BITS)
        for plane, case in enumerate(found):
            for name, slot, size in zip(names, slots, sizes, strict=False):
                # words are ANDed over all variables, so one that the case does not name has to let
                # it pass
                truth = case.get(name, np.ones(size, np.bool_))
                bits[slot : slot + size, plane, word] |= np.where(truth, np.int64(1 << bit), 0)
    at = np.array([model.names.variables[name] for name in names], np.int64)
    return at, slots[:-1], bits.reshape(int(slots[-1]), planes * words)
