"""Every kind of delay and distribution: how it is written, and the function it must have.

The functions are SciPy's, or are written here from the formula: none is the simulator's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log

import numpy as np
from correctness_worlds import loaded
from scipy import stats

import sim

Z90 = float(stats.norm.ppf(0.9))
Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One delay or distribution: how it is written, and the distribution function it must have."""

    title: str
    written: str
    cdf: Curve
    discrete: bool = False
    log: bool = False  # drawn over a logarithmic axis


def log_metalog(points: Mapping[float, float]) -> Curve:
    """Distribution function of the three-term metalog of ln t (Keelin 2016), by bisection."""
    ps, values = np.array(list(points)), np.log(list(points.values()))

    def basis(p: np.ndarray) -> np.ndarray:
        logit = np.log(p) - np.log1p(-p)
        return np.stack([np.ones_like(p), logit, (p - 0.5) * logit], axis=-1)

    terms = np.linalg.solve(basis(ps), values)

    def below(t: np.ndarray) -> np.ndarray:
        low, high = np.zeros(np.shape(t)), np.ones(np.shape(t))
        for _ in range(45):  # halvings: the probability is known to 2**-45
            middle = (low + high) / 2
            rises = basis(middle) @ terms < np.log(t)
            low, high = np.where(rises, middle, low), np.where(rises, high, middle)
        return low

    return below


def log_kernels(seen: list[float]) -> Curve:
    """SciPy's kernel density of ln t, its bandwidth Silverman's 0.9 min(s, IQR / 1.34) n^-1/5."""
    logs = np.log(seen)
    iqr = float(np.diff(np.percentile(logs, [25, 75]))[0])
    width = 0.9 * min(logs.std(ddof=1), iqr / 1.34) * len(logs) ** -0.2
    density = stats.gaussian_kde(logs, bw_method=width / logs.std(ddof=1))

    def below(t: np.ndarray) -> np.ndarray:
        shares = [density.integrate_box_1d(-np.inf, x) for x in np.log(np.ravel(t))]
        return np.reshape(shares, np.shape(t))

    return below


def steps(values: Mapping[float, float]) -> Curve:
    """Distribution function of a few values with their probabilities."""
    return lambda t: sum(p * (np.asarray(t) >= value - 1e-9) for value, p in values.items())


DELAYS = {
    "exactly": Kind(title="exactly 5 d", written="5 d", cdf=steps({5: 1.0}), discrete=True),
    "exponential": Kind(
        log=True, title="mean 10 d", written="{mean: 10 d}", cdf=stats.expon(scale=10).cdf
    ),
    "lognormal": Kind(
        log=True,
        title="median 7 d, p90 50 d",
        written="{median: 7 d, p90: 50 d}",
        cdf=stats.lognorm(log(50 / 7) / Z90, scale=7).cdf,
    ),
    "weibull_below_1": Kind(
        log=True,
        title="Weibull, shape 0.5",
        written="{weibull: {scale: 10 d, shape: 0.5}}",
        cdf=stats.weibull_min(0.5, scale=10).cdf,
    ),
    "weibull_above_1": Kind(
        title="Weibull, shape 4",
        written="{weibull: {scale: 10 d, shape: 4}}",
        cdf=stats.weibull_min(4, scale=10).cdf,
    ),
    "between": Kind(
        title="between 1 d and 4 d",
        written="{between: [1 d, 4 d]}",
        cdf=stats.uniform(1, 3).cdf,
    ),
    "quantiles": Kind(
        log=True,
        title="quantiles 1, 3, 20 d",
        written="{quantiles: {10%: 1 d, 50%: 3 d, 90%: 20 d}}",
        cdf=log_metalog({0.1: 1, 0.5: 3, 0.9: 20}),
    ),
    "observed": Kind(
        title="observed 1, 1, 3, 3, 9 d",
        written="{observed: {1 d: 2, 3 d: 2, 9 d: 1}}",
        cdf=steps({1: 0.4, 3: 0.4, 9: 0.2}),
        discrete=True,
    ),
    "smoothed": Kind(
        log=True,
        title="smoothed 1, 1, 3, 4, 9, 30 d",
        written="{observed: {1 d: 2, 3 d: 1, 4 d: 1, 9 d: 1, 30 d: 1}, smoothed: true}",
        cdf=log_kernels([1, 1, 3, 4, 9, 30]),
    ),
    "mix": Kind(
        log=True,
        title="mix of two delays",
        written="{mix: [{share: 0.3, is: {between: [0 d, 5 d]}}, {share: 0.7, is: {mean: 9 d}}]}",
        cdf=lambda t: 0.3 * stats.uniform(0, 5).cdf(t) + 0.7 * stats.expon(scale=9).cdf(t),
    ),
}


def waiting() -> sim.Scenario:
    """One event a kind of delay, each fires once; none knows of the others."""
    rules = "\n".join(
        f"  {name}: {{once: true, after: {kind.written}}}" for name, kind in DELAYS.items()
    )
    # 100 years: long enough that no wait of 10,000 is cut off by the horizon.
    return loaded(
        f"scenario: waiting\nhorizon: 100 y\nevents:\n{rules}\n"
        "endings: {all: {otherwise: true}}\n"
    )


# --- parameters ---------------------------------------------------------------------------------

PARAMETERS = {
    "uniform": Kind(
        title="uniform 0.1–0.4", written="{uniform: [0.1, 0.4]}", cdf=stats.uniform(0.1, 0.3).cdf
    ),
    "triangular": Kind(
        title="triangular 0, 1, 4",
        written="{triangular: [0, 1, 4]}",
        cdf=stats.triang(0.25, 0, 4).cdf,
    ),
    "pert": Kind(
        title="PERT 7, 29, 40",
        written="{pert: [7, 29, 40]}",
        cdf=stats.beta(1 + 4 * 22 / 33, 1 + 4 * 11 / 33, 7, 33).cdf,
    ),
    "normal": Kind(
        title="normal -2, 3", written="{normal: {mean: -2, sd: 3}}", cdf=stats.norm(-2, 3).cdf
    ),
    "normal_within": Kind(
        title="normal 0.2, 0.3 within 0–1",
        written="{normal: {mean: 0.2, sd: 0.3}, within: [0, 1]}",
        cdf=stats.truncnorm(-2 / 3, 8 / 3, 0.2, 0.3).cdf,
    ),
    "lognormal": Kind(
        log=True,
        title="lognormal 7, p90 50",
        written="{lognormal: {median: 7, p90: 50}}",
        cdf=stats.lognorm(log(50 / 7) / Z90, scale=7).cdf,
    ),
    "beta": Kind(
        title="beta, 3 of 14",
        written="{beta: {successes: 3, trials: 14}}",
        cdf=stats.beta(3.5, 11.5).cdf,  # Jeffreys' prior adds a half to both
    ),
    "quantiles": Kind(
        title="quantiles 0.2, 0.5, 0.8",
        # Symmetric points: the metalog of the logits is a logistic distribution of the logit.
        written="{quantiles: {5%: 0.2, 50%: 0.5, 95%: 0.8}, within: [0, 1]}",
        cdf=lambda x: stats.logistic(0, log(4) / log(19)).cdf(np.log(x / (1 - x))),
    ),
    "choices": Kind(
        title="choices 80 : 20",
        written="{choices: {text: 0.8, broad: 0.2}}",
        cdf=steps({0: 0.8, 1: 0.2}),
        discrete=True,
    ),
}


def unknowns() -> sim.Scenario:
    """One parameter a kind of distribution; nothing depends on them."""
    lines = "\n".join(f"  {name}: {{is: {kind.written}}}" for name, kind in PARAMETERS.items())
    return loaded(
        f"scenario: unknowns\nhorizon: 1 d\nparameters:\n{lines}\n"
        "events: {nothing_happens: {after: 1 d}}\nendings: {all: {otherwise: true}}\n"
    )
