"""Random scenarios, as documents: everything the language has, in files of a few rules.

A document is plain data, so that a failing one shrinks and prints as YAML. Not every document is a
valid scenario (probabilities may add up to too much, a clock may never stand still); `model_of`
says None to those, and the strategy is made so that most are valid.
"""

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.model.model import Model
from sim.scenario import load

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

    def state(self, draw: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, size in self.levels.items():
            start = LEVELS[draw(st.integers(0, size - 1))]
            found[name] = {"levels": list(LEVELS[:size]), "start": start}
        if self.levels:
            first = next(iter(self.levels))
            size = self.levels[first]
            found[first] = {"ladder": f"ladder_{size}", "start": found[first]["start"]}
        found |= {name: {"flag": draw(st.booleans())} for name in self.flags}
        for name, top in self.counts.items():
            found[name] = {"max": top, "start": draw(st.integers(0, top))}
        return found


def text(value: float) -> str:
    return f"{value:g}"


@st.composite
def numbers(draw: Any, world: World, depth: int = 2) -> str:
    """A number that is 0 or more, for speeds and weights."""
    kind = draw(st.integers(0, 7 if depth else 3))
    if kind == 0:
        return text(draw(st.sampled_from([0, 0.5, 1, 1, 2])))
    if kind == 1:
        return draw(st.sampled_from(["p", "q", "factor", "fixed", "temper"]))
    if kind <= 3:
        return draw(st.sampled_from([*world.counts, "1"]))
    if kind == 4:
        yes, no = draw(numbers(world, 0)), draw(numbers(world, depth - 1))
        return f"({yes} if {draw(conditions(world, 1))} else {no})"
    left, right = draw(numbers(world, depth - 1)), draw(numbers(world, depth - 1))
    if kind == 5:
        return f"({left} {draw(st.sampled_from('+*'))} {right})"
    if kind == 6:
        return f"{draw(st.sampled_from(['min', 'max']))}({left}, {right})"
    return f"({left} / (1 + {right}))"


@st.composite
def chances(draw: Any, world: World) -> str:
    """A probability of at most a half, so that two of them leave something."""
    share = draw(st.sampled_from(["0.5", "0.25", "p * 0.5", "fixed", "0", "(1 - q) / 2"]))
    match draw(st.integers(0, 3)):
        case 0:
            return f"({share} if {draw(conditions(world, 1))} else 0.125)"
        case 1:
            return f"odds({share}, {draw(numbers(world, 0))}) * 0.5"
        case _:
            return share


@st.composite
def conditions(draw: Any, world: World, depth: int = 2) -> str:
    """A condition over the state and, now and then, a parameter."""
    kind = draw(st.integers(0, 9 if depth else 5))
    if kind <= 1 and world.levels:
        name, size = draw(st.sampled_from(sorted(world.levels.items())))
        level = LEVELS[draw(st.integers(0, size - 1))]
        return f"{name} {draw(st.sampled_from(['==', '!=', '<', '<=', '>', '>=']))} {level}"
    if kind == 2 and world.flags:
        return draw(st.sampled_from(["", "not "])) + draw(st.sampled_from(world.flags))
    if kind == 3 and world.counts:
        name, top = draw(st.sampled_from(sorted(world.counts.items())))
        return f"{name} {draw(st.sampled_from(['<', '>=', '==']))} {draw(st.integers(0, top))}"
    if kind == 4:
        return draw(st.sampled_from(["reading == broad", "p > 0.3", "q < fixed"]))
    if kind == 5 and world.counts:
        left, right = draw(numbers(world, 1)), draw(numbers(world, 0))
        return f"{left} < {right}"
    if kind <= 7 and len(world.levels) > 1:
        sizes = sorted(world.levels.items(), key=lambda item: (item[1], item[0]))
        (one, size), (other, other_size) = sizes[0], sizes[1]
        if size == other_size:
            return f"{one} {draw(st.sampled_from(['==', '<', '>=']))} {other}"
    below = max(depth - 1, 0)
    parts = (
        [draw(conditions(world, below)) for _ in range(draw(st.integers(2, 3)))] if depth else []
    )
    if not parts:
        return "p > 0.2"
    joined = draw(st.sampled_from([" and ", " or "])).join(f"({part})" for part in parts)
    return draw(st.sampled_from(["", "not "])) + f"({joined})"


def delays() -> st.SearchStrategy[Any]:
    simple = st.sampled_from(
        [
            *("1 d", "2 d", "36 h", "lag"),
            {"exactly": "12 h"},
            *({"mean": "3 d"}, {"mean": "2 * lag"}),
            *({"median": "2 d", "p90": "9 d"}, {"median": "lag", "p90": "3 * lag"}),
            {"weibull": {"scale": "4 d", "shape": 0.8}},
            {"weibull": {"scale": "lag", "shape": "1 + factor"}},
            *({"between": ["1 d", "3 d"]}, {"between": ["0 d", "lag"]}),
            {"quantiles": {"10%": "1 d", "50%": "3 d", "90%": "9 d"}},
            {"quantiles": {"25%": "1 d", "75%": "3 d"}},
            {"observed": ["1 d", "1 d", "2 d", "7 d"]},
        ]
    )
    mixed = st.builds(
        lambda one, other, share: {
            "mix": [{"share": share, "is": one}, {"share": f"1 - {share}", "is": other}]
        },
        simple,
        simple,
        st.sampled_from(["p", "fixed"]),
    )
    return st.one_of(simple, simple, simple, mixed)


@st.composite
def effects(draw: Any, world: World) -> dict[str, Any]:
    found: dict[str, Any] = {}
    variables = [*world.levels, *world.flags, *world.counts]
    for name in draw(st.lists(st.sampled_from(variables), max_size=3, unique=True)):
        if name in world.flags:
            found[name] = draw(st.booleans())
        elif name in world.levels:
            size = world.levels[name]
            level = st.integers(0, size - 1).map(LEVELS.__getitem__)
            alike = [other for other, n in world.levels.items() if n == size]
            bound = st.sampled_from(["at_least", "at_most"])
            steps = st.sampled_from(["raise", "raise", "lower", *alike])
            found[name] = draw(
                st.one_of(level, steps, st.builds(lambda b, v: {b: v}, bound, level))
            )
        else:
            level = st.integers(0, world.counts[name])
            steps = st.sampled_from(["raise", "raise", "lower"])
            found[name] = draw(st.one_of(level, steps, numbers(world, 1)))
    return found


@st.composite
def options(draw: Any, world: World) -> dict[str, Any]:
    """`choose`, `chance` or plain `then`."""
    kind = draw(st.sampled_from(["then", "then", "chance", "probability", "weight", "utility"]))
    if kind == "then":
        return {"then": draw(effects(world))}
    if kind == "chance":
        return {"chance": draw(chances(world)), "then": draw(effects(world)) or {"f0": True}}
    chosen: dict[str, Any] = {}
    names = ("a", "b", "c")[: draw(st.integers(2, 3))]
    for i, name in enumerate(names):
        option: dict[str, Any] = {"then": draw(effects(world))}
        if draw(st.integers(0, 3)) == 0:
            option["available"] = draw(conditions(world, 1))
        if kind == "probability":
            if i == len(names) - 1:
                option["probability"] = "rest"
            elif draw(st.booleans()):
                option["of_rest"] = draw(chances(world))
            else:
                option["probability"] = draw(chances(world))
        elif kind == "weight":
            option["weight"] = draw(numbers(world))
        else:
            sign = draw(st.sampled_from(["", "-"]))
            option["utility"] = sign + draw(numbers(world, 1))
        chosen[name] = option
    return {"choose": chosen}


@st.composite
def triggers(draw: Any, world: World, own: str) -> list[Any]:
    """What starts a clock: other rules, their options, or a condition that turns true."""
    found: list[Any] = []
    for _ in range(draw(st.integers(1, 2))):
        if draw(st.integers(0, 2)) == 0:
            found.append({"becomes": draw(conditions(world, 1))})
        else:
            found.append(
                draw(st.sampled_from([name for name in world.names if name != own] or [own]))
            )
    return found


@st.composite
def rules(draw: Any, world: World, name: str) -> dict[str, Any]:
    rule: dict[str, Any] = draw(options(world))
    if draw(st.integers(0, 2)):
        rule["when"] = draw(conditions(world))
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return rule | {"at": draw(st.sampled_from(["0 d", "1 d", "3 d", "2 d"]))}
    if kind == 1:  # without delay, so with a limit
        rule["limit"] = draw(st.integers(1, 3))
    else:
        rule["after"] = draw(delays())
    if draw(st.integers(0, 2)) == 0:
        rule["on"] = draw(triggers(world, name))
    if "after" in rule:
        if draw(st.integers(0, 2)) == 0:
            rule["speed"] = draw(numbers(world))
        if draw(st.integers(0, 2)) == 0:
            rule["memory"] = "remember"
        if draw(st.integers(0, 3)) == 0:
            rule["limit"] = draw(st.integers(1, 4))
    if draw(st.booleans()):
        rule["actor"] = draw(st.sampled_from(["north", "south"]))
    return rule


@st.composite
def outcomes(draw: Any, world: World) -> dict[str, Any]:
    """Three outcomes, of which the last two may read others."""
    found = {"o0": {"when": draw(conditions(world))}}
    found["o2"] = {
        "when": f"{draw(st.sampled_from(['o1', 'not o1']))} and {draw(conditions(world))}"
    }
    found["o1"] = {"when": draw(st.sampled_from([draw(conditions(world)), "o0"]))}
    return found


@st.composite
def treaty(draw: Any, world: World) -> dict[str, Any]:
    responses = draw(options(world).filter(lambda made: "choose" in made))["choose"]
    obligation = {
        "type": "defence",
        "obligor": "south",
        "beneficiary": "north",
        "casus_foederis": draw(conditions(world)),
        "responses": responses,
    }
    if draw(st.booleans()):
        obligation["deliberation"] = draw(delays())
    if draw(st.booleans()):
        obligation["reopens"] = draw(conditions(world, 1))
    binds = {"in_force": draw(st.sampled_from(["2024-10-20", "2024-10-25", "2024-10-28"]))}
    return {
        "parties": ["north", "south"],
        "signed": "2024-06-19",
        **binds,
        "obligations": {"art": obligation},
    }


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    """A scenario of up to six rules over up to five variables."""
    size = draw(st.integers(2, 4))
    levels = {f"v{i}": size if i < 2 else 3 for i in range(draw(st.integers(1, 3)))}
    flags = tuple(f"f{i}" for i in range(draw(st.integers(1, 2))))
    counts = {f"n{i}": 2 + i for i in range(draw(st.integers(0, 2)))}
    world = World(levels, flags, counts, tuple(f"r{i}" for i in range(draw(st.integers(1, 6)))))
    made: dict[str, Any] = {
        "scenario": "random",
        "start": "2024-10-25",
        "horizon": "12 d",
        "ladders": {f"ladder_{size}": list(LEVELS[:size])},
        "actors": {"north": {}, "south": {"rationality": draw(st.sampled_from([1, 2, "temper"]))}},
        "state": world.state(draw),
        "parameters": PARAMETERS,
        "events": {name: draw(rules(world, name)) for name in world.names},
        "outcomes": draw(outcomes(world)),
    }
    if draw(st.integers(0, 3)) == 0:
        made["treaties"] = {"pact": draw(treaty(world))}
    if draw(st.booleans()):
        made["stop_when"] = draw(st.sampled_from(["o0 and o1", draw(conditions(world)), "o2"]))
    made["endings"] = {
        "first": {"when": f"o1 or {draw(conditions(world, 1))}"},
        "second": {"when": draw(conditions(world))},
        "last": {"otherwise": True},
    }
    moves = {name: rule for name, rule in made["events"].items() if "actor" in rule}
    if moves:
        made["moves"] = moves
        made["events"] = {n: rule for n, rule in made["events"].items() if n not in moves}
    return made


def as_yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, sort_keys=False, width=100)


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
