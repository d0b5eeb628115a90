"""Rows of shares with their intervals: what `outcomes`, `endings` and `clauses` are drawn with."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import layers, style
from sim.formatting import UNRESOLVED, Layers
from sim.formatting import layers as in_layers


def interval_rows(
    ax: Axes,
    labels: Sequence[str],
    table: pd.DataFrame,
    *,
    highest: float | None = None,
    label: str = "",
    color: str = "",
    **look: Any,
) -> None:
    """One row a label, the first on top: dot and interval, the numbers in words at the right.

    `table` has probability, mc_low, mc_high, hits, n in the labels' order, and where parameters are
    uncertain low, high. None in n is a hollow mark at
    the left end and the interval up to its bound; a row of which nothing is known stays empty.
    The axis ends at `highest`, or a little over the highest interval. On axes with another run the
    rows of the same label are shared, in `color` or the next colour; `label` says in a legend which
    run it is; `look` goes to the dots.
    """
    before = [text.get_text() for text in ax.get_yticklabels()] if layers.count(ax) else []
    own = layers.layer(ax, label, color, first=style.accent())
    places, shown = _places(before, labels)
    known = table["probability"].notna()
    # the axis fits the intervals, not the dots, so that no interval leaves the page
    if highest is None:
        ends = table.reindex(columns=["high", "mc_high"])[known].max().max()
        highest = ends if known.any() else 1.0
    style.share_axis(ax, float(highest))
    entries = [entry for _, entry in table.iterrows()]
    said_of = in_layers(entries)
    for place, entry, said in zip(places, entries, said_of, strict=True):
        # nothing known is not zero: the row keeps its label and stays empty
        if pd.isna(entry["probability"]):
            continue
        row = place + own.shift
        if pd.notna(entry.get("low")):
            style.band(ax, row, entry["low"], entry["high"], own.colour)
        style.reach(ax, row, entry["mc_low"], entry["mc_high"], own.colour)
        # hollow: none was seen, which is no estimate of 0
        hollow = not entry["probability"] > 0
        style.dot(ax, row, entry["probability"], hollow=hollow, colour=own.colour, **look)
        if not own.position:
            style.beside(ax, place, _beside(said))
    if own.position:
        ax.set_yticks(range(len(shown)), shown)
        ax.set_ylim(len(shown) - 0.4, -0.6)
        return
    style.rows(ax, labels)


def _places(before: Sequence[str], labels: Sequence[str]) -> tuple[list[int], list[str]]:
    """(the row of each label, all labels): those there are already keep theirs, others follow."""
    if not before:
        return list(range(len(labels))), list(labels)
    shown = [*before, *(one for one in labels if one not in before)]
    return [shown.index(one) for one in labels], shown


def _beside(said: Layers) -> str:
    """`4.1 % (0.6–12) ±0.2`: short, as the label below says what is what."""
    band = f"({said.band})" if said.band and said.band != UNRESOLVED else ""
    return " ".join(part for part in (said.probability, band, said.sampling) if part)


def sample(table: pd.DataFrame, interval: str) -> str:
    """The label below: how many paths stand behind the shares, and what the interval holds."""
    label = style.shares(table["n"])
    return f"{label}; {interval}" if interval else label
