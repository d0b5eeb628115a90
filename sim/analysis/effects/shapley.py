"""What each of several interventions adds to their joint effect, and which do more together.

The Shapley value of an intervention is what it adds to the effect of those before it, averaged over
all orders in which they could be made (Shapley, in *Contributions to the Theory of Games* II,
1953). The values add up to the joint effect. All subsets are walked on the same random numbers, so
that a value is a sum of paired differences in each draw, and its error is found from the draws as
clusters.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.results.level import LEVEL

Floats = NDArray[np.float64]
Effects = Mapping[frozenset[str], Floats]  # of each subset, in each draw

SHARES = {
    "outcome": "str",
    "intervention": "str",
    **dict.fromkeys(
        ("alone", "shapley", "mc_low", "mc_high", "mc_se", "joint", "share"), "float64"
    ),
}
TOGETHER = {
    **dict.fromkeys(("outcome", "one", "other"), "str"),
    **dict.fromkeys(("sum", "both", "excess", "mc_low", "mc_high", "mc_se"), "float64"),
    "relation": "str",
}


def subsets(names: Sequence[str]) -> list[tuple[str, ...]]:
    """All subsets but the empty one, smaller ones first."""
    sizes = range(1, len(names) + 1)
    return [some for size in sizes for some in combinations(names, size)]


def weights(names: Sequence[str], name: str) -> dict[frozenset[str], float]:
    """How the effects of all subsets add up to the Shapley value of one intervention."""
    n, found = len(names), dict[frozenset[str], float]()
    others = [other for other in names if other != name]
    for size in range(n):
        # the share of all orders in which exactly these come before it
        weight = factorial(size) * factorial(n - size - 1) / factorial(n)
        for some in combinations(others, size):
            found[frozenset((*some, name))] = weight
            if some:  # no intervention, no effect
                # Each subset comes up once: one with the intervention is added, one without it
                # subtracted.
                found[frozenset(some)] = -weight
    return found


def shapley_rows(
    outcome: str, names: Sequence[str], effects: Effects, level: float = LEVEL
) -> pd.DataFrame:
    """The rows of `Comparison.shapley` for one outcome.

    outcome, intervention, alone: its effect by itself; shapley: its part of the joint effect;
    mc_low, mc_high, mc_se: interval (of the mass `level`) and standard error of that, sampling only
    (missing with a single draw); joint: the effect of all; share: shapley / joint, missing where
    joint cannot be told from 0.
    """
    rows = []
    joint = _told(effects[frozenset(names)], level)
    for name in names:
        own = _told(_sum(weights(names, name), effects), level)
        # A share of something that may be 0 could be anything.
        clear = joint["mc_low"] > 0 or joint["mc_high"] < 0
        rows.append(
            {
                "outcome": outcome,
                "intervention": name,
                "alone": float(effects[frozenset((name,))].mean()),
                "shapley": own["mean"],
                **{column: own[column] for column in ("mc_low", "mc_high", "mc_se")},
                "joint": joint["mean"],
                "share": own["mean"] / joint["mean"] if clear else np.nan,
            }
        )
    return pd.DataFrame(rows, columns=list(SHARES)).astype(SHARES)


def pair_rows(
    outcome: str, names: Sequence[str], effects: Effects, level: float = LEVEL
) -> pd.DataFrame:
    """The rows of `Comparison.interactions` for one outcome.

    outcome, one, other; sum: of the effects of both, each alone; both: their effect together;
    excess: both - sum; mc_low, mc_high, mc_se: its interval and standard error, sampling only;
    relation: `more` than the sum where together they go farther in its direction, `less`, or
    `not told` apart from the sum by these draws.
    """
    rows = []
    for one, other in combinations(names, 2):
        apart = effects[frozenset((one,))] + effects[frozenset((other,))]
        both = effects[frozenset((one, other))]
        # Draw by draw, as all were walked on the same random numbers: most of the chance cancels.
        excess = _told(both - apart, level)
        rows.append(
            {
                "outcome": outcome,
                "one": one,
                "other": other,
                "sum": float(apart.mean()),
                "both": float(both.mean()),
                "excess": excess["mean"],
                **{column: excess[column] for column in ("mc_low", "mc_high", "mc_se")},
                "relation": _relation(excess, float(apart.mean())),
            }
        )
    return pd.DataFrame(rows, columns=list(TOGETHER)).astype(TOGETHER)


def _relation(excess: Mapping[str, float], apart: float) -> str:
    if not (excess["mc_low"] > 0 or excess["mc_high"] < 0):
        return "not told"
    # Farther in the direction of the sum: two interventions that both lower an outcome do more
    # together where the excess is negative.
    return "more" if excess["mean"] * apart >= 0 else "less"


def _sum(weighted: Mapping[frozenset[str], float], effects: Effects) -> Floats:
    return np.asarray(sum(weight * effects[some] for some, weight in weighted.items()))


def _told(by_draw: Floats, level: float) -> dict[str, Any]:
    """A mean over draws with its interval; without one where there is a single draw."""
    mean = float(by_draw.mean()) if len(by_draw) else np.nan
    if len(by_draw) < 2:
        return {"mean": mean, "mc_low": np.nan, "mc_high": np.nan, "mc_se": np.nan}
    error = float(by_draw.std(ddof=1)) / sqrt(len(by_draw))
    half = NormalDist().inv_cdf((1 + level) / 2) * error
    return {"mean": mean, "mc_low": mean - half, "mc_high": mean + half, "mc_se": error}
