"""Rare outcomes: paths are split each time they come nearer, so that enough of them arrive.

An extra room, not on the main path: no ordinary run comes here. It serves `--rare` alone and stands
on the compiled engine, whose functions its kernel calls; without splitting its paths are those of
the reference engine, event by event, which is tested. To leave it out, delete the package,
`experiment/rare.py` and the option.

Fixed effort splitting (Garvels, The splitting method in rare event simulation, 2000, ch. 2;
Glasserman, Heidelberger, Shahabuddin and Zajic, Oper. Res. 47 (1999), 585-600): from the situations
in which paths first came as near as one level, as many paths again are begun, and counted if they
come to the next. The product of the shares is unbiased, whatever the levels are, as long
as they were chosen beforehand: here by pilot paths that are then thrown away. What runs at a split
is redrawn given how long it has run (`kernel.redraw`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from time import thread_time

import numpy as np
from numpy.typing import NDArray

from sim.engines.compiled import once_lowered
from sim.engines.compiled.allocation import path_memory as path_memory
from sim.engines.compiled.layout import Ints
from sim.engines.compiled.lowering import Lowered
from sim.engines.jit import refuse_without_compiler
from sim.engines.splitting.additive import by_values
from sim.engines.splitting.climber import Climbed, Climber
from sim.engines.splitting.climber import Halted as Halted
from sim.engines.splitting.guides import another, forget
from sim.engines.splitting.layout import ARRIVED, Guide
from sim.engines.splitting.levels import FEW, by_situations
from sim.engines.splitting.levels import situations as situations
from sim.engines.splitting.levels import tabled as tabled
from sim.engines.splitting.residual_delays import longer as longer
from sim.errors import NotApplicable
from sim.model.model import Model
from sim.model.name_hash import name_hash
from sim.streams import block

CLIMBS = 0.2  # about this share of paths shall come from one level to the next
# 0.2^100 is 10^-70: beyond any probability that a scenario can mean
MOST_LEVELS = 100
MOST_PILOTS = 16  # times as many paths as asked for, before giving up


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Estimates of one draw: independent repetitions, and what they cost."""

    probabilities: NDArray[np.float64]  # one a repetition
    levels: tuple[float, ...]  # distances at which paths were split, descending
    events: int  # simulated in all, the pilot's too
    events_a_path: float  # of an ordinary path
    seconds: float  # of processor time in all
    seconds_a_path: float  # of an ordinary path


class Splitting:
    """The splitting of paths on their way to one outcome, in one draw."""

    def __init__(self, climber: Climber, guide: Guide, *, events: int = 0) -> None:
        """`events`: those that were simulated for the same estimate before."""
        self.climber, self.guide = climber, guide
        self.model, self.seed, self.draw = climber.made.model, climber.seed, climber.draw
        self.outcome = int(climber.outcome[0])
        self.name = self.model.outcomes[self.outcome].name
        # pilot and estimate never share a stream: levels chosen from the very paths that are
        # counted would bias the product
        self.numbers = 0  # of paths and parts of paths, each with a stream of its own
        self.events = events

    def run(self, *, repetitions: int, paths: int) -> Split:
        """Find levels, then estimate the probability `repetitions` times with `paths` a level."""
        # any distance will do, so that the path goes nowhere; what is to be compiled is by now
        first = float(self.walk(None, 1, inf).least[0])
        begun = thread_time()
        if first == ARRIVED:
            raise NotApplicable(f"not applicable, because {self.name} holds from the start")
        # in the same thread, right before what it is compared with
        events_a_path, seconds_a_path = self._ordinary(5 * paths)
        levels: list[float] = []
        found = [0.0] * repetitions  # the truth, where these parameters bar every way
        if first < inf:
            levels = self._levels(first, paths)
            found = [self.estimate(levels, paths) for _ in range(repetitions)]
        return Split(
            probabilities=np.array(found),
            levels=tuple(levels),
            events=self.events,
            events_a_path=events_a_path,
            seconds=thread_time() - begun,
            seconds_a_path=seconds_a_path,
        )

    def estimate(self, levels: Sequence[float], paths: int) -> float:
        """The product of the shares that come from level to level, and at last to the outcome."""
        # Each factor is unbiased given what arrived before, so the product is unbiased.
        share = 1.0
        arrived = None
        for level in (*levels, ARRIVED):
            found = self.walk(arrived, paths, level)
            arrived = found.kept
            if not len(arrived):
                # nobody to begin the next level from: 0 is this repetition's estimate, and part of
                # an unbiased mean
                return 0.0
            share = share * len(arrived) / paths
        return share

    def _levels(self, now: float, paths: int) -> list[float]:
        """Levels such that about CLIMBS of the paths come from each to the next."""
        levels: list[float] = []
        starts: Ints | None = None
        for _ in range(MOST_LEVELS):
            # all the way, to see how near each comes; then once more, as far as the level
            # remembered, to walk the very same paths once more when the level is known
            first = self.numbers
            best = np.sort(self._pilot(starts, now, paths))
            level = float(best[int(CLIMBS * len(best))])
            if level >= now:  # few come nearer: take the next distance that anybody came to
                level = float(best[best < now][-1])
            # enough paths come all the way: no level between is needed
            if level == ARRIVED:
                return levels
            levels.append(level)
            now, starts = level, self._again(starts, first, paths, level)
        raise NotApplicable(
            f"not applicable, because {self.name} is over {MOST_LEVELS} levels away"
        )

    def _pilot(self, starts: Ints | None, now: float, paths: int) -> NDArray[np.float64]:
        """How near paths came, one of them at least nearer than now; more paths if need be."""
        found: list[NDArray[np.float64]] = []
        while len(found) < MOST_PILOTS:
            found.append(self.walk(starts, paths, ARRIVED).least)
            # a level that is no nearer would split paths for nothing, again and again
            if found[-1].min() < now:
                return np.concatenate(found)
        raise NotApplicable(
            f"not applicable, because none of {MOST_PILOTS * paths:,} paths of draw {self.draw} "
            f"came nearer to {self.name} than they began; more paths at each level may (now "
            f"{paths:,})"
        )

    def _again(self, starts: Ints | None, first: int, paths: int, level: float) -> Ints:
        """The paths begun since `first` that come as near as a level, kept where they do."""
        kept = []
        # paths are found by number, so these are the same ones, kept where they reach the level
        last, self.numbers = self.numbers, first
        while self.numbers < last:
            kept.append(self.walk(starts, paths, level).kept)
        return np.concatenate(kept)

    def _ordinary(self, paths: int) -> tuple[float, float]:
        """(events, seconds of processor time) of an ordinary path, on average."""
        begun = thread_time()
        # with a limit of minus infinity the guide is not asked: its cost is no part of an ordinary
        # path
        events = self.walk(None, paths, -inf).events
        return max(events / paths, 1.0), (thread_time() - begun) / paths

    def walk(self, arrived: Ints | None, paths: int, level: float) -> Climbed:
        """Walk as many paths: from t = 0, or each arrived one equally often, but for a remainder.

        The remainder is spread by one uniform, so that each is expected equally often.
        """
        start = None
        if arrived is not None:
            offset, _ = block(self.seed, name_hash("splitting"), self.draw, self._number(1), 0)
            # systematic resampling: the number of paths from each start is its expectation, rounded
            # up or down
            start = ((np.arange(paths) + offset) * len(arrived) / paths).astype(np.int64)
        first = self._number(paths)
        found = self.climber.walk(self.guide, range(first, first + paths), level, arrived, start)
        self.events += found.events
        return found

    def _number(self, paths: int) -> int:
        self.numbers += paths
        return self.numbers - paths


class Splitter:
    """The splitting of one model's paths on their way to one outcome, draw by draw.

    Where situations are many, one guide is made for all draws. It remembers what it finds, so a
    thread has a splitter of its own (`another`).
    """

    def __init__(
        self, model: Model, outcome: int, *, seed: int, first: Sequence[float], few: int = FEW
    ) -> None:
        """`first`: the values of draw 0, where it is seen whether situations are `few`.

        UsageError where numba may not compile, or a table would be too large.
        """
        refuse_without_compiler()
        self.made: Lowered = once_lowered(model)
        self.outcome, self.seed, self.halt = outcome, seed, np.zeros(1, np.int64)
        self.words = self.made.plan.size.rule_words
        # asked of draw 0 alone, to choose once for all draws which kind of guide to make
        known = by_situations(model, first, 0, outcome, self.words, few=few) is not None
        self.guide = None if known else by_values(model, outcome, self.words)

    def stop(self) -> None:
        """End what this one and those made from it are at, with Halted."""
        self.halt[0] = 1

    def another(self) -> "Splitter":
        """The same with a memory of its own, for another thread."""
        # not made anew: the guide is found once, and only its memory is copied
        copy = object.__new__(Splitter)
        copy.__dict__.update(self.__dict__)
        copy.guide = None if self.guide is None else another(self.guide)
        return copy

    def split(self, values: Sequence[float], draw: int, *, repetitions: int, paths: int) -> Split:
        """The estimates of one draw; see `split`."""
        model, outcome = self.made.model, self.outcome
        climber = Climber(self.made, values, outcome, seed=self.seed, draw=draw, halt=self.halt)
        own, events = None, 0
        if self.guide is None:
            # with the draw's own numbers a guide is better, and where situations are few it is soon
            # made
            own = by_situations(model, values, draw, outcome, self.words)
        else:
            forget(self.guide)  # draws share few situations (Korea: one in ten), and room is scarce
            shared = Splitting(climber, self.guide)
            try:
                return shared.run(repetitions=repetitions, paths=paths)
            except NotApplicable:
                # perhaps these parameters bar what others do not: only their own guide says so
                events = shared.events
        # where this draw has more situations than draw 0, as where the common guide failed
        own = own or by_values(model, outcome, self.words, values)
        return Splitting(climber, own, events=events).run(repetitions=repetitions, paths=paths)


def split(
    model: Model,
    values: Sequence[float],
    outcome: int,
    *,
    seed: int,
    draw: int,
    repetitions: int,
    paths: int,
) -> Split:
    """Estimate the probability of one outcome in one draw, by splitting; see `Split`.

    NotApplicable, with the reason, where it holds from the start, or where no pilot path comes
    nearer to it. Where these parameters bar every way to it, all probabilities are 0.
    """
    splitter = Splitter(model, outcome, seed=seed, first=values)
    return splitter.split(values, draw, repetitions=repetitions, paths=paths)
