"""Scenario discovery: which corner of what is not known makes an outcome likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.drivers.draw_targets import Target
from sim.analysis.statistics import prim
from sim.analysis.statistics.factors import Factor, factors
from sim.analysis.statistics.intervals import clustered
from sim.analysis.statistics.prim import Box, Limits, Mask
from sim.analysis.statistics.resampling import generator, significant
from sim.analysis.statistics.shallow_tree import leaves
from sim.formatting import percent, rounded
from sim.results.level import LEVEL

Floats = NDArray[np.float64]
MOST_BOXES = 3
HALVES = 40  # random halves of the draws in which a box is looked for again
SUBSETS = 2_000  # of the draws of a wider box, for a quasi-p-value


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What `discover` finds; all tables are empty where no parameter can be told from noise.

    boxes        one row a box and parameter that it restricts: box (from 1; each among the draws
                 that the boxes before leave), parameter, low, high (missing where there is no
                 limit; days for a duration), choices, low_quantile, high_quantile, quasi_p: how
                 often as many draws, picked at random from the box without this restriction, have
                 so high a probability (Bryant and Lempert 2010); reproduced: in which share of 40
                 random halves of the draws the first box restricts this parameter too; and of the
                 box: draws, mass: share of all draws, density: the outcome's probability inside,
                 low_density, high_density (sampling), base: in all draws, coverage: share of
                 the outcome's paths that are inside, held_out: the density of boxes found in one
                 half of the draws among the other half (of the first box; search makes `density`
                 a little too high)
    trajectory   the first box on its way from all draws: step, draws, mass, coverage, density,
                 restricted: how many parameters, chosen
    tree         one row a leaf, most likely first: rule, draws, mass, probability, low, high
                 (sampling), coverage
    sentences    the boxes in words, to quote
    """

    boxes: pd.DataFrame
    trajectory: pd.DataFrame
    tree: pd.DataFrame
    sentences: tuple[str, ...]


def discover(draws: pd.DataFrame, target: Target, *, seed: int, level: float = LEVEL) -> Discovery:
    """Boxes and a tree for a target by draw; `draws` is `Results.draws`."""
    found, y = factors(draws), target.value
    every = np.ones(len(y), bool)
    steps = prim.peel(found, y)
    among, boxes = every, list[Box]()
    for _ in range(MOST_BOXES):
        # the first box is peeled off all draws, whose steps are there already
        own = steps if not boxes else prim.peel(found, y, among)
        if len(own) == 1:
            break
        box = prim.best(own, found, y, among)
        # of what is left, a corner that is likelier than the whole, or none
        if not box.limits or y[box.inside].mean() <= y.mean():
            break
        boxes.append(box)
        # each further box is looked for among the draws that no box has
        among = among & ~box.inside
    random = generator(seed, "discover", f"{target.of}:{target.name}")
    again = _halves(found, y, random) if boxes else []
    rows = [
        _rows(i + 1, box, boxes[:i], draws, found, target, random, level)
        for i, box in enumerate(boxes)
    ]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
    if boxes:
        first = table["box"] == 1
        table["reproduced"] = np.where(first, _reproduced(table, found, again), np.nan)
        table["held_out"] = np.where(first, _held_out(again, found, y), np.nan)
    return Discovery(
        boxes=significant(table),
        trajectory=significant(_trajectory(steps, boxes, y)),
        tree=significant(_tree(draws, found, target, level)) if boxes else pd.DataFrame(),
        sentences=tuple(_sentence(box, boxes[:i], draws, found, y) for i, box in enumerate(boxes)),
    )


def rule(box: Box, draws: pd.DataFrame, found: Sequence[Factor]) -> str:
    """The limits of a box in words: `base_rate is korea and use_or_lose above 0.31`."""
    parts = []
    for i, limits in box.limits.items():
        name = found[i].name
        low, high, choices = _ends(draws, found[i], limits)
        if choices:
            parts.append(f"{name} is {' or '.join(choices)}")
        elif low is not None and high is not None:
            parts.append(f"{name} between {rounded(low, 3)} and {rounded(high, 3)}")
        elif low is not None:
            parts.append(f"{name} above {rounded(low, 3)}")
        elif high is not None:
            parts.append(f"{name} below {rounded(high, 3)}")
    return " and ".join(parts) or "all draws"


def _sentence(
    box: Box, before: Sequence[Box], draws: pd.DataFrame, found: Sequence[Factor], y: Floats
) -> str:
    rest = ~box.inside
    for one in before:
        rest &= ~one.inside
    where = f"{100 * box.inside.mean():.0f} % of the draws – {rule(box, draws, found)} –"
    held = 100 * y[box.inside].sum() / y.sum()
    return (
        f"{f'Of what is left, in {where}' if before else f'In {where}'} it has a probability of "
        f"{percent(float(y[box.inside].mean()))} %, in the {'rest' if before else 'others'} of "
        f"{percent(float(y[rest].mean()))} %; they hold {held:.0f} % of the paths in which it "
        "happens."
    )


def _ends(
    draws: pd.DataFrame, factor: Factor, limits: Limits
) -> tuple[float | None, float | None, list[str]]:
    """(low, high, choices): limits lie halfway between the draws inside and the next ones."""
    column = draws[factor.name]
    if factor.choices:
        words = pd.factorize(column)[1]
        inside = [str(words[one]) for one in limits.choices]
        known = [str(one) for one in column.cat.categories]
        return None, None, sorted(inside, key=known.index)
    values = np.sort(column.to_numpy(np.float64))
    # places are ranks over all draws, so they index the sorted values
    low, high = limits.first, limits.last
    return (
        float(values[low - 1 : low + 1].mean()) if low > 0 else None,
        float(values[high : high + 2].mean()) if high < len(values) - 1 else None,
        [],
    )


def _rows(
    number: int,
    box: Box,
    before: Sequence[Box],
    draws: pd.DataFrame,
    found: Sequence[Factor],
    target: Target,
    random: np.random.Generator,
    level: float,
) -> pd.DataFrame:
    y = target.value
    among = np.ones(len(y), bool)
    for one in before:
        among &= ~one.inside
    low_density, high_density = _interval(target, box.inside, level)
    rows = []
    for i, limits in box.limits.items():
        low, high, choices = _ends(draws, found[i], limits)
        wider = prim.without(box, i, found, among)
        last = len(y) - 1
        rows.append(
            {
                "box": number,
                "parameter": found[i].name,
                "low": np.nan if low is None else low,
                "high": np.nan if high is None else high,
                "choices": ", ".join(choices),
                "low_quantile": np.nan if low is None else limits.first / last,
                "high_quantile": np.nan if high is None else limits.last / last,
                "quasi_p": quasi_p_value(y, box.inside, wider.inside, random),
                "draws": int(box.inside.sum()),
                "mass": float(box.inside.mean()),
                "density": float(y[box.inside].mean()),
                "low_density": low_density,
                "high_density": high_density,
                "base": float(y.mean()),
                "coverage": float(y[box.inside].sum() / y.sum()),
            }
        )
    return pd.DataFrame(rows)


def _interval(target: Target, inside: Mask, level: float) -> tuple[float, float]:
    """The sampling interval of the mean inside, draws as clusters."""
    own = target.value[inside]
    if target.paths:
        hits = own * target.paths
        _, low, high = clustered(hits, np.full(len(own), float(target.paths)), level)
        return float(low), float(high)
    from statistics import NormalDist

    # solved shares have no noise of paths: only the choice of draws is left
    half = NormalDist().inv_cdf((1 + level) / 2) * own.std(ddof=1) / np.sqrt(len(own))
    return float(max(own.mean() - half, 0)), float(min(own.mean() + half, 1))


def quasi_p_value(y: Floats, inside: Mask, wider: Mask, random: np.random.Generator) -> float:
    """How often so many draws of the wider box, picked at random, have a mean as high."""
    pool, size = y[wider], int(inside.sum())
    picked = np.argsort(random.random((SUBSETS, len(pool))), axis=1)[:, :size]
    # equal means, such as of the same draws, count although sums may differ in their last digit
    beaten = (pool[picked].mean(axis=1) >= y[inside].mean() - 1e-12).sum()
    # what was seen is one of the subsets too, so that no p-value is 0
    return float((1 + beaten) / (1 + SUBSETS))


def _halves(
    found: Sequence[Factor], y: Floats, random: np.random.Generator
) -> list[tuple[Box | None, Mask]]:
    """(the box found in a random half of the draws, the other half), forty times."""
    made: list[tuple[Box | None, Mask]] = []
    for _ in range(HALVES):
        half = np.zeros(len(y), bool)
        half[random.permutation(len(y))[: len(y) // 2]] = True
        steps = prim.peel(found, y, half)
        box = prim.best(steps, found, y, half) if len(steps) > 1 else None
        made.append((box, ~half))
    return made


def _reproduced(
    table: pd.DataFrame, found: Sequence[Factor], again: Sequence[tuple[Box | None, Mask]]
) -> Floats:
    names = [{found[i].name for i in box.limits} if box else set() for box, _ in again]
    return np.array([np.mean([name in some for some in names]) for name in table["parameter"]])


def _held_out(
    again: Sequence[tuple[Box | None, Mask]], found: Sequence[Factor], y: Floats
) -> float:
    """The mean share, among draws that a box has not seen, of those inside."""
    seen = [y[prim.inside_of(box, found, other)] for box, other in again if box is not None]
    held = np.concatenate(seen) if seen else np.empty(0)
    return float(held.mean()) if len(held) else np.nan


def _trajectory(steps: Sequence[prim.Step], boxes: Sequence[Box], y: Floats) -> pd.DataFrame:
    if not boxes:
        return pd.DataFrame()
    sizes = np.array([int(step.box.inside.sum()) for step in steps])
    total = y.sum()
    # the chosen box may have lost limits since; the step that is nearest in size is marked
    nearest = int(np.argmin(np.abs(sizes - boxes[0].inside.sum())))
    return pd.DataFrame(
        {
            "step": np.arange(len(steps)),
            "draws": sizes,
            "mass": sizes / len(y),
            "coverage": [float(y[step.box.inside].sum() / total) for step in steps],
            "density": [float(y[step.box.inside].mean()) for step in steps],
            "restricted": [len(step.box.limits) for step in steps],
            "chosen": np.arange(len(steps)) == nearest,
        }
    )


def _tree(
    draws: pd.DataFrame, found: Sequence[Factor], target: Target, level: float
) -> pd.DataFrame:
    y, rows = target.value, []
    for leaf in reversed(leaves(found, target.value)):
        low, high = _interval(target, leaf.inside, level)
        rows.append(
            {
                "rule": rule(leaf, draws, found),
                "draws": int(leaf.inside.sum()),
                "mass": float(leaf.inside.mean()),
                "probability": float(y[leaf.inside].mean()),
                "low": low,
                "high": high,
                "coverage": float(y[leaf.inside].sum() / y.sum()),
            }
        )
    return pd.DataFrame(rows)
