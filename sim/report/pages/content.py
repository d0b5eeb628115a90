"""What a report is made of: sections, and in them blocks of a few kinds, as plain data.

All text is text: what an author wrote is never markup, in whatever form the report is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

TEXT, CODE, STRONG = "text", "code", "strong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a line: plain, a name as the file has it, or set strong; perhaps with a link."""

    text: str
    look: str = TEXT
    target: str = ""  # `#anchor` in the report, or an address on the web


Line = tuple[Piece, ...]


def line(*parts: str | Piece) -> Line:
    """Texts and pieces as a line; empty ones are left out."""
    pieces = (Piece(text=part) if isinstance(part, str) else part for part in parts)
    return tuple(piece for piece in pieces if piece.text)


def plain_text(parts: Iterable[Piece]) -> str:
    """A line as text alone."""
    return "".join(piece.text for piece in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A line, with a look of its own."""

    kind: ClassVar[str] = "paragraph"
    line: Line
    look: str = ""  # "" or "note", "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list."""

    kind: ClassVar[str] = "bullets"
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table; `anchors`, where there are any, has the anchor of each row.

    A `quiet` caption is for who cannot see the table: a heading above says it, or the first head.
    """

    kind: ClassVar[str] = "grid"
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    anchors: tuple[str, ...] = ()
    words: int = 1  # columns of words on the left, which may be broken; numbers are not
    quiet: bool = False

    def filled(self) -> Grid:
        """The same without columns that have nothing in any row; the first stays."""
        keep = [k for k in range(len(self.head)) if not k or any(row[k] for row in self.rows)]
        if not self.rows or len(keep) == len(self.head):
            return self
        return replace(
            self,
            head=tuple(self.head[k] for k in keep),
            rows=tuple(tuple(row[k] for k in keep) for row in self.rows),
            words=sum(k < self.words for k in keep),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart with what it shows in words and the command that draws it again."""

    kind: ClassVar[str] = "picture"
    name: str  # of its file, without the ending
    media: str  # image/svg+xml or image/png
    data: bytes
    title: str
    caption: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An event in a story: when, what, and what there is to say about it."""

    when: str
    what: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A route as a short story: the events of one path that led to the outcome, and no others."""

    kind: ClassVar[str] = "story"
    title: str  # the route
    share: str
    moments: tuple[Moment, ...]
    place: str  # draw and path
    command: str
    explore: tuple[int, int] | None = None  # draw and path, where the explorer has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that can be pasted."""

    kind: ClassVar[str] = "command"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorer:
    """The path explorer; `data` is what `sim.report.pages.explorer.explorer_data` gives."""

    kind: ClassVar[str] = "explorer"
    data: Mapping[str, Any]
    note: str
    command: str  # that shows a path, with D and I for its numbers


Block = Paragraph | Heading | Bullets | Grid | Picture | Story | Command | Explorer


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report with a heading and an anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole: what is asked, then sections in the order in which they are read."""

    title: str
    question: str
    under: str  # the interventions applied, in words
    sample: str
    sections: tuple[Section, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All charts in it."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(block for block in blocks if isinstance(block, Picture))


def paragraph(*parts: str | Piece, look: str = "") -> Paragraph:
    """A paragraph of these texts and pieces."""
    return Paragraph(line=line(*parts), look=look)
