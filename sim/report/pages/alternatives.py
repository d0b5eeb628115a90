"""The section of interventions: what each changes in the file, and what that changes in the end."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.formatting import effect_band, effects
from sim.report.interventions import change_in_words
from sim.report.pages.content import Block, Command, Grid, Line, Section, line, paragraph
from sim.report.pages.material import Material
from sim.results.level import at_level

NOTE = (
    "Difference in percentage points from the run as it is, with the {level} interval of its "
    "sampling error; both use the same random numbers. Over parameters: the effect in {level} of "
    "the draws, the noise of finite paths removed. Lowers: in how many draws the outcome becomes "
    "less likely."
)


def interventions(material: Material) -> Section:
    """All interventions of the file; with their effects where the run was compared."""
    return Section(key="interventions", title="What would change it", blocks=tuple(_all(material)))


def _all(material: Material) -> Iterator[Block]:
    declared = material.scenario.declared.interventions
    if not declared:
        yield paragraph("The scenario names no interventions.")
        return
    rows = [
        (
            line(material.titles.changes(name)),
            line(one.about),
            material.links.prose(change_in_words(one, material.scenario, material.titles)),
        )
        for name, one in declared.items()
    ]
    yield Grid(
        caption="Interventions of the scenario",
        head=("intervention", "what it is", "what it changes in the file"),
        rows=tuple(rows),
        words=3,
    )
    # A report computes nothing that takes minutes; it says which command does.
    if material.compared is None:
        yield paragraph("What they do was not computed for this run. This command does:")
        yield Command(text=material.asking("compare"))
        return
    for outcome in material.headlines:
        own = material.compared[material.compared["outcome"] == outcome]
        if len(own):
            yield _effects(material, outcome, own)
    yield paragraph(at_level(NOTE, material.about.level), look="note")


def _effects(material: Material, outcome: str, table: pd.DataFrame) -> Grid:
    # what lowers it most comes first; of equal ones in the order of the file
    table = table.sort_values("difference", kind="stable")
    rows: list[tuple[Line, ...]] = []
    for (_, row), said in zip(
        table.iterrows(), effects(row for _, row in table.iterrows()), strict=True
    ):
        lowers = "–" if pd.isna(row["lowers"]) else f"{100 * row['lowers']:.0f} %"
        name = material.titles.changes(str(row["twin"]))
        rows.append((line(name), line(said), line(effect_band(dict(row))), line(lowers)))
    return Grid(
        caption=f"Effect on {material.title(outcome)}",
        head=("intervention", "difference in points", "over parameters", "lowers"),
        rows=tuple(rows),
    )
