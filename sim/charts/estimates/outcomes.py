"""Chart `outcomes`: how likely each outcome is."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from sim.analysis.estimates.on_the_way import on_the_way
from sim.analysis.evidence.evidence import counts
from sim.analysis.statistics.intervals import label_of
from sim.charts import layers, style
from sim.charts.intervals import interval_rows, sample
from sim.charts.style import Drawing
from sim.charts.tables import drawn_from
from sim.results.level import LEVEL, at_level
from sim.results.tables import RunTables
from sim.scenario import Scenario

OVER = 0.32  # of a row: how far the record stands over the estimate


def after_run(scenario: Scenario, run: RunTables) -> Iterator[Drawing]:
    """One chart of all outcomes, if there are any."""
    if len(run.outcomes):
        yield Drawing("outcomes", lambda: outcomes(run.outcomes, **of_run(scenario, run)))


def of_run(scenario: Scenario, run: RunTables) -> dict[str, Any]:
    """What the chart is told about a run; of many outcomes it shows what is looked at first."""
    about = run.provenance
    return {
        "headlines": about.headlines,
        "subject": about.title,
        "interval": label_of(run),
        "shown": on_the_way(run),
        "records": counts(scenario.declared.evidence.values(), level=about.level),
        "level": about.level,
    }


@drawn_from("`results.outcomes`", "n", "probability", "mc_low", "mc_high")
def outcomes(
    table: pd.DataFrame,
    *,
    headlines: Collection[str] = (),
    subject: str = "",
    interval: str = "",
    shown: Collection[str] | None = None,
    records: pd.DataFrame | None = None,
    level: float = LEVEL,
    log: bool = False,
    ax: Axes | None = None,
    label: str = "",
    color: str = "",
    **look: Any,
) -> Axes:
    """Probability of each outcome with its interval, from the run's table of outcomes.

    The names of headlines are bold, and a thin line parts them from the rest where they come first.
    `subject` is what the scenario is about, `interval` says what the interval holds.
    `shown` are the names of those to draw, by default all; how many are left out stands below.
    `records` is what history says, from `sim.analysis.evidence.evidence.counts`: a square with its
    interval over the estimate, of an outcome's first record. With `log` the axis is logarithmic,
    for what is rare beside what is frequent.
    """
    every = len(table)
    if shown is not None:
        # by loc, as an empty list in brackets alone would choose columns
        table = table.loc[[str(name) in shown for name in table.index]]
    beside = _records(table, records)
    ax = style.axes(ax, rows=len(table) + 0.3 * len(beside))
    highest = _highest(table, beside)
    interval_rows(ax, style.titles(table), table, highest=highest, label=label, color=color, **look)
    for row, record in beside.items():
        _draw_record(ax, row, record)
    first = [str(name) in headlines for name in table.index]
    for tick, bold in zip(ax.get_yticklabels(), first, strict=False):
        tick.set_fontweight("bold" if bold else "normal")
    # a line only where headlines are one block at the top, which is not the author's duty
    if 0 < sum(first) < len(first) and all(first[: sum(first)]):
        ax.axhline(sum(first) - 0.5, color=style.faint(), linewidth=0.8)
    title = f"How likely is each outcome?{' – ' + subject if subject else ''}"
    said = "\nsquare: share of cases in the record of history, {level} (Jeffreys)"
    said = at_level(said, level) if beside else ""
    style.frame(ax, title, xlabel=_below(table, interval, every) + said)
    if log:
        _logarithmic(ax, table)
    return ax


def _records(table: pd.DataFrame, records: pd.DataFrame | None) -> dict[int, pd.Series]:
    """The first record of each outcome, by its row."""
    if records is None:
        return {}
    # one record a row: a second would lie on the first
    first = records.drop_duplicates("outcome").set_index("outcome")
    names = [str(name) for name in table.index]
    known = {str(name): record for name, record in first.iterrows()}
    return {row: known[name] for row, name in enumerate(names) if name in known}


def _highest(table: pd.DataFrame, records: Mapping[int, pd.Series]) -> float | None:
    """Where the axis has to end; None where the intervals of the run say it."""
    if not records:
        return None
    ends = table.reindex(columns=["high", "mc_high"]).max().max()
    ends = 0.0 if pd.isna(ends) else float(ends)
    return max(ends, *(float(one["record_high"]) for one in records.values()))


def _draw_record(ax: Axes, row: int, record: pd.Series) -> None:
    height = row - OVER
    ax.hlines(height, record["record_low"], record["record_high"], color=style.ink(), linewidth=1.2)
    hollow = not record["successes"]
    style.dot(
        *(ax, height, record["successes"] / record["trials"]),
        hollow=hollow,
        colour=style.ink(),
        marker="s",
        markersize=4,
    )


def _below(table: pd.DataFrame, interval: str, every: int) -> str:
    """The label below, with what is left out."""
    label = sample(table, interval)
    if len(table) == every:
        return label
    return (
        f"{label}\n{len(table)} of {every} outcomes: headlines, and what their paths pass through"
    )


def _logarithmic(ax: Axes, table: pd.DataFrame) -> None:
    """Percent by powers of ten, from below the least that was seen."""
    ends = table.reindex(columns=["low", "mc_low", "probability"]).to_numpy(dtype="float64")
    seen = ends[ends > 0]
    # a run that is drawn over another must not cut off what the other shows
    before = ax.get_xlim() if layers.count(ax) > 1 and ax.get_xscale() == "log" else (1.0, 1.0)
    lowest = min(float(seen.min()) if len(seen) else 1e-3, before[0])
    ax.set_xscale("log", nonpositive="clip")
    ax.set_xlim(lowest / 1.5, 1.0)
    # none of n, which no logarithm has, stands at the left end, hollow
    for dot in ax.lines:
        where = np.asarray(dot.get_xdata(), dtype=np.float64)
        if not where.all():
            dot.set_xdata(np.full_like(where, lowest / 1.5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.10g} %"))
    ax.xaxis.set_minor_formatter(NullFormatter())
