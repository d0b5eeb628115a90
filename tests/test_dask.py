"""Dask's workers walk the paths: the same tables, byte for byte, also where one is killed."""

import os
import signal
import threading
import time

import pytest
from command_line import FIRST, ROOT, call
from islands import island
from test_concat import files
from test_executors import SMALL, alone, assert_same_comparison

import sim

__all__ = ["call"]
distributed = pytest.importorskip(
    "distributed", reason="Dask is not installed; pip install -e '.[cluster]' runs these tests"
)
pytestmark = pytest.mark.filterwarnings("default")  # what Dask warns of is not ours to mend
LARGER = {"draws": 400, "paths": 60, "seed": 4, "progress": False, "engine": "reference"}


@pytest.fixture(scope="module")
def dask():
    """Four workers in processes of their own, which find the program where the tests do."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = path
    try:
        with distributed.LocalCluster(
            n_workers=4, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as local:
            yield local
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


def test_four_workers_give_the_tables_of_one_process_byte_for_byte(dask, tmp_path):
    expected = files(alone(), tmp_path / "alone")
    with distributed.Client(dask) as client:
        results = sim.run(island(), executor=client, events=True, **SMALL)
        assert files(results, tmp_path / "client") == expected
        results = sim.run(island(), executor=client.get_executor(), events=True, **SMALL)
        assert files(results, tmp_path / "executor") == expected


def test_four_workers_compare_as_one_process_does(dask):
    plain = sim.compare(island(), workers=1, **SMALL)
    with distributed.Client(dask) as client:
        assert_same_comparison(sim.compare(island(), executor=client, **SMALL), plain)


def test_a_worker_that_is_killed_in_the_middle_changes_no_table(dask, tmp_path):
    """One of four is killed by SIGKILL while it works; another does what it had."""
    killed = []

    def kill(client) -> None:
        while not killed:  # once some chunks are done and others are under way
            time.sleep(0.05)
            busy = [worker for worker, keys in client.processing().items() if keys]
            done = sum(map(len, client.has_what().values()))
            if busy and done:
                pids = client.run(os.getpid)
                killed.append(pids[busy[0]])
                os.kill(killed[0], signal.SIGKILL)

    with distributed.Client(dask) as client:
        thread = threading.Thread(target=kill, args=[client])
        thread.start()
        results = sim.run(island(), executor=client, **LARGER)
        thread.join()
        alive = client.run(os.getpid).values()
    assert killed
    assert killed[0] not in alive
    plain = sim.run(island(), **{**LARGER, "engine": "compiled"})
    found = files(results, tmp_path / "killed")
    assert found == files(plain, tmp_path / "plain")
    other = sim.run(island(), **{**LARGER, "engine": "compiled", "seed": 5})  # the control
    assert found != files(other, tmp_path / "other")


def test_the_command_line_runs_on_a_cluster(dask, call, tmp_path):
    sizes = ("--draws", "6", "--paths", "40", "--no-charts")
    address = dask.scheduler_address
    code, _, err = call(FIRST, *sizes, "--cluster", address, "--out", "there")
    assert code == 0, err
    assert call(FIRST, *sizes, "--out", "here")[0] == 0
    for name in ("outcomes", "shares", "paths", "coverage"):
        there, here = (tmp_path / where / f"{name}.csv" for where in ("there", "here"))
        assert there.read_bytes() == here.read_bytes()


def test_an_address_where_nobody_answers_is_refused(call, monkeypatch):
    from sim.experiment import dask_cluster

    monkeypatch.setattr(dask_cluster, "PATIENCE", 1)
    code, _, err = call(FIRST, "--cluster", "tcp://127.0.0.1:9", "--no-charts")
    assert code == 2
    assert "--cluster: no scheduler answers at 'tcp://127.0.0.1:9'" in err
    code, _, err = call(FIRST, "--cluster", "nonsense://x", "--no-charts")
    assert code == 2
    assert "--cluster: no scheduler answers at 'nonsense://x'" in err
