"""How likely one rare outcome is, from splittings, with the interval that their spread gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimates.confidence import weak_share
from sim.analysis.estimates.likelihood import LIKELIHOODS, WEAK, confidence, likelihood
from sim.analysis.estimates.parameter_band import RELIABLE, Band
from sim.analysis.statistics.rank_correlation import ranked
from sim.analysis.statistics.resampling import generator
from sim.errors import NotApplicable
from sim.experiment.rare import RareOutput
from sim.results.frames import draws
from sim.results.level import fewest_draws

if TYPE_CHECKING:
    from sim.engines.splitting import Split

Floats = NDArray[np.float64]

RESAMPLES = 200  # of the draws, which are few
NO_BAND = Band(
    low=np.nan, high=np.nan, low_se=np.nan, high_se=np.nan, reliability=0.0, status="none"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RareEstimate:
    """An estimate by multilevel splitting.

    probability  mean over draws and repetitions.
    low, high    parameter uncertainty: `level` of the draws lie between them, the error of
                 splitting removed by variance-corrected shrinkage; low_se, high_se: by resampling
                 draws. NaN unless `band` is `resolved` (`unresolved`: fewer than `fewest_draws`, or
                 the error of splitting is most of their spread; `none`: no parameter is uncertain).
    mc_low, ...  mc_high, mc_se: sampling error, from the spread of the draws or, of one draw, of
                 its independent repetitions (Student's t), not below 0.
    likelihood   in a word, and `confidence`: see `sim.analysis.estimates.likelihood`.
    gain         how many times the events an ordinary run of the same draws would need to know
                 their mean as well.
    seconds      of processor time that the splittings took; differs from run to run, as does
                 ordinary_seconds: what that ordinary run would take.
    by_draw      draw, probability, error: the standard error of its mean, levels: how many, events.
    """

    scenario: str
    outcome: str
    title: str  # of the outcome
    probability: float
    low: float
    high: float
    low_se: float
    high_se: float
    mc_low: float
    mc_high: float
    mc_se: float
    band: str
    likelihood: str
    confidence: str | None
    draws: int
    repetitions: int  # in each draw
    paths: int  # at each level
    events: int
    gain: float
    seconds: float
    ordinary_seconds: float
    seed: int
    level: float  # the mass of both intervals
    by_draw: pd.DataFrame


def estimate(output: RareOutput) -> RareEstimate:
    """The estimate; NotApplicable where no splitting reached the outcome."""
    model, outcome, found = output.model, output.outcome, output.splits
    paths, seed, level = output.plan.paths, output.plan.seed, output.plan.level
    each = np.array([one.probabilities for one in found])
    number, repetitions = each.shape
    probability = float(each.mean())
    if probability == 0:
        raise NotApplicable(
            f"not applicable, because none of {each.size:,} splittings reached {outcome}; try "
            f"more paths at each level (now {paths:,})"
        )
    # repetitions in a draw are independent, so their spread is the error of the draw's mean
    errors = each.std(axis=1, ddof=1) / sqrt(repetitions)
    means = each.mean(axis=1)
    splitting = float((errors**2).sum()) / number**2  # how far off in these very draws
    error, half = _sampling(means, splitting, repetitions, level)
    certain = all(parameter.distribution.kind == "fixed" for parameter in model.parameters)
    random = generator(seed, "rare", outcome)
    band = NO_BAND if certain else _band(means, errors, level, random)
    events = sum(one.events for one in found)
    a_path = float(np.mean([one.events_a_path for one in found]))
    variance = probability * (1 - probability)  # of an ordinary path
    # how many ordinary paths would know the mean of these very draws as well
    ordinary = variance / splitting if splitting > 0 else 0.0
    return RareEstimate(
        scenario=model.name,
        outcome=outcome,
        title=model.outcomes[model.names.outcomes[outcome]].label,
        probability=probability,
        low=band.low,
        high=band.high,
        low_se=band.low_se,
        high_se=band.high_se,
        # Student's interval knows no bounds; a probability does
        mc_low=max(probability - half, 0.0),
        mc_high=min(probability + half, 1.0),
        mc_se=error,
        band=band.status,
        likelihood=LIKELIHOODS[
            int(likelihood(np.array([probability]), np.ones(1), np.ones(1, np.bool_))[0])
        ],
        confidence=confidence(band.status, band.low, band.high, _weak(output, means)),
        draws=number,
        repetitions=repetitions,
        paths=paths,
        events=events,
        # where all splittings agree to the last digit there is nothing to compare
        gain=ordinary * a_path / events if splitting > 0 else 1.0,
        seconds=sum(one.seconds for one in found),
        ordinary_seconds=ordinary * float(np.mean([one.seconds_a_path for one in found])),
        seed=seed,
        level=level,
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


def _band(means: Floats, errors: Floats, level: float, random: np.random.Generator) -> Band:
    """The spread of the probability over draws, less the error of splitting in each."""
    reliable = _reliability(means, errors)
    if len(means) < fewest_draws(level) or reliable < RELIABLE:
        return replace(NO_BAND, reliability=reliable, status="unresolved")
    rows = [random.integers(0, len(means), len(means)) for _ in range(RESAMPLES)]
    found = np.array([_ends(means[some], errors[some], level) for some in rows])
    low, high = _ends(means, errors, level)
    low_se, high_se = found.std(axis=0, ddof=1)
    return Band(
        low=low,
        high=high,
        low_se=float(low_se),
        high_se=float(high_se),
        reliability=reliable,
        status="resolved",
    )


def _reliability(means: Floats, errors: Floats) -> float:
    """The share of the variance between draws that is not error of splitting."""
    seen = float(means.var(ddof=1)) if len(means) > 1 else 0.0
    return max(seen - float((errors**2).mean()), 0.0) / seen if seen > 0 else 0.0


def _ends(means: Floats, errors: Floats, level: float) -> tuple[float, float]:
    """Quantiles of the means, drawn together until their variance is that without the errors."""
    centre, tail = float(means.mean()), (1 - level) / 2
    shrunken = centre + sqrt(_reliability(means, errors)) * (means - centre)
    low, high = np.quantile(shrunken, (tail, 1 - tail))
    return max(float(low), 0.0), min(float(high), 1.0)


def _weak(output: RareOutput, means: Floats) -> float:
    """Which share of what drives the probability has no source."""
    parameters = ranked(draws(output.model, output.values))
    weak = [output.grades.get(name, WEAK[0]) in WEAK for name in parameters.names]
    return weak_share(parameters, pd.Series(means), np.array(weak, np.float64))


def _sampling(
    means: Floats, splitting: float, repetitions: int, level: float
) -> tuple[float, float]:
    """(standard error of the mean over draws, half of the interval: Student's t times that).

    Of one draw there is no spread between draws, and that of its repetitions stands for it.
    """
    from scipy.stats import t as student

    draws = len(means)
    variance = float(means.var(ddof=1)) / draws if draws > 1 else splitting
    freedom = draws - 1 if draws > 1 else repetitions - 1
    return sqrt(variance), float(student.ppf((1 + level) / 2, freedom)) * sqrt(variance)
