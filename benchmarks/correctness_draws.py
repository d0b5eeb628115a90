"""Random numbers, delays and parameters: what is drawn, against the paper and closed forms."""

from collections.abc import Sequence
from hashlib import blake2s
from math import sqrt

import numpy as np
from correctness_kinds import DELAYS, PARAMETERS, unknowns, waiting
from correctness_tables import DAY, GRID, Finding, drawn_values, events, failures, run
from correctness_worlds import loaded
from scipy import special, stats


def philox(counter: np.ndarray, key: Sequence[int]) -> np.ndarray:
    """Philox4x32-10 of counters (4, n), from the figure of Salmon et al. (SC11, 2011)."""
    x, (low_key, high_key), word = counter.astype(np.uint64), key, np.uint64(2**32)
    for _ in range(10):
        products = np.array([[0xD2511F53], [0xCD9E8D57]], dtype=np.uint64) * x[[0, 2]]
        high, low = products // word, products % word
        keys = np.uint64(low_key), np.uint64(high_key)
        x = np.array([high[1] ^ x[1] ^ keys[0], low[1], high[0] ^ x[3] ^ keys[1], low[0]])
        low_key, high_key = (low_key + 0x9E3779B9) % 2**32, (high_key + 0xBB67AE85) % 2**32
    return x


def uniforms(text: str, draw: np.ndarray, path: np.ndarray, seed: int) -> np.ndarray:
    """(2, n): the uniforms that the delay and the option of this name must have."""
    name = int.from_bytes(blake2s(text.encode()).digest()[:4], "little")
    zero = np.zeros_like(draw)
    words = philox(np.array([zero + name, draw, path, zero]), (seed % 2**32, seed >> 32))
    a, b, c, d = words
    shift = np.uint64(32), np.uint64(11)
    pairs = [((high << shift[0]) + low) >> shift[1] for high, low in ((a, b), (c, d))]
    return (np.array(pairs).astype(float) + 0.5) * 2.0**-53


def streams(n: int = 10_000, seed: int = 1) -> Finding:
    """Waits, options and parameters of a run against numbers computed here from the paper."""
    seed += 2**40  # so that both words of the generator's key matter
    scenario = loaded(
        "scenario: uniform\nhorizon: 2 d\nparameters: {p: {is: {uniform: [0, 1]}}}\nevents:\n"
        "  u:\n    once: true\n    after: {between: [0 d, 1 d]}\n"
        "    choose: {low: {probability: 0.5}, high: {probability: rest}}\n"
        "endings: {all: {otherwise: true}}\n"
    )
    results = run(scenario, draws=100, paths=n // 100, seed=seed, events=True)
    found = events(results)
    draw, path = (found[name].to_numpy(dtype=np.int64) for name in ("draw", "path"))
    wait, option = uniforms("transition:u", draw, path, seed)
    gap = float(np.abs(found["time"] - wait).max()) * DAY
    options = int(((found["option"] == "low") != (option < 0.5)).sum())
    order, within = uniforms("parameter:p", np.arange(100), np.zeros(100, dtype=np.int64), seed)
    expected = (order.argsort().argsort() + within) / 100
    parameters = float(np.abs(drawn_values(results, "p") - expected).max())
    other = np.abs(found["time"] - uniforms("transition:v", draw, path, seed)[0]).mean()
    numbers = {
        "waits": n, "largest_seconds": gap, "options_unequal": options, "parameters": 100,
        "largest_parameter": parameters, "mean_days_with_another_name": float(other),
        "chi_square_p": _chi_square(wait, 100), "correlation_z": abs(_correlation(wait)),
    }  # fmt: skip
    failed = failures(
        (gap <= GRID, f"waits differ by {gap:g} s"),
        (options == 0, f"{options} options differ"),
        (parameters < 1e-15, f"parameters differ by {parameters:g}"),
        (other > 0.3, "control: another name gives nearly the same waits"),
    )
    return Finding(numbers=numbers, drawn=wait, failed=failed)


def _chi_square(values: np.ndarray, cells: int) -> float:
    counts = np.bincount((values * cells).astype(int), minlength=cells)
    return float(stats.chisquare(counts).pvalue)


def _correlation(values: np.ndarray) -> float:
    """Correlation of neighbours, in standard errors."""
    return float(np.corrcoef(values[1:], values[:-1])[0, 1] * sqrt(len(values) - 1))


def delays(n: int = 10_000, seed: int = 1) -> Finding:
    """Sampled waits of every kind of delay: largest distance to the closed form, and its p."""
    results = run(waiting(), draws=1, paths=n, seed=seed, events=True)
    by_kind = events(results).groupby("transition", observed=True)["time"]
    times = {str(name): group.to_numpy() for name, group in by_kind}
    rows, failed = {}, []
    for name, kind in DELAYS.items():
        waits = np.sort(times[name])
        if kind.discrete:
            # Only the jumps are looked at: the distance is that of the largest share.
            ends = np.append(np.flatnonzero(np.diff(waits) > 1e-6), len(waits) - 1)
            distance = float(np.abs((ends + 1) / n - kind.cdf(waits[ends])).max())
            p = float(special.kolmogorov(distance * sqrt(n)))  # of steps, an upper bound
            noticed = float("nan")
        else:
            distance, p = map(float, stats.kstest(waits, kind.cdf))
            noticed = float(stats.kstest(waits * 1.2, kind.cdf).pvalue)
        rows[name] = {"n": len(waits), "distance": distance, "p": p, "p_if_a_fifth_longer": noticed}
        # Bonferroni over ten kinds: one failure in 10,000 seeds if all is right.
        failed += failures(
            (p > 1e-4 / len(DELAYS), f"{name}: p = {p:.2g}"),
            (len(waits) == n, f"{name}: {len(waits)} waits of {n}"),
            (not noticed > 1e-6, f"control: {name} a fifth longer is not noticed"),
        )
    return Finding(numbers=rows, drawn=times, failed=failed)


def parameters(n: int = 1_000, seed: int = 1) -> Finding:
    """Drawn values of every kind of distribution: n draws, stratified a hundred at a time."""
    results = run(unknowns(), draws=n, paths=1, seed=seed)
    rows, drawn, failed = {}, {}, []
    for name, kind in PARAMETERS.items():
        column = drawn_values(results, name)
        if kind.discrete:
            share = float((column == "text").mean())
            rows[name] = {"distance": abs(share - 0.8), "p": None}
            drawn[name] = np.sort((column != "text").to_numpy(dtype=float))
        else:
            values = np.sort(column.to_numpy(dtype=float))
            # Within its hundredth a draw is an ordinary uniform: what is random is tested there.
            inside = (100 * kind.cdf(values)) % 1
            distance = float(stats.kstest(values, kind.cdf).statistic)
            rows[name] = {"distance": distance, "p": float(stats.kstest(inside, "uniform").pvalue)}
            drawn[name] = values
            wrong = float(stats.kstest(values + 0.1 * values.std(), kind.cdf).statistic)
            failed += failures(
                (rows[name]["p"] > 1e-4 / len(PARAMETERS), f"{name}: p = {rows[name]['p']:.2g}"),
                (wrong > 0.01, f"control: {name} moved by a tenth of its sd is not noticed"),
            )
        # Certain, not only likely: each hundredth of the distribution holds n / 100 draws.
        failed += failures((rows[name]["distance"] <= 0.01 + 1e-9, f"{name} leaves its strata"))
    return Finding(numbers={"n": n, "kinds": rows}, drawn=drawn, failed=failed)
