"""The exponential race in GillesPy2: its C++ solver of the stochastic simulation algorithm.

A firing that changes nothing is left out there, which a Markov chain does not notice. Rates may
not compare, so what holds is written in two ways: as polynomials that are 0 or 1 at the stages 0,
1, 2 and 3, or, as in chemistry, with a species for every stage.
"""

import os
import sysconfig
from functools import cache
from typing import Any

import gillespy2
import numpy as np
from in_simpy import DAYS, MEANS

RISE, EASE, STRIKE = 0.7 / MEANS["rise"], 1 / MEANS["ease"], 0.4 / MEANS["strike"]


def alert(stage: str) -> str:
    """1 from alert on."""
    return f"({stage} * (11 - 6 * {stage} + {stage} * {stage}) / 6)"


def mobilised(stage: str) -> str:
    """1 from mobilised on."""
    return f"({stage} * ({stage} - 1) * (7 - 2 * {stage}) / 6)"


@cache
def model(chemical: bool) -> gillespy2.Model:
    """`chemical`: a species for each stage of each power, and mass action throughout."""
    race = gillespy2.Model(name="chemical" if chemical else "race")
    (_in_species if chemical else _in_stages)(race)
    race.timespan(np.array([0.0, DAYS]))
    return race


def _species(race: gillespy2.Model, name: str, start: int) -> gillespy2.Species:
    made = gillespy2.Species(name=name, initial_value=start, mode="discrete")
    race.add_species(made)
    return made


def _in_stages(race: gillespy2.Model) -> None:
    stages = [_species(race, f"s{i}", int(i in (0, 3))) for i in range(6)]
    talks = _species(race, "talks", 0)

    def add(name: str, before: dict[Any, int], after: dict[Any, int], rate: str) -> None:
        race.add_reaction(
            gillespy2.Reaction(
                name=name, reactants=before, products=after, propensity_function=rate
            )
        )

    for i, stage in enumerate(stages):
        own, other = f"s{i}", f"s{(i - 1) % 6}"
        add(f"rise{i}", {}, {stage: 1}, f"{RISE} * (1 - {mobilised(own)}) * (1 - talks)")
        add(f"ease{i}", {stage: 1}, {}, f"{EASE} * {own} * (3 - {own}) / 2")
        ready, near = f"{own} * ({own} - 1) * (3 - {own}) / 2", alert(other)
        add(f"strike{i}", {}, {stage: 1}, f"{STRIKE} * {ready} * {near}")
    none = f"(1 - {mobilised('s0')}) * (1 - {mobilised('s3')})"
    add("talk", {}, {talks: 1}, f"{1 / MEANS['talk']} * (1 - talks) * (1 - {none})")
    add("fail", {talks: 1}, {}, f"{1 / MEANS['fail']} * talks")


def _in_species(race: gillespy2.Model) -> None:
    stages = [
        [_species(race, f"s{i}_{stage}", int(stage == (i in (0, 3)))) for stage in range(4)]
        for i in range(6)
    ]
    talks, none = _species(race, "talks", 0), _species(race, "no_talks", 1)
    count = 0

    def add(rate: float, change: tuple[Any, Any], *beside: Any) -> None:
        nonlocal count
        count += 1
        constant = gillespy2.Parameter(name=f"k{count}", expression=rate)
        race.add_parameter(constant)
        before = {change[0]: 1, **dict.fromkeys(beside, 1)}
        after = {change[1]: 1, **dict.fromkeys(beside, 1)}
        race.add_reaction(
            gillespy2.Reaction(name=f"r{count}", reactants=before, products=after, rate=constant)
        )

    for i, own in enumerate(stages):
        for stage in (0, 1):
            add(RISE, (own[stage], own[stage + 1]), none)
            add(EASE, (own[stage + 1], own[stage]))
        for near in stages[i - 1][1:]:
            add(STRIKE, (own[2], own[3]), near)
    for high in stages[0][2:]:
        add(1 / MEANS["talk"], (none, talks), high)
    for high in (2, 3):  # mass action takes two species at most
        for low in (0, 1):
            rate = f"{1 / MEANS['talk']} * no_talks * s3_{high} * s0_{low}"
            race.add_reaction(
                gillespy2.Reaction(
                    name=f"talk{high}{low}",
                    reactants={none: 1},
                    products={talks: 1},
                    propensity_function=rate,
                )
            )
    add(1 / MEANS["fail"], (talks, none))


@cache
def solver(chemical: bool) -> Any:
    # it builds with the interpreter behind the virtual environment, which has to find SCons
    os.environ["PYTHONPATH"] = sysconfig.get_paths()["purelib"]
    return gillespy2.SSACSolver(model=model(chemical))


def walk(*, seed: int, paths: int, chemical: bool) -> list[int]:
    """How many paths have each outcome."""
    found = solver(chemical).run(number_of_trajectories=paths, seed=seed, timeout=0)
    if chemical:
        last = np.array([[path[f"s{i}_3"][-1] for i in range(4)] for path in found]) == 1
    else:
        last = np.array([[path[f"s{i}"][-1] for i in range(4)] for path in found]) == 3
    a, b, c, d = last.T
    return [int(hit.sum()) for hit in (a, a & d, b | c)]
