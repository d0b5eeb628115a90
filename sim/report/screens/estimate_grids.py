"""Estimates as tables for a screen: one row an outcome, an ending or a day, with both layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sim.analysis.estimates.parameter_band import unresolved_bands
from sim.analysis.statistics.intervals import note_of
from sim.api import Results
from sim.formatting import (
    DAY,
    UNRESOLVED,
    at_most,
    duration_in_words,
    layers,
    percent,
    short_duration,
)
from sim.report.screens.grids import grid
from sim.results.level import fewest_draws

UNRESOLVED_CELL = "*"  # explained below the table
UNSURE = 3  # bands that are not resolved, explained one by one


def outcomes_grid(results: Results) -> Table:
    """Every outcome with its layers; headlines are bold."""
    # an exact solution has no median times: its columns would be empty
    timed = bool(results.outcomes["median_time"].notna().any())
    rows = [row for _, row in results.outcomes.iterrows()]
    shown = Shown(results.outcomes)
    table = grid("outcome", *shown.heads, *["median\ntime", "hits"] * timed)
    for (name, row), cells in zip(results.outcomes.iterrows(), shown.cells(rows), strict=True):
        median = float(row["median_time"])
        # to the second: floats of days would end in 59.9999 min
        when = "–" if pd.isna(median) else duration_in_words(round(median * DAY, 0))
        bold = "bold" if name in results.provenance.headlines else ""
        table.add_row(
            Text(row["title"], bold), *cells, *[short_duration(when), _of(row["hits"])] * timed
        )
    return table


class Shown:
    """Which layers a table of estimates has a column for: those in which any row says something."""

    def __init__(self, table: pd.DataFrame) -> None:
        found = layers(row for _, row in table.iterrows())
        self.banded = any(one.band for one in found)
        self.sampled = any(one.sampling for one in found)

    @property
    def heads(self) -> list[str]:
        """The heads of the columns."""
        band, sampling = ["parameter\nuncertainty"], ["sampling\nerror"]
        return ["probability", *band * self.banded, *sampling * self.sampled]

    def cells(self, rows: Iterable[pd.Series[Any]]) -> Iterator[list[str]]:
        """The cells of each row, in these columns."""
        for one in layers(rows):
            band = UNRESOLVED_CELL if one.band == UNRESOLVED else one.band
            yield [one.probability, *[band] * self.banded, *[one.sampling] * self.sampled]


def _of(hits: float) -> str:
    """In how many paths: a median says nothing without."""
    return "" if pd.isna(hits) else f"{hits:,}"


def endings_grid(results: Results) -> Table:
    """Every ending with its layers."""
    shown = Shown(results.endings)
    table = grid("ending", *shown.heads)
    rows = (row for _, row in results.endings.iterrows())
    for title, cells in zip(results.endings["title"], shown.cells(rows), strict=True):
        table.add_row(str(title), *cells)
    return table


def band_notes(results: Results) -> Iterator[RenderableType]:
    """What the columns of estimates hold, and which band is not resolved, and why."""
    yield Text(note_of(results))
    unsure = unresolved_bands(results)
    fewest = fewest_draws(results.provenance.level)
    if unsure and len(results.draws) < fewest:
        # of all outcomes for one reason, which is said once
        few = f"{len(results.draws)} draws are too few to tell parameter uncertainty"
        yield Text(f"{UNRESOLVED_CELL} {few}; --draws {fewest} or more would do")
        unsure = {}
    for title, said in list(unsure.items())[:UNSURE]:
        yield Text(f"{UNRESOLVED_CELL} {title}: {said}")
    if len(unsure) > UNSURE:
        yield Text(f"{UNRESOLVED_CELL} likewise {len(unsure) - UNSURE} more (outcomes.csv)")


def by_days(table: pd.DataFrame | None, results: Results) -> Iterator[RenderableType]:
    """The headlines by some days, with their parameter uncertainty."""
    if table is None or not results.provenance.headlines:
        return
    yield ""
    shown = grid("within")
    cells = []
    for name in results.provenance.headlines:
        # a title is folded over its cells, which are shorter
        shown.add_column(str(results.outcomes["title"][name]), overflow="fold")
        rows = table[table["outcome"] == name]
        cells.append([_by_cell(row) for _, row in rows.iterrows()])
    days = list(dict.fromkeys(table["day"]))
    for day, *row in zip(days, *cells, strict=True):
        shown.add_row(short_duration(duration_in_words(day * DAY)), *row)
    yield shown


def _by_cell(row: pd.Series[Any]) -> str:
    """`3.1 % (0.5–8.4)`, in two digits; no band where none is resolved; a bound for none in n."""
    if pd.notna(row["hits"]) and row["hits"] == 0:
        return f"none in {row['n']:,}, below {at_most(row['mc_high'])} %"
    if pd.isna(row["low"]):
        return f"{percent(row['probability'])} %"
    lowest = "none seen" if row["low"] == 0 else percent(row["low"])
    return f"{percent(row['probability'])} % ({lowest}–{percent(row['high'])})"
