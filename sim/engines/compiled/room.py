"""Room for the kernel to work in: what it looks up, where a path stands, what it leaves behind."""

import numpy as np

from sim.engines.compiled.lower import Lowered
from sim.engines.compiled.machine import apart as _ints
from sim.engines.compiled.parts import Floats, Ints, Job, Look, Out, Standing
from sim.results import RUNG_TIMES


def _floats(*shape: int) -> Floats:
    return _ints(*shape).view(np.float64)


def job_for(key: tuple[int, int], what: tuple[int, ...], halt: Ints) -> Job:
    """What a call is to do."""
    who, given = _ints(5), _ints(len(what))
    who[:2], given[:] = key, what
    return Job(who=who, what=given, halt=halt)


def axes(made: Lowered) -> tuple[Ints, Ints, Ints]:
    """(first, variable, stride): the axes of every table, in numbers of the pool."""
    model, first, variables, strides = made.model, [0], list[int](), list[int]()
    names = model.names
    for table in made.pool.shelf.tables:
        read = [names.variables[name] for name in table.variables]
        read += [len(model.variables) + names.outcomes[name] for name in table.outcomes]
        stride = table.width
        steps: list[int] = []
        for size in reversed(table.shape):
            steps.append(stride)
            stride *= size
        variables += [*read, 0]
        strides += [*reversed(steps), 0]  # no stride: no further axis
        first.append(len(variables))
    return np.array(first), np.array(variables, np.int64), np.array(strides, np.int64)


def look_for(made: Lowered, axes_of_all: tuple[Ints, Ints, Ints], filled: Floats) -> Look:
    """What the kernel looks up, for one block of draws."""
    tables = made.pool.shelf.tables
    first, variable, stride = axes_of_all
    return Look(
        pool=filled,
        at=_ints(len(tables)),
        first=first,
        variable=variable,
        stride=stride,
        step_first=np.cumsum([0, *(len(table.steps) for table in tables)]).astype(np.int64),
        step=np.array([step for table in tables for step in table.steps], np.int64),
        stack=_floats(made.stack),
    )


def path_for(made: Lowered) -> Standing:
    """Where a path stands: room that every path of a thread uses again."""
    size, rules = made.plan.size, made.plan.rules
    transitions, words, rule_words = size.transitions, size.words, size.rule_words
    effects = int(np.diff(rules.effect).max(initial=0))
    return Standing(
        state=_ints(size.variables + size.outcomes),
        holds=_ints(words),
        row=_ints(size.planes),
        extra=_ints(words),
        before=_ints(words),
        bad=_ints(words),
        clock=_ints(rule_words),
        held=_ints(rule_words),
        open=_ints(rule_words),
        trigger=_ints(rule_words),
        doubt=_ints(rule_words),
        marked=_ints(words),
        first_extra=_ints(words),
        first_bad=_ints(words),
        delay=_ints(transitions),
        due=_floats(transitions),
        remaining=_floats(transitions),
        pace=_floats(transitions),
        option_u=_floats(transitions),
        cause=_ints(transitions),
        starts=_ints(transitions),
        fired=_ints(transitions),
        taken=_ints(int(rules.option[-1])),
        soonest=_floats(rule_words),
        which=_ints(rule_words),
        stale=_ints(rule_words),
        wrote=_ints(effects),
        new=_ints(effects),
        weight=_floats(2 * made.options + 1),
        value=_floats(made.options),
        available=_floats(made.options),
        seen=_ints(8),
        now=_floats(2),
    )


def out_for(made: Lowered, draws: int, paths: int, events: int | None) -> Out:
    """Room for what `draws` draws of `paths` paths leave behind, with that many events."""
    model, kept = made.model, events or 0
    rows = draws * paths
    levels = sum(variable.size for variable in model.variables if variable.ladder is not None)
    return Out(
        ending=np.zeros(rows, np.int16),
        end_time=np.zeros(rows),
        stopped=np.zeros(rows, np.uint8),
        n_events=np.zeros(rows, np.int32),
        outcome_time=np.zeros((rows, len(model.outcomes))),
        started=_ints(draws, len(model.transitions)),
        fired=_ints(draws, len(model.transitions)),
        taken=_ints(draws, int(made.plan.rules.option[-1])),
        rungs=_ints(draws, RUNG_TIMES + 1, levels),
        path=_ints(kept),
        seq=np.zeros(kept, np.int32),
        time=np.zeros(kept),
        transition=np.zeros(kept, np.int32),
        option=np.zeros(kept, np.int32),
        probability=np.zeros(kept),
        cause=np.zeros(kept, np.int32),
        end=_ints(rows),
        keep=np.array([events is not None], np.int64),
    )
