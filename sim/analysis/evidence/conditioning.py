"""The run, conditioned on records of history: what the weighted draws say.

`sim.analysis.evidence.weighing` says how draws are weighted, and why so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.estimates.parameter_band import Band
from sim.analysis.evidence.posterior import posterior
from sim.analysis.evidence.weighing import Weighted, weigh
from sim.analysis.evidence.weighted_band import effective, weighted_band, weighted_quantiles
from sim.analysis.statistics.intervals import wilson
from sim.analysis.statistics.resampling import generator, significant
from sim.errors import NotApplicable
from sim.results.level import LEVEL
from sim.results.tables import RunTables
from sim.scenario import Evidence

Floats = NDArray[np.float64]

LEAST = 50.0  # effective draws, below which nothing is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditioned:
    """A run given records of history.

    effective   how many draws of equal weight know as much (Kish), of `draws`.
    weights     index `draw`; weight: relative, summing to 1.
    parameters  which moved, and from where to where: see `sim.analysis.evidence.posterior`.
    estimates   one row an outcome or ending: kind, name, title; prior, prior_low, prior_high: as in
                the run; probability, low, high, low_se, high_se, band, mc_low, mc_high, mc_se:
                likewise, given the records.
    """

    records: tuple[str, ...]
    draws: int
    effective: float
    weights: pd.DataFrame
    parameters: pd.DataFrame
    estimates: pd.DataFrame


def condition(
    results: RunTables, records: Sequence[Evidence], *, level: float = LEVEL
) -> Conditioned:
    """The run given some records, all at once.

    Raises NotApplicable where the weights leave fewer than 50 effective draws, saying how many
    draws would do; where paths are fewer than the records' cases; and where a run kept no rows of
    its paths.
    """
    name = "+".join(one.name for one in records)
    random = generator(results.provenance.seed, "evidence", name)
    found = weigh(results, records, random)
    weights = _weights(found.logs)
    _refuse_few(weights, name)
    given = _Given(found=found, weights=weights, level=level, random=random)
    return Conditioned(
        records=tuple(one.name for one in records),
        draws=len(weights),
        effective=effective(weights),
        weights=significant(pd.DataFrame({"weight": weights}, index=results.draws.index)),
        parameters=significant(posterior(results.draws, weights, random, level)),
        estimates=significant(_estimates(results, given)),
    )


def _weights(logs: Floats) -> Floats:
    most = logs.max()
    if not np.isfinite(most):
        return np.zeros(len(logs))
    # relative to the largest, since a likelihood of many cases is too small for a float
    weights = np.exp(logs - most)
    return np.asarray(weights / weights.sum())


def _refuse_few(weights: Floats, name: str) -> None:
    size, draws = effective(weights), len(weights)
    if size >= LEAST:
        return
    if size == 0:
        raise NotApplicable(
            f"condition on {name}: in none of the {draws:,} draws can the record have come about; "
            "no number of draws can be named that would do"
        )
    # a fifth more, since the effective number is an estimate itself
    enough = ceil(1.2 * draws * LEAST / size / 100) * 100
    raise NotApplicable(
        f"condition on {name}: the weights leave {size:.1f} effective draws of {draws:,}, too few "
        f"to tell anything; about --draws {enough} would do"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """Weighted draws, and how an interval is to be made of them."""

    found: Weighted
    weights: Floats
    level: float
    random: np.random.Generator


def _estimates(results: RunTables, given: _Given) -> pd.DataFrame:
    rows = []
    for kind, table in (("outcome", results.outcomes), ("ending", results.endings)):
        for name, before in table.iterrows():
            rows.append(
                {
                    "kind": kind,
                    "name": str(name),
                    "title": str(before["title"]),
                    "prior": before["probability"],
                    "prior_low": before["low"],
                    "prior_high": before["high"],
                    **_estimate(given, (kind, str(name))),
                }
            )
    return pd.DataFrame(rows).astype(dict.fromkeys(("kind", "name", "title", "band"), "str"))


def _estimate(given: _Given, key: tuple[str, str]) -> dict[str, Any]:
    weights, mean, left = given.weights, given.found.mean[key], given.found.left
    probability = min(max(float(weights @ mean), 0.0), 1.0)
    # of a ratio of means over draws, to first order
    error = float(np.sqrt((weights**2 * (mean - probability) ** 2).sum()))
    # Wilson's interval needs a number of paths: what the weights leave, or what the error bears out
    n = effective(weights) * (1.0 if left is None else float(left.mean()))
    binomial = probability * (1 - probability)
    n = min(n, binomial / error**2) if error > 0 and binomial > 0 else n
    low, high = wilson(probability * n, n, given.level)
    band = _band(given, given.found.hits[key])
    return {
        "probability": probability,
        **{end: getattr(band, end) for end in ("low", "high", "low_se", "high_se")},
        "band": band.status,
        "mc_low": float(low),
        "mc_high": float(high),
        "mc_se": error,
    }


def _band(given: _Given, hits: Floats) -> Band:
    # draws that cannot have made the record take no part, rather than count with weight 0
    known, tail = given.weights > 0, (1 - given.level) / 2
    weights, left = given.weights[known], given.found.left
    if left is not None:
        return weighted_band(
            hits[known], left[known], weights, level=given.level, random=given.random
        )
    low, high = weighted_quantiles(hits[known], weights, (tail, 1 - tail))
    return Band(
        low=float(low),
        high=float(high),
        low_se=np.nan,
        high_se=np.nan,
        reliability=1.0,
        status="exact",
    )
