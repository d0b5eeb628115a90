"""A run directory is a record: it holds the scenario as it was run, and stands for its file."""

import shutil
from pathlib import Path

import pytest
from command_line import FIRST, call
from islands import island, island_run
from pandas.testing import assert_frame_equal

import sim
from sim import Results
from sim.api.arguments import recorded
from sim.errors import UsageError
from sim.results.scenario_record import record

__all__ = ["call"]
VARIANT = Path(__file__).parent / "corpus" / "valid" / "variant.yaml"
SMALL = ("--draws", "3", "--paths", "20", "--workers", "1", "--no-charts")


def files_in(folder: Path) -> dict[str, bytes]:
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in files}


def test_every_file_is_kept_as_it_was_parsed_and_the_model_as_it_was_run(tmp_path):
    scenario = sim.load(VARIANT)
    home = sim.run(scenario, draws=1, paths=2, workers=1).save(tmp_path / "run")
    kept = files_in(home / "scenario")
    assert sorted(kept.values()) == sorted(scenario.files.values())
    assert len(kept) == 4
    assert (home / "model.yaml").read_text(encoding="utf-8") == scenario.resolved()
    again, _ = recorded(home)
    assert again.model == scenario.model
    assert again.resolved() == sim.load(home / "model.yaml").resolved() == scenario.resolved()


def test_a_run_under_an_intervention_is_read_under_it(tmp_path):
    scenario = island().under("no_treaty")
    run = sim.run(scenario, draws=2, paths=5, workers=1)
    home = run.save(tmp_path / "run")
    again, _ = recorded(home)
    assert (again.applied, again.model) == (("no_treaty",), scenario.model)
    assert (home / "model.yaml").read_text(encoding="utf-8") == scenario.resolved()
    assert scenario.resolved() != island().resolved()  # the control
    assert_frame_equal(sim.run(home, draws=2, paths=5, workers=1).outcomes, run.outcomes)


def test_a_run_of_a_model_alone_has_its_model(tmp_path):
    home = sim.run(island().model, draws=1, paths=2, workers=1).save(tmp_path / "run")
    assert not (home / "scenario").exists()
    again, _ = recorded(home)
    assert again.is_machine_form
    assert sim.replay(home, draw=0, path=0).path.equals(sim.replay(island(), draw=0, path=0).path)


def test_results_read_and_saved_again_are_the_same_record(tmp_path):
    first = island_run().save(tmp_path / "first")
    second = Results.load(first).save(tmp_path / "second")
    assert files_in(second) == files_in(first)


def test_files_lie_beside_each_other_as_they_did(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {"a/main.yaml": b"1", "a/../lib/base.yaml": b"2", str(tmp_path / "lib/x/y.yaml"): b"3"}
    kept = record("form", files, "a/main.yaml")
    assert kept.main == "scenario/a/main.yaml"
    assert dict(kept.files) == {
        "model.yaml": b"form",
        "warnings.json": b"[]\n",
        "scenario/a/main.yaml": b"1",
        "scenario/lib/base.yaml": b"2",
        "scenario/lib/x/y.yaml": b"3",
    }


def test_a_record_that_was_changed_is_not_believed(tmp_path):
    home = island_run().save(tmp_path / "run")
    file = home / "scenario" / "island_clash.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}# edited\n", encoding="utf-8")
    for asked in (recorded, Results.load, lambda where: sim.replay(where, draw=0, path=0)):
        with pytest.raises(UsageError, match=r"island_clash\.yaml: changed since the run wrote"):
            asked(home)
    file.write_text(text, encoding="utf-8")
    assert recorded(home)[0].model == island().model  # the control


def test_commands_take_a_run_directory_wherever_they_take_a_file(call, tmp_path):
    """A colleague who gets the directory alone sees what its author saw."""
    shutil.copy(FIRST, "mine.yaml")
    assert call("mine.yaml", *SMALL, "--seed", 7, "--out", "run")[0] == 0
    of_file = {
        "describe": call("describe", "mine.yaml"),
        "resolve": call("resolve", "mine.yaml"),
        "replay": call("replay", "mine.yaml", "--draw", 1, "--path", 2, "--seed", 7),
        "compare": call("compare", "mine.yaml", "no_treaty", *SMALL, "--seed", 7, "--json"),
    }
    Path("mine.yaml").unlink()
    for command, (code, out, _) in of_file.items():
        more = {
            "replay": ("--draw", 1, "--path", 2),
            "compare": ("no_treaty", "--workers", 1, "--no-charts", "--json", "--out", "compared"),
        }.get(command, ())
        again = call(command, "run", *more)
        assert (code, again[0]) == (0, 0)
        assert again[1] == out, command
    # the control: another seed is another path, and what is given goes before what the run had
    given = call("replay", "run", "--draw", 1, "--path", 2, "--seed", 1)[1]
    assert given != of_file["replay"][1]
    # a comparison stands for its baseline
    assert call("replay", "compared", "--draw", 1, "--path", 2)[1] == of_file["replay"][1]
    assert sim.replay("run", draw=1, path=2).seed == 7


def test_a_directory_that_is_no_run_is_said_to_be_none(call):
    Path("empty").mkdir()
    code, out, err = call("describe", "empty")
    assert (code, out, err) == (2, "", "empty: not a run directory (no manifest.json)\n")
