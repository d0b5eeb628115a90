"""Rates and shares as numbers: what rule 3 and the speeds give in one draw of the parameters."""

from collections.abc import Sequence
from math import exp, inf, isfinite

from sim.model.delays import numbers
from sim.model.evaluation import Evaluator, Values, evaluator
from sim.model.expressions import Expression
from sim.model.failures import (
    SLACK,
    impossible_delay,
    in_words,
    infinite_total,
    nothing_left,
    out_of_range,
    without_value,
)
from sim.model.model import Model
from sim.model.transitions import Transition
from sim.reach.lookups import State


class DrawRates:
    """The numbers of one draw; `closures` may be shared by all draws of a model.

    Where a value is undefined, the RunError reports `when`, or else the draw and the state.
    """

    def __init__(
        self,
        model: Model,
        values: Values,
        draw: int,
        closures: dict[int, Evaluator],
        when: str = "",
    ) -> None:
        self.model, self.values, self.draw, self.when = model, values, draw, when
        self._closures = closures

    def rate(self, rank: int, state: State) -> float:
        """Firings per second of an exponential clock while the state is as it is."""
        transition = self.model.transitions[rank]
        try:
            # an exponential clock at speed s expires at rate s / mean; row: its kind, its mean
            mean = numbers(transition.after, self.model.names, self.values)[1]
        except (ValueError, ArithmeticError) as problem:
            raise impossible_delay(
                transition.name, transition.after, problem, self.draw
            ) from problem
        return self.speed(rank, state) / mean

    def speed(self, rank: int, state: State) -> float:
        """How fast a clock runs down in this state."""
        speed = self.model.transitions[rank].speed
        return 1.0 if speed is None else self._number(speed, state, 0.0, inf)

    def shares(self, rank: int, state: State) -> list[float]:
        """The probability of each option, and last of none: rules 3 and 7."""
        # Left to right, as the engines do: `sum` corrects its rounding from Python 3.12 on.
        weights = self.weights(rank, state)
        total = 0.0
        for weight in weights:
            total = total + weight
        if total <= 0:
            # rule 7: with all weights zero `nothing` happens, and is certain
            return [0.0] * len(weights) + [1.0]
        return [weight / total for weight in weights] + [0.0]

    def weights(self, rank: int, state: State) -> list[float]:
        """What each option weighs, by rule 3; 0 for one that is not available."""
        transition = self.model.transitions[rank]
        available = [
            option.available is None or bool(self._value(option.available, state))
            for option in transition.options
        ]
        if transition.choice == "utility":
            return self._utilities(transition, available, state)
        return self._weights(transition, available, state)

    def _utilities(
        self, transition: Transition, available: Sequence[bool], state: State
    ) -> list[float]:
        utilities = {
            i: self._number(option.value, state, -inf, inf) if option.value else 0.0
            for i, option in enumerate(transition.options)
            if available[i]
        }
        # relative to the best, so that exp does not overflow: shares do not change by that
        best = max(utilities.values(), default=0.0)
        return [exp(utilities[i] - best) if free else 0.0 for i, free in enumerate(available)]

    def _weights(
        self, transition: Transition, available: Sequence[bool], state: State
    ) -> list[float]:
        # The same steps in the same order as engines.reference.choices: equal to the last bit.
        top = 1 + SLACK if transition.choice == "probability" else inf
        weights: list[float] = []
        rest = -1
        taken = 0.0
        for i, (option, free) in enumerate(zip(transition.options, available, strict=True)):
            weight = 0.0
            if free and option.share == "rest":
                rest = i
            elif free and option.value is None:
                weight = 1.0
            elif free and option.value is not None:
                weight = self._number(option.value, state, 0.0, top)
                if option.share == "of_rest":
                    weight = weight * self._left(transition, taken, state)
            weights.append(weight)
            taken = taken + weight
        if rest >= 0:
            # last, as `rest` takes what all others leave, also those declared after it
            weights[rest] = self._left(transition, taken, state)
        if not isfinite(taken):  # each weight is, but together they are too much for a float
            raise infinite_total(transition, self._moment(state))
        return weights

    def _left(self, transition: Transition, taken: float, state: State) -> float:
        left = 1 - taken
        if left < -SLACK:
            raise nothing_left(transition.name, taken, self._moment(state))
        return max(left, 0.0)

    def _value(self, expression: Expression, state: State) -> float:
        # by identity, which is safe as the model keeps its expressions alive
        evaluate = self._closures.get(id(expression))
        if evaluate is None:
            evaluate = evaluator(expression.node, self.model.names)
            self._closures[id(expression)] = evaluate
        try:
            return evaluate(state, self.values, ())
        except ArithmeticError as problem:
            raise without_value(expression, problem, self._moment(state)) from problem

    def _number(self, expression: Expression, state: State, low: float, high: float) -> float:
        value = float(self._value(expression, state))
        if not (isfinite(value) and low <= value <= high):
            raise out_of_range(expression, value, low, high, self._moment(state))
        return value

    def _moment(self, state: State) -> str:
        return self.when or f"in draw {self.draw}: {in_words(self.model, state)}"
