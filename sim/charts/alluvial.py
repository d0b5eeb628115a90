"""Streams through columns of stations, as broad as they are likely: `routes` and `flows`.

Streams are ranged at the right, where all of them end, so that none has to pass through a column in
which it has no station. A station is as high as what passes through it; where its name needs more
room than that, its neighbours stand further away, and no two texts can meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from sim.charts import style
from sim.charts.fonts import lines
from sim.formatting import percents

WHOLE = 7.0  # rows of text that all streams together are high
LINE = 0.62  # rows that a line of a small name is high
GAP = 0.35  # rows between two stations
BAR = 0.06  # of a column: how broad a station is
COLUMN = 2.1  # inches
LETTERS = 22  # in a line of a name

Station = tuple[int, str]  # (column, name)


class Stream(NamedTuple):
    """What passes through these stations, the last of them the end, and how much it is."""

    stations: tuple[str, ...]
    weight: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where everything stands: column by column, from the top, in rows."""

    columns: int
    weight: dict[Station, float] = field(default_factory=dict)
    links: dict[tuple[Station, Station, str], float] = field(default_factory=dict)
    middle: dict[Station, float] = field(default_factory=dict)
    scale: float = 1.0

    def height(self, station: Station) -> float:
        """Rows that a station is high: in proportion to its weight."""
        return self.weight[station] * self.scale


def plan(streams: Sequence[Stream], names: Mapping[str, str]) -> Plan:
    """Where the stations stand, so that streams cross little and no name lies on another."""
    columns = max((len(one.stations) for one in streams), default=0)
    total = sum(one.weight for one in streams)
    found = Plan(columns=columns, scale=WHOLE / total if total else 1.0)
    for stations, weight in streams:
        first = columns - len(stations)
        at = [(first + k, name) for k, name in enumerate(stations)]
        # a colour for what leads to the end
        leading = stations[-2] if len(stations) > 1 else stations[-1]
        for station in at:
            found.weight[station] = found.weight.get(station, 0.0) + weight
        for link in pairwise(at):
            key = (*link, leading)
            found.links[key] = found.links.get(key, 0.0) + weight
    # from the right, where streams end: a column is put in order by where its streams go on
    for column in reversed(range(columns)):
        _place(found, column, names)
    return found


def _place(found: Plan, column: int, names: Mapping[str, str]) -> None:
    """Stations of a column in the order of where their streams go on, around the middle."""

    def wanted(station: Station) -> tuple[float, float]:
        onward = [(w, found.middle[b]) for (a, b, _), w in found.links.items() if a == station]
        whole = sum(weight for weight, _ in onward)
        mean = sum(weight * y for weight, y in onward) / whole if whole else 0.0
        return mean, -found.weight[station]

    stations = sorted((one for one in found.weight if one[0] == column), key=wanted)
    # as high as what needs more room, the stream or the name, so that no two names meet
    slots = [max(found.height(one), _lines(one, names) * LINE) + GAP for one in stations]
    top = -sum(slots) / 2
    for station, slot in zip(stations, slots, strict=True):
        found.middle[station] = top + slot / 2
        top += slot


def _lines(station: Station, names: Mapping[str, str]) -> int:
    return len(_name(station, names).splitlines()) + 1


def _name(station: Station, names: Mapping[str, str]) -> str:
    return "\n".join(lines(names.get(station[1], station[1]), LETTERS, max_lines=3))


def alluvial(
    ax: Axes | None,
    streams: Sequence[Stream],
    *,
    names: Mapping[str, str] | None = None,
    least: float = 2.0,
) -> Axes:
    """Draw streams on axes, or on new ones large enough; names are what a reader calls stations.

    Each station has its share of the whole beside its name. `least` is the number of columns the
    page has room for at any rate.
    """
    names = names or {}
    found = plan(streams, names)
    ends = [
        (found.middle[one], max(found.height(one), _lines(one, names) * LINE) / 2)
        for one in found.weight
    ]
    high = max((middle + half for middle, half in ends), default=1.0)
    low = min((middle - half for middle, half in ends), default=-1.0)
    width = max(style.WIDTH, COLUMN * max(found.columns, least))
    ax = style.axes(ax, rows=high - low + 1, width=width)
    ax.set(xlim=(-0.05, max(found.columns, 1) - 0.1), ylim=(high + 0.3, low - 0.3))
    ax.set(xticks=[], yticks=[])
    _streams(ax, found)
    _stations(ax, found, names)
    return ax


def bare(ax: Axes) -> None:
    """No frame: what stands where says nothing but its order."""
    ax.spines[:].set_visible(False)


def _streams(ax: Axes, found: Plan) -> None:
    """Each link as a band, side by side at both ends in the order of the other."""
    leading = sorted({key for *_, key in found.links})
    weight = {key: sum(w for (_, _, k), w in found.links.items() if k == key) for key in leading}
    order = sorted(leading, key=lambda key: -weight[key])
    cycle = style.colours()
    colour = {key: cycle[k % len(cycle)] for k, key in enumerate(order)}
    out = {one: found.middle[one] - found.height(one) / 2 for one in found.weight}
    into = dict(out)
    # in the order of the other end, so that bands which leave one station do not cross at once
    links = sorted(found.links, key=lambda link: (found.middle[link[1]], order.index(link[2])))
    starts = {}
    for link in links:
        starts[link] = out[link[0]]
        out[link[0]] += found.links[link] * found.scale
    for link in sorted(links, key=lambda link: (found.middle[link[0]], order.index(link[2]))):
        a, b, key = link
        high = found.links[link] * found.scale
        _band(ax, (a[0] + BAR, starts[link]), (float(b[0]), into[b]), high, colour[key])
        into[b] += high


def _band(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], high: float, colour: str
) -> None:
    """One band from station to station, of the same height all the way."""
    (x0, y0), (x1, y1) = start, end
    half = (x0 + x1) / 2
    corners = [(x0, y0), (half, y0), (half, y1), (x1, y1)]
    back = [(x1, y1 + high), (half, y1 + high), (half, y0 + high), (x0, y0 + high), (x0, y0)]
    curve = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    shape = Path([*corners, *back], curve)
    ax.add_patch(PathPatch(shape, facecolor=colour, alpha=0.38, edgecolor="none", zorder=1))


def _stations(ax: Axes, found: Plan, names: Mapping[str, str]) -> None:
    """A bar each, with its name and share right of it."""
    stations = list(found.weight)
    total = WHOLE / found.scale
    shares = percents([min(round(found.weight[one] / total, 9), 1.0) for one in stations])
    for station, share in zip(stations, shares, strict=True):
        x, middle, high = station[0], found.middle[station], found.height(station)
        ax.add_patch(Rectangle((x, middle - high / 2), BAR, high, color=style.ink(), zorder=3))
        ax.text(
            *(x + BAR + 0.03, middle, f"{_name(station, names)}\n{share} %"),
            va="center",
            fontsize=style.size(8),
            color=style.ink(),
            linespacing=1.05,
            zorder=4,
        )
