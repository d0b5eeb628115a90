"""What a user of Python meets: changed models, loops that are interrupted, paths, notebooks."""

import os
import warnings
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from command_line import FIRST, ROOT, call
from islands import FILE, island
from nbclient import NotebookClient
from pandas.testing import assert_frame_equal

import sim
from sim.machine_form import machine_form

__all__ = ["call"]
SMALL = {"draws": 4, "paths": 30, "workers": 1}


# a model that was changed


def shorter() -> sim.Scenario:
    """The scenario with half the horizon, which no intervention could give it."""
    model = island().model
    return replace(island(), model=replace(model, horizon=model.horizon / 2))


def test_twins_of_a_changed_model_are_changed_as_well():
    compared = sim.compare(shorter(), ["no_treaty"], **SMALL)
    alone = sim.run(shorter().under("no_treaty"), **SMALL)
    assert_frame_equal(compared.twins["no_treaty"].paths, alone.paths)
    days = island().model.horizon / 86_400
    for found in (compared.baseline, compared.twins["no_treaty"]):
        assert found.provenance.horizon == days / 2
        assert found.paths["end_time"].max() <= days / 2
    as_written = sim.compare(island(), ["no_treaty"], **SMALL)  # the control
    assert as_written.twins["no_treaty"].paths["end_time"].max() == days


@pytest.mark.parametrize("under", ["", "no_treaty"])
def test_a_run_of_a_changed_model_is_replayed_with_it(tmp_path, under):
    scenario = shorter().under(under) if under else shorter()
    home = sim.run(scenario, seed=5, **SMALL).save(tmp_path / "run")
    there = sim.replay(home, draw=1, path=2)
    assert machine_form(there.model) == machine_form(scenario.model)
    assert machine_form(there.model) != machine_form(island().model)  # the control
    assert_frame_equal(there.events, sim.replay(scenario, draw=1, path=2, seed=5).events)
    assert sim.compare(home, ["cautious"], **SMALL).twins["cautious"].provenance.horizon == 90
    whole = sim.run(island(), **SMALL).save(tmp_path / "whole")
    assert sim.replay(whole, draw=1, path=2).model == island().model  # the control


# options of a run directory


def test_python_takes_from_a_run_directory_what_the_command_line_takes(call, tmp_path):
    home = sim.run(FILE, seed=7, engine="reference", **SMALL).save(tmp_path / "run")
    assert call(home, "--no-charts", "--out", "again")[0] == 0
    by_command = sim.Results.load("again")
    by_python = sim.run(home)
    assert_frame_equal(by_python.paths, by_command.paths)
    about = by_python.provenance
    assert (about.seed, about.draws, about.paths, about.engine) == (7, 4, 30, "reference")
    assert call("compare", home, "cautious", "--no-charts", "--out", "both")[0] == 0
    both = sim.compare(home, "cautious")
    assert_frame_equal(both.table, sim.Comparison.load("both").table)
    assert both.baseline.provenance.seed == 7
    # controls: what is given, and a file, which was made with nothing
    assert (
        sim.run(home, seed=1, draws=2).provenance.sample()
        == sim.run(FILE, draws=2, paths=30, engine="reference").provenance.sample()
    )
    assert sim.run(home, seed=1).provenance.seed == sim.run(FILE, **SMALL).provenance.seed == 1


# home folders


@pytest.fixture
def home(monkeypatch, tmp_path):
    """An empty home folder, and another to work in."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "home"


def test_a_tilde_is_the_home_folder_wherever_a_path_is_given(home):
    (home / "first.yaml").write_bytes(FIRST.read_bytes())
    run = sim.run("~/first.yaml", **SMALL)
    assert sim.load(Path("~/first.yaml")).model == sim.load(FIRST).model
    assert run.save("~/x") == run.save(Path("~/x")) == home / "x"
    compared = sim.compare("~/x", ["no_treaty"])
    assert compared.save("~/y") == home / "y"
    assert sim.Results.load("~/x").n == run.n
    assert len(sim.Comparison.load("~/y").table) == len(compared.table)
    assert sim.replay("~/x", draw=0, path=0).seed == 1
    assert list(Path().iterdir()) == []
    run.save("./~")  # the control: a folder of that name
    assert [one.name for one in Path().iterdir()] == ["~"]


def test_a_tilde_is_the_home_folder_where_no_shell_has_read_it(call, home, monkeypatch):
    monkeypatch.chdir(home.parent / "work")  # `call` works elsewhere
    (home / "first.yaml").write_bytes(FIRST.read_bytes())
    few = ("--draws", 2, "--paths", 5, "--no-charts")
    for command in (
        ("~/first.yaml", *few, "--out=~/run"),
        ("compare", "~/run", "no_treaty", "--out=~/both"),
        ("replay", "~/run", "--draw", 0, "--path", 0, "--chart=~/path.svg"),
        ("check", "~/first.yaml"),
        ("list", "~/"),
        ("describe", "~/first.yaml"),
        ("new", "~/crisis"),
    ):
        code, _, err = call(*command)
        assert code == 0, err
    made = {"run", "both", "path.svg", "crisis.yaml"}
    assert made <= {one.name for one in home.iterdir()}
    assert list(Path().iterdir()) == []


# notebooks


def outputs(code: str) -> list:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT)}})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the client's own packages
        client.execute(env={**os.environ, "PYTHONPATH": str(ROOT)})
    return notebook.cells[0].outputs


def test_a_saved_notebook_keeps_no_empty_bar():
    code = f"""import sim
found = sim.run({str(FIRST)!r}, draws=3, paths=100, engine="reference", workers=1, progress=True)
print(found.n)"""
    bar, printed = outputs(code)
    assert printed["text"] == "300\n"
    # the bar was there, and its last line is blank
    assert (bar["output_type"], bar["data"]) == ("display_data", {"text/plain": ""})
    (printed,) = outputs(code.replace("progress=True", "progress=None"))
    assert printed["text"] == "300\n"  # below a second there is none
