"""The section of treaties: every clause, how often it was invoked, and how it was answered."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.analysis.estimates.clauses import NO_ANSWER
from sim.analysis.estimates.clauses import clauses as clause_table
from sim.formatting import Layers, layers, plain
from sim.model.phrases import phrase
from sim.report.pages.content import Block, Grid, Heading, Line, Section, line, paragraph
from sim.report.pages.material import Material
from sim.report.rules import void_by
from sim.scenario import Treaty

HEAD = ("clause and response", "who, and when", "share", "parameter uncertainty", "sampling error")


def clauses(material: Material) -> Section:
    """A table a treaty; nothing where the scenario has none."""
    return Section(key="clauses", title="Treaties and their clauses", blocks=tuple(_all(material)))


def _all(material: Material) -> Iterator[Block]:
    treaties = material.scenario.declared.treaties.values()
    if not treaties:
        yield paragraph("The scenario has no treaties.")
        return
    yield paragraph(
        "In how many paths each clause was invoked; below it each response, as a share of the "
        "paths in which the clause was invoked. Numbers of the file are links to where they come "
        "from.",
        look="note",
    )
    counted = clause_table(material.results.coverage)
    for treaty in treaties:
        yield Heading(text=material.titles.of("treaty", treaty.name))
        yield paragraph(*_about(material, treaty))
        rows = [row for one in treaty.obligations for row in _rows(material, treaty, one, counted)]
        if rows:
            yield Grid(caption=treaty.name, head=HEAD, rows=tuple(rows), words=2, quiet=True)


def _about(material: Material, treaty: Treaty) -> list[str]:
    parties = ", ".join(material.titles.of("actor", party) for party in treaty.parties)
    dates = [
        f"{word} {moment}"
        for word, moment in (("signed", treaty.signed), ("in force", treaty.in_force))
        if moment
    ]
    binds = material.model.variable(f"{treaty.name}.binds").start
    state = "binds at the start" if binds else "does not bind at the start"
    return [f"{'; '.join([parties, *dates, state])}. {treaty.about}".strip()]


def _rows(
    material: Material, treaty: Treaty, name: str, counted: pd.DataFrame
) -> Iterator[tuple[Line, ...]]:
    """A clause, then its responses, with the expressions that decide between them."""
    clause, titles, model = treaty.obligations[name], material.titles, material.model
    key = f"{treaty.name}.{name}"
    to = ", ".join(titles.of("actor", one) for one in clause.beneficiary)
    owes = f"{clause.type}: {titles.of('actor', clause.obligor)}{f' to {to}' if to else ''}; "
    void = void_by(key, material.scenario)
    when = f"void under {void}" if void else f"when {phrase(clause.casus_foederis, model, titles)}"
    own = counted[counted["clause"] == key]
    said = layers(row for _, row in own.iterrows())
    waits = material.links.prose(f"{owes}{when}")
    if not len(own):  # solved, which counts no clauses: what is written in the file all the same
        yield (line(plain(clause.label)), waits, *_cells(Layers("", "", "")))
    for (_, row), one in zip(own.iterrows(), said, strict=True):
        response = str(row["response"])
        if not response:
            yield (line(plain(clause.label)), waits, *_cells(one))
        # of a clause that was never invoked there is no share; `no answer` is told only where it
        # occurred
        elif row["n"] > 0 and not (response == NO_ANSWER and row["hits"] == 0):
            yield (line(f"– {plain(response)}"), _decides(material, key, response), *_cells(one))


def _cells(one: Layers) -> tuple[Line, ...]:
    return line(one.probability), line(one.band), line(one.sampling)


def _decides(material: Material, clause: str, response: str) -> Line:
    """The number or expression that decides about a response, with links; empty of the rest."""
    for option in material.model.transition(clause).options:
        if option.name == response:
            if option.share == "rest" or option.value is None:
                return line("otherwise")
            choice = str(material.model.transition(clause).choice or "probability")
            return (*line(f"{choice} "), *material.links.expression(option.value.text))
    return ()
