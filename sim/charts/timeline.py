"""Chart `timeline`: one path, a lane for each actor, its events from top to bottom."""

from datetime import date

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.wording import moment, percent, plain
from sim.charts import style

WORLD = "(world)"
MOST = 60  # rows a page can hold; the rest is counted, not drawn


def timeline(
    events: pd.DataFrame, *, start: date | None = None, subject: str = "", ax: Axes | None = None
) -> Axes:
    """The events of one path as a tree of reasons: what happened, whose it was, because of what.

    `events` are those of one path. Each has a row of its own, so rows are in order and not to
    scale: the time stands at the left. A thin line leads from each event to the one that caused it.
    """
    shown = events.iloc[:MOST]
    actors = shown["actor"].astype(object).where(shown["actor"].notna(), WORLD)
    lanes = {str(actor): lane for lane, actor in enumerate(actors.unique())}
    ax = style.axes(ax, rows=len(shown) + 3, width=max(style.WIDTH, 4.5 + 0.75 * len(lanes)))
    ax.vlines(list(lanes.values()), -0.5, len(shown) - 0.5, color=style.GROUND, linewidth=7)
    lane_of = [lanes[str(actor)] for actor in actors]
    row_of = {int(seq): row for row, seq in enumerate(shown["seq"])}
    for row, cause in enumerate(shown["cause"]):
        if pd.notna(cause) and int(cause) in row_of:
            reason = row_of[int(cause)]
            ax.plot(
                [lane_of[reason], lane_of[row]], [reason, row], color=style.FAINT, lw=0.9, zorder=2
            )
    ax.scatter(lane_of, range(len(shown)), s=46, color=style.ACCENT, zorder=3)
    across = ax.get_yaxis_transform()
    for row, event in enumerate(shown.itertuples(index=False)):
        ax.text(1.02, row, _said(event), transform=across, va="center", fontsize=9, color=style.INK)
    times = [moment(float(time), start) for time in shown["time"]]
    ax.set_yticks(range(len(shown)), times)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlim(-0.5, max(len(lanes), 1) - 0.5)
    ax.set_xticks(list(lanes.values()), [plain(name) for name in lanes])
    style.frame(ax, f"What happened, and why?{' – ' + subject if subject else ''}")
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", length=0, rotation=90 if len(lanes) > 4 else 0)
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_xlabel(_counted(len(shown), len(events)), color=style.INK, fontsize=9)
    return ax


def _said(event: object) -> str:
    """`south answers: strike (27 %)`."""
    name, option = plain(str(event.transition)), event.option  # type: ignore[attr-defined]
    if pd.isna(option):
        return name
    odds = f" ({percent(float(event.probability))} %)"  # type: ignore[attr-defined]
    return f"{name}: {plain(str(option))}{odds}"


def _counted(shown: int, n: int) -> str:
    if n > shown:
        return f"{n} events; the first {shown} are drawn"
    return f"{n} event{'' if n == 1 else 's'}" if n else "nothing happened up to the horizon"
