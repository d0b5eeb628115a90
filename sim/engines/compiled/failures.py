"""What a fault of the kernel is called: the error itself, by asking the expressions once more.

The kernel knows that something went wrong, where, and in which state; the sentence, the same for
all engines, comes from `sim.model.failures`.
"""

from collections.abc import Callable, Sequence
from math import inf, isfinite
from typing import NoReturn

from sim.engines.compiled.layout import (
    CODE,
    NOW,
    OPTION,
    RANK,
    WRONG_BECOMES,
    WRONG_CHOICE,
    WRONG_EFFECT,
    WRONG_ENDING,
    WRONG_GUARD,
    WRONG_OUTCOME,
    WRONG_SPEED,
    WRONG_STOP,
    PathState,
)
from sim.model.evaluation import evaluator
from sim.model.expressions import Expression
from sim.model.failures import moment, out_of_range, without_value
from sim.model.model import Model
from sim.reach.draw_rates import DrawRates


def moment_of(model: Model, path: PathState, draw: int, number: int) -> str:
    """Where in which path the kernel stood."""
    state = path.state[: len(model.variables)].tolist()
    return moment(model, float(path.time[NOW]), draw, number, state)


def explain(
    model: Model, path: PathState, values: Sequence[float], draw: int, when: str
) -> NoReturn:
    """Raise the RunError for what the kernel left in `path`; `values` are the draw's parameters."""
    # Each expression that may be at fault is asked again, in the order in which the engines ask,
    # until one raises.
    code, rank, detail = (int(path.status[i]) for i in (CODE, RANK, OPTION))
    state, marks = _halves(path.state.tolist(), len(model.variables))
    ask = _Question(model, state, values, [bool(mark) for mark in marks], when)
    # the kernel stops at the first bit that has no value, and which outcome's it was is not kept
    if code == WRONG_OUTCOME:
        for i in model.outcome_order:  # as far as the kernel had come, and on
            if not ask.marks[i]:
                ask.marks[i] = bool(ask(model.outcomes[i].when))
    elif code == WRONG_STOP:
        ask(model.stop_when)
    elif code == WRONG_ENDING:
        ask(model.endings[rank].when)
    elif code == WRONG_BECOMES:
        _conditions(model, ask)
    else:
        transition = model.transitions[rank]
        if code == WRONG_GUARD:
            ask(transition.when)
        elif code == WRONG_SPEED:
            ask(transition.speed, 0, inf, number=True)
        elif code == WRONG_CHOICE:
            DrawRates(model, values, draw, {}, when).weights(rank, tuple(state))
        elif code == WRONG_EFFECT:
            # the kernel numbers effects through all transitions
            effects = [e for t in model.transitions for o in t.options for e in o.effects]
            ask(effects[detail].expression, number=True)
    raise AssertionError(f"the kernel saw fault {code} of {rank} that no expression confirms")


class _Question:
    """What an expression says at the moment of the fault."""

    def __init__(
        self,
        model: Model,
        state: Sequence[int],
        values: Sequence[float],
        marks: list[bool],
        when: str,
    ) -> None:
        self.names, self.state, self.values, self.marks = model.names, state, values, marks
        self.when = when

    def __call__(
        self,
        expression: Expression | None,
        low: float = -inf,
        high: float = inf,
        *,
        number: bool = False,
    ) -> float:
        """The value; raises RunError where there is none, or no `number` in this range."""
        assert expression is not None
        try:
            value = evaluator(expression.node, self.names)(self.state, self.values, self.marks)
        except ArithmeticError as problem:
            raise without_value(expression, problem, self.when) from problem
        if number and not (isfinite(value) and low <= value <= high):
            raise out_of_range(expression, value, low, high, self.when)
        return value


def _halves(whole: list[int], first: int) -> tuple[list[int], list[int]]:
    return whole[:first], whole[first:]


def _conditions(model: Model, ask: Callable[[Expression], float]) -> None:
    """All conditions that triggers wait for, in the order of the file."""
    for transition in model.transitions:
        for trigger in transition.on:
            if trigger.becomes is not None:
                ask(trigger.becomes)
