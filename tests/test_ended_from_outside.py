"""Runs that are ended from outside: by SIGTERM, by SIGKILL, by Ctrl-C in the middle of a path."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest
from altered import altered
from command_line import FIRST, ROOT
from small_models import count, model, rule
from walking import exactly

import sim
from sim.engines import exact
from sim.engines.reference.world import World
from sim.experiment import work
from sim.experiment.processes import processes
from sim.experiment.work import Stop

LINUX = pytest.mark.skipif(not Path("/proc").exists(), reason="looks at /proc")
HANGS = 300  # seconds: what takes longer will not end; nothing is said of how fast it is

# At the tenth piece the process says who its workers are and does to itself what `{act}` says.
RUN = """
import os, signal, sys
from multiprocessing import active_children
from sim.experiment import processes
from sim.results.counting import Accumulator
processes.LOOK_EVERY = {every}
add, seen = Accumulator.add, []
def adding(self, piece):
    seen.append(piece)
    if len(seen) == 10:
        print("workers", *(child.pid for child in active_children()), flush=True)
        {act}
    add(self, piece)
Accumulator.add = adding
sys.argv = ["run_sim.py", {file!r}, "--draws", "400", "--paths", "400", "--engine", {engine!r},
            "--workers", "2", "--no-charts", "--out", "run"]
from sim.cli import main
main()
"""


def ended(folder: Path, engine: str, act: str, every: float = 0.1):
    script = RUN.format(act=act, file=str(FIRST), engine=engine, every=every)
    # no pipes: workers left behind would hold them open
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        done = subprocess.run(
            [sys.executable, "-c", script],
            stdout=out,
            stderr=err,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=HANGS,
            check=False,
        )
    first = (folder / "out").read_text(encoding="utf-8").splitlines()[0]
    return done.returncode, (folder / "err").read_text(), [int(n) for n in first.split()[1:]]


def alive(process: int) -> bool:
    """Whether it runs; one that ended and was not asked for by its parent does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        return False
    return state[0] not in "ZX"


SIGNALS = {
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM)", 143),
    "SIGTERM twice, as timeout does": ("[os.kill(os.getpid(), signal.SIGTERM) for _ in 'ab']", 143),
    "SIGTERM in the background": (
        "os.kill(os.getpid(), signal.SIGTERM); signal.signal(signal.SIGINT, signal.SIG_IGN)",
        143,
    ),
    "Ctrl-C": ("os.kill(os.getpid(), signal.SIGINT)", 130),  # the control: another exit code
}


@LINUX
@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize(("act", "code"), SIGNALS.values(), ids=SIGNALS)
def test_sigterm_writes_the_finished_draws(tmp_path, engine, act, code):
    found, err, workers = ended(tmp_path, engine, act)
    finished = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))["draws"]
    assert found == code
    assert 0 < finished < 400
    assert f"interrupted: {finished} of 400 draws are finished and written\n" in err
    assert len(workers) == (2 if engine == "reference" else 0)
    assert not any(map(alive, workers))


@LINUX
@pytest.mark.parametrize("every", [0.1, 1e6], ids=["watching", "the control"])
def test_no_worker_outlives_a_killed_parent(tmp_path, every):
    code, _, workers = ended(tmp_path, "reference", "os.kill(os.getpid(), signal.SIGKILL)", every)
    assert (code, len(workers)) == (-signal.SIGKILL, 2)
    if every > 1:
        sleep(1)
        assert all(map(alive, workers))  # without an eye on its parent a worker waits for ever
        for process in workers:
            os.kill(process, signal.SIGKILL)
        return
    until = monotonic() + HANGS
    while any(map(alive, workers)) and monotonic() < until:
        sleep(0.05)
    assert not any(map(alive, workers))


def ticking(firings: int):
    return model([count("n", 3)], [rule("tick", after=exactly(1))], {}, days=firings + 0.5)


@pytest.mark.parametrize("hears", [True, False], ids=["in the path", "the control"])
def test_the_kernel_stops_in_the_middle_of_a_path(hears):
    long = 20_000

    def stop_once_it_walks():
        if fired:
            raise Stop

    fired: list[int] = []
    heard = "job.halt[0] != 0:"
    with altered("compiled", "kernel", heard, heard if hears else "False:") as walk:
        module = vars(sys.modules["altered_kernel"])
        earliest = module["earliest"]
        module["earliest"] = lambda size, path: fired.append(1) or earliest(size, path)
        found = walk(
            ticking(long),
            np.zeros((1, 0)),
            seed=1,
            draws=range(1),
            paths=range(1),
            check=stop_once_it_walks,
        )
        with pytest.raises(Stop):
            list(found)
    assert (len(fired) < long) is hears


@pytest.mark.parametrize("torn", [True, False], ids=["in the path", "the control"])
def test_the_reference_engine_stops_in_the_middle_of_a_path(monkeypatch, torn):
    fire, fired = World.fire, []

    def press_at_the_hundredth(world, clock):
        fired.append(clock)
        if len(fired) == 100:
            signal.raise_signal(signal.SIGINT)
        fire(world, clock)

    monkeypatch.setattr(World, "fire", press_at_the_hundredth)
    if not torn:
        monkeypatch.setattr(work.Interruption, "each", lambda self, made: made)
    found = sim.run(ticking(500), draws=3, paths=2, engine="reference", workers=1, progress=False)
    assert len(fired) == (100 if torn else 1000)
    assert found.provenance.draws == (0 if torn else 1)


@pytest.mark.parametrize("draw", [0, 1])
def test_the_exact_engine_stops_in_the_middle_of_a_draw(monkeypatch, draw):
    solved, called = exact._solved, []

    def press(*arguments):
        called.append(arguments)
        if len(called) == draw + 1:
            signal.raise_signal(signal.SIGINT)
        return solved(*arguments)

    monkeypatch.setattr(exact, "_solved", press)
    waiting = model([count("n", 3)], [rule("once", after=1.0, limit=1)], {}, days=3)
    if draw == 0:  # nothing to keep
        with pytest.raises(KeyboardInterrupt):
            sim.run(waiting, draws=4, engine="exact", progress=False)
    else:
        found = sim.run(waiting, draws=4, engine="exact", progress=False)
        assert (found.provenance.draws, found.provenance.draws_asked) == (1, 4)
    assert len(called) == draw + 1


def test_an_interruption_ends_nothing_that_is_being_counted():
    """The control: what takes a piece is left in peace, and hears of it before the next."""
    interruption = work.Interruption()
    ahead = interruption.each(iter([1, 2, 3]))
    assert next(ahead) == 1
    interruption.ask(signal.SIGINT, None)  # raises nothing here
    with pytest.raises(Stop):
        next(ahead)
    with pytest.raises(KeyboardInterrupt):
        interruption.ask(signal.SIGINT, None)


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
