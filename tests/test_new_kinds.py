"""A delay kind and a distribution are added in one file each: tried out in a copy."""

import shutil
import subprocess
import sys
from pathlib import Path

import sim

SIM = Path(sim.__file__).parent
DELAY = """
def _rayleigh(row, at, u):
    return row[at + 1] * math.sqrt(-2.0 * math.log1p(-u))


def _rayleigh_cdf(row, at, t):
    return -math.expm1(-0.5 * (t / row[at + 1]) * (t / row[at + 1])) if t > 0.0 else 0.0


"""
DELAY_ENTRY = """    "rayleigh": Kind(
        about="A hazard that grows in proportion to the time waited.",
        sentence="The scale of the distribution.",
        word="rayleigh",
        written="value",
        arguments=(Argument("scale"),),
        ppf=_rayleigh,
        cdf=_rayleigh_cdf,
        phrase=lambda texts, points: f"Rayleigh, scale {texts[0]}",
    ),
"""
DISTRIBUTION_ENTRY = """    "loguniform": Kind(
        about="Any order of magnitude between two bounds, equally likely.",
        sentence="Its logarithm is equally likely anywhere between two bounds.",
        numbers=("low", "high"),
        ppf=lambda found, u: found.numbers[0] * (found.numbers[1] / found.numbers[0]) ** u,
        cdf=lambda found, value: (
            math.log(value / found.numbers[0]) / math.log(found.numbers[1] / found.numbers[0])
        ),
        support=_ends,
        positive=("low", "high"),
        phrase=lambda found, say: (
            f"log-uniform from {say(found.numbers[0])} to {say(found.numbers[1])}"
        ),
    ),
"""
FILE = """
scenario: trial
horizon: 100 d
parameters:
  lag: {is: {loguniform: [1 d, 100 d], within: [1 d, 10 d]}, grade: stipulated}
state: {hit: {flag: false}}
events:
  strike: {after: {rayleigh: 2 * lag}, then: {hit: true}, once: true}
outcomes: {struck: {when: hit}}
endings: {over: {otherwise: true}}
"""
QUESTIONS = """
import math, sys
import numpy as np
from numba import njit
from numba.extending import register_jitable
import sim
from sim.model import delay_sampling
from sim.model.delays import in_words, numbers
from sim.model.parameters import bounds, in_words as told, quantile
scenario = sim.load(sys.argv[1])
model = scenario.model
(transition,), (lag,) = model.transitions, model.parameters
assert in_words(transition.after) == "Rayleigh, scale 2 * lag", in_words(transition.after)
assert told(lag.distribution, True) == "log-uniform from 1 d to 100 d, within 1 d and 10 d"
assert bounds(lag.distribution) == (86_400.0, 864_000.0)
assert math.isclose(quantile(lag.distribution, 0.5), 86_400.0 * math.sqrt(10))  # cut to a decade
row = numbers(transition.after, model.names, [864_000.0])
wait = delay_sampling.ppf(row, 0, 0.25)
assert math.isclose(wait, 20 * 86_400 * math.sqrt(-2 * math.log(0.75)))
assert math.isclose(delay_sampling.cdf(row, 0, wait), 0.25)
for function in delay_sampling.COMPILABLE:
    register_jitable(function)
assert njit(delay_sampling.ppf)(np.array(row), 0, 0.25) == wait  # as the kernel has it
run = sim.run(scenario, draws=50, paths=4, engine="reference", workers=1)
share = run.outcomes.loc["struck", "probability"]
assert 0.8 < share <= 1, share
"""


def insert(file: Path, entry: str, functions: str = "") -> None:
    """Add an entry to the table KINDS of a file, and functions before it."""
    text = file.read_text(encoding="utf-8")
    table = text.index("KINDS: Mapping[")
    end = text.index("\n}\n", table) + 1
    file.write_text(text[:table] + functions + text[table:end] + entry + text[end:], "utf-8")


def asked(home: Path, file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", QUESTIONS, str(file)]
    return subprocess.run(
        command,
        env={"PYTHONPATH": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_kind_is_one_entry(tmp_path):
    """Both are read from a scenario, told, checked, cut, sampled and compiled."""
    file = tmp_path / "trial.yaml"
    file.write_text(FILE, encoding="utf-8")
    shutil.copytree(SIM, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    before = asked(tmp_path, file)
    assert before.returncode == 1  # the control: nobody knows these words yet
    assert "rayleigh" in before.stderr
    insert(tmp_path / "sim/model/delay_kinds.py", DELAY_ENTRY, DELAY)
    insert(tmp_path / "sim/model/distribution_kinds.py", DISTRIBUTION_ENTRY)
    after = asked(tmp_path, file)
    assert after.returncode == 0, after.stderr
