"""The distribution of a probability over draws, out of hits in finitely many paths of each draw.

Draw i has a probability p_i of its own; of its n_i paths k_i hit, k_i ~ Binomial(n_i, p_i). The p_i
come from a distribution G, the *mixing distribution*. It is taken for a mixture of beta
distributions with a common concentration, with weights of maximum likelihood. The concentration
says how smooth G may be: without limit the components are points, and G is the non-parametric
maximum likelihood estimate (Kiefer and Wolfowitz, Ann. Math. Stat. 27, 1956, 887-906); a single
beta distribution is the smoothest. Which it is, is chosen by the likelihood of draws that were held
out. So a `choices` parameter, which makes G two points, and a smooth G are both seen as what they
are; `benchmarks/bands.py` compares this with other estimators.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, betaln, gammaln, psi, xlogy, zeta

Floats = NDArray[np.float64]

SINGLE = 0.0  # one beta distribution, of any mean and concentration
CONCENTRATIONS = (inf, 200.0, 60.0, 20.0)  # of the components of a mixture; inf: points
CENTRES = 80  # components of a mixture
LEAST_GAIN = 2.0  # of log-likelihood, for which a rougher G is taken
FOLDS = 5  # of the draws, each held out once
# Accelerated steps of EM, three plain ones each. Not to the end, as the last steps fit the noise:
# 400 steps move the quantiles of `benchmarks/bands.py` by 0 to 0.2 standard errors in the median
# and by up to four where points are fitted. The errors measured there are those of 25.
STEPS = 25
FARTHEST = 1e3  # of an accelerated step, in plain ones
FEW_STEPS = 8  # from a start that is nearly right
NEWTON = 12  # steps; the last ones move nothing
REACH = (np.log(1e-4), np.log(1e6))  # of log a and log b
POINTS = 250  # where the distribution of a smooth mixture is looked at


@dataclass(frozen=True, slots=True)
class Tally:
    """Distinct pairs of hits and paths, and which of them each draw has.

    A row of `weights` says how often each pair occurs; several rows are fitted at once.
    """

    hits: Floats
    sizes: Floats
    of_draw: NDArray[np.int64]

    def weights(self, draws: NDArray[np.int64]) -> Floats:
        """How often each pair occurs among some draws."""
        return np.bincount(self.of_draw[draws], minlength=len(self.hits)).astype(np.float64)


def tally(hits: Floats, sizes: Floats) -> Tally:
    """The tally of draws, from the hits and the paths of each."""
    # one number a pair, since sorting numbers is much faster than sorting pairs
    width = float(sizes.max()) + 1
    pairs, of_draw = np.unique(hits * width + sizes, return_inverse=True)
    return Tally(*np.divmod(pairs, width), of_draw.reshape(-1))


def choose(counts: Tally, random: np.random.Generator) -> float:
    """The concentration under which draws that were held out are the most likely.

    Of one draw, from which nothing can be held out, the one that adds nothing to it.
    """
    if len(counts.of_draw) < 2:
        return max(CONCENTRATIONS)
    fold = random.permutation(len(counts.of_draw)) % FOLDS
    every = np.arange(len(fold))
    kept = np.array([counts.weights(every[fold != one]) for one in range(FOLDS)])
    held = np.array([counts.weights(every[fold == one]) for one in range(FOLDS)])
    scores = {}
    for concentration in CONCENTRATIONS:
        likelihood = _likelihood(counts, concentration)
        # the folds differ little from each other, so they begin where all together end
        whole = _maximised(likelihood, kept.sum(axis=0, keepdims=True), steps=STEPS)
        start = np.repeat(whole, FOLDS, axis=0)
        weights = _maximised(likelihood, kept, steps=FEW_STEPS, start=start)
        scores[concentration] = float((held * _log(weights @ likelihood.T)).sum())
    # each draw is kept in all folds but one
    every_draw = kept.sum(axis=0, keepdims=True) / (FOLDS - 1)
    shapes = _single(counts, np.concatenate([every_draw, kept]), near=FOLDS)[1:]
    scores[SINGLE] = sum(
        float(out @ _of_beta(counts, a, b)) for out, (a, b) in zip(held, shapes, strict=True)
    )
    # the smoothest of those that are about as good: a rough G has wilder ends
    enough = max(scores.values()) - LEAST_GAIN
    # smaller is smoother: SINGLE is 0, points are infinite
    return min(c for c, score in scores.items() if score >= enough)


def quantiles(
    counts: Tally, rows: Floats, concentration: float, at: Sequence[float], *, near: int = 0
) -> Floats:
    """The quantiles of G, one row for each of `rows`, which are weights of the pairs.

    The last `near` rows are resamples of the first, and are fitted from where it ends.
    """
    if concentration == SINGLE:
        shapes = _single(counts, rows, near=near)
        return np.asarray(betaincinv(shapes[:, :1], shapes[:, 1:], np.array([at])))
    likelihood = _likelihood(counts, concentration)
    own = _maximised(likelihood, rows[: len(rows) - near], steps=STEPS)
    start = np.repeat(own[:1], near, axis=0)
    again = _maximised(likelihood, rows[len(rows) - near :], steps=FEW_STEPS, start=start)
    mixed, centres = np.concatenate([own, again]), _centres(counts)
    # a component is a point: the hits are binomial, and xlogy makes 0 log 0 zero
    if concentration == inf:
        return _first(centres, np.cumsum(mixed, axis=1), at)
    # no point above what the components reach
    top = np.arcsin(np.sqrt(min(1.0, 1.5 * float(centres[-1]) + 3 / concentration)))
    points = np.sin(np.linspace(0, top, POINTS)) ** 2
    cdf = betainc(concentration * centres, concentration * (1 - centres), points[:, None])
    below = mixed @ cdf.T
    return np.array([np.interp(np.multiply(at, row[-1]), row, points) for row in below])


def grid_errors(counts: Tally, ends: Floats, concentration: float) -> Floats:
    """How far off quantiles are because components stand on a grid: 0 where G is smooth.

    A point may be anywhere between two neighbours, which makes the standard deviation of a uniform
    distribution of that width.
    """
    if concentration != inf:
        return np.zeros(len(ends))
    centres = _centres(counts)
    return np.asarray(np.interp(ends, centres, np.gradient(centres)) / np.sqrt(12))


def _centres(counts: Tally) -> Floats:
    """Where the components stand: evenly in the arcsine of the root, as far as hits were seen.

    On that scale the noise of a share has the same width everywhere.
    """
    # three standard errors beyond the largest share
    most = counts.hits + 3 * np.sqrt(counts.hits + 1) + 3
    top = np.arcsin(np.sqrt(min(1.0, float((most / counts.sizes).max()))))
    return np.asarray(np.sin(np.linspace(0.003, top - 1e-3, CENTRES)) ** 2)


def _likelihood(counts: Tally, concentration: float) -> Floats:
    """One row a pair of hits and paths, one column a component."""
    k, n, centre = counts.hits[:, None], counts.sizes[:, None], _centres(counts)[None, :]
    choices = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    if concentration == inf:
        return np.asarray(np.exp(choices + xlogy(k, centre) + xlogy(n - k, 1 - centre)))
    a, b = concentration * centre, concentration * (1 - centre)
    return np.asarray(np.exp(choices + betaln(k + a, n - k + b) - betaln(a, b)))


def _maximised(
    likelihood: Floats, rows: Floats, *, steps: int, start: Floats | None = None
) -> Floats:
    """The weights of the components by maximum likelihood, one row for each row of counts.

    EM with squared extrapolation (Varadhan and Roland, Scand. J. Stat. 35, 2008, 335-353), all
    rows at once; a step that lowers the likelihood is replaced by the plain one.
    """
    total = rows.sum(axis=1, keepdims=True)
    components = likelihood.shape[1]

    def step(weights: Floats) -> Floats:
        # a pair that no row has counts as nothing, whatever its likelihood
        there = np.maximum(weights @ likelihood.T, 1e-300)
        return np.asarray(weights * ((rows / there) @ likelihood) / total)

    def score(weights: Floats) -> Floats:
        return np.asarray((rows * _log(weights @ likelihood.T)).sum(axis=1))

    # an even start: a component of weight 0 would keep it for ever
    weights = np.full((len(rows), components), 1 / components) if start is None else start
    for _ in range(steps if len(rows) else 0):
        once = step(weights)
        twice = step(once)
        first, change = once - weights, (twice - once) - (once - weights)
        size = np.maximum(np.linalg.norm(change, axis=1), 1e-300)
        # where nothing moves any more the ratio is of rounding errors
        length = np.clip(-np.linalg.norm(first, axis=1) / size, -FARTHEST, -1.0)[:, None]
        # the extrapolation may leave what weights can be: below 0, and no longer 1 in all
        far = np.maximum(weights - 2 * length * first + length**2 * change, 0.0)
        far = far / far.sum(axis=1, keepdims=True)
        better = (score(far) >= score(twice))[:, None]
        # a plain step behind each, as in that paper: it steadies what was extrapolated
        weights = step(np.where(better, far, twice))
    return weights


def _first(points: Floats, below: Floats, at: Sequence[float]) -> Floats:
    """The first point at which each row reaches each of the shares of its whole."""
    found = [[np.searchsorted(row, share * row[-1]) for share in at] for row in below]
    return np.asarray(points[np.minimum(found, len(points) - 1)])


def _single(counts: Tally, rows: Floats, *, near: int) -> Floats:
    """(rows, 2): a and b of the beta distribution of maximum likelihood for each row.

    Newton's method in the logarithms of a and b, from the moments. The last `near` rows, which are
    resamples of the first, get one step from where that ends: their estimate to first order.
    """
    own = rows[: len(rows) - near]
    place = np.log(_moments(counts, own))
    for _ in range(NEWTON):
        slope, bend = _derivatives(counts, own, place)
        step = np.linalg.solve(-_definite(bend), slope[:, :, None])[:, :, 0]
        # far from the top the parabola is a poor guide, and half a unit is not far wrong
        place = np.clip(place + np.clip(step, -0.5, 0.5), *REACH)
    if not near:
        return np.asarray(np.exp(place))
    # all resamples begin at one place, whose derivatives are looked up once
    start = place[:1]
    slope, bend = _derivatives(counts, np.concatenate([own[:1], rows[len(rows) - near :]]), start)
    step = np.linalg.solve(-_definite(bend[:1]), slope[1:, :, None])[:, :, 0]
    return np.asarray(np.exp(np.concatenate([place, start + np.clip(step, -1.0, 1.0)])))


def _moments(counts: Tally, rows: Floats) -> Floats:
    """(rows, 2): a and b by mean and variance, less the binomial variance of the shares."""
    total = rows.sum(axis=1)
    share = counts.hits / counts.sizes
    mean = np.clip(rows @ share / total, 1e-6, 1 - 1e-6)
    # unbiased binomial variance of a share; what is left of the spread is that of the draws
    inner = rows @ (share * (1 - share) / np.maximum(counts.sizes - 1, 1)) / total
    spread = rows @ share**2 / total - (rows @ share / total) ** 2 - inner
    # a + b from the variance of a beta distribution; a variance that noise hides is taken for small
    size = np.clip(mean * (1 - mean) / np.maximum(spread, 1e-12) - 1, 0.1, 1e4)
    return np.stack([mean * size, (1 - mean) * size], axis=1)


def _derivatives(counts: Tally, rows: Floats, place: Floats) -> tuple[Floats, Floats]:
    """First (rows, 2) and second (rows, 2, 2) derivatives of the log-likelihood at log a, log b.

    `place` has one row for each of `rows`, or one for all.
    """
    a, b = (np.exp(place[:, [side]]) for side in (0, 1))
    k, n = counts.hits[None, :], counts.sizes[None, :]
    first, second = [], []
    # most runs have as many paths in every draw, and these two are the dearest functions here
    some, which = np.unique(counts.sizes, return_inverse=True)
    of_all = (psi(a + b) - psi(some + a + b))[:, which]
    bend_of_all = (zeta(2, a + b) - zeta(2, some + a + b))[:, which]
    for shape, hits in ((a, k), (b, n - k)):
        slope = psi(hits + shape) - psi(shape) + of_all
        bend = zeta(2, hits + shape) - zeta(2, shape) + bend_of_all
        gradient = shape[:, 0] * (rows * slope).sum(axis=1)
        first.append(gradient)
        # by the chain rule, as the place is a logarithm
        second.append(shape[:, 0] ** 2 * (rows * bend).sum(axis=1) + gradient)
    both = (a * b)[:, 0] * (rows * bend_of_all).sum(axis=1)
    bends = np.stack([np.stack([second[0], both], 1), np.stack([both, second[1]], 1)], axis=1)
    return np.stack(first, axis=1), bends


def _definite(bend: Floats) -> Floats:
    """The second derivatives, made negative definite where the likelihood is not concave."""
    values, vectors = np.linalg.eigh(bend)
    # so that Newton's step goes uphill also where the likelihood bends the other way
    values = np.minimum(-np.abs(values), -1e-6)
    return np.asarray(np.einsum("rij,rj,rkj->rik", vectors, values, vectors))


def _of_beta(counts: Tally, a: float, b: float) -> Floats:
    """The log-likelihood of each pair under a beta distribution."""
    k, n = counts.hits, counts.sizes
    choices = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(choices + betaln(k + a, n - k + b) - betaln(a, b))


def _log(values: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, 1e-300)))
