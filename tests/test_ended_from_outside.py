"""Runs that are ended from outside: by SIGTERM, by SIGKILL, by Ctrl-C in the middle of a path."""

import json
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
from sim.engines import ENGINES
from sim.experiment import work

LINUX = pytest.mark.skipif(not Path("/proc").exists(), reason="looks at /proc")
NOTHING = r"^$"  # what Stop says
HANGS = 300  # seconds: what takes longer will not end; nothing is said of how fast it is

# At the tenth piece or chunk that comes back the process, and no worker of it, says who its workers
# are and does to itself what `{act}` says.
RUN = """
import os, signal, sys
from multiprocessing import active_children
from sim.experiment import processes
from sim.results.counting import Accumulator
processes.LOOK_EVERY = {every}
seen, parent = [], os.getpid()
def counting(original):
    def counted(self, piece):
        if os.getpid() == parent:
            seen.append(piece)
            if len(seen) == 10:
                print("workers", *(child.pid for child in active_children()), flush=True)
                {act}
        return original(self, piece)
    return counted
Accumulator.add, Accumulator.take = counting(Accumulator.add), counting(Accumulator.take)
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
            raise work.Stop

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
        with pytest.raises(work.Stop, match=NOTHING):
            list(found)
    assert (len(fired) < long) is hears


@pytest.mark.parametrize("torn", [True, False], ids=["in the path", "the control"])
def test_the_reference_engine_stops_in_the_middle_of_a_path(monkeypatch, torn):
    fired = []

    def press_at_the_hundredth(world, clock):
        fired.append(clock)
        if len(fired) == 100:
            signal.raise_signal(signal.SIGINT)
        fire(world, clock)

    if not torn:
        monkeypatch.setattr(work.Interruption, "each", lambda self, made: made)
    with altered("reference") as walk:
        world = vars(sys.modules["altered_world"])["World"]
        fire, world.fire = world.fire, press_at_the_hundredth
        monkeypatch.setitem(ENGINES, "reference", walk.__module__)
        found = sim.run(
            ticking(500),
            draws=3,
            paths=2,
            engine="reference",
            workers=1,
            progress=False,
            on_interrupt="return",
        )
    assert len(fired) == (100 if torn else 1000)
    assert found.provenance.draws == (0 if torn else 1)


def test_an_interruption_ends_nothing_that_is_being_counted():
    """The control: what takes a piece is left in peace, and hears of it before the next."""
    interruption = work.Interruption()
    ahead = interruption.each(iter([1, 2, 3]))
    assert next(ahead) == 1
    interruption.ask(signal.SIGINT, None)  # raises nothing here
    with pytest.raises(work.Stop, match=NOTHING):
        next(ahead)
    with pytest.raises(KeyboardInterrupt):
        interruption.ask(signal.SIGINT, None)
