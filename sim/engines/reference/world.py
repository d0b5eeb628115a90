"""What happens: a world in which actors own clocks, and the path it takes."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

from sim.engines.reference.choices import Reading, take, total
from sim.engines.reference.clocks import Calendar, Clock
from sim.model.expressions import Expression
from sim.model.failures import FIRINGS_AT_ONE_INSTANT, endless, impossible_delay, moment
from sim.model.model import Model
from sim.model.transitions import Trigger
from sim.results import NOTHING


class Firing(NamedTuple):
    """One event of a path, with what was weighed and the state it left behind."""

    time: float  # seconds
    rank: int  # of the transition
    option: int  # position among its options, or NOTHING
    shares: tuple[float, ...]  # the probability each option had; empty if none was available
    cause: int  # which firing of the path its clock started after; -1 at t = 0
    before: tuple[bool, ...]  # what the conditions of `becomes` triggers said before it
    state: tuple[int, ...]  # after it


class Walk(NamedTuple):
    """One path from its start to its end; times in seconds."""

    firings: tuple[Firing, ...]
    started: tuple[int, ...]  # a transition: how often its clock started
    outcome_time: tuple[float, ...]  # NaN where it has not happened
    end_time: float
    stopped: bool
    ending: int  # position in the model's endings


class Actor:
    """Somebody who acts and owns the clocks of moves and obligations; the world's own are no one's.

    What an actor does is decided here, clock by clock, each time the world has changed.
    """

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.clocks: list[Clock] = []

    def look(self, clock: Clock, last: Firing | None) -> None:
        """See what the last firing means for one of the actor's clocks; None: it all begins."""
        if clock.transition.at is not None:
            if last is None:  # rule 9: in the calendar from the start, and not watched
                clock.start()
        elif not clock.on:
            if not clock.used_up() and clock.allowed() and self.called(clock, last):
                clock.start()
        elif not clock.allowed():  # rule 2: guards are watched the whole time
            if clock.transition.memory == "remember":
                clock.hold()
            else:
                clock.discard()
        else:  # also rule 1: a trigger while the clock is on is ignored
            clock.keep_pace()

    def called(self, clock: Clock, last: Firing | None) -> bool:
        """Rule 1: without triggers always; with triggers, if what fired last is one of them."""
        if not clock.triggers:
            return True
        return last is not None and any(
            clock.world.named(trigger, last)
            if condition is None
            else clock.world.became(condition, last)
            for trigger, condition in clock.triggers
        )


class World:
    """All that is the case at one moment of one path, and everyone who acts in it."""

    def __init__(self, model: Model, seed: int) -> None:
        self.model, self.seed = model, seed
        self.readers: list[list[Reading]] = [[] for _ in model.variables]
        self.mark_readers: list[list[Reading]] = [[] for _ in model.outcomes]
        self.readings: list[Reading] = []
        self.conditions: list[Reading] = []  # what `becomes` triggers wait for
        self.outcomes = [Reading(self, outcome.when) for outcome in model.outcomes]
        self.endings = [self.reading(ending.when) for ending in model.endings]
        self.stop_when = self.reading(model.stop_when)
        self.readings += self.outcomes
        self.actors = {name: Actor(name) for name in (*(a.name for a in model.actors), None)}
        self.clocks: list[tuple[Actor, Clock]] = []  # in order of declaration
        for rank, transition in enumerate(model.transitions):
            owner, clock = self.actors[transition.actor], Clock(self, rank, transition)
            owner.clocks.append(clock)
            self.clocks.append((owner, clock))

    def reading(self, expression: Expression | None) -> Reading | None:
        """The expression as read in this world; None stays None."""
        if expression is None:
            return None
        self.readings.append(Reading(self, expression))
        return self.readings[-1]

    def condition(self, trigger: Trigger) -> int | None:
        """Where the condition a trigger waits for is watched; None if it waits for a name."""
        reading = self.reading(trigger.becomes)
        if reading is None:
            return None
        self.conditions.append(reading)
        return len(self.conditions) - 1

    def begin_draw(self, draw: int, values: Sequence[float]) -> None:
        """Let the parameters have these values in all paths to come."""
        self.draw, self.values = draw, values
        for _, clock in self.clocks:
            try:
                clock.delay_is(values)
            except (ValueError, ArithmeticError) as problem:
                raise impossible_delay(
                    clock.transition.name, clock.transition.after, problem, draw
                ) from problem

    def begin_path(self, path: int) -> None:
        """Put everything back to t = 0."""
        self.path = path
        self.calendar = Calendar()
        self.state = list(self.model.start_state)
        self.marks = [False] * len(self.outcomes)
        self.outcome_time = [nan] * len(self.outcomes)
        self.firings: list[Firing] = []
        self.stopped = False
        for reading in self.readings:
            reading.stale = True
        for _, clock in self.clocks:
            clock.reset()

    def walk(self, path: int) -> Walk:
        """One path, from t = 0 to its stop or the horizon."""
        self.begin_path(path)
        self.look_at_outcomes()
        self.look_at_clocks(None)
        # rule 5: to the horizon, what is due exactly there included
        while not self.stopped and self.calendar.peek() <= self.model.horizon:
            self.calendar.step()
        return Walk(
            firings=tuple(self.firings),
            started=tuple(clock.started for _, clock in self.clocks),
            outcome_time=tuple(self.outcome_time),
            end_time=self.calendar.now if self.stopped else self.model.horizon,
            stopped=self.stopped,
            ending=next(i for i, when in enumerate(self.endings) if when is None or when()),
        )

    def fire(self, clock: Clock) -> None:
        """Let one option of a clock's transition happen, then look at everything again."""
        weights = clock.choice.weights()  # rule 3: on the state before its effects
        taken = take(weights, clock.option_u)
        whole = total(weights)
        before = tuple(bool(condition()) for condition in self.conditions)
        clock.fired += 1
        if taken != NOTHING:  # rule 7: otherwise it has fired all the same, without effects
            self.change({e.variable: e.value() for e in clock.choice.effects[taken]})
        self.firings.append(
            Firing(
                time=self.calendar.now,
                rank=clock.rank,
                option=taken,
                shares=tuple(weight / whole for weight in weights) if whole > 0 else (),
                cause=clock.cause,
                before=before,
                state=tuple(self.state),
            )
        )
        self.refuse_endless_instants()
        self.look_at_outcomes()
        self.look_at_clocks(self.firings[-1])

    def change(self, values: dict[int, int]) -> None:
        """Give variables new values, all at once."""
        for variable, value in values.items():
            if self.state[variable] != value:
                self.state[variable] = value
                for reading in self.readers[variable]:
                    reading.stale = True

    def look_at_outcomes(self) -> None:
        """Rule 10: mark what has happened by now. Rule 5: then see whether the path stops."""
        for i in self.model.outcome_order:
            if not self.marks[i] and self.outcomes[i]():
                self.marks[i] = True
                self.outcome_time[i] = self.calendar.now
                for reading in self.mark_readers[i]:
                    reading.stale = True
        self.stopped = self.stop_when is not None and bool(self.stop_when())

    def look_at_clocks(self, last: Firing | None) -> None:
        """Rule 4: after each firing, everyone looks at everything again, unless the path stops."""
        if not self.stopped:
            for owner, clock in self.clocks:
                owner.look(clock, last)

    def named(self, trigger: Trigger, last: Firing) -> bool:
        """Whether the trigger names what fired last; rule 7: `nothing` starts what waits on it."""
        fired = self.model.transitions[last.rank]
        if trigger.transition != fired.name:
            return False
        if trigger.option is None:
            return True
        return last.option != NOTHING and fired.options[last.option].name == trigger.option

    def became(self, condition: int, last: Firing) -> bool:
        """Whether the last firing turned a condition from false to true."""
        return not last.before[condition] and bool(self.conditions[condition]())

    def refuse_endless_instants(self) -> None:
        """Rule 4: more than 10,000 firings at one instant go round in a circle; say in which."""
        last = self.firings[-1 - FIRINGS_AT_ONE_INSTANT :]
        if len(last) > FIRINGS_AT_ONE_INSTANT and last[0].time == last[-1].time:
            names = [self.model.transitions[firing.rank].name for firing in last]
            raise endless(names, self.moment())

    def moment(self) -> str:
        """Where in which path we are, for errors."""
        return moment(self.model, self.calendar.now, self.draw, self.path, self.state)
