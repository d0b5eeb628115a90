"""Guards, outcomes, `stop_when` and what triggers wait for: which are bits, which are tables.

Bits cost the same at every firing: a word for each variable and column. Tables cost only where a
variable they read has changed. So bits are best for few variables, tables for many.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.engines.compiled.bit_planes import (
    ALWAYS,
    NEVER,
    PLANES,
    Case,
    cases,
    how_many_words,
    masks,
    suits,
    words_of,
)
from sim.engines.compiled.layout import NONE, Conditions, Ints
from sim.engines.compiled.table_registry import TableRegistry
from sim.model.expressions import Expression, outcomes_read, variables_read
from sim.model.model import Model

WORD, LOOK_UP = 0.5, 5.0  # nanoseconds, about: to AND a word, to look a condition up


def conditions(
    model: Model, registry: TableRegistry, waited: Sequence[Expression], planes: int | None = None
) -> Conditions:
    """All conditions; `planes` is how many cases one may have and still be a bit.

    Left out, it is what costs least. Those that read outcomes are neither, and stand in `ends`.
    """
    guards = [transition.when for transition in model.transitions]
    # the position in this list is the number of a condition, and of its bit
    listed = [*guards, *(outcome.when for outcome in model.outcomes), model.stop_when, *waited]
    words = how_many_words(len(listed))
    known = {n: e for n, e in enumerate(listed) if e is not None and not outcomes_read(e.node)}
    found = {n: cases(e.node, model) if suits(e.node) else None for n, e in known.items()}
    if planes is None:
        planes = min(range(PLANES + 1), key=lambda most: _cost(model, known, found, most, words))
    always = [rank for rank, guard in enumerate(guards) if guard is None]
    always += [n for n, one in found.items() if one == ALWAYS]
    bits = {n: one for n, one in found.items() if one and one != ALWAYS and len(one) <= planes}
    # what can never hold needs neither: its bit is never set
    tabled = [n for n, one in found.items() if n not in bits and one not in (NEVER, ALWAYS)]
    numbers = {number: registry.expression(known[number]) for number in tabled}
    variable, slot, mask = masks(bits, model, words)
    first, reader = _readers(model, {number: known[number] for number in tabled})
    speeds = {rank: t.speed for rank, t in enumerate(model.transitions) if t.speed is not None}
    speed_first, speed_reader = _readers(model, speeds)
    plane = np.full(len(model.variables), NONE, np.int64)
    plane[variable] = np.arange(len(variable))
    return Conditions(
        variable=variable,
        plane=plane,
        slot=slot * mask.shape[1],
        mask=mask,
        constant=words_of(always, words),
        table=np.array([numbers.get(n, NONE) for n in range(len(listed))], np.int64),
        tabled=np.array(tabled, np.int64),
        first=first,
        reader=reader,
        speed_first=speed_first,
        speed_reader=speed_reader,
    )


def _cost(
    model: Model,
    known: dict[int, Expression],
    found: dict[int, list[Case] | None],
    most: int,
    words: int,
) -> float:
    """What a firing that changes one variable costs with at most so many cases a bit."""
    bits = {n: one for n, one in found.items() if one and len(one) <= most}
    # a condition of many cases makes planes for all others too, so the widest one decides
    planes = max((len(one) for one in bits.values()), default=0)
    read = {name for one in bits.values() for case in one for name in case}
    tables = [e for n, e in known.items() if n not in bits and found[n] not in (NEVER, ALWAYS)]
    readers = sum(len(variables_read(expression.node)) for expression in tables)
    looked_up = readers / max(len(model.variables), 1)
    return WORD * len(read) * planes * words + LOOK_UP * looked_up


def _readers(model: Model, listed: Mapping[int, Expression]) -> tuple[Ints, Ints]:
    """By variable, the numbers of the expressions that read it: where each begins, and all."""
    by_variable: list[list[int]] = [[] for _ in model.variables]
    for number, expression in listed.items():
        for name in variables_read(expression.node):
            by_variable[model.names.variables[name]].append(number)
    first = np.cumsum([0, *(len(readers) for readers in by_variable)])
    numbers = [number for readers in by_variable for number in readers]
    return first.astype(np.int64), np.array(numbers, np.int64)
