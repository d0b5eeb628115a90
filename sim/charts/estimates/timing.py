"""Chart `timing`: how soon each outcome has happened."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.estimates.incidence import cumulative_incidence, distinguishable
from sim.analysis.statistics.intervals import timing_label_of
from sim.charts import layers, style
from sim.charts.style import Drawing
from sim.charts.tables import drawn_from
from sim.formatting import DAY, percents, plain
from sim.model.titles import Titles
from sim.results.tables import RunTables
from sim.scenario import Scenario, titles_of

BANDED = 4  # curves that all have a band where none is a headline
VISIBLE = 0.01  # of the chart's height: a band of sampling error that is thinner is left out
CURVE = "escalation:curve"
LONGEST = 56  # letters of an outcome that have room in two lines, with its share
FEW = 3  # treaties whose first day is marked; more would be a fence


class Look(NamedTuple):
    """How the line of one outcome and its label are drawn."""

    colour: str
    dashes: style.Dashes
    headline: bool
    label: str  # its title with the last share
    banded: bool  # whether its parameter uncertainty is drawn


def after_run(scenario: Scenario, run: RunTables) -> Iterator[Drawing]:
    """One chart of the outcomes whose curves can be distinguished."""
    if len(run.outcomes):
        yield Drawing("timing", lambda: _of_run(scenario, run))


def _of_run(scenario: Scenario, run: RunTables) -> Axes:
    """With the days on which treaties begin to bind, if they are few."""
    about, curves = run.provenance, cumulative_incidence(run)
    shown = distinguishable(run)
    n = len(run.outcomes)
    counted = [f"{len(shown)} of {n} outcomes"] if len(shown) < n else []
    bands = timing_label_of(run)
    if about.headlines and len(shown) > len(about.headlines):
        bands = bands.replace("pale band", "pale band (headlines)")
    # a treaty that was void, or binds after the horizon, has no day on this chart
    titles = titles_of(scenario)
    seen = set(run.coverage.loc[run.coverage["reach"] == "seen", "name"])
    dated = {
        titles.happened(f"{treaty.name}.binds"): moment / DAY
        for treaty in scenario.declared.treaties.values()
        if f"{treaty.name}.binds" in seen
        and (moment := scenario.model.transition(f"{treaty.name}.binds").at) is not None
    }
    return timing(
        curves[curves["outcome"].isin(shown)],
        start=about.start,
        dated=dated if len(dated) <= FEW else {},
        names=fitting(titles, run),
        subject=about.title,
        interval="; ".join([*counted, bands]),
    )


def fitting(titles: Titles, run: RunTables) -> dict[str, str]:
    """What a reader calls each outcome: its title, or a short name where that fills three lines."""
    long, short = (one.all("outcome", run.outcomes.index) for one in (titles, titles.short))
    return {key: name if len(name) <= LONGEST else short[key] for key, name in long.items()}


@drawn_from(
    "`sim.analysis.cumulative_incidence(results)`",
    "outcome",
    "time",
    "n",
    "probability",
    "mc_low",
    "mc_high",
)
def timing(
    table: pd.DataFrame,
    *,
    start: date | None = None,
    dated: Mapping[str, float] | None = None,
    names: Mapping[str, str] | None = None,
    subject: str = "",
    interval: str = "",
    ax: Axes | None = None,
    label: str = "",
    color: str = "",
    **look: Any,
) -> Axes:
    """Cumulative incidence of each outcome over time, with its band, from `cumulative_incidence`.

    Dates stand on the axis when the scenario has a start; headlines are drawn stronger. An outcome
    that never happened is named below its label instead of drawn as a line along the bottom.
    `dated` marks days (what happens on them -> day) with thin upright lines; `names` gives
    outcomes the name a reader sees; `interval` says what is drawn and what the bands hold. On axes
    with another run each run has one colour (`color`, or the next), named `label` in a legend;
    dashes then tell the outcomes apart, which the first run names. `look` goes to the lines.
    """
    if names:
        table = table.assign(title=[names.get(str(key), str(key)) for key in table["outcome"]])
    curves = dict(list(table.groupby("outcome", sort=False, observed=True)))
    # a curve that is 0 to the end would be a line on the axis: it is named below instead
    happened = [str(name) for name, curve in curves.items() if curve["probability"].iloc[-1] > 0]
    never = [_title(curve) for name, curve in curves.items() if str(name) not in happened]
    drawn = [curves[name] for name in happened]
    labels = _labels(drawn)
    high = max((label.count("\n") + 1 for label in labels), default=1) / 2  # of two lines of text
    rows = max((len(curves) + 1) * max(high, 1.0), 9.0)
    ax = style.axes(ax, rows=rows)
    horizon = float(table["time"].max()) if len(table) else 1.0
    own = layers.layer(ax, label, color, first=color)
    ends = _over(ax, horizon, start) if own.position else style.time_axis(ax, horizon, start)
    run = Run(own, bool(color) or own.position > 0, look)
    room = max(high, 1.0) / rows
    _curves(ax, list(zip(drawn, labels, strict=True)), ends, room=room, run=run)
    if own.position:
        return ax
    # upright lines say when; what happens then stands below, where there is room
    for day in (dated or {}).values():
        ax.axvline(ends[0] + day, color=style.faint(), linewidth=0.8, linestyle=style.DOTTED)
    title = f"How soon does it happen?{' – ' + subject if subject else ''}"
    share = style.shares(table["n"], "share of paths by then")
    below = [ax.get_xlabel(), interval]
    below += [f"dotted, {style.day(day, start)}: {what}" for what, day in (dated or {}).items()]
    below += [f"in no path: {', '.join(never)}"] if never else []  # none of n is not a line at zero
    style.frame(ax, title, xlabel="\n".join(line for line in below if line), ylabel=share)
    ax.grid(axis="y", color=style.ground(), linewidth=0.8)
    return ax


class Run(NamedTuple):
    """The run that is drawn: its layer, whether all its lines have one colour, and their look."""

    layer: layers.Layer
    plain: bool
    look: Mapping[str, Any]


def _over(ax: Axes, horizon: float, start: date | None) -> list[float]:
    """The ends of the axis of the runs below, whose lines take their run's colour."""
    first = layers.colour_of(ax, 0)
    for line in ax.lines:
        if line.get_gid() == CURVE:
            line.set_color(first)
    for text in ax.texts:
        if text.get_gid() == CURVE:
            text.set_color(style.ink())
    for area in [one for one in ax.collections if one.get_gid() == CURVE]:
        area.set_facecolor(first)
    low, high = ax.get_xlim()
    # a longer run is not cut
    high = max(high, low + horizon)
    ax.set_xlim(low, high)
    return [low, low + horizon]


def _labels(curves: Sequence[pd.DataFrame]) -> list[str]:
    """The outcomes' titles with their last shares, in lines: the share is never cut."""
    last = [float(one["probability"].iloc[-1]) for one in curves]
    widths = [float(one["mc_high"].iloc[-1] - one["mc_low"].iloc[-1]) for one in curves]
    shares = percents(last, widths=widths)
    return [
        style.broken(_title(curve), ending=f"  {share}{style.HARD}%", most=style.LABEL)
        for curve, share in zip(curves, shares, strict=True)
    ]


def _curves(
    ax: Axes,
    labelled: Sequence[tuple[pd.DataFrame, str]],
    ends: Sequence[float],
    *,
    room: float,
    run: Run,
) -> None:
    """A line for each outcome, labelled at its end with no label over another.

    `room` is the share of the axes' height that a label needs.
    """
    curves = [curve for curve, _ in labelled]
    leading = [_is_headline(curve) for curve in curves]
    # bands of a dozen outcomes would lie over each other: the headlines have them, or few curves
    banded = leading if any(leading) else [len(curves) <= BANDED] * len(curves)
    tops = [
        float(curve.reindex(columns=["mc_high", *["high"] * shown]).max().max())
        for curve, shown in zip(curves, banded, strict=True)
    ]
    style.share_axis(ax, max(tops, default=1.0), of="y")
    _, top = ax.get_ylim()
    wanted = [float(one["probability"].iloc[-1]) for one in curves]
    places = style.apart(wanted, top * room, top * room / 2, top - top * room / 2)
    for position, ((curve, label), place) in enumerate(zip(labelled, places, strict=True)):
        look = Look(*style.line(position), leading[position], label, banded[position])
        if run.plain:
            look = look._replace(colour=run.layer.colour)
        _curve(ax, curve, ends, place=place, look=look, run=run)


def _is_headline(curve: pd.DataFrame) -> bool:
    return "headline" in curve and bool(curve["headline"].iloc[0])


def _title(curve: pd.DataFrame) -> str:
    first = curve.iloc[0]
    return str(first["title"]) if "title" in curve else plain(str(first["outcome"]))


def _curve(
    ax: Axes, curve: pd.DataFrame, ends: Sequence[float], *, place: float, look: Look, run: Run
) -> None:
    """The line of one outcome, its band, and its title with the last share."""
    days, shares = ends[0] + curve["time"], curve["probability"]
    weight = 2.8 if look.headline else 1.5
    # a share counted up to a day holds until the next one is counted
    usual = {"color": look.colour, "linestyle": look.dashes, "linewidth": weight}
    (line,) = ax.step(days, shares, where="post", **(usual | dict(run.look)))
    line.set_gid(CURVE if not run.layer.position else None)
    gid = CURVE if not run.layer.position else None  # what takes another colour in company
    if look.banded and "low" in curve and curve["low"].notna().any():
        ax.fill_between(
            days, curve["low"], curve["high"], color=look.colour, alpha=0.11, lw=0, gid=gid
        )
    low, high = curve["mc_low"], curve["mc_high"]
    # what is thinner than the line says nothing beside it
    if float((high - low).max()) > VISIBLE * ax.get_ylim()[1]:
        ax.fill_between(days, low, high, step="post", color=look.colour, alpha=0.2, lw=0, gid=gid)
    if run.layer.position:  # the first run has named the lines
        return
    tip = (ends[1], float(shares.iloc[-1]))
    _label(ax, tip, place, look)


def _label(ax: Axes, tip: tuple[float, float], place: float, look: Look) -> None:
    """The line's name at its end, moved up or down where it would run into another."""
    ax.annotate(
        look.label,
        xy=tip,
        xytext=(1.06, place),
        textcoords=ax.get_yaxis_transform(),
        va="center",
        fontsize=style.size(9),
        fontweight="bold" if look.headline else "normal",
        color=look.colour,
        arrowprops={
            "arrowstyle": "-",
            "color": look.colour,
            "lw": 0.6,
            "shrinkA": 2,
            "shrinkB": 0,
            "relpos": (0, 0.5),
        },
        annotation_clip=False,
        gid=CURVE,
    )
