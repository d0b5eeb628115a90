"""What is written to a file or a pipe loses no letter, whatever the system's own encoding."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCENARIO = "scenarios/korean_clash.yaml"


def said(encoding: str) -> bytes:
    run = subprocess.run(
        [sys.executable, "run_sim.py", "describe", SCENARIO],
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    return run.stdout


def test_a_pipe_gets_every_letter():
    whole = said("utf-8")
    letters = set(whole.decode("utf-8"))
    assert {letter for letter in letters if ord(letter) > 255}  # which the other encoding lacks
    assert said("latin-1") == whole
