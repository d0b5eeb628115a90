"""What Dask costs and gains: `python benchmarks/cluster.py [--rounds 3] [--draws 50]`.

Needs the extra `cluster`, and two cores that nobody else uses: the section names the load.

Three numbers, of the Korean scenario: the overhead of a chunk (one path each, through Dask and
here), the speed-up on two local workers of one thread each, and on paper the cost of 10^10 paths
on 1,000 cores. With few draws what follows the walk (tables, bands) weighs in the cost of a path.
"""

import argparse
from collections.abc import Callable
from concurrent.futures import wait
from statistics import median

from distributed import Client, LocalCluster
from distributed import __version__ as dask_version
from measuring import HERE, machine, table, wall_seconds, write

import sim
from sim.experiment import Plan, handing_out, parameter_values
from sim.experiment.runs import work_of
from sim.experiment.tasks import do, sent, tasks_of
from sim.experiment.work import Chunk

KOREA = HERE.parent / "scenarios" / "korean_clash.yaml"
PATHS = 10**10
CORES = 1_000
LARGE = handing_out.MOST  # paths in a chunk of so large a run
CHUNKS = 500


def middle(work: Callable[[], object], rounds: int) -> float:
    """The median wall-clock seconds of some calls."""
    return median(wall_seconds(work) for _ in range(rounds))


def main() -> None:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--no-write", action="store_true")
    asked = parser.parse_args()
    scenario = sim.load(KOREA)
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        Client(cluster) as client,
    ):
        text = measured(scenario, client, asked.rounds, asked.draws)
    print(text)
    if not asked.no_write:
        write("A run on Dask", text)


def measured(scenario: sim.Scenario, client: Client, rounds: int, draws: int) -> str:
    """The section."""
    plain = {"seed": 1, "progress": False, "keep_paths": False}

    def here(draws: int, paths: int, workers: int) -> object:
        return sim.run(scenario, draws=draws, paths=paths, workers=workers, **plain)

    def there(draws: int, paths: int) -> object:
        return sim.run(scenario, draws=draws, paths=paths, executor=client, **plain)

    there(40, 1_000), here(40, 1_000, 1)  # compiled, and the workers have the model
    # chunks of one path: what they take is nearly all overhead
    plan = Plan(draws=1, paths=CHUNKS, workers=1, progress=False)
    values = parameter_values(scenario.model, plan.seed, plan.span)
    task_of = tasks_of(work_of([scenario.model], [values], plan), keep=False)
    tasks = [task_of(Chunk(range(1), range(i, i + 1))) for i in range(CHUNKS)]
    executor = client.get_executor()
    apart = middle(lambda: wait([executor.submit(do, one) for one in tasks]), rounds)
    alone = middle(lambda: [do(one) for one in tasks], rounds)
    overhead = (apart - alone / 2) / CHUNKS  # the two workers share the work itself
    # large ones: the tables that follow the walk are the same work in each case
    paths = 10_000
    one = middle(lambda: here(draws, paths, 1), rounds)
    two = middle(lambda: here(draws, paths, 2), rounds)
    dask = middle(lambda: there(draws, paths), rounds)
    path = one / (draws * paths)
    chunks = PATHS // LARGE
    walking = PATHS * path / CORES
    # the scheduler hands out and takes in one chunk after another: at worst nothing else meanwhile
    handing = chunks * overhead
    model = len(sent(scenario.model))
    rows = [
        [f"here, 1 thread, {draws} x {paths:,} paths", f"{one:.2f} s", "1.00"],
        ["here, 2 threads", f"{two:.2f} s", f"{one / two:.2f}"],
        ["2 Dask workers of 1 thread", f"{dask:.2f} s", f"{one / dask:.2f}"],
    ]
    return f"""\
`python benchmarks/cluster.py` (Korea, {rounds} rounds, medians by the clock, Dask {dask_version}).
{machine()}

{table(["run", "seconds", "speed-up"], rows)}

Overhead of a chunk: {1_000 * overhead:.1f} ms ({CHUNKS} chunks of one path take {apart:.2f} s on
two Dask workers and {alone:.2f} s here, one after another). The model is sent with each chunk,
{model / 1_000:.0f} kB.

On paper, 10^10 Korean paths on {CORES:,} cores: {PATHS:.0e} x {1e6 * path:.1f} µs / {CORES:,} =
{walking:.0f} s of walking, {PATHS * path / 3600:.0f} core hours. In chunks of {LARGE:,} paths there
are {chunks:,}; handed out one after another they take the scheduler {handing:.0f} s in all, beside
the walk.

Assumed: cores as fast as one here and none that waits; a chunk's overhead as with two local
workers, and nothing for the network; workers that are up and have the program compiled (some 12 s
each otherwise); ten chunks a core, the last of which, {LARGE * path:.0f} s long, may leave cores
idle for as long. Not measured: there were two cores.
"""


if __name__ == "__main__":
    main()
