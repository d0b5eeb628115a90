"""How every chart looks: colours that survive grey print and colour blindness, sizes, labels."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.charts import layers
from sim.charts.fonts import lines, needs_own_lines
from sim.formatting import DAY, duration_in_words, plain

INK, FAINT, GROUND = "#222222", "#8a8a8a", "#e4e4e4"  # ours, where the user's settings say nothing
ACCENT = "#0b5394"  # dark enough to print as black, blue to every eye
POINTS = 10.0  # matplotlib's own size of text, which ours are meant beside
WIDTH = 8.0  # inches
MARGIN = 1.15  # inches above and below the rows
ROW = 0.34  # inches a row of text needs
LINE = 0.165  # inches a line of it needs
OURS = "escalation:page"  # a figure that no user has made, and whose height is ours to choose
HARD = "\u00a0"  # a blank at which no line is broken
FOLD = 20  # characters in a line of an actor's name
LONG = 34  # characters in a line of a label
LABEL = 4  # lines of a label
HEADING = 60  # characters in a line of a title or of words below a chart, where we break it

# Okabe and Ito's colours (jfly.uni-koeln.de/color, 2008) without the yellow that paper swallows;
# lines also differ in dashes, so that neither colour nor tone has to carry the difference alone.
# Ordered so that of a dozen lines those with equal dashes are also apart in grey.
COLOURS = ("#0072B2", "#E69F00", "#000000", "#56B4E9", "#CC79A7", "#D55E00", "#009E73")
DOTTED = (0, (1, 2.5))
Dashes = str | tuple[int, tuple[float, ...]]
DASHES: tuple[Dashes, ...] = ("-", (0, (5, 2)), (0, (1, 1.4)), "-.")


class Drawing(NamedTuple):
    """A chart that can be drawn: the name of its file, and how.

    One that is drawn `on_request` alone goes into more detail than a reader wants at first.
    """

    name: str
    draw: Callable[[], Axes]
    on_request: bool = False


def is_set(name: str) -> bool:
    """Whether the user's settings or style sheet say something else than matplotlib does."""
    # a cycle of colours compares by identity, so that its text is compared
    settings: Any = mpl.rcParams  # typed by the name of each setting
    usual: Any = mpl.rcParamsDefault
    return str(settings[name]) != str(usual[name])


def ink() -> str:
    """The colour of text and of what stands as text does: the user's, or ours."""
    return str(mpl.rcParams["text.color"]) if is_set("text.color") else INK


def faint() -> str:
    """The colour of frames and of what shall not be seen first."""
    return str(mpl.rcParams["axes.edgecolor"]) if is_set("axes.edgecolor") else FAINT


def ground() -> str:
    """The colour of grids and grounds."""
    return str(mpl.rcParams["grid.color"]) if is_set("grid.color") else GROUND


def paper() -> str:
    """What everything stands on: hollow marks and boxes are filled with it."""
    return str(mpl.rcParams["axes.facecolor"])


def accent() -> str:
    """The colour of estimates: the first of the user's own, or ours."""
    return colours()[0] if is_set("axes.prop_cycle") else ACCENT


def colours() -> tuple[str, ...]:
    """Colours of lines that stand beside each other: the user's, or ours."""
    own = mpl.rcParams["axes.prop_cycle"].by_key().get("color", [])
    return tuple(own) if own and is_set("axes.prop_cycle") else COLOURS


def size(points: float) -> float:
    """Points of a text, in the proportion in which the user's size stands to matplotlib's."""
    return points * float(mpl.rcParams["font.size"]) / POINTS


def axes(ax: Axes | None, *, rows: float = 10, width: float = WIDTH) -> Axes:
    """The axes given, or new ones high enough for so many rows of text."""
    if ax is not None:
        return ax
    # constrained layout keeps labels on the page; the height only has to hold the rows
    height = max(2.0, MARGIN * max(size(1), 1.0) + ROW * rows * size(1))
    if is_set("figure.figsize"):  # the user's page, made longer where rows would not fit
        height = max(float(mpl.rcParams["figure.figsize"][1]), height)
    width = page_width(width)
    figure, made = plt.subplots(figsize=(width, height), layout="constrained")
    figure.set_gid(OURS)
    return made


def page_width(usual: float = WIDTH) -> float:
    """Inches: as wide as the user's page, else as much wider as letters are larger than usual."""
    if is_set("figure.figsize"):
        return float(mpl.rcParams["figure.figsize"][0])
    return usual * max(size(1), 1.0)


def figure_of(ax: Axes) -> Figure:
    """The figure that holds these axes."""
    # of a figure in a figure the outer one is the page
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes belong to no figure")
    return figure


def inches(ax: Axes) -> float:
    """How wide axes are."""
    return float(ax.get_window_extent().width / figure_of(ax).dpi)


def line(position: int) -> tuple[str, Dashes]:
    """(colour, dashes) of the n-th line; no two among the first 28 are alike in both."""
    # 7 and 4 have no common divisor, so colour and dashes only repeat together after 28
    cycle = colours()
    return cycle[position % len(cycle)], DASHES[position % len(DASHES)]


def ordered(count: int) -> list[tuple[float, float, float, float]]:
    """So many colours in an order that grey print keeps: ever darker blue."""
    # not from 0: the lightest tone would be white on white paper
    steps = [0.06 + 0.94 * k / max(count - 1, 1) for k in range(count)]
    return [tuple(colormaps["YlGnBu"](step)) for step in steps]  # type: ignore[misc]


def frame(ax: Axes, title: str, *, xlabel: str = "", ylabel: str = "") -> None:
    """Title at the left, labels, and no more lines than a reader needs."""
    if layers.count(ax) > 1:  # the first of what lies over each other has written the heading
        return
    text, whole = _heading(title, HEADING)
    ax.set_title(text, loc="left", fontsize=size(11), color=ink(), wrap=not whole)
    below, whole = _heading(xlabel, HEADING)
    ax.set_xlabel(below, color=ink(), fontsize=size(9), wrap=not whole)
    ax.set_ylabel(ylabel, color=ink(), fontsize=size(9))
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(faint())
    ax.tick_params(colors=ink(), labelsize=size(9))
    ax.tick_params(axis="x", pad=0.6 * size(9))  # else two zeros in a corner meet


def _heading(text: str, width: int) -> tuple[str, bool]:
    """(the text, whether it has been broken into lines): what matplotlib cannot break, we do."""
    if not needs_own_lines(text):
        return text, False
    return "\n".join("\n".join(lines(part, width)) for part in text.split("\n")), True


def rows(ax: Axes, labels: Sequence[str]) -> None:
    """One row a label, the first on top, with faint lines up through all of them."""
    _make_room(ax, max((label.count("\n") + 1 for label in labels), default=1))
    ax.set_yticks(range(len(labels)), labels)
    # upside down, since a table is read from the top
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0, pad=7)  # a dot at 0 stands clear of its label
    ax.grid(axis="x", color=ground(), linewidth=0.8)
    ax.set_axisbelow(True)


def _make_room(ax: Axes, lines_of_text: int) -> None:
    """Rows so far apart that labels of so many lines do not meet, on a page of ours."""
    figure = figure_of(ax)
    times = (LINE * lines_of_text + 0.04) / ROW
    if times > 1 and figure.get_gid() == OURS and layers.count(ax) < 2:
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, MARGIN + times * (height - MARGIN))


def reach(ax: Axes, row: float, low: float, high: float, colour: str = "") -> None:
    """An interval for sampling error in a row."""
    ax.hlines(row, low, high, color=colour or accent(), linewidth=1.6, alpha=0.8)


def band(ax: Axes, row: float, low: float, high: float, colour: str = "") -> None:
    """Parameter uncertainty in a row, pale and broad behind the rest."""
    ax.hlines(row, low, high, color=colour or accent(), linewidth=7, alpha=0.25, zorder=1)


def dot(ax: Axes, row: float, value: float, *, hollow: bool, colour: str = "", **look: Any) -> None:
    """An estimate in a row, whole also where it lies on the frame; `look` is matplotlib's."""
    colour = colour or accent()
    usual: dict[str, Any] = {
        "marker": "o",
        "markersize": 6,
        "color": colour,
        "markerfacecolor": paper() if hollow else colour,
        # a dot at 0 or 100 % would else be cut in half by the frame
        "clip_on": False,
        "zorder": 3,
    }
    ax.plot(value, row, **(usual | look))


def beside(ax: Axes, row: float, text: str) -> None:
    """Words right of the frame, in the row's own height, so that nothing can overlap."""
    # x in shares of the frame, y in rows: stays beside its row whatever the scale
    ax.text(
        *(1.03, row, text),
        transform=ax.get_yaxis_transform(),
        va="center",
        fontsize=size(9),
        color=ink(),
        gid=layers.WORDS,
    )


def share_axis(ax: Axes, highest: float, *, of: str = "x") -> None:
    """Percent from 0 to a little over the highest value, and never beyond 100."""
    # a little air, but no axis promises more than 100 %
    top = min(1.0, highest * 1.04) if highest > 0 else 1.0
    axis = ax.xaxis if of == "x" else ax.yaxis
    if layers.count(ax) > 1:  # of two runs on one axis both shall fit
        top = max(top, float((ax.get_xlim() if of == "x" else ax.get_ylim())[1]))
    (ax.set_xlim if of == "x" else ax.set_ylim)(0, top)
    # steps people count in; matplotlib's default has 4 and 8 too
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.10g} %"))


def time_axis(ax: Axes, horizon: float, start: date | None) -> list[float]:
    """Days, or dates when the scenario has a start; gives the two ends as the axis counts them."""
    if start is None:
        ax.set_xlim(0, horizon)
        ax.set_xlabel("days", color=ink(), fontsize=size(9))
        return [0.0, horizon]
    first = float(date2num(start))  # type: ignore[no-untyped-call]
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(formatter)  # no year at the right end: the label has both ends
    ax.set_xlim(first, first + horizon)
    last = start + timedelta(days=horizon)
    length = duration_in_words(horizon * DAY)
    ax.set_xlabel(f"{start} to {last} ({length})", color=ink(), fontsize=size(9))
    return [first, first + horizon]


def day(time: float, start: date | None) -> str:
    """`on 2024-12-04`, or `on day 40` without a calendar."""
    return f"on day {time:g}" if start is None else f"on {start + timedelta(days=time)}"


def legend_below(ax: Axes, handles: Sequence[Artist], labels: Sequence[str]) -> None:
    """A legend in one line below the chart, where nothing is drawn."""
    figure_of(ax).legend(
        list(handles),
        list(labels),
        loc="outside lower center",
        ncols=len(labels),
        frameon=False,
        fontsize=size(9),
    )


def titles(table: pd.DataFrame) -> list[str]:
    """What a reader calls each row: its title, broken into two lines where it is long."""
    texts = table["title"] if "title" in table else [plain(str(name)) for name in table.index]
    return [broken(str(title)) for title in texts]


def broken(title: str, *, ending: str = "", most: int = 2) -> str:
    """A title in lines that fit beside a chart; with an ending `most` of them, cut before it."""
    if not ending:
        return "\n".join(lines(title, LONG, max_lines=LABEL, placeholder=" …"))
    # hard blanks keep the ending in one piece, and are given back as plain ones
    cut = "…" + ending.replace(" ", HARD)
    short = lines(title + ending.replace(" ", HARD), LONG, max_lines=most, placeholder=cut)
    return "\n".join(short).replace(HARD, " ")


def folded(name: str, *, most: int = 3, width: int = FOLD) -> str:
    """A long name in few short lines, cut where a bracket opens and where they are full."""
    # a remark in brackets says what the rest of the page says as well
    short = name.split(" (")[0]
    few = lines(short, width, max_lines=most, placeholder=" …", break_on_hyphens=False)
    return "\n".join(few)


def shares(n: "pd.Series[int]", what: str = "share of paths") -> str:
    """The label of an axis of shares: with n, or just `probability` where nothing was counted."""
    counted = n.dropna()
    return f"{what} (n = {int(counted.max()):,})" if len(counted) else "probability"


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near to the wanted ones as can be, in their order, at least `gap` apart."""
    # from the lowest up: each as low as it wants to be and its neighbour allows, and never so high
    # that those above it have no room left
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    gap = min(gap, (high - low) / max(len(order) - 1, 1))
    placed: list[float] = []
    for rank, i in enumerate(order):
        floor = placed[-1] + gap if placed else low
        ceiling = high - gap * (len(order) - 1 - rank)
        placed.append(min(max(wanted[i], floor), ceiling))
    result = [0.0] * len(order)
    for rank, i in enumerate(order):
        result[i] = placed[rank]
    return result
