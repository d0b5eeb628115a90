"""What a run says of its files is what was parsed, whatever became of them since."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "scenarios" / "first_crisis.yaml").read_bytes()


def digests(scenario: sim.Scenario) -> dict[str, str]:
    """What a run's provenance says of its files."""
    found = sim.run(scenario, draws=2, paths=5, seed=1, progress=False)
    return dict(found.provenance.files)


def edited(file: Path) -> None:
    file.write_bytes(TEXT + b"\n# edited meanwhile\n")


def moved(file: Path) -> None:
    file.rename(file.with_name("elsewhere.yaml"))


@pytest.mark.parametrize("meanwhile", [edited, moved, Path.unlink], ids=lambda f: f.__name__)
def test_a_file_that_changes_after_it_was_read_changes_nothing(tmp_path, meanwhile):
    file = tmp_path / "strait.yaml"
    file.write_bytes(TEXT)
    scenario = sim.load(file)
    meanwhile(file)
    assert digests(scenario) == {file.as_posix(): hashlib.sha256(TEXT).hexdigest()}


def test_another_folder_changes_nothing(tmp_path, monkeypatch):
    (tmp_path / "strait.yaml").write_bytes(TEXT)
    monkeypatch.chdir(tmp_path)
    scenario = sim.load("strait.yaml")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir("below")
    assert digests(scenario) == {"strait.yaml": hashlib.sha256(TEXT).hexdigest()}


def test_another_text_has_another_digest(tmp_path):
    """The control: what is hashed is the file."""
    file = tmp_path / "strait.yaml"
    file.write_bytes(TEXT)
    before = digests(sim.load(file))
    edited(file)
    assert digests(sim.load(file)) != before


def test_every_file_of_a_variant_is_there():
    corpus = ROOT / "tests" / "corpus" / "valid"
    scenario = sim.load(corpus / "variant.yaml")
    assert {Path(name).name for name in scenario.files} == {
        *("variant.yaml", "middle.yaml", "base.yaml", "sources.yaml")
    }
    assert all(Path(name).read_bytes() == content for name, content in scenario.files.items())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a matter of POSIX systems")
def test_a_pipe_is_read_once_and_hashed_as_it_was_read(tmp_path):
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    writes = f"open({str(pipe)!r}, 'wb').write({TEXT!r})"
    with subprocess.Popen([sys.executable, "-c", writes]):
        scenario = sim.load(pipe)
    assert digests(scenario) == {pipe.as_posix(): hashlib.sha256(TEXT).hexdigest()}
