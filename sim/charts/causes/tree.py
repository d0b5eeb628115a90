"""Chart `tree`: the first steps on the way to an outcome, as a tree with the rare branches cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.causes.routes import ARROW
from sim.charts import style
from sim.charts.fonts import lines
from sim.charts.tables import drawn_from
from sim.formatting import percents

LEAST = 0.04  # share of the outcome's paths below which a branch is cut
DEEP = 4  # branchings from the root
COLUMN, ROOM = 2.4, 1.75  # inches of a branching, rows of a leaf
LETTERS = 27  # in a line of a name


@dataclass
class Branch:
    """Steps that follow each other without a choice between them, and what comes after."""

    steps: list[str]
    share: float = 0.0
    after: list[Branch] = field(default_factory=list)
    depth: int = 0
    row: float = 0.0


@drawn_from("`results.routes(outcome, depth='options')`", "route", "share", "hits", "n")
def tree(
    table: pd.DataFrame,
    *,
    outcome: str = "",
    names: Mapping[str, str] | None = None,
    subject: str = "",
    ax: Axes | None = None,
) -> Axes:
    """From the left: what came first on the way to the outcome, and what after that, by share.

    `table` is that of the analysis `routes` at the depth `options`. Branches below 4 % of the
    outcome's paths are gathered in one, steps without a choice between them stand together, and
    what comes after the fourth branching is left out. `outcome` is what a reader calls the outcome,
    `names` what a reader calls a step.
    """
    routes = [str(route).split(ARROW) for route in table["route"]]
    root = _grown([], list(zip(routes, table["share"].astype(float), strict=True)), 0)
    count = _rows(root, 0.0)
    every = list(_all(root))
    deepest = max(one.depth for one in every)
    width = max(style.WIDTH, COLUMN * style.size(1) * (deepest + 1))
    ax = style.axes(ax, rows=ROOM * count, width=width)
    ax.set(xlim=(-0.03, deepest + 1), ylim=(count - 0.4, -0.6), xticks=[], yticks=[])
    shares = percents([min(round(one.share, 9), 1.0) for one in every])  # of sums
    for one, share in zip(every, shares, strict=True):
        for next_one in one.after:
            _line(ax, one, next_one)
        _name(ax, one, share, outcome, names or {})
    hits, n = int(table["hits"].sum()), int(table["n"].iloc[0]) if len(table) else 0
    below = f"share of the {hits:,} paths of {n:,} that reach it; width of a line: its share"
    title = f"What came first on the way: {outcome}" if outcome else "What came first on the way?"
    style.frame(ax, f"{title}{' – ' + subject if subject else ''}", xlabel=below)
    ax.spines[:].set_visible(False)
    return ax


def _grown(steps: list[str], routes: list[tuple[list[str], float]], depth: int) -> Branch:
    """A branch with what comes after it; steps that all routes share are its own."""
    branch = Branch(steps=steps, share=sum(share for _, share in routes), depth=depth)
    heads = dict.fromkeys(route[0] for route, _ in routes if route)
    while len(heads) == 1 and all(route for route, _ in routes):
        branch.steps.extend(heads)
        routes = [(route[1:], share) for route, share in routes]
        heads = dict.fromkeys(route[0] for route, _ in routes if route)
    if depth == DEEP:
        return branch
    rare = list[float]()
    for head in heads:
        own = [(route[1:], share) for route, share in routes if route and route[0] == head]
        if sum(share for _, share in own) >= LEAST:
            branch.after.append(_grown([head], own, depth + 1))
        else:
            rare.append(sum(share for _, share in own))
    branch.after.sort(key=lambda one: -one.share)
    if rare:
        word = "rare branch" if len(rare) == 1 else "rare branches"
        branch.after.append(Branch([f"{len(rare):,} {word}"], sum(rare), depth=depth + 1))
    return branch


def _rows(branch: Branch, first: float) -> float:
    """Give every branch its row, a parent the middle of its children's; returns rows used."""
    if not branch.after:
        branch.row = first
        return 1.0
    used = 0.0
    for one in branch.after:
        used += _rows(one, first + used)
    branch.row = (branch.after[0].row + branch.after[-1].row) / 2
    return used


def _all(branch: Branch) -> Iterator[Branch]:
    yield branch
    for one in branch.after:
        yield from _all(one)


def _line(ax: Axes, one: Branch, after: Branch) -> None:
    """From a branch to what comes after it, as broad as its share."""
    x, y = [one.depth + 0.9, one.depth + 0.94, after.depth], [one.row, after.row, after.row]
    width = 1 + 6 * after.share
    ax.plot(x, y, color=style.accent(), alpha=0.35, lw=width, solid_joinstyle="round", zorder=1)


def _name(ax: Axes, one: Branch, share: str, outcome: str, names: Mapping[str, str]) -> None:
    """The steps of a branch in a few lines on its line, with their share in bold."""
    called = ARROW.join(names.get(step, step) for step in one.steps)
    # a root without steps of its own stands for all paths that reach the outcome
    called = called or outcome or "the outcome"
    text = "\n".join(lines(called, LETTERS, max_lines=3, placeholder=" …"))
    box = {"boxstyle": "square,pad=0.15", "facecolor": style.paper(), "edgecolor": "none"}
    ax.text(
        *(one.depth + 0.02, one.row, f"{share} %  {text}" if text else f"{share} %"),
        va="center",
        fontsize=style.size(8),
        color=style.ink(),
        bbox=box,
        zorder=3,
    )
