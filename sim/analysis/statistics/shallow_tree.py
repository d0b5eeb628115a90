"""A shallow tree that parts draws by parameters so that their shares of an outcome differ most.

Breiman et al., Classification and Regression Trees (1984), by least squares; but only parameters
may part a node on which the shares inside depend beyond chance
(`sim.analysis.statistics.prim.entering`, as in Hothorn, Hornik and Zeileis, J. Comput. Graph. Stat.
15 (2006), 651-674), so it needs no pruning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.factors import Factor
from sim.analysis.statistics.prim import Box, Limits, Mask, entering

Floats = NDArray[np.float64]
DEPTH = 3
LEAST_LEAF = 0.05  # of all draws


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    gain: float
    factor: int
    below: Mask  # of all draws: those inside the node on the lower side


def leaves(found: Sequence[Factor], y: Floats) -> list[Box]:
    """The leaves, from lowest to highest share; one, of all draws, where nothing parts them."""
    basis = np.hstack([factor.basis for factor in found]) if found else np.empty((len(y), 0))
    made: list[Box] = []

    def grow(node: Box, depth: int) -> None:
        split = None if depth == 0 else _best(found, basis, y, node.inside)
        if split is None:
            made.append(node)
            return
        above = node.inside & ~split.below
        for side, other in ((split.below, above), (above, split.below)):
            limits = _limits(found[split.factor], node.limits.get(split.factor), side, other)
            grow(Box(limits={**node.limits, split.factor: limits}, inside=side), depth - 1)

    grow(Box(limits={}, inside=np.ones(len(y), bool)), DEPTH)
    return sorted(made, key=lambda leaf: float(y[leaf.inside].mean()))


def _best(found: Sequence[Factor], basis: Floats, y: Floats, inside: Mask) -> _Split | None:
    """The split that takes most from the sum of squares."""
    least = max(int(LEAST_LEAF * len(y)), 10)
    splits = [
        _split(i, found[i], y, inside, least) for i in sorted(entering(found, basis, y, inside))
    ]
    possible = [one for one in splits if one is not None]
    return max(possible, key=lambda one: one.gain) if possible else None


def _split(which: int, factor: Factor, y: Floats, inside: Mask, least: int) -> _Split | None:
    """The best cut of one parameter; choices stand in the order of their means."""
    held = np.flatnonzero(inside)
    places = factor.places[held]
    if factor.choices:
        # by least squares the best split of choices is one along their means: Fisher, J. Am. Stat.
        # Assoc. 53 (1958), 789-798
        means = {c: float(y[held[places == c]].mean()) for c in np.unique(places).tolist()}
        rank = {choice: i for i, choice in enumerate(sorted(means, key=lambda c: means[c]))}
        places = np.array([rank[int(place)] for place in places])
    order = np.argsort(places, kind="stable")
    values, keys = y[held[order]] - y[held].mean(), places[order]
    # a cut behind position i; equal keys are not parted
    below = np.cumsum(values)[:-1]
    sizes = np.arange(1, len(values))
    # values are centred, so this is by how much the sum of squares falls with each cut
    gain = below**2 * len(values) / (sizes * (len(values) - sizes))
    fits = (keys[1:] > keys[:-1]) & (sizes >= least) & (len(values) - sizes >= least)
    if not fits.any():
        return None
    at = int(np.argmax(np.where(fits, gain, -1)))
    side = np.zeros(len(y), bool)
    side[held[order[: at + 1]]] = True
    return _Split(gain=float(gain[at]), factor=which, below=side)


def _limits(factor: Factor, before: Limits | None, side: Mask, other: Mask) -> Limits:
    """The limits of one side of a cut: only the end at the cut is new."""
    kept = factor.places[side]
    if factor.choices:
        return Limits(first=0, last=0, choices=frozenset(np.unique(kept).tolist()))
    first = before.first if before else 0
    last = before.last if before else len(factor.places) - 1
    if kept.max() < factor.places[other].max():
        return Limits(first=first, last=int(kept.max()))
    # the same cut as of the other side, also where draws of other nodes lie between
    return Limits(first=int(factor.places[other].max()) + 1, last=last)
