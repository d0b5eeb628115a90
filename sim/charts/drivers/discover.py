"""Chart `discover`: what a box gains in density for what it loses in coverage."""

import pandas as pd
from matplotlib.axes import Axes

from sim.charts import style
from sim.charts.tables import drawn_from
from sim.formatting import plain


@drawn_from(
    "`results.discover(outcome).trajectory`", "coverage", "density", "restricted", "chosen", "draws"
)
def discover(
    trajectory: pd.DataFrame, *, outcome: str, title: str = "", ax: Axes | None = None
) -> Axes:
    """Density over coverage of the boxes on the way, from `Discovery.trajectory`.

    From all draws at the right to the smallest box; darker with more restricted parameters, the
    chosen box in a ring. `title` is what a reader calls the outcome.
    """
    ax = style.axes(ax)
    most = int(trajectory["restricted"].max())
    tones = style.ordered(most + 1)
    ax.plot(trajectory["coverage"], trajectory["density"], color=style.faint(), linewidth=1)
    for count in sorted(set(trajectory["restricted"])):
        rows = trajectory[trajectory["restricted"] == count]
        word = "parameter" if count == 1 else "parameters"
        ax.plot(
            rows["coverage"],
            rows["density"],
            linestyle="none",
            marker="o",
            markersize=6,
            markeredgecolor=style.ink(),
            markerfacecolor=tones[int(count)],
            label=f"{count} {word} restricted",
            clip_on=False,
        )
    chosen = trajectory[trajectory["chosen"]]
    ax.plot(
        chosen["coverage"],
        chosen["density"],
        linestyle="none",
        marker="o",
        markersize=14,
        markerfacecolor="none",
        markeredgecolor=style.accent(),
        markeredgewidth=1.8,
        label="the box chosen",
        clip_on=False,
    )
    style.share_axis(ax, 1.0)
    style.share_axis(ax, float(trajectory["density"].max()), of="y")
    ax.legend(frameon=False, fontsize=style.size(9), loc="best")
    n = int(trajectory["draws"].iloc[0])
    style.frame(
        ax,
        f"Where it is likely: {title or plain(outcome)}",
        xlabel=f"coverage: share of the outcome's paths inside (n = {n:,} draws)",
        ylabel="density: probability inside",
    )
    return ax
