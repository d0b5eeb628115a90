"""A comparison on the screen: the baseline and each twin, with the difference path by path."""

from collections.abc import Iterator
from math import floor, log10
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.wording import estimate
from sim.experiment import Comparison
from sim.report.screen import grid, sample
from sim.results.results import Results

EXPLAINED = (
    "Each twin walks the same paths as the baseline up to the first moment its change matters; "
    "'differ' counts the paths in which the outcome happens on one side only. In brackets 90 %, "
    "sampling only; what we do not know is not in it yet."
)


def comparison_view(comparison: Comparison, where: str) -> Group:
    """A table for each outcome: the headlines, or all outcomes where there are none."""
    about = comparison.baseline.provenance
    shown = about.headlines or tuple(str(name) for name in comparison.baseline.outcomes.index)
    parts: list[RenderableType] = [Text(about.title, "bold")]
    parts.append(Text(f"{sample(about, ' each')}; seed {about.seed}, engine {about.engine}"))
    if about.interrupted:
        parts.append(Text(f"Interrupted: {about.draws} of {about.draws_asked} draws.", "bold"))
    for outcome in shown:
        rows = comparison.table[comparison.table["outcome"] == outcome]
        parts += ["", *_outcome(outcome, rows, comparison)]
    if len(shown) < len(comparison.baseline.outcomes):
        parts += ["", Text("All outcomes are in comparison.csv.")]
    parts += ["", Text(EXPLAINED), "", Text(f"Tables: {where}")]
    return Group(*parts)


def comparison_summary(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain numbers, None where there is none: what `--json` prints.

    The keys of a run's summary, and `twins`: name -> outcome -> the columns of the table.
    """
    table = comparison.table.astype(object).where(comparison.table.notna(), None)
    twins: dict[str, dict[str, Any]] = {name: {} for name in comparison.twins}
    for row in table.to_dict("records"):
        twin, outcome = row.pop("twin"), row.pop("outcome")
        twins[twin][outcome] = row
    return {**comparison.baseline.summary(), "twins": twins}


def _outcome(outcome: str, rows: pd.DataFrame, comparison: Comparison) -> Iterator[RenderableType]:
    as_written = _said(comparison.baseline, outcome)
    title = str(comparison.baseline.outcomes["title"][outcome])
    yield Text(f"{title}: {as_written} as written", "bold")
    twins = comparison.twins
    table = grid("with", "probability", "difference in points", "differ")
    for _, row in rows.iterrows():
        differ = "–" if pd.isna(row["differ"]) else f"{int(row['differ']):,}"
        table.add_row(
            str(row["twin"]),
            _said(twins[str(row["twin"])], outcome),
            difference(row),
            differ,
        )
    yield table


def _said(results: Results, outcome: str) -> str:
    (row,) = (row for _, row in results.outcomes.loc[[outcome]].iterrows())
    return estimate(row)


def difference(row: "pd.Series[float]") -> str:
    """`-1.3 (-1.6 to -1.0)` in percentage points, as many digits as the interval bears.

    `none: no path changes` where every path is its twin's equal.
    """
    if row["changed"] == 0:
        return "none: no path changes"
    low, high = 100 * row["low"], 100 * row["high"]
    half = (high - low) / 2
    digits = min(max(0, -floor(log10(half))), 6) if half > 0 else 3
    if row["differ"] == 0:
        return f"0, within ±{max(-low, high):.{digits}f}"
    said = f"{100 * row['difference']:+.{digits}f}"
    return f"{said} ({low:+.{digits}f} to {high:+.{digits}f})"
