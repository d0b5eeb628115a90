"""How a wait runs down: the clock of one transition."""

from collections.abc import Callable, Sequence

from sim.engines.reference.calendar import Moment
from sim.engines.reference.choices import Choice
from sim.engines.reference.state import PathState
from sim.model.delay_sampling import sampled_wait
from sim.model.delays import row
from sim.model.evaluation import Values
from sim.model.time_grid import on_grid
from sim.model.transitions import Transition
from sim.streams import block, name_hash


class Clock:
    """The clock of one transition in one path: off, running, paused at speed 0, or held."""

    def __init__(
        self, path: PathState, rank: int, transition: Transition, fire: "Callable[[Clock], None]"
    ) -> None:
        self.path, self.rank, self.transition, self.fire = path, rank, transition, fire
        self.name_hash = name_hash(f"transition:{transition.name}")
        self.guard, self.speed = path.reading(transition.when), path.reading(transition.speed)
        self.triggers = [(trigger, path.condition(trigger.becomes)) for trigger in transition.on]
        self.choice = Choice(path, transition)
        self.row: Callable[[Values], list[float]] | None = None
        self.numbers: Sequence[float] = ()  # of the delay, in this draw
        self.reset()

    def delay_is(self, values: Values) -> None:
        """Let the delay be what these parameters make it; ValueError if that cannot be."""
        if self.row is None:  # made at the first draw, where a delay that cannot be is an error
            self.row = row(self.transition.after, self.path.model.names)
        self.numbers = self.row(values)

    def reset(self) -> None:
        """As it is before a path begins."""
        self.on = self.held = False
        self.started = self.fired = 0  # how often
        self.cause = -1
        self.option_u = 0.0
        # While it runs, `due` is right, and `remaining` is what was left when it last began to run
        # at this speed; otherwise `remaining` is right. One number each, so that no error adds up;
        # both on the grid of time, so that moments that are meant to be one are one.
        self.remaining = self.pace = self.due = 0.0
        self.moment: Moment | None = None

    def allowed(self) -> bool:
        """Whether the guard holds."""
        return self.guard is None or bool(self.guard())

    def used_up(self) -> bool:
        """Whether it has fired as often as it may."""
        return self.transition.limit is not None and self.fired >= self.transition.limit

    def speed_now(self) -> float:
        """How fast it runs down, if it runs: 1 unless the scenario says otherwise."""
        return 1.0 if self.speed is None else self.speed.number(0)

    def start(self) -> None:
        """Draw a wait, found by name, and begin to run it down."""
        path = self.path
        # by name and number of the start, so that no other clock moves it by starting more or less
        # often
        delay_u, self.option_u = block(
            path.seed, self.name_hash, path.stream, path.number, self.started
        )
        self.on = True
        self.started += 1  # resuming is no start: it draws nothing and keeps its cause
        self.cause = len(path.firings) - 1  # rule 6: what fired last; nothing yet is -1
        if self.transition.at is None:
            self.remaining = sampled_wait(self.numbers, 0, delay_u)
            self.run()
        else:
            self.ring_at(self.transition.at)

    def run(self) -> None:
        """Run down what remains at the present speed; at speed 0 it is paused."""
        self.held = False
        # read here and kept: a change is told by it in `keep_pace`
        self.pace = self.speed_now()
        # at speed 0 no moment is entered into the calendar, so it stands still until the speed
        # changes
        if self.pace > 0:
            self.ring_at(self.path.calendar.now + on_grid(self.remaining / self.pace))

    def ring_at(self, due: float) -> None:
        """Enter the moment it runs out into the calendar."""
        self.due = due
        self.moment = Moment(self.path.calendar, due, self.rank, self.ring)

    def stand(self) -> None:
        """Stop running down, and keep what remains."""
        # paused already: what remains is known, and is not rounded again
        if self.moment is not None:
            self.remaining = on_grid((self.due - self.path.calendar.now) * self.pace)
            self.moment.cancel()
            self.moment = None

    def keep_pace(self) -> None:
        """Go on, at another speed if the speed has changed."""
        if self.held:
            self.run()
        elif self.speed_now() != self.pace:  # else `due` stays the very number it was
            self.stand()
            self.run()

    def hold(self) -> None:
        """`remember`: keep what remains until the guard holds again."""
        self.stand()
        self.held = True

    def discard(self) -> None:
        """`forget`: the wait is lost."""
        self.stand()
        self.on = False

    def ring(self) -> None:
        """The wait is over."""
        # off before it fires, so that rule 1 can start it again right after
        self.on = False
        self.moment = None
        # rule 9: what was scheduled and is not allowed is dropped: not fired, not recorded
        if self.transition.at is None or self.allowed():
            self.fire(self)
