"""Chart `timing`: how soon each outcome has happened."""

from collections.abc import Collection, Sequence
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
    never = [_title(curve) for name, curve in curves.items() if str(name) not in happened]
    rows = max(len(curves) + 1, 9)
    ax = style.axes(ax, rows=rows)
    horizon = float(table["time"].max()) if len(table) else 1.0
    ends = style.time_axis(ax, horizon, start)
    style.share_axis(
        ax, max((float(curves[k]["high"].max()) for k in happened), default=1.0), of="y"
    )
    _, top = ax.get_ylim()
    wanted = [float(curves[name]["probability"].iloc[-1]) for name in happened]
    room = top / rows  # of two lines of text
    places = style.apart(wanted, room, room / 2, top - room / 2)
    for position, (name, place) in enumerate(zip(happened, places, strict=True)):
        weight = 2.8 if name in headlines else 1.5
        _curve(ax, curves[name], ends, place=place, position=position, weight=weight)
    title = f"How soon does it happen?{' – ' + subject if subject else ''}"
    said = style.shares(table["n"], "share of paths by then")
    style.frame(ax, title, xlabel=ax.get_xlabel(), ylabel=said)
    if never:
        _name_the_rest(ax, never)
    ax.grid(axis="y", color=style.GROUND, linewidth=0.8)
    return ax


def _title(curve: pd.DataFrame) -> str:
    first = curve.iloc[0]
    return str(first["title"]) if "title" in curve else plain(str(first["outcome"]))


def _curve(
    ax: Axes,
    curve: pd.DataFrame,
    ends: Sequence[float],
    *,
    place: float,
    position: int,
    weight: float,
) -> None:
    """The line of one outcome, its band, and its title with the last share."""
    colour, dashes = style.line(position)
    days = ends[0] + curve["time"]
    ax.step(days, curve["probability"], where="post", color=colour, linestyle=dashes, lw=weight)
    low, high = curve["low"], curve["high"]
    ax.fill_between(days, low, high, step="post", color=colour, alpha=0.13, linewidth=0)
    last = float(curve["probability"].iloc[-1])
    said = f"{percent(last, width=float(high.iloc[-1] - low.iloc[-1]))}\u00a0%"
    _label(ax, style.broken(f"{_title(curve)}  {said}"), (ends[1], last), place, colour)


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
