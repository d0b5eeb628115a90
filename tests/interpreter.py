"""The ten rules a third time, read from their text alone: random rule sets, and their paths.

Nothing of `sim` is used: the generator, the clocks and the ten rules are written anew, so that a
mistake both engines share (they share the model, the streams and the samplers) shows as well. Time
is counted here: whole numbers of 2**-20 s, and fractions that are rounded to such.
"""

import hashlib
import math
import random
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

DAY = 86_400.0
TICKS = 2**20  # in a second
UNITS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
WORD = 0xFFFFFFFF
LEVELS = ("la", "lb", "lc", "ld")
Delay = tuple[str, str, str]  # its kind, and one or two durations
State = dict[str, int]


def philox(counter: list[int], key: list[int]) -> list[int]:
    """Philox4x32-10 (Salmon et al., SC11)."""
    (a, b, c, d), (low, high) = counter, key
    for _ in range(10):
        left, right = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b = right >> 32 ^ b ^ low, right & WORD
        c, d = left >> 32 ^ d ^ high, left & WORD
        low, high = (low + 0x9E3779B9) & WORD, (high + 0xBB67AE85) & WORD
    return [a, b, c, d]


def uniforms(name: str, seed: int, path: int, nth: int) -> tuple[float, float]:
    """The delay's and the option's, in draw 0."""
    digest = hashlib.blake2s(f"transition:{name}".encode()).digest()
    words = philox([int.from_bytes(digest[:4], "little"), 0, path, nth], [seed & WORD, seed >> 32])
    first, second = words[0] << 32 | words[1], words[2] << 32 | words[3]
    return ((first >> 11) + 0.5) * 2.0**-53, ((second >> 11) + 0.5) * 2.0**-53


def ticks(text: str) -> int:
    """A duration, as exactly as it is written."""
    digits, unit = text.split()
    return round(Fraction(digits) * UNITS[unit] * TICKS)  # half to even, as all rounding here


def days(time: int) -> float:
    """As tables have it."""
    return time / TICKS / DAY


@dataclass
class Answer:
    name: str
    weight: float
    available: str | None
    then: dict[str, str]


@dataclass
class Rule:
    name: str
    when: str | None
    then: dict[str, str]
    at: str | None = None
    after: Delay | None = None
    speed: str | None = None
    remember: bool = False
    limit: int | None = None
    on: list[tuple[str, str]] = field(default_factory=list)  # ("becomes", condition), ("on", name)
    choose: list[Answer] = field(default_factory=list)


class World:
    """A random scenario of a few rules."""

    def __init__(self, seed: int) -> None:
        self.dice = dice = random.Random(seed)
        self.step = dice.choice([86_400, 95_040, 60_480, 6_048 * 9])  # seconds: 1, 1.1, 0.7, 0.63 d
        kinds = [dice.choice(["flag", "count", "levels"]) for _ in range(dice.randint(2, 4))]
        self.kinds = {f"v{i}": kind for i, kind in enumerate(kinds)}
        self.sizes = {
            name: 2 if kind == "flag" else dice.randint(2, 4) for name, kind in self.kinds.items()
        }
        self.start = {name: dice.randrange(size) for name, size in self.sizes.items()}
        self.rules = [self._rule(i) for i in range(dice.randint(3, 7))]
        for rule in self.rules:
            self._triggers(rule)
        self.outcomes = [self._condition() for _ in range(3)]
        self.stop = dice.choice([None, f"oc and {self._condition()}", self._condition()])

    def _multiple(self, most: int, least: int = 0) -> str:
        """A few of the world's steps in any unit, so that sums meet, which floats would miss."""
        whole = self.dice.randint(least, most) * self.step
        unit = self.dice.choice(["min", "h", "d"])
        return f"{Decimal(whole) / UNITS[unit]} {unit}"

    def _condition(self) -> str:
        name = self.dice.choice(list(self.kinds))
        if self.kinds[name] == "flag":
            return self.dice.choice([name, f"not {name}"])
        value = self.dice.randrange(self.sizes[name])
        sign = self.dice.choice(["==", "!=", "<", "<=", ">", ">="])
        return f"{name} {sign} {value if self.kinds[name] == 'count' else LEVELS[value]}"

    def _guard(self) -> str | None:
        one, two = self._condition(), self._condition()
        return self.dice.choice([None, one, f"{one} and {two}", f"{one} or {two}"])

    def _effects(self) -> dict[str, str]:
        dice, found = self.dice, {}
        for name in dice.sample(list(self.kinds), dice.randint(1, 2)):
            value = dice.randrange(self.sizes[name])
            found[name] = {
                "flag": dice.choice(["true", "false"]),
                "count": dice.choice(["raise", "lower", str(value), f"{name} * 1.5 - 0.3"]),
                "levels": dice.choice(
                    ["raise", "lower", LEVELS[value]]
                    + [f"{{{how}: {LEVELS[value]}}}" for how in ("at_least", "at_most")]
                ),
            }[self.kinds[name]]
        return found

    def _rule(self, number: int) -> Rule:
        dice = self.dice
        rule = Rule(f"t{number}", self._guard(), self._effects())
        if dice.random() < 0.2:
            rule.at = self._multiple(12)
        else:
            delays: list[Delay] = [
                ("mean", dice.choice(["1 d", "3 d", "9 d"]), ""),
                ("between", "1 d", "6 d"),
            ]
            delays += [("exactly", self._multiple(4, least=1), "")] * 2
            rule.after = dice.choice(delays)
            rule.limit = dice.choice([None, None, 1, 3])
            rule.remember = dice.random() < 0.4
            if dice.random() < 0.3:
                slow, fast = dice.choice([0, 3]), dice.choice([1, 0.5, 2])
                rule.speed = f"{slow} if {self._condition()} else {fast}"
        if dice.random() < 0.4:
            odds = [dice.choice([0, 1, 3]), dice.choice([0, 1, 2])]
            some = [dice.choice([None, self._condition()]) for _ in odds]
            rule.choose = [
                Answer(name, weight, available, self._effects())
                for name, weight, available in zip(("one", "two"), odds, some, strict=True)
            ]
            rule.then = {}
        return rule

    def _triggers(self, rule: Rule) -> None:
        if rule.at is not None or self.dice.random() < 0.4:
            return
        cause = self.dice.choice(self.rules)
        option = f".{self.dice.choice(['one', 'two'])}" if cause.choose else ""
        found = [("on", cause.name + self.dice.choice(["", option]))]
        found.append(("becomes", self._condition()))
        rule.on = self.dice.choice([found, found[:1], found[1:]])
        if self.dice.random() < 0.25:
            rule.after, rule.limit = None, 2

    def document(self) -> dict[str, Any]:
        """As a scenario is written."""
        state: dict[str, Any] = {}
        for name, kind in self.kinds.items():
            start = self.start[name]
            state[name] = {
                "flag": {"flag": bool(start)},
                "count": {"max": self.sizes[name] - 1, "start": start},
                "levels": {"levels": list(LEVELS[: self.sizes[name]]), "start": LEVELS[start]},
            }[kind]
        one, two, three = self.outcomes
        document: dict[str, Any] = {
            "scenario": "random",
            "horizon": "30 d",
            "state": state,
            "events": {rule.name: written(rule) for rule in self.rules},
            "outcomes": {
                "oa": {"when": one},
                "ob": {"when": two},
                "oc": {"when": f"oa and {three}"},
            },
            "endings": {
                "ea": {"when": "oc"},
                "eb": {"when": f"ob and {one}"},
                "ec": {"otherwise": True},
            },
        }
        return document | ({"stop_when": self.stop} if self.stop else {})


def written(rule: Rule) -> dict[str, Any]:
    """A rule as the language has it."""
    found: dict[str, Any] = {"when": rule.when, "speed": rule.speed, "limit": rule.limit}
    found["at"] = rule.at
    if rule.after is not None:
        kind, one, two = rule.after
        found["after"] = {kind: [one, two] if kind == "between" else one}
    found["memory"] = "remember" if rule.remember else None
    found["then"] = plain(rule.then) if rule.then else None
    found["on"] = [{"becomes": name} if kind == "becomes" else name for kind, name in rule.on]
    found["choose"] = {
        answer.name: {"weight": answer.weight, "then": plain(answer.then)}
        | ({"available": answer.available} if answer.available else {})
        for answer in rule.choose
    }
    return {key: value for key, value in found.items() if value not in (None, [], {})}


def plain(effects: dict[str, str]) -> dict[str, Any]:
    """Effects as YAML would read them."""
    found: dict[str, Any] = {}
    for name, value in effects.items():
        how, _, level = value.strip("{}").partition(": ")
        found[name] = {how: level} if level else {"true": True, "false": False}.get(value, value)
    return found


@dataclass
class Clock:
    cause: int | None
    speed: float
    due: int | None = None  # ticks, of one that runs
    remaining: int = 0
    held: bool = False


class Walk:
    """One path, rule by rule."""

    def __init__(self, world: World, path: int, seed: int) -> None:
        self.world, self.path, self.seed = world, path, seed
        self.now, self.horizon = 0, ticks("30 d")
        self.state = dict(world.start)
        self.marks: dict[str, int] = {}
        self.clocks: dict[int, Clock] = {}
        self.fired = [0] * len(world.rules)
        self.starts = [0] * len(world.rules)
        self.events: list[tuple[float, str, str | None, int | None]] = []
        self.true = {c for r in world.rules for k, c in r.on if k == "becomes" and self._is(c)}
        self.stopped = self._look()
        if not self.stopped:
            self._go()

    def _is(self, text: str | None) -> Any:
        names: dict[str, Any] = {level: i for i, level in enumerate(LEVELS)}
        happened = {name: name in self.marks for name in ("oa", "ob", "oc")}
        return text is None or eval(text, {}, names | self.state | happened)

    def _look(self) -> bool:
        """Rule 10, then rule 5."""
        for name, condition in zip(("oa", "ob", "oc"), self.world.outcomes, strict=True):
            possible = name not in self.marks and (name != "oc" or "oa" in self.marks)
            if possible and self._is(condition):
                self.marks[name] = self.now
        return self.world.stop is not None and bool(self._is(self.world.stop))

    def _go(self) -> None:
        for i, rule in enumerate(self.world.rules):
            if rule.at is not None or (not rule.on and self._is(rule.when)):
                self._start(i, None)
        while due := [(c.due, i) for i, c in self.clocks.items() if c.due is not None]:
            now, i = min(due)  # rule 4
            if now > self.horizon:
                return
            clock, rule = self.clocks.pop(i), self.world.rules[i]
            self.now = now
            if rule.at is not None and not self._is(rule.when):
                continue  # rule 9
            self.fired[i] += 1
            option, effects = self._choose(i, rule)
            self.state = self._apply(effects)
            self.events.append((days(self.now), rule.name, option, clock.cause))
            if self._look():
                self.stopped = True
                return
            self._look_again({rule.name, f"{rule.name}.{option}"})

    def _start(self, i: int, cause: int | None) -> None:
        rule = self.world.rules[i]
        u, _ = uniforms(rule.name, self.seed, self.path, self.starts[i])
        self.starts[i] += 1
        kind, *texts = rule.after or ("exactly", rule.at or "0 s", "")
        low, high = (ticks(text) / TICKS if text else 0.0 for text in texts)  # seconds
        wait = {
            "exactly": low,
            "mean": -math.log1p(-u) * low,
            "between": low + (high - low) * u,
        }[kind]
        remaining = round(Fraction(wait) * TICKS)
        clock = self.clocks[i] = Clock(cause, self._speed(rule), remaining=remaining)
        self._run(clock)

    def _speed(self, rule: Rule) -> float:
        return 1.0 if rule.speed is None else float(self._is(rule.speed))

    def _run(self, clock: Clock) -> None:
        takes = Fraction(clock.remaining) / Fraction(clock.speed) if clock.speed > 0 else None
        clock.due = None if takes is None else self.now + round(takes)

    def _pause(self, clock: Clock) -> None:
        if clock.due is not None:
            clock.remaining = round((clock.due - self.now) * Fraction(clock.speed))
        clock.due = None

    def _choose(self, i: int, rule: Rule) -> tuple[str | None, dict[str, str]]:
        if not rule.choose:
            return None, rule.then
        weights = [a.weight if self._is(a.available) else 0.0 for a in rule.choose]
        _, u = uniforms(rule.name, self.seed, self.path, self.starts[i] - 1)
        target, running = u * sum(weights), 0.0
        for answer, weight in zip(rule.choose, weights, strict=True):
            running += weight
            if target < running:
                return answer.name, answer.then
        return "nothing", {}  # rule 7

    def _apply(self, effects: dict[str, str]) -> State:
        new = dict(self.state)
        for name, how in effects.items():
            old, top = self.state[name], self.world.sizes[name] - 1
            key, _, level = how.strip("{}").partition(": ")
            if how in ("raise", "lower"):
                value = old + (1 if how == "raise" else -1)
            elif level:
                other = LEVELS.index(level)
                value = max(old, other) if key == "at_least" else min(old, other)
            elif how in ("true", "false"):
                value = int(how == "true")
            else:
                value = math.trunc(self._is(how))
            new[name] = max(0, min(top, value))
        return new

    def _look_again(self, names: set[str]) -> None:
        """Rules 1 and 2, memory, speed and triggers, after the last event."""
        conditions = {c for rule in self.world.rules for k, c in rule.on if k == "becomes"}
        true = {condition for condition in conditions if self._is(condition)}
        turned, self.true = true - self.true, true
        for i, rule in enumerate(self.world.rules):
            if rule.at is not None:
                continue
            holds = bool(self._is(rule.when))
            clock = self.clocks.get(i)
            if clock is not None:
                self._keep(i, rule, clock, holds)
            elif holds and (rule.limit is None or self.fired[i] < rule.limit):
                starts = not rule.on or any(name in names | turned for _, name in rule.on)
                if starts:
                    self._start(i, len(self.events) - 1)

    def _keep(self, i: int, rule: Rule, clock: Clock, holds: bool) -> None:
        if not holds and not rule.remember:
            del self.clocks[i]
        elif not holds:
            self._pause(clock)
            clock.held = True
        elif clock.held or self._speed(rule) != clock.speed:
            self._pause(clock)
            clock.held, clock.speed = False, self._speed(rule)
            self._run(clock)

    @property
    def end(self) -> tuple[float, bool, str]:
        """When, whether censored, and how."""
        first = self.world.outcomes[0]
        ending = "eb" if "ob" in self.marks and self._is(first) else "ec"
        time = self.now if self.stopped else self.horizon
        return days(time), not self.stopped, "ea" if "oc" in self.marks else ending
