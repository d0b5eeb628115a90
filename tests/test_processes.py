"""Worker processes: what they give back, and what is said when one is lost."""

import os
from math import sqrt

import pytest

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
