"""What happens: a world in which actors own clocks, and the path it takes."""

from collections.abc import Sequence
from typing import NamedTuple

from sim.engines.reference.choices import take, total
from sim.engines.reference.clocks import Clock
from sim.engines.reference.state import Asked, Decide, Firing, PathState
from sim.model.failures import (
    FIRINGS_AT_ONE_INSTANT,
    FIRINGS_IN_A_PATH,
    endless,
    impossible_delay,
    too_many,
)
from sim.model.model import Model
from sim.model.transitions import Trigger
from sim.results import NOTHING


class Walk(NamedTuple):
    """One path from its start to its end; times in seconds."""

    firings: tuple[Firing, ...]
    started: tuple[int, ...]  # a transition: how often its clock started
    outcome_time: tuple[float, ...]  # NaN where it has not happened
    outcome_event: tuple[int, ...]  # the firing that made it hold; -1 at t = 0, or NEVER
    end_time: float
    stopped: bool
    ending: int  # position in the model's endings


class Actor:
    """Somebody who acts and owns the clocks of moves and obligations; the world's own are no one's.

    What an actor does is decided here, clock by clock, each time the world has changed.
    """

    def __init__(self, path: PathState, name: str | None) -> None:
        self.path, self.name = path, name
        self.clocks: list[Clock] = []

    def look(self, clock: Clock, last: Firing | None) -> None:
        """See what the last firing means for one of the actor's clocks; None: it all begins."""
        if clock.transition.at is not None:
            if last is None:  # rule 9: in the calendar from the start, and not watched
                clock.start()
        elif not clock.on:
            # guard before trigger: where neither has a value, that decides which error is told,
            # here and in the compiled engine
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
            self.named(trigger, last) if condition is None else self.became(condition, last)
            for trigger, condition in clock.triggers
        )

    def named(self, trigger: Trigger, last: Firing) -> bool:
        """Whether the trigger names what fired last; rule 7: `nothing` starts what waits on it."""
        fired = self.path.model.transitions[last.rank]
        if trigger.transition != fired.name:
            return False
        if trigger.option is None:
            return True
        return last.option != NOTHING and fired.options[last.option].name == trigger.option

    def became(self, condition: int, last: Firing) -> bool:
        """Whether the last firing turned a condition from false to true."""
        # by this very firing: one that held before it, or that a later one turns, is no trigger
        return not last.before[condition] and bool(self.path.conditions[condition]())


class World:
    """The state of a path and everyone who acts in it: it lets things happen, one after another."""

    def __init__(self, model: Model, seed: int, decide: Decide | None = None) -> None:
        self.model, self.decide = model, decide
        self.path = PathState(model, seed)
        self.outcomes = [self.path.watch(outcome.when) for outcome in model.outcomes]
        self.endings = [self.path.reading(ending.when) for ending in model.endings]
        self.stop_when = self.path.reading(model.stop_when)
        # None: the world itself, which owns the clocks of events
        names = (*(actor.name for actor in model.actors), None)
        self.actors = {name: Actor(self.path, name) for name in names}
        self.clocks: list[tuple[Actor, Clock]] = []  # in order of declaration
        for rank, transition in enumerate(model.transitions):
            owner = self.actors[transition.actor]
            # in one row as well, since rule 4 goes by the order of the file, whoever owns a clock
            clock = Clock(self.path, rank, transition, self.fire)
            owner.clocks.append(clock)
            self.clocks.append((owner, clock))

    @property
    def values(self) -> Sequence[float]:
        """The parameters' values in this draw."""
        return self.path.values

    def begin_draw(self, draw: int, values: Sequence[float], *, stream: int) -> None:
        """Let the parameters have these values in all paths to come.

        `stream` is the draw whose random numbers they meet: their own, or one common to all.
        """
        self.path.begin_draw(draw, values, stream)
        for _, clock in self.clocks:
            try:
                clock.delay_is(values)
            # its numbers read parameters, so a delay may be impossible in this draw alone
            except (ValueError, ArithmeticError) as problem:
                raise impossible_delay(
                    clock.transition.name, clock.transition.after, problem, draw
                ) from problem

    def begin_path(self, number: int) -> None:
        """Put everything back to t = 0."""
        self.path.begin_path(number)
        self.stopped = False
        for _, clock in self.clocks:
            clock.reset()

    def walk(self, number: int) -> Walk:
        """One path, from t = 0 to its stop or the horizon."""
        self.begin_path(number)
        self.look_at_outcomes()
        self.look_at_clocks(None)
        path, calendar = self.path, self.path.calendar
        # rule 5: to the horizon, what is due exactly there included
        while not self.stopped and calendar.peek() <= self.model.horizon:
            calendar.step()
        return Walk(
            firings=tuple(path.firings),
            started=tuple(clock.started for _, clock in self.clocks),
            outcome_time=tuple(path.outcome_time),
            outcome_event=tuple(path.outcome_event),
            end_time=calendar.now if self.stopped else self.model.horizon,
            stopped=self.stopped,
            # the last ending holds always (`otherwise`), so one is found
            ending=next(i for i, when in enumerate(self.endings) if when is None or when()),
        )

    def fire(self, clock: Clock) -> None:
        """Let one option of a clock's transition happen, then look at everything again."""
        path = self.path
        weights = clock.choice.weights()  # rule 3: on the state before its effects
        taken = take(weights, clock.option_u)
        # kept for the shares, as the state changes below
        whole = total(weights)
        decided = self.asked_of_others(clock, weights, taken)
        if decided:  # the same draw falls on other weights: nothing else of the path moves by it
            taken = take(decided, clock.option_u)
        # `becomes` asks whether a condition turned: what it said before has to be kept
        before = tuple(bool(condition()) for condition in path.conditions)
        clock.fired += 1
        if taken != NOTHING:  # rule 7: otherwise it has fired all the same, without effects
            # all effects are read before any is applied
            path.change({e.variable: e.value() for e in clock.choice.effects[taken]})
        path.firings.append(
            Firing(
                time=path.calendar.now,
                rank=clock.rank,
                option=taken,
                # only told, never compared with u: see `take`
                shares=tuple(weight / whole for weight in weights) if whole > 0 else (),
                cause=clock.cause,
                before=before,
                state=tuple(path.state),
                decided=decided,
            )
        )
        self.refuse_endless_instants()
        self.refuse_endless_paths()
        self.look_at_outcomes()
        self.look_at_clocks(path.firings[-1])

    def asked_of_others(
        self, clock: Clock, weights: Sequence[float], taken: int
    ) -> tuple[float, ...]:
        """What somebody outside the model weighs instead; empty where the model decides."""
        # one option leaves nobody a choice
        if self.decide is None or len(weights) < 2:
            return ()
        path = self.path
        asked = Asked(
            rank=clock.rank,
            # `started` counts this start already
            nth=clock.started - 1,
            weights=tuple(weights),
            drawn=taken,
            time=path.calendar.now,
            draw=path.draw,
            path=path.number,
            stream=path.stream,
            state=tuple(path.state),
            firings=path.firings,
        )
        return tuple(self.decide(asked) or ())

    def look_at_outcomes(self) -> None:
        """Rule 10: mark what has happened by now. Rule 5: then see whether the path stops."""
        for i in self.model.outcome_order:
            if not self.path.marks[i] and self.outcomes[i]():
                self.path.mark(i)
        self.stopped = self.stop_when is not None and bool(self.stop_when())

    def look_at_clocks(self, last: Firing | None) -> None:
        """Rule 4: after each firing, everyone looks at everything again, unless the path stops."""
        if not self.stopped:
            for owner, clock in self.clocks:
                owner.look(clock, last)

    def refuse_endless_instants(self) -> None:
        """Rule 4: more than 10,000 firings at one instant go round in a circle; say in which."""
        # one more than allowed: if the first and the last of them share an instant, all do
        last = self.path.firings[-1 - FIRINGS_AT_ONE_INSTANT :]
        if len(last) > FIRINGS_AT_ONE_INSTANT and last[0].time == last[-1].time:
            names = [self.model.transitions[firing.rank].name for firing in last]
            raise endless(names, self.path.moment())

    def refuse_endless_paths(self) -> None:
        """More than 1,000,000 firings in a path are refused; say what fires so often."""
        if len(self.path.firings) > FIRINGS_IN_A_PATH:
            fired = [clock.fired for _, clock in self.clocks]
            raise too_many(self.model, fired, self.path.moment())
