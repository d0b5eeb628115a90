"""Chart `timing`: how soon each outcome has happened."""

from collections.abc import Collection
from datetime import date

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.wording import percent, plain
from sim.charts import style


def timing(
    table: pd.DataFrame,
    *,
    start: date | None = None,
    headlines: Collection[str] = (),
    subject: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Cumulative incidence of each outcome over time, with its band, from `cumulative_incidence`.

    Dates stand on the axis when the scenario has a start; headlines are drawn stronger. An outcome
    that never happened is named below its label instead of drawn as a line along the bottom.
    """
    curves = dict(list(table.groupby("outcome", sort=False, observed=True)))
    happened = [str(name) for name, curve in curves.items() if curve["probability"].iloc[-1] > 0]
    ax = style.axes(ax, rows=max(9, len(curves) + 1))
    horizon = float(table["time"].max()) if len(table) else 1.0
    origin, end = style.time_axis(ax, horizon, start)
    highest = max((float(curves[name]["high"].max()) for name in happened), default=1.0)
    style.share_axis(ax, highest, of="y")
    _, top = ax.get_ylim()
    wanted = [float(curves[name]["probability"].iloc[-1]) for name in happened]
    rows = max(len(curves) + 1, 9)
    places = style.apart(wanted, top / rows, 0.02 * top, 0.98 * top)
    for position, (name, place) in enumerate(zip(happened, places, strict=True)):
        curve = curves[name]
        colour, dashes = style.line(position)
        days = origin + curve["time"]
        weight = 2.8 if name in headlines else 1.5
        ax.step(days, curve["probability"], where="post", color=colour, linestyle=dashes, lw=weight)
        ax.fill_between(
            days, curve["low"], curve["high"], step="post", color=colour, alpha=0.13, linewidth=0
        )
        last = float(curve["probability"].iloc[-1])
        width = float(curve["high"].iloc[-1] - curve["low"].iloc[-1])
        _label(ax, f"{plain(name)}  {percent(last, width=width)} %", (end, last), place, colour)
    never = [plain(str(name)) for name in curves if str(name) not in happened]
    title = f"How soon does it happen?{' – ' + subject if subject else ''}"
    style.frame(
        ax, title, xlabel=ax.get_xlabel(), ylabel=style.shares(table["n"], "share of paths by then")
    )
    if never:
        _name_the_rest(ax, never)
    ax.grid(axis="y", color=style.GROUND, linewidth=0.8)
    return ax


def _label(ax: Axes, text: str, tip: tuple[float, float], place: float, colour: str) -> None:
    """The line's name at its end, moved up or down where it would run into another."""
    ax.annotate(
        text,
        xy=tip,
        xytext=(1.06, place),
        textcoords=ax.get_yaxis_transform(),
        va="center",
        fontsize=9,
        color=colour,
        arrowprops={
            "arrowstyle": "-",
            "color": colour,
            "lw": 0.6,
            "shrinkA": 2,
            "shrinkB": 0,
            "relpos": (0, 0.5),
        },
        annotation_clip=False,
    )


def _name_the_rest(ax: Axes, never: list[str]) -> None:
    """Say below the axis which outcomes have no line, since none of n is no line at zero."""
    ax.set_xlabel(f"{ax.get_xlabel()}\nin no path: {', '.join(never)}", wrap=True)
