"""Writers killed at any moment, and two of them with a reader: nothing is lost, nothing mixed."""

import os
import random
import threading
import time

import pytest
from islands import island
from writers import (
    Writers,
    check_nothing_lost,
    check_whole,
    first_save_kills,
    last_noted,
    leavings,
    number_of,
    numbered,
    random_kills,
    with_signal,
)

import sim
from sim import Results
from sim.errors import UsageError
from sim.results import atomic_replace, directory, locks

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked")
RENAMES = 5  # of a replacement, with a run before the one before
LAST = 3  # puts the new run into its place
KILLS = 30


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> list[Results]:
    return [sim.run(island(), draws=2, paths=5, seed=seed, workers=1) for seed in (1, 2)]


@pytest.fixture(scope="module")
def writers(tmp_path_factory, runs):
    home = tmp_path_factory.mktemp("runs")
    with Writers([run.save(home / str(run.provenance.seed)) for run in runs]) as nursery:
        yield nursery


def killed_at(writers, tmp_path, runs, step: int):
    """A target with runs 1 and 0 in it, whose third writer was killed before its step-th rename."""
    target = tmp_path / "run"
    for number in (0, 1):
        numbered(runs[number], number).save(target)
    writers.wait(writers.start(target, tmp_path / "log", first=2, last_step=step))
    assert (tmp_path / "log").read_text(encoding="utf-8") == ""
    assert leavings(target)
    return target


@pytest.mark.parametrize("step", range(RENAMES))
def test_a_writer_killed_at_any_step_loses_nothing(writers, tmp_path, runs, step):
    target = killed_at(writers, tmp_path, runs, step)
    # who reads the run before meets a run, too, in whatever state the writer left them
    check_whole(Results.load(atomic_replace.previous_of(target)), runs)
    # before the first rename the new run is not finished, afterwards whoever comes finishes it
    assert check_nothing_lost(target, 1, runs) == (1 if step == 0 else 2)


@pytest.mark.parametrize("step", range(RENAMES))
def test_the_next_writer_goes_on_where_a_dead_one_stopped(writers, tmp_path, runs, step):
    target = killed_at(writers, tmp_path, runs, step)
    numbered(runs[1], 7).save(target)
    assert number_of(Results.load(target)) == 7
    before = number_of(Results.load(atomic_replace.previous_of(target)))
    assert before == (1 if step == 0 else 2)
    assert leavings(target) == []


def test_without_going_on_a_killed_writer_costs_the_run(writers, tmp_path, runs, monkeypatch):
    """The control: a kill between two renames leaves no run where one was."""
    target = killed_at(writers, tmp_path, runs, LAST)
    monkeypatch.setattr(atomic_replace, "_sweep", lambda target: None)
    with pytest.raises(
        UsageError, match=r"not a run directory .*; the run before is in .*previous"
    ):
        Results.load(target)
    monkeypatch.undo()
    assert check_nothing_lost(target, 1, runs) == 2


def test_kills_at_random_moments_lose_nothing(writers, tmp_path, runs):
    random.seed(30)
    moments = [random.uniform(0, 3) for _ in range(KILLS)]
    found = random_kills(writers, tmp_path / "run", runs, moments)
    assert found[-1] > 5  # it was killed while writing, and not before


def test_a_first_save_that_is_killed_leaves_a_whole_run_or_nothing(writers, tmp_path, runs):
    random.seed(31)
    found = first_save_kills(writers, tmp_path, runs, [random.uniform(0, 2) for _ in range(KILLS)])
    assert set(found) == {True, False}  # it was killed before a run was there, and after


def test_a_living_writer_is_not_swept(tmp_path, runs):
    target = tmp_path / "run"
    with atomic_replace.atomic_directory(target) as making:
        numbered(runs[0], 0).save(target)  # another, meanwhile
        atomic_replace.claim(target)
        assert making.is_dir()
        directory.fill_run(making, numbered(runs[1], 1).saved())
    assert number_of(Results.load(target)) == 1
    assert number_of(Results.load(atomic_replace.previous_of(target))) == 0


def test_dead_writers_are_swept_beside_a_living_one(tmp_path, runs):
    """Also those whose names come after that of the living one."""
    living, dead = (tmp_path / f".run.{letter * 16}.making" for letter in "0f")
    living.mkdir()
    dead.mkdir()
    held = locks.hold(living)
    runs[0].save(tmp_path / "run")
    assert living.is_dir()
    assert not dead.exists()
    locks.release(held)  # the control: now it is dead, too
    runs[0].save(tmp_path / "run")
    assert not living.exists()


def test_leavings_with_the_same_process_number_block_nobody(tmp_path, runs):
    """As in a container, where every run has the same one."""
    target = tmp_path / "run"
    left = tmp_path / f".run.{os.getpid()}.making"
    left.mkdir()
    runs[0].save(target)
    assert Results.load(target).provenance == runs[0].provenance


def busy(seen, logs):
    """Whether several runs were seen, and each writer has written several."""
    return len(seen) > 3 and all(log.exists() for log in logs) and min(map(last_noted, logs)) > 3


@pytest.mark.parametrize("without", ["", "system"], ids=["locks", "no locks of the system"])
def test_two_writers_and_a_reader_never_mix(writers, tmp_path, runs, monkeypatch, without):
    if without:  # as on Windows
        monkeypatch.setattr(locks, "fcntl", None)
    target = tmp_path / "run"
    numbered(runs[0], 0).save(target)
    logs = [tmp_path / "a", tmp_path / "b"]
    pids = [
        writers.start(target, log, first=n + 1, step=2, without=without)
        for n, log in enumerate(logs)
    ]
    # at least for three seconds; on a busy machine until there was something to mix
    begun, seen = time.monotonic(), set()
    while (waited := time.monotonic() - begun) < 3 or (waited < 60 and not busy(seen, logs)):
        found = Results.load(target)
        check_whole(found, runs)
        seen.add(number_of(found))
    assert all(with_signal(pid, 0) for pid in pids)  # none ended with an error
    for pid in pids:
        writers.kill(pid)
    # neither writer had to give up
    assert busy(seen, logs)


@pytest.mark.parametrize("how", ["locks", "no locks of the system", "the control"])
def test_one_waits_for_the_other(tmp_path, monkeypatch, how):
    if how != "locks":
        monkeypatch.setattr(locks, "fcntl", None)
    if how == "the control":
        monkeypatch.setattr(locks, "_own_file", lambda parent: None)
    steps = []

    def second():
        steps.append("asks")
        with locks.locked(tmp_path):
            steps.append("has it")

    other = threading.Thread(target=second)
    with locks.locked(tmp_path):
        other.start()
        other.join(60 if how == "the control" else 0.5)
        steps.append("let go")
    other.join()
    waited = ["asks", "let go", "has it"]
    assert steps == (["asks", "has it", "let go"] if how == "the control" else waited)
    assert list(tmp_path.iterdir()) == []


def test_the_lock_file_of_a_dead_writer_holds_up_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "fcntl", None)
    left = tmp_path / locks.LOCK_FILE
    left.touch()
    monkeypatch.setattr(locks.time, "sleep", waits)
    with pytest.raises(TimeoutError, match="waits"), locks.locked(tmp_path):
        pass  # the control: one that may be living
    long_ago = time.time() - locks.BELIEVED - 1
    os.utime(left, (long_ago, long_ago))
    monkeypatch.undo()
    monkeypatch.setattr(locks, "fcntl", None)
    with locks.locked(tmp_path):
        assert left.exists()  # its own
    assert list(tmp_path.iterdir()) == []


def waits(seconds: float) -> None:
    raise TimeoutError("it waits")


def test_a_run_that_is_replaced_while_it_is_read_is_read_again(tmp_path, runs, monkeypatch):
    target = tmp_path / "run"
    runs[0].save(target)
    original, replaced = directory.read_unchanged, []

    def slow(*arguments):
        if not replaced:
            replaced.append(runs[1].save(target))
        return original(*arguments)

    monkeypatch.setattr(directory, "read_unchanged", slow)
    check = Results.load(target)
    assert check.provenance.seed == 2
    assert check.outcomes.equals(runs[1].outcomes)
    # the control: asked once only, half of it is of the other
    replaced.clear()
    runs[0].save(target)
    monkeypatch.setattr(directory, "settled", lambda home, read: read(home))
    with pytest.raises(UsageError, match="changed since the run wrote it"):
        Results.load(target)
