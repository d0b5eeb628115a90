"""What a comparison costs beside sampling: `python benchmarks/compare_cost.py [DRAWS PATHS]`.

In one run and in processor time, all interventions of the Korean scenario: the plain run of the
baseline, which says what a path costs; the comparison, which walks again only the paths that an
intervention can touch; and every path walked in every model, as a comparison did before. Two
ratios are printed: the comparison to (paths walked x cost of a path), which may be 1.2, and to the
walk of everything, which may be a half.

Measured with 500 x 200 paths, 27 interventions, one worker, on a machine that others used as well:
see `benchmarks/RESULTS.md`.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

from sim.experiment import comparisons, runs
from sim.experiment.plan import Plan
from sim.scenario import load

KOREA = Path(__file__).parents[1] / "scenarios" / "korean_clash.yaml"
MOST_OF_SAMPLING, MOST_OF_ALL = 1.2, 0.5


def spent(work: Callable[[], object]) -> tuple[float, object]:
    """(processor time in seconds, what the work gives)."""
    before = process_time()
    result = work()
    return process_time() - before, result


@contextmanager
def without_traces() -> Iterator[None]:
    """Every path walked in every model, as by an engine that leaves no trace."""
    known = runs.has_traces
    runs.has_traces = lambda name: False
    try:
        yield
    finally:
        runs.has_traces = known


def main(draws: int, paths: int) -> int:
    """Print times, paths and ratios; 1 if a ratio is too large."""
    scenario = load(KOREA)
    twins = [scenario.under(name) for name in scenario.interventions]
    plan = Plan(draws=draws, paths=paths, workers=1, keep_paths=False, progress=False)
    runs.run(scenario, Plan(draws=2, paths=2, workers=1, progress=False))  # compiled by now
    sampling, _ = spent(lambda: runs.run(scenario, plan))
    comparing, output = spent(lambda: comparisons.compare(scenario, twins, plan))
    with without_traces():
        everything, _ = spent(lambda: comparisons.compare(scenario, twins, plan))
    n = draws * paths
    again = sum(output.walked)
    for name, walked in zip(scenario.interventions, output.walked, strict=True):
        print(f"{name:32} {walked / n:7.1%} walked again")
    of_sampling = comparing / ((n + again) * sampling / n)
    of_all = comparing / everything
    print(f"a plain run of {n:,} paths: {sampling:.1f} s, {1e6 * sampling / n:.0f} us a path")
    print(f"compared: {comparing:.1f} s for {n + again:,} paths ({again / n / len(twins):.1%})")
    print(f"everything walked: {everything:.1f} s for {n * (1 + len(twins)):,} paths")
    print(f"ratio to sampling {of_sampling:.2f}, may be {MOST_OF_SAMPLING}")
    print(f"ratio to everything {of_all:.2f}, may be {MOST_OF_ALL}")
    return int(of_sampling > MOST_OF_SAMPLING or of_all > MOST_OF_ALL)


if __name__ == "__main__":
    sizes = [int(given) for given in sys.argv[1:]] or [500, 200]
    sys.exit(main(*sizes))
