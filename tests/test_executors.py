"""Paths walked by an executor of the caller's: the same tables, byte for byte, whoever walks."""

import os
import signal
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from functools import cache
from importlib.metadata import version as version_of
from multiprocessing import get_context

import pytest
from islands import island
from pandas.testing import assert_frame_equal
from small_models import flag, model, rule
from test_concat import files

import sim
from sim import policies

SMALL = {"draws": 30, "paths": 60, "seed": 4, "progress": False}
FORKED = get_context("fork")


@cache
def alone() -> sim.Results:
    return sim.run(island(), workers=1, events=True, **SMALL)


class AtOnce(Executor):
    """Does what is asked before it answers, and notes what went out and what came back."""

    def __init__(self) -> None:
        self.sent: list[object] = []
        self.came: list[object] = []

    def submit(self, fn, /, *args, **named):
        self.sent.append(args[0])
        future: Future = Future()
        try:
            self.came.append(fn(*args, **named))
            future.set_result(self.came[-1])
        except Exception as error:  # as an executor does  # noqa: BLE001
            future.set_exception(error)
        return future


@pytest.mark.parametrize(
    "pool", [ThreadPoolExecutor, ProcessPoolExecutor], ids=lambda p: p.__name__
)
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_a_pool_gives_the_tables_of_one_process_byte_for_byte(pool, engine, tmp_path):
    with pool(4) as executor:
        results = sim.run(island(), executor=executor, engine=engine, events=True, **SMALL)
    expected = files(alone(), tmp_path / "alone")
    found = files(results, tmp_path / "pool")
    assert len(expected) >= 9
    assert found == expected
    other = sim.run(island(), events=True, **{**SMALL, "seed": 5})  # the control
    assert files(other, tmp_path / "other") != expected


def test_a_draw_cut_into_chunks_is_the_whole_draw(tmp_path):
    """6 draws of 2,500 paths go out in parts of a draw, and by draw in parts of 1,000."""
    sizes = {**SMALL, "draws": 6, "paths": 2_500}
    executor = AtOnce()
    results = sim.run(island(), executor=executor, **sizes)
    assert [len(task.paths) for task in executor.sent[:3]] == [1_000, 1_000, 500]
    plain = sim.run(island(), workers=1, **sizes)
    assert files(results, tmp_path / "parts") == files(plain, tmp_path / "whole")


def test_workers_return_counts_and_no_paths_unless_rows_are_kept():
    executor = AtOnce()
    sim.run(island(), executor=executor, keep_paths=False, **SMALL)
    assert sum(part.n for part in executor.came) == 30 * 60
    assert all(part.rows == part.firings == () for part in executor.came)
    asked = AtOnce()
    sim.run(island(), executor=asked, events=True, **SMALL)
    assert all(part.rows and part.firings for part in asked.came)  # the control


def test_ranges_values_common_numbers_and_concat_go_out_as_well():
    values = {"restraint": [0.0, 0.5, 1.0, 1.5]}
    for more in (
        {"draws": range(40, 44)},
        {"values": values, "draws": None},
        {"values": values, "draws": None, "common_random_numbers": True},
    ):
        given = {**SMALL, **more}
        with ThreadPoolExecutor(2) as executor:
            assert sim.run(island(), executor=executor, **given) == sim.run(island(), **given)
    with ThreadPoolExecutor(2) as executor:
        halves = [
            sim.run(island(), executor=executor, **{**SMALL, "draws": some})
            for some in (range(15), range(15, 30))
        ]
    assert sim.Results.concat(halves) == sim.run(island(), **SMALL)


def test_a_run_to_a_precision_ends_after_the_same_draws():
    given = {"paths": 20, "seed": 4, "precision": 0.5, "progress": False, "max_paths": 100_000}
    with ThreadPoolExecutor(3) as executor:
        results = sim.run(island(), executor=executor, **given)
    plain = sim.run(island(), **given)
    assert results == plain
    assert plain.provenance.stopped == "precision"
    assert plain.provenance.draws in range(200, 4_000)  # after some blocks, before max_paths


def test_functions_that_decide_go_out_if_nothing_of_theirs_is_lost():
    decide = {"ally": policies.most_likely()}
    with ProcessPoolExecutor(2, FORKED) as executor:
        results = sim.run(island(), executor=executor, decide=decide, **SMALL)
    assert results == sim.run(island(), decide=decide, workers=1, **SMALL)
    with pytest.raises(sim.UsageError, match=r"what a function that decides records .*stateless"):
        sim.run(island(), executor=AtOnce(), decide={"ally": lambda situation: None}, **SMALL)


def test_what_cannot_go_out_is_refused():
    with pytest.raises(sim.UsageError, match="executor: takes an executor of"):
        sim.run(island(), executor=4, **SMALL)
    with pytest.raises(sim.errors.NotApplicable, match="the exact engine solves in this process"):
        sim.run(island(), executor=AtOnce(), engine="exact", draws=2)


def test_the_error_of_a_path_is_the_one_of_a_run_alone():
    wrong = model([flag("x")], [rule("act", at=0.0), rule("ping", on=["act", "ping"])], {})
    told = r"ping -> ping.*draw 0, path 0"
    with pytest.raises(sim.RunError, match=told) as alone:
        sim.run(wrong, workers=1, **SMALL)
    with ThreadPoolExecutor(3) as pool, pytest.raises(sim.RunError, match=told) as elsewhere:
        sim.run(wrong, executor=pool, **SMALL)
    assert str(elsewhere.value) == str(alone.value)


def test_a_lost_worker_of_a_pool_is_told():
    """A pool of the standard library does not replace it: the run ends with a sentence."""
    lost = pytest.raises(sim.RunError, match="the executor lost a worker")
    with ProcessPoolExecutor(1, FORKED, initializer=_die) as pool, lost:
        sim.run(island(), executor=pool, **SMALL)


def test_a_pool_that_breaks_while_tasks_go_out_is_told_as_well():
    class Broken(AtOnce):
        def submit(self, fn, /, *args, **named):
            if len(self.sent) == 1:
                raise BrokenExecutor("a process ended")
            return super().submit(fn, *args, **named)

    executor = Broken()
    with pytest.raises(sim.RunError, match="the executor lost a worker"):
        sim.run(island(), executor=executor, **SMALL)
    assert len(executor.sent) == 1
    sim.run(island(), executor=AtOnce(), **SMALL)  # the control


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("package", ["numpy", "escalation-sim"])
def test_a_worker_of_another_version_is_refused_by_name(package, tmp_path, monkeypatch):
    """A worker that finds another version installed; the control finds the same."""
    spawned, expected = get_context("spawn"), alone()
    for number, refused in (("9.9.9", True), (version_of(package), False)):
        other = tmp_path / number / f"{package.replace('-', '_')}-{number}.dist-info"
        other.mkdir(parents=True)
        text = f"Metadata-Version: 2.1\nName: {package}\nVersion: {number}\n"
        (other / "METADATA").write_text(text, encoding="utf-8")
        # a new process gets the path of this one, which has looked at its own versions before
        monkeypatch.syspath_prepend(other.parent)
        with ProcessPoolExecutor(1, spawned) as pool:
            if refused:
                with pytest.raises(sim.UsageError, match=rf"process \d+ has {package} 9.9.9, not"):
                    sim.run(island(), executor=pool, **SMALL)
            else:
                assert sim.run(island(), executor=pool, events=True, **SMALL) == expected


def test_a_sweep_goes_out_point_by_point_and_its_frame_is_the_same():
    grid = {"restraint": [0.0, 0.7, 2.0], "with_": ["", "no_treaty"]}
    plain, executor = sim.sweep(island(), grid, workers=1, **SMALL), AtOnce()
    assert_frame_equal(sim.sweep(island(), grid, executor=executor, **SMALL), plain)
    assert sum(part.n for part in executor.came) == 6 * 30 * 60  # all paths of all points
    with ProcessPoolExecutor(2, FORKED) as pool:
        assert_frame_equal(sim.sweep(island(), grid, executor=pool, **SMALL), plain)
    other = sim.sweep(island(), grid, executor=AtOnce(), **{**SMALL, "seed": 5})  # the control
    assert not other["hits"].equals(plain["hits"])
    with pytest.raises(sim.UsageError, match="executor: takes an executor of"):
        sim.sweep(island(), grid, executor=4, **SMALL)
    with pytest.raises(sim.errors.NotApplicable, match="the exact engine solves in this process"):
        sim.sweep(island(), grid, executor=AtOnce(), engine="exact", draws=2)


TABLES = ("table", "endings", "flows", "alternatives", "shapley", "interactions")


def assert_same_comparison(found: sim.Comparison, expected: sim.Comparison) -> None:
    for name in TABLES:
        one, other = getattr(found, name), getattr(expected, name)
        assert_frame_equal(one, other, check_exact=True)
    assert found.baseline == expected.baseline
    assert found.twins == expected.twins
    assert list(found.twins) == list(expected.twins)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"events": True},
        {"engine": "reference", "draws": 6, "paths": 25},
        {"draws": 2, "paths": 25_000, "keep_paths": False},  # draws cut into several chunks
    ],
    ids=["counts", "events", "reference", "parts of draws"],
)
def test_a_comparison_goes_out_and_its_tables_are_the_same(more):
    given = {**SMALL, **more}
    plain = sim.compare(island(), workers=1, **given)
    executor = AtOnce()
    assert_same_comparison(sim.compare(island(), executor=executor, **given), plain)
    assert len(executor.came) > 1  # several chunks, of all paths in every model
    models = 1 + len(plain.twins)
    assert sum(part.n for part in executor.came) == given["draws"] * given["paths"] * models
    rows = given.get("keep_paths") is not False
    assert all(bool(one.rows) == rows for part in executor.came for one in part.counts)
    other = sim.compare(island(), executor=AtOnce(), **{**given, "seed": 5})  # the control
    assert not other.table["difference"].equals(plain.table["difference"])


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_a_pool_compares_as_one_process_does(pool):
    given = {**SMALL, "draws": 60}
    plain = sim.compare(island(), ["no_treaty", "no_treaty+early_talks"], workers=1, **given)
    with pool(3) as executor:
        found = sim.compare(
            island(), ["no_treaty", "no_treaty+early_talks"], executor=executor, **given
        )
    assert_same_comparison(found, plain)


def test_what_has_no_paths_to_walk_takes_no_executor():
    with pytest.raises(sim.UsageError, match="executor: takes an executor of"):
        sim.compare(island(), executor=4, **SMALL)
    with pytest.raises(sim.errors.NotApplicable, match="the exact engine solves in this process"):
        sim.compare(island(), executor=AtOnce(), engine="exact", draws=2)
    with pytest.raises(sim.UsageError, match="executor: the runs are made already"):
        sim.compare(alone(), alone(), executor=AtOnce())
