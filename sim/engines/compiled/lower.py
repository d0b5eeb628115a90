"""A model as the kernel takes it: every name a number, every expression a table or a bit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.engines.compiled.parts import (
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
from sim.engines.compiled.planes import BITS, Case, cases, masks, suits
from sim.engines.compiled.choices import KINDS, Choices, choices
from sim.engines.compiled.shelf import LIMIT, Pool, Shelf, pool
from sim.errors import UsageError
from sim.engines.compiled.delays import delays
from sim.model.expressions import Expression, outcomes_read, variables_read
from sim.model.model import Model
from sim.model.transitions import Effect, Transition, Trigger
from sim.results import RUNG_TIMES
from sim.streams import identity

TRANSITIONS_IN_PLANES = 150  # with more, looking only at what reads a changed variable is faster
_NEEDS_NO_DRAW = ("immediate", "exactly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A model's plan and tables; what depends on a draw is still to be filled in."""

    model: Model
    plan: Plan
    pool: Pool
    delays: Ints  # of each transition: the table of its delay
    stack: int  # numbers a split expression needs at once, at most
    options: int  # of the transition that has most


def lowered(model: Model, *, planes: bool | None = None, limit: int = LIMIT) -> Lowered:
    """Lower a model. Raises UsageError naming an expression or count that is too large.

    `planes` says whether conditions are bits, otherwise decided by the number of transitions.
    """
    for variable in model.variables:
        if variable.size > limit:
            raise UsageError(
                f"{variable.name} has {variable.size:,} values, the compiled engine takes at most "
                f"{limit:,}: lower its max, or use --engine reference"
            )
    shelf = Shelf(model, limit)
    if planes is None:
        planes = len(model.transitions) <= TRANSITIONS_IN_PLANES
    made, waits = choices(model, shelf), delays(model, shelf)
    waited = list(dict.fromkeys(t.becomes for t in _triggers(model) if t.becomes is not None))
    conditions = _conditions(model, shelf, waited, planes)
    rules, effects = _rules(model, shelf, made, waited), _effects(model, shelf)
    ends = _ends(model, shelf, len(waited))
    size = _size(model, shelf, conditions, ends, len(waited))
    plan = Plan(size=size, conditions=conditions, rules=rules, effects=effects, ends=ends)
    return Lowered(
        model=model,
        plan=plan,
        pool=pool(shelf),
        delays=waits,
        stack=max((len(table.steps) for table in shelf.tables), default=0) + 1,
        options=max((len(transition.options) for transition in model.transitions), default=1),
    )


def _triggers(model: Model) -> Iterable[Trigger]:
    return (trigger for transition in model.transitions for trigger in transition.on)


def _words(numbers: Iterable[int], words: int) -> Ints:
    """Words of bits with these set."""
    found = np.zeros(words, np.int64)
    for number in numbers:
        found[number // BITS] |= 1 << (number % BITS)
    return found


def _how_many_words(conditions: int) -> int:
    return -(-conditions // BITS) or 1


def _conditions(
    model: Model, shelf: Shelf, waited: Sequence[Expression], planes: bool
) -> Conditions:
    """Guards, outcomes, `stop_when` and what triggers wait for, as bits of planes or as tables."""
    said: list[Expression | None] = [
        *(transition.when for transition in model.transitions),
        *(outcome.when for outcome in model.outcomes),
        model.stop_when,
        *waited,
    ]
    words = _how_many_words(len(said))
    always, bits, tables = [], dict[int, list[Case]](), np.full(len(said), NONE, np.int64)
    for number, expression in enumerate(said):
        if expression is None:
            if number < len(model.transitions):  # no guard: always
                always.append(number)
        elif not outcomes_read(expression.node):
            found = cases(expression.node, model) if suits(expression.node) else None
            if found is None or (not planes and found not in ([], [{}])):
                tables[number] = shelf.expression(expression)
            elif found == [{}]:
                always.append(number)
            else:
                bits[number] = found
    variable, slot, mask = masks({n: found for n, found in bits.items() if found}, model, words)
    tabled = [number for number in range(len(said)) if tables[number] != NONE]
    first, reader = _readers(model, ((number, said[number]) for number in tabled))
    speeds = ((rank, t.speed) for rank, t in enumerate(model.transitions))
    speed_first, speed_reader = _readers(model, speeds)
    return Conditions(
        variable=variable,
        slot=slot,
        mask=mask,
        constant=_words(always, words),
        table=tables,
        tabled=np.array(tabled, np.int64),
        first=first,
        reader=reader,
        speed_first=speed_first,
        speed_reader=speed_reader,
    )


def _readers(
    model: Model, said: Iterable[tuple[int, Expression | None]]
) -> tuple[Ints, Ints]:
    """By variable, the numbers of the expressions that read it: where each begins, and all."""
    by_variable: list[list[int]] = [[] for _ in model.variables]
    for number, expression in said:
        if expression is not None:
            for name in variables_read(expression.node):
                by_variable[model.names.variables[name]].append(number)
    first = np.cumsum([0, *(len(readers) for readers in by_variable)])
    numbers = [number for readers in by_variable for number in readers]
    return first.astype(np.int64), np.array(numbers, np.int64)


def _size(model: Model, shelf: Shelf, conditions: Conditions, ends: Ends, waited: int) -> Size:
    return Size(
        variables=len(model.variables),
        transitions=len(model.transitions),
        outcomes=len(model.outcomes),
        waited=waited,
        options=sum(len(transition.options) for transition in model.transitions),
        endings=len(model.endings),
        late=len(ends.late),
        words=len(conditions.constant),
        rule_words=_how_many_words(len(model.transitions)),
        planes=len(conditions.variable),
        columns=conditions.mask.shape[1],
        tabled=len(conditions.tabled),
        tables=len(shelf.tables),
        rungs=sum(variable.size for variable in model.variables if variable.ladder is not None),
        grid=RUNG_TIMES,
        room=0,
    )


def _rules(model: Model, shelf: Shelf, made: Choices, waited: Sequence[Expression]) -> Rules:
    transitions = model.transitions
    words = _how_many_words(len(transitions))
    ranks = range(len(transitions))
    speeds = [NONE if t.speed is None else shelf.expression(t.speed) for t in transitions]
    effects = [len(o.effects) for t in transitions for o in t.options]
    return Rules(
        identity=np.array([identity(f"transition:{t.name}") for t in transitions], np.int64),
        auto=_words((r for r in ranks if not transitions[r].on), words),
        scheduled=_words((r for r in ranks if transitions[r].at is not None), words),
        remember=_words((r for r in ranks if transitions[r].memory == "remember"), words),
        open=_words((r for r in ranks if _startable(transitions[r])), words),
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
        trigger=_called(model, made, words),
        becomes=_called_by_conditions(model, waited, words),
        effect=np.cumsum([0, *effects]).astype(np.int64),
    )


def _startable(transition: Transition) -> bool:
    return transition.at is None and (transition.limit is None or transition.limit > 0)


def _draws(transition: Transition, table: int) -> int:
    """Whether a clock needs random numbers: 1 for its wait, 2 for its choice."""
    waits = transition.at is None and transition.after.kind not in _NEEDS_NO_DRAW
    return (1 if waits else 0) + (0 if table == PLAIN else 2)


def _called(model: Model, made: Choices, words: int) -> Ints:
    """Whom each option starts, and after all options, whom each transition's `nothing` does."""
    options = made.first[-1]
    found = np.zeros((options + len(model.transitions), words), np.int64)
    for rank, transition in enumerate(model.transitions):
        bit = _words([rank], words)
        for trigger in transition.on:
            if trigger.becomes is None:
                other = model.ranks[trigger.transition]
                for i, option in enumerate(model.transitions[other].options):
                    if trigger.option is None or trigger.option == option.name:
                        found[made.first[other] + i] |= bit
                if trigger.option is None:
                    found[options + other] |= bit
    return found


def _called_by_conditions(model: Model, waited: Sequence[Expression], words: int) -> Ints:
    found = np.zeros((len(waited), words), np.int64)
    for rank, transition in enumerate(model.transitions):
        for trigger in transition.on:
            if trigger.becomes is not None:
                found[waited.index(trigger.becomes)] |= _words([rank], words)
    return found


def _effects(model: Model, shelf: Shelf) -> Effects:
    names = model.names.variables
    changed, source, base, values = [], [], [], list[int]()
    for effect in (e for t in model.transitions for o in t.options for e in o.effects):
        changed.append(names[effect.variable])
        if effect.expression is not None:
            source.append(NONE)
            base.append(shelf.expression(effect.expression))
        else:
            source.append(names[effect.source or effect.variable])
            base.append(len(values))
            values.extend(_new_values(effect, model))
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
        ladder=np.array([*ladder, *(NONE for _ in model.outcomes)], np.int64),
    )


def _new_values(effect: Effect, model: Model) -> list[int]:
    """The new value for each value of the variable, or of the one copied from."""
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
        case _:
            new = [effect.value for _ in now]
    return [min(max(value, 0), top) for value in new]


def _ends(model: Model, shelf: Shelf, waited: int) -> Ends:
    transitions, outcomes = len(model.transitions), len(model.outcomes)
    words = _how_many_words(transitions + outcomes + 1 + waited)
    late = [i for i in model.outcome_order if outcomes_read(model.outcomes[i].when.node)]
    stop = model.stop_when
    reads = stop is not None and outcomes_read(stop.node)
    early = (transitions + i for i in range(outcomes) if i not in late)
    steps = range(RUNG_TIMES)
    return Ends(
        outcome_bits=_words(early, words),
        late=np.array(late, np.int64),
        late_table=np.array([shelf.expression(model.outcomes[i].when) for i in late], np.int64),
        stop_table=np.array([shelf.expression(stop) if stop and reads else NONE], np.int64),
        ending=np.array(
            [NONE if e.when is None else shelf.expression(e.when) for e in model.endings], np.int64
        ),
        start=np.array([*model.start_state, *(0 for _ in model.outcomes)], np.int64),
        horizon=np.array([model.horizon]),
        grid=np.array([model.horizon * k / (RUNG_TIMES - 1) for k in steps]),
    )
