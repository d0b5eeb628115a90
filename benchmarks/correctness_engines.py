"""Engines: the two that sample against each other, the exact one against formulas and Storm."""

from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from correctness_tables import DAY, Finding, events, exactly, failures, run, shares
from correctness_worlds import CLOSED, EXACT, REPOSITORY, loaded
from scipy import special, stats

import sim


def engines(paths: int = 20, seed: int = 1) -> Finding:
    """Reference and compiled engine on every shipped scenario and every one of the corpus."""
    files = [
        *(f for f in sorted((REPOSITORY / "scenarios").glob("*.yaml")) if f.stem != "sources"),
        *sorted((REPOSITORY / "tests" / "corpus" / "valid").glob("*.yaml")),
    ]
    counted, unequal, largest = {}, 0, 0.0
    for file in files:
        # The clocks of this one ring every minute: a single path of it has 7,600 events.
        few = 1 if file.stem == "delays" else paths
        one, other = (_events(file, name, few, seed) for name in ("reference", "compiled"))
        counted[file.stem] = len(one)
        unequal += not one.equals(other)
        if len(one) == len(other) and len(one):
            largest = max(largest, float((one["time"] - other["time"]).abs().max()) * DAY)
        if file.stem == "korean_clash":
            times = one["time"].to_numpy(), other["time"].to_numpy()
            another = _events(file, "compiled", few, seed + 1)
            alike = int((_times(one) == _times(another)).sum())
    numbers = {
        "scenarios": len(files), "paths": 2 * paths, "events": sum(counted.values()),
        "korean_events": counted["korean_clash"], "unequal": unequal, "largest_seconds": largest,
        "alike_with_another_seed": alike,
    }  # fmt: skip
    failed = failures(
        (unequal == 0, f"{unequal} scenarios have other events"),
        (alike < paths / 5, "control: another seed gives many of the same paths"),
    )
    return Finding(numbers=numbers, drawn=(times, counted), failed=failed)


def _events(file: Path, engine: str, paths: int, seed: int) -> pd.DataFrame:
    return events(run(sim.load(file), engine=engine, draws=2, paths=paths, seed=seed, events=True))


def _times(found: pd.DataFrame) -> pd.Series:
    """All times of each path, as one tuple."""
    return found.groupby(["draw", "path"])["time"].agg(tuple)


SOLVED_BY_STORM = ("cascade", "gates", "island_exponential", "korean_cut", "race")


def exact(storm: tuple[str, ...] = SOLVED_BY_STORM, horizons: int = 5) -> Finding:
    """The exact engine against formulas and against what Storm found (stored in the corpus).

    Each formula is asked at so many horizons, from 1 day on.
    """
    formulas = [
        (case.title, p, case.formula(days))
        for case in CLOSED
        for days in case.horizons[:horizons]
        for p in [_probability(exactly(case.scenario(days)), case.of)]
    ]
    known_to_storm = []
    for name in storm:
        scenario, known = at_medians(EXACT / f"{name}.yaml"), STORM[name]
        found = exactly(scenario).outcomes["probability"]
        known_to_storm += [
            (f"{name}: {outcome}", float(found[outcome]), p) for outcome, p in known.items()
        ]
    gaps = {
        "formulas": max(abs(found - p) for _, found, p in formulas),
        "storm": max(abs(found - p) for _, found, p in known_to_storm),
    }
    numbers = {
        "formulas": len(formulas), "models": len(CLOSED), "largest_formula_gap": gaps["formulas"],
        "storm": len(known_to_storm), "storm_models": len(storm),
        "largest_storm_gap": gaps["storm"],
    }  # fmt: skip
    # Control: the formula of a switch whose mean is 1 % longer.
    a, b = 1 / 3.03, 1 / 7
    longer = a / (a + b) * -np.expm1(-(a + b) * 5.0)
    failed = failures(
        (gaps["formulas"] < 1e-11, f"formulas: {gaps['formulas']:.1e}"),
        (gaps["storm"] < 1e-9, f"Storm: {gaps['storm']:.1e}"),
        (abs(longer - formulas[1][1]) > 1e-4, "control: a mean 1 % longer is not noticed"),
    )
    return Finding(numbers=numbers, drawn=(formulas, known_to_storm), failed=failed)


def _probability(results: sim.Results, name: str) -> float:
    table = results.outcomes if name in results.outcomes.index else results.endings
    return float(table.loc[name, "probability"])


STORM: dict[str, dict[str, float]] = yaml.safe_load(
    (EXACT / "answers.json").read_text(encoding="utf-8")
)


def at_medians(file: Path) -> sim.Scenario:
    """A scenario of the corpus with every parameter at its median, as Storm was given it."""
    known = yaml.safe_load(file.read_text(encoding="utf-8")).get("parameters", {})
    if not known:
        return sim.load(file)
    values = ", ".join(f"{name}: {_median(p['is'])!r}" for name, p in known.items())
    values = values.replace("'", "")  # a choice by its name
    text = f"extends: {file}\nscenario: at_medians\ninterventions:\n"
    text += f"  medians: {{set: {{{values}}}}}\n"
    return loaded(text).under("medians")


def _median(is_: Any) -> float | str:
    match is_:
        case {"pert": [low, mode, high]}:
            b = 1 + 4 * (high - mode) / (high - low)
            return float(low + (high - low) * special.betaincinv(6 - b, b, 0.5))
        case {"beta": {"successes": k, "trials": n}}:
            return float(special.betaincinv(k + 0.5, n - k + 0.5, 0.5))
        case {"uniform": [low, high]}:
            return (low + high) / 2
        case {"quantiles": points}:
            return points["50%"]
        case {"choices": weights}:
            return max(weights, key=weights.get)
    return float(is_)


# --- sampled against exact ----------------------------------------------------------------------


# Draws of each; solving one draw of the Korean cut exactly takes seconds.
DRAWS = {"cascade": 200, "gates": 200, "island_exponential": 200, "korean_cut": 20}


def sampled(of_draws: float = 1.0, paths: int = 1_000, seed: int = 1) -> Finding:
    """Hits of the compiled engine in each draw against the exact probability of that draw.

    z = (hits - n p) / sqrt(n p (1 - p)), where n p (1 - p) >= 25, so that z is nearly normal.
    """
    scores, wrong = [], []
    for name, most in DRAWS.items():
        scenario, draws = sim.load(EXACT / f"{name}.yaml"), max(1, round(of_draws * most))
        p = shares(exactly(scenario, draws=draws, seed=seed)).to_numpy()
        hits = paths * shares(run(scenario, draws=draws, paths=paths, seed=seed)).to_numpy()
        enough = paths * p * (1 - p) >= 25
        for found, truth in ((scores, p), (wrong, np.minimum(1.05 * p, 0.999))):
            z = (hits - paths * truth) / np.sqrt(paths * truth * (1 - truth))
            found.append(z[enough])
    z, other = np.concatenate(scores), np.concatenate(wrong)
    largest, bound = float(np.abs(z).max()), float(stats.norm.isf(1e-4 / 2 / len(z)))
    numbers = {
        "paths": paths, "scores": len(z), "mean": float(z.mean()),
        "sd": float(z.std()), "largest": largest, "bound": bound,
        "beyond_2": float((np.abs(z) > 2).mean()), "mean_if_5_percent_larger": float(other.mean()),
    }  # fmt: skip
    # Outcomes of one draw share paths, so scores are not independent: the limits on mean and sd
    # are those of a fifth as many, since no scenario has more than five outcomes.
    few = len(z) / 5
    failed = failures(
        (largest < bound, f"the largest z is {largest:.1f}"),
        (abs(z.mean()) < 4 / sqrt(few), f"mean of z {z.mean():.3f}"),
        (abs(z.std() - 1) < 4 / sqrt(2 * few), f"sd of z {z.std():.3f}"),
        (abs(other.mean()) > 4 / sqrt(few), "control: probabilities 5 % larger are not noticed"),
    )
    return Finding(numbers=numbers, drawn=z, failed=failed)
