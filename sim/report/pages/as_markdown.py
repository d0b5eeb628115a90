"""A report as Markdown, with its pictures in a folder beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim.report.markdown import bullet, document, heading, table
from sim.report.pages.content import (
    CODE,
    STRONG,
    Block,
    Bullets,
    Command,
    Explorer,
    Grid,
    Heading,
    Line,
    Paragraph,
    Picture,
    Piece,
    Report,
    Story,
)

ENDINGS = {"image/svg+xml": ".svg", "image/png": ".png"}
# what Markdown, or HTML in it, would take for markup
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def as_markdown(report: Report, folder: str) -> str:
    """The report as text; `folder` is where its pictures are, as seen from it."""
    return document(_lines(report, folder))


def file_of(picture: Picture) -> str:
    """The name of a picture's file in that folder."""
    return f"{picture.name}{ENDINGS[picture.media]}"


def _lines(report: Report, folder: str) -> Iterator[str]:
    yield from heading(1, escaped(report.title))
    yield from (escaped(report.question), "")
    if report.under:
        yield from (f"**Interventions applied: {escaped(report.under)}**", "")
    yield from (escaped(report.sample), "")
    for section in report.sections:
        yield from heading(2, escaped(section.title))
        for block in section.blocks:
            yield ""
            yield from _block(block, folder)


def _block(block: Block, folder: str) -> Iterator[str]:
    match block:
        case Paragraph():
            yield _line(block.line)
        case Heading():
            yield from heading(3, escaped(block.text))
        case Bullets():
            yield from (bullet(_line(item)) for item in block.items)
        case Grid():
            yield from (f"*{escaped(block.caption)}*", "")
            yield from table([escaped(one) for one in block.head], _rows(block))
        case Picture():
            yield from _picture(block, folder)
        case Story():
            yield from _story(block)
        case Command():
            yield from _code(block.text)
        case Explorer():
            yield escaped("The HTML report steps through example paths; here, this shows one:")
            yield from _code(block.command)


def _rows(block: Grid) -> Iterator[list[str]]:
    yield from ([_line(cell, in_table=True) for cell in row] for row in block.rows)


def _picture(block: Picture, folder: str) -> Iterator[str]:
    yield f"![{escaped(block.title)}](<{folder}/{file_of(block)}>)"
    yield ""
    yield f"**{escaped(block.title)}.** {escaped(block.caption)}"
    if block.command:
        yield from _code(block.command)


def _story(block: Story) -> Iterator[str]:
    yield f"**{escaped(block.title)}** – {escaped(block.share)}"
    yield ""
    for number, moment in enumerate(block.moments, start=1):
        more = "".join(f"; {escaped(one)}" for one in moment.more)
        yield f"{number}. {escaped(moment.when)} {escaped(moment.what)}{more}"
    yield from ("", escaped(block.place))
    yield from _code(block.command)


def _code(text: str) -> Iterator[str]:
    # a fence longer than any run of backticks in it cannot be ended from inside
    runs = [len(run) for run in re.findall("`+", text)]
    fence = "`" * max(3, *(n + 1 for n in runs), 3)
    yield from ("", fence, " ".join(text.splitlines()), fence, "")


def _line(line: Line, *, in_table: bool = False) -> str:
    return "".join(_piece(piece, in_table) for piece in line)


def _piece(piece: Piece, in_table: bool) -> str:
    text = _looking(piece, in_table)
    # anchors are those of the HTML page
    if piece.target and not piece.target.startswith("#"):
        # what could end an address in angle brackets, or break it
        address = re.sub(r"[<>\s]", "", piece.target)
        return f"[{text}](<{address}>)"
    return text


def _looking(piece: Piece, in_table: bool) -> str:
    # a `|` inside a code span would still end the cell of a table
    if piece.look == CODE and "`" not in piece.text and not in_table:
        return f"`{piece.text}`"
    return f"**{escaped(piece.text)}**" if piece.look == STRONG else escaped(piece.text)


def escaped(text: str) -> str:
    """A text in one line, with every sign that could be markup made harmless."""
    return _MARKUP.sub(r"\\\1", re.sub(r"\s+", " ", text))
