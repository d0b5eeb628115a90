"""The model against its rivals over many cases: means, skill, and what so few cases can tell."""

from __future__ import annotations

from math import ceil, isfinite
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.scoring.questions import RIVALS
from sim.analysis.statistics.resampling import generator, samples, significant
from sim.results.level import LEVEL

Floats = NDArray[np.float64]
MEASURES = ("brier", "log_score", "crps_share")
RESAMPLES = 4_000
POWER = 0.8  # with which a difference of the size seen is to be told from nothing
COLUMNS = [
    *("rival", "measure", "cases", "questions", "model", "model_low", "model_high", "rival_mean"),
    *("difference", "low", "high", "skill", "skill_low", "skill_high", "more_cases"),
]


def against_rivals(questions: pd.DataFrame, *, level: float = LEVEL, seed: int = 1) -> pd.DataFrame:
    """One row a rival and measure, over the outcomes that both have said something about.

    cases, questions: how many; model, rival_mean: the mean score, of a case over its questions and
    then over cases, each of which counts the same; model_low, model_high: its bootstrap interval;
    difference: model - rival, below 0 where the model is better, with low, high; skill: 1 - model /
    rival (Murphy, Mon. Weather Rev. 116, 1988, 2417-2424), 1 perfect, 0 as the rival, with its
    interval; more_cases: how many more a two-sided test at 1 - level would need to tell a
    difference of this size from nothing with power 80 %; 0: these suffice.

    Intervals: percentiles of 4,000 resamples of *cases*, since the questions of one case hang
    together. Missing with fewer than three cases, or where a mean is infinite.
    """
    asked = questions[(questions["kind"] == "outcome") & questions["happened"].notna()]
    rows = []
    for rival in RIVALS:
        for measure in MEASURES:
            both = asked[[measure, f"{rival}_{measure}"]].notna().all(axis=1)
            rows.append(
                {
                    "rival": rival,
                    "measure": measure,
                    **_row(asked[both], rival, measure, level, seed),
                }
            )
    return significant(pd.DataFrame(rows, columns=COLUMNS))


def _row(
    asked: pd.DataFrame, rival: str, measure: str, level: float, seed: int
) -> dict[str, float]:
    # Each case counts the same, however many outcomes it was asked about: otherwise the file with
    # most outcomes would decide.
    by_case = asked.groupby("number", sort=True)[[measure, f"{rival}_{measure}"]].mean()
    own, other = (by_case[one].to_numpy(dtype=np.float64) for one in by_case)
    found: dict[str, float] = {"cases": len(by_case), "questions": len(asked)}
    if not len(by_case):
        return found
    found |= {"model": float(own.mean()), "rival_mean": float(other.mean())}
    # One infinite log score makes the mean infinite, of which no difference can be taken.
    if not isfinite(found["rival_mean"]) or not isfinite(found["model"]):
        return found
    gap = own - other
    found |= {"difference": float(gap.mean()), "skill": _skill(own.mean(), other.mean())}
    # Resamples of two cases have three different means, which is no distribution.
    if len(by_case) < 3:
        return found
    # A stream by name: a further rival does not change the intervals of the others.
    random = generator(seed, "score", f"{rival}:{measure}")
    # How often each case is in a resample. The first row is the cases as they are, which belongs to
    # the estimate and not to its spread. The same resamples serve model and rival, since both were
    # asked the same questions and their errors go together.
    weights = samples(random, len(by_case), RESAMPLES)[1:] / len(by_case)
    tails = [(1 - level) / 2, (1 + level) / 2]
    means, rivals = weights @ own, weights @ other
    ends = {
        "model": means,
        "": means - rivals,
        "skill": np.array([_skill(a, b) for a, b in zip(means, rivals, strict=True)]),
    }
    for name, values in ends.items():
        # Skill is missing in a resample in which the rival happens to be perfect.
        low, high = np.nanquantile(values, tails)
        found |= {f"{name}_low".lstrip("_"): float(low), f"{name}_high".lstrip("_"): float(high)}
    found["more_cases"] = cases_needed(gap, level) - len(by_case)
    found["more_cases"] = max(found["more_cases"], 0)
    return found


def _skill(own: float, other: float) -> float:
    """1 - own / other; missing against a perfect rival."""
    return float(1 - own / other) if other > 0 else float("nan")


def cases_needed(gap: Floats, level: float) -> float:
    """How many cases a mean of this size and spread needs to be told from 0 with power 80 %.

    n = ((z_(1 - a/2) + z_power) sd / mean)^2, a = 1 - level: the usual size of a sample for a mean,
    with normal quantiles. Infinite where the mean is 0.
    """
    mean, spread = float(gap.mean()), float(gap.std(ddof=1))
    if mean == 0:
        return float("inf")
    z = NormalDist().inv_cdf((1 + level) / 2) + NormalDist().inv_cdf(POWER)
    return float(ceil((z * spread / mean) ** 2))
