"""Text and figures agree: each line that `.ci/long/figures` made stands in the page quoting it."""

import csv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def figures() -> list[dict[str, str]]:
    text = (ROOT / "scenarios" / "figures.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def missing(rows: list[dict[str, str]]) -> list[str]:
    """The lines that do not stand in their page."""
    pages = {row["page"]: (ROOT / row["page"]).read_text(encoding="utf-8") for row in rows}
    return [row["line"] for row in rows if row["line"] not in pages[row["page"]].splitlines()]


def test_every_figure_stands_in_its_page():
    rows = figures()
    assert len(rows) == 68
    assert missing(rows) == [], "make them again with .ci/long/figures, and mend the page"


def test_a_figure_that_differs_in_one_digit_is_seen():
    """The control."""
    rows = figures()
    wrong = [row | {"line": row["line"].replace("2", "3")} for row in rows if "2" in row["line"]]
    assert len(missing(wrong)) == len(wrong) > 10


def test_every_figure_names_a_command_on_a_file_that_exists():
    for row in figures():
        words = row["command"].split()
        assert words[:2] == ["python", "run_sim.py"]
        assert (ROOT / words[3 if words[2] == "compare" else 2]).exists()
