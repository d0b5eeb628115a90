"""The page of counted intervals (.ci/long/COUNTS.md): how it is written, and what stands there."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

LONG = Path(__file__).parents[1] / ".ci" / "long"
FEWEST = 1_000  # trials behind a row


def counted() -> ModuleType:
    spec = importlib.util.spec_from_file_location("counted", LONG / "counted.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["counted"] = module
    spec.loader.exec_module(module)
    return module


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def faults(text: str) -> list[str]:
    """What is wrong with a page: a script that is not there, few trials, a control that holds."""
    wrong = []
    for script, estimator, n, promised, held, half in rows(text):
        share = float(held.split(" ")[0])
        numbers = promised.replace("at least ", "").replace("at most ", "").rstrip(" %")
        low, high = (float(x) for x in numbers.split("–")) if "–" in numbers else (0.0, 0.0)
        if "at least" in promised:
            low, high = float(numbers), 100.0
        elif "at most" in promised:
            high = float(numbers)
        if not (LONG / script.strip("`")).exists():
            wrong.append(f"{script} does not exist")
        if int(n.replace(",", "")) < FEWEST:
            wrong.append(f"{estimator}: {n} trials")
        if half and low <= float(half.split(" ")[0]) <= high:
            wrong.append(f"{estimator}: half as wide it holds as well")
        # rounding may hide on which side of a limit a share is
        if abs(share - low) > 0.05 < abs(share - high) and (low <= share <= high) == (
            "outside" in held
        ):
            wrong.append(f"{estimator}: {held} of {promised}")
    return wrong


def test_what_was_counted_is_enough_and_each_control_fails():
    text = (LONG / "COUNTS.md").read_text(encoding="utf-8")
    assert len(rows(text)) > 30
    assert faults(text) == []


def test_a_page_with_faults_is_found():
    """Control: each of the faults, put into the page."""
    text = (LONG / "COUNTS.md").read_text(encoding="utf-8")
    row = rows(text)[0]
    line = next(line for line in text.splitlines() if line.startswith("| `"))
    for cell, other in ((row[0], "`nothing.py`"), (row[2], "12"), (row[5], "90.0 %")):
        assert len(faults(text.replace(line, line.replace(cell, other)))) == 1, other
    assert faults(text.replace(line, line.replace(row[4], "50.0 %")))


@pytest.mark.parametrize(
    "others", ["", "| what | when | seed | counts |\n|---|---|---|---|\n| a |\n"]
)
def test_a_row_replaces_the_one_before_and_leaves_the_others(tmp_path, others):
    made, page = counted(), tmp_path / "COUNTS.md"
    made.record("a.py", [made.Row("x", 10, 0.5), made.Row("y", 10, 0.9, 0.6)], page)
    page.write_text(
        page.read_text(encoding="utf-8") + "\n" * bool(others) + others, encoding="utf-8"
    )
    made.record("a.py", [made.Row("x", 1_200, 0.9, 0.6)], page)
    made.record("b.py", [made.Row("x", 1_000, 0.04, promised=(0, 0.05))], page)
    text = page.read_text(encoding="utf-8")
    assert rows(text) == [
        ["`a.py`", "y", "10", "87–93 %", "90.0 %", "60.0 %"],
        ["`a.py`", "x", "1,200", "87–93 %", "90.0 %", "60.0 %"],
        ["`b.py`", "x", "1,000", "at most 5 %", "4.0 %", ""],
    ]
    assert text.endswith(others)
    assert "outside" not in "".join(map(str, rows(text)))
