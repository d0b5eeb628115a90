"""Random scenarios, as documents: everything the language has, in files of a few rules.

A document is plain data, so that a failing one shrinks and prints as YAML. Not every document is a
valid scenario (probabilities may add up to too much, a clock may never stand still); `model_of`
says None to those, and the strategy is made so that most are valid. All but `documents` are plain
functions, handed what draws: strategies made anew for every part took half the time of the tests.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.model import Model
from sim.scenario import load

CHOICES = ("probability", "weight", "utility")
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
LEVELS = ("low", "middle", "high", "top")
PARAMETERS = {
    "p": {"is": {"uniform": [0.1, 0.6]}},
    "q": {"is": {"beta": {"successes": 2, "trials": 5}}},
    "factor": {"is": {"pert": [0, 1, 3]}},
    "fixed": {"is": 0.25},
    "reading": {"is": {"choices": {"text": 0.7, "broad": 0.3}}},
    "lag": {"is": {"pert": ["12 h", "2 d", "5 d"]}},
    "temper": {"is": {"lognormal": {"median": 1, "p90": 3}}},
}


@dataclass(frozen=True)
class World:
    """What a document's rules may speak of."""

    levels: dict[str, int]  # variable -> number of levels
    flags: tuple[str, ...]
    counts: dict[str, int]  # variable -> max
    names: tuple[str, ...]  # of the rules

    def state(self, draw: st.DrawFn) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, size in self.levels.items():
            start = LEVELS[whole(draw, 0, size - 1)]
            found[name] = {"levels": list(LEVELS[:size]), "start": start}
        if self.levels:
            first = next(iter(self.levels))
            size = self.levels[first]
            found[first] = {"ladder": f"ladder_{size}", "start": found[first]["start"]}
        found |= {name: {"flag": draw(FLIP)} for name in self.flags}
        for name, top in self.counts.items():
            found[name] = {"max": top, "start": whole(draw, 0, top)}
        return found


FLIP = st.booleans()
WHOLE = cache(st.integers)  # making a strategy takes longer than drawing from it


def whole(draw: st.DrawFn, low: int, high: int) -> int:
    return draw(WHOLE(low, high))


def pick(draw: st.DrawFn, options: Sequence[Any]) -> Any:
    return options[whole(draw, 0, len(options) - 1)]


def some(draw: st.DrawFn, options: Sequence[Any], most: int) -> list[Any]:
    """Some of the options, none of them twice, in any order."""
    left = list(options)
    number = whole(draw, 0, min(most, len(left)))
    return [left.pop(whole(draw, 0, len(left) - 1)) for _ in range(number)]


def text(value: float) -> str:
    return f"{value:g}"


def numbers(draw: st.DrawFn, world: World, depth: int = 2) -> str:
    """A number that is 0 or more, for speeds and weights."""
    kind = whole(draw, 0, 7 if depth else 3)
    if kind == 0:
        return text(pick(draw, [0, 0.5, 1, 1, 2]))
    if kind == 1:
        return pick(draw, ["p", "q", "factor", "fixed", "temper"])
    if kind <= 3:
        return pick(draw, [*world.counts, "1"])
    if kind == 4:
        yes, no = numbers(draw, world, 0), numbers(draw, world, depth - 1)
        return f"({yes} if {conditions(draw, world, 1)} else {no})"
    left, right = numbers(draw, world, depth - 1), numbers(draw, world, depth - 1)
    if kind == 5:
        return f"({left} {pick(draw, '+*')} {right})"
    if kind == 6:
        return f"{pick(draw, ['min', 'max'])}({left}, {right})"
    return f"({left} / (1 + {right}))"


def chances(draw: st.DrawFn, world: World) -> str:
    """A probability of at most a half, so that two of them leave something."""
    share = pick(draw, ["0.5", "0.25", "p * 0.5", "fixed", "0", "(1 - q) / 2"])
    match whole(draw, 0, 3):
        case 0:
            return f"({share} if {conditions(draw, world, 1)} else 0.125)"
        case 1:
            return f"odds({share}, {numbers(draw, world, 0)}) * 0.5"
        case _:
            return share


def conditions(draw: st.DrawFn, world: World, depth: int = 2) -> str:
    """A condition over the state and, now and then, a parameter."""
    kind = whole(draw, 0, 9 if depth else 5)
    if kind <= 1 and world.levels:
        name, size = pick(draw, sorted(world.levels.items()))
        level = LEVELS[whole(draw, 0, size - 1)]
        return f"{name} {pick(draw, ['==', '!=', '<', '<=', '>', '>='])} {level}"
    if kind == 2 and world.flags:
        return pick(draw, ["", "not "]) + pick(draw, world.flags)
    if kind == 3 and world.counts:
        name, top = pick(draw, sorted(world.counts.items()))
        return f"{name} {pick(draw, ['<', '>=', '=='])} {whole(draw, 0, top)}"
    if kind == 4:
        return pick(draw, ["reading == broad", "p > 0.3", "q < fixed"])
    if kind == 5 and world.counts:
        left, right = numbers(draw, world, 1), numbers(draw, world, 0)
        return f"{left} < {right}"
    if kind <= 7 and len(world.levels) > 1:
        sizes = sorted(world.levels.items(), key=lambda item: (item[1], item[0]))
        (one, size), (other, other_size) = sizes[0], sizes[1]
        if size == other_size:
            return f"{one} {pick(draw, ['==', '<', '>='])} {other}"
    below = max(depth - 1, 0)
    parts = [conditions(draw, world, below) for _ in range(whole(draw, 2, 3))] if depth else []
    if not parts:
        return "p > 0.2"
    joined = pick(draw, [" and ", " or "]).join(f"({part})" for part in parts)
    return pick(draw, ["", "not "]) + f"({joined})"


SIMPLE_DELAYS = (
    *("1 d", "2 d", "36 h", "lag"),
    *("1.1 d", "0.1 w", "0.3 * lag"),  # which as floats miss what they are to meet
    {"exactly": "12 h"},
    *({"mean": "3 d"}, {"mean": "2 * lag"}),
    *({"median": "2 d", "p90": "9 d"}, {"median": "lag", "p90": "3 * lag"}),
    {"weibull": {"scale": "4 d", "shape": 0.8}},
    {"weibull": {"scale": "lag", "shape": "1 + factor"}},
    *({"between": ["1 d", "3 d"]}, {"between": ["0 d", "lag"]}),
    {"quantiles": {"10%": "1 d", "50%": "3 d", "90%": "9 d"}},
    {"quantiles": {"25%": "1 d", "75%": "3 d"}},
    {"observed": ["1 d", "1 d", "2 d", "7 d"]},
    {"observed": {"1 d": 2, "2 d": 1, "7 d": 1}, "smoothed": True},
)


def delays(draw: st.DrawFn) -> Any:
    """A delay of every kind; one in four is a mixture of two others."""
    if whole(draw, 0, 3):
        return pick(draw, SIMPLE_DELAYS)
    one, other = pick(draw, SIMPLE_DELAYS), pick(draw, SIMPLE_DELAYS)
    share = pick(draw, ("p", "fixed"))
    return {"mix": [{"share": share, "is": one}, {"share": f"1 - {share}", "is": other}]}


def effects(draw: st.DrawFn, world: World) -> dict[str, Any]:
    found: dict[str, Any] = {}
    variables = [*world.levels, *world.flags, *world.counts]
    for name in some(draw, variables, 3):
        if name in world.flags:
            found[name] = draw(FLIP)
        elif name in world.levels:
            size = world.levels[name]
            level = LEVELS[whole(draw, 0, size - 1)]
            alike = [other for other, n in world.levels.items() if n == size]
            bound = {pick(draw, ("at_least", "at_most")): level}
            found[name] = pick(
                draw, (level, pick(draw, ("raise", "raise", "lower", *alike)), bound)
            )
        else:
            level = whole(draw, 0, world.counts[name])
            step = pick(draw, ("raise", "raise", "lower"))
            found[name] = pick(draw, (level, step, numbers(draw, world, 1)))
    return found


def options(draw: st.DrawFn, world: World) -> dict[str, Any]:
    """`choose`, `chance` or plain `then`."""
    kind = pick(draw, ("then", "then", "chance", *CHOICES))
    if kind == "then":
        return {"then": effects(draw, world)}
    if kind == "chance":
        return {"chance": chances(draw, world), "then": effects(draw, world) or {"f0": True}}
    return {"choose": choices(draw, world, kind)}


def choices(draw: st.DrawFn, world: World, kind: str) -> dict[str, Any]:
    """Two or three options, taken by odds of one kind."""
    chosen: dict[str, Any] = {}
    names = ("a", "b", "c")[: whole(draw, 2, 3)]
    for i, name in enumerate(names):
        option: dict[str, Any] = {"then": effects(draw, world)}
        if whole(draw, 0, 3) == 0:
            option["available"] = conditions(draw, world, 1)
        if kind == "probability":
            if i == len(names) - 1:
                option["probability"] = "rest"
            elif draw(FLIP):
                option["of_rest"] = chances(draw, world)
            else:
                option["probability"] = chances(draw, world)
        elif kind == "weight":
            option["weight"] = numbers(draw, world)
        else:
            sign = pick(draw, ["", "-"])
            option["utility"] = sign + numbers(draw, world, 1)
        chosen[name] = option
    return chosen


def triggers(draw: st.DrawFn, world: World, own: str) -> list[Any]:
    """What starts a clock: other rules, their options, or a condition that turns true."""
    found: list[Any] = []
    for _ in range(whole(draw, 1, 2)):
        if whole(draw, 0, 2) == 0:
            found.append({"becomes": conditions(draw, world, 1)})
        else:
            found.append(pick(draw, [name for name in world.names if name != own] or [own]))
    return found


def rules(draw: st.DrawFn, world: World, name: str) -> dict[str, Any]:
    rule: dict[str, Any] = options(draw, world)
    if whole(draw, 0, 2):
        rule["when"] = conditions(draw, world)
    kind = whole(draw, 0, 9)
    if kind == 0:
        return rule | {"at": pick(draw, ["0 d", "1 d", "3 d", "2 d"])}
    if kind == 1:  # without delay, so with a limit
        rule["limit"] = whole(draw, 1, 3)
    else:
        rule["after"] = delays(draw)
    if whole(draw, 0, 2) == 0:
        rule["on"] = triggers(draw, world, name)
    if "after" in rule:
        if whole(draw, 0, 2) == 0:
            rule["speed"] = numbers(draw, world)
        if whole(draw, 0, 2) == 0:
            rule["memory"] = "remember"
        if whole(draw, 0, 3) == 0:
            rule["limit"] = whole(draw, 1, 4)
    if draw(FLIP):
        rule["actor"] = pick(draw, ["north", "south"])
    return rule


def outcomes(draw: st.DrawFn, world: World) -> dict[str, Any]:
    """Three outcomes, of which the last two may read others."""
    found = {"o0": {"when": conditions(draw, world)}}
    found["o2"] = {"when": f"{pick(draw, ['o1', 'not o1'])} and {conditions(draw, world)}"}
    found["o1"] = {"when": pick(draw, [conditions(draw, world), "o0"])}
    return found


def treaty(draw: st.DrawFn, world: World) -> dict[str, Any]:
    responses = choices(draw, world, pick(draw, CHOICES))
    obligation = {
        "type": "defence",
        "obligor": "south",
        "beneficiary": "north",
        "casus_foederis": conditions(draw, world),
        "responses": responses,
    }
    if draw(FLIP):
        obligation["deliberation"] = delays(draw)
    if draw(FLIP):
        obligation["reopens"] = conditions(draw, world, 1)
    if draw(FLIP):
        obligation["lapses"] = conditions(draw, world, 1)
    binds = {"in_force": pick(draw, ["2024-10-20", "2024-10-25", "2024-10-28"])}
    return {
        "parties": ["north", "south"],
        "signed": "2024-06-19",
        **binds,
        "obligations": {"art": obligation},
    }


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    """A scenario of up to six rules over up to five variables."""
    size = whole(draw, 2, 4)
    levels = {f"v{i}": size if i < 2 else 3 for i in range(whole(draw, 1, 3))}
    flags = tuple(f"f{i}" for i in range(whole(draw, 1, 2)))
    counts = {f"n{i}": 2 + i for i in range(whole(draw, 0, 2))}
    world = World(levels, flags, counts, tuple(f"r{i}" for i in range(whole(draw, 1, 6))))
    made: dict[str, Any] = {
        "scenario": "random",
        "start": "2024-10-25",
        "horizon": "12 d",
        "ladders": {f"ladder_{size}": list(LEVELS[:size])},
        "actors": {"north": {}, "south": {"rationality": pick(draw, [1, 2, "temper"])}},
        "state": world.state(draw),
        "parameters": PARAMETERS,
        "events": {name: rules(draw, world, name) for name in world.names},
        "outcomes": outcomes(draw, world),
    }
    if whole(draw, 0, 3) == 0:
        made["treaties"] = {"pact": treaty(draw, world)}
    if draw(FLIP):
        made["stop_when"] = pick(draw, ["o0 and o1", conditions(draw, world), "o2"])
    made["endings"] = {
        "first": {"when": f"o1 or {conditions(draw, world, 1)}"},
        "second": {"when": conditions(draw, world)},
        "last": {"otherwise": True},
    }
    moves = {name: rule for name, rule in made["events"].items() if "actor" in rule}
    if moves:
        made["moves"] = moves
        made["events"] = {n: rule for n, rule in made["events"].items() if n not in moves}
    return made


def as_yaml(document: dict[str, Any]) -> str:
    return yaml.dump(dict(document), Dumper=DUMPER, sort_keys=False, width=100)


class Written(dict[str, Any]):
    """A document that is shown as the file it stands for, and written only if it is shown."""

    def __repr__(self) -> str:
        return as_yaml(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis shows it, whose notes of passing examples are shown to nobody."""
        printer.text(repr(self))


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def model_of(document: dict[str, Any]) -> Model | None:
    """The document's model by way of its file, or None when it is no valid scenario."""
    file = Path(_folder().name) / "random.yaml"
    file.write_text(as_yaml(document), encoding="utf-8")
    try:
        return load(file).model
    except ScenarioError:
        return None
