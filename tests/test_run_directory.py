"""A run directory is whole, or not there; an earlier one is lost only to a finished one."""

import json
from pathlib import Path

import pytest
from islands import island_run

from sim import Results
from sim.errors import UsageError
from sim.results.directory import MANIFEST, atomic_directory, describe_earlier, refuse_foreign


def left_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("error", [PermissionError("held open"), KeyboardInterrupt("pressed")])
def test_an_earlier_run_survives_a_move_that_fails(tmp_path, monkeypatch, error):
    target = tmp_path / "run"
    island_run().save(target)
    before = (target / MANIFEST).read_bytes()
    rename = Path.rename

    def fails(self: Path, to: Path) -> Path:
        if self.name.endswith(".making"):
            raise error
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(type(error), match=str(error)), atomic_directory(target) as making:
        (making / "half").write_text("half", encoding="utf-8")
    assert (target / MANIFEST).read_bytes() == before
    assert left_in(tmp_path) == {"run"}


def test_a_finished_run_replaces_the_earlier_one(tmp_path):
    """The control: with nothing in its way the new one stands there alone."""
    target = tmp_path / "run"
    island_run().save(target)
    with atomic_directory(target) as making:
        (making / "new").write_text("whole", encoding="utf-8")
    assert left_in(target) == {"new"}
    assert left_in(tmp_path) == {"run"}


def test_another_programs_manifest_is_not_taken_for_a_run(tmp_path):
    (tmp_path / MANIFEST).write_text('{"name": "a web extension"}', encoding="utf-8")
    (tmp_path / "thesis.txt").write_text("all of it", encoding="utf-8")
    with pytest.raises(UsageError, match="not replaced"):
        island_run().save(tmp_path)
    assert (tmp_path / "thesis.txt").exists()
    (tmp_path / MANIFEST).write_text("no json", encoding="utf-8")
    with pytest.raises(UsageError, match="not replaced"):
        refuse_foreign(tmp_path)


def test_a_link_stays_a_link_and_the_run_is_where_it_leads(tmp_path, monkeypatch):
    real, link = tmp_path / "real", tmp_path / "link"
    island_run().save(real)
    link.symlink_to(real)
    island_run().save(link)
    assert link.is_symlink()
    assert left_in(tmp_path) == {"real", "link"}
    monkeypatch.chdir(real)
    island_run().save(".")
    assert left_in(tmp_path) == {"real", "link"}
    assert (real / MANIFEST).exists()


def test_a_run_of_an_earlier_version_is_refused_and_not_misread(tmp_path):
    island_run().save(tmp_path / "run")
    assert Results.load(tmp_path / "run").outcomes.equals(island_run().outcomes)  # the control
    about = json.loads((tmp_path / "run" / MANIFEST).read_text(encoding="utf-8"))
    old = [column for column in about["columns"]["coverage"] if column["name"] != "asked"]
    about["columns"]["coverage"] = old
    (tmp_path / "run" / MANIFEST).write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(UsageError, match="earlier version"):
        Results.load(tmp_path / "run")


def test_what_will_be_replaced_is_told(tmp_path):
    assert describe_earlier(tmp_path) == ""
    island_run().save(tmp_path / "run")
    about = island_run().provenance
    assert describe_earlier(tmp_path / "run") == (
        f"an earlier run of {about.draws:,} x {about.paths:,} paths, seed {about.seed}"
    )
