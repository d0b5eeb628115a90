"""The few pieces of Markdown that reports are made of."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress


def document(lines: Iterable[str]) -> str:
    """The lines as one text: no two empty lines in a row, none at the beginning."""
    kept: list[str] = []
    # builders put an empty line on both sides of what they write; two in a row are one
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line.rstrip())
    return "\n".join(kept).rstrip() + "\n"


def heading(level: int, text: str) -> tuple[str, str, str]:
    """A heading with an empty line on either side."""
    return "", f"{'#' * level} {text}", ""


def bullet(text: str) -> str:
    """One entry of a list."""
    return f"- {text}"


def code(text: str) -> str:
    """A name or an expression as the file has it."""
    return f"`{text}`" if text else ""


def joined(parts: Iterable[str]) -> str:
    """Several things in a row: `a, b, c`."""
    return ", ".join(parts)


def sentences(*parts: str) -> str:
    """Texts one behind the other, each ended by a full stop unless it is the last."""
    texts = [part.rstrip() for part in parts if part]
    return " ".join([*(f"{part.rstrip('.')}." for part in texts[:-1]), *texts[-1:]])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; cells keep their text, with bars and line ends made harmless.

    A column with nothing in it is left out.
    """
    # read twice: once for which columns have something in them, once to write
    rows = [tuple(row) for row in rows]
    filled = [any(column) for column in zip(*rows, strict=True)] or [True] * len(head)
    yield _row(compress(head, filled))
    yield _row(["---"] * sum(filled))
    for row in rows:
        yield _row(compress(row, filled))


def _row(cells: Iterable[str]) -> str:
    # a bar would end the cell and a line end the table: one is escaped, the other a blank
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
