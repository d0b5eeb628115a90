"""How fast each engine and each peer walks the same program: `python benchmarks/engines.py`.

Two programs: the race of `race.yaml`, exponential and lognormal, which every peer runs, and the
Korean scenario. All in one run, turn by turn, medians over the rounds. Seconds are processor time
(of children too), so that a busy machine does not count, but for the line of both cores, which is
elapsed time against elapsed time. That all peers agree on how often each outcome happens is
asserted. Needs gcc, and `pip install gillespy2 scons` for one peer, left out where it is missing.
Writes the table to `benchmarks/RESULTS.md`, between the marks that hold its place.
"""

import argparse
import importlib.util
import os
import platform
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from statistics import median

import by_hand
import in_numpy
import in_simpy
import numpy as np

from sim.engines import compiled, reference
from sim.experiment.runs import parameter_values
from sim.model.model import Model
from sim.results import Walked
from sim.scenario import load

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
KOREA = HERE.parent / "scenarios" / "korean_clash.yaml"
BOUND = 4.5  # z of two shares; 60 comparisons go beyond it once in 2,500 runs


@dataclass(kw_only=True)
class Contender:
    """One way to walk a program: how many paths a round, and what walking them gave."""

    name: str
    walk: Callable[[int, int], Sequence[int]]  # (seed, paths) -> hits of each outcome
    paths: int
    threads: int = 1
    seconds: list[float] = field(default_factory=list)  # a path
    hits: list[np.ndarray] = field(default_factory=list)

    def round(self, seed: int) -> None:
        """Walk once and keep the time."""
        clock = time.perf_counter if self.threads > 1 else busy
        start = clock()
        hits = self.walk(seed, self.paths)
        self.seconds.append((clock() - start) / self.paths)
        self.hits.append(np.asarray(hits, float))

    @property
    def rate(self) -> float:
        """Median paths a second."""
        return 1 / median(self.seconds)


def busy() -> float:
    """Processor seconds of this process and of the children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def hits_of(pieces: Sequence[Walked]) -> list[int]:
    """In how many paths each outcome happened."""
    return [int(n) for n in sum((~np.isnan(piece.outcome_time)).sum(axis=0) for piece in pieces)]


def ours(walk: Callable[..., object], model: Model, **more: int) -> Callable[[int, int], list[int]]:
    """An engine of ours on a model without parameters, one draw."""

    def once(seed: int, paths: int) -> list[int]:
        values = np.zeros((1, 0))
        return hits_of(
            list(walk(model, values, seed=seed, draws=range(1), paths=range(paths), **more))  # type: ignore[call-overload]
        )

    return once


def by_c(model: Model) -> Callable[[int, int], list[int]]:
    """The race by hand in C."""

    def once(seed: int, paths: int) -> list[int]:
        count = by_hand.walk(model, seed=seed, draw=0, paths=range(paths))
        return [count.a_at_war, count.two_at_war, count.others_at_war]

    return once


def racers(lognormal: bool, scale: float) -> list[Contender]:
    """Everybody who runs this form of the race."""
    model = load(HERE / ("race_lognormal.yaml" if lognormal else "race.yaml")).model
    many, some, few = (int(n * scale) for n in (400_000, 40_000, 1_000))
    field_ = [
        Contender(name="C, by hand", walk=by_c(model), paths=many),
        Contender(name="compiled", walk=ours(compiled.walk, model, threads=1), paths=many),
        Contender(
            name="compiled, both cores",
            walk=ours(compiled.walk, model, threads=2),
            paths=4 * many,
            threads=2,
        ),
        Contender(name="reference", walk=ours(reference.walk, model), paths=few // 2),
        Contender(
            name="SimPy, idiomatic",
            walk=lambda seed, paths: in_simpy.walk(lognormal, seed=seed, paths=paths)[1],
            paths=few,
        ),
        Contender(
            name="NumPy, in lockstep",
            walk=lambda seed, paths: in_numpy.walk(lognormal, seed=seed, paths=paths)[1],
            paths=some,
        ),
    ]
    if not lognormal and importlib.util.find_spec("gillespy2"):
        import in_gillespy

        field_.append(
            Contender(
                name="GillesPy2, C++ solver",
                walk=lambda seed, paths: in_gillespy.walk(seed=seed, paths=paths),
                paths=some,
            )
        )
    return field_


def race(contenders: Sequence[Contender], rounds: int) -> None:
    """Everybody in turn, one round uncounted; then all must agree."""
    for contender in contenders:
        contender.walk(1, min(contender.paths, 500))
    for seed in range(1, rounds + 1):
        for contender in contenders:
            contender.round(seed)
    first = contenders[0]
    for other in contenders[1:]:
        for a, b in zip(sum(first.hits), sum(other.hits), strict=True):
            n, m = first.paths * rounds, other.paths * rounds
            pooled = (a + b) / (n + m)
            spread = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
            z = (a / n - b / m) / spread if spread else 0.0
            assert abs(z) < BOUND, f"{first.name} and {other.name} disagree: z = {z:.1f}"


def pair(name: str, one: Sequence[float], other: Sequence[float]) -> str:
    """The median, round by round, of what `other` takes over what `one` takes."""
    ratios = [b / a for a, b in zip(one, other, strict=True)]
    return f"| {name} | {median(ratios):.3g} | {min(ratios):.3g}–{max(ratios):.3g} |"


def race_lines(title: str, contenders: Sequence[Contender]) -> list[str]:
    """The table of one form of the race."""
    fastest = next(c for c in contenders if c.name == "compiled")
    lines = [f"### {title}", "", "| who | paths a second | compiled is … times as fast | range |"]
    lines.append("|---|---:|---:|---:|")
    for c in contenders:
        ratios = [b / a for a, b in zip(fastest.seconds, c.seconds, strict=True)]
        if c.threads > 1:
            lines.append(f"| {c.name} (elapsed) | {c.rate:,.0f} | | |")
            continue
        span = f"{min(ratios):.3g}–{max(ratios):.3g}"
        lines.append(f"| {c.name} | {c.rate:,.0f} | {median(ratios):.3g} | {span} |")
    return [*lines, ""]


def both_cores(rounds: int, model: Model, paths: int) -> str:
    """Elapsed time of one thread over that of two, turn by turn."""
    taken: dict[int, list[float]] = {1: [], 2: []}
    for seed in range(rounds):
        for threads in (1, 2):
            start = time.perf_counter()
            ours(compiled.walk, model, threads=threads)(seed, paths)
            taken[threads].append(time.perf_counter() - start)
    return pair("both cores against one, elapsed (the race)", taken[2], taken[1])


def korea(rounds: int, scale: float) -> list[str]:
    """Compiled against reference on the Korean scenario; what tables cost against paths."""
    model = load(KOREA).model
    few, many, draws = max(2, int(30 * scale)), int(20_000 * scale), max(10, int(1000 * scale))
    values = parameter_values(model, 1, range(draws))
    fast, slow, tables, events = [], [], [], []
    paths_of_a_draw = []
    for seed in range(rounds + 1):
        start = busy()
        one = {"seed": seed, "draws": range(1)}
        pieces = list(compiled.walk(model, values[:1], **one, paths=range(many), threads=1))
        fast.append((busy() - start) / many)
        start = busy()
        list(reference.walk(model, values[:1], **one, paths=range(few)))
        slow.append((busy() - start) / few)
        start = busy()
        every = {"seed": seed, "draws": range(draws), "threads": 1}
        list(compiled.walk(model, values, **every, paths=range(1)))
        alone = busy() - start
        start = busy()
        list(compiled.walk(model, values, **every, paths=range(101)))
        paths_of_a_draw.append((busy() - start - alone) / 100 * 1000)
        tables.append(alone)
        events.append(sum(int(p.n_events.sum()) for p in pieces) / many)
    fast, slow, tables, paths_of_a_draw = (
        x[1:] for x in (fast, slow, tables, paths_of_a_draw)
    )  # the first round compiles
    share = [a / b for a, b in zip(tables, paths_of_a_draw, strict=True)]
    return [
        f"### The Korean scenario ({len(model.transitions)} transitions, "
        f"{median(events):.0f} events a path)",
        "",
        "| what | median | range |",
        "|---|---:|---:|",
        f"| compiled, paths a second and core | {1 / median(fast):,.0f} | |",
        f"| reference, paths a second and core | {1 / median(slow):,.0f} | |",
        pair("compiled is … times as fast as reference", fast, slow),
        f"| tables of {draws:,} draws (with one path each), seconds | {median(tables):.2f} | |",
        f"| … as a share of {draws:,} × 1,000 paths | {median(share):.3f} "
        f"| {min(share):.3f}–{max(share):.3f} |",
        "",
    ]


def machine() -> str:
    """What this ran on."""
    cpu = ""
    information = Path("/proc/cpuinfo")
    if information.exists():
        found = re.search(r"model name\s*:\s*(.*)", information.read_text())
        cpu = found[1] if found else ""
    cores = os.cpu_count()
    return f"{cpu or platform.machine()}, {cores} cores, Python {platform.python_version()}"


def write(mark: str, lines: Sequence[str]) -> None:
    """Put these lines between the two marks of this name in RESULTS.md."""
    text = RESULTS.read_text(encoding="utf-8")
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    before, after = text.split(begin)[0], text.split(end)[1]
    RESULTS.write_text(before + "\n".join([begin, *lines, end]) + after, encoding="utf-8")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--scale", type=float, default=1.0, help="of the number of paths")
    arguments.add_argument("--write", action="store_true", help="keep it in RESULTS.md")
    asked = arguments.parse_args()
    lines = [f"On {machine()}; {asked.rounds} rounds.", ""]
    for lognormal in (False, True):
        contenders = racers(lognormal, asked.scale)
        race(contenders, asked.rounds)
        form = "lognormal" if lognormal else "exponential"
        lines += race_lines(f"The race, {form} waits", contenders)
    model = load(HERE / "race.yaml").model
    lines += ["| what | median | range |", "|---|---:|---:|"]
    lines += [both_cores(asked.rounds, model, int(1_000_000 * asked.scale)), ""]
    lines += korea(asked.rounds, asked.scale)
    print("\n".join(lines))
    if asked.write:
        write("engines", lines)


if __name__ == "__main__":
    main()
