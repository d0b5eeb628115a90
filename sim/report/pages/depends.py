"""The section of what the answer hangs on: the parameters, by what was computed of this run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from sim.analysis.statistics.rank_correlation import strongest
from sim.report.pages.content import Block, Command, Grid, Heading, Section, line, paragraph
from sim.report.pages.from_screen import blocks
from sim.report.pages.material import Material
from sim.report.screens.discover import EXPLAINED as DISCOVERED
from sim.report.screens.discover import box_lines
from sim.report.screens.sensitivity import EXPLAINED as INDICES
from sim.report.screens.sensitivity import indices_lines
from sim.results.level import at_level

FEW = 8  # parameters


def depends(material: Material) -> Section:
    """Rank correlations, which every run has; indices and boxes where they were asked for."""
    return Section(key="depends", title="What it hangs on", blocks=tuple(_all(material)))


def _all(material: Material) -> Iterator[Block]:
    for outcome in material.headlines:
        yield from _ranked(material, outcome)
    asked = False
    for beginning, view in VIEWS.items():
        for name, table in material.tables.items():
            # With the dash: a name may begin with the same letters and be another analysis.
            if name == beginning or name.startswith(f"{beginning}-"):
                shown = [*view(material, name, table)]
                asked = asked or bool(shown)
                yield from blocks(shown, material.links)
    if not asked and material.model.parameters:
        yield paragraph("More precisely, with intervals and interactions:")
        yield Command(text=material.asking("sensitivity"))


def _ranked(material: Material, outcome: str) -> Iterator[Block]:
    """The parameters that can be told from noise, strongest first."""
    draws, shares = material.results.draws, material.results.shares
    found = strongest(draws, shares[f"outcome__{outcome}"], None)
    told = found[found["clears"].astype(bool)].head(FEW)
    yield Heading(text=material.title(outcome))
    if not len(told):
        yield paragraph(
            f"None of the parameters can be told from noise in {len(draws):,} draws."
            if len(draws.columns)
            else "The scenario has no parameters that vary."
        )
        return
    rows = tuple(
        (
            (material.links.named(str(name)),),
            line(f"{row['correlation']:+.2f}" if row["sign"] else f"{row['correlation']:.2f}"),
            line(f"{row['floor']:.2f}"),
        )
        for name, row in told.iterrows()
    )
    head = ("parameter", "rank correlation", "largest by chance")
    yield Grid(
        caption=f"Parameters that move {material.title(outcome)}", head=head, rows=rows, quiet=True
    )
    yield paragraph(
        f"Spearman's rank correlation of the parameter with the probability over {len(draws):,} "
        "draws (of a choice without a sign). In 5 % of runs some parameter without any effect has "
        "more than the last column.",
        look="note",
    )


def _indices(material: Material, name: str, table: pd.DataFrame) -> Iterator[RenderableType]:
    for outcome, rows in table.groupby("outcome", sort=False):
        yield Text(f"{material.titles.of('outcome', str(outcome))}: indices ({name})", "bold")
        yield from indices_lines(rows)
    if len(table):
        kind = "design" if (table["index"] == "total").any() else "draws"
        yield Text(at_level(INDICES[kind], material.about.level))


def _boxes(material: Material, name: str, table: pd.DataFrame) -> Iterator[RenderableType]:
    if "quasi_p" not in table or not len(table):  # the trajectory, or the tree, of a box
        return
    outcome = name.partition("-")[2]
    yield Text(f"{material.titles.of('outcome', outcome)}: where it is likely", "bold")
    yield from box_lines(table)
    yield Text(at_level(DISCOVERED, material.about.level))


View = Callable[[Material, str, pd.DataFrame], Iterator[RenderableType]]
# beginning of a table's name -> what is shown of it; a new analysis is a line here
VIEWS: dict[str, View] = {"sensitivity": _indices, "discover": _boxes}
