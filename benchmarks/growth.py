"""How cost grows with transitions, events per path, paths and parameter draws.

    python benchmarks/growth.py [--most-paths 10000000] [--no-write]

The compiled engine on one thread (paths: on all cores, by the clock). Exponents are slopes of a
straight line through the logarithms.
"""

import argparse
import gc
import os
import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from measuring import HERE, machine, processor_seconds, table, wall_seconds, write
from races import race, ring

from sim.engines import engine
from sim.experiment import parameter_values
from sim.model.model import Model
from sim.scenario import load

KOREA = HERE.parent / "scenarios" / "korean_clash.yaml"


@dataclass
class Line:
    name: str
    unit: str
    x: Sequence[float]
    y: Sequence[float]
    note: str = ""

    @property
    def exponent(self) -> float:
        return float(np.polyfit(np.log(self.x), np.log(self.y), 1)[0])


def walk(model: Model, paths: int, *, draws: int = 1, threads: int = 1) -> int:
    """Walk and forget; returns how many events there were."""
    values = parameter_values(model, 1, range(draws))
    run: Callable[..., object] = engine("compiled")
    events = 0
    for piece in run(
        model, values, seed=1, draws=range(draws), paths=range(paths), threads=threads
    ):  # type: ignore[attr-defined]
        events += int(piece.n_events.sum())
    return events


def an_event(model: Model, paths: int) -> tuple[float, float]:
    """(processor nanoseconds an event, events a path)."""
    found: list[int] = []
    taken = [processor_seconds(lambda: found.append(walk(model, paths))) for _ in range(3)]
    return 1e9 * median(taken) / found[0], found[0] / paths


def transitions() -> Line:
    sizes = (6, 16, 33, 66, 100, 166)
    models = [ring(powers) for powers in sizes]
    costs = [
        an_event(model, 100_000 // powers)[0] for model, powers in zip(models, sizes, strict=True)
    ]
    return Line("transitions", "ns an event", [len(m.transitions) for m in models], costs)


def events_a_path() -> Line:
    days = (5, 20, 80, 320, 1280, 5120)
    found = [an_event(ring(6, horizon), max(int(4e6 / horizon), 500)) for horizon in days]
    events = [count for _, count in found]
    return Line("events a path", "µs a path", events, [1e-3 * ns * n for ns, n in found])


def paths(most: int) -> Line:
    counts, seconds, memory = [10**k for k in range(3, 9) if 10**k <= most], [], []
    for count in counts:
        seconds.append(wall_seconds(lambda n=count: walk(race(), n, threads=os.cpu_count() or 1)))
        gc.collect()
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        print(f"{count:,} paths: {seconds[-1]:.2f} s, at most {memory[-1]} MB so far")
    note = (
        f"Memory: at most {memory[-1]} MB after {counts[-1]:,} paths, {memory[0]} MB after 1,000."
    )
    return Line("paths (all cores)", "s by the clock", counts, seconds, note)


def draws() -> Line:
    model, counts = load(KOREA).model, [10**k for k in range(5)]
    walk(model, 10)
    seconds = [processor_seconds(lambda n=count: walk(model, 100, draws=n)) for count in counts]
    return Line("parameter draws of korean_clash, 100 paths each", "s", counts, seconds)


def drawn(lines: Sequence[Line]) -> Figure:
    """A panel a line, both axes logarithmic."""
    figure, axes = plt.subplots(2, 2, figsize=(9, 6.4), layout="constrained")
    for ax, line in zip(axes.flat, lines, strict=True):
        ax.loglog(line.x, line.y, "o-", color="#4477aa")
        ax.set(xlabel=line.name, ylabel=line.unit, title=f"exponent {line.exponent:.2f}")
        ax.xaxis.set_minor_formatter(NullFormatter())  # the sizes measured are labelled instead
        ax.set_xticks(line.x, [f"{x:,.0f}" for x in line.x], fontsize=8)
        ax.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most-paths", type=int, default=10**7)
    parser.add_argument("--no-write", action="store_true")
    given = parser.parse_args()
    walk(race(), 10)
    lines = [transitions(), events_a_path(), paths(given.most_paths), draws()]
    figure = drawn(lines)
    rows = [
        [
            line.name,
            ", ".join(f"{x:,.0f}" for x in line.x),
            ", ".join(f"{y:.3g}" for y in line.y),
            line.unit,
            f"{line.exponent:.2f}",
        ]
        for line in lines
    ]
    text = "\n\n".join(
        [
            "`python benchmarks/growth.py`: the compiled engine on races of any size.",
            table(["growing", "at", "cost", "in", "exponent"], rows),
            "The smallest counts of paths and draws are the price of lowering the model; above "
            "them both grow in proportion. " + " ".join(line.note for line in lines if line.note),
            "![cost against size](growth.png)",
            machine(),
        ]
    )
    print(text)
    if not given.no_write:
        figure.savefig(HERE / "growth.png", dpi=120)
        write("How cost grows", text)


if __name__ == "__main__":
    main()
