"""The race as one writes it in SimPy: a process for each rule, interrupted when its guard fails."""

import math
import random
from collections.abc import Callable, Generator
from typing import Any

import simpy

DAYS = 80.0
MEANS = {"rise": 18.0, "ease": 12.0, "strike": 30.0, "talk": 20.0, "fail": 8.0}
MEDIANS = {
    "rise": (12.5, 40.0),
    "ease": (8.3, 28.0),
    "strike": (20.8, 70.0),
    "talk": (13.9, 46.0),
    "fail": (5.5, 18.0),
}
NINETY = 1.2815515655446004  # standard deviations to the 90th percentile
CALM, ALERT, MOBILISED, WAR = range(4)


class Rule:
    """Waits while its guard holds, then acts."""

    def __init__(
        self,
        race: "Race",
        wait: Callable[[], float],
        guard: Callable[[], bool],
        act: Callable[[], None],
    ) -> None:
        self.race, self.wait, self.guard, self.act = race, wait, guard, act
        self.waiting = False
        self.allowed = race.env.event()
        self.process = race.env.process(self.run())

    def run(self) -> Generator[simpy.Event, Any, None]:
        env = self.race.env
        while True:
            if not self.guard():
                self.allowed = env.event()
                yield self.allowed
            try:
                self.waiting = True
                yield env.timeout(self.wait())
            except simpy.Interrupt:
                continue
            finally:
                self.waiting = False
            self.act()
            self.race.changed()

    def look(self) -> None:
        holds = self.guard()
        if self.waiting and not holds:
            self.process.interrupt()
        elif holds and not self.waiting and not self.allowed.triggered:
            self.allowed.succeed()


class Race:
    """One path."""

    def __init__(self, rng: random.Random, lognormal: bool) -> None:
        self.env, self.rng, self.lognormal = simpy.Environment(), rng, lognormal
        self.stage = [ALERT, CALM, CALM, ALERT, CALM, CALM]
        self.talks = False
        self.events = 0
        self.rules: list[Rule] = []
        for i in range(6):
            self.add(
                "rise",
                lambda i=i: self.stage[i] < MOBILISED and not self.talks,
                lambda i=i: self.rise(i),
            )
        for i in range(6):
            self.add("ease", lambda i=i: CALM < self.stage[i] < WAR, lambda i=i: self.ease(i))
        for i in range(6):
            self.add(
                "strike",
                lambda i=i: self.stage[i] == MOBILISED and self.stage[i - 1] >= ALERT,
                lambda i=i: self.strike(i),
            )
        self.add("talk", self.may_talk, lambda: self.talk(True))
        self.add("fail", lambda: self.talks, lambda: self.talk(False))
        self.env.run(until=DAYS)

    def add(self, delay: str, guard: Callable[[], bool], act: Callable[[], None]) -> None:
        if self.lognormal:
            median, p90 = MEDIANS[delay]
            mu, sigma = math.log(median), math.log(p90 / median) / NINETY
            wait = lambda: self.rng.lognormvariate(mu, sigma)  # noqa: E731
        else:
            wait = lambda: self.rng.expovariate(1 / MEANS[delay])  # noqa: E731
        self.rules.append(Rule(self, wait, guard, act))

    def changed(self) -> None:
        self.events += 1
        for rule in self.rules:
            rule.look()

    def may_rise(self, i: int) -> bool:
        return self.stage[i] < MOBILISED and not self.talks

    def may_talk(self) -> bool:
        return not self.talks and (self.stage[0] >= MOBILISED or self.stage[3] >= MOBILISED)

    def rise(self, i: int) -> None:
        if self.rng.random() < 0.7:
            self.stage[i] += 1

    def ease(self, i: int) -> None:
        self.stage[i] -= 1

    def strike(self, i: int) -> None:
        if self.rng.random() < 0.4:
            self.stage[i] = WAR

    def talk(self, on: bool) -> None:
        self.talks = on


def walk(lognormal: bool, *, seed: int, paths: int) -> tuple[int, list[int]]:
    """(events, how many paths have each outcome)."""
    rng = random.Random(seed)
    events, hits = 0, [0, 0, 0]
    for _ in range(paths):
        race = Race(rng, lognormal)
        a, b, c, d = (stage == WAR for stage in race.stage[:4])
        events += race.events
        hits = [n + yes for n, yes in zip(hits, (a, a and d, b or c), strict=True)]
    return events, hits
