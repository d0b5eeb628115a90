"""What expressions and options say in a state, worked out once for each combination they read.

The values of the parameters are known exactly or up to a range (`Bounds`): guards, conditions and
effects are read at one draw's values, odds and speeds only as to whether they can be above 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from operator import itemgetter
from typing import Any, TypeVar

from sim.model.distribution_kinds import KINDS
from sim.model.effect_values import new_value, variable_read
from sim.model.evaluation import Values, evaluator
from sim.model.expressions import Expression, outcomes_read, variables_read
from sim.model.failures import in_words, out_of_range, without_value
from sim.model.model import Model
from sim.model.transitions import NOTHING, Effect, Option, Transition
from sim.reach.value_ranges import Box, Interval, Ranges, interval_of

State = tuple[int, ...]
Changes = list[tuple[int, int]]  # position of a variable, its new value
Branches = list[tuple[int, Changes]]  # option, what it changes
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of the parameters: the values they may have in the draws looked at."""

    values: Sequence[float]  # one draw's; right at least for parameters that guards read
    box: Box  # of `choices` parameters
    ranges: Ranges  # of the others


def bounds_of(model: Model, draws: Sequence[Values]) -> Bounds:
    """What some draws have in common: their values of `choices`, and between which the others lie.

    Guards are read at the first one's values, so all have to read them alike.
    """
    box: Box = {}
    ranges = {}
    for parameter, values in zip(model.parameters, zip(*draws, strict=True), strict=True):
        if KINDS[parameter.distribution.kind].discrete:
            # as a mask of positions: several draws may have several choices
            box[parameter.name] = sum(1 << value for value in {int(value) for value in values})
        else:
            ranges[parameter.name] = (min(values), max(values))
    return Bounds(draws[0], box, ranges)


def always(state: State) -> bool:
    """The guard of a transition without guard."""
    return True


def projected(
    model: Model, names: Sequence[str], work: Callable[[State], T]
) -> Callable[[State], T]:
    """The same function of the state, worked out once for each combination of what it reads."""
    # The state has dozens of variables, each expression reads only two or three of them: a table of
    # these combinations is small, and most questions are answered by one look into a dict.
    at = [model.names.variables[name] for name in names]
    if not at:
        once: list[T] = []  # worked out at the first question: it may be one that raises

        def constant(state: State) -> T:
            if not once:
                once.append(work(state))
            return once[0]

        return constant
    key: Callable[[State], Any] = itemgetter(*at)
    table: dict[Any, T] = {}

    def looked_up(state: State) -> T:
        found = key(state)
        if found not in table:
            table[found] = work(state)
        return table[found]

    return looked_up


def guard(model: Model, bounds: Bounds, expression: Expression | None) -> Callable[[State], bool]:
    """A closure state -> whether the condition holds; it reads no outcomes."""
    if expression is None:
        return always
    evaluate = evaluator(expression.node, model.names)
    values = bounds.values

    def holds(state: State) -> bool:
        return bool(_number(model, state, expression, lambda: evaluate(state, values, ())))

    return projected(model, variables_read(expression.node), holds)


def condition(model: Model, bounds: Bounds, expression: Expression) -> Callable[[State, int], bool]:
    """A closure (state, mask of the outcomes that have happened) -> whether it holds."""
    if not outcomes_read(expression.node):  # of the state alone, so it can be looked up
        table = guard(model, bounds, expression)
        return lambda state, marks: table(state)
    evaluate = evaluator(expression.node, model.names)
    values, size = bounds.values, range(len(model.outcomes))

    def holds(state: State, marks: int) -> bool:
        happened = [bool(marks >> i & 1) for i in size]
        return bool(_number(model, state, expression, lambda: evaluate(state, values, happened)))

    return holds


def moves(model: Model, bounds: Bounds, speed: Expression | None) -> Callable[[State], bool]:
    """A closure state -> whether a clock of this speed may run down there."""
    if speed is None:
        return always
    # over the whole range of the parameters: a clock may run if its speed can be above 0 in a draw
    names = variables_read(speed.node)
    interval = interval_of(speed.node, bounds.ranges)
    return projected(model, names, lambda state: interval(_box(model, bounds, names, state))[1] > 0)


def branches(model: Model, bounds: Bounds, transition: Transition) -> Callable[[State], Branches]:
    """A closure state -> the options that may be taken there, and what each changes.

    An option whose probability or weight is 0 whatever the parameters is never taken (rule 3).
    NOTHING is among them unless some option is certain to have a share.
    """
    # of all options together: `nothing` is possible only where none of them is certain
    names = tuple(dict.fromkeys(name for o in transition.options for name in option_reads(o)))
    options = []
    for option in transition.options:
        interval: Callable[[Box], Interval] | None = None
        if option.value is not None and transition.choice != "utility":  # exp is never 0
            interval = interval_of(option.value.node, bounds.ranges)
        available = guard(model, bounds, option.available)
        changes = [change(model, bounds, effect) for effect in option.effects]
        options.append((available, interval, option_reads(option), changes))

    # which are possible, not how likely: that is the same in every draw that `bounds` covers
    def taken(state: State) -> Branches:
        found, certain = [], False
        for i, (available, interval, reads, changes) in enumerate(options):
            if available(state):
                low, high = interval(_box(model, bounds, reads, state)) if interval else (1.0, 1.0)
                certain = certain or low > 0  # then some option has weight, whatever the draw
                if high > 0:
                    found.append((i, [one(state) for one in changes]))
        return found if certain else [*found, (NOTHING, [])]

    return projected(model, names, taken)


def option_reads(option: Option) -> tuple[str, ...]:
    """Names of the variables that decide an option's share and what it changes."""
    names: list[str] = []
    for expression in (option.available, option.value, *(e.expression for e in option.effects)):
        if expression is not None:
            names.extend(variables_read(expression.node))
    names.extend(name for name in map(variable_read, option.effects) if name is not None)
    return tuple(dict.fromkeys(names))


def change(model: Model, bounds: Bounds, effect: Effect) -> Callable[[State], tuple[int, int]]:
    """A closure state -> (position of the variable, its value after the firing)."""
    positions = model.names.variables
    at, top = positions[effect.variable], model.variable(effect.variable).size - 1
    if effect.expression is not None:
        return _computed(model, bounds, effect, at, top)
    read = variable_read(effect)
    if read is None:  # a value set: nothing of the state enters
        fixed = (at, new_value(effect, 0, top))
        return lambda state: fixed
    source = positions[read]
    return lambda state: (at, new_value(effect, state[source], top))


def _computed(
    model: Model, bounds: Bounds, effect: Effect, at: int, top: int
) -> Callable[[State], tuple[int, int]]:
    expression = effect.expression
    assert expression is not None
    evaluate, values = evaluator(expression.node, model.names), bounds.values

    def computed(state: State) -> tuple[int, int]:
        number = _number(model, state, expression, lambda: evaluate(state, values, ()))
        if not isfinite(number):
            raise out_of_range(expression, number, 0, top, f"state: {in_words(model, state)}")
        return at, new_value(effect, number, top)

    return computed


def _number(
    model: Model, state: State, expression: Expression, evaluate: Callable[[], float]
) -> float:
    """The value; RunError with text, place and state where there is none."""
    try:
        return evaluate()
    except ArithmeticError as problem:
        raise without_value(expression, problem, f"state: {in_words(model, state)}") from problem


def _box(model: Model, bounds: Bounds, names: Sequence[str], state: State) -> Box:
    at = model.names.variables
    # a state is a box in which each variable has one value
    return {**bounds.box, **{name: 1 << state[at[name]] for name in names}}
