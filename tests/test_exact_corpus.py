"""Models solved three ways: our exact engine, Storm from the PRISM export, and by sampling.

Storm's answers are stored (tests/storm.py writes them; tests/test_storm.py finds them anew).
"""

import dataclasses
import json
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from storm import ANSWERS, HOME

from sim import run
from sim.engines import ENGINES
from sim.engines.exact import solve
from sim.model import Constant, Distribution, Expression, Model
from sim.model.parameters import central
from sim.scenario import load

FILES = sorted(HOME.glob("*.yaml"))
STORED = json.loads(ANSWERS.read_text(encoding="utf-8"))
LARGE = "stocks"  # 91,125 situations, solved in .ci/long
AGREE = 1e-9
PATHS = 2_000


def solved(model: Model) -> dict[str, float]:
    middle = np.array([[central(parameter.distribution) for parameter in model.parameters]])
    (found,) = solve(model, middle)
    assert found.outcome_error.max() < AGREE / 10
    return dict(zip((o.name for o in model.outcomes), found.outcomes.tolist(), strict=True))


def test_there_are_enough_models() -> None:
    assert len(FILES) >= 5
    assert {file.stem for file in FILES} == set(STORED)


@pytest.mark.parametrize("file", [f for f in FILES if f.stem != LARGE], ids=lambda f: f.stem)
def test_our_answers_are_storms(file: Path) -> None:
    mine, theirs = solved(load(file).model), STORED[file.stem]
    assert mine == pytest.approx(theirs, abs=AGREE)
    assert any(0.001 < p < 0.999 for p in mine.values())


def test_another_rate_is_noticed() -> None:
    """Control: one mean a hundredth longer moves an answer by more than is allowed."""
    model = load(HOME / "gates.yaml").model
    builds = model.transition("builds")
    node = builds.after.arguments[0].node
    assert isinstance(node, Constant)
    longer = Expression(Constant(node.value * 1.01, "longer"), "longer")
    changed = dataclasses.replace(builds.after, arguments=(longer,))
    transitions = [
        dataclasses.replace(t, after=changed) if t is builds else t for t in model.transitions
    ]
    other = solved(dataclasses.replace(model, transitions=tuple(transitions)))
    assert abs(other["consulted"] - STORED["gates"]["consulted"]) > 1e3 * AGREE


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["korean_cut", "cascade", "gates", "island_exponential"])
def test_sampling_agrees(name: str, engine: str) -> None:
    """n = 2,000 paths, all at the median parameters; |z| < 4 for every outcome."""
    model = at_medians(load(HOME / f"{name}.yaml").model)
    sampled = run(model, draws=1, paths=PATHS, engine=engine, workers=1).outcomes
    for outcome, p in STORED[name].items():
        z = (sampled.loc[outcome, "hits"] - PATHS * p) / sqrt(PATHS * p * (1 - p))
        assert abs(z) < 4, f"{outcome}: z = {z:.1f}, n = {PATHS}"


def at_medians(model: Model) -> Model:
    """The same model, nothing in it unknown."""
    parameters = []
    for parameter in model.parameters:
        middle = central(parameter.distribution)
        numbers: tuple[float, ...] = (middle,)
        if parameter.distribution.kind == "choices":
            levels = range(len(parameter.distribution.levels))
            numbers = tuple(float(level == middle) for level in levels)
            fixed = dataclasses.replace(parameter.distribution, numbers=numbers)
        else:
            fixed = Distribution(kind="fixed", numbers=numbers)
        parameters.append(dataclasses.replace(parameter, distribution=fixed))
    return dataclasses.replace(model, parameters=tuple(parameters))
