"""How far parameter uncertainty spreads an effect, with the noise of finite paths removed.

In draw i an intervention makes an outcome happen in a share u_i of the paths in which it would not
have happened, and takes it away in a share d_i; its effect is u_i - d_i. Seen are counts of paired
paths, (gained, lost) ~ Multinomial(n; u_i, d_i). The pairs (u, d) come from a distribution over
draws, the *mixing distribution*; wanted are quantiles of u - d, and how much of it lies below 0.

The distribution is estimated on a grid of (u, d) by a limited number of EM steps from a flat start
("smoothing by roughening": Laird and Louis, Comput. Stat. Data Anal. 12 (1991), 27-37). The flat
start keeps a smooth distribution smooth, and the steps are enough for one of a few points, as a
`choices` parameter makes it: where no pair differs, mass gathers at an effect of exactly 0. Without
a limit this is non-parametric maximum likelihood, whose quantiles scatter more. Variance-corrected
shrinkage of the effects keeps no zero in its place, so that it cannot say in how many draws an
intervention does anything; `.ci/long/compare_covers` measures both.
"""

from dataclasses import dataclass, replace
from math import ceil, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from sim.analysis.estimates.parameter_band import RELIABLE, RESAMPLES
from sim.analysis.statistics.resampling import samples
from sim.results.level import LEVEL, fewest_draws

Floats = NDArray[np.float64]

STEPS = 60  # of EM; 20 leave too much of the flat start, 200 scatter more
SPACING = 0.7  # of the grid, in standard errors of a share on the scale of its square root
MOST_PLACES = 28  # of the grid in each direction


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectBand:
    """An effect over parameter draws: its quantiles, and the shares of draws by its sign.

    `status` is `resolved`; `unresolved` where the noise of finite paths is most of what is seen, or
    draws are too few (`fewest_draws`); `exact` where effects are solved; or `none` where nothing is
    uncertain. Where it is neither resolved nor exact, the numbers are NaN. So are the standard
    errors where draws were not resampled.
    """

    low: float
    high: float
    low_se: float = nan  # standard error of `low`, by resampling draws
    high_se: float = nan
    lowers: float  # share of draws in which the outcome becomes less likely
    raises: float
    reliability: float  # share of the variance of the effects seen that is not noise
    status: str


UNRESOLVED = EffectBand(
    low=nan, high=nan, lowers=nan, raises=nan, reliability=0.0, status="unresolved"
)
NO_BAND = replace(UNRESOLVED, status="none")


def effect_band(
    gained: ArrayLike,
    lost: ArrayLike,
    paths: int,
    *,
    level: float = LEVEL,
    random: np.random.Generator | None = None,
) -> EffectBand:
    """The band of one effect: of `paths` pairs in each draw, those gained and those lost.

    With `random`, draws are resampled `RESAMPLES` times for the standard errors of its ends.
    """
    g, k = np.asarray(gained, np.int64), np.asarray(lost, np.int64)
    reliable = reliability(g, k, paths)
    # the same conditions as of the band of a probability
    if len(g) < fewest_draws(level) or reliable < RELIABLE:
        return replace(UNRESOLVED, reliability=reliable)
    again = RESAMPLES if random is not None else 0
    weights = samples(random or np.random.default_rng(1), len(g), again)
    effect, masses = mixing_distribution(g, k, paths, weights)
    ends = [quantiles(effect, one, ((1 - level) / 2, (1 + level) / 2)) for one in masses]
    (low, high), mass = ends[0], masses[0]
    low_se, high_se = np.std(ends[1:], axis=0, ddof=1) if again else (nan, nan)
    return EffectBand(
        low=low,
        high=high,
        low_se=float(low_se),
        high_se=float(high_se),
        lowers=float(mass[effect < 0].sum()),
        raises=float(mass[effect > 0].sum()),
        reliability=reliable,
        status="resolved",
    )


def exact_effect_band(effects: Floats, level: float, random: np.random.Generator) -> EffectBand:
    """The band of effects that are known in each of several draws."""
    at = ((1 - level) / 2, (1 + level) / 2)
    low, high = np.quantile(effects, at)
    again = random.choice(effects, (RESAMPLES, len(effects)))
    low_se, high_se = np.quantile(again, at, axis=1).std(axis=1, ddof=1)
    # below this two solutions differ by rounding alone
    lowers, raises = (float((sign * effects > 1e-12).mean()) for sign in (-1, 1))
    return EffectBand(
        low=float(low),
        high=float(high),
        low_se=float(low_se),
        high_se=float(high_se),
        lowers=lowers,
        raises=raises,
        reliability=1.0,
        status="exact",
    )


def reliability(gained: NDArray[np.int64], lost: NDArray[np.int64], paths: int) -> float:
    """The share of the variance of the effects between draws that is not noise of finite paths."""
    if len(gained) < 2 or paths < 2:
        return 0.0
    effect = (gained - lost) / paths
    seen = float(effect.var(ddof=1))
    # unbiased, of one effect: gained - lost of one path is 1, -1 or 0
    noise = float((((gained + lost) / paths - effect**2) / (paths - 1)).mean())
    return max(seen - noise, 0.0) / seen if seen > 0 else 0.0


def mixing_distribution(
    gained: NDArray[np.int64], lost: NDArray[np.int64], paths: int, weights: Floats
) -> tuple[Floats, Floats]:
    """(effects in ascending order, mass of each) of the distribution over draws.

    Each row of `weights` (rows, draws) says how often a draw counts, and has its row of masses.
    """
    pairs, which = np.unique(np.stack([gained, lost]), axis=1, return_inverse=True)
    up, down = (at.ravel() for at in np.meshgrid(*(_places(c, paths) for c in pairs)))
    # a path cannot be gained and lost
    inside = up + down <= 1
    up, down = up[inside], down[inside]
    g, k = pairs[0][:, None], pairs[1][:, None]
    log = xlogy(g, up) + xlogy(k, down) + xlogy(paths - g - k, 1 - up - down)
    # each row up to a factor, which the steps do not see
    likelihood = np.exp(log - log.max(axis=1, keepdims=True))
    counts = [np.bincount(which.ravel(), weights=row, minlength=len(g)) for row in weights]
    seen = np.array(counts) / weights.sum(axis=1, keepdims=True)
    # What was seen goes by itself, so that its last digits do not hang on how many rows there are.
    masses = [_steps(some, likelihood) for some in (seen[:1], seen[1:]) if len(some)]
    effect = up - down
    order = np.argsort(effect, kind="stable")
    return effect[order], np.concatenate(masses)[:, order]


def _steps(seen: Floats, likelihood: Floats) -> Floats:
    mass = np.full((len(seen), likelihood.shape[1]), 1 / likelihood.shape[1])
    for _ in range(STEPS):
        mass *= (seen / (mass @ likelihood.T)) @ likelihood
    return mass


def quantiles(effect: Floats, mass: Floats, at: tuple[float, float]) -> tuple[float, float]:
    """Quantiles of a distribution on a grid, between whose points its mass is spread evenly."""
    # equal effects, as of (0, 0) and (u, u), are one point: a heap stays a heap
    points, which = np.unique(effect, return_inverse=True)
    heap = np.bincount(which, weights=mass)
    middle = np.cumsum(heap) - heap / 2
    low, high = np.interp(at, middle, points)
    return float(low), float(high)


def _places(counts: NDArray[np.int64], paths: int) -> Floats:
    """Where shares stand in one direction: evenly in their square root, from 0 beyond the largest.

    On that scale the noise of a small share has the same width everywhere, 1 / (2 sqrt(paths)).
    """
    most = int(counts.max())
    if most == 0:
        return np.zeros(1)
    top = sqrt(min(1.0, (most + 2 * sqrt(most) + 1) / paths))
    steps = min(max(ceil(top * 2 * sqrt(paths) / SPACING), 1), MOST_PLACES)
    return np.linspace(0.0, top, steps + 1) ** 2
