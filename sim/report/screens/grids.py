"""Tables of a screen: names on the left, numbers beside them, or below where there is no room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

NAME = 20  # letters of a line below which a name would be broken into scraps
GAP = 2  # blanks between columns


class Grid(Table):
    """A table without lines whose numbers are whole on every screen.

    The names in its first column bend. Where numbers leave them no room, each name has a line of
    its own with the numbers below it; where not even the numbers fit beside each other, each has a
    line with the head of its column.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        look: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold underline"}
        super().__init__(padding=(0, GAP, 0, 0), **look)
        # names may be folded; a number over two lines could not be read
        for position, column in enumerate(columns):
            self.add_column(column, no_wrap=position > 0, overflow="fold")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Any]:
        """How rich prints it, in one of three forms."""
        widths = self._widths()
        numbers = sum(widths[1:]) + GAP * len(widths[1:])
        names = max((_width(one, words=False) for one in self.columns[0].cells), default=0)
        if options.max_width >= numbers + min(names, NAME):
            yield from super().__rich_console__(console, options)
        elif options.max_width >= numbers:  # set in by a gap
            yield from self._below(widths)
        else:
            yield from self._listed()

    def _widths(self) -> list[int]:
        """Of each column, the longest line in it; where lines may be broken, the longest word."""
        return [
            max(_width(cell, words=not column.no_wrap) for cell in (column.header, *column.cells))
            for column in self.columns
        ]

    def _below(self, widths: Sequence[int]) -> Iterator[RenderableType]:
        """A line a name, and the numbers below it; columns stand as they did."""
        heads = [column.header for column in self.columns]
        yield _styled(heads[0], str(self.header_style))
        yield self._line(["", *heads[1:]], widths, style=str(self.header_style))
        for name, *numbers in self._rows():
            yield _styled(name)
            yield self._line(["", *numbers], widths)

    def _line(
        self, cells: Sequence[RenderableType], widths: Sequence[int], style: str = ""
    ) -> RenderableType:
        line = Table(box=None, pad_edge=False, show_header=False, padding=(0, GAP, 0, 0))
        for width in (0, *widths[1:]):
            line.add_column(width=width, no_wrap=True)
        line.add_row(*cells, style=style)
        return line

    def _listed(self) -> Iterator[RenderableType]:
        """A line a name, and below it a line a number, after the head of its column."""
        heads = [" ".join(_plain(column.header).split()) for column in self.columns[1:]]
        for name, *numbers in self._rows():
            lines = [
                Text(f"{head}: {_plain(number)}")
                for head, number in zip(heads, numbers, strict=True)
                if _plain(number)
            ]
            yield Group(_styled(name), Padding(Group(*lines), (0, 0, 0, GAP)))

    def _rows(self) -> Iterator[tuple[RenderableType, ...]]:
        return zip(*(list(column.cells) for column in self.columns), strict=True)


def grid(*columns: str) -> Table:
    """A table without lines; the first column bends, numbers do not."""
    return Grid(columns)


def _plain(cell: RenderableType) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def _styled(cell: RenderableType, style: str = "") -> Text:
    return cell if isinstance(cell, Text) else Text(str(cell), style)


def _width(cell: RenderableType, *, words: bool) -> int:
    parts = _plain(cell).split() if words else _plain(cell).split("\n")
    # by rich's count, in which a Chinese character takes two places
    return max((Text(part).cell_len for part in parts), default=0)
