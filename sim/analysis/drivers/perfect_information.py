"""What it would be worth to know everything before a choice: EVPI, finite paths' noise removed.

EVPI = min_d E p_d - E min_d p_d wants p_d of every draw. Finite paths show noisy ones, of which the
least is too low. Two estimates are mixed:

- Extrapolated. To first order the error is proportional to the variance of the noise, of which
  each half of a draw's paths has twice as much: twice the value of all paths, less the mean of
  those of the halves, is free of it. Where most of the spread is noise this is still too much.
- Shrunk. The differences are drawn towards their mean until their covariance is that of the
  noise-free ones. Where nothing is to be seen this is next to nothing, but it has the shape of the
  noise in it and is too little elsewhere; half of that is mended by the same extrapolation.

The first counts by the reliability, the part of the variance over draws that is not noise, and the
second by the rest. How often the interval holds is counted in `.ci/long/COUNTS.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.rank_correlation import FALSE_ALARM
from sim.experiment.choices import ChoiceShares

Floats = NDArray[np.float64]
NUMBERS_AT_ONCE = 2_000_000  # of resampled differences, so that memory stays small
ROUNDING = 1e-12  # what sums of as many numbers leave where there is nothing
DUMMIES = 200  # repetitions of a choice in which only finite paths differ, for the floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How decisions differ from the one that is best on average, draw by draw.

    whole    (decision, draw): of all paths; or of several samples, (sample, decision, draw)
    gap      likewise: of the first half of the paths, less of the second
    first    the first half's part of the paths; 0: nothing was sampled, there is no noise
    """

    whole: Floats
    gap: Floats
    first: float

    @classmethod
    def of(cls, shares: ChoiceShares, star: int, sign: float) -> Differences:
        """From decision `star`; with the sign -1 more of the outcome is better."""
        loss = sign * np.delete(shares.share, star, axis=0) - sign * shares.share[star]
        half = sign * (shares.halves[..., 0] - shares.halves[..., 1])
        return cls(
            whole=loss,
            gap=np.delete(half, star, axis=0) - half[star],
            first=shares.paths // 2 / shares.paths if shares.paths else 0.0,
        )

    @property
    def balance(self) -> float:
        """What the squared gap is multiplied by to be the variance of the whole."""
        return self.first * (1 - self.first)

    @property
    def noise(self) -> Floats:
        """In each draw a value whose square is an estimate of the variance of its noise."""
        return np.asarray(self.gap * np.sqrt(self.balance))

    @property
    def halves(self) -> tuple[Floats, Floats]:
        """The differences in the first and in the second half of the paths."""
        return self.whole + (1 - self.first) * self.gap, self.whole - self.first * self.gap

    @property
    def reliability(self) -> Floats:
        """The part of the variance over draws, of all differences, that is not noise; 0 to 1."""
        spread = self.whole.var(axis=-1, ddof=1).sum(axis=-1)
        noise = (self.noise**2).mean(axis=-1).sum(axis=-1)
        part = np.divide(noise, spread, out=np.ones_like(spread), where=spread > 0)
        return np.asarray(np.clip(1 - part, 0, 1))


def everything(
    seen: Differences, weights: Floats, random: np.random.Generator, level: float
) -> dict[str, Any]:
    """The row of everything: value, low, high, floor, told; see `Information.table`.

    The interval is by bootstrap over draws (`weights`: how often each is in a sample, first once
    each), recentred, as resampling adds the chance in the sample once more. The floor is what is
    exceeded with the probability 0.05 where the differences are the same in every draw.
    """
    reliability = seen.reliability
    at_once = max(NUMBERS_AT_ONCE // seen.whole.size, 1)
    parts = np.split(weights, range(at_once, len(weights), at_once))
    values = np.concatenate([known_in_every_draw(seen, part, reliability) for part in parts])
    value = float(values[0])
    ends = np.quantile(values[1:], [(1 - level) / 2, (1 + level) / 2]) - values[1:].mean() + value
    low, high = np.maximum(ends, 0.0)
    floor = _floor(seen, random)
    shown = {"value": value if value > ROUNDING else 0.0, "low": float(low), "high": float(high)}
    return {**shown, "floor": floor, "told": value > max(floor, ROUNDING)}


def known_in_every_draw(seen: Differences, weights: Floats, reliability: Floats) -> Floats:
    """The estimate of EVPI for each row of weights of draws; chance may bring it below 0."""
    rows = (seen.whole, *seen.halves)
    # the variance of the noise in each half, by that of the whole
    more = (1 / seen.first, 1 / (1 - seen.first)) if seen.first else (1.0, 1.0)
    plain = [_worth(one, weights) for one in rows]
    shrunk = [
        _worth(without_noise(one, seen.noise * np.sqrt(times), weights), weights)
        for one, times in zip(rows, (1.0, *more), strict=True)
    ]
    extrapolated, mended = (
        further * whole - (further - 1) * (first + second) / 2
        # 2 where the halves are equal, whose noise then is twice that of the whole
        for further in [1 / (1 - 2 * seen.balance)]
        for whole, first, second in (plain, shrunk)
    )
    return np.asarray(reliability * extrapolated + (1 - reliability) * mended)


def _worth(rows: Floats, weights: Floats) -> Floats:
    """EVPI were these differences free of noise; the best decision's own is 0."""
    means = (rows @ weights[..., None])[..., 0] / weights.shape[-1]
    least = (np.minimum(rows.min(axis=-2), 0) * weights).sum(axis=-1) / weights.shape[-1]
    return np.asarray(np.minimum(means.min(axis=-1), 0) - least)


def _floor(seen: Differences, random: np.random.Generator) -> float:
    """What finite paths alone reach: the mean, with the noise of any draw in any direction.

    The gap is of another draw: what a draw's whole shows of its noise and what its halves show are
    independent, and by chance the one may be larger than the other.
    """
    if not seen.first:
        return 0.0
    count = seen.whole.shape[1]
    mean, each = seen.whole.mean(axis=1, keepdims=True), np.ones((1, count))
    at_once = max(NUMBERS_AT_ONCE // seen.whole.size, 1)
    reached = []
    for begin in range(0, DUMMIES, at_once):
        some = min(at_once, DUMMIES - begin)
        one, other = random.integers(0, count, (2, some, count))
        signs = random.choice([-1.0, 1.0], (some, 1, count))
        noise = seen.noise[:, one].swapaxes(0, 1) * signs
        gap = seen.gap[:, other].swapaxes(0, 1)
        dummies = Differences(whole=mean + noise, gap=gap, first=seen.first)
        reached.append(known_in_every_draw(dummies, each, dummies.reliability))
    floor = float(np.quantile(np.concatenate(reached), 1 - FALSE_ALARM))
    return floor if floor > ROUNDING else 0.0


def without_noise(rows: Floats, noise: Floats, weights: Floats) -> Floats:
    """(sample, decision, draw): differences that spread over draws as those without noise do.

    For each row of `weights`, how often each draw is in a sample. `noise` has, in every draw, a
    value whose square is an estimate of the variance of the noise in `rows`. In the directions in
    which noise and the whole are uncorrelated each is shrunk towards the mean by itself.
    """
    count = weights.shape[-1]
    mean = rows @ weights[..., None] / count
    centred, often = rows - mean, weights[:, None, :]
    whole = (centred * often) @ centred.swapaxes(-1, -2) / (count - 1)
    own = (noise * often) @ noise.swapaxes(-1, -2) / count
    size, axes = np.linalg.eigh(whole)
    # what does not vary is left as it is
    kept = size > 1e-12 * np.maximum(size.max(axis=-1, keepdims=True), 0.0)
    root = np.sqrt(np.where(kept, size, 0.0))
    # in these coordinates the whole has variance 1 in every direction, and noise a share of it
    whiten = axes * np.where(kept, 1 / np.where(kept, root, 1.0), 0.0)[:, None, :]
    share, turn = np.linalg.eigh(whiten.swapaxes(-1, -2) @ own @ whiten)
    # a direction that is all noise is shrunk to nothing
    shrunk = turn * np.sqrt(np.clip(1 - share, 0, None))[:, None, :]
    back = (axes * root[:, None, :]) @ shrunk @ turn.swapaxes(-1, -2)
    return np.asarray(mean + back @ whiten.swapaxes(-1, -2) @ centred)
