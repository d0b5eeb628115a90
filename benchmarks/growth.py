"""How cost grows: `python benchmarks/growth.py [--write]`.

Transitions 20-500, events a path, paths 10^3-10^8 and draws 1-10^4, each a line of seconds against
size with the exponent of its upper half, drawn to `benchmarks/growth.png`. Processor seconds of
one thread; where a line says two threads, elapsed.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from engines import busy, machine, write

from sim.engines import compiled
from sim.experiment.runs import parameter_values
from sim.model.model import Model
from sim.scenario import load

HERE = Path(__file__).parent
KOREA = HERE.parent / "scenarios" / "korean_clash.yaml"
Line = list[tuple[float, float]]  # (size, seconds)


def ring(powers: int, folder: Path) -> Model:
    """The race with as many powers as wanted: two rules each, the same events for any size."""
    rows = ["scenario: ring", "horizon: 180 d", "actors:"]
    rows += [f"  p{i}: {{state: {{stage: {{levels: [calm, alert]}}}}}}" for i in range(powers)]
    rows.append("moves:")
    for i in range(powers):
        wait = 9 * powers
        for name, old, new in (("up", "calm", "raise"), ("down", "alert", "lower")):
            rows.append(
                f"  p{i}_{name}: {{actor: p{i}, when: p{i}.stage == {old}, "
                f"after: {{mean: {wait} d}}, then: {{p{i}.stage: {new}}}}}"
            )
    rows += ["outcomes: {p0_alert: {when: p0.stage == alert}}", "endings: {o: {otherwise: true}}"]
    file = folder / "ring.yaml"
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return load(file).model


def walked(model: Model, values: np.ndarray, paths: int, threads: int = 1) -> tuple[float, float]:
    """(seconds, events a path) of one walk, after a first small one."""
    given = {"seed": 1, "draws": range(len(values))}
    list(compiled.walk(model, values[:1], seed=1, draws=range(1), paths=range(10)))
    clock = time.perf_counter if threads > 1 else busy
    start, events = clock(), 0
    for piece in compiled.walk(model, values, **given, paths=range(paths), threads=threads):
        events += int(piece.n_events.sum())
    return clock() - start, events / paths / len(values)


def lines(folder: Path, most: int) -> dict[str, Line]:
    """Every line of the chart."""
    found: dict[str, Line] = {}
    none = np.zeros((1, 0))
    found["transitions (20,000 paths of 20 events)"] = [
        (2 * n, walked(ring(n, folder), none, 20_000)[0]) for n in (10, 20, 40, 80, 160, 250)
    ]
    race = load(HERE / "race.yaml").model
    longer: Line = []
    for times in (1, 2, 4, 8, 16):
        stretched = type(race)(**{**fields(race), "horizon": race.horizon * times})
        seconds, events = walked(stretched, none, 20_000)
        longer.append((events, seconds))
    found["events a path (20,000 paths of the race)"] = longer
    powers = [10**k for k in range(3, 9) if 10**k <= most]
    found["paths of the race (two threads, elapsed)"] = [
        (n, walked(race, none, n, threads=2)[0]) for n in powers
    ]
    korea = load(KOREA).model
    found["draws of the Korean scenario (10 paths each)"] = [
        (n, walked(korea, parameter_values(korea, 1, range(n)), 10)[0])
        for n in (1, 10, 100, 1_000, 10_000)
    ]
    return found


def fields(model: Model) -> dict[str, object]:
    """What a model is made of, by name."""
    return {name: getattr(model, name) for name in type(model).__dataclass_fields__}


def exponent(line: Line) -> float:
    """The slope of log seconds against log size over the upper half of the sizes."""
    size, seconds = np.log(np.array(line[len(line) // 2 :])).T
    return float(np.polyfit(size, seconds, 1)[0])


def draw(found: dict[str, Line]) -> None:
    """The chart."""
    figure, axes = plt.subplots(figsize=(8, 5.5), layout="constrained")
    for (name, line), style in zip(found.items(), ("-o", "--s", "-.^", ":D"), strict=True):
        size, seconds = zip(*line, strict=True)
        axes.loglog(size, seconds, style, label=f"{name}: exponent {exponent(line):.2f}")
    axes.set(xlabel="size", ylabel="seconds", title="How the compiled engine's cost grows")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left", fontsize=8)
    figure.savefig(HERE / "growth.png", dpi=120)
    plt.close(figure)


def report(found: dict[str, Line]) -> Sequence[str]:
    """The lines as a table."""
    rows = [f"On {machine()}.", "", "![Growth](growth.png)", "", "| line | exponent | points |"]
    rows.append("|---|---:|---|")
    for name, line in found.items():
        points = " · ".join(f"{size:,.0f}: {seconds:.3g} s" for size, seconds in line)
        rows.append(f"| {name} | {exponent(line):.2f} | {points} |")
    return rows


def main() -> None:
    import tempfile

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--most", type=float, default=1e8, help="paths of the longest run")
    arguments.add_argument("--write", action="store_true", help="keep it in RESULTS.md")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = lines(Path(folder), int(asked.most))
    draw(found)
    print("\n".join(report(found)))
    if asked.write:
        write("growth", report(found))


if __name__ == "__main__":
    main()
