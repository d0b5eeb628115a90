"""What stands on a screen as blocks of a page, so that both say the same in the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.report.pages.content import Block, Bullets, Grid, Heading, Paragraph
from sim.report.pages.links import Links


def blocks(parts: Iterable[RenderableType], links: Links) -> Iterator[Block]:
    """Texts become paragraphs (bold ones headings), tables grids, what is indented a list."""
    indented: list[str] = []
    caption = ""
    for part in _flat(parts):
        if isinstance(part, Padding):
            indented.append(_text(part.renderable))
            continue
        if indented:
            yield Bullets(items=tuple(map(links.prose, indented)))
            indented = []
        if isinstance(part, Table):
            yield grid(part, links, caption)
        elif text := _text(part):
            # an empty line parts paragraphs on a screen, which a page does by itself
            if isinstance(part, Text) and "bold" in str(part.style):
                caption = text
                yield Heading(text=text)
            else:
                yield Paragraph(line=links.prose(text))
    if indented:
        yield Bullets(items=tuple(map(links.prose, indented)))


def grid(table: Table, links: Links, caption: str) -> Grid:
    """A table of a screen; its heads in one line."""
    columns = [[_text(cell) for cell in column.cells] for column in table.columns]
    head = tuple(" ".join(_text(column.header).split()) for column in table.columns)
    rows = tuple(tuple(map(links.prose, row)) for row in zip(*columns, strict=True))
    return Grid(caption=caption or head[0], head=head, rows=rows, quiet=True)


def _flat(parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    for part in parts:
        if isinstance(part, Group):
            yield from _flat(part.renderables)
        else:
            yield part


def _text(part: object) -> str:
    return part.plain if isinstance(part, Text) else str(part)
