"""One path that can be stopped anywhere, copied, and gone on with: the same rules, kept small.

Situations and what may follow come from `sim.reach.chain`, shares and speeds from
`sim.reach.draw_rates`; here only clocks run. Without copying, a path is the reference engine's,
event by event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from operator import itemgetter
from typing import Any, NamedTuple

from sim.engines.splitting.residual_delays import longer
from sim.errors import RunError
from sim.model.delay_sampling import sampled_wait
from sim.model.delays import numbers
from sim.model.evaluation import Evaluator, Values
from sim.model.expressions import variables_read
from sim.model.failures import (
    FIRINGS_AT_ONE_INSTANT,
    FIRINGS_IN_A_PATH,
    endless,
    impossible_delay,
    moment,
    too_many,
)
from sim.model.model import Model
from sim.model.name_hash import name_hash
from sim.model.time_grid import on_grid
from sim.model.transitions import NOTHING
from sim.reach.chain import Chain, Situation, mask, ranks
from sim.reach.draw_rates import DrawRates
from sim.reach.lookups import State, bounds_of, option_reads
from sim.streams import block


@dataclass(slots=True)
class Clock:
    """A wait that runs down; `due` is right while it runs (pace above 0, not held)."""

    wait: float
    remaining: float
    pace: float
    due: float
    option_u: float
    nth: int
    held: bool = False

    def copy(self) -> "Clock":
        """Another clock, the same to the second."""
        return Clock(
            self.wait, self.remaining, self.pace, self.due, self.option_u, self.nth, self.held
        )


@dataclass(slots=True)
class Course:
    """A path so far: where it stands and what runs."""

    number: int
    situation: Situation
    now: float
    clocks: dict[int, Clock]
    starts: dict[int, int]
    holds: int  # outcomes whose condition holds at this moment
    events: int = 0
    over: bool = False
    recent: list[int] = field(default_factory=list)  # what fired at this very instant
    fired: dict[int, int] = field(default_factory=dict)  # how often, by rank

    def snapshot(self) -> "Course":
        """The path as it is now, unmoved by what it does later."""
        clocks = {rank: clock.copy() for rank, clock in self.clocks.items()}
        starts, recent, fired = dict(self.starts), list(self.recent), dict(self.fired)
        return replace(self, clocks=clocks, starts=starts, recent=recent, fired=fired)


class Event(NamedTuple):
    """What fired: seconds, rank, option."""

    time: float
    rank: int
    option: int


class Walker:
    """The paths of one draw; it remembers shares and speeds it has worked out."""

    def __init__(self, model: Model, values: Values, *, seed: int, draw: int) -> None:
        self.model, self.seed, self.draw = model, seed, draw
        self.bounds = bounds_of(model, [values])
        self.chain = Chain(model, self.bounds)
        self.rates = DrawRates(model, values, draw, dict[int, Evaluator]())
        self.rows = [self._row(rank, values) for rank in range(len(model.transitions))]
        names = [transition.name for transition in model.transitions]
        self.first = [name_hash(f"transition:{name}") for name in names]
        # a stream of its own for what is redrawn, so that no draw is used twice
        self.again = [name_hash(f"again:{name}") for name in names]
        self.remembers = [transition.memory == "remember" for transition in model.transitions]
        self._scheduled = {
            rank: max(t.at, 0.0) for rank, t in enumerate(model.transitions) if t.at is not None
        }
        reads = [
            dict.fromkeys(n for o in t.options for n in option_reads(o)) for t in model.transitions
        ]
        self._shares = [self._by(tuple(names)) for names in reads]
        speeds = [variables_read(t.speed.node) if t.speed else () for t in model.transitions]
        self._speeds = [self._by(names) for names in speeds]
        self._worked_out: dict[tuple[int, Any], list[float]] = {}
        self._paces: dict[tuple[int, Any], float] = {}

    def begin(self, number: int) -> Course:
        """The path of that number at t = 0, its clocks started."""
        horizon = self.model.horizon
        due = mask(t.at is not None and t.at <= horizon for t in self.model.transitions)
        situation = self.chain.start(due)
        holds = self.chain.look(self.model.start_state, 0).holds
        path = Course(number, situation, 0.0, {}, {}, holds)
        path.over = self.chain.stopped(situation)
        if not path.over:
            for rank, at in self._scheduled.items():
                if situation.pending >> rank & 1:
                    path.clocks[rank] = Clock(at, at, 1.0, at, self._uniforms(path, rank)[1], 0)
            self._look(path, -1)
        return path

    def step(self, path: Course) -> Event | None:
        """Let the next thing happen; None, and the path over, if the horizon comes first."""
        while True:
            # few clocks run at once here, so all are looked through; ties go to the first declared
            rank, clock = -1, None
            for other, running in path.clocks.items():
                if not (running.held or running.pace <= 0) and (
                    clock is None or (running.due, other) < (clock.due, rank)
                ):
                    rank, clock = other, running
            if clock is None or clock.due > self.model.horizon:
                path.over = True
                return None
            if clock.due != path.now:
                path.now, path.recent = clock.due, []
            del path.clocks[rank]
            scheduled = path.situation.pending >> rank & 1
            if scheduled and not self.chain.enabled(path.situation) >> rank & 1:  # rule 9
                left = path.situation.pending & ~(1 << rank)
                path.situation = path.situation._replace(pending=left)
                continue
            return self._fire(path, rank, clock.option_u)

    def redrawn(self, path: Course, number: int) -> Course:
        """A copy that goes on by itself: what runs still has waits at least as long as so far.

        Given how long a clock has run, the rest of its wait owes nothing else to the past. What is
        due at this very instant is no longer open, and stays.
        """
        copy = replace(path.snapshot(), number=number, clocks={}, recent=[])
        for rank, clock in path.clocks.items():
            again = clock.copy()
            copy.clocks[rank] = again
            u, again.option_u = block(self.seed, self.again[rank], self.draw, number, clock.nth)
            if rank in self._scheduled:
                continue
            runs = clock.pace > 0 and not clock.held
            if runs and clock.due <= path.now:
                continue
            # age and wait are in the clock's own time, which runs at `pace`
            left = self._left(path, clock) if runs else clock.remaining
            age = max(clock.wait - left, 0.0)
            again.wait = longer(self.rows[rank], age, u)
            again.remaining = again.wait - age
            if runs:
                again.due = path.now + on_grid(again.remaining / again.pace)
        return copy

    def _fire(self, path: Course, rank: int, u: float) -> Event:
        situation = path.situation
        option = self._taken(rank, situation.state, u)
        path.situation = self.chain.chosen(situation, rank, option)
        path.events += 1
        path.recent.append(rank)
        path.fired[rank] = path.fired.get(rank, 0) + 1
        if len(path.recent) > FIRINGS_AT_ONE_INSTANT:
            raise self._endless(path)
        if path.events > FIRINGS_IN_A_PATH:
            raise self._too_many(path)
        path.holds = self.chain.look(path.situation.state, situation.marks).holds
        path.over = self.chain.stopped(path.situation)
        if not path.over:
            self._look(path, rank)
        return Event(path.now, rank, option)

    def _taken(self, rank: int, state: State, u: float) -> int:
        """Rule 3: the first option whose running share exceeds u; NOTHING where none has any."""
        key = (rank, self._shares[rank](state))
        shares = self._worked_out.get(key)
        if shares is None:
            shares = self._worked_out[key] = self.rates.weights(rank, state)
        total = 0.0
        for share in shares:
            total = total + share
        aim, so_far, last = u * total, 0.0, NOTHING
        for option, share in enumerate(shares):
            if share > 0:
                so_far, last = so_far + share, option
                if aim < so_far:
                    return option
        return last

    def _look(self, path: Course, fired: int) -> None:
        """Rule 4: look at every clock in the new situation, in order of declaration."""
        situation, clocks = path.situation, path.clocks
        active = self.chain.clocks(situation)
        # those whose guard fails; scheduled ones are not watched (rule 9)
        for rank in [r for r in clocks if not active >> r & 1 and r not in self._scheduled]:
            clock = clocks[rank]
            if not self.remembers[rank]:
                del clocks[rank]
            elif not clock.held:
                self._stand(path, clock)
                clock.held = True
        for rank in ranks(active):
            held = clocks.get(rank)
            if held is None:
                self._start(path, rank)
                continue
            pace = self._pace(rank, situation.state)
            if held.held or pace != held.pace:
                if not held.held:
                    self._stand(path, held)
                self._run(path, held, pace)

    def _start(self, path: Course, rank: int) -> None:
        u, option_u = self._uniforms(path, rank)
        length = sampled_wait(self.rows[rank], 0, u)
        clock = Clock(length, length, 0.0, inf, option_u, path.starts[rank] - 1)
        path.clocks[rank] = clock
        self._run(path, clock, self._pace(rank, path.situation.state))

    def _uniforms(self, path: Course, rank: int) -> tuple[float, float]:
        nth = path.starts.get(rank, 0)
        path.starts[rank] = nth + 1
        return block(self.seed, self.first[rank], self.draw, path.number, nth)

    def _stand(self, path: Course, clock: Clock) -> None:
        if clock.pace > 0:
            clock.remaining = self._left(path, clock)

    def _left(self, path: Course, clock: Clock) -> float:
        return on_grid((clock.due - path.now) * clock.pace)

    def _run(self, path: Course, clock: Clock, pace: float) -> None:
        clock.held, clock.pace = False, pace
        clock.due = path.now + on_grid(clock.remaining / pace) if pace > 0 else inf

    def _pace(self, rank: int, state: State) -> float:
        key = (rank, self._speeds[rank](state))
        pace = self._paces.get(key)
        if pace is None:
            pace = self._paces[key] = self.rates.speed(rank, state)
        return pace

    def _by(self, names: Sequence[str]) -> Callable[[State], Any]:
        at = [self.model.names.variables[name] for name in names]
        return itemgetter(*at) if at else _nothing

    def _row(self, rank: int, values: Values) -> list[float]:
        transition = self.model.transitions[rank]
        try:
            return numbers(transition.after, self.model.names, values)
        except (ValueError, ArithmeticError) as problem:
            raise impossible_delay(
                transition.name, transition.after, problem, self.draw
            ) from problem

    def _endless(self, path: Course) -> RunError:
        names = [self.model.transitions[rank].name for rank in path.recent]
        return endless(names, self._moment(path))

    def _too_many(self, path: Course) -> RunError:
        fired = [path.fired.get(rank, 0) for rank in range(len(self.model.transitions))]
        return too_many(self.model, fired, self._moment(path))

    def _moment(self, path: Course) -> str:
        return moment(self.model, path.now, self.draw, path.number, path.situation.state)


def _nothing(state: State) -> None:
    """The key of what reads no variable."""
