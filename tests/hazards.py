"""Were these waits drawn from these delays? Tests that hold for any model and any engine.

A watcher reads the model and an engine's events, nothing else of the engine: from the firings it
rebuilds the state, and with it when each clock ran, how fast, and when it was lost. Then

- *when*: the hazard of a delay, integrated over the age at which its clock stopped, is a unit
  exponential, cut off where the clock was lost. Firings, minus hazard run through, have mean 0 and
  the variance of that hazard, in all and in each tenth of the distribution, however many clocks
  were cut off (a martingale; Andersen, Borgan, Gill and Keiding, 1993, section II.4).
- *which*: a firing is that of each clock then running with the probability of its share of the
  total hazard; and it takes each option with that option's probability, however long it waited.

Every answer is a z-score: standard normal if the engine is right.

A delay that puts weight on single ages has no hazard there. At such an age F jumps; the integrated
hazard is read at a random height of the jump, which makes it a unit exponential all the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import exp, inf, log, sqrt

import numpy as np
from scipy.stats import norm

from sim.model import Effect, Evaluator, Expression, Model, Transition, evaluator
from sim.model.delay_sampling import cdf
from sim.model.delays import row
from sim.model.expressions import variables_read
from sim.results import NOTHING, PathBatch

CELLS = 10
EXPECTED_AT_LEAST = 50.0  # of a count, that its z-score be close to normal
CLOSE = 1e-6  # seconds: how exactly an age is known that was added up
SMALLEST = 1e-16  # of 1 - F

Row = tuple[float, int, int, int]  # time, rank, option, cause
Named = tuple[str, str | None]  # what fired last: its name and its option's


@dataclass(slots=True)
class Clock:
    """A clock as seen from outside: how old it is at `since`, and how fast it ages."""

    cause: int
    since: float
    age: float = 0.0
    pace: float = 0.0

    def at(self, time: float) -> float:
        return self.age + (time - self.since) * self.pace


@dataclass(frozen=True, slots=True)
class Wait:
    """How a clock ended: at what age, by firing, or else lost; `through`: it outlived that age."""

    rank: int
    draw: int
    age: float
    fired: bool
    through: bool = False


@dataclass(frozen=True, slots=True)
class Contest:
    """Something happened with these probabilities; `won` is what did, `weight` how it counts."""

    kind: str
    shares: dict[str, float]
    won: str
    weight: float = 1.0


class Watcher:
    """Follows one path of one draw, firing by firing, and notes waits and contests."""

    def __init__(self, model: Model, values: Sequence[float], draw: int) -> None:
        self.model, self.values, self.draw = model, values, draw
        self.numbers = [row(t.after, model.names)(values) for t in model.transitions]
        self.evaluators: dict[int, Evaluator] = {}
        self.now: dict[int, float] = {}  # what an expression is worth, until what it reads changes
        self.readers: dict[int, set[int]] = {}  # of each variable, the expressions it is read by
        self.waits: list[Wait] = []
        self.contests: list[Contest] = []

    def says(self, expression: Expression | None, otherwise: float = 1.0) -> float:
        if expression is None:
            return otherwise
        worth = self.now.get(id(expression))
        if worth is None:
            worth = self.now[id(expression)] = self.evaluate(expression, self.state)
        return worth

    def evaluate(self, expression: Expression, state: Sequence[int]) -> float:
        says = self.evaluators.get(id(expression))
        if says is None:
            says = evaluator(expression.node, self.model.names)
            self.evaluators[id(expression)] = says
            for name in variables_read(expression.node):
                at = self.model.names.variables[name]
                self.readers.setdefault(at, set()).add(id(expression))
        return says(state, self.values, ())

    def path(
        self, firings: Sequence[tuple[float, int, int, int]], end: float, stopped: bool
    ) -> None:
        """Follow (time, rank, option, cause) to the end of the path."""
        self.state = list(self.model.start_state)
        self.now.clear()
        self.clocks: dict[int, Clock] = {}
        self.fired = [0] * len(self.model.transitions)
        self.look(0.0, -1, None, [])
        for seq, (time, rank, option, cause) in enumerate(firings):
            self.contest(time, rank)
            self.fire(time, rank, cause)
            self.choose(self.model.transitions[rank], option)
            became = self.conditions()
            chosen = self.model.transitions[rank].options[option] if option != NOTHING else None
            self.change(chosen.effects if chosen else ())
            if not (stopped and seq == len(firings) - 1):
                named = chosen.name if chosen else None
                self.look(time, seq, (self.model.transitions[rank].name, named), became)
        for rank in sorted(self.clocks):
            self.lose(rank, end, through=not stopped)

    def fire(self, time: float, rank: int, cause: int) -> None:
        transition = self.model.transitions[rank]
        self.fired[rank] += 1
        if transition.at is not None:
            assert time == transition.at
            assert cause == -1
            return
        clock = self.clocks.pop(rank, None)
        assert clock is not None, f"{transition.name} fired and had no clock running"
        assert clock.cause == cause
        self.waits.append(Wait(rank, self.draw, clock.at(time), fired=True))

    def lose(self, rank: int, time: float, through: bool = False) -> None:
        clock = self.clocks.pop(rank)
        self.waits.append(Wait(rank, self.draw, clock.at(time), fired=False, through=through))

    def look(
        self, time: float, seq: int, last: tuple[str, str | None] | None, became: list
    ) -> None:
        """Start, stop and pace clocks after firing `seq`, as rules 1, 2 and 9 say."""
        for rank, transition in enumerate(self.model.transitions):
            if transition.at is not None:
                continue
            clock, allowed = self.clocks.get(rank), bool(self.says(transition.when))
            if clock is None:
                limit = transition.limit
                may = allowed and (limit is None or self.fired[rank] < limit)
                if may and self.called(transition, last, became):
                    self.clocks[rank] = Clock(seq, time, pace=self.says(transition.speed))
            elif allowed or transition.memory == "remember":
                pace = self.says(transition.speed) if allowed else 0.0
                clock.age, clock.since, clock.pace = clock.at(time), time, pace
            else:
                self.lose(rank, time)

    def called(
        self, transition: Transition, last: tuple[str, str | None] | None, became: list
    ) -> bool:
        if not transition.on or last is None:
            return not transition.on
        for trigger in transition.on:
            if trigger.becomes is not None:
                if trigger.becomes in became and self.says(trigger.becomes):
                    return True
            elif trigger.transition == last[0] and trigger.option in (None, last[1]):
                return True
        return False

    def conditions(self) -> list[Expression]:
        """What `becomes` triggers wait for and is not so yet."""
        waited = [t.becomes for one in self.model.transitions for t in one.on if t.becomes]
        return [condition for condition in waited if not self.says(condition)]

    def change(self, effects: Iterable[Effect]) -> None:
        before = list(self.state)
        for effect in effects:
            at = self.model.names.variables[effect.variable]
            top = self.model.variables[at].size - 1
            now, given = before[at], effect.value
            new = {
                "set": given, "raise": now + 1, "lower": now - 1,
                "at_least": max(now, given), "at_most": min(now, given),
            }.get(effect.how)  # fmt: skip
            if effect.how == "copy":
                new = before[self.model.names.variables[effect.source]]
            if effect.how == "compute":
                new = self.evaluate(effect.expression, before)
            self.state[at] = int(min(max(new, 0), top))
            if self.state[at] != before[at]:
                for expression in self.readers.get(at, ()):
                    self.now.pop(expression, None)

    # --- what could have happened ---

    def hazard(self, rank: int, age: float, width: float) -> float:
        """Integrated hazard between age - width and age + width."""
        low = cdf(self.numbers[rank], 0, age - width)
        high = cdf(self.numbers[rank], 0, age + width)
        return log(max(1 - low, SMALLEST)) - log(max(1 - high, SMALLEST))

    def contest(self, time: float, rank: int) -> None:
        """Note whose firing it could have been, unless it had to be exactly now."""
        clock = self.clocks.get(rank)
        if clock is None or self.hazard(rank, clock.at(time), CLOSE) > 1e-4:
            return
        rates = {}
        for other in sorted(self.clocks):
            runs = self.clocks[other]
            age = runs.at(time)
            width = 1e-5 * age
            if runs.pace > 0 and age > CLOSE:
                rate = self.hazard(other, age, width) / (2 * width) * runs.pace
                rates[self.model.transitions[other].name] = rate
        total = sum(rates.values())
        shares = {name: rate / total for name, rate in rates.items()}
        self.contests.append(Contest("which", shares, self.model.transitions[rank].name))

    def choose(self, transition: Transition, option: int) -> None:
        """Note which options there were."""
        shares = self.shares(transition)
        if option == NOTHING:
            assert not shares
            return
        named = {f"{transition.name}.{i}": share for i, share in shares.items()}
        won = f"{transition.name}.{option}"
        self.contests.append(Contest("option", named, won))
        if transition.at is None:
            last = self.waits[-1]
            late = 2 * cdf(self.numbers[last.rank], 0, last.age) - 1
            self.contests.append(Contest("option by wait", named, won, late))

    def shares(self, transition: Transition) -> dict[int, float]:
        """Rule 3: the probability of every available option; empty if none has any."""
        open_ = [i for i, o in enumerate(transition.options) if self.says(o.available)]
        said = {i: self.says(transition.options[i].value) for i in open_}
        if transition.choice == "utility":
            best = max(said.values(), default=0.0)
            said = {i: exp(value - best) for i, value in said.items()}
        taken = 0.0
        for i in open_:
            share = transition.options[i].share
            said[i] = 0.0 if share == "rest" else said[i] * (1 - taken if share == "of_rest" else 1)
            taken += said[i]
        for i in open_:
            if transition.options[i].share == "rest":
                said[i] = max(1 - taken, 0.0)
        whole = sum(said.values())
        return {i: value / whole for i, value in said.items()} if whole > 0 else {}


def watch(model: Model, values: np.ndarray, pieces: Iterable[PathBatch]) -> Iterator[Watcher]:
    """A watcher for each piece of an engine's walk with `events=True`; one row of values a draw."""
    for piece in pieces:
        watcher, events = Watcher(model, values[piece.draw].tolist(), piece.draw), piece.events
        bounds = np.searchsorted(events.path, piece.first + np.arange(len(piece.end_time) + 1))
        columns = (events.time, events.transition, events.option, events.cause)
        for i, (first, last) in enumerate(pairwise(bounds)):
            firings = list(zip(*(column[first:last].tolist() for column in columns), strict=True))
            watcher.path(firings, float(piece.end_time[i]), bool(piece.stopped[i]))
        yield watcher


_KNOWN: dict[tuple[int, bytes, bytes], tuple[Model, dict[str, float]]] = {}


def scores(model: Model, values: np.ndarray, pieces: Iterable[PathBatch]) -> dict[str, float]:
    """Every z-score that has enough behind it, by what it is about.

    They follow from the model, the values and the events alone. So engines that walk the same
    events, to the last bit, share one answer; an engine that walks any other gets its own.
    """
    pieces = list(pieces)
    key = (id(model), values.tobytes(), read_of(pieces))
    if key not in _KNOWN:
        _KNOWN[key] = (model, _scores(model, values, pieces))  # the model, so that its id stays its
    return _KNOWN[key][1]


def read_of(pieces: Iterable[PathBatch]) -> bytes:
    """A digest of all that `watch` reads of an engine's walk, however it is cut into pieces."""
    digests = [sha256() for _ in range(9)]
    for piece in pieces:
        paths, events = len(piece.end_time), piece.events
        columns = (
            *(np.full(paths, piece.draw), piece.first + np.arange(paths)),
            *(piece.end_time, piece.stopped),
            *(events.path, events.time, events.transition, events.option, events.cause),
        )
        for digest, column in zip(digests, columns, strict=True):
            digest.update(column.tobytes())
    return b"".join(digest.digest() for digest in digests)


def _scores(model: Model, values: np.ndarray, pieces: Iterable[PathBatch]) -> dict[str, float]:
    rng = np.random.default_rng(1)
    names = [transition.name for transition in model.transitions]
    seen = np.zeros((len(names), CELLS))
    due = np.zeros((len(names), CELLS))
    contests: dict[str, list[float]] = {}
    for watcher in watch(model, values, pieces):
        for wait in watcher.waits:
            _run_through(watcher, wait, float(rng.random()), seen, due)
        for contest in watcher.contests:
            for name, share in contest.shares.items():
                key = f"{contest.kind} {name}"
                sums, weight = contests.setdefault(key, [0.0, 0.0]), contest.weight
                sums[0] += weight * ((name == contest.won) - share)
                sums[1] += weight * weight * share * (1 - share)
    found = {}
    for rank, name in enumerate(names):
        if due[rank].sum() >= EXPECTED_AT_LEAST:
            found[f"when {name}"] = (seen[rank].sum() - due[rank].sum()) / sqrt(due[rank].sum())
        for cell in range(CELLS):
            if due[rank, cell] >= EXPECTED_AT_LEAST:
                z = (seen[rank, cell] - due[rank, cell]) / sqrt(due[rank, cell])
                found[f"when {name}, tenth {cell + 1}"] = z
    for key, (gap, spread) in contests.items():
        if spread >= EXPECTED_AT_LEAST / 2:
            found[key] = gap / sqrt(spread)
    return found


def _run_through(watcher: Watcher, wait: Wait, v: float, seen: np.ndarray, due: np.ndarray) -> None:
    """Enter a wait into the tenths of its delay's distribution."""
    numbers = watcher.numbers[wait.rank]
    below = cdf(numbers, 0, wait.age - CLOSE)
    upto = cdf(numbers, 0, wait.age + CLOSE)
    if wait.fired and below <= 0 and upto >= 1:
        return  # it had to be then, and says nothing
    share = below + v * (upto - below) if wait.fired else upto if wait.through else below
    hazard = -log(max(1 - share, SMALLEST))
    edges = [-log(1 - k / CELLS) for k in range(CELLS)] + [inf]
    for cell, (low, high) in enumerate(pairwise(edges)):
        due[wait.rank, cell] += max(0.0, min(hazard, high) - low)
        seen[wait.rank, cell] += wait.fired and low <= hazard < high


def largest(found: dict[str, float], about: str = "") -> tuple[float, str]:
    """The largest |z|, and what it is about; only of those whose name starts with `about`."""
    return max((abs(z), key) for key, z in found.items() if key.startswith(about))


def bound(count: int, calm: float = 1e-4) -> float:
    """What the largest of so many |z| exceeds with probability `calm` if all is right."""
    return float(norm.isf(calm / (2 * count)))
