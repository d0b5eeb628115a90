"""Chart `tree`: the first steps on the way to an outcome, as an outline with rare branches cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.causes.routes import ARROW
from sim.charts import style
from sim.charts.fonts import lines
from sim.charts.tables import drawn_from
from sim.formatting import percents

LEAST = 0.04  # share of the outcome's paths below which a branch is cut
MORE = 1.25  # by how much that share grows until all fits
MOST = 24  # branches on a page, so that their names can be read at half a page
DEEP = 4  # branchings from the root
INDENT, BAR = 0.03, 0.74  # shares of the width: a branching, where the bars begin
LINE, GAP = 0.48, 0.42  # rows that a line of a name takes, and between two names
LETTER = 0.56  # width of a letter, of its size


@dataclass
class Branch:
    """Steps that follow each other without a choice between them, and what comes after."""

    steps: list[str]
    share: float = 0.0
    after: list[Branch] = field(default_factory=list)
    depth: int = 0
    cut: bool = False  # whether branches of it are too rare to be drawn
    rare: int = 0  # so many of these it stands for itself
    row: float = 0.0
    lines: list[str] = field(default_factory=list)


@drawn_from("`results.routes(outcome, depth='options')`", "route", "share", "hits", "n")
def tree(
    table: pd.DataFrame,
    *,
    outcome: str = "",
    names: Mapping[str, str] | None = None,
    subject: str = "",
    ax: Axes | None = None,
) -> Axes:
    """From the top: what came first on the way to the outcome, indented what after that, by share.

    `table` is that of the analysis `routes` at the depth `options`. A bar is a branch's share of
    the outcome's paths. Branches below 4 %, or as much more as leaves 24 on the page, are gathered
    in one, steps without a choice between them stand together, and what comes after the fourth
    branching is left out. `outcome` is what a reader calls the outcome, `names` what a reader
    calls a step.
    """
    routes = [str(route).split(ARROW) for route in table["route"]]
    given = list(zip(routes, table["share"].astype(float), strict=True))
    # Cut by share and not by number: two branches of one size are both drawn or neither.
    least = LEAST
    every = list(_all(_grown([], given, 0, least)))
    # rarer branches are cut until the rest can be read
    while len(every) > MOST:
        least *= MORE
        every = list(_all(_grown([], given, 0, least)))
    inches = style.page_width() if ax is None else style.inches(ax)
    height = _rows(every, _called(every, outcome, names or {}), inches)
    ax = style.axes(ax, rows=height)
    ax.set(xlim=(0, 1), ylim=(height, 0), xticks=[], yticks=[])
    shares = percents([min(round(one.share, 9), 1.0) for one in every])  # of sums
    for one, share in zip(every, shares, strict=True):
        _draw(ax, one, share)
    hits, n = int(table["hits"].sum()), int(table["n"].iloc[0]) if len(table) else 0
    below = f"bar: share of the {hits:,} paths of {n:,} that reach it"
    if any(one.cut for one in every):
        below += f"; branches below {percents([least])[0]} % are gathered, or left out at an end"
    title = f"What came first on the way: {outcome}" if outcome else "What came first on the way?"
    style.frame(ax, f"{title}{' – ' + subject if subject else ''}", xlabel=below)
    ax.spines[:].set_visible(False)
    return ax


def _grown(
    steps: list[str], routes: list[tuple[list[str], float]], depth: int, least: float
) -> Branch:
    """A branch with what comes after it; steps that all routes share are its own."""
    branch = Branch(steps=steps, share=sum(share for _, share in routes), depth=depth)
    heads = dict.fromkeys(route[0] for route, _ in routes if route)
    # Not where a route ends here: its end is a choice between stopping and going on.
    while len(heads) == 1 and all(route for route, _ in routes):
        branch.steps.extend(heads)
        routes = [(route[1:], share) for route, share in routes]
        heads = dict.fromkeys(route[0] for route, _ in routes if route)
    # After the steps that all share, so that the last branch says as much as there is no choice
    # about.
    if depth == DEEP:
        return branch
    rare = list[float]()
    for head in heads:
        own = [(route[1:], share) for route, share in routes if route and route[0] == head]
        if sum(share for _, share in own) >= least:
            branch.after.append(_grown([head], own, depth + 1, least))
        else:
            rare.append(sum(share for _, share in own))
    branch.after.sort(key=lambda one: -one.share)
    branch.cut = bool(rare)
    # where all that follows is rare, the branch ends: that it goes on in many ways says nothing
    if rare and (branch.after or not depth):
        branch.after.append(Branch([], sum(rare), depth=depth + 1, rare=len(rare)))
    return branch


def _all(branch: Branch) -> Iterator[Branch]:
    yield branch
    for one in branch.after:
        yield from _all(one)


def _called(every: Sequence[Branch], outcome: str, names: Mapping[str, str]) -> list[str]:
    """What a reader calls each branch: its steps; of the root without any, the outcome."""
    called = [ARROW.join(names.get(step, step) for step in one.steps) for one in every]
    called[0] = called[0] or outcome or "the outcome"
    rare = [f"{one.rare:,} rare branch{'' if one.rare == 1 else 'es'}" for one in every]
    return [rare[k] if one.rare else called[k] for k, one in enumerate(every)]


def _rows(every: Sequence[Branch], called: Sequence[str], inches: float) -> float:
    """Give every branch its lines and the middle of its row; returns how many rows are used."""
    used = 0.0
    for one, name in zip(every, called, strict=True):
        room = (BAR - 0.02 - _left(one)) * inches * 72 / (style.size(9) * LETTER)
        one.lines = lines(name, max(int(room), 12), max_lines=2, placeholder=" …")
        high = LINE * len(one.lines) + GAP
        one.row = used + high / 2
        used += high
    return used


def _left(one: Branch) -> float:
    """Where the name of a branch begins."""
    return INDENT * one.depth + 0.008


def _draw(ax: Axes, one: Branch, share: str) -> None:
    """A branch: its name, the line to what comes after it, its bar and its share in words."""
    if one.after:
        x, top = INDENT * one.depth + 0.016, one.row + LINE * len(one.lines) / 2
        look: dict[str, Any] = {"color": style.faint(), "lw": 0.9, "zorder": 1}
        ax.plot([x, x], [top, one.after[-1].row], **look)
        for after in one.after:
            ax.plot([x, _left(after) - 0.006], [after.row, after.row], **look)
    ax.text(
        *(_left(one), one.row, "\n".join(one.lines)),
        va="center",
        fontsize=style.size(9),
        fontstyle="italic" if one.rare else "normal",
        color=style.ink(),
    )
    colour = style.faint() if one.rare else style.accent()
    ax.barh(one.row, one.share * (1 - BAR), left=BAR, height=0.45, color=colour, linewidth=0)
    style.beside(ax, one.row, f"{share} %")
