"""Chart `treaties`: a row for what one actor owes another, from the obligor to the beneficiary."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from sim.analysis.estimates.treaties import bonds as bond_table
from sim.charts import style
from sim.charts.fonts import lines
from sim.charts.style import Drawing
from sim.charts.tables import drawn_from
from sim.model.obligations import TYPES
from sim.results.tables import RunTables
from sim.scenario import Scenario, titles_of

DORMANT = (0, (4, 3))  # dashes of a treaty that does not bind at the start date
LEFT, RIGHT = 0.2, 0.8  # shares of the width: where the obligors' boxes end, the others begin
GAP = 0.015  # between a box and an arrow
LINE = 0.165  # inches of a line of a label
NAME = 1.25  # lines of a label that a line of a name takes
NAMED, LABELLED = 0.62, 0.56  # width of a letter, of its size: bold, plain
LEAST = 12  # letters in a line, however narrow the axes are


class Duties(NamedTuple):
    """What one actor owes another by clauses of one kind: one arrow, with its label."""

    obligor: str
    beneficiary: str  # empty: nobody in particular
    type: str
    binds: bool
    label: tuple[str, ...]  # lines


class Block(NamedTuple):
    """Rows that stand beside one box, from `top` down; in lines of a label."""

    actor: str
    top: float
    height: float


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

    A row for all that one actor owes another by clauses of one type: an arrow from the obligor to
    the beneficiary, coloured by the type and dashed where the treaty does not bind at the start
    date, and over it the clauses. What is owed to nobody in particular has no arrow. `names` gives
    actors the name a reader sees; those that no treaty binds are named below.
    """
    names = names or {}
    width = style.page_width() if ax is None else style.inches(ax)
    duties = _duties(bonds, _letters(width * (RIGHT - LEFT - 2 * GAP), 8, LABELLED))
    wide = _letters(width * (LEFT - GAP), 9, NAMED)
    called = {actor: _name(names.get(actor, actor), wide) for actor in _actors(bonds)}
    alone = _unbound(bonds, names, _letters(width, 8, LABELLED))
    tops, height = _rows(duties, called)
    height += len(alone)
    ax = style.axes(ax, rows=height * LINE / style.ROW, width=style.WIDTH)
    ax.set(xlim=(-0.004, 1.004), ylim=(height, -0.5), xticks=[], yticks=[])
    style.frame(ax, _title(bonds, subject))
    ax.axis("off")
    colours = _colours(bonds)
    for row, top in zip(duties, tops, strict=True):
        _draw_duties(ax, row, top, colours)
    for side, blocks in enumerate(_blocks(duties, tops, called)):
        for block in blocks:
            _draw_box(ax, block, called[block.actor], side)
    ax.text(0, height, "\n".join(alone), va="bottom", fontsize=style.size(8), color=style.ink())
    if entries := _legend(bonds):
        style.legend_below(ax, entries, [str(one.get_label()) for one in entries])
    return ax


def _title(bonds: pd.DataFrame, subject: str) -> str:
    nobody = (
        "; without arrow: to nobody in particular" if (bonds["beneficiary"] == "").any() else ""
    )
    asked = f"Who is bound to whom?{' – ' + subject if subject else ''}"
    return f"{asked}\nfrom obligor to beneficiary{nobody}"


def _letters(inches: float, points: float, width: float) -> int:
    """How many letters of a size find room."""
    return max(LEAST, int(inches * 72 / (style.size(points) * width)))


def _actors(bonds: pd.DataFrame) -> list[str]:
    """Whoever owes or is owed something."""
    return [str(one) for one in pd.unique(pd.concat([bonds["obligor"], bonds["beneficiary"]]))]


def _name(text: str, wide: int) -> list[str]:
    # a remark in brackets says what the rest of the page says as well
    return lines(text.split(" (")[0], wide, max_lines=3, placeholder=" …", break_on_hyphens=False)


def _unbound(bonds: pd.DataFrame, names: Mapping[str, str], wide: int) -> list[str]:
    """A sentence on the actors that are on no row, in lines; nothing where there are none."""
    drawn = set(_actors(bonds))
    others = [name for actor, name in names.items() if actor not in drawn]
    return ["", *lines(f"Without a duty here: {', '.join(others)}", wide)] if others else []


def _duties(bonds: pd.DataFrame, wide: int) -> list[Duties]:
    """A row for clauses that share obligor, beneficiary, type and force, obligor by obligor."""
    rows = []
    to_somebody = bonds["beneficiary"] != ""
    # arrows first: whoever owes only to nobody in particular comes last
    for obligor in pd.concat([bonds[to_somebody], bonds])["obligor"].unique():
        own = bonds[bonds["obligor"] == obligor]
        for beneficiary in sorted(own["beneficiary"].unique(), key=lambda one: not one):
            owed = own[own["beneficiary"] == beneficiary]
            for (kind, binds), clauses in owed.groupby(["type", "binds"], sort=False):
                what = "" if beneficiary else f" ({kind})"  # where no arrow's colour says it
                label = tuple(_clauses(clauses, wide, what))
                rows.append(Duties(str(obligor), str(beneficiary), str(kind), bool(binds), label))
    return rows


def _clauses(rows: pd.DataFrame, wide: int, ending: str) -> list[str]:
    """`Treaty: clause; clause`, in lines, treaty by treaty."""
    articles = rows["article"] if "article" in rows else rows["clause"]
    called = rows["short"] if "short" in rows else rows["title"]
    found: list[str] = []
    for title, clauses in articles.groupby(called, sort=False):
        # a very long title is cut, never the clause; `Art.` and its number stay together
        short = " ".join(lines(str(title), wide, max_lines=2, placeholder=" …"))
        whole = [str(one).replace(". ", f".{style.HARD}") for one in clauses]
        text = f"{short}: {'; '.join(whole)}{ending}"
        found += [line.replace(style.HARD, " ") for line in lines(text, wide)]
    return found


def _rows(
    duties: Sequence[Duties], called: Mapping[str, Sequence[str]]
) -> tuple[list[float], float]:
    """(the upper end of each row, where the last one ends), in lines of a label."""
    tops: list[float] = []
    at = 0.0
    for place, row in enumerate(duties):
        if place and duties[place - 1].obligor != row.obligor:
            at += 0.9
        elif place and duties[place - 1].beneficiary != row.beneficiary:
            at += 0.5
        tops.append(at)
        at += len(row.label) + 0.7
        # the last row of a box makes room for the rest of the name in it
        for side in (0, 1):
            same = [k for k in range(place + 1) if _key(duties[k], side) == _key(row, side)]
            last = place + 1 == len(duties) or _key(duties[place + 1], side) != _key(row, side)
            actor = _key(row, side)[side]
            if last and actor:
                at = max(at, tops[same[0]] + NAME * len(called[actor]) + 0.5)
    return tops, at + 0.3


def _key(row: Duties, side: int) -> tuple[str, ...]:
    """What rows share that stand beside one box: on the left the obligor, on the right both."""
    return (row.obligor, row.beneficiary)[: side + 1]


def _blocks(
    duties: Sequence[Duties], tops: Sequence[float], called: Mapping[str, Sequence[str]]
) -> tuple[list[Block], list[Block]]:
    """The boxes on the left and on the right."""
    sides: tuple[list[Block], list[Block]] = ([], [])
    for side, blocks in enumerate(sides):
        keys = [_key(row, side) for row in duties]
        for key in dict.fromkeys(keys):
            own = [k for k, one in enumerate(keys) if one == key]
            actor, top = key[side], tops[own[0]]
            end = tops[own[-1]] + len(duties[own[-1]].label) + 0.55
            if actor:
                height = max(end - top, NAME * len(called[actor]) + 0.35)
                blocks.append(Block(actor, top, height))
    return sides


def _draw_box(ax: Axes, block: Block, name: Sequence[str], side: int) -> None:
    x, width = ((0.0, LEFT), (RIGHT, 1 - RIGHT))[side]
    look: dict[str, Any] = {"boxstyle": "square,pad=0", "edgecolor": style.ink(), "linewidth": 0.9}
    place = (x, block.top)
    ax.add_patch(FancyBboxPatch(place, width, block.height, facecolor=style.paper(), **look))
    ax.text(
        *(x + width / 2, block.top + block.height / 2, "\n".join(name)),
        ha="center",
        va="center",
        fontweight="bold",
        color=style.ink(),
        fontsize=style.size(9),
        zorder=5,
    )


def _draw_duties(ax: Axes, row: Duties, top: float, colours: Mapping[str, str]) -> None:
    """An arrow and, over it, its clauses; where nobody in particular is owed, only these."""
    end = top + len(row.label) + 0.2
    left, right = LEFT + GAP, RIGHT - GAP
    words: dict[str, Any] = {"va": "top", "fontsize": style.size(8), "color": style.ink()}
    if not row.beneficiary:
        text = "\n".join(row.label)
        middle = top + 0.5 * (len(row.label) + 0.55)
        ax.text(left, middle, text, ha="left", **(words | {"va": "center"}))
        return
    ax.text((left + right) / 2, top, "\n".join(row.label), ha="center", **words)
    ax.add_patch(
        FancyArrowPatch(
            (left, end),
            (right, end),
            arrowstyle="-|>",
            mutation_scale=12,
            shrinkA=0,
            shrinkB=0,
            color=colours[row.type],
            linestyle="-" if row.binds else DORMANT,
            linewidth=1.6,
        )
    )


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
