"""The command line as a process: what it loads, how it is stopped, how it ends."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from command_line import FEW, FIRST, ROOT, call

from sim.analysis import after_run
from sim.results import PathBatch
from sim.results.counting import Accumulator

__all__ = ["call"]
HANGS = 900  # seconds: what takes longer will not end; nothing is said of how fast it is
HEAVY = ("numba", "pandas", "matplotlib", "scipy.stats")


def test_run_sim_py_is_the_command_line():
    done = process("check", str(FIRST))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("ok\n")
    assert process("check", "nosuch.yaml").returncode == 2


@pytest.mark.parametrize("arguments", [("--help",), ("check", str(FIRST)), ("list", "scenarios")])
def test_nothing_heavy_is_imported_to_answer_at_once(arguments):
    assert heavy(*arguments) == []


def test_what_is_heavy_would_be_seen(tmp_path):
    few = ("--draws", "1", "--paths", "1", "--no-charts", "--out", str(tmp_path / "run"))
    assert "pandas" in heavy(str(FIRST), *few)


def heavy(*arguments: str) -> list[str]:
    """Which of the heavy modules the command has loaded when it ends."""
    script = f"""
import atexit, sys
sys.argv = ["run_sim.py", *{arguments!r}]
atexit.register(lambda: print("loaded:", *(m for m in {HEAVY!r} if m in sys.modules)))
from sim.cli import main
main()"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout.splitlines()[-1].split()[1:]


def process(*arguments: str, **more) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "run_sim.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=HANGS, **more
    )


@pytest.mark.parametrize("arguments", [("list", "scenarios"), ("describe", str(FIRST))])
def test_who_reads_only_the_beginning_is_no_error(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, str(ROOT / "run_sim.py"), *arguments]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False, cwd=ROOT)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device only Linux has")
def test_a_full_disk_is_told():
    with open("/dev/full", "w", encoding="utf-8") as full:
        command = [sys.executable, str(ROOT / "run_sim.py"), "describe", str(FIRST)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT)
    said = os.strerror(errno.ENOSPC).lower()  # the system's words
    assert (done.returncode, done.stderr.decode()) == (2, f"{said}\n")


def test_a_bug_of_ours_is_one_note_and_code_1():
    script = "import sys; sys.argv = ['run_sim.py', 'schema']; import sim.export as s\n"
    script += "def schema(): raise KeyError('oops')\ns.schema = schema\n"
    script += "from sim.cli import main; main()"
    for debug, traced in (("", False), ("1", True)):
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=False,
            env={"ESCALATION_TRACEBACK": debug, "PATH": ""},
        )
        assert done.returncode == 1
        assert ("Traceback" in done.stderr) is traced
        assert ("internal error" in done.stderr) is not traced


def test_ctrl_c_writes_the_finished_draws_and_ends_with_130(call, monkeypatch):
    add, calls = Accumulator.add, []

    def press_at_the_tenth(ledger: Accumulator, piece: PathBatch) -> None:
        calls.append(piece)
        if len(calls) == 10:
            signal.raise_signal(signal.SIGINT)
        add(ledger, piece)

    monkeypatch.setattr(Accumulator, "add", press_at_the_tenth)
    many = ("--draws", 400, "--paths", 200, "--engine", "reference", "--workers", 1)
    code, out, err = call(FIRST, *many, "--no-charts")
    assert code == 130
    manifest = Path("results/first_crisis/manifest.json").read_text(encoding="utf-8")
    finished = json.loads(manifest)["draws"]
    assert 0 < finished < 400
    assert f"interrupted: {finished} of 400 draws" in err
    assert f"Interrupted: {finished} of 400 draws" in out
    assert len(pd.read_csv("results/first_crisis/draws.csv")) == finished


def test_nobody_reading_on_is_no_error():
    done = subprocess.run(
        f"{sys.executable} {ROOT}/run_sim.py schema | head -1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "{\n"
    assert done.stderr == ""
    assert done.returncode == 0


def test_the_numbers_are_on_the_screen_before_anything_is_written(call, monkeypatch, capsys):
    """Who waits for them does not wait for routes and charts."""
    shown = []
    made = after_run.analyses

    def looked_at(*arguments):
        shown.append(capsys.readouterr().out)
        assert not Path("results/first_crisis").exists()
        return made(*arguments)

    monkeypatch.setattr(after_run, "analyses", looked_at)
    # control: one object of JSON comes whole, at the end
    assert call(FIRST, *FEW, "--no-charts", "--json", "--out", "other")[0] == 0
    code, out, _ = call(FIRST, *FEW, "--no-charts")
    assert code == 0
    assert shown[0] == ""
    # the numbers first; then the rest, and nothing twice
    assert [word in shown[1] for word in ("In words:", "Most likely routes")] == [True, False]
    assert [word in out for word in ("In words:", "Most likely routes")] == [False, True]


def test_who_reads_one_line_of_a_run_has_its_files(tmp_path):
    done = subprocess.run(
        f"{sys.executable} {ROOT}/run_sim.py {FIRST} --draws 6 --paths 40 --no-charts | head -1",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.count("\n"), done.stderr) == (1, "")
    assert len(pd.read_csv(tmp_path / "results/first_crisis/draws.csv")) == 6
