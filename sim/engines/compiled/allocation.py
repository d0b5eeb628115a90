"""Memory for the kernel: what it looks up, where a path stands, what it leaves behind."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.engines.compiled.intrinsics import zeros_apart as _ints
from sim.engines.compiled.layout import (
    NO_EVENTS,
    STATUS_SIZE,
    WITH_CHANGES,
    Floats,
    Ints,
    Job,
    Output,
    PathState,
    Tables,
)
from sim.engines.compiled.lowering import Lowered
from sim.results import NEVER, RUNG_TIMES

Axes = tuple[Ints, Ints, Ints]  # of all tables: where each one's begin, their variables, strides

_BY_WORD = ("holds", "tabled", "before", "undefined", "marked", "first_tabled", "first_undefined")
_BY_RULE_WORD = (
    *("active", "held", "unspent", "triggered", "undefined_trigger"),
    *("soonest", "soonest_rank", "stale"),
)


def _floats(*shape: int) -> Floats:
    return _ints(*shape).view(np.float64)


def job(key: tuple[int, int], task: tuple[int, ...], numbers: Sequence[Ints], halt: Ints) -> Job:
    """What a call is to do: the generator's key, and the numbers of FIRST_STREAM and those after.

    `numbers` are those of the paths in each draw.
    """
    # the numbers that change while the kernel runs, and those that do not
    here, given = _ints(5), _ints(len(task))
    here[:2], given[:] = key, task
    # paths of all draws stand in one row of numbers: where those of each draw begin
    first = np.cumsum([0, *(len(some) for some in numbers)]).astype(np.int64)
    return Job(here=here, task=given, first=first, number=np.concatenate(numbers), halt=halt)


def axes(made: Lowered) -> Axes:
    """The axes of every table, their strides in numbers of the pool."""
    model, first, variables, strides = made.model, [0], list[int](), list[int]()
    names = model.names
    for table in made.pool.registry.tables:
        read = [names.variables[name] for name in table.variables]
        read += [len(model.variables) + names.outcomes[name] for name in table.outcomes]
        stride = table.width
        steps: list[int] = []
        # row-major: the last axis moves one cell on
        for size in reversed(table.shape):
            steps.append(stride)
            stride *= size
        variables += [*read, 0]
        strides += [*reversed(steps), 0]  # no stride: no further axis
        first.append(len(variables))
    return np.array(first), np.array(variables, np.int64), np.array(strides, np.int64)


def tables(made: Lowered, axes_of_all: Axes, filled: Floats) -> Tables:
    """What the kernel looks up, for one block of draws; `filled` is the pool for these."""
    registered = made.pool.registry.tables
    first, variable, stride = axes_of_all
    return Tables(
        pool=filled,
        at=_ints(len(registered)),
        first=first,
        variable=variable,
        stride=stride,
        step_first=np.cumsum([0, *(len(table.steps) for table in registered)]).astype(np.int64),
        step=np.array([step for table in registered for step in table.steps], np.int64),
        stack=_floats(made.stack),
    )


def path_state(made: Lowered) -> PathState:
    """Where a path stands: memory that every path of a thread uses again."""
    return path_memory(made)[0]


def path_memory(made: Lowered, whole: Ints | None = None) -> tuple[PathState, Ints]:
    """Where a path stands, and the same as one array, for who keeps what a path came to.

    With `whole`, the array of one that was kept, laid out as it was.
    """
    size, rules = made.plan.size, made.plan.rules
    effects = int(np.diff(rules.effect).max(initial=0))
    # of arrays that are not by transition; the kernel sets all of them when a path begins
    lengths = {
        "state": size.variables + size.outcomes,
        "row": size.planes,
        "taken": int(rules.option[-1]),
        "changed": effects,
        "new": effects,
        "weight": 2 * made.options + 1,
        "value": made.options,
        "available": made.options,
        "status": STATUS_SIZE,
        "time": 2,
        **dict.fromkeys(_BY_WORD, size.words),
        **dict.fromkeys(_BY_RULE_WORD, size.rule_words),
    }
    kinds = PathState.__annotations__
    widths = [lengths.get(name, size.transitions) for name in kinds]  # others are by transition
    whole = _ints(sum(widths)) if whole is None else whole
    parts = np.split(whole, np.cumsum(widths)[:-1])
    arrays: dict[str, Any] = {
        name: part.view(np.float64) if kind == Floats else part
        for (name, kind), part in zip(kinds.items(), parts, strict=True)
    }
    return PathState(**arrays), whole


def output(
    made: Lowered, draws: int, rows: int, record: int, events: int, steps: int | None = None
) -> Output:
    """Memory for what so many draws with so many paths in all leave behind.

    `record` is NO_EVENTS or one of those after it; `events` says for how many, and for how many
    changes; `steps` likewise for a trace, None: none wanted.
    """
    model, traced = made.model, steps is not None
    capacity = 0 if record == NO_EVENTS else events
    changes = capacity if record == WITH_CHANGES else 0
    transitions, options = len(model.transitions), int(made.plan.rules.option[-1])
    levels = sum(variable.size for variable in model.variables if variable.ladder is not None)
    return Output(
        ending=np.zeros(rows, np.int16),
        end_time=np.zeros(rows),
        stopped=np.zeros(rows, np.uint8),
        n_events=np.zeros(rows, np.int32),
        outcome_time=np.zeros((rows, len(model.outcomes))),
        outcome_event=np.full((rows, len(model.outcomes)), NEVER, np.int32),
        started=_ints(draws, len(model.transitions)),
        fired=_ints(draws, len(model.transitions)),
        taken=_ints(draws, int(made.plan.rules.option[-1])),
        rungs=_ints(draws, RUNG_TIMES + 1, levels),
        path=_ints(capacity),
        seq=np.zeros(capacity, np.int32),
        time=np.zeros(capacity),
        transition=np.zeros(capacity, np.int32),
        option=np.zeros(capacity, np.int32),
        probability=np.zeros(capacity),
        cause=np.zeros(capacity, np.int32),
        change=_ints(capacity),
        changed=np.zeros(changes, np.int32),
        new=np.zeros(changes, np.int32),
        end=_ints(rows),
        changes=_ints(1),
        # an array of one, because the kernel takes arrays only
        record=np.array([record], np.int64),
        came=np.zeros((rows if traced else 0, 2 * transitions + options), np.uint8),
        parted=np.zeros((rows, made.plan.size.others), np.uint8),
        step=_ints(steps or 0),
        step_end=_ints(rows if traced else 0),
        trace=np.array([traced], np.int64),
    )
