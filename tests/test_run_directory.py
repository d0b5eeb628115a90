"""A run directory is whole, or not there; an earlier one is lost only to a finished one."""

from pathlib import Path

import pytest
from islands import island_run

from sim.results.saved import MANIFEST, staged


def left_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize("error", [PermissionError("held open"), KeyboardInterrupt()])
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
    with pytest.raises(type(error)), staged(target) as making:
        (making / "half").write_text("half", encoding="utf-8")
    assert (target / MANIFEST).read_bytes() == before
    assert left_in(tmp_path) == {"run"}


def test_a_finished_run_replaces_the_earlier_one(tmp_path):
    """The control: with nothing in its way the new one stands there alone."""
    target = tmp_path / "run"
    island_run().save(target)
    with staged(target) as making:
        (making / "new").write_text("whole", encoding="utf-8")
    assert left_in(target) == {"new"}
    assert left_in(tmp_path) == {"run"}
