"""What a new process costs: help, a default run with and without numba's cache, imports.

python benchmarks/cold.py [--rounds 5] [--no-write]
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from measuring import HERE, machine, processor_seconds, table, wall_seconds, write

ROOT = HERE.parent
KOREA = "scenarios/korean_clash.yaml"
MODULES = ("sim", "sim.scenario", "sim.cli", "sim.engines.compiled", "sim.engines.reference")
HEAVY = ("numba", "pandas", "matplotlib.pyplot", "scipy.stats", "simpy", "pydantic", "typer")


def run(*words: str, cache: str) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
    subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def timed(words: Sequence[str], cache: str, rounds: int) -> tuple[float, float]:
    """Median (seconds by the clock, processor seconds)."""
    clock = [0.0] * rounds
    used = [0.0] * rounds
    for i in range(rounds):
        used[i] = processor_seconds(
            lambda i=i: clock.__setitem__(i, wall_seconds(lambda: run(*words, cache=cache)))
        )
    return median(clock), median(used)


def import_seconds(module: str) -> float:
    """Seconds that a new process spends on importing a module, all below it included."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"import {module}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stderr
    pattern = rf"\|\s*(\d+) \|\s*{re.escape(module)}$"
    return int(re.findall(pattern, told, re.MULTILINE)[-1]) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-write", action="store_true")
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", str(Path(folder) / "run")]
        cases = {
            "`run_sim.py --help`": ["run_sim.py", "--help"],
            "`run_sim.py check` of korean_clash": ["run_sim.py", "check", KOREA],
            "default run of korean_clash, first on this machine": ["run_sim.py", KOREA, *out],
            "default run of korean_clash": ["run_sim.py", KOREA, *out],
            "... without charts": ["run_sim.py", KOREA, *out, "--no-charts"],
        }
        for name, words in cases.items():
            rounds = 1 if "first" in name else given.rounds
            clock, used = timed(words, f"{folder}/cache", rounds)
            rows.append([name, f"{clock:.2f}", f"{used:.2f}"])
            print(*rows[-1])
    imports = [
        [f"`{name}`", f"{median(import_seconds(name) for _ in range(given.rounds)):.2f}"]
        for name in (*MODULES, *HEAVY)
    ]
    text = "\n\n".join(
        [
            "`python benchmarks/cold.py`: new processes. The kernel is compiled once on a machine "
            "and kept in numba's cache; no scenario is compiled.",
            table(["", "s by the clock", "processor s"], rows),
            table(["imported alone", "s"], imports),
            machine(),
        ]
    )
    print(text)
    if not given.no_write:
        write("Cold start", text)


if __name__ == "__main__":
    main()
