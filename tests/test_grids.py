"""Tables of a screen keep their numbers whole, however narrow it is."""

import io

import pandas as pd
import pytest
from rich.console import Console
from rich.table import Table

from sim.report.screens import grids
from sim.report.screens.structure import part_lines

NAMES = ("Japan crisis involving Russia, weaker form", "war")
NUMBERS = (("40.4 %", "all 1,347, above 99.79 %"), ("2.8 %", ""))


def printed(table, width):
    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(table)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def made():
    table = grids.grid("outcome", "probability", "came\nlater")
    for name, numbers in zip(NAMES, NUMBERS, strict=True):
        table.add_row(name, *numbers)
    return table


@pytest.mark.parametrize("width", [38, 40, 45, 60, 80, 200])
def test_every_number_is_whole_at_every_width(width):
    lines = printed(made(), width)
    for numbers in NUMBERS:
        assert all(number in "\n".join(lines) for number in numbers)
    assert max(map(len, lines)) <= width
    words = {word for line in lines for word in line.split()}
    assert {"Japan", "involving", "weaker", "war"} <= words  # names bend between words


def test_a_plain_table_would_cut_them():
    """The control."""
    plain = Table(box=None, pad_edge=False)
    for position, column in enumerate(made().columns):
        plain.add_column(column.header, no_wrap=position > 0, overflow="fold")
    for name, numbers in zip(NAMES, NUMBERS, strict=True):
        plain.add_row(name, *numbers)
    words = {word for line in printed(plain, 38) for word in line.split()}
    assert "Japan" not in words


def test_the_three_forms():
    wide, below, listed = (printed(made(), width) for width in (60, 40, 38))
    assert wide[-1] == "war                    2.8 %"
    assert below == [
        "outcome",
        "  probability  came",
        "               later",
        "Japan crisis involving Russia, weaker",
        "form",
        "  40.4 %       all 1,347, above 99.79 %",
        "war",
        "  2.8 %",
    ]
    assert listed == [
        "Japan crisis involving Russia, weaker",
        "form",
        "  probability: 40.4 %",
        "  came later: all 1,347, above 99.79 %",
        "war",
        "  probability: 2.8 %",  # an empty cell has no line
    ]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        ((0.29, 0.25, 0.33), "29 % (25–33)"),
        ((0.00005, 1.2e-9, 0.67), "<0.01 % (<0.01–67.0)"),
        ((0.99995, 0.9966, 1.0), ">99.99 % (99.66–100)"),
        ((0.0, 0.0, 0.00018), "0 % (0–0.018)"),
    ],
)
def test_a_trace_of_a_variance_is_said_to_be_one(share, said):
    row = pd.Series(dict(zip(("share", "low", "high"), share, strict=True)))
    parts = pd.DataFrame([row]).assign(outcome="war", part="parameters", sd=0.01, removed=0.0)
    variants = pd.DataFrame({"outcome": ["war"], "title": ["War"]})
    (table,) = part_lines(parts, variants, ["war"])
    assert list(table.columns[1].cells) == [said]
