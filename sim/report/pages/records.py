"""The sections of history and of structure: the record beside the run, and variants of it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType

from sim.report.evidence_view import check_lines
from sim.report.pages.content import Block, Command, Section, paragraph
from sim.report.pages.from_screen import blocks
from sim.report.pages.material import Material
from sim.report.screen import record_lines
from sim.report.structure_view import EXPLAINED as SPLIT
from sim.report.structure_view import part_lines, variant_lines


def evidence(material: Material) -> Section:
    """The historical record beside the estimates."""
    return Section(key="evidence", title="What history says", blocks=tuple(_evidence(material)))


def _evidence(material: Material) -> Iterator[Block]:
    table = material.tables.get("evidence")
    if table is None or not len(table):
        yield paragraph("The scenario gives no historical record to compare with.")
        return
    # asked for by the command, the record is checked; every run compares intervals
    checked = "p_value" in table
    parts: list[RenderableType]
    parts = [*(check_lines(table) if checked else record_lines(table, material.titles))]
    yield from blocks(parts, material.links)
    if not checked:
        yield paragraph("The record is a check of the model, not an input. More precisely:")
        yield Command(text=material.asking("evidence"))


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
    told = (*blocks(found, material.links), paragraph(SPLIT, look="note"))
    return Section(key="structure", title="What the choice of a variant decides", blocks=told)
