"""A run directory is whole, or not there; an earlier one is lost only to a finished one."""

import json
from pathlib import Path

import pytest
from islands import island_run

from sim import Results
from sim.errors import UsageError
from sim.results.atomic_replace import atomic_directory, claim, previous_of, refuse_foreign
from sim.results.manifest import MANIFEST, describe_earlier, foreign_files, write_manifest


def left_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("error", [PermissionError("held open"), KeyboardInterrupt("pressed")])
def test_an_earlier_run_survives_a_move_that_fails(tmp_path, monkeypatch, error):
    target = tmp_path / "run"
    island_run().save(target)
    before = (target / MANIFEST).read_bytes()
    rename = Path.rename

    def fails(self: Path, to: Path) -> Path:
        if self.name == "ready":
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
    assert left_in(tmp_path) == {"run", "run.previous"}
    assert Results.load(previous_of(target)).outcomes.equals(island_run().outcomes)


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
    assert left_in(tmp_path) == {"real", "link", "real.previous"}
    monkeypatch.chdir(real)
    island_run().save(".")
    assert left_in(tmp_path) == {"real", "link", "real.previous"}
    assert (real / MANIFEST).exists()


def test_a_run_of_an_earlier_version_is_refused_and_not_misread(tmp_path, monkeypatch):
    island_run().save(tmp_path / "run")
    assert Results.load(tmp_path / "run").outcomes.equals(island_run().outcomes)  # the control
    about = json.loads((tmp_path / "run" / MANIFEST).read_text(encoding="utf-8"))
    for number in (1, 3):  # by another version, each with a digest of its own
        monkeypatch.setattr("sim.results.manifest.FORMAT", number)
        (tmp_path / "run" / MANIFEST).unlink()
        write_manifest(tmp_path / "run", about)
        monkeypatch.undo()
        with pytest.raises(UsageError, match=f"in format {number} by another version; this one re"):
            Results.load(tmp_path / "run")
    # format 1 had neither a digest nor its number
    old = {key: value for key, value in about.items() if key not in ("digest", "format")}
    (tmp_path / "run" / MANIFEST).write_text(json.dumps(old), encoding="utf-8")
    with pytest.raises(UsageError, match="in format 1 by another version"):
        Results.load(tmp_path / "run")
    island_run().save(tmp_path / "run")  # and may be replaced
    assert Results.load(tmp_path / "run").outcomes.equals(island_run().outcomes)


def test_what_will_be_replaced_is_told(tmp_path):
    assert describe_earlier(tmp_path) == ""
    island_run().save(tmp_path / "run")
    about = island_run().provenance
    assert describe_earlier(tmp_path / "run") == (
        f"an earlier run of {about.draws:,} x {about.paths:,} paths, seed {about.seed}"
    )


def test_what_no_run_wrote_stays_where_it_is(tmp_path):
    target = tmp_path / "run"
    island_run().save(target)
    assert foreign_files(target) == []  # the control
    (target / "my notes").mkdir()
    (target / "my notes" / "one.txt").write_text("of mine", encoding="utf-8")
    (target / "link").symlink_to("nowhere")
    (target / "timing.csv").write_text("edited", encoding="utf-8")
    island_run().save(target)
    assert foreign_files(target) == ["link", "my notes/one.txt"]
    assert (target / "my notes" / "one.txt").read_text(encoding="utf-8") == "of mine"
    assert (target / "link").readlink() == Path("nowhere")
    assert Results.load(target).timing.equals(island_run().timing)
    assert (previous_of(target) / "timing.csv").read_text(encoding="utf-8") == "edited"
    # notes in the run before are not lost with the run before it
    (previous_of(target) / "late.txt").write_text("as well", encoding="utf-8")
    for _ in range(2):
        island_run().save(target)
    assert (previous_of(target) / "late.txt").read_text(encoding="utf-8") == "as well"
    assert Results.load(previous_of(target)).timing.equals(island_run().timing)


def test_the_name_for_the_run_before_is_not_taken_from_a_user(tmp_path):
    mine = tmp_path / "run.previous"
    mine.mkdir()
    claim(tmp_path / "run")  # the control: empty, it is nobody's
    (mine / "novel.txt").write_text("chapter one", encoding="utf-8")
    for refused in (claim, island_run().save):
        with pytest.raises(UsageError, match=r"run\.previous: exists and holds no manifest"):
            refused(tmp_path / "run")
    assert left_in(tmp_path) == {"run.previous"}


@pytest.mark.parametrize("length", [232, 250, 300])
def test_a_name_too_long_is_refused_before_anything_is_walked(tmp_path, length):
    claim(tmp_path / ("x" * 200))  # the control
    for refused in (claim, island_run().save):
        with pytest.raises(UsageError, match=r"(?i)name too long") as raised:
            refused(tmp_path / ("x" * length))
        assert "making" not in str(raised.value)
    with pytest.raises(UsageError, match="cannot be created: file name too long"):
        claim(tmp_path / ("x" * length))


def test_a_claim_asks_the_system_and_leaves_nothing(tmp_path, monkeypatch):
    claim(tmp_path / "new" / "run")
    assert left_in(tmp_path) == set()

    def full(self: Path, *arguments, **more) -> None:
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(UsageError, match="run: cannot be created: read-only file system"):
        claim(tmp_path / "run")


def test_an_error_names_the_target_and_not_the_place_it_is_made_in(tmp_path):
    with (
        pytest.raises(FileNotFoundError, match="No such file") as raised,
        atomic_directory(tmp_path / "run") as making,
    ):
        (making / "charts" / "one.svg").write_text("", encoding="utf-8")
    assert raised.value.filename == str(tmp_path / "run" / "charts" / "one.svg")
