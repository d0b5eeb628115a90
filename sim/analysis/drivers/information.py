"""What it would be worth to know: expected value of perfect information for a choice.

Between decisions d the one is chosen whose probability p_d of an outcome is least on average. Who
knew a parameter first could choose anew for each of its values, and would expect

    EVPPI = min_d E p_d  -  E min_d E[p_d | parameter]

less of the outcome: at most so much is it worth to find out. E[p_d | parameter] comes from a
regression over the draws of a run, as Strong, Oakley and Brennan do it (Med. Decis. Making 34
(2014), 311-326): a penalised spline (`smoothing`) of the paired difference from the decision that
is best on average. A regression that follows the noise of finite paths would make every parameter
worth something, since the least of noisy values is too low: where nothing is to be seen the fit is
a constant, whose value is 0, and floors say what dummies reach. Of a group the regression is a sum
over its members; what they are worth only together beyond that is not in it.

EVPI, of everything at once, needs no regression but each draw's p_d without noise: see
`perfect_information`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.drivers.perfect_information import Differences, everything, without_noise
from sim.analysis.statistics.factors import Factor, factors
from sim.analysis.statistics.rank_correlation import FALSE_ALARM
from sim.analysis.statistics.resampling import generator, samples, significant
from sim.analysis.statistics.smoothing import Smoother
from sim.experiment.choices import ChoiceShares
from sim.formatting import counted, sample_size
from sim.results.level import LEVEL

Floats = NDArray[np.float64]
COLUMNS = ("of", "name", "value", "low", "high", "floor", "told", "part", "draws", "paths")
DECISIONS = ("decision", "probability", "difference", "low", "high", "best", "draws", "paths")
LEAST_DRAWS = 50  # fewer leave a regression nothing to go by
RESAMPLES = 400  # bootstrap samples of draws, for intervals
BEYOND = 5  # shuffles that are to exceed a floor, where so many are enough
MOST_SHUFFLES = 10_000
NUMBERS_AT_ONCE = 2_000_000  # of shuffled draws, so that memory stays small


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """The value of information for one choice.

    decisions    one row a decision, as given: its probability; difference from the decision that is
                 least (with `more`, greatest) on average, with its interval; best: the share of
                 draws in which it is the best one, noise removed
    table        of: `everything`, `group` or `parameter`; name; value: the expected change of the
                 probability if it were known before the choice, 0 or more; low, high: its interval
                 (bootstrap over draws); floor: what dummies reach, family-wise, and of `everything`
                 what finite paths alone do; told: whether value is above it and, of a regression,
                 draws left out of it gain on average; part: value by that of everything, missing
                 where that is not told
    chosen       the decision that is best on average
    reliability  the part of the variance of the differences over draws that is not noise of finite
                 paths
    """

    decisions: pd.DataFrame
    table: pd.DataFrame
    chosen: str
    reliability: float


def nothing_to_know(draws: pd.DataFrame, shares: ChoiceShares) -> str:
    """Why nothing can be said about the value of information, as a sentence; else nothing."""
    count = shares.share.shape[1]
    nothing = "Nothing is uncertain, so there is nothing to find out."
    if draws.columns.empty:
        return nothing
    # of one draw every parameter has one value, which says nothing of how uncertain they are
    if count < LEAST_DRAWS:
        are = "is" if count == 1 else "are"
        return f"There {are} {counted(count, 'draw')}: too few; run at least {LEAST_DRAWS}."
    if not factors(draws):
        return nothing
    if shares.paths == 1:
        return "There is one path in each draw, so that draws cannot be told from chance."
    n = sample_size(count, shares.paths)
    for extreme, happened in ((0, "never"), (1, "always")):
        if (shares.share == extreme).all():
            return (
                f"Under each decision it {happened} happened (n = {n}), so none of them can be "
                "told to be better, nor what is worth finding out before."
            )
    if (shares.share == shares.share[0]).all():
        return (
            f"The decisions came to the same in all {n}: whichever is taken, there is nothing to "
            "find out for this choice."
        )
    return ""


def information(
    draws: pd.DataFrame,
    shares: ChoiceShares,
    groups: Mapping[str, Sequence[str]],
    *,
    seed: int,
    more: bool = False,
    level: float = LEVEL,
) -> Information:
    """The value of information for the choice between some decisions; see `Information`.

    `draws` is `Results.draws`; `groups` names columns of it. With `more`, more of the outcome is
    better. `nothing_to_know` says when nothing can be told.
    """
    sign = -1.0 if more else 1.0
    star = int((sign * shares.share.mean(axis=1)).argmin())
    seen = Differences.of(shares, star, sign)
    differences = seen.whole
    random = generator(seed, "information", f"{shares.outcome}:{'+'.join(shares.names)}")
    weights = samples(random, differences.shape[1], RESAMPLES)
    found = factors(draws)
    size = {"draws": differences.shape[1], "paths": shares.paths}
    whole = everything(seen, weights, random, level)
    rows = [{"of": "everything", "name": "everything", **whole}]
    known = {one.name: one for one in found}
    members = {name: [known[n] for n in own if n in known] for name, own in groups.items()}
    # a group of one is the parameter itself
    members = {name: own for name, own in members.items() if len(own) > 1}
    rows += _of_groups(members, differences, weights, random, level)
    rows += _of_parameters(found, differences, weights, random, level)
    table = pd.DataFrame(rows).assign(**size)
    table["part"] = table["value"] / whole["value"] if whole["told"] else np.nan
    return Information(
        decisions=_decisions(shares, star, seen, weights, level, sign),
        table=significant(table.iloc[_order(table)].reset_index(drop=True)[list(COLUMNS)]),
        chosen=shares.names[star],
        reliability=float(seen.reliability),
    )


def _order(table: pd.DataFrame) -> NDArray[np.int64]:
    """Everything, groups, parameters; of each those that are told by value, then the others."""
    kinds = table["of"].map({"everything": 0, "group": 1, "parameter": 2}).to_numpy()
    told = table["told"].to_numpy(bool)
    size = np.where(told, -table["value"].to_numpy(), 0.0)
    return np.lexsort((size, ~told, kinds))


# --- one parameter, and groups ----------------------------------------------------------------


def known_value(smoother: Smoother, differences: Floats) -> tuple[Floats, Floats]:
    """(EVPPI, gain of each draw) by regression; `differences`: (..., decision, draw).

    The gain is what a draw would have, if it were left out of the regression that decides for it;
    its mean is the EVPPI but for the regression's error, its spread that of the estimate.
    """
    fitted, own = smoother.fits(differences)
    # the decision that the others are compared with can be chosen too: its own difference is 0
    value = -np.minimum(fitted.min(axis=-2), 0).mean(axis=-1) + np.minimum(
        differences.mean(axis=-1).min(axis=-1), 0
    )
    # leaving a draw out of a linear smoother, without fitting again
    without = (fitted - own * differences) / (1 - own)
    chosen = without.argmin(axis=-2)[..., None, :]
    taken = np.take_along_axis(differences, chosen, axis=-2)[..., 0, :]
    changes = np.take_along_axis(without, chosen, axis=-2)[..., 0, :] < 0
    return np.maximum(value, 0), np.where(changes, -taken, 0.0)


def _of_parameters(
    found: list[Factor],
    differences: Floats,
    weights: Floats,
    random: np.random.Generator,
    level: float,
) -> list[dict[str, Any]]:
    each = 1 - (1 - FALSE_ALARM) ** (1 / max(len(found), 1))
    floors: dict[tuple[int, ...], float] = {}
    rows = []
    for factor in found:
        smoother = Smoother.of(factor)
        # dummies differ only in how often each value occurs
        if factor.shape not in floors:
            floors[factor.shape] = _floor(smoother, differences, random, each)
        rows.append(_row(factor.name, smoother, differences, weights, level, floors[factor.shape]))
    return [{"of": "parameter", **row} for row in rows]


def _of_groups(
    members: Mapping[str, list[Factor]],
    differences: Floats,
    weights: Floats,
    random: np.random.Generator,
    level: float,
) -> list[dict[str, Any]]:
    each = 1 - (1 - FALSE_ALARM) ** (1 / max(len(members), 1))
    rows = []
    for name, own in members.items():
        smoother = Smoother.of_group(own)
        floor = _floor(smoother, differences, random, each)
        rows.append(_row(name, smoother, differences, weights, level, floor))
    return [{"of": "group", **row} for row in rows]


def _row(
    name: str,
    smoother: Smoother,
    differences: Floats,
    weights: Floats,
    level: float,
    floor: float,
) -> dict[str, Any]:
    value, gains = known_value(smoother, differences)
    means = weights[1:] @ gains / weights.shape[1]
    # around the value itself, as resampling adds the chance of the sample once more
    low, high = np.quantile(means - means.mean(), [(1 - level) / 2, (1 + level) / 2])
    ends = {"low": max(value + low, 0.0), "high": value + high}
    # a fit that no draw left out of it gains by follows the noise
    told = bool(value > floor and gains.mean() > 0)
    return {"name": name, "value": float(value), **ends, "floor": floor, "told": told}


def _floor(
    smoother: Smoother, differences: Floats, random: np.random.Generator, each: float
) -> float:
    """What the value of a dummy exceeds with the probability `each`: draws are shuffled."""
    count = differences.shape[1]
    shuffles = ceil(min(BEYOND / each, MOST_SHUFFLES))
    at_once = max(NUMBERS_AT_ONCE // differences.size, 1)
    seen = []
    for first in range(0, shuffles, at_once):
        some = min(at_once, shuffles - first)
        order = random.permuted(np.tile(np.arange(count), (some, 1)), axis=1)
        shuffled = differences[:, order].swapaxes(0, 1)  # (shuffle, decision, draw)
        seen.append(known_value(smoother, shuffled)[0])
    return float(np.quantile(np.concatenate(seen), 1 - each))


def _decisions(
    shares: ChoiceShares,
    star: int,
    seen: Differences,
    weights: Floats,
    level: float,
    sign: float,
) -> pd.DataFrame:
    """The rows of `Information.decisions`."""
    count = weights.shape[1]
    kept = without_noise(seen.whole, seen.noise, weights[:1])[0]
    gaps = np.insert(kept, star, 0.0, axis=0)
    best = np.bincount(gaps.argmin(axis=0), minlength=len(gaps)) / count
    means = sign * np.insert(seen.whole @ weights.T / count, star, 0.0, axis=0)
    low, high = np.quantile(means[:, 1:], [(1 - level) / 2, (1 + level) / 2], axis=1)
    table = pd.DataFrame(
        {
            "decision": list(shares.names),
            "probability": shares.share.mean(axis=1),
            "difference": means[:, 0],
            "low": low,
            "high": high,
            "best": best,
            "draws": count,
            "paths": shares.paths,
        }
    )
    return significant(table[list(DECISIONS)])
