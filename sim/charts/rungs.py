"""Chart `rungs`: where on a ladder the paths stand as time goes by."""

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.wording import percent, plain
from sim.charts import style


def rungs(
    table: pd.DataFrame,
    *,
    variable: str | None = None,
    start: date | None = None,
    subject: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Share of paths at each rung of one ladder over time, stacked, the highest rung on top.

    `table` is the run's frame of rungs; of its variables the first is drawn unless one is named.
    A path that `stop_when` ended stays where it stood. The labels give the shares at the end.
    """
    name = str(table["variable"].iloc[0]) if variable is None else variable
    own = table[table["variable"] == name]
    own = own.assign(level=own["level"].astype(str))
    levels = list(own["level"].unique())
    shares = own.pivot_table(index="time", columns="level", values="share")[levels]
    ax = style.axes(ax, rows=max(9, len(levels) + 1))
    times = shares.index.to_numpy(dtype=np.float64)
    origin, end = style.time_axis(ax, float(times[-1]), start)
    colours = style.ordered(len(levels))
    ax.stackplot(
        origin + times, shares.to_numpy().T, colors=colours, edgecolor="white", linewidth=0.5
    )
    last = shares.iloc[-1].to_numpy(dtype=np.float64)
    middle = last.cumsum() - last / 2
    places = style.apart(list(middle), 1 / max(9, len(levels)), 0.02, 0.98)
    for level, share, place, colour in zip(levels, last, places, colours, strict=True):
        _label(ax, f"{plain(level)}  {percent(share)} %", (end, place), colour)
    ax.set_ylim(0, 1)
    style.share_axis(ax, 1.0, of="y")
    title = f"How far up {plain(name)}?{' – ' + subject if subject else ''}"
    style.frame(ax, title, xlabel=ax.get_xlabel(), ylabel=style.shares(own["n"]))
    return ax


def _label(ax: Axes, text: str, at: tuple[float, float], colour: tuple[float, ...]) -> None:
    """The rung's name right of the frame, behind a key in its colour."""
    across = ax.get_yaxis_transform()
    ax.plot(
        [1.03],
        [at[1]],
        marker="s",
        markersize=9,
        color=colour,
        markeredgecolor=style.FAINT,
        transform=across,
        clip_on=False,
    )
    ax.text(1.055, at[1], text, transform=across, va="center", fontsize=9, color=style.INK)
