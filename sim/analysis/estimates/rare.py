"""How likely one rare outcome is, from splittings, with the interval that their spread gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import LEVEL
from sim.errors import NotApplicable
from sim.experiment.rare import RareOutput

if TYPE_CHECKING:
    from sim.engines.splitting import Split

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RareEstimate:
    """An estimate by multilevel splitting.

    probability  mean over draws and repetitions; low, high: 90 % interval for sampling only, from
                 the spread of the draws or, of one draw, of its independent repetitions (Student's
                 t), not below 0.
    gain         how many times the events an ordinary run of the same draws would need to know
                 their mean as well.
    by_draw      draw, probability, error: the standard error of its mean, levels: how many, events.
    """

    scenario: str
    outcome: str
    title: str  # of the outcome
    probability: float
    low: float
    high: float
    draws: int
    repetitions: int  # in each draw
    paths: int  # at each level
    events: int
    gain: float
    seed: int
    by_draw: pd.DataFrame


def estimate(output: RareOutput) -> RareEstimate:
    """The estimate; NotApplicable where no splitting reached the outcome."""
    model, outcome, found = output.model, output.outcome, output.splits
    paths, seed = output.plan.paths, output.plan.seed
    each = np.array([one.probabilities for one in found])
    draws, repetitions = each.shape
    probability = float(each.mean())
    if probability == 0:
        raise NotApplicable(
            f"not applicable, because none of {each.size:,} splittings reached {outcome}; try "
            f"more paths at each level (now {paths:,})"
        )
    # repetitions in a draw are independent, so their spread is the error of the draw's mean
    errors = each.std(axis=1, ddof=1) / sqrt(repetitions)
    means = each.mean(axis=1)
    splitting = float((errors**2).sum()) / draws**2  # how far off in these very draws
    half = _half_width(means, splitting, repetitions)
    events = sum(one.events for one in found)
    a_path = float(np.mean([one.events_a_path for one in found]))
    ordinary = probability * (1 - probability) * a_path  # variance x events of an ordinary path
    return RareEstimate(
        scenario=model.name,
        outcome=outcome,
        title=model.outcomes[model.names.outcomes[outcome]].label,
        probability=probability,
        # Student's interval knows no bounds; a probability does
        low=max(probability - half, 0.0),
        high=min(probability + half, 1.0),
        draws=draws,
        repetitions=repetitions,
        paths=paths,
        events=events,
        # the ratio of variance x events, ordinary over splitting: what one has to walk for it
        gain=ordinary / (splitting * events) if splitting > 0 else 1.0,
        seed=seed,
        by_draw=_by_draw(output.splits, means, errors),
    )


def _by_draw(found: Sequence[Split], means: Floats, errors: Floats) -> pd.DataFrame:
    """The table `RareEstimate.by_draw`."""
    return pd.DataFrame(
        {
            "draw": np.arange(len(found)),
            "probability": means,
            "error": errors,
            "levels": [len(one.levels) for one in found],
            "events": [one.events for one in found],
        }
    )


def _half_width(means: Floats, splitting: float, repetitions: int) -> float:
    """Half of the interval: Student's t times the standard error of the mean over draws.

    Of one draw there is no spread between draws, and that of its repetitions stands for it.
    """
    from scipy.stats import t as student

    draws = len(means)
    variance = float(means.var(ddof=1)) / draws if draws > 1 else splitting
    freedom = draws - 1 if draws > 1 else repetitions - 1
    return float(student.ppf((1 + LEVEL) / 2, freedom)) * sqrt(variance)
