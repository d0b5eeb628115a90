"""Rare outcomes: paths are split each time they come nearer, so that enough of them arrive.

An extra room, not on the main path: no ordinary run comes here. It serves `--rare` alone, has a
walker of its own because paths have to be copied while they run, and is no party to the equality of
the reference and the compiled engine, though its tests compare it with both. To leave it out,
delete the package, `experiment/rare.py` and the option.

Fixed effort splitting (Garvels, The splitting method in rare event simulation, 2000, ch. 2;
Glasserman, Heidelberger, Shahabuddin and Zajic, Oper. Res. 47 (1999), 585-600): from the situations
in which paths first came as near as one level, as many paths again are begun, and counted if they
come to the next. The product of the shares is unbiased, whatever the levels are, as long
as they were chosen beforehand: here by pilot paths that are then thrown away. What runs at a split
is redrawn given how long it has run (`Walker.redrawn`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from sim.engines.splitting.levels import Distance, distance
from sim.engines.splitting.walker import Course, Walker
from sim.errors import NotApplicable
from sim.model.model import Model
from sim.model.name_hash import name_hash
from sim.streams import block

CLIMBS = 0.2  # about this share of paths shall come from one level to the next
MOST_LEVELS = 100
MOST_PILOTS = 16  # times as many paths as asked for, before giving up


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Estimates of one draw: independent repetitions, and what they cost."""

    probabilities: NDArray[np.float64]  # one a repetition
    levels: tuple[float, ...]  # nearness at which paths were split, ascending
    events: int  # simulated in all, the pilot's too
    events_a_path: float  # of an ordinary path


class Splitting:
    """The splitting of paths on their way to one outcome, in one draw."""

    def __init__(
        self, model: Model, values: Sequence[float], outcome: int, *, seed: int, draw: int
    ) -> None:
        self.walker = Walker(model, values, seed=seed, draw=draw)
        self.outcome, self.seed, self.draw = outcome, seed, draw
        self.name = model.outcomes[outcome].name
        self.far: Distance = distance(self.walker, outcome)
        self.numbers = 0  # of paths and parts of paths, each with a stream of its own
        self.events = 0

    def run(self, *, repetitions: int, paths: int) -> Split:
        """Find levels, then estimate the probability `repetitions` times with `paths` a level."""
        first = self._begin()
        if first.holds >> self.outcome & 1:
            raise NotApplicable(f"not applicable, because {self.name} holds from the start")
        a_path = self._ordinary(paths // 5 + 1)
        levels: list[float] = []
        found = [0.0] * repetitions  # the truth, where these parameters bar every way
        if self._near(first) > -inf:
            levels = self._levels(paths)
            found = [self._estimate(levels, paths) for _ in range(repetitions)]
        return Split(
            probabilities=np.array(found),
            levels=tuple(levels),
            events=self.events,
            events_a_path=a_path,
        )

    def _levels(self, paths: int) -> list[float]:
        """Levels such that about CLIMBS of the paths come from each to the next."""
        levels: list[float] = []
        starts: list[Course] = []
        now = self._near(self._begin())
        for _ in range(MOST_LEVELS):
            records = self._pilot(starts, now, paths)
            best = sorted((record[-1][0] for record in records), reverse=True)
            level = best[int(CLIMBS * len(best))]
            if level <= now:  # few come nearer: take the next nearness that anybody came to
                level = [near for near in best if near > now][-1]
            if level == inf:
                return levels
            levels.append(level)
            now = level
            starts = [
                next(path for near, path in record if near >= level)
                for record in records
                if record[-1][0] >= level
            ]
        raise NotApplicable(
            f"not applicable, because {self.name} is over {MOST_LEVELS} levels away"
        )

    def _pilot(
        self, starts: list[Course], now: float, paths: int
    ) -> list[list[tuple[float, Course]]]:
        """Records of paths of which one at least came nearer than now; more paths if need be."""
        records: list[list[tuple[float, Course]]] = []
        while len(records) < MOST_PILOTS * paths:
            records += [self._record(start) for start in self._starts(starts, paths)]
            if any(record[-1][0] > now for record in records):
                return records
        raise NotApplicable(
            f"not applicable, because none of {len(records):,} paths of draw {self.draw} came "
            f"nearer to {self.name} than they began; more paths at each level may (now {paths:,})"
        )

    def _record(self, path: Course) -> list[tuple[float, Course]]:
        """Walk to the end; each time the path came nearer than ever: how near, and a copy."""
        near = self._near(path)
        record = [(near, path.snapshot())]
        while not path.over and -inf < near < inf:
            self._step(path)
            near = self._near(path)
            if near > record[-1][0]:
                record.append((near, path.snapshot()))
        return record

    def _estimate(self, levels: Sequence[float], paths: int) -> float:
        """The product of the shares that come from level to level, and at last to the outcome."""
        # Each factor is unbiased given what arrived before, so the product is unbiased.
        share = 1.0
        arrived: list[Course] = []
        for level in (*levels, inf):
            starts = self._starts(arrived, paths)
            arrived = [path for path in starts if self._climbs(path, level)]
            if not arrived:
                return 0.0
            share = share * len(arrived) / paths
        return share

    def _climbs(self, path: Course, level: float) -> bool:
        """Walk until the path is as near as the level (True), or is over or lost."""
        near = self._near(path)
        while near < level:
            if path.over or near == -inf:
                return False
            self._step(path)
            near = self._near(path)
        return True

    def _starts(self, arrived: Sequence[Course], paths: int) -> list[Course]:
        """As many paths: from t = 0, or each arrived one equally often, but for a remainder.

        The remainder is spread by one uniform, so that each is expected equally often.
        """
        if not arrived:  # the first level: ordinary paths
            return [self._begin() for _ in range(paths)]
        offset, _ = block(self.seed, name_hash("splitting"), self.draw, self._number(), 0)
        chosen = [arrived[int((i + offset) * len(arrived) / paths)] for i in range(paths)]
        return [self.walker.redrawn(path, self._number()) for path in chosen]

    def _ordinary(self, paths: int) -> float:
        """Events of an ordinary path, on average."""
        before = self.events
        for path in self._starts([], paths):
            while not path.over:
                self._step(path)
        return max((self.events - before) / paths, 1.0)

    def _begin(self) -> Course:
        return self.walker.begin(self._number())

    def _number(self) -> int:
        self.numbers += 1
        return self.numbers - 1

    def _step(self, path: Course) -> None:
        if self.walker.step(path) is not None:
            self.events += 1

    def _near(self, path: Course) -> float:
        """The greater the nearer; infinite where the outcome holds."""
        if path.holds >> self.outcome & 1:
            return inf
        return -self.far(path.situation)


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
    splitting = Splitting(model, values, outcome, seed=seed, draw=draw)
    return splitting.run(repetitions=repetitions, paths=paths)
