"""The command line, called as from a shell, for the tests that read what it answers."""

import json
from pathlib import Path

import matplotlib as mpl
import pytest

from sim.cli import app

ROOT = Path(__file__).parent.parent
FIRST = ROOT / "scenarios" / "first_crisis.yaml"
TEXT = FIRST.read_text(encoding="utf-8")
FEW = ("--draws", "6", "--paths", "40", "--workers", "1")
mpl.use("agg")


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    """Run the command line in an empty directory; gives exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit, match=r"^\d+$") as ended:
            app(list(map(str, arguments)), prog_name="run_sim.py")
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def strict_json(text: str):
    """The JSON of a text; NaN and Infinity, which are none, fail."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} in JSON")

    return json.loads(text, parse_constant=refuse)
