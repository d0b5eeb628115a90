"""How long a scenario of 500 rules takes to be read and checked: `python benchmarks/reading.py`.

In one run, in turn: PyYAML composing the same text and nothing else, and `sim.scenario.load`.
Prints the median seconds of processor time of both and the median of their ratios.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import yaml

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
    print(f"{ROUNDS} rounds, {len(text.splitlines()):,} lines")
    print(f"yaml.compose        {composing:6.3f} s")
    print(f"read and checked    {loading:6.3f} s  ({ratio:.1f} times)")


if __name__ == "__main__":
    main()
