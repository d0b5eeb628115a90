"""Where one path stands: the present values of everything, and readings of them."""

from collections.abc import Callable, Sequence
from math import inf, isfinite, nan
from typing import NamedTuple

from sim.engines.reference.calendar import Calendar
from sim.model.evaluation import evaluator
from sim.model.expressions import Expression, outcomes_read, variables_read
from sim.model.failures import moment, out_of_range, without_value
from sim.model.model import Model
from sim.results import NEVER


class Firing(NamedTuple):
    """One event of a path, with what was weighed and the state it left behind."""

    time: float  # seconds
    rank: int  # of the transition
    option: int  # position among its options, or NOTHING
    shares: tuple[float, ...]  # the probability each option had; empty if none was available
    cause: int  # which firing of the path its clock started after; -1 at t = 0
    before: tuple[bool, ...]  # what the conditions of `becomes` triggers said before it
    state: tuple[int, ...]  # after it
    decided: tuple[float, ...] = ()  # what somebody else weighed instead of `shares`; see `Asked`


class Asked(NamedTuple):
    """A choice as it is put to somebody outside the model, before any of it has happened."""

    rank: int  # of the transition
    nth: int  # which start of its clock this is, from 0: with draw and path the name of its draws
    weights: tuple[float, ...]  # what the model gives each option; 0: it cannot be taken
    drawn: int  # the option that the model's own draw falls on, or NOTHING
    time: float  # seconds
    draw: int
    path: int
    stream: int  # the draw whose random numbers the path meets
    state: tuple[int, ...]
    firings: Sequence[Firing]  # of the path so far; the list itself, which grows on


# What is weighed instead, an option each; None leaves the choice to the model
Decide = Callable[[Asked], Sequence[float] | None]


class PathState:
    """All that is the case at one moment of one path; it changes nothing by itself."""

    def __init__(self, model: Model, seed: int) -> None:
        self.model, self.seed = model, seed
        # by variable and by outcome: the readings to be renewed when it changes
        self.readers: list[list[Reading]] = [[] for _ in model.variables]
        self.mark_readers: list[list[Reading]] = [[] for _ in model.outcomes]
        self.readings: list[Reading] = []
        self.conditions: list[Reading] = []  # what `becomes` triggers wait for

    def begin_draw(self, draw: int, values: Sequence[float], stream: int) -> None:
        """Let the parameters have these values in all paths to come; see `World.begin_draw`."""
        self.draw, self.values, self.stream = draw, values, stream

    def begin_path(self, number: int) -> None:
        """Put everything back to t = 0."""
        self.number = number
        self.calendar = Calendar()
        self.state = list(self.model.start_state)
        self.marks = [False] * len(self.model.outcomes)  # outcomes that have happened by now
        self.outcome_time = [nan] * len(self.model.outcomes)
        self.outcome_event = [NEVER] * len(self.model.outcomes)
        self.firings: list[Firing] = []
        # their values are those of the path before, perhaps of another draw
        for reading in self.readings:
            reading.stale = True

    def watch(self, expression: Expression) -> "Reading":
        """The expression as read in this path."""
        self.readings.append(Reading(self, expression))
        return self.readings[-1]

    def reading(self, expression: Expression | None) -> "Reading | None":
        """The expression as read in this path; None stays None."""
        return None if expression is None else self.watch(expression)

    def condition(self, expression: Expression | None) -> int | None:
        """Where a condition that a trigger waits for is watched; None if it waits for a name."""
        reading = self.reading(expression)
        if reading is None:
            return None
        self.conditions.append(reading)
        return len(self.conditions) - 1

    def change(self, values: dict[int, int]) -> None:
        """Give variables new values, all at once."""
        for variable, value in values.items():
            # an effect that leaves a variable as it was makes nobody look again
            if self.state[variable] != value:
                self.state[variable] = value
                for reading in self.readers[variable]:
                    reading.stale = True

    def mark(self, outcome: int) -> None:
        """Let an outcome have happened now."""
        self.marks[outcome] = True
        self.outcome_time[outcome] = self.calendar.now
        # -1 at t = 0, when nothing has fired
        self.outcome_event[outcome] = len(self.firings) - 1
        for reading in self.mark_readers[outcome]:
            reading.stale = True

    def moment(self) -> str:
        """Where in which path we are, for errors."""
        return moment(self.model, self.calendar.now, self.draw, self.number, self.state)


class Reading:
    """What an expression says now; looked at again only when something it reads has changed."""

    def __init__(self, path: PathState, expression: Expression) -> None:
        self.path, self.expression = path, expression
        names = path.model.names
        self.evaluate = evaluator(expression.node, names)
        self.stale = True
        self.value = 0.0
        # every name, whichever branch is taken now: another may be next time
        for name in variables_read(expression.node):
            path.readers[names.variables[name]].append(self)
        for name in outcomes_read(expression.node):
            path.mark_readers[names.outcomes[name]].append(self)

    def __call__(self) -> float:
        """The value; RunError where the expression has none."""
        if self.stale:
            path = self.path
            try:
                self.value = self.evaluate(path.state, path.values, path.marks)
            except ArithmeticError as problem:
                raise without_value(self.expression, problem, path.moment()) from problem
            self.stale = False
        return self.value

    def number(self, low: float = -inf, high: float = inf) -> float:
        """The value; RunError if it is not finite or out of this range."""
        value = self()
        if not (isfinite(value) and low <= value <= high):
            raise out_of_range(self.expression, value, low, high, self.path.moment())
        return value
