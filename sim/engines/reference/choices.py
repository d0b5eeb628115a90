"""What may happen when a clock has run out: choices among options, and their effects."""

from collections.abc import Sequence
from math import exp, inf, isfinite

from sim.engines.reference.state import PathState
from sim.model.failures import SLACK, infinite_total, nothing_left
from sim.model.transitions import Effect, Transition
from sim.results import NOTHING


class Choice:
    """The options of one transition, and how one of them is taken."""

    def __init__(self, path: PathState, transition: Transition) -> None:
        self.path, self.transition = path, transition
        options = transition.options
        self.available = [path.reading(option.available) for option in options]
        self.value = [path.reading(option.value) for option in options]
        self.effects = [[Consequence(path, e) for e in option.effects] for option in options]

    def weights(self) -> list[float]:
        """Rule 3: what each option weighs, in order of declaration; 0 for one not available."""
        # options that are not available are not asked for their value: it may have none there
        open_ = [guard is None or bool(guard()) for guard in self.available]
        if self.transition.choice == "utility":
            return self.responses(open_)
        # a weight may be any number; a probability is above 1 by rounding at most
        high = 1 + SLACK if self.transition.choice == "probability" else inf
        weights = [0.0] * len(open_)
        others = 0.0
        rest: list[int] = []
        for i, option in enumerate(self.transition.options):
            if not open_[i]:
                continue
            value = self.value[i]
            if option.share == "rest":  # what all others leave, also those declared after it
                rest.append(i)
                continue
            weights[i] = 1.0 if value is None else value.number(0, high)
            if option.share == "of_rest":
                weights[i] *= self.left(others)
            others += weights[i]
        for i in rest:
            weights[i] = self.left(others)
        if not isfinite(others):  # each weight is, but together they are too much for a float
            raise infinite_total(self.transition, self.path.moment())
        return weights

    def responses(self, open_: Sequence[bool]) -> list[float]:
        """Rule 3, quantal response: exp of each available utility, relative to the best one."""
        utilities = {
            i: 0.0 if value is None else value.number()
            for i, value in enumerate(self.value)
            if open_[i]
        }
        # relative to the best: shares do not change by it, and exp does not overflow
        best = max(utilities.values(), default=0.0)
        return [exp(utilities[i] - best) if i in utilities else 0.0 for i in range(len(open_))]

    def left(self, taken: float) -> float:
        """What options of this much probability leave; a rounding error below 0 is 0."""
        left = 1 - taken
        if left < -SLACK:
            raise nothing_left(self.transition.name, taken, self.path.moment())
        return max(left, 0.0)


class Consequence:
    """One effect of an option, ready to be read off the state before the firing."""

    def __init__(self, path: PathState, effect: Effect) -> None:
        self.path, self.effect = path, effect
        positions = path.model.names.variables
        self.variable = positions[effect.variable]
        # without a source it is the variable itself, and not looked at
        self.source = positions.get(effect.source, self.variable)
        self.top = path.model.variables[self.variable].size - 1
        self.computed = path.reading(effect.expression)

    def value(self) -> int:
        """The new value of the variable, held within its ends."""
        now, given = self.path.state[self.variable], self.effect.value
        match self.effect.how:
            case "set":
                value: float = given
            case "raise":
                value = now + 1
            case "lower":
                value = now - 1
            case "at_least":
                value = max(now, given)
            case "at_most":
                value = min(now, given)
            case "copy":
                value = self.path.state[self.source]
            case "compute":
                assert self.computed is not None
                value = self.computed.number()
        # held within the ends before it is cut to a whole number: the number may be any
        return int(min(max(value, 0), self.top))


def take(weights: Sequence[float], u: float) -> int:
    """The option u falls on, by running sums; one of weight 0 never (rule 3), or NOTHING (7)."""
    # Not u against shares: a division would round once more, and the engines have to agree.
    mark = u * total(weights)
    reached, taken = 0.0, NOTHING
    for i, weight in enumerate(weights):
        reached += weight
        if weight > 0:
            taken = i  # also where rounding leaves the last sum below the mark
            if mark < reached:
                break
    return taken


def total(weights: Sequence[float]) -> float:
    """The sum from left to right; Python's own corrects its rounding from 3.12 on."""
    running = 0.0
    for weight in weights:
        running += weight
    return running
