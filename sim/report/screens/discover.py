"""Scenario discovery on the screen: a sentence to quote, the box, its trade-off, and the tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.drivers.discovery import Discovery
from sim.formatting import percent, rounded
from sim.report.screens.grids import grid
from sim.results.level import at_level
from sim.results.provenance import Provenance

STEPS = 6  # of the trade-off
EXPLAINED = (
    "coverage: share of the outcome's paths that are inside; density: its probability inside; "
    "quasi-p: how often as many draws, picked at random without this limit, have so high a "
    "probability; found again: in how many of 40 random halves of the draws. {level} intervals for "
    "sampling error."
)


def discovery_view(
    about: Provenance, title: str, found: Discovery | None, why: str, where: str
) -> Group:
    """The boxes and the tree of one outcome; `why` says why there are none."""
    parts: list[RenderableType] = [Text(about.title, "bold")]
    parts.append(Text(f"{about.sample()}; seed {about.seed}, engine {about.engine}"))
    parts += ["", Text(f"{title}: where it is likely", "bold")]
    if found is None or why:
        return Group(*parts, Text(why), "", Text(where))
    for sentence in found.sentences:
        parts.append(Text(sentence))
    parts += [
        "",
        *box_lines(found.boxes),
        "",
        *_trade_off(found.trajectory),
        "",
        *_tree(found.tree),
    ]
    return Group(*parts, "", Text(at_level(EXPLAINED, about.level)), "", Text(where))


def box_lines(boxes: pd.DataFrame) -> Iterator[RenderableType]:
    """The limits of the boxes in which an outcome is likely."""
    table = grid("limits of the boxes", "quasi-p", "found again")
    for _, row in boxes.iterrows():
        again = "" if pd.isna(row["reproduced"]) else f"{100 * row['reproduced']:.0f} %"
        limit = f"{int(row['box'])}: {row['parameter']} {_inside(row)}"
        table.add_row(limit, f"{row['quasi_p']:.2g}", again)
    yield table
    first = boxes.iloc[0]
    if pd.notna(first["held_out"]):
        yield Text(
            f"Probability in box 1: {percent(first['density'])} % "
            f"({percent(first['low_density'])}–{percent(first['high_density'])}); of boxes found "
            f"in one half of the draws, among the other half: {percent(first['held_out'])} %."
        )


def _inside(row: pd.Series[Any]) -> str:
    """What is inside, with the quantile of a number's limit."""
    if row["choices"]:
        return f"is {row['choices']}"
    parts = []
    for end, word in (("low", "above"), ("high", "below")):
        if pd.notna(row[end]):
            place = 100 * float(row[f"{end}_quantile"])
            parts.append(f"{word} {rounded(float(row[end]), 3)} (quantile {place:.0f} %)")
    return ", ".join(parts)


def _trade_off(steps: pd.DataFrame) -> Iterator[RenderableType]:
    places = sorted({round(i * (len(steps) - 1) / (STEPS - 1)) for i in range(STEPS)})
    chosen = int(steps.index[steps["chosen"]][0])
    table = grid("box 1 on its way", "draws", "coverage", "density", "parameters")
    for place in sorted({*places, chosen}):
        row = steps.iloc[place]
        name = "the one chosen" if place == chosen else "all draws" if place == 0 else ""
        table.add_row(
            name or f"step {place}",
            f"{int(row['draws']):,}",
            f"{100 * row['coverage']:.0f} %",
            f"{percent(row['density'])} %",
            str(int(row["restricted"])),
        )
    yield table


def _tree(tree: pd.DataFrame) -> Iterator[RenderableType]:
    table = grid("tree", "draws", "probability", "coverage")
    for _, row in tree.iterrows():
        ends = f"{percent(row['low'])}–{percent(row['high'])}"
        table.add_row(
            str(row["rule"]),
            f"{int(row['draws']):,}",
            f"{percent(row['probability'])} % ({ends})",
            f"{100 * row['coverage']:.0f} %",
        )
    yield table
