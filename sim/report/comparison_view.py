"""A comparison on the screen: the baseline, each alternative, and the difference by paths."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.intervals import NOTES, layers_of
from sim.api import Comparison, Results
from sim.formatting import differences, estimates
from sim.model.titles import Titles
from sim.report.screen import grid

EXPLAINED = (
    "Each alternative uses the same random numbers as the baseline, so its paths are the same up "
    "to the first moment its change matters; 'paths changed' counts the paths in which the outcome "
    "happens in only one of the two. 90 % intervals: sampling error only; parameter uncertainty "
    "not included."
)


def comparison_view(comparison: Comparison, where: str, titles: Titles | None = None) -> Group:
    """A table for each outcome: the headlines, or all outcomes where there are none.

    `titles` say what interventions are called, `where` what was written where.
    """
    about, titles = comparison.baseline.provenance, titles or Titles()
    # without headlines every outcome is one
    shown = about.headlines or tuple(str(name) for name in comparison.baseline.outcomes.index)
    parts: list[RenderableType] = [Text(about.title, "bold")]
    if about.under:
        parts.append(Text(f"Interventions applied: {titles.changes(about.under)}", "bold"))
    parts.append(Text(f"{about.sample(' each')}; seed {about.seed}, engine {about.engine}"))
    if about.interrupted:
        parts.append(Text(f"Interrupted: {about.draws} of {about.draws_asked} draws.", "bold"))
    for outcome in shown:
        rows = comparison.table[comparison.table["outcome"] == outcome]
        parts += ["", *_outcome(outcome, rows, comparison, titles)]
    if len(shown) < len(comparison.baseline.outcomes):
        parts += ["", Text("All outcomes are in comparison.csv.")]
    # a solution has no random numbers to explain
    explained = EXPLAINED if about.interval == "sampling" else NOTES[layers_of(comparison.baseline)]
    parts += ["", Text(explained), "", Text(where)]
    return Group(*parts)


def comparison_summary(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain numbers, None where there is none: what `--json` prints.

    The keys of a run's summary, and `twins`: name -> outcome -> the columns of the table.
    """
    # NaN and pd.NA become None, which JSON writes as null
    table = comparison.table.astype(object).where(comparison.table.notna(), None)
    twins: dict[str, dict[str, Any]] = {name: {} for name in comparison.twins}
    for row in table.to_dict("records"):
        twin, outcome = row.pop("twin"), row.pop("outcome")
        twins[twin][outcome] = row
    return {**comparison.baseline.summary(), "twins": twins}


def _outcome(
    outcome: str, rows: pd.DataFrame, comparison: Comparison, titles: Titles
) -> Iterator[RenderableType]:
    twins = [str(twin) for twin in rows["twin"]]
    compared = [comparison.baseline, *(comparison.twins[twin] for twin in twins)]
    baseline, *found = estimates(_row(results, outcome) for results in compared)
    title = str(comparison.baseline.outcomes["title"][outcome])
    under = comparison.baseline.provenance.under
    yield Text(f"{title}: baseline {baseline}{f' (with {under})' if under else ''}", "bold")
    # a solution counts no paths, so that column would be empty
    counted = bool(rows["differ"].notna().all())
    table = grid("alternative", "probability", "difference in points", *["paths changed"] * counted)
    changes = differences(row for _, row in rows.iterrows())
    for twin, said, change, differ in zip(twins, found, changes, rows["differ"], strict=True):
        paths = [f"{int(differ):,}"] if counted else []
        table.add_row(titles.changes(twin), said, change, *paths)
    yield table


def _row(results: Results, outcome: str) -> "pd.Series[Any]":
    # by iterrows and not by .loc, for a row with the types of its cells
    (row,) = (row for _, row in results.outcomes.loc[[outcome]].iterrows())
    return row
