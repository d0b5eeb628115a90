"""Which estimator of the 5 % and 95 % quantiles of a probability over draws is off the least?

    python benchmarks/bands.py [--repetitions 20] [--seed 1] [--out benchmarks/bands.md]

Each truth is a distribution of the probability over draws whose quantiles are known. Draws are
taken from it, hits from those, and each estimator sees the hits and nothing else; the last one sees
six parameters as well, of which two or one make the probability in the truths named so. Written
down is the root mean square error of both quantiles, in units of the truth's standard deviation, so
that truths can be averaged. `sim.analysis.statistics.beta_mixture` is the one the product uses.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import beta

from sim.analysis.estimates.parameter_band import RELIABLE, reliability, shrunken
from sim.analysis.statistics.beta_mixture import SINGLE, choose, quantiles, tally

Floats = NDArray[np.float64]
AT = (0.05, 0.95)
DRAWS, PATHS = (50, 200, 1_000), (20, 200, 2_000)
PARAMETERS = 6


@dataclass(frozen=True)
class Truth:
    """Probabilities by draw from standard normal parameters, and what they are called."""

    name: str
    of: Callable[[np.random.Generator, Floats], Floats]


def truths() -> Iterator[Truth]:
    """Beta, logit-normal, two points, bimodal, near 0, and two that the parameters make."""
    for a, b in ((2, 20), (0.5, 5), (1, 1), (0.5, 0.5)):
        yield Truth(f"beta({a}, {b})", lambda r, x, a=a, b=b: r.beta(a, b, len(x)))
    yield Truth("logit-normal", lambda r, x: expit(r.normal(-4, 1, len(x))))
    yield Truth("two points", lambda r, x: np.where(r.random(len(x)) < 0.5, 0.1, 0.4))
    yield Truth("two points, 4 to 1", lambda r, x: np.where(r.random(len(x)) < 0.8, 0.02, 0.1))
    yield Truth(
        "bimodal",
        lambda r, x: np.where(
            r.random(len(x)) < 0.6, r.beta(8, 200, len(x)), r.beta(30, 70, len(x))
        ),
    )
    yield Truth("near 0", lambda r, x: expit(r.normal(-6.5, 1, len(x))))
    yield Truth("of two parameters", lambda r, x: expit(-3 + 0.8 * x[:, 0] - 0.6 * x[:, 1]))
    yield Truth("of one choice", lambda r, x: np.where(x[:, 0] > 0, 0.03, 0.2))


# An estimator: hits and paths of each draw, its parameters -> both quantiles.
Estimator = Callable[[Floats, Floats, Floats], Floats]


def raw(hits: Floats, sizes: Floats, parameters: Floats) -> Floats:
    """The shares as they are, noise and all: what every correction has to beat."""
    return np.quantile(hits / sizes, AT)


def shrinkage(hits: Floats, sizes: Floats, parameters: Floats) -> Floats:
    """(c) Variance-corrected shrinkage; where the noise is most of it, the mean."""
    found = np.array(shrunken(hits[:, None], sizes)).ravel()
    return np.where(np.isnan(found), (hits / sizes).mean(), found)


def mixture(concentration: float) -> Estimator:
    """(a) A single beta distribution, or (b) points: non-parametric maximum likelihood."""

    def estimator(hits: Floats, sizes: Floats, parameters: Floats) -> Floats:
        counts = tally(hits, sizes)
        return quantiles(counts, counts.weights(np.arange(len(hits)))[None], concentration, AT)[0]

    return estimator


def held_out(hits: Floats, sizes: Floats, parameters: Floats) -> Floats:
    """(d) The concentration that draws which were held out choose."""
    chosen = choose(tally(hits, sizes), np.random.default_rng(1))
    return mixture(chosen)(hits, sizes, parameters)


def emulator(hits: Floats, sizes: Floats, parameters: Floats) -> Floats:
    """(e) A logistic regression on the parameters, and beta noise about what it says.

    Ridge penalty by five held-out parts; the concentration of the noise by maximum likelihood.
    """
    columns = np.column_stack([np.ones(len(hits)), parameters])
    folds = np.arange(len(hits)) % 5
    scores = {}
    for penalty in (0.1, 1.0, 10.0, 100.0):
        score = 0.0
        for fold in range(5):
            inside = folds != fold
            slopes = _logistic(columns[inside], hits[inside], sizes[inside], penalty)
            fitted = expit(columns[~inside] @ slopes)
            score += float(_log_binomial(hits[~inside], sizes[~inside], fitted))
        scores[penalty] = score
    mean = expit(columns @ _logistic(columns, hits, sizes, max(scores, key=scores.get)))
    mean = np.clip(mean, 1e-6, 1 - 1e-6)
    sizes_of = np.exp(np.linspace(np.log(2), np.log(5e4), 40))
    fits = [float(_log_beta_binomial(hits, sizes, mean, size)) for size in sizes_of]
    size = sizes_of[int(np.argmax(fits))]
    points = np.sin(np.linspace(0, np.pi / 2, 600)) ** 2
    below = beta.cdf(points[:, None], size * mean, size * (1 - mean)).mean(axis=1)
    return np.interp(AT, below, points)


def _logistic(columns: Floats, hits: Floats, sizes: Floats, penalty: float) -> Floats:
    slopes = np.zeros(columns.shape[1])
    slopes[0] = logit(np.clip(hits.sum() / sizes.sum(), 1e-6, 1 - 1e-6))
    ridge = penalty * np.eye(columns.shape[1])
    ridge[0, 0] = 0
    for _ in range(25):
        share = expit(columns @ slopes)
        weights = sizes * share * (1 - share)
        slope = columns.T @ (hits - sizes * share) - ridge @ slopes
        bend = (columns * weights[:, None]).T @ columns + ridge + 1e-9 * np.eye(len(slopes))
        slopes = slopes + np.clip(np.linalg.solve(bend, slope), -1, 1)
    return slopes


def _log_binomial(hits: Floats, sizes: Floats, share: Floats) -> float:
    share = np.clip(share, 1e-9, 1 - 1e-9)
    return float((hits * np.log(share) + (sizes - hits) * np.log(1 - share)).sum())


def _log_beta_binomial(hits: Floats, sizes: Floats, mean: Floats, size: float) -> float:
    from scipy.special import betaln

    a, b = size * mean, size * (1 - mean)
    return float((betaln(hits + a, sizes - hits + b) - betaln(a, b)).sum())


ESTIMATORS: dict[str, Estimator] = {
    "raw": raw,
    "(a) beta": mixture(SINGLE),
    "(b) points": mixture(inf),
    "(c) shrinkage": shrinkage,
    "(d) held out": held_out,
    "(e) emulator": emulator,
}


def errors(truth: Truth, draws: int, paths: int, repetitions: int, seed: int) -> dict[str, Floats]:
    """Root mean square error of both quantiles of each estimator, in the truth's deviations."""
    big = np.random.default_rng([seed, 99])
    known = truth.of(big, big.normal(size=(400_000, PARAMETERS)))
    aim, spread = np.quantile(known, AT), known.std()
    found: dict[str, list[Floats]] = {name: [] for name in ESTIMATORS}
    reliable = []
    for repetition in range(repetitions):
        random = np.random.default_rng([seed, repetition, draws, paths])
        parameters = random.normal(size=(draws, PARAMETERS))
        share = truth.of(random, parameters)
        hits = random.binomial(paths, share).astype(np.float64)
        sizes = np.full(draws, float(paths))
        reliable.append(reliability(hits, sizes)[0])
        for name, estimator in ESTIMATORS.items():
            found[name].append((estimator(hits, sizes, parameters) - aim) / spread)
    table = {name: np.sqrt(np.mean(np.square(rows), axis=0)) for name, rows in found.items()}
    return {**table, "reliability": np.array([np.mean(reliable)])}


def report(repetitions: int, seed: int) -> Iterator[str]:
    """The page, line by line."""
    yield "# Quantiles of a probability over draws: error of six estimators\n"
    yield (
        f"Made by `python benchmarks/bands.py --repetitions {repetitions} --seed {seed}`. Root "
        "mean square error of the 5 % / 95 % quantile in standard deviations of the truth; "
        "`reliability`: share of the variance of the shares that is not noise of finite paths "
        "(below 0.5 the product says `unresolved`).\n"
    )
    resolved = []
    for draws in DRAWS:
        for paths in PATHS:
            yield f"\n## {draws:,} draws of {paths:,} paths\n"
            yield f"| truth | {' | '.join(ESTIMATORS)} | reliability |"
            yield "|---" * (len(ESTIMATORS) + 2) + "|"
            for truth in truths():
                found = errors(truth, draws, paths, repetitions, seed)
                if found["reliability"][0] >= RELIABLE:
                    resolved.append([found[name] for name in ESTIMATORS])
                cells = [f"{low:.2f} / {high:.2f}" for low, high in map(found.get, ESTIMATORS)]
                yield f"| {truth.name} | {' | '.join(cells)} | {found['reliability'][0]:.2f} |"
    yield f"\n## Mean over the {len(resolved)} rows with a reliability from {RELIABLE:g} on\n"
    yield f"| {' | '.join(ESTIMATORS)} |"
    yield "|---" * len(ESTIMATORS) + "|"
    means = np.mean(resolved, axis=0)
    yield f"| {' | '.join(f'{low:.3f} / {high:.3f}' for low, high in means)} |"


def main() -> None:
    """Print the page while it is made, and write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("bands.md"))
    asked = parser.parse_args()
    lines = []
    for line in report(asked.repetitions, asked.seed):
        print(line, flush=True)
        lines.append(line)
    asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
