"""How the public objects look in a notebook: question, headlines and warnings, not every table."""

from collections.abc import Iterable, Sequence
from html import escape


def page(
    title: str,
    lines: Iterable[str],
    table: tuple[Sequence[str], Iterable[Sequence[str]]],
    warnings: Iterable[str] = (),
) -> str:
    """A title, lines of text, a table (heads, rows) and warnings as HTML; all text is escaped."""
    heads, rows = table
    # everything a scenario's author wrote is text, never markup
    parts = [f"<b>{escape(title)}</b>", *(f"<div>{escape(line)}</div>" for line in lines if line)]
    # no table at all rather than a head above nothing
    body = "".join(_row("td", row) for row in rows)
    if body:
        parts.append(f"<table>{_row('th', heads)}{body}</table>")
    noted = "".join(f"<li>{escape(warning)}</li>" for warning in warnings)
    if noted:
        parts.append(f"<div>warnings</div><ul>{noted}</ul>")
    return f"<div>{''.join(parts)}</div>"


def _row(tag: str, cells: Sequence[str]) -> str:
    # notebooks set cells to the right, as numbers; here all are words, with numbers in them
    made = (f'<{tag} style="text-align:left">{escape(cell)}</{tag}>' for cell in cells)
    return f"<tr>{''.join(made)}</tr>"
