"""A model as the kernel takes it: every name a number, every expression a table or a bit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engines.compiled.bit_planes import how_many_words, words_of
from sim.engines.compiled.choices import KINDS, Choices, choices, weights_of
from sim.engines.compiled.conditions import conditions
from sim.engines.compiled.delays import delays
from sim.engines.compiled.layout import (
    NONE,
    PLAIN,
    UNLIMITED,
    Conditions,
    Effects,
    Ends,
    Ints,
    Plan,
    Rules,
    Size,
)
from sim.engines.compiled.table_registry import LIMIT, Pool, TableRegistry, pool
from sim.errors import UsageError
from sim.model.delays import needs_uniform
from sim.model.expressions import Expression, outcomes_read
from sim.model.model import Model
from sim.model.time_grid import equal_steps
from sim.model.transitions import Effect, Transition, Trigger
from sim.results import RUNG_TIMES
from sim.streams import name_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A model's plan and tables; what depends on a draw is still to be filled in."""

    model: Model
    plan: Plan
    pool: Pool
    delays: Ints  # of each transition: the table of its delay
    stack: int  # numbers a split expression needs at once, at most
    options: int  # of the transition that has most


def lowered(
    model: Model,
    *,
    others: Sequence[tuple[int, Transition]] = (),
    planes: int | None = None,
    limit: int = LIMIT,
) -> Lowered:
    """Lower a model. Raises UsageError naming an expression or count that is too large.

    `others` are ranks, in ascending order, each with the transition whose options are weighed
    beside its own. For `planes` see `conditions`; `limit` is that of a table.
    """
    for variable in model.variables:
        if variable.size > limit:
            raise UsageError(
                f"{variable.name} has {variable.size:,} values, the compiled engine takes at most "
                f"{limit:,}: lower its max, or use --engine reference"
            )
    # The order matters to nothing but the numbers of the tables.
    # An expression becomes a table over the state that it reads, filled anew for each draw.
    registry = TableRegistry(model, limit)
    made, waits = choices(model, registry), delays(model, registry)
    waited = list(dict.fromkeys(t.becomes for t in _triggers(model) if t.becomes is not None))
    looked_at = conditions(model, registry, waited, planes)
    rules = _rules(model, registry, made, waited, others)
    effects = _effects(model, registry)
    ends = _ends(model, registry, len(waited))
    # sizes and the pool count tables, so they come after all that registers one
    size = _size(model, registry, looked_at, ends, len(waited))._replace(others=len(others))
    plan = Plan(size=size, conditions=looked_at, rules=rules, effects=effects, ends=ends)
    return Lowered(
        model=model,
        plan=plan,
        pool=pool(registry),
        delays=waits,
        stack=max((len(table.steps) for table in registry.tables), default=0) + 1,
        options=max((len(transition.options) for transition in model.transitions), default=1),
    )


def _triggers(model: Model) -> Iterable[Trigger]:
    return (trigger for transition in model.transitions for trigger in transition.on)


def _size(
    model: Model, registry: TableRegistry, looked_at: Conditions, ends: Ends, waited: int
) -> Size:
    return Size(
        variables=len(model.variables),
        transitions=len(model.transitions),
        outcomes=len(model.outcomes),
        waited=waited,
        options=sum(len(transition.options) for transition in model.transitions),
        endings=len(model.endings),
        late=len(ends.late),
        words=len(looked_at.constant),
        rule_words=how_many_words(len(model.transitions)),
        planes=len(looked_at.variable),
        columns=looked_at.mask.shape[1],
        tabled=len(looked_at.tabled),
        tables=len(registry.tables),
        rungs=sum(variable.size for variable in model.variables if variable.ladder is not None),
        grid=RUNG_TIMES,
        others=0,
        capacity=0,
        step_capacity=0,
    )


def _rules(
    model: Model,
    registry: TableRegistry,
    made: Choices,
    waited: Sequence[Expression],
    others: Sequence[tuple[int, Transition]],
) -> Rules:
    transitions = model.transitions
    weighed = [rank for rank, _ in others]
    words = how_many_words(len(transitions))
    ranks = range(len(transitions))
    # Bits of all conditions, in this order: guards, outcomes, `stop_when`, conditions waited for.
    first = len(transitions) + len(model.outcomes) + 1  # guards, outcomes and `stop_when` before
    speeds = [NONE if t.speed is None else registry.expression(t.speed) for t in transitions]
    effects = [len(o.effects) for t in transitions for o in t.options]
    return Rules(
        name_hash=np.array([name_hash(f"transition:{t.name}") for t in transitions], np.int64),
        auto=words_of((r for r in ranks if not transitions[r].on), words),
        scheduled=words_of((r for r in ranks if transitions[r].at is not None), words),
        remember=words_of((r for r in ranks if transitions[r].memory == "remember"), words),
        unspent=words_of((r for r in ranks if _startable(transitions[r])), words),
        limit=np.array([UNLIMITED if t.limit is None else t.limit for t in transitions], np.int64),
        at=np.array([-1.0 if t.at is None else t.at for t in transitions]),
        draws=np.array([_draws(t, made.table[r]) for r, t in enumerate(transitions)], np.int64),
        speed=np.array(speeds, np.int64),
        choice=np.array(made.table, np.int64),
        kind=np.array([KINDS[t.choice] for t in transitions], np.int64),
        option=np.array(made.first, np.int64),
        available=np.array(made.available, np.int64),
        value=np.array(made.value, np.int64),
        share=np.array(made.share, np.int64),
        lone=np.array(made.lone),
        triggered=_called(model, made, words),
        waited=words_of(range(first, first + len(waited)), how_many_words(first + len(waited))),
        becomes=_called_by_conditions(model, waited, words),
        effect=np.cumsum([0, *effects]).astype(np.int64),
        other_first=np.searchsorted(weighed, range(len(transitions) + 1)).astype(np.int64),
        other=np.array([weights_of(one, registry) for _, one in others], np.int64),
    )


def _startable(transition: Transition) -> bool:
    # a scheduled clock is started once, at t = 0, by `start_scheduled` alone
    return transition.at is None and (transition.limit is None or transition.limit > 0)


def _draws(transition: Transition, table: int) -> int:
    """Whether a clock needs random numbers: 1 for its wait, 2 for its choice."""
    waits = transition.at is None and needs_uniform(transition.after)
    # A draw is found by name, so one that nobody reads can be left out without moving another.
    return (1 if waits else 0) + (0 if table == PLAIN else 2)


def _called(model: Model, made: Choices, words: int) -> Ints:
    """Whom each option starts, and after all options, whom each transition's `nothing` does."""
    options = made.first[-1]
    found = np.zeros((options + len(model.transitions), words), np.int64)
    for rank, transition in enumerate(model.transitions):
        bit = words_of([rank], words)
        for trigger in transition.on:
            if trigger.becomes is None:
                other = model.ranks[trigger.transition]
                for i, option in enumerate(model.transitions[other].options):
                    if trigger.option is None or trigger.option == option.name:
                        found[made.first[other] + i] |= bit
                # who waits for the transition, and not for an option of it, hears its `nothing` too
                # (rule 7)
                if trigger.option is None:
                    found[options + other] |= bit
    return found


def _called_by_conditions(model: Model, waited: Sequence[Expression], words: int) -> Ints:
    found = np.zeros((len(waited), words), np.int64)
    for rank, transition in enumerate(model.transitions):
        for trigger in transition.on:
            if trigger.becomes is not None:
                found[waited.index(trigger.becomes)] |= words_of([rank], words)
    return found


def _effects(model: Model, registry: TableRegistry) -> Effects:
    names = model.names.variables
    changed, source, base, values = [], [], [], list[int]()
    for effect in (e for t in model.transitions for o in t.options for e in o.effects):
        changed.append(names[effect.variable])
        if effect.expression is not None:
            source.append(NONE)
            base.append(registry.expression(effect.expression))
        else:
            # all but a copy read the variable they change, or nothing
            source.append(names[effect.source or effect.variable])
            base.append(len(values))
            values.extend(_new_values(effect, model))
    # where the counts of a laddered variable's rungs begin; other variables are not counted
    ladder, column = [], 0
    for variable in model.variables:
        ladder.append(NONE if variable.ladder is None else column)
        column += 0 if variable.ladder is None else variable.size
    return Effects(
        changed=np.array(changed, np.int64),
        source=np.array(source, np.int64),
        base=np.array(base, np.int64),
        value=np.array(values, np.int64),
        top=np.array([variable.size - 1 for variable in model.variables], np.int64),
        # marks of outcomes stand behind the variables in the state, and have no ladder
        ladder=np.array([*ladder, *(NONE for _ in model.outcomes)], np.int64),
    )


def _new_values(effect: Effect, model: Model) -> list[int]:
    """The new value for each value of the variable, or of the one copied from."""
    # Its own reading of effects, apart from `sim.model.effect_values`: see there.
    top = model.variable(effect.variable).size - 1
    now = range(model.variable(effect.source or effect.variable).size)
    match effect.how:
        case "raise":
            new = [old + 1 for old in now]
        case "lower":
            new = [old - 1 for old in now]
        case "at_least":
            new = [max(old, effect.value) for old in now]
        case "at_most":
            new = [min(old, effect.value) for old in now]
        case "copy":
            new = list(now)
        case "set":
            new = [effect.value for _ in now]
        case _:
            raise AssertionError(f"{effect.how!r} has no values to look up")
    return [min(max(value, 0), top) for value in new]


def _ends(model: Model, registry: TableRegistry, waited: int) -> Ends:
    transitions, outcomes = len(model.transitions), len(model.outcomes)
    words = how_many_words(transitions + outcomes + 1 + waited)
    # a bit can read the state alone; an outcome that reads outcomes is looked up, after the others
    late = [i for i in model.outcome_order if outcomes_read(model.outcomes[i].when.node)]
    stop = model.stop_when
    reads = stop is not None and outcomes_read(stop.node)
    early = (transitions + i for i in range(outcomes) if i not in late)
    return Ends(
        outcome_bits=words_of(early, words),
        late=np.array(late, np.int64),
        late_table=np.array([registry.expression(model.outcomes[i].when) for i in late], np.int64),
        stop_table=np.array([registry.expression(stop) if stop and reads else NONE], np.int64),
        ending=np.array(
            [NONE if e.when is None else registry.expression(e.when) for e in model.endings],
            np.int64,
        ),
        start=np.array([*model.start_state, *(0 for _ in model.outcomes)], np.int64),
        horizon=np.array([model.horizon]),
        grid=np.array(equal_steps(model.horizon, RUNG_TIMES - 1)),
    )
