"""How often the intervals of values of information hold the truth, and dummies are named, counted.

    python .ci/long/information_intervals.py --minutes 10 --seed 1 --counts FILE [--record]

Each repetition draws two numbers, a choice and a dummy, and the shares of 400 draws of 100 paths in
common under two decisions (and under three), whose values of information are known;
it asks for 90 % intervals, and the control halves their width and must not cover. `apart` is two
decisions of which every second path has luck of its own under each, so that an effect is seen in
both directions; `rare`, `level`, `points` and `seldom` are likewise, of probabilities near 0, of
two decisions that are equally good on average, of a difference that is one of two numbers, and of a
choice that is seldom wrong; `noisy points` are those of a third of the paths. Then differences that
hang on nothing that is drawn: in how many repetitions is any parameter worth more than its dummies,
and, where the difference is the same in every draw, everything more than chance? Counts are
appended to the file, a line a run, and added up over all lines; begun with another seed, it goes on
where it stopped.

What was counted stands in `COUNTS.md`. Under three decisions b and the choice are worth next to
nothing: there the floor says what there is to say, not the interval, so they are not counted; in
`rare` and in those below it only everything is. Where two decisions are equally good on average the
interval holds less often than promised, since the best of two means is better than either by
chance; where the difference is one of two numbers too, since neither estimate knows that shape.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from time import monotonic

import numpy as np
import pandas as pd
from counted import record, repeated

from sim.analysis.drivers.information import information
from sim.experiment.choices import ChoiceShares

DRAWS, PATHS = 400, 100
POINTS = 2_000  # of the grid by which the true values are worked out
WORTHLESS = ("three b", "three choice")  # worth 0.0002 and 0
CHOICES = np.array([-0.08, 0.08])  # what the two choices add, equally likely
Losses = np.ndarray


def two(u: np.ndarray) -> Losses:
    """Two decisions, of rows of four uniforms; the last is a dummy."""
    gap = 0.02 + 0.24 * (u[:, 0] - 0.5) + 0.16 * (u[:, 1] - 0.5) + CHOICES[(u[:, 2] > 0.5) * 1]
    return np.array([0.4 + 0.1 * (u[:, 1] - 0.5), 0.4 + 0.1 * (u[:, 1] - 0.5) + gap])


def three(u: np.ndarray) -> Losses:
    """A third decision, curved in the first number."""
    first, second = two(u)
    return np.array([first, second, 0.55 - 0.5 * np.sin(2 * u[:, 0]) ** 2 + 0.1 * u[:, 1]])


def rare(u: np.ndarray) -> np.ndarray:
    """Two decisions under which it comes in 1 % of paths, for different reasons."""
    return np.array([0.02 * u[:, 0], 0.03 * u[:, 1] ** 2])


def level(u: np.ndarray) -> np.ndarray:
    """Two decisions that are equally good on average."""
    return np.array([np.full(len(u), 0.4), 0.4 + 0.24 * (u[:, 0] - 0.5)])


def points(u: np.ndarray) -> np.ndarray:
    """Two decisions whose difference is one of two numbers, either side of 0."""
    return np.array([np.full(len(u), 0.3), 0.3 + np.where(u[:, 0] < 0.3, -0.1, 0.08)])


def seldom(u: np.ndarray) -> np.ndarray:
    """Two decisions of which one is better by 0.1 on average, and seldom worse."""
    gap = 0.1 + 0.1 * (u[:, 0] - 0.5) + 0.25 * (u[:, 1] - 0.5)
    return np.array([np.full(len(u), 0.3), 0.3 + gap])


def constant(u: np.ndarray) -> np.ndarray:
    """Two decisions with the same difference in every draw: nothing is worth knowing."""
    return np.array([0.4 + 0.1 * u[:, 1], 0.405 + 0.1 * u[:, 1]])


# name -> the probabilities, and the part of the paths that have luck of their own under each
WORLDS = {
    "two": (two, 0.0),
    "three": (three, 0.0),
    "apart": (two, 0.5),
    "rare": (rare, 0.5),
    "level": (level, 0.5),
    "points": (points, 0.5),
    "seldom": (seldom, 0.5),
    "noisy points": (points, 0.5),
}
CONSTANT = "the same in every draw, everything is told"
WHOLE_ONLY = ("rare", "level", "points", "seldom", "noisy points")
FEW_PATHS = {"noisy points": PATHS // 3}


def truths(model) -> dict[str, float]:
    """The value of knowing everything, and each number, from expectations without chance."""
    grid = (np.arange(POINTS) + 0.5) / POINTS
    rng = np.random.default_rng(0)
    many = rng.random((2_000_000, 4))
    best = model(many).mean(axis=1).min()
    found = {"everything": best - model(many).min(axis=0).mean()}
    for i, name in enumerate("ab"):
        inner = []
        for value in grid[:: POINTS // 200]:
            rows = rng.random((20_000, 4))
            rows[:, i] = value
            inner.append(model(rows).mean(axis=1))
        found[name] = best - np.array(inner).min(axis=1).mean()
    halves = [model(many[(many[:, 2] > 0.5) == high]).mean(axis=1) for high in (False, True)]
    found["choice"] = best - np.array(halves).min(axis=1).mean()
    return found


def given(
    model, random: np.random.Generator, *, idle: bool, apart: float = 0.0, paths: int = PATHS
) -> tuple[pd.DataFrame, ChoiceShares]:
    """Draws and what a run shows of them; of `idle` parameters the shares hang on nothing."""
    u = random.random((DRAWS, 4))
    known = model(random.random((DRAWS, 4)) if idle else u)
    luck = random.random((DRAWS, paths))
    own = random.random((len(known), DRAWS, paths))
    # paths in pairs: the same luck under every decision, but for the part that is apart
    came = np.where(np.arange(paths) % 2 < 2 * apart, own, luck) < known[:, :, None]
    half = paths // 2
    shares = ChoiceShares(
        outcome="it",
        names=tuple("pqr"[: len(known)]),
        share=came.mean(axis=2),
        halves=np.stack([came[..., :half].mean(axis=2), came[..., half:].mean(axis=2)], axis=2),
        paths=paths,
    )
    frame = pd.DataFrame({"a": u[:, 0], "b": u[:, 1], "d": u[:, 3]})
    frame["choice"] = pd.Categorical.from_codes((u[:, 2] > 0.5).astype(int), ["low", "high"])
    return frame, shares


def covered(table: pd.DataFrame, what: str, truth: dict[str, float]) -> Counter[str]:
    """Which intervals hold the truth, whole and at half their width."""
    found: Counter[str] = Counter()
    for _, row in table[table["name"].isin(list(truth))].iterrows():
        key = f"{what} {row['name']}"
        found[f"{key}: asked"] += 1
        found[f"{key}: covered"] += bool(row["low"] <= truth[row["name"]] <= row["high"])
        low, high = ((row["value"] + row[end]) / 2 for end in ("low", "high"))
        found[f"{key}: half covered"] += bool(low <= truth[row["name"]] <= high)
        found[f"{key}: told"] += bool(row["told"])
    return found


def main() -> None:
    """Repeat until the time is over, append the counts, print the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--counts", type=Path, default=Path("information_intervals.jsonl"))
    parser.add_argument("--record", action="store_true", help="write rows of COUNTS.md")
    parser.add_argument("--only", default="", help="of these worlds only, as in points,seldom")
    chosen = parser.parse_args()
    asked = chosen.only.split(",") if chosen.only else list(WORLDS)
    known = {name: truths(model) for name, (model, _) in WORLDS.items()}
    for name in WHOLE_ONLY:
        known[name] = {"everything": known[name]["everything"]}
    random, end = np.random.default_rng(chosen.seed), monotonic() + 60 * chosen.minutes
    found: Counter[str] = Counter()
    while monotonic() < end:
        seed = int(random.integers(1 << 40))
        for name in asked:
            model, apart = WORLDS[name]
            paths = FEW_PATHS.get(name, PATHS)
            draws, shares = given(model, random, idle=False, apart=apart, paths=paths)
            found += covered(information(draws, shares, {}, seed=seed).table, name, known[name])
        if chosen.only:
            continue
        table = information(*given(two, random, idle=True), {}, seed=seed).table
        found["idle: asked"] += 1
        found["idle: named"] += bool(table.loc[table["of"] == "parameter", "told"].any())
        table = information(*given(constant, random, idle=False, apart=0.5), {}, seed=seed).table
        found[f"{CONSTANT}: asked"] += 1
        found[f"{CONSTANT}: named"] += bool(table.loc[table["of"] == "everything", "told"].any())
    with chosen.counts.open("a") as file:
        file.write(json.dumps({"seed": chosen.seed, "counts": found}) + "\n")
    total: Counter[str] = Counter()
    for line in chosen.counts.read_text().splitlines():
        total += Counter(json.loads(line)["counts"])
    for name, true in known.items():
        print(name, {key: round(value, 5) for key, value in true.items()})
    for key in sorted(total):
        name, kind = key.rsplit(": ", 1)
        if kind != "asked":
            n = total[f"{name}: asked"]
            print(f"{name}: {kind} {total[key] / n:.3f} of {n:,}")
    if chosen.record:
        record(Path(__file__).name, repeated(total, WORTHLESS))


if __name__ == "__main__":
    main()
