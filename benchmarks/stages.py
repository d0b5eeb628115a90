"""Where the time of the main command goes: processor seconds of each stage of a default run.

python benchmarks/stages.py [--name before] [--scenario FILE] [--no-charts] [--no-write]

A stage's time is without that of the stages inside it; all threads and processes count.
"""

import argparse
import contextlib
import importlib
import io
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import HERE, machine, table, write

KOREA = HERE.parent / "scenarios" / "korean_clash.yaml"
# stage -> the functions it is in, as module:name
STAGES = {
    "read and check the scenario": ["sim.cli.commands.run:read"],
    "draw parameters": ["sim.experiment.runs:values_of"],
    "lower the model": ["sim.engines.compiled:lowered"],
    "tables for draws": ["sim.engines.compiled.table_registry:Pool.filled"],
    "sample paths, count them": ["sim.experiment.runs:run"],
    "estimates": ["sim.api.runs:tables_of"],
    "routes": ["sim.analysis.causes.routes:after_run"],
    "evidence, times": ["sim.analysis.after_run:analyses"],
    "CSV": ["sim.results.directory:write_table", "sim.report.run_files:write_table"],
    "manifest, digests": ["sim.results.directory:write_manifest"],
    "charts": ["sim.report.pictures:draw"],
    "screen": ["sim.cli.commands.run:_say", "sim.cli.commands.run:_say_first"],
}


class Clock:
    """Processor time by stage, where the innermost one that runs is charged."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.open = ["imports and the rest"]
        self.since = _used()

    def turn(self) -> None:
        now = _used()
        self.spent[self.open[-1]] += now - self.since
        self.since = now

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*words: Any, **named: Any) -> Any:
            self.turn()
            self.open.append(stage)
            try:
                return work(*words, **named)
            finally:
                self.turn()
                self.open.pop()

        return timed


def _used() -> float:
    own, others = time.process_time(), os.times()
    return own + others.children_user + others.children_system


def watch(clock: Clock) -> None:
    """Have the stages' functions timed; names that a version does not have are passed over."""
    for stage, places in STAGES.items():
        for place in places:
            module, _, path = place.partition(":")
            *owner, name = path.split(".")
            try:
                home: Any = importlib.import_module(module)
                for part in owner:
                    home = getattr(home, part)
                setattr(home, name, clock.timed(stage, getattr(home, name)))
            except (ImportError, AttributeError):
                print(f"not in this version: {place}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", default="today")
    parser.add_argument("--scenario", default=str(KOREA))
    parser.add_argument("--no-charts", action="store_true")
    parser.add_argument("--no-write", action="store_true")
    given = parser.parse_args()
    clock, began = Clock(), time.perf_counter()
    watch(clock)
    from sim.cli import main as command

    with tempfile.TemporaryDirectory() as folder:
        sys.argv = ["run_sim.py", given.scenario, "--out", str(Path(folder) / "run")]
        sys.argv += ["--no-charts"] * given.no_charts
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
            command()
    clock.turn()
    wall = time.perf_counter() - began
    spent = sorted(clock.spent.items(), key=lambda one: -one[1])
    whole = sum(clock.spent.values())
    rows = [[name, f"{seconds:.2f}", f"{100 * seconds / whole:.0f} %"] for name, seconds in spent]
    rows.append(["**whole**", f"{whole:.2f}", f"{wall:.1f} s by the clock"])
    text = "\n\n".join(
        [
            f"`python benchmarks/stages.py --name {given.name}`: a default run of "
            f"{Path(given.scenario).stem}, numba's cache warm.",
            table(["stage", "processor s", "share"], rows),
            machine(),
        ]
    )
    print(text)
    if not given.no_write:
        write(f"Where a run's time goes, {given.name}", text)


if __name__ == "__main__":
    main()
