"""What an intervention changes: differences of probabilities, from the same paths in pairs.

Two layers: `low, high` say how the effect spreads over what is not known (`effect_bands`), `mc_low,
mc_high, mc_se` how far it may be off because only so many pairs were walked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.effects.effect_bands import (
    NO_BAND,
    EffectBand,
    effect_band,
    exact_effect_band,
)
from sim.analysis.statistics.intervals import design_effect
from sim.analysis.statistics.resampling import generator
from sim.experiment.pair_counts import PairCounts
from sim.results.counting import BINS
from sim.results.level import LEVEL
from sim.results.tables import RunTables

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

NOT_COUNTED = ("n", "gained", "lost", "differ", "changed")  # by a solution, which has no paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A twin beside its baseline: the tables of both, and the pairs of paths if any were walked."""

    name: str
    baseline: RunTables
    twin: RunTables
    pairs: PairCounts | None  # None: both were solved

    @property
    def draws(self) -> int:
        """How many draws are finished."""
        return self.baseline.provenance.draws

    @property
    def level(self) -> float:
        """The mass of the intervals: that of the baseline's tables."""
        return self.baseline.provenance.level

    @property
    def varies(self) -> bool:
        """Whether any parameter has more than one value in the draws of either run."""
        drawn = (self.baseline.draws, self.twin.draws)
        columns = (column for one in drawn if len(one) for _, column in one.items())
        return any(bool((column != column.iloc[0]).any()) for column in columns)

    def common(self, kind: str) -> list[str]:
        """The outcomes or endings that both runs have, in the baseline's order."""
        before, after = (getattr(run, f"{kind}s").index for run in (self.baseline, self.twin))
        return [str(name) for name in before if name in after]

    def unpaired(self, kind: str) -> list[str]:
        """The outcomes or endings that one of the two has alone."""
        tables = [getattr(run, f"{kind}s").index for run in (self.baseline, self.twin)]
        return [str(name) for name in tables[0].symmetric_difference(tables[1], sort=False)]


def difference_rows(pair: Pair, kind: str) -> pd.DataFrame:
    """The rows of `Comparison.table` (kind "outcome") or `.endings` ("ending") of one twin."""
    names = pair.common(kind)
    before = getattr(pair.baseline, f"{kind}s").loc[names]
    after = getattr(pair.twin, f"{kind}s").loc[names]
    head = {
        "twin": pd.Series([pair.name] * len(names), dtype="str"),
        kind: pd.Series(names, dtype="str"),
    }
    probabilities = {
        "baseline": before["probability"].to_numpy(),
        "probability": after["probability"].to_numpy(),
    }
    found = _solved(pair, kind) if pair.pairs is None else _paired(pair, pair.pairs, kind)
    n = found.pop("n")
    return pd.DataFrame({**head, "n": n, **probabilities, **found})


def effects_by_draw(pair: Pair, kind: str, name: str) -> Floats:
    """The effect on one outcome or ending in each draw, as seen in its paths."""
    if pair.pairs is None:
        column = f"{kind}__{name}"
        gap = pair.twin.shares[column].to_numpy() - pair.baseline.shares[column].to_numpy()
        return np.asarray(gap, np.float64)
    gained, lost = pair.pairs.counts(kind, name, pair.draws)
    return np.asarray((gained - lost) / pair.baseline.provenance.paths)


def alternative_row(pair: Pair, walked: int | None) -> dict[str, Any]:
    """The row of `Comparison.alternatives` of one twin; `walked` paths were not the baseline's."""
    if pair.pairs is None:
        return {"twin": pair.name, "n": None, "walked": None, "changed": None, "moment": np.nan}
    return {
        "twin": pair.name,
        "n": pair.draws * pair.baseline.provenance.paths,
        "walked": walked,
        "changed": int(pair.pairs.changed[: pair.draws].sum()),
        "moment": median_moment(pair.pairs.moments.counts(), pair.baseline.provenance.horizon),
    }


def flow_rows(pair: Pair) -> pd.DataFrame:
    """The rows of `Comparison.flows` of one twin: how many paths went from which ending to which.

    Only endings that differ; the most paths first.
    """
    if pair.pairs is None:  # of a solution none is counted
        names, flow = np.empty(0, dtype=object), np.zeros((0, 0), np.int64)
    else:
        names = np.array(pair.pairs.endings, dtype=object)
        # after Ctrl-C the last draw may be half done
        flow = pair.pairs.flow[: pair.draws].sum(axis=0)
    before, after = np.nonzero(flow * ~np.eye(len(flow), dtype=np.bool_))
    paths = flow[before, after]
    order = np.argsort(-paths, kind="stable")
    n = pair.draws * pair.baseline.provenance.paths
    return pd.DataFrame(
        {
            "twin": pd.Series([pair.name] * len(order), dtype="str"),
            "before": pd.Series(names[before[order]], dtype="str"),
            "after": pd.Series(names[after[order]], dtype="str"),
            "paths": paths[order],
            "n": np.full(len(order), n, np.int64),
        }
    )


def median_moment(counts: Counts, horizon: float) -> float:
    """The median (days) of moments counted in bins, to a ten-thousandth of the horizon."""
    total = counts.sum()
    if not total:
        return float("nan")
    return float(np.searchsorted(np.cumsum(counts), total / 2)) / BINS * horizon


def beyond_noise(
    tables: Sequence[pd.DataFrame], inner: float = LEVEL, level: float = 0.99
) -> list["pd.Series[bool]"]:
    """Which rows of several tables differ from 0 by more than sampling error, taken together.

    Bonferroni: one wrong row in all tables together has at most the probability 1 - `level`.
    `inner` is the mass of the intervals that the tables have.
    """
    rows = sum(len(table) for table in tables)
    z = NormalDist().inv_cdf(1 - (1 - level) / (2 * max(rows, 1)))
    found = []
    for table in tables:
        # ends of the interval, moved out; it is built on more than the pairs seen, so that a
        # handful of them is not taken for certain
        middle, half = (table["mc_low"] + table["mc_high"]) / 2, table["mc_high"] - table["mc_low"]
        wide = half / 2 * z / NormalDist().inv_cdf((1 + inner) / 2)
        found.append((table["difference"] != 0) & (middle.abs() > wide))
    return found


def paired(
    gained: Counts, lost: Counts, paths: int, level: float = LEVEL
) -> tuple[Floats, Floats, Floats]:
    """(difference, low, high) of two shares over the same paths; draws lie along axis 0.

    Agresti and Min, Stat. Med. 24 (2005), 729-740: Wald's interval for paired shares after half a
    pair is added to each of the four kinds. Where draws differ, n and the counts are divided by
    the design effect of the differences: their variance between draws over that within.
    """
    n = float(max(len(gained) * paths, 1))
    # discordant pairs alone tell of a difference, as in McNemar's test
    up, down = gained.sum(axis=0) / n, lost.sum(axis=0) / n
    difference = up - down
    n_effective = n / _effect_of_draws(gained, lost, paths)
    weight = n_effective / (n_effective + 2)  # of what was counted, beside the two added pairs
    centre = difference * weight
    spread = (up + down) * weight + 1 / (n_effective + 2) - centre**2
    half = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(spread / (n_effective + 2))
    low, high = np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0)
    # the centre is shrunk towards 0, so the interval is stretched to hold the estimate itself
    return difference, np.minimum(low, difference), np.maximum(high, difference)


def standard_errors(gained: Counts, lost: Counts, paths: int) -> Floats:
    """The standard error of each difference, with draws as clusters."""
    n = float(max(len(gained) * paths, 1))
    up, down = gained.sum(axis=0) / n, lost.sum(axis=0) / n
    within = (up + down - (up - down) ** 2) / n
    return np.asarray(np.sqrt(within * _effect_of_draws(gained, lost, paths)))


def _effect_of_draws(gained: Counts, lost: Counts, paths: int) -> Floats:
    """The design effect of each difference, at least 1."""
    draws, n = len(gained), float(max(len(gained) * paths, 1))
    up, down = gained.sum(axis=0) / n, lost.sum(axis=0) / n
    effect = np.ones_like(up)
    if draws < 2:
        return np.asarray(effect)
    between = ((gained - lost) / paths).var(axis=0, ddof=1) / draws
    # variance of gained - lost in one path: 1, -1 or 0
    within = (up + down - (up - down) ** 2) / n
    ratio = np.divide(between, within, out=effect.copy(), where=within > 0)
    return np.asarray(np.maximum(1.0, ratio))


def ratios(
    before: Counts, gained: Counts, lost: Counts, paths: int, level: float = LEVEL
) -> tuple[Floats, Floats, Floats]:
    """(ratio, low, high) of the probability with the change to that without; draws along axis 0.

    Relative risk from pairs: the variance of its logarithm is (gained + lost) / (hits before x hits
    after) (Nam and Blackwelder, Stat. Med. 21 (2002), 689-699), half a hit added to each; where
    draws differ, times the design effect of the differences. NaN where it never happens before.
    """
    a = before.sum(axis=0).astype(np.float64)
    up, down = gained.sum(axis=0), lost.sum(axis=0)
    b = a + up - down
    ratio = np.divide(b, a, out=np.full(len(a), np.nan), where=a > 0)
    variance = (up + down + 1) / ((a + 0.5) * (b + 0.5)) * _effect_of_draws(gained, lost, paths)
    half = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(variance)
    middle = (b + 0.5) / (a + 0.5)
    with np.errstate(over="ignore"):  # of next to nothing: no upper bound to speak of
        low, high = middle * np.exp(-half), middle * np.exp(half)
    low, high = np.where(b > 0, np.minimum(low, ratio), 0.0), np.maximum(high, ratio)
    return ratio, np.where(a > 0, low, np.nan), np.where(a > 0, high, np.nan)


def saved(before: Counts, gained: Counts, lost: Counts, paths: int) -> Floats:
    """The share of the variance of a difference that pairing saves; NaN where none is left.

    Beside two runs of the same size on other random numbers, whose variances add up.
    """
    n = float(max(len(before) * paths, 1))
    apart = np.zeros(before.shape[1])
    for hits in (before, before + gained - lost):
        share = hits.sum(axis=0) / n
        apart += share * (1 - share) / n * design_effect(hits, np.full(len(hits), paths))
    together = standard_errors(gained, lost, paths) ** 2
    differ = (gained.sum(axis=0) + lost.sum(axis=0)) > 0
    part = np.divide(together, apart, out=np.full(len(apart), np.nan), where=differ & (apart > 0))
    return np.asarray(1 - part)


def _paired(pair: Pair, pairs: PairCounts, kind: str) -> dict[str, Any]:
    done, paths, names = pair.draws, pair.baseline.provenance.paths, pair.common(kind)
    counts = [pairs.counts(kind, name, done) for name in names]
    nothing = np.zeros((done, 0), np.int64)
    gained = np.column_stack([nothing, *(one for one, _ in counts)])
    lost = np.column_stack([nothing, *(one for _, one in counts)])
    columns = [f"{kind}__{name}" for name in names]
    # shares are counts divided by paths: rounding gives the counts back exactly
    before = np.rint(pair.baseline.shares[columns].to_numpy() * paths).astype(np.int64)
    difference, mc_low, mc_high = paired(gained, lost, paths, pair.level)
    ratio, ratio_low, ratio_high = ratios(before, gained, lost, paths, pair.level)

    def band(i: int) -> EffectBand:
        random = _stream(pair, kind, names[i])
        return effect_band(gained[:, i], lost[:, i], paths, level=pair.level, random=random)

    bands = [band(i) if pair.varies else NO_BAND for i in range(len(names))]
    total = {"gained": gained.sum(axis=0), "lost": lost.sum(axis=0)}
    return {
        "n": done * paths,
        "difference": difference,
        **_of_bands(bands),
        "mc_low": mc_low,
        "mc_high": mc_high,
        "mc_se": standard_errors(gained, lost, paths),
        "ratio": ratio,
        "ratio_low": ratio_low,
        "ratio_high": ratio_high,
        **total,
        "differ": total["gained"] + total["lost"],
        "changed": pairs.changed[:done].sum(),
        "variance_saved": saved(before, gained, lost, paths),
    }


def _solved(pair: Pair, kind: str) -> dict[str, Any]:
    """The same of two solutions: effects are known draw by draw, and nothing was counted."""
    names = pair.common(kind)
    columns = [f"{kind}__{name}" for name in names]
    before, after = (run.shares[columns].to_numpy() for run in (pair.baseline, pair.twin))
    tables = [getattr(run, f"{kind}s").loc[names] for run in (pair.baseline, pair.twin)]
    # the choice of the draws, and the numerical error of both solutions
    error, z = _of_draws(after - before), NormalDist().inv_cdf((1 + pair.level) / 2)
    runs = zip(tables, (before, after), strict=True)
    width = z * error + sum(_bound(table, z * _of_draws(by_draw)) for table, by_draw in runs)
    gap = (tables[1]["probability"] - tables[0]["probability"]).to_numpy()
    missing = pd.array([None] * len(gap), dtype="Int64")
    nothing = np.full(len(gap), np.nan)
    start = tables[0]["probability"].to_numpy()
    by_draw = (after - before).T
    bands = [
        exact_effect_band(one, pair.level, _stream(pair, kind, name)) if pair.varies else NO_BAND
        for one, name in zip(by_draw, names, strict=True)
    ]
    return {
        "n": missing,
        "difference": gap,
        **_of_bands(bands),
        "mc_low": gap - width,
        "mc_high": gap + width,
        "mc_se": error,
        "ratio": np.divide(start + gap, start, out=nothing.copy(), where=start > 0),
        "ratio_low": nothing,
        "ratio_high": nothing,
        **dict.fromkeys(("gained", "lost", "differ", "changed"), missing),
        "variance_saved": nothing,
    }


def _of_draws(by_draw: Floats) -> Floats:
    """The standard error of means over draws; 0 with a single one, of which nothing is told."""
    draws = len(by_draw)
    return np.asarray(by_draw.std(axis=0, ddof=min(draws - 1, 1)) / np.sqrt(max(draws, 1)))


def _bound(table: pd.DataFrame, of_draws: Floats) -> Floats:
    """What the interval of solved probabilities allows beside the choice of draws."""
    half = (table["mc_high"] - table["mc_low"]).to_numpy(np.float64) / 2
    return np.asarray(np.maximum(half - of_draws, 0.0))


def _stream(pair: Pair, kind: str, name: str) -> np.random.Generator:
    # the same of every alternative, whatever it is called
    return generator(pair.baseline.provenance.seed, "compare", f"{kind}.{name}")


def _of_bands(bands: Sequence[EffectBand]) -> dict[str, Any]:
    numbers = {
        name: np.array([getattr(band, name) for band in bands], np.float64)
        for name in ("low", "high", "low_se", "high_se", "lowers", "raises")
    }
    return {
        **{name: numbers[name] for name in ("low", "high", "low_se", "high_se")},
        "band": pd.Series([band.status for band in bands], dtype="str"),
        "lowers": numbers["lowers"],
        "raises": numbers["raises"],
    }
