"""What expressions and options say in a state, worked out once for each combination they read.

The values of the parameters are known exactly or up to a range (`Known`): guards, conditions and
effects are read at one draw's values, odds and speeds only as to whether they can be above 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from operator import itemgetter
from typing import Any, TypeVar

from sim.model.expressions import Expression, Values, evaluator, outcomes_read, variables_read
from sim.model.failures import in_words, out_of_range, without_value
from sim.model.model import Model
from sim.model.transitions import NOTHING, Effect, Option, Transition
from sim.reach.abstract import Box, Ranges, Span, spanner

State = tuple[int, ...]
Changes = list[tuple[int, int]]  # position of a variable, its new value
Branches = list[tuple[int, Changes]]  # option, what it changes
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the parameters: the values they may have in the draws looked at."""

    values: Sequence[float]  # one draw's; right at least for parameters that guards read
    box: Box  # of `choices` parameters
    ranges: Ranges  # of the others


def known(model: Model, draws: Sequence[Values]) -> Known:
    """What some draws have in common: their values of `choices`, and between which the others lie.

    Guards are read at the first one's values, so all have to read them alike.
    """
    box: Box = {}
    ranges = {}
    for parameter, values in zip(model.parameters, zip(*draws, strict=True), strict=True):
        if parameter.distribution.kind == "choices":
            box[parameter.name] = sum(1 << value for value in {int(value) for value in values})
        else:
            ranges[parameter.name] = (min(values), max(values))
    return Known(draws[0], box, ranges)


def always(state: State) -> bool:
    """The guard of a transition without guard."""
    return True


def projected(
    model: Model, names: Sequence[str], work: Callable[[State], T]
) -> Callable[[State], T]:
    """The same function of the state, worked out once for each combination of what it reads."""
    at = [model.names.variables[name] for name in names]
    if not at:
        once: list[T] = []

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


def guard(model: Model, known: Known, expression: Expression | None) -> Callable[[State], bool]:
    """A closure state -> whether the condition holds; it reads no outcomes."""
    if expression is None:
        return always
    evaluate = evaluator(expression.node, model.names)
    values = known.values

    def holds(state: State) -> bool:
        return bool(_number(model, state, expression, lambda: evaluate(state, values, ())))

    return projected(model, variables_read(expression.node), holds)


def condition(model: Model, known: Known, expression: Expression) -> Callable[[State, int], bool]:
    """A closure (state, mask of the outcomes that have happened) -> whether it holds."""
    if not outcomes_read(expression.node):
        table = guard(model, known, expression)
        return lambda state, marks: table(state)
    evaluate = evaluator(expression.node, model.names)
    values, size = known.values, range(len(model.outcomes))

    def holds(state: State, marks: int) -> bool:
        happened = [bool(marks >> i & 1) for i in size]
        return bool(_number(model, state, expression, lambda: evaluate(state, values, happened)))

    return holds


def moves(model: Model, known: Known, speed: Expression | None) -> Callable[[State], bool]:
    """A closure state -> whether a clock of this speed may run down there."""
    if speed is None:
        return always
    names = variables_read(speed.node)
    span = spanner(speed.node, known.ranges)
    return projected(model, names, lambda state: span(_box(model, known, names, state))[1] > 0)


def branches(model: Model, known: Known, transition: Transition) -> Callable[[State], Branches]:
    """A closure state -> the options that may be taken there, and what each changes.

    An option whose probability or weight is 0 whatever the parameters is never taken (rule 3).
    NOTHING is among them unless some option is certain to have a share.
    """
    names = tuple(dict.fromkeys(name for o in transition.options for name in option_reads(o)))
    options = []
    for option in transition.options:
        span: Callable[[Box], Span] | None = None
        if option.value is not None and transition.choice != "utility":
            span = spanner(option.value.node, known.ranges)
        available = guard(model, known, option.available)
        changes = [change(model, known, effect) for effect in option.effects]
        options.append((available, span, option_reads(option), changes))

    def taken(state: State) -> Branches:
        found, certain = [], False
        for i, (available, span, reads, changes) in enumerate(options):
            if available(state):
                low, high = span(_box(model, known, reads, state)) if span else (1.0, 1.0)
                certain = certain or low > 0
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
    for effect in option.effects:
        if effect.how == "copy":
            names.append(effect.source)
        elif effect.how in ("raise", "lower", "at_least", "at_most"):
            names.append(effect.variable)
    return tuple(dict.fromkeys(names))


def change(model: Model, known: Known, effect: Effect) -> Callable[[State], tuple[int, int]]:
    """A closure state -> (position of the variable, its value after the firing)."""
    positions = model.names.variables
    at, top = positions[effect.variable], model.variable(effect.variable).size - 1
    if effect.how == "compute":
        return _computed(model, known, effect, at, top)
    source = positions[effect.source] if effect.how == "copy" else at
    value = effect.value
    verbs: Mapping[str, Callable[[int], int]] = {
        "set": lambda old: value,
        "raise": lambda old: old + 1,
        "lower": lambda old: old - 1,
        "at_least": lambda old: max(old, value),
        "at_most": lambda old: min(old, value),
        "copy": lambda old: old,
    }
    verb = verbs[effect.how]
    return lambda state: (at, min(max(verb(state[source]), 0), top))


def _computed(
    model: Model, known: Known, effect: Effect, at: int, top: int
) -> Callable[[State], tuple[int, int]]:
    expression = effect.expression
    if expression is None:
        raise AssertionError(f"no expression in {effect!r}")
    evaluate, values = evaluator(expression.node, model.names), known.values

    def computed(state: State) -> tuple[int, int]:
        number = _number(model, state, expression, lambda: evaluate(state, values, ()))
        if not isfinite(number):
            raise out_of_range(expression, number, 0, top, f"state: {in_words(model, state)}")
        return at, int(min(max(number, 0), top))

    return computed


def _number(
    model: Model, state: State, expression: Expression, evaluate: Callable[[], float]
) -> float:
    """The value; RunError with text, place and state where there is none."""
    try:
        return evaluate()
    except ArithmeticError as problem:
        raise without_value(expression, problem, f"state: {in_words(model, state)}") from problem


def _box(model: Model, known: Known, names: Sequence[str], state: State) -> Box:
    at = model.names.variables
    return {**known.box, **{name: 1 << state[at[name]] for name in names}}
