"""How often the intervals of sensitivity indices hold the truth, and dummies are named, counted.

    python .ci/long/sensitivity_intervals.py --minutes 10 --seed 1 --counts FILE [--record]

Each repetition draws three numbers, a choice and binomial shares (400 draws of 50 paths; a design
of 200 rows of 50) whose indices are known, and asks for 90 % intervals; the control halves their
width and must not cover. Then the same with shares that hang on nothing: in how many repetitions is
any parameter named? Counts are appended to the file, a line a run, and added up over all lines;
begun with another seed, it goes on where it stopped.

What was counted stands in `COUNTS.md`.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from time import monotonic

import numpy as np
import pandas as pd
from counted import record, repeated

from sim.analysis.drivers.designed_sensitivity import designed_sensitivity
from sim.analysis.drivers.draw_targets import Target
from sim.analysis.drivers.sensitivity import sensitivity
from sim.experiment.designs import DesignSums, MovedSums

DRAWS, PATHS, ROWS, ROW_PATHS = 400, 50, 200, 50
CHOICES = np.array([0.0, 0.1])  # what the two choices add, equally likely
# p = 0.1 + 0.4 a + 0.2 b + choice: variances 4 : 1 : 0.75
PARTS = {"a": 0.16 / 12, "b": 0.04 / 12, "c": 0.0, "choice": 0.0025}
TRUTH = {name: part / sum(PARTS.values()) for name, part in PARTS.items()}


def probability(u: np.ndarray) -> np.ndarray:
    """Of rows of four uniforms."""
    return 0.1 + 0.4 * u[:, 0] + 0.2 * u[:, 1] + CHOICES[(u[:, 3] > 0.5).astype(int)]


def frame_of(u: np.ndarray) -> pd.DataFrame:
    """As `Results.draws` has them."""
    frame = pd.DataFrame(u[:, :3], columns=list("abc"))
    frame["choice"] = pd.Categorical.from_codes((u[:, 3] > 0.5).astype(int), ["low", "high"])
    return frame


def given(random: np.random.Generator, *, idle: bool) -> tuple[pd.DataFrame, Target]:
    """Draws and what a run shows of them; of `idle` parameters the shares hang on nothing."""
    u = random.random((DRAWS, 4))
    share = random.binomial(PATHS, probability(random.random((DRAWS, 4)) if idle else u)) / PATHS
    noise = share * (1 - share) / (PATHS - 1)
    asked = Target(
        name="it", of="probability", title="it", value=share, noise=noise, paths=PATHS, share=True
    )
    return frame_of(u), asked


def designed(random: np.random.Generator) -> DesignSums:
    """A design in which each path happens where its uniform is below the probability."""
    first, second = random.random((ROWS, 4)), random.random((ROWS, 4))
    luck = random.random((ROWS, ROW_PATHS))

    def paths(u: np.ndarray) -> np.ndarray:
        return (luck < probability(u)[:, None]).astype(float)[None]

    a, b, moved = paths(first), paths(second), {}
    for i, name in enumerate(PARTS):
        mixed = first.copy()
        mixed[:, i] = second[:, i]
        d = paths(mixed) - a
        moved[name] = MovedSums(
            change=d.sum(axis=2), square=(d**2).sum(axis=2), product=(b * d).sum(axis=2)
        )
    sums = [one.sum(axis=2) for one in (a, a**2, b, b**2)]
    return DesignSums(
        rows=ROWS,
        paths=ROW_PATHS,
        a=sums[0],
        a_square=sums[1],
        b=sums[2],
        b_square=sums[3],
        moved=moved,
    )


def covered(table: pd.DataFrame, what: str) -> Counter[str]:
    """Which intervals hold the truth, whole and at half their width."""
    found: Counter[str] = Counter()
    for _, row in table[table["index"].isin(["first_order", "total"])].iterrows():
        truth = TRUTH[row["parameter"]]
        if truth == 0:  # at the end of the range: its floor says what there is to say
            continue
        key = f"{what} {row['index']} {row['parameter']}"
        found[f"{key}: asked"] += 1
        found[f"{key}: covered"] += row["low"] <= truth <= row["high"]
        low, high = ((row["value"] + row[end]) / 2 for end in ("low", "high"))
        found[f"{key}: half covered"] += low <= truth <= high
    return found


def main() -> None:
    """Repeat until the time is over, append the counts, print the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--counts", type=Path, default=Path("sensitivity_intervals.jsonl"))
    parser.add_argument("--record", action="store_true", help="write rows of COUNTS.md")
    parser.add_argument(
        "--given", action="store_true", help="only the indices from given draws that matter"
    )
    chosen = parser.parse_args()
    random, end = np.random.default_rng(chosen.seed), monotonic() + 60 * chosen.minutes
    found: Counter[str] = Counter()
    while monotonic() < end:
        seed = int(random.integers(1 << 40))
        found += covered(sensitivity(*given(random, idle=False), seed=seed), "given")
        if chosen.given:
            continue
        table = designed_sensitivity(designed(random), 0, name="it", of="probability", seed=seed)
        found += covered(table, "design")
        found["idle: asked"] += 1
        found["idle: named"] += bool(
            sensitivity(*given(random, idle=True), seed=seed)["told"].any()
        )
    with chosen.counts.open("a") as file:
        file.write(json.dumps({"seed": chosen.seed, "counts": found}) + "\n")
    total: Counter[str] = Counter()
    for line in chosen.counts.read_text().splitlines():
        total += Counter(json.loads(line)["counts"])
    for key in sorted(total):
        name, kind = key.rsplit(": ", 1)
        if kind != "asked":
            n = total[f"{name}: asked"]
            print(f"{name}: {kind} {total[key] / n:.3f} of {n:,}")
    if chosen.record:
        record(Path(__file__).name, repeated(total))


if __name__ == "__main__":
    main()
