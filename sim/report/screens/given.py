"""The run given that an outcome came, on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.estimates.given import LEAST, Given
from sim.formatting import DAY, duration_in_words, short_duration
from sim.report.screens.estimate_grids import Shown
from sim.report.screens.grids import grid


def given_view(found: Given, where: str = "") -> Group:
    """What came in the paths in which the condition came: outcomes, then endings."""
    parts: list[RenderableType] = ["", Text(f"Given that: {found.title}", "bold")]
    parts += [Text(found.sentence), *_tables(found)]
    if where:
        parts += ["", Text(where)]
    return Group(*parts)


def _tables(found: Given) -> Iterator[RenderableType]:
    for kind in ("outcome", "ending"):
        rows = found.table[found.table["kind"] == kind]
        if len(rows):
            yield ""
            yield _estimates(kind, rows) if found.n >= LEAST else _counts(kind, rows)


def _estimates(kind: str, rows: pd.DataFrame) -> Table:
    shown, timed = Shown(rows), kind == "outcome"
    table = grid(kind, *shown.heads, "median\ntime", *["came\nlater"] * timed)
    entries = [row for _, row in rows.iterrows()]
    for row, cells in zip(entries, shown.cells(entries), strict=True):
        later = [_later(row)] * timed
        table.add_row(str(row["title"]), *cells, _days(row["median_time"]), *later)
    return table


def _counts(kind: str, rows: pd.DataFrame) -> Table:
    table = grid(kind, "paths", "median\ntime")
    for _, row in rows.iterrows():
        table.add_row(str(row["title"]), f"{row['hits']:,}", _days(row["median_time"]))
    return table


def _days(days: float) -> str:
    return "–" if pd.isna(days) else short_duration(duration_in_words(round(days * DAY, 0)))


def _later(row: pd.Series[Any]) -> str:
    """Of the paths in which both came, in how many this came after the condition."""
    return "–" if not row["hits"] else f"{row['after']:,} of {row['hits']:,}"


def given_summary(found: Given) -> dict[str, Any]:
    """The same as plain values, None where there is no number: for `--json`."""
    known = found.table.astype(object).where(found.table.notna(), None)
    rows = [{str(key): value for key, value in row.items()} for row in known.to_dict("records")]
    return {"outcome": found.outcome, "n": found.n, "paths": found.paths, "estimates": rows}
