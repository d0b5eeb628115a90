"""Tables added to a saved run: whole or not at all, whoever is killed, and the run stays valid."""

import os
import signal
from pathlib import Path

import pandas as pd
import pytest
from islands import island, tables_of
from pandas.testing import assert_frame_equal

import sim
from sim import Results
from sim.errors import UsageError
from sim.results import atomic_replace
from sim.results.added_tables import add_tables, read_added
from sim.results.manifest import digest, read_manifest

STEPS = 4  # renames of an addition of two tables: it is finished, a file, a file, the manifest


def table(number: int) -> pd.DataFrame:
    words = pd.Categorical(["=a", "b", "b"], categories=pd.Index(["=a", "b", "c"], dtype="str"))
    return pd.DataFrame({"what": words, "n": number, "share": [0.1 + number, 1 / 3, float("nan")]})


@pytest.fixture
def saved(tmp_path):
    for seed in (1, 2):  # so that there is a run before, too
        run = sim.run(island(), draws=2, paths=5, seed=seed, workers=1)
        home = run.save(tmp_path / "run")
    return home, run


def check_covered(home: Path) -> None:
    """Every file is there with the digest that the manifest has, and no other file."""
    outputs = read_manifest(home)["outputs"]
    files = {one.relative_to(home).as_posix() for one in home.rglob("*") if one.is_file()}
    assert files - {"manifest.json"} == set(outputs)
    for name, expected in outputs.items():
        assert digest(home / name) == expected, name


def test_what_is_added_is_read_back_and_the_run_is_as_before(saved):
    home, run = saved
    before = read_manifest(home)
    assert add_tables(home, {"why-war": table(1)}) == [home / "analyses" / "why-war.csv"]
    add_tables(home, {"audit": table(2)}, of=run.provenance)
    add_tables(home, {"why-war": table(3)})
    assert_frame_equal(read_added(home, "why-war"), table(3))
    assert_frame_equal(read_added(home, "audit"), table(2))
    check_covered(home)
    after = read_manifest(home)
    assert {key: after[key] for key in before if key != "outputs"} == {
        key: value for key, value in before.items() if key != "outputs"
    }
    again = Results.load(home)
    assert again.provenance == run.provenance
    for name, one in tables_of(run).items():
        if one is not None:
            assert_frame_equal(getattr(again, name), one)
    assert Results.load(atomic_replace.previous_of(home)).provenance.seed == 1


def test_what_cannot_be_added_changes_nothing(saved, tmp_path):
    home, _ = saved
    add_tables(home, {"audit": table(1)})
    before = (home / "manifest.json").read_bytes()
    other = sim.run(island(), draws=2, paths=5, seed=3, workers=1).provenance
    with pytest.raises(UsageError, match="holds another run by now"):
        add_tables(home, {"audit": table(2)}, of=other)
    with pytest.raises(UsageError, match="not a run directory"):
        add_tables(tmp_path, {"audit": table(2)})
    with pytest.raises(UsageError, match="not a run directory"):
        add_tables(tmp_path / "no" / "where", {"audit": table(2)})
    with pytest.raises(UsageError, match="unknown analysis 'audti'; did you mean 'audit'"):
        read_added(home, "audti")
    assert (home / "manifest.json").read_bytes() == before
    assert_frame_equal(read_added(home, "audit"), table(1))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["run", "run.previous"]


def test_a_part_of_a_comparison_is_refused_and_the_whole_is_not(tmp_path):
    home = tmp_path / "compared"
    sim.compare(island(), "no_treaty", draws=4, paths=40, workers=1, keep_paths=False).save(home)
    for part in ("baseline", "twins/no_treaty"):
        with pytest.raises(UsageError, match="part of what is in"):
            add_tables(home / part, {"audit": table(1)})
    add_tables(home, {"audit": table(1)})
    assert_frame_equal(read_added(home, "audit"), table(1))
    assert list(sim.Comparison.load(home).twins) == ["no_treaty"]


def test_a_changed_file_is_told(saved):
    home, _ = saved
    (file,) = add_tables(home, {"audit": table(1)})
    file.write_bytes(file.read_bytes() + b"1")
    with pytest.raises(UsageError, match="changed since the run wrote it"):
        read_added(home, "audit")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the writer is forked")
@pytest.mark.parametrize("step", range(STEPS + 1))
def test_a_writer_killed_at_any_step_loses_nothing(saved, step):
    home, run = saved
    add_tables(home, {"a": table(1), "b": table(1)})
    die_while_adding(home, step)
    assert Results.load(home).provenance == run.provenance
    # a reader meets both old, or moves the rest in; the next writer goes on in any case
    for old_until, then in ((2, lambda: None), (1, lambda: add_tables(home, {"c": table(3)}))):
        then()
        expected = table(1) if step < old_until else table(2)
        for name in ("a", "b"):
            assert_frame_equal(read_added(home, name), expected)
    check_covered(home)
    assert sorted(one.name for one in home.parent.iterdir()) == ["run", "run.previous"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the writer is forked")
def test_without_going_on_a_killed_writer_costs_a_table(saved, monkeypatch):
    """The control: of two tables one is new, and the manifest is that of the old ones."""
    home, _ = saved
    add_tables(home, {"a": table(1), "b": table(1)})
    die_while_adding(home, 2)
    monkeypatch.setattr(atomic_replace, "_sweep", lambda target: None)
    with pytest.raises(UsageError, match="changed since the run wrote it"):
        read_added(home, "a")


def die_while_adding(home: Path, step: int) -> None:
    """Add two tables in another process, which kills itself before its step-th rename."""
    pid = os.fork()
    if pid == 0:
        done = [0]

        def counted(move):
            def moved(self, to):
                if done[0] == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                done[0] += 1
                return move(self, to)

            return moved

        Path.rename, Path.replace = counted(Path.rename), counted(Path.replace)
        try:
            add_tables(home, {"a": table(2), "b": table(2)})
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) == (step < STEPS)
