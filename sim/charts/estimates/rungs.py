"""Chart `rungs`: where on a ladder the paths stand as time goes by."""

from collections.abc import Iterator
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sim.charts import style
from sim.charts.style import Drawing
from sim.charts.tables import drawn_from
from sim.errors import UsageError, unknown
from sim.formatting import at_least, percents, plain
from sim.model.model import Model
from sim.model.titles import titles_of_model
from sim.results.tables import RunTables
from sim.scenario import Scenario

QUIET = 0.8  # a lowest rung that always holds more of the paths than this is not drawn

HEADING = 60  # letters of what the file says of a variable that can head a chart


def after_run(scenario: Scenario, run: RunTables) -> Iterator[Drawing]:
    """A chart for each variable that stands on a ladder."""
    ladders = [str(name) for name in run.rungs["variable"].unique()]
    for ladder in ladders:
        draw = partial(
            rungs,
            run.rungs,
            variable=ladder,
            asked=_question(scenario.model, ladder),
            start=run.provenance.start,
            subject=run.provenance.title,
        )
        yield Drawing("rungs" if len(ladders) == 1 else f"rungs-{ladder}", draw)


def _question(model: Model, name: str) -> str:
    """What the file says the variable is; else where it stands."""
    variable = model.variable(name)
    if 0 < len(variable.about) <= HEADING:
        about = variable.about.replace("`", "")  # marks of code, which a page has and a chart not
        return about[0].upper() + about[1:]
    return f"Where on its ladder is {titles_of_model(model).of('variable', name)}?"


@drawn_from("`results.rungs`", "variable", "level", "time", "share", "n")
def rungs(
    table: pd.DataFrame,
    *,
    variable: str | None = None,
    asked: str = "",
    start: date | None = None,
    subject: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Share of paths at each rung of one ladder over time, stacked, the highest rung on top.

    `table` is the run's frame of rungs; of its variables the first is drawn unless one is named;
    `asked` heads the chart in its place. A path that `stop_when` ended stays where it stood. The
    labels give the shares at the end. Where nearly all paths stay at the lowest rung, that one is
    left out, and a label says so: else the others would be too thin to read.
    """
    ladders = [str(one) for one in table["variable"].unique()]
    if not ladders:
        raise UsageError("rungs: no variable of this run stands on a ladder")
    ladder = ladders[0] if variable is None else variable
    if ladder not in ladders:
        raise UsageError(unknown("variable on a ladder", ladder, ladders))
    own = table[table["variable"] == ladder]
    # text and not categories: pivoting keeps the order of the columns that is asked for
    own = own.assign(level=own["level"].astype(str))
    levels = list(own["level"].unique())
    shares = own.pivot_table(index="time", columns="level", values="share")[levels]
    ax = style.axes(ax, rows=max(9, len(levels) + 2))
    times = shares.index.to_numpy(dtype=np.float64)
    ends = style.time_axis(ax, float(times[-1]), start)
    stacked = shares.to_numpy(dtype=np.float64).T
    quiet = _is_quiet(stacked)
    _areas(ax, ends[0] + times, stacked, quiet=quiet)
    _labels(ax, levels, stacked[:, -1], quiet=quiet)
    _, top = ax.get_ylim()
    _label(ax, f"{style.day(float(times[-1]), start)}:", 0.97 * top)
    asked = asked or f"Where on its ladder is {plain(ladder)}?"
    title = f"{asked}{' – ' + subject if subject else ''}"
    below = ax.get_xlabel()
    if quiet:
        stays = at_least(float(stacked[0].min()))
        below += f"\nnot drawn: {plain(levels[0])}, at any time at least {stays} % of the paths"
    style.frame(ax, title, xlabel=below, ylabel=style.shares(own["n"]))
    return ax


def _areas(
    ax: Axes, times: NDArray[np.float64], stacked: NDArray[np.float64], *, quiet: bool
) -> None:
    """The stacked areas, without the lowest rung where it is quiet; the axis fits what is drawn."""
    drawn = slice(int(quiet), None)
    colours = style.ordered(len(stacked))  # of all rungs, so that a rung keeps its colour
    ax.stackplot(
        times, stacked[drawn], colors=colours[drawn], edgecolor=style.paper(), linewidth=0.5
    )
    style.share_axis(ax, float(stacked[drawn].sum(axis=0).max()) if quiet else 1.0, of="y")


def _is_quiet(stacked: NDArray[np.float64]) -> bool:
    """Whether the lowest rung, the first row, is so full that the others cannot be read."""
    # only if something is left to draw when it is gone
    return bool(len(stacked) > 1 and stacked[0].min() > QUIET and stacked[1:].max() > 0)


def _labels(ax: Axes, levels: list[str], last: NDArray[np.float64], *, quiet: bool) -> None:
    """Each rung's name and last share, as near to its area as the others allow."""
    _, top = ax.get_ylim()
    # what is not drawn takes no room, but keeps a label, below the others
    drawn = np.where(np.arange(len(levels)) < int(quiet), 0.0, last)
    middle = drawn.cumsum() - drawn / 2
    places = style.apart(list(middle), top / max(9, len(levels) + 1), 0.02 * top, 0.89 * top)
    colours = style.ordered(len(levels))
    shares = percents([float(share) for share in last])
    for k, (level, share, place) in enumerate(zip(levels, shares, places, strict=True)):
        aside = " (not drawn)" if quiet and k == 0 else ""
        _label(ax, f"{plain(level)}  {share} %{aside}", place, colours[k])


def _label(ax: Axes, text: str, place: float, colour: tuple[float, ...] | None = None) -> None:
    """Words right of the frame; of a rung, its name behind a key in its colour."""
    # x in shares of the frame, y in shares of paths
    across = ax.get_yaxis_transform()
    if colour is not None:
        ax.plot(
            [1.03],
            [place],
            marker="s",
            markersize=9,
            color=colour,
            markeredgecolor=style.faint(),
            transform=across,
            clip_on=False,
        )
    left = 1.02 if colour is None else 1.055
    ax.text(
        left, place, text, transform=across, va="center", fontsize=style.size(9), color=style.ink()
    )
