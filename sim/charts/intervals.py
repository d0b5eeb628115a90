"""Rows of shares with their intervals: what `outcomes`, `endings` and `clauses` are drawn with."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.formatting import UNRESOLVED, Layers, layers


def interval_rows(
    ax: Axes, labels: Sequence[str], table: pd.DataFrame, *, highest: float | None = None
) -> None:
    """One row a label, the first on top: dot and interval, the numbers in words at the right.

    `table` has probability, mc_low, mc_high, hits, n in the labels' order, and where parameters are
    uncertain low, high. None in n is a hollow mark at
    the left end and the interval up to its bound; a row of which nothing is known stays empty.
    The axis ends at `highest`, or a little over the highest interval.
    """
    known = table["probability"].notna()
    # the axis fits the intervals, not the dots, so that no interval leaves the page
    if highest is None:
        ends = table.reindex(columns=["high", "mc_high"])[known].max().max()
        highest = ends if known.any() else 1.0
    style.share_axis(ax, float(highest))
    entries = [entry for _, entry in table.iterrows()]
    for row, (entry, said) in enumerate(zip(entries, layers(entries), strict=True)):
        # nothing known is not zero: the row keeps its label and stays empty
        if pd.isna(entry["probability"]):
            continue
        if pd.notna(entry.get("low")):
            style.band(ax, row, entry["low"], entry["high"])
        style.reach(ax, row, entry["mc_low"], entry["mc_high"])
        style.dot(ax, row, entry["probability"], hollow=not entry["probability"] > 0)
        style.beside(ax, row, _beside(said))
    style.rows(ax, labels)


def _beside(said: Layers) -> str:
    """`4.1 % (0.6–12) ±0.2`: short, as the label below says what is what."""
    band = f"({said.band})" if said.band and said.band != UNRESOLVED else ""
    return " ".join(part for part in (said.probability, band, said.sampling) if part)


def sample(table: pd.DataFrame, interval: str) -> str:
    """The label below: how many paths stand behind the shares, and what the interval holds."""
    label = style.shares(table["n"])
    return f"{label}; {interval}" if interval else label
