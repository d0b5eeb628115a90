"""Charts of scores: reliability, skill by rival, and the simulated times against the record."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.charts import style
from sim.charts.fonts import literal
from sim.formatting import counted, rounded
from sim.results.level import LEVEL, at_level

LEAST = -1.0  # skill: below, a bar ends in an arrow, since there is no lower end
TWO_DAYS = 2.0  # linear up to here, logarithmic beyond: records know no hours


@literal
def reliability(
    table: pd.DataFrame, *, subject: str = "", level: float = LEVEL, ax: Axes | None = None
) -> Axes:
    """What was said against how often it happened, from `sim.analysis.statistics.reliability`.

    The line is the calibrated probability, the grey band where it lies in `level` of the cases if
    every forecast is right. Dots have the number of outcomes as their size.
    """
    ax = style.axes(ax, rows=13, width=6.4)
    said = table["said"]
    ax.fill_between(said, table["low"], table["high"], color=style.ground(), step=None, zorder=1)
    # Where every forecast would lie if it were right.
    ax.plot([0, 1], [0, 1], color=style.faint(), linewidth=0.9, linestyle=(0, (4, 3)), zorder=2)
    ax.plot(said, table["calibrated"], color=style.accent(), linewidth=1.4, zorder=3)
    ax.scatter(
        said,
        table["calibrated"],
        # By the root of the number: with an area in proportion to it a large dot would cover its
        # neighbours.
        s=14 * np.sqrt(table["n"].to_numpy(dtype=np.float64)) + 8,
        color=style.accent(),
        clip_on=False,
        zorder=4,
    )
    ax.set(xlim=(0, 1), ylim=(0, 1))
    n, hits = int(table["n"].sum()), int(table["happened"].sum())
    style.frame(
        ax,
        f"Does it happen as often as it is said?{' – ' + subject if subject else ''}",
        xlabel=f"probability said ({n} outcomes, of which {hits} happened)",
        ylabel="probability after calibration",
    )
    handles = [
        Line2D([], [], color=style.accent(), marker="o", markersize=5),
        Patch(color=style.ground()),
        Line2D([], [], color=style.faint(), linestyle=(0, (4, 3))),
    ]
    labels = [
        "isotonic regression",
        at_level("{level} if every forecast is right", level),
        "calibrated",
    ]
    style.legend_below(ax, handles, labels)
    return ax


@literal
def skill(
    table: pd.DataFrame,
    *,
    names: Mapping[str, str],
    measures: Mapping[str, str],
    subject: str = "",
    level: float = LEVEL,
    ax: Axes | None = None,
) -> Axes:
    """1 - model / rival with its interval over cases, from `against_rivals`; 0: as the rival."""
    # A rival that nothing is known about would be a row without a mark.
    known = table[table["skill"].notna()]
    ax = style.axes(ax, rows=1.15 * len(known) + 1)
    ax.axvline(0, color=style.ink(), linewidth=1.0, zorder=1)
    for row, (_, one) in enumerate(known.iterrows()):
        # Skill has no lower end; one very bad case would press all others into a corner.
        middle = max(float(one["skill"]), LEAST)
        if pd.notna(one["skill_low"]):
            ends = max(float(one["skill_low"]), LEAST), max(float(one["skill_high"]), LEAST)
            style.reach(ax, row, *ends)
        style.dot(ax, row, middle, hollow=bool(one["skill"] < LEAST))
        if one["skill"] < LEAST or one["skill_low"] < LEAST:
            ax.plot(LEAST, row, marker="<", color=style.accent(), markersize=6, clip_on=False)
        more = "" if pd.isna(one["more_cases"]) else f"; {one['more_cases']:,.0f} more needed"
        style.beside(ax, row, f"{counted(int(one['cases']), 'case')}{more}")
    labels = [f"{names[one['rival']]}: {measures[one['measure']]}" for _, one in known.iterrows()]
    style.rows(ax, [style.broken(label) for label in labels])
    ax.set_xlim(LEAST, 1)
    title = f"Better than a rival?{' – ' + subject if subject else ''}"
    below = at_level("skill: 1 - model / rival; {level} interval over cases; ◂ goes on", level)
    style.frame(ax, title, xlabel=below)
    return ax


@literal
def times(table: pd.DataFrame, *, subject: str = "", ax: Axes | None = None) -> Axes:
    """The simulated times of what happened, as quantiles, with the record beside them.

    Columns: label, q05, q25, q50, q75, q95 (days, of the paths in which it happened within the
    window), probability, earliest, latest.
    """
    ax = style.axes(ax, rows=1.15 * len(table) + 1.5)
    for row, (_, one) in enumerate(table.iterrows()):
        ax.hlines(row, one["q05"], one["q95"], color=style.accent(), linewidth=1.6, alpha=0.8)
        ax.hlines(row, one["q25"], one["q75"], color=style.accent(), linewidth=6, alpha=0.35)
        style.dot(ax, row, float(one["q50"]), hollow=False)
        middle = (one["earliest"] + one["latest"]) / 2
        ax.hlines(row - 0.22, one["earliest"], one["latest"], color=style.ink(), linewidth=2.2)
        ax.plot(middle, row - 0.22, marker="s", color=style.ink(), markersize=4.5, zorder=4)
        style.beside(ax, row, f"happens in {rounded(100 * one['probability'], 2)} %")
    style.rows(ax, [style.broken(str(label)) for label in table["label"]])
    ax.set_xscale("symlog", linthresh=TWO_DAYS)
    most = float(table[["q95", "latest"]].max().max()) if len(table) else 1.0
    # half a year and a year stand too near each other on this scale for a small page
    ticks = [0, 1, 2, 5, 10, 30, 90, 365 if most > 330 else 180]
    shown = [tick for tick in ticks if tick <= most * 1.1]
    ax.set_xticks(shown, [str(tick) for tick in shown])
    ax.set_xlim(0, most * 1.15)
    style.frame(ax, f"When it came{' – ' + subject if subject else ''}", xlabel="days from day 0")
    record = Line2D([], [], color=style.ink(), marker="s", markersize=5, linewidth=2)
    simulated = Line2D([], [], color=style.accent(), marker="o", markersize=6, linewidth=1.6)
    quarters = Patch(color=style.accent(), alpha=0.35, linewidth=0)
    labels = ["record", "simulated: median, 5–95 %", "25–75 %"]
    style.legend_below(ax, [record, simulated, quarters], labels)
    return ax
