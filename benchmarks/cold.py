"""What a new process costs before it walks: `python benchmarks/cold.py [--write]`.

Whole commands, elapsed and processor seconds (medians over rounds), the default run of the Korean
scenario with and without what numba kept of an earlier one, and the slowest imports.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from engines import busy, machine, write

ROOT = Path(__file__).parent.parent
KOREA = "scenarios/korean_clash.yaml"


def command(*words: str, kept: str | None = None) -> tuple[float, float]:
    """(elapsed, processor) seconds of one command line; `kept` is numba's folder."""
    environment = os.environ | ({"NUMBA_CACHE_DIR": kept} if kept else {})
    start, spent = time.perf_counter(), busy()
    run = [sys.executable, "run_sim.py", *words]
    subprocess.run(run, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start, busy() - spent


def imports(module: str) -> list[tuple[str, float]]:
    """The outermost packages that importing this module loads, slowest first, in milliseconds."""
    run = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    said = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True).stderr
    own: dict[str, float] = {}
    for line in said.splitlines():
        if found := re.match(r"import time:\s*(\d+) \|\s*\d+ \|\s*([\w.]+)", line):
            package = found[2].split(".")[0]
            own[package] = own.get(package, 0) + int(found[1]) / 1000
    return sorted(own.items(), key=lambda pair: -pair[1])[:5]


def report(rounds: int) -> Sequence[str]:
    """The tables."""
    rows = [f"On {machine()}; {rounds} rounds.", ""]
    rows += ["| command | elapsed s | processor s |", "|---|---:|---:|"]

    def row(name: str, taken: Sequence[tuple[float, float]]) -> None:
        elapsed, spent = (median(side) for side in zip(*taken, strict=True))
        rows.append(f"| {name} | {elapsed:.2f} | {spent:.2f} |")

    row("`run_sim.py --help`", [command("--help") for _ in range(rounds)])
    for file in ("scenarios/first_crisis.yaml", KOREA):
        row(f"`run_sim.py check {file}`", [command("check", file) for _ in range(rounds)])
    with tempfile.TemporaryDirectory() as folder:
        words = ("run", KOREA, "--out", f"{folder}/run")
        row("default run of Korea, nothing kept", [command(*words, kept=folder)])
        again = [command(*words, kept=folder) for _ in range(rounds)]
        row("default run of Korea, the kernel kept", again)
    rows += ["", "| importing | slowest packages, ms of their own |", "|---|---|"]
    for module in ("sim.cli", "sim.scenario", "sim.engines.reference", "sim.engines.compiled"):
        slowest = " · ".join(f"{name} {spent:.0f}" for name, spent in imports(module))
        rows.append(f"| `{module}` | {slowest} |")
    return rows


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--write", action="store_true", help="keep it in RESULTS.md")
    asked = arguments.parse_args()
    rows = report(asked.rounds)
    print("\n".join(rows))
    if asked.write:
        write("cold", rows)


if __name__ == "__main__":
    main()
