"""How often the intervals of `why` hold the truth, counted.

    python .ci/long/why_intervals.py --minutes 2 --seed 1 --counts why.jsonl [--record]

Each repetition draws 200 draws of 200 paths whose truth is known: a share of the outcome's paths
(of `importance`, half of them, differing by draw), and the conditional probability after an option
(of `forks`, a tenth on average), of which all hits are known and a tenth of the others. `mc_low` to
`mc_high` must hold the mean and `low` to `high` nine in ten fresh draws. The control halves the
widths and must not cover. What was counted stands in `COUNTS.md`.

Counts are appended to the file, a line a run, and added up over all lines.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from time import monotonic

import numpy as np
from counted import Row, record

from sim.analysis.estimates.sampled_shares import sampled_shares
from sim.analysis.estimates.shares_by_draw import share_columns

DRAWS, PATHS, LOOKED_AT = 200, 200, 20
FRESH = 200  # draws in each repetition that a band is held against


def inside(low: float, high: float, truths: np.ndarray, name: str) -> Counter[str]:
    """How many truths an interval holds, whole and at half its width."""
    half = (high - low) / 4
    return Counter(
        {
            f"{name}: asked": truths.size,
            f"{name}: covered": int(((low <= truths) & (truths <= high)).sum()),
            f"{name}: half covered": int(((low + half <= truths) & (truths <= high - half)).sum()),
        }
    )


def of_shares(random: np.random.Generator) -> Counter[str]:
    """A share among the paths that reach the outcome, about thirty a draw."""
    reached = random.binomial(PATHS, random.beta(3, 17, DRAWS))
    through = random.binomial(reached, random.beta(2, 2, DRAWS))
    found = share_columns(through[:, None], reached, varies=True)
    mean = inside(found["mc_low"][0], found["mc_high"][0], np.array([0.5]), "share, sampling")
    if np.isnan(found["low"][0]):
        return mean + Counter({"share, band: not resolved": 1})
    fresh = random.beta(2, 2, FRESH)
    return mean + inside(found["low"][0], found["high"][0], fresh, "share, band")


def of_forks(random: np.random.Generator) -> Counter[str]:
    """An option that half of the paths take; a tenth of these reach the outcome, by draw.

    All paths that reach it are known, of the others those among the first ones of each draw.
    """
    draw = np.repeat(np.arange(DRAWS), PATHS)
    took = random.random(draw.size) < 0.5
    known = random.beta(2, 18, DRAWS)
    reached = random.random(draw.size) < np.where(took, known[draw], 0.02)
    looked_at = np.tile(np.arange(PATHS) < LOOKED_AT, DRAWS)
    hits, misses = (
        np.bincount(draw[took & some], minlength=DRAWS)[:, None]
        for some in (reached, ~reached & looked_at)
    )
    found = sampled_shares(hits, misses, PATHS / LOOKED_AT, varies=True)
    mean = inside(found["mc_low"][0], found["mc_high"][0], np.array([0.1]), "after, sampling")
    if np.isnan(found["low"][0]):
        return mean + Counter({"after, band: not resolved": 1})
    fresh = random.beta(2, 18, FRESH)
    return mean + inside(found["low"][0], found["high"][0], fresh, "after, band")


def main() -> None:
    """Count for so many minutes, then print the shares of all counts in the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--counts", type=Path, default=Path("why_intervals.jsonl"))
    parser.add_argument("--record", action="store_true", help="write rows of COUNTS.md")
    chosen = parser.parse_args()
    random, end = np.random.default_rng(chosen.seed), monotonic() + 60 * chosen.minutes
    found: Counter[str] = Counter()
    while monotonic() < end:
        found += of_shares(random) + of_forks(random)
    with chosen.counts.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"seed": chosen.seed, **found}) + "\n")
    total: Counter[str] = Counter()
    for line in chosen.counts.read_text(encoding="utf-8").splitlines():
        total += Counter({k: v for k, v in json.loads(line).items() if k != "seed"})
    rows = []
    for name in sorted({key.partition(":")[0] for key in total}):
        asked = total[f"{name}: asked"]
        shares = [total[f"{name}: {what}"] / max(asked, 1) for what in ("covered", "half covered")]
        print(
            f"{name}: {100 * shares[0]:.1f} % (half the width {100 * shares[1]:.1f} %) of {asked:,}"
        )
        rows.append(Row(f"why: {name}", asked, *shares))
    if chosen.record:
        record(Path(__file__).name, rows)


if __name__ == "__main__":
    main()
