"""What surrounds a run and is not as it should be: compiler, streams, names of files."""

import os
import subprocess
import sys

import pytest
from command_line import FEW, FIRST, ROOT, TEXT, call

import sim
from sim.errors import ScenarioError
from sim.formatting import LONGEST_FILE_NAME, file_name

__all__ = ["call"]


def process(*arguments: object, shell: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(ROOT / "run_sim.py"), *map(str, arguments)]
    command = ["bash", "-c", f'exec "$@" {shell}', "-", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


# numba


def test_without_a_compiler_the_engine_says_what_to_do(tmp_path):
    out = ("--out", tmp_path / "run", "--no-charts")
    done = process(FIRST, *FEW, *out, NUMBA_DISABLE_JIT="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "the compiled engine cannot run while NUMBA_DISABLE_JIT is set: it consists of what numba "
        "compiles; unset it, or use --engine reference\n"
    )
    done = process(FIRST, *FEW, *out, "--engine", "reference", NUMBA_DISABLE_JIT="1")
    assert (done.returncode, done.stderr) == (0, "")  # the control


# standard error


@pytest.mark.parametrize("shown", [None, True])
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "none"])
def test_without_standard_error_a_run_is_silent(monkeypatch, tmp_path, shown, closed):
    stream = None
    if closed:
        stream = (tmp_path / "err").open("w")
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    found = sim.run(FIRST, draws=2, paths=5, engine="reference", progress=shown)
    assert found.n == 10


def test_a_bar_is_shown_where_it_is_asked_for(capsys):
    """The control: with a standard error it is there."""
    sim.run(FIRST, draws=2, paths=5, engine="reference", progress=True)
    assert "0.00/10.0" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["2>&-", ">&-", "2>&- >&-"])
def test_the_command_line_runs_with_closed_streams(tmp_path, shell):
    done = process(FIRST, *FEW, "--no-charts", "--out", tmp_path / "run", shell=shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert ("run_sim.py report" in done.stdout) is (shell == "2>&-")
    tables = {file.name: file.read_bytes() for file in (tmp_path / "run").glob("*.csv")}
    assert process(FIRST, *FEW, "--no-charts", "--out", tmp_path / "open").returncode == 0
    for name, data in tables.items():
        assert (tmp_path / "open" / name).read_bytes() == data


# long names, long horizons


@pytest.mark.parametrize("letter", ["a", "\u754c"])
def test_a_long_name_is_shortened_to_one_of_its_own(letter):
    long = letter * 250
    short = file_name(long)
    assert len(short.encode()) <= LONGEST_FILE_NAME
    assert short.startswith(letter * 20)
    assert short == file_name(long) != file_name(f"{long}b")
    assert file_name(letter * 50) == letter * 50  # the control: most names are their own
    assert file_name("a" * LONGEST_FILE_NAME) == "a" * LONGEST_FILE_NAME
    assert len(file_name("a" * (LONGEST_FILE_NAME + 1))) == LONGEST_FILE_NAME


LONG = """scenario: {s}
horizon: 30 d
ladders: {{rungs: [calm, war]}}
state: {{n: {{max: 5}}, {v}: {{ladder: rungs}}, {w}: {{ladder: rungs}}}}
events:
  {e}: {{after: {{mean: 3 d}}, limit: 6, then: {{n: raise, {v}: raise, {w}: raise}}}}
outcomes: {{{o}: {{when: n == 5}}}}
endings: {{{d}: {{otherwise: true}}}}
interventions: {{{i}: {{start: {{n: 2}}}}}}
"""


@pytest.mark.parametrize("command", [(), ("compare",)])
def test_names_of_250_characters_run_to_their_charts(call, tmp_path, command):
    names = {letter: letter * 250 for letter in "svweodi"}
    (tmp_path / "long.yaml").write_text(LONG.format(**names), encoding="utf-8")
    code, _, err = call(*command, "long.yaml", *FEW)
    assert code == 0, err[-500:]
    (run,) = (tmp_path / "results").iterdir()
    charts = {file.name[:8] for file in (run / "charts").iterdir()}
    assert charts >= ({"rungs-vv", "rungs-ww"} if not command else {"differen"})
    if command:
        assert list(sim.api.Comparison.load(run).twins) == [names["i"]]


def test_a_directory_with_too_long_a_name_is_refused_before_the_walk(call, monkeypatch):
    def walking(*arguments: object, **more: object) -> None:
        raise ZeroDivisionError("walked")

    monkeypatch.setattr(sim, "run", walking)
    code, out, err = call(FIRST, *FEW, "--out", "x" * 240)
    assert (code, out) == (2, "")
    assert "a directory's name may take 200 bytes, this takes 240; give a shorter one" in err
    with pytest.raises(
        ZeroDivisionError, match="walked"
    ):  # the control: a shorter one gets to the walk
        call(FIRST, *FEW, "--out", "x" * 200)


@pytest.mark.parametrize("horizon", ["1e300 y", "1e10 y", "1e13 d"])
def test_a_horizon_that_no_axis_has_is_refused(call, tmp_path, horizon):
    file = tmp_path / "eternal.yaml"
    file.write_text(TEXT.replace("horizon: 90 d", f"horizon: {horizon}"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=rf"horizon: must be at most 1e9 y, found '{horizon}'"):
        sim.load(file)
    file.write_text(LONG.format(**{x: x for x in "svweodi"}).replace("30 d", "1e9 y"))
    code, _, err = call(file, *FEW, "--out", "run")
    assert code == 0, err  # the control
    assert (tmp_path / "run" / "charts" / "timing.png").exists()
