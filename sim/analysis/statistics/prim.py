"""Boxes of parameter values in which an outcome is likely: the patient rule induction method.

Friedman and Fisher, Stat. Comput. 9 (1999), 123-143, for scenario discovery as in Bryant and
Lempert, Technol. Forecast. Soc. Change 77 (2010), 34-49. From the box of all draws a twentieth of
those left is peeled off at a time – the lowest or highest values of a parameter, or one of its
choices – so that the mean share gains most for each draw that is given up. Of the boxes on the way
that one is taken which explains most of the variance over draws, and limits it does not need are
dropped.

With a hundred parameters that do nothing and some hundred draws, peeling alone would pick out the
draws that are high by chance, one parameter after the other. So a parameter may only restrict a box
among whose draws the shares depend on it beyond chance (`entering`), which those that do nothing
rarely pass; what they do elsewhere does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, stdtrit

from sim.analysis.statistics.explained_variance import by_factor, correlations, weighted_ranks
from sim.analysis.statistics.factors import Factor

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
PEEL = 0.05  # of the draws in the box, given up at a time
LEAST_MASS = 0.05  # of all draws: a box is never smaller
LEAST_DRAWS = 10
FALSE_ENTRY = 0.01  # that any parameter passes, of those that do nothing, in one box


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Which places of a parameter are inside: from first to last of a number, or some choices."""

    first: int
    last: int
    choices: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True)
class Box:
    """Some draws, and by which parameters they are told from the others."""

    limits: dict[int, Limits]  # by position of the factor; only those that are restricted
    inside: Mask  # of the draws


@dataclass(frozen=True, kw_only=True)
class Step:
    """A box on the way, and what it is worth."""

    box: Box
    explained: float  # part of the variance of y over draws that lies between inside and outside


def peel(found: Sequence[Factor], y: Floats, among: Mask | None = None) -> list[Step]:
    """The boxes on the way from all draws (of `among`) to the smallest, in this order.

    The first is all draws, and the only one where the shares depend on no parameter beyond chance.
    """
    start = np.ones(len(y), bool) if among is None else among
    inside, entered = start, set[int]()
    least = max(LEAST_MASS * start.sum(), LEAST_DRAWS)
    basis = np.hstack([factor.basis for factor in found]) if found else np.empty((len(y), 0))
    steps = [Step(box=Box(limits={}, inside=start), explained=0.0)]
    while True:
        # once let in, a parameter stays: later boxes have fewer draws, which show less
        entered |= entering(found, basis, y, inside)
        gains = [_best_peel(found[i], y, inside, least) for i in sorted(entered)]
        possible = [one for one in gains if one is not None]
        if not possible:
            return steps
        _, gone = max(possible, key=lambda one: one[0])
        inside = inside.copy()
        inside[gone] = False
        box = _box(found, entered, inside, start)
        steps.append(Step(box=box, explained=_explained(y, inside, start)))


def entering(found: Sequence[Factor], basis: Floats, y: Floats, inside: Mask) -> set[int]:
    """Positions of the parameters on which the shares inside depend beyond chance.

    Of a number by its rank correlation with the share, or by six cosines of its rank together,
    which see what rises and falls again; of choices by Kruskal and Wallis's statistic. Together
    parameters that do nothing pass with a probability of 0.01.
    """
    n = int(inside.sum())
    if not found or n < LEAST_DRAWS or y[inside].min() == y[inside].max():
        return set()
    # Sidak's level of one parameter, so that of all together it is FALSE_ENTRY
    each = 1 - (1 - FALSE_ENTRY) ** (1 / len(found))
    ranks = weighted_ranks(y[inside], np.ones((1, n)))[0]
    counts = [factor.basis.shape[1] for factor in found]
    fitted = correlations(basis[inside], ranks, np.ones((1, n)))
    # as chi-squared with one degree of freedom a column, since columns are nearly uncorrelated
    together = (n - 1) * by_factor(fitted**2, counts)[0]
    named = np.array([factor.choices > 0 for factor in found])
    # numbers have two tests, so half as much for each
    passed = together > chdtri(np.array(counts), np.where(named, each, each / 2))
    grades = np.stack([factor.places[inside] for factor in found], axis=1).astype(np.float64)
    alone = correlations(grades, ranks, np.ones((1, n)))[0] ** 2
    t_squared = (n - 2) * alone / np.maximum(1 - alone, 1e-12)
    passed |= ~named & (t_squared > stdtrit(n - 2, 1 - each / 4) ** 2)
    return set(np.flatnonzero(passed).tolist())


def best(
    steps: Sequence[Step], found: Sequence[Factor], y: Floats, among: Mask | None = None
) -> Box:
    """The box that explains most, without the restrictions whose loss costs next to nothing."""
    start = np.ones(len(y), bool) if among is None else among
    # the first box of all is among them, so there is one
    dense = [s for s in steps if y[s.box.inside].mean() >= y[start].mean()]
    box = max(dense, key=lambda step: step.explained).box
    while looser := [_with(box, limits, found, start) for limits in _looser(box, found, start)]:
        wider = max(looser, key=lambda one: _explained(y, one.inside, start))
        # a limit has to earn a twentieth of what the box explains
        if _explained(y, wider.inside, start) < 0.95 * _explained(y, box.inside, start):
            break
        box = wider
    return box


def explained_by(box: Box, y: Floats, among: Mask | None = None) -> float:
    """The part of the variance of y over draws that lies between inside and outside the box."""
    return _explained(y, box.inside, np.ones(len(y), bool) if among is None else among)


def inside_of(box: Box, found: Sequence[Factor], among: Mask) -> Mask:
    """The draws of `among` that the limits let in."""
    inside = among.copy()
    for i, limits in box.limits.items():
        inside &= _within(found[i], limits)
    return inside


def without(box: Box, name: int, found: Sequence[Factor], among: Mask) -> Box:
    """The box without the restriction of one parameter."""
    return _with(box, {i: one for i, one in box.limits.items() if i != name}, found, among)


def _within(factor: Factor, limits: Limits) -> Mask:
    if factor.choices:
        return np.isin(factor.places, list(limits.choices))
    return (factor.places >= limits.first) & (factor.places <= limits.last)


def _with(box: Box, limits: dict[int, Limits], found: Sequence[Factor], among: Mask) -> Box:
    wider = Box(limits=limits, inside=among)
    return Box(limits=limits, inside=inside_of(wider, found, among))


def _looser(box: Box, found: Sequence[Factor], start: Mask) -> Iterator[dict[int, Limits]]:
    """The limits with one of them less: an end of a number, or the choices of a parameter.

    Not the last one: a box without limits says nothing.
    """
    for i, own in box.limits.items():
        rest = {j: one for j, one in box.limits.items() if j != i}
        places = found[i].places[start]
        first, last = int(places.min()), int(places.max())
        if not own.choices and own.first > first and own.last < last:
            yield {**box.limits, i: replace(own, first=first)}
            yield {**box.limits, i: replace(own, last=last)}
        elif rest:
            yield rest


def _box(found: Sequence[Factor], entered: set[int], inside: Mask, start: Mask) -> Box:
    """The limits of what is left; a parameter that still has both its ends has none."""
    limits = {}
    for i in sorted(entered):
        kept, every = found[i].places[inside], found[i].places[start]
        if found[i].choices:
            some = frozenset(np.unique(kept).tolist())
            if len(some) < len(np.unique(every)):
                limits[i] = Limits(first=0, last=0, choices=some)
        elif kept.min() > every.min() or kept.max() < every.max():
            limits[i] = Limits(first=int(kept.min()), last=int(kept.max()))
    return Box(limits=limits, inside=inside)


def _best_peel(
    factor: Factor, y: Floats, inside: Mask, least: float
) -> tuple[float, NDArray[np.int64]] | None:
    """(gain for each draw given up, those draws) of the best peel by one parameter."""
    held = np.flatnonzero(inside)
    places = factor.places[held]
    if factor.choices:
        parts = [held[places == choice] for choice in np.unique(places)]
    else:
        cut, order = max(int(PEEL * len(held)), 1), np.argsort(places)
        parts = [held[order[:cut]], held[order[-cut:]]]
    total, best = float(y[held].sum()), None
    for gone in parts:
        left = len(held) - len(gone)
        if left < least:
            continue
        # for each draw that is given up: a choice may take away half the box at once
        gain = ((total - float(y[gone].sum())) / left - total / len(held)) / len(gone)
        if best is None or gain > best[0]:
            best = gain, gone
    return best


def _explained(y: Floats, inside: Mask, start: Mask) -> float:
    own, rest = y[inside], y[start & ~inside]
    variance = float(y[start].var())
    if not len(own) or not len(rest) or variance == 0:
        return 0.0
    part = len(own) / (len(own) + len(rest))
    return float(part * (1 - part) * (own.mean() - rest.mean()) ** 2 / variance)
