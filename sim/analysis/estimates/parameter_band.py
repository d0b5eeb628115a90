"""How far parameter uncertainty spreads a probability, with the noise of finite paths removed."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.analysis.statistics.beta_mixture import choose, grid_errors, quantiles, tally
from sim.formatting import at_most
from sim.results.level import LEVEL, at_level, fewest_draws
from sim.results.tables import RunTables

Floats = NDArray[np.float64]

STATUSES = ("resolved", "unresolved", "none", "exact")
RELIABLE = 0.5  # least share of the variance of the shares that is not noise of finite paths
LEAST_HITS = 0.5  # in a draw at the lower end; below, most such draws see none
RESAMPLES = 25  # of the draws; their spread has a relative error of 1 / sqrt(2 * 24) = 14 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Quantiles of a probability over parameter draws.

    `status` is `resolved`; `unresolved` where the noise of finite paths is most of what is seen, or
    draws are too few (`fewest_draws`): then nothing is known of the quantiles, and `upper` is what
    the upper one is below. `reliability` is the share of the variance of the shares that is not
    noise, from 0 to 1; `paths` says how many paths a draw would do, where that can be told. `low`
    is 0 where a draw at the lower end sees less than half a hit: how little above 0 it is, its
    draws cannot say, and a distribution fitted to the others would only guess.
    """

    low: float
    high: float
    low_se: float  # standard error of `low`, by resampling draws
    high_se: float
    reliability: float
    status: str
    upper: float = np.nan
    paths: int | None = None
    over_time: Floats | None = None  # (times, 2): low and high at earlier times; NaN: unresolved


def parameter_band(
    hits: ArrayLike,
    sizes: ArrayLike,
    *,
    level: float = LEVEL,
    seed: int | np.random.Generator = 1,
    resamples: int = RESAMPLES,
    earlier: NDArray[np.int64] | None = None,
) -> Band:
    """The band of one probability: `hits` of `sizes` paths in each draw.

    Its ends are the quantiles (1 - level) / 2 and (1 + level) / 2 of the probability over draws, by
    `sim.analysis.statistics.beta_mixture`. `resamples` 0 leaves out their standard errors.
    `earlier` (times, draws) are the hits by earlier times, whose bands are made with the same
    smoothness.
    """
    k, n = np.broadcast_arrays(np.asarray(hits, np.float64), np.asarray(sizes, np.float64))
    found, enough = reliability(k, n)
    few = len(k) < fewest_draws(level)
    if few or found < RELIABLE:
        return unresolved(k, n, level, None if few else enough)
    times = np.empty((0, len(k))) if earlier is None else np.asarray(earlier, np.float64)
    # early times have few hits: where noise is most of them there is no band, as at the horizon
    told = np.array([reliability(row, n)[0] >= RELIABLE for row in times], dtype=np.bool_)
    some = times[told]
    counts = tally(np.concatenate([k, *some]), np.tile(n, 1 + len(some)))
    random = np.random.default_rng(seed)
    draws = np.arange(len(k))
    concentration = choose(tally(k, n), random)
    drawn = [draws, *(draws + (i + 1) * len(k) for i in range(len(some)))]
    drawn += [random.integers(0, len(k), len(k)) for _ in range(resamples)]
    rows = np.array([counts.weights(some) for some in drawn])
    tail = (1 - level) / 2
    ends = quantiles(counts, rows, concentration, (tail, 1 - tail), near=resamples)
    spread = ends[len(ends) - resamples :].std(axis=0, ddof=1) if resamples > 1 else [np.nan] * 2
    # errors of resampling and of the grid are independent
    spread = np.hypot(spread, grid_errors(counts, ends[0], concentration))
    unseen = ends[:, 0] * n.mean() < LEAST_HITS
    ends[unseen, 0] = 0.0
    over_time = np.full((len(times), 2), np.nan)
    over_time[told] = ends[1 : 1 + len(some)]
    return Band(
        low=float(ends[0, 0]),
        high=float(ends[0, 1]),
        low_se=np.nan if unseen[0] else float(spread[0]),
        high_se=float(spread[1]),
        reliability=found,
        status="resolved",
        over_time=over_time,
    )


def unresolved(hits: Floats, sizes: Floats, level: float, enough: int | None) -> Band:
    """What is left to say where the quantiles cannot be told: below which the upper one is.

    The quantile of the shares themselves: the noise of finite paths spreads them, and only moves
    their upper quantile up; one hit more in each draw, since a share is a multiple of 1 / n.
    """
    upper = float(np.quantile((hits + 1) / (sizes + 1), (1 + level) / 2)) if len(hits) else np.nan
    return Band(
        low=np.nan,
        high=np.nan,
        low_se=np.nan,
        high_se=np.nan,
        reliability=reliability(hits, sizes)[0],
        status="unresolved",
        upper=min(upper, 1.0),
        paths=enough,
    )


def reliability(hits: Floats, sizes: Floats) -> tuple[float, int | None]:
    """The share of the variance of the shares that is not noise, and the paths that would do.

    The binomial variance of a share is estimated without bias by s (1 - s) / (n - 1). None where
    no other variance is seen, so that no number of paths can be named.
    """
    # of one path no share has a noise that could be told from what the draws differ by
    if len(hits) < 2 or sizes.min() < 2:
        return 0.0, None
    share = hits / sizes
    seen = float(share.var(ddof=1))
    noise = float((share * (1 - share) / np.maximum(sizes - 1, 1)).mean())
    own = seen - noise
    if not own > 0:
        return 0.0, None
    # the noise falls with the paths; a fifth more than needed, since both are estimates
    needed = 1.2 * float(sizes.mean()) * noise / own * RELIABLE / (1 - RELIABLE)
    return own / seen, ceil(needed)


def unresolved_bands(results: RunTables) -> dict[str, str]:
    """By title, the outcomes whose band is not resolved, with what is known instead."""
    found, sizes = {}, results.shares["n"].to_numpy()
    rest = at_level("{rest}", results.provenance.level)
    unsure = results.outcomes[(results.outcomes["band"] == "unresolved")]
    for name, row in unsure[unsure["hits"].between(1, unsure["n"] - 1)].iterrows():
        said = "parameter uncertainty not resolved"
        if row["upper"] < 1:
            said += f"; in {rest} of the draws below {at_most(float(row['upper']))} %"
        _, enough = reliability(results.shares[f"outcome__{name}"].to_numpy() * sizes, sizes)
        if enough is not None:
            said += f"; --paths {enough:,} would do".replace(",", "")
        found[str(row["title"])] = said
    return found


def shrunken(hits: ArrayLike, sizes: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """(low, high) of many probabilities at once, draws along axis 0: cheap, without an error.

    Variance-corrected shrinkage: each share is drawn towards their mean by the root of the part of
    its variance that is not noise, so that the shares vary as the probabilities do. NaN where noise
    is most of it. It misses the lower end of small probabilities that vary by their factor, by up
    to half of its height (`benchmarks/bands.py`), so it serves where there are hundreds: clauses,
    options and routes.
    """
    k = np.asarray(hits, np.float64)
    n = np.broadcast_to(np.asarray(sizes, np.float64).T, k.T.shape).T if k.size else k
    fewest = fewest_draws(level)
    if len(k) < fewest:
        return np.full(k.shape[1:], np.nan), np.full(k.shape[1:], np.nan)
    # of one path no noise can be told; draws in which a clause was never invoked say nothing of it
    told = n > 1
    share = np.divide(k, n, out=np.full(k.shape, np.nan), where=told)
    with np.errstate(invalid="ignore", divide="ignore"):
        count, worth = told.sum(axis=0), np.where(told, n - 1, 0.0)
        mean = np.where(told, k, 0.0).sum(axis=0) / np.where(told, n, 0.0).sum(axis=0)
        # large draws count for more, as their excess over the noise is known better
        excess = (share - mean) ** 2 - share * (1 - share) / (n - 1)
        own = np.nansum(worth * excess, axis=0) / worth.sum(axis=0) * count / (count - 1)
        own = np.maximum(own, 0.0)
        noise = np.where(told, (mean * (1 - mean) - own) / n, np.nan)
        known = (own >= RELIABLE * (own + np.nansum(noise, axis=0) / count)) & (count >= fewest)
        drawn = mean + np.sqrt(own / (own + noise)) * (share - mean)
        ends = quantiles_along(drawn, ((1 - level) / 2, (1 + level) / 2))
    low, high = (np.clip(np.where(known & (own > 0), end, np.nan), 0, 1) for end in ends)
    return low, high


def quantiles_along(share: Floats, at: tuple[float, float]) -> list[Floats]:
    """Quantiles along axis 0 of what is there; NaN in a column without anything."""
    ordered = np.sort(share, axis=0)  # NaN last
    last = (~np.isnan(share)).sum(axis=0) - 1
    found = []
    for part in at:
        place = np.maximum(part * last, 0)
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(last, 0))
        ends = [np.take_along_axis(ordered, i[None], axis=0)[0] for i in (below, above)]
        found.append(ends[0] + (place - below) * (ends[1] - ends[0]))
    return found
