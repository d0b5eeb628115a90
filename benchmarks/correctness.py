"""Measure every claim of docs/correctness.md, draw its pictures, and write its numbers.

    python benchmarks/correctness.py [--seed 1] [--out docs] [--only NAME,NAME]

Writes correctness_<name>.png and correctness.json into the folder and fills in the numbers of the
correctness.md that lies there. Ends with 1 if a claim, or the control of one, does not hold. On two
cores it takes about ten minutes. The same seed gives the same numbers and the same pictures.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import correctness_draws
import correctness_engines
import correctness_runs
from correctness_page import blocks, filled, rounded
from correctness_pictures import draw
from correctness_tables import Finding
from correctness_worlds import REPOSITORY

# In the order of the page.
CLAIMS: dict[str, Callable[..., Finding]] = {
    "engines": correctness_engines.engines,
    "streams": correctness_draws.streams,
    "delays": correctness_draws.delays,
    "parameters": correctness_draws.parameters,
    "exact": correctness_engines.exact,
    "sampled": correctness_engines.sampled,
    "intervals": correctness_runs.intervals,
    "zeros": correctness_runs.zeros,
    "twins": correctness_runs.twins,
}
WITHOUT_SEED = {"exact"}  # it draws nothing


def main() -> int:
    """Measure, draw, write; the exit code."""
    arguments = parsed()
    arguments.out.mkdir(parents=True, exist_ok=True)
    store = arguments.out / "correctness.json"
    numbers: dict[str, Any] = json.loads(store.read_text("utf-8")) if store.exists() else {}
    failed = []
    for name in arguments.only:
        begun = time.perf_counter()
        more = {} if name in WITHOUT_SEED else {"seed": arguments.seed}
        finding = CLAIMS[name](**more)
        numbers[name] = rounded(finding.numbers)
        draw(name, finding.drawn, arguments.out)
        failed += [f"{name}: {sentence}" for sentence in finding.failed]
        text = blocks({name: numbers[name]})[name]
        print(f"{name} ({time.perf_counter() - begun:.0f} s)\n{text}\n", flush=True)
        # Written after every claim: an interrupted command keeps what it has measured.
        ordered = {name: numbers[name] for name in CLAIMS if name in numbers}
        store.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    page = arguments.out / "correctness.md"
    if page.exists():
        page.write_text(filled(page.read_text("utf-8"), numbers), encoding="utf-8")
    print("\n".join(failed) or "every claim holds, and every control fails as it should")
    return int(bool(failed))


def parsed() -> argparse.Namespace:
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="first seed of every run (1)")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs", help="folder (docs)")
    parser.add_argument("--only", default=",".join(CLAIMS), help="claims, separated by commas")
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    unknown = set(arguments.only) - set(CLAIMS)
    if unknown:
        parser.error(f"unknown claim {', '.join(sorted(unknown))}; known: {', '.join(CLAIMS)}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
