"""The exponential race in GillesPy2: its C++ solver of the stochastic simulation algorithm.

A firing that changes nothing is left out there, which a Markov chain does not notice. Rates may
not compare, so what holds is written as polynomials that are 0 or 1 at the stages 0, 1, 2 and 3.
"""

import os
import sysconfig
from functools import cache
from typing import Any

import gillespy2
import numpy as np
from in_simpy import DAYS, MEANS


def alert(stage: str) -> str:
    """1 from alert on."""
    return f"({stage} * (11 - 6 * {stage} + {stage} * {stage}) / 6)"


def mobilised(stage: str) -> str:
    """1 from mobilised on."""
    return f"({stage} * ({stage} - 1) * (7 - 2 * {stage}) / 6)"


@cache
def model() -> gillespy2.Model:
    race = gillespy2.Model(name="race")
    stages = [
        gillespy2.Species(name=f"s{i}", initial_value=1 if i in (0, 3) else 0, mode="discrete")
        for i in range(6)
    ]
    talks = gillespy2.Species(name="talks", initial_value=0, mode="discrete")
    race.add_species([*stages, talks])

    def add(name: str, before: dict[Any, int], after: dict[Any, int], rate: str) -> None:
        race.add_reaction(
            gillespy2.Reaction(
                name=name, reactants=before, products=after, propensity_function=rate
            )
        )

    rise, ease, strike = 0.7 / MEANS["rise"], 1 / MEANS["ease"], 0.4 / MEANS["strike"]
    for i, stage in enumerate(stages):
        own, other = f"s{i}", f"s{(i - 1) % 6}"
        add(f"rise{i}", {}, {stage: 1}, f"{rise} * (1 - {mobilised(own)}) * (1 - talks)")
        add(f"ease{i}", {stage: 1}, {}, f"{ease} * {own} * (3 - {own}) / 2")
        ready, near = f"{own} * ({own} - 1) * (3 - {own}) / 2", alert(other)
        add(f"strike{i}", {}, {stage: 1}, f"{strike} * {ready} * {near}")
    none = f"(1 - {mobilised('s0')}) * (1 - {mobilised('s3')})"
    add("talk", {}, {talks: 1}, f"{1 / MEANS['talk']} * (1 - talks) * (1 - {none})")
    add("fail", {talks: 1}, {}, f"{1 / MEANS['fail']} * talks")
    race.timespan(np.array([0.0, DAYS]))
    return race


@cache
def solver() -> Any:
    # it builds with the interpreter behind the virtual environment, which has to find SCons
    os.environ["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
    return gillespy2.SSACSolver(model=model())


def walk(*, seed: int, paths: int) -> list[int]:
    """How many paths have each outcome."""
    found = solver().run(number_of_trajectories=paths, seed=seed, timeout=0)
    last = np.array([[path[f"s{i}"][-1] for i in range(4)] for path in found]) == 3
    a, b, c, d = last.T
    return [int(hit.sum()) for hit in (a, a & d, b | c)]
