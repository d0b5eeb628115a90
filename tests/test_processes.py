"""Worker processes: what they give back, and what is said when one is lost."""

import multiprocessing
import os
from math import sqrt

import pytest
from command_line import FIRST

import sim
from sim.errors import RunError
from sim.experiment.processes import processes


def test_work_comes_back_from_other_processes():
    with processes(2) as pool:
        assert list(pool.map(sqrt, [1.0, 4.0, 9.0])) == [1, 2, 3]
        assert set(pool.map(_who, range(4))) - {os.getpid()}


def test_a_lost_process_is_told_and_not_traced():
    with pytest.raises(RunError, match="ended before its work was done"), processes(2) as p:
        list(p.map(os._exit, [3]))


def test_an_error_of_the_work_itself_stays_what_it_is():
    """The control: only a lost process is called lost."""
    with pytest.raises(ValueError, match="minus one has none"), processes(1) as pool:
        list(pool.map(_root, [-1.0]))


def _root(number: float) -> float:
    if number < 0:
        raise ValueError("minus one has none")
    return sqrt(number)


def _who(_: int) -> int:
    return os.getpid()


def in_a_worker(engine: str) -> list[float]:
    found = sim.run(FIRST, draws=3, paths=100, engine=engine, workers=2, progress=False)
    return found.outcomes["probability"].tolist()


def splits(_: int) -> float:
    return sim.rare(FIRST, "ally_fights", draws=2, paths=10, workers=2, progress=False).probability


def has_workers(_: int) -> bool:
    try:
        with processes(1) as pool:
            return pool.submit(abs, -1).result() == 1
    except AssertionError:  # "daemonic processes are not allowed to have children"
        return False


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_run_inside_a_worker_of_a_pool_walks_in_it(engine):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(in_a_worker, (engine,)) == in_a_worker(engine)


def test_a_splitting_inside_a_worker_of_a_pool_walks_in_it():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(has_workers, (0,)) is False  # the control: it may have none
        assert pool.apply(splits, (0,)) == splits(0)
