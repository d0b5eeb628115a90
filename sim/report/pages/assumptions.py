"""The section of assumptions: every number with its grade and its source, and the sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim.formatting import plain
from sim.report.interventions import in_force
from sim.report.pages.content import (
    CODE,
    STRONG,
    Block,
    Grid,
    Heading,
    Line,
    Piece,
    Section,
    line,
    paragraph,
)
from sim.report.pages.links import anchor, on_the_web
from sim.report.pages.material import Material
from sim.scenario import Sourced

GRADES = (
    "Grades, best founded first: treaty, official, data, peer_reviewed, press, judgement, "
    "stipulated. Unconfirmed: the source was not checked yet."
)


def assumptions(material: Material) -> Section:
    """Parameters, waiting times, numbers written in rules, and every source that is cited."""
    return Section(key="assumptions", title="Every assumption", blocks=tuple(_all(material)))


def _all(material: Material) -> Iterator[Block]:
    declared = material.scenario.declared
    yield paragraph(GRADES, look="note")
    yield from _declared(material, "Parameters", declared.parameters.values())
    yield from _declared(material, "Waiting times", declared.delays.values())
    yield from _numbers(material)
    yield from _sources(material)


def _declared(material: Material, title: str, rows: Iterable[Sourced]) -> Iterator[Block]:
    rows = list(rows)
    if not rows:
        return
    declared = material.scenario.declared
    yield Heading(text=title)
    yield Grid(
        caption=title,
        head=("name", "what it is", "value", "grade", "source", "note"),
        rows=tuple(
            (
                line(Piece(text=row.name, look=CODE)),
                line(row.meaning),
                material.links.prose(_value(material, row)),
                _grade(row.grade, unconfirmed=declared.is_unconfirmed(row)),
                _cited(row.source),
                line(row.note),
            )
            for row in rows
        ),
        anchors=tuple(anchor("assumption", row.name) for row in rows),
        words=6,
        quiet=True,
    )


def _value(material: Material, row: Sourced) -> str:
    """The value in force: the file's, or what an intervention sets."""
    if row.name not in material.scenario.declared.parameters:
        return row.text
    return in_force(material.model.parameter(row.name), row.text, material.scenario)


def _grade(grade: str, *, unconfirmed: bool) -> Line:
    unsure = (", ", Piece(text="unconfirmed", look=STRONG)) if unconfirmed else ()
    return line(plain(grade), *unsure)


def _cited(sources: Iterable[str]) -> Line:
    """Names of sources, each a link to the list of them."""
    found: list[str | Piece] = []
    for name in sources:
        target = f"#{anchor('source', str(name))}"
        found += [", "] * bool(found) + [Piece(text=str(name), look=CODE, target=target)]
    return line(*found)


def _numbers(material: Material) -> Iterator[Block]:
    numbers = material.scenario.numbers
    if not numbers:
        return
    yield Heading(text="Numbers written in rules")
    yield Grid(
        caption="Numbers written in rules",
        head=("number", "where", "source or reason"),
        rows=tuple(
            (
                line(one.number),
                line(Piece(text=one.path, look=CODE)),
                _cited(one.source) or line(one.why or "no reason given"),
            )
            for one in numbers
        ),
        anchors=tuple(anchor("assumption", one.path) for one in numbers),
        words=3,
        quiet=True,
    )


def _sources(material: Material) -> Iterator[Block]:
    sources = material.scenario.declared.sources
    if not sources:
        return
    yield Heading(text="Sources")
    rows = []
    for one in sources.values():
        # What is no address of the web is shown and not made a link: a page must not run what an
        # author wrote.
        address = on_the_web(one.url)
        where = line(Piece(text=one.url, target=address)) if one.url else ()
        unsure = line(Piece(text="unconfirmed", look=STRONG)) if one.unconfirmed else ()
        rows.append((line(Piece(text=one.name, look=CODE)), line(one.cite), where, unsure))
    yield Grid(
        caption="Sources",
        head=("name", "work", "where it can be read", "checked"),
        rows=tuple(rows),
        anchors=tuple(anchor("source", one.name) for one in sources.values()),
        words=4,
        quiet=True,
    )
