"""The sections of history and of structure: the record beside the run, and variants of it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from sim.analysis.evidence.evidence import SURPRISING
from sim.report.pages.content import Block, Section, paragraph
from sim.report.pages.from_screen import blocks
from sim.report.pages.material import Material
from sim.report.screens.evidence import check_lines
from sim.report.screens.structure import EXPLAINED as SPLIT
from sim.report.screens.structure import part_lines, variant_lines
from sim.results.level import at_level


def evidence(material: Material) -> Section:
    """The historical record beside the estimates."""
    return Section(key="evidence", title="What history says", blocks=tuple(_evidence(material)))


def _evidence(material: Material) -> Iterator[Block]:
    table = material.tables.get("evidence")
    if table is None or not len(table):
        yield paragraph("The scenario gives no historical record to compare with.")
        return
    if "p_value" not in table:  # of a run written before every run was checked
        table = material.results.evidence(scenario=material.scenario)
    agree = int((table["p_value"] >= SURPRISING).sum())
    yield paragraph(
        f"{agree} of {len(table)} records agree with the model: two-sided predictive p-value of "
        f"{SURPRISING} or more. The record is a check of the model, not an input."
    )
    yield from blocks(check_lines(table, material.about.level), material.links)


def structure(material: Material) -> Section | None:
    """Variants side by side and what divides them, if the run belongs to such a comparison."""
    parts, variants = material.tables.get("structure"), material.tables.get("variants")
    if parts is None or variants is None:
        return None
    known = list(dict.fromkeys(map(str, parts["outcome"])))
    shown = [name for name in material.headlines if name in known] or known
    found: list[RenderableType] = []
    for outcome in shown:
        found += variant_lines(variants, outcome)
    found += part_lines(parts, variants, shown)
    told = (
        *blocks(found, material.links),
        paragraph(at_level(SPLIT, material.about.level), look="note"),
    )
    return Section(key="structure", title="What the choice of a variant decides", blocks=told)
