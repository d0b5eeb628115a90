"""Chart `treaties`: actors as nodes, what they owe one another as arrows from the obligor."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.analysis.estimates.treaties import bonds as bond_table
from sim.charts import style
from sim.charts.fonts import legible, lines
from sim.charts.style import Drawing
from sim.charts.tables import drawn_from
from sim.model.obligations import TYPES
from sim.results.tables import RunTables
from sim.scenario import Scenario, titles_of

DORMANT = (0, (4, 3))  # dashes of a treaty that does not bind at the start date
SHARES = tuple(0.5 + k * 0.03 * side for k in range(12) for side in (1, -1))  # for labels
SHORT = 30  # letters in a line of a label on an arrow
AROUND = 3  # dots of room around a text
SMALL, GROWTH, LARGE = 2.2, 0.3, 3.8  # inches of the ring's radius: of few actors, more, at most
BEND = 0.16  # how far the arcs between one pair of actors stand apart


class Point(NamedTuple):
    """A place on the drawing."""

    x: float
    y: float


class Arc(NamedTuple):
    """The duties of one kind that one actor owes another: one arrow, one label."""

    obligor: str
    beneficiary: str
    type: str
    binds: bool
    label: str
    bend: float
    colour: str  # of the type


def after_run(scenario: Scenario, run: RunTables) -> Iterator[Drawing]:
    """One chart of all treaties, where there are any."""
    if scenario.declared.treaties:
        titles = titles_of(scenario).short
        names = titles.all("actor", [actor.name for actor in scenario.model.actors])
        title = run.provenance.title
        yield Drawing(
            "treaties", lambda: treaties(bond_table(scenario), names=names, subject=title)
        )


@drawn_from(
    "`sim.analysis.bonds(scenario)`", "obligor", "beneficiary", "type", "binds", "title", "clause"
)
def treaties(
    bonds: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    subject: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Who is bound to whom, drawn from the analysis `treaties`.

    An arrow runs from the obligor to the beneficiary, coloured by the type of the clause and
    dashed where the treaty does not bind at the start date. What is owed to nobody in particular
    stands beneath its obligor. `names` gives actors the name a reader sees. The page is as large as
    the actors and arrows on it need.
    """
    arcs = _arcs(bonds)
    places = _places(bonds, arcs)
    # the page grows with the ring: a fixed one would let labels collide where actors are many
    low, high = _extent(places, arcs)
    inches = min(SMALL + GROWTH * len(places), LARGE)
    across, down = max((high.x - low.x) * inches, style.WIDTH), (high.y - low.y) * inches
    ax = style.axes(ax, rows=(down - style.MARGIN) / style.ROW, width=across)
    ax.set(xlim=(low.x, high.x), ylim=(low.y, high.y), xticks=[], yticks=[])
    style.frame(ax, _title(bonds, subject))
    ax.axis("off")
    ax.legend(
        handles=_legend(bonds), loc="lower center", ncols=5, fontsize=style.size(8), frameon=False
    )
    boxes = _actors(ax, places, names or {})
    taken = [*boxes.values(), *_owed_to_nobody(ax, bonds, boxes)]
    legible(ax)  # before anything is measured: another font has other widths
    # drawing is what gives a box its size; everything below depends on sizes
    # boxes know their size, where arrows end, only once drawn
    style.figure_of(ax).draw_without_rendering()
    # measured once each: to measure a text costs as much as to draw it
    covered = [_area(text) for text in taken]
    for arc in arcs:
        _arrow(ax, arc, boxes)
        covered.append(_label(ax, arc, places, covered))
    return ax


def _title(bonds: pd.DataFrame, subject: str) -> str:
    grey = "; grey: no particular beneficiary" if (bonds["beneficiary"] == "").any() else ""
    asked = f"Who is bound to whom?{' – ' + subject if subject else ''}"
    return f"{asked}\nfrom obligor to beneficiary{grey}"


def _extent(places: Mapping[str, Point], arcs: Sequence[Arc]) -> tuple[Point, Point]:
    """The corners of what is drawn, with room for boxes, for notes beneath them and the legend."""
    points = list(places.values()) or [Point(0, 0)]
    for arc in arcs:
        start, end = places[arc.obligor], places[arc.beneficiary]
        points += [_on_arc(start, end, arc.bend, share) for share in SHARES]
    xs, ys = zip(*points, strict=True)
    return Point(min(xs) - 0.32, min(ys) - 0.32), Point(max(xs) + 0.32, max(ys) + 0.16)


def _arcs(bonds: pd.DataFrame) -> list[Arc]:
    """One arc for the duties that share obligor, beneficiary, type and force, bent apart."""
    owed, colours = bonds[bonds["beneficiary"] != ""], _colours(bonds)
    arcs: list[Arc] = []
    drawn: dict[tuple[str, str], int] = {}
    together = ["obligor", "beneficiary", "type", "binds"]
    # clauses that share obligor, beneficiary, type and force are one arrow with one label
    for key, rows in owed.groupby(together, sort=False):
        obligor, beneficiary, kind = (str(part) for part in key[:3])
        binds = bool(key[3])
        nth = drawn[obligor, beneficiary] = drawn.get((obligor, beneficiary), -1) + 1
        label = "\n".join(_clauses(rows))
        arcs.append(
            Arc(obligor, beneficiary, kind, binds, label, BEND * (0.6 + nth * 1.5), colours[kind])
        )
    return arcs


def _clauses(rows: pd.DataFrame) -> list[str]:
    """`Treaty: clause, clause`, folded, treaty by treaty."""
    articles = rows["article"] if "article" in rows else rows["clause"]
    called = rows["short"] if "short" in rows else rows["title"]
    labels = []
    for title, clauses in articles.groupby(called, sort=False):
        # a very long title is cut, never the clause
        short = " ".join(lines(str(title), SHORT, max_lines=2, placeholder=" …"))
        labels.append("\n".join(lines(f"{short}: {', '.join(clauses)}", SHORT)))
    return labels


def _places(bonds: pd.DataFrame, arcs: Sequence[Arc]) -> dict[str, Point]:
    """Actors on a circle, in the order that makes the arrows shortest; the rest in its middle.

    Two stand side by side, since names are wider than high.
    """
    ring = _ring(nx.Graph((arc.obligor, arc.beneficiary) for arc in arcs))
    # the first at twelve o'clock; two actors stand at nine and three
    turn, first = 2 * np.pi / max(len(ring), 1), -np.pi / 2 if len(ring) == 2 else 0.0
    angles = [first + k * turn for k in range(len(ring))]
    places = {
        actor: Point(round(float(np.sin(angle)), 9), round(float(np.cos(angle)), 9))
        for actor, angle in zip(ring, angles, strict=True)
    }
    alone = [actor for actor in bonds["obligor"].unique() if actor not in places]
    for k, actor in enumerate(alone):
        places[actor] = Point(-0.1, 0.25 * (len(alone) - 1) - 0.5 * k)
    return places


def _ring(graph: "nx.Graph[str]") -> list[str]:
    """The actors in a ring whose neighbours are bound; swaps go on while they shorten it."""
    ring = list(graph.nodes)
    n = len(ring)

    def length(order: Sequence[str]) -> float:
        at = {actor: k for k, actor in enumerate(order)}
        return sum(float(np.sin(np.pi * abs(at[a] - at[b]) / n)) for a, b in graph.edges)

    shorter = True
    # 2-opt by swaps: rings have a dozen actors at most, so trying all pairs costs nothing
    while shorter:
        shorter = False
        for i in range(n):
            for j in range(i + 1, n):
                other = ring.copy()
                other[i], other[j] = other[j], other[i]
                if length(other) < length(ring) - 1e-9:
                    ring, shorter = other, True
    return ring


def _actors(ax: Axes, places: Mapping[str, Point], names: Mapping[str, str]) -> dict[str, Text]:
    """The nodes: each actor's name in a box."""
    # boxes over arrows (zorder), so that an arrow ends at the edge of a name
    box = {"boxstyle": "round,pad=0.4", "facecolor": style.paper(), "edgecolor": style.ink()}
    look: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "fontsize": style.size(9),
        "fontweight": "bold",
        "zorder": 5,
    }
    return {
        actor: ax.text(x, y, style.folded(names.get(actor, actor)), bbox=box, **look)
        for actor, (x, y) in places.items()
    }


def _owed_to_nobody(ax: Axes, bonds: pd.DataFrame, boxes: Mapping[str, Text]) -> list[Text]:
    """Beneath each actor, what it owes to nobody in particular."""
    alone = bonds[bonds["beneficiary"] == ""]
    notes: list[Text] = []
    for actor, rows in ((str(key), group) for key, group in alone.groupby("obligor", sort=False)):
        x, y = boxes[actor].get_position()
        below = y - 0.045 - 0.032 * len(boxes[actor].get_text().splitlines())
        box = {"boxstyle": "round,pad=0.1", "facecolor": style.paper(), "edgecolor": "none"}
        look: dict[str, Any] = {
            "ha": "center",
            "va": "top",
            "fontsize": style.size(7),
            "zorder": 5,
            "color": style.faint(),
        }
        notes.append(ax.text(x, below, "\n".join(_clauses(rows)), bbox=box, **look))
    return notes


def _arrow(ax: Axes, arc: Arc, boxes: Mapping[str, Text]) -> None:
    """An arrow from box to box."""
    start, end = boxes[arc.obligor], boxes[arc.beneficiary]
    patch = FancyArrowPatch(
        start.get_position(),
        end.get_position(),
        arrowstyle="-|>",
        mutation_scale=13,
        connectionstyle=f"arc3,rad={arc.bend}",
        patchA=start.get_bbox_patch(),
        patchB=end.get_bbox_patch(),
        color=arc.colour,
        linestyle="-" if arc.binds else DORMANT,
        linewidth=1.6,
        zorder=2,
    )
    ax.add_patch(patch)


def _label(ax: Axes, arc: Arc, places: Mapping[str, Point], taken: Sequence[Bbox]) -> Bbox:
    """Write the clauses of an arrow, slid along it until they cover no other text; its area."""
    dots = ax.transData  # arrows are bent on the page, whatever the axes' proportions
    start, end = (Point(*dots.transform(places[a])) for a in (arc.obligor, arc.beneficiary))
    box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.92}
    look: dict[str, Any] = {"fontsize": 7, "ha": "center", "va": "center", "zorder": 4}
    label = ax.text(0, 0, arc.label, color=arc.colour, bbox=box, **look)
    legible(label)
    size, origin = _area(label), Point(*dots.transform((0, 0)))

    def at(share: float) -> Bbox:
        x, y = _on_arc(start, end, arc.bend, share)
        return size.translated(x - origin.x, y - origin.y)

    def covers(share: float) -> float:
        mine = at(share)
        return sum(_overlap(mine, other) for other in taken)

    # the place where it covers least; SHARES begin in the middle and go outwards in turns
    best = min(SHARES, key=covers)
    x, y = dots.inverted().transform(_on_arc(start, end, arc.bend, best))
    label.set_position((float(x), float(y)))
    return at(best)


def _on_arc(start: Point, end: Point, bend: float, share: float) -> Point:
    """The point so far along the quadratic curve that matplotlib's `arc3` draws."""
    # arc3 puts the control point off the middle by `bend` times the distance, at right angles
    control = Point(
        (start.x + end.x) / 2 + bend * (end.y - start.y),
        (start.y + end.y) / 2 - bend * (end.x - start.x),
    )
    a, b, c = (1 - share) ** 2, 2 * share * (1 - share), share**2
    return Point(a * start.x + b * control.x + c * end.x, a * start.y + b * control.y + c * end.y)


def _area(text: Text) -> Bbox:
    """What a text covers on the page, in dots, with room around it."""
    return text.get_window_extent().padded(AROUND)


def _overlap(one: Bbox, other: Bbox) -> float:
    """The area that two texts have in common."""
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return float(width * height) if width > 0 and height > 0 else 0.0


def _colours(bonds: pd.DataFrame) -> dict[str, str]:
    """The types that an arrow has, each with its colour: the first colours differ the most."""
    owed = set(bonds.loc[bonds["beneficiary"] != "", "type"])
    # those of a later version, which are not known here, come last
    kinds = [*(kind for kind in TYPES if kind in owed), *sorted(owed - set(TYPES))]
    return dict(zip(kinds, cycle(style.colours()), strict=False))


def _legend(bonds: pd.DataFrame) -> list[Line2D]:
    """A line for each type there is, and one for what does not bind yet."""
    entries = [Line2D([], [], color=one, label=kind) for kind, one in _colours(bonds).items()]
    if len(bonds) and not bonds["binds"].all():
        dashed = Line2D(
            [], [], color=style.ink(), linestyle=DORMANT, label="not binding at the start"
        )
        entries.append(dashed)
    return entries
