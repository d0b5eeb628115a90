"""Engines and peers side by side on the race, and both engines on the Korean scenario.

    python benchmarks/engines.py [--rounds 7] [--scale 1.0] [--no-write]

Contestants take turns within a round; what is told is the median over rounds of processor seconds
a path. In the same run their outcome probabilities have to agree, those of C and of the reference
engine to the last path. Needs gcc, and GillesPy2 (`pip install gillespy2`) or leaves it out.
"""

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import by_hand
import in_numpy
import in_simpy
import matplotlib.pyplot as plt
import numpy as np
from measuring import HERE, machine, processor_seconds, table, wall_seconds, write
from races import race

from sim.engines import engine
from sim.engines.compiled.lowering import lowered
from sim.engines.compiled.work import Walker
from sim.experiment import parameter_values
from sim.model.model import Model
from sim.results import PathBatch
from sim.scenario import load

try:
    import in_gillespy
except ImportError:
    in_gillespy = None  # type: ignore[assignment]

OUTCOMES = 3
KOREA = HERE.parent / "scenarios" / "korean_clash.yaml"
Hits = tuple[int, list[int]]  # events (0: not counted), paths with each outcome


@dataclass
class Contestant:
    name: str
    paths: int  # in a round
    walk: Callable[[int, int], Hits]  # of a seed and how many paths
    seconds: list[float] = field(default_factory=list)  # a path
    hits: list[int] = field(default_factory=lambda: [0] * OUTCOMES)
    events: int = 0

    def take_turn(self, seed: int) -> None:
        found: list[Hits] = []
        taken = processor_seconds(lambda: found.append(self.walk(seed, self.paths)))
        self.seconds.append(taken / self.paths)
        self.events += found[0][0]
        self.hits = [a + b for a, b in zip(self.hits, found[0][1], strict=True)]

    @property
    def walked(self) -> int:
        return self.paths * len(self.seconds)

    @property
    def microseconds(self) -> float:
        return 1e6 * median(self.seconds)


def counted(pieces: list[PathBatch]) -> Hits:
    happened = sum((~np.isnan(piece.outcome_time)).sum(axis=0) for piece in pieces)
    return sum(int(piece.n_events.sum()) for piece in pieces), [int(n) for n in happened]


def ours(model: Model, name: str, threads: int = 1) -> Callable[[int, int], Hits]:
    more = {"threads": threads} if name == "compiled" else {}
    values = np.zeros((1, 0))

    def walk(seed: int, paths: int) -> Hits:
        walk = engine(name)
        return counted(
            list(walk(model, values, seed=seed, draws=range(1), paths=range(paths), **more))
        )

    return walk


def in_c(model: Model) -> Callable[[int, int], Hits]:
    def walk(seed: int, paths: int) -> Hits:
        count = by_hand.walk(model, seed=seed, draw=0, paths=range(paths))
        return count.events, [count.a_at_war, count.two_at_war, count.others_at_war]

    return walk


def contestants(form: str, scale: float) -> list[Contestant]:
    model, skewed = race(form), form == "lognormal"
    many, some, few = int(100_000 * scale), int(20_000 * scale), int(600 * scale)
    found = [
        Contestant("compiled", many, ours(model, "compiled")),
        Contestant("compiled, 2 threads", many, ours(model, "compiled", 2)),
        Contestant("C by hand, same random numbers", many, in_c(model)),
        Contestant("reference", few, ours(model, "reference")),
        Contestant("SimPy, idiomatic", few, lambda s, n: in_simpy.walk(skewed, seed=s, paths=n)),
        Contestant("NumPy in lockstep", some, lambda s, n: in_numpy.walk(skewed, seed=s, paths=n)),
    ]
    if in_gillespy is not None and not skewed:
        for name, chemical in (("propensities", False), ("mass action", True)):
            found.append(
                Contestant(
                    f"GillesPy2 C++, {name}",
                    some,
                    lambda s, n, c=chemical: (0, in_gillespy.walk(seed=s, paths=n, chemical=c)),
                )
            )
    return found


def compete(form: str, rounds: int, scale: float) -> list[Contestant]:
    found = contestants(form, scale)
    for one in found:  # compile, and warm up
        one.walk(1000, 100)
    for seed in range(1, rounds + 1):
        for one in found:
            one.take_turn(seed)
            print(f"{form} {seed}/{rounds} {one.name}: {1e6 * one.seconds[-1]:.2f} us a path")
    agree(form, found)
    return found


def agree(form: str, found: list[Contestant]) -> None:
    """Everyone's outcome probabilities are the compiled engine's; of some, every path."""
    ours_, by_name = found[0], {one.name: one for one in found}
    for same in ("C by hand, same random numbers", "compiled, 2 threads"):
        assert (by_name[same].hits, by_name[same].events) == (ours_.hits, ours_.events), same
    few = by_name["reference"]
    again = [ours_.walk(seed, few.paths) for seed in range(1, len(few.seconds) + 1)]
    assert few.events == sum(events for events, _ in again)
    assert few.hits == [sum(column) for column in zip(*(hits for _, hits in again), strict=True)]
    for one in found[1:]:
        for outcome in range(OUTCOMES):
            z = apart(ours_, one, outcome)
            assert abs(z) < 4, f"{form}, {one.name}, outcome {outcome}: z = {z:.1f}"


def apart(one: Contestant, other: Contestant, outcome: int) -> float:
    """Standard errors between two estimates of a probability."""
    share = (one.hits[outcome] + other.hits[outcome]) / (one.walked + other.walked)
    error = math.sqrt(share * (1 - share) * (1 / one.walked + 1 / other.walked))
    return (one.hits[outcome] / one.walked - other.hits[outcome] / other.walked) / error


def side_by_side(form: str, found: list[Contestant]) -> str:
    ours_ = found[0]
    rows = []
    for one in found:
        share = one.hits[0] / one.walked
        error = math.sqrt(share * (1 - share) / one.walked)
        ratio = median(b / a for a, b in zip(ours_.seconds, one.seconds, strict=True))
        events = f"{one.events / one.walked:.1f}" if one.events else ""
        rows.append(
            [
                one.name,
                f"{one.microseconds:.2f}",
                f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}",
                events,
                f"{100 * share:.2f} ± {100 * error:.2f} %",
            ]
        )
    head = [form, "µs a path", "times compiled", "events a path", "P(a at war)"]
    return table(head, rows)


def two_cores(rounds: int, scale: float) -> tuple[float, str]:
    """How much faster two threads are, by the clock."""
    walk_one, walk_two = (ours(race(), "compiled", threads) for threads in (1, 2))
    paths, ratios = int(400_000 * scale), []
    for seed in range(1, rounds + 1):
        one = wall_seconds(lambda seed=seed: walk_one(seed, paths))
        ratios.append(one / wall_seconds(lambda seed=seed: walk_two(seed, paths)))
    best = max(ratios)
    return median(ratios), f"two threads: median {median(ratios):.2f}, best {best:.2f} x one"


def korea(scale: float, rounds: int) -> str:
    """Compiled against reference on the Korean scenario, and what its tables cost."""
    model = load(KOREA).model
    draws = max(int(1000 * scale), 20)
    values = parameter_values(model, 1, range(draws))
    tabulate = Walker(lowered(model), values, 1, range(draws), range(1), False)
    blocks = range(0, draws, 64)
    tables = [range(at, min(at + 64, draws)) for at in blocks]
    tabulating = processor_seconds(lambda: [tabulate.tables(some) for some in tables]) / draws
    kept: list[list[PathBatch]] = []

    def run(name: str, some: range, paths: int) -> float:
        rows = values[some.start : some.stop]
        taken = processor_seconds(
            lambda: kept.append(
                list(engine(name)(model, rows, seed=1, draws=some, paths=range(paths)))
            )
        )
        return taken / (len(some) * paths)

    run("compiled", range(1), 10)
    many, times, events = int(5000 * scale), list[tuple[float, float]](), list[float]()
    for at in range(0, 4 * rounds, 4):
        some = range(at, at + 4)
        times.append((run("compiled", some, many), run("reference", some, 40)))
        run("compiled", some, 40)
        slow, fast = kept[-2:]
        assert counted(slow) == counted(fast)
        events.append(counted(fast)[0] / 160)
        kept.clear()
    compiled, reference = (median(side) for side in zip(*times, strict=True))
    ratios = [slow / fast for fast, slow in times]
    spread = f"{median(ratios):.0f} ({min(ratios):.0f}–{max(ratios):.0f})"
    rows = [
        ["compiled", f"{1e6 * compiled:.1f}", "1"],
        ["reference", f"{1e6 * reference:.0f}", spread],
    ]
    share = tabulating / (1000 * compiled)
    return (
        table(
            [f"korean_clash, {median(events):.0f} events a path", "µs a path", "times compiled"],
            rows,
        )
        + f"\n\nThe same draws in turn, four in each of {rounds} rounds; in brackets the least and "
        f"the most of a round.\n\nTables for a draw take {1e3 * tabulating:.2f} ms, which is "
        f"{100 * share:.1f} % of the time of its 1,000 paths (asked: under 20 %). Compiling is not "
        "in these numbers."
    )


def chart(runs: dict[str, list[Contestant]], file: Path) -> None:
    figure, axes = plt.subplots(1, len(runs), figsize=(11, 3.6), sharex=True, layout="constrained")
    for ax, (form, found) in zip(axes, runs.items(), strict=True):
        shown = sorted(found, key=lambda one: -one.microseconds)
        ax.barh([one.name for one in shown], [one.microseconds for one in shown], color="#4477aa")
        for i, one in enumerate(shown):
            ax.text(one.microseconds * 1.1, i, f"{one.microseconds:.3g}", va="center", fontsize=8)
        ax.set(xscale="log", title=f"{form} waits", xlabel="processor µs a path (log)")
        ax.set_xlim(1, 3000)
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=120)


def verdicts(runs: dict[str, list[Contestant]], cores: float) -> str:
    """What was asked for, and what was reached."""
    rows = []
    for form, found in runs.items():
        by_name = {one.name: one for one in found}
        base = by_name["compiled"].seconds

        def ratio(name: str, base=base, by_name=by_name) -> float:
            return median(b / a for a, b in zip(base, by_name[name].seconds, strict=True))

        asked = [("SimPy, idiomatic", 100.0), ("C by hand, same random numbers", 0.8)]
        asked += [(name, 10.0) for name in by_name if name.startswith("GillesPy2")]
        for name, least in asked:
            reached = ratio(name)
            word = "reached" if reached >= least else "missed"
            rows.append([f"{form}: {name}", f"{least:g}", f"{reached:.2f}", word])
    rows.append(["two cores", "1.8", f"{cores:.2f}", "reached" if cores >= 1.8 else "missed"])
    return table(["compiled is so many times as fast as", "asked", "measured", ""], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--no-write", action="store_true")
    given = parser.parse_args()
    said = " ".join(["python benchmarks/engines.py", *sys.argv[1:]])
    runs = {form: compete(form, given.rounds, given.scale) for form in ("exponential", "lognormal")}
    cores, told = two_cores(given.rounds, given.scale)
    text = "\n\n".join(
        [
            f"`{said}`: the race of `race.yaml`, six powers and twenty "
            "transitions. Contestants take turns; medians over "
            f"{given.rounds} rounds of processor time. In this run all outcome probabilities "
            "agreed (|z| < 4), and C, the reference engine and any number of threads to the last "
            "path.",
            *(side_by_side(form, found) for form, found in runs.items()),
            "![microseconds a path](engines.png)",
            verdicts(runs, cores),
            f"By the clock, {told}.",
            korea(given.scale, given.rounds),
            machine(),
        ]
    )
    print(text)
    if not given.no_write:
        chart(runs, HERE / "engines.png")
        write("Side by side", text)


if __name__ == "__main__":
    main()
