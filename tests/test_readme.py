"""README: every command in it, run as written, says what stands below it; its Python runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
SESSIONS = [
    (command, said)
    for block in BLOCKS
    for command, said in re.findall(r"^\$ (.*)\n([^$]*)", block, re.M)
]
HANGS = 900  # seconds: what takes longer will not end; nothing is said of how fast it is
MORE = "…"  # a line that stands for any number of lines


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A directory in which the README's commands find what they name."""
    directory = tmp_path_factory.mktemp("readme")
    for name in ("scenarios", "run_sim.py"):
        (directory / name).symlink_to(ROOT / name)
    return directory


def same(said: str, shown: str) -> bool:
    """Whether the output is what was said, but for the ends of lines and what `…` stands for."""
    lines = [re.escape(line.rstrip()) for line in said.strip().splitlines()]
    pattern = r"\n".join(r"(?:.*\n)*?.*" if line == re.escape(MORE) else line for line in lines)
    found = "\n".join(line.rstrip() for line in shown.strip().splitlines())
    return re.fullmatch(pattern, found) is not None


@pytest.mark.parametrize(("command", "said"), SESSIONS, ids=[command for command, _ in SESSIONS])
def test_a_command_says_what_readme_says_it_does(home, command, said):
    run = command.replace("python ", f"{sys.executable} ", 1)
    done = subprocess.run(
        run, shell=True, cwd=home, capture_output=True, text=True, check=False, timeout=HANGS
    )
    assert same(said, done.stdout + done.stderr), done.stdout + done.stderr


def test_there_are_commands_to_run_and_a_difference_would_be_seen():
    assert len(SESSIONS) >= 3
    assert same("one\n…\nfour", "one  \ntwo\nthree\nfour\n")
    assert not same("P = 4.1 %", "P = 4.2 %")
    assert not same("one\n…\nfour", "one\ntwo\n")


def test_the_python_of_readme_runs(home, monkeypatch):
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert 8 <= len(block.splitlines()) <= 14
    monkeypatch.chdir(home)
    found: dict[str, object] = {}
    exec(block, found)
    assert len(found["comparison"].table) == 1  # type: ignore[attr-defined]


def test_the_first_screen_is_forty_lines_and_shows_the_picture():
    first = TEXT.splitlines()[:40]
    assert any(line.startswith("![") for line in first)
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", TEXT):
        assert (ROOT / picture).is_file()


@pytest.mark.parametrize("name", re.findall(r"\]\(((?!http)[^)#]+)\)", TEXT))
def test_what_readme_points_to_exists(name):
    assert (ROOT / name).exists()
