"""How long a scenario of 500 rules takes to be read and checked: `python benchmarks/reading.py`.

In one run, in turn: PyYAML composing the same text and nothing else, and `sim.scenario.load`.
Writes the median seconds of processor time of both and the median of their ratios.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import yaml
from measuring import machine, table, write

from sim.scenario import load

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from five_hundred import five_hundred_rules

ROUNDS = 15


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    text = five_hundred_rules()
    loader = getattr(yaml, "CLoader", yaml.Loader)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "big.yaml"
        file.write_text(text, encoding="utf-8")
        pairs = [
            (seconds(lambda: yaml.compose(text, Loader=loader)), seconds(lambda: load(file)))
            for _ in range(ROUNDS)
        ]
    composing, loading = (median(side) for side in zip(*pairs, strict=True))
    ratio = median(loaded / composed for composed, loaded in pairs)
    lines = len(text.splitlines())
    told = "\n\n".join(
        [
            f"`python benchmarks/reading.py`: a scenario of 500 rules, {lines:,} lines, in one "
            f"process; medians of {ROUNDS} rounds of processor time.",
            table(
                ["", "s", "times"],
                [
                    ["PyYAML alone (`yaml.compose`, in C)", f"{composing:.3f}", "1"],
                    ["read and checked (`sim.load`)", f"{loading:.3f}", f"{ratio:.1f}"],
                ],
            ),
            machine(),
        ]
    )
    print(told)
    write("Reading", told)


if __name__ == "__main__":
    main()
